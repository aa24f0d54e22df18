/* What every back end of store.h promises, run against each; then what only a folder can show. */
#include "check.h"
#include "folder.h"
#include "store/store.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store *open_memory(const char *dir)
{
    struct store *store = NULL;
    (void)dir;
    return store_open_memory(alloc_libc, &store) == CODE_OK ? store : NULL;
}

static struct store *open_mode(const char *dir, enum store_mode mode)
{
    struct store *store = NULL;
    struct fail fail = {0};
    struct store_options options = {.mode = mode};
    enum code code = store_open_sqlite(dir, &options, &store, &fail);
    CHECK(code == CODE_OK, "%s: %s", code_name(code), fail.message);
    return code == CODE_OK ? store : NULL;
}

static struct store *open_sqlite(const char *dir)
{
    return open_mode(dir, STORE_CREATE);
}

static const struct {
    const char *name;
    struct store *(*open)(const char *dir);
} back_ends[] = {{"memory", open_memory}, {"sqlite", open_sqlite}};

static hash32 hash_of(const char *text)
{
    return sha256_of(str_from(text));
}

static uint64_t size_of(struct store *store)
{
    uint64_t size = UINT64_MAX;
    CHECK(store_size(store, &size, NULL) == CODE_OK, "size");
    return size;
}

/* Everything in the store as one digest, so that stores and moments can be compared. */
struct digest {
    struct sha256 sha;
    uint64_t calls, stop_after;
};

static void add_framed(struct sha256 *sha, str bytes)
{
    uint64_t len = bytes.len;
    sha256_add(sha, &len, sizeof len);
    sha256_add_str(sha, bytes);
}

static enum code digest_entry(void *context, uint64_t index, const struct store_entry *entry)
{
    struct digest *digest = context;
    sha256_add(&digest->sha, &index, sizeof index);
    add_framed(&digest->sha, entry->leaf);
    add_framed(&digest->sha, entry->act);
    sha256_add(&digest->sha, &entry->id, sizeof entry->id);
    return ++digest->calls == digest->stop_after ? CODE_TOO_BIG : CODE_OK;
}

static enum code digest_blob(void *context, const hash32 *name, uint64_t first, uint64_t size)
{
    struct digest *digest = context;
    sha256_add(&digest->sha, name, sizeof *name);
    sha256_add(&digest->sha, &first, sizeof first);
    sha256_add(&digest->sha, &size, sizeof size);
    digest->calls++;
    return CODE_OK;
}

static enum code digest_disclosure(void *context, const struct store_disclosure *disclosure)
{
    struct digest *digest = context;
    sha256_add(&digest->sha, &disclosure->commitment, sizeof disclosure->commitment);
    add_framed(&digest->sha, disclosure->opening);
    add_framed(&digest->sha, disclosure->audience);
    digest->calls++;
    return CODE_OK;
}

static hash32 digest_store(struct store *store)
{
    struct digest digest = {0};
    struct buf checkpoint;
    buf_init(&checkpoint, alloc_libc, STORE_CHECKPOINT_MAX);
    sha256_init(&digest.sha);
    enum code read = store_read(store, 0, size_of(store), digest_entry, &digest, NULL);
    CHECK(read == CODE_OK, "%s", code_name(read));
    CHECK(store_blob_list(store, 0, digest_blob, &digest, NULL) == CODE_OK, "blobs");
    CHECK(store_disclosure_list(store, digest_disclosure, &digest, NULL) == CODE_OK, "openings");
    enum code code = store_checkpoint_get(store, &checkpoint, NULL);
    CHECK(code == CODE_OK || code == CODE_NOT_FOUND, "%s", code_name(code));
    add_framed(&digest.sha, buf_str(&checkpoint));
    buf_done(&checkpoint);
    return sha256_done(&digest.sha);
}

static bool same_state(struct store *store, const hash32 *before)
{
    hash32 now = digest_store(store);
    return hash32_eq(&now, before);
}

