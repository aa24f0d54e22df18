/* budget.c - committees and participatory budgets: equal shares with its completions, and greedy
 * for comparison. */
#include "core/count/shares.h"

enum { ADD1_RUNS_MAX = 1000000 };

static uint64_t unit_of(const struct profile *profile)
{
    return profile->costs ? profile->cost_unit : 1;
}

static bool uses_increments(const struct count_job *job)
{
    enum count_completion completion = job->ret->completion;
    return completion == COUNT_COMPLETION_ADD1 || completion == COUNT_COMPLETION_ADD1_GREEDY;
}

/* [equalshares.net, "Add1"] every voter gets one more unit of money until the outcome would cost
 * more than the budget or nothing more fits; the last outcome that can be paid for stands. How much
 * more that is. */
static enum code find_increment(struct shares *shares, uint64_t *ret)
{
    struct count_job *job = shares->job;
    struct choices quiet = {.job = job, .quiet = true};
    uint64_t unit = unit_of(job->profile);
    uint32_t *elected = ARENA_ARRAY(job->arena, (size_t)shares->projects + 1, uint32_t), count = 0;
    if (!elected) return count_job_no_memory(job);
    *ret = 0;
    for (uint64_t extra = 0; extra / unit < ADD1_RUNS_MAX; extra += unit) {
        TRY(shares_buy(shares, extra, &quiet, elected, &count));
        if (shares_cost(shares, elected, count) > shares->budget) return CODE_OK;
        *ret = extra;
        if (shares_exhaustive(shares, elected, count)) return CODE_OK;
    }
    return fail_set(job->fail, CODE_TOO_BIG, "completion",
                    "add1 does not end within %d units a voter", ADD1_RUNS_MAX);
}

struct equal_shares {
    struct shares shares;
    uint64_t extra;
};

static enum code run_equal_shares(void *rule, struct choices *choices, uint32_t *elected,
                                  uint32_t *ret_count)
{
    struct equal_shares *equal = rule;
    struct shares *shares = &equal->shares;
    enum count_completion completion = shares->job->ret->completion;
    TRY(shares_buy(shares, equal->extra, choices, elected, ret_count));
    if (!choices->follow && !choices->quiet) shares_note_left(shares);
    if (completion == COUNT_COMPLETION_GREEDY || completion == COUNT_COMPLETION_ADD1_GREEDY)
        TRY(shares_complete_greedily(shares, choices, elected, ret_count));
    return CODE_OK;
}

static enum code run_greedy(void *rule, struct choices *choices, uint32_t *elected,
                            uint32_t *ret_count)
{
    struct equal_shares *equal = rule;
    *ret_count = 0;
    return shares_complete_greedily(&equal->shares, choices, elected, ret_count);
}

/* The outcome with ties broken, and for committees every outcome there could be. */
static enum code elect_all(struct count_job *job, struct equal_shares *equal, choices_rule *run)
{
    struct choices choices = {.job = job};
    uint32_t count = 0, n = job->profile->candidates;
    uint32_t *elected = ARENA_ARRAY(job->arena, (size_t)n + 1, uint32_t);
    if (!elected) return count_job_no_memory(job);
    TRY(run(equal, &choices, elected, &count));
    for (uint32_t i = 0; i < count; i++) count_job_elect(job, elected[i]);
    for (uint32_t i = 0; i < n; i++) job->votes[i] = equal->shares.support[i];
    job->ret->cost = shares_cost(&equal->shares, elected, count);
    job->ret->budget = equal->shares.budget;
    job->ret->projects = equal->shares.notes;
    for (uint32_t i = 0; i < count; i++) equal->shares.notes[elected[i]].selected = true;
    TRY(count_job_round(job, COUNT_EVENT_FIRST, COUNT_NOBODY, 0));
    return job->profile->costs ? CODE_OK : choices_follow_all(job, run, equal);
}

static enum code settle_completion(struct count_job *job)
{
    enum count_completion wanted = job->options->completion;
    bool budget = job->profile->costs != NULL;
    if (wanted == COUNT_COMPLETION_OWN)
        wanted = budget ? COUNT_COMPLETION_ADD1 : COUNT_COMPLETION_GREEDY;
    job->ret->completion = wanted;
    if (!budget && uses_increments(job))
        return fail_set(job->fail, CODE_MALFORMED, "completion",
                        "seats have no unit of money to add: none or greedy");
    return CODE_OK;
}

static enum code count_shares(struct count_job *job, choices_rule *run, bool with_increments)
{
    struct equal_shares equal = {.extra = 0};
    enum code code = shares_open(&equal.shares, job);
    if (code == CODE_OK && with_increments) code = find_increment(&equal.shares, &equal.extra);
    if (code == CODE_OK) code = elect_all(job, &equal, run);
    shares_done(&equal.shares);
    return code;
}

enum code count_equal_shares(struct count_job *job)
{
    TRY(settle_completion(job));
    return count_shares(job, run_equal_shares, uses_increments(job));
}

enum code count_greedy_budget(struct count_job *job)
{
    job->ret->completion = COUNT_COMPLETION_NONE;
    return count_shares(job, run_greedy, false);
}
