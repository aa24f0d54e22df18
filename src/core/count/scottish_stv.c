/* scottish_stv.c - single transferable vote as in The Scottish Local Government Elections Order
 * 2007 (SSI 2007/42), schedule 1. The rules that gregory.c carries out for it:
 *
 * [47] "Where, at any stage of the count, the number of votes for a candidate equals or exceeds the
 *      quota, the candidate is deemed to be elected."
 * [48] the transfer value of a paper is "the value which is calculated by multiplying the surplus
 * of the transferring candidate by the value of the ballot paper when received by that candidate",
 *      divided by "the total number of votes credited to that candidate, the calculation being made
 *      to five decimal places (any remainder being ignored)". A surplus of zero is none.
 * [49] the highest surplus first; equal ones by "the end of the most recent preceding stage at
 * which they had unequal numbers of votes", then by lot [50] otherwise "exclude from the election
 * at that stage the candidate with the then lowest number of votes"; [51] ties as in [49] [52]
 * "Where the number of continuing candidates is equal to the number of vacancies remaining
 *      unfilled, the continuing candidates are deemed to be elected", without further transfer */
#include "core/count/gregory.h"

enum { SCOTTISH_PLACES = 5, SCOTTISH_ONE = 100000 };

/* [46] "divide the total number of valid ballot papers ... by a number exceeding by one the number
 * of councillors to be elected ... ignoring any decimal places, increased by one" */
static uint64_t quota(const struct count_result *ret)
{
    return (ret->valid / ((uint64_t)ret->seats + 1) + 1) * SCOTTISH_ONE;
}

enum code count_scottish_stv(struct count_job *job)
{
    static const struct gregory_rule rule = {.places = SCOTTISH_PLACES,
                                             .one = SCOTTISH_ONE,
                                             .quota = quota,
                                             .rounding = PAPERS_ROUND_ONCE};
    return gregory_count(job, &rule);
}
