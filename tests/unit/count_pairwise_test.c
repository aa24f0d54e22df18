/* count_pairwise_test.c - Schulze and ranked pairs: published examples, brute force, equal and
 * missing ranks. */
#include "base/sha256.h"
#include "check.h"
#include "core/count/count.h"
#include "core/count/format.h"

enum { N = 5 };

struct counted {
    struct arena arena;
    struct profile profile;
    struct count_result result;
    struct fail fail;
    enum code code;
};

static void count_blt(struct counted *c, enum count_rule rule, const char *blt,
                      const struct count_options *options)
{
    memset(c, 0, sizeof *c);
    arena_init(&c->arena, alloc_libc, (size_t)64 << 20);
    c->code = format_blt_read(str_from(blt), &c->arena, &c->profile, &c->fail);
    if (!CHECK(c->code == CODE_OK, "%s", c->fail.message)) return;
    c->code = count_run(rule, &c->profile, options, &c->arena, &c->result, &c->fail);
    CHECK(c->code == CODE_OK, "%s", c->fail.message);
}

static bool list_is(const struct count_list *list, const char *numbers)
{
    char text[200];
    size_t len = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < list->count && len < sizeof text; i++)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, "%s%u", i ? " " : "", list->at[i] + 1);
    return CHECK(strcmp(text, numbers) == 0, "%s, expected %s", text, numbers);
}

/* Schulze (2011), example 1 there: 45 voters; E A C B D. */
static const char *const schulze_45 =
    "5 1\n5 1 3 2 5 4 0\n5 1 4 5 3 2 0\n8 2 5 4 1 3 0\n3 3 1 2 5 4 0\n"
    "7 3 1 5 2 4 0\n2 3 2 1 4 5 0\n7 4 3 5 2 1 0\n8 5 2 1 4 3 0\n0\n"
    "\"A\" \"B\" \"C\" \"D\" \"E\" \"\"";
/* Where should the capital of Tennessee stand: Memphis, Nashville, Chattanooga, Knoxville. */
static const char *const tennessee =
    "4 1\n42 1 2 3 4 0\n26 2 3 4 1 0\n15 3 4 2 1 0\n17 4 3 2 1 0\n0\n"
    "\"M\" \"N\" \"C\" \"K\" \"\"";
/* A cycle A>B 68, B>C 72, C>A 52 of 100 (complete ballots): A stands on top in ranked pairs and
 * Schulze. */
static const char *const cycle =
    "3 1\n39 1 2 3 0\n28 3 1 2 0\n1 1 3 2 0\n32 2 3 1 0\n0\n\"A\" \"B\" \"C\" \"\"";

static void test_published(void)
{
    struct count_options one = {.seats = 1}, all = {.seats = 5};
    struct counted c;
    count_blt(&c, COUNT_SCHULZE, schulze_45, &all);
    list_is(&c.result.winners, "5 1 3 2 4");
    static const uint64_t paths[N * N] = {0,  28, 28, 30, 24, 25, 0,  28, 33, 24, 25, 29, 0,
                                          29, 24, 25, 28, 28, 0,  24, 25, 28, 28, 31, 0};
    for (size_t i = 0; i < COUNT(paths); i++)
        CHECK(c.result.strengths[i] == paths[i], "path %zu: %llu", i,
              (unsigned long long)c.result.strengths[i]);
    CHECK(c.result.pairwise[1] == 20 && c.result.pairwise[N] == 25, "A-B 20 to 25");
    arena_done(&c.arena);
    for (enum count_rule rule = COUNT_SCHULZE; rule <= COUNT_RANKED_PAIRS; rule++) {
        count_blt(&c, rule, tennessee, &one);
        list_is(&c.result.winners, "2");
        list_is(&c.result.reserve, "3 4 1");
        arena_done(&c.arena);
        count_blt(&c, rule, cycle, &one);
        list_is(&c.result.winners, "1");
        CHECK(c.result.set_count == 1 && c.result.tie_count == 0, "one winner, no tie");
        arena_done(&c.arena);
    }
}

