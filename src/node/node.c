#include "node/node.h"

#include "base/text.h"
#include "core/record/checkpoint.h"
#include "core/record/texts.h"
#include "io/file.h"
#include "node/snapshot.h"
#include "sign/judge.h"
#include "sign/verify.h"
#include "store/export.h"
#include "store/lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    BATCH_ENTRIES = 4096, /* committed by itself when so many wait */
    BATCH_BYTES = 64 << 20,
    HELD_BYTES_GB = 4,    /* at most, while node_hold is in force */
    REPLAY_CHUNK = 4096,  /* entries judged together while replaying */
    SNAPSHOT_EVERY = 4096 /* entries since the last snapshot that make a new one worthwhile */
};

struct node {
    char *dir;
    enum node_mode mode;
    struct store *store;
    struct export *export;
    struct log_signer *signer;
    struct secret_key node_key, refusal_key;
    struct state state;
    struct fold fold;
    struct buf blob, checkpoint, refusal;
    struct arena batch_arena; /* entries and openings that wait for the commit */
    struct store_entry *entries;
    struct store_disclosure *disclosures;
    size_t entry_count, entry_room, disclosure_count, disclosure_room;
    uint64_t committed, snapshot_size;
    uint64_t declared;   /* time of a rehearsal, 0 = the system's */
    enum code blob_code; /* why a blob that may be there could not be read; CODE_OK */
    char origin[ORIGIN_MAX];
    size_t origin_len; /* of the folder: the record's, also before founding */
    bool broken, held;
    bool epoch_pending;              /* the next commit begins a new epoch */
    struct merkle_head lost, before; /* then: the lock as it stood, the log as it was found */
};

static str folder_origin(const struct node *node)
{
    return (str){node->origin, node->origin_len};
}

/* ---- blobs for the fold ---- */

static bool node_blob_get(void *self, const hash32 *name, str *ret)
{
    struct node *node = self;
    buf_clear(&node->blob);
    enum code code = store_blob_get(node->store, name, &node->blob, NULL);
    if (code != CODE_OK && code != CODE_NOT_FOUND) node->blob_code = code;
    return code == CODE_OK && arena_copy(&node->fold.arena, buf_str(&node->blob), ret);
}

/* ---- keys ---- */

static enum code write_seed(int keys_fd, const char *name, const uint8_t seed[32],
                            struct fail *fail)
{
    char text[65];
    hex_encode(seed, 32, text);
    text[64] = '\n';
    enum code code =
        io_write_atomic(keys_fd, name, (str){text, sizeof text}, 0600, IO_DURABLE, fail);
    sign_wipe(text, sizeof text);
    return code;
}

static enum code read_seed(int keys_fd, const char *name, uint8_t ret[32], struct fail *fail)
{
    struct buf text;
    buf_init(&text, alloc_libc, 128);
    enum code code = io_read_file(keys_fd, name, &text, fail);
    if (code == CODE_OK && !hex_decode(str_trim(buf_str(&text)), ret, 32))
        code = fail_set(fail, CODE_CORRUPT, "key", "keys/%s: expected 64 hexadecimal digits", name);
    if (text.at) sign_wipe(text.at, text.len);
    buf_done(&text);
    return code;
}

static enum code open_below(const char *dir, const char *name, uint32_t mode, int *ret,
                            struct fail *fail)
{
    CLEANUP(io_close_fd) int dir_fd = -1;
    TRY(io_open_dir(AT_FDCWD, dir, true, 0755, &dir_fd, fail));
    return io_open_dir(dir_fd, name, true, mode, ret, fail);
}

