/* count_rules_test.c - small counts worked by hand, ties, options, what must hold for any ballots,
 * and documents. */
#include "base/sha256.h"
#include "check.h"
#include "core/count/count.h"
#include "core/count/format.h"

struct counted {
    struct arena arena;
    struct profile profile;
    struct count_result result;
    struct fail fail;
    enum code code;
};

/* Reads `blt` and counts it; `lot` as in the options. */
static void count_blt(struct counted *c, enum count_rule rule, const char *blt, const uint32_t *lot)
{
    memset(c, 0, sizeof *c);
    arena_init(&c->arena, alloc_libc, (size_t)64 << 20);
    c->code = format_blt_read(str_from(blt), &c->arena, &c->profile, &c->fail);
    if (!CHECK(c->code == CODE_OK, "%s", c->fail.message)) return;
    struct count_options options = {.seats = c->profile.seats, .lot = lot};
    c->code = count_run(rule, &c->profile, &options, &c->arena, &c->result, &c->fail);
}

/* "3 1" */
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

static void test_single_round(void)
{
    static const char blt[] = "5 2\n-4\n3 1 2 0\n2 4 2 1 0\n2 3 1 0\n1 0\n1 4 0\n0\n"
                              "\"A\" \"B\" \"C\" \"D\" \"E\" \"t\"";
    struct counted c;
    count_blt(&c, COUNT_PLURALITY, blt, NULL);
    CHECK(c.code == CODE_OK && c.result.valid == 7 && !c.result.has_quota &&
              c.result.tie_count == 1,
          "plurality");
    list_is(&c.result.winners, "1 2"); /* 3, 2, 2: the lot decides between B and C */
    list_is(&c.result.reserve, "3");
    CHECK(c.result.rounds[0].votes[1] == 2 && c.result.rounds[0].votes[3] == 0,
          "a withdrawn name is passed over");
    list_is(&c.result.ties[0].candidates, "2 3");
    CHECK(c.result.ties[0].by == COUNT_TIE_BY_LOT && c.result.ties[0].chosen == 1,
          "the tie is on record");
    arena_done(&c.arena);

    static const uint32_t lot[] = {4, 3, 2, 1, 0};
    count_blt(&c, COUNT_PLURALITY, blt, lot);
    list_is(&c.result.winners, "1 3");
    list_is(&c.result.reserve, "2");
    arena_done(&c.arena);

    count_blt(&c, COUNT_APPROVAL, blt, NULL);
    list_is(&c.result.winners, "1 2"); /* 7, 5, 2 */
    list_is(&c.result.reserve, "3");
    CHECK(c.result.tie_count == 0, "no tie decides");
    arena_done(&c.arena);
}

/* The tie is on record once for each seat the lot gave away. */
static void test_edge_of_several(void)
{
    struct counted c;
    count_blt(&c, COUNT_PLURALITY,
              "4 2\n1 1 0\n1 2 0\n1 3 0\n1 4 0\n0\n\"A\" \"B\" \"C\" \"D\" \"\"", NULL);
    list_is(&c.result.winners, "1 2");
    if (CHECK(c.result.tie_count == 2, "%u ties", c.result.tie_count)) {
        list_is(&c.result.ties[0].candidates, "1 2 3 4");
        list_is(&c.result.ties[1].candidates, "2 3 4");
        CHECK(c.result.ties[0].chosen == 0 && c.result.ties[1].chosen == 1, "in this order");
    }
    arena_done(&c.arena);
}

