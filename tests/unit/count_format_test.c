/* count_format_test.c - files of ballots: what is read, where each wrong file is wrong, and back
 * again. */
#include "base/sha256.h"
#include "check.h"
#include "core/count/format.h"

static const char *const good_blt =
    "4 2 # candidates, seats\n-3\n3 1 4 2 0\r\n2 2=1 4 0\n1 - 2 0\n1 0\n0\n"
    "\"Anna\"\n\"Bo \"\n\"Cem\"\n\"D\xC3\xA9\" \"Title\"\n# end\n";
static const char *const good_csv = "3,2,\n3,1,3,\n2,2,\n1,\n\"Candidate 1\",\"Anna\",\"Party, the "
                                    "(P)\",\n\"Candidate 2\",\"Bo \"\"B\"\" X\",\n"
                                    "\"Candidate 3\",\"Cem\",\"Q\"\n\"\"Ward 1, North\"\",\n";

static enum code read(enum count_format format, str text, struct arena *arena, struct profile *ret,
                      struct fail *fail)
{
    return count_format_read(format, text, arena, ret, fail);
}

static void test_blt(void)
{
    struct arena arena;
    struct profile p;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, 1 << 20);
    if (CHECK(read(COUNT_FORMAT_BLT, str_from(good_blt), &arena, &p, &fail) == CODE_OK, "%s",
              fail.message)) {
        CHECK(p.candidates == 4 && p.seats == 2 && p.group_count == 4 && p.ballots == 7, "numbers");
        CHECK(p.withdrawn[2] && !p.withdrawn[0], "3 has withdrawn");
        CHECK(str_eq(p.names[1], STR("Bo")) && str_eq(p.title, STR("Title")), "names");
        const uint32_t *second = p.preferences + p.groups[1].first;
        CHECK(second[0] == 1 && second[1] == (0 | PREFERENCE_EQUAL) && second[2] == 3,
              "equal ranks");
        CHECK(p.groups[2].length == 1 && p.groups[3].length == 0, "skipped rank, empty ballot");
    }
    arena_done(&arena);
}

static void test_blt_options(void)
{
    struct arena arena;
    struct profile p;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, 1 << 20);
    if (CHECK(read(COUNT_FORMAT_BLT,
                   STR("3 1\n[tie 3 1 2 ]\n[undeclared 2] [droop precision=5]\n[withdrawn 1]\n1 3 "
                       "0\n0\n\"A\" \"B\" \"C\" "
                       "\"T\""),
                   &arena, &p, &fail) == CODE_OK,
              "%s", fail.message)) {
        CHECK(p.lot && p.lot[0] == 2 && p.lot[1] == 0 && p.lot[2] == 1, "lot");
        CHECK(p.undeclared[1] && !p.undeclared[0] && p.withdrawn[0] && !p.withdrawn[1], "flags");
    }
    arena_done(&arena);
}

static void test_csv(void)
{
    struct arena arena;
    struct profile p;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, 1 << 20);
    if (CHECK(read(COUNT_FORMAT_CSV, str_from(good_csv), &arena, &p, &fail) == CODE_OK,
              "%llu:%llu %s", (unsigned long long)fail.line, (unsigned long long)fail.column,
              fail.message)) {
        CHECK(p.candidates == 3 && p.seats == 2 && p.group_count == 3 && p.ballots == 6, "numbers");
        CHECK(str_eq(p.names[1], STR("Bo \"B\" X")) && p.parties[1].len == 0,
              "quotes in a name, no party");
        CHECK(str_eq(p.parties[0], STR("Party, the (P)")) && str_eq(p.title, STR("Ward 1, North")),
              "texts");
    }
    arena_done(&arena);
}

