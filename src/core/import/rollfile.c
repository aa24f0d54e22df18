#include "core/import/rollfile.h"

#include "core/import/headings.h"
#include "core/import/rollread.h"

str roll_row_contact(const struct roll_row *row)
{
    return row->email.len ? row->email : row->phone;
}

void tally_add(struct tally *tally, struct problem_place place, str example)
{
    if (tally->count++ > 0) return;
    tally->first = place;
    tally->example = example;
}

const char *reading_quote(struct reading *reading, str value)
{
    str quoted = problem_quote(reading->arena, value);
    if (quoted.len == 0) reading->out_of_memory = true;
    return quoted.at;
}

/* Text that was read as Latin-1 and written as UTF-8 once too often: "Ã¼", "Ã©". */
static bool looks_twice_encoded(str text)
{
    for (size_t i = 0; i + 3 < text.len; i++) {
        if (text.at[i] != '\xc3' || (text.at[i + 1] != '\x83' && text.at[i + 1] != '\x85'))
            continue;
        if (text.at[i + 2] == '\xc2' || text.at[i + 2] == '\xe2' || text.at[i + 2] == '\xc5')
            return true;
    }
    return false;
}

struct taken reading_take(struct reading *reading, uint32_t row, enum roll_field field)
{
    uint32_t column = reading->layout.column_of[field];
    const struct csv_row *cells = &reading->table->rows[row];
    const struct csv_cell *first = csv_row_cells(reading->table, row);
    if (column == 0) return (struct taken){STR(""), {first->line, 0, PROBLEM_CELL_NONE}};
    if (column > cells->count) return (struct taken){STR(""), {first->line, 0, column}};
    const struct csv_cell *cell = &first[column - 1];
    struct taken taken = {STR(""), {cell->line, cell->column, column}};
    bool changed;
    if (!cell_clean(reading->arena, cell->text, &taken.text, &changed))
        reading->out_of_memory = true;
    return taken;
}

/* The cell of a member, with what was done to it counted. */
static struct taken take_counted(struct reading *reading, uint32_t row, enum roll_field field)
{
    struct taken taken = reading_take(reading, row, field);
    uint32_t column = reading->layout.column_of[field];
    if (!taken.text.len || !column) return taken;
    str raw = csv_row_cells(reading->table, row)[column - 1].text, inner;
    if (!str_eq(raw, taken.text)) tally_add(&reading->trimmed[field], taken.place, raw);
    if (cell_unwrap(taken.text, &inner)) {
        tally_add(&reading->unwrapped[field], taken.place, taken.text);
        taken.text = str_trim(inner);
    }
    if (looks_twice_encoded(taken.text)) tally_add(&reading->mojibake, taken.place, taken.text);
    return taken;
}

static void say(struct reading *reading, enum problem_severity severity, const struct taken *cell,
                const char *reason, const char *what)
{
    problems_add(reading->problems, severity, cell->place, reason, "%s %s",
                 reading_quote(reading, cell->text), what);
}

static void say_missing(struct reading *reading, const struct taken *cell, enum roll_field field)
{
    struct problem *problem = problems_add(reading->problems, PROBLEM_ERROR, cell->place, "missing",
                                           "the %s is missing", roll_field_label(field));
    if (field == ROLL_UNIT && reading->unit_above.len && cell->place.column &&
        !reading->advised_fill) {
        reading->advised_fill = true;
        problems_advise(reading->problems, problem,
                        "if cells were merged, {\"unit_fills_down\":true} in the mapping repeats "
                        "the unit above (%s)",
                        reading_quote(reading, reading->unit_above));
    }
    if (field == ROLL_NUMBER)
        problems_advise(reading->problems, problem,
                        "give the member a number, or delete the line if it is none");
}

/* Faults that no cell of who belongs where may have. True when the text may be used. */
static bool is_sound(struct reading *reading, const struct taken *cell, size_t max)
{
    if (cell_has_control(cell->text)) {
        say(reading, PROBLEM_ERROR, cell, "control", "holds characters that no keyboard makes");
    } else if (cell_is_formula(cell->text)) {
        say(reading, PROBLEM_ERROR, cell, "formula",
            "was left by a formula: the value itself is missing");
    } else if (cell->text.len > max) {
        problems_add(reading->problems, PROBLEM_ERROR, cell->place, "long",
                     "%s is longer than %zu bytes", reading_quote(reading, cell->text), max);
    } else {
        return true;
    }
    return false;
}

