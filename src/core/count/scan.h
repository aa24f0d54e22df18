/* scan.h - a cursor over text that knows its line and column. For the readers of formats. */
#ifndef PLENARY_CORE_COUNT_SCAN_H
#define PLENARY_CORE_COUNT_SCAN_H
#include "base/base.h"

struct scan {
    str text;
    size_t at, line_start;
    uint64_t line; /* 1-based */
};

/* Starts behind a byte order mark. CODE_MALFORMED "utf8" with the place, or "control" for a NUL
 * byte. */
enum code scan_open(struct scan *scan, str text, struct fail *fail) MUST_CHECK;
bool scan_at_end(const struct scan *scan);
/* The byte at the cursor, or -1 at the end. */
int scan_peek(const struct scan *scan);
void scan_skip(struct scan *scan); /* one byte */
/* Fails at the cursor. */
enum code scan_fail(const struct scan *scan, struct fail *fail, const char *reason,
                    const char *expected);
/* Moves `fail`, set by someone who knows no place, to the cursor; hands `code` on. */
enum code scan_place(const struct scan *scan, enum code code, struct fail *fail);
/* Spaces and tabs. */
void scan_blanks(struct scan *scan);
/* Decimal digits as a number <= max. */
enum code scan_number(struct scan *scan, uint64_t max, uint64_t *ret, struct fail *fail) MUST_CHECK;
/* The rest of the line, without its end and trailing white space; moves to the next line. */
str scan_line(struct scan *scan);
#endif