enum code node_create(const char *dir, str origin, const struct node_seeds *seeds,
                      struct fail *fail)
{
    struct store *store = NULL;
    struct store_options options = {.mode = STORE_CREATE};
    if (!origin_valid(origin))
        return fail_set(fail, CODE_MALFORMED, "origin",
                        "\"%.*s\": expected host.example/name in lower case", STR_ARG(origin));
    TRY(store_open_sqlite(dir, &options, &store, fail));
    enum code code = store_meta_put(store, STR("origin"), origin, fail);
    store_close(store);
    TRY(code);
    CLEANUP(io_close_fd) int keys_fd = -1;
    TRY(open_below(dir, "keys", 0700, &keys_fd, fail));
    TRY(write_seed(keys_fd, "log", seeds->log, fail));
    TRY(write_seed(keys_fd, "node", seeds->node, fail));
    TRY(write_seed(keys_fd, "refusal", seeds->refusal, fail));
    return lock_create(dir, origin, fail);
}

static enum code open_keys(struct node *node, str origin, struct fail *fail)
{
    CLEANUP(io_close_fd) int keys_fd = -1;
    uint8_t seed[32];
    TRY(open_below(node->dir, "keys", 0700, &keys_fd, fail));
    enum code code = read_seed(keys_fd, "node", seed, fail);
    if (code == CODE_OK) secret_key_from_seed(&node->node_key, seed);
    if (code == CODE_OK) code = read_seed(keys_fd, "refusal", seed, fail);
    if (code == CODE_OK) secret_key_from_seed(&node->refusal_key, seed);
    if (code == CODE_OK) code = read_seed(keys_fd, "log", seed, fail);
    if (code == CODE_OK) code = signer_open(node->dir, origin, seed, &node->signer, fail);
    sign_wipe(seed, sizeof seed);
    return code;
}

/* The keys in the folder are those that founding named: signed with others, a checkpoint convinces
 * nobody. */
static enum code check_keys(const struct node *node, struct fail *fail)
{
    const struct org *org = &node->state.org;
    key32 log = signer_key(node->signer), own = secret_key_public(&node->node_key),
          refusal = secret_key_public(&node->refusal_key);
    if (key32_eq(&log, &org->log_key) && key32_eq(&own, &org->node_key) &&
        key32_eq(&refusal, &org->refusal_key))
        return CODE_OK;
    return fail_set(fail, CODE_CORRUPT, "key",
                    "the keys in the folder are not those of the record");
}

/* ---- opening: snapshot, then replay ---- */

struct replay {
    struct node *node;
    const struct node_options *options;
    struct judge_batch judges;
    struct arena chunk; /* entries whose signatures wait for judgement */
    uint64_t waiting, total;
    struct fail *fail;
};

static enum code replay_judge(struct replay *r)
{
    enum code code = judge_batch_run(&r->judges, (unsigned)sysconf(_SC_NPROCESSORS_ONLN), r->fail);
    arena_clear(&r->chunk);
    r->waiting = 0;
    return code == CODE_OK || code == CODE_NO_MEMORY ? code : CODE_CORRUPT;
}

/* A blob that cannot be read is a fault of the disk, not of the act that names it. */
static enum code blobs_were_read(const struct node *node, struct fail *fail)
{
    if (node->blob_code == CODE_OK) return CODE_OK;
    return fail_set(fail, node->blob_code, "blob", "a blob that the record names cannot be read");
}

static enum code replay_entry(void *context, uint64_t index, const struct store_entry *entry)
{
    struct replay *r = context;
    struct fold_outcome outcome;
    str act = entry->act;
    r->judges.index = index;
    if (r->options->check_signatures && !arena_copy(&r->chunk, entry->act, &act))
        return CODE_NO_MEMORY;
    enum code code = fold_replay(&r->node->fold, entry->leaf, act, &outcome, r->fail);
    TRY(blobs_were_read(r->node, r->fail));
    TRY(code);
    if (r->options->check_signatures && ++r->waiting == REPLAY_CHUNK) TRY(replay_judge(r));
    if (r->options->progress && index % REPLAY_CHUNK == 0)
        r->options->progress(r->options->progress_context, index, r->total);
    return CODE_OK;
}