static str pad_number(struct reading *reading, str number)
{
    size_t width = reading->layout.mapping.number_width;
    if (number.len >= width || !cell_all_digits(number)) return number;
    char padded[ROLL_NUMBER_MAX];
    memset(padded, '0', sizeof padded);
    memcpy(padded + (width - number.len), number.at, number.len);
    str copy;
    if (arena_copy(reading->arena, (str){padded, width}, &copy)) return copy;
    reading->out_of_memory = true;
    return number;
}

static str read_number(struct reading *reading, uint32_t row)
{
    struct taken cell = take_counted(reading, row, ROLL_NUMBER);
    str whole;
    if (cell.place.cell == PROBLEM_CELL_NONE) return STR(""); /* no such column: said once */
    if (cell.text.len == 0) {
        say_missing(reading, &cell, ROLL_NUMBER);
    } else if (is_sound(reading, &cell, ROLL_NUMBER_MAX) && !reading->contradicted[ROLL_NUMBER]) {
        if (cell_is_science(cell.text)) {
            say(reading, PROBLEM_ERROR, &cell, "science",
                "is a number that a spreadsheet rounded: make the column text and export again");
        } else if (cell_is_decimal(cell.text, &whole)) {
            struct problem *problem =
                problems_add(reading->problems, PROBLEM_ERROR, cell.place, "decimal",
                             "%s has decimals", reading_quote(reading, cell.text));
            problems_advise(reading->problems, problem, "perhaps %s is meant",
                            reading_quote(reading, whole));
        } else if (cell_kind_of(cell.text) == CELL_EMAIL) {
            say(reading, PROBLEM_ERROR, &cell, "swapped",
                "is an e-mail address, not a member number");
        }
    }
    return pad_number(reading, cell.text);
}

static str read_name_part(struct reading *reading, uint32_t row, enum roll_field field,
                          struct taken *ret_cell)
{
    *ret_cell = take_counted(reading, row, field);
    if (!ret_cell->text.len || !is_sound(reading, ret_cell, ROLL_NAME_MAX)) return ret_cell->text;
    if (!reading->contradicted[field] && cell_contradicts(field, cell_kind_of(ret_cell->text))) {
        struct problem *problem =
            problems_add(reading->problems, PROBLEM_ERROR, ret_cell->place, "swapped",
                         "%s is not a name", reading_quote(reading, ret_cell->text));
        problems_advise(reading->problems, problem, "were two cells of this line exchanged?");
    }
    return ret_cell->text;
}

static str join_names(struct reading *reading, str given, str family)
{
    if (!given.len || !family.len) return given.len ? given : family;
    str joined = arena_printf(reading->arena, "%.*s %.*s", STR_ARG(given), STR_ARG(family));
    if (!joined.at) reading->out_of_memory = true;
    return joined.at ? joined : STR("");
}

/* "Family, Given" in one cell. */
static void split_at_comma(struct reading *reading, struct roll_row *row)
{
    str rest = row->name, family = str_trim(str_cut(&rest, ','));
    if (str_find(row->name, ',') == row->name.len || str_find(rest, ',') < rest.len) return;
    if (!family.len || !str_trim(rest).len) return;
    row->family = family;
    row->given = str_trim(rest);
    row->name = join_names(reading, row->given, row->family);
}

static void read_name(struct reading *reading, uint32_t at, struct roll_row *row)
{
    struct taken whole, given, family;
    row->given = read_name_part(reading, at, ROLL_GIVEN, &given);
    row->family = read_name_part(reading, at, ROLL_FAMILY, &family);
    row->name = read_name_part(reading, at, ROLL_NAME, &whole);
    if (row->name.len && !row->given.len && !row->family.len) {
        split_at_comma(reading, row);
    } else if (!row->name.len) {
        row->name = join_names(reading, row->given, row->family);
    }
    if (row->name.len == 0) {
        const struct taken *cell = whole.place.cell ? &whole : family.place.cell ? &family : &given;
        if (cell->place.cell) say_missing(reading, cell, ROLL_NAME);
    } else if (row->name.len > ROLL_NAME_MAX) {
        const struct taken *cell = whole.place.cell ? &whole : &family;
        say(reading, PROBLEM_ERROR, cell, "long", "and the given name together are too long");
    }
}

