/* internal.h - what the rules share: the job being counted, rounds, ties. For src/core/count only.
 */
#ifndef PLENARY_CORE_COUNT_INTERNAL_H
#define PLENARY_CORE_COUNT_INTERNAL_H
#include "core/count/count.h"

enum standing { STANDING_HOPEFUL = 0, STANDING_ELECTED, STANDING_EXCLUDED, STANDING_WITHDRAWN };

/* The papers one elected candidate holds at the end of a count: their value each, per ballot group.
 */
struct count_keep {
    uint32_t candidate;
    uint64_t *value;
};

/* How equal candidates are told apart. */
enum ties {
    TIES_BY_ROUNDS, /* the most recent round in which they differed, then the lot, which prefers the
                       earlier */
    TIES_EARLIEST_OF_LOT /* whoever is earliest in the lot is taken, for election, transfer and
                            exclusion alike */
};

/* One count under way. Tables have one entry per candidate. */
struct count_job {
    const struct profile *profile;
    const struct count_options *options;
    struct arena *arena;
    struct fail *fail;
    struct count_result *ret;
    uint32_t *lot_place; /* place in the lot, 0 = preferred to all others */
    enum standing *standing;
    uint64_t *votes; /* scaled */
    uint64_t nontransferable;
    uint32_t elected_count, hopeful_count;
    uint32_t *elected_now, *excluded_now; /* since the last round was closed */
    uint32_t elected_now_count, excluded_now_count;
    size_t rounds_room, ties_room;
    enum ties ties;
    const struct count_keep *keep; /* NULL = nobody asks */
};

/* A rule: fills job->ret. */
typedef enum code count_rule_run(struct count_job *job);
/* CODE_NO_MEMORY with the reason set. */
enum code count_job_no_memory(struct count_job *job);

count_rule_run count_plurality, count_approval, count_scottish_stv, count_irv, count_schulze,
    count_wigm_prf, count_meek_prf, count_minneapolis_stv, count_minneapolis_irv, count_lists,
    count_equal_shares, count_seq_phragmen, count_greedy_budget, count_ranked_pairs;

/* Checks the options and opens the tables. */
enum code count_job_open(struct count_job *job) MUST_CHECK;
/* count_run with `keep` to be filled, which may be NULL. */
enum code count_run_keeping(enum count_rule rule, struct count_job *job) MUST_CHECK;
void count_job_elect(struct count_job *job, uint32_t candidate);
void count_job_exclude(struct count_job *job, uint32_t candidate);
/* Closes a round: copies votes and the lists of those elected and excluded since the round before.
 */
enum code count_job_round(struct count_job *job, enum count_event event, uint32_t subject,
                          uint64_t moved) MUST_CHECK;
/* Adds those elected since to the last round that was closed: no votes moved. */
enum code count_job_amend_round(struct count_job *job) MUST_CHECK;
enum code count_job_list(struct count_job *job, const uint32_t *at, uint32_t count,
                         struct count_list *ret) MUST_CHECK;

enum count_wanted { WANT_HIGHEST, WANT_LOWEST };
/* Chooses one of `count` candidates with equal votes: by the votes of the most recent earlier round
 * at which they were unequal (those equal there again by the round before), then by lot. `tied` is
 * left in any order; the decision is noted in ret->ties unless count is 1. */
enum code count_job_break_tie(struct count_job *job, enum count_tie_for what,
                              enum count_wanted want, uint32_t *tied, uint32_t count,
                              uint32_t *ret) MUST_CHECK;
/* The hopeful candidate with the fewest votes, ties broken and noted; `scratch` has one entry per
 * candidate. */
enum code count_job_lowest(struct count_job *job, uint32_t *scratch, uint32_t *ret) MUST_CHECK;
/* CODE_TOO_BIG "ballots" when all ballots scaled by `one` would not fit 64 bits with room to spare.
 */
enum code count_job_fits(struct count_job *job, uint64_t one) MUST_CHECK;
/* Puts a tie on record that a rule broke by itself. */
enum code count_job_note_tie(struct count_job *job, const struct count_tie *tie) MUST_CHECK;
/* Whom the lot prefers. */
uint32_t count_job_by_lot(const struct count_job *job, const uint32_t *tied, uint32_t count);
/* Sorts candidates by votes, highest first, then by earlier rounds, then by lot. */
enum code count_job_sort(struct count_job *job, uint32_t *candidates, uint32_t count) MUST_CHECK;
#endif