static void test_empty(struct store *store)
{
    struct buf out;
    hash32 name = hash_of("nothing");
    struct digest digest = {0};
    buf_init(&out, alloc_libc, 100);
    CHECK(size_of(store) == 0, "a new log is empty");
    CHECK(store_read(store, 0, 0, digest_entry, &digest, NULL) == CODE_OK, "nothing to read");
    CHECK(store_read(store, 0, 1, digest_entry, &digest, NULL) == CODE_NOT_FOUND, "beyond");
    CHECK(store_read(store, 1, 0, digest_entry, &digest, NULL) == CODE_NOT_FOUND, "backwards");
    CHECK(store_checkpoint_get(store, &out, NULL) == CODE_NOT_FOUND, "no checkpoint");
    CHECK(store_blob_get(store, &name, &out, NULL) == CODE_NOT_FOUND, "no blob");
    CHECK(store_disclosure_get(store, &name, &out, NULL, NULL) == CODE_NOT_FOUND, "no opening");
    CHECK(store_meta_get(store, STR("origin"), &out, NULL) == CODE_NOT_FOUND, "no setting");
    CHECK(out.len == 0 && digest.calls == 0, "nothing came out");
    buf_done(&out);
}

/* Bytes that a text column would spoil: zero bytes, ill-formed UTF-8, nothing at all. */
static const struct store_entry three[] = {
    {.leaf = {"leaf one\n", 9}, .act = {"act\0one\n", 8}, .id = {{1}}},
    {.leaf = {"\xff\xfe", 2}, .act = {NULL, 0}, .id = {{2, 255}}},
    {.leaf = {"leaf three", 10}, .act = {"three", 5}, .id = {{0}}},
};

struct expected {
    const struct store_entry *entries;
    uint64_t from, seen;
};

static enum code compare_entry(void *context, uint64_t index, const struct store_entry *entry)
{
    struct expected *expected = context;
    const struct store_entry *want = &expected->entries[index - expected->from];
    CHECK(index == expected->from + expected->seen, "in order");
    CHECK(str_eq(entry->leaf, want->leaf) && str_eq(entry->act, want->act) &&
              hash32_eq(&entry->id, &want->id),
          "entry %llu differs", (unsigned long long)index);
    expected->seen++;
    return CODE_OK;
}

static void test_log(struct store *store)
{
    struct store_batch batch = {.from = 0, .entries = three, .entry_count = COUNT(three)};
    CHECK(store_append(store, &batch, NULL) == CODE_OK, "append");
    CHECK(size_of(store) == 3, "three entries");
    struct expected all = {three, 0, 0}, last = {three + 2, 2, 0};
    CHECK(store_read(store, 0, 3, compare_entry, &all, NULL) == CODE_OK && all.seen == 3, "all");
    CHECK(store_read(store, 2, 3, compare_entry, &last, NULL) == CODE_OK && last.seen == 1, "last");
    struct digest digest = {.stop_after = 2};
    sha256_init(&digest.sha);
    CHECK(store_read(store, 0, 3, digest_entry, &digest, NULL) == CODE_TOO_BIG,
          "the callback's code");
    CHECK(digest.calls == 2, "stopped at once");
}

static void test_refused_batches(struct store *store)
{
    static const char big[STORE_ACT_MAX + 1];
    hash32 before = digest_store(store), unknown = hash_of("no such blob");
    struct store_entry long_leaf = {.leaf = {big, STORE_LEAF_MAX + 1}};
    struct store_entry long_act = {.leaf = STR("l"), .act = {big, STORE_ACT_MAX + 1}};
    struct store_entry no_leaf = {.act = STR("a")};
    struct store_entry names_blob[] = {{.leaf = STR("first")},
                                       {.leaf = STR("l"), .blobs = &unknown, .blob_count = 1}};
    struct store_disclosure opening = {hash_of("x"), STR("salt and text"), STR("unit")};
    struct store_disclosure loud = {hash_of("x"), STR("text"), {big, STORE_AUDIENCE_MAX + 1}};
    uint64_t size = size_of(store);
    const struct {
        const char *what;
        struct store_batch batch;
    } refused[] = {
        {"empty", {size, three, 0, NULL, 0}},
        {"too early", {size - 1, three, 1, NULL, 0}},
        {"too late", {size + 1, three, 1, NULL, 0}},
        {"long leaf", {size, &long_leaf, 1, NULL, 0}},
        {"long act", {size, &long_act, 1, NULL, 0}},
        {"no leaf", {size, &no_leaf, 1, NULL, 0}},
        {"blob not held", {size, names_blob, 2, &opening, 1}},
        {"long audience", {size, three, 1, &loud, 1}},
    };
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct fail fail = {0};
        enum code code = store_append(store, &refused[i].batch, &fail);
        CHECK(code == CODE_INTERNAL, "%s: %s", refused[i].what, code_name(code));
        CHECK(fail.message[0] != '\0', "%s: says why", refused[i].what);
        CHECK(same_state(store, &before), "%s changed something", refused[i].what);
    }
    struct store_batch next = {size, three, 1, NULL, 0};
    CHECK(store_append(store, &next, NULL) == CODE_OK, "a refused batch does no lasting harm");
}

