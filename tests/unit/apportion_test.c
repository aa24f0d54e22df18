/* apportion_test.c - norms from rulebooks, textbook apportionments, limits, ties, and what must
 * hold for any input. */
#include "base/sha256.h"
#include "check.h"
#include "core/count/apportion.h"

enum { UNITS_MAX = 12 };

static void test_norms(void)
{
    static const struct {
        const char *norm;
        uint64_t members;
        uint32_t seats;
    } cases[] = {
        {"siptu", 0, 0},        {"siptu", 99, 0},        {"siptu", 100, 1},
        {"siptu", 600, 6},      {"siptu", 799, 6},       {"siptu", 800, 7},
        {"siptu", 1000, 8},     {"unison", 1, 1},        {"unison", 1000, 1},
        {"unison", 1001, 2},    {"natca", 1, 1},         {"natca", 149, 1},
        {"natca", 150, 2},      {"natca", 300, 5},       {"betrvg-9", 4, 0},
        {"betrvg-9", 5, 1},     {"betrvg-9", 20, 1},     {"betrvg-9", 21, 3},
        {"betrvg-9", 50, 3},    {"betrvg-9", 51, 5},     {"betrvg-9", 101, 7},
        {"betrvg-9", 201, 9},   {"betrvg-9", 401, 11},   {"betrvg-9", 701, 13},
        {"betrvg-9", 1001, 15}, {"betrvg-9", 1501, 17},  {"betrvg-9", 2001, 19},
        {"betrvg-9", 2501, 21}, {"betrvg-9", 3001, 23},  {"betrvg-9", 3501, 25},
        {"betrvg-9", 4001, 27}, {"betrvg-9", 4501, 29},  {"betrvg-9", 5001, 31},
        {"betrvg-9", 6001, 33}, {"betrvg-9", 7001, 35},  {"betrvg-9", 9000, 35},
        {"betrvg-9", 9001, 37}, {"betrvg-9", 12000, 37}, {"betrvg-9", 12001, 39},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct apportion_rule rule = {0};
        struct apportion_result result = {0};
        struct apportion_units units = {&cases[i].members, 1, 0};
        arena_init(&arena, alloc_libc, 1 << 20);
        CHECK(apportion_norm_by_name(str_from(cases[i].norm), &rule), "%s", cases[i].norm);
        CHECK(apportion(&rule, &units, &arena, &result, NULL) == CODE_OK, "%s", cases[i].norm);
        CHECK(result.seats && result.seats[0] == cases[i].seats,
              "%s: %llu members give %u seats, not %u", cases[i].norm,
              (unsigned long long)cases[i].members, result.seats ? result.seats[0] : 0,
              cases[i].seats);
        arena_done(&arena);
    }
}

