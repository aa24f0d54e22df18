/* Membership codes and what is derived from them, against a second implementation. */
#include "check.h"
#include "core/record/membercode.h"
#include "sign/ed25519.h"
#include "vectors.h"

#include <string.h>

static void test_written(const struct vec *vectors)
{
    const struct vec *c;
    size_t i;
    for (i = 0; (c = vec_at(vec_get(vectors, "codes"), i)); i++) {
        struct membercode code, back;
        char text[MEMBERCODE_TEXT];
        CHECK(vec_hex(c, "s", code.bytes, sizeof code.bytes) == sizeof code.bytes, "s");
        membercode_write(&code, text);
        CHECK(str_eq(str_from(text), vec_str(c, "code")), "code %zu is %s", i, text);
        CHECK(membercode_parse(str_from(text), &back, NULL) == CODE_OK &&
                  memcmp(&code, &back, sizeof code) == 0,
              "back");
        for (size_t len = 0; len + 1 < MEMBERCODE_TEXT; len++)
            CHECK(membercode_parse((str){text, len}, &back, NULL) == CODE_MALFORMED, "cut at %zu",
                  len);
    }
    CHECK(i == 8, "eight codes");
}

static void test_typed(const struct vec *vectors)
{
    const struct vec *c;
    size_t i;
    for (i = 0; (c = vec_at(vec_get(vectors, "typed"), i)); i++) {
        char typed[200];
        size_t len = vec_hex(c, "typed_hex", typed, sizeof typed);
        struct membercode code, wanted;
        struct fail fail = {0};
        str what = vec_str(c, "what");
        enum code got = membercode_parse((str){typed, len}, &code, &fail);
        if (vec_true(c, "accepted")) {
            CHECK(vec_hex(c, "s", wanted.bytes, sizeof wanted.bytes) == sizeof wanted.bytes, "s");
            CHECK(got == CODE_OK && memcmp(&code, &wanted, sizeof code) == 0, "%.*s: %s",
                  STR_ARG(what), fail.message);
        } else {
            CHECK(got == CODE_MALFORMED && reason_is(&fail, vec_str(c, "reason")), "%.*s: got %s",
                  STR_ARG(what), fail.reason);
        }
    }
    CHECK(i == 19, "nineteen typings");
}

/* One wrong letter is noticed unless the 12 bits of the checksum collide: 31 wrong values at 28
 * places of 8 codes. */
static void test_one_letter(const struct vec *vectors)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    size_t accepted = 0, tried = 0;
    for (size_t i = 0; i < vec_count(vec_get(vectors, "codes")); i++) {
        str code = vec_str(vec_at(vec_get(vectors, "codes"), i), "code");
        for (size_t at = 0; at < code.len; at++) {
            for (size_t k = 0; code.at[at] != '-' && k < 32; k++) {
                char typed[MEMBERCODE_TEXT];
                struct membercode parsed;
                memcpy(typed, code.at, code.len);
                if (typed[at] == letters[k]) continue;
                typed[at] = letters[k];
                accepted += membercode_parse((str){typed, code.len}, &parsed, NULL) == CODE_OK;
                tried++;
            }
        }
    }
    CHECK(tried == 8 * 28 * 31 && accepted <= 8, "%zu of %zu mistyped codes pass", accepted, tried);
}

static void test_derived(const struct vec *vectors)
{
    const struct vec *c, *credential;
    str origin = vec_str(vectors, "origin");
    size_t i;
    for (i = 0; (c = vec_at(vec_get(vectors, "derived"), i)); i++) {
        struct membercode code;
        uint8_t seed[32], wanted[32], reading[READING_CODE_SIZE], same[READING_CODE_SIZE];
        CHECK(vec_hex(c, "s", code.bytes, sizeof code.bytes) == sizeof code.bytes, "s");
        membercode_enrol_seed(&code, origin, seed);
        CHECK(vec_hex(c, "enrol_seed", wanted, 32) == 32 && memcmp(seed, wanted, 32) == 0,
              "seed %zu", i);
        struct secret_key key;
        secret_key_from_seed(&key, seed);
        key32 public_key = secret_key_public(&key);
        CHECK(vec_hex(c, "enrol_public", wanted, 32) == 32 &&
                  memcmp(public_key.bytes, wanted, 32) == 0,
              "key %zu", i);
        CHECK(sign_key_valid(&public_key), "it may be admitted");
        for (size_t k = 0; (credential = vec_at(vec_get(c, "credentials"), k)); k++) {
            membercode_derive(&code, origin, vec_str(credential, "info"), seed, 16);
            CHECK(vec_hex(credential, "raw", wanted, 32) == 16 && memcmp(seed, wanted, 16) == 0,
                  "raw %zu.%zu", i, k);
        }
        membercode_reading(&code, origin, reading);
        membercode_derive(&code, origin, STR("plenary.read/v1"), same, sizeof same);
        CHECK(memcmp(reading, same, sizeof same) == 0 && memcmp(reading, seed, sizeof same) != 0,
              "reading code");
    }
    CHECK(i == 8, "eight derivations");
    const struct vec *other = vec_get(vectors, "other_origin");
    struct membercode code;
    uint8_t seed[32], wanted[32];
    CHECK(vec_hex(other, "s", code.bytes, sizeof code.bytes) == sizeof code.bytes, "s");
    membercode_enrol_seed(&code, vec_str(other, "origin"), seed);
    CHECK(vec_hex(other, "enrol_seed", wanted, 32) == 32 && memcmp(seed, wanted, 32) == 0,
          "another origin");
}

int main(void)
{
    struct vec *vectors = vec_load("record/codes.json");
    CHECK(sign_start() == CODE_OK, "libsodium starts");
    if (vectors) {
        test_written(vectors);
        test_typed(vectors);
        test_one_letter(vectors);
        test_derived(vectors);
    }
    vec_done(vectors);
    return check_done();
}