static void test_blobs(struct store *store)
{
    hash32 pile, book, loose, again;
    uint64_t size = size_of(store), dropped = 0;
    struct buf out;
    CHECK(store_blob_put(store, STR("a paper pile"), &pile, NULL) == CODE_OK, "put");
    CHECK(store_blob_put(store, STR(""), &book, NULL) == CODE_OK, "an empty blob");
    CHECK(store_blob_put(store, STR("loose"), &loose, NULL) == CODE_OK, "put");
    CHECK(store_blob_put(store, STR("a paper pile"), &again, NULL) == CODE_OK, "put again");
    hash32 want = hash_of("a paper pile");
    CHECK(hash32_eq(&pile, &want) && hash32_eq(&again, &want), "its name is its hash");
    struct store_entry entries[] = {
        {.leaf = STR("1"), .blobs = &book, .blob_count = 1},
        {.leaf = STR("2"), .blobs = (hash32[]){pile, book}, .blob_count = 2}};
    struct store_batch batch = {size, entries, 2, NULL, 0};
    CHECK(store_append(store, &batch, NULL) == CODE_OK, "named");
    struct digest all = {0}, later = {0};
    sha256_init(&all.sha);
    sha256_init(&later.sha);
    CHECK(store_blob_list(store, 0, digest_blob, &all, NULL) == CODE_OK && all.calls == 2, "two");
    CHECK(store_blob_list(store, size + 1, digest_blob, &later, NULL) == CODE_OK, "list");
    CHECK(later.calls == 1, "the book was first named earlier");
    CHECK(store_blob_collect(store, &dropped, NULL) == CODE_OK && dropped == 1,
          "the loose one goes");
    buf_init(&out, alloc_libc, 12);
    buf_add(&out, STR("x"));
    CHECK(store_blob_get(store, &pile, &out, NULL) == CODE_TOO_BIG && out.len == 1,
          "the limit holds");
    buf_clear(&out);
    CHECK(store_blob_get(store, &pile, &out, NULL) == CODE_OK, "get");
    CHECK(str_eq(buf_str(&out), STR("a paper pile")), "the same bytes");
    CHECK(store_blob_get(store, &book, &out, NULL) == CODE_OK && out.len == 12, "empty");
    CHECK(store_blob_get(store, &loose, &out, NULL) == CODE_NOT_FOUND, "collected");
    buf_done(&out);
}

static void test_disclosures(struct store *store)
{
    hash32 name = hash_of("name"), speech = hash_of("speech");
    struct store_disclosure openings[] = {{name, STR("salt-A. Name"), STR("unit:7")},
                                          {speech, STR("salt-a\0speech"), STR("")}};
    struct store_batch batch = {size_of(store), three, 1, openings, 2};
    struct buf opening, audience;
    buf_init(&opening, alloc_libc, 64);
    buf_init(&audience, alloc_libc, 64);
    CHECK(store_append(store, &batch, NULL) == CODE_OK, "openings come with their acts");
    CHECK(store_disclosure_get(store, &name, &opening, &audience, NULL) == CODE_OK, "get");
    CHECK(str_eq(buf_str(&opening), openings[0].opening), "opening");
    CHECK(str_eq(buf_str(&audience), openings[0].audience), "audience");
    struct store_disclosure other = {name, STR("salt-B. Name"), STR("registrar")};
    CHECK(store_disclosure_put(store, &other, NULL) == CODE_OK, "replace");
    buf_clear(&opening);
    CHECK(store_disclosure_get(store, &name, &opening, NULL, NULL) == CODE_OK, "get");
    CHECK(str_eq(buf_str(&opening), other.opening), "replaced");
    hash32 gone[] = {hash_of("never held"), name};
    CHECK(store_disclosure_erase(store, gone, 2, NULL) == CODE_OK, "erase");
    CHECK(store_disclosure_get(store, &name, &opening, NULL, NULL) == CODE_NOT_FOUND, "erased");
    buf_clear(&opening);
    CHECK(store_disclosure_get(store, &speech, &opening, NULL, NULL) == CODE_OK, "the other stays");
    CHECK(str_eq(buf_str(&opening), openings[1].opening), "unchanged");
    buf_done(&opening);
    buf_done(&audience);
}

