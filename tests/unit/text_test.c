#include "base/text.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *bytes, *base64, *hex;
} rfc4648[] = {
    /* section 10 */
    {"", "", ""},
    {"f", "Zg==", "66"},
    {"fo", "Zm8=", "666f"},
    {"foo", "Zm9v", "666f6f"},
    {"foob", "Zm9vYg==", "666f6f62"},
    {"fooba", "Zm9vYmE=", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "666f6f626172"},
};

static void test_codings(void)
{
    for (size_t i = 0; i < COUNT(rfc4648); i++) {
        char text[32], bytes[32];
        size_t len = strlen(rfc4648[i].bytes);
        base64_encode(rfc4648[i].bytes, len, text);
        CHECK(strcmp(text, rfc4648[i].base64) == 0 && base64_size(len) == strlen(text), "%s",
              rfc4648[i].bytes);
        CHECK(base64_decode(str_from(text), bytes, len) &&
                  memcmp(bytes, rfc4648[i].bytes, len) == 0,
              "%s", text);
        hex_encode(rfc4648[i].bytes, len, text);
        CHECK(strcmp(text, rfc4648[i].hex) == 0, "%s", rfc4648[i].bytes);
        CHECK(hex_decode(str_from(text), bytes, len) && memcmp(bytes, rfc4648[i].bytes, len) == 0,
              "%s", text);
    }
}

/* Every length up to 40 with every byte value at every place, and back. */
static void test_codings_come_back(void)
{
    uint8_t bytes[40], again[40];
    char hex[81], base64[57];
    for (size_t len = 0; len <= sizeof bytes; len++) {
        for (unsigned start = 0; start < 256; start++) {
            for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)(start + 37 * i);
            hex_encode(bytes, len, hex);
            base64_encode(bytes, len, base64);
            bool good = hex_decode(str_from(hex), again, len) && memcmp(again, bytes, len) == 0;
            if (!good) CHECK(false, "hex, %zu bytes from %u", len, start);
            good = base64_decode(str_from(base64), again, len) && memcmp(again, bytes, len) == 0;
            if (!good) CHECK(false, "base64, %zu bytes from %u", len, start);
        }
        CHECK(strlen(base64) == base64_size(len), "size for %zu", len);
        for (size_t other = 0; other <= sizeof bytes; other++) {
            bool hex_takes = hex_decode(str_from(hex), again, other);
            bool base64_takes = base64_decode(str_from(base64), again, other);
            CHECK(hex_takes == (other == len) && base64_takes == (other == len), "%zu as %zu", len,
                  other);
        }
    }
}

/* Any other spelling of three bytes is refused: each byte of the text replaced by each other byte.
 */
static void test_one_spelling(void)
{
    for (size_t len = 1; len <= 3; len++) {
        uint8_t bytes[3] = {0x12, 0xab, 0xfe}, got[3];
        char hex[7], base64[5], again[7];
        hex_encode(bytes, len, hex);
        base64_encode(bytes, len, base64);
        size_t accepted[2] = {0, 0};
        for (size_t i = 0; i < 2 * len; i++) {
            char was = hex[i];
            for (unsigned byte = 0; byte < 256; byte++) {
                hex[i] = (char)byte;
                if (!hex_decode((str){hex, 2 * len}, got, len)) continue;
                accepted[0]++;
                hex_encode(got, len, again);
                CHECK(memcmp(again, hex, 2 * len) == 0, "hex %s", again);
            }
            hex[i] = was;
        }
        for (size_t i = 0; i < 4; i++) {
            char was = base64[i];
            for (unsigned byte = 0; byte < 256; byte++) {
                base64[i] = (char)byte;
                if (!base64_decode((str){base64, 4}, got, len)) continue;
                accepted[1]++;
                base64_encode(got, len, again);
                CHECK(memcmp(again, base64, 4) == 0, "base64 %s", again);
            }
            base64[i] = was;
        }
        /* 64 digits at full places, 4 or 16 where the low bits must be zero, one "=" else. */
        size_t digits[] = {64 + 4 + 1 + 1, 64 + 64 + 16 + 1, 4 * 64};
        CHECK(accepted[0] == 2 * len * 16, "hex accepts %zu", accepted[0]);
        CHECK(accepted[1] == digits[len - 1], "base64 accepts %zu", accepted[1]);
    }
}

