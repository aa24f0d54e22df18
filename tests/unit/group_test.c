/* The group layer against libsodium: random points and scalars, and every edge: small order, mixed
 * order, non-canonical encodings. PLENARY_LONG=1 runs a million. */
#include "base/sha256.h"
#include "check.h"
#include "core/ballot/curve.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct stream chance;

static size_t rounds(size_t quick, size_t all)
{
    const char *how = getenv("PLENARY_LONG");
    return how && *how == '1' ? all : quick;
}

static void random_scalar(struct scalar *ret)
{
    uint8_t wide[64];
    stream_bytes(&chance, wide, sizeof wide);
    scalar_reduce(ret, wide);
}

static void random_point(struct point *ret, uint8_t encoded[32])
{
    uint8_t uniform[32];
    stream_bytes(&chance, uniform, sizeof uniform);
    (void)crypto_core_ed25519_from_uniform(encoded, uniform);
    CHECK(point_decode(ret, encoded), "a point of libsodium's");
}

static void check_point(const struct point *p, const uint8_t expected[32], const char *what)
{
    uint8_t encoded[32];
    point_encode(encoded, p);
    CHECK(memcmp(encoded, expected, 32) == 0, "%s", what);
}

static void test_scalars(void)
{
    for (size_t i = 0; i < rounds(2000, 1000000); i++) {
        uint8_t wide[64], theirs[32];
        struct scalar a, b, ours;
        stream_bytes(&chance, wide, sizeof wide);
        if (i % 7 == 0) memset(wide + i % 64, 0xff, 64 - i % 64);
        scalar_reduce(&ours, wide);
        crypto_core_ed25519_scalar_reduce(theirs, wide);
        CHECK(memcmp(ours.bytes, theirs, 32) == 0, "reduce %zu", i);
        random_scalar(&a);
        random_scalar(&b);
        scalar_mul(&ours, &a, &b);
        crypto_core_ed25519_scalar_mul(theirs, a.bytes, b.bytes);
        CHECK(memcmp(ours.bytes, theirs, 32) == 0, "mul %zu", i);
        scalar_add(&ours, &a, &b);
        crypto_core_ed25519_scalar_add(theirs, a.bytes, b.bytes);
        CHECK(memcmp(ours.bytes, theirs, 32) == 0, "add %zu", i);
        scalar_sub(&ours, &a, &b);
        crypto_core_ed25519_scalar_sub(theirs, a.bytes, b.bytes);
        CHECK(memcmp(ours.bytes, theirs, 32) == 0, "sub %zu", i);
        if (i % 64) continue;
        scalar_invert(&ours, &a);
        (void)crypto_core_ed25519_scalar_invert(theirs, a.bytes);
        CHECK(memcmp(ours.bytes, theirs, 32) == 0, "invert %zu", i);
    }
    struct scalar zero;
    scalar_neg(&zero, &scalar_zero);
    CHECK(scalar_is_zero(&zero), "-0 = 0");
    CHECK(!scalar_canonical(scalar_order), "q is not below q");
    uint8_t below[32];
    memcpy(below, scalar_order, 32);
    below[0]--;
    CHECK(scalar_canonical(below), "q - 1 is");
}

static void test_points(void)
{
    for (size_t i = 0; i < rounds(400, 60000); i++) {
        struct point p, q, r;
        uint8_t a[32], b[32], theirs[32];
        struct scalar s, t;
        random_point(&p, a);
        random_point(&q, b);
        point_add(&r, &p, &q);
        (void)crypto_core_ed25519_add(theirs, a, b);
        check_point(&r, theirs, "add");
        point_sub(&r, &p, &q);
        (void)crypto_core_ed25519_sub(theirs, a, b);
        check_point(&r, theirs, "sub");
        random_scalar(&s);
        random_scalar(&t);
        CHECK(crypto_scalarmult_ed25519_noclamp(theirs, s.bytes, a) == 0, "libsodium multiplies");
        point_mul(&r, &s, &p);
        check_point(&r, theirs, "mul");
        point_mul_vartime(&r, &s, &p);
        check_point(&r, theirs, "mul_vartime");
        CHECK(crypto_scalarmult_ed25519_base_noclamp(theirs, s.bytes) == 0, "libsodium multiplies");
        point_mul_base(&r, &s);
        check_point(&r, theirs, "mul_base");
        struct point sum, other;
        point_mul2_vartime(&r, &s, &p, &t, &q);
        point_mul(&sum, &s, &p);
        point_mul(&other, &t, &q);
        point_add(&sum, &sum, &other);
        CHECK(point_equal(&r, &sum), "mul2 %zu", i);
        point_double(&r, &p);
        point_add(&sum, &p, &p);
        CHECK(point_equal(&r, &sum), "double %zu", i);
        CHECK(point_in_subgroup(&p), "libsodium's uniform points are of prime order");
    }
}

/* Scalars at the edges of the windows. */
static void test_edges_of_scalars(void)
{
    static const uint8_t fills[] = {0x00, 0x01, 0x0f, 0x10, 0x11, 0x7f, 0x80, 0xf0, 0xff};
    for (size_t i = 0; i < COUNT(fills); i++) {
        struct scalar s;
        struct point slow, fast, p;
        uint8_t encoded[32];
        random_point(&p, encoded);
        memset(s.bytes, fills[i], sizeof s.bytes);
        s.bytes[31] &= 0x7f;
        point_mul(&slow, &s, &p);
        point_mul_vartime(&fast, &s, &p);
        CHECK(point_equal(&slow, &fast), "fill %02x", fills[i]);
    }
}

