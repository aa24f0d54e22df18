/* group_ed25519.c - the group of curve.h as Belenios writes it (specification, 5.2.1). */
#include "core/ballot/group.h"

#include "base/text.h"

#include <string.h>

static void reverse(uint8_t ret[32], const uint8_t bytes[32])
{
    for (int i = 0; i < 32; i++) ret[i] = bytes[31 - i];
}

/* The compressed form as a hexadecimal number: RFC 8032's bytes, the last one first. */
static bool ed_read(const struct group *group, str text, union element *ret)
{
    uint8_t number[32], bytes[32];
    (void)group;
    if (!hex_decode(text, number, sizeof number)) return false;
    reverse(bytes, number);
    return point_decode(&ret->ed, bytes) && point_in_subgroup(&ret->ed);
}

static str ed_text(const struct group *group, const union element *element, char *ret)
{
    uint8_t number[32], bytes[32];
    (void)group;
    point_encode(bytes, &element->ed);
    reverse(number, bytes);
    hex_encode(number, sizeof number, ret);
    return (str){ret, 64};
}

static void ed_mul(const struct group *group, union element *ret, const union element *a,
                   const union element *b)
{
    (void)group;
    point_add(&ret->ed, &a->ed, &b->ed);
}

static void ed_div(const struct group *group, union element *ret, const union element *a,
                   const union element *b)
{
    (void)group;
    point_sub(&ret->ed, &a->ed, &b->ed);
}

static void ed_pow(const struct group *group, union element *ret, const union element *a,
                   const union exponent *x)
{
    (void)group;
    point_mul_vartime(&ret->ed, &x->ed, &a->ed);
}

static void ed_pow2(const struct group *group, union element *ret, struct group_power a,
                    struct group_power b)
{
    (void)group;
    point_mul2_vartime(&ret->ed, &a.exponent->ed, &a.base->ed, &b.exponent->ed, &b.base->ed);
}

static bool ed_equal(const struct group *group, const union element *a, const union element *b)
{
    (void)group;
    return point_equal(&a->ed, &b->ed);
}

static int ed_order(const struct group *group, const union element *a, const union element *b)
{
    uint8_t first[32], second[32];
    (void)group;
    point_encode(first, &a->ed);
    point_encode(second, &b->ed);
    return memcmp(first, second, sizeof first);
}

/* Of at most 64 significant bytes. */
static void ed_exponent_set(const struct group *group, union exponent *ret,
                            const uint8_t *big_endian, size_t len)
{
    uint8_t wide[64] = {0};
    (void)group;
    for (size_t i = 0; i < len && i < sizeof wide; i++) wide[i] = big_endian[len - 1 - i];
    scalar_reduce(&ret->ed, wide);
}

static bool ed_exponent_below(const struct group *group, const uint8_t *big_endian, size_t len)
{
    uint8_t bytes[32] = {0};
    (void)group;
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = big_endian[len - 1 - i];
        if (i < sizeof bytes) bytes[i] = byte;
        if (i >= sizeof bytes && byte != 0) return false;
    }
    return scalar_canonical(bytes);
}

static void ed_exponent_add(const struct group *group, union exponent *ret, const union exponent *a,
                            const union exponent *b)
{
    (void)group;
    scalar_add(&ret->ed, &a->ed, &b->ed);
}

static void ed_exponent_sub(const struct group *group, union exponent *ret, const union exponent *a,
                            const union exponent *b)
{
    (void)group;
    scalar_sub(&ret->ed, &a->ed, &b->ed);
}

static void ed_exponent_mul(const struct group *group, union exponent *ret, const union exponent *a,
                            const union exponent *b)
{
    (void)group;
    scalar_mul(&ret->ed, &a->ed, &b->ed);
}

static void ed_exponent_invert(const struct group *group, union exponent *ret,
                               const union exponent *a)
{
    (void)group;
    scalar_invert(&ret->ed, &a->ed);
}

static bool ed_exponent_equal(const struct group *group, const union exponent *a,
                              const union exponent *b)
{
    (void)group;
    return memcmp(a->ed.bytes, b->ed.bytes, sizeof a->ed.bytes) == 0;
}

/* bytes + 1, little-endian. */
static void increment(uint8_t bytes[32])
{
    for (int i = 0; i < 32 && ++bytes[i] == 0; i++) {}
}

/* "b <- uncompress(x + e), e: smallest non-negative integer such that b is in E; h <- b^8", x the
 * hash >> 2. */
static void ed_generator(const struct group *group, const hash32 *hash, union element *ret)
{
    uint8_t bytes[32];
    struct point point;
    (void)group;
    for (int i = 0; i < 32; i++) {
        uint8_t above = i < 31 ? hash->bytes[30 - i] : 0;
        bytes[i] = (uint8_t)(hash->bytes[31 - i] >> 2 | above << 6);
    }
    while (!point_decode(&point, bytes)) increment(bytes);
    for (int i = 0; i < 3; i++) point_double(&point, &point);
    ret->ed = point;
}

/* uncompress((v1 << 8 | v2 ...) << 14 + e), e the smallest for which it is of prime order. */
static bool ed_of_ints(const struct group *group, const uint8_t *ints, uint32_t count,
                       union element *ret)
{
    uint8_t bytes[34] = {0};
    (void)group;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = count - 1 - i; /* byte above the padding */
        bytes[at + 1] = (uint8_t)(bytes[at + 1] | ints[i] << 6);
        bytes[at + 2] = (uint8_t)(bytes[at + 2] | ints[i] >> 2);
    }
    for (uint32_t e = 0; e < 1u << 14; e++) {
        bytes[0] = (uint8_t)e;
        bytes[1] = (uint8_t)((bytes[1] & 0xc0) | e >> 8);
        if (point_decode(&ret->ed, bytes) && point_in_subgroup(&ret->ed)) return true;
    }
    return false;
}

static void ed_to_ints(const struct group *group, const union element *element, uint32_t count,
                       uint8_t *ret)
{
    uint8_t bytes[33] = {0};
    (void)group;
    point_encode(bytes, &element->ed);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = count - 1 - i;
        ret[i] = (uint8_t)(bytes[at + 1] >> 6 | bytes[at + 2] << 2);
    }
}

const struct group_ops group_ed25519_ops = {.read = ed_read,
                                            .text = ed_text,
                                            .mul = ed_mul,
                                            .div = ed_div,
                                            .pow2 = ed_pow2,
                                            .pow = ed_pow,
                                            .equal = ed_equal,
                                            .order = ed_order,
                                            .exponent_set = ed_exponent_set,
                                            .exponent_below = ed_exponent_below,
                                            .exponent_add = ed_exponent_add,
                                            .exponent_sub = ed_exponent_sub,
                                            .exponent_mul = ed_exponent_mul,
                                            .exponent_invert = ed_exponent_invert,
                                            .exponent_equal = ed_exponent_equal,
                                            .generator = ed_generator,
                                            .of_ints = ed_of_ints,
                                            .to_ints = ed_to_ints};
