/* scalar.c - integers modulo q, the prime order of the base point. Four words of 64 bits; reduction
 * by Barrett's method (Handbook of Applied Cryptography, algorithm 14.42, b = 2^64, k = 4). No
 * branch depends on a value. */
#include "core/ballot/curve.h"

#include <string.h>

typedef unsigned __int128 wide;
enum { WORDS = 4 };

const struct scalar scalar_zero = {{0}};
const struct scalar scalar_one = {{1}};
const uint8_t scalar_order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
static const uint64_t order[WORDS + 1] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0x0,
                                          0x1000000000000000, 0x0};
/* floor(2^512 / q) */
static const uint64_t barrett[WORDS + 1] = {0xed9ce5a30a2c131b, 0x2106215d086329a7,
                                            0xffffffffffffffeb, 0xffffffffffffffff, 0xf};

static void load(uint64_t *words, const uint8_t *bytes, int count)
{
    for (int i = 0; i < count; i++) {
        words[i] = 0;
        for (int k = 7; k >= 0; k--) words[i] = words[i] << 8 | bytes[8 * i + k];
    }
}

static void store(struct scalar *ret, const uint64_t words[WORDS])
{
    for (int i = 0; i < 32; i++) ret->bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
}

/* ret = a - b over `count` words; 1 when it went below zero. */
static uint64_t subtract(uint64_t *ret, const uint64_t *a, const uint64_t *b, int count)
{
    uint64_t borrow = 0;
    for (int i = 0; i < count; i++) {
        wide difference = (wide)a[i] - b[i] - borrow;
        ret[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    return borrow;
}

/* a -= q unless that goes below zero. */
static void subtract_order(uint64_t a[WORDS + 1])
{
    uint64_t less[WORDS + 1];
    uint64_t keep = (uint64_t)0 - subtract(less, a, order, WORDS + 1);
    for (int i = 0; i <= WORDS; i++) a[i] = (a[i] & keep) | (less[i] & ~keep);
}

static void multiply(uint64_t *ret, const uint64_t *a, int count_a, const uint64_t *b, int count_b)
{
    memset(ret, 0, (size_t)(count_a + count_b) * sizeof *ret);
    for (int i = 0; i < count_a; i++) {
        uint64_t over = 0;
        for (int k = 0; k < count_b; k++) {
            wide t = (wide)a[i] * b[k] + ret[i + k] + over;
            ret[i + k] = (uint64_t)t;
            over = (uint64_t)(t >> 64);
        }
        ret[i + count_b] = over;
    }
}

static void reduce(struct scalar *ret, const uint64_t x[2 * WORDS])
{
    uint64_t estimate[2 * WORDS + 2], product[2 * WORDS + 2], rest[WORDS + 1];
    multiply(estimate, x + WORDS - 1, WORDS + 1, barrett, WORDS + 1);
    multiply(product, estimate + WORDS + 1, WORDS + 1, order, WORDS + 1);
    (void)subtract(rest, x, product,
                   WORDS + 1); /* modulo b^5, where the true difference is below 3q */
    subtract_order(rest);
    subtract_order(rest);
    store(ret, rest);
}

bool scalar_canonical(const uint8_t bytes[32])
{
    uint64_t words[WORDS], less[WORDS];
    load(words, bytes, WORDS);
    return subtract(less, words, order, WORDS) == 1;
}

void scalar_reduce(struct scalar *ret, const uint8_t bytes[64])
{
    uint64_t words[2 * WORDS];
    load(words, bytes, 2 * WORDS);
    reduce(ret, words);
}

void scalar_mul(struct scalar *ret, const struct scalar *a, const struct scalar *b)
{
    uint64_t x[WORDS], y[WORDS], product[2 * WORDS];
    load(x, a->bytes, WORDS);
    load(y, b->bytes, WORDS);
    multiply(product, x, WORDS, y, WORDS);
    reduce(ret, product);
}

void scalar_add(struct scalar *ret, const struct scalar *a, const struct scalar *b)
{
    uint64_t x[WORDS], y[WORDS], sum[2 * WORDS] = {0}, over = 0;
    load(x, a->bytes, WORDS);
    load(y, b->bytes, WORDS);
    for (int i = 0; i < WORDS; i++) {
        wide t = (wide)x[i] + y[i] + over;
        sum[i] = (uint64_t)t;
        over = (uint64_t)(t >> 64);
    }
    sum[WORDS] = over;
    reduce(ret, sum);
}

void scalar_neg(struct scalar *ret, const struct scalar *a)
{
    uint64_t x[WORDS], difference[2 * WORDS] = {0};
    load(x, a->bytes, WORDS);
    (void)subtract(difference, order, x, WORDS);
    reduce(ret, difference);
}

void scalar_sub(struct scalar *ret, const struct scalar *a, const struct scalar *b)
{
    struct scalar negative;
    scalar_neg(&negative, b);
    scalar_add(ret, a, &negative);
}

void scalar_invert(struct scalar *ret, const struct scalar *a)
{
    /* a^(q-2); the exponent is public */
    struct scalar power = scalar_one, base = *a;
    uint8_t exponent[32];
    memcpy(exponent, scalar_order, sizeof exponent);
    exponent[0] = (uint8_t)(exponent[0] - 2);
    for (int i = 252; i >= 0; i--) {
        scalar_mul(&power, &power, &power);
        if (exponent[i / 8] >> (i % 8) & 1) scalar_mul(&power, &power, &base);
    }
    *ret = power;
}

bool scalar_is_zero(const struct scalar *a)
{
    uint8_t any = 0;
    for (int i = 0; i < 32; i++) any |= a->bytes[i];
    return any == 0;
}
