#include "core/import/cells.h"

#include "base/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool cell_all_digits(str cell)
{
    for (size_t i = 0; i < cell.len; i++)
        if (!is_digit(cell.at[i])) return false;
    return cell.len > 0;
}

enum cell_kind cell_kind_of(str cell)
{
    struct cell_date date;
    if (cell.len == 0) return CELL_EMPTY;
    if (str_find(cell, '@') < cell.len) return CELL_EMAIL;
    if (cell_all_digits(cell)) return CELL_DIGITS;
    if (cell_split_date(cell, &date)) return CELL_DATE;
    bool digits = false, others = false;
    for (size_t i = 0; i < cell.len; i++) {
        bool digit = is_digit(cell.at[i]);
        digits = digits || digit;
        others = others || (!digit && !memchr(" +-/().", cell.at[i], 7));
    }
    if (!digits) return CELL_WORDS;
    return others ? CELL_CODE : CELL_PHONE;
}

bool cell_contradicts(enum roll_field field, enum cell_kind kind)
{
    if (kind == CELL_EMPTY) return false;
    switch (field) {
    case ROLL_NUMBER: return kind == CELL_EMAIL || kind == CELL_WORDS;
    case ROLL_NAME:
    case ROLL_GIVEN:
    case ROLL_FAMILY: return kind != CELL_WORDS && kind != CELL_CODE;
    case ROLL_UNIT: return kind == CELL_EMAIL || kind == CELL_DATE;
    case ROLL_EMAIL: return kind != CELL_EMAIL;
    case ROLL_PHONE: return kind == CELL_EMAIL || kind == CELL_WORDS;
    case ROLL_BORN:
    case ROLL_JOINED: return kind != CELL_DATE && kind != CELL_DIGITS && kind != CELL_CODE;
    case ROLL_WEIGHT: return kind != CELL_DIGITS;
    case ROLL_FIELDS: break;
    }
    return false;
}

const char *cell_kind_plural(enum cell_kind kind)
{
    switch (kind) {
    case CELL_EMPTY: return "nothing";
    case CELL_EMAIL: return "e-mail addresses";
    case CELL_DATE: return "dates";
    case CELL_DIGITS: return "numbers";
    case CELL_PHONE: return "telephone numbers";
    case CELL_CODE: return "letters with digits";
    case CELL_WORDS: return "words";
    case CELL_KINDS: break;
    }
    return "";
}

/* Length of the white space at `at`, 0 for anything else: ASCII, U+00A0, U+200B, U+202F, U+FEFF. */
static size_t space_at(str s, size_t at)
{
    uint8_t c = (uint8_t)s.at[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0xc2) return 0;
    str rest = str_sub(s, at, 3);
    if (str_starts(rest, STR("\xc2\xa0"))) return 2;
    if (str_eq(rest, STR("\xe2\x80\x8b")) || str_eq(rest, STR("\xe2\x80\xaf")) ||
        str_eq(rest, STR("\xef\xbb\xbf")))
        return 3;
    return 0;
}

/* Is the text free of white space at its ends and of anything but single spaces inside? */
static bool is_clean(str s)
{
    bool gap = true;
    for (size_t i = 0; i < s.len; i++) {
        bool space = space_at(s, i) > 0;
        if (space && (gap || s.at[i] != ' ')) return false;
        gap = space;
    }
    return !gap || s.len == 0;
}

bool cell_clean(struct arena *arena, str raw, str *ret, bool *ret_changed)
{
    *ret_changed = !is_clean(raw);
    if (!*ret_changed) {
        *ret = raw;
        return true;
    }
    char *copy = arena_take(arena, raw.len, 1);
    if (!copy) return false;
    size_t used = 0;
    bool gap = false;
    for (size_t i = 0; i < raw.len;) {
        size_t space = space_at(raw, i);
        if (space) {
            gap = used > 0;
            i += space;
            continue;
        }
        if (gap) copy[used++] = ' ';
        gap = false;
        copy[used++] = raw.at[i++];
    }
    *ret = (str){copy, used};
    return true;
}

bool cell_unwrap(str cell, str *ret)
{
    if (cell.len >= 3 && str_starts(cell, STR("=\"")) && str_ends(cell, STR("\""))) {
        *ret = str_sub(cell, 2, cell.len - 3);
        return true;
    }
    if (cell.len >= 2 && cell.at[0] == '\'' && is_digit(cell.at[1])) {
        *ret = str_sub(cell, 1, cell.len);
        return true;
    }
    return false;
}

bool cell_is_formula(str cell)
{
    static const char *const errors[] = {"#REF!",   "#N/A",   "#NAME?",  "#VALUE!",
                                         "#DIV/0!", "#NUM!",  "#NULL!",  "#NV",
                                         "#BEZUG!", "#WERT!", "Err:502", "Err:508"};
    for (size_t i = 0; i < COUNT(errors); i++)
        if (str_eq(cell, str_from(errors[i]))) return true;
    return cell.len > 1 && cell.at[0] == '=';
}

static size_t digits_at(str s, size_t at)
{
    size_t end = at;
    while (end < s.len && is_digit(s.at[end])) end++;
    return end - at;
}

bool cell_is_science(str cell)
{
    size_t whole = digits_at(cell, 0), at = whole;
    bool marked = false;
    if (!whole) return false;
    if (at < cell.len && (cell.at[at] == '.' || cell.at[at] == ',')) {
        at += 1 + digits_at(cell, at + 1);
        marked = true;
    }
    if (at >= cell.len || (cell.at[at] != 'E' && cell.at[at] != 'e')) return false;
    at++;
    if (at < cell.len && (cell.at[at] == '+' || cell.at[at] == '-')) {
        at++;
        marked = true;
    }
    size_t power = digits_at(cell, at);
    return marked && power && at + power == cell.len;
}

