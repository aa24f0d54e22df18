/* The disk is full at every single place in turn: each call by which a node makes, fills, syncs or
 * renames a file - database, lock, checkpoint, tiles, blobs, snapshot - fails with ENOSPC once, and
 * from then on. Whatever happens, what was acknowledged is there, the next start is clean, folder
 * and export verify. Every 9th place; every one with PLENARY_LONG=1. Then a real limit on the size
 * of files. */
#include "check.h"
#include "fault/node_work.h"
#include "folder.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the system's calls, in front of it ---- */

#define INTERPOSED __attribute__((visibility("default")))

static struct {
    long calls, fail_at; /* fail_at < 0: none fails */
    bool armed, sticky;
    const char *failed; /* the call that failed */
} disk = {.fail_at = -1};

static bool is_full(const char *call)
{
    if (!disk.armed) return false;
    long at = disk.calls++;
    bool full = disk.fail_at >= 0 && (disk.sticky ? at >= disk.fail_at : at == disk.fail_at);
    if (!full) return false;
    if (!disk.failed) disk.failed = call;
    errno = ENOSPC;
    return true;
}

INTERPOSED ssize_t write(int fd, const void *bytes, size_t len)
{
    return is_full("write") ? -1 : syscall(SYS_write, fd, bytes, len);
}

INTERPOSED ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return is_full("pwrite") ? -1 : syscall(SYS_pwrite64, fd, bytes, len, at);
}

INTERPOSED int fsync(int fd)
{
    return is_full("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

INTERPOSED int fdatasync(int fd)
{
    return is_full("fdatasync") ? -1 : (int)syscall(SYS_fdatasync, fd);
}

INTERPOSED int syncfs(int fd)
{
    return is_full("syncfs") ? -1 : (int)syscall(SYS_syncfs, fd);
}

INTERPOSED int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return is_full("renameat") ? -1 : (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
}

INTERPOSED int mkdirat(int dir, const char *path, mode_t mode)
{
    return is_full("mkdirat") ? -1 : (int)syscall(SYS_mkdirat, dir, path, mode);
}

INTERPOSED int ftruncate(int fd, off_t len)
{
    return is_full("ftruncate") ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

static int open_file(int dir, const char *path, int flags, mode_t mode)
{
    if ((flags & O_CREAT) != 0 && is_full("openat")) return -1;
    return (int)syscall(SYS_openat, dir, path, flags, mode);
}

INTERPOSED int openat(int dir, const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_file(dir, path, flags, mode);
}

/* ---- one fixed piece of work, see node_work.h ---- */

/* Runs the work in a new folder with the disk full at call `at`; false when there were not so many.
 */
static bool run_full(long at, bool sticky)
{
    struct small_org org;
    struct node_work done;
    struct fail fail = {0};
    char what[80], *dir = folder_make();
    bool reached = false;
    if (CHECK(small_org_found(&org, dir, &fail) == CODE_OK, "%s", fail.message)) {
        disk.failed = NULL;
        disk.calls = 0;
        disk.fail_at = at;
        disk.sticky = sticky;
        disk.armed = true;
        node_work(&org, &done);
        disk.armed = false;
        reached = disk.calls > at;
        snprintf(what, sizeof what, "full %s call %ld (%s)", sticky ? "from" : "at", at,
                 disk.failed ? disk.failed : "none");
        if (at < 0)
            CHECK(done.acknowledged == NODE_WORK_ACTS, "without a fault all is acknowledged");
        node_work_check(&org, &done, what);
    }
    small_org_done(&org);
    folder_remove(dir);
    return reached;
}

/* A limit on the size of files: the database's log meets it first, later the tiles and the
 * snapshot. */
static void test_limit(rlim_t limit)
{
    struct small_org org;
    struct node_work done = {0};
    struct fail fail = {0};
    char what[80], *dir = folder_make();
    int report[2], status;
    if (!CHECK(small_org_found(&org, dir, &fail) == CODE_OK && pipe(report) == 0, "%s",
               fail.message))
        return;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit size = {limit, limit};
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &size) != 0) _exit(1);
        node_work(&org, &done);
        _exit(write(report[1], &done, sizeof done) == sizeof done ? 0 : 1);
    }
    (void)close(report[1]);
    bool told = read(report[0], &done, sizeof done) == sizeof done;
    (void)close(report[0]);
    CHECK(waitpid(child, &status, 0) == child && status == 0 && told, "the child: %d", status);
    snprintf(what, sizeof what, "files of at most %llu bytes", (unsigned long long)limit);
    CHECK(done.acknowledged < NODE_WORK_ACTS, "%s: the limit was never met", what);
    node_work_check(&org, &done, what);
    small_org_done(&org);
    folder_remove(dir);
}

int main(void)
{
    const char *is_long = getenv("PLENARY_LONG");
    long step = is_long && is_long[0] == '1' ? 1 : 9, at = 0;
    (void)run_full(-1, false);
    CHECK(disk.calls > 50, "the work makes %ld calls that can meet a full disk", disk.calls);
    while (run_full(at, at / step % 2 != 0)) at += step;
    if (step == 1)
        for (at = 0; run_full(at, at % 2 == 0);) at++;
    printf("%ld places\n", at);
    for (rlim_t limit = 512; limit <= 64 << 10; limit *= 4) test_limit(limit);
    return check_done();
}