static str read_unit(struct reading *reading, uint32_t row)
{
    if (!reading->layout.column_of[ROLL_UNIT]) return reading->options->unit;
    struct taken cell = take_counted(reading, row, ROLL_UNIT);
    if (cell.text.len == 0 && reading->layout.mapping.unit_fills_down && reading->unit_above.len)
        return reading->unit_above;
    if (cell.text.len == 0) {
        say_missing(reading, &cell, ROLL_UNIT);
    } else if (is_sound(reading, &cell, ROLL_UNIT_MAX) && !reading->contradicted[ROLL_UNIT] &&
               cell_contradicts(ROLL_UNIT, cell_kind_of(cell.text))) {
        say(reading, PROBLEM_ERROR, &cell, "swapped", "is not the name of a unit");
    }
    if (cell.text.len) reading->unit_above = cell.text;
    return cell.text;
}

static str read_email(struct reading *reading, uint32_t row)
{
    struct taken cell = take_counted(reading, row, ROLL_EMAIL);
    if (!cell.text.len || reading->contradicted[ROLL_EMAIL]) return STR("");
    if (cell_is_email(cell.text)) return cell.text;
    str first = str_sub(cell.text, 0, str_find(cell.text, ';'));
    if (first.len == cell.text.len) first = str_sub(cell.text, 0, str_find(cell.text, ','));
    bool two = first.len < cell.text.len && cell_is_email(str_trim(first));
    say(reading, PROBLEM_WARNING, &cell, "email",
        two ? "holds more than one address; left out" : "is not an e-mail address; left out");
    return STR("");
}

static str read_phone(struct reading *reading, uint32_t row)
{
    struct taken cell = take_counted(reading, row, ROLL_PHONE);
    if (!cell.text.len || reading->contradicted[ROLL_PHONE]) return STR("");
    bool usable = cell.text.len <= ROLL_CONTACT_MAX && !cell_has_control(cell.text) &&
                  !cell_is_formula(cell.text) && !cell_is_science(cell.text) &&
                  !cell_contradicts(ROLL_PHONE, cell_kind_of(cell.text));
    if (usable) return cell.text;
    say(reading, PROBLEM_WARNING, &cell, "phone", "is not a telephone number; left out");
    return STR("");
}

static uint32_t read_weight(struct reading *reading, uint32_t row)
{
    struct taken cell = take_counted(reading, row, ROLL_WEIGHT);
    uint64_t weight = 0;
    if (!cell.text.len || reading->contradicted[ROLL_WEIGHT]) return 1;
    if (str_to_u64(cell.text, &weight) && weight >= 1 && weight <= UINT32_MAX)
        return (uint32_t)weight;
    say(reading, PROBLEM_ERROR, &cell, "weight", "is not a whole number of votes of 1 or more");
    return 1;
}

static bool is_blank(const struct reading *reading, uint32_t row)
{
    const struct csv_cell *cells = csv_row_cells(reading->table, row);
    for (uint32_t c = 0; c < reading->table->rows[row].count; c++)
        if (str_trim(cells[c].text).len) return false;
    return true;
}

static bool repeats_header(const struct reading *reading, uint32_t row)
{
    uint32_t header = reading->layout.header_row;
    if (header == ROW_NONE || reading->table->rows[row].count != reading->table->rows[header].count)
        return false;
    const struct csv_cell *a = csv_row_cells(reading->table, row),
                          *b = csv_row_cells(reading->table, header);
    for (uint32_t c = 0; c < reading->table->rows[row].count; c++)
        if (!str_eq(str_trim(a[c].text), str_trim(b[c].text))) return false;
    return true;
}

struct totals {
    uint32_t filled, integers; /* cells */
    uint64_t stated;           /* the last integer */
    struct problem_place place;
};

/* A whole number standing in the cell, alone or as the last word: "41", "Summe: 41". */
static bool last_integer(str cell, uint64_t *ret)
{
    str text = str_trim(cell);
    size_t from = text.len;
    while (from > 0 && text.at[from - 1] >= '0' && text.at[from - 1] <= '9') from--;
    bool alone = from == 0 || text.at[from - 1] == ' ' || text.at[from - 1] == ':';
    return alone && str_to_u64(str_sub(text, from, text.len), ret);
}

