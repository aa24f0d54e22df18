#include "core/ballot/curve.h"

#include <string.h>

const struct point point_identity = {{{0}}, {{1}}, {{1}}, {{0}}};
const struct point point_base = {
    {{1738742601995546, 1146398526822698, 2070867633025821, 562264141797630, 587772402128613}},
    {{1801439850948184, 1351079888211148, 450359962737049, 900719925474099, 1801439850948198}},
    {{1}},
    {{1841354044333475, 16398895984059, 755974180946558, 900171276175154, 1821297809914039}}};

/* A point ready to be added to another: y+x, y-x, 2z, 2dt. */
struct cached {
    struct field plus, minus, z2, t2d;
};

static void cache(struct cached *ret, const struct point *p)
{
    field_add(&ret->plus, &p->y, &p->x);
    field_sub_loose(&ret->minus, &p->y, &p->x);
    field_add(&ret->z2, &p->z, &p->z);
    field_mul(&ret->t2d, &p->t, &field_2d);
}

/* From E, F, G, H of the addition and doubling formulas; without t where a doubling follows. */
static inline void complete(struct point *ret, const struct field efgh[4], bool with_t)
{
    field_mul(&ret->x, &efgh[0], &efgh[1]);
    field_mul(&ret->y, &efgh[2], &efgh[3]);
    field_mul(&ret->z, &efgh[1], &efgh[2]);
    if (with_t) field_mul(&ret->t, &efgh[0], &efgh[3]);
}

static inline void add_to(struct point *ret, const struct point *p, const struct cached *q,
                          bool with_t)
{
    struct field a, b, c, d, efgh[4];
    field_sub_loose(&a, &p->y, &p->x);
    field_mul(&a, &a, &q->minus);
    field_add(&b, &p->y, &p->x);
    field_mul(&b, &b, &q->plus);
    field_mul(&c, &p->t, &q->t2d);
    field_mul(&d, &p->z, &q->z2);
    field_sub_loose(&efgh[0], &b, &a);
    field_sub_loose(&efgh[1], &d, &c);
    field_add(&efgh[2], &d, &c);
    field_add(&efgh[3], &b, &a);
    complete(ret, efgh, with_t);
}

static void add_cached(struct point *ret, const struct point *p, const struct cached *q)
{
    add_to(ret, p, q, true);
}

static void neg_cached(struct cached *ret, const struct cached *p)
{
    struct cached q = *p;
    ret->plus = q.minus;
    ret->minus = q.plus;
    ret->z2 = q.z2;
    field_sub_loose(&ret->t2d, &field_zero, &q.t2d);
}

void point_add(struct point *ret, const struct point *a, const struct point *b)
{
    struct cached q;
    cache(&q, b);
    add_cached(ret, a, &q);
}

void point_sub(struct point *ret, const struct point *a, const struct point *b)
{
    struct cached q;
    cache(&q, b);
    neg_cached(&q, &q);
    add_cached(ret, a, &q);
}

static inline void double_to(struct point *ret, const struct point *p, bool with_t)
{
    struct field a, b, c, e, efgh[4];
    field_square(&a, &p->x);
    field_square(&b, &p->y);
    field_square(&c, &p->z);
    field_add(&c, &c, &c);
    field_add(&efgh[3], &a, &b);
    field_add(&e, &p->x, &p->y);
    field_square(&e, &e);
    field_sub_loose(&efgh[0], &efgh[3], &e);
    field_sub_loose(&efgh[2], &a, &b);
    field_add(&efgh[1], &c, &efgh[2]);
    complete(ret, efgh, with_t);
}

void point_double(struct point *ret, const struct point *p)
{
    double_to(ret, p, true);
}

void point_neg(struct point *ret, const struct point *p)
{
    ret->y = p->y;
    ret->z = p->z;
    field_neg(&ret->x, &p->x);
    field_neg(&ret->t, &p->t);
}

bool point_equal(const struct point *a, const struct point *b)
{
    struct field left, right;
    field_mul(&left, &a->x, &b->z);
    field_mul(&right, &b->x, &a->z);
    bool same_x = field_equal(&left, &right);
    field_mul(&left, &a->y, &b->z);
    field_mul(&right, &b->y, &a->z);
    return same_x & field_equal(&left, &right);
}

bool point_is_identity(const struct point *p)
{
    return ((unsigned)field_is_zero(&p->x) & (unsigned)field_equal(&p->y, &p->z)) != 0;
}