static void test_settings(struct store *store)
{
    struct buf out;
    buf_init(&out, alloc_libc, 64);
    CHECK(store_meta_put(store, STR("origin"), STR("a.example/b"), NULL) == CODE_OK, "put");
    CHECK(store_meta_put(store, STR("origin"), STR("c.example/d"), NULL) == CODE_OK, "replace");
    CHECK(store_meta_get(store, STR("origin"), &out, NULL) == CODE_OK, "get");
    CHECK(str_eq(buf_str(&out), STR("c.example/d")), "the newer one");
    CHECK(store_meta_put(store, STR("origin"), STR(""), NULL) == CODE_OK, "remove");
    CHECK(store_meta_put(store, STR("origin"), STR(""), NULL) == CODE_OK, "remove again");
    CHECK(store_meta_get(store, STR("origin"), &out, NULL) == CODE_NOT_FOUND, "removed");
    CHECK(store_meta_put(store, STR(""), STR("x"), NULL) == CODE_INTERNAL, "no name");
    CHECK(store_checkpoint_put(store, STR("note one"), NULL) == CODE_OK, "checkpoint");
    CHECK(store_checkpoint_put(store, STR("note two"), NULL) == CODE_OK, "checkpoint");
    buf_clear(&out);
    CHECK(store_checkpoint_get(store, &out, NULL) == CODE_OK, "checkpoint");
    CHECK(str_eq(buf_str(&out), STR("note two")), "the newer one");
    buf_done(&out);
}

/* ---- the same random calls give the same answers and the same contents on both ---- */

struct call {
    unsigned what;
    char text[48];
    size_t len;
    hash32 name;
};

static struct call draw(struct stream *stream)
{
    struct call call = {.what = (unsigned)stream_below(stream, 7)};
    call.len = (size_t)stream_below(stream, sizeof call.text);
    stream_bytes(stream, call.text, call.len);
    call.name = (hash32){{(uint8_t)stream_below(stream, 40)}};
    return call;
}

static enum code apply(struct store *store, const struct call *call)
{
    str text = {call->text, call->len};
    hash32 name;
    uint64_t dropped;
    enum code code = store_blob_put(store, str_sub(text, 0, 1), &name, NULL);
    if (code != CODE_OK) return code;
    struct store_disclosure opening = {call->name, text, str_sub(text, 3, 9)};
    struct store_entry entries[] = {
        {.leaf = text, .act = str_sub(text, 5, 40), .id = call->name},
        {.leaf = STR("fixed"), .blobs = call->len % 3 ? &name : &call->name, .blob_count = 1},
    };
    struct store_batch batch = {0, entries, 1 + call->len % 2, &opening, call->len % 2};
    code = store_size(store, &batch.from, NULL);
    if (code != CODE_OK) return code;
    switch (call->what) {
    case 0: return store_disclosure_erase(store, &call->name, 1, NULL);
    case 1: return store_disclosure_put(store, &opening, NULL);
    case 2: return store_checkpoint_put(store, text, NULL);
    case 3: return store_blob_collect(store, &dropped, NULL);
    default: return store_append(store, &batch, NULL);
    }
}

static void test_alike(const char *dir)
{
    struct store *memory = open_memory(NULL), *disk = open_sqlite(dir);
    struct stream stream;
    stream_init(&stream, STR("alike"));
    for (int i = 0; i < 400 && disk != NULL; i++) {
        struct call call = draw(&stream);
        enum code one = apply(memory, &call), other = apply(disk, &call);
        CHECK(one == other, "call %d: %s, %s", i, code_name(one), code_name(other));
        if (i % 20 != 0) continue;
        hash32 want = digest_store(memory);
        CHECK(same_state(disk, &want), "contents differ after call %d", i);
    }
    store_close(memory);
    store_close(disk);
}

/* ---- what only a folder can show ---- */

static enum code try_open(const char *dir, enum store_mode mode, struct fail *fail)
{
    struct store *store = NULL;
    struct store_options options = {.mode = mode};
    enum code code = store_open_sqlite(dir, &options, &store, fail);
    store_close(store);
    return code;
}