static enum code replay_rest(struct node *node, const struct node_options *options,
                             struct fail *fail)
{
    struct replay r = {.node = node, .options = options, .fail = fail};
    TRY(store_size(node->store, &r.total, fail));
    uint64_t from = state_size(&node->state);
    judge_batch_init(&r.judges, alloc_libc);
    arena_init(&r.chunk, alloc_libc, (size_t)1 << 30);
    struct fold_judge before = node->fold.judge;
    node->fold.judge = options->check_signatures ? judge_batch_fold(&r.judges) : judge_never();
    enum code code = store_read(node->store, from, r.total, replay_entry, &r, fail);
    if (code == CODE_OK) code = replay_judge(&r);
    node->fold.judge = before;
    judge_batch_done(&r.judges);
    arena_done(&r.chunk);
    if (code == CODE_OK && options->progress)
        options->progress(options->progress_context, r.total, r.total);
    node->committed = r.total;
    return code;
}

/* Read before the log is, which a writer beside us may extend in the meantime. */
static enum code read_checkpoint(struct node *node, struct fail *fail)
{
    buf_clear(&node->checkpoint);
    enum code code = store_checkpoint_get(node->store, &node->checkpoint, fail);
    return code == CODE_NOT_FOUND ? CODE_OK : code;
}

/* The log that we replayed is the one for which checkpoints were signed. */
static enum code check_against_checkpoint(struct node *node, struct fail *fail)
{
    if (node->checkpoint.len == 0) return CODE_OK;
    struct note note;
    struct checkpoint checkpoint;
    struct fail why = {0};
    TRY(note_open(buf_str(&node->checkpoint), &note, fail));
    TRY(checkpoint_parse(note.text, &checkpoint, fail));
    if (checkpoint.head.size > state_size(&node->state))
        return fail_set(fail, CODE_CORRUPT, "lock-ahead",
                        "the log holds fewer entries than were signed");
    struct vkey log = {.name = folder_origin(node), .key = node->state.org.log_key};
    log.id = key_id_of(log.name, &log.key);
    if (checkpoint_verify(buf_str(&node->checkpoint), &log, &checkpoint, &why) != CODE_OK)
        return fail_set(fail, CODE_CORRUPT, "checkpoint", "the checkpoint in the store: %s",
                        why.message);
    hash32 root = merkle_root(&node->state.tree, checkpoint.head.size);
    if (hash32_eq(&root, &checkpoint.head.root)) return CODE_OK;
    return fail_set(fail, CODE_CORRUPT, "root",
                    "the log is not the one that was signed at size %llu",
                    (unsigned long long)checkpoint.head.size);
}

static enum code start_state(struct node *node, const struct node_options *options)
{
    TRY(state_init(&node->state, alloc_libc));
#ifdef PLENARY_TAKEOVER_SWITCHES
    if (options->cleared) memcpy(node->state.cleared, options->cleared, sizeof node->state.cleared);
    if (node->signer && options->cleared && options->cleared[GUARD_LOCK])
        signer_forget(node->signer);
#else
    (void)options;
#endif
    fold_init(&node->fold, &node->state, (struct blobs){node_blob_get, node}, judge_now());
    return CODE_OK;
}

static enum code compare_leaf(void *context, uint64_t index, const struct store_entry *entry)
{
    const struct state *state = context;
    hash32 leaf_hash = merkle_leaf_hash(entry->leaf);
    return hash32_eq(&leaf_hash, &state->tree.level[0].at[index]) ? CODE_OK : CODE_CORRUPT;
}

/* A snapshot of this log: one made before a crash, or of another copy, may hold what never became
 * part of it. */
static bool snapshot_fits(struct node *node)
{
    uint64_t size = state_size(&node->state), total;
    if (size == 0 || store_size(node->store, &total, NULL) != CODE_OK || size > total) return false;
    return store_read(node->store, size - 1, size, compare_leaf, &node->state, NULL) == CODE_OK;
}

