/* group.h - the groups in which Belenios encrypts (specification, 5): Ed25519, BELENIOS-2048,
 * RFC-3526-2048, behind one set of functions, written as products. For public values alone: the
 * time all of it takes depends on them.
 *
 * Every element these functions take or give lies in the subgroup of prime order; group_read lets
 * no other in. */
#ifndef PLENARY_CORE_BALLOT_GROUP_H
#define PLENARY_CORE_BALLOT_GROUP_H
#include "base/sha256.h"
#include "core/ballot/curve.h"

enum {
    GROUP_LIMBS = 32,
    GROUP_TEXT_MAX = 640 /* bytes of an element's or exponent's text, with its NUL */
};

/* In a field's group: little-endian words of a number below the modulus, or below the order. */
union element {
    struct point ed;
    uint64_t limb[GROUP_LIMBS];
};
union exponent {
    struct scalar ed;
    uint64_t limb[GROUP_LIMBS];
};

struct group_ops;
struct group {
    const struct group_ops *ops;
    const char *name;
    uint32_t ranked_max;     /* small integers that fit into an element, 0: none do */
    uint32_t padding;        /* bits kept free for the encoding of small integers */
    union element one, base; /* base: the generator g */
    uint64_t modulus[GROUP_LIMBS], order[GROUP_LIMBS]; /* of a field's group */
};

/* The group of this name. False when there is none. */
bool group_find(str name, struct group *ret) MUST_CHECK;

/* Of the one text of an element of prime order, or of 1. False for every other text. */
bool group_read(const struct group *group, str text, union element *ret) MUST_CHECK;
/* Its text, into room for GROUP_TEXT_MAX bytes, NUL-terminated; the view. */
str group_text(const struct group *group, const union element *element, char *ret);

void group_mul(const struct group *group, union element *ret, const union element *a,
               const union element *b);
/* a / b */
void group_div(const struct group *group, union element *ret, const union element *a,
               const union element *b);
/* a^x and a^x * b^y */
void group_pow(const struct group *group, union element *ret, const union element *a,
               const union exponent *x);
struct group_power {
    const union element *base;
    const union exponent *exponent;
};
void group_pow2(const struct group *group, union element *ret, struct group_power a,
                struct group_power b);
bool group_equal(const struct group *group, const union element *a, const union element *b);
/* Order in which ranked ciphertexts stand in a tally: Ed25519 by the 32 bytes of RFC 8032, fields
 * by number. */
int group_order(const struct group *group, const union element *a, const union element *b);

/* Exponents, modulo the order. */
/* Decimal, below the order, without leading zeros. False otherwise. */
bool exponent_read(const struct group *group, str text, union exponent *ret) MUST_CHECK;
void exponent_of_u64(const struct group *group, union exponent *ret, uint64_t value);
/* A hash, read big-endian. */
void exponent_of_hash(const struct group *group, union exponent *ret, const hash32 *hash);
void exponent_add(const struct group *group, union exponent *ret, const union exponent *a,
                  const union exponent *b);
void exponent_sub(const struct group *group, union exponent *ret, const union exponent *a,
                  const union exponent *b);
void exponent_mul(const struct group *group, union exponent *ret, const union exponent *a,
                  const union exponent *b);
/* 1/a; zero for zero. */
void exponent_invert(const struct group *group, union exponent *ret, const union exponent *a);
bool exponent_equal(const struct group *group, const union exponent *a, const union exponent *b);

/* get_generator(i), i >= -1, of tables 13 and 14: an element whose logarithm nobody knows. False
 * where it is 1 or g. */
bool group_generator(const struct group *group, int64_t i, union element *ret) MUST_CHECK;
/* of_ints: `count` bytes as an element. False when nothing fits. */
bool group_of_ints(const struct group *group, const uint8_t *ints, uint32_t count,
                   union element *ret) MUST_CHECK;
/* to_ints. Is of_ints of what is given back this element? If not, nobody's ballot made it. */
bool group_to_ints(const struct group *group, const union element *element, uint32_t count,
                   uint8_t *ret) MUST_CHECK;

/* What a back end gives; as the functions above. */
struct group_ops {
    bool (*read)(const struct group *, str, union element *);
    str (*text)(const struct group *, const union element *, char *);
    void (*mul)(const struct group *, union element *, const union element *,
                const union element *);
    void (*div)(const struct group *, union element *, const union element *,
                const union element *);
    void (*pow2)(const struct group *, union element *, struct group_power, struct group_power);
    void (*pow)(const struct group *, union element *, const union element *,
                const union exponent *);
    bool (*equal)(const struct group *, const union element *, const union element *);
    int (*order)(const struct group *, const union element *, const union element *);
    void (*exponent_set)(const struct group *, union exponent *, const uint8_t *big_endian,
                         size_t len);
    bool (*exponent_below)(const struct group *, const uint8_t *big_endian,
                           size_t len); /* below the order? */
    void (*exponent_add)(const struct group *, union exponent *, const union exponent *,
                         const union exponent *);
    void (*exponent_sub)(const struct group *, union exponent *, const union exponent *,
                         const union exponent *);
    void (*exponent_mul)(const struct group *, union exponent *, const union exponent *,
                         const union exponent *);
    void (*exponent_invert)(const struct group *, union exponent *, const union exponent *);
    bool (*exponent_equal)(const struct group *, const union exponent *, const union exponent *);
    void (*generator)(const struct group *, const hash32 *hash, union element *);
    bool (*of_ints)(const struct group *, const uint8_t *, uint32_t, union element *);
    void (*to_ints)(const struct group *, const union element *, uint32_t, uint8_t *);
};
extern const struct group_ops group_ed25519_ops, group_field_ops;
/* Sets g, the modulus and the order of BELENIOS-2048 or RFC-3526-2048. */
bool group_field_find(str name, struct group *ret) MUST_CHECK;
#endif
