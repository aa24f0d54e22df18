#include "core/import/layout.h"

#include "core/import/cells.h"
#include "core/import/fold.h"
#include "core/import/headings.h"

const char *roll_field_word(enum roll_field field)
{
    static const char *const words[ROLL_FIELDS] = {"number", "name",  "given", "family", "unit",
                                                   "email",  "phone", "born",  "joined", "weight"};
    return field < ROLL_FIELDS ? words[field] : "";
}

const char *roll_field_label(enum roll_field field)
{
    static const char *const labels[ROLL_FIELDS] = {
        "member number", "name",      "given name",    "family name",  "unit",
        "e-mail",        "telephone", "date of birth", "member since", "weight of vote"};
    return field < ROLL_FIELDS ? labels[field] : "";
}

const char *column_letters(uint32_t column, char ret[COLUMN_LETTERS_SIZE])
{
    size_t used = 0;
    if (column > 26) ret[used++] = (char)('A' + (column - 1) / 26 - 1);
    ret[used++] = (char)('A' + (column + 25) % 26);
    ret[used] = '\0';
    return ret;
}

/* A heading as it may be compared and remembered: white space cleaned. */
static bool heading_at(const struct csv_table *table, uint32_t row, uint32_t column,
                       struct arena *arena, str *ret)
{
    bool changed;
    *ret = STR("");
    if (column >= table->rows[row].count) return true;
    return cell_clean(arena, csv_row_cells(table, row)[column].text, ret, &changed);
}

static bool by_heading(const struct roll_mapping *mapping)
{
    for (int f = 0; f < ROLL_FIELDS; f++)
        if (mapping->at[f].heading.len) return true;
    return false;
}

static bool says_columns(const struct roll_mapping *mapping)
{
    for (int f = 0; f < ROLL_FIELDS; f++)
        if (mapping->at[f].heading.len || mapping->at[f].column) return true;
    return false;
}

static bool same_heading(str a, str b)
{
    char fa[128], fb[128];
    if (str_eq(a, b)) return true;
    size_t la = fold_text(a, false, fa, sizeof fa), lb = fold_text(b, false, fb, sizeof fb);
    return la > 0 && str_eq((str){fa, la}, (str){fb, lb});
}

/* How many fields this row names, by the mapping's headings or else by those we know. */
static uint32_t header_score(const struct csv_table *table, uint32_t row,
                             const struct roll_mapping *mapping)
{
    bool found[ROLL_FIELDS] = {false};
    uint32_t score = 0;
    bool given = by_heading(mapping);
    for (uint32_t c = 0; c < table->rows[row].count; c++) {
        str text = csv_row_cells(table, row)[c].text;
        enum roll_field known;
        bool is_known = !given && heading_field(text, &known);
        for (int f = 0; f < ROLL_FIELDS; f++) {
            bool hit = given ? mapping->at[f].heading.len &&
                                   same_heading(str_trim(text), mapping->at[f].heading)
                             : is_known && known == (enum roll_field)f;
            score += hit && !found[f];
            found[f] = found[f] || hit;
        }
    }
    return score;
}

static uint32_t find_header(const struct csv_table *table, const struct roll_mapping *mapping)
{
    uint32_t best = ROW_NONE, best_score = by_heading(mapping) ? 0 : 1;
    for (uint32_t r = 0; r < table->row_count && r < ROLL_HEADER_WITHIN; r++) {
        uint32_t score = header_score(table, r, mapping);
        if (score <= best_score) continue;
        best = r;
        best_score = score;
    }
    return best;
}

static struct problem_place header_place(const struct csv_table *table,
                                         const struct roll_layout *layout, uint32_t column)
{
    if (layout->header_row == ROW_NONE || column == 0 ||
        column > table->rows[layout->header_row].count)
        return (struct problem_place){0, 0, column};
    const struct csv_cell *cell = &csv_row_cells(table, layout->header_row)[column - 1];
    return (struct problem_place){cell->line, cell->column, column};
}

static void assign(const struct csv_table *table, struct roll_layout *layout, enum roll_field field,
                   uint32_t column)
{
    layout->column_of[field] = column;
    layout->columns[column - 1].used = true;
    layout->columns[column - 1].field = field;
    layout->place_of[field] = header_place(table, layout, column);
}

static void say_twice(const struct csv_table *table, struct roll_layout *layout,
                      struct problems *problems, enum roll_field field, uint32_t column)
{
    char letters[2][COLUMN_LETTERS_SIZE];
    bool matters = field <= ROLL_UNIT || field == ROLL_WEIGHT;
    problems_add(problems, matters ? PROBLEM_ERROR : PROBLEM_NOTE,
                 header_place(table, layout, column), "column",
                 "columns %s and %s both look like the %s; %s",
                 column_letters(layout->column_of[field], letters[0]),
                 column_letters(column, letters[1]), roll_field_label(field),
                 matters ? "say which one in the mapping" : "the first one is read");
}

static void guess_columns(const struct csv_table *table, struct roll_layout *layout,
                          struct problems *problems)
{
    for (uint32_t c = 0; c < table->width; c++) {
        enum roll_field field;
        if (!heading_field(layout->columns[c].heading, &field)) continue;
        if (layout->column_of[field]) {
            say_twice(table, layout, problems, field, c + 1);
        } else {
            assign(table, layout, field, c + 1);
        }
    }
    /* "Name" beside "Vorname" is the family name; "Nombre" beside "Apellidos" the given one. */
    bool given = layout->column_of[ROLL_GIVEN], family = layout->column_of[ROLL_FAMILY];
    uint32_t name = layout->column_of[ROLL_NAME];
    if (name && given != family) {
        layout->column_of[ROLL_NAME] = 0;
        assign(table, layout, given ? ROLL_FAMILY : ROLL_GIVEN, name);
    }
}

