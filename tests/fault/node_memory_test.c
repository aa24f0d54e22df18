/* Memory runs out at every single place in turn: each allocation of our own code that a whole node
 * makes - starting, replaying, deciding, committing, signing, exporting, the snapshot - fails once,
 * and from then on. Nothing crashes, what was acknowledged is there, the next start is clean. Every
 * 13th place; every one with PLENARY_LONG=1. SQLite's own allocations are the matter of
 * store_memory_test. */
#include "check.h"
#include "fault/node_work.h"
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>

/* The linker sends our code's allocations here (--wrap). */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static struct {
    long calls, fail_at;
    bool armed, sticky;
} memory = {.fail_at = -1};

static bool runs_out(void)
{
    if (!memory.armed) return false;
    long at = memory.calls++;
    if (memory.fail_at < 0) return false;
    return memory.sticky ? at >= memory.fail_at : at == memory.fail_at;
}

void *__wrap_malloc(size_t size)
{
    return runs_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return runs_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return runs_out() ? NULL : __real_realloc(old, size);
}

/* Runs the work in a new folder; false when there were not so many allocations. */
static bool run_without(long at, bool sticky)
{
    struct small_org org;
    struct node_work done = {0};
    struct fail fail = {0};
    char what[64], *dir = folder_make();
    bool reached = false;
    if (CHECK(small_org_found(&org, dir, &fail) == CODE_OK, "%s", fail.message)) {
        memory.calls = 0;
        memory.fail_at = at;
        memory.sticky = sticky;
        memory.armed = true;
        node_work(&org, &done);
        memory.armed = false;
        reached = memory.calls > at;
        (void)snprintf(what, sizeof what, "no memory %s allocation %ld", sticky ? "from" : "at",
                       at);
        if (at < 0)
            CHECK(done.acknowledged == NODE_WORK_ACTS, "without a fault all is acknowledged");
        node_work_check(&org, &done, what);
    }
    small_org_done(&org);
    folder_remove(dir);
    return reached;
}

int main(void)
{
    const char *is_long = getenv("PLENARY_LONG");
    long step = is_long && is_long[0] == '1' ? 1 : 13, at = 0;
    (void)run_without(-1, false);
    CHECK(memory.calls > 50, "the work makes %ld allocations", memory.calls);
    while (run_without(at, at / step % 2 != 0)) at += step;
    printf("%ld places\n", at);
    return check_done();
}