static enum code open_state(struct node *node, const struct node_options *options,
                            struct fail *fail)
{
    TRY(start_state(node, options));
    if (!options->no_snapshot &&
        (snapshot_load(node->dir, &node->state) != CODE_OK || !snapshot_fits(node))) {
        fold_done(&node->fold);
        state_done(&node->state);
        TRY(start_state(node, options));
    }
    node->snapshot_size = state_size(&node->state);
    TRY(read_checkpoint(node, fail));
    TRY(replay_rest(node, options, fail));
    return check_against_checkpoint(node, fail);
}

static enum code sign_and_export(struct node *node, struct fail *fail);

static uint64_t declared_clock(struct store *store)
{
    struct buf text;
    uint64_t at = 0;
    buf_init(&text, alloc_libc, 32);
    if (store_meta_get(store, STR("clock"), &text, NULL) != CODE_OK ||
        !str_to_u64(buf_str(&text), &at))
        at = 0;
    buf_done(&text);
    return at;
}

static enum code reopen_signer(struct node *node, struct fail *fail)
{
    CLEANUP(io_close_fd) int keys_fd = -1;
    uint8_t seed[32];
    TRY(open_below(node->dir, "keys", 0700, &keys_fd, fail));
    enum code code = read_seed(keys_fd, "log", seed, fail);
    signer_close(node->signer);
    node->signer = NULL;
    if (code == CODE_OK)
        code = signer_open(node->dir, (str){node->origin, node->origin_len}, seed, &node->signer,
                           fail);
    sign_wipe(seed, sizeof seed);
    return code;
}

/* The export of the lost entries, if this folder has it, is kept beside: it is evidence. */
static enum code set_export_aside(struct node *node, struct fail *fail)
{
    CLEANUP(io_close_fd) int dir_fd = -1;
    char name[64];
    TRY(io_open_dir(AT_FDCWD, node->dir, false, 0755, &dir_fd, fail));
    (void)snprintf(name, sizeof name, "export.lost-%llu", (unsigned long long)node->lost.size);
    if (renameat(dir_fd, "export", dir_fd, name) != 0 && errno != ENOENT)
        return fail_set(fail, CODE_IO, "rename", "export: %m");
    if (unlinkat(dir_fd, "export.mark", 0) != 0 && errno != ENOENT)
        return fail_set(fail, CODE_IO, "remove", "export.mark: %m");
    return CODE_OK;
}

/* The act that names what is lost is durable: the lock may go back. */
static enum code begin_epoch(struct node *node, struct fail *fail)
{
    str origin = {node->origin, node->origin_len};
    TRY(set_export_aside(node, fail));
    TRY(lock_restart(node->dir, origin, &node->lost, &node->before, fail));
    TRY(reopen_signer(node, fail));
    node->epoch_pending = false;
    return export_open(node->dir, node->store, alloc_libc, &node->export, fail);
}

/* The lock is ahead. Unless the log ends in an epoch that a crash kept from being signed, one is to
 * be opened. */
static enum code open_epoch(struct node *node, struct fail *fail)
{
    uint64_t size = state_size(&node->state), epochs = node->state.epoch.count;
    node->lost = signer_last(node->signer);
    node->before = (struct merkle_head){size, merkle_root(&node->state.tree, size)};
    const struct epoch_row *last = epochs ? state_epoch(&node->state, (uint32_t)epochs - 1) : NULL;
    if (last && last->lost_size == node->lost.size &&
        hash32_eq(&last->lost_root, &node->lost.root)) {
        node->before =
            (struct merkle_head){last->index, merkle_root(&node->state.tree, last->index)};
        TRY(begin_epoch(node, fail));
        return sign_and_export(node, fail);
    }
    if (node->lost.size <= size)
        return fail_set(fail, CODE_CORRUPT, "epoch",
                        "no entry is missing here: a new epoch is for a log that lost some");
    node->epoch_pending = true;
    return CODE_OK;
}

