/* membercode.h - the membership code on the registrar's letter, and what is derived from it.
 *
 * 16 random bytes s and the first 12 bits of SHA-256("plenary.code/v1|" || s): 140 bits, most
 * significant first, 5 bits a letter of 0123456789ABCDEFGHJKMNPQRSTVWXYZ, 7 groups of 4 joined by
 * "-". Never sent to a server. */
#ifndef PLENARY_CORE_RECORD_MEMBERCODE_H
#define PLENARY_CORE_RECORD_MEMBERCODE_H
#include "base/base.h"

enum { MEMBERCODE_SIZE = 16, MEMBERCODE_TEXT = 35, READING_CODE_SIZE = 10 };

struct membercode { /* secret: wipe with sign/secret.h after use */
    uint8_t bytes[MEMBERCODE_SIZE];
};

/* "JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR87" and a NUL. */
void membercode_write(const struct membercode *code, char ret[MEMBERCODE_TEXT]);
/* As typed: ASCII spaces and hyphens anywhere, either case, O = 0, I = L = 1. CODE_MALFORMED with
 * reason letter (column = its place), length (28 letters expected) or checksum. */
enum code membercode_parse(str typed, struct membercode *ret, struct fail *fail) MUST_CHECK;
/* D(info, n) = HKDF-SHA256(ikm = s, salt = origin, info), n <= 255*32. */
void membercode_derive(const struct membercode *code, str origin, str info, uint8_t *ret, size_t n);
/* D("plenary.enrol/v1", 32): seed of the enrolment key <origin>/e/<mid>. */
void membercode_enrol_seed(const struct membercode *code, str origin, uint8_t ret[32]);
/* D("plenary.read/v1", 10): opens a read-only session together with number and PIN. */
void membercode_reading(const struct membercode *code, str origin, uint8_t ret[READING_CODE_SIZE]);
#endif
