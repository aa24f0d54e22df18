/* Every allocation is failed in turn: SQLite's through its own hook, ours through struct alloc. A
 * call that reports success did its work, one that fails left nothing behind that a new start
 * stumbles over, and nothing leaks. */
#include "check.h"
#include "folder.h"
#include "ledger.h"
#include <sqlite3.h>

/* ---- SQLite's allocations ---- */

static struct {
    sqlite3_mem_methods real;
    long calls, fail_at; /* fail_at < 0: never */
    bool sticky;
    bool armed; /* otherwise calls are not counted */
} memory = {.fail_at = -1};

static bool refuse(void)
{
    if (!memory.armed) return false;
    long call = memory.calls++;
    if (memory.fail_at < 0) return false;
    return call == memory.fail_at || (memory.sticky && call > memory.fail_at);
}

static void *faulty_malloc(int size)
{
    return refuse() ? NULL : memory.real.xMalloc(size);
}

static void *faulty_realloc(void *old, int size)
{
    return refuse() ? NULL : memory.real.xRealloc(old, size);
}

static void hook_memory(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.real);
    sqlite3_mem_methods faulty = memory.real;
    faulty.xMalloc = faulty_malloc;
    faulty.xRealloc = faulty_realloc;
    CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty) == SQLITE_OK, "hook");
    CHECK(sqlite3_initialize() == SQLITE_OK, "start");
}

static enum code open_store(const char *dir, enum store_mode mode, struct store **ret)
{
    struct store_options options = {.mode = mode};
    return store_open_sqlite(dir, &options, ret, NULL);
}

/* Opens the record that holds one batch and works on it; returns batches acknowledged in all. */
static uint64_t work(const char *dir, bool *ret_blob)
{
    struct store *store = NULL;
    uint64_t batches = 1, size;
    hash32 name, other = ledger_commitment(7);
    struct buf bytes;
    if (open_store(dir, STORE_WRITE, &store) != CODE_OK) return batches;
    buf_init(&bytes, alloc_libc, 100);
    while (batches < 3 && ledger_append(store, batches, NULL) == CODE_OK) batches++;
    *ret_blob = store_blob_put(store, STR("a pile"), &name, NULL) == CODE_OK;
    enum code code = store_size(store, &size, NULL);
    CHECK(code != CODE_OK || size == ledger_size(batches), "a wrong size");
    if (*ret_blob && store_blob_get(store, &name, &bytes, NULL) == CODE_OK)
        CHECK(str_eq(buf_str(&bytes), STR("a pile")), "wrong bytes");
    code = store_disclosure_erase(store, &other, 1, NULL);
    if (code == CODE_OK && ledger_append(store, batches, NULL) == CODE_OK) batches++;
    buf_done(&bytes);
    store_close(store);
    return batches;
}

static void make_record(const char *dir)
{
    struct store *store = NULL;
    folder_clear(dir);
    CHECK(open_store(dir, STORE_CREATE, &store) == CODE_OK, "create");
    CHECK(ledger_append(store, 0, NULL) == CODE_OK, "append");
    store_close(store);
}

static bool round_of(const char *dir, long at)
{
    bool blob = false;
    struct store *store = NULL;
    sqlite3_int64 held = sqlite3_memory_used();
    memory.calls = 0;
    memory.fail_at = at;
    memory.armed = true;
    uint64_t batches = work(dir, &blob);
    memory.armed = false;
    CHECK(sqlite3_memory_used() == held, "allocation %ld: leaked", at);
    if (!CHECK(open_store(dir, STORE_WRITE, &store) == CODE_OK, "allocation %ld: next start", at))
        return true;
    uint64_t found = ledger_check(store, 0);
    CHECK(found != UINT64_MAX && found >= batches && found <= batches + 1,
          "allocation %ld: %llu acknowledged, %llu found", at, (unsigned long long)batches,
          (unsigned long long)found);
    store_close(store);
    if (memory.calls > at) return false;
    CHECK(batches == 4 && blob, "without a fault all is done");
    return true;
}

static void test_sqlite(const char *dir, bool sticky)
{
    const char *is_long = getenv("PLENARY_LONG");
    long step = is_long != NULL && is_long[0] == '1' ? 1 : 7;
    memory.sticky = sticky;
    /* The quick run takes every seventh, another seventh for each kind. */
    for (long at = sticky ? 3 % step : 0;; at += step) {
        make_record(dir);
        if (round_of(dir, at)) {
            CHECK(at > 100, "only %ld allocations", at);
            return;
        }
    }
}

/* ---- ours ---- */

static enum code count_blob(void *context, const hash32 *name, uint64_t first, uint64_t size)
{
    (void)name;
    (void)first;
    (void)size;
    ++*(unsigned *)context;
    return CODE_OK;
}

static void work_in_memory(struct failing *failing, bool *ret_done)
{
    struct store *store = NULL;
    hash32 name, first = ledger_commitment(0);
    unsigned blobs = 0;
    uint64_t batches = 0, dropped;
    *ret_done = false;
    if (store_open_memory(failing_alloc(failing), &store) != CODE_OK) return;
    while (batches < 3 && ledger_append(store, batches, NULL) == CODE_OK) batches++;
    CHECK(ledger_check(store, 0) == batches, "a batch was applied in part");
    bool ok = store_blob_put(store, STR("a pile"), &name, NULL) == CODE_OK;
    ok = store_checkpoint_put(store, STR("note"), NULL) == CODE_OK && ok;
    ok = store_meta_put(store, STR("origin"), STR("x"), NULL) == CODE_OK && ok;
    ok = store_blob_list(store, 0, count_blob, &blobs, NULL) == CODE_OK && ok;
    ok = store_blob_collect(store, &dropped, NULL) == CODE_OK && ok;
    ok = store_disclosure_erase(store, &first, 1, NULL) == CODE_OK && ok;
    store_close(store);
    *ret_done = ok && batches == 3;
}

static void test_memory_store(bool sticky)
{
    for (size_t at = 0;; at++) {
        bool done;
        struct failing failing = {.fail_at = at, .sticky = sticky};
        work_in_memory(&failing, &done);
        CHECK(failing.live == 0, "allocation %zu: %lld leaked", at, (long long)failing.live);
        if (failing.calls > at) {
            CHECK(!done, "allocation %zu failed and nobody noticed", at);
            continue;
        }
        CHECK(done && at > 20, "without a fault all is done");
        return;
    }
}

static void test_handle(const char *dir)
{
    struct failing failing = {.fail_at = 0};
    struct store *store = NULL;
    struct store_options options = {.mode = STORE_WRITE, .alloc = failing_alloc(&failing)};
    make_record(dir);
    CHECK(store_open_sqlite(dir, &options, &store, NULL) == CODE_NO_MEMORY, "no memory");
    failing = (struct failing){.fail_at = SIZE_MAX};
    CHECK(store_open_sqlite(dir, &options, &store, NULL) == CODE_OK, "enough");
    store_close(store);
    CHECK(failing.live == 0, "leaked");
}

int main(void)
{
    char *dir = folder_make();
    hook_memory();
    test_sqlite(dir, false);
    test_sqlite(dir, true);
    test_memory_store(false);
    test_memory_store(true);
    test_handle(dir);
    folder_remove(dir);
    return check_done();
}
