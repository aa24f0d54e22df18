/* count_budget_test.c - participatory budgets: the outcomes another program (pabutools) finds for
 * real budgets, the official outcome of one city, and cases worked by hand. */
#include "base/rational.h"
#include "base/sha256.h"
#include "check.h"
#include "core/count/count.h"
#include "core/count/format.h"
#include "count_data.h"

struct budget {
    struct arena arena;
    char *text;
    struct profile profile;
    struct count_result result;
};

static bool budget_open(struct budget *b, const char *path)
{
    size_t len = 0;
    struct fail fail = {0};
    *b = (struct budget){.text = check_read_file(path, &len)};
    arena_init(&b->arena, alloc_libc, (size_t)512 << 20);
    if (!CHECK(b->text, "cannot read %s", path)) return false;
    return CHECK(format_pb_read((str){b->text, len}, &b->arena, &b->profile, &fail) == CODE_OK,
                 "%s:%llu:%llu %s", path, (unsigned long long)fail.line,
                 (unsigned long long)fail.column, fail.message);
}

static void budget_close(struct budget *b)
{
    arena_done(&b->arena);
    free(b->text);
}

static bool budget_count(struct budget *b, enum count_rule rule,
                         const struct count_options *options)
{
    struct fail fail = {0};
    return CHECK(count_run(rule, &b->profile, options, &b->arena, &b->result, &fail) == CODE_OK,
                 "%s", fail.message);
}

/* Is the list behind `key` in a line of the expected outcomes what was selected? Absent keys are.
 */
static void compare_selection(const struct budget *b, str line, const char *key, str file)
{
    str rest = data_after(line, key), id = {0};
    if (rest.len == 0) return;
    uint32_t listed = 0, found = 0;
    for (; data_item(&rest, &id); listed++)
        for (uint32_t i = 0; i < b->result.winners.count; i++)
            found += str_eq(b->profile.ids[b->result.winners.at[i]], id);
    CHECK(listed == found && listed == b->result.winners.count,
          "%.*s %s: %u expected, %u selected, %u in common", STR_ARG(file), key, listed,
          b->result.winners.count, found);
}

static void compare_line(str line, const char *unpacked)
{
    static const struct {
        const char *key, *tied;
        enum count_rule rule;
        struct count_options options;
    } runs[] = {
        {"mes_cost", "mes_cost_tied", COUNT_EQUAL_SHARES, {.completion = COUNT_COMPLETION_NONE}},
        {"mes_card",
         "mes_card_tied",
         COUNT_EQUAL_SHARES,
         {.completion = COUNT_COMPLETION_NONE, .satisfaction = COUNT_SATISFACTION_CARDINALITY}},
        {"mes_cost_add1",
         "mes_cost_tied",
         COUNT_EQUAL_SHARES,
         {.completion = COUNT_COMPLETION_ADD1}},
        {"mes_cost_add1_util",
         "mes_cost_tied",
         COUNT_EQUAL_SHARES,
         {.completion = COUNT_COMPLETION_ADD1_GREEDY}},
        {"greedy_cost", NULL, COUNT_GREEDY_BUDGET, {.seats = 0}},
        {"greedy_card",
         NULL,
         COUNT_GREEDY_BUDGET,
         {.satisfaction = COUNT_SATISFACTION_CARDINALITY}},
    };
    str file = data_after(line, "file");
    data_item(&file, &file);
    char path[2 * DATA_PATH_MAX];
    struct budget b;
    snprintf(path, sizeof path, "%s/%.*s", unpacked, STR_ARG(file));
    if (budget_open(&b, path)) {
        for (size_t i = 0; i < COUNT(runs); i++) {
            bool tied = runs[i].tied && str_starts(data_after(line, runs[i].tied), STR("true"));
            if (tied || data_after(line, runs[i].key).len == 0) continue;
            if (!budget_count(&b, runs[i].rule, &runs[i].options)) continue;
            if (!runs[i].tied && b.result.tie_count) continue;
            compare_selection(&b, line, runs[i].key, file);
            CHECK(b.result.cost <= b.result.budget, "%.*s: over budget", STR_ARG(file));
        }
    }
    budget_close(&b);
}