static void test_methods(void)
{
    static const struct {
        const char *name;
        enum apportion_method method;
        uint32_t seats, floor, cap;
        uint64_t ratio;
        uint64_t members[UNITS_MAX];
        uint32_t expected[UNITS_MAX];
        uint32_t ties;
    } cases[] = {
        {"1 per 1,000 or part",
         APPORTION_RATIO_UP,
         0,
         0,
         0,
         1000,
         {1, 1000, 1001, 0},
         {1, 1, 2, 0},
         0},
        /* Paris 1871: "one per 20,000 or fraction above 10,000" */
        {"Paris 1871",
         APPORTION_RATIO_NEAREST,
         0,
         0,
         0,
         20000,
         {10000, 10001, 30000, 30001},
         {0, 1, 1, 2},
         0},
        {"floor and cap per unit",
         APPORTION_RATIO_UP,
         0,
         2,
         3,
         100,
         {1, 250, 900, 0},
         {2, 3, 3, 0},
         0},
        /* Wikipedia, "D'Hondt method", worked example */
        {"D'Hondt", APPORTION_DHONDT, 8, 0, 0, 0, {100000, 80000, 30000, 20000}, {4, 3, 1, 0}, 0},
        /* Wikipedia, "Sainte-Lague method", worked example */
        {"Sainte-Lague", APPORTION_SAINTE_LAGUE, 7, 0, 0, 0, {53000, 24000, 23000}, {3, 2, 2}, 0},
        {"Sainte-Lague 8",
         APPORTION_SAINTE_LAGUE,
         8,
         0,
         0,
         0,
         {100000, 80000, 30000, 20000},
         {3, 3, 1, 1},
         0},
        /* Wikipedia, "Largest remainder method", Hare and Droop quota examples */
        {"Hare",
         APPORTION_HARE_LR,
         10,
         0,
         0,
         0,
         {47000, 16000, 15800, 12000, 6100, 3100},
         {5, 2, 1, 1, 1, 0},
         0},
        {"Droop",
         APPORTION_DROOP_LR,
         10,
         0,
         0,
         0,
         {47000, 16000, 15800, 12000, 6100, 3100},
         {5, 2, 2, 1, 0, 0},
         0},
        /* the Alabama paradox of 1880 in small: 11 seats take one from the smallest of 10 */
        {"Alabama 10", APPORTION_HARE_LR, 10, 0, 0, 0, {6, 6, 2}, {4, 4, 2}, 0},
        {"Alabama 11", APPORTION_HARE_LR, 11, 0, 0, 0, {6, 6, 2}, {5, 5, 1}, 0},
        {"tie, more members first", APPORTION_DHONDT, 2, 0, 0, 0, {100, 200, 50}, {0, 2, 0}, 1},
        {"tie, earlier first", APPORTION_DHONDT, 1, 0, 0, 0, {5, 5, 5}, {1, 0, 0}, 2},
        {"no tie when all get it", APPORTION_DHONDT, 3, 0, 0, 0, {5, 5, 5}, {1, 1, 1}, 0},
        {"remainder tie", APPORTION_HARE_LR, 3, 0, 0, 0, {3, 3}, {2, 1}, 1},
        {"floor", APPORTION_DHONDT, 8, 1, 0, 0, {100000, 80000, 30000, 20000}, {3, 3, 1, 1}, 0},
        {"cap", APPORTION_DHONDT, 8, 0, 3, 0, {100000, 80000, 30000, 20000}, {3, 3, 1, 1}, 0},
        {"floor with remainders", APPORTION_HARE_LR, 5, 1, 0, 0, {97, 1, 1, 1}, {2, 1, 1, 1}, 0},
        {"cap with remainders", APPORTION_HARE_LR, 5, 0, 2, 0, {97, 1, 1, 1}, {2, 1, 1, 1}, 0},
        {"nobody gets the floor", APPORTION_SAINTE_LAGUE, 2, 1, 0, 0, {10, 0, 10}, {1, 0, 1}, 0},
        {"fewer members than seats", APPORTION_DROOP_LR, 10, 0, 0, 0, {1, 2}, {4, 6}, 1},
        {"a house of none", APPORTION_HARE_LR, 0, 0, 0, 0, {1, 2}, {0, 0}, 0},
        {"largest numbers",
         APPORTION_SAINTE_LAGUE,
         3,
         0,
         0,
         0,
         {6000000000000000, 3007199254740991},
         {2, 1},
         0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct fail fail = {0};
        struct apportion_result result = {0};
        struct apportion_rule rule = {
            cases[i].method, cases[i].ratio, cases[i].floor, cases[i].cap, 0, {{0}}};
        struct apportion_units units = {cases[i].members, UNITS_MAX, cases[i].seats};
        arena_init(&arena, alloc_libc, 1 << 20);
        enum code code = apportion(&rule, &units, &arena, &result, &fail);
        CHECK(code == CODE_OK, "%s: %s", cases[i].name, fail.message);
        for (size_t k = 0; code == CODE_OK && k < UNITS_MAX; k++)
            CHECK(result.seats[k] == cases[i].expected[k], "%s: unit %zu gets %u, not %u",
                  cases[i].name, k + 1, result.seats[k], cases[i].expected[k]);
        CHECK(result.tie_count == cases[i].ties, "%s: %zu ties", cases[i].name, result.tie_count);
        arena_done(&arena);
    }
}

static void test_refusals(void)
{
    static const uint64_t members[] = {5, 6, 7}, none[] = {0, 0, 0};
    static const uint64_t huge[] = {RECORD_INT_MAX, 1, 1};
    const struct {
        struct apportion_rule rule;
        struct apportion_units units;
        enum code code;
        const char *reason;
    } cases[] = {
        {{.method = 0}, {members, 3, 5}, CODE_MALFORMED, "method"},
        {{.method = APPORTION_RATIO_UP}, {members, 3, 0}, CODE_MALFORMED, "ratio"},
        {{.method = APPORTION_BANDS}, {members, 3, 0}, CODE_MALFORMED, "bands"},
        {{.method = APPORTION_BANDS, .band_count = 33}, {members, 3, 0}, CODE_MALFORMED, "bands"},
        {{.method = APPORTION_BANDS, .band_count = 1, .bands = {{6, 1, 0, 0, 0}}},
         {members, 3, 0},
         CODE_MALFORMED,
         "bands"},
        {{.method = APPORTION_BANDS, .band_count = 2, .bands = {{6, 1, 0, 0, 0}, {6, 2, 0, 0, 0}}},
         {members, 1, 0},
         CODE_MALFORMED,
         "bands"},
        {{.method = APPORTION_DHONDT, .floor = 2}, {members, 3, 5}, CODE_MALFORMED, "floor"},
        {{.method = APPORTION_DHONDT, .cap = 1}, {members, 3, 4}, CODE_MALFORMED, "cap"},
        {{.method = APPORTION_DHONDT, .floor = 2, .cap = 1},
         {members, 3, 4},
         CODE_MALFORMED,
         "cap"},
        {{.method = APPORTION_HARE_LR}, {none, 3, 4}, CODE_MALFORMED, "members"},
        {{.method = APPORTION_HARE_LR}, {huge, 3, 4}, CODE_MALFORMED, "members"},
        {{.method = APPORTION_HARE_LR},
         {members, 3, APPORTION_SEATS_MAX + 1},
         CODE_TOO_BIG,
         "seats"},
        {{.method = APPORTION_RATIO_UP, .ratio = 1}, {huge, 1, 0}, CODE_TOO_BIG, "seats"},
        {{.method = APPORTION_HARE_LR},
         {members, APPORTION_UNITS_MAX + 1, 4},
         CODE_TOO_BIG,
         "units"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct fail fail = {0};
        struct apportion_result result = {.total = 77};
        arena_init(&arena, alloc_libc, 1 << 20);
        CHECK(apportion(&cases[i].rule, &cases[i].units, &arena, &result, &fail) == cases[i].code &&
                  strcmp(fail.reason, cases[i].reason) == 0,
              "case %zu: %s, expected %s", i, fail.reason, cases[i].reason);
        CHECK(result.total == 77, "case %zu: result touched", i);
        arena_done(&arena);
    }
}

static uint64_t awarded(const struct apportion_result *result, size_t units)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < units; i++) sum += result->seats[i];
    return sum;
}

