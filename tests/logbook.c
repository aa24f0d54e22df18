#include "logbook.h"

#include "core/record/checkpoint.h"
#include "core/record/export.h"
#include "core/record/leaf.h"
#include "core/record/tile.h"
#include "io/file.h"
#include "io/tar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 30 };

static void must(bool fine)
{
    if (!fine) abort();
}

void logbook_init(struct logbook *book, str origin, const struct secret_key *log_key)
{
    book->count = book->blob_count = 0;
    arena_init(&book->arena, alloc_libc, ARENA_BYTES);
    book->origin = logbook_keep(book, origin);
    book->log_key = *log_key;
}

void logbook_done(struct logbook *book)
{
    arena_done(&book->arena);
}

struct logbook *logbook_copy(const struct logbook *book)
{
    struct logbook *copy = malloc(sizeof *copy);
    must(copy != NULL);
    memcpy(copy, book, sizeof *copy);
    arena_init(&copy->arena, alloc_libc, ARENA_BYTES);
    return copy;
}

str logbook_keep(struct logbook *book, str bytes)
{
    str kept;
    must(arena_copy(&book->arena, bytes, &kept));
    return kept;
}

void logbook_add(struct logbook *book, str leaf, str stored)
{
    must(book->count < LOGBOOK_MAX);
    book->entry[book->count++] =
        (struct logbook_entry){logbook_keep(book, leaf), logbook_keep(book, stored)};
}

void logbook_add_blob(struct logbook *book, str bytes)
{
    hash32 name = sha256_of(bytes);
    str text = {(const char *)name.bytes, sizeof name};
    for (size_t i = 0; i < book->blob_count; i++)
        if (str_eq(book->blob[i].leaf, text)) return;
    must(book->blob_count < LOGBOOK_BLOBS_MAX);
    book->blob[book->blob_count++] =
        (struct logbook_entry){logbook_keep(book, text), logbook_keep(book, bytes)};
}

str logbook_leaf(struct logbook *book, str stored, str kind, unix_s at)
{
    struct buf text;
    struct leaf leaf = {
        .at = at, .hash = sha256_of(stored), .kind = kind, .vis = leaf_vis_of(kind)};
    buf_init(&text, alloc_libc, LEAF_MAX);
    leaf_write(&text, &leaf);
    str kept = logbook_keep(book, buf_str(&text));
    buf_done(&text);
    return kept;
}

struct leaf logbook_read_leaf(struct logbook *book, size_t index)
{
    struct leaf leaf;
    must(leaf_decode(book->entry[index].leaf, &book->arena, &leaf, NULL) == CODE_OK);
    return leaf;
}

/* ---- archives ---- */

void archive_init(struct archive *archive)
{
    archive->count = 0;
    arena_init(&archive->arena, alloc_libc, ARENA_BYTES);
}

void archive_done(struct archive *archive)
{
    arena_done(&archive->arena);
}

struct archive_file *archive_find(struct archive *archive, str path)
{
    for (size_t i = 0; i < archive->count; i++)
        if (str_eq(archive->file[i].path, path)) return &archive->file[i];
    return NULL;
}

void archive_put(struct archive *archive, str path, str bytes)
{
    struct archive_file *file = archive_find(archive, path);
    if (!file) {
        size_t at = archive->count;
        must(at < ARCHIVE_MAX);
        for (; at > 0 && str_cmp(path, archive->file[at - 1].path) < 0; at--)
            archive->file[at] = archive->file[at - 1];
        archive->count++;
        file = &archive->file[at];
        must(arena_copy(&archive->arena, path, &file->path));
    }
    file->at = arena_take(&archive->arena, bytes.len + 1, 1);
    must(file->at != NULL);
    if (bytes.len) memcpy(file->at, bytes.at, bytes.len);
    file->len = bytes.len;
}

void archive_drop(struct archive *archive, size_t number)
{
    archive->count--;
    for (size_t i = number; i < archive->count; i++) archive->file[i] = archive->file[i + 1];
}

void archive_copy(struct archive *copy, const struct archive *archive)
{
    archive_init(copy);
    for (size_t i = 0; i < archive->count; i++) {
        const struct archive_file *file = &archive->file[i];
        archive_put(copy, file->path, (str){file->at, file->len});
    }
}

/* ---- publishing ---- */

