/* single.c - rules of one round: plurality and approval, with a reserve list. */
#include "core/count/internal.h"

static void add_first_preferences(struct count_job *job)
{
    const struct profile *profile = job->profile;
    for (size_t i = 0; i < profile->group_count; i++) {
        const struct ballot_group *group = &profile->groups[i];
        for (uint32_t k = 0; k < group->length; k++) {
            uint32_t candidate = preference_candidate(profile->preferences[group->first + k]);
            if (profile->withdrawn[candidate]) continue;
            job->votes[candidate] += group->weight;
            break;
        }
    }
}

static void add_every_name(struct count_job *job)
{
    const struct profile *profile = job->profile;
    for (size_t i = 0; i < profile->group_count; i++) {
        const struct ballot_group *group = &profile->groups[i];
        for (uint32_t k = 0; k < group->length; k++) {
            uint32_t candidate = preference_candidate(profile->preferences[group->first + k]);
            if (!profile->withdrawn[candidate]) job->votes[candidate] += group->weight;
        }
    }
}

/* Whenever equal votes stand on both sides of the last seat, the lot decided: say so, once for
 * every seat it gave. */
static enum code note_ties_at_the_edge(struct count_job *job, uint32_t *order, uint32_t count,
                                       uint32_t seats)
{
    if (seats == 0 || seats >= count || job->votes[order[seats - 1]] != job->votes[order[seats]])
        return CODE_OK;
    uint64_t edge = job->votes[order[seats]];
    uint32_t from = seats - 1, to = seats + 1, chosen = 0;
    while (from > 0 && job->votes[order[from - 1]] == edge) from--;
    while (to < count && job->votes[order[to]] == edge) to++;
    uint32_t *tied = ARENA_ARRAY(job->arena, to - from, uint32_t);
    if (!tied) return count_job_no_memory(job);
    for (uint32_t at = from; at < seats; at++) {
        memcpy(tied, order + at, (to - at) * sizeof *tied); /* breaking a tie reorders its input */
        TRY(count_job_break_tie(job, COUNT_TIE_ELECTION, WANT_HIGHEST, tied, to - at, &chosen));
    }
    return CODE_OK;
}

static enum code fill_by_votes(struct count_job *job)
{
    uint32_t n = job->profile->candidates, count = 0;
    uint32_t *order = ARENA_ARRAY(job->arena, n, uint32_t);
    if (!order) return count_job_no_memory(job);
    for (uint32_t i = 0; i < n; i++)
        if (job->standing[i] == STANDING_HOPEFUL) order[count++] = i;
    TRY(count_job_sort(job, order, count));
    uint32_t seats = job->ret->seats < count ? job->ret->seats : count;
    TRY(note_ties_at_the_edge(job, order, count, seats));
    for (uint32_t i = 0; i < seats; i++) count_job_elect(job, order[i]);
    uint32_t reserve = seats;
    while (reserve < count && job->votes[order[reserve]] > 0) reserve++;
    TRY(count_job_list(job, order + seats, reserve - seats, &job->ret->reserve));
    return count_job_round(job, COUNT_EVENT_FIRST, COUNT_NOBODY, 0);
}

enum code count_plurality(struct count_job *job)
{
    add_first_preferences(job);
    return fill_by_votes(job);
}

enum code count_approval(struct count_job *job)
{
    add_every_name(job);
    return fill_by_votes(job);
}
