#include "io/source.h"
#include "base/sort.h"
#include "io/file.h"
#include "io/tar.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DEPTH_MAX = 8,               /* folders within folders */
    NAMES_MAX_BYTES = 256 << 20, /* names of the folders being listed */
    PATHS_MAX_BYTES = 400 << 20  /* paths of a tar */
};

struct tar_item {
    uint64_t offset, size; /* of the contents, bytes */
    uint32_t path_at, path_len;
};

struct export_source {
    struct alloc alloc;
    int fd; /* the folder or the tar */
    bool is_tar, is_live;
    struct tar_item *items; /* ascending by path */
    size_t item_count, item_room;
    unix_s mtime; /* of every file in the tar */
    struct buf paths;
};

void source_close(struct export_source *source)
{
    if (source == NULL) return;
    struct alloc alloc = source->alloc;
    io_close_fd(&source->fd);
    alloc.give(alloc.self, source->items);
    buf_done(&source->paths);
    alloc.give(alloc.self, source);
}

bool source_is_live(const struct export_source *source)
{
    return source->is_live;
}

static str item_path(const struct export_source *source, const struct tar_item *item)
{
    return (str){source->paths.at + item->path_at, item->path_len};
}

/* Exactly `size` bytes at `offset`, or CODE_MALFORMED "end" when the file is shorter. */
static enum code read_at(int fd, uint64_t offset, void *ret, size_t size, struct fail *fail)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = pread(fd, (char *)ret + got, size - got, (off_t)(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_set(fail, CODE_IO, "file", "cannot read the tar");
        if (n == 0)
            return fail_set(fail, CODE_MALFORMED, "end", "the tar ends early, at byte %llu",
                            (unsigned long long)(offset + got));
        got += (size_t)n;
    }
    return CODE_OK;
}

static enum code add_item(struct export_source *source, const struct tar_entry *header,
                          uint64_t offset, struct fail *fail)
{
    str path = header->path;
    if (!io_path_valid(path))
        return fail_set(fail, CODE_MALFORMED, "path", "a tar entry has a path no export has");
    size_t count = source->item_count;
    if (count > 0 && str_cmp(item_path(source, &source->items[count - 1]), path) >= 0)
        return fail_set(fail, CODE_MALFORMED, "order", "%.*s stands out of order in the tar",
                        STR_ARG(path));
    if (count == SOURCE_FILES_MAX)
        return fail_set(fail, CODE_TOO_BIG, "files", "the tar holds more than %d files",
                        (int)SOURCE_FILES_MAX);
    if (count == source->item_room) {
        size_t room = count > 0 ? count * 2 : 256, size = sizeof *source->items;
        void *grown =
            source->alloc.grow(source->alloc.self, source->items, count * size, room * size);
        if (grown == NULL) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
        source->items = grown;
        source->item_room = room;
    }
    uint32_t path_at = (uint32_t)source->paths.len;
    buf_add(&source->paths, path);
    TRY(buf_check(&source->paths));
    source->items[source->item_count++] =
        (struct tar_item){offset, header->size, path_at, (uint32_t)path.len};
    return CODE_OK;
}

static bool all_zero(const uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] != 0) return false;
    return true;
}

/* The end is two zero blocks and then the end of the file. */
static enum code check_end(int fd, uint64_t offset, uint64_t file_size, struct fail *fail)
{
    uint8_t last[TAR_BLOCK];
    if (offset + TAR_BLOCK != file_size)
        return fail_set(
            fail, CODE_MALFORMED, "end",
            "bytes behind the end of the tar, at byte %llu: unpack it and verify the folder",
            (unsigned long long)(offset + TAR_BLOCK));
    TRY(read_at(fd, offset, last, sizeof last, fail));
    if (all_zero(last, sizeof last)) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "end", "the tar has one zero block, not two");
}

/* Reads one header and notes its file; *offset moves behind the file. CODE_NOT_FOUND at a zero
 * block. */