static void take_mapped(const struct csv_table *table, const struct roll_mapping *mapping,
                        struct roll_layout *layout, struct problems *problems)
{
    for (int f = 0; f < ROLL_FIELDS; f++) {
        uint32_t column = mapping->at[f].column;
        str heading = mapping->at[f].heading;
        if (!column && !heading.len) continue;
        for (uint32_t c = 0; !column && c < table->width; c++)
            if (same_heading(layout->columns[c].heading, heading)) column = c + 1;
        if (column && column <= table->width) {
            assign(table, layout, (enum roll_field)f, column);
            continue;
        }
        struct problem_place place = {0};
        if (heading.len) {
            problems_add(problems, PROBLEM_ERROR, place, "column",
                         "no column is headed %s, which the mapping names",
                         problem_quote(problems->arena, heading).at);
        } else {
            problems_add(problems, PROBLEM_ERROR, place, "column",
                         "the file has no column number %u", column);
        }
    }
}

static void require(const struct roll_layout *layout, const struct roll_options *options,
                    struct problems *problems)
{
    bool named = layout->column_of[ROLL_NAME] || layout->column_of[ROLL_FAMILY] ||
                 layout->column_of[ROLL_GIVEN];
    bool housed = layout->column_of[ROLL_UNIT] || options->unit.len;
    const char *missing[] = {layout->column_of[ROLL_NUMBER] ? NULL : "member number",
                             named ? NULL : "name", housed ? NULL : "unit"};
    for (size_t i = 0; i < COUNT(missing); i++) {
        if (!missing[i]) continue;
        struct problem *problem =
            problems_add(problems, PROBLEM_ERROR, (struct problem_place){0}, "column",
                         "no column was recognised as the %s", missing[i]);
        problems_advise(problems, problem, "name its heading in the mapping: {\"%s\":\"...\"}",
                        i == 0 ? "number" : missing[i]);
    }
}

static void remember(struct roll_layout *layout, const struct roll_mapping *given)
{
    layout->mapping = *given;
    for (int f = 0; f < ROLL_FIELDS; f++) {
        uint32_t column = layout->column_of[f];
        layout->mapping.at[f].heading = STR("");
        layout->mapping.at[f].column = 0;
        if (!column) continue;
        str heading = layout->columns[column - 1].heading;
        if (heading.len && !cell_has_control(heading)) {
            layout->mapping.at[f].heading = heading;
        } else {
            layout->mapping.at[f].column = column;
        }
    }
}

static enum code read_headings(const struct csv_table *table, struct arena *arena,
                               struct roll_layout *layout)
{
    layout->columns = ARENA_ARRAY(arena, table->width ? table->width : 1, struct roll_column);
    if (!layout->columns) return CODE_NO_MEMORY;
    for (uint32_t c = 0; layout->header_row != ROW_NONE && c < table->width; c++)
        if (!heading_at(table, layout->header_row, c, arena, &layout->columns[c].heading))
            return CODE_NO_MEMORY;
    return CODE_OK;
}

static void note_titles(const struct csv_table *table, const struct roll_layout *layout,
                        struct problems *problems)
{
    if (layout->header_row == 0) return;
    uint32_t first = csv_row_cells(table, 0)[0].line,
             last = csv_row_cells(table, layout->header_row)[0].line - 1;
    struct problem_place place = {first, 0, PROBLEM_CELL_NONE};
    if (last > first) {
        problems_add(problems, PROBLEM_NOTE, place, "title",
                     "lines %u to %u above the headings were left out", first, last);
    } else {
        problems_add(problems, PROBLEM_NOTE, place, "title",
                     "the line above the headings was left out");
    }
}

enum code roll_layout_find(const struct csv_table *table, const struct roll_options *options,
                           struct problems *problems, struct roll_layout *ret)
{
    static const struct roll_mapping none;
    const struct roll_mapping *mapping = options->mapping ? options->mapping : &none;
    struct roll_layout layout = {.header_row =
                                     mapping->no_header ? ROW_NONE : find_header(table, mapping)};
    layout.first_row = layout.header_row == ROW_NONE ? 0 : layout.header_row + 1;
    TRY(read_headings(table, problems->arena, &layout));
    if (layout.header_row == ROW_NONE && !mapping->no_header) {
        struct problem *problem =
            problems_add(problems, PROBLEM_ERROR, (struct problem_place){0}, "header",
                         "no row of headings was found in the first %d rows", ROLL_HEADER_WITHIN);
        problems_advise(
            problems, problem,
            "name the columns in the mapping, or give {\"header\":false,\"number\":1,...}");
        layout.first_row = table->row_count;
    } else {
        if (layout.header_row != ROW_NONE) note_titles(table, &layout, problems);
        if (says_columns(mapping)) {
            take_mapped(table, mapping, &layout, problems);
        } else {
            guess_columns(table, &layout, problems);
        }
        require(&layout, options, problems);
    }
    remember(&layout, mapping);
    TRY(problems_check(problems));
    *ret = layout;
    return CODE_OK;
}
