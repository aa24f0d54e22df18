#include "store/export.h"
#include "base/text.h"
#include "core/record/export.h"
#include "core/record/tile.h"
#include "io/file.h"
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    SYNC_EVERY = 65536, /* entries */
    MARK_MAX = 64,      /* bytes of DIR/export.mark */
    TILE_BYTES_MAX = TILE_WIDTH * (STORE_ACT_MAX + 4)
};

struct export
{
    struct alloc alloc;
    struct store *store;
    int dir_fd, export_fd;
    uint64_t size;    /* under the checkpoint that stands in the folder */
    uint64_t good;    /* tiles of this size are known to be right: the mark, then what we wrote */
    uint64_t marked;  /* size that the mark on the disk says */
    struct buf bytes; /* of the file being written */
    struct buf path;
};

/* ---- opening ---- */

/* Second line of a text as a number; 0 when it is not there. */
static uint64_t second_line(str text)
{
    uint64_t value = 0;
    str_cut(&text, '\n');
    return str_to_u64(str_cut(&text, '\n'), &value) ? value : 0;
}

static enum code read_number(struct export *export, int dir_fd, const char *name, uint64_t *ret,
                             struct fail *fail)
{
    buf_clear(&export->bytes);
    enum code code = io_read_file(dir_fd, name, &export->bytes, fail);
    if (code != CODE_OK && code != CODE_NOT_FOUND) return code;
    *ret = code == CODE_OK ? second_line(buf_str(&export->bytes)) : 0;
    return CODE_OK;
}

static enum code open_folder(struct export *export, const char *dir, struct fail *fail)
{
    TRY(io_open_dir(AT_FDCWD, dir, false, 0, &export->dir_fd, fail));
    TRY(io_open_dir(export->dir_fd, "export", true, 0755, &export->export_fd, fail));
    TRY(read_number(export, export->dir_fd, "export.mark", &export->marked, fail));
    TRY(read_number(export, export->export_fd, "checkpoint", &export->size, fail));
    /* A checkpoint older than the mark was not left by us: nothing in the folder is relied upon. */
    export->good = export->size < export->marked ? 0 : export->marked;
    return CODE_OK;
}

static void release(struct export *export)
{
    struct alloc alloc = export->alloc;
    io_close_fd(&export->export_fd);
    io_close_fd(&export->dir_fd);
    buf_done(&export->bytes);
    buf_done(&export->path);
    alloc.give(alloc.self, export);
}

enum code export_open(const char *dir, struct store *store, struct alloc alloc, struct export **ret,
                      struct fail *fail)
{
    struct export *export = alloc.take(alloc.self, sizeof *export);
    if (export == NULL) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    *export = (struct export){.alloc = alloc, .store = store, .dir_fd = -1, .export_fd = -1};
    buf_init(&export->bytes, alloc, STORE_BLOB_MAX);
    buf_init(&export->path, alloc, EXPORT_PATH_MAX + 1);
    enum code code = open_folder(export, dir, fail);
    if (code != CODE_OK) {
        release(export);
        return code;
    }
    *ret = export;
    return CODE_OK;
}

uint64_t export_size(const struct export *export)
{
    return export->size;
}

/* ---- writing ---- */

static enum code write_file(struct export *export, str path, struct fail *fail)
{
    struct io_place place = {export->export_fd, export->dir_fd, "export.tmp"};
    if (buf_check(&export->bytes) != CODE_OK)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for %.*s", STR_ARG(path));
    return io_write_below(&place, path, buf_str(&export->bytes), fail);
}

struct bundle {
    struct buf *out;
    enum tile_kind kind;
};

static enum code add_to_bundle(void *context, uint64_t index, const struct store_entry *entry)
{
    const struct bundle *bundle = context;
    (void)index;
    bundle_add(bundle->out, bundle->kind, bundle->kind == TILE_ENTRIES ? entry->leaf : entry->act);
    return CODE_OK;
}

static enum code write_tile(struct export *export, const struct merkle *tree,
                            const struct tile *tile, struct fail *fail)
{
    buf_clear(&export->bytes);
    buf_clear(&export->path);
    tile_write_path(&export->path, tile);
    TRY(buf_check(&export->path));
    if (tile->kind == TILE_HASHES) {
        TRY(tile_write_hashes(tree, tile, &export->bytes));
    } else {
        struct bundle bundle = {&export->bytes, tile->kind};
        uint64_t from = tile_first(tile);
        TRY(store_read(export->store, from, from + tile->width, add_to_bundle, &bundle, fail));
    }
    return write_file(export, buf_str(&export->path), fail);
}

struct blob_names {
    struct alloc alloc;
    hash32 *at;
    size_t count, room;
};

static enum code note_blob(void *context, const hash32 *name, uint64_t first_entry, uint64_t size)
{
    struct blob_names *names = context;
    (void)first_entry;
    (void)size;
    if (names->count == names->room) {
        size_t room = names->room > 0 ? names->room * 2 : 16;
        void *grown = names->alloc.grow(names->alloc.self, names->at,
                                        names->room * sizeof *names->at, room * sizeof *names->at);
        if (grown == NULL) return CODE_NO_MEMORY;
        names->at = grown;
        names->room = room;
    }
    names->at[names->count++] = *name;
    return CODE_OK;
}