static enum code index_file(struct export_source *source, uint64_t file_size, uint64_t *offset,
                            struct fail *fail)
{
    uint8_t block[TAR_BLOCK], padding[TAR_BLOCK];
    struct tar_entry header;
    TRY(read_at(source->fd, *offset, block, sizeof block, fail));
    *offset += TAR_BLOCK;
    TRY(tar_read_header(block, &header, fail));
    if (source->item_count > 0 && header.mtime != source->mtime)
        return fail_set(fail, CODE_MALFORMED, "time", "%.*s has another time than the others",
                        STR_ARG(header.path));
    source->mtime = header.mtime;
    if (header.size > file_size - *offset)
        return fail_set(fail, CODE_MALFORMED, "end", "the tar ends within %.*s",
                        STR_ARG(header.path));
    TRY(add_item(source, &header, *offset, fail));
    *offset += header.size;
    size_t pad = tar_padding(header.size);
    TRY(read_at(source->fd, *offset, padding, pad, fail));
    *offset += pad;
    if (all_zero(padding, pad)) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "padding", "bytes behind %.*s that belong to no file",
                    STR_ARG(header.path));
}

static enum code index_tar(struct export_source *source, uint64_t file_size, struct fail *fail)
{
    uint64_t offset = 0;
    enum code code;
    do code = index_file(source, file_size, &offset, fail);
    while (code == CODE_OK);
    return code == CODE_NOT_FOUND ? check_end(source->fd, offset, file_size, fail) : code;
}

/* The folder an organisation keeps holds its export in `export/`. */
static void enter_export(struct export_source *source)
{
    int inner = openat(source->fd, "export", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0) return;
    close(source->fd);
    source->fd = inner;
    source->is_live = true;
}

static enum code open_either(struct export_source *source, const char *path, struct fail *fail)
{
    struct stat about;
    source->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (source->fd < 0 || fstat(source->fd, &about) < 0) {
        char text[100];
        return fail_set(fail, errno == ENOENT ? CODE_NOT_FOUND : CODE_IO, "file", "%.100s: %s",
                        path, strerror_r(errno, text, sizeof text));
    }
    if (S_ISDIR(about.st_mode)) {
        enter_export(source);
        return CODE_OK;
    }
    if (!S_ISREG(about.st_mode))
        return fail_set(fail, CODE_MALFORMED, "file", "%.100s is neither a folder nor a tar", path);
    source->is_tar = true;
    return index_tar(source, (uint64_t)about.st_size, fail);
}

enum code source_open(const char *path, struct alloc alloc, struct export_source **ret,
                      struct fail *fail)
{
    struct export_source *source = alloc.take(alloc.self, sizeof *source);
    if (source == NULL) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    *source = (struct export_source){.alloc = alloc, .fd = -1};
    buf_init(&source->paths, alloc, PATHS_MAX_BYTES);
    enum code code = open_either(source, path, fail);
    if (code != CODE_OK) {
        source_close(source);
        return code;
    }
    *ret = source;
    return CODE_OK;
}

