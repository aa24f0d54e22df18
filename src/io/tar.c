#include "io/tar.h"
#include "io/file.h"

void tar_writer_init(struct tar_writer *tar, int fd, unix_s mtime)
{
    *tar = (struct tar_writer){.fd = fd, .mtime = mtime < 0 ? 0 : mtime};
}

enum code tar_file(struct tar_writer *tar, str path, uint64_t size, struct fail *fail)
{
    if (tar->left > 0)
        return fail_set(fail, CODE_INTERNAL, "order", "%s is not complete", tar->last);
    if (str_cmp(path, str_from(tar->last)) <= 0)
        return fail_set(fail, CODE_INTERNAL, "order", "%.*s does not sort behind %s", STR_ARG(path),
                        tar->last);
    if (!io_path_valid(path) || size > TAR_SIZE_MAX)
        return fail_set(fail, CODE_INTERNAL, "path", "no file of an export: behind %s", tar->last);
    uint8_t header[TAR_BLOCK];
    struct tar_entry entry = {path, size, tar->mtime};
    tar_write_header(&entry, header);
    TRY(io_write_all(tar->fd, (str){(const char *)header, sizeof header}, fail));
    memcpy(tar->last, path.at, path.len);
    tar->last[path.len] = '\0';
    tar->left = size;
    tar->pad = tar_padding(size);
    return CODE_OK;
}

enum code tar_write(struct tar_writer *tar, str bytes, struct fail *fail)
{
    static const char zeros[TAR_BLOCK];
    if (bytes.len > tar->left)
        return fail_set(fail, CODE_INTERNAL, "size", "%s has more bytes than announced", tar->last);
    TRY(io_write_all(tar->fd, bytes, fail));
    tar->left -= bytes.len;
    if (tar->left > 0 || tar->pad == 0) return CODE_OK;
    size_t pad = tar->pad;
    tar->pad = 0;
    return io_write_all(tar->fd, (str){zeros, pad}, fail);
}

enum code tar_add(struct tar_writer *tar, str path, str bytes, struct fail *fail)
{
    TRY(tar_file(tar, path, bytes.len, fail));
    return tar_write(tar, bytes, fail);
}

enum code tar_end(struct tar_writer *tar, struct fail *fail)
{
    static const char zeros[2 * TAR_BLOCK];
    if (tar->left > 0)
        return fail_set(fail, CODE_INTERNAL, "order", "%s is not complete", tar->last);
    return io_write_all(tar->fd, (str){zeros, sizeof zeros}, fail);
}
