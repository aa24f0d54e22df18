/* single.c - rules of one round: plurality and approval, with a reserve list. */
#include "core/count/choices.h"

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

/* The next choice of `seats` out of `tied` in lexical order; false after the last. */
static bool next_combination(uint32_t *pick, uint32_t seats, uint32_t tied)
{
    for (uint32_t i = seats; i-- > 0;) {
        if (pick[i] == tied - seats + i) continue;
        pick[i]++;
        for (uint32_t k = i + 1; k < seats; k++) pick[k] = pick[k - 1] + 1;
        return true;
    }
    return false;
}

/* All committees of the same number of approvals: those above the edge with every choice among the
 * equal ones. */
static enum code note_committees(struct count_job *job)
{
    uint32_t n = job->profile->candidates, certain = 0, tied = 0;
    struct count_list committee = {ARENA_ARRAY(job->arena, n, uint32_t), job->ret->winners.count};
    uint32_t *equal = ARENA_ARRAY(job->arena, n, uint32_t),
             *pick = ARENA_ARRAY(job->arena, n, uint32_t);
    job->ret->sets = ARENA_ARRAY(job->arena, CHOICES_SETS_MAX, struct count_list);
    if (!committee.at || !equal || !pick || !job->ret->sets) return count_job_no_memory(job);
    uint64_t edge = job->votes[job->ret->winners.at[committee.count - 1]];
    for (uint32_t i = 0; i < n; i++) {
        if (job->profile->withdrawn[i]) continue;
        if (job->votes[i] > edge) committee.at[certain++] = i;
        if (job->votes[i] == edge) equal[tied++] = i;
    }
    uint32_t open = committee.count - certain;
    for (uint32_t i = 0; i < open; i++) pick[i] = i;
    do {
        if (job->ret->set_count == CHOICES_SETS_MAX) {
            job->ret->set_count = 0; /* too many to list: none */
            return CODE_OK;
        }
        for (uint32_t i = 0; i < open; i++) committee.at[certain + i] = equal[pick[i]];
        TRY(choices_add_set(job, &committee));
    } while (next_combination(pick, open, tied));
    return choices_sort_sets(job);
}

enum code count_approval(struct count_job *job)
{
    add_every_name(job);
    TRY(fill_by_votes(job));
    return note_committees(job);
}
