/* gregory.c - see gregory.h. */
#include "core/count/gregory.h"

struct stv {
    struct count_job *job;
    const struct gregory_rule *rule;
    struct papers papers;
    bool *surplus_due; /* elected, papers not yet transferred */
    uint32_t *list;    /* scratch, one per candidate */
    bool complete;
};

static enum code elect_by_quota(struct stv *stv)
{
    struct count_job *job = stv->job;
    uint64_t quota = job->ret->quota;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL && job->votes[i] >= quota) stv->list[count++] = i;
    TRY(count_job_sort(job, stv->list, count));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t candidate = stv->list[i];
        count_job_elect(job, candidate);
        stv->surplus_due[candidate] =
            job->votes[candidate] > quota || stv->rule->zero_surplus_moves;
    }
    return CODE_OK;
}

/* As many are left as seats: all of them are elected. */
static enum code fill_last_seats(struct stv *stv)
{
    struct count_job *job = stv->job;
    if (job->elected_count + job->hopeful_count > job->ret->seats) return CODE_OK;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL) stv->list[count++] = i;
    TRY(count_job_sort(job, stv->list, count));
    for (uint32_t i = 0; i < count; i++) count_job_elect(job, stv->list[i]);
    return CODE_OK;
}

static bool is_complete(const struct count_job *job)
{
    return job->elected_count >= job->ret->seats || job->hopeful_count == 0 ||
           job->elected_count + job->hopeful_count <= job->ret->seats;
}

static enum code end_stage(struct stv *stv, enum count_event event, uint32_t subject,
                           uint64_t moved)
{
    struct count_job *job = stv->job;
    uint64_t credited = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) credited += job->votes[i];
    job->nontransferable = job->ret->valid * stv->rule->one - credited;
    stv->complete = is_complete(job);
    TRY(elect_by_quota(stv));
    TRY(fill_last_seats(stv));
    if (!stv->rule->completes_late) stv->complete = is_complete(job);
    return count_job_round(job, event, subject, moved);
}

/* Those with the highest surplus into stv->list; how many. */
static uint32_t highest_surplus(struct stv *stv)
{
    struct count_job *job = stv->job;
    uint64_t highest = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        if (!stv->surplus_due[i] || job->votes[i] < highest) continue;
        if (job->votes[i] > highest) count = 0;
        highest = job->votes[i];
        stv->list[count++] = i;
    }
    return count;
}

static enum code transfer_surplus(struct stv *stv, uint32_t count)
{
    struct count_job *job = stv->job;
    uint32_t candidate = 0;
    TRY(count_job_break_tie(job, COUNT_TIE_SURPLUS, WANT_HIGHEST, stv->list, count, &candidate));
    uint64_t surplus = job->votes[candidate] - job->ret->quota;
    struct papers_part part = {surplus, job->votes[candidate], stv->rule->rounding, stv->rule->one};
    papers_move(&stv->papers, candidate, &part);
    job->votes[candidate] = job->ret->quota;
    stv->surplus_due[candidate] = false;
    return end_stage(stv, COUNT_EVENT_SURPLUS, candidate, surplus);
}

static enum code exclude_lowest(struct stv *stv)
{
    struct count_job *job = stv->job;
    uint32_t candidate = 0;
    TRY(count_job_lowest(job, stv->list, &candidate));
    uint64_t moved = job->votes[candidate];
    count_job_exclude(job, candidate);
    papers_move(&stv->papers, candidate, NULL);
    job->votes[candidate] = 0;
    return end_stage(stv, COUNT_EVENT_EXCLUSION, candidate, moved);
}

/* Names nobody declared cannot be elected; they leave in one stage. */
static enum code exclude_undeclared(struct stv *stv)
{
    struct count_job *job = stv->job;
    uint64_t moved = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->profile->undeclared[i] && job->standing[i] == STANDING_HOPEFUL)
            count_job_exclude(job, i);
    if (job->excluded_now_count == 0) return CODE_OK;
    for (uint32_t i = 0; i < job->excluded_now_count; i++) {
        uint32_t candidate = job->excluded_now[i];
        moved += job->votes[candidate];
        job->votes[candidate] = 0;
        papers_move(&stv->papers, candidate, NULL);
    }
    return end_stage(stv, COUNT_EVENT_EXCLUSION, COUNT_NOBODY, moved);
}

enum code gregory_count(struct count_job *job, const struct gregory_rule *rule)
{
    struct stv stv = {.job = job, .rule = rule};
    stv.surplus_due = ARENA_ARRAY(job->arena, job->profile->candidates, bool);
    stv.list = ARENA_ARRAY(job->arena, job->profile->candidates, uint32_t);
    if (!stv.surplus_due || !stv.list) return count_job_no_memory(job);
    TRY(count_job_fits(job, rule->one));
    job->ret->places = rule->places;
    job->ret->has_quota = true;
    job->ret->quota = rule->quota(job->ret);
    TRY(papers_open(&stv.papers, job, rule->one, NULL));
    TRY(end_stage(&stv, COUNT_EVENT_FIRST, COUNT_NOBODY, 0));
    if (rule->undeclared_first && !stv.complete) TRY(exclude_undeclared(&stv));
    while (!stv.complete) {
        uint32_t count = highest_surplus(&stv);
        TRY(count ? transfer_surplus(&stv, count) : exclude_lowest(&stv));
    }
    papers_close(&stv.papers);
    return CODE_OK;
}
