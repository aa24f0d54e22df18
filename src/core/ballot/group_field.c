/* group_field.c - subgroups of prime order of the integers modulo a prime (specification, 5.1),
 * with GMP. */
#include "core/ballot/group.h"

#include <gmp.h>
#include <string.h>

static const char belenios_p[] = "a3ef2d011fefb1b6e39e568fccdffb0fb7dc7ef3a791b6862791811d21fc35f21"
                                 "e6d36856b428030421f514ed40bfd4c"
                                 "06e092a495af8d79a2f85e0fb11c0ede07dd973f9c53e50930c6e82ac36de1ae3"
                                 "fb8c3aabfff12ce27a5022ddd8912d1"
                                 "07435012768a2cdd0a4091d8fa447f6c7ebc15a349fa318a6b4fe17d8d47e843a"
                                 "3e14dfa9b2162f4d7229abe93a188b4"
                                 "6b006517d6f6747ebbb29c9ec3099b607f18fb1a8bc858279aa8599411d998d3e"
                                 "3fada9e010840d082d8c31911acdd4a"
                                 "0e7992d0f18cc759cb5de0acf66a3882555bc810941e021b6a4ccfa04ee4008f8"
                                 "78affa2375e2999b44f6cef17d70730"
                                 "1e59e0e6351e051ed9cec4157646e64f";
static const char belenios_g[] = "1307c1ab5f295885d7caa3a78a42415e31fd1c5807b61fb1e781878a52230a519"
                                 "88b98c259597f9c5a9dfd001d26ba31"
                                 "d9d8976f01d95a1c8262ee68a0e92cea541e5219e0d0d094301b894236823fe1d"
                                 "4bc04e29f3748aefd4f10d5b1a356a8"
                                 "643e673fd9d215fc8fe5fb9cf9fdb8ea88fdb1a3381a697fdf9c2458570b06d26"
                                 "aef1be365fdd90165f397c6b870df8c"
                                 "1b9e519edcee8bb0f74b7a1615a274ba60a7ea574a61f552d2dde0ce514e0927c"
                                 "4ff49b1964c4a913731ae4268d60d7f"
                                 "22127b6cbba44d453ac8b72fd04e0991b7aeff04867d8724ac638f5f34100d2d4"
                                 "7aa680d43771902743d663f42d853c0"
                                 "41e1c91fe3823f4bcf284308f1d7e653";
static const char belenios_q[] = "adb6066a73522565f4daa0f2579db7f2f0fa90c2168bc709e20263387d55c491";
/* RFC 3526, group 14; q = (p - 1) / 2 */
static const char rfc3526_p[] = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc7402"
                                "0bbea63b139b22514a08798e3404dd"
                                "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f4"
                                "4c42e9a637ed6b0bff5cb6f406b7ed"
                                "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598"
                                "da48361c55d39a69163fa8fd24cf5f"
                                "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1"
                                "746c08ca18217c32905e462e36ce3b"
                                "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf69558171839"
                                "95497cea956ae515d2261898fa0510"
                                "15728e5a8aacaa68ffffffffffffffff";

_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "words go in and out whole");

enum { FIELD_BYTES = GROUP_LIMBS * 8 };

static void load(mpz_t ret, const uint64_t limbs[GROUP_LIMBS])
{
    mpz_import(ret, GROUP_LIMBS, -1, sizeof *limbs, 0, 0, limbs);
}

static void store(uint64_t ret[GROUP_LIMBS], const mpz_t number)
{
    size_t count = 0;
    memset(ret, 0, GROUP_LIMBS * sizeof *ret);
    mpz_export(ret, &count, -1, sizeof *ret, 0, 0, number);
}

bool group_field_find(str name, struct group *ret)
{
    bool ranked = str_eq(name, STR("RFC-3526-2048"));
    if (!ranked && !str_eq(name, STR("BELENIOS-2048"))) return false;
    mpz_t p, q, g;
    mpz_init_set_str(p, ranked ? rfc3526_p : belenios_p, 16);
    mpz_init_set_str(g, ranked ? "2" : belenios_g, 16);
    mpz_init_set_str(q, ranked ? "0" : belenios_q, 16);
    if (ranked) mpz_fdiv_q_2exp(q, p, 1);
    *ret =
        (struct group){.ops = &group_field_ops, .name = ranked ? "RFC-3526-2048" : "BELENIOS-2048"};
    if (ranked) ret->padding = 8;
    if (ranked) ret->ranked_max = FIELD_BYTES - 2;
    ret->one.limb[0] = 1;
    store(ret->modulus, p);
    store(ret->order, q);
    store(ret->base.limb, g);
    mpz_clears(p, q, g, NULL);
    return true;
}