/* Assen 2024 was decided by equal shares with add1: nine projects. */
static void test_assen(const char *unpacked)
{
    char path[2 * DATA_PATH_MAX];
    struct budget b;
    snprintf(path, sizeof path, "%s/Netherlands_Assen_2024.pb", unpacked);
    if (budget_open(&b, path)) {
        struct count_options options = {.seats = 0};
        if (budget_count(&b, COUNT_EQUAL_SHARES, &options)) {
            static const char *const official[] = {"3", "9", "2", "11", "13", "14", "5", "6", "12"};
            uint32_t found = 0;
            for (size_t i = 0; i < COUNT(official); i++)
                for (uint32_t k = 0; k < b.result.winners.count; k++)
                    found += str_eq(b.profile.ids[b.result.winners.at[k]], str_from(official[i]));
            CHECK(found == COUNT(official) && b.result.winners.count == COUNT(official), "%u of 9",
                  found);
        }
    }
    budget_close(&b);
}

static void test_published(void)
{
    char unpacked[DATA_PATH_MAX], path[2 * DATA_PATH_MAX];
    size_t len = 0;
    if (!data_unpack("pb/pabulib.tar.xz", unpacked)) {
        check_skip("no pb data: real budgets are not compared");
        return;
    }
    snprintf(path, sizeof path, "%s/pb/expected.jsonl", check_data_dir());
    char *text = check_read_file(path, &len);
    if (CHECK(text, "expected.jsonl is there")) {
        uint32_t lines = 0;
        for (str rest = {text, len}; rest.len; lines++)
            compare_line(str_cut(&rest, '\n'), unpacked);
        CHECK(lines == 31, "%u budgets", lines);
    }
    test_assen(unpacked);
    free(text);
    data_remove(unpacked);
}

static const char *const hand =
    "META\nkey;value\ndescription;\"A; \"\"small\"\" "
    "one\"\nnum_projects;3\nnum_votes;4\nbudget;100.50\nvote_type;approval\n"
    "PROJECTS\nproject_id;cost;name\nP1;60.25;Park\nX;40;Bench\n7;30;Tree\n"
    "VOTES\nvoter_id;vote;age\na;P1,X;30\nb;P1;\nc;7,X;\nd;P1;4\n";

/* 25.125 each. X: 20.00 from two (0.5 per unit of cost), P1: 20.083.. from three (0.333..): P1
 * first. Then the supporters of X have 5.04 and 25.125: not enough; 7 has 25.125 only. Completion:
 * X still fits. */
static void test_by_hand(void)
{
    struct budget b = {0};
    struct buf out;
    struct count_options none = {.completion = COUNT_COMPLETION_NONE},
                         greedy = {.completion = COUNT_COMPLETION_GREEDY};
    struct count_options add1 = {.seats = 0};
    arena_init(&b.arena, alloc_libc, 1 << 22);
    buf_init(&out, alloc_libc, 1 << 16);
    CHECK(format_pb_read(str_from(hand), &b.arena, &b.profile, NULL) == CODE_OK, "read");
    CHECK(b.profile.budget == 10050 && b.profile.cost_unit == 100 && b.profile.costs[1] == 4000,
          "cents");
    CHECK(str_eq(b.profile.title, STR("A; \"\"small\"\" one")), "%.*s", STR_ARG(b.profile.title));
    if (budget_count(&b, COUNT_EQUAL_SHARES, &none)) {
        CHECK(b.result.winners.count == 1 && b.result.winners.at[0] == 0 && b.result.cost == 6025,
              "P1 alone");
        count_result_json(&b.result, &out);
        CHECK(str_eq(buf_str(&out), STR("{\"rule\":\"equal-shares\",\"completion\":\"none\","
                                        "\"selected\":[\"P1\"],\"cost\":\"60.25\","
                                        "\"explanations\":{\"P1\":\"3 supporters, cost 60.25: "
                                        "bought, 3 supporters paid 20.08 each\","
                                        "\"X\":\"2 supporters, cost 40: not bought, its supporters "
                                        "together have 30.16 left\","
                                        "\"7\":\"1 supporters, cost 30: not bought, its supporters "
                                        "together have 25.12 left\"}}")),
              "%.*s", STR_ARG(buf_str(&out)));
    }
    if (budget_count(&b, COUNT_EQUAL_SHARES, &greedy))
        CHECK(b.result.winners.count == 2 && b.result.winners.at[1] == 1 && b.result.cost == 10025,
              "and X");
    if (budget_count(&b, COUNT_EQUAL_SHARES, &add1))
        CHECK(b.result.winners.count == 2 && b.result.cost <= 10050,
              "more money buys a second one");
    buf_clear(&out);
    count_explain_text(&b.result, &out);
    CHECK(buf_check(&out) == CODE_OK && out.len > 100, "told");
    buf_done(&out);
    arena_done(&b.arena);
}