bool node_lost(const struct node *node, struct merkle_head *ret)
{
    if (node->epoch_pending) *ret = node->lost;
    return node->epoch_pending;
}

static enum code open_parts(struct node *node, const struct node_options *options,
                            struct fail *fail)
{
    struct store_options how = {.mode = options->mode == NODE_WRITE ? STORE_WRITE : STORE_READ};
    enum code code = store_open_sqlite(node->dir, &how, &node->store, fail);
    for (uint32_t waited = 0; code == CODE_BUSY && waited < options->wait_seconds * 20; waited++) {
        (void)usleep(50000);
        code = store_open_sqlite(node->dir, &how, &node->store, fail);
    }
    TRY(code);
    struct buf origin;
    buf_init(&origin, alloc_libc, ORIGIN_MAX);
    code = store_meta_get(node->store, STR("origin"), &origin, fail);
    if (code == CODE_OK && options->mode == NODE_WRITE)
        code = open_keys(node, buf_str(&origin), fail);
    node->origin_len = code == CODE_OK ? origin.len : 0;
    if (node->origin_len) memcpy(node->origin, origin.at, origin.len);
    buf_done(&origin);
    TRY(code);
    TRY(open_state(node, options, fail));
    if (options->mode == NODE_WRITE && state_size(&node->state)) TRY(check_keys(node, fail));
    node->declared = declared_clock(node->store);
    if (options->mode != NODE_WRITE) return CODE_OK;
    if (options->new_epoch) return open_epoch(node, fail);
    TRY(export_open(node->dir, node->store, alloc_libc, &node->export, fail));
    /* A crash may have come between the commit and its signature. */
    return state_size(&node->state) ? sign_and_export(node, fail) : CODE_OK;
}

static void node_init(struct node *node, const char *dir, enum node_mode mode)
{
    *node = (struct node){.mode = mode};
    size_t len = strlen(dir);
    node->dir = alloc_libc.take(alloc_libc.self, len + 1);
    if (node->dir) memcpy(node->dir, dir, len + 1);
    buf_init(&node->blob, alloc_libc, STORE_BLOB_MAX);
    buf_init(&node->checkpoint, alloc_libc, STORE_CHECKPOINT_MAX);
    buf_init(&node->refusal, alloc_libc, 4096);
    arena_init(&node->batch_arena, alloc_libc, (size_t)2 * BATCH_BYTES);
}

enum code node_open(const char *dir, const struct node_options *options, struct node **ret,
                    struct fail *fail)
{
    TRY(sign_start());
    struct node *node = alloc_libc.take(alloc_libc.self, sizeof *node);
    if (!node) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    node_init(node, dir, options->mode);
    enum code code = node->dir ? open_parts(node, options, fail) : CODE_NO_MEMORY;
    if (code == CODE_OK)
        *ret = node;
    else {
        node->broken = true;
        node_close(node);
    }
    return code;
}

void node_close(struct node *node)
{
    if (!node) return;
    bool worthwhile =
        !node->broken && state_size(&node->state) >= node->snapshot_size + SNAPSHOT_EVERY;
    if (worthwhile && node->mode == NODE_WRITE && node->entry_count == 0 &&
        node_snapshot(node, NULL) != CODE_OK)
        node->snapshot_size = 0; /* a missing snapshot costs the next start time, nothing else */
    export_close(node->export);
    signer_close(node->signer);
    store_close(node->store);
    secret_key_done(&node->node_key);
    secret_key_done(&node->refusal_key);
    fold_done(&node->fold);
    state_done(&node->state);
    buf_done(&node->blob);
    buf_done(&node->checkpoint);
    buf_done(&node->refusal);
    arena_done(&node->batch_arena);
    alloc_libc.give(alloc_libc.self, node->disclosures);
    alloc_libc.give(alloc_libc.self, node->entries);
    alloc_libc.give(alloc_libc.self, node->dir);
    alloc_libc.give(alloc_libc.self, node);
}

