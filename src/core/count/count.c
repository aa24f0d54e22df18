/* count.c - the table of rules and the one entry to them. */
#include "core/count/internal.h"

enum {
    FOR_ELECTIONS = 1, /* see count_rule_for_elections */
    SINGLE_SEAT = 2,
    MOVES_PAPERS = 4,
    BUDGETS = 8,     /* needs no seats where the ballots come with costs */
    EQUAL_RANKS = 16 /* two candidates on one rank mean something */
};

struct rule_row {
    enum count_rule rule;
    const char *name;
    uint32_t version;
    uint32_t flags;
    count_rule_run *run;
};

static const struct rule_row rules[] = {
    {COUNT_PLURALITY, "plurality", 1, FOR_ELECTIONS, count_plurality},
    {COUNT_APPROVAL, "approval", 1, FOR_ELECTIONS | EQUAL_RANKS, count_approval},
    {COUNT_SCOTTISH_STV, "scottish-stv", 1, FOR_ELECTIONS | MOVES_PAPERS, count_scottish_stv},
    {COUNT_IRV, "irv", 1, SINGLE_SEAT | MOVES_PAPERS, count_irv},
    {COUNT_SCHULZE, "schulze", 1, EQUAL_RANKS, count_schulze},
    {COUNT_RANKED_PAIRS, "ranked-pairs", 1, EQUAL_RANKS, count_ranked_pairs},
    {COUNT_MEEK_PRF, "meek-prf", 1, 0, count_meek_prf},
    {COUNT_MINNEAPOLIS_STV, "minneapolis-stv", 1, MOVES_PAPERS, count_minneapolis_stv},
    {COUNT_MINNEAPOLIS_IRV, "minneapolis-irv", 1, SINGLE_SEAT | MOVES_PAPERS,
     count_minneapolis_irv},
    {COUNT_DHONDT, "dhondt", 1, 0, count_lists},
    {COUNT_SAINTE_LAGUE, "sainte-lague", 1, 0, count_lists},
    {COUNT_MODIFIED_SAINTE_LAGUE, "modified-sainte-lague", 1, 0, count_lists},
    {COUNT_HARE_LR, "hare-lr", 1, 0, count_lists},
    {COUNT_DROOP_LR, "droop-lr", 1, 0, count_lists},
    {COUNT_EQUAL_SHARES, "equal-shares", 1, BUDGETS | EQUAL_RANKS, count_equal_shares},
    {COUNT_GREEDY_BUDGET, "greedy-budget", 1, BUDGETS | EQUAL_RANKS, count_greedy_budget},
    {COUNT_SEQ_PHRAGMEN, "seq-phragmen", 1, EQUAL_RANKS, count_seq_phragmen},
    {COUNT_WIGM_PRF, "wigm-prf", 1, MOVES_PAPERS, count_wigm_prf},
};

static const struct rule_row *row_of(enum count_rule rule)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (rules[i].rule == rule) return &rules[i];
    return NULL;
}

static const char *const completions[] = {
    [COUNT_COMPLETION_OWN] = "own",
    [COUNT_COMPLETION_NONE] = "none",
    [COUNT_COMPLETION_ADD1] = "add1",
    [COUNT_COMPLETION_GREEDY] = "greedy",
    [COUNT_COMPLETION_ADD1_GREEDY] = "add1-greedy",
};

const char *count_completion_name(enum count_completion completion)
{
    return completion < COUNT(completions) ? completions[completion] : "unknown";
}

bool count_completion_by_name(str name, enum count_completion *ret)
{
    for (size_t i = COUNT_COMPLETION_NONE; i < COUNT(completions); i++)
        if (str_eq(name, str_from(completions[i]))) {
            *ret = (enum count_completion)i;
            return true;
        }
    return false;
}

const char *count_rule_name(enum count_rule rule)
{
    const struct rule_row *row = row_of(rule);
    return row ? row->name : "unknown";
}

bool count_rule_by_name(str name, enum count_rule *ret)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (str_eq(name, str_from(rules[i].name))) {
            *ret = rules[i].rule;
            return true;
        }
    return false;
}

uint32_t count_rule_version(enum count_rule rule)
{
    const struct rule_row *row = row_of(rule);
    return row ? row->version : 0;
}

bool count_rule_for_elections(enum count_rule rule)
{
    const struct rule_row *row = row_of(rule);
    return row && row->flags & FOR_ELECTIONS;
}

bool count_rule_single_seat(enum count_rule rule)
{
    const struct rule_row *row = row_of(rule);
    return row && row->flags & SINGLE_SEAT;
}

bool count_rule_moves_papers(enum count_rule rule)
{
    const struct rule_row *row = row_of(rule);
    return row && row->flags & MOVES_PAPERS;
}

/* Guessing an order for equal ranks would count what nobody voted for. */
static enum code check_ranks(const struct count_job *job, const struct rule_row *row)
{
    const struct profile *profile = job->profile;
    if (row->flags & EQUAL_RANKS) return CODE_OK;
    for (size_t i = 0; i < profile->preference_count; i++)
        if (profile->preferences[i] & PREFERENCE_EQUAL)
            return fail_set(job->fail, CODE_MALFORMED, "equal",
                            "%s takes no equal ranks on a ballot", row->name);
    return CODE_OK;
}

enum code count_run_keeping(enum count_rule rule, struct count_job *job)
{
    const struct rule_row *row = row_of(rule);
    const struct count_options *options = job->options;
    if (!row)
        return fail_set(job->fail, CODE_MALFORMED, "rule", "unknown counting rule %d", (int)rule);
    if (options->version > row->version)
        return fail_set(job->fail, CODE_MALFORMED, "version",
                        "version %u of %s is not known here, the newest is %u", options->version,
                        row->name, row->version);
    if (options->seats == 0 && !(row->flags & BUDGETS && job->profile->costs))
        return fail_set(job->fail, CODE_MALFORMED, "seats", "expected at least one seat");
    if (row->flags & SINGLE_SEAT && options->seats > 1)
        return fail_set(job->fail, CODE_MALFORMED, "seats", "%s fills one seat, not %u", row->name,
                        options->seats);
    *job->ret = (struct count_result){
        .rule = rule,
        .version = options->version ? options->version : row->version,
        .seats = options->seats,
        .candidates = job->profile->candidates,
        .profile = job->profile,
        .vacated = COUNT_NOBODY,
    };
    TRY(check_ranks(job, row));
    TRY(count_job_open(job));
    return row->run(job);
}

enum code count_run(enum count_rule rule, const struct profile *profile,
                    const struct count_options *options, struct arena *arena,
                    struct count_result *ret, struct fail *fail)
{
    struct count_result result = {0};
    struct count_job job = {
        .profile = profile, .options = options, .arena = arena, .fail = fail, .ret = &result};
    TRY(count_run_keeping(rule, &job));
    *ret = result;
    return CODE_OK;
}
