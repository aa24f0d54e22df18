/* replay_bench.c - a record of N acts, verified as an auditor does and opened as its owner does.
 * replay_bench [N [FOLDER]]: makes an organisation in memory and its export in a temporary folder
 * (100,000 acts without an argument; kept when a folder is named), then
 *   verifies the export: every file, signature, rule and count, on all processors;
 *   replays it without judging signatures;
 *   loads the snapshot of the replayed state, the trusted local copy.
 * Prints one JSON line, wall and processor seconds of each. */
#include "audit/audit.h"
#include "core/record/export.h"
#include "core/record/tile.h"
#include "elections.h"
#include "folder.h"
#include "io/file.h"
#include "io/source.h"
#include "node/snapshot.h"
#include "sign/judge.h"
#include "sign/verify.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { ACTS_NORMAL = 100000, MEMBERS_MAX = 15000, ACTS_A_MEMBER = 10, BUNDLE_MAX = 32 << 20 };

/* ---- the record, written as it grows ---- */

struct writer {
    struct world w;
    struct buf leaves, acts, path;
    struct io_place place;
    const char *dir;
    uint64_t bytes;
};

static void must(bool fine, const char *what)
{
    if (fine) return;
    fprintf(stderr, "replay_bench: %s\n", what);
    exit(1);
}

static void write_file(struct writer *writer, const struct export_path *path, str bytes)
{
    buf_clear(&writer->path);
    export_write_path(&writer->path, path);
    must(io_write_below(&writer->place, buf_str(&writer->path), bytes, NULL) == CODE_OK, "write");
    writer->bytes += bytes.len;
}

static void flush(struct writer *writer)
{
    uint64_t size = state_size(&writer->w.state), index = (size - 1) / TILE_WIDTH;
    struct export_path path = {.kind = EXPORT_TILE, .tile = {.kind = TILE_ENTRIES, .index = index}};
    path.tile.width = tile_width_at(&path.tile, size);
    write_file(writer, &path, buf_str(&writer->leaves));
    path.tile.kind = TILE_ACTS;
    write_file(writer, &path, buf_str(&writer->acts));
    buf_clear(&writer->leaves);
    buf_clear(&writer->acts);
}

static void recorded(void *recorder, const struct fold_outcome *outcome)
{
    struct writer *writer = recorder;
    bundle_add(&writer->leaves, TILE_ENTRIES, outcome->leaf_text);
    bundle_add(&writer->acts, TILE_ACTS, outcome->entry);
    if (outcome->index % TILE_WIDTH == TILE_WIDTH - 1) flush(writer);
}

static void finish(struct writer *writer)
{
    const struct state *s = &writer->w.state;
    struct tile_walk walk = tile_walk(0, s->tree.size);
    str origin = state_text(s, s->org.origin);
    if (writer->leaves.len > 0) flush(writer);
    for (struct tile tile; tile_walk_next(&walk, &tile);) {
        if (tile.kind != TILE_HASHES) continue;
        buf_clear(&writer->leaves);
        must(tile_write_hashes(&s->tree, &tile, &writer->leaves) == CODE_OK, "tile");
        write_file(writer, &(struct export_path){.kind = EXPORT_TILE, .tile = tile},
                   buf_str(&writer->leaves));
    }
    for (size_t i = 0; i < writer->w.blob_count; i++) {
        const struct world_blob *blob = &writer->w.blob[i];
        write_file(writer, &(struct export_path){.kind = EXPORT_BLOB, .hash = blob->name},
                   (str){blob->bytes, blob->len});
    }
    struct checkpoint checkpoint = {origin, {s->tree.size, merkle_root(&s->tree, s->tree.size)}};
    struct signer signer = {origin, &writer->w.node_key};
    buf_clear(&writer->leaves);
    buf_clear(&writer->acts);
    checkpoint_write(&writer->leaves, &checkpoint);
    note_sign(&writer->acts, buf_str(&writer->leaves), &signer, 1);
    write_file(writer, &(struct export_path){.kind = EXPORT_CHECKPOINT}, buf_str(&writer->acts));
}

/* ---- what happens in it: everyone enrols, then votes again and again ---- */

