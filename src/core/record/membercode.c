#include "core/record/membercode.h"

#include "base/sha256.h"

#include <string.h>

enum { LETTERS = 28, LETTER_BITS = 5, CHECK_BITS = 12, PACKED = 18 /* bytes holding 140 bits */ };
static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The first 12 bits of SHA-256("plenary.code/v1|" || s). */
static uint32_t check_bits(const struct membercode *code)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.code/v1|"));
    sha256_add(&sha, code->bytes, sizeof code->bytes);
    hash32 hash = sha256_done(&sha);
    return (uint32_t)hash.bytes[0] << 4 | hash.bytes[1] >> 4;
}

void membercode_write(const struct membercode *code, char ret[MEMBERCODE_TEXT])
{
    uint8_t packed[PACKED];
    uint32_t check = check_bits(code);
    memcpy(packed, code->bytes, MEMBERCODE_SIZE);
    packed[16] = (uint8_t)(check >> 4);
    packed[17] = (uint8_t)(check << 4);
    size_t at = 0;
    for (size_t letter = 0; letter < LETTERS; letter++) {
        uint32_t value = 0;
        for (size_t bit = letter * LETTER_BITS; bit < (letter + 1) * LETTER_BITS; bit++)
            value = value << 1 | (packed[bit / 8] >> (7 - bit % 8) & 1u);
        if (letter > 0 && letter % 4 == 0) ret[at++] = '-';
        ret[at++] = ALPHABET[value];
    }
    ret[at] = '\0';
}

/* Value of a typed letter, or 32. */
static uint32_t letter_value(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    return (uint32_t)str_find((str){ALPHABET, sizeof ALPHABET - 1}, c);
}

/* Packs the letters into bits; returns how many letters there were, also beyond LETTERS. */
static enum code read_letters(str typed, uint8_t packed[PACKED], size_t *ret_count,
                              struct fail *fail)
{
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.at[i] == ' ' || typed.at[i] == '-') continue;
        uint32_t value = letter_value(typed.at[i]);
        if (value >= sizeof ALPHABET - 1)
            return fail_at(fail, CODE_MALFORMED, "letter", 0, i + 1,
                           "expected digits and letters other than U");
        for (size_t k = 0; k < LETTER_BITS && count < LETTERS; k++) {
            size_t bit = count * LETTER_BITS + k;
            uint32_t one = value >> (LETTER_BITS - 1 - k) & 1u;
            packed[bit / 8] = (uint8_t)(packed[bit / 8] | one << (7 - bit % 8));
        }
        count++;
    }
    *ret_count = count;
    return CODE_OK;
}

enum code membercode_parse(str typed, struct membercode *ret, struct fail *fail)
{
    uint8_t packed[PACKED] = {0};
    size_t count = 0;
    TRY(read_letters(typed, packed, &count, fail));
    if (count != LETTERS)
        return fail_set(fail, CODE_MALFORMED, "length", "expected %d letters, found %zu", LETTERS,
                        count);
    struct membercode code;
    memcpy(code.bytes, packed, MEMBERCODE_SIZE);
    uint32_t check = (uint32_t)packed[16] << 4 | packed[17] >> 4;
    if (check != check_bits(&code))
        return fail_set(fail, CODE_MALFORMED, "checksum",
                        "a letter is mistyped: the checksum does not fit");
    *ret = code;
    return CODE_OK;
}

void membercode_derive(const struct membercode *code, str origin, str info, uint8_t *ret, size_t n)
{
    hkdf_sha256((str){(const char *)code->bytes, sizeof code->bytes}, origin, info, ret, n);
}

void membercode_enrol_seed(const struct membercode *code, str origin, uint8_t ret[32])
{
    membercode_derive(code, origin, STR("plenary.enrol/v1"), ret, 32);
}

void membercode_reading(const struct membercode *code, str origin, uint8_t ret[READING_CODE_SIZE])
{
    membercode_derive(code, origin, STR("plenary.read/v1"), ret, READING_CODE_SIZE);
}
