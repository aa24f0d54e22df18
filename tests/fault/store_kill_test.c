/* kill -9 at a random instant while batches are appended: what the process acknowledged is there,
 * whole, and the next process goes on. 25 rounds; 250 with PLENARY_LONG=1. */
#include "check.h"
#include "folder.h"
#include "ledger.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *open_store(const char *dir, enum store_mode mode)
{
    struct store *store = NULL;
    struct store_options options = {.mode = mode};
    struct fail fail = {0};
    enum code code = store_open_sqlite(dir, &options, &store, &fail);
    CHECK(code == CODE_OK, "%s: %s", code_name(code), fail.message);
    return code == CODE_OK ? store : NULL;
}

/* Appends until killed, now and then erasing the opening of batch 0 again (which empties the
 * write-ahead log); reports each batch once it is acknowledged. */
static void work(const char *dir, uint64_t batch, int report)
{
    struct store *store = open_store(dir, STORE_WRITE);
    if (store == NULL) _exit(1);
    for (;; batch++) {
        hash32 first = ledger_commitment(0);
        if (batch % 16 == 5 && store_disclosure_erase(store, &first, 1, NULL) != CODE_OK) _exit(1);
        if (ledger_append(store, batch, NULL) != CODE_OK) _exit(1);
        if (write(report, &batch, sizeof batch) != sizeof batch) _exit(1);
    }
}

/* Runs a writer for `micros` microseconds; returns how many batches are acknowledged in all. */
static uint64_t run_and_kill(const char *dir, uint64_t batches, useconds_t micros)
{
    int report[2], status = 0;
    if (!CHECK(pipe(report) == 0, "pipe")) return batches;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(report[0]);
        work(dir, batches, report[1]);
    }
    close(report[1]);
    usleep(micros);
    kill(child, SIGKILL);
    for (uint64_t batch; read(report[0], &batch, sizeof batch) == sizeof batch;)
        batches = batch + 1;
    close(report[0]);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "it ended by itself: %d",
          status);
    return batches;
}

int main(void)
{
    const char *is_long = getenv("PLENARY_LONG");
    int rounds = is_long != NULL && is_long[0] == '1' ? 250 : 25;
    char *dir = folder_make();
    uint64_t batches = 0, busy_rounds = 0;
    struct stream stream;
    struct store *store = open_store(dir, STORE_CREATE);
    stream_init(&stream, STR("kill"));
    for (; batches < 6; batches++) CHECK(ledger_append(store, batches, NULL) == CODE_OK, "append");
    hash32 first = ledger_commitment(0);
    CHECK(store_disclosure_erase(store, &first, 1, NULL) == CODE_OK, "erase");
    store_close(store);
    for (int round = 0; round < rounds; round++) {
        uint64_t acknowledged =
            run_and_kill(dir, batches, 1000 + (useconds_t)stream_below(&stream, 40000));
        if (acknowledged > batches) busy_rounds++;
        store = open_store(dir, STORE_WRITE);
        if (store == NULL) break;
        batches = ledger_check(store, 1);
        if (!CHECK(batches != UINT64_MAX, "round %d: torn", round)) break;
        CHECK(batches >= acknowledged, "round %d: an acknowledged batch was lost", round);
        CHECK(batches <= acknowledged + 1, "round %d: entries from nowhere", round);
        store_close(store);
    }
    CHECK(busy_rounds * 2 > (uint64_t)rounds, "killed at work in only %llu rounds",
          (unsigned long long)busy_rounds);
    folder_remove(dir);
    return check_done();
}
