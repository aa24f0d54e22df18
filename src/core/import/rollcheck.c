#include "base/sort.h"
#include "core/import/fold.h"
#include "core/import/rollread.h"

/* ---- columns whose content denies their heading ---- */

struct column_content {
    uint32_t filled, of_kind[CELL_KINDS];
};

static struct column_content content_of(struct reading *reading, uint32_t column)
{
    struct column_content content = {0};
    for (uint32_t r = reading->layout.first_row; r < reading->table->row_count; r++) {
        if (column > reading->table->rows[r].count) continue;
        str text = str_trim(csv_row_cells(reading->table, r)[column - 1].text), inner;
        if (cell_unwrap(text, &inner)) text = inner;
        enum cell_kind kind = cell_kind_of(text);
        content.of_kind[kind]++;
        content.filled += kind != CELL_EMPTY;
    }
    return content;
}

static enum cell_kind main_kind(const struct column_content *content)
{
    enum cell_kind best = CELL_EMAIL;
    for (int k = CELL_EMAIL; k < CELL_KINDS; k++)
        if (content->of_kind[k] > content->of_kind[best]) best = (enum cell_kind)k;
    return best;
}

enum { JUDGE_FROM_CELLS = 3 };

static bool content_denies(enum roll_field field, const struct column_content *content)
{
    uint32_t against = 0;
    for (int k = 0; k < CELL_KINDS; k++)
        if (cell_contradicts(field, (enum cell_kind)k)) against += content->of_kind[k];
    return content->filled >= JUDGE_FROM_CELLS && against * 2 > content->filled;
}

void reading_find_swapped(struct reading *reading)
{
    for (int f = 0; f < ROLL_FIELDS; f++) {
        uint32_t column = reading->layout.column_of[f];
        if (!column) continue;
        struct column_content content = content_of(reading, column);
        if (!content_denies((enum roll_field)f, &content)) continue;
        reading->contradicted[f] = true;
        str heading = reading->layout.columns[column - 1].heading;
        struct problem *problem =
            problems_add(reading->problems, PROBLEM_ERROR, reading->layout.place_of[f], "swapped",
                         "the column %s is to hold the %s, but most of its cells are %s",
                         reading_quote(reading, heading), roll_field_label((enum roll_field)f),
                         cell_kind_plural(main_kind(&content)));
        problems_advise(reading->problems, problem,
                        "put the headings over the right columns, or say in the mapping "
                        "which is which");
    }
}

/* ---- orders ---- */

static int order_by_number(const void *a, const void *b, const void *context)
{
    const struct roll_row *rows = context;
    return str_cmp(rows[*(const uint32_t *)a].number, rows[*(const uint32_t *)b].number);
}

static int order_by_unit(const void *a, const void *b, const void *context)
{
    const struct roll_row *rows = context;
    return str_cmp(rows[*(const uint32_t *)a].unit, rows[*(const uint32_t *)b].unit);
}

static enum code sorted_rows(struct reading *reading, sort_order *order, uint32_t **ret)
{
    uint32_t *index =
        ARENA_ARRAY(reading->arena, reading->row_count ? reading->row_count : 1, uint32_t);
    if (!index) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < reading->row_count; i++) index[i] = i;
    TRY(sort_stable(index, reading->row_count, sizeof *index, order, reading->rows,
                    reading->arena->alloc));
    *ret = index;
    return CODE_OK;
}

/* ---- numbers used twice ---- */

static bool same_member(const struct roll_row *a, const struct roll_row *b)
{
    return str_eq(a->name, b->name) && str_eq(a->unit, b->unit) && str_eq(a->email, b->email) &&
           str_eq(a->phone, b->phone) && str_eq(a->born, b->born) && str_eq(a->joined, b->joined) &&
           a->weight == b->weight;
}

