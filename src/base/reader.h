/* reader.h - the one bounds-checked cursor over bytes someone else sent.
 * After the first short or malformed read `bad` stays true and every later read yields zero or an
 * empty view. */
#ifndef PLENARY_BASE_READER_H
#define PLENARY_BASE_READER_H
#include "base/base.h"

struct reader {
    const uint8_t *start, *at, *end;
    bool bad;
};

struct reader reader_from(str bytes);
size_t reader_left(const struct reader *reader);
size_t reader_offset(const struct reader *reader);
uint8_t read_u8(struct reader *reader);
uint32_t read_be32(struct reader *reader);
uint64_t read_be64(struct reader *reader);
str read_str(struct reader *reader, size_t len);
/* Up to and including the next newline; the view excludes it. Bad when there is none. */
str read_line(struct reader *reader);
/* Exactly these bytes, or bad. */
void read_expect(struct reader *reader, str literal);
/* The end must be the end: CODE_MALFORMED if bad or bytes are left. */
enum code read_end(const struct reader *reader) MUST_CHECK;
#endif
