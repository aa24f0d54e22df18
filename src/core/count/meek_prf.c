/* meek_prf.c - the reference rule of the Proportional Representation Foundation for Meek's method
 * (prfound.org, "Reference Meek Rule"; Hill, Wichmann and Woodall, Computer Journal 30, 1987). Each
 * elected candidate keeps the part kf of every paper that reaches it and hands on the rest. The
 * steps quoted in brackets are the rule's. */
#include "core/count/internal.h"

enum { MEEK_PLACES = 9, MEEK_ONE = 1000000000, MEEK_OMEGA = 1000 };

struct meek {
    struct count_job *job;
    uint64_t *keep; /* one per candidate, scaled */
    uint32_t *list; /* scratch */
    uint64_t surplus;
};

enum step { STEP_AGAIN, STEP_ELECTED, STEP_FINISHED };

static uint64_t times_up(uint64_t a, uint64_t b)
{
    return (uint64_t)(((unsigned __int128)a * b + (MEEK_ONE - 1)) / MEEK_ONE);
}

static uint64_t divided_up(uint64_t a, uint64_t b)
{
    return (uint64_t)(((unsigned __int128)a * MEEK_ONE + (b - 1)) / b);
}

/* [B.2.a] "For each ballot: set ballot weight w to 1, and then for each candidate, in order of rank
 * on that ballot: add w multiplied by the keep factor kf of the candidate (to 9 decimal places,
 * rounded up) to that candidate's vote v, and reduce w by the same amount, until no further
 * candidate remains on the ballot or until the ballot's weight w is 0." */
static void distribute(struct meek *meek)
{
    const struct profile *profile = meek->job->profile;
    uint64_t *votes = meek->job->votes;
    memset(votes, 0, profile->candidates * sizeof *votes);
    for (size_t g = 0; g < profile->group_count; g++) {
        const struct ballot_group *group = &profile->groups[g];
        uint64_t weight = MEEK_ONE;
        for (uint32_t i = 0; i < group->length && weight > 0; i++) {
            uint32_t candidate = preference_candidate(profile->preferences[group->first + i]);
            uint64_t kept = meek->keep[candidate] == MEEK_ONE
                                ? weight
                                : times_up(weight, meek->keep[candidate]);
            votes[candidate] += kept * group->weight;
            weight -= kept;
        }
    }
}

/* [B.2.b] "Set quota q to the sum of the vote v for all candidates, divided by one more than the
 * number of seats to be filled, truncated to 9 decimal places, plus 0.000000001" */
static void update_quota(struct meek *meek)
{
    struct count_job *job = meek->job;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) sum += job->votes[i];
    job->ret->quota = sum / ((uint64_t)job->ret->seats + 1) + 1;
    job->nontransferable = job->ret->valid * MEEK_ONE - sum;
}

/* [B.2.c] "Elect each hopeful candidate with a vote v greater than or equal to the quota" */
static enum code find_winners(struct meek *meek, uint32_t *ret_count)
{
    struct count_job *job = meek->job;
    *ret_count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL && job->votes[i] >= job->ret->quota)
            meek->list[(*ret_count)++] = i;
    TRY(count_job_sort(job, meek->list, *ret_count));
    for (uint32_t i = 0; i < *ret_count; i++) count_job_elect(job, meek->list[i]);
    return CODE_OK;
}

/* [B.2.d] "the total surplus s, as the sum of the individual surpluses (v - q) of the elected
 * candidates but not less than 0" */
static void total_surplus(struct meek *meek)
{
    const struct count_job *job = meek->job;
    uint64_t held = 0, due = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        if (job->standing[i] != STANDING_ELECTED) continue;
        held += job->votes[i];
        due += job->ret->quota;
    }
    meek->surplus = held > due ? held - due : 0;
}

/* [B.2.f] "Set the keep factor kf of each elected candidate to the candidate's current keep factor
 * kf, multiplied by the current quota q (to 9 decimal places, rounded up), and then divided by the
 * candidate's current vote v (to 9 decimal places, rounded up)." */
static void update_keep_factors(struct meek *meek)
{
    const struct count_job *job = meek->job;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_ELECTED)
            meek->keep[i] = divided_up(times_up(meek->keep[i], job->ret->quota), job->votes[i]);
}

