#include "base/rational.h"
#include "base/sha256.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

static bool writes(const struct rational *r, const char *want)
{
    struct buf out;
    buf_init(&out, alloc_libc, 4096);
    rational_write(r, &out);
    bool good = buf_check(&out) == CODE_OK && str_eq(buf_str(&out), str_from(want));
    if (!good) printf("%.*s, want %s\n", STR_ARG(buf_str(&out)), want);
    buf_done(&out);
    return good;
}

static void test_parse_and_write(void)
{
    static const struct {
        const char *text, *written; /* NULL: refused */
    } cases[] = {
        {"0", "0"},
        {"3", "3"},
        {"22/7", "22/7"},
        {"4/6", "2/3"},
        {"6/3", "2"},
        {"0/5", "0"},
        {"0.125", "1/8"},
        {"0.50", "1/2"},
        {"1.0", "1"},
        {"12.5", "25/2"},
        {"-3", "-3"},
        {"-0.125", "-1/8"},
        {"-22/7", "-22/7"},
        {"18446744073709551617", "18446744073709551617"},
        {"1/340282366920938463463374607431768211457", "1/340282366920938463463374607431768211457"},
        {"", NULL},
        {"-", NULL},
        {"--1", NULL},
        {"+1", NULL},
        {"-0", NULL},
        {"-0.0", NULL},
        {"00", NULL},
        {"01", NULL},
        {"1/0", NULL},
        {"1/00", NULL},
        {"1/02", NULL},
        {"1/-2", NULL},
        {"1/", NULL},
        {"/2", NULL},
        {"1/2/3", NULL},
        {"1.", NULL},
        {".5", NULL},
        {"1.5/2", NULL},
        {"1/2.5", NULL},
        {"1.2.3", NULL},
        {"1e3", NULL},
        {" 1", NULL},
        {"1 ", NULL},
        {"0x1", NULL},
    };
    struct rational r;
    rational_init(&r);
    CHECK(writes(&r, "0"), "starts as zero");
    for (size_t i = 0; i < COUNT(cases); i++) {
        rational_set(&r, 355, 113);
        bool good = rational_parse(str_from(cases[i].text), &r);
        CHECK(good == (cases[i].written != NULL), "\"%s\"", cases[i].text);
        CHECK(writes(&r, good ? cases[i].written : "355/113"), "\"%s\"", cases[i].text);
    }
    static char digits[4097];
    memset(digits, '9', sizeof digits);
    CHECK(rational_parse((str){digits, 4096}, &r) && !rational_parse((str){digits, 4097}, &r),
          "limit");
    rational_done(&r);
}

static void test_decimal(void)
{
    static const struct {
        const char *text;
        unsigned places;
        const char *want;
    } cases[] = {
        {"2/3", 5, "0.66666"},    {"-2/3", 5, "-0.66666"},
        {"2/3", 0, "0"},          {"5/2", 0, "2"},
        {"-5/2", 0, "-2"},        {"7", 2, "7.00"},
        {"1/1000", 2, "0.00"},    {"-1/1000", 2, "0.00"},
        {"-1/1000", 3, "-0.001"}, {"12345/1000", 3, "12.345"},
        {"1/100", 5, "0.01000"},  {"999999/1000000", 5, "0.99999"}, /* cut off, not rounded */
        {"0", 3, "0.000"},
    };
    struct rational r;
    rational_init(&r);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;
        buf_init(&out, alloc_libc, 64);
        CHECK(rational_parse(str_from(cases[i].text), &r), "%s", cases[i].text);
        rational_write_decimal(&r, cases[i].places, &out);
        CHECK(str_eq(buf_str(&out), str_from(cases[i].want)), "%s: %.*s", cases[i].text,
              STR_ARG(buf_str(&out)));
        buf_done(&out);
    }
    rational_done(&r);
}