static void test_reopen(const char *dir)
{
    struct fail fail = {0};
    struct store *writer = open_mode(dir, STORE_WRITE), *reader = open_mode(dir, STORE_READ);
    if (writer == NULL || reader == NULL) return;
    hash32 before = digest_store(writer), blob;
    CHECK(same_state(reader, &before), "a reader sees the same");
    struct store_batch batch = {size_of(writer), three, 3, NULL, 0};
    CHECK(store_append(reader, &batch, NULL) == CODE_INTERNAL, "a reader cannot write");
    CHECK(store_blob_put(reader, STR("x"), &blob, NULL) == CODE_INTERNAL, "nor here");
    CHECK(store_append(writer, &batch, NULL) == CODE_OK, "append beside a reader");
    CHECK(size_of(reader) == batch.from + 3, "the reader sees the commit");
    CHECK(try_open(dir, STORE_WRITE, &fail) == CODE_BUSY, "one writer");
    char pid[24];
    snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
    CHECK(strstr(fail.message, pid) != NULL, "names the holder: %s", fail.message);
    before = digest_store(writer);
    store_close(writer);
    store_close(reader);
    CHECK(try_open(dir, STORE_CREATE, &fail) == CODE_BUSY, "a record is there already");
    CHECK(strcmp(fail.reason, "exists") == 0, "%s", fail.reason);
    reader = open_mode(dir, STORE_READ);
    if (reader != NULL) CHECK(same_state(reader, &before), "the same after closing");
    store_close(reader);
}

static void test_damage(const char *dir)
{
    char path[512];
    struct stat about;
    struct digest digest = {0};
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/plenary.db", dir);
    CHECK(stat(path, &about) == 0 && (about.st_mode & 077) == 0, "the owner's alone");
    CHECK(sqlite3_open(path, &db) == SQLITE_OK, "open");
    CHECK(sqlite3_exec(db, "delete from entry where position = 1; update blob set bytes = x'00'", 0,
                       0, 0) == SQLITE_OK,
          "damage");
    sqlite3_close(db);
    struct store *store = open_mode(dir, STORE_WRITE);
    if (store == NULL) return;
    sha256_init(&digest.sha);
    CHECK(store_read(store, 0, 3, digest_entry, &digest, NULL) == CODE_CORRUPT, "a gap shows");
    struct buf out;
    hash32 pile = hash_of("a paper pile");
    buf_init(&out, alloc_libc, 100);
    CHECK(store_blob_get(store, &pile, &out, NULL) == CODE_CORRUPT && out.len == 0, "a false blob");
    buf_done(&out);
    store_close(store);
    int fd = open(path, O_WRONLY | O_TRUNC);
    CHECK(write(fd, "this is no database, it only stands where one should", 52) == 52, "write");
    close(fd);
    CHECK(try_open(dir, STORE_WRITE, NULL) == CODE_CORRUPT, "no database");
    CHECK(try_open("/nonexistent/folder", STORE_READ, NULL) == CODE_NOT_FOUND, "no folder");
    unlink(path);
    CHECK(try_open(dir, STORE_WRITE, NULL) == CODE_NOT_FOUND, "no record");
    CHECK(sqlite3_open(path, &db) == SQLITE_OK, "open");
    CHECK(sqlite3_exec(db, "create table other(x)", 0, 0, 0) == SQLITE_OK, "another's database");
    sqlite3_close(db);
    CHECK(try_open(dir, STORE_WRITE, NULL) == CODE_CORRUPT, "another's database");
    CHECK(try_open(dir, STORE_CREATE, NULL) == CODE_BUSY, "nor is it overwritten");
}

int main(void)
{
    char *dir = folder_make();
    for (size_t i = 0; i < COUNT(back_ends); i++) {
        folder_clear(dir);
        struct store *store = back_ends[i].open(dir);
        if (!CHECK(store != NULL, "%s does not open", back_ends[i].name)) continue;
        test_empty(store);
        test_log(store);
        test_refused_batches(store);
        test_blobs(store);
        test_disclosures(store);
        test_settings(store);
        store_close(store);
    }
    test_reopen(dir);
    test_damage(dir);
    folder_clear(dir);
    test_alike(dir);
    folder_remove(dir);
    return check_done();
}