static void vote(struct world *w, const struct contest *c, size_t who, unsigned choice)
{
    char body[200];
    const struct world_member *member = &w->member[who];
    (void)snprintf(body, sizeof body, "{\"cell\":1,\"election\":\"%s\",\"ranks\":[%u]}", c->id,
                   choice);
    struct compose compose = {.kind = STR("ballot.open"),
                              .body = str_from(body),
                              .by = member->mid,
                              .key_count = 1,
                              .key = {{{KEY_DEVICE, member->mid, member->device}, &member->key}}};
    must(world_submit(w, &compose) == ARTICLE_NONE, "a ballot was refused");
}

static void play(struct writer *writer, uint64_t acts)
{
    struct world *w = &writer->w;
    uint64_t members = acts / ACTS_A_MEMBER;
    if (members > MEMBERS_MAX) members = MEMBERS_MAX;
    if (members < 10) members = 10;
    world_init(w, "bench");
    w->fold.judge = judge_never();
    w->recorded = recorded;
    w->recorder = writer;
    world_found(w, NULL);
    const char *unit = world_unit(w, "Everyone");
    size_t first = world_join(w, unit, members);
    struct contest c =
        contest_plan(w, contest_council(w, world_text(w, "\"%s\"", unit), 3), "open", "plurality");
    must(contest_freeze(w, 0, &c) == ARTICLE_NONE && contest_call(w, first, &c) == ARTICLE_NONE,
         "the election was not called");
    for (size_t i = 0; i < 5; i++)
        must(contest_nominate(w, &c, first + i, 1, first + i) == ARTICLE_NONE, "nomination");
    contest_until(w, c.opens);
    for (uint64_t i = 0; state_size(&w->state) + 2 < acts; i++)
        vote(w, &c, first + i % members, 1 + (unsigned)(i % 5));
    contest_until(w, c.objections_until);
    w->recorded = NULL;
    finish(writer);
}

/* ---- figures ---- */

struct span {
    double wall, processor;
};

