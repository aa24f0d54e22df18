/* replay_digest.c EXPORT - replays an export's acts by the rules and prints size, root and digest of the
 * state: the same line on every machine. It takes signatures as given (plenary-verify does not), so
 * that it needs base and core alone and runs where no other library is at hand. */
#include "base/text.h"
#include "check.h"
#include "core/fold.h"
#include "core/record/checkpoint.h"
#include "core/record/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *export_folder;

static char *read_path(str path, size_t *ret_len)
{
    char whole[4096];
    (void)snprintf(whole, sizeof whole, "%s/%.*s", export_folder, STR_ARG(path));
    return check_read_file(whole, ret_len);
}

/* Blobs live to the end of the process; `self` is the arena that keeps them. */
static bool blob_get(void *self, const hash32 *name, str *ret)
{
    struct buf path;
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    export_write_path(&path, &(struct export_path){.kind = EXPORT_BLOB, .hash = *name});
    size_t len = 0;
    char *bytes = read_path(buf_str(&path), &len);
    buf_done(&path);
    bool got = bytes && arena_copy(self, (str){bytes, len}, ret);
    free(bytes);
    if (!got) return false;
    hash32 hash = sha256_of(*ret);
    return hash32_eq(&hash, name);
}

static enum code line_taken(void *self, const struct act *act, uint32_t line, const key32 *key, struct fail *fail)
{
    (void)self, (void)act, (void)line, (void)key, (void)fail;
    return CODE_OK;
}

static enum code key_taken(void *self, const key32 *key, struct fail *fail)
{
    (void)self, (void)key, (void)fail;
    return CODE_OK;
}

static char *read_tile(enum tile_kind kind, uint64_t index, uint64_t size, str *ret)
{
    struct tile tile = {.kind = kind, .index = index, .width = TILE_WIDTH};
    tile.width = tile_width_at(&tile, size);
    struct buf path;
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    tile_write_path(&path, &tile);
    char *bytes = read_path(buf_str(&path), &ret->len);
    if (!bytes) fprintf(stderr, "replay_digest: cannot read %.*s\n", STR_ARG(buf_str(&path)));
    ret->at = bytes;
    buf_done(&path);
    return bytes;
}

static bool replay_tile(struct fold *fold, uint64_t index, uint64_t size)
{
    str leaves, entries, leaf, entry;
    char *leaves_at = read_tile(TILE_ENTRIES, index, size, &leaves);
    char *entries_at = read_tile(TILE_ACTS, index, size, &entries);
    bool ok = leaves_at && entries_at;
    while (ok && bundle_next(&leaves, TILE_ENTRIES, &leaf)) {
        struct fail fail = {0};
        struct fold_outcome outcome;
        ok = bundle_next(&entries, TILE_ACTS, &entry);
        if (ok) ok = fold_replay(fold, leaf, entry, &outcome, &fail) == CODE_OK;
        if (!ok)
            fprintf(stderr, "replay_digest: entry %llu: %s: %s\n",
                    (unsigned long long)state_size(fold->state), fail.reason, fail.message);
    }
    ok = ok && leaves.len == 0 && entries.len == 0;
    free(leaves_at);
    free(entries_at);
    return ok;
}

static bool read_head(struct merkle_head *ret)
{
    size_t len = 0;
    char *bytes = read_path(STR("checkpoint"), &len);
    if (!bytes) return false;
    struct note note;
    struct checkpoint checkpoint;
    bool ok = note_open((str){bytes, len}, &note, NULL) == CODE_OK &&
              checkpoint_parse(note.text, &checkpoint, NULL) == CODE_OK;
    if (ok) *ret = checkpoint.head;
    free(bytes);
    return ok;
}

static int replay(const struct merkle_head *head, struct arena *arena)
{
    struct state state;
    if (state_init(&state, alloc_libc) != CODE_OK) return 1;
    struct fold fold;
    fold_init(&fold, &state, (struct blobs){blob_get, arena},
              (struct fold_judge){line_taken, key_taken, NULL});
    bool ok = true;
    for (uint64_t i = 0; ok && i * TILE_WIDTH < head->size; i++) ok = replay_tile(&fold, i, head->size);
    hash32 root = merkle_root(&state.tree, state_size(&state)), digest = state_digest(&state);
    ok = ok && state_size(&state) == head->size && hash32_eq(&root, &head->root);
    char root_hex[65], digest_hex[65];
    hex_encode(root.bytes, sizeof root.bytes, root_hex);
    hex_encode(digest.bytes, sizeof digest.bytes, digest_hex);
    if (ok) printf("%llu %s %s\n", (unsigned long long)head->size, root_hex, digest_hex);
    fold_done(&fold);
    state_done(&state);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct merkle_head head;
    export_folder = argc == 2 ? argv[1] : "";
    if (argc != 2 || !read_head(&head)) {
        fprintf(stderr, "usage: replay_digest EXPORT-FOLDER\n");
        return 2;
    }
    struct arena arena;
    arena_init(&arena, alloc_libc, SIZE_MAX / 4);
    int status = replay(&head, &arena);
    arena_done(&arena);
    return status;
}
