/* bjson.h - reads Belenios's JSON (specification, 4.1): compact, with its fields in one fixed
 * order.
 *
 * A cursor that is told what comes next: a literal piece of text, a string, a number. Every value
 * but free text has one spelling, so what was read writes back to the same bytes. Failure is
 * sticky; `bad_at` is the first byte not understood. */
#ifndef PLENARY_CORE_BALLOT_BJSON_H
#define PLENARY_CORE_BALLOT_BJSON_H
#include "base/arena.h"

struct bjson {
    str text;
    size_t at, bad_at;
    bool bad;
    bool no_memory; /* bad for want of memory alone */
};

struct bjson bjson_from(str text);
/* Marks the reading as failed here; because memory ran out. */
void bjson_refuse(struct bjson *json);
void bjson_starve(struct bjson *json);
/* Exactly these bytes. */
void bjson_expect(struct bjson *json, str literal);
/* Are these the next bytes? They are passed over if so. */
bool bjson_try(struct bjson *json, str literal);
/* Elements of an array, n counted from 0: `for (n = 0; bjson_more(json, n); n++)`; reads the
 * brackets and commas. */
bool bjson_more(struct bjson *json, uint32_t n);
/* A string without escapes, such as a number or hash; a view. Empty when bad. */
str bjson_plain(struct bjson *json);
/* A string of well-formed UTF-8; unescaped into `arena`, a view where nothing was escaped. */
str bjson_string(struct bjson *json, struct arena *arena);
/* A number 0..2^53-1. */
uint64_t bjson_u64(struct bjson *json);
bool bjson_bool(struct bjson *json);
/* Any compact value, at most 16 containers deep. */
void bjson_skip(struct bjson *json);
/* Was all of it good, and is this the end? */
bool bjson_end(const struct bjson *json) MUST_CHECK;
#endif