static bool is_totals(const struct reading *reading, uint32_t row, struct totals *ret)
{
    const struct csv_cell *cells = csv_row_cells(reading->table, row);
    uint32_t number = reading->layout.column_of[ROLL_NUMBER];
    struct totals totals = {0};
    bool word = false, numbered = false;
    for (uint32_t c = 0; c < reading->table->rows[row].count; c++) {
        str text = str_trim(cells[c].text);
        uint64_t value;
        if (!text.len) continue;
        if (totals.filled++ == 0) {
            word = heading_is_total(text);
            totals.place = (struct problem_place){cells[c].line, cells[c].column, c + 1};
        } else if (c + 1 == number) {
            numbered = true;
        }
        if (!last_integer(text, &value)) continue;
        totals.integers++;
        totals.stated = value;
    }
    *ret = totals;
    return word && !(numbered && totals.filled > 2) && totals.filled <= 4;
}

/* A row of totals is left out, and what it says is held against what was read. */
static void pass_totals(struct reading *reading, const struct totals *totals)
{
    uint32_t since = reading->row_count - reading->rows_at_total;
    bool agrees = totals->stated == reading->row_count || totals->stated == since;
    reading->rows_at_total = reading->row_count;
    if (totals->integers != 1) {
        problems_add(reading->problems, PROBLEM_NOTE, totals->place, "total",
                     "a row of totals was left out");
    } else if (agrees) {
        problems_add(reading->problems, PROBLEM_NOTE, totals->place, "total",
                     "a row of totals was left out; its %llu members were read",
                     (unsigned long long)totals->stated);
    } else {
        problems_add(reading->problems, PROBLEM_WARNING, totals->place, "total",
                     "a row of totals was left out; it says %llu, but %u members were read",
                     (unsigned long long)totals->stated, since);
    }
}

static void check_width(struct reading *reading, uint32_t row)
{
    uint32_t header = reading->layout.header_row, count = reading->table->rows[row].count;
    if (header == ROW_NONE) return;
    uint32_t expected = reading->table->rows[header].count;
    const struct csv_cell *cells = csv_row_cells(reading->table, row);
    for (uint32_t c = expected; c < count; c++) {
        if (!str_trim(cells[c].text).len) continue;
        struct problem *problem =
            problems_add(reading->problems, PROBLEM_ERROR,
                         (struct problem_place){cells[c].line, cells[c].column, c + 1}, "long",
                         "the row has %u cells, the headings %u", count, expected);
        problems_advise(reading->problems, problem,
                        "a cell that holds the separator must stand in quotation marks");
        return;
    }
    bool lacks = false;
    for (int f = 0; f < ROLL_FIELDS; f++) lacks = lacks || reading->layout.column_of[f] > count;
    if (!lacks) return;
    problems_add(reading->problems, PROBLEM_WARNING,
                 (struct problem_place){cells[0].line, 0, PROBLEM_CELL_NONE}, "short",
                 "the row has %u %s, the headings %u", count, count == 1 ? "cell" : "cells",
                 expected);
}

static void read_row(struct reading *reading, uint32_t at)
{
    struct totals totals;
    if (is_blank(reading, at)) return;
    if (repeats_header(reading, at)) {
        problems_add(
            reading->problems, PROBLEM_NOTE,
            (struct problem_place){csv_row_cells(reading->table, at)->line, 0, PROBLEM_CELL_NONE},
            "repeated", "the headings are repeated here; left out");
        return;
    }
    if (is_totals(reading, at, &totals)) {
        pass_totals(reading, &totals);
        return;
    }
    check_width(reading, at);
    struct roll_row *row = &reading->rows[reading->row_count];
    reading->places[reading->row_count] = reading_take(reading, at, ROLL_NUMBER).place;
    row->line = csv_row_cells(reading->table, at)->line;
    row->number = read_number(reading, at);
    read_name(reading, at, row);
    row->unit = read_unit(reading, at);
    row->email = read_email(reading, at);
    row->phone = read_phone(reading, at);
    row->born = reading_date(reading, ROLL_BORN, take_counted(reading, at, ROLL_BORN));
    row->joined = reading_date(reading, ROLL_JOINED, take_counted(reading, at, ROLL_JOINED));
    row->weight = read_weight(reading, at);
    reading->row_count++;
}

