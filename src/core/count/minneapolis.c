/* minneapolis.c - Minneapolis Code of Ordinances, title 8.5, chapter 167, as amended in 2013:
 * 167.70 for several seats, 167.60 for one. The letters in brackets are the clauses of
 * 167.70(c)(1).
 *
 * [a] done when as many candidates as seats have reached the threshold; [c] otherwise all
 * undeclared write-ins (in the second round) and "all candidates for whom it is mathematically
 * impossible to be elected must be defeated simultaneously"; [d] otherwise "the candidate with the
 * largest surplus is declared elected and that candidate's surplus is transferred", until when it
 * goes on receiving votes; [e] otherwise the candidate with the fewest votes is defeated, and its
 * votes stay "if, by their defeat, the number of continuing candidates is reduced to the number of
 * seats yet to be filled"; ties are resolved by lot.
 *
 * The tabulation program that cities use (RCTab) declares everyone at the threshold elected at once
 * and defeats one by one; count_options.tabulator asks for that. */
#include "core/count/gregory.h"

enum { CITY_PLACES = 4, CITY_ONE = 10000 };

struct city {
    struct count_job *job;
    struct papers papers;
    uint32_t *list;      /* scratch */
    uint64_t one, total; /* scale; votes of all valid ballots */
    bool undeclared_left;
};

/* 167.20: "Threshold = ((Total votes cast)/(Seats to be elected + 1)) + 1, with any fractions
 * disregarded." */
static uint64_t threshold(const struct count_result *ret)
{
    return (ret->valid / ((uint64_t)ret->seats + 1) + 1) * CITY_ONE;
}

static uint32_t seats_left(const struct city *city)
{
    return city->job->ret->seats - city->job->elected_count;
}

static bool is_declared_hopeful(const struct city *city, uint32_t candidate)
{
    return city->job->standing[candidate] == STANDING_HOPEFUL &&
           !city->job->profile->undeclared[candidate];
}

/* Declared candidates at the threshold who are not elected yet, into city->list, the highest first.
 */
static enum code at_threshold(struct city *city, uint32_t *ret_count)
{
    struct count_job *job = city->job;
    *ret_count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (is_declared_hopeful(city, i) && job->votes[i] >= job->ret->quota)
            city->list[(*ret_count)++] = i;
    return count_job_sort(job, city->list, *ret_count);
}

static uint64_t all_surpluses(const struct city *city)
{
    const struct count_job *job = city->job;
    uint64_t surplus = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (is_declared_hopeful(city, i) && job->votes[i] > job->ret->quota)
            surplus += job->votes[i] - job->ret->quota;
    return surplus;
}

/* 167.20, "mathematically impossible to be elected": the largest group of lowest candidates whose
 * votes together with `extra` stay below the next one's. The group is at the end of city->list; how
 * many. */
static enum code certain_losers(struct city *city, uint64_t extra, uint32_t *ret_count)
{
    struct count_job *job = city->job;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (is_declared_hopeful(city, i)) city->list[count++] = i;
    TRY(count_job_sort(job, city->list, count));
    uint32_t most = count > seats_left(city) ? count - seats_left(city) : 0;
    uint64_t sum = extra;
    *ret_count = 0;
    for (uint32_t k = 1; k <= most && k < count; k++) {
        sum += job->votes[city->list[count - k]];
        if (sum < job->votes[city->list[count - k - 1]]) *ret_count = k;
    }
    memmove(city->list, city->list + (count - *ret_count), *ret_count * sizeof *city->list);
    return CODE_OK;
}

static uint64_t still_credited(const struct city *city)
{
    uint64_t credited = 0;
    for (uint32_t i = 0; i < city->job->profile->candidates; i++) credited += city->job->votes[i];
    return credited;
}

