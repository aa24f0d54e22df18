#include "io/file.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool part_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool io_path_valid(str path)
{
    if (path.len == 0 || path.len > IO_PATH_MAX) return false;
    bool at_start = true;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        if (c == '/') {
            if (at_start) return false;
            at_start = true;
            continue;
        }
        if (!part_byte(c) || (at_start && c == '.')) return false;
        at_start = false;
    }
    return !at_start;
}

void io_close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static enum code failed(struct fail *fail, const char *doing, str path)
{
    int error = errno;
    enum code code = error == ENOENT || error == ENOTDIR ? CODE_NOT_FOUND : CODE_IO;
    const char *reason = error == ENOSPC || error == EDQUOT ? "full" : "file";
    char text[100];
    return fail_set(fail, code, reason, "cannot %s %.*s: %s", doing, STR_ARG(path),
                    strerror_r(error, text, sizeof text));
}

enum code io_write_all(int fd, str bytes, struct fail *fail)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.at, bytes.len);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(fail, "write", STR("a file"));
        bytes = str_sub(bytes, (size_t)written, bytes.len);
    }
    return CODE_OK;
}

/* Reads from the start of an open regular file; leaves `ret` as it was on failure. */
static enum code read_regular(int fd, str path, struct buf *ret, struct fail *fail)
{
    struct stat about;
    if (fstat(fd, &about) < 0) return failed(fail, "look at", path);
    if (!S_ISREG(about.st_mode))
        return fail_set(fail, CODE_IO, "file", "%.*s is not a regular file", STR_ARG(path));
    if ((uint64_t)about.st_size > ret->max - ret->len)
        return fail_set(fail, CODE_TOO_BIG, "size", "%.*s is larger than the %zu bytes expected",
                        STR_ARG(path), ret->max - ret->len);
    size_t before = ret->len, size = (size_t)about.st_size, got = 0;
    char *room = size > 0 ? buf_extend(ret, size) : NULL;
    if (size > 0 && room == NULL)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for %.*s", STR_ARG(path));
    while (got < size) {
        ssize_t n = pread(fd, room + got, size - got, (off_t)got);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            ret->len = before;
            if (n < 0) return failed(fail, "read", path);
            return fail_set(fail, CODE_IO, "file", "%.*s became shorter", STR_ARG(path));
        }
        got += (size_t)n;
    }
    return CODE_OK;
}

/* O_NONBLOCK: opening a named pipe must not wait for its other end. */
enum { READ_FLAGS = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY };

enum code io_read_file(int dir_fd, const char *path, struct buf *ret, struct fail *fail)
{
    int fd CLEANUP(io_close_fd) = openat(dir_fd, path, READ_FLAGS);
    if (fd < 0) return failed(fail, "open", str_from(path));
    return read_regular(fd, str_from(path), ret, fail);
}

/* Opens the folder that holds the last part of `path`; `ret_name` gets that part, NUL-terminated.
 * Each part is opened on its own with O_NOFOLLOW, so no link leads outside. */
static enum code open_parent(int dir_fd, str path, bool make, int *ret,
                             char ret_name[IO_PATH_MAX + 1], struct fail *fail)
{
    if (!io_path_valid(path))
        return fail_set(fail, CODE_MALFORMED, "path", "not a path of an export");
    int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return failed(fail, "open the folder of", path);
    str rest = path;
    for (;;) {
        str part = str_cut(&rest, '/');
        memcpy(ret_name, part.at, part.len);
        ret_name[part.len] = '\0';
        if (rest.len == 0) break;
        int next = -1;
        if (make && mkdirat(fd, ret_name, 0755) < 0 && errno != EEXIST) {
            enum code code = failed(fail, "make the folder of", path);
            close(fd);
            return code;
        }
        next = openat(fd, ret_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0) {
            enum code code = failed(fail, "open the folder of", path);
            close(fd);
            return code;
        }
        close(fd);
        fd = next;
    }
    *ret = fd;
    return CODE_OK;
}

static enum code open_below(int dir_fd, str path, int *ret, struct fail *fail)
{
    char name[IO_PATH_MAX + 1];
    int parent CLEANUP(io_close_fd) = -1;
    TRY(open_parent(dir_fd, path, false, &parent, name, fail));
    int fd = openat(parent, name, READ_FLAGS | O_NOFOLLOW);
    if (fd < 0) return failed(fail, "open", path);
    *ret = fd;
    return CODE_OK;
}

