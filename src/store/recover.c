#include "store/recover.h"
#include "core/record/export.h"
#include "core/record/leaf.h"
#include "core/record/tile.h"
#include "sign/verify.h"

enum { BUNDLE_BYTES_MAX = TILE_WIDTH * (STORE_ACT_MAX + 4), LEAF_ARENA_BYTES = 1 << 16 };

enum recover_finding recover_judge(const struct merkle *tree, const struct merkle_head *lock)
{
    if (lock->size > tree->size) return RECOVER_MISSING;
    hash32 root = merkle_root(tree, lock->size);
    if (!hash32_eq(&root, &lock->root)) return RECOVER_FORKED;
    return lock->size < tree->size ? RECOVER_UNSIGNED : RECOVER_SOUND;
}

struct refill {
    const struct recover_options *options;
    struct fail *fail;
    struct merkle_head head; /* the source's */
    struct merkle tree;      /* over the leaves here and then those of the source */
    uint64_t old_size;       /* entries here before */
    struct buf path, leaves, acts;
    struct arena arena;
    struct store_entry
        group[TILE_WIDTH]; /* to be committed together; views into the tile read last */
    size_t group_count;
    struct recover_report report;
};

static enum code read_tile(struct refill *refill, enum tile_kind kind, uint64_t index,
                           struct buf *ret)
{
    struct tile tile = {.kind = kind, .index = index};
    tile.width = tile_width_at(&tile, refill->head.size);
    buf_clear(&refill->path);
    buf_clear(ret);
    tile_write_path(&refill->path, &tile);
    TRY(buf_check(&refill->path));
    return source_read(refill->options->source, buf_str(&refill->path), ret, refill->fail);
}

/* ---- first pass: are these the leaves that were signed? ---- */

static enum code add_own(void *context, uint64_t index, const struct store_entry *entry)
{
    struct refill *refill = context;
    hash32 hash = merkle_leaf_hash(entry->leaf);
    (void)index;
    return merkle_add(&refill->tree, &hash);
}

static enum code add_leaves(struct refill *refill, uint64_t index)
{
    TRY(read_tile(refill, TILE_ENTRIES, index, &refill->leaves));
    str rest = buf_str(&refill->leaves), leaf;
    uint64_t at = index * TILE_WIDTH;
    for (; bundle_next(&rest, TILE_ENTRIES, &leaf); at++) {
        if (at < refill->tree.size) continue;
        hash32 hash = merkle_leaf_hash(leaf);
        TRY(merkle_add(&refill->tree, &hash));
    }
    uint64_t end = (index + 1) * TILE_WIDTH;
    if (rest.len == 0 && at == (end < refill->head.size ? end : refill->head.size)) return CODE_OK;
    return fail_set(refill->fail, CODE_MALFORMED, "tile", "tile/entries/%llu is not whole",
                    (unsigned long long)index);
}

static enum code check_tree(struct refill *refill)
{
    const struct merkle_head *lock = &refill->options->lock;
    TRY(store_read(refill->options->store, 0, refill->old_size, add_own, refill, refill->fail));
    for (uint64_t i = refill->old_size / TILE_WIDTH; i * TILE_WIDTH < refill->head.size; i++)
        TRY(add_leaves(refill, i));
    hash32 root = merkle_root(&refill->tree, refill->head.size);
    hash32 locked = merkle_root(&refill->tree, lock->size);
    if (hash32_eq(&root, &refill->head.root) && hash32_eq(&locked, &lock->root)) return CODE_OK;
    return fail_set(refill->fail, CODE_CORRUPT, "fork",
                    "the source does not continue the record that was signed here");
}

static enum code check_head(struct refill *refill)
{
    const struct recover_options *options = refill->options;
    struct checkpoint checkpoint;
    buf_clear(&refill->leaves);
    TRY(source_read(options->source, STR("checkpoint"), &refill->leaves, refill->fail));
    TRY(checkpoint_verify(buf_str(&refill->leaves), options->log, &checkpoint, refill->fail));
    refill->head = checkpoint.head;
    if (refill->head.size >= options->lock.size && refill->head.size >= refill->old_size)
        return CODE_OK;
    return fail_set(refill->fail, CODE_NOT_FOUND, "too-old",
                    "the source holds %llu entries, %llu were signed here and %llu are held",
                    (unsigned long long)refill->head.size, (unsigned long long)options->lock.size,
                    (unsigned long long)refill->old_size);
}

/* ---- second pass: blobs, then entries ---- */

static enum code add_blob(void *context, str path, uint64_t size)
{
    struct refill *refill = context;
    struct export_path parsed;
    hash32 name;
    (void)size;
    if (!export_parse_path(path, &parsed))
        return fail_set(refill->fail, CODE_MALFORMED, "path", "%.*s is no part of an export",
                        STR_ARG(path));
    if (parsed.kind != EXPORT_BLOB) return CODE_OK;
    buf_clear(&refill->acts);
    TRY(source_read(refill->options->source, path, &refill->acts, refill->fail));
    name = sha256_of(buf_str(&refill->acts));
    if (!hash32_eq(&name, &parsed.hash))
        return fail_set(refill->fail, CODE_MALFORMED, "blob", "%.*s does not have that hash",
                        STR_ARG(path));
    TRY(store_blob_put(refill->options->store, buf_str(&refill->acts), &name, refill->fail));
    refill->report.blobs++;
    return CODE_OK;
}

