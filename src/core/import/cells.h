/* cells.h - what one cell of a membership list holds. Pure. */
#ifndef PLENARY_CORE_IMPORT_CELLS_H
#define PLENARY_CORE_IMPORT_CELLS_H
#include "base/civil.h"
#include "core/import/rollfile.h"

enum cell_kind {
    CELL_EMPTY,
    CELL_EMAIL,  /* holds an @ */
    CELL_DATE,   /* three groups of digits */
    CELL_DIGITS, /* digits alone */
    CELL_PHONE,  /* digits, spaces and + - / ( ) . */
    CELL_CODE,   /* letters and digits */
    CELL_WORDS,  /* no digit */
    CELL_KINDS
};
enum cell_kind cell_kind_of(str cell);
/* Does content of `kind` contradict a heading that means `field`? */
bool cell_contradicts(enum roll_field field, enum cell_kind kind);
const char *cell_kind_plural(enum cell_kind kind); /* "e-mail addresses" */

/* `raw` with white space (also no-break and zero-width spaces) removed at both ends and single
 * inside. A view when nothing changes inside, else in the arena; `*ret_changed` says whether
 * anything did. False when out of memory. */
bool cell_clean(struct arena *arena, str raw, str *ret, bool *ret_changed) MUST_CHECK;
/* `="00123"` and `'00123`, by which spreadsheets keep zeros: the text inside. */
bool cell_unwrap(str cell, str *ret);
/* "#REF!", "#N/A", "=SUM(A1)": left behind by a formula. */
bool cell_is_formula(str cell);
/* "1.23E+05": a number a spreadsheet has rounded. */
bool cell_is_science(str cell);
/* "1234.0", "1234,00": `*ret` = 1234. */
bool cell_is_decimal(str cell, str *ret);
bool cell_all_digits(str cell);
/* Control characters, NUL or U+FFFD. */
bool cell_has_control(str cell);
/* One address with one @, a domain with a dot, no spaces, <= 254 bytes. Non-ASCII letters are
 * allowed. */
bool cell_is_email(str cell);

struct cell_date {
    uint32_t part[3]; /* as written, left to right */
    uint32_t digits[3];
    char separator; /* . / - space, or 0 for 20260307 */
};
/* Three groups of digits with one separator, or eight digits; a time of day behind it is ignored.
 */
bool cell_split_date(str cell, struct cell_date *ret);
bool cell_year_first(const struct cell_date *date);
/* Puts the parts in order; the year still as written. */
struct civil cell_order_date(const struct cell_date *date, enum roll_dates order);
/* The full year meant by `two` digits: the latest one that is not after `latest`. */
int32_t cell_full_year(int32_t two, int32_t latest);
#endif
