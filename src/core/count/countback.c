/* countback.c - see countback.h. */
#include "core/count/countback.h"
#include "core/count/papers.h"

enum seat { SEAT_NEVER = 0, SEAT_BY_ELECTION, SEAT_BY_COUNTBACK, SEAT_LEFT };

struct countback {
    enum count_rule rule;
    const struct profile *profile;
    const struct count_options *options;
    const struct countback_history *history;
    struct arena *arena;
    struct fail *fail;
    enum seat *seat; /* one per candidate */
    uint64_t **held; /* papers of those who sit by countback, one table per candidate */
    uint32_t places; /* of the values */
};

static enum code no_memory(const struct countback *back)
{
    return fail_set(back->fail, CODE_NO_MEMORY, "memory",
                    "the countback needs more memory than it was given");
}

/* Runs the election once more; with `keep`, to see which papers that candidate held. */
static enum code run_election(struct countback *back, const struct count_keep *keep,
                              struct count_result *ret)
{
    struct count_job job = {.profile = back->profile,
                            .options = back->options,
                            .arena = back->arena,
                            .fail = back->fail,
                            .ret = ret,
                            .keep = keep};
    return count_run_keeping(back->rule, &job);
}

static enum code new_table(const struct countback *back, uint64_t **ret)
{
    size_t groups = back->profile->group_count;
    *ret = ARENA_ARRAY(back->arena, groups ? groups : 1, uint64_t);
    return *ret ? CODE_OK : no_memory(back);
}

static enum code papers_of(struct countback *back, uint32_t vacating, uint64_t **ret)
{
    if (back->seat[vacating] == SEAT_BY_COUNTBACK) {
        *ret = back->held[vacating];
        return CODE_OK;
    }
    struct count_result election;
    TRY(new_table(back, ret));
    struct count_keep keep = {vacating, *ret};
    return run_election(back, &keep, &election);
}

/* The candidates of the election with all but those who contest passed over. */
static enum code contest(struct countback *back, const struct countback_vacancy *vacancy,
                         struct profile **ret)
{
    uint32_t n = back->profile->candidates;
    struct profile *profile = ARENA_NEW(back->arena, struct profile);
    bool *withdrawn = ARENA_ARRAY(back->arena, n, bool);
    if (!profile || !withdrawn) return no_memory(back);
    *profile = *back->profile;
    profile->withdrawn = withdrawn;
    for (uint32_t i = 0; i < n; i++)
        withdrawn[i] = back->profile->withdrawn[i] || back->seat[i] != SEAT_NEVER ||
                       (vacancy->contesting && !vacancy->contesting[i]);
    *ret = profile;
    return CODE_OK;
}

static bool anyone_stands(const struct profile *profile)
{
    for (uint32_t i = 0; i < profile->candidates; i++)
        if (!profile->withdrawn[i]) return true;
    return false;
}

/* Ballots with a value that name somebody who contests. */
static uint64_t ballots_for(const struct profile *profile, const uint64_t *values)
{
    uint64_t ballots = 0;
    for (size_t i = 0; i < profile->group_count; i++) {
        const struct ballot_group *group = &profile->groups[i];
        for (uint32_t k = 0; values[i] && k < group->length; k++)
            if (!profile->withdrawn[preference_candidate(profile->preferences[group->first + k])]) {
                ballots += group->weight;
                break;
            }
    }
    return ballots;
}

static enum code run_off(struct countback *back, struct count_job *job, const uint64_t *values)
{
    struct papers papers = {0};
    TRY(count_job_open(job));
    job->ret->valid = ballots_for(job->profile, values);
    if (job->ret->valid == 0) return CODE_OK;
    TRY(papers_open(&papers, job, 0, values));
    TRY(papers_run_off(&papers));
    uint32_t winner = job->ret->winners.at[0];
    TRY(new_table(back, &back->held[winner]));
    struct count_keep keep = {winner, back->held[winner]};
    job->keep = &keep;
    papers_close(&papers);
    job->keep = NULL;
    back->seat[winner] = SEAT_BY_COUNTBACK;
    return CODE_OK;
}

static enum code fill_vacancy(struct countback *back, const struct countback_vacancy *vacancy,
                              struct count_result *ret)
{
    uint32_t vacating = vacancy->vacating;
    if (vacating >= back->profile->candidates || back->seat[vacating] == SEAT_NEVER ||
        back->seat[vacating] == SEAT_LEFT)
        return fail_set(back->fail, CODE_MALFORMED, "vacating",
                        "candidate %u holds no seat to vacate", vacating + 1);
    struct profile *profile = NULL;
    uint64_t *values = NULL;
    TRY(papers_of(back, vacating, &values));
    back->seat[vacating] = SEAT_LEFT;
    TRY(contest(back, vacancy, &profile));
    uint32_t version =
        back->options->version ? back->options->version : count_rule_version(back->rule);
    *ret = (struct count_result){.rule = back->rule,
                                 .version = version,
                                 .seats = 1,
                                 .candidates = profile->candidates,
                                 .profile = profile,
                                 .places = back->places,
                                 .vacated = vacating};
    if (!anyone_stands(profile)) return CODE_OK;
    struct count_options options = {.version = version, .seats = 1, .lot = back->options->lot};
    struct count_job job = {.profile = profile,
                            .options = &options,
                            .arena = back->arena,
                            .fail = back->fail,
                            .ret = ret};
    return run_off(back, &job, values);
}

static enum code open_seats(struct countback *back)
{
    struct count_result election;
    uint32_t n = back->profile->candidates;
    TRY(run_election(back, NULL, &election));
    back->seat = ARENA_ARRAY(back->arena, n, enum seat);
    back->held = ARENA_ARRAY(back->arena, n, uint64_t *);
    if (!back->seat || !back->held) return no_memory(back);
    back->places = election.places;
    for (uint32_t i = 0; i < election.winners.count; i++)
        back->seat[election.winners.at[i]] = SEAT_BY_ELECTION;
    return CODE_OK;
}

enum code countback_run(enum count_rule rule, const struct profile *profile,
                        const struct count_options *options,
                        const struct countback_history *history, struct arena *arena,
                        struct count_result *ret, struct fail *fail)
{
    struct countback back = {.rule = rule,
                             .profile = profile,
                             .options = options,
                             .history = history,
                             .arena = arena,
                             .fail = fail};
    struct count_result result;
    if (!count_rule_moves_papers(rule))
        return fail_set(fail, CODE_MALFORMED, "rule", "%s has a reserve list, no countback",
                        count_rule_name(rule));
    if (history->count == 0 || history->count > COUNTBACK_VACANCIES_MAX)
        return fail_set(fail, CODE_MALFORMED, "vacancies", "expected 1 to %d vacancies",
                        COUNTBACK_VACANCIES_MAX);
    TRY(open_seats(&back));
    for (uint32_t i = 0; i < history->count; i++)
        TRY(fill_vacancy(&back, &history->vacancies[i], &result));
    *ret = result;
    return CODE_OK;
}