/* Defeats city->list[0..count) and the undeclared, who all leave at the same time. */
static uint64_t defeat_together(struct city *city, uint32_t count)
{
    struct count_job *job = city->job;
    uint64_t moved = 0;
    for (uint32_t i = 0; i < count; i++) count_job_exclude(job, city->list[i]);
    for (uint32_t i = 0; i < job->profile->candidates && city->undeclared_left; i++)
        if (job->profile->undeclared[i] && job->standing[i] == STANDING_HOPEFUL)
            count_job_exclude(job, i);
    city->undeclared_left = false;
    for (uint32_t i = 0; i < job->excluded_now_count; i++) {
        uint32_t candidate = job->excluded_now[i];
        moved += job->votes[candidate];
        job->votes[candidate] = 0;
        papers_move(&city->papers, candidate, NULL);
    }
    return moved;
}

static uint64_t undeclared_votes(const struct city *city)
{
    const struct count_job *job = city->job;
    uint64_t votes = 0;
    for (uint32_t i = 0; i < job->profile->candidates && city->undeclared_left; i++)
        if (job->profile->undeclared[i]) votes += job->votes[i];
    return votes;
}

/* [d] */
static enum code elect_highest(struct city *city, uint32_t count, uint64_t *ret_surplus,
                               uint32_t *ret)
{
    struct count_job *job = city->job;
    uint32_t equal = 1;
    while (equal < count && job->votes[city->list[equal]] == job->votes[city->list[0]]) equal++;
    TRY(count_job_break_tie(job, COUNT_TIE_SURPLUS, WANT_HIGHEST, city->list, equal, ret));
    *ret_surplus = job->votes[*ret] - job->ret->quota;
    count_job_elect(job, *ret);
    struct papers_part part = {*ret_surplus, job->votes[*ret], PAPERS_ROUND_FRACTION, CITY_ONE};
    papers_move(&city->papers, *ret, &part);
    job->votes[*ret] = job->ret->quota;
    return CODE_OK;
}

/* [e] */
static enum code defeat_lowest(struct city *city, uint64_t *ret_moved, uint32_t *ret)
{
    struct count_job *job = city->job;
    TRY(count_job_lowest(job, city->list, ret));
    *ret_moved = 0;
    count_job_exclude(job, *ret);
    if (job->hopeful_count <= seats_left(city)) return CODE_OK;
    *ret_moved = job->votes[*ret];
    papers_move(&city->papers, *ret, NULL);
    job->votes[*ret] = 0;
    return CODE_OK;
}

/* [f] "any remaining continuing candidates must be declared elected" */
static enum code elect_remaining(struct city *city)
{
    struct count_job *job = city->job;
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        if (job->standing[i] == STANDING_HOPEFUL) city->list[count++] = i;
    TRY(count_job_sort(job, city->list, count));
    for (uint32_t i = 0; i < count; i++) count_job_elect(job, city->list[i]);
    return CODE_OK;
}

/* [a] at the end of a round: true when the tabulation is complete. */
static enum code close_round(struct city *city, const struct count_round *what, bool last,
                             bool *ret_complete)
{
    struct count_job *job = city->job;
    uint32_t count = 0;
    job->nontransferable = city->total - still_credited(city);
    TRY(at_threshold(city, &count));
    *ret_complete = last || job->elected_count + count >= job->ret->seats;
    if (*ret_complete)
        for (uint32_t i = 0; i < count && job->elected_count < job->ret->seats; i++)
            count_job_elect(job, city->list[i]);
    if (last && job->hopeful_count <= seats_left(city)) TRY(elect_remaining(city));
    return count_job_round(job, what->event, what->subject, what->moved);
}

static enum code play_round(struct city *city, bool *ret_complete)
{
    struct count_job *job = city->job;
    struct count_round what = {.event = COUNT_EVENT_EXCLUSION, .subject = COUNT_NOBODY};
    uint32_t count = 0;
    TRY(certain_losers(city, all_surpluses(city) + undeclared_votes(city), &count));
    if (count || city->undeclared_left) {
        what.moved = defeat_together(city, count);
        return close_round(city, &what, false, ret_complete);
    }
    TRY(at_threshold(city, &count));
    if (count) {
        what.event = COUNT_EVENT_SURPLUS;
        TRY(elect_highest(city, count, &what.moved, &what.subject));
        return close_round(city, &what,
                           job->hopeful_count <= seats_left(city) &&
                               job->elected_count == job->ret->seats,
                           ret_complete);
    }
    if (job->hopeful_count > seats_left(city)) {
        TRY(defeat_lowest(city, &what.moved, &what.subject));
        return close_round(city, &what, job->hopeful_count <= seats_left(city), ret_complete);
    }
    *ret_complete = true;
    TRY(elect_remaining(city));
    return count_job_amend_round(job);
}

