/* refill.h - `plenary recover`: the log is older than its checkpoint lock, because an older copy
 * was restored; an export or mirror has the rest. */
#ifndef PLENARY_NODE_REFILL_H
#define PLENARY_NODE_REFILL_H
#include "core/record/note.h"
#include "store/recover.h"

struct refill_state {
    enum recover_finding finding;
    struct merkle_head lock; /* what was signed last */
    uint64_t size;           /* entries in the log */
};
/* What the lock says about the log in the folder. Reads only. */
enum code refill_look(const char *dir, struct refill_state *ret, struct fail *fail) MUST_CHECK;
/* The verifier key of the organisation's own log key, appended; for judging exports with it. */
enum code refill_log_key(const char *dir, struct buf *out, struct fail *fail) MUST_CHECK;
/* Appends from the export at `path`, which the caller has audited with that key. As recover_refill;
 * CODE_BUSY "writer" while another process writes. Opening the node for writing afterwards brings
 * export and checkpoint in step. */
enum code refill_from(const char *dir, const char *path, struct recover_report *ret,
                      struct fail *fail) MUST_CHECK;
#endif