static void test_ranks(void)
{
    struct count_options one = {.seats = 1};
    static const uint32_t lot[] = {1, 0, 2};
    struct counted c;
    /* equal ranks count for neither; the unranked stand below all ranked ones; the withdrawn are
     * not there */
    count_blt(&c, COUNT_SCHULZE,
              "4 1\n-4\n3 1=2 4 0\n2 2 0\n1 4 1 0\n0\n\"A\" \"B\" \"C\" \"D\" \"\"", &one);
    CHECK(c.result.pairwise[0 * 4 + 1] == 1 && c.result.pairwise[1 * 4 + 0] == 2, "A-B 1 to 2");
    CHECK(c.result.pairwise[1 * 4 + 2] == 5 && c.result.pairwise[2 * 4 + 1] == 0, "B-C 5 to 0");
    list_is(&c.result.winners, "2");
    arena_done(&c.arena);
    /* three equal: each could win, the lot chooses */
    one.lot = lot;
    count_blt(&c, COUNT_SCHULZE, "3 1\n1 1 2 3 0\n1 2 3 1 0\n1 3 1 2 0\n0\n\"A\" \"B\" \"C\" \"\"",
              &one);
    list_is(&c.result.winners, "2");
    CHECK(c.result.set_count == 3 && c.result.tie_count == 1 && c.result.ties[0].chosen == 1,
          "sets and tie");
    arena_done(&c.arena);
}

/* A beats everyone, but too few prefer it to none of these; B passes; C loses to none. */
static void test_none_of_these(void)
{
    static const char *const blt =
        "4 2\n4 1 4 2 3 0\n3 2 1 4 3 0\n2 2 4 3 0\n2 4 0\n0\n\"A\" \"B\" \"C\" \"None\" \"\"";
    static const struct {
        uint64_t quorum;
        const char *winners, *reserve;
    } cases[] = {{0, "1", ""}, {7, "1", ""}, {8, "4", ""}};
    for (enum count_rule rule = COUNT_SCHULZE; rule <= COUNT_RANKED_PAIRS; rule++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            struct count_options options = {
                .seats = 1, .has_none = true, .none = 3, .quorum = cases[i].quorum};
            struct counted c;
            count_blt(&c, rule, blt, &options);
            /* A over None 7 to 4; B over None 5 to 6; C over None 0 to 11 */
            CHECK(c.result.pairwise[3] == 7 && c.result.pairwise[1 * 4 + 3] == 5, "pairs");
            list_is(&c.result.winners, cases[i].winners);
            list_is(&c.result.reserve, cases[i].reserve);
            arena_done(&c.arena);
        }
    struct count_options two = {.seats = 2, .has_none = true, .none = 3},
                         nobody = {.seats = 1, .has_none = true, .none = 9};
    struct counted c;
    count_blt(&c, COUNT_SCHULZE, blt, &two);
    list_is(&c.result.winners, "1"); /* the second seat stays empty rather than go to None */
    list_is(&c.result.rounds[0].excluded, "2 3");
    CHECK(count_run(COUNT_SCHULZE, &c.profile, &nobody, &c.arena, &c.result, &c.fail) ==
                  CODE_MALFORMED &&
              strcmp(c.fail.reason, "none") == 0,
          "no such candidate");
    arena_done(&c.arena);
}

