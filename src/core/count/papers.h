/* papers.h - ballot papers in piles, for rules that move papers from candidate to candidate at a
 * value. */
#ifndef PLENARY_CORE_COUNT_PAPERS_H
#define PLENARY_CORE_COUNT_PAPERS_H
#include "core/count/internal.h"

#define PAPERS_NOBODY UINT32_MAX

/* One group of identical papers. */
struct paper {
    uint64_t value;    /* of one paper, scaled; what its holder received it at */
    uint32_t position; /* of the holder's preference in the ballot */
    uint32_t next;     /* group in the same pile, PAPERS_NOBODY at the end */
};

struct papers {
    struct count_job *job;
    struct paper *paper; /* one per ballot group */
    uint32_t *pile;      /* one per candidate: its first group */
};

/* Every paper credited to its first preference who stands, at `value` each; at values[group] each
 * when `values` is given, where 0 leaves the group out. Papers that name nobody who stands are in
 * no pile. */
enum code papers_open(struct papers *papers, struct count_job *job, uint64_t value,
                      const uint64_t *values) MUST_CHECK;
enum papers_rounding {
    PAPERS_ROUND_ONCE,     /* value * times / divided_by, cut off */
    PAPERS_ROUND_FRACTION, /* times / divided_by cut off to the places, then that part of value cut
                              off */
    PAPERS_ROUND_EACH      /* value * times cut off to the places, then divided and cut off again */
};

/* The part of its value at which a paper moves on. */
struct papers_part {
    uint64_t times, divided_by;
    enum papers_rounding rounding;
    uint64_t one; /* 10^places */
};

/* Moves the pile of `from` to the next hopeful preferences, at full value when `part` is NULL. A
 * paper worth nothing any more leaves the count. Credits job->votes of the receivers; takes nothing
 * from `from`. */
void papers_move(struct papers *papers, uint32_t from, const struct papers_part *part);
/* When job->keep asks for a candidate's papers: notes those still in the pile at the end of the
 * count. What an elected candidate keeps of papers whose surplus moved on is noted by papers_move.
 */
void papers_close(const struct papers *papers);

/* Excludes the candidate with the fewest votes until one holds more than half of the votes still
 * with candidates; then, and when a single candidate is left, that one is elected. */
enum code papers_run_off(struct papers *papers) MUST_CHECK;
#endif
