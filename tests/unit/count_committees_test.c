/* count_committees_test.c - approval committees: every winning set that another program (abcvoting)
 * lists for 240 small elections. */
#include "check.h"
#include "core/count/count.h"
#include "count_data.h"
#include "vectors.h"

static void read_profile(const struct vec *election, struct profile *profile, struct arena *arena)
{
    const struct vec *ballots = vec_get(election, "profile");
    uint32_t n = (uint32_t)vec_u64(election, "num_cand");
    CHECK(profile_init(profile, n, arena, NULL) == CODE_OK, "init");
    for (size_t v = 0; v < vec_count(ballots); v++) {
        const struct vec *approved = vec_at(ballots, v);
        uint32_t ballot[64], length = 0;
        for (; length < vec_count(approved) && length < 64; length++)
            ballot[length] = (uint32_t)vec_number(vec_at(approved, length));
        CHECK(profile_add(profile, 1, ballot, length, NULL) == CODE_OK, "add");
    }
    CHECK(profile_merge(profile, alloc_libc) == CODE_OK, "merge");
}

static bool same_set(const struct vec *theirs, const struct count_list *ours)
{
    if (vec_count(theirs) != ours->count) return false;
    uint32_t found = 0;
    for (uint32_t i = 0; i < ours->count; i++)
        for (uint32_t k = 0; k < ours->count; k++)
            found += vec_number(vec_at(theirs, k)) == ours->at[i];
    return found == ours->count;
}

/* Both lists hold different sets, so equal length and every one found means equal. */
static void compare(const struct vec *expected, const struct count_result *result, str id, str rule)
{
    const struct vec *sets = vec_get(expected, "result");
    CHECK(vec_count(sets) == result->set_count, "%.*s %.*s: %zu sets expected, %u found",
          STR_ARG(id), STR_ARG(rule), vec_count(sets), result->set_count);
    for (size_t i = 0; i < vec_count(sets); i++) {
        bool found = false;
        for (uint32_t k = 0; k < result->set_count && !found; k++)
            found = same_set(vec_at(sets, i), &result->sets[k]);
        CHECK(found, "%.*s %.*s: set %zu is missing", STR_ARG(id), STR_ARG(rule), i);
    }
}

/* The winners with ties broken are one of the sets. */
static void check_winners(const struct count_result *result, str id)
{
    uint32_t found = 0;
    for (uint32_t k = 0; k < result->set_count; k++) {
        uint32_t in = 0;
        for (uint32_t i = 0; i < result->winners.count; i++)
            for (uint32_t m = 0; m < result->sets[k].count; m++)
                in += result->sets[k].at[m] == result->winners.at[i];
        found += in == result->winners.count;
    }
    CHECK(found == 1, "%.*s: the winners are %u of the sets", STR_ARG(id), found);
}

static uint32_t test_election(const struct vec *election)
{
    static const struct {
        const char *name;
        enum count_rule rule;
        enum count_completion completion;
    } rules[] = {{"av", COUNT_APPROVAL, COUNT_COMPLETION_OWN},
                 {"seqphragmen", COUNT_SEQ_PHRAGMEN, COUNT_COMPLETION_OWN},
                 {"equal-shares-with-av-completion", COUNT_EQUAL_SHARES, COUNT_COMPLETION_GREEDY}};
    const struct vec *expected = vec_get(election, "expected");
    str id = vec_str(election, "id");
    uint32_t compared = 0;
    for (size_t i = 0; i < vec_count(expected); i++)
        for (size_t r = 0; r < COUNT(rules); r++) {
            str name = vec_str(vec_at(expected, i), "rule");
            if (!str_eq(name, str_from(rules[r].name)) || vec_true(vec_at(expected, i), "resolute"))
                continue;
            struct arena arena;
            struct profile profile;
            struct count_result result;
            struct count_options options = {.seats = (uint32_t)vec_u64(election, "committeesize"),
                                            .completion = rules[r].completion};
            arena_init(&arena, alloc_libc, (size_t)256 << 20);
            read_profile(election, &profile, &arena);
            if (CHECK(count_run(rules[r].rule, &profile, &options, &arena, &result, NULL) ==
                          CODE_OK,
                      "count")) {
                compare(vec_at(expected, i), &result, id, name);
                check_winners(&result, id);
            }
            compared++;
            arena_done(&arena);
        }
    return compared;
}

int main(void)
{
    size_t len = 0;
    char *text = data_gunzip("abc/abcvoting.jsonl.gz", &len);
    if (text) {
        uint32_t compared = 0;
        for (str rest = {text, len}; rest.len;) {
            size_t used = 0;
            struct vec *election = vec_parse(str_cut(&rest, '\n'), &used);
            if (CHECK(election, "a line is no JSON")) compared += test_election(election);
            if (election) vec_done(election);
        }
        CHECK(compared == 3 * 240, "%u comparisons", compared);
        free(text);
    } else {
        check_skip("no abc data: committees are not compared");
    }
    return check_done();
}
