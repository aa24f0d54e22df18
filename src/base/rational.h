/* rational.h - exact fractions over GMP. Always in lowest terms, denominator > 0. */
#ifndef PLENARY_BASE_RATIONAL_H
#define PLENARY_BASE_RATIONAL_H
#include "base/buf.h"
#include <gmp.h>

struct rational {
    mpq_t value;
};

void rational_init(struct rational *r); /* zero */
void rational_done(struct rational *r);
void rational_set(struct rational *r, uint64_t numerator,
                  uint64_t denominator); /* denominator > 0 */
void rational_copy(struct rational *to, const struct rational *from);
void rational_add(struct rational *to, const struct rational *a, const struct rational *b);
void rational_sub(struct rational *to, const struct rational *a, const struct rational *b);
void rational_mul(struct rational *to, const struct rational *a, const struct rational *b);
/* False and untouched when b is zero. */
bool rational_div(struct rational *to, const struct rational *a,
                  const struct rational *b) MUST_CHECK;
int rational_cmp(const struct rational *a, const struct rational *b);
int rational_sign(const struct rational *r);
/* Largest integer <= r, as long as it fits 64 bits and r >= 0; false otherwise. */
bool rational_floor(const struct rational *r, uint64_t *ret) MUST_CHECK;
bool rational_ceil(const struct rational *r, uint64_t *ret) MUST_CHECK;
/* "3", "22/7". */
void rational_write(const struct rational *r, struct buf *out);
/* Decimal with exactly `places` digits, cut off, not rounded: 2/3 -> "0.66666", -1/3 -> "-0.33333";
 * what is cut off to zero has no sign. */
void rational_write_decimal(const struct rational *r, unsigned places, struct buf *out);
/* "3", "22/7", "0.125", each at most 4096 bytes and perhaps behind "-"; lowest terms are not
 * required, leading zeros, "-0" and a zero denominator are refused. `ret` untouched on false. */
bool rational_parse(str text, struct rational *ret) MUST_CHECK;
#endif
