#include "core/import/rollread.h"

enum { YEAR_MIN = 1900, AGE_MIN = 14 };

/* A date with slashes or hyphens may be day first or month first; with dots it is day first
 * everywhere. */
static bool order_matters(const struct cell_date *date)
{
    return !cell_year_first(date) && date->separator != '.' && date->separator != 0;
}

static bool is_ambiguous(const struct cell_date *date)
{
    return order_matters(date) && date->part[0] <= 12 && date->part[1] <= 12 &&
           date->part[0] != date->part[1];
}

void reading_learn_dates(struct reading *reading, enum roll_field field)
{
    enum roll_dates stated = reading->layout.mapping.dates;
    reading->order[field] = stated;
    if (stated || !reading->layout.column_of[field]) return;
    uint32_t day_first = 0, month_first = 0, open = 0;
    struct taken open_cell = {0};
    for (uint32_t r = reading->layout.first_row; r < reading->table->row_count; r++) {
        struct taken cell = reading_take(reading, r, field);
        struct cell_date date;
        if (!cell_split_date(cell.text, &date) || !order_matters(&date)) continue;
        day_first += date.part[0] > 12;
        month_first += date.part[1] > 12;
        if (is_ambiguous(&date) && open++ == 0) open_cell = cell;
    }
    reading->order[field] = month_first > day_first ? ROLL_DATES_MDY : ROLL_DATES_DMY;
    reading->order_mixed[field] = day_first && month_first;
    if (!open || day_first || month_first) return;
    struct problem *problem =
        problems_add(reading->problems, PROBLEM_WARNING, open_cell.place, "date-order",
                     "%s may be day or month first, and no date of the column tells; "
                     "read as day first",
                     reading_quote(reading, open_cell.text));
    problems_advise(reading->problems, problem,
                    "if the month comes first, say {\"dates\":\"mdy\"} in the mapping");
}

static str leave_out(struct reading *reading, enum roll_field field, struct taken cell,
                     const char *why)
{
    problems_add(reading->problems, PROBLEM_WARNING, cell.place, "date", "%s %s; left out as %s",
                 reading_quote(reading, cell.text), why, roll_field_label(field));
    return STR("");
}

/* In a column with both orders a date that allows only one of them is read in that one. */
static enum roll_dates order_of(const struct reading *reading, enum roll_field field,
                                const struct cell_date *date)
{
    if (date->separator == '.' && reading->order[field] != ROLL_DATES_YMD) return ROLL_DATES_DMY;
    if (!reading->order_mixed[field]) return reading->order[field];
    return date->part[1] > 12 ? ROLL_DATES_MDY : ROLL_DATES_DMY;
}

str reading_date(struct reading *reading, enum roll_field field, struct taken cell)
{
    struct cell_date date;
    if (cell.text.len == 0 || reading->contradicted[field]) return STR("");
    if (cell.text.len <= 5 && cell_all_digits(cell.text))
        return leave_out(reading, field, cell, "is a spreadsheet's day number, not a date");
    if (!cell_split_date(cell.text, &date)) return leave_out(reading, field, cell, "is not a date");
    if (reading->order_mixed[field] && is_ambiguous(&date)) {
        tally_add(&reading->mixed[field], cell.place, cell.text);
        return STR("");
    }
    struct civil civil = cell_order_date(&date, order_of(reading, field, &date));
    if (civil.year < 100) {
        int32_t present = reading->options->year;
        civil.year = cell_full_year(civil.year, field == ROLL_BORN ? present - AGE_MIN : present);
        tally_add(&reading->short_year[field], cell.place, cell.text);
    }
    if (!civil_valid(&civil))
        return leave_out(reading, field, cell, "is not a date of the calendar");
    if (civil.year < YEAR_MIN || civil.year > reading->options->year)
        return leave_out(reading, field, cell, "is too long ago or in the future");
    str text = arena_printf(reading->arena, "%04d-%02u-%02u", (int)civil.year,
                            (unsigned)civil.month, (unsigned)civil.day);
    if (text.at) return text;
    reading->out_of_memory = true;
    return STR("");
}
