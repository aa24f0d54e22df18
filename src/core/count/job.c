/* job.c - what every rule needs while it counts: standings, rounds, ties. */
#include "base/sort.h"
#include "core/count/internal.h"

enum code count_job_no_memory(struct count_job *job)
{
    return fail_set(job->fail, CODE_NO_MEMORY, "memory",
                    "the count needs more memory than it was given");
}

static enum code read_lot(struct count_job *job)
{
    uint32_t candidates = job->profile->candidates;
    const uint32_t *lot = job->options->lot;
    for (uint32_t i = 0; i < candidates; i++) job->lot_place[i] = lot ? UINT32_MAX : i;
    for (uint32_t i = 0; lot && i < candidates; i++) {
        if (lot[i] >= candidates || job->lot_place[lot[i]] != UINT32_MAX)
            return fail_set(job->fail, CODE_MALFORMED, "lot",
                            "the lot must name each of %u candidates once", candidates);
        job->lot_place[lot[i]] = i;
    }
    return CODE_OK;
}

static uint64_t valid_ballots(const struct profile *profile)
{
    uint64_t valid = 0;
    for (size_t i = 0; i < profile->group_count; i++) {
        const struct ballot_group *group = &profile->groups[i];
        for (uint32_t k = 0; k < group->length; k++)
            if (!profile->withdrawn[preference_candidate(profile->preferences[group->first + k])]) {
                valid += group->weight;
                break;
            }
    }
    return valid;
}

enum code count_job_open(struct count_job *job)
{
    const struct profile *profile = job->profile;
    size_t n = profile->candidates ? profile->candidates : 1;
    job->lot_place = ARENA_ARRAY(job->arena, n, uint32_t);
    job->standing = ARENA_ARRAY(job->arena, n, enum standing);
    job->votes = ARENA_ARRAY(job->arena, n, uint64_t);
    job->elected_now = ARENA_ARRAY(job->arena, n, uint32_t);
    job->excluded_now = ARENA_ARRAY(job->arena, n, uint32_t);
    job->ret->winners.at = ARENA_ARRAY(job->arena, n, uint32_t);
    if (!job->lot_place || !job->standing || !job->votes || !job->elected_now ||
        !job->excluded_now || !job->ret->winners.at)
        return count_job_no_memory(job);
    TRY(read_lot(job));
    for (uint32_t i = 0; i < profile->candidates; i++) {
        if (profile->withdrawn[i])
            job->standing[i] = STANDING_WITHDRAWN;
        else
            job->hopeful_count++;
    }
    if (job->hopeful_count == 0)
        return fail_set(job->fail, CODE_MALFORMED, "candidates", "no candidate stands");
    job->ret->valid = valid_ballots(profile);
    return CODE_OK;
}

void count_job_elect(struct count_job *job, uint32_t candidate)
{
    job->standing[candidate] = STANDING_ELECTED;
    job->hopeful_count--;
    job->elected_count++;
    job->elected_now[job->elected_now_count++] = candidate;
    job->ret->winners.at[job->ret->winners.count++] = candidate;
}

void count_job_exclude(struct count_job *job, uint32_t candidate)
{
    job->standing[candidate] = STANDING_EXCLUDED;
    job->hopeful_count--;
    job->excluded_now[job->excluded_now_count++] = candidate;
}

enum code count_job_list(struct count_job *job, const uint32_t *at, uint32_t count,
                         struct count_list *ret)
{
    struct count_list list = {0};
    if (count) {
        list.at = ARENA_ARRAY(job->arena, count, uint32_t);
        if (!list.at) return count_job_no_memory(job);
        memcpy(list.at, at, count * sizeof *at);
        list.count = count;
    }
    *ret = list;
    return CODE_OK;
}

/* Room for one more in a table that doubles. */
static void *one_more(struct count_job *job, void *items, size_t *room, size_t count, size_t size)
{
    if (count < *room) return items;
    size_t larger = *room ? *room * 2 : 16;
    void *moved = arena_take(job->arena, larger, size);
    if (!moved) return NULL;
    if (count) memcpy(moved, items, count * size);
    *room = larger;
    return moved;
}

enum code count_job_round(struct count_job *job, enum count_event event, uint32_t subject,
                          uint64_t moved)
{
    struct count_result *ret = job->ret;
    struct count_round *rounds =
        one_more(job, ret->rounds, &job->rounds_room, ret->round_count, sizeof *rounds);
    if (!rounds) return count_job_no_memory(job);
    ret->rounds = rounds;
    uint32_t n = job->profile->candidates;
    struct count_round round = {.event = event,
                                .subject = subject,
                                .moved = moved,
                                .quota = ret->quota,
                                .nontransferable = job->nontransferable};
    round.votes = ARENA_ARRAY(job->arena, n, uint64_t);
    if (!round.votes) return count_job_no_memory(job);
    memcpy(round.votes, job->votes, n * sizeof *round.votes);
    TRY(count_job_list(job, job->elected_now, job->elected_now_count, &round.elected));
    TRY(count_job_list(job, job->excluded_now, job->excluded_now_count, &round.excluded));
    job->elected_now_count = job->excluded_now_count = 0;
    ret->rounds[ret->round_count++] = round;
    return CODE_OK;
}