static void drop_rows(struct reading *reading, const bool *dropped)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < reading->row_count; i++) {
        if (dropped[i]) continue;
        reading->places[kept] = reading->places[i];
        reading->rows[kept++] = reading->rows[i];
    }
    reading->row_count = kept;
}

static enum code check_duplicates(struct reading *reading)
{
    uint32_t *index = NULL;
    bool *dropped = ARENA_ARRAY(reading->arena, reading->row_count ? reading->row_count : 1, bool);
    if (!dropped) return CODE_NO_MEMORY;
    TRY(sorted_rows(reading, order_by_number, &index));
    for (uint32_t i = 1, first = 0; i < reading->row_count; i++) {
        const struct roll_row *one = &reading->rows[index[first]], *two = &reading->rows[index[i]];
        if (!two->number.len || !str_eq(one->number, two->number)) {
            first = i;
            continue;
        }
        if (same_member(one, two)) {
            dropped[index[i]] = true;
            problems_add(reading->problems, PROBLEM_WARNING, reading->places[index[i]], "repeated",
                         "the row repeats line %u; read once", one->line);
        } else {
            problems_add(reading->problems, PROBLEM_ERROR, reading->places[index[i]], "duplicate",
                         "the number %s stands in line %u already, for %s",
                         reading_quote(reading, two->number), one->line,
                         reading_quote(reading, one->name));
        }
    }
    drop_rows(reading, dropped);
    return CODE_OK;
}

/* ---- one person under two numbers, or one contact for two persons ---- */

static int order_by_email(const void *a, const void *b, const void *context)
{
    const struct roll_row *rows = context;
    return str_cmp(rows[*(const uint32_t *)a].email, rows[*(const uint32_t *)b].email);
}

static int order_by_person(const void *a, const void *b, const void *context)
{
    const struct roll_row *one = (const struct roll_row *)context + *(const uint32_t *)a;
    const struct roll_row *two = (const struct roll_row *)context + *(const uint32_t *)b;
    int order = str_cmp(one->name, two->name);
    return order ? order : str_cmp(one->born, two->born);
}

static enum code check_shared_email(struct reading *reading)
{
    uint32_t *index = NULL;
    TRY(sorted_rows(reading, order_by_email, &index));
    for (uint32_t i = 1, first = 0; i < reading->row_count; i++) {
        const struct roll_row *one = &reading->rows[index[first]], *two = &reading->rows[index[i]];
        if (!two->email.len || !str_eq(one->email, two->email)) {
            first = i;
            continue;
        }
        struct problem_place place = {two->line, 0, reading->layout.column_of[ROLL_EMAIL]};
        problems_add(reading->problems, PROBLEM_WARNING, place, "shared",
                     "the address %s is also that of %s in line %u",
                     reading_quote(reading, two->email), reading_quote(reading, one->name),
                     one->line);
    }
    return CODE_OK;
}

static enum code check_persons(struct reading *reading)
{
    uint32_t *index = NULL;
    TRY(sorted_rows(reading, order_by_person, &index));
    for (uint32_t i = 1, first = 0; i < reading->row_count; i++) {
        const struct roll_row *one = &reading->rows[index[first]], *two = &reading->rows[index[i]];
        bool same = two->born.len && two->name.len && str_eq(one->name, two->name) &&
                    str_eq(one->born, two->born);
        if (!same) {
            first = i;
            continue;
        }
        if (str_eq(one->number, two->number)) continue;
        problems_add(reading->problems, PROBLEM_WARNING, reading->places[index[i]], "twice",
                     "%s, born on %.*s, stands in line %u already with the number %s",
                     reading_quote(reading, two->name), STR_ARG(two->born), one->line,
                     reading_quote(reading, one->number));
    }
    return CODE_OK;
}

/* ---- zeros lost by spreadsheets ---- */

static str without_zeros(str number)
{
    while (number.len > 1 && number.at[0] == '0') number = str_sub(number, 1, number.len);
    return number;
}

