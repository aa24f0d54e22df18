/* The export of a record made by a second implementation is rebuilt, file by file, from its
 * entries; whatever step a process dies at, the checkpoint that stands there has its tiles. */
#include "check.h"
#include "core/record/checkpoint.h"
#include "core/record/export.h"
#include "core/record/leaf.h"
#include "folder.h"
#include "io/source.h"
#include "io/tar.h"
#include "store/export.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 64 << 20 };

static char *join(const char *dir, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", dir, name) < 0) abort();
    return path;
}

/* A store filled from an export, with its tree. */
struct copy {
    struct export_source *source;
    struct store *store;
    struct merkle tree;
    struct buf checkpoint;
    hash32 blob; /* the one the record has */
};

static void read_into(struct copy *copy, str path, struct buf *ret)
{
    struct fail fail = {0};
    enum code code = source_read(copy->source, path, ret, &fail);
    CHECK(code == CODE_OK, "%.*s: %s", STR_ARG(path), fail.message);
}

static void read_bundle(struct copy *copy, enum tile_kind kind, uint64_t index, struct buf *ret)
{
    struct buf path;
    struct tile tile = {.kind = kind, .index = index};
    tile.width = tile_width_at(&tile, 600);
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    tile_write_path(&path, &tile);
    read_into(copy, buf_str(&path), ret);
    buf_done(&path);
}

static void copy_tile(struct copy *copy, uint64_t index)
{
    struct buf leaves, acts;
    buf_init(&leaves, alloc_libc, FILE_MAX_BYTES);
    buf_init(&acts, alloc_libc, FILE_MAX_BYTES);
    read_bundle(copy, TILE_ENTRIES, index, &leaves);
    read_bundle(copy, TILE_ACTS, index, &acts);
    str leaf_rest = buf_str(&leaves), act_rest = buf_str(&acts);
    struct store_entry entry = {0};
    while (bundle_next(&leaf_rest, TILE_ENTRIES, &entry.leaf) &&
           bundle_next(&act_rest, TILE_ACTS, &entry.act)) {
        entry.id = sha256_of(entry.act);
        /* Which entry names the blob does not matter here: one of them does. */
        entry.blobs = &copy->blob;
        entry.blob_count = copy->tree.size == 300;
        struct store_batch batch = {copy->tree.size, &entry, 1, NULL, 0};
        CHECK(store_append(copy->store, &batch, NULL) == CODE_OK, "append");
        hash32 hash = merkle_leaf_hash(entry.leaf);
        CHECK(merkle_add(&copy->tree, &hash) == CODE_OK, "add");
    }
    buf_done(&leaves);
    buf_done(&acts);
}

static enum code copy_blob(void *context, str path, uint64_t size)
{
    struct copy *copy = context;
    struct export_path parsed;
    struct buf bytes;
    CHECK(export_parse_path(path, &parsed), "%.*s", STR_ARG(path));
    if (parsed.kind != EXPORT_BLOB) return CODE_OK;
    buf_init(&bytes, alloc_libc, size);
    read_into(copy, path, &bytes);
    CHECK(store_blob_put(copy->store, buf_str(&bytes), &copy->blob, NULL) == CODE_OK, "blob");
    buf_done(&bytes);
    return CODE_OK;
}

static bool copy_open(struct copy *copy, const char *from)
{
    struct fail fail = {0};
    *copy = (struct copy){0};
    merkle_init(&copy->tree, alloc_libc);
    buf_init(&copy->checkpoint, alloc_libc, 4096);
    enum code code = source_open(from, alloc_libc, &copy->source, &fail);
    if (!CHECK(code == CODE_OK, "%s", fail.message)) return false;
    if (!CHECK(store_open_memory(alloc_libc, &copy->store) == CODE_OK, "store")) return false;
    CHECK(source_list(copy->source, copy_blob, copy, NULL) == CODE_OK, "list");
    for (uint64_t i = 0; i < 3; i++) copy_tile(copy, i);
    read_into(copy, STR("checkpoint"), &copy->checkpoint);
    CHECK(copy->tree.size == 600, "600 entries");
    return true;
}