static void put_tile(const struct logbook *book, const struct merkle *tree, const struct tile *tile,
                     struct archive *ret)
{
    struct buf path, bytes;
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    buf_init(&bytes, alloc_libc, ARENA_BYTES);
    tile_write_path(&path, tile);
    uint64_t first = tile_first(tile);
    if (tile->kind == TILE_HASHES) must(tile_write_hashes(tree, tile, &bytes) == CODE_OK);
    for (uint32_t i = 0; tile->kind != TILE_HASHES && i < tile->width; i++) {
        const struct logbook_entry *entry = &book->entry[first + i];
        bundle_add(&bytes, tile->kind, tile->kind == TILE_ENTRIES ? entry->leaf : entry->stored);
    }
    must(buf_check(&bytes) == CODE_OK);
    archive_put(ret, buf_str(&path), buf_str(&bytes));
    buf_done(&path);
    buf_done(&bytes);
}

static void put_checkpoint(const struct logbook *book, const struct merkle *tree,
                           struct archive *ret)
{
    struct buf text, note;
    struct checkpoint checkpoint = {book->origin, {tree->size, merkle_root(tree, tree->size)}};
    struct signer signer = {book->origin, &book->log_key};
    buf_init(&text, alloc_libc, CHECKPOINT_TEXT_MAX);
    buf_init(&note, alloc_libc, 4096);
    checkpoint_write(&text, &checkpoint);
    note_sign(&note, buf_str(&text), &signer, 1);
    archive_put(ret, STR("checkpoint"), buf_str(&note));
    buf_done(&text);
    buf_done(&note);
}

static void put_blobs(const struct logbook *book, struct archive *ret)
{
    for (size_t i = 0; i < book->blob_count; i++) {
        struct buf path;
        struct export_path blob = {.kind = EXPORT_BLOB};
        memcpy(blob.hash.bytes, book->blob[i].leaf.at, sizeof blob.hash);
        buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
        export_write_path(&path, &blob);
        archive_put(ret, buf_str(&path), book->blob[i].stored);
        buf_done(&path);
    }
}

void logbook_publish(const struct logbook *book, struct archive *ret)
{
    struct merkle tree;
    archive_init(ret);
    merkle_init(&tree, alloc_libc);
    for (size_t i = 0; i < book->count; i++) {
        hash32 hash = merkle_leaf_hash(book->entry[i].leaf);
        must(merkle_add(&tree, &hash) == CODE_OK);
    }
    struct tile_walk walk = tile_walk(0, tree.size);
    for (struct tile tile; tile_walk_next(&walk, &tile);) put_tile(book, &tree, &tile, ret);
    put_checkpoint(book, &tree, ret);
    put_blobs(book, ret);
    merkle_done(&tree);
}

int archive_tar(const struct archive *archive, char path[64])
{
    struct tar_writer tar;
    int fd = memfd_create("export", MFD_CLOEXEC);
    must(fd >= 0);
    tar_writer_init(&tar, fd, WORLD_START);
    for (size_t i = 0; i < archive->count; i++) {
        const struct archive_file *file = &archive->file[i];
        must(tar_add(&tar, file->path, (str){file->at, file->len}, NULL) == CODE_OK);
    }
    must(tar_end(&tar, NULL) == CODE_OK);
    (void)snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

void archive_write(const struct archive *archive, const char *dir)
{
    int dir_fd = -1, temp_fd = -1;
    must(io_open_dir(AT_FDCWD, dir, true, 0755, &dir_fd, NULL) == CODE_OK);
    /* Where folder_make makes folders: the files move into their place within one file system. */
    const char *parent = getenv("TMPDIR");
    must(io_open_dir(AT_FDCWD, parent ? parent : "/tmp", false, 0755, &temp_fd, NULL) == CODE_OK);
    char temp[64];
    (void)snprintf(temp, sizeof temp, "plenary-logbook-%ld", (long)getpid());
    struct io_place place = {dir_fd, temp_fd, temp};
    for (size_t i = 0; i < archive->count; i++) {
        const struct archive_file *file = &archive->file[i];
        must(io_write_below(&place, file->path, (str){file->at, file->len}, NULL) == CODE_OK);
    }
    io_close_fd(&dir_fd);
    io_close_fd(&temp_fd);
}
