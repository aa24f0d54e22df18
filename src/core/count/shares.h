/* shares.h - the Method of Equal Shares, exact: money in whole numbers over one common denominator
 * that grows with each purchase (GMP). Peters, Pierczynski and Skowron, "Proportional Participatory
 * Budgeting with Additive Utilities" (2021); equalshares.net. */
#ifndef PLENARY_CORE_COUNT_SHARES_H
#define PLENARY_CORE_COUNT_SHARES_H
#include "core/count/choices.h"
#include <gmp.h>

struct shares_price { /* what one more unit of satisfaction costs each supporter: num / den */
    mpz_t num, den;
};

/* One election with its prices. Projects are candidates; supporters are groups of identical
 * ballots. */
struct shares {
    struct count_job *job;
    uint32_t projects;
    const uint64_t *cost; /* one per project */
    uint64_t budget;
    uint32_t *first; /* project p's supporters: supporter[first[p]] .. supporter[first[p + 1]] */
    uint32_t *supporter;     /* indexes of ballot groups */
    uint64_t *support;       /* ballots that name the project */
    uint32_t *sorted, *tied; /* scratch */
    uint32_t *queue;
    bool *open;
    mpz_t *money; /* of one ballot of each group, numerators over `one` */
    mpz_t one, left, part;
    struct shares_price *price;
    uint64_t *paying;            /* ballots that pay the full price at the last look */
    struct count_project *notes; /* for the explanation, one per project */
    size_t groups;
    bool gmp_open;
};

/* Reads the profile; projects without costs cost 1 each and the budget is the number of seats.
 * shares_done also after a failure. */
enum code shares_open(struct shares *shares, struct count_job *job) MUST_CHECK;
void shares_done(struct shares *shares);
/* Buys until nobody can afford anything: each ballot starts with budget / ballots + extra. Elected
 * projects in order. */
enum code shares_buy(struct shares *shares, uint64_t extra, struct choices *choices,
                     uint32_t *elected, uint32_t *ret_count) MUST_CHECK;
/* Notes what the supporters of each project have left. */
void shares_note_left(struct shares *shares);
/* Adds what still fits: by votes (cost satisfaction) or by votes per cost (cardinality). */
enum code shares_complete_greedily(struct shares *shares, struct choices *choices,
                                   uint32_t *elected, uint32_t *count) MUST_CHECK;
uint64_t shares_cost(const struct shares *shares, const uint32_t *elected, uint32_t count);
/* No project with supporters that is left still fits. */
bool shares_exhaustive(const struct shares *shares, const uint32_t *elected, uint32_t count);
#endif
