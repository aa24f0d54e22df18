#include "base/sha256.h"
#include "base/text.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

hash32 portable_of(str bytes);
hash32 portable_hmac(str key, str message);

static bool is_hex(const void *bytes, size_t len, const char *hex)
{
    char got[2 * 128 + 1];
    hex_encode(bytes, len, got);
    return strcmp(got, hex) == 0;
}

static void test_known_answers(void)
{
    static const struct {
        const char *text, *hash;
    } cases[] = {
        /* FIPS 180-2, appendix B, and the empty string */
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        hash32 native = sha256_of(str_from(cases[i].text)),
               portable = portable_of(str_from(cases[i].text));
        CHECK(is_hex(native.bytes, 32, cases[i].hash), "native \"%s\"", cases[i].text);
        CHECK(is_hex(portable.bytes, 32, cases[i].hash), "portable \"%s\"", cases[i].text);
    }
    struct sha256 sha;
    sha256_init(&sha);
    for (size_t i = 0; i < 100000; i++) sha256_add_str(&sha, STR("aaaaaaaaaa"));
    hash32 million = sha256_done(&sha);
    CHECK(is_hex(million.bytes, 32,
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
          "a million a");
}

/* Every length over several blocks, every split in two, and a copy of the running state. */
static void test_pieces(void)
{
    char text[300];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 7 + 3);
    for (size_t len = 0; len <= sizeof text; len++) {
        hash32 whole = sha256_of((str){text, len}), portable = portable_of((str){text, len});
        CHECK(hash32_eq(&whole, &portable), "%zu bytes", len);
        for (size_t cut = 0; cut <= len; cut++) {
            struct sha256 sha, copy;
            sha256_init(&sha);
            sha256_add(&sha, text, cut);
            copy = sha;
            sha256_add(&sha, "something else", 14);
            sha256_add(&copy, text + cut, len - cut);
            hash32 pieces = sha256_done(&copy);
            if (!hash32_eq(&whole, &pieces)) CHECK(false, "%zu bytes cut at %zu", len, cut);
        }
    }
    CHECK(sha256_of((str){NULL, 0}).bytes[0] == 0xe3, "nothing");
}

static void test_against_portable(void)
{
    enum { SIZE = 200000 };
    char *text = malloc(SIZE);
    struct stream stream;
    if (!text) abort();
    stream_init(&stream, STR("sha256"));
    stream_bytes(&stream, text, SIZE);
    for (size_t i = 0; i < 100; i++) {
        size_t from = stream_below(&stream, SIZE), len = stream_below(&stream, SIZE - from);
        hash32 native = sha256_of((str){text + from, len}),
               portable = portable_of((str){text + from, len});
        CHECK(hash32_eq(&native, &portable), "%zu bytes from %zu", len, from);
        size_t key_len = stream_below(&stream, 200);
        native = hmac_sha256((str){text, key_len}, (str){text + from, len % 500});
        portable = portable_hmac((str){text, key_len}, (str){text + from, len % 500});
        CHECK(hash32_eq(&native, &portable), "hmac, key of %zu bytes", key_len);
    }
    free(text);
}

static str decoded(const char *hex, char *room)
{
    size_t len = strlen(hex) / 2;
    if (!hex_decode(str_from(hex), room, len)) abort();
    return (str){room, len};
}

