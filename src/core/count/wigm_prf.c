/* wigm_prf.c - the reference rule of the Proportional Representation Foundation for the weighted
 * inclusive Gregory method (prfound.org, "Reference WIGM Rule"), candidates defeated one by one.
 * What differs from others:
 *
 * A.1  "the total number of valid ballots, divided by one more than the number of seats to be
 * filled, plus 0.0001" B.3  "the pending candidate, if any, with the largest surplus (possibly
 * zero)"; each paper's weight "multiplied by the candidate's surplus, then divided by the
 * candidate's total vote" D.1  "choose the tied candidate who is earliest in a predetermined random
 * tiebreaking order": here the lot, and the earliest is the one who is defeated D.4  "Truncate,
 * with no rounding, the result of each multiplication or division to four decimal places."
 *
 * Step B.1 tests whether the count is complete before a last surplus moves; the reference
 * implementation whose tables are published tests only at the start of a round, so its tables show
 * that transfer, and so do ours. No winner depends on it. */
#include "core/count/gregory.h"

enum { WIGM_PLACES = 4, WIGM_ONE = 10000 };

static uint64_t quota(const struct count_result *ret)
{
    return ret->valid * WIGM_ONE / ((uint64_t)ret->seats + 1) + 1;
}

enum code count_wigm_prf(struct count_job *job)
{
    static const struct gregory_rule rule = {.places = WIGM_PLACES,
                                             .one = WIGM_ONE,
                                             .quota = quota,
                                             .rounding = PAPERS_ROUND_EACH,
                                             .zero_surplus_moves = true,
                                             .completes_late = true};
    job->ties = TIES_EARLIEST_OF_LOT;
    return gregory_count(job, &rule);
}
