/* file.h - the few ways in which files are read and written, each with a limit or a promise.
 * src/io stands between sign and store: it knows files, not the record's meaning. */
#ifndef PLENARY_IO_FILE_H
#define PLENARY_IO_FILE_H
#include "base/buf.h"

/* The paths an export has: parts of letters, digits, '.', '_' and '-' between single '/', none of
 * them beginning with '.'; 1..100 bytes. */
enum { IO_PATH_MAX = 100 };
bool io_path_valid(str path);

/* Appends the whole file to `ret`. CODE_NOT_FOUND; CODE_TOO_BIG when it does not fit ret->max;
 * CODE_IO, also for anything that is not a regular file. `dir_fd` as in openat (AT_FDCWD for the
 * working directory). */
enum code io_read_file(int dir_fd, const char *path, struct buf *ret, struct fail *fail) MUST_CHECK;
/* The same below `dir_fd`, following no symbolic link in any part of `path`, which must be
 * io_path_valid. */
enum code io_read_below(int dir_fd, str path, struct buf *ret, struct fail *fail) MUST_CHECK;
/* Size in bytes of a regular file below `dir_fd`, with the same care. */
enum code io_size_below(int dir_fd, str path, uint64_t *ret, struct fail *fail) MUST_CHECK;

/* How io_write_atomic replaces a file: readers see the old or the new contents whole. */
enum io_durability {
    IO_VISIBLE, /* renamed into place; a power cut may lose it */
    IO_DURABLE  /* file and folder synced before it returns */
};
/* Writes `path` (one name, no folder) inside the folder `dir_fd`, by a temporary file and rename.
 */
enum code io_write_atomic(int dir_fd, const char *name, str bytes, uint32_t mode,
                          enum io_durability durability, struct fail *fail) MUST_CHECK;
/* Replaces bytes inside a file that is there, and syncs them. A crash may leave any part of them
 * written. CODE_IO when they would reach beyond its end. */
enum code io_overwrite(int dir_fd, const char *name, uint64_t at, str bytes,
                       struct fail *fail) MUST_CHECK;
/* As io_write_atomic below `place->dir_fd` (IO_VISIBLE, mode 0644), making the folders of `path`
 * (mode 0755) as needed; no symbolic link is followed. The temporary file stands outside, so that a
 * crash leaves nothing in the folder that does not belong there. */
struct io_place {
    int dir_fd, temp_dir_fd; /* on one file system */
    const char *temp_name;
};
enum code io_write_below(const struct io_place *place, str path, str bytes,
                         struct fail *fail) MUST_CHECK;
/* Opens a folder; made with `mode` first when `make` is true and it does not exist. Close with
 * close(). */
enum code io_open_dir(int dir_fd, const char *path, bool make, uint32_t mode, int *ret,
                      struct fail *fail) MUST_CHECK;
/* write(2) until all is written; short writes continue. */
enum code io_write_all(int fd, str bytes, struct fail *fail) MUST_CHECK;
/* Closes a descriptor kept in a variable with CLEANUP(io_close_fd); -1 is none. */
void io_close_fd(int *fd);
#endif