/* The eight points of small order, then what is not canonical (y = p .. p + 18, sign on x = 0). */
static void test_torsion(void)
{
    static const char *const small[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"};
    for (size_t i = 0; i < COUNT(small); i++) {
        uint8_t bytes[32];
        struct point p, mixed, r;
        uint8_t encoded[32];
        (void)sodium_hex2bin(bytes, 32, small[i], 64, NULL, NULL, NULL);
        if (!CHECK(point_decode(&p, bytes), "small order point %zu decodes", i)) continue;
        CHECK(point_is_small(&p), "and is small");
        CHECK(point_in_subgroup(&p) == (i == 0), "only the identity is in the subgroup");
        random_point(&r, encoded);
        point_add(&mixed, &r, &p);
        CHECK(point_in_subgroup(&mixed) == (i == 0), "mixed order is seen");
        point_encode(encoded, &mixed);
        CHECK((crypto_core_ed25519_is_valid_point(encoded) == 1) == (i == 0), "libsodium agrees");
    }
    for (unsigned above = 0; above < 19; above++)
        for (unsigned sign = 0; sign < 2; sign++) {
            uint8_t bytes[32];
            struct point p;
            memset(bytes, 0xff, 32);
            bytes[0] = (uint8_t)(0xed + above);
            bytes[31] = (uint8_t)(0x7f | sign << 7);
            CHECK(!point_decode(&p, bytes), "y = p + %u is not canonical", above);
        }
    uint8_t signed_zero[32] = {1};
    struct point p;
    signed_zero[31] = 0x80;
    CHECK(!point_decode(&p, signed_zero), "x = 0 has no sign");
}

/* Any 32 bytes: we accept as a point what is one, and say the same of its order as libsodium. */
static void test_arbitrary_bytes(void)
{
    for (size_t i = 0; i < rounds(2000, 1000000); i++) {
        uint8_t bytes[32], again[32];
        struct point p;
        stream_bytes(&chance, bytes, sizeof bytes);
        bool ours = point_decode(&p, bytes);
        if (ours) point_encode(again, &p);
        CHECK(!ours || memcmp(again, bytes, 32) == 0, "encode(decode) %zu", i);
        bool prime = ours && point_in_subgroup(&p) && !point_is_small(&p);
        CHECK(prime == (crypto_core_ed25519_is_valid_point(bytes) == 1), "order %zu", i);
    }
}

static void test_many(void)
{
    struct arena arena;
    struct scalar scalars[20];
    struct point points[20], sum = point_identity, term, fast;
    uint8_t encoded[20][32], all[20][32];
    arena_init(&arena, alloc_libc, 1 << 24);
    for (size_t i = 0; i < 20; i++) {
        random_scalar(&scalars[i]);
        random_point(&points[i], encoded[i]);
        point_mul(&term, &scalars[i], &points[i]);
        point_add(&sum, &sum, &term);
    }
    CHECK(point_mul_many_vartime(&fast, scalars, points, 20, &arena) == CODE_OK &&
              point_equal(&fast, &sum),
          "many");
    CHECK(point_encode_all(all, points, 20, &arena) == CODE_OK &&
              memcmp(all, encoded, sizeof all) == 0,
          "encode all");
    arena_done(&arena);
}

static bool ours_holds(const uint8_t key[32], const uint8_t signature[64], const uint8_t *text,
                       size_t len)
{
    crypto_hash_sha512_state sha;
    uint8_t wide[64];
    struct scalar hash;
    crypto_hash_sha512_init(&sha);
    crypto_hash_sha512_update(&sha, signature, 32);
    crypto_hash_sha512_update(&sha, key, 32);
    crypto_hash_sha512_update(&sha, text, len);
    crypto_hash_sha512_final(&sha, wide);
    scalar_reduce(&hash, wide);
    return curve_signature_holds(key, signature, &hash);
}

/* True ones, damaged ones, and keys and R moved by a point of small order. */
static void test_signatures(void)
{
    size_t accepted = 0;
    for (size_t i = 0; i < rounds(400, 100000); i++) {
        uint8_t key[32], secret[64], signature[64], seed[32], text[40], kind;
        stream_bytes(&chance, seed, sizeof seed);
        stream_bytes(&chance, text, sizeof text);
        stream_bytes(&chance, &kind, 1);
        (void)crypto_sign_seed_keypair(key, secret, seed);
        (void)crypto_sign_detached(signature, NULL, text, sizeof text, secret);
        if (kind % 3 == 1) signature[kind % 64] ^= (uint8_t)(1u << (kind % 8));
        if (kind % 3 == 2 && kind & 8) key[kind % 32] ^= (uint8_t)(1u << (kind % 8));
        bool theirs = crypto_sign_verify_detached(signature, text, sizeof text, key) == 0;
        CHECK(ours_holds(key, signature, text, sizeof text) == theirs, "signature %zu", i);
        accepted += theirs;
    }
    CHECK(accepted > 0, "some were true");
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    stream_init(&chance, STR("group"));
    test_scalars();
    test_points();
    test_edges_of_scalars();
    test_torsion();
    test_arbitrary_bytes();
    test_many();
    test_signatures();
    return check_done();
}