static void copy_close(struct copy *copy)
{
    store_close(copy->store);
    source_close(copy->source);
    merkle_done(&copy->tree);
    buf_done(&copy->checkpoint);
}

/* The tree over the first `size` leaves, as it was then. */
static void tree_at(struct merkle *ret, const struct merkle *tree, uint64_t size)
{
    merkle_init(ret, alloc_libc);
    for (uint64_t i = 0; i < size; i++)
        CHECK(merkle_add(ret, &tree->level[0].at[i]) == CODE_OK, "add");
}

static void checkpoint_at(struct buf *ret, const struct merkle *tree)
{
    struct checkpoint checkpoint = {STR("x.example/y"),
                                    {tree->size, merkle_root(tree, tree->size)}};
    checkpoint_write(ret, &checkpoint);
}

static enum code extend(struct export *export, const struct copy *copy, uint64_t size)
{
    struct merkle tree;
    struct buf text;
    struct fail fail = {0};
    tree_at(&tree, &copy->tree, size);
    buf_init(&text, alloc_libc, 1000);
    checkpoint_at(&text, &tree);
    enum code code = export_extend(
        export, &tree, size == 600 ? buf_str(&copy->checkpoint) : buf_str(&text), &fail);
    buf_done(&text);
    merkle_done(&tree);
    return code;
}

/* ---- comparing folders ---- */

struct comparison {
    struct export_source *other;
    uint64_t files;
    struct export_source *self;
};

static enum code compare_file(void *context, str path, uint64_t size)
{
    struct comparison *comparison = context;
    struct buf ours, theirs;
    buf_init(&ours, alloc_libc, FILE_MAX_BYTES);
    buf_init(&theirs, alloc_libc, FILE_MAX_BYTES);
    CHECK(source_read(comparison->self, path, &ours, NULL) == CODE_OK && ours.len == size, "%.*s",
          STR_ARG(path));
    CHECK(source_read(comparison->other, path, &theirs, NULL) == CODE_OK, "surplus %.*s",
          STR_ARG(path));
    CHECK(str_eq(buf_str(&ours), buf_str(&theirs)), "%.*s differs", STR_ARG(path));
    comparison->files++;
    buf_done(&ours);
    buf_done(&theirs);
    return CODE_OK;
}

/* Same files with the same bytes on both sides. */
static void compare(struct export_source *one, struct export_source *other)
{
    struct comparison there = {other, 0, one}, back = {one, 0, other};
    CHECK(source_list(one, compare_file, &there, NULL) == CODE_OK, "list");
    CHECK(source_list(other, compare_file, &back, NULL) == CODE_OK, "list");
    CHECK(there.files == back.files && there.files > 10, "%llu files",
          (unsigned long long)there.files);
}

static void compare_with(const char *dir, const struct copy *copy)
{
    struct export_source *made = NULL;
    enum code code = source_open(dir, alloc_libc, &made, NULL);
    if (CHECK(code == CODE_OK, "%s", code_name(code))) compare(made, copy->source);
    source_close(made);
}

static struct export *open_export(const char *dir, const struct copy *copy)
{
    struct export *export = NULL;
    struct fail fail = {0};
    enum code code = export_open(dir, copy->store, alloc_libc, &export, &fail);
    CHECK(code == CODE_OK, "%s: %s", code_name(code), fail.message);
    return export;
}

static void test_steps(const char *dir, const struct copy *copy)
{
    static const uint64_t steps[] = {1, 2, 255, 256, 257, 511, 512, 599, 600};
    struct export *export = open_export(dir, copy);
    for (size_t i = 0; i < COUNT(steps); i++) {
        CHECK(extend(export, copy, steps[i]) == CODE_OK, "extend");
        CHECK(export_size(export) == steps[i], "size");
        if (i % 3 != 1) continue;
        export_close(export);
        export = open_export(dir, copy);
        CHECK(export_size(export) == steps[i], "found again");
    }
    CHECK(extend(export, copy, 100) == CODE_CORRUPT, "an older log does not overwrite it");
    export_close(export);
}