static int order_by_digits(const void *a, const void *b, const void *context)
{
    const struct roll_known *known = context;
    return str_cmp(without_zeros(known[*(const uint32_t *)a].number),
                   without_zeros(known[*(const uint32_t *)b].number));
}

struct known_digits {
    const struct roll_known *known;
    uint32_t *index; /* of members whose numbers are digits, by those without leading zeros */
    uint32_t count;
};

static enum code index_known(struct reading *reading, struct known_digits *ret)
{
    const struct roll_known *known = reading->options->known;
    uint32_t all = reading->options->known_count;
    struct known_digits digits = {known, ARENA_ARRAY(reading->arena, all ? all : 1, uint32_t), 0};
    if (!digits.index) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < all; i++)
        if (cell_all_digits(known[i].number)) digits.index[digits.count++] = i;
    TRY(sort_stable(digits.index, digits.count, sizeof *digits.index, order_by_digits, known,
                    reading->arena->alloc));
    *ret = digits;
    return CODE_OK;
}

/* A number on the roll that equals `number` but for leading zeros; NULL when `number` itself is
 * there, or none is. */
static const struct roll_known *but_for_zeros(const struct known_digits *digits, str number)
{
    str bare = without_zeros(number);
    uint32_t low = 0, high = digits->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool below = str_cmp(without_zeros(digits->known[digits->index[middle]].number), bare) < 0;
        *(below ? &low : &high) = below ? middle + 1 : middle;
    }
    const struct roll_known *found = NULL;
    for (; low < digits->count; low++) {
        const struct roll_known *member = &digits->known[digits->index[low]];
        if (!str_eq(without_zeros(member->number), bare)) break;
        if (str_eq(member->number, number)) return NULL;
        found = member;
    }
    return found;
}

/* The one width of the file's numbers that begin with a zero; 0 when there are none or of several
 * widths. */
static size_t width_with_zeros(const struct reading *reading)
{
    size_t width = 0;
    for (uint32_t i = 0; i < reading->row_count; i++) {
        str number = reading->rows[i].number;
        if (number.len < 2 || number.at[0] != '0' || !cell_all_digits(number)) continue;
        if (width && width != number.len) return 0;
        width = number.len;
    }
    return width;
}

static enum code check_zeros(struct reading *reading)
{
    struct known_digits digits;
    if (reading->layout.mapping.number_width) return CODE_OK;
    TRY(index_known(reading, &digits));
    size_t width = width_with_zeros(reading);
    for (uint32_t i = 0; i < reading->row_count; i++) {
        str number = reading->rows[i].number;
        if (!cell_all_digits(number)) continue;
        const struct roll_known *meant = but_for_zeros(&digits, number);
        struct problem *problem = NULL;
        if (meant) {
            problem =
                problems_add(reading->problems, PROBLEM_ERROR, reading->places[i], "zeros",
                             "the roll has no number %s, but %s", reading_quote(reading, number),
                             reading_quote(reading, meant->number));
        } else if (number.len < width) {
            problem = problems_add(reading->problems, PROBLEM_WARNING, reading->places[i], "zeros",
                                   "%s is shorter than the numbers that begin with a zero",
                                   reading_quote(reading, number));
        } else {
            continue;
        }
        if (reading->advised_zeros) continue;
        reading->advised_zeros = true;
        problems_advise(reading->problems, problem,
                        "if zeros were lost, say {\"number_width\":%zu} in the mapping; "
                        "if not, {\"number_width\":1}",
                        meant ? meant->number.len : width);
    }
    return CODE_OK;
}

/* ---- units spelled in two ways, in the file or in file and roll ---- */

struct unit_spelling {
    str folded, unit;
    uint32_t row;   /* the first that has it; ROW_NONE when only the roll has it */
    uint32_t count; /* rows */
};

static int order_by_spelling(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct unit_spelling *one = a, *two = b;
    int order = str_cmp(one->folded, two->folded);
    return order ? order : str_cmp(one->unit, two->unit);
}

