/* Every write, sync and truncate that SQLite makes is failed in turn, once or from then on, with an
 * error or with half a write and a full disk. Whatever happens: nothing acknowledged is lost,
 * nothing is torn, the next start is clean. Then a real limit on the size of files, as a full disk
 * would be. */
#include "check.h"
#include "fault_vfs.h"
#include "folder.h"
#include "ledger.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static enum code open_store(const char *dir, enum store_mode mode, const char *vfs,
                            struct store **ret)
{
    struct store_options options = {.mode = mode, .vfs = vfs};
    return store_open_sqlite(dir, &options, ret, NULL);
}

/* What was acknowledged before the fault ended the work. */
struct acknowledged {
    uint64_t batches, erased;
    bool blob;
};

/* Founds a record and works on it until something fails. */
static struct acknowledged work(const char *dir, struct fault *fault)
{
    struct acknowledged done = {0};
    struct store *store = NULL;
    hash32 name, gone = ledger_commitment(0);
    if (open_store(dir, STORE_CREATE, "fault", &store) != CODE_OK) return done;
    while (done.batches < 4 && ledger_append(store, done.batches, NULL) == CODE_OK) {
        CHECK(!fault->wal_unsynced, "acknowledged before it was synced");
        done.batches++;
    }
    if (done.batches == 4) {
        done.blob = store_blob_put(store, STR("a pile"), &name, NULL) == CODE_OK;
        if (store_disclosure_erase(store, &gone, 1, NULL) == CODE_OK) done.erased = 1;
        if (!done.blob) CHECK(done.erased == 0, "work went on after a failed write");
        enum code code = store_checkpoint_put(store, STR("note"), NULL);
        if (code == CODE_OK && ledger_append(store, 4, NULL) == CODE_OK) done.batches++;
    }
    store_close(store);
    return done;
}

static bool opening_held(struct store *store, uint64_t batch)
{
    hash32 commitment = ledger_commitment(batch);
    return store_disclosure_get(store, &commitment, NULL, NULL, NULL) == CODE_OK;
}

/* Starts anew without faults and compares with what was acknowledged. */
static void check_after(const char *dir, const struct acknowledged *done, const char *what, long at)
{
    struct store *store = NULL;
    enum code code = open_store(dir, STORE_WRITE, NULL, &store);
    if (code != CODE_OK && done->batches == 0) code = open_store(dir, STORE_CREATE, NULL, &store);
    if (!CHECK(code == CODE_OK, "%s %ld: next start: %s", what, at, code_name(code))) return;
    uint64_t size = 0;
    CHECK(store_size(store, &size, NULL) == CODE_OK, "size");
    uint64_t erased = size > 0 && !opening_held(store, 0) ? 1 : 0;
    uint64_t found = ledger_check(store, erased);
    CHECK(found != UINT64_MAX, "%s %ld: torn", what, at);
    CHECK(found >= done->batches, "%s %ld: an acknowledged batch was lost", what, at);
    CHECK(found <= done->batches + 1, "%s %ld: more than was ever asked for", what, at);
    CHECK(erased >= done->erased, "%s %ld: an erased opening came back", what, at);
    hash32 pile = sha256_of(STR("a pile"));
    struct buf bytes;
    buf_init(&bytes, alloc_libc, 64);
    bool held = store_blob_get(store, &pile, &bytes, NULL) == CODE_OK;
    CHECK(held || !done->blob, "%s %ld: an acknowledged blob was lost", what, at);
    buf_done(&bytes);
    CHECK(ledger_append(store, found, NULL) == CODE_OK, "%s %ld: work goes on", what, at);
    store_close(store);
}

static void test_vfs(const char *dir, struct fault *fault, enum fault_kind kind, bool sticky)
{
    char what[40];
    snprintf(what, sizeof what, "%s%s", kind == FAULT_FULL ? "full" : "error",
             sticky ? ", sticky" : "");
    for (long at = 0;; at++) {
        folder_clear(dir);
        *fault = (struct fault){.fail_at = at, .sticky = sticky, .kind = kind};
        struct acknowledged done = work(dir, fault);
        bool all = fault->calls <= at;
        fault->fail_at = -1;
        check_after(dir, &done, what, at);
        if (!all) continue;
        CHECK(done.batches == 5 && done.erased == 1 && done.blob, "without a fault all is done");
        CHECK(at > 30, "only %ld places to fail", at);
        return;
    }
}

/* ---- a file system that takes no more: short writes, then EFBIG ---- */

static void work_under_limit(const char *dir, rlim_t bytes, int report)
{
    struct rlimit limit = {bytes, bytes};
    struct store *store = NULL;
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0) _exit(1);
    if (open_store(dir, STORE_WRITE, NULL, &store) != CODE_OK) _exit(0);
    for (uint64_t batch = 1; ledger_append(store, batch, NULL) == CODE_OK; batch++)
        if (write(report, &batch, sizeof batch) != sizeof batch) _exit(1);
    /* A store that failed takes nothing more, although there may be room for a little. */
    hash32 name;
    _exit(store_blob_put(store, STR("x"), &name, NULL) == CODE_OK ? 2 : 0);
}

static void test_limit(const char *dir, rlim_t bytes)
{
    struct acknowledged done = {.batches = 1};
    struct store *store = NULL;
    int report[2], status = 0;
    folder_clear(dir);
    CHECK(open_store(dir, STORE_CREATE, NULL, &store) == CODE_OK, "create");
    CHECK(ledger_append(store, 0, NULL) == CODE_OK, "append");
    store_close(store);
    if (!CHECK(pipe(report) == 0, "pipe")) return;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) work_under_limit(dir, bytes, report[1]);
    close(report[1]);
    for (uint64_t batch; read(report[0], &batch, sizeof batch) == sizeof batch;)
        done.batches = batch + 1;
    close(report[0]);
    CHECK(waitpid(child, &status, 0) == child && status == 0, "status %d", status);
    check_after(dir, &done, "limit", (long)bytes);
}

int main(void)
{
    struct fault fault = {.fail_at = -1};
    char *dir = folder_make();
    fault_vfs_register(&fault);
    test_vfs(dir, &fault, FAULT_ERROR, false);
    test_vfs(dir, &fault, FAULT_ERROR, true);
    test_vfs(dir, &fault, FAULT_FULL, false);
    test_vfs(dir, &fault, FAULT_FULL, true);
    for (rlim_t bytes = 40000; bytes < 600000; bytes += 70001) test_limit(dir, bytes);
    folder_remove(dir);
    return check_done();
}