/* ---- a process that dies ---- */

static void check_standing(const char *dir, const struct copy *copy)
{
    struct export_source *source = NULL;
    struct buf text;
    buf_init(&text, alloc_libc, 4096);
    if (source_open(dir, alloc_libc, &source, NULL) != CODE_OK) return;
    if (source_read(source, STR("checkpoint"), &text, NULL) == CODE_OK) {
        uint64_t size = 0;
        str rest = buf_str(&text);
        str_cut(&rest, '\n');
        CHECK(str_to_u64(str_cut(&rest, '\n'), &size), "a whole checkpoint");
        struct tile_walk walk = tile_walk(0, size);
        struct merkle tree;
        tree_at(&tree, &copy->tree, size);
        for (struct tile tile; tile_walk_next(&walk, &tile);) {
            struct buf path, bytes, want;
            buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
            buf_init(&bytes, alloc_libc, FILE_MAX_BYTES);
            buf_init(&want, alloc_libc, FILE_MAX_BYTES);
            tile_write_path(&path, &tile);
            CHECK(source_read(source, buf_str(&path), &bytes, NULL) == CODE_OK, "%.*s at size %llu",
                  STR_ARG(buf_str(&path)), (unsigned long long)size);
            if (tile.kind == TILE_HASHES) {
                CHECK(tile_write_hashes(&tree, &tile, &want) == CODE_OK, "hashes");
                CHECK(str_eq(buf_str(&want), buf_str(&bytes)), "torn %.*s",
                      STR_ARG(buf_str(&path)));
            }
            buf_done(&path);
            buf_done(&bytes);
            buf_done(&want);
        }
        merkle_done(&tree);
    }
    buf_done(&text);
    source_close(source);
}

static void extend_all(const char *dir, const struct copy *copy)
{
    struct export *export = open_export(dir, copy);
    for (uint64_t size = export_size(export) + 1; size <= 600; size += 7)
        if (extend(export, copy, size) != CODE_OK) _exit(1);
    for (;;) pause();
}

static void test_killed(const char *dir, const struct copy *copy)
{
    struct stream stream;
    stream_init(&stream, STR("export"));
    for (int round = 0; round < 12; round++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) extend_all(dir, copy);
        usleep(500 + (useconds_t)stream_below(&stream, 12000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        check_standing(dir, copy);
    }
    struct export *export = open_export(dir, copy);
    CHECK(extend(export, copy, 600) == CODE_OK, "repaired");
    export_close(export);
}

/* ---- the same as a tar, and tars that are not exactly so ---- */

struct packing {
    struct export_source *from;
    struct tar_writer tar;
};

static enum code add_to_tar(void *context, str path, uint64_t size)
{
    struct packing *packing = context;
    struct buf bytes;
    buf_init(&bytes, alloc_libc, size + 1);
    CHECK(source_read(packing->from, path, &bytes, NULL) == CODE_OK, "read");
    CHECK(tar_add(&packing->tar, path, buf_str(&bytes), NULL) == CODE_OK, "%.*s", STR_ARG(path));
    buf_done(&bytes);
    return CODE_OK;
}

static enum code open_bytes(const char *path, const char *bytes, size_t len)
{
    struct export_source *source = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len, "write");
    close(fd);
    enum code code = source_open(path, alloc_libc, &source, NULL);
    source_close(source);
    return code;
}

