/* count_cities_test.c - Minneapolis 2013, park board and mayor, 80,101 ballots each, against the
 * round tables that the cities' tabulation program (RCTab) expects of itself; the park board's
 * winners are the declared ones. */
#include "check.h"
#include "core/count/count.h"
#include "count_data.h"
#include "vectors.h"

enum { NAMES_MAX = 64, RANKS_MAX = 32, PREFIX_MAX = 60 };

struct city_rules {
    const char *name;
    enum count_rule rule;
    uint32_t seats, skips_allowed; /* more ranks than this left out in a row end a ballot */
    bool overvote_ends;
};

struct contest {
    const struct city_rules *rules;
    struct arena arena;
    char *csv;
    struct vec *config, *report;
    str names[NAMES_MAX]; /* candidates, then the undeclared write-ins */
    uint32_t count;
    struct profile profile;
    struct count_result result;
};

static uint32_t find_name(const struct contest *c, str name)
{
    if (str_eq(name, STR("UWI"))) return c->count - 1;
    for (uint32_t i = 0; i < c->count; i++)
        if (str_eq(name, c->names[i])) return i;
    return COUNT_NOBODY;
}

static str next_cell(str *line)
{
    str cell = {0};
    if (line->len && line->at[0] == ',') *line = str_sub(*line, 1, line->len);
    if (line->len && line->at[0] == '"') {
        *line = str_sub(*line, 1, line->len);
        cell = str_cut(line, '"');
    } else {
        size_t end = str_find(*line, ',');
        cell = str_sub(*line, 0, end);
        *line = str_sub(*line, end, line->len);
    }
    return str_trim(cell);
}

/* One row of the city's record: "27","overvote","A","undervote". */
static void add_row(struct contest *c, str line)
{
    uint32_t ballot[RANKS_MAX], length = 0, skipped = 0;
    uint64_t weight = 0;
    CHECK(str_to_u64(next_cell(&line), &weight), "weight");
    while (line.len && length < RANKS_MAX) {
        str cell = next_cell(&line);
        if (str_eq(cell, STR("undervote"))) {
            if (++skipped > c->rules->skips_allowed) break;
            continue;
        }
        skipped = 0;
        if (str_eq(cell, STR("overvote"))) {
            if (c->rules->overvote_ends) break;
            continue;
        }
        uint32_t candidate = find_name(c, cell);
        if (!CHECK(candidate != COUNT_NOBODY, "who is %.*s", STR_ARG(cell))) return;
        bool again = false;
        for (uint32_t i = 0; i < length; i++) again |= ballot[i] == candidate;
        if (!again) ballot[length++] = candidate;
    }
    CHECK(profile_add(&c->profile, weight, ballot, length, NULL) == CODE_OK, "add");
}

static bool open_contest(struct contest *c, const struct city_rules *rules)
{
    char name[200];
    size_t len = 0;
    *c = (struct contest){.rules = rules};
    arena_init(&c->arena, alloc_libc, (size_t)256 << 20);
    snprintf(name, sizeof name, "stv-minneapolis/%s.ballots.csv.gz", rules->name);
    c->csv = data_gunzip(name, &len);
    snprintf(name, sizeof name, "stv-minneapolis/%s_config.json", rules->name);
    c->config = vec_load(name);
    snprintf(name, sizeof name, "stv-minneapolis/%s_expected_detailed_report.json", rules->name);
    c->report = vec_load(name);
    if (!c->csv || !c->config || !c->report) return false;
    const struct vec *candidates = vec_get(c->config, "candidates");
    for (; c->count < vec_count(candidates) && c->count < NAMES_MAX - 1; c->count++)
        c->names[c->count] = vec_str(vec_at(candidates, c->count), "name");
    c->names[c->count++] = STR("Undeclared Write-ins");
    if (!CHECK(profile_init(&c->profile, c->count, &c->arena, NULL) == CODE_OK, "init"))
        return false;
    c->profile.undeclared[c->count - 1] = true;
    str rest = {c->csv, len};
    str_cut(&rest, '\n');
    while (rest.len) add_row(c, str_cut(&rest, '\n'));
    return CHECK(c->profile.ballots == 80101, "%llu ballots",
                 (unsigned long long)c->profile.ballots);
}