static void test_whole_parts(void)
{
    static const struct {
        const char *text;
        bool floor_fits, ceil_fits;
        uint64_t floor, ceil;
    } cases[] = {
        {"0", true, true, 0, 0},
        {"1/2", true, true, 0, 1},
        {"7/7", true, true, 1, 1},
        {"22/7", true, true, 3, 4},
        {"-1/2", false, false, 0, 0},
        {"18446744073709551615", true, true, UINT64_MAX, UINT64_MAX},
        {"18446744073709551615.5", true, false, UINT64_MAX, 0},
        {"18446744073709551616", false, false, 0, 0},
    };
    struct rational r;
    rational_init(&r);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t floor = 4711, ceil = 4711;
        CHECK(rational_parse(str_from(cases[i].text), &r), "%s", cases[i].text);
        CHECK(rational_floor(&r, &floor) == cases[i].floor_fits, "%s", cases[i].text);
        CHECK(rational_ceil(&r, &ceil) == cases[i].ceil_fits, "%s", cases[i].text);
        CHECK(floor == (cases[i].floor_fits ? cases[i].floor : 4711), "%s", cases[i].text);
        CHECK(ceil == (cases[i].ceil_fits ? cases[i].ceil : 4711), "%s", cases[i].text);
    }
    rational_done(&r);
}

static void set_random(struct rational *r, struct stream *stream)
{
    rational_set(r, stream_below(stream, 1000), 1 + stream_below(stream, 1000));
    if (stream_below(stream, 2)) {
        struct rational zero;
        rational_init(&zero);
        rational_sub(r, &zero, r);
        rational_done(&zero);
    }
}

static void test_laws(void)
{
    struct stream stream;
    struct rational a, b, c, d;
    rational_init(&a);
    rational_init(&b);
    rational_init(&c);
    rational_init(&d);
    stream_init(&stream, STR("rational"));
    for (size_t i = 0; i < 2000; i++) {
        set_random(&a, &stream);
        set_random(&b, &stream);
        rational_add(&c, &a, &b);
        rational_sub(&d, &c, &b);
        if (rational_cmp(&d, &a) != 0) CHECK(false, "a + b - b = a, round %zu", i);
        rational_mul(&c, &a, &b);
        bool divides = rational_div(&d, &c, &b);
        if (divides != (rational_sign(&b) != 0) || (divides && rational_cmp(&d, &a) != 0))
            CHECK(false, "a b / b = a, round %zu", i);
        rational_sub(&c, &a, &b);
        if (rational_sign(&c) != rational_cmp(&a, &b)) CHECK(false, "sign of a - b, round %zu", i);
    }
    rational_set(&a, 0, 7);
    rational_set(&b, 5, 1);
    rational_copy(&c, &b);
    CHECK(!rational_div(&c, &b, &a) && writes(&c, "5"), "untouched when dividing by zero");
    rational_set(&a, UINT64_MAX, 1);
    rational_mul(&a, &a, &a);
    CHECK(writes(&a, "340282366920938463426481119284349108225"), "(2^64-1)^2");
    rational_done(&a);
    rational_done(&b);
    rational_done(&c);
    rational_done(&d);
}

static void test_writing_may_fail(void)
{
    struct rational r;
    rational_init(&r);
    CHECK(rational_parse(STR("-123456789012345678901/7"), &r), "parse");
    for (size_t max = 0; max < 30; max++) {
        struct buf out;
        buf_init(&out, alloc_libc, max);
        rational_write(&r, &out);
        CHECK((buf_check(&out) == CODE_OK) == (max >= 24), "max %zu", max);
        buf_clear(&out);
        rational_write_decimal(&r, 3, &out);
        CHECK((buf_check(&out) == CODE_OK) == (max >= 25), "decimal, max %zu", max);
        buf_done(&out);
    }
    size_t n = 0;
    for (bool good = false; !good; n++) {
        struct failing failing = {.fail_at = n};
        struct buf out;
        buf_init(&out, failing_alloc(&failing), 64);
        rational_write(&r, &out);
        good = buf_check(&out) == CODE_OK;
        buf_done(&out);
        CHECK(failing.live == 0 && good == (failing.calls <= n), "allocation %zu", n);
    }
    CHECK(n > 2, "%zu allocations", n);
    rational_done(&r);
}

int main(void)
{
    test_parse_and_write();
    test_decimal();
    test_whole_parts();
    test_laws();
    test_writing_may_fail();
    return check_done();
}