/* Divisor methods are defined by a property: no seat moved between two units would rank their
 * claims better. */
static bool in_balance(const struct apportion_rule *rule, const struct apportion_units *units,
                       const uint32_t *seats)
{
    for (size_t a = 0; a < units->count; a++)
        for (size_t b = 0; b < units->count; b++) {
            if (!units->members[a] || !units->members[b]) continue;
            if (seats[a] <= rule->floor || (rule->cap && seats[b] >= rule->cap)) continue;
            uint64_t held =
                rule->method == APPORTION_DHONDT ? seats[a] : 2 * (uint64_t)seats[a] - 1;
            uint64_t next =
                rule->method == APPORTION_DHONDT ? seats[b] + 1 : 2 * (uint64_t)seats[b] + 1;
            if (units->members[a] * next < units->members[b] * held) return false;
        }
    return true;
}

static void test_properties(void)
{
    struct stream stream;
    stream_init(&stream, STR("apportion properties"));
    for (int round = 0; round < 3000; round++) {
        uint64_t members[UNITS_MAX];
        struct apportion_units units = {members, 1 + stream_below(&stream, UNITS_MAX), 0};
        uint64_t all = 0, with_members = 0;
        for (size_t i = 0; i < units.count; i++) {
            members[i] = stream_below(&stream, round % 3 == 0 ? 5 : 100000);
            all += members[i];
            with_members += members[i] > 0;
        }
        if (all == 0) continue;
        struct apportion_rule rule = {.method =
                                          (enum apportion_method)(4 + stream_below(&stream, 4))};
        rule.floor = (uint32_t)stream_below(&stream, 3);
        rule.cap = round % 2 ? 0 : rule.floor + 1 + (uint32_t)stream_below(&stream, 6);
        uint64_t least = rule.floor * with_members,
                 most = rule.cap ? rule.cap * with_members : least + 40;
        units.seats = (uint32_t)(least + stream_below(&stream, most - least + 1));
        struct arena arena;
        struct apportion_result result = {0};
        arena_init(&arena, alloc_libc, 1 << 20);
        bool ok =
            CHECK(apportion(&rule, &units, &arena, &result, NULL) == CODE_OK, "round %d", round);
        if (ok) {
            CHECK(awarded(&result, units.count) == units.seats && result.total == units.seats,
                  "round %d: %llu of %u", round, (unsigned long long)result.total, units.seats);
            for (size_t i = 0; i < units.count; i++)
                CHECK(members[i] ? result.seats[i] >= rule.floor &&
                                       (!rule.cap || result.seats[i] <= rule.cap)
                                 : result.seats[i] == 0,
                      "round %d unit %zu: limits", round, i);
            if (rule.method == APPORTION_DHONDT || rule.method == APPORTION_SAINTE_LAGUE)
                CHECK(in_balance(&rule, &units, result.seats),
                      "round %d: a seat is in the wrong place", round);
        }
        arena_done(&arena);
    }
}