static void test_places(void)
{
    static const struct {
        enum count_format format;
        const char *text, *reason;
        uint64_t line, column;
    } cases[] = {
        {COUNT_FORMAT_BLT, "", "number", 1, 1},
        {COUNT_FORMAT_BLT, "x 1\n", "number", 1, 1},
        {COUNT_FORMAT_BLT, "2x 1\n", "syntax", 1, 2},
        {COUNT_FORMAT_BLT, "0 1\n", "number", 1, 4},
        {COUNT_FORMAT_BLT, "99999 1\n", "number", 1, 1},
        {COUNT_FORMAT_BLT, "2 1\n-3\n0\n\"A\" \"B\" \"T\"", "candidate", 2, 2},
        {COUNT_FORMAT_BLT, "2 1\n1 3 0\n0\n\"A\" \"B\" \"T\"", "candidate", 2, 3},
        {COUNT_FORMAT_BLT, "2 1\n1 1 1 0\n0\n\"A\" \"B\" \"T\"", "duplicate", 2, 1},
        {COUNT_FORMAT_BLT, "2 1\n1 1 2 1 0\n0\n\"A\" \"B\" \"T\"", "duplicate", 2, 7},
        {COUNT_FORMAT_BLT, "2 1\n1 1= 0\n0\n\"A\" \"B\" \"T\"", "number", 2, 5},
        {COUNT_FORMAT_BLT, "2 1\n1.5 1 0\n0\n\"A\" \"B\" \"T\"", "syntax", 2, 2},
        {COUNT_FORMAT_BLT, "2 1\n1 1 0\n0\n\"A\" B \"T\"", "syntax", 4, 5},
        {COUNT_FORMAT_BLT, "2 1\n1 1 0\n0\n\"A\" \"B\n\"T\"", "syntax", 4, 5},
        {COUNT_FORMAT_BLT, "2 1\n1 1 0\n0\n\"A\" \"B\" \"T\" 1", "end", 4, 13},
        {COUNT_FORMAT_BLT, "2 1\n1 1 0\n0\n\"A\" \"B\xFF\" \"T\"", "utf8", 4, 7},
        {COUNT_FORMAT_BLT, "2 1\n[tie 1]\n0\n\"A\" \"B\" \"T\"", "candidate", 2, 1},
        {COUNT_FORMAT_BLT, "2 1\n[tie 1 1]\n0\n\"A\" \"B\" \"T\"", "duplicate", 2, 1},
        {COUNT_FORMAT_BLT, "2 1\n[tie 1 2 1]\n0\n\"A\" \"B\" \"T\"", "duplicate", 2, 10},
        {COUNT_FORMAT_BLT, "2 1\n[nick a b]\n0\n\"A\" \"B\" \"T\"", "syntax", 2, 1},
        {COUNT_FORMAT_BLT, "2 1\n[droop x\n0\n\"A\" \"B\" \"T\"", "syntax", 2, 1},
        {COUNT_FORMAT_BLT, "2 1\n[withdrawn 3]\n0\n\"A\" \"B\" \"T\"", "candidate", 2, 12},
        {COUNT_FORMAT_SOC, "", "missing", 1, 1},
        {COUNT_FORMAT_SOC, "1: 1,2\n", "missing", 1, 1},
        {COUNT_FORMAT_SOC, "# NUMBER ALTERNATIVES: x\n", "number", 1, 1},
        {COUNT_FORMAT_SOC, "# NUMBER ALTERNATIVES: 2\n1: 1\n", "end", 2, 5},
        {COUNT_FORMAT_SOC, "# NUMBER ALTERNATIVES: 2\n1: {1,2}\n", "syntax", 2, 4},
        {COUNT_FORMAT_SOI, "# NUMBER ALTERNATIVES: 2\n1: 1,1\n", "duplicate", 2, 1},
        {COUNT_FORMAT_SOI, "# NUMBER ALTERNATIVES: 2\n1: 3\n", "candidate", 2, 4},
        {COUNT_FORMAT_TOC, "# NUMBER ALTERNATIVES: 2\n1: {1,2\n", "syntax", 2, 8},
        {COUNT_FORMAT_TOI, "# NUMBER ALTERNATIVES: 2\n1 1\n", "syntax", 2, 3},
        {COUNT_FORMAT_TOI, "# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 3\n1: 1\n", "end", 4, 1},
        {COUNT_FORMAT_TOI, "# ALTERNATIVE NAME 1: A\n", "candidate", 1, 1},
        {COUNT_FORMAT_JSON, "", "syntax", 1, 1},
        {COUNT_FORMAT_JSON, "{}", "missing", 1, 3},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\"],\"ballots\":[]} x", "end", 1, 35},
        {COUNT_FORMAT_JSON, "{\"candidates\":[],\"ballots\":[]}", "candidate", 1, 15},
        {COUNT_FORMAT_JSON, "{\"who\":[]}", "unknown", 1, 2},
        {COUNT_FORMAT_JSON, "{\"seats\":1,\"seats\":1}", "duplicate", 1, 12},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\"],\"ballots\":[{\"count\":1}]}", "missing", 1,
         32},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\"],\"ballots\":[{\"preferences\":[2]}]}",
         "candidate", 1, 48},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\"],\"ballots\":[{\"preferences\":[1.5]}]}",
         "number", 1, 49},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\"],\"ballots\":[{\"preferences\":[1,1]}]}",
         "duplicate", 1, 50},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"\\x\"],\"ballots\":[]}", "escape", 1, 18},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"\\ud800\"],\"ballots\":[]}", "escape", 1, 23},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\n\"],\"ballots\":[]}", "control", 1, 18},
        {COUNT_FORMAT_JSON, "{\"candidates\":[\"A\"] 1,\"ballots\":[]}", "syntax", 1, 21},
        {COUNT_FORMAT_CSV, "", "number", 1, 1},
        {COUNT_FORMAT_CSV, "2\n", "syntax", 1, 2},
        {COUNT_FORMAT_CSV, "2,1,3\n", "syntax", 1, 5},
        {COUNT_FORMAT_CSV, "2,1\n1,3\n", "number", 2, 3},
        {COUNT_FORMAT_CSV, "2,1\n1,0\n", "candidate", 2, 3},
        {COUNT_FORMAT_CSV, "2,1\n1,1,1\n", "duplicate", 2, 1},
        {COUNT_FORMAT_CSV, "2,1\n1,1,2,1\n", "duplicate", 2, 7},
        {COUNT_FORMAT_CSV, "2,1\n0,1\n", "weight", 2, 1},
        {COUNT_FORMAT_CSV, "2,1\n1,1;2\n", "syntax", 2, 4},
        {COUNT_FORMAT_CSV, "2,1\n1,1\n\"Candidate 2\",\"B\"\n", "candidate", 3, 1},
        {COUNT_FORMAT_CSV, "2,1\n1,1\n\"Candidate 1\"\n", "syntax", 3, 14},
        {COUNT_FORMAT_CSV, "2,1\n1,1\n\"Candidate 1\",\"A\n", "syntax", 3, 15},
        {COUNT_FORMAT_CSV, "1,1\n1,1\n\"Candidate 1\",\"A\"\n\"T\"\nx", "end", 5, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct profile p = {.seats = 77};
        struct fail fail = {0};
        arena_init(&arena, alloc_libc, 1 << 20);
        CHECK(read(cases[i].format, str_from(cases[i].text), &arena, &p, &fail) == CODE_MALFORMED,
              "case %zu", i);
        CHECK(strcmp(fail.reason, cases[i].reason) == 0 && fail.line == cases[i].line &&
                  fail.column == cases[i].column,
              "case %zu: %s %llu:%llu %s", i, fail.reason, (unsigned long long)fail.line,
              (unsigned long long)fail.column, fail.message);
        CHECK(p.seats == 77, "case %zu: profile touched", i);
        arena_done(&arena);
    }
}

