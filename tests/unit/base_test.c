#include "base/base.h"
#include "check.h"

#include <string.h>

static void test_codes(void)
{
    for (int code = CODE_OK; code <= CODE_INTERNAL; code++) {
        for (int other = CODE_OK; other < code; other++)
            CHECK(strcmp(code_name((enum code)code), code_name((enum code)other)) != 0, "%d and %d",
                  code, other);
        for (const char *c = code_name((enum code)code); *c; c++)
            if (*c >= 'A' && *c <= 'Z') CHECK(false, "upper case in the name of %d", code);
    }
}

static void test_fail(void)
{
    struct fail fail;
    memset(&fail, 0xff, sizeof fail);
    CHECK(fail_at(&fail, CODE_CORRUPT, "order", 3, 7, "key %d", 5) == CODE_CORRUPT,
          "hands the code on");
    CHECK(strcmp(fail.reason, "order") == 0 && strcmp(fail.message, "key 5") == 0, "%s",
          fail.message);
    CHECK(fail.line == 3 && fail.column == 7, "place");
    CHECK(fail_set(&fail, CODE_IO, "a reason that is far too long for its field", "%500d", 1) ==
              CODE_IO,
          "code");
    CHECK(strlen(fail.reason) == sizeof fail.reason - 1, "reason cut: %s", fail.reason);
    CHECK(strlen(fail.message) == sizeof fail.message - 1, "message cut");
    CHECK(fail.line == 0 && fail.column == 0, "no place");
    CHECK(fail_set(NULL, CODE_BUSY, "x", "y") == CODE_BUSY, "nobody cares");
    CHECK(fail_at(NULL, CODE_BUSY, "x", 1, 1, "y") == CODE_BUSY, "nobody cares");
}

static void test_compare(void)
{
    static const str ascending[] = {{NULL, 0},   {"\0", 1},      {"\0a", 2},  {"a", 1},
                                    {"aa", 2},   {"b", 1},       {"\x7f", 1}, {"\x80", 1},
                                    {"\xff", 1}, {"\xff\xff", 2}};
    for (size_t i = 0; i < COUNT(ascending); i++) {
        for (size_t j = 0; j < COUNT(ascending); j++) {
            int order = str_cmp(ascending[i], ascending[j]);
            CHECK((order > 0) - (order < 0) == (i > j) - (i < j), "%zu and %zu", i, j);
            CHECK(str_eq(ascending[i], ascending[j]) == (i == j), "%zu and %zu", i, j);
        }
    }
    CHECK(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")) &&
              str_starts(STR(""), STR("")),
          "starts");
    CHECK(!str_starts(STR("ab"), STR("abc")) && !str_starts(STR("abc"), STR("bc")), "starts not");
    CHECK(str_ends(STR("abc"), STR("bc")) && str_ends(STR("abc"), STR("")) &&
              str_ends(STR("abc"), STR("abc")),
          "ends");
    CHECK(!str_ends(STR("bc"), STR("abc")) && !str_ends(STR("abc"), STR("ab")), "ends not");
}

static void test_cut(void)
{
    str rest = STR("a,b,,c");
    CHECK(str_eq(str_cut(&rest, ','), STR("a")), "first");
    CHECK(str_eq(str_cut(&rest, ','), STR("b")), "second");
    CHECK(str_eq(str_cut(&rest, ','), STR("")), "empty");
    CHECK(str_eq(str_cut(&rest, ','), STR("c")), "last");
    CHECK(rest.len == 0 && str_cut(&rest, ',').len == 0, "rest %zu", rest.len);
    rest = STR("a,");
    CHECK(str_eq(str_cut(&rest, ','), STR("a")) && rest.len == 0, "ends with the mark");
    rest = (str){NULL, 0};
    CHECK(str_cut(&rest, ',').len == 0, "of nothing");
    CHECK(str_find(STR("abca"), 'a') == 0 && str_find(STR("abc"), 'c') == 2 &&
              str_find(STR("abc"), 'x') == 3,
          "find");
    CHECK(str_eq(str_sub(STR("abc"), 1, 1), STR("b")) &&
              str_eq(str_sub(STR("abc"), 1, SIZE_MAX), STR("bc")),
          "sub");
    CHECK(str_sub(STR("abc"), 3, 1).len == 0 && str_sub(STR("abc"), SIZE_MAX, SIZE_MAX).len == 0,
          "sub behind");
    CHECK(str_eq(str_trim(STR(" \t\r\n\v\fa b\n ")), STR("a b")) && str_trim(STR(" \n")).len == 0,
          "trim");
    CHECK(str_from(NULL).len == 0 && str_eq(str_from("x"), STR("x")), "from");
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"7", true, 7},
        {"10", true, 10},
        {"9007199254740991", true, RECORD_INT_MAX},
        {"9007199254740992", false, 0},
        {"9999999999999999", false, 0},
        {"10000000000000000", false, 0},
        {"18446744073709551617", false, 0}, /* 2^64 + 1 */
        {"", false, 0},
        {"00", false, 0},
        {"01", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.", false, 0},
        {"0x1", false, 0},
        {"1e3", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 12345;
        bool good = str_to_u64(str_from(cases[i].text), &value);
        CHECK(good == cases[i].good && value == (good ? cases[i].value : 12345), "\"%s\"",
              cases[i].text);
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        uint64_t value;
        CHECK(str_to_u64((str){&c, 1}, &value) == (byte >= '0' && byte <= '9'), "byte %02x", byte);
    }
}

int main(void)
{
    test_codes();
    test_fail();
    test_compare();
    test_cut();
    test_numbers();
    return check_done();
}
