/* Ed25519 against Wycheproof and CCTV, HKDF against Wycheproof, inclusion proofs against
 * transparency-dev's cases, and RFC 8032's own example. */
#include "sign/ed25519.h"

#include "base/text.h"
#include "check.h"
#include "core/record/merkle.h"
#include "sign/verify.h"
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

/* RFC 8032 section 7.1, TEST 3. */
static void test_rfc8032(void)
{
    uint8_t seed[32], message[2] = {0xaf, 0x82}, back[32];
    key32 wanted_key;
    sig64 wanted;
    CHECK(hex_decode(STR("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"), seed,
                     32) &&
              hex_decode(STR("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
                         wanted_key.bytes, 32) &&
              hex_decode(STR("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                             "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
                         wanted.bytes, 64),
          "hex");
    struct secret_key key;
    secret_key_from_seed(&key, seed);
    key32 public_key = secret_key_public(&key);
    sig64 signature = sign_message(&key, (str){(char *)message, 2});
    CHECK(key32_eq(&public_key, &wanted_key), "public key");
    CHECK(memcmp(signature.bytes, wanted.bytes, 64) == 0, "signature");
    CHECK(sign_verify(&public_key, (str){(char *)message, 2}, &signature), "verifies");
    CHECK(!sign_verify(&public_key, (str){(char *)message, 1}, &signature), "not another message");
    secret_key_seed(&key, back);
    CHECK(memcmp(seed, back, 32) == 0, "the seed comes back");
    secret_key_done(&key);
    static const struct secret_key wiped;
    CHECK(memcmp(&key, &wiped, sizeof key) == 0, "wiped");
    struct secret_key one, two;
    secret_key_random(&one);
    secret_key_random(&two);
    CHECK(memcmp(&one, &two, sizeof one) != 0, "random keys differ");
}

static void test_wycheproof_ed25519(void)
{
    size_t len = 0, used = 0, tried = 0;
    char *text = vec_archive("crypto/wycheproof.tar.xz", "*/ed25519_test.json", &len);
    struct vec *root = text ? vec_parse((str){text, len}, &used) : NULL;
    const struct vec *group, *test;
    for (size_t i = 0; (group = vec_at(vec_get(root, "testGroups"), i)); i++) {
        key32 key = {{0}};
        CHECK(vec_hex(vec_get(group, "publicKey"), "pk", key.bytes, 32) == 32, "key");
        for (size_t k = 0; (test = vec_at(vec_get(group, "tests"), k)); k++) {
            char message[4096];
            sig64 signature;
            size_t message_len = vec_hex(test, "msg", message, sizeof message);
            bool good = vec_hex(test, "sig", signature.bytes, 64) == 64 &&
                        sign_verify(&key, (str){message, message_len}, &signature);
            CHECK(good == str_eq(vec_str(test, "result"), STR("valid")), "test %d",
                  (int)vec_u64(test, "tcId"));
            tried++;
        }
    }
    if (root) CHECK(tried > 100, "%zu cases", tried);
    vec_done(root);
    free(text);
}

static bool has_flag(const struct vec *test, const char *flag)
{
    const struct vec *one;
    for (size_t i = 0; (one = vec_at(vec_get(test, "flags"), i)); i++)
        if (str_eq(vec_text(one), str_from(flag))) return true;
    return false;
}

/* CCTV gives no verdicts; ours: cofactorless equation, no small-order or non-canonical point, and a
 * key is admitted only when it is of prime order. */
static void test_cctv(void)
{
    size_t len = 0, used = 0, tried = 0, accepted = 0, admitted = 0;
    char *text = vec_archive("crypto/cctv-ed25519.tar.xz", "*/ed25519vectors.json", &len);
    struct vec *root = text ? vec_parse((str){text, len}, &used) : NULL;
    const struct vec *test;
    for (size_t i = 0; (test = vec_at(root, i)); i++) {
        key32 key = {{0}};
        sig64 signature = {{0}};
        CHECK(vec_hex(test, "key", key.bytes, 32) == 32 &&
                  vec_hex(test, "sig", signature.bytes, 64) == 64,
              "hex");
        bool refused = has_flag(test, "low_order_A") || has_flag(test, "low_order_R") ||
                       has_flag(test, "non_canonical_A") || has_flag(test, "non_canonical_R") ||
                       has_flag(test, "low_order_residue");
        bool good = sign_verify(&key, vec_str(test, "msg"), &signature);
        CHECK(good == !refused, "vector %d", (int)vec_u64(test, "number"));
        bool key_refused = has_flag(test, "low_order_A") || has_flag(test, "non_canonical_A") ||
                           has_flag(test, "low_order_component_A");
        CHECK(sign_key_valid(&key) == !key_refused, "key of vector %d",
              (int)vec_u64(test, "number"));
        accepted += good;
        admitted += sign_key_valid(&key);
        tried++;
    }
    if (root)
        CHECK(tried == 914 && accepted > 0 && admitted > 0, "%zu, %zu good, %zu keys", tried,
              accepted, admitted);
    vec_done(root);
    free(text);
}

static void test_wycheproof_hkdf(void)
{
    size_t len = 0, used = 0, tried = 0;
    char *text = vec_archive("crypto/wycheproof.tar.xz", "*/hkdf_sha256_test.json", &len);
    struct vec *root = text ? vec_parse((str){text, len}, &used) : NULL;
    const struct vec *group, *test;
    for (size_t i = 0; (group = vec_at(vec_get(root, "testGroups"), i)); i++) {
        for (size_t k = 0; (test = vec_at(vec_get(group, "tests"), k)); k++) {
            char ikm[512], salt[512], info[512];
            uint8_t got[255 * 32], wanted[255 * 32];
            size_t size = vec_u64(test, "size");
            if (str_eq(vec_str(test, "result"), STR("invalid")))
                continue; /* longer than RFC 5869 allows */
            hkdf_sha256((str){ikm, vec_hex(test, "ikm", ikm, 512)},
                        (str){salt, vec_hex(test, "salt", salt, 512)},
                        (str){info, vec_hex(test, "info", info, 512)}, got, size);
            CHECK(vec_hex(test, "okm", wanted, sizeof wanted) == size &&
                      memcmp(got, wanted, size) == 0,
                  "test %d", (int)vec_u64(test, "tcId"));
            tried++;
        }
    }
    if (root) CHECK(tried > 50, "%zu cases", tried);
    vec_done(root);
    free(text);
}

static bool case_holds(const struct vec *c)
{
    struct merkle_head head = {.size = vec_u64(c, "treeSize")};
    struct merkle_proof proof = {.count = 0};
    hash32 leaf;
    const struct vec *hash;
    if (!base64_decode(vec_str(c, "root"), head.root.bytes, 32)) return false;
    if (!base64_decode(vec_str(c, "leafHash"), leaf.bytes, 32)) return false;
    for (size_t i = 0; (hash = vec_at(vec_get(c, "proof"), i)); i++) {
        if (i >= MERKLE_PROOF_MAX || !base64_decode(vec_text(hash), proof.at[i].bytes, 32))
            return false;
        proof.count++;
    }
    return merkle_verify_inclusion(&head, vec_u64(c, "leafIdx"), &leaf, &proof);
}

static void test_inclusion_cases(void)
{
    size_t len = 0, good = 0, bad = 0;
    char *text = vec_archive("crypto/merkle.tar.xz", "merkle/testdata/inclusion/*", &len);
    str rest = {text, len};
    while (rest.len > 0) {
        size_t used = 0;
        struct vec *c = vec_parse(rest, &used);
        if (!c) break;
        str what = vec_str(c, "desc");
        bool wanted = !vec_true(c, "wantErr");
        CHECK(case_holds(c) == wanted, "%.*s", STR_ARG(what));
        good += wanted;
        bad += !wanted;
        vec_done(c);
        rest = str_sub(rest, used, rest.len);
    }
    if (text)
        CHECK(good > 3 && good + bad == 98 && str_trim(rest).len == 0, "%zu good, %zu bad cases",
              good, bad);
    free(text);
}

int main(void)
{
    if (!CHECK(sign_start() == CODE_OK && sign_start() == CODE_OK, "libsodium starts, twice"))
        return check_done();
    test_rfc8032();
    test_wycheproof_ed25519();
    test_cctv();
    test_wycheproof_hkdf();
    test_inclusion_cases();
    return check_done();
}