enum code io_read_below(int dir_fd, str path, struct buf *ret, struct fail *fail)
{
    int fd CLEANUP(io_close_fd) = -1;
    TRY(open_below(dir_fd, path, &fd, fail));
    return read_regular(fd, path, ret, fail);
}

enum code io_size_below(int dir_fd, str path, uint64_t *ret, struct fail *fail)
{
    int fd CLEANUP(io_close_fd) = -1;
    TRY(open_below(dir_fd, path, &fd, fail));
    struct stat about;
    if (fstat(fd, &about) < 0) return failed(fail, "look at", path);
    if (!S_ISREG(about.st_mode))
        return fail_set(fail, CODE_IO, "file", "%.*s is not a regular file", STR_ARG(path));
    *ret = (uint64_t)about.st_size;
    return CODE_OK;
}

/* Writes a temporary file, closed afterwards; removes it when it could not be written whole. */
static enum code write_temp(int dir_fd, const char *name, str bytes, uint32_t mode,
                            enum io_durability durability, struct fail *fail)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    int fd CLEANUP(io_close_fd) = openat(dir_fd, name, flags, mode);
    if (fd < 0) return failed(fail, "create", str_from(name));
    enum code code = io_write_all(fd, bytes, fail);
    if (code == CODE_OK && durability == IO_DURABLE && fsync(fd) < 0)
        code = failed(fail, "sync", str_from(name));
    if (code != CODE_OK) unlinkat(dir_fd, name, 0);
    return code;
}

enum code io_write_atomic(int dir_fd, const char *name, str bytes, uint32_t mode,
                          enum io_durability durability, struct fail *fail)
{
    char temp[IO_PATH_MAX + 8];
    int len = snprintf(temp, sizeof temp, "%s.tmp", name);
    if (len < 0 || (size_t)len >= sizeof temp)
        return fail_set(fail, CODE_INTERNAL, "path", "name too long");
    TRY(write_temp(dir_fd, temp, bytes, mode, durability, fail));
    if (renameat(dir_fd, temp, dir_fd, name) < 0) {
        enum code code = failed(fail, "replace", str_from(name));
        unlinkat(dir_fd, temp, 0);
        return code;
    }
    if (durability == IO_DURABLE && fsync(dir_fd) < 0)
        return failed(fail, "sync the folder of", str_from(name));
    return CODE_OK;
}

enum code io_overwrite(int dir_fd, const char *name, uint64_t at, str bytes, struct fail *fail)
{
    int fd CLEANUP(io_close_fd) = openat(dir_fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat about;
    if (fd < 0) return failed(fail, "open", str_from(name));
    if (fstat(fd, &about) < 0) return failed(fail, "look at", str_from(name));
    uint64_t size = (uint64_t)about.st_size;
    if (!S_ISREG(about.st_mode) || at > size || bytes.len > size - at)
        return fail_set(fail, CODE_IO, "file", "%s is shorter than expected", name);
    while (bytes.len > 0) {
        ssize_t written = pwrite(fd, bytes.at, bytes.len, (off_t)at);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(fail, "write", str_from(name));
        at += (uint64_t)written;
        bytes = str_sub(bytes, (size_t)written, bytes.len);
    }
    return fdatasync(fd) < 0 ? failed(fail, "sync", str_from(name)) : CODE_OK;
}

enum code io_write_below(const struct io_place *place, str path, str bytes, struct fail *fail)
{
    char name[IO_PATH_MAX + 1];
    int parent CLEANUP(io_close_fd) = -1;
    TRY(open_parent(place->dir_fd, path, true, &parent, name, fail));
    TRY(write_temp(place->temp_dir_fd, place->temp_name, bytes, 0644, IO_VISIBLE, fail));
    if (renameat(place->temp_dir_fd, place->temp_name, parent, name) < 0) {
        enum code code = failed(fail, "replace", path);
        unlinkat(place->temp_dir_fd, place->temp_name, 0);
        return code;
    }
    return CODE_OK;
}

enum code io_open_dir(int dir_fd, const char *path, bool make, uint32_t mode, int *ret,
                      struct fail *fail)
{
    if (make && mkdirat(dir_fd, path, mode) < 0 && errno != EEXIST)
        return failed(fail, "make the folder", str_from(path));
    int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed(fail, "open the folder", str_from(path));
    *ret = fd;
    return CODE_OK;
}
