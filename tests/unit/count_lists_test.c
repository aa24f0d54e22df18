/* count_lists_test.c - seats to lists: textbook cases, thresholds, open lists, ties, and agreement
 * with the apportionment of units wherever both apply. */
#include "base/sha256.h"
#include "check.h"
#include "core/count/apportion.h"
#include "core/count/count.h"
#include "core/count/format.h"

enum { LISTS_MAX = 8 };

static void test_published(void)
{
    static const struct {
        const char *name;
        enum count_rule rule;
        uint32_t seats, threshold_bp;
        uint64_t votes[LISTS_MAX];
        uint32_t expected[LISTS_MAX], ties;
    } cases[] = {
        {"D'Hondt", COUNT_DHONDT, 8, 0, {100000, 80000, 30000, 20000}, {4, 3, 1, 0}, 0},
        {"Sainte-Lague", COUNT_SAINTE_LAGUE, 8, 0, {100000, 80000, 30000, 20000}, {3, 3, 1, 1}, 0},
        /* 53/1.4 24/1.4 53/3 23/1.4: the smallest waits for the fifth seat; 53/5 comes sixth */
        {"modified", COUNT_MODIFIED_SAINTE_LAGUE, 5, 0, {53000, 24000, 15000}, {3, 1, 1}, 0},
        {"plain beside it", COUNT_SAINTE_LAGUE, 5, 0, {53000, 24000, 15000}, {3, 1, 1}, 0},
        {"a small list enters", COUNT_SAINTE_LAGUE, 4, 0, {53000, 25000, 11000}, {2, 1, 1}, 0},
        {"and does not with 1.4",
         COUNT_MODIFIED_SAINTE_LAGUE,
         4,
         0,
         {53000, 25000, 11000},
         {3, 1, 0},
         0},
        {"Hare",
         COUNT_HARE_LR,
         10,
         0,
         {47000, 16000, 15800, 12000, 6100, 3100},
         {5, 2, 1, 1, 1, 0},
         0},
        {"Droop",
         COUNT_DROOP_LR,
         10,
         0,
         {47000, 16000, 15800, 12000, 6100, 3100},
         {5, 2, 2, 1, 0, 0},
         0},
        {"threshold 5 %", COUNT_DHONDT, 20, 500, {51, 45, 4}, {11, 9, 0}, 0},
        {"exactly 5 % is enough", COUNT_DHONDT, 20, 500, {50, 45, 5}, {10, 9, 1}, 0},
        {"tie by lot", COUNT_DHONDT, 1, 0, {10, 10}, {1, 0}, 1},
        {"more votes before lot", COUNT_DHONDT, 2, 0, {20, 10}, {2, 0}, 0},
        {"no votes at all", COUNT_HARE_LR, 3, 0, {0, 0}, {0, 0}, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct profile profile;
        struct count_result result = {0};
        struct count_options options = {.seats = cases[i].seats,
                                        .threshold_bp = cases[i].threshold_bp};
        arena_init(&arena, alloc_libc, 1 << 20);
        CHECK(profile_init(&profile, LISTS_MAX, &arena, NULL) == CODE_OK, "init");
        for (uint32_t k = 0; k < LISTS_MAX; k++)
            if (cases[i].votes[k])
                CHECK(profile_add(&profile, cases[i].votes[k], &k, 1, NULL) == CODE_OK, "add");
        CHECK(count_run(cases[i].rule, &profile, &options, &arena, &result, NULL) == CODE_OK, "%s",
              cases[i].name);
        uint32_t sum = 0;
        for (uint32_t k = 0; k < result.list_count; k++) {
            sum += result.lists[k].seats;
            CHECK(result.lists[k].seats == cases[i].expected[k], "%s: list %u gets %u",
                  cases[i].name, k + 1, result.lists[k].seats);
        }
        CHECK(sum == result.winners.count, "%s: %u winners", cases[i].name, result.winners.count);
        CHECK(result.tie_count == cases[i].ties, "%s: %u ties", cases[i].name, result.tie_count);
        arena_done(&arena);
    }
}

/* Candidates of parties: the list's votes give seats, the candidates' own votes give persons. */
static void test_open_lists(void)
{
    static const char *const csv =
        "5,3,\n30,1,\n50,2,\n20,3,\n60,4,\n1,5,1,\n"
        "\"Candidate 1\",\"A\",\"Red\",\n\"Candidate 2\",\"B\",\"Red\",\n"
        "\"Candidate 3\",\"C\",\"Red\",\n\"Candidate 4\",\"D\",\"Blue\",\n"
        "\"Candidate 5\",\"E\",\"Green\",\n\"Ward\",\n";
    struct arena arena;
    struct profile profile;
    struct count_result result;
    struct buf out;
    arena_init(&arena, alloc_libc, 1 << 20);
    buf_init(&out, alloc_libc, 1 << 16);
    struct count_options options = {.seats = 3};
    CHECK(format_csv_read(str_from(csv), &arena, &profile, NULL) == CODE_OK, "read");
    CHECK(count_run(COUNT_DHONDT, &profile, &options, &arena, &result, NULL) == CODE_OK, "count");
    CHECK(result.list_count == 3 && result.lists[0].seats == 2 && result.lists[1].seats == 1,
          "2 and 1");
    CHECK(result.winners.count == 3 && result.winners.at[0] == 1 && result.winners.at[1] == 3 &&
              result.winners.at[2] == 0,
          "B, D, A");
    count_result_json(&result, &out);
    buf_add_byte(&out, '\0');
    CHECK(out.at && strstr(out.at, "\"lists\":[{\"barred\":false,\"list\":1,\"name\":\"Red\","
                                   "\"seats\":2,\"votes\":100}"),
          "%s", out.at);
    buf_clear(&out);
    count_result_sheet(&result, &out);
    CHECK(buf_check(&out) == CODE_OK, "canonical");
    buf_clear(&out);
    count_explain_text(&result, &out);
    buf_add_byte(&out, '\0');
    CHECK(out.at && strstr(out.at, "Red: 100 votes, 2 seats, 50.00 votes a seat"), "%s", out.at);
    /* a list cannot take more seats than it has candidates: the next claim gets them */
    options.seats = 5;
    CHECK(count_run(COUNT_HARE_LR, &profile, &options, &arena, &result, NULL) == CODE_OK, "count");
    CHECK(result.lists[0].seats == 3 && result.lists[1].seats == 1 && result.lists[2].seats == 1,
          "all of them");
    buf_done(&out);
    arena_done(&arena);
}

/* The same numbers as units with members: the same seats, unless a tie was broken. */
static void test_against_apportion(void)
{
    static const struct {
        enum count_rule rule;
        enum apportion_method method;
    } pairs[] = {{COUNT_DHONDT, APPORTION_DHONDT},
                 {COUNT_SAINTE_LAGUE, APPORTION_SAINTE_LAGUE},
                 {COUNT_HARE_LR, APPORTION_HARE_LR},
                 {COUNT_DROOP_LR, APPORTION_DROOP_LR}};
    struct stream stream;
    stream_init(&stream, STR("lists against units"));
    for (int round = 0; round < 2000; round++) {
        struct arena arena;
        struct profile profile;
        struct count_result result;
        struct apportion_result seats;
        uint64_t members[LISTS_MAX] = {0};
        size_t pair = stream_below(&stream, COUNT(pairs));
        struct count_options options = {.seats = 1 + (uint32_t)stream_below(&stream, 40)};
        struct apportion_rule rule = {.method = pairs[pair].method};
        struct apportion_units units = {members, LISTS_MAX, options.seats};
        arena_init(&arena, alloc_libc, 1 << 20);
        CHECK(profile_init(&profile, LISTS_MAX, &arena, NULL) == CODE_OK, "init");
        for (uint32_t k = 0; k < LISTS_MAX; k++) {
            members[k] = 1 + stream_below(&stream, round % 2 ? 10 : 100000);
            CHECK(profile_add(&profile, members[k], &k, 1, NULL) == CODE_OK, "add");
        }
        CHECK(count_run(pairs[pair].rule, &profile, &options, &arena, &result, NULL) == CODE_OK,
              "count");
        CHECK(apportion(&rule, &units, &arena, &seats, NULL) == CODE_OK, "apportion");
        for (uint32_t k = 0; k < LISTS_MAX; k++)
            CHECK(result.lists[k].seats == seats.seats[k],
                  "round %d, %s: list %u gets %u, as a unit %u", round,
                  count_rule_name(pairs[pair].rule), k, result.lists[k].seats, seats.seats[k]);
        arena_done(&arena);
    }
}

int main(void)
{
    test_published();
    test_open_lists();
    test_against_apportion();
    return check_done();
}
