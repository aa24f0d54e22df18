#include "base/text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_encode(const void *bytes, size_t len, char *ret)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i < len; i++) {
        *ret++ = hex_digits[from[i] >> 4];
        *ret++ = hex_digits[from[i] & 15];
    }
    *ret = '\0';
}

/* Value of a lower-case digit; any other has the bit 16. Tables: these are read for every act. */
static uint8_t hex_value(char digit)
{
    static const uint8_t values_plus_1[256] = {
        ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
        ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
        ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};
    return (uint8_t)(values_plus_1[(uint8_t)digit] - 1) & 31;
}

bool hex_decode(str digits, void *ret, size_t len)
{
    if (digits.len / 2 != len || digits.len % 2) return false;
    uint8_t *to = ret;
    for (size_t i = 0; i < len; i++) {
        uint8_t high = hex_value(digits.at[2 * i]), low = hex_value(digits.at[2 * i + 1]);
        if ((high | low) & 16) return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

size_t base64_size(size_t len)
{
    return (len / 3 + (len % 3 != 0)) * 4;
}

void base64_encode(const void *bytes, size_t len, char *ret)
{
    const uint8_t *from = bytes;
    for (; len > 0; ret += 4) {
        size_t have = len < 3 ? len : 3;
        uint32_t group = (uint32_t)from[0] << 16;
        if (have > 1) group |= (uint32_t)from[1] << 8;
        if (have > 2) group |= from[2];
        ret[0] = base64_digits[group >> 18];
        ret[1] = base64_digits[group >> 12 & 63];
        ret[2] = have > 1 ? base64_digits[group >> 6 & 63] : '=';
        ret[3] = have > 2 ? base64_digits[group & 63] : '=';
        from += have;
        len -= have;
    }
    *ret = '\0';
}

/* Value of a digit; any other has the bit 64. */
static uint32_t base64_value(char digit)
{
    static const uint8_t values_plus_1[256] = {
        ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
        ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
        ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
        ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
        ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
        ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
        ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
        ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
        ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
        ['/'] = 64};
    return (uint32_t)(values_plus_1[(uint8_t)digit] - 1) & 127;
}

bool base64_decode(str text, void *ret, size_t len)
{
    if (text.len != base64_size(len) || len > SIZE_MAX / 4 * 3 - 3) return false;
    uint8_t *to = ret;
    for (const char *at = text.at; len > 0; at += 4) {
        size_t have = len < 3 ? len : 3;
        uint32_t group = 0, wrong = 0;
        for (size_t i = 0; i <= have; i++) {
            uint32_t value = base64_value(at[i]);
            wrong |= value & 64;
            group |= value << (18 - 6 * i);
        }
        for (size_t i = have + 1; i < 4; i++) wrong |= at[i] != '=';
        /* Bits behind the last byte must be zero, or one value would have several spellings. */
        if (wrong || (group & (0xffffffu >> (8 * have)))) return false;
        for (size_t i = 0; i < have; i++) *to++ = (uint8_t)(group >> (16 - 8 * i));
        len -= have;
    }
    return true;
}

/* Narrower after four leads: nothing overlong, no surrogate, nothing above U+10FFFF. */
static bool utf8_second_fits(uint8_t lead, uint8_t second)
{
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high;
}

size_t utf8_sequence(str s)
{
    const uint8_t *at = (const uint8_t *)s.at;
    if (s.len == 0) return 0;
    uint8_t lead = at[0];
    if (lead < 0x80) return 1;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (s.len < len || !utf8_second_fits(lead, at[1])) return 0;
    for (size_t i = 2; i < len; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    return len;
}

size_t utf8_check(str s)
{
    size_t at = 0;
    while (at < s.len) {
        size_t len = utf8_sequence(str_sub(s, at, 4));
        if (len == 0) return at;
        at += len;
    }
    return s.len;
}

uint32_t utf8_next(str s, size_t *at)
{
    uint8_t lead = (uint8_t)s.at[(*at)++];
    if (lead < 0x80) return lead;
    uint32_t code_point = lead < 0xe0 ? lead & 31u : lead < 0xf0 ? lead & 15u : lead & 7u;
    for (; *at < s.len && ((uint8_t)s.at[*at] & 0xc0) == 0x80; (*at)++)
        code_point = code_point << 6 | ((uint8_t)s.at[*at] & 63u);
    return code_point;
}

size_t utf8_encode(uint32_t code_point, char ret[4])
{
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff)) return 0;
    if (code_point < 0x80) {
        ret[0] = (char)code_point;
        return 1;
    }
    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        ret[i] = (char)(0x80 | (code_point & 63));
        code_point >>= 6;
    }
    ret[0] = (char)(leads[len] | code_point);
    return len;
}

size_t utf8_length(str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) count += ((uint8_t)s.at[i] & 0xc0) != 0x80;
    return count;
}