/* x from y: x^2 = (y^2 - 1) / (d y^2 + 1). False when there is none. */
static bool recover_x(struct field *x, const struct field *y)
{
    struct field u, v, v3, t, check;
    field_square(&u, y);
    field_mul(&v, &u, &field_d);
    field_sub(&u, &u, &field_one);
    field_add(&v, &v, &field_one);
    field_square(&v3, &v);
    field_mul(&v3, &v3, &v); /* v^3 */
    field_square(&t, &v3);
    field_mul(&t, &t, &v); /* v^7 */
    field_mul(&t, &t, &u);
    field_pow_p58(&t, &t);
    field_mul(&t, &t, &v3);
    field_mul(x, &t, &u); /* u v^3 (u v^7)^((p-5)/8) */
    field_square(&check, x);
    field_mul(&check, &check, &v);
    if (field_equal(&check, &u)) return true;
    field_neg(&u, &u);
    if (!field_equal(&check, &u)) return false;
    field_mul(x, x, &field_sqrt_m1);
    return true;
}

bool point_decode(struct point *ret, const uint8_t bytes[32])
{
    struct point p = {.z = field_one};
    unsigned sign = bytes[31] >> 7;
    if (!field_bytes_canonical(bytes)) return false;
    field_from_bytes(&p.y, bytes);
    if (!recover_x(&p.x, &p.y)) return false;
    if (sign && field_is_zero(&p.x)) return false;
    if (field_is_odd(&p.x) != sign) field_neg(&p.x, &p.x);
    field_mul(&p.t, &p.x, &p.y);
    *ret = p;
    return true;
}

static void encode_with(uint8_t ret[32], const struct point *p, const struct field *z_inverse)
{
    struct field x, y;
    field_mul(&x, &p->x, z_inverse);
    field_mul(&y, &p->y, z_inverse);
    field_to_bytes(ret, &y);
    ret[31] |= (uint8_t)(field_is_odd(&x) << 7);
}

void point_encode(uint8_t ret[32], const struct point *p)
{
    struct field z_inverse;
    field_invert(&z_inverse, &p->z);
    encode_with(ret, p, &z_inverse);
}

enum code point_encode_all(uint8_t (*ret)[32], const struct point *points, size_t count,
                           struct arena *arena)
{
    struct field *z = ARENA_ARRAY(arena, count + 1, struct field);
    struct field *scratch = ARENA_ARRAY(arena, count + 1, struct field);
    if (!z || !scratch) return CODE_NO_MEMORY;
    for (size_t i = 0; i < count; i++) z[i] = points[i].z;
    field_invert_all(z, scratch, count);
    for (size_t i = 0; i < count; i++) encode_with(ret[i], &points[i], &z[i]);
    return CODE_OK;
}

bool point_is_small(const struct point *p)
{
    struct point q;
    point_double(&q, p);
    point_double(&q, &q);
    point_double(&q, &q);
    return point_is_identity(&q);
}

bool point_in_subgroup(const struct point *p)
{
    struct point q;
    struct scalar order;
    memcpy(order.bytes, scalar_order, sizeof order.bytes);
    point_mul_vartime(&q, &order, p);
    return point_is_identity(&q);
}

/* ---- multiplication in constant time: windows of four bits, every table entry read ---- */

static void choose(struct cached *ret, const struct cached table[16], unsigned digit)
{
    *ret = table[0];
    for (unsigned i = 1; i < 16; i++) {
        unsigned same = 1 & ((((i ^ digit) - 1) >> 8) & 1);
        field_move_if(&ret->plus, &table[i].plus, same);
        field_move_if(&ret->minus, &table[i].minus, same);
        field_move_if(&ret->z2, &table[i].z2, same);
        field_move_if(&ret->t2d, &table[i].t2d, same);
    }
}

void point_mul(struct point *ret, const struct scalar *scalar, const struct point *p)
{
    struct cached table[16], chosen;
    struct point multiple = point_identity, sum = point_identity;
    for (int i = 0; i < 16; i++) {
        cache(&table[i], &multiple);
        point_add(&multiple, &multiple, p);
    }
    for (int i = 63; i >= 0; i--) {
        for (int k = 0; k < 4; k++) point_double(&sum, &sum);
        choose(&chosen, table, scalar->bytes[i / 2] >> (4 * (i & 1)) & 15);
        add_cached(&sum, &sum, &chosen);
    }
    *ret = sum;
}

void point_mul_base(struct point *ret, const struct scalar *scalar)
{
    point_mul(ret, scalar, &point_base);
}

/* ---- multiplication of public values: signed sliding windows (width w non-adjacent form) ---- */

enum { NAF_DIGITS = 258, NAF_WIDTH = 5, NAF_TABLE = 1 << (NAF_WIDTH - 2) };

static unsigned bit_of(const uint8_t *bytes, unsigned i)
{
    return i < 256 ? bytes[i / 8] >> (i % 8) & 1u : 0;
}

