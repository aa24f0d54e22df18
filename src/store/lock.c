#include "store/lock.h"
#include "base/text.h"
#include "io/file.h"
#include <fcntl.h>
#include <sys/stat.h>

enum { LOCK_BLOCK = 4096 /* what disks write whole or not at all */ };

static enum code open_lock_dir(const char *dir, bool make, int *ret, struct fail *fail)
{
    int folder CLEANUP(io_close_fd) = -1;
    TRY(io_open_dir(AT_FDCWD, dir, make, 0700, &folder, fail));
    return io_open_dir(folder, "lock", make, 0700, ret, fail);
}

/* The block that says `head`: four lines, the hash of them, line feeds up to its end. */
static enum code write_block(str origin, const struct merkle_head *head, struct buf *ret)
{
    size_t start = ret->len;
    buf_add(ret, STR("plenary.lock/v1\n"));
    buf_add(ret, origin);
    buf_add_byte(ret, '\n');
    buf_add_u64(ret, head->size);
    buf_add_byte(ret, '\n');
    buf_add_base64(ret, &head->root, sizeof head->root);
    buf_add_byte(ret, '\n');
    TRY(buf_check(ret));
    hash32 hash = sha256_of(str_sub(buf_str(ret), start, ret->len));
    buf_add_hex(ret, &hash, sizeof hash);
    while (ret->len < start + LOCK_BLOCK && !ret->failed) buf_add_byte(ret, '\n');
    return buf_check(ret);
}

static enum code damaged(struct fail *fail)
{
    return fail_set(fail, CODE_CORRUPT, "lock", "lock/checkpoint is damaged");
}

static enum code parse_block(str block, str origin, struct merkle_head *ret, struct fail *fail)
{
    struct merkle_head head;
    str text = block, kind = str_cut(&text, '\n'), name = str_cut(&text, '\n');
    str size = str_cut(&text, '\n'), root = str_cut(&text, '\n');
    if (!str_eq(kind, STR("plenary.lock/v1")) || !str_to_u64(size, &head.size) ||
        !base64_decode(root, &head.root, sizeof head.root))
        return damaged(fail);
    struct buf again;
    buf_init(&again, alloc_libc, LOCK_BLOCK);
    enum code code = write_block(name, &head, &again);
    if (code == CODE_OK && !str_eq(buf_str(&again), block)) code = damaged(fail);
    buf_done(&again);
    TRY(code);
    if (!str_eq(name, origin))
        return fail_set(fail, CODE_CORRUPT, "lock", "lock/checkpoint belongs to %.*s",
                        STR_ARG(str_sub(name, 0, 100)));
    *ret = head;
    return CODE_OK;
}

struct lock {
    struct merkle_head head;
    unsigned block; /* in which it stands; the other one is written next */
};

/* One of the two blocks may be torn: a crash came while it was written, before anything was signed
 * for it. */
static enum code parse_lock(str text, str origin, struct lock *ret, struct fail *fail)
{
    struct merkle_head head[2];
    if (text.len != 2 * LOCK_BLOCK) return damaged(fail);
    enum code first = parse_block(str_sub(text, 0, LOCK_BLOCK), origin, &head[0], fail);
    enum code second = parse_block(str_sub(text, LOCK_BLOCK, text.len), origin, &head[1],
                                   first == CODE_OK ? NULL : fail);
    if (first == CODE_NO_MEMORY || second == CODE_NO_MEMORY)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    if (first != CODE_OK && second != CODE_OK) return CODE_CORRUPT;
    ret->block = second == CODE_OK && (first != CODE_OK || head[1].size > head[0].size);
    ret->head = head[ret->block];
    return CODE_OK;
}

static enum code read_lock(int lock_dir, str origin, struct lock *ret, struct fail *fail)
{
    struct buf text;
    buf_init(&text, alloc_libc, 2 * LOCK_BLOCK);
    enum code code = io_read_file(lock_dir, "checkpoint", &text, fail);
    if (code == CODE_NOT_FOUND)
        code = fail_set(fail, CODE_NOT_FOUND, "lock", "lock/checkpoint is missing");
    if (code == CODE_TOO_BIG) code = damaged(fail);
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
    struct lock lock;
    TRY(read_lock(lock_dir, origin, &lock, fail));
    *ret = lock.head;
    return CODE_OK;
}

/* Both blocks say the same: founding, and the start of an epoch. */
static enum code write_both(int lock_dir, str origin, const struct merkle_head *head,
                            struct fail *fail)
{
    struct buf text;
    buf_init(&text, alloc_libc, 2 * LOCK_BLOCK);
    enum code code = write_block(origin, head, &text);
    if (code == CODE_OK) code = write_block(origin, head, &text);
    if (code == CODE_OK)
        code = io_write_atomic(lock_dir, "checkpoint", buf_str(&text), 0600, IO_DURABLE, fail);
    buf_done(&text);
    return code;
}

enum code lock_create(const char *dir, str origin, struct fail *fail)
{
    int lock_dir CLEANUP(io_close_fd) = -1;
    TRY(open_lock_dir(dir, true, &lock_dir, fail));
    struct stat about;
    if (fstatat(lock_dir, "checkpoint", &about, AT_SYMLINK_NOFOLLOW) == 0)
        return fail_set(fail, CODE_BUSY, "exists", "lock/checkpoint exists already");
    struct merkle_head empty = {0, merkle_empty_root()};
    return write_both(lock_dir, origin, &empty, fail);
}

enum code lock_restart(const char *dir, str origin, const struct merkle_head *lost,
                       const struct merkle_head *to, struct fail *fail)
{
    int lock_dir CLEANUP(io_close_fd) = -1;
    struct lock now;
    TRY(open_lock_dir(dir, false, &lock_dir, fail));
    TRY(read_lock(lock_dir, origin, &now, fail));
    if (now.head.size != lost->size || !hash32_eq(&now.head.root, &lost->root))
        return fail_set(fail, CODE_INTERNAL, "lock",
                        "the lock stands elsewhere than the epoch says");
    return write_both(lock_dir, origin, to, fail);
}

enum code lock_advance(const char *dir, str origin, const struct merkle_head *to, struct fail *fail)
{
    int lock_dir CLEANUP(io_close_fd) = -1;
    struct lock now;
    TRY(open_lock_dir(dir, false, &lock_dir, fail));
    TRY(read_lock(lock_dir, origin, &now, fail));
    const struct merkle_head *head = &now.head;
    if (to->size < head->size || (to->size == head->size && !hash32_eq(&to->root, &head->root)))
        return fail_set(fail, CODE_INTERNAL, "lock-ahead", "the lock stands at size %llu",
                        (unsigned long long)head->size);
    if (to->size == head->size) return CODE_OK;
    struct buf block;
    buf_init(&block, alloc_libc, LOCK_BLOCK);
    enum code code = write_block(origin, to, &block);
    uint64_t at = now.block == 0 ? LOCK_BLOCK : 0;
    if (code == CODE_OK) code = io_overwrite(lock_dir, "checkpoint", at, buf_str(&block), fail);
    buf_done(&block);
    return code;
}