static void test_bands_text(void)
{
    static const char *const good[] = {"*:1", "600:0+1/100,*:6+1/200", "9000:35,*:35+2/3000s",
                                       "10:1+1/4n"};
    static const struct {
        const char *text;
        uint64_t column;
    } bad[] = {{"", 1},        {"5", 2},         {"5:", 3},      {"5:1,", 5},
               {"5:1,5:2", 5}, {"*:1,6:2", 5},   {"5:1+", 5},    {"5:1+1", 6},
               {"5:1+1/", 7},  {"5:1+1/0", 8},   {"5:1+0/1", 8}, {"5:1x", 4},
               {"x:1", 1},     {"5:1+1/2sx", 9}, {" 5:1", 1},    {"5:99999999999", 3}};
    char again[200];
    for (size_t i = 0; i < COUNT(good); i++) {
        struct apportion_rule rule = {0};
        struct buf out;
        buf_init(&out, alloc_libc, sizeof again);
        CHECK(apportion_bands_parse(str_from(good[i]), &rule, NULL) == CODE_OK, "%s", good[i]);
        apportion_bands_write(&rule, &out);
        CHECK(str_eq(buf_str(&out), str_from(good[i])), "%s comes back as %.*s", good[i],
              STR_ARG(buf_str(&out)));
        buf_done(&out);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct apportion_rule rule = {.ratio = 7};
        struct fail fail = {0};
        CHECK(apportion_bands_parse(str_from(bad[i].text), &rule, &fail) == CODE_MALFORMED, "%s",
              bad[i].text);
        CHECK(fail.line == 1 && fail.column == bad[i].column, "%s: column %llu", bad[i].text,
              (unsigned long long)fail.column);
        CHECK(rule.band_count == 0 && rule.ratio == 7, "%s: rule touched", bad[i].text);
    }
}