bool cell_is_decimal(str cell, str *ret)
{
    size_t whole = digits_at(cell, 0);
    if (!whole || whole + 1 >= cell.len || (cell.at[whole] != '.' && cell.at[whole] != ','))
        return false;
    for (size_t i = whole + 1; i < cell.len; i++)
        if (cell.at[i] != '0') return false;
    *ret = str_sub(cell, 0, whole);
    return true;
}

bool cell_has_control(str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        uint8_t c = (uint8_t)cell.at[i];
        if (c < 0x20 || c == 0x7f) return true;
        if (c == 0xc2 && i + 1 < cell.len && (uint8_t)cell.at[i + 1] < 0xa0) return true;
        if (c == 0xef && str_eq(str_sub(cell, i, 3), STR("\xef\xbf\xbd"))) return true;
    }
    return false;
}

bool cell_is_email(str cell)
{
    size_t sign = str_find(cell, '@');
    str domain = str_sub(cell, sign + 1, cell.len);
    if (sign == 0 || sign >= cell.len || cell.len > ROLL_CONTACT_MAX ||
        str_find(domain, '@') < domain.len)
        return false;
    size_t dot = str_find(domain, '.');
    if (dot == 0 || dot >= domain.len || domain.at[domain.len - 1] == '.') return false;
    for (size_t i = 0; i < cell.len; i++) {
        if (memchr(" ,;:<>()[]\"\\", cell.at[i], 12)) return false;
        if (cell.at[i] == '.' && i + 1 < cell.len && cell.at[i + 1] == '.') return false;
    }
    return !cell_has_control(cell);
}

static uint32_t small_number(str digits)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len && i < 4; i++)
        value = value * 10 + (uint32_t)(digits.at[i] - '0');
    return value;
}

static bool is_time_of_day(str rest)
{
    if (rest.len == 0) return true;
    if (rest.at[0] != ' ' && rest.at[0] != 'T') return false;
    for (size_t i = 1; i < rest.len; i++)
        if (!is_digit(rest.at[i]) && rest.at[i] != ':') return false;
    return str_find(rest, ':') < rest.len;
}

static bool split_eight_digits(str cell, struct cell_date *ret)
{
    if (cell.len != 8 || !cell_all_digits(cell)) return false;
    *ret = (struct cell_date){{small_number(str_sub(cell, 0, 4)), small_number(str_sub(cell, 4, 2)),
                               small_number(str_sub(cell, 6, 2))},
                              {4, 2, 2},
                              0};
    return true;
}

/* One group of 1, 2 or 4 digits at `*at`; moves behind it. */
static bool take_group(str cell, size_t *at, uint32_t *ret_part, uint32_t *ret_digits)
{
    size_t len = digits_at(cell, *at);
    if (len == 0 || len > 4 || len == 3) return false;
    *ret_part = small_number(str_sub(cell, *at, len));
    *ret_digits = (uint32_t)len;
    *at += len;
    return true;
}

/* One of . / - and space; the dot of "1. 2. 2003" takes its space with it. */
static bool take_separator(str cell, size_t *at, char *ret)
{
    char c = *at < cell.len ? cell.at[*at] : '\0';
    if (c == '\0' || !memchr("./- ", c, 4)) return false;
    *at += c == '.' && *at + 1 < cell.len && cell.at[*at + 1] == ' ' ? 2 : 1;
    *ret = c;
    return true;
}

static bool has_year(const struct cell_date *date)
{
    if (date->digits[1] > 2) return false;
    if (date->digits[0] == 4) return date->digits[2] <= 2;
    return date->digits[2] == 4 || date->digits[2] == 2;
}

bool cell_split_date(str cell, struct cell_date *ret)
{
    struct cell_date date = {0};
    size_t at = 0;
    char second = '\0';
    if (split_eight_digits(cell, ret)) return true;
    if (!take_group(cell, &at, &date.part[0], &date.digits[0])) return false;
    if (!take_separator(cell, &at, &date.separator)) return false;
    if (!take_group(cell, &at, &date.part[1], &date.digits[1])) return false;
    if (!take_separator(cell, &at, &second) || second != date.separator) return false;
    if (!take_group(cell, &at, &date.part[2], &date.digits[2])) return false;
    if (!is_time_of_day(str_sub(cell, at, cell.len)) || !has_year(&date)) return false;
    *ret = date;
    return true;
}

bool cell_year_first(const struct cell_date *date)
{
    return date->digits[0] == 4;
}

struct civil cell_order_date(const struct cell_date *date, enum roll_dates order)
{
    static const uint8_t place_of[][3] = {/* of year, month, day */
                                          [ROLL_DATES_FIND] = {2, 1, 0},
                                          [ROLL_DATES_DMY] = {2, 1, 0},
                                          [ROLL_DATES_MDY] = {2, 0, 1},
                                          [ROLL_DATES_YMD] = {0, 1, 2}};
    const uint8_t *place = place_of[cell_year_first(date) ? ROLL_DATES_YMD : order];
    uint32_t month = date->part[place[1]], day = date->part[place[2]];
    return (struct civil){.year = (int32_t)date->part[place[0]],
                          .month = (uint8_t)(month > 99 ? 99 : month),
                          .day = (uint8_t)(day > 99 ? 99 : day)};
}

int32_t cell_full_year(int32_t two, int32_t latest)
{
    int32_t year = latest - latest % 100 + two;
    return year > latest ? year - 100 : year;
}