const struct state *node_state(const struct node *node)
{
    return &node->state;
}

struct store *node_store(struct node *node)
{
    return node->store;
}

str node_origin(const struct node *node)
{
    return state_text(&node->state, node->state.org.origin);
}

const char *node_dir(const struct node *node)
{
    return node->dir;
}

key32 node_public_key(const struct node *node, enum node_key which)
{
    switch (which) {
    case NODE_KEY_NODE: return secret_key_public(&node->node_key);
    case NODE_KEY_REFUSAL: return secret_key_public(&node->refusal_key);
    case NODE_KEY_LOG: break;
    }
    return signer_key(node->signer);
}

const struct secret_key *node_second_channel(const struct node *node)
{
    return &node->node_key;
}

/* ---- time ---- */

static bool is_rehearsal(const struct node *node)
{
    return origin_is_rehearsal(folder_origin(node));
}

unix_s node_now(const struct node *node)
{
    uint64_t at = is_rehearsal(node) && node->declared ? node->declared : (uint64_t)time(NULL);
    return (unix_s)(at > node->state.org.last_at ? at : node->state.org.last_at);
}

enum code node_clock_set(struct node *node, unix_s at, struct fail *fail)
{
    if (!is_rehearsal(node))
        return fail_set(fail, CODE_NOT_YOURS, "clock", "a clock is declared in rehearsals only");
    if (at < (unix_s)node->state.org.last_at)
        return fail_set(fail, CODE_MALFORMED, "clock", "expected a time not before the last entry");
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)at);
    TRY(store_meta_put(node->store, STR("clock"), str_from(text), fail));
    node->declared = (uint64_t)at;
    return CODE_OK;
}

/* ---- writing ---- */

enum code node_blob_put(struct node *node, str bytes, hash32 *ret, struct fail *fail)
{
    return store_blob_put(node->store, bytes, ret, fail);
}

enum code node_disclose(struct node *node, const hash32 *commitment, str opening, str audience,
                        struct fail *fail)
{
    if (node->disclosure_count == node->disclosure_room) {
        size_t room = node->disclosure_room ? node->disclosure_room * 2 : 256;
        void *grown = alloc_libc.grow(alloc_libc.self, node->disclosures,
                                      node->disclosure_room * sizeof *node->disclosures,
                                      room * sizeof *node->disclosures);
        if (!grown) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for openings");
        node->disclosures = grown;
        node->disclosure_room = room;
    }
    struct store_disclosure *kept = &node->disclosures[node->disclosure_count];
    *kept = (struct store_disclosure){.commitment = *commitment};
    /* Openings come in runs for one audience: an import has hundreds of thousands of them. */
    bool same = node->disclosure_count > 0 && str_eq(kept[-1].audience, audience);
    if (same) kept->audience = kept[-1].audience;
    if (!arena_copy(&node->batch_arena, opening, &kept->opening) ||
        (!same && !arena_copy(&node->batch_arena, audience, &kept->audience)))
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for openings");
    node->disclosure_count++;
    return CODE_OK;
}

void node_hold(struct node *node)
{
    node->held = true;
    node->batch_arena.limit = (size_t)HELD_BYTES_GB << 30;
}

static enum code batch_grow(struct node *node, struct fail *fail)
{
    size_t room = node->entry_room ? node->entry_room * 2 : BATCH_ENTRIES,
           size = sizeof *node->entries;
    void *grown =
        alloc_libc.grow(alloc_libc.self, node->entries, node->entry_room * size, room * size);
    if (!grown) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for a batch");
    node->entries = grown;
    node->entry_room = room;
    return CODE_OK;
}

