/* scottish_stv.c - single transferable vote as in The Scottish Local Government Elections Order
 * 2007 (SSI 2007/42), schedule 1, rules 45 to 52: weighted inclusive Gregory, five decimal places,
 * remainders ignored. The numbers in brackets are the rules quoted. */
#include "core/count/papers.h"

enum { SCOTTISH_PLACES = 5, SCOTTISH_ONE = 100000 };

struct stv {
    struct count_job *job;
    struct papers papers;
    bool *surplus_due; /* elected above the quota, papers not yet transferred */
    uint32_t *list;    /* scratch, one per candidate */
};

/* [46] "divide the total number of valid ballot papers ... by a number exceeding by one the number
 * of councillors to be elected ... ignoring any decimal places, increased by one" */
static uint64_t quota_of(const struct count_result *ret)
{
    return (ret->valid / ((uint64_t)ret->seats + 1) + 1) * SCOTTISH_ONE;
}

/* [47] "Where, at any stage of the count, the number of votes for a candidate equals or exceeds the
 * quota, the candidate is deemed to be elected." */
static enum code elect_by_quota(struct stv *stv)
{
    struct count_job *job = stv->job;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL && job->votes[i] >= job->ret->quota)
            stv->list[count++] = i;
    TRY(count_job_sort(job, stv->list, count));
    for (uint32_t i = 0; i < count; i++) {
        count_job_elect(job, stv->list[i]);
        stv->surplus_due[stv->list[i]] = job->votes[stv->list[i]] > job->ret->quota;
    }
    return CODE_OK;
}

/* [52] "Where the number of continuing candidates is equal to the number of vacancies remaining
 * unfilled, the continuing candidates are deemed to be elected." */
static enum code fill_last_vacancies(struct stv *stv)
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

static enum code end_stage(struct stv *stv, enum count_event event, uint32_t subject,
                           uint64_t moved)
{
    struct count_job *job = stv->job;
    uint64_t credited = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) credited += job->votes[i];
    job->nontransferable = job->ret->valid * SCOTTISH_ONE - credited;
    TRY(elect_by_quota(stv));
    TRY(fill_last_vacancies(stv));
    return count_job_round(job, event, subject, moved);
}

/* [49] "first sort the ballot papers of the candidate with the highest surplus"; a surplus of zero
 * is none. */
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

/* [48] "multiplying the surplus of the transferring candidate by the value of the ballot paper when
 * received by that candidate", divided by "the total number of votes credited to that candidate ...
 * to five decimal places". */
static enum code transfer_surplus(struct stv *stv, uint32_t count)
{
    struct count_job *job = stv->job;
    uint32_t candidate = 0;
    TRY(count_job_break_tie(job, COUNT_TIE_SURPLUS, WANT_HIGHEST, stv->list, count, &candidate));
    uint64_t surplus = job->votes[candidate] - job->ret->quota;
    papers_move(&stv->papers, candidate, surplus, job->votes[candidate]);
    job->votes[candidate] = job->ret->quota;
    stv->surplus_due[candidate] = false;
    return end_stage(stv, COUNT_EVENT_SURPLUS, candidate, surplus);
}

/* [50] "exclude from the election at that stage the candidate with the then lowest number of votes"
 */
static enum code exclude_lowest(struct stv *stv)
{
    struct count_job *job = stv->job;
    uint64_t lowest = UINT64_MAX;
    uint32_t count = 0, candidate = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        if (job->standing[i] != STANDING_HOPEFUL || job->votes[i] > lowest) continue;
        if (job->votes[i] < lowest) count = 0;
        lowest = job->votes[i];
        stv->list[count++] = i;
    }
    TRY(count_job_break_tie(job, COUNT_TIE_EXCLUSION, WANT_LOWEST, stv->list, count, &candidate));
    count_job_exclude(job, candidate);
    papers_move(&stv->papers, candidate, 1, 1);
    job->votes[candidate] = 0;
    return end_stage(stv, COUNT_EVENT_EXCLUSION, candidate, lowest);
}

enum code count_scottish_stv(struct count_job *job)
{
    struct stv stv = {.job = job};
    stv.surplus_due = ARENA_ARRAY(job->arena, job->profile->candidates, bool);
    stv.list = ARENA_ARRAY(job->arena, job->profile->candidates, uint32_t);
    if (!stv.surplus_due || !stv.list) return count_job_no_memory(job);
    job->ret->places = SCOTTISH_PLACES;
    job->ret->has_quota = true;
    job->ret->quota = quota_of(job->ret);
    TRY(papers_open(&stv.papers, job, SCOTTISH_ONE, NULL));
    TRY(end_stage(&stv, COUNT_EVENT_FIRST, COUNT_NOBODY, 0));
    while (job->elected_count < job->ret->seats && job->hopeful_count > 0) {
        uint32_t count = highest_surplus(&stv);
        TRY(count ? transfer_surplus(&stv, count) : exclude_lowest(&stv));
    }
    papers_close(&stv.papers);
    return CODE_OK;
}
