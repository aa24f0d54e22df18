#include "core/ballot/field.h"

#include <string.h>

typedef unsigned __int128 wide;

#define LIMB_MASK (((uint64_t)1 << 51) - 1)

const struct field field_zero = {{0, 0, 0, 0, 0}};
const struct field field_one = {{1, 0, 0, 0, 0}};
const struct field field_d = {
    {929955233495203, 466365720129213, 1662059464998953, 2033849074728123, 1442794654840575}};
const struct field field_2d = {
    {1859910466990425, 932731440258426, 1072319116312658, 1815898335770999, 633789495995903}};
const struct field field_sqrt_m1 = {
    {1718705420411056, 234908883556509, 2233514472574048, 2117202627021982, 765476049583133}};

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) value = value << 8 | bytes[i];
    return value;
}

static void store64(uint8_t *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

void field_from_bytes(struct field *ret, const uint8_t bytes[32])
{
    uint64_t a = load64(bytes), b = load64(bytes + 8), c = load64(bytes + 16),
             d = load64(bytes + 24);
    ret->limb[0] = a & LIMB_MASK;
    ret->limb[1] = (a >> 51 | b << 13) & LIMB_MASK;
    ret->limb[2] = (b >> 38 | c << 26) & LIMB_MASK;
    ret->limb[3] = (c >> 25 | d << 39) & LIMB_MASK;
    ret->limb[4] = (d >> 12) & LIMB_MASK;
}

/* Moves what is above 51 bits up, the top around by 19. */
static void carry(struct field *a)
{
    uint64_t over = 0;
    for (int i = 0; i < 5; i++) {
        a->limb[i] += over;
        over = a->limb[i] >> 51;
        a->limb[i] &= LIMB_MASK;
    }
    a->limb[0] += 19 * over;
}

/* The representative below p, limbs below 2^51. */
static void reduce(struct field *a)
{
    carry(a);
    carry(a);
    uint64_t over = (a->limb[0] + 19) >> 51; /* 1 exactly when a >= p */
    for (int i = 1; i < 5; i++) over = (a->limb[i] + over) >> 51;
    a->limb[0] += 19 * over;
    over = 0;
    for (int i = 0; i < 5; i++) {
        a->limb[i] += over;
        over = a->limb[i] >> 51;
        a->limb[i] &= LIMB_MASK;
    }
}

void field_to_bytes(uint8_t ret[32], const struct field *a)
{
    struct field t = *a;
    reduce(&t);
    store64(ret, t.limb[0] | t.limb[1] << 51);
    store64(ret + 8, t.limb[1] >> 13 | t.limb[2] << 38);
    store64(ret + 16, t.limb[2] >> 26 | t.limb[3] << 25);
    store64(ret + 24, t.limb[3] >> 39 | t.limb[4] << 12);
}

bool field_bytes_canonical(const uint8_t bytes[32])
{
    uint8_t again[32], wanted[32];
    struct field a;
    memcpy(wanted, bytes, sizeof wanted);
    wanted[31] &= 0x7f;
    field_from_bytes(&a, bytes);
    field_to_bytes(again, &a);
    return memcmp(again, wanted, sizeof again) == 0;
}

void field_sub(struct field *ret, const struct field *a, const struct field *b)
{
    field_sub_loose(ret, a, b);
    carry(ret);
}

void field_neg(struct field *ret, const struct field *a)
{
    field_sub(ret, &field_zero, a);
}

struct columns { /* sums of products, 51 bits apart */
    wide t0, t1, t2, t3, t4;
};

/* Five columns of products back to five limbs. */
static inline void fold_columns(struct field *ret, struct columns c)
{
    uint64_t r0 = (uint64_t)c.t0 & LIMB_MASK;
    c.t1 += (uint64_t)(c.t0 >> 51);
    uint64_t r1 = (uint64_t)c.t1 & LIMB_MASK;
    c.t2 += (uint64_t)(c.t1 >> 51);
    uint64_t r2 = (uint64_t)c.t2 & LIMB_MASK;
    c.t3 += (uint64_t)(c.t2 >> 51);
    uint64_t r3 = (uint64_t)c.t3 & LIMB_MASK;
    c.t4 += (uint64_t)(c.t3 >> 51);
    uint64_t r4 = (uint64_t)c.t4 & LIMB_MASK;
    /* Of loose factors t4 is below 5 * 2^108 + 2^64, so 19 times its carry fits 64 bits. */
    r0 += (uint64_t)(c.t4 >> 51) * 19;
    r1 += r0 >> 51;
    *ret = (struct field){{r0 & LIMB_MASK, r1, r2, r3, r4}};
}

void field_mul(struct field *ret, const struct field *x, const struct field *y)
{
    uint64_t a0 = x->limb[0], a1 = x->limb[1], a2 = x->limb[2], a3 = x->limb[3], a4 = x->limb[4];
    uint64_t b0 = y->limb[0], b1 = y->limb[1], b2 = y->limb[2], b3 = y->limb[3], b4 = y->limb[4];
    uint64_t c1 = b1 * 19, c2 = b2 * 19, c3 = b3 * 19, c4 = b4 * 19;
    struct columns c;
    c.t0 = (wide)a0 * b0 + (wide)a1 * c4 + (wide)a2 * c3 + (wide)a3 * c2 + (wide)a4 * c1;
    c.t1 = (wide)a0 * b1 + (wide)a1 * b0 + (wide)a2 * c4 + (wide)a3 * c3 + (wide)a4 * c2;
    c.t2 = (wide)a0 * b2 + (wide)a1 * b1 + (wide)a2 * b0 + (wide)a3 * c4 + (wide)a4 * c3;
    c.t3 = (wide)a0 * b3 + (wide)a1 * b2 + (wide)a2 * b1 + (wide)a3 * b0 + (wide)a4 * c4;
    c.t4 = (wide)a0 * b4 + (wide)a1 * b3 + (wide)a2 * b2 + (wide)a3 * b1 + (wide)a4 * b0;
    fold_columns(ret, c);
}

void field_square(struct field *ret, const struct field *x)
{
    uint64_t a0 = x->limb[0], a1 = x->limb[1], a2 = x->limb[2], a3 = x->limb[3], a4 = x->limb[4];
    uint64_t d0 = a0 * 2, d1 = a1 * 2, e2 = a2 * 38, e3 = a3 * 19, e4 = a4 * 19, d4 = e4 * 2;
    struct columns c;
    c.t0 = (wide)a0 * a0 + (wide)d4 * a1 + (wide)e2 * a3;
    c.t1 = (wide)d0 * a1 + (wide)d4 * a2 + (wide)e3 * a3;
    c.t2 = (wide)d0 * a2 + (wide)a1 * a1 + (wide)d4 * a3;
    c.t3 = (wide)d0 * a3 + (wide)d1 * a2 + (wide)e4 * a4;
    c.t4 = (wide)d0 * a4 + (wide)d1 * a3 + (wide)a2 * a2;
    fold_columns(ret, c);
}

void field_square_times(struct field *ret, const struct field *a, unsigned times)
{
    field_square(ret, a);
    while (--times) field_square(ret, ret);
}

/* a^(2^250 - 1) and a^11: the ladder that both powers begin with. */
static void pow_2_250_1(struct field *ret, struct field *ret_11, const struct field *a)
{
    struct field a2, a9, t, u;
    field_square(&a2, a);
    field_square_times(&t, &a2, 2);
    field_mul(&a9, &t, a);
    field_mul(ret_11, &a9, &a2);
    field_square(&t, ret_11);
    field_mul(&t, &t, &a9); /* 2^5 - 1 */
    field_square_times(&u, &t, 5);
    field_mul(&t, &u, &t); /* 2^10 - 1 */
    field_square_times(&u, &t, 10);
    field_mul(&u, &u, &t); /* 2^20 - 1 */
    struct field v;
    field_square_times(&v, &u, 20);
    field_mul(&u, &v, &u); /* 2^40 - 1 */
    field_square_times(&u, &u, 10);
    field_mul(&t, &u, &t); /* 2^50 - 1 */
    field_square_times(&u, &t, 50);
    field_mul(&u, &u, &t); /* 2^100 - 1 */
    field_square_times(&v, &u, 100);
    field_mul(&u, &v, &u); /* 2^200 - 1 */
    field_square_times(&u, &u, 50);
    field_mul(ret, &u, &t);
}

void field_invert(struct field *ret, const struct field *a)
{
    struct field t, a11;
    pow_2_250_1(&t, &a11, a);
    field_square_times(&t, &t, 5);
    field_mul(ret, &t, &a11); /* 2^255 - 32 + 11 = p - 2 */
}

void field_pow_p58(struct field *ret, const struct field *a)
{
    struct field t, unused, base = *a;
    pow_2_250_1(&t, &unused, &base);
    field_square_times(&t, &t, 2);
    field_mul(ret, &t, &base); /* 2^252 - 4 + 1 = (p - 5) / 8 */
}

bool field_is_zero(const struct field *a)
{
    uint8_t bytes[32], any = 0;
    field_to_bytes(bytes, a);
    for (int i = 0; i < 32; i++) any |= bytes[i];
    return any == 0;
}

bool field_equal(const struct field *a, const struct field *b)
{
    struct field difference;
    field_sub(&difference, a, b);
    return field_is_zero(&difference);
}

unsigned field_is_odd(const struct field *a)
{
    uint8_t bytes[32];
    field_to_bytes(bytes, a);
    return bytes[0] & 1;
}

void field_move_if(struct field *ret, const struct field *b, unsigned choose)
{
    uint64_t mask = (uint64_t)0 - (uint64_t)choose;
    for (int i = 0; i < 5; i++) ret->limb[i] ^= mask & (ret->limb[i] ^ b->limb[i]);
}

void field_invert_all(struct field *elements, struct field *scratch, size_t count)
{
    struct field product = field_one;
    for (size_t i = 0; i < count; i++) {
        scratch[i] = product;
        field_mul(&product, &product, &elements[i]);
    }
    field_invert(&product, &product);
    for (size_t i = count; i-- > 0;) {
        struct field inverse;
        field_mul(&inverse, &product, &scratch[i]);
        field_mul(&product, &product, &elements[i]);
        elements[i] = inverse;
    }
}
