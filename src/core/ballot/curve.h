/* curve.h - the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 over the field of field.h (RFC
 * 8032, "edwards25519"), and scalars modulo its prime order q = 2^252 +
 * 27742317777372353535851937790883648493.
 *
 * Points are in extended coordinates (x = X/Z, y = Y/Z, T = XY/Z; Hisil, Wong, Carter, Dawson
 * 2008). Functions whose name ends in _vartime take time that depends on what they are given: for
 * public values alone. The others do not. */
#ifndef PLENARY_CORE_BALLOT_CURVE_H
#define PLENARY_CORE_BALLOT_CURVE_H
#include "base/arena.h"
#include "core/ballot/field.h"

struct point {
    struct field x, y, z, t;
};
struct scalar { /* little-endian, below q unless a function says otherwise */
    uint8_t bytes[32];
};

extern const struct point point_identity, point_base;
extern const struct scalar scalar_zero, scalar_one;
extern const uint8_t scalar_order[32]; /* q, little-endian */

/* RFC 8032 5.1.3, strictly: y below p, no sign on x = 0, on the curve. The order is not checked.
 * vartime */
bool point_decode(struct point *ret, const uint8_t bytes[32]) MUST_CHECK;
void point_encode(uint8_t ret[32], const struct point *p);
/* Is it of order q or the identity: q * p = identity? vartime */
bool point_in_subgroup(const struct point *p);
/* Is it of order 1, 2, 4 or 8? vartime */
bool point_is_small(const struct point *p);
bool point_equal(const struct point *a, const struct point *b);
bool point_is_identity(const struct point *p);

void point_add(struct point *ret, const struct point *a, const struct point *b);
void point_sub(struct point *ret, const struct point *a, const struct point *b);
void point_double(struct point *ret, const struct point *p);
void point_neg(struct point *ret, const struct point *p);

/* scalar * p. Any 32 bytes below 2^255 count as the scalar. */
void point_mul(struct point *ret, const struct scalar *scalar, const struct point *p);
void point_mul_base(struct point *ret, const struct scalar *scalar);
void point_mul_vartime(struct point *ret, const struct scalar *scalar, const struct point *p);
/* a * p + b * q, sharing the doublings. */
void point_mul2_vartime(struct point *ret, const struct scalar *a, const struct point *p,
                        const struct scalar *b, const struct point *q);
/* The sum of scalars[i] * points[i], `count` of them; memory from `arena`. CODE_NO_MEMORY. */
enum code point_mul_many_vartime(struct point *ret, const struct scalar *scalars,
                                 const struct point *points, size_t count,
                                 struct arena *arena) MUST_CHECK;
/* Encodes `count` points with one inversion. CODE_NO_MEMORY. */
enum code point_encode_all(uint8_t (*ret)[32], const struct point *points, size_t count,
                           struct arena *arena) MUST_CHECK;

/* Scalars. */
bool scalar_canonical(const uint8_t bytes[32]);                 /* below q? */
void scalar_reduce(struct scalar *ret, const uint8_t wide[64]); /* little-endian, any value */
void scalar_add(struct scalar *ret, const struct scalar *a, const struct scalar *b);
void scalar_sub(struct scalar *ret, const struct scalar *a, const struct scalar *b);
void scalar_mul(struct scalar *ret, const struct scalar *a, const struct scalar *b);
void scalar_neg(struct scalar *ret, const struct scalar *a);
/* a^(q-2); zero for zero. */
void scalar_invert(struct scalar *ret, const struct scalar *a);
bool scalar_is_zero(const struct scalar *a);

/* Ed25519 as libsodium judges it (cofactorless, s below q, neither the key nor R of small order,
 * the key's encoding canonical), for signatures on public texts. `hash` is SHA-512(R || key ||
 * text), reduced. vartime */
bool curve_signature_holds(const uint8_t key[32], const uint8_t signature[64],
                           const struct scalar *hash) MUST_CHECK;
#endif