static void test_hmac(void)
{
    char aa[131];
    memset(aa, 0xaa, sizeof aa);
    static const struct {
        size_t key_len; /* of 0xaa, or the words below */
        const char *key, *message, *hash;
    } cases[] = {
        /* RFC 4231, 4.3, 4.4 (message of 0xdd), 4.7 */
        {4, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        str key = {cases[i].key ? cases[i].key : aa, cases[i].key_len};
        hash32 got = hmac_sha256(key, str_from(cases[i].message));
        CHECK(is_hex(got.bytes, 32, cases[i].hash), "case %zu", i);
    }
}

static void test_hkdf(void)
{
    static const struct {
        const char *key, *salt, *info, *out;
    } cases[] = {
        /* RFC 5869, appendix A.1 to A.3 */
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
         "f0f1f2f3f4f5f6f7f8f9",
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2"
         "c2d2e2f30313233343536373839"
         "3a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
         "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8"
         "c8d8e8f90919293949596979899"
         "9a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
         "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbd"
         "cdddedfe0e1e2e3e4e5e6e7e8e9"
         "eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
         "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65"
         "e590e09da3275600c2f09b83677"
         "93a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
    };
    char key[128], salt[128], info[128];
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t out[128] = {0};
        size_t len = strlen(cases[i].out) / 2;
        hkdf_sha256(decoded(cases[i].key, key), decoded(cases[i].salt, salt),
                    decoded(cases[i].info, info), out, len);
        CHECK(is_hex(out, len, cases[i].out), "RFC 5869 A.%zu", i + 1);
        for (size_t shorter = 0; shorter < len; shorter++) {
            uint8_t part[128];
            memset(part, 0x5a, sizeof part);
            hkdf_sha256(decoded(cases[i].key, key), decoded(cases[i].salt, salt),
                        decoded(cases[i].info, info), part, shorter);
            CHECK(memcmp(part, out, shorter) == 0 && part[shorter] == 0x5a, "%zu bytes", shorter);
        }
    }
    uint8_t longest[255 * 32];
    hkdf_sha256(STR("k"), STR(""), STR(""), longest, sizeof longest);
    CHECK(memcmp(longest, longest + 32, 32) != 0, "blocks differ");
}

static void test_order(void)
{
    hash32 a = {{0}}, b = {{0}};
    CHECK(hash32_eq(&a, &b) && hash32_cmp(&a, &b) == 0, "equal");
    for (size_t i = 0; i < 32; i++) {
        b = a;
        b.bytes[i] = 0x80;
        CHECK(!hash32_eq(&a, &b) && hash32_cmp(&a, &b) < 0 && hash32_cmp(&b, &a) > 0, "byte %zu",
              i);
    }
}

static void test_stream(void)
{
    struct stream stream;
    uint8_t bytes[64], again[64];
    stream_init(&stream, STR("seed"));
    stream_bytes(&stream, bytes, sizeof bytes);
    /* Computed apart from this code, from the formula in sha256.h. */
    CHECK(is_hex(bytes, 32, "f407df7b595083096cfe4e0c8cdf5af4fc0813e3fd506e79cb8dcb86cb283777"),
          "block 0");
    CHECK(
        is_hex(bytes + 32, 32, "6fdd37042809b617e95e4f01ee63e35c725c883955dcb00f7603f39c55a72f26"),
        "block 1");
    stream_init(&stream, STR("seed"));
    for (size_t i = 0, part = 1; i < sizeof again; i += part, part = 1 + i % 11) {
        if (part > sizeof again - i) part = sizeof again - i;
        stream_bytes(&stream, again + i, part);
    }
    CHECK(memcmp(bytes, again, sizeof bytes) == 0, "pieces make the same stream");

    static const uint64_t tens[16] = {1, 4, 5, 3, 5, 8, 5, 2, 3, 3, 2, 1, 2, 3, 7, 5};
    static const uint64_t large[6] = {UINT64_C(7853800615990745844), UINT64_C(8060659399054177815),
                                      UINT64_C(8240611198016204815), UINT64_C(8503908374183096102),
                                      UINT64_C(7167179209961951523), UINT64_C(1543271730703685572)};
    stream_init(&stream, STR("seed"));
    for (size_t i = 0; i < COUNT(tens); i++)
        CHECK(stream_below(&stream, 10) == tens[i], "draw %zu", i);
    stream_init(&stream, STR("seed"));
    for (size_t i = 0; i < COUNT(large); i++)
        CHECK(stream_below(&stream, (UINT64_C(1) << 63) + 1) == large[i],
              "draw %zu, half are rejected", i);
    CHECK(stream_below(&stream, 1) == 0, "one choice");
    size_t seen[7] = {0};
    for (size_t i = 0; i < 7000; i++) seen[stream_below(&stream, 7)]++;
    for (size_t i = 0; i < 7; i++)
        CHECK(seen[i] > 850 && seen[i] < 1150, "%zu came %zu times", i, seen[i]);
}

int main(void)
{
    test_known_answers();
    test_pieces();
    test_against_portable();
    test_hmac();
    test_hkdf();
    test_order();
    test_stream();
    return check_done();
}