static void test_utf8_comes_back(void)
{
    for (uint32_t code_point = 0; code_point < 0x110010; code_point++) {
        char bytes[4];
        size_t len = utf8_encode(code_point, bytes), at = 0;
        bool surrogate = code_point >= 0xd800 && code_point < 0xe000;
        size_t want = surrogate || code_point > 0x10ffff ? 0
                      : code_point < 0x80                ? 1
                      : code_point < 0x800               ? 2
                      : code_point < 0x10000             ? 3
                                                         : 4;
        if (len != want) CHECK(false, "U+%X takes %zu bytes", code_point, len);
        if (len == 0) continue;
        str s = {bytes, len};
        bool good = utf8_check(s) == len && utf8_sequence(s) == len && utf8_length(s) == 1 &&
                    utf8_next(s, &at) == code_point && at == len;
        if (!good) CHECK(false, "U+%X does not come back", code_point);
        for (size_t cut = 0; cut < len; cut++)
            if (utf8_sequence(str_sub(s, 0, cut)) != 0)
                CHECK(false, "U+%X cut to %zu", code_point, cut);
    }
    CHECK(utf8_encode(0x10ffff, (char[4]){0}) == 4, "the last");
}

/* As many well-formed sequences exist as code points of their length: none has a second form. */
static void test_utf8_counts(void)
{
    size_t found[5] = {0};
    char bytes[4];
    for (unsigned lead = 0; lead < 256; lead++) {
        bytes[0] = (char)lead;
        found[1] += utf8_sequence((str){bytes, 1}) == 1;
        for (unsigned b = 0; b < 256; b++) {
            bytes[1] = (char)b;
            found[2] += utf8_sequence((str){bytes, 2}) == 2;
            for (unsigned c = 0; c < 256; c++) {
                bytes[2] = (char)c;
                found[3] += utf8_sequence((str){bytes, 3}) == 3;
                if (utf8_sequence((str){bytes, 3}) || lead < 0xf0) continue;
                for (unsigned d = 0; d < 256; d += b >> 6 == 2 ? 1 : 15) {
                    bytes[3] = (char)d;
                    found[4] += utf8_sequence((str){bytes, 4}) == 4;
                }
            }
        }
    }
    CHECK(found[1] == 0x80, "%zu", found[1]);
    CHECK(found[2] == 0x800 - 0x80, "%zu", found[2]);
    CHECK(found[3] == 0x10000 - 0x800 - 0x800, "%zu", found[3]);
    CHECK(found[4] == 0x110000 - 0x10000, "%zu", found[4]);
}

static void test_utf8_offsets(void)
{
    static const struct {
        const char *text;
        size_t good, length;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"K\xc3\xb8"
         "benhavn",
         10, 9},
        {"a\xff", 1, 1},
        {"ab\xc3", 2, 2},
        {"\xe2\x82", 0, 0},
        {"x\xed\xa0\x80", 1, 1},
        {"\xf0\x9f\x97\xb3\xc0\xaf", 4, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        str s = str_from(cases[i].text);
        CHECK(utf8_check(s) == cases[i].good, "case %zu: %zu", i, utf8_check(s));
        CHECK(utf8_length(str_sub(s, 0, cases[i].good)) == cases[i].length, "case %zu", i);
    }
    CHECK(utf8_sequence(STR("")) == 0 && utf8_check((str){NULL, 0}) == 0, "empty");
}

int main(void)
{
    test_codings();
    test_codings_come_back();
    test_one_spelling();
    test_utf8_comes_back();
    test_utf8_counts();
    test_utf8_offsets();
    return check_done();
}
