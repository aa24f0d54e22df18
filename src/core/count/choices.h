/* choices.h - equal claims in rules that pick one candidate after another: broken by lot, or all
 * followed in turn so that every outcome the rule allows is found. */
#ifndef PLENARY_CORE_COUNT_CHOICES_H
#define PLENARY_CORE_COUNT_CHOICES_H
#include "core/count/internal.h"

/* How far ties are followed: sets, runs, and in all runs together preferences looked at. */
enum { CHOICES_SETS_MAX = 2000, CHOICES_RUNS_MAX = 20000, CHOICES_WORK_MAX = 100000000 };

struct choices {
    struct count_job *job;
    bool quiet;                /* break ties without noting them: a trial run */
    bool follow;               /* take taken[i] at the i-th tie instead of breaking it */
    uint32_t *taken, *options; /* one per tie met, room for one per candidate */
    uint32_t used, depth;
};

/* A rule that elects into `elected` (room for every candidate). */
typedef enum code choices_rule(void *rule, struct choices *choices, uint32_t *elected,
                               uint32_t *ret_count);

/* One of `tied`. Breaks and notes the tie by lot, or follows the path. */
enum code choices_take(struct choices *choices, uint32_t *tied, uint32_t count,
                       uint32_t *ret) MUST_CHECK;
/* Runs the rule along every path and keeps the different sets, each in ascending order, the sets in
 * lexical order, in job->ret->sets. None are kept when there are too many. */
enum code choices_follow_all(struct count_job *job, choices_rule *run, void *rule) MUST_CHECK;
/* Adds a set to job->ret->sets, which has room for CHOICES_SETS_MAX; its members in ascending
 * order. */
enum code choices_add_set(struct count_job *job, const struct count_list *set) MUST_CHECK;
/* The sets in lexical order. */
enum code choices_sort_sets(struct count_job *job) MUST_CHECK;
#endif