static enum code write_blob(struct export *export, const hash32 *name, struct fail *fail)
{
    struct export_path path = {.kind = EXPORT_BLOB, .hash = *name};
    buf_clear(&export->bytes);
    buf_clear(&export->path);
    export_write_path(&export->path, &path);
    TRY(store_blob_get(export->store, name, &export->bytes, fail));
    return write_file(export, buf_str(&export->path), fail);
}

/* Blobs that entries from `from` on were the first to name. */
static enum code write_blobs(struct export *export, uint64_t from, struct fail *fail)
{
    struct blob_names names = {.alloc = export->alloc};
    enum code code = store_blob_list(export->store, from, note_blob, &names, fail);
    for (size_t i = 0; code == CODE_OK && i < names.count; i++)
        code = write_blob(export, &names.at[i], fail);
    names.alloc.give(names.alloc.self, names.at);
    return code;
}

/* ---- partial tiles that no checkpoint needs any more ---- */

/* Removes every file in `dir` but `keep`; false when something would not go. */
static bool empty_dir(DIR *dir, const char *keep)
{
    bool emptied = true;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (strcmp(entry->d_name, keep) == 0) continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) < 0) emptied = false;
    }
    return emptied;
}

/* `tile` with its present width has been written: narrower ones go. A file that cannot be removed
 * is harmless; the next call tries again. */
static enum code prune(struct export *export, const struct tile *tile, struct fail *fail)
{
    struct tile partial = *tile;
    char keep[8] = "";
    if (tile->width == TILE_WIDTH)
        partial.width = 1;
    else
        snprintf(keep, sizeof keep, "%u", tile->width);
    buf_clear(&export->path);
    tile_write_path(&export->path, &partial);
    buf_add_byte(&export->path, '\0');
    if (buf_check(&export->path) != CODE_OK)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    char *last = strrchr(export->path.at, '/'); /* "tile/0/002.p/88": the folder is before it */
    *last = '\0';
    int fd =
        openat(export->export_fd, export->path.at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return CODE_OK;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
        return CODE_OK;
    }
    bool emptied = empty_dir(dir, keep);
    closedir(dir);
    if (emptied && keep[0] == '\0') unlinkat(export->export_fd, export->path.at, AT_REMOVEDIR);
    return CODE_OK;
}

/* ---- the order of it all ---- */

static enum code check_order(const struct export *export, uint64_t size, struct fail *fail)
{
    if (export->size <= size && export->marked <= size) return CODE_OK;
    return fail_set(
        fail, CODE_CORRUPT, "export-ahead",
        "export/ holds a record of %llu entries, the log has %llu: an older copy was restored",
        (unsigned long long)(export->size > size ? export->size : export->marked),
        (unsigned long long)size);
}

static enum code write_tiles(struct export *export, const struct merkle *tree, struct fail *fail)
{
    struct tile_walk walk = tile_walk(export->good, tree->size);
    for (struct tile tile; tile_walk_next(&walk, &tile);)
        TRY(write_tile(export, tree, &tile, fail));
    return write_blobs(export, export->good, fail);
}

enum code export_extend(struct export *export, const struct merkle *tree, str checkpoint,
                        struct fail *fail)
{
    struct tile tile;
    TRY(check_order(export, tree->size, fail));
    TRY(write_tiles(export, tree, fail));
    buf_clear(&export->bytes);
    buf_add(&export->bytes, checkpoint);
    TRY(write_file(export, STR("checkpoint"), fail));
    export->size = tree->size;
    struct tile_walk walk = tile_walk(export->good, tree->size);
    while (tile_walk_next(&walk, &tile)) TRY(prune(export, &tile, fail));
    export->good = tree->size;
    return export->good - export->marked >= SYNC_EVERY ? export_sync(export, fail) : CODE_OK;
}

enum code export_sync(struct export *export, struct fail *fail)
{
    if (export->good == export->marked) return CODE_OK;
    if (syncfs(export->export_fd) < 0)
        return fail_set(fail, CODE_IO, "file", "cannot sync export/");
    buf_clear(&export->bytes);
    buf_add(&export->bytes, STR("plenary.mark/v1\n"));
    buf_add_u64(&export->bytes, export->good);
    buf_add_byte(&export->bytes, '\n');
    TRY(buf_check(&export->bytes));
    TRY(io_write_atomic(export->dir_fd, "export.mark", buf_str(&export->bytes), 0600, IO_DURABLE,
                        fail));
    export->marked = export->good;
    return CODE_OK;
}

void export_close(struct export *export)
{
    if (export == NULL) return;
    /* Best effort: without the mark the next start writes more anew, nothing else. */
    enum code code = export_sync(export, NULL);
    (void)code;
    release(export);
}
