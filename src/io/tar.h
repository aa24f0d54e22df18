/* tar.h - the one form of tar that exports have: POSIX ustar, regular files only, paths sorted
 * strictly by bytes and io_path_valid, mode 0644, uid = gid = 0, no names of owners, one mtime for
 * all; ended by two zero blocks and nothing after them. The same record gives the same bytes
 * everywhere. */
#ifndef PLENARY_IO_TAR_H
#define PLENARY_IO_TAR_H
#include "core/record/export.h"

#define TAR_SIZE_MAX ((uint64_t)077777777777) /* bytes of one file: eleven octal digits */

/* Writes to a descriptor, in order; nothing is held back. */
struct tar_writer {
    int fd;
    unix_s mtime;
    char last[101]; /* path before, NUL-terminated */
    uint64_t left;  /* bytes of the current file still to come */
    size_t pad;     /* zero bytes to follow it */
};
void tar_writer_init(struct tar_writer *tar, int fd, unix_s mtime);
/* Starts a file of exactly `size` bytes, given by tar_write. CODE_INTERNAL when the file before is
 * not complete or the path is not above the last. */
enum code tar_file(struct tar_writer *tar, str path, uint64_t size, struct fail *fail) MUST_CHECK;
enum code tar_write(struct tar_writer *tar, str bytes, struct fail *fail) MUST_CHECK;
/* The whole file at once. */
enum code tar_add(struct tar_writer *tar, str path, str bytes, struct fail *fail) MUST_CHECK;
enum code tar_end(struct tar_writer *tar, struct fail *fail) MUST_CHECK;
#endif
