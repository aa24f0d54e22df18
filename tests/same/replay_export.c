#include "same/replay_export.h"

#include "check.h"
#include "core/fold.h"
#include "core/record/checkpoint.h"
#include "core/record/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_path(const char *folder, str path, size_t *ret_len)
{
    char whole[4096];
    (void)snprintf(whole, sizeof whole, "%s/%.*s", folder, STR_ARG(path));
    return check_read_file(whole, ret_len);
}

struct replay {
    const char *folder;
    struct arena blobs; /* they live as long as the replay */
    struct state state;
    struct fold fold;
};

static bool blob_get(void *self, const hash32 *name, str *ret)
{
    struct replay *r = self;
    struct buf path;
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    export_write_path(&path, &(struct export_path){.kind = EXPORT_BLOB, .hash = *name});
    size_t len = 0;
    char *bytes = read_path(r->folder, buf_str(&path), &len);
    buf_done(&path);
    bool got = bytes && arena_copy(&r->blobs, (str){bytes, len}, ret);
    free(bytes);
    if (!got) return false;
    hash32 hash = sha256_of(*ret);
    return hash32_eq(&hash, name);
}

static enum code line_taken(void *self, const struct act *act, uint32_t line, const key32 *key,
                            struct fail *fail)
{
    (void)self, (void)act, (void)line, (void)key, (void)fail;
    return CODE_OK;
}

static enum code key_taken(void *self, const key32 *key, struct fail *fail)
{
    (void)self, (void)key, (void)fail;
    return CODE_OK;
}

static char *read_tile(const char *folder, enum tile_kind kind, uint64_t index, uint64_t size,
                       str *ret)
{
    struct tile tile = {.kind = kind, .index = index, .width = TILE_WIDTH};
    tile.width = tile_width_at(&tile, size);
    struct buf path;
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    tile_write_path(&path, &tile);
    char *bytes = read_path(folder, buf_str(&path), &ret->len);
    if (!bytes) fprintf(stderr, "replay: cannot read %.*s\n", STR_ARG(buf_str(&path)));
    ret->at = bytes;
    buf_done(&path);
    return bytes;
}

static bool replay_tile(struct replay *r, uint64_t index, uint64_t size)
{
    str leaves, entries, leaf, entry;
    char *leaves_at = read_tile(r->folder, TILE_ENTRIES, index, size, &leaves);
    char *entries_at = read_tile(r->folder, TILE_ACTS, index, size, &entries);
    bool ok = leaves_at && entries_at;
    while (ok && bundle_next(&leaves, TILE_ENTRIES, &leaf)) {
        struct fail fail = {0};
        struct fold_outcome outcome;
        ok = bundle_next(&entries, TILE_ACTS, &entry);
        if (ok) ok = fold_replay(&r->fold, leaf, entry, &outcome, &fail) == CODE_OK;
        if (!ok)
            fprintf(stderr, "replay: entry %llu: %s: %s\n",
                    (unsigned long long)state_size(&r->state), fail.reason, fail.message);
    }
    ok = ok && leaves.len == 0 && entries.len == 0;
    free(leaves_at);
    free(entries_at);
    return ok;
}

static bool read_head(const char *folder, struct merkle_head *ret)
{
    size_t len = 0;
    char *bytes = read_path(folder, STR("checkpoint"), &len);
    if (!bytes) return false;
    struct note note;
    struct checkpoint checkpoint;
    bool ok = note_open((str){bytes, len}, &note, NULL) == CODE_OK &&
              checkpoint_parse(note.text, &checkpoint, NULL) == CODE_OK;
    if (ok) *ret = checkpoint.head;
    free(bytes);
    return ok;
}

static bool run(struct replay *r, struct replayed *ret)
{
    struct merkle_head head;
    if (!read_head(r->folder, &head) || state_init(&r->state, alloc_libc) != CODE_OK) return false;
    fold_init(&r->fold, &r->state, (struct blobs){blob_get, r},
              (struct fold_judge){line_taken, key_taken, NULL});
    bool ok = true;
    for (uint64_t i = 0; ok && i * TILE_WIDTH < head.size; i++) ok = replay_tile(r, i, head.size);
    *ret =
        (struct replayed){state_size(&r->state), merkle_root(&r->state.tree, state_size(&r->state)),
                          state_digest(&r->state)};
    fold_done(&r->fold);
    state_done(&r->state);
    return ok && ret->size == head.size && hash32_eq(&ret->root, &head.root);
}

bool replay_export(const char *folder, struct replayed *ret)
{
    struct replay r = {.folder = folder};
    arena_init(&r.blobs, alloc_libc, SIZE_MAX / 4);
    bool ok = run(&r, ret);
    arena_done(&r.blobs);
    return ok;
}