static void test_scottish_ties(void)
{
    struct counted c;
    /* Surpluses of 1 and 2 are equal when they are due; 1 was ahead at no stage, so the lot
     * decides. */
    static const char surplus[] =
        "4 3\n6 1 3 0\n6 2 4 0\n2 3 0\n1 4 0\n0\n\"A\" \"B\" \"C\" \"D\" \"\"";
    static const uint32_t lot[] = {1, 0, 3, 2};
    count_blt(&c, COUNT_SCOTTISH_STV, surplus, NULL);
    CHECK(c.result.quota == 400000 && c.result.rounds[1].subject == 0, "quota 4, A first");
    CHECK(c.result.tie_count == 1 && c.result.ties[0].what == COUNT_TIE_SURPLUS,
          "the tie is on record");
    arena_done(&c.arena);
    count_blt(&c, COUNT_SCOTTISH_STV, surplus, lot);
    CHECK(c.result.rounds[1].subject == 1 && c.result.ties[0].chosen == 1, "B first by lot");
    arena_done(&c.arena);

    /* C (2+1 from E) and D (3) are equal in round 2; C had fewer in round 1 and is excluded. */
    static const char exclusion[] = "5 1\n9 1 0\n8 2 0\n2 3 2 0\n3 4 1 0\n1 5 3 0\n0\n"
                                    "\"A\" \"B\" \"C\" \"D\" \"E\" \"\"";
    count_blt(&c, COUNT_SCOTTISH_STV, exclusion, NULL);
    CHECK(c.result.rounds[1].subject == 4 && c.result.rounds[2].subject == 2, "E, then C");
    if (CHECK(c.result.tie_count == 1, "%u ties", c.result.tie_count)) {
        CHECK(c.result.ties[0].by == COUNT_TIE_BY_ROUND && c.result.ties[0].decided_in == 0,
              "by the first round");
        CHECK(c.result.ties[0].round == 2 && c.result.ties[0].what == COUNT_TIE_EXCLUSION,
              "in the third");
    }
    arena_done(&c.arena);
}

static void test_few_candidates(void)
{
    struct counted c;
    count_blt(&c, COUNT_SCOTTISH_STV, "2 3\n1 2 0\n0\n\"A\" \"B\" \"\"", NULL);
    list_is(&c.result.winners, "2 1");
    CHECK(c.result.round_count == 1, "nothing to transfer");
    arena_done(&c.arena);
    count_blt(&c, COUNT_SCOTTISH_STV, "3 1\n0\n\"A\" \"B\" \"C\" \"\"", NULL);
    CHECK(c.code == CODE_OK && c.result.winners.count == 1, "no ballots: the lot elects");
    arena_done(&c.arena);
    count_blt(&c, COUNT_SCOTTISH_STV, "2 1\n-1 -2\n1 1 0\n0\n\"A\" \"B\" \"\"", NULL);
    CHECK(c.code == CODE_MALFORMED && strcmp(c.fail.reason, "candidates") == 0, "nobody stands");
    arena_done(&c.arena);
}

static void test_irv(void)
{
    struct counted c;
    /* 4, 3, 2: C goes, B gets its two and has more than half */
    count_blt(&c, COUNT_IRV, "3 1\n4 1 0\n3 2 0\n2 3 2 0\n0\n\"A\" \"B\" \"C\" \"\"", NULL);
    list_is(&c.result.winners, "2");
    CHECK(c.result.round_count == 2 && c.result.rounds[1].subject == 2 &&
              c.result.rounds[1].moved == 2,
          "rounds");
    arena_done(&c.arena);
    /* exactly one half is not more than half; the equal ones are parted by lot */
    static const uint32_t lot[] = {1, 0};
    count_blt(&c, COUNT_IRV, "2 1\n3 1 0\n3 2 0\n0\n\"A\" \"B\" \"\"", lot);
    list_is(&c.result.winners, "2");
    CHECK(c.result.tie_count == 1 && c.result.ties[0].chosen == 0, "A is excluded by lot");
    arena_done(&c.arena);
}

