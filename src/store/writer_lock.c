#include "store/writer_lock.h"
#include "io/file.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static enum code held(int fd, struct fail *fail)
{
    char pid[24];
    ssize_t len = pread(fd, pid, sizeof pid, 0);
    str who = str_trim((str){pid, len > 0 ? (size_t)len : 0});
    return fail_set(fail, CODE_BUSY, "writer", "process %.*s writes to this record", STR_ARG(who));
}

enum code writer_lock_take(int dir_fd, int *ret, struct fail *fail)
{
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    int fd CLEANUP(io_close_fd) = openat(dir_fd, "writer.lock", flags, 0600);
    if (fd < 0) return fail_set(fail, CODE_IO, "lock", "cannot open writer.lock");
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK) return held(fd, fail);
        return fail_set(fail, CODE_IO, "lock", "cannot lock writer.lock");
    }
    /* For the message above. A disk on which not even this can be written is no place to start. */
    char pid[24];
    int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)len, 0) != len)
        return fail_set(fail, CODE_IO, "lock", "cannot write writer.lock");
    *ret = fd;
    fd = -1;
    return CODE_OK;
}
