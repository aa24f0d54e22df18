#include "sign/judge.h"

#include "sign/verify.h"

#include <pthread.h>
#include <stdatomic.h>

static enum code judge_line(void *self, const struct act *act, uint32_t line, const key32 *key,
                            struct fail *fail)
{
    (void)self;
    return act_verify_line(act, line, key, fail);
}

static enum code judge_admit(void *self, const key32 *key, struct fail *fail)
{
    (void)self;
    if (sign_key_valid(key)) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "key", "expected a public key of prime order");
}

struct fold_judge judge_now(void)
{
    return (struct fold_judge){judge_line, judge_admit, NULL};
}

static enum code trust_line(void *self, const struct act *act, uint32_t line, const key32 *key,
                            struct fail *fail)
{
    (void)self, (void)act, (void)line, (void)key, (void)fail;
    return CODE_OK;
}

static enum code trust_admit(void *self, const key32 *key, struct fail *fail)
{
    (void)self, (void)key, (void)fail;
    return CODE_OK;
}

struct fold_judge judge_never(void)
{
    return (struct fold_judge){trust_line, trust_admit, NULL};
}

struct judge_job {
    uint64_t index;
    str text, name; /* name empty: only a key to be admitted */
    key32 key;
    keyid4 key_id;
    sig64 signature;
};

void judge_batch_init(struct judge_batch *batch, struct alloc alloc)
{
    *batch = (struct judge_batch){.alloc = alloc};
}

void judge_batch_done(struct judge_batch *batch)
{
    if (batch->alloc.give) batch->alloc.give(batch->alloc.self, batch->jobs);
    *batch = (struct judge_batch){.alloc = batch->alloc};
}

static struct judge_job *batch_add(struct judge_batch *batch)
{
    if (batch->count == batch->room) {
        size_t room = batch->room ? batch->room * 2 : 1024;
        void *jobs =
            batch->alloc.grow(batch->alloc.self, batch->jobs, batch->room * sizeof *batch->jobs,
                              room * sizeof *batch->jobs);
        if (!jobs) return NULL;
        batch->jobs = jobs;
        batch->room = room;
    }
    return &batch->jobs[batch->count++];
}

static enum code batch_line(void *self, const struct act *act, uint32_t line, const key32 *key,
                            struct fail *fail)
{
    struct judge_batch *batch = self;
    struct judge_job *job = batch_add(batch);
    if (!job)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for a batch of signatures");
    *job = (struct judge_job){.index = batch->index,
                              .text = act->text,
                              .name = act->line[line].name,
                              .key = *key,
                              .key_id = act->line[line].key_id,
                              .signature = act->line[line].signature};
    return CODE_OK;
}

static enum code batch_admit(void *self, const key32 *key, struct fail *fail)
{
    struct judge_batch *batch = self;
    struct judge_job *job = batch_add(batch);
    if (!job)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory for a batch of signatures");
    *job = (struct judge_job){.index = batch->index, .key = *key};
    return CODE_OK;
}

struct fold_judge judge_batch_fold(struct judge_batch *batch)
{
    return (struct fold_judge){batch_line, batch_admit, batch};
}

static bool job_is_true(const struct judge_job *job)
{
    if (job->name.len == 0) return sign_key_valid(&job->key);
    keyid4 id = key_id_of(job->name, &job->key);
    return keyid4_eq(&id, &job->key_id) && sign_verify(&job->key, job->text, &job->signature);
}

struct crew {
    const struct judge_batch *batch;
    atomic_size_t next, first_false;
};

enum { CREW_STRIDE = 32 /* jobs taken at a time */, CREW_THREADS_MAX = 64 };

static void *crew_work(void *context)
{
    struct crew *crew = context;
    for (;;) {
        size_t from = atomic_fetch_add(&crew->next, CREW_STRIDE);
        if (from >= crew->batch->count) return NULL;
        for (size_t i = from; i < from + CREW_STRIDE && i < crew->batch->count; i++) {
            if (job_is_true(&crew->batch->jobs[i])) continue;
            size_t known = atomic_load(&crew->first_false);
            while (i < known && !atomic_compare_exchange_weak(&crew->first_false, &known, i)) {}
        }
    }
}

static enum code blame(const struct judge_job *job, struct fail *fail)
{
    if (job->name.len == 0)
        return fail_set(fail, CODE_MALFORMED, "key",
                        "entry %llu: expected a public key of prime order",
                        (unsigned long long)job->index);
    keyid4 id = key_id_of(job->name, &job->key);
    bool other = !keyid4_eq(&id, &job->key_id);
    return fail_set(fail, CODE_NOT_YOURS, other ? "keyid" : "signature",
                    "entry %llu: %s of \"%.*s\"", (unsigned long long)job->index,
                    other ? "another key id" : "a false signature", STR_ARG(job->name));
}

enum code judge_batch_run(struct judge_batch *batch, unsigned threads, struct fail *fail)
{
    struct crew crew = {.batch = batch, .first_false = SIZE_MAX};
    pthread_t helper[CREW_THREADS_MAX];
    unsigned started = 0;
    bool worthwhile = batch->count > CREW_STRIDE;
    while (worthwhile && started + 1 < threads && started < CREW_THREADS_MAX &&
           pthread_create(&helper[started], NULL, crew_work, &crew) == 0)
        started++;
    (void)crew_work(&crew);
    for (unsigned i = 0; i < started; i++) (void)pthread_join(helper[i], NULL);
    size_t first_false = atomic_load(&crew.first_false);
    enum code code = first_false == SIZE_MAX ? CODE_OK : blame(&batch->jobs[first_false], fail);
    batch->count = 0;
    return code;
}