/* Three numbers to work with and the modulus. */
struct numbers {
    mpz_t a, b, c, modulus;
};

static void begin(struct numbers *n, const uint64_t modulus[GROUP_LIMBS])
{
    mpz_inits(n->a, n->b, n->c, n->modulus, NULL);
    load(n->modulus, modulus);
}

static void end(struct numbers *n)
{
    mpz_clears(n->a, n->b, n->c, n->modulus, NULL);
}

/* Is a^q = 1? */
static bool in_subgroup(struct numbers *n, const struct group *group)
{
    load(n->b, group->order);
    mpz_powm(n->c, n->a, n->b, n->modulus);
    return mpz_cmp_ui(n->c, 1) == 0;
}

static bool field_read(const struct group *group, str text, union element *ret)
{
    char digits[GROUP_TEXT_MAX];
    struct numbers n;
    if (text.len == 0 || text.len >= sizeof digits || text.at[0] == '0') return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9') return false;
    memcpy(digits, text.at, text.len);
    digits[text.len] = 0;
    begin(&n, group->modulus);
    mpz_set_str(n.a, digits, 10);
    bool good = mpz_cmp(n.a, n.modulus) < 0 && in_subgroup(&n, group);
    if (good) store(ret->limb, n.a);
    end(&n);
    return good;
}

static str field_text(const struct group *group, const union element *element, char *ret)
{
    mpz_t number;
    (void)group;
    mpz_init(number);
    load(number, element->limb);
    mpz_get_str(ret, 10, number); /* 617 digits at most */
    mpz_clear(number);
    return str_from(ret);
}

static void multiply(const uint64_t modulus[GROUP_LIMBS], uint64_t ret[GROUP_LIMBS],
                     const uint64_t a[GROUP_LIMBS], const uint64_t b[GROUP_LIMBS])
{
    struct numbers n;
    begin(&n, modulus);
    load(n.a, a);
    load(n.b, b);
    mpz_mul(n.c, n.a, n.b);
    mpz_mod(n.c, n.c, n.modulus);
    store(ret, n.c);
    end(&n);
}

static void field_group_mul(const struct group *group, union element *ret, const union element *a,
                            const union element *b)
{
    multiply(group->modulus, ret->limb, a->limb, b->limb);
}

static void invert(const uint64_t modulus[GROUP_LIMBS], uint64_t ret[GROUP_LIMBS],
                   const uint64_t a[GROUP_LIMBS])
{
    struct numbers n;
    begin(&n, modulus);
    load(n.a, a);
    if (mpz_invert(n.b, n.a, n.modulus) == 0) mpz_set_ui(n.b, 0);
    store(ret, n.b);
    end(&n);
}

static void field_group_div(const struct group *group, union element *ret, const union element *a,
                            const union element *b)
{
    union element inverse;
    invert(group->modulus, inverse.limb, b->limb);
    field_group_mul(group, ret, a, &inverse);
}

static void field_group_pow(const struct group *group, union element *ret, const union element *a,
                            const union exponent *x)
{
    struct numbers n;
    begin(&n, group->modulus);
    load(n.a, a->limb);
    load(n.b, x->limb);
    mpz_powm(n.c, n.a, n.b, n.modulus);
    store(ret->limb, n.c);
    end(&n);
}

static void field_group_pow2(const struct group *group, union element *ret, struct group_power a,
                             struct group_power b)
{
    union element first, second;
    field_group_pow(group, &first, a.base, a.exponent);
    field_group_pow(group, &second, b.base, b.exponent);
    field_group_mul(group, ret, &first, &second);
}

