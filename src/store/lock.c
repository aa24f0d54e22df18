#include "store/lock.h"
#include "base/text.h"
#include "io/file.h"
#include <fcntl.h>
#include <sys/stat.h>

enum { LOCK_TEXT_MAX = 512 };

static enum code open_lock_dir(const char *dir, bool make, int *ret, struct fail *fail)
{
    int folder CLEANUP(io_close_fd) = -1;
    TRY(io_open_dir(AT_FDCWD, dir, make, 0700, &folder, fail));
    return io_open_dir(folder, "lock", make, 0700, ret, fail);
}

static enum code write_lock(int lock_dir, str origin, const struct merkle_head *head,
                            struct fail *fail)
{
    struct buf text;
    buf_init(&text, alloc_libc, LOCK_TEXT_MAX);
    buf_add(&text, STR("plenary.lock/v1\n"));
    buf_add(&text, origin);
    buf_add_byte(&text, '\n');
    buf_add_u64(&text, head->size);
    buf_add_byte(&text, '\n');
    buf_add_base64(&text, &head->root, sizeof head->root);
    buf_add_byte(&text, '\n');
    enum code code = buf_check(&text);
    if (code == CODE_OK)
        code = io_write_atomic(lock_dir, "checkpoint", buf_str(&text), 0600, IO_DURABLE, fail);
    buf_done(&text);
    return code;
}

static enum code parse_lock(str text, str origin, struct merkle_head *ret, struct fail *fail)
{
    struct merkle_head head;
    str kind = str_cut(&text, '\n'), name = str_cut(&text, '\n'), size = str_cut(&text, '\n');
    bool ends = str_ends(text, STR("\n"));
    str root = str_cut(&text, '\n');
    if (!str_eq(kind, STR("plenary.lock/v1")) || !str_to_u64(size, &head.size) || !ends ||
        !base64_decode(root, &head.root, sizeof head.root) || text.len > 0)
        return fail_set(fail, CODE_CORRUPT, "lock", "lock/checkpoint is damaged");
    if (!str_eq(name, origin))
        return fail_set(fail, CODE_CORRUPT, "lock", "lock/checkpoint belongs to %.*s",
                        STR_ARG(str_sub(name, 0, 100)));
    *ret = head;
    return CODE_OK;
}

static enum code read_lock(int lock_dir, str origin, struct merkle_head *ret, struct fail *fail)
{
    struct buf text;
    buf_init(&text, alloc_libc, LOCK_TEXT_MAX);
    enum code code = io_read_file(lock_dir, "checkpoint", &text, fail);
    if (code == CODE_NOT_FOUND)
        code = fail_set(fail, CODE_NOT_FOUND, "lock", "lock/checkpoint is missing");
    if (code == CODE_TOO_BIG)
        code = fail_set(fail, CODE_CORRUPT, "lock", "lock/checkpoint is damaged");
    if (code == CODE_OK) code = parse_lock(buf_str(&text), origin, ret, fail);
    buf_done(&text);
    return code;
}

enum code lock_read(const char *dir, str origin, struct merkle_head *ret, struct fail *fail)
{
    int lock_dir CLEANUP(io_close_fd) = -1;
    enum code code = open_lock_dir(dir, false, &lock_dir, fail);
    if (code == CODE_NOT_FOUND)
        return fail_set(fail, CODE_NOT_FOUND, "lock", "lock/checkpoint is missing");
    if (code != CODE_OK) return code;
    return read_lock(lock_dir, origin, ret, fail);
}

enum code lock_create(const char *dir, str origin, struct fail *fail)
{
    int lock_dir CLEANUP(io_close_fd) = -1;
    TRY(open_lock_dir(dir, true, &lock_dir, fail));
    struct stat about;
    if (fstatat(lock_dir, "checkpoint", &about, AT_SYMLINK_NOFOLLOW) == 0)
        return fail_set(fail, CODE_BUSY, "exists", "lock/checkpoint exists already");
    struct merkle_head empty = {0, merkle_empty_root()};
    return write_lock(lock_dir, origin, &empty, fail);
}

enum code lock_advance(const char *dir, str origin, const struct merkle_head *to, struct fail *fail)
{
    int lock_dir CLEANUP(io_close_fd) = -1;
    struct merkle_head now;
    TRY(open_lock_dir(dir, false, &lock_dir, fail));
    TRY(read_lock(lock_dir, origin, &now, fail));
    if (to->size < now.size || (to->size == now.size && !hash32_eq(&to->root, &now.root)))
        return fail_set(fail, CODE_INTERNAL, "lock-ahead", "the lock stands at size %llu",
                        (unsigned long long)now.size);
    if (to->size == now.size) return CODE_OK;
    return write_lock(lock_dir, origin, to, fail);
}
