/* Openings that carry a marker each are written in random order and sizes, some of them replaced,
 * so that pages split and rows move; then most are erased. After each erasure no byte of an erased
 * marker is in any file of the folder: database, write-ahead log, shared memory, free pages.
 * (SQLite's secure_delete alone leaves a few here.) */
#include "check.h"
#include "folder.h"
#include "store/store.h"
#include <ftw.h>

enum { MARKERS = 4000, FEW = 50, GROUP = 50, MARKER_SIZE = 13 /* "marker-001234" */ };

static struct store *open_store(const char *dir, enum store_mode mode)
{
    struct store *store = NULL;
    struct store_options options = {.mode = mode};
    struct fail fail = {0};
    enum code code = store_open_sqlite(dir, &options, &store, &fail);
    CHECK(code == CODE_OK, "%s: %s", code_name(code), fail.message);
    return code == CODE_OK ? store : NULL;
}

static hash32 commitment_of(int i)
{
    char text[40];
    snprintf(text, sizeof text, "commitment %d", i);
    return sha256_of(str_from(text));
}

/* Some openings that will go into the store in one commit. */
struct load {
    char text[GROUP][3000];
    struct store_disclosure openings[GROUP];
    size_t count;
};

static void commit(struct store *store, struct load *load)
{
    struct store_entry entry = {.leaf = STR("leaf"), .act = STR("act")};
    struct store_batch batch = {0, &entry, 1, load->openings, load->count};
    CHECK(store_size(store, &batch.from, NULL) == CODE_OK, "size");
    enum code code = store_append(store, &batch, NULL);
    CHECK(code == CODE_OK, "%s", code_name(code));
    load->count = 0;
}

static void put(struct store *store, struct load *load, int i, struct stream *stream)
{
    static const size_t sizes[] = {20, 100, 300, 900};
    char *text = load->text[load->count];
    int head = snprintf(text, sizeof load->text[0], "0123456789abcdefmarker-%06d", i);
    size_t len = (size_t)head + sizes[stream_below(stream, COUNT(sizes))];
    memset(text + head, '.', len - (size_t)head);
    load->openings[load->count++] =
        (struct store_disclosure){commitment_of(i), {text, len}, STR("unit")};
    if (load->count == GROUP) commit(store, load);
}

/* Searching every file; nftw passes no context, so the search stands here. */
static struct {
    bool erased[MARKERS];
    int gone, held; /* markers found that should not, or may, be there */
} search;

static void look_at(const char *path, const char *marker)
{
    uint64_t number = MARKERS;
    str digits = {marker + 7, 6};
    while (digits.len > 1 && digits.at[0] == '0') digits = str_sub(digits, 1, digits.len);
    if (!str_to_u64(digits, &number) || number >= MARKERS) return;
    if (!search.erased[number]) {
        search.held++;
        return;
    }
    search.gone++;
    printf("marker %llu is still in %s\n", (unsigned long long)number, path);
}

static int search_file(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)where;
    if (type != FTW_F) return 0;
    size_t len = 0;
    char *bytes = check_read_file(path, &len);
    if (bytes == NULL) return 0;
    const char *at = bytes, *end = bytes + len;
    while (end - at >= MARKER_SIZE && (at = memmem(at, (size_t)(end - at), "marker-", 7)) != NULL) {
        if (end - at >= MARKER_SIZE) look_at(path, at);
        at += 7;
    }
    free(bytes);
    return 0;
}

/* Erased markers that are still somewhere. */
static int remains(const char *dir)
{
    search.gone = search.held = 0;
    CHECK(nftw(dir, search_file, 8, FTW_PHYS) == 0, "search");
    return search.gone;
}

/* Erases the markers below `to`, but of every ten the first. */
static void erase(struct store *store, int to)
{
    static hash32 gone[MARKERS];
    size_t number = 0;
    for (int i = 0; i < to; i++) {
        if (i % 10 == 0) continue;
        gone[number++] = commitment_of(i);
        search.erased[i] = true;
    }
    enum code code = store_disclosure_erase(store, gone, number, NULL);
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
    static struct load load;
    struct stream stream;
    stream_init(&stream, STR("erasure"));
    for (int i = 0; i < MARKERS; i++) {
        put(store, &load, i, &stream);
        /* Replaced openings must leave nothing behind either. */
        put(store, &load, (int)stream_below(&stream, (uint64_t)i + 1), &stream);
        put(store, &load, (int)stream_below(&stream, (uint64_t)i + 1), &stream);
    }
    if (load.count > 0) commit(store, &load);
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
    hash32 last = commitment_of(MARKERS - 1);
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
    CHECK(remains(dir) == 0 && search.held >= MARKERS, "the search finds what is there");
    erase(store, FEW);
    CHECK(remains(dir) == 0, "erased markers remain");

    struct store *reader = open_store(dir, STORE_READ);
    struct long_read reading = {.writer = store};
    CHECK(store_disclosure_list(reader, erase_meanwhile, &reading, NULL) == CODE_OK, "list");
    CHECK(store_disclosure_erase(store, NULL, 0, NULL) == CODE_OK, "finished once it is gone");
    search.erased[MARKERS - 1] = true;
    CHECK(remains(dir) == 0, "an erased marker remains");
    store_close(reader);

    erase(store, MARKERS);
    CHECK(remains(dir) == 0, "erased markers remain");
    CHECK(store_disclosure_list(store, count, &left, NULL) == CODE_OK, "list");
    CHECK(left == MARKERS / 10, "%d are left", left);
    store_close(store);
    CHECK(remains(dir) == 0, "erased markers remain after closing");
    CHECK(search.held >= MARKERS / 10, "those not erased are there");
    folder_remove(dir);
    return check_done();
}
