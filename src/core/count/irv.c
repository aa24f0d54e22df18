/* irv.c - the run-off in one ballot, for a single seat and for countback. */
#include "core/count/papers.h"

/* The candidate with more than half of the votes still with candidates, or the last one left. */
static uint32_t majority(const struct count_job *job)
{
    uint64_t active = 0;
    uint32_t leader = COUNT_NOBODY;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        if (job->standing[i] != STANDING_HOPEFUL) continue;
        active += job->votes[i];
        if (leader == COUNT_NOBODY || job->votes[i] > job->votes[leader]) leader = i;
    }
    if (job->hopeful_count == 1 || job->votes[leader] > active - job->votes[leader]) return leader;
    return COUNT_NOBODY;
}

static enum code end_round(struct papers *papers, uint64_t total, enum count_event event,
                           uint32_t subject, uint64_t moved)
{
    struct count_job *job = papers->job;
    uint64_t credited = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) credited += job->votes[i];
    job->nontransferable = total - credited;
    uint32_t winner = majority(job);
    if (winner != COUNT_NOBODY) count_job_elect(job, winner);
    return count_job_round(job, event, subject, moved);
}

enum code papers_run_off(struct papers *papers)
{
    struct count_job *job = papers->job;
    uint64_t total = 0;
    uint32_t *scratch = ARENA_ARRAY(job->arena, job->profile->candidates, uint32_t);
    if (!scratch) return count_job_no_memory(job);
    for (uint32_t i = 0; i < job->profile->candidates; i++) total += job->votes[i];
    TRY(end_round(papers, total, COUNT_EVENT_FIRST, COUNT_NOBODY, 0));
    while (job->elected_count == 0) {
        uint32_t candidate = 0;
        TRY(count_job_lowest(job, scratch, &candidate));
        uint64_t moved = job->votes[candidate];
        count_job_exclude(job, candidate);
        papers_move(papers, candidate, NULL);
        job->votes[candidate] = 0;
        TRY(end_round(papers, total, COUNT_EVENT_EXCLUSION, candidate, moved));
    }
    papers_close(papers);
    return CODE_OK;
}

enum code count_irv(struct count_job *job)
{
    struct papers papers = {0};
    TRY(papers_open(&papers, job, 1, NULL));
    return papers_run_off(&papers);
}