static void test_options(void)
{
    static const uint32_t twice[] = {0, 0}, beyond[] = {0, 2};
    const struct {
        enum count_rule rule;
        struct count_options options;
        const char *reason;
    } cases[] = {
        {COUNT_PLURALITY, {.seats = 0}, "seats"},
        {COUNT_IRV, {.seats = 2}, "seats"},
        {COUNT_PLURALITY, {.seats = 1, .version = 1000}, "version"},
        {COUNT_SCOTTISH_STV, {.seats = 1, .lot = twice}, "lot"},
        {COUNT_SCOTTISH_STV, {.seats = 1, .lot = beyond}, "lot"},
        {(enum count_rule)99, {.seats = 1}, "rule"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct counted c;
        count_blt(&c, COUNT_PLURALITY, "2 1\n1 1 0\n0\n\"A\" \"B\" \"\"", NULL);
        struct count_result result = {.seats = 77};
        enum code code =
            count_run(cases[i].rule, &c.profile, &cases[i].options, &c.arena, &result, &c.fail);
        CHECK(code == CODE_MALFORMED && strcmp(c.fail.reason, cases[i].reason) == 0, "%s: %s",
              cases[i].reason, c.fail.reason);
        CHECK(result.seats == 77, "%s: result touched", cases[i].reason);
        arena_done(&c.arena);
    }
    for (enum count_rule rule = COUNT_PLURALITY; count_rule_version(rule); rule++) {
        bool plain =
            rule == COUNT_PLURALITY || rule == COUNT_APPROVAL || rule == COUNT_SCOTTISH_STV;
        CHECK(count_rule_for_elections(rule) == plain, "%s in elections", count_rule_name(rule));
        enum count_rule again = 0;
        CHECK(count_rule_by_name(str_from(count_rule_name(rule)), &again) && again == rule,
              "rule %d", (int)rule);
    }
}

static void test_equal_ranks(void)
{
    for (enum count_rule rule = COUNT_PLURALITY; count_rule_version(rule); rule++) {
        bool takes = rule == COUNT_APPROVAL || rule == COUNT_SCHULZE ||
                     rule == COUNT_RANKED_PAIRS || rule == COUNT_EQUAL_SHARES ||
                     rule == COUNT_GREEDY_BUDGET || rule == COUNT_SEQ_PHRAGMEN;
        struct counted c;
        count_blt(&c, rule, "3 1\n2 1=2 0\n1 3 0\n0\n\"A\" \"B\" \"C\" \"\"", NULL);
        CHECK(takes ? c.code == CODE_OK
                    : c.code == CODE_MALFORMED && strcmp(c.fail.reason, "equal") == 0,
              "%s: %s", count_rule_name(rule), c.fail.message);
        arena_done(&c.arena);
    }
}

static void test_documents(void)
{
    static const char blt[] = "3 2\n4 1 2 0\n2 3 0\n0\n\"Castor\" \"Pol\"\n\"Helen\" \"Twins\"";
    static const char json[] =
        "{\"rule\":\"scottish-stv\",\"seats\":2,\"quota\":\"3.00000\",\"winners\":[1,3],\"rounds\":"
        "["
        "{\"event\":\"first "
        "preferences\",\"votes\":[\"4.00000\",\"0.00000\",\"2.00000\"],\"elected\":[1],"
        "\"excluded\":[]},"
        "{\"event\":\"surplus of "
        "1\",\"votes\":[\"3.00000\",\"1.00000\",\"2.00000\"],\"elected\":[],\"excluded\":[]},"
        "{\"event\":\"exclusion of "
        "2\",\"votes\":[\"3.00000\",\"0.00000\",\"2.00000\"],\"elected\":[3],"
        "\"excluded\":[2]}],\"ties\":[]}";
    static const char sheet[] =
        "{\"candidates\":3,\"places\":5,\"quota\":300000,\"reserve\":[],\"rounds\":["
        "{\"elected\":[1],\"event\":\"first "
        "preferences\",\"excluded\":[],\"moved\":0,\"nontransferable\":0,"
        "\"votes\":[400000,0,200000]},"
        "{\"elected\":[],\"event\":\"surplus of "
        "1\",\"excluded\":[],\"moved\":100000,\"nontransferable\":0,"
        "\"votes\":[300000,100000,200000]},"
        "{\"elected\":[3],\"event\":\"exclusion of "
        "2\",\"excluded\":[2],\"moved\":100000,\"nontransferable\":100000,"
        "\"votes\":[300000,0,200000]}],\"rule\":\"scottish-stv\",\"seats\":2,\"ties\":[],\"valid\":"
        "6,\"version\":1,"
        "\"winners\":[1,3]}";
    static const char told[] =
        "Twins\nscottish-stv (version 1), 2 seats, 6 valid ballots, quota 3.00000\n\n"
        "Round 1: each ballot goes to its first preference who stands.\n"
        "  Castor: 4.00000  elected: reached the quota\n  Pol: 0.00000\n  Helen: 2.00000\n\n"
        "Round 2: the surplus of Castor, 1.00000 above the quota, goes to the next preferences on "
        "those ballots.\n"
        "  Castor: 3.00000  (-1.00000)\n  Pol: 1.00000  (+1.00000)\n  Helen: 2.00000\n\n"
        "Round 3: Pol has the fewest votes, 1.00000, and is excluded; the ballots go to their next "
        "preferences.\n"
        "  Castor: 3.00000\n  Pol: 0.00000  (-1.00000)\n"
        "  Helen: 2.00000  elected: as many candidates are left as seats\n  not transferable: "
        "1.00000\n\n"
        "Elected: Castor and Helen\n";
    struct counted c;
    struct buf out;
    hash32 digest, expected = sha256_of(str_from(sheet));
    buf_init(&out, alloc_libc, 1 << 20);
    count_blt(&c, COUNT_SCOTTISH_STV, blt, NULL);
    count_result_json(&c.result, &out);
    CHECK(str_eq(buf_str(&out), str_from(json)), "%.*s", STR_ARG(buf_str(&out)));
    buf_clear(&out);
    count_result_sheet(&c.result, &out);
    CHECK(str_eq(buf_str(&out), str_from(sheet)), "%.*s", STR_ARG(buf_str(&out)));
    buf_clear(&out);
    count_explain_text(&c.result, &out);
    CHECK(str_eq(buf_str(&out), str_from(told)), "%.*s", STR_ARG(buf_str(&out)));
    CHECK(count_result_digest(&c.result, alloc_libc, &digest) == CODE_OK &&
              hash32_eq(&digest, &expected),
          "digest");
    buf_done(&out);
    arena_done(&c.arena);
}

enum { CANDIDATES = 6 };

/* A random profile of up to 40 groups. */
static void random_profile(struct stream *stream, struct profile *profile, struct arena *arena)
{
    CHECK(profile_init(profile, CANDIDATES, arena, NULL) == CODE_OK, "init");
    uint64_t groups = 1 + stream_below(stream, 40);
    for (uint64_t g = 0; g < groups; g++) {
        uint32_t order[CANDIDATES], length = (uint32_t)stream_below(stream, CANDIDATES + 1);
        for (uint32_t i = 0; i < CANDIDATES; i++) order[i] = i;
        for (uint32_t i = CANDIDATES - 1; i > 0; i--) {
            uint64_t k = stream_below(stream, i + 1);
            uint32_t moved = order[i];
            order[i] = order[k];
            order[k] = moved;
        }
        CHECK(profile_add(profile, 1 + stream_below(stream, 9), order, length, NULL) == CODE_OK,
              "add");
    }
}

static hash32 digest_of(enum count_rule rule, const struct profile *profile, const uint32_t *lot,
                        struct arena *arena, struct count_result *ret)
{
    hash32 digest = {{0}};
    struct count_options options = {.seats = count_rule_single_seat(rule) ? 1 : 3, .lot = lot};
    CHECK(count_run(rule, profile, &options, arena, ret, NULL) == CODE_OK, "count");
    CHECK(count_result_digest(ret, alloc_libc, &digest) == CODE_OK, "digest");
    return digest;
}

/* Ballots in another order and split into single ones give the same sheet. */
static void check_anonymity(enum count_rule rule, const struct profile *profile,
                            struct arena *arena, hash32 expected)
{
    struct profile other;
    struct count_result result;
    CHECK(profile_init(&other, CANDIDATES, arena, NULL) == CODE_OK, "init");
    for (size_t g = profile->group_count; g-- > 0;)
        for (uint64_t i = 0; i < profile->groups[g].weight; i++)
            CHECK(profile_add(&other, 1, profile->preferences + profile->groups[g].first,
                              profile->groups[g].length, NULL) == CODE_OK,
                  "add");
    hash32 digest = digest_of(rule, &other, NULL, arena, &result);
    CHECK(hash32_eq(&digest, &expected), "%s: the order of ballots matters", count_rule_name(rule));
    CHECK(profile_merge(&other, alloc_libc) == CODE_OK && other.ballots == profile->ballots,
          "merge");
    digest = digest_of(rule, &other, NULL, arena, &result);
    CHECK(hash32_eq(&digest, &expected), "%s: merging matters", count_rule_name(rule));
}

/* Renumbered candidates, the lot renumbered with them, give the same winners renumbered. */
static void check_neutrality(enum count_rule rule, const struct profile *profile,
                             struct arena *arena, const struct count_result *expected)
{
    static const uint32_t to[CANDIDATES] = {3, 5, 0, 1, 4, 2};
    struct profile other;
    struct count_result result;
    uint32_t renamed[CANDIDATES];
    CHECK(profile_init(&other, CANDIDATES, arena, NULL) == CODE_OK, "init");
    for (size_t g = 0; g < profile->group_count; g++) {
        const struct ballot_group *group = &profile->groups[g];
        for (uint32_t i = 0; i < group->length; i++)
            renamed[i] = to[profile->preferences[group->first + i]];
        CHECK(profile_add(&other, group->weight, renamed, group->length, NULL) == CODE_OK, "add");
    }
    digest_of(rule, &other, to, arena, &result);
    CHECK(result.winners.count == expected->winners.count &&
              result.round_count == expected->round_count &&
              result.tie_count == expected->tie_count,
          "%s: another shape", count_rule_name(rule));
    for (uint32_t i = 0; i < result.winners.count; i++)
        CHECK(result.winners.at[i] == to[expected->winners.at[i]], "%s: winner %u",
              count_rule_name(rule), i);
}

/* Every vote is somewhere, no one is elected and excluded, the quota was reached or no one else was
 * left. */
static void check_conservation(const struct count_result *result)
{
    uint64_t one = 1;
    for (uint32_t i = 0; i < result->places; i++) one *= 10;
    /* a ballot counts for several candidates where nothing is transferred */
    bool one_each = !result->pairwise && !result->projects && result->rule != COUNT_APPROVAL &&
                    result->rule != COUNT_SEQ_PHRAGMEN;
    for (uint32_t r = 0; r < result->round_count && one_each; r++) {
        uint64_t sum = result->rounds[r].nontransferable;
        for (uint32_t i = 0; i < result->candidates; i++) sum += result->rounds[r].votes[i];
        CHECK(sum == result->valid * one, "%s round %u: votes appear or vanish",
              count_rule_name(result->rule), r);
    }
    uint32_t seen[CANDIDATES] = {0}, elected = 0;
    for (uint32_t r = 0; r < result->round_count; r++) {
        const struct count_round *round = &result->rounds[r];
        for (uint32_t i = 0; i < round->elected.count; i++, elected++) seen[round->elected.at[i]]++;
        for (uint32_t i = 0; i < round->excluded.count; i++) seen[round->excluded.at[i]]++;
    }
    CHECK(result->lists || (elected == result->winners.count && elected == result->seats),
          "%u elected", elected);
    for (uint32_t i = 0; i < CANDIDATES; i++) CHECK(seen[i] <= 1, "candidate %u twice", i + 1);
}

static void test_properties(void)
{
    struct stream stream;
    stream_init(&stream, STR("count properties"));
    for (int round = 0; round < 300; round++) {
        struct arena arena;
        struct profile profile;
        struct count_result result;
        arena_init(&arena, alloc_libc, (size_t)64 << 20);
        random_profile(&stream, &profile, &arena);
        for (enum count_rule rule = COUNT_PLURALITY; count_rule_version(rule); rule++) {
            hash32 digest = digest_of(rule, &profile, NULL, &arena, &result);
            check_conservation(&result);
            check_anonymity(rule, &profile, &arena, digest);
            check_neutrality(rule, &profile, &arena, &result);
        }
        arena_done(&arena);
    }
}

static void write_both(enum count_rule rule, const struct profile *profile, struct arena *arena,
                       struct buf *sheet, struct buf *told)
{
    struct count_result result;
    struct count_options options = {.seats = count_rule_single_seat(rule) ? 1 : 3};
    CHECK(count_run(rule, profile, &options, arena, &result, NULL) == CODE_OK, "count");
    buf_clear(sheet);
    buf_clear(told);
    count_result_sheet(&result, sheet);
    count_explain_text(&result, told);
    CHECK(buf_check(sheet) == CODE_OK && buf_check(told) == CODE_OK, "%s: documents",
          count_rule_name(rule));
}

/* One ballot changed: whenever that alters the result sheet it alters what people are told. */
static void test_explanations(void)
{
    struct stream stream;
    struct buf sheet[2], told[2];
    uint32_t altered = 0;
    stream_init(&stream, STR("explanations"));
    for (int i = 0; i < 2; i++) {
        buf_init(&sheet[i], alloc_libc, 1 << 20);
        buf_init(&told[i], alloc_libc, 1 << 20);
    }
    for (int round = 0; round < 100; round++) {
        struct arena arena;
        struct profile profile;
        arena_init(&arena, alloc_libc, (size_t)64 << 20);
        random_profile(&stream, &profile, &arena);
        for (enum count_rule rule = COUNT_PLURALITY; count_rule_version(rule); rule++) {
            struct ballot_group *group =
                &profile.groups[stream_below(&stream, profile.group_count)];
            write_both(rule, &profile, &arena, &sheet[0], &told[0]);
            group->length -= group->length > 0;
            write_both(rule, &profile, &arena, &sheet[1], &told[1]);
            bool changed = !str_eq(buf_str(&sheet[0]), buf_str(&sheet[1]));
            altered += changed;
            CHECK(!changed || !str_eq(buf_str(&told[0]), buf_str(&told[1])),
                  "%s: told the same of\n%.*s\n%.*s", count_rule_name(rule),
                  STR_ARG(buf_str(&sheet[0])), STR_ARG(buf_str(&sheet[1])));
        }
        arena_done(&arena);
    }
    CHECK(altered > 200, "only %u changes altered a sheet", altered);
    for (int i = 0; i < 2; i++) {
        buf_done(&sheet[i]);
        buf_done(&told[i]);
    }
}

/* A group of more than k quotas that ranks only its own k or more candidates first gets k of them.
 */
static void test_solid_coalitions(void)
{
    struct stream stream;
    stream_init(&stream, STR("solid coalitions"));
    for (int round = 0; round < 200; round++) {
        struct arena arena;
        struct profile profile;
        struct count_result result;
        arena_init(&arena, alloc_libc, (size_t)64 << 20);
        CHECK(profile_init(&profile, CANDIDATES, &arena, NULL) == CODE_OK, "init");
        uint64_t inside = 0;
        for (int g = 0; g < 20; g++) { /* coalition: candidates 0, 1, 2 */
            bool solid = stream_below(&stream, 2);
            uint32_t low = (uint32_t)stream_below(&stream, 3);
            uint32_t ballot[3] = {low, (low + 1) % 3, (low + 2) % 3};
            for (int i = 0; i < 3 && !solid; i++) ballot[i] += 3;
            uint64_t weight = 1 + stream_below(&stream, 50);
            inside += solid ? weight : 0;
            CHECK(profile_add(&profile, weight, ballot, 3, NULL) == CODE_OK, "add");
        }
        digest_of(COUNT_SCOTTISH_STV, &profile, NULL, &arena, &result);
        /* five decimals cut off can lose less than one vote in all here */
        uint64_t quota = result.quota / 100000, due = (inside ? inside - 1 : 0) / quota, got = 0;
        for (uint32_t i = 0; i < result.winners.count; i++) got += result.winners.at[i] < 3;
        CHECK(got >= (due > 3 ? 3 : due), "round %d: %llu ballots, quota %llu, %llu seats", round,
              (unsigned long long)inside, (unsigned long long)quota, (unsigned long long)got);
        arena_done(&arena);
    }
}

/* One fixed scenario, every allocation failed in turn: a clean refusal and nothing left behind. */
static void test_allocations(void)
{
    static const char blt[] =
        "5 2\n3 1 2 0\n2 4 2 1 0\n2 3 1 0\n1 5 2 0\n0\n\"A\" \"B\" \"C\" \"D\" \"E\" \"t\"";
    for (enum count_rule rule = COUNT_PLURALITY; count_rule_version(rule); rule++) {
        size_t fail_at = 0;
        for (bool done = false; !done; fail_at++) {
            struct failing failing = {.fail_at = fail_at};
            struct alloc alloc = failing_alloc(&failing);
            struct arena arena;
            struct profile profile;
            struct count_result result;
            hash32 digest;
            struct count_options options = {.seats = count_rule_single_seat(rule) ? 1 : 2};
            arena_init(&arena, alloc, 1 << 20);
            enum code code = format_blt_read(str_from(blt), &arena, &profile, NULL);
            if (code == CODE_OK) code = profile_merge(&profile, alloc);
            if (code == CODE_OK) code = count_run(rule, &profile, &options, &arena, &result, NULL);
            if (code == CODE_OK) code = count_result_digest(&result, alloc, &digest);
            CHECK(code == CODE_OK || code == CODE_NO_MEMORY, "allocation %zu: %s", fail_at,
                  code_name(code));
            done = code == CODE_OK;
            arena_done(&arena);
            CHECK(failing.live == 0, "allocation %zu: %lld live", fail_at, (long long)failing.live);
        }
        CHECK(fail_at > 2, "%zu allocations", fail_at);
    }
    /* the same with memory that ends: arenas of every small limit */
    for (size_t limit = 0; limit < 200000; limit += 997) {
        struct arena arena;
        struct profile profile;
        struct count_result result;
        struct count_options options = {.seats = 2};
        arena_init(&arena, alloc_libc, limit);
        enum code code = format_blt_read(str_from(blt), &arena, &profile, NULL);
        if (code == CODE_OK)
            code = count_run(COUNT_SCOTTISH_STV, &profile, &options, &arena, &result, NULL);
        CHECK(code == CODE_OK || code == CODE_NO_MEMORY, "limit %zu: %s", limit, code_name(code));
        arena_done(&arena);
    }
}

/* Results of real elections carried with the project, winners as declared, and their digests: a
 * digest that changes means that old counts no longer replay. */
static void test_carried_wards(void)
{
    static const struct {
        const char *file, *winners, *digest;
    } wards[] = {
        {"argyll_bute_2017_ward7", "4 3 2",
         "54fa10b9df130a6f845eee0dca76bb9c176b0be1e165f8db1a1f614b35d99575"},
        {"eilean_siar_2012_ward3", "1 3 2",
         "50945f0b498cffd88a64e9a6c6b273758e9d571480493277db4fcbbafdfafe4b"},
        {"north_lanarkshire_2012_ward9", "2 3 4",
         "d7fe6060a86bf8b0d0b32e8ed4728ed9e6a61f185314afe43b82315064caaaee"},
        {"orkney_2012_ward6", "2 1 3",
         "2336e03309091db00d0e3591fd7daf995430570b6f3df9e013a841645817b50d"},
    };
    const char *root = getenv("PLENARY_ROOT");
    for (size_t i = 0; i < COUNT(wards); i++) {
        char path[500], hex[65];
        size_t len = 0;
        struct arena arena;
        struct profile profile;
        struct count_result result;
        hash32 digest;
        snprintf(path, sizeof path, "%s/tests/data/stv/%s.csv", root ? root : ".", wards[i].file);
        char *text = check_read_file(path, &len);
        if (!CHECK(text, "cannot read %s", path)) continue;
        arena_init(&arena, alloc_libc, (size_t)64 << 20);
        if (CHECK(format_csv_read((str){text, len}, &arena, &profile, NULL) == CODE_OK, "%s",
                  path)) {
            struct count_options options = {.seats = profile.seats};
            CHECK(count_run(COUNT_SCOTTISH_STV, &profile, &options, &arena, &result, NULL) ==
                      CODE_OK,
                  "%s", path);
            list_is(&result.winners, wards[i].winners);
            CHECK(count_result_digest(&result, alloc_libc, &digest) == CODE_OK, "digest");
            for (int k = 0; k < 32; k++) snprintf(hex + 2 * k, 3, "%02x", digest.bytes[k]);
            CHECK(strcmp(hex, wards[i].digest) == 0, "%s: digest %s", wards[i].file, hex);
        }
        arena_done(&arena);
        free(text);
    }
}

int main(void)
{
    test_single_round();
    test_edge_of_several();
    test_scottish_ties();
    test_few_candidates();
    test_irv();
    test_options();
    test_equal_ranks();
    test_documents();
    test_properties();
    test_explanations();
    test_solid_coalitions();
    test_allocations();
    test_carried_wards();
    return check_done();
}
