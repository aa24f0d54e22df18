/* choices.c - see choices.h. */
#include "core/count/choices.h"
#include "base/sort.h"

enum code choices_take(struct choices *choices, uint32_t *tied, uint32_t count, uint32_t *ret)
{
    if (choices->quiet) {
        *ret = count_job_by_lot(choices->job, tied, count);
        return CODE_OK;
    }
    if (!choices->follow)
        return count_job_break_tie(choices->job, COUNT_TIE_ELECTION, WANT_HIGHEST, tied, count,
                                   ret);
    *ret = tied[0];
    if (count == 1) return CODE_OK;
    if (choices->used == choices->depth) {
        choices->taken[choices->depth] = 0;
        choices->options[choices->depth++] = count;
    }
    *ret = tied[choices->taken[choices->used++]];
    return CODE_OK;
}

/* The next path in order: the last tie that has another option takes it, what follows is forgotten.
 */
static bool next_path(struct choices *choices)
{
    while (choices->depth > 0) {
        uint32_t last = choices->depth - 1;
        if (++choices->taken[last] < choices->options[last]) return true;
        choices->depth--;
    }
    return false;
}

static int by_number(const void *left, const void *right, const void *context)
{
    (void)context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static int by_list(const void *left, const void *right, const void *context)
{
    (void)context;
    const struct count_list *a = left, *b = right;
    for (uint32_t i = 0; i < a->count && i < b->count; i++)
        if (a->at[i] != b->at[i]) return a->at[i] < b->at[i] ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

static bool known(const struct count_list *sets, uint32_t count, const struct count_list *set)
{
    for (uint32_t i = 0; i < count; i++)
        if (by_list(&sets[i], set, NULL) == 0) return true;
    return false;
}

enum code choices_add_set(struct count_job *job, const struct count_list *set)
{
    struct count_list *copy = &job->ret->sets[job->ret->set_count];
    TRY(count_job_list(job, set->at, set->count, copy));
    if (set->count && sort_stable(copy->at, copy->count, sizeof *copy->at, by_number, NULL,
                                  job->arena->alloc) != CODE_OK)
        return count_job_no_memory(job);
    job->ret->set_count++;
    return CODE_OK;
}

enum code choices_sort_sets(struct count_job *job)
{
    struct count_result *ret = job->ret;
    if (ret->set_count && sort_stable(ret->sets, ret->set_count, sizeof *ret->sets, by_list, NULL,
                                      job->arena->alloc) != CODE_OK)
        return count_job_no_memory(job);
    return CODE_OK;
}

/* Adds the set unless it is there already; false when there is no more room. */
static enum code keep(struct count_job *job, uint32_t *elected, uint32_t count, bool *ret_room)
{
    struct count_result *ret = job->ret;
    struct count_list set = {elected, count};
    *ret_room = ret->set_count < CHOICES_SETS_MAX;
    if (!*ret_room) return CODE_OK;
    TRY(choices_add_set(job, &set));
    if (known(ret->sets, ret->set_count - 1, &ret->sets[ret->set_count - 1])) ret->set_count--;
    return CODE_OK;
}

enum code choices_follow_all(struct count_job *job, choices_rule *run, void *rule)
{
    uint32_t n = job->profile->candidates, count = 0, runs = 0;
    struct choices choices = {.job = job, .follow = true};
    choices.taken = ARENA_ARRAY(job->arena, (size_t)n + 1, uint32_t);
    choices.options = ARENA_ARRAY(job->arena, (size_t)n + 1, uint32_t);
    uint32_t *elected = ARENA_ARRAY(job->arena, (size_t)n + 1, uint32_t);
    job->ret->sets = ARENA_ARRAY(job->arena, CHOICES_SETS_MAX, struct count_list);
    if (!choices.taken || !choices.options || !elected || !job->ret->sets)
        return count_job_no_memory(job);
    uint64_t work =
        ((uint64_t)job->profile->preference_count + 1) * ((uint64_t)job->ret->seats + 1);
    uint64_t runs_max =
        CHOICES_WORK_MAX / work < CHOICES_RUNS_MAX ? CHOICES_WORK_MAX / work : CHOICES_RUNS_MAX;
    bool room = true;
    do {
        choices.used = 0;
        TRY(run(rule, &choices, elected, &count));
        TRY(keep(job, elected, count, &room));
    } while (room && ++runs < runs_max && next_path(&choices));
    if (!room || choices.depth > 0) job->ret->set_count = 0; /* too many to list: none */
    return choices_sort_sets(job);
}