enum { VOTERS = 9, PROJECTS = 6 };

struct naive { /* the rule once more: single voters, fractions, no order of looking */
    struct rational money[VOTERS], rho[PROJECTS], sum, want, part;
    bool approves[VOTERS][PROJECTS], open[PROJECTS];
    uint64_t cost[PROJECTS];
};

/* The smallest payment q with sum of min(money, q) = cost, tried for every number of full payers.
 */
static bool naive_price(struct naive *naive, uint32_t p)
{
    for (uint64_t payers = VOTERS; payers > 0; payers--) {
        uint64_t rich = 0;
        bool fits = true;
        for (uint32_t limit = 0; limit < VOTERS;
             limit++) { /* voters poorer than this one pay all */
            if (!naive->approves[limit][p]) continue;
            rational_set(&naive->sum, 0, 1);
            rich = 0;
            for (uint32_t v = 0; v < VOTERS; v++) {
                if (!naive->approves[v][p]) continue;
                bool poor = rational_cmp(&naive->money[v], &naive->money[limit]) < 0;
                if (poor) rational_add(&naive->sum, &naive->sum, &naive->money[v]);
                rich += !poor;
            }
            if (rich != payers) continue;
            rational_set(&naive->want, naive->cost[p], 1);
            rational_sub(&naive->want, &naive->want, &naive->sum);
            rational_set(&naive->part, rich, 1);
            if (!rational_div(&naive->rho[p], &naive->want, &naive->part)) continue;
            fits = rational_cmp(&naive->rho[p], &naive->money[limit]) <= 0;
            if (fits) return true;
        }
    }
    return false;
}

static void naive_pay(struct naive *naive, uint32_t p)
{
    for (uint32_t v = 0; v < VOTERS; v++) {
        if (!naive->approves[v][p]) continue;
        if (rational_cmp(&naive->money[v], &naive->rho[p]) <= 0)
            rational_set(&naive->money[v], 0, 1);
        else
            rational_sub(&naive->money[v], &naive->money[v], &naive->rho[p]);
    }
    naive->open[p] = false;
}

static uint64_t supporters(const struct naive *naive, uint32_t p)
{
    uint64_t count = 0;
    for (uint32_t v = 0; v < VOTERS; v++) count += naive->approves[v][p];
    return count;
}

/* The project with the lowest price per cost, equal ones by lower cost, more votes, number. */
static uint32_t naive_next(struct naive *naive)
{
    uint32_t best = PROJECTS;
    struct rational best_rate, rate;
    rational_init(&best_rate);
    rational_init(&rate);
    for (uint32_t p = 0; p < PROJECTS; p++) {
        if (!naive->open[p] || !naive_price(naive, p)) continue;
        rational_set(&naive->part, naive->cost[p], 1);
        if (!rational_div(&rate, &naive->rho[p], &naive->part)) continue;
        int order = best == PROJECTS ? -1 : rational_cmp(&rate, &best_rate);
        bool better =
            order < 0 || (order == 0 && (naive->cost[p] < naive->cost[best] ||
                                         (naive->cost[p] == naive->cost[best] &&
                                          supporters(naive, p) > supporters(naive, best))));
        if (!better) continue;
        best = p;
        rational_copy(&best_rate, &rate);
    }
    rational_done(&best_rate);
    rational_done(&rate);
    return best;
}

static void fill_naive(struct naive *naive, struct stream *stream, struct profile *profile,
                       struct arena *arena)
{
    CHECK(profile_init(profile, PROJECTS, arena, NULL) == CODE_OK, "init");
    profile->costs = naive->cost;
    profile->cost_unit = 1;
    profile->budget = 50 + stream_below(stream, 100);
    for (uint32_t p = 0; p < PROJECTS; p++) {
        naive->cost[p] = 1 + stream_below(stream, 60);
        naive->open[p] = true;
    }
    for (uint32_t v = 0; v < VOTERS; v++) {
        uint32_t ballot[PROJECTS], length = 0;
        for (uint32_t p = 0; p < PROJECTS; p++) {
            naive->approves[v][p] = stream_below(stream, 3) == 0;
            if (naive->approves[v][p]) ballot[length++] = p;
        }
        rational_set(&naive->money[v], profile->budget, VOTERS);
        CHECK(profile_add(profile, 1, ballot, length, NULL) == CODE_OK, "add");
    }
}

