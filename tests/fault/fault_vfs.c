#include "fault_vfs.h"
#include <sqlite3.h>
#include <string.h>

struct faulty_vfs {
    sqlite3_vfs head;
    sqlite3_vfs *real;
    struct fault *fault;
};

struct faulty_file {
    sqlite3_file head;
    struct fault *fault;
    sqlite3_file *real; /* lies behind this structure */
    bool is_wal;
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->real;
}

static bool fails(struct fault *fault)
{
    long call = fault->calls++;
    if (fault->fail_at < 0) return false;
    return call == fault->fail_at || (fault->sticky && call > fault->fail_at);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct faulty_file *self = (struct faulty_file *)file;
    if (self->is_wal) self->fault->wal_unsynced = true;
    if (!fails(self->fault)) return self->real->pMethods->xWrite(self->real, bytes, count, offset);
    if (self->fault->kind == FAULT_ERROR) return SQLITE_IOERR_WRITE;
    self->real->pMethods->xWrite(self->real, bytes, count / 2, offset);
    return SQLITE_FULL;
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct faulty_file *self = (struct faulty_file *)file;
    if (fails(self->fault)) return SQLITE_IOERR_FSYNC;
    if (self->is_wal) self->fault->wal_unsynced = false;
    return self->real->pMethods->xSync(self->real, flags);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct faulty_file *self = (struct faulty_file *)file;
    if (fails(self->fault)) return SQLITE_IOERR_TRUNCATE;
    return self->real->pMethods->xTruncate(self->real, size);
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), bytes, count, offset);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_reserved(sqlite3_file *file, int *ret)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int file_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_device(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
    struct faulty_vfs *self = (struct faulty_vfs *)vfs;
    struct faulty_file *opened = (struct faulty_file *)file;
    *opened = (struct faulty_file){.fault = self->fault,
                                   .real = (sqlite3_file *)(opened + 1),
                                   .is_wal = (flags & SQLITE_OPEN_WAL) != 0};
    int result = self->real->xOpen(self->real, name, opened->real, flags, ret);
    if (opened->real->pMethods != NULL) opened->head.pMethods = &methods;
    return result;
}

void fault_vfs_register(struct fault *fault)
{
    static struct faulty_vfs vfs;
    vfs.real = sqlite3_vfs_find(NULL);
    vfs.fault = fault;
    vfs.head = *vfs.real;
    vfs.head.pNext = NULL;
    vfs.head.zName = "fault";
    vfs.head.xOpen = vfs_open;
    vfs.head.szOsFile = (int)sizeof(struct faulty_file) + vfs.real->szOsFile;
    sqlite3_vfs_register(&vfs.head, 0);
}