static enum code batch_room(struct node *node, struct fail *fail)
{
    if (!node->entries) TRY(batch_grow(node, fail));
    if (!node->held &&
        (node->entry_count >= BATCH_ENTRIES || node->batch_arena.used >= BATCH_BYTES))
        return node_commit(node, fail);
    if (node->entry_count < node->entry_room) return CODE_OK;
    if (node->entry_room >= STORE_BATCH_MAX)
        return fail_set(fail, CODE_TOO_BIG, "batch", "at most %d acts can stand or fall together",
                        STORE_BATCH_MAX);
    return batch_grow(node, fail);
}

static enum code batch_add(struct node *node, const struct fold_outcome *outcome, struct fail *fail)
{
    struct store_entry *entry = &node->entries[node->entry_count];
    *entry = (struct store_entry){.id = outcome->id, .blob_count = outcome->name_count};
    hash32 *names =
        outcome->name_count ? ARENA_ARRAY(&node->batch_arena, outcome->name_count, hash32) : NULL;
    bool kept = arena_copy(&node->batch_arena, outcome->leaf_text, &entry->leaf) &&
                arena_copy(&node->batch_arena, outcome->entry, &entry->act) &&
                (names || !outcome->name_count);
    if (!kept) {
        node->broken = true;
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for a batch");
    }
    if (names) memcpy(names, outcome->names, outcome->name_count * sizeof *names);
    entry->blobs = names;
    node->entry_count++;
    return CODE_OK;
}

static enum code not_broken(const struct node *node, struct fail *fail)
{
    if (!node->broken && node->mode == NODE_WRITE) return CODE_OK;
    return fail_set(fail, CODE_INTERNAL, "broken", "this process writes no more: start it again");
}

static enum code tick_at(struct node *node, unix_s now, bool *ret, struct fail *fail)
{
    struct fold_outcome outcome;
    TRY(not_broken(node, fail));
    *ret = false;
    if (!step_due(&node->state, now)) return CODE_OK;
    TRY(batch_room(node, fail));
    node->blob_code = CODE_OK;
    enum code code = fold_tick(&node->fold, now, &outcome);
    if (code == CODE_OK) code = node->blob_code;
    if (code != CODE_OK || outcome.article != ARTICLE_NONE) {
        node->broken = true;
        return fail_set(fail, CODE_INTERNAL, "tick", "a deadline could not be run: %s",
                        code_name(code));
    }
    *ret = true;
    return batch_add(node, &outcome, fail);
}

enum code node_tick(struct node *node, bool *ret, struct fail *fail)
{
    return tick_at(node, node_now(node), ret, fail);
}

/* A refusal speaks of a size and root that everybody can replay to; like every reply it leaves
 * after the commit. */
static enum code write_refusal(struct node *node, const struct fold_outcome *outcome, unix_s at,
                               struct fail *fail)
{
    uint64_t size = state_size(&node->state);
    struct refusal refusal = {.act = outcome->id,
                              .article = article_name(outcome->article),
                              .at = at,
                              .origin = node_origin(node),
                              .root = merkle_root(&node->state.tree, size),
                              .size = size};
    struct buf text;
    buf_init(&text, alloc_libc, 2048);
    refusal_write(&text, &refusal);
    char name[KEY_NAME_MAX + 1];
    struct key_name role = {.role = KEY_REFUSAL};
    struct signer signer = {key_name_text(node_origin(node), &role, name), &node->refusal_key};
    buf_clear(&node->refusal);
    note_sign(&node->refusal, buf_str(&text), &signer, 1);
    enum code code = buf_check(&text) == CODE_OK ? buf_check(&node->refusal) : CODE_NO_MEMORY;
    buf_done(&text);
    return code == CODE_OK ? CODE_OK : fail_set(fail, code, "memory", "no memory for a refusal");
}

