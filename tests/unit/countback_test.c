/* countback_test.c - vacancies filled from the ballots that elected the leaver. */
#include "base/sha256.h"
#include "check.h"
#include "core/count/countback.h"
#include "core/count/format.h"

/* Quota 6. A has 10, keeps 0.6 of each paper; C gets 9 x 0.4 and is elected with 5.6 when B goes.
 */
static const char *const small =
    "4 2\n9 1 3 0\n1 1 4 0\n4 2 0\n2 3 2 0\n0\n\"A\" \"B\" \"C\" \"D\" \"\"";

struct run {
    struct arena arena;
    struct profile profile;
    struct count_result result;
    struct fail fail;
    enum code code;
};

static void run_small(struct run *run, const struct countback_history *history,
                      enum count_rule rule)
{
    memset(run, 0, sizeof *run);
    arena_init(&run->arena, alloc_libc, (size_t)16 << 20);
    CHECK(format_blt_read(str_from(small), &run->arena, &run->profile, NULL) == CODE_OK, "read");
    struct count_options options = {.seats = 2};
    run->result.seats = 77;
    run->code = countback_run(rule, &run->profile, &options, history, &run->arena, &run->result,
                              &run->fail);
}

static void test_by_hand(void)
{
    static const bool all_but_d[] = {true, true, true, false};
    static const struct countback_vacancy a[] = {{0, NULL}}, c[] = {{2, NULL}},
                                          a_without_d[] = {{0, all_but_d}};
    static const struct countback_vacancy a_then_d[] = {{0, NULL}, {3, NULL}},
                                          a_then_c[] = {{0, NULL}, {2, NULL}};
    static const struct {
        const char *name;
        struct countback_history history;
        uint32_t winner;
        uint64_t votes; /* scaled by 100,000, in the first round */
    } cases[] = {
        {"A leaves: of its papers only one names someone who contests, worth 0.6",
         {a, 1},
         3,
         60000},
        {"C leaves: its two own papers name B, the nine from A nobody", {c, 1}, 1, 200000},
        {"D does not consent", {a_without_d, 1}, COUNT_NOBODY, 0},
        {"A leaves, then D who followed: no name is left on that paper",
         {a_then_d, 2},
         COUNT_NOBODY,
         0},
        {"A leaves, then C: D sits now and does not contest", {a_then_c, 2}, 1, 200000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct run run;
        run_small(&run, &cases[i].history, COUNT_SCOTTISH_STV);
        const struct count_list *winners = &run.result.winners;
        CHECK(run.code == CODE_OK, "%s: %s", cases[i].name, run.fail.message);
        CHECK(winners->count == (cases[i].winner != COUNT_NOBODY), "%s: %u winners", cases[i].name,
              winners->count);
        if (winners->count) {
            CHECK(winners->at[0] == cases[i].winner, "%s: %u", cases[i].name, winners->at[0] + 1);
            CHECK(run.result.rounds[0].votes[winners->at[0]] == cases[i].votes, "%s: %llu",
                  cases[i].name, (unsigned long long)run.result.rounds[0].votes[winners->at[0]]);
        }
        arena_done(&run.arena);
    }
}

static void test_refusals(void)
{
    static const struct countback_vacancy b[] = {{1, NULL}}, twice[] = {{0, NULL}, {0, NULL}},
                                          beyond[] = {{4, NULL}};
    static const struct {
        struct countback_history history;
        enum count_rule rule;
        const char *reason;
    } cases[] = {
        {{b, 1}, COUNT_SCOTTISH_STV, "vacating"},
        {{twice, 2}, COUNT_SCOTTISH_STV, "vacating"},
        {{beyond, 1}, COUNT_SCOTTISH_STV, "vacating"},
        {{b, 0}, COUNT_SCOTTISH_STV, "vacancies"},
        {{b, 1}, COUNT_PLURALITY, "rule"},
        {{b, COUNTBACK_VACANCIES_MAX + 1}, COUNT_SCOTTISH_STV, "vacancies"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct run run;
        run_small(&run, &cases[i].history, cases[i].rule);
        CHECK(run.code == CODE_MALFORMED && strcmp(run.fail.reason, cases[i].reason) == 0,
              "case %zu: %s", i, run.fail.reason);
        CHECK(run.result.seats == 77, "case %zu: result touched", i);
        arena_done(&run.arena);
    }
}

static void test_told(void)
{
    static const struct countback_vacancy c[] = {{2, NULL}};
    static const struct countback_history history = {c, 1};
    struct run run;
    struct buf out;
    buf_init(&out, alloc_libc, 1 << 16);
    run_small(&run, &history, COUNT_SCOTTISH_STV);
    count_explain_text(&run.result, &out);
    CHECK(str_starts(buf_str(&out), STR("Countback of the ballots that elected C\n")), "%.*s",
          STR_ARG(buf_str(&out)));
    buf_clear(&out);
    count_result_json(&run.result, &out);
    buf_add_byte(&out, '\0');
    CHECK(out.at && strstr(out.at, "\"vacated\":3"), "%s", out.at);
    buf_clear(&out);
    count_result_sheet(&run.result, &out);
    CHECK(buf_check(&out) == CODE_OK, "the sheet is canonical");
    buf_done(&out);
    arena_done(&run.arena);
}

enum { CANDIDATES = 7, SEATS = 3 };

static void random_profile(struct stream *stream, struct profile *profile, struct arena *arena)
{
    CHECK(profile_init(profile, CANDIDATES, arena, NULL) == CODE_OK, "init");
    for (uint64_t g = 5 + stream_below(stream, 30); g > 0; g--) {
        uint32_t order[CANDIDATES], length = 1 + (uint32_t)stream_below(stream, CANDIDATES);
        for (uint32_t i = 0; i < CANDIDATES; i++) {
            uint32_t at = (uint32_t)stream_below(stream, i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        CHECK(profile_add(profile, 1 + stream_below(stream, 20), order, length, NULL) == CODE_OK,
              "add");
    }
}

/* Whoever is chosen did not sit and had not left; the leaver's papers weigh no more than a seat's
 * votes. */
static void test_properties(void)
{
    struct stream stream;
    stream_init(&stream, STR("countback properties"));
    for (int round = 0; round < 300; round++) {
        struct arena arena;
        struct profile profile;
        struct count_result election, back;
        struct count_options options = {.seats = SEATS};
        struct countback_vacancy vacancies[3];
        bool barred[CANDIDATES] = {false}, sits[CANDIDATES] = {false};
        uint64_t held[CANDIDATES] = {0};
        arena_init(&arena, alloc_libc, (size_t)64 << 20);
        random_profile(&stream, &profile, &arena);
        CHECK(count_run(COUNT_SCOTTISH_STV, &profile, &options, &arena, &election, NULL) == CODE_OK,
              "count");
        for (uint32_t i = 0; i < election.winners.count; i++) {
            uint32_t winner = election.winners.at[i];
            sits[winner] = barred[winner] = true;
            held[winner] = election.rounds[election.round_count - 1].votes[winner];
        }
        for (uint32_t n = 0; n < COUNT(vacancies); n++) {
            uint32_t leaver = (uint32_t)stream_below(&stream, CANDIDATES);
            while (!sits[leaver]) leaver = (leaver + 1) % CANDIDATES;
            vacancies[n] = (struct countback_vacancy){leaver, NULL};
            struct countback_history history = {vacancies, n + 1};
            bool ok = countback_run(COUNT_SCOTTISH_STV, &profile, &options, &history, &arena, &back,
                                    NULL) == CODE_OK;
            if (!CHECK(ok, "round %d", round)) break;
            sits[leaver] = false;
            uint64_t votes = 0;
            for (uint32_t i = 0; back.round_count && i < CANDIDATES; i++)
                votes += back.rounds[0].votes[i];
            /* cutting off transfer values leaves at most 0.00001 more per paper with the leaver */
            CHECK(votes <= held[leaver] + profile.ballots, "round %d: %llu votes of %llu", round,
                  (unsigned long long)votes, (unsigned long long)held[leaver]);
            if (back.winners.count == 0) break;
            CHECK(!barred[back.winners.at[0]], "round %d: %u was elected before", round,
                  back.winners.at[0] + 1);
            barred[back.winners.at[0]] = sits[back.winners.at[0]] = true;
            held[back.winners.at[0]] = back.rounds[back.round_count - 1].votes[back.winners.at[0]];
        }
        arena_done(&arena);
    }
}

static void test_allocations(void)
{
    static const struct countback_vacancy a_then_c[] = {{0, NULL}, {2, NULL}};
    static const struct countback_history history = {a_then_c, 2};
    size_t fail_at = 0;
    for (bool done = false; !done; fail_at++) {
        struct failing failing = {.fail_at = fail_at};
        struct arena arena;
        struct profile profile;
        struct count_result result;
        struct count_options options = {.seats = 2};
        arena_init(&arena, failing_alloc(&failing), 1 << 20);
        enum code code = format_blt_read(str_from(small), &arena, &profile, NULL);
        if (code == CODE_OK)
            code = countback_run(COUNT_SCOTTISH_STV, &profile, &options, &history, &arena, &result,
                                 NULL);
        CHECK(code == CODE_OK || code == CODE_NO_MEMORY, "allocation %zu: %s", fail_at,
              code_name(code));
        done = code == CODE_OK;
        arena_done(&arena);
        CHECK(failing.live == 0, "allocation %zu: %lld live", fail_at, (long long)failing.live);
    }
    CHECK(fail_at > 1, "no allocation failed");
    for (size_t limit = 0; limit < 100000; limit += 499) {
        struct arena arena;
        struct profile profile;
        struct count_result result;
        struct count_options options = {.seats = 2};
        arena_init(&arena, alloc_libc, limit);
        enum code code = format_blt_read(str_from(small), &arena, &profile, NULL);
        if (code == CODE_OK)
            code = countback_run(COUNT_SCOTTISH_STV, &profile, &options, &history, &arena, &result,
                                 NULL);
        CHECK(code == CODE_OK || code == CODE_NO_MEMORY, "limit %zu: %s", limit, code_name(code));
        arena_done(&arena);
    }
}

int main(void)
{
    test_by_hand();
    test_refusals();
    test_told();
    test_properties();
    test_allocations();
    return check_done();
}
