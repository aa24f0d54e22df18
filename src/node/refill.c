#include "node/refill.h"

#include "base/text.h"
#include "core/fold.h"
#include "io/file.h"
#include "sign/ed25519.h"
#include "sign/judge.h"
#include "store/lock.h"

#include <fcntl.h>

struct refilling {
    struct store *store;
    struct state state;
    struct fold fold;
    struct buf origin, blob;
    struct merkle_head lock;
    struct fail *fail;
};

static bool blob_get(void *self, const hash32 *name, str *ret)
{
    struct refilling *r = self;
    buf_clear(&r->blob);
    if (store_blob_get(r->store, name, &r->blob, NULL) != CODE_OK) return false;
    return arena_copy(&r->fold.arena, buf_str(&r->blob), ret);
}

static enum code replay_own(void *context, uint64_t index, const struct store_entry *entry)
{
    struct refilling *r = context;
    struct fold_outcome outcome;
    (void)index;
    return fold_replay(&r->fold, entry->leaf, entry->act, &outcome, r->fail);
}

/* Each entry of the source goes through the fold, which knows the blobs it names. */
static enum code blobs_of(void *context, const struct store_entry *entry, const hash32 **ret,
                          size_t *ret_count)
{
    struct refilling *r = context;
    struct fold_outcome outcome;
    TRY(fold_replay(&r->fold, entry->leaf, entry->act, &outcome, r->fail));
    *ret = outcome.names;
    *ret_count = outcome.name_count;
    return CODE_OK;
}

static enum code replay_log(struct refilling *r)
{
    uint64_t size = 0;
    TRY(store_size(r->store, &size, r->fail));
    return store_read(r->store, 0, size, replay_own, r, r->fail);
}

static enum code open_log(struct refilling *r, const char *dir, enum store_mode mode)
{
    struct store_options options = {.mode = mode};
    TRY(store_open_sqlite(dir, &options, &r->store, r->fail));
    TRY(store_meta_get(r->store, STR("origin"), &r->origin, r->fail));
    return lock_read(dir, buf_str(&r->origin), &r->lock, r->fail);
}

static enum code refilling_init(struct refilling *r, struct fail *fail)
{
    *r = (struct refilling){.fail = fail};
    buf_init(&r->origin, alloc_libc, ORIGIN_MAX);
    buf_init(&r->blob, alloc_libc, STORE_BLOB_MAX);
    TRY(sign_start());
    TRY(state_init(&r->state, alloc_libc));
    fold_init(&r->fold, &r->state, (struct blobs){blob_get, r}, judge_never());
    return CODE_OK;
}

static void refilling_done(struct refilling *r)
{
    fold_done(&r->fold);
    state_done(&r->state);
    store_close(r->store);
    buf_done(&r->origin);
    buf_done(&r->blob);
}

static enum code add_leaf(void *context, uint64_t index, const struct store_entry *entry)
{
    hash32 hash = merkle_leaf_hash(entry->leaf);
    (void)index;
    return merkle_add(context, &hash);
}

static enum code look(struct refilling *r, const char *dir, struct refill_state *ret)
{
    struct merkle tree;
    TRY(open_log(r, dir, STORE_READ));
    TRY(store_size(r->store, &ret->size, r->fail));
    merkle_init(&tree, alloc_libc);
    enum code code = store_read(r->store, 0, ret->size, add_leaf, &tree, r->fail);
    if (code == CODE_OK) ret->finding = recover_judge(&tree, &r->lock);
    ret->lock = r->lock;
    merkle_done(&tree);
    return code;
}

enum code refill_look(const char *dir, struct refill_state *ret, struct fail *fail)
{
    struct refilling r;
    struct refill_state found = {0};
    enum code code = refilling_init(&r, fail);
    if (code == CODE_OK) code = look(&r, dir, &found);
    refilling_done(&r);
    if (code == CODE_OK) *ret = found;
    return code;
}

/* DIR/keys/log holds the secret seed; its public half is what exports are judged with. */
static enum code read_log_key(const char *dir, key32 *ret, struct fail *fail)
{
    struct buf text;
    uint8_t seed[32];
    CLEANUP(io_close_fd) int dir_fd = -1;
    TRY(io_open_dir(AT_FDCWD, dir, false, 0755, &dir_fd, fail));
    buf_init(&text, alloc_libc, 128);
    enum code code = io_read_file(dir_fd, "keys/log", &text, fail);
    if (code == CODE_OK && !hex_decode(str_trim(buf_str(&text)), seed, sizeof seed))
        code = fail_set(fail, CODE_CORRUPT, "key", "keys/log: expected 64 hexadecimal digits");
    if (text.at) sign_wipe(text.at, text.len);
    buf_done(&text);
    if (code != CODE_OK) return code;
    struct secret_key secret;
    secret_key_from_seed(&secret, seed);
    *ret = secret_key_public(&secret);
    secret_key_done(&secret);
    sign_wipe(seed, sizeof seed);
    return CODE_OK;
}

enum code refill_log_key(const char *dir, struct buf *out, struct fail *fail)
{
    struct refilling r;
    key32 key = {{0}};
    enum code code = refilling_init(&r, fail);
    if (code == CODE_OK) code = open_log(&r, dir, STORE_READ);
    if (code == CODE_OK) code = read_log_key(dir, &key, fail);
    if (code == CODE_OK) vkey_write(out, buf_str(&r.origin), &key);
    refilling_done(&r);
    return code == CODE_OK ? buf_check(out) : code;
}

static enum code refill(struct refilling *r, const char *dir, struct export_source *source,
                        struct recover_report *ret)
{
    key32 key;
    TRY(open_log(r, dir, STORE_WRITE));
    TRY(read_log_key(dir, &key, r->fail));
    TRY(replay_log(r));
    str origin = buf_str(&r->origin);
    struct vkey log = {origin, key_id_of(origin, &key), key};
    struct recover_options options = {.store = r->store,
                                      .source = source,
                                      .log = &log,
                                      .lock = r->lock,
                                      .blobs_of = blobs_of,
                                      .context = r,
                                      .alloc = alloc_libc};
    return recover_refill(&options, ret, r->fail);
}

enum code refill_from(const char *dir, const char *path, struct recover_report *ret,
                      struct fail *fail)
{
    struct refilling r;
    struct export_source *source = NULL;
    enum code code = refilling_init(&r, fail);
    if (code == CODE_OK) code = source_open(path, alloc_libc, &source, fail);
    if (code == CODE_OK) code = refill(&r, dir, source, ret);
    source_close(source);
    refilling_done(&r);
    return code;
}