static void test_tampered(const char *path)
{
    size_t len = 0;
    struct stream stream;
    char *good = check_read_file(path, &len);
    if (!CHECK(good != NULL && len % TAR_BLOCK == 0, "tar")) return;
    char *bytes = malloc(len + TAR_BLOCK);
    memcpy(bytes, good, len);
    memset(bytes + len, 0, TAR_BLOCK);
    CHECK(open_bytes(path, bytes, len) == CODE_OK, "as it was");
    CHECK(open_bytes(path, bytes, len + 1) == CODE_MALFORMED, "a byte more");
    CHECK(open_bytes(path, bytes, len + TAR_BLOCK) == CODE_MALFORMED, "a block more");
    stream_init(&stream, STR("tar"));
    for (int i = 0; i < 40; i++)
        CHECK(open_bytes(path, bytes, (size_t)stream_below(&stream, len)) == CODE_MALFORMED, "cut");
    for (int i = 0; i < 150; i++) {
        size_t at = (size_t)stream_below(&stream, TAR_BLOCK);
        bytes[at] = (char)(bytes[at] ^ (1 << stream_below(&stream, 8)));
        CHECK(open_bytes(path, bytes, len) == CODE_MALFORMED, "byte %zu of a header", at);
        bytes[at] = good[at];
    }
    free(good);
    free(bytes);
}

static void test_tar(const char *dir, const struct copy *copy)
{
    char *path = join(dir, "export.tar");
    struct packing packing = {.from = copy->source};
    struct tar_writer *tar = &packing.tar;
    struct export_source *packed = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    tar_writer_init(tar, fd, 1790000000);
    CHECK(source_list(copy->source, add_to_tar, &packing, NULL) == CODE_OK, "list");
    CHECK(tar_add(tar, STR("blob/00"), STR("x"), NULL) == CODE_INTERNAL, "out of order");
    CHECK(tar_add(tar, STR("z/../y"), STR("x"), NULL) == CODE_INTERNAL, "a bad path");
    CHECK(tar_end(tar, NULL) == CODE_OK, "end");
    close(fd);
    enum code code = source_open(path, alloc_libc, &packed, NULL);
    if (CHECK(code == CODE_OK, "%s", code_name(code))) compare(packed, copy->source);
    source_close(packed);
    test_tampered(path);
    unlink(path);
    free(path);
}

/* A folder that someone prepared: links, pipes and odd names are no part of an export. */
static void test_prepared(const char *dir)
{
    struct export_source *source = NULL;
    struct comparison ignore = {0};
    struct buf out;
    char *sub = join(dir, "blob"), *link = join(dir, "blob/link"), *inner = join(dir, "blob/in");
    buf_init(&out, alloc_libc, 4096);
    CHECK(mkdir(sub, 0700) == 0 && symlink("/etc/passwd", link) == 0, "plant");
    CHECK(symlink("/etc", inner) == 0, "plant");
    CHECK(source_open(dir, alloc_libc, &source, NULL) == CODE_OK, "open");
    static const char *const paths[] = {
        "blob/link", "blob/in/passwd", "../etc/passwd",   "/etc/passwd",
        "blob//x",   "blob/./link",    "blob/../blob/in", "",
        "blob/",     ".hidden"};
    for (size_t i = 0; i < COUNT(paths); i++)
        CHECK(source_read(source, str_from(paths[i]), &out, NULL) != CODE_OK && out.len == 0, "%s",
              paths[i]);
    CHECK(source_list(source, compare_file, &ignore, NULL) == CODE_MALFORMED, "a link is refused");
    unlink(link);
    unlink(inner);
    CHECK(mkfifo(link, 0600) == 0, "plant");
    CHECK(source_read(source, STR("blob/link"), &out, NULL) == CODE_IO, "a pipe is no file");
    CHECK(source_list(source, compare_file, &ignore, NULL) == CODE_MALFORMED, "nor listed");
    source_close(source);
    buf_done(&out);
    free(sub);
    free(link);
    free(inner);
}

int main(void)
{
    const char *data = check_data_dir();
    char *dir = folder_make();
    struct copy copy;
    test_prepared(dir);
    folder_clear(dir);
    if (data == NULL) {
        check_skip("the record of the second implementation is not here");
        folder_remove(dir);
        return check_done();
    }
    char *from = join(data, "record/log");
    if (copy_open(&copy, from)) {
        test_steps(dir, &copy);
        compare_with(dir, &copy);
        folder_clear(dir);
        test_killed(dir, &copy);
        compare_with(dir, &copy);
        test_tar(dir, &copy);
    }
    copy_close(&copy);
    free(from);
    folder_remove(dir);
    return check_done();
}