static enum code open_city(struct city *city, struct count_job *job, uint32_t places, uint64_t one)
{
    *city = (struct city){.job = job, .one = one, .total = job->ret->valid * one};
    city->list = ARENA_ARRAY(job->arena, job->profile->candidates, uint32_t);
    if (!city->list) return count_job_no_memory(job);
    TRY(count_job_fits(job, one));
    job->ties = TIES_EARLIEST_OF_LOT;
    job->ret->places = places;
    job->ret->has_quota = true;
    uint32_t declared = 0;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        declared += is_declared_hopeful(city, i);
        city->undeclared_left |=
            job->profile->undeclared[i] && job->standing[i] == STANDING_HOPEFUL;
    }
    if (declared == 0)
        return fail_set(job->fail, CODE_MALFORMED, "candidates", "no declared candidate stands");
    return papers_open(&city->papers, job, one, NULL);
}

static enum code count_as_tabulator(struct count_job *job)
{
    static const struct gregory_rule rule = {.places = CITY_PLACES,
                                             .one = CITY_ONE,
                                             .quota = threshold,
                                             .rounding = PAPERS_ROUND_FRACTION,
                                             .undeclared_first = true};
    job->ties = TIES_EARLIEST_OF_LOT;
    return gregory_count(job, &rule);
}

enum code count_minneapolis_stv(struct count_job *job)
{
    struct city city;
    bool complete = false;
    if (job->options->tabulator) return count_as_tabulator(job);
    TRY(open_city(&city, job, CITY_PLACES, CITY_ONE));
    job->ret->quota = threshold(job->ret);
    TRY(close_round(&city,
                    &(struct count_round){.event = COUNT_EVENT_FIRST, .subject = COUNT_NOBODY},
                    false, &complete));
    while (!complete) TRY(play_round(&city, &complete));
    papers_close(&city.papers);
    return CODE_OK;
}

/* 167.60: the threshold is half of the votes still counted, and one; fractions disregarded. */
static enum code close_single(struct city *city, const struct count_round *what, bool *ret_complete)
{
    struct count_job *job = city->job;
    uint64_t active = still_credited(city);
    uint32_t count = 0;
    job->nontransferable = city->total - active;
    job->ret->quota = active / 2 + 1;
    TRY(at_threshold(city, &count));
    if (count == 0 && job->hopeful_count == 1 && !city->undeclared_left)
        TRY(elect_remaining(city));
    else if (count)
        count_job_elect(job, city->list[0]);
    *ret_complete = job->elected_count > 0;
    return count_job_round(job, what->event, what->subject, what->moved);
}

static enum code play_single(struct city *city, bool *ret_complete)
{
    struct count_round what = {.event = COUNT_EVENT_EXCLUSION, .subject = COUNT_NOBODY};
    uint32_t count = 0;
    if (city->undeclared_left) {
        what.moved = defeat_together(city, 0);
        return close_single(city, &what, ret_complete);
    }
    TRY(certain_losers(city, 0, &count));
    if (count == 0) {
        TRY(count_job_lowest(city->job, city->list, &what.subject));
        city->list[0] = what.subject;
        count = 1;
    }
    what.moved = defeat_together(city, count);
    return close_single(city, &what, ret_complete);
}

enum code count_minneapolis_irv(struct count_job *job)
{
    struct city city;
    bool complete = false;
    TRY(open_city(&city, job, 0, 1));
    job->ret->quota_moves = true;
    TRY(close_single(&city,
                     &(struct count_round){.event = COUNT_EVENT_FIRST, .subject = COUNT_NOBODY},
                     &complete));
    while (!complete) TRY(play_single(&city, &complete));
    papers_close(&city.papers);
    return CODE_OK;
}