/* What is cut off anywhere is refused, except where only the end of the last line is missing. */
static void check_prefixes(enum count_format format, const char *text, size_t whole_from)
{
    size_t len = strlen(text);
    for (size_t cut = 0; cut < len; cut++) {
        struct arena arena;
        struct profile p;
        arena_init(&arena, alloc_libc, 1 << 20);
        char *exact = malloc(cut ? cut : 1);
        memcpy(exact, text, cut);
        enum code code = read(format, (str){exact, cut}, &arena, &p, NULL);
        CHECK(code == (cut < whole_from ? CODE_MALFORMED : CODE_OK),
              "format %d cut at %zu of %zu: %s", (int)format, cut, len, code_name(code));
        arena_done(&arena);
        free(exact);
    }
}

/* write(read(x)) reads as the same profile. */
static void test_round_trip(void)
{
    struct stream stream;
    stream_init(&stream, STR("blt round trip"));
    for (int round = 0; round < 200; round++) {
        struct arena arena;
        struct profile p, again;
        struct buf first, second;
        arena_init(&arena, alloc_libc, 1 << 22);
        buf_init(&first, alloc_libc, 1 << 20);
        buf_init(&second, alloc_libc, 1 << 20);
        uint32_t n = 1 + (uint32_t)stream_below(&stream, 9);
        CHECK(profile_init(&p, n, &arena, NULL) == CODE_OK, "init");
        p.seats = 1 + (uint32_t)stream_below(&stream, n);
        p.title = STR("a title");
        for (uint32_t i = 0; i < n; i++) p.withdrawn[i] = stream_below(&stream, 4) == 0;
        for (uint64_t g = stream_below(&stream, 20); g > 0; g--) {
            uint32_t ballot[9], length = (uint32_t)stream_below(&stream, n + 1);
            uint32_t start = (uint32_t)stream_below(&stream, n);
            for (uint32_t i = 0; i < length; i++)
                ballot[i] =
                    (start + i) % n | (stream_below(&stream, 3) == 0 ? PREFERENCE_EQUAL : 0);
            CHECK(profile_add(&p, 1 + stream_below(&stream, 1000), ballot, length, NULL) == CODE_OK,
                  "add");
        }
        bool anonymous = round % 2;
        format_blt_write(&p, anonymous, &first);
        CHECK(format_blt_read(buf_str(&first), &arena, &again, NULL) == CODE_OK, "%.*s",
              STR_ARG(buf_str(&first)));
        format_blt_write(&again, anonymous, &second);
        CHECK(str_eq(buf_str(&first), buf_str(&second)) && again.ballots == p.ballots, "%.*s",
              STR_ARG(buf_str(&first)));
        buf_done(&first);
        buf_done(&second);
        arena_done(&arena);
    }
}