/* Digits in {0, ±1, ±3, …, ±15}, least significant first; the number of digits that count. */
static unsigned recode(int8_t digits[NAF_DIGITS], const struct scalar *scalar)
{
    unsigned last = 0, borrow = 0;
    memset(digits, 0, NAF_DIGITS);
    for (unsigned i = 0; i < NAF_DIGITS;) {
        if ((bit_of(scalar->bytes, i) ^ borrow) == 0) {
            i++;
            continue;
        }
        int value = (int)borrow;
        for (unsigned k = 0; k < NAF_WIDTH; k++) value += (int)(bit_of(scalar->bytes, i + k) << k);
        borrow = value > (1 << (NAF_WIDTH - 1));
        if (borrow) value -= 1 << NAF_WIDTH;
        digits[i] = (int8_t)value;
        last = i + 1;
        i += NAF_WIDTH;
    }
    return last;
}

/* p, 3p, 5p, …, 15p */
static void odd_multiples(struct cached table[NAF_TABLE], const struct point *p)
{
    struct point twice, multiple = *p;
    struct cached step;
    point_double(&twice, p);
    cache(&step, &twice);
    for (int i = 0; i < NAF_TABLE; i++) {
        cache(&table[i], &multiple);
        if (i + 1 < NAF_TABLE) add_cached(&multiple, &multiple, &step);
    }
}

/* `with_t`: another addition follows before the next doubling. */
static void add_digit(struct point *sum, const struct cached *table, int digit, bool with_t)
{
    struct cached negative;
    if (digit > 0) add_to(sum, sum, &table[digit / 2], with_t);
    if (digit >= 0) return;
    neg_cached(&negative, &table[-digit / 2]);
    add_to(sum, sum, &negative, with_t);
}

void point_mul_vartime(struct point *ret, const struct scalar *scalar, const struct point *p)
{
    int8_t digits[NAF_DIGITS];
    struct cached table[NAF_TABLE];
    struct point sum = point_identity;
    odd_multiples(table, p);
    for (unsigned i = recode(digits, scalar); i-- > 0;) {
        double_to(&sum, &sum, digits[i] || i == 0);
        add_digit(&sum, table, digits[i], i == 0);
    }
    *ret = sum;
}

void point_mul2_vartime(struct point *ret, const struct scalar *a, const struct point *p,
                        const struct scalar *b, const struct point *q)
{
    int8_t digits_a[NAF_DIGITS], digits_b[NAF_DIGITS];
    struct cached table_p[NAF_TABLE], table_q[NAF_TABLE];
    struct point sum = point_identity;
    unsigned count_a = recode(digits_a, a), count_b = recode(digits_b, b);
    odd_multiples(table_p, p);
    odd_multiples(table_q, q);
    for (unsigned i = count_a > count_b ? count_a : count_b; i-- > 0;) {
        double_to(&sum, &sum, digits_a[i] || digits_b[i] || i == 0);
        add_digit(&sum, table_p, digits_a[i], digits_b[i] || i == 0);
        add_digit(&sum, table_q, digits_b[i], i == 0);
    }
    *ret = sum;
}

struct many_term {
    int8_t digits[NAF_DIGITS];
    struct cached table[NAF_TABLE];
};

enum code point_mul_many_vartime(struct point *ret, const struct scalar *scalars,
                                 const struct point *points, size_t count, struct arena *arena)
{
    struct many_term *terms = ARENA_ARRAY(arena, count + 1, struct many_term);
    if (!terms) return CODE_NO_MEMORY;
    unsigned longest = 0;
    for (size_t k = 0; k < count; k++) {
        unsigned digits = recode(terms[k].digits, &scalars[k]);
        odd_multiples(terms[k].table, &points[k]);
        if (digits > longest) longest = digits;
    }
    struct point sum = point_identity;
    for (unsigned i = longest; i-- > 0;) {
        point_double(&sum, &sum);
        for (size_t k = 0; k < count; k++)
            add_digit(&sum, terms[k].table, terms[k].digits[i], true);
    }
    *ret = sum;
    return CODE_OK;
}

/* s B - h A, encoded, must be R's own bytes: what libsodium compares, so that a non-canonical R
 * fails. */
bool curve_signature_holds(const uint8_t key[32], const uint8_t signature[64],
                           const struct scalar *hash)
{
    struct point a, sum;
    struct scalar s;
    uint8_t again[32];
    memcpy(s.bytes, signature + 32, sizeof s.bytes);
    if (!scalar_canonical(s.bytes) || !point_decode(&a, key) || point_is_small(&a)) return false;
    point_neg(&a, &a);
    point_mul2_vartime(&sum, hash, &a, &s, &point_base);
    point_encode(again, &sum);
    return memcmp(again, signature, sizeof again) == 0 && !point_is_small(&sum);
}
