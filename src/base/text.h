/* text.h - hexadecimal, base64 and UTF-8, each strict: one spelling per value. */
#ifndef PLENARY_BASE_TEXT_H
#define PLENARY_BASE_TEXT_H
#include "base/base.h"

/* Writes 2*len lower-case digits and a NUL into `ret`. */
void hex_encode(const void *bytes, size_t len, char *ret);
/* Exactly 2*len lower-case digits; false otherwise, `ret` unspecified then. */
bool hex_decode(str digits, void *ret, size_t len) MUST_CHECK;
/* RFC 4648 section 4 with padding. Writes base64_size(len) bytes and a NUL. */
size_t base64_size(size_t len);
void base64_encode(const void *bytes, size_t len, char *ret);
/* Canonical padded base64 of exactly `len` bytes: trailing bits zero, no line breaks. */
bool base64_decode(str text, void *ret, size_t len) MUST_CHECK;

/* Offset of the first byte that is not part of a well-formed UTF-8 sequence (Unicode table 3-7:
 * no overlong forms, no surrogates, <= U+10FFFF), or s.len. */
size_t utf8_check(str s);
/* Length of the well-formed sequence that `s` starts with, 1..4, or 0. */
size_t utf8_sequence(str s);
/* Decodes one code point of well-formed text at `*at` and moves behind it. */
uint32_t utf8_next(str s, size_t *at);
/* Writes 1..4 bytes; returns how many, 0 for a surrogate or > U+10FFFF. */
size_t utf8_encode(uint32_t code_point, char ret[4]);
/* Code points in well-formed text. */
size_t utf8_length(str s);
#endif