static void test_preflib(void)
{
    static const char *const text =
        "# FILE NAME: x.toi\n# TITLE: Where\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 5\n"
        "# ALTERNATIVE NAME 1: North\n# ALTERNATIVE NAME 3: South\r\n"
        "3: 1,{2,3}\n2: 3\n";
    struct arena arena;
    struct profile p;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, 1 << 20);
    if (CHECK(read(COUNT_FORMAT_TOI, str_from(text), &arena, &p, &fail) == CODE_OK, "%llu:%llu %s",
              (unsigned long long)fail.line, (unsigned long long)fail.column, fail.message)) {
        CHECK(p.candidates == 3 && p.ballots == 5 && str_eq(p.title, STR("Where")), "numbers");
        CHECK(str_eq(p.names[2], STR("South")) && p.names[1].len == 0, "names");
        CHECK(p.preferences[1] == 1 && p.preferences[2] == (2 | PREFERENCE_EQUAL), "equal ranks");
    }
    arena_done(&arena);
}

static const char *const good_json =
    " {\"ballots\": [ {\"count\":3,\"preferences\":[1,[2,3]]},\n{\"preferences\":[]}], "
    "\"seats\":2,\n"
    "\"candidates\":[\"A\\u00e9\\ud83d\\ude00\\n\",{\"party\":\"Red\",\"name\":\"B "
    "\\\"x\\\"\"},\"C\"],"
    "\"withdrawn\":[3], \"title\":\"T\"}\n";