static void say_tally(struct reading *reading, const struct tally *tally,
                      enum problem_severity severity, const char *reason, const char *what)
{
    if (!tally->count) return;
    problems_add(reading->problems, severity, tally->first, reason, "%u %s %s, the first is %s",
                 tally->count, tally->count == 1 ? "cell" : "cells", what,
                 reading_quote(reading, tally->example));
}

static void say_short_years(struct reading *reading, enum roll_field field)
{
    const struct tally *tally = &reading->short_year[field];
    struct taken first = {tally->example, tally->first};
    uint32_t count = tally->count;
    if (!count) return;
    str read = reading_date(reading, field, first);
    struct problem *problem =
        problems_add(reading->problems, PROBLEM_WARNING, tally->first, "year",
                     "%u %s a year of two digits, the first is %s, read as %.*s", count,
                     count == 1 ? "cell has" : "cells have", reading_quote(reading, tally->example),
                     STR_ARG(read));
    problems_advise(reading->problems, problem,
                    field == ROLL_BORN ? "rule: the latest year that makes the member 14 or older"
                                       : "rule: the latest year that is not in the future");
}

static void say_tallies(struct reading *reading)
{
    for (int f = 0; f < ROLL_FIELDS; f++) {
        enum roll_field field = (enum roll_field)f;
        say_tally(reading, &reading->trimmed[f], PROBLEM_NOTE, "trimmed",
                  "had needless spaces or line ends");
        say_tally(reading, &reading->unwrapped[f], PROBLEM_NOTE, "unwrapped",
                  "were wrapped to keep their zeros and were unwrapped");
        say_tally(reading, &reading->mixed[f], PROBLEM_WARNING, "date-order",
                  "may be day or month first in a column that has both orders; left out");
        say_short_years(reading, field);
    }
    say_tally(reading, &reading->mojibake, PROBLEM_WARNING, "mojibake",
              "had accents encoded twice, it seems");
}

static enum code read_rows(struct reading *reading)
{
    uint32_t room = reading->table->row_count ? reading->table->row_count : 1;
    reading->rows = ARENA_ARRAY(reading->arena, room, struct roll_row);
    reading->places = ARENA_ARRAY(reading->arena, room, struct problem_place);
    if (!reading->rows || !reading->places) return CODE_NO_MEMORY;
    reading_find_swapped(reading);
    reading_learn_dates(reading, ROLL_BORN);
    reading_learn_dates(reading, ROLL_JOINED);
    for (uint32_t r = reading->layout.first_row; r < reading->table->row_count; r++)
        read_row(reading, r);
    say_tallies(reading);
    return reading->out_of_memory ? CODE_NO_MEMORY : reading_check_list(reading);
}

enum code roll_read(str bytes, const struct roll_options *options, struct problems *problems,
                    struct roll_table *ret, struct fail *fail)
{
    struct csv_table table = {0};
    TRY(csv_read(bytes, NULL, problems, &table, fail));
    struct reading reading = {
        .table = &table, .options = options, .problems = problems, .arena = problems->arena};
    if (table.row_count) {
        TRY(roll_layout_find(&table, options, problems, &reading.layout));
        TRY(read_rows(&reading));
        if (!reading.row_count && !problems->total[PROBLEM_ERROR])
            problems_add(problems, PROBLEM_ERROR, (struct problem_place){0}, "empty",
                         "the file lists nobody");
    } else {
        reading.layout.header_row = ROW_NONE;
    }
    TRY(problems_check(problems));
    uint32_t header = reading.layout.header_row;
    *ret = (struct roll_table){.encoding = table.encoding,
                               .separator = table.separator,
                               .header_line =
                                   header == ROW_NONE ? 0 : csv_row_cells(&table, header)->line,
                               .columns = reading.layout.columns,
                               .column_count = table.width,
                               .mapping = reading.layout.mapping,
                               .rows = reading.rows,
                               .row_count = reading.row_count};
    return CODE_OK;
}