static int compare(const uint64_t a[GROUP_LIMBS], const uint64_t b[GROUP_LIMBS])
{
    for (int i = GROUP_LIMBS - 1; i >= 0; i--)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

static bool field_group_equal(const struct group *group, const union element *a,
                              const union element *b)
{
    (void)group;
    return compare(a->limb, b->limb) == 0;
}

static int field_group_order(const struct group *group, const union element *a,
                             const union element *b)
{
    (void)group;
    return compare(a->limb, b->limb);
}

static void field_exponent_set(const struct group *group, union exponent *ret,
                               const uint8_t *big_endian, size_t len)
{
    struct numbers n;
    begin(&n, group->order);
    mpz_import(n.a, len, 1, 1, 1, 0, big_endian);
    mpz_mod(n.a, n.a, n.modulus);
    store(ret->limb, n.a);
    end(&n);
}

static bool field_exponent_below(const struct group *group, const uint8_t *big_endian, size_t len)
{
    struct numbers n;
    begin(&n, group->order);
    mpz_import(n.a, len, 1, 1, 1, 0, big_endian);
    bool below = mpz_cmp(n.a, n.modulus) < 0;
    end(&n);
    return below;
}

static void field_exponent_add(const struct group *group, union exponent *ret,
                               const union exponent *a, const union exponent *b)
{
    struct numbers n;
    begin(&n, group->order);
    load(n.a, a->limb);
    load(n.b, b->limb);
    mpz_add(n.c, n.a, n.b);
    mpz_mod(n.c, n.c, n.modulus);
    store(ret->limb, n.c);
    end(&n);
}

static void field_exponent_sub(const struct group *group, union exponent *ret,
                               const union exponent *a, const union exponent *b)
{
    struct numbers n;
    begin(&n, group->order);
    load(n.a, a->limb);
    load(n.b, b->limb);
    mpz_sub(n.c, n.a, n.b);
    mpz_mod(n.c, n.c, n.modulus);
    store(ret->limb, n.c);
    end(&n);
}

static void field_exponent_mul(const struct group *group, union exponent *ret,
                               const union exponent *a, const union exponent *b)
{
    multiply(group->order, ret->limb, a->limb, b->limb);
}

static void field_exponent_invert(const struct group *group, union exponent *ret,
                                  const union exponent *a)
{
    invert(group->order, ret->limb, a->limb);
}

static bool field_exponent_equal(const struct group *group, const union exponent *a,
                                 const union exponent *b)
{
    (void)group;
    return compare(a->limb, b->limb) == 0;
}

/* "c <- (p-1)/q; h <- x^c" */
static void field_generator(const struct group *group, const hash32 *hash, union element *ret)
{
    struct numbers n;
    begin(&n, group->modulus);
    load(n.a, group->order);
    mpz_sub_ui(n.b, n.modulus, 1);
    mpz_fdiv_q(n.b, n.b, n.a);
    mpz_import(n.a, sizeof hash->bytes, 1, 1, 1, 0, hash->bytes);
    mpz_powm(n.c, n.a, n.b, n.modulus);
    store(ret->limb, n.c);
    end(&n);
}

static bool field_of_ints(const struct group *group, const uint8_t *ints, uint32_t count,
                          union element *ret)
{
    struct numbers n;
    bool found = false;
    begin(&n, group->modulus);
    mpz_t start;
    mpz_init(start);
    mpz_import(start, count, 1, 1, 1, 0, ints);
    mpz_mul_2exp(start, start, group->padding);
    for (unsigned long e = 0; e < 1ul << group->padding && !found; e++) {
        mpz_add_ui(n.a, start, e);
        found = mpz_sgn(n.a) > 0 && mpz_cmp(n.a, n.modulus) < 0 && in_subgroup(&n, group);
    }
    if (found) store(ret->limb, n.a);
    mpz_clear(start);
    end(&n);
    return found;
}

static void field_to_ints(const struct group *group, const union element *element, uint32_t count,
                          uint8_t *ret)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = count - 1 - i + group->padding / 8; /* byte, from the lowest */
        ret[i] = (uint8_t)(element->limb[at / 8] >> (8 * (at % 8)));
    }
}

const struct group_ops group_field_ops = {.read = field_read,
                                          .text = field_text,
                                          .mul = field_group_mul,
                                          .div = field_group_div,
                                          .pow2 = field_group_pow2,
                                          .pow = field_group_pow,
                                          .equal = field_group_equal,
                                          .order = field_group_order,
                                          .exponent_set = field_exponent_set,
                                          .exponent_below = field_exponent_below,
                                          .exponent_add = field_exponent_add,
                                          .exponent_sub = field_exponent_sub,
                                          .exponent_mul = field_exponent_mul,
                                          .exponent_invert = field_exponent_invert,
                                          .exponent_equal = field_exponent_equal,
                                          .generator = field_generator,
                                          .of_ints = field_of_ints,
                                          .to_ints = field_to_ints};
