/* papers.c - piles as linked lists through one table: moving a paper is two assignments. */
#include "core/count/papers.h"

/* The next preference from `position` on who is hopeful; PAPERS_NOBODY when there is none. */
static uint32_t next_hopeful(const struct papers *papers, const struct ballot_group *group,
                             uint32_t *position)
{
    const uint32_t *preferences = papers->job->profile->preferences;
    const enum standing *standing = papers->job->standing;
    for (uint32_t i = *position; i < group->length; i++) {
        uint32_t candidate = preference_candidate(preferences[group->first + i]);
        if (standing[candidate] != STANDING_HOPEFUL) continue;
        *position = i;
        return candidate;
    }
    return PAPERS_NOBODY;
}

static void put(struct papers *papers, uint32_t group, uint32_t candidate)
{
    struct paper *paper = &papers->paper[group];
    paper->next = papers->pile[candidate];
    papers->pile[candidate] = group;
    papers->job->votes[candidate] += papers->job->profile->groups[group].weight * paper->value;
}

enum code papers_open(struct papers *papers, struct count_job *job, uint64_t value,
                      const uint64_t *values)
{
    const struct profile *profile = job->profile;
    papers->job = job;
    papers->paper =
        ARENA_ARRAY(job->arena, profile->group_count ? profile->group_count : 1, struct paper);
    papers->pile = ARENA_ARRAY(job->arena, profile->candidates, uint32_t);
    if (!papers->paper || !papers->pile) return count_job_no_memory(job);
    for (uint32_t i = 0; i < profile->candidates; i++) papers->pile[i] = PAPERS_NOBODY;
    for (size_t i = profile->group_count; i-- > 0;) {
        struct paper *paper = &papers->paper[i];
        paper->value = values ? values[i] : value;
        if (paper->value == 0) continue;
        uint32_t candidate = next_hopeful(papers, &profile->groups[i], &paper->position);
        if (candidate != PAPERS_NOBODY) put(papers, (uint32_t)i, candidate);
    }
    return CODE_OK;
}

static uint64_t passed_on(uint64_t value, const struct papers_part *part)
{
    unsigned __int128 product = (unsigned __int128)value * part->times;
    unsigned __int128 fraction = (unsigned __int128)part->times * part->one / part->divided_by;
    switch (part->rounding) {
    case PAPERS_ROUND_FRACTION: return (uint64_t)(value * fraction / part->one);
    case PAPERS_ROUND_ONCE: return (uint64_t)(product / part->divided_by);
    case PAPERS_ROUND_EACH: return (uint64_t)(product / part->one * part->one / part->divided_by);
    }
    return 0;
}

void papers_move(struct papers *papers, uint32_t from, const struct papers_part *part)
{
    uint32_t next = PAPERS_NOBODY, group = papers->pile[from];
    const struct count_keep *keep = papers->job->keep;
    papers->pile[from] = PAPERS_NOBODY;
    for (; group != PAPERS_NOBODY; group = next) {
        struct paper *paper = &papers->paper[group];
        next = paper->next;
        paper->position++;
        if (part) {
            uint64_t value = passed_on(paper->value, part);
            if (keep && keep->candidate == from) keep->value[group] = paper->value - value;
            paper->value = value;
            if (value == 0) continue;
        }
        uint32_t candidate =
            next_hopeful(papers, &papers->job->profile->groups[group], &paper->position);
        if (candidate != PAPERS_NOBODY) put(papers, group, candidate);
    }
}

void papers_close(const struct papers *papers)
{
    const struct count_keep *keep = papers->job->keep;
    if (!keep) return;
    for (uint32_t group = papers->pile[keep->candidate]; group != PAPERS_NOBODY;
         group = papers->paper[group].next)
        keep->value[group] = papers->paper[group].value;
}
