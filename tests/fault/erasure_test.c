/* Fifty openings with a marker each are written among many others, so that pages split and rows
 * move; then half of the markers are erased, later the others. After each erasure no byte of an
 * erased marker is in any file of the folder: database, write-ahead log, shared memory, free pages,
 * export. */
#include "check.h"
#include "folder.h"
#include "store/store.h"
#include <ftw.h>

enum { MARKERS = 50, OTHERS = 3000 };

static struct store *open_store(const char *dir, enum store_mode mode)
{
    struct store *store = NULL;
    struct store_options options = {.mode = mode};
    struct fail fail = {0};
    enum code code = store_open_sqlite(dir, &options, &store, &fail);
    CHECK(code == CODE_OK, "%s: %s", code_name(code), fail.message);
    return code == CODE_OK ? store : NULL;
}

static hash32 commitment_of(const char *kind, int i)
{
    char text[40];
    snprintf(text, sizeof text, "%s %d", kind, i);
    return sha256_of(str_from(text));
}

static void put(struct store *store, const char *kind, int i, struct stream *stream)
{
    char text[3000];
    hash32 commitment = commitment_of(kind, i);
    int head = snprintf(text, sizeof text, "0123456789abcdef%s-%03d of the person", kind, i);
    size_t len = (size_t)head + (size_t)stream_below(stream, i % 10 == 0 ? 2900 : 120);
    memset(text + head, '.', len - (size_t)head);
    struct store_disclosure one = {commitment, {text, len}, STR("unit")};
    struct store_entry entry = {.leaf = STR("leaf"), .act = STR("act"), .id = commitment};
    struct store_batch batch = {0, &entry, 1, &one, 1};
    CHECK(store_size(store, &batch.from, NULL) == CODE_OK, "size");
    enum code code =
        i % 2 ? store_append(store, &batch, NULL) : store_disclosure_put(store, &one, NULL);
    CHECK(code == CODE_OK, "%s", code_name(code));
}

/* Searching every file; nftw passes no context, so the search stands here. */
static struct {
    int from, to, found, files;
    bool names_them;
} search;

static int search_file(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)where;
    if (type != FTW_F) return 0;
    size_t len = 0;
    char *bytes = check_read_file(path, &len);
    if (bytes == NULL) return 0;
    search.files++;
    for (int i = search.from; i < search.to; i++) {
        char marker[40];
        snprintf(marker, sizeof marker, "marker-%03d", i);
        if (len == 0 || memmem(bytes, len, marker, strlen(marker)) == NULL) continue;
        if (search.names_them) printf("%s is still in %s\n", marker, path);
        search.found++;
    }
    free(bytes);
    return 0;
}

static int markers_in(const char *dir, int from, int to, bool names_them)
{
    search.from = from;
    search.to = to;
    search.found = search.files = 0;
    search.names_them = names_them;
    CHECK(nftw(dir, search_file, 8, FTW_PHYS) == 0 && search.files > 0, "search");
    return search.found;
}

static void erase(struct store *store, int from, int to)
{
    hash32 gone[MARKERS];
    for (int i = from; i < to; i++) gone[i - from] = commitment_of("marker", i);
    enum code code = store_disclosure_erase(store, gone, (size_t)(to - from), NULL);
    CHECK(code == CODE_OK, "%s", code_name(code));
}

static enum code count(void *context, const struct store_disclosure *disclosure)
{
    (void)disclosure;
    ++*(int *)context;
    return CODE_OK;
}

static void fill(struct store *store)
{
    struct stream stream;
    stream_init(&stream, STR("erasure"));
    for (int i = 0; i < OTHERS; i++) {
        put(store, "other", i, &stream);
        if (i % (OTHERS / MARKERS) == 0) put(store, "marker", i / (OTHERS / MARKERS), &stream);
    }
    /* Replaced openings must leave nothing behind either. */
    for (int i = 0; i < MARKERS; i++) put(store, "marker", i, &stream);
}

/* A reader in the middle of a long read keeps old pages alive: erasing says so instead of claiming
 * it is done. */
struct long_read {
    struct store *writer;
    bool tried;
};

static enum code erase_meanwhile(void *context, const struct store_disclosure *disclosure)
{
    struct long_read *reading = context;
    struct fail fail = {0};
    hash32 last = commitment_of("marker", MARKERS - 1);
    (void)disclosure;
    if (reading->tried) return CODE_OK;
    reading->tried = true;
    CHECK(store_disclosure_erase(reading->writer, &last, 1, &fail) == CODE_BUSY,
          "a reader is busy");
    CHECK(strcmp(fail.reason, "reader") == 0, "%s", fail.reason);
    return CODE_OK;
}

int main(void)
{
    char *dir = folder_make();
    int left = 0;
    struct store *store = open_store(dir, STORE_CREATE);
    if (store == NULL) return check_done();
    fill(store);
    CHECK(markers_in(dir, 0, MARKERS, false) >= MARKERS, "the search finds what is there");
    erase(store, 0, 25);
    CHECK(markers_in(dir, 0, 25, true) == 0, "erased markers remain");
    CHECK(markers_in(dir, 25, MARKERS, false) >= 25, "the others stay");

    struct store *reader = open_store(dir, STORE_READ);
    struct long_read reading = {.writer = store};
    CHECK(store_disclosure_list(reader, erase_meanwhile, &reading, NULL) == CODE_OK, "list");
    CHECK(store_disclosure_erase(store, NULL, 0, NULL) == CODE_OK, "finished once it is gone");
    CHECK(markers_in(dir, MARKERS - 1, MARKERS, true) == 0, "an erased marker remains");
    store_close(reader);

    erase(store, 25, MARKERS);
    CHECK(markers_in(dir, 0, MARKERS, true) == 0, "erased markers remain");
    CHECK(store_disclosure_list(store, count, &left, NULL) == CODE_OK && left == OTHERS,
          "%d of %d others are left", left, OTHERS);
    store_close(store);
    CHECK(markers_in(dir, 0, MARKERS, true) == 0, "erased markers remain after closing");
    folder_remove(dir);
    return check_done();
}
