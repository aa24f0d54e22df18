/* fault_vfs.h - an SQLite VFS over the system's that fails the n-th write, sync or truncate. */
#ifndef PLENARY_TESTS_FAULT_VFS_H
#define PLENARY_TESTS_FAULT_VFS_H
#include <stdbool.h>

enum fault_kind {
    FAULT_ERROR, /* an I/O error, nothing written */
    FAULT_FULL   /* half of a write reaches the file, then the disk is full */
};
struct fault {
    long calls, fail_at; /* writes, syncs and truncates so far; fail_at < 0: never */
    bool sticky;         /* and all that come after */
    enum fault_kind kind;
    bool wal_unsynced; /* the write-ahead log was written after its last sync */
};
/* Registers the VFS "fault", which obeys `fault`. Call once. */
void fault_vfs_register(struct fault *fault);
#endif