static void close_contest(struct contest *c)
{
    if (c->report) vec_done(c->report);
    if (c->config) vec_done(c->config);
    free(c->csv);
    arena_done(&c->arena);
}

/* Did anything move or leave at the end of that round of the report? */
static bool anything_moved(const struct vec *round)
{
    const struct vec *results = vec_get(round, "tallyResults");
    for (size_t i = 0; i < vec_count(results); i++) {
        const struct vec *result = vec_at(results, i);
        if (vec_get(result, "eliminated")) return true;
    }
    return false;
}

static void compare_tally(const struct contest *c, const struct vec *round, uint32_t stage)
{
    const struct count_round *ours = &c->result.rounds[stage];
    char key[PREFIX_MAX];
    for (uint32_t i = 0; i < c->count; i++) {
        snprintf(key, sizeof key, "%.*s", STR_ARG(c->names[i]));
        str theirs = vec_str(vec_get(round, "tally"), key);
        uint64_t votes = ours->votes[i];
        for (uint32_t places = c->result.places; places < 9; places++) votes *= 10;
        CHECK(data_decimal(theirs, NULL) == votes, "%s round %u %s: %.*s, ours %llu",
              c->rules->name, stage + 1, key, STR_ARG(theirs), (unsigned long long)votes);
    }
    uint64_t quota = ours->quota;
    for (uint32_t places = c->result.places; places < 9; places++) quota *= 10;
    CHECK(data_decimal(vec_str(round, "threshold"), NULL) == quota, "%s round %u: threshold",
          c->rules->name, stage + 1);
}

/* A surplus of zero is a round of the report in which nothing moves: not one of ours. */
static void compare_rounds(const struct contest *c)
{
    const struct vec *rounds = vec_get(c->report, "results");
    uint32_t stage = 0;
    bool moved = true;
    for (size_t i = 0; i < vec_count(rounds); i++) {
        const struct vec *round = vec_at(rounds, i);
        if (moved && stage < c->result.round_count) compare_tally(c, round, stage++);
        moved = anything_moved(round);
    }
    CHECK(stage == c->result.round_count, "%s: %u rounds compared, ours %u", c->rules->name, stage,
          c->result.round_count);
}

static void check_winners(const struct contest *c, bool ordinance)
{
    static const char *const park[] = {"JOHN ERWIN", "ANNIE YOUNG", "MEG FORNEY"},
                             *const mayor[] = {"BETSY HODGES"};
    const char *const *expected = c->rules->seats == 3 ? park : mayor;
    if (!CHECK(c->result.winners.count == c->rules->seats, "%s: winners", c->rules->name)) return;
    for (uint32_t i = 0; i < c->rules->seats; i++)
        CHECK(str_eq(c->names[c->result.winners.at[i]], str_from(expected[i])), "%s%s: %.*s",
              c->rules->name, ordinance ? " by the ordinance" : "",
              STR_ARG(c->names[c->result.winners.at[i]]));
}

static void test_contest(const struct city_rules *rules)
{
    struct contest c;
    if (open_contest(&c, rules)) {
        struct count_options options = {.seats = rules->seats, .tabulator = true};
        CHECK(count_run(rules->rule, &c.profile, &options, &c.arena, &c.result, NULL) == CODE_OK,
              "count");
        check_winners(&c, false);
        compare_rounds(&c);
        options.tabulator = false;
        CHECK(count_run(rules->rule, &c.profile, &options, &c.arena, &c.result, NULL) == CODE_OK,
              "count");
        check_winners(&c, true);
    }
    close_contest(&c);
}

int main(void)
{
    static const struct city_rules park = {"2013_minneapolis_park", COUNT_MINNEAPOLIS_STV, 3, 2,
                                           false};
    static const struct city_rules mayor = {"2013_minneapolis_mayor", COUNT_MINNEAPOLIS_IRV, 1, 1,
                                            true};
    test_contest(&park);
    test_contest(&mayor);
    return check_done();
}