static struct span now(void)
{
    struct timespec at;
    struct rusage used;
    clock_gettime(CLOCK_MONOTONIC, &at);
    getrusage(RUSAGE_SELF, &used);
    double user = (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6;
    double kernel = (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6;
    return (struct span){(double)at.tv_sec + (double)at.tv_nsec / 1e9, user + kernel};
}

static struct span since(struct span start)
{
    struct span end = now();
    return (struct span){end.wall - start.wall, end.processor - start.processor};
}

struct source_blobs {
    struct export_source *source;
    struct buf bytes;
    struct arena arena;
};

static bool blob_get(void *self, const hash32 *name, str *ret)
{
    struct source_blobs *blobs = self;
    char text[5 + 65] = "blob/";
    struct buf path;
    buf_init(&path, alloc_libc, sizeof text);
    export_write_path(&path, &(struct export_path){.kind = EXPORT_BLOB, .hash = *name});
    buf_clear(&blobs->bytes);
    bool read = source_read(blobs->source, buf_str(&path), &blobs->bytes, NULL) == CODE_OK &&
                arena_copy(&blobs->arena, buf_str(&blobs->bytes), ret);
    buf_done(&path);
    return read;
}

static void replay_tiles(struct fold *fold, struct export_source *source, uint64_t size)
{
    struct buf path, leaves, acts;
    struct fold_outcome outcome;
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    buf_init(&leaves, alloc_libc, BUNDLE_MAX);
    buf_init(&acts, alloc_libc, BUNDLE_MAX);
    for (uint64_t i = 0; i * TILE_WIDTH < size; i++) {
        struct tile tile = {.kind = TILE_ENTRIES, .index = i};
        tile.width = tile_width_at(&tile, size);
        for (int pass = 0; pass < 2; pass++) {
            tile.kind = pass ? TILE_ACTS : TILE_ENTRIES;
            buf_clear(&path);
            buf_clear(pass ? &acts : &leaves);
            tile_write_path(&path, &tile);
            must(source_read(source, buf_str(&path), pass ? &acts : &leaves, NULL) == CODE_OK,
                 "read");
        }
        str leaf_rest = buf_str(&leaves), act_rest = buf_str(&acts), leaf, act;
        while (bundle_next(&leaf_rest, TILE_ENTRIES, &leaf) &&
               bundle_next(&act_rest, TILE_ACTS, &act))
            must(fold_replay(fold, leaf, act, &outcome, NULL) == CODE_OK, "replay");
    }
    buf_done(&path);
    buf_done(&leaves);
    buf_done(&acts);
}

/* Replays without signatures, then measures the snapshot of what came out. */
static void measure_trusted(const char *dir, uint64_t size, struct span *ret_replay,
                            struct span *ret_load)
{
    struct state state, loaded;
    struct fold fold;
    struct source_blobs blobs = {0};
    buf_init(&blobs.bytes, alloc_libc, (size_t)256 << 20);
    arena_init(&blobs.arena, alloc_libc, (size_t)1 << 30);
    must(source_open(dir, alloc_libc, &blobs.source, NULL) == CODE_OK, "open");
    must(state_init(&state, alloc_libc) == CODE_OK && state_init(&loaded, alloc_libc) == CODE_OK,
         "memory");
    fold_init(&fold, &state, (struct blobs){blob_get, &blobs}, judge_never());
    struct span start = now();
    replay_tiles(&fold, blobs.source, size);
    *ret_replay = since(start);
    must(snapshot_save(dir, &state, NULL) == CODE_OK, "snapshot");
    start = now();
    must(snapshot_load(dir, &loaded) == CODE_OK, "snapshot");
    *ret_load = since(start);
    hash32 one = state_digest(&state), other = state_digest(&loaded);
    must(hash32_eq(&one, &other), "the snapshot is another state");
    fold_done(&fold);
    state_done(&state);
    state_done(&loaded);
    source_close(blobs.source);
    buf_done(&blobs.bytes);
    arena_done(&blobs.arena);
}

static void measure(const char *dir, uint64_t bytes, struct span made)
{
    struct audit *audit = NULL;
    struct audit_options options = {0};
    struct fail fail = {0};
    struct span start = now(), replay, load;
    must(audit_run(dir, &options, alloc_libc, &audit, &fail) == CODE_OK, fail.message);
    struct span verified = since(start);
    const struct audit_report *r = audit_report(audit);
    uint64_t size = r->head.size, signatures = r->signatures;
    must(r->verdict == AUDIT_REPLAYED, "not replayed");
    audit_close(audit);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    measure_trusted(dir, size, &replay, &load);
    printf("{\"name\":\"replay\",\"figures\":{\"entries\":%llu,\"signatures\":%llu,\"bytes\":%llu,"
           "\"made_s\":%.1f,\"verify_s\":%.2f,\"verify_processor_s\":%.2f,"
           "\"verify_entries_per_s\":%.0f,\"trusted_replay_s\":%.2f,"
           "\"trusted_replay_processor_s\":%.2f,\"snapshot_load_s\":%.2f,"
           "\"snapshot_load_processor_s\":%.2f,\"memory_mb\":%ld,\"processors\":%ld}}\n",
           (unsigned long long)size, (unsigned long long)signatures, (unsigned long long)bytes,
           made.wall, verified.wall, verified.processor, (double)size / verified.wall, replay.wall,
           replay.processor, load.wall, load.processor, used.ru_maxrss / 1024,
           sysconf(_SC_NPROCESSORS_ONLN));
}

int main(int argc, char **argv)
{
    uint64_t acts = ACTS_NORMAL;
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer || (argc > 1 && !str_to_u64(str_from(argv[1]), &acts)) || acts < 100)
        return fprintf(stderr, "usage: replay_bench [ACTS [FOLDER]]\n"), 2;
    char *temporary = argc > 2 ? NULL : folder_make();
    writer->dir = temporary ? temporary : argv[2];
    must(io_open_dir(AT_FDCWD, writer->dir, true, 0755, &writer->place.temp_dir_fd, NULL) ==
                 CODE_OK &&
             io_open_dir(writer->place.temp_dir_fd, "export", true, 0755, &writer->place.dir_fd,
                         NULL) == CODE_OK,
         "no folder");
    writer->place.temp_name = "plenary-replay-bench.tmp";
    buf_init(&writer->leaves, alloc_libc, BUNDLE_MAX);
    buf_init(&writer->acts, alloc_libc, BUNDLE_MAX);
    buf_init(&writer->path, alloc_libc, EXPORT_PATH_MAX);
    struct span start = now();
    play(writer, acts);
    struct span made = since(start);
    world_done(&writer->w);
    measure(writer->dir, writer->bytes, made);
    if (temporary) folder_remove(temporary);
    buf_done(&writer->leaves);
    buf_done(&writer->acts);
    buf_done(&writer->path);
    free(writer);
    return 0;
}