static int order_known_units(const void *a, const void *b, const void *context)
{
    (void)context;
    return str_cmp(*(const str *)a, *(const str *)b);
}

struct spellings {
    struct unit_spelling *at;
    uint32_t count;
};

static bool add_spelling(struct reading *reading, struct spellings *units, str unit, uint32_t row)
{
    struct unit_spelling *last = units->count ? &units->at[units->count - 1] : NULL;
    if (last && str_eq(last->unit, unit) && (last->row == ROW_NONE) == (row == ROW_NONE)) {
        last->count++;
        return true;
    }
    str folded = fold_take(reading->arena, unit, false);
    units->at[units->count++] = (struct unit_spelling){folded, unit, row, 1};
    return folded.at != NULL;
}

/* Each unit of the file once, then each unit of the roll once. */
static enum code list_units(struct reading *reading, struct spellings *ret)
{
    uint32_t *index = NULL, known = reading->options->known_count;
    TRY(sorted_rows(reading, order_by_unit, &index));
    size_t room = (size_t)reading->row_count + known + 1;
    struct spellings units = {ARENA_ARRAY(reading->arena, room, struct unit_spelling), 0};
    str *names = ARENA_ARRAY(reading->arena, (size_t)known + 1, str);
    if (!units.at || !names) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < reading->row_count; i++) {
        str unit = reading->rows[index[i]].unit;
        if (unit.len && !add_spelling(reading, &units, unit, index[i])) return CODE_NO_MEMORY;
    }
    for (uint32_t i = 0; i < known; i++) names[i] = reading->options->known[i].unit;
    TRY(sort_stable(names, known, sizeof *names, order_known_units, NULL, reading->arena->alloc));
    for (uint32_t i = 0; i < known; i++)
        if (!add_spelling(reading, &units, names[i], ROW_NONE)) return CODE_NO_MEMORY;
    *ret = units;
    return CODE_OK;
}

static void say_spelling(struct reading *reading, const struct unit_spelling *one,
                         const struct unit_spelling *two)
{
    bool on_roll = one->row == ROW_NONE || two->row == ROW_NONE;
    bool first_rare = on_roll ? two->row == ROW_NONE : one->count < two->count;
    const struct unit_spelling *rare = first_rare ? one : two, *usual = first_rare ? two : one;
    struct problem_place place = {reading->rows[rare->row].line, 0,
                                  reading->layout.column_of[ROLL_UNIT]};
    struct problem *problem = problems_add(
        reading->problems, PROBLEM_WARNING, place, "unit-spelling", "the unit %s is spelled %s %s",
        reading_quote(reading, rare->unit), reading_quote(reading, usual->unit),
        on_roll ? "on the roll" : "elsewhere in the file");
    problems_advise(reading->problems, problem, "as it stands they are two units");
}

static enum code check_unit_spelling(struct reading *reading)
{
    struct spellings units = {0};
    TRY(list_units(reading, &units));
    TRY(sort_stable(units.at, units.count, sizeof *units.at, order_by_spelling, NULL,
                    reading->arena->alloc));
    for (uint32_t i = 1; i < units.count; i++) {
        const struct unit_spelling *one = &units.at[i - 1], *two = &units.at[i];
        bool alike =
            two->folded.len && str_eq(one->folded, two->folded) && !str_eq(one->unit, two->unit);
        if (alike && (one->row != ROW_NONE || two->row != ROW_NONE))
            say_spelling(reading, one, two);
    }
    return CODE_OK;
}

enum code reading_check_list(struct reading *reading)
{
    TRY(check_duplicates(reading));
    if (!reading->contradicted[ROLL_NUMBER]) TRY(check_zeros(reading));
    TRY(check_unit_spelling(reading));
    TRY(check_shared_email(reading));
    TRY(check_persons(reading));
    return reading->out_of_memory ? CODE_NO_MEMORY : CODE_OK;
}