/* A>B 6 to 3 with two who do not rank them, B>C 5 to 4 ..: here margins and winning votes part. */
static void test_strengths(void)
{
    static const char *const blt =
        "3 1\n9 1 2 0\n1 2 1 0\n6 2 3 0\n2 3 2 0\n8 3 1 0\n0\n\"A\" \"B\" \"C\" \"\"";
    for (enum count_strength strength = COUNT_STRENGTH_WINNING_VOTES;
         strength <= COUNT_STRENGTH_MARGINS; strength++) {
        struct count_options options = {.seats = 1, .strength = strength};
        struct counted c;
        count_blt(&c, COUNT_SCHULZE, blt, &options);
        uint64_t ab = c.result.pairwise[1], ba = c.result.pairwise[3];
        CHECK(ab == 17 && ba == 9, "A-B %llu to %llu", (unsigned long long)ab,
              (unsigned long long)ba);
        uint64_t expected = strength == COUNT_STRENGTH_MARGINS ? 8 : 17;
        CHECK(c.result.strengths[1] == expected, "A-B: %llu",
              (unsigned long long)c.result.strengths[1]);
        arena_done(&c.arena);
    }
}

static void random_profile(struct stream *stream, struct profile *profile, struct arena *arena)
{
    CHECK(profile_init(profile, N, arena, NULL) == CODE_OK, "init");
    for (uint64_t g = 1 + stream_below(stream, 12); g > 0; g--) {
        uint32_t order[N], length = 1 + (uint32_t)stream_below(stream, N);
        for (uint32_t i = 0; i < N; i++) {
            uint32_t at = (uint32_t)stream_below(stream, i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        for (uint32_t i = 1; i < length; i++)
            if (stream_below(stream, 4) == 0) order[i] |= PREFERENCE_EQUAL;
        CHECK(profile_add(profile, 1 + stream_below(stream, 5), order, length, NULL) == CODE_OK,
              "add");
    }
}

static uint64_t beats(const uint64_t *prefer, uint32_t a, uint32_t b)
{
    return prefer[a * N + b] > prefer[b * N + a] ? prefer[a * N + b] : 0;
}

/* The strongest path by trying every simple path. */
static uint64_t walk(const uint64_t *prefer, uint32_t at, uint32_t to, uint32_t seen,
                     uint64_t weakest)
{
    uint64_t best = 0;
    if (at == to) return weakest;
    for (uint32_t next = 0; next < N; next++) {
        uint64_t step = beats(prefer, at, next);
        if (seen >> next & 1 || step == 0) continue;
        uint64_t path = walk(prefer, next, to, seen | 1u << next, step < weakest ? step : weakest);
        if (path > best) best = path;
    }
    return best;
}

static void check_schulze(const struct profile *profile, struct arena *arena, int round)
{
    struct count_result result;
    struct count_options options = {.seats = 1};
    CHECK(count_run(COUNT_SCHULZE, profile, &options, arena, &result, NULL) == CODE_OK, "count");
    uint32_t could_win = 0;
    for (uint32_t i = 0; i < N; i++) {
        bool unbeaten = true;
        for (uint32_t j = 0; j < N; j++) {
            if (i == j) continue;
            uint64_t there = walk(result.pairwise, i, j, 1u << i, UINT64_MAX);
            uint64_t back = walk(result.pairwise, j, i, 1u << j, UINT64_MAX);
            CHECK(there == result.strengths[i * N + j], "round %d: path %u-%u", round, i, j);
            unbeaten = unbeaten && there >= back;
        }
        could_win += unbeaten;
        CHECK(unbeaten || result.winners.at[0] != i, "round %d: %u should not win", round, i);
    }
    CHECK(could_win == result.set_count, "round %d: %u could win, %u sets", round, could_win,
          result.set_count);
}

static bool reaches(const bool *edge, uint32_t from, uint32_t to, uint32_t seen)
{
    if (from == to) return true;
    for (uint32_t i = 0; i < N; i++)
        if (edge[from * N + i] && !(seen >> i & 1) && reaches(edge, i, to, seen | 1u << i))
            return true;
    return false;
}

/* Ranked pairs once more, by repeatedly taking the strongest pair left and searching for cycles. */
static void check_ranked_pairs(const struct profile *profile, struct arena *arena, int round)
{
    struct count_result result;
    struct count_options options = {.seats = N};
    bool edge[N * N] = {false}, done[N * N] = {false};
    CHECK(count_run(COUNT_RANKED_PAIRS, profile, &options, arena, &result, NULL) == CODE_OK,
          "count");
    const uint64_t *prefer = result.pairwise;
    for (;;) {
        uint32_t best = N * N;
        for (uint32_t i = 0; i < N * N;
             i++) { /* the lowest numbers first is the lot's order here */
            uint32_t a = i / N, b = i % N;
            if (done[i] || beats(prefer, a, b) == 0) continue;
            uint64_t margin = prefer[i] - prefer[b * N + a];
            bool first = best == N * N;
            uint32_t reverse = first ? 0 : best % N * N + best / N;
            uint64_t best_margin = first ? 0 : prefer[best] - prefer[reverse];
            bool better =
                margin > best_margin ||
                (margin == best_margin && prefer[b * N + a] < prefer[reverse]) ||
                (margin == best_margin && prefer[b * N + a] == prefer[reverse] && a == best / N);
            if (first || better) best = i;
        }
        if (best == N * N) break;
        done[best] = true;
        edge[best] = !reaches(edge, best % N, best / N, 1u << (best % N));
    }
    for (uint32_t w = 0; w < result.winners.count; w++)
        for (uint32_t l = w + 1; l < result.winners.count; l++)
            CHECK(!reaches(edge, result.winners.at[l], result.winners.at[w],
                           1u << result.winners.at[l]),
                  "round %d: %u stands above %u", round, result.winners.at[l],
                  result.winners.at[w]);
}

/* A candidate who beats every other one in pairs wins under both rules. */
static void check_condorcet(const struct profile *profile, struct arena *arena, int round)
{
    for (enum count_rule rule = COUNT_SCHULZE; rule <= COUNT_RANKED_PAIRS; rule++) {
        struct count_result result;
        struct count_options options = {.seats = 1};
        CHECK(count_run(rule, profile, &options, arena, &result, NULL) == CODE_OK, "count");
        for (uint32_t i = 0; i < N; i++) {
            uint32_t beaten = 0;
            for (uint32_t j = 0; j < N; j++) beaten += beats(result.pairwise, i, j) > 0;
            CHECK(beaten < N - 1 || result.winners.at[0] == i, "round %d: %s", round,
                  count_rule_name(rule));
        }
    }
}

static void test_brute_force(void)
{
    struct stream stream;
    stream_init(&stream, STR("pairwise brute force"));
    for (int round = 0; round < 400; round++) {
        struct arena arena;
        struct profile profile;
        arena_init(&arena, alloc_libc, (size_t)64 << 20);
        random_profile(&stream, &profile, &arena);
        check_schulze(&profile, &arena, round);
        check_ranked_pairs(&profile, &arena, round);
        check_condorcet(&profile, &arena, round);
        arena_done(&arena);
    }
}

static void test_documents(void)
{
    struct count_options one = {.seats = 1};
    struct counted c;
    struct buf out;
    buf_init(&out, alloc_libc, 1 << 20);
    count_blt(&c, COUNT_SCHULZE, cycle, &one);
    count_result_json(&c.result, &out);
    buf_add_byte(&out, '\0');
    CHECK(out.at &&
              strstr(out.at, "\"winning_sets\":[[1]],\"pairwise\":[[0,68,40],[32,0,71],[60,29,0]]"),
          "%s", out.at);
    buf_clear(&out);
    count_explain_text(&c.result, &out);
    buf_add_byte(&out, '\0');
    CHECK(out.at && strstr(out.at, "A: 68 ballots to 32 against B; strongest paths 68 and 60"),
          "%s", out.at);
    buf_clear(&out);
    count_result_sheet(&c.result, &out);
    CHECK(buf_check(&out) == CODE_OK, "canonical");
    buf_done(&out);
    arena_done(&c.arena);
}

int main(void)
{
    test_published();
    test_ranks();
    test_strengths();
    test_none_of_these();
    test_brute_force();
    test_documents();
    return check_done();
}