static void test_brute_force(void)
{
    struct stream stream;
    static struct naive naive;
    stream_init(&stream, STR("equal shares brute force"));
    for (uint32_t v = 0; v < VOTERS; v++) rational_init(&naive.money[v]);
    for (uint32_t p = 0; p < PROJECTS; p++) rational_init(&naive.rho[p]);
    rational_init(&naive.sum);
    rational_init(&naive.want);
    rational_init(&naive.part);
    for (int round = 0; round < 500; round++) {
        struct budget b = {0};
        struct count_options none = {.completion = COUNT_COMPLETION_NONE};
        arena_init(&b.arena, alloc_libc, 1 << 22);
        fill_naive(&naive, &stream, &b.profile, &b.arena);
        CHECK(profile_merge(&b.profile, alloc_libc) == CODE_OK, "merge");
        if (budget_count(&b, COUNT_EQUAL_SHARES, &none)) {
            uint32_t at = 0;
            for (uint32_t p = naive_next(&naive); p < PROJECTS; p = naive_next(&naive), at++) {
                CHECK(at < b.result.winners.count && b.result.winners.at[at] == p,
                      "round %d: %u is bought", round, p);
                naive_pay(&naive, p);
            }
            CHECK(at == b.result.winners.count, "round %d: %u bought, not %u", round, at,
                  b.result.winners.count);
            CHECK(b.result.cost <= b.result.budget, "round %d: within budget", round);
        }
        arena_done(&b.arena);
    }
    for (uint32_t v = 0; v < VOTERS; v++) rational_done(&naive.money[v]);
    for (uint32_t p = 0; p < PROJECTS; p++) rational_done(&naive.rho[p]);
    rational_done(&naive.sum);
    rational_done(&naive.want);
    rational_done(&naive.part);
}

static void test_places(void)
{
    static const struct {
        const char *text, *reason;
        uint64_t line, column;
    } cases[] = {
        {"", "syntax", 1, 1},
        {"META\nkey;value\nbudget;1\n", "end", 4, 1},
        {"META\nkey;value\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n", "missing", 4, 1},
        {"META\nbudget;x\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n", "number", 2, 8},
        {"META\nbudget;1\nnum_votes;x\n", "number", 3, 11},
        {"META\nbudget;1\nPROJECTS\nid;cost\nVOTES\nvoter_id;vote\n", "syntax", 4, 1},
        {"META\nbudget;1\nPROJECTS\nproject_id;cost\na;1\na;2\nVOTES\nvoter_id;vote\n", "duplicate",
         6, 3},
        {"META\nbudget;1\nPROJECTS\nproject_id;cost\na;1.00001\nVOTES\nvoter_id;vote\n", "number",
         5, 3},
        {"META\nbudget;1\nPROJECTS\nproject_id;cost\na\nVOTES\nvoter_id;vote\n", "syntax", 5, 1},
        {"META\nbudget;1\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;v\n", "syntax", 7, 1},
        {"META\nbudget;1\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n1;b\n", "candidate",
         8, 3},
        {"META\nbudget;1\nPROJECTS\nproject_id;cost\na;1\nb;1\nVOTES\nvoter_id;vote\n1;a,a\n",
         "duplicate", 9, 3},
        {"META\nbudget;1\nnum_votes;2\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n1;a\n",
         "end", 10, 1},
        {"META\nbudget;\"1\nPROJECTS\n", "syntax", 2, 8},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct profile profile = {.seats = 77};
        struct fail fail = {0};
        arena_init(&arena, alloc_libc, 1 << 22);
        CHECK(format_pb_read(str_from(cases[i].text), &arena, &profile, &fail) == CODE_MALFORMED,
              "case %zu", i);
        CHECK(strcmp(fail.reason, cases[i].reason) == 0 && fail.line == cases[i].line &&
                  fail.column == cases[i].column,
              "case %zu: %s %llu:%llu %s", i, fail.reason, (unsigned long long)fail.line,
              (unsigned long long)fail.column, fail.message);
        CHECK(profile.seats == 77, "case %zu: profile touched", i);
        arena_done(&arena);
    }
    for (size_t cut = 0; cut + 5 < strlen(hand); cut++) {
        struct arena arena;
        struct profile profile;
        arena_init(&arena, alloc_libc, 1 << 22);
        CHECK(format_pb_read((str){hand, cut}, &arena, &profile, NULL) == CODE_MALFORMED,
              "cut at %zu", cut);
        arena_done(&arena);
    }
}

int main(void)
{
    test_by_hand();
    test_brute_force();
    test_places();
    test_published();
    return check_done();
}