/* Founding: the act must be this folder's, or no checkpoint of it could ever be checked. */
static enum code submit_first(struct node *node, str note, unix_s now, struct fold_outcome *ret,
                              struct fail *fail)
{
    struct act act;
    arena_clear(&node->fold.arena);
    TRY(act_decode(note, folder_origin(node), &node->fold.arena, &act, fail));
    TRY(fold_submit(&node->fold, note, now, ret, fail));
    if (ret->article != ARTICLE_NONE || check_keys(node, NULL) == CODE_OK) return CODE_OK;
    node->broken = true;
    return fail_set(fail, CODE_NOT_YOURS, "key",
                    "the founding act names other keys than those of this folder");
}

static enum code submit_checked(struct node *node, str note, unix_s now, struct fold_outcome *ret,
                                struct fail *fail)
{
    bool first = state_size(&node->state) == 0;
    node->blob_code = CODE_OK;
    enum code code = first ? submit_first(node, note, now, ret, fail)
                           : fold_submit(&node->fold, note, now, ret, fail);
    if (node->blob_code == CODE_OK) return code;
    node->broken = true;
    return blobs_were_read(node, fail);
}

enum code node_submit(struct node *node, str note, struct node_reply *ret, struct fail *fail)
{
    struct fold_outcome outcome;
    bool ticked = true;
    unix_s now = node_now(
        node); /* once: a deadline that passed between tick and verdict would leave no trace */
    while (ticked) TRY(tick_at(node, now, &ticked, fail));
    TRY(batch_room(node, fail));
    enum code code = submit_checked(node, note, now, &outcome, fail);
    if (node->fold.spoiled) node->broken = true;
    TRY(code);
    *ret = (struct node_reply){.article = outcome.article,
                               .is_known = outcome.is_known,
                               .index = outcome.index,
                               .id = outcome.id};
    if (outcome.is_known) return CODE_OK;
    if (outcome.article == ARTICLE_NONE) return batch_add(node, &outcome, fail);
    TRY(write_refusal(node, &outcome, now, fail));
    ret->refusal = buf_str(&node->refusal);
    return CODE_OK;
}

static enum code sign_and_export(struct node *node, struct fail *fail)
{
    struct merkle_head head = {state_size(&node->state),
                               merkle_root(&node->state.tree, state_size(&node->state))};
    struct merkle_head last = signer_last(node->signer);
    struct merkle_proof proof = {0};
    if (last.size <= head.size)
        TRY(merkle_consistency(&node->state.tree, last.size, head.size, &proof));
    buf_clear(&node->checkpoint);
    TRY(signer_sign(node->signer, &head, &proof, &node->checkpoint, fail));
    TRY(store_checkpoint_put(node->store, buf_str(&node->checkpoint), fail));
    return export_extend(node->export, &node->state.tree, buf_str(&node->checkpoint), fail);
}

enum code node_commit(struct node *node, struct fail *fail)
{
    TRY(not_broken(node, fail));
    if (node->entry_count == 0) return CODE_OK;
    struct store_batch batch = {.from = node->committed,
                                .entries = node->entries,
                                .entry_count = node->entry_count,
                                .disclosures = node->disclosures,
                                .disclosure_count = node->disclosure_count};
    enum code code = store_append(node->store, &batch, fail);
    if (code == CODE_OK && node->epoch_pending) code = begin_epoch(node, fail);
    if (code == CODE_OK) code = sign_and_export(node, fail);
    if (code != CODE_OK) {
        node->broken = true;
        return code;
    }
    node->committed += node->entry_count;
    node->entry_count = node->disclosure_count = 0;
    arena_clear(&node->batch_arena);
    return CODE_OK;
}

str node_checkpoint(const struct node *node)
{
    return buf_str(&node->checkpoint);
}

enum code node_snapshot(struct node *node, struct fail *fail)
{
    if (node->entry_count) TRY(node_commit(node, fail));
    TRY(snapshot_save(node->dir, &node->state, fail));
    node->snapshot_size = state_size(&node->state);
    return CODE_OK;
}

uint64_t node_snapshot_size(const struct node *node)
{
    return node->snapshot_size;
}