/* The leaf was checked in the first pass; files may have changed since, so it is checked again. */
static enum code check_entry(struct refill *refill, uint64_t index, struct store_entry *entry)
{
    struct leaf leaf;
    hash32 hash = merkle_leaf_hash(entry->leaf);
    if (!hash32_eq(&hash, &refill->tree.level[0].at[index]))
        return fail_set(refill->fail, CODE_MALFORMED, "tile", "entry %llu changed meanwhile",
                        (unsigned long long)index);
    if (entry->act.len == 0)
        return fail_set(refill->fail, CODE_NOT_FOUND, "acts",
                        "the act of entry %llu is not in this export", (unsigned long long)index);
    arena_clear(&refill->arena);
    TRY(leaf_decode(entry->leaf, &refill->arena, &leaf, refill->fail));
    entry->id = sha256_of(entry->act);
    if (hash32_eq(&entry->id, &leaf.hash)) return CODE_OK;
    return fail_set(refill->fail, CODE_MALFORMED, "hash", "the act of entry %llu is another",
                    (unsigned long long)index);
}

static enum code flush(struct refill *refill)
{
    struct store_batch batch = {.entries = refill->group, .entry_count = refill->group_count};
    if (refill->group_count == 0) return CODE_OK;
    TRY(store_size(refill->options->store, &batch.from, refill->fail));
    TRY(store_append(refill->options->store, &batch, refill->fail));
    refill->report.entries += refill->group_count;
    refill->group_count = 0;
    return CODE_OK;
}

static enum code append(struct refill *refill, struct store_entry *entry)
{
    const struct recover_options *options = refill->options;
    entry->blobs = NULL;
    entry->blob_count = 0;
    if (options->blobs_of != NULL)
        TRY(options->blobs_of(options->context, entry, &entry->blobs, &entry->blob_count));
    refill->group[refill->group_count++] = *entry;
    /* The list of blobs lives only until the next call. */
    return entry->blob_count > 0 ? flush(refill) : CODE_OK;
}

/* Checks every entry of one tile that is not here yet; appends them when `write` is true. */
static enum code walk_tile(struct refill *refill, uint64_t index, bool write)
{
    TRY(read_tile(refill, TILE_ENTRIES, index, &refill->leaves));
    TRY(read_tile(refill, TILE_ACTS, index, &refill->acts));
    str leaves = buf_str(&refill->leaves), acts = buf_str(&refill->acts);
    struct store_entry entry = {0};
    uint64_t at = index * TILE_WIDTH;
    uint64_t end = at + TILE_WIDTH < refill->head.size ? at + TILE_WIDTH : refill->head.size;
    for (; at < end; at++) {
        if (!bundle_next(&leaves, TILE_ENTRIES, &entry.leaf) ||
            !bundle_next(&acts, TILE_ACTS, &entry.act))
            break;
        if (at < refill->old_size) continue;
        TRY(check_entry(refill, at, &entry));
        if (write) TRY(append(refill, &entry));
    }
    if (at < end || leaves.len > 0 || acts.len > 0)
        return fail_set(refill->fail, CODE_MALFORMED, "tile", "tile/acts/%llu is not whole",
                        (unsigned long long)index);
    return flush(refill);
}

static enum code walk(struct refill *refill, bool write)
{
    for (uint64_t i = refill->old_size / TILE_WIDTH; i * TILE_WIDTH < refill->head.size; i++)
        TRY(walk_tile(refill, i, write));
    return CODE_OK;
}

static enum code run(struct refill *refill)
{
    const struct recover_options *options = refill->options;
    TRY(store_size(options->store, &refill->old_size, refill->fail));
    TRY(check_head(refill));
    TRY(check_tree(refill));
    TRY(walk(refill, false));
    TRY(source_list(options->source, add_blob, refill, refill->fail));
    TRY(walk(refill, true));
    refill->report.head = refill->head;
    return CODE_OK;
}

enum code recover_refill(const struct recover_options *options, struct recover_report *ret,
                         struct fail *fail)
{
    struct refill refill = {.options = options, .fail = fail};
    merkle_init(&refill.tree, options->alloc);
    buf_init(&refill.path, options->alloc, EXPORT_PATH_MAX);
    buf_init(&refill.leaves, options->alloc, BUNDLE_BYTES_MAX);
    buf_init(&refill.acts, options->alloc, STORE_BLOB_MAX);
    arena_init(&refill.arena, options->alloc, LEAF_ARENA_BYTES);
    enum code code = run(&refill);
    merkle_done(&refill.tree);
    buf_done(&refill.path);
    buf_done(&refill.leaves);
    buf_done(&refill.acts);
    arena_done(&refill.arena);
    if (code == CODE_OK) *ret = refill.report;
    return code;
}