/* [B.2.e] "If step B.2c elected a candidate, continue at B.1. Otherwise, if the total surplus s is
 * less than omega, or (except for the first iteration) if the total surplus s is greater than or
 * equal to the surplus s in the previous iteration, continue at B.3." */
static enum code iterate(struct meek *meek, uint64_t last_surplus, enum step *ret)
{
    uint32_t elected = 0;
    distribute(meek);
    update_quota(meek);
    TRY(find_winners(meek, &elected));
    total_surplus(meek);
    *ret = STEP_AGAIN;
    if (elected)
        *ret = STEP_ELECTED;
    else if (meek->surplus < MEEK_OMEGA || meek->surplus >= last_surplus)
        *ret = STEP_FINISHED;
    if (*ret == STEP_AGAIN) update_keep_factors(meek);
    return CODE_OK;
}

/* [B.3] "Defeat the hopeful candidate c with the lowest vote v, breaking any tie per procedure T,
 * where each candidate c' is tied with c if vote v' for c' is less than or equal to v plus total
 * surplus s." */
static enum code defeat_lowest(struct meek *meek)
{
    struct count_job *job = meek->job;
    uint64_t lowest = UINT64_MAX;
    uint32_t count = 0, candidate = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL && job->votes[i] < lowest) lowest = job->votes[i];
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL && job->votes[i] <= lowest + meek->surplus)
            meek->list[count++] = i;
    TRY(count_job_break_tie(job, COUNT_TIE_EXCLUSION, WANT_LOWEST, meek->list, count, &candidate));
    count_job_exclude(job, candidate);
    meek->keep[candidate] = 0;
    return CODE_OK;
}

/* [B.1] "if all seats are filled, or if the number of elected plus hopeful candidates is less than
 * or equal to the number of seats" */
static bool is_complete(const struct count_job *job)
{
    return job->elected_count >= job->ret->seats ||
           job->elected_count + job->hopeful_count <= job->ret->seats;
}

/* [C.1] "If any seats are unfilled, elect remaining hopeful candidates." */
static enum code elect_remaining(struct meek *meek)
{
    struct count_job *job = meek->job;
    uint32_t count = 0;
    if (job->elected_count + job->hopeful_count > job->ret->seats) return CODE_OK;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL) meek->list[count++] = i;
    TRY(count_job_sort(job, meek->list, count));
    for (uint32_t i = 0; i < count; i++) count_job_elect(job, meek->list[i]);
    return CODE_OK;
}

static enum code play_round(struct meek *meek)
{
    struct count_job *job = meek->job;
    enum step step = STEP_AGAIN;
    uint64_t last_surplus = job->ret->valid * MEEK_ONE;
    while (step == STEP_AGAIN) {
        TRY(iterate(meek, last_surplus, &step));
        last_surplus = meek->surplus;
    }
    if (step == STEP_FINISHED) TRY(defeat_lowest(meek));
    TRY(elect_remaining(meek));
    return count_job_round(job, COUNT_EVENT_ITERATION, COUNT_NOBODY, meek->surplus);
}

static enum code open_meek(struct meek *meek)
{
    struct count_job *job = meek->job;
    meek->keep = ARENA_ARRAY(job->arena, job->profile->candidates, uint64_t);
    meek->list = ARENA_ARRAY(job->arena, job->profile->candidates, uint32_t);
    if (!meek->keep || !meek->list) return count_job_no_memory(job);
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL) meek->keep[i] = MEEK_ONE;
    job->ties = TIES_EARLIEST_OF_LOT;
    job->ret->places = MEEK_PLACES;
    job->ret->has_quota = job->ret->quota_moves = true;
    return count_job_fits(job, MEEK_ONE);
}

enum code count_meek_prf(struct count_job *job)
{
    struct meek meek = {.job = job};
    TRY(open_meek(&meek));
    distribute(&meek);
    update_quota(&meek);
    TRY(elect_remaining(&meek));
    TRY(count_job_round(job, COUNT_EVENT_FIRST, COUNT_NOBODY, 0));
    while (!is_complete(job)) TRY(play_round(&meek));
    return CODE_OK;
}