enum code count_job_amend_round(struct count_job *job)
{
    struct count_round *round = &job->ret->rounds[job->ret->round_count - 1];
    uint32_t before = round->elected.count, added = job->elected_now_count;
    uint32_t *elected = ARENA_ARRAY(job->arena, (size_t)before + added + 1, uint32_t);
    if (!elected) return count_job_no_memory(job);
    if (before) memcpy(elected, round->elected.at, before * sizeof *elected);
    memcpy(elected + before, job->elected_now, added * sizeof *elected);
    round->elected = (struct count_list){elected, before + added};
    job->elected_now_count = 0;
    return CODE_OK;
}

/* Keeps those of `tied` that are best in `votes`; true when that left some out. */
static bool keep_best(enum count_wanted want, const uint64_t *votes, uint32_t *tied,
                      uint32_t *count)
{
    uint64_t best = votes[tied[0]];
    for (uint32_t i = 1; i < *count; i++) {
        uint64_t other = votes[tied[i]];
        if (want == WANT_HIGHEST ? other > best : other < best) best = other;
    }
    uint32_t kept = 0, before = *count;
    for (uint32_t i = 0; i < before; i++)
        if (votes[tied[i]] == best) tied[kept++] = tied[i];
    *count = kept;
    return kept < before;
}

/* The lot prefers the earlier: it is elected or transferred first, and excluded last. */
static uint32_t by_lot(const struct count_job *job, enum count_wanted want, const uint32_t *tied,
                       uint32_t count)
{
    uint32_t chosen = tied[0];
    for (uint32_t i = 1; i < count; i++) {
        bool earlier = job->lot_place[tied[i]] < job->lot_place[chosen];
        bool take_earlier = want == WANT_HIGHEST || job->ties == TIES_EARLIEST_OF_LOT;
        if (earlier == take_earlier) chosen = tied[i];
    }
    return chosen;
}

enum code count_job_note_tie(struct count_job *job, const struct count_tie *tie)
{
    struct count_result *result = job->ret;
    struct count_tie *ties =
        one_more(job, result->ties, &job->ties_room, result->tie_count, sizeof *ties);
    if (!ties) return count_job_no_memory(job);
    result->ties = ties;
    result->ties[result->tie_count++] = *tie;
    return CODE_OK;
}

uint32_t count_job_by_lot(const struct count_job *job, const uint32_t *tied, uint32_t count)
{
    return by_lot(job, WANT_HIGHEST, tied, count);
}

enum code count_job_break_tie(struct count_job *job, enum count_tie_for what,
                              enum count_wanted want, uint32_t *tied, uint32_t count, uint32_t *ret)
{
    *ret = tied[0];
    if (count == 1) return CODE_OK;
    struct count_result *result = job->ret;
    struct count_tie tie = {.round = result->round_count, .what = what, .by = COUNT_TIE_BY_LOT};
    TRY(count_job_list(job, tied, count, &tie.candidates));
    uint32_t rounds = job->ties == TIES_BY_ROUNDS ? result->round_count : 0;
    for (uint32_t r = rounds; r-- > 0 && count > 1;)
        if (keep_best(want, result->rounds[r].votes, tied, &count)) tie.decided_in = r;
    if (count == 1) tie.by = COUNT_TIE_BY_ROUND;
    tie.chosen = by_lot(job, want, tied, count);
    if (tie.by == COUNT_TIE_BY_LOT) tie.decided_in = result->round_count;
    TRY(count_job_note_tie(job, &tie));
    *ret = tie.chosen;
    return CODE_OK;
}

enum code count_job_lowest(struct count_job *job, uint32_t *scratch, uint32_t *ret)
{
    uint64_t fewest = UINT64_MAX;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        if (job->standing[i] != STANDING_HOPEFUL || job->votes[i] > fewest) continue;
        if (job->votes[i] < fewest) count = 0;
        fewest = job->votes[i];
        scratch[count++] = i;
    }
    return count_job_break_tie(job, COUNT_TIE_EXCLUSION, WANT_LOWEST, scratch, count, ret);
}

enum code count_job_fits(struct count_job *job, uint64_t one)
{
    uint64_t most = (UINT64_MAX >> 2) / one;
    if (job->profile->ballots <= most) return CODE_OK;
    return fail_set(job->fail, CODE_TOO_BIG, "ballots", "this rule counts at most %llu ballots",
                    (unsigned long long)most);
}

static int by_votes(const void *left, const void *right, const void *context)
{
    const struct count_job *job = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (job->votes[a] != job->votes[b]) return job->votes[a] > job->votes[b] ? -1 : 1;
    for (uint32_t r = job->ret->round_count; r-- > 0;) {
        const uint64_t *votes = job->ret->rounds[r].votes;
        if (votes[a] != votes[b]) return votes[a] > votes[b] ? -1 : 1;
    }
    return job->lot_place[a] < job->lot_place[b] ? -1 : 1;
}

enum code count_job_sort(struct count_job *job, uint32_t *candidates, uint32_t count)
{
    if (count < 2) return CODE_OK;
    if (sort_stable(candidates, count, sizeof *candidates, by_votes, job, job->arena->alloc) !=
        CODE_OK)
        return count_job_no_memory(job);
    return CODE_OK;
}
