/* field.h - integers modulo p = 2^255 - 19, in five limbs of 51 bits.
 *
 * An element is `tight` when its limbs are below 2^51 + 2^13 and `loose` when they are below 2^54.
 * Every function takes loose elements and says what it gives; nothing else keeps limbs from
 * overflowing. All functions run in time that does not depend on values, except those that say
 * `vartime`. Source of the numbers: RFC 7748, RFC 8032. */
#ifndef PLENARY_CORE_BALLOT_FIELD_H
#define PLENARY_CORE_BALLOT_FIELD_H
#include "base/base.h"

struct field {
    uint64_t limb[5];
};

extern const struct field field_zero, field_one;
extern const struct field field_d;       /* -121665/121666, the curve's constant */
extern const struct field field_2d;      /* 2d */
extern const struct field field_sqrt_m1; /* a square root of -1 */

/* Little-endian; the highest bit is ignored. Tight. Not necessarily below p: see
 * field_bytes_canonical. */
void field_from_bytes(struct field *ret, const uint8_t bytes[32]);
/* The one encoding below p. */
void field_to_bytes(uint8_t ret[32], const struct field *a);
/* Do these 32 bytes, the highest bit apart, stand for a number below p? vartime */
bool field_bytes_canonical(const uint8_t bytes[32]);

/* Of tight ones: loose. */
static inline void field_add(struct field *ret, const struct field *a, const struct field *b)
{
    for (int i = 0; i < 5; i++) ret->limb[i] = a->limb[i] + b->limb[i];
}
void field_sub(struct field *ret, const struct field *a,
               const struct field *b); /* b below 2^53 - 2^8, such as a sum of tight ones; tight */
/* The same of tight ones or sums of two, without carrying: loose, and no second such subtraction
 * may follow. */
static inline void field_sub_loose(struct field *ret, const struct field *a, const struct field *b)
{
    const uint64_t low = 0x1fffffffffffb4, high = 0x1ffffffffffffc; /* 4p */
    ret->limb[0] = a->limb[0] + low - b->limb[0];
    for (int i = 1; i < 5; i++) ret->limb[i] = a->limb[i] + high - b->limb[i];
}
void field_neg(struct field *ret, const struct field *a);                        /* tight */
void field_mul(struct field *ret, const struct field *a, const struct field *b); /* tight */
void field_square(struct field *ret, const struct field *a);                     /* tight */
/* a squared `times` times, times > 0. Tight. */
void field_square_times(struct field *ret, const struct field *a, unsigned times);
/* a^(p-2): the inverse; zero for zero. Tight. */
void field_invert(struct field *ret, const struct field *a);
/* a^((p-5)/8), what square roots are made from. Tight. */
void field_pow_p58(struct field *ret, const struct field *a);

bool field_is_zero(const struct field *a);
bool field_equal(const struct field *a, const struct field *b);
/* The lowest bit of the canonical form: the "sign" of RFC 8032. */
unsigned field_is_odd(const struct field *a);
/* ret = b when `choose` is 1, unchanged when 0. */
void field_move_if(struct field *ret, const struct field *b, unsigned choose);
/* Inverts `count` elements that are not zero with one inversion. `scratch` has room for `count`. */
void field_invert_all(struct field *elements, struct field *scratch, size_t count);
#endif