static void test_table(void)
{
    static const struct {
        const char *text;
        size_t units;
        uint64_t line, column; /* 0, 0 = good */
    } cases[] = {
        {"unit,members\nNorth,12\n\"South, inner\",3\r\nEast, 4", 3, 0, 0},
        {"\xEF\xBB\xBFunit,members\n", 0, 0, 0},
        {"unit,members\nNorth,12\n\n", 1, 0, 0},
        {"unit,members\n\"a \"\"b\"\"\",1\n", 1, 0, 0},
        {"", 0, 1, 1},
        {"unit\n", 0, 1, 5},
        {"North,12\n", 0, 1, 7},
        {"unit,members\nNorth\n", 0, 2, 6},
        {"unit,members\nNorth,x\n", 0, 2, 7},
        {"unit,members\nNorth,1,2\n", 0, 2, 8},
        {"unit,members\n,1\n", 0, 2, 1},
        {"unit,members\n\"North,1\n", 0, 2, 2},
        {"unit,members\nNorth,-1\n", 0, 2, 7},
        {"unit,members\nNorth,99999999999999999999\n", 0, 2, 7},
        {"unit,members\nN\xFFrth,1\n", 0, 2, 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct fail fail = {0};
        struct apportion_table table = {.count = 99};
        arena_init(&arena, alloc_libc, 1 << 20);
        enum code code = apportion_table_read(str_from(cases[i].text), &arena, &table, &fail);
        CHECK((code == CODE_OK) == (cases[i].line == 0), "table %zu: %s", i, fail.message);
        CHECK(fail.line == cases[i].line && fail.column == cases[i].column, "table %zu: %llu:%llu",
              i, (unsigned long long)fail.line, (unsigned long long)fail.column);
        CHECK(table.count == (cases[i].line ? 99 : cases[i].units), "table %zu: %zu units", i,
              table.count);
        if (i == 0 && code == CODE_OK)
            CHECK(str_eq(table.names[1], STR("South, inner")) && table.members[2] == 4,
                  "fields of a table");
        if (i == 3 && code == CODE_OK)
            CHECK(str_eq(table.names[0], STR("a \"b\"")), "doubled quotes");
        arena_done(&arena);
    }
}

static void test_allocations(void)
{
    static const uint64_t members[] = {5, 5, 7};
    for (enum apportion_method method = APPORTION_DHONDT; method <= APPORTION_DROOP_LR; method++) {
        size_t fail_at = 0;
        for (bool done = false; !done; fail_at++) {
            struct failing failing = {.fail_at = fail_at};
            struct arena arena;
            struct apportion_result result = {0};
            struct apportion_table table = {0};
            struct apportion_rule rule = {.method = method};
            struct apportion_units units = {members, 3, 4};
            arena_init(&arena, failing_alloc(&failing), 1 << 20);
            enum code code = apportion(&rule, &units, &arena, &result, NULL);
            if (code == CODE_OK)
                code = apportion_table_read(STR("a,b\n\"c\",3\n"), &arena, &table, NULL);
            CHECK(code == CODE_OK || code == CODE_NO_MEMORY, "allocation %zu: %s", fail_at,
                  code_name(code));
            done = code == CODE_OK;
            arena_done(&arena);
            CHECK(failing.live == 0, "allocation %zu: %lld live", fail_at, (long long)failing.live);
        }
        CHECK(fail_at > 1, "no allocation failed");
    }
}

int main(void)
{
    test_norms();
    test_methods();
    test_refusals();
    test_properties();
    test_bands_text();
    test_table();
    test_allocations();
    return check_done();
}