static void test_json(void)
{
    struct arena arena;
    struct profile p, again;
    struct fail fail = {0};
    struct buf first, second;
    arena_init(&arena, alloc_libc, 1 << 20);
    buf_init(&first, alloc_libc, 1 << 16);
    buf_init(&second, alloc_libc, 1 << 16);
    if (CHECK(read(COUNT_FORMAT_JSON, str_from(good_json), &arena, &p, &fail) == CODE_OK,
              "%llu:%llu %s", (unsigned long long)fail.line, (unsigned long long)fail.column,
              fail.message)) {
        CHECK(p.candidates == 3 && p.seats == 2 && p.ballots == 4 && p.withdrawn[2], "numbers");
        CHECK(str_eq(p.names[0], STR("A\xC3\xA9\xF0\x9F\x98\x80\n")), "%.*s", STR_ARG(p.names[0]));
        CHECK(str_eq(p.names[1], STR("B \"x\"")) && str_eq(p.parties[1], STR("Red")),
              "an object with a party");
        p.names[0] = STR("A"); /* our writer takes no control characters */
        format_json_write(&p, &first);
        CHECK(read(COUNT_FORMAT_JSON, buf_str(&first), &arena, &again, &fail) == CODE_OK,
              "%s in %.*s", fail.message, STR_ARG(buf_str(&first)));
        format_json_write(&again, &second);
        CHECK(str_eq(buf_str(&first), buf_str(&second)), "%.*s", STR_ARG(buf_str(&second)));
    }
    buf_done(&first);
    buf_done(&second);
    arena_done(&arena);
}

static void test_anonymous(void)
{
    struct arena arena;
    struct profile p;
    struct buf out;
    arena_init(&arena, alloc_libc, 1 << 20);
    buf_init(&out, alloc_libc, 1 << 20);
    CHECK(read(COUNT_FORMAT_BLT, str_from(good_blt), &arena, &p, NULL) == CODE_OK, "read");
    format_blt_write(&p, true, &out);
    buf_add_byte(&out, '\0');
    CHECK(out.at && !strstr(out.at, "Anna") && !strstr(out.at, "Title") &&
              strstr(out.at, "Candidate 4"),
          "%s", out.at);
    buf_done(&out);
    arena_done(&arena);
}

int main(void)
{
    enum count_format format = 0;
    test_blt();
    test_blt_options();
    test_csv();
    test_places();
    check_prefixes(COUNT_FORMAT_BLT, good_blt, strlen(good_blt) - 7);
    /* a title in one pair of quotes: in two pairs its beginning would be a whole, empty title */
    static const char *const csv = "1,1,\n2,1,\n\"Candidate 1\",\"Anna\",\"P\",\n\"Ward 1\",\n";
    check_prefixes(COUNT_FORMAT_CSV, csv, strlen(csv) - 2);
    check_prefixes(COUNT_FORMAT_JSON, good_json, strlen(good_json) - 1);
    test_round_trip();
    test_preflib();
    test_json();
    test_anonymous();
    CHECK(count_format_by_name(STR("x/ward.csv"), &format) && format == COUNT_FORMAT_CSV, "csv");
    CHECK(count_format_by_name(STR("a.blt"), &format) && format == COUNT_FORMAT_BLT, "blt");
    CHECK(count_format_by_name(STR("a.toc"), &format) && format == COUNT_FORMAT_TOC, "toc");
    CHECK(count_format_by_name(STR("a.json"), &format) && format == COUNT_FORMAT_JSON, "json");
    CHECK(count_format_guess(str_from(good_json)) == COUNT_FORMAT_JSON, "guess");
    CHECK(count_format_guess(STR("# FILE NAME: x\n")) == COUNT_FORMAT_TOI, "guess");
    CHECK(count_format_guess(STR("META\nkey;value\n")) == COUNT_FORMAT_PB, "guess");
    CHECK(!count_format_by_name(STR("blt"), &format), "no ending");
    CHECK(count_format_guess(str_from(good_csv)) == COUNT_FORMAT_CSV, "guess");
    CHECK(count_format_guess(STR("3 2\n1 1,2\n")) == COUNT_FORMAT_BLT, "guess");
    return check_done();
}