static const struct tar_item *find_item(const struct export_source *source, str path)
{
    size_t low = 0, high = source->item_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(item_path(source, &source->items[middle]), path);
        if (order == 0) return &source->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static enum code read_item(struct export_source *source, str path, struct buf *ret,
                           struct fail *fail)
{
    if (!io_path_valid(path))
        return fail_set(fail, CODE_MALFORMED, "path", "not a path of an export");
    const struct tar_item *item = find_item(source, path);
    if (item == NULL)
        return fail_set(fail, CODE_NOT_FOUND, "file", "the tar holds no %.*s", STR_ARG(path));
    if (item->size > ret->max - ret->len)
        return fail_set(fail, CODE_TOO_BIG, "size", "%.*s is larger than the %zu bytes expected",
                        STR_ARG(path), ret->max - ret->len);
    if (item->size == 0) return CODE_OK;
    size_t before = ret->len;
    void *room = buf_extend(ret, (size_t)item->size);
    if (room == NULL) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    enum code code = read_at(source->fd, item->offset, room, (size_t)item->size, fail);
    if (code != CODE_OK) ret->len = before;
    return code;
}

enum code source_read(struct export_source *source, str path, struct buf *ret, struct fail *fail)
{
    if (source->is_tar) return read_item(source, path, ret, fail);
    return io_read_below(source->fd, path, ret, fail);
}

bool source_has(struct export_source *source, str path)
{
    uint64_t size;
    if (source->is_tar) return find_item(source, path) != NULL;
    return io_size_below(source->fd, path, &size, NULL) == CODE_OK;
}

/* ---- listing a folder in the order of whole paths ---- */

/* A name in a folder; folders carry a '/' behind it, which puts "a.b" before "a/c" as in whole
 * paths. */
struct name {
    str text;
    bool is_dir;
};

struct listing {
    struct arena *arena;
    struct alloc alloc;
    source_each *each;
    void *context;
    struct fail *fail;
    char path[IO_PATH_MAX + 2];
};

static int name_order(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct name *left = a, *right = b;
    return str_cmp(left->text, right->text);
}

static enum code read_name(const struct listing *listing, int dir_fd, const char *entry,
                           struct name *ret)
{
    struct stat about;
    if (fstatat(dir_fd, entry, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return fail_set(listing->fail, CODE_IO, "file", "%.100s went away", entry);
    bool is_dir = S_ISDIR(about.st_mode);
    if (!is_dir && !S_ISREG(about.st_mode))
        return fail_set(listing->fail, CODE_MALFORMED, "file",
                        "%s%.100s is neither a file nor a folder", listing->path, entry);
    str text = arena_printf(listing->arena, "%s%s", entry, is_dir ? "/" : "");
    if (text.at == NULL) return CODE_NO_MEMORY;
    *ret = (struct name){text, is_dir};
    return CODE_OK;
}

/* Names of one folder, sorted; the array lives in the listing's arena. */
static enum code read_names(struct listing *listing, DIR *dir, struct name **ret, size_t *ret_count)
{
    struct name *names = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (count == room) {
            size_t more = room > 0 ? room * 2 : 64;
            struct name *grown = ARENA_ARRAY(listing->arena, more, struct name);
            if (grown == NULL) return CODE_NO_MEMORY;
            if (count > 0) memcpy(grown, names, count * sizeof *names);
            names = grown;
            room = more;
        }
        TRY(read_name(listing, dirfd(dir), entry->d_name, &names[count]));
        count++;
    }
    TRY(sort_stable(names, count, sizeof *names, name_order, NULL, listing->alloc));
    *ret = names;
    *ret_count = count;
    return CODE_OK;
}

static enum code list_dir(struct listing *listing, int fd, size_t path_len, unsigned depth);

static enum code list_name(struct listing *listing, int fd, size_t path_len,
                           const struct name *name, unsigned depth)
{
    struct fail *fail = listing->fail;
    size_t len = path_len + name->text.len;
    if (len > IO_PATH_MAX) return fail_set(fail, CODE_MALFORMED, "path", "a path is too long");
    memcpy(listing->path + path_len, name->text.at, name->text.len);
    listing->path[len] = '\0';
    str path = {listing->path, name->is_dir ? len - 1 : len};
    if (!io_path_valid(path))
        return fail_set(fail, CODE_MALFORMED, "path", "%.*s does not belong in an export",
                        STR_ARG(path));
    char part[IO_PATH_MAX + 1];
    str text = str_sub(name->text, 0, name->is_dir ? name->text.len - 1 : name->text.len);
    memcpy(part, text.at, text.len);
    part[text.len] = '\0';
    if (name->is_dir) {
        int inner = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0) return fail_set(fail, CODE_IO, "file", "cannot open %s", listing->path);
        return list_dir(listing, inner, len, depth + 1);
    }
    struct stat about;
    if (fstatat(fd, part, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return fail_set(fail, CODE_IO, "file", "%s went away", listing->path);
    return listing->each(listing->context, path, (uint64_t)about.st_size);
}

/* Takes ownership of `fd`. */
static enum code list_dir(struct listing *listing, int fd, size_t path_len, unsigned depth)
{
    struct fail *fail = listing->fail;
    DIR *dir = depth < DEPTH_MAX ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        close(fd);
        if (depth >= DEPTH_MAX)
            return fail_set(fail, CODE_MALFORMED, "depth", "folders nested too deeply");
        return fail_set(fail, CODE_IO, "file", "cannot list %s", listing->path);
    }
    struct name *names = NULL;
    size_t count = 0;
    enum code code = read_names(listing, dir, &names, &count);
    for (size_t i = 0; code == CODE_OK && i < count; i++)
        code = list_name(listing, dirfd(dir), path_len, &names[i], depth);
    closedir(dir);
    return code;
}

enum code source_list(struct export_source *source, source_each *each, void *context,
                      struct fail *fail)
{
    if (source->is_tar) {
        for (size_t i = 0; i < source->item_count; i++)
            TRY(each(context, item_path(source, &source->items[i]), source->items[i].size));
        return CODE_OK;
    }
    int fd = openat(source->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_set(fail, CODE_IO, "file", "cannot list the export");
    struct arena arena;
    arena_init(&arena, source->alloc, NAMES_MAX_BYTES);
    struct listing listing = {&arena, source->alloc, each, context, fail, ""};
    enum code code = list_dir(&listing, fd, 0, 0);
    arena_done(&arena);
    return code;
}
