#include "core/import/csv.h"

#include "core/import/csv_text.h"

static const char separators[] = {',', ';', '\t', '|'};

const char *csv_encoding_name(enum csv_encoding encoding)
{
    switch (encoding) {
    case CSV_UTF8: return "UTF-8";
    case CSV_UTF8_BOM: return "UTF-8 with a byte order mark";
    case CSV_UTF16_LE: return "UTF-16 (little endian)";
    case CSV_UTF16_BE: return "UTF-16 (big endian)";
    case CSV_WINDOWS_1252: return "Windows-1252";
    }
    return "";
}

const char *csv_separator_name(char separator)
{
    switch (separator) {
    case ',': return "commas";
    case ';': return "semicolons";
    case '\t': return "tabs";
    case '|': return "bars";
    default: return "other signs";
    }
}

enum { LOOK_AT_ROWS = 60 };

/* How well `separator` parts the first rows: rows that agree on a number of separators, times that
 * number. */
static uint64_t separator_score(str text, char separator)
{
    uint32_t counts[LOOK_AT_ROWS] = {0}, rows = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len && rows < LOOK_AT_ROWS; i++) {
        char c = text.at[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == separator) counts[rows]++;
        bool inner_cr = c == '\r' && i + 1 < text.len && text.at[i + 1] == '\n';
        if ((c == '\n' || c == '\r') && !inner_cr) rows++;
    }
    if (rows < LOOK_AT_ROWS) rows++;
    uint64_t best = 0;
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t agree = 0;
        for (uint32_t j = 0; j < rows; j++) agree += counts[j] == counts[i];
        if (agree * counts[i] > best) best = agree * counts[i];
    }
    return best;
}

static char find_separator(str text)
{
    char best = 0;
    uint64_t best_score = 0;
    for (size_t i = 0; i < COUNT(separators); i++) {
        uint64_t score = separator_score(text, separators[i]);
        if (score <= best_score) continue;
        best = separators[i];
        best_score = score;
    }
    return best;
}

struct scanner {
    str text;
    size_t at;
    uint32_t line, column; /* of `at` */
    char separator;
    struct problems *problems;
    struct csv_cell *cells;
    struct csv_row *rows;
    uint32_t cell_count, row_count, width;
};

static bool at_end(const struct scanner *s)
{
    return s->at >= s->text.len;
}

static bool at_line_end(const struct scanner *s)
{
    return s->text.at[s->at] == '\n' || s->text.at[s->at] == '\r';
}

/* Steps over one byte, or over one line end of whatever kind. */
static void step(struct scanner *s)
{
    char c = s->text.at[s->at++];
    if (c == '\r' && !at_end(s) && s->text.at[s->at] == '\n') s->at++;
    if (c == '\n' || c == '\r') {
        s->line++;
        s->column = 1;
    } else if (((uint8_t)c & 0xc0) != 0x80) {
        s->column++;
    }
}

static struct problem_place here(const struct scanner *s, const struct csv_cell *cell)
{
    uint32_t row_first = s->rows[s->row_count].first;
    return (struct problem_place){cell->line, cell->column, s->cell_count - row_first + 1};
}

static bool undouble_quotes(struct arena *arena, str *text)
{
    char *copy = arena_take(arena, text->len, 1);
    if (!copy) return false;
    size_t used = 0;
    for (size_t i = 0; i < text->len; i++) {
        copy[used++] = text->at[i];
        if (text->at[i] == '"') i++;
    }
    *text = (str){copy, used};
    return true;
}

static void skip_to_cell_end(struct scanner *s)
{
    while (!at_end(s) && !at_line_end(s) && s->text.at[s->at] != s->separator) step(s);
}

/* "Fields containing line breaks, double quotes, and commas should be enclosed in double-quotes"
 * (RFC 4180, 2.6). */
static enum code scan_quoted(struct scanner *s, struct csv_cell *cell)
{
    step(s);
    size_t start = s->at, doubled = 0, end = s->text.len;
    bool closed = false;
    while (!at_end(s) && !closed) {
        bool quote = s->text.at[s->at] == '"';
        if (quote && s->at + 1 < s->text.len && s->text.at[s->at + 1] == '"') {
            doubled++;
            step(s);
        } else if (quote) {
            closed = true;
            end = s->at;
        }
        step(s);
    }
    cell->text = str_sub(s->text, start, end - start);
    if (!closed) {
        problems_add(s->problems, PROBLEM_ERROR, here(s, cell), "quote",
                     "the quotation mark opened here is never closed");
    }
    if (doubled && !undouble_quotes(s->problems->arena, &cell->text)) return CODE_NO_MEMORY;
    size_t behind = s->at;
    skip_to_cell_end(s);
    if (str_trim(str_sub(s->text, behind, s->at - behind)).len) {
        struct problem *problem = problems_add(s->problems, PROBLEM_ERROR, here(s, cell), "quote",
                                               "text stands behind the closing quotation mark");
        problems_advise(s->problems, problem, "a quotation mark inside a cell is written twice");
    }
    return CODE_OK;
}

static bool quote_follows(const struct scanner *s)
{
    size_t at = s->at;
    while (at < s->text.len && s->text.at[at] == ' ') at++;
    return at < s->text.len && s->text.at[at] == '"';
}

static enum code scan_cell(struct scanner *s, struct fail *fail)
{
    struct csv_cell cell = {STR(""), s->line, s->column};
    size_t start = s->at;
    if (quote_follows(s)) {
        while (s->text.at[s->at] == ' ') step(s);
        TRY(scan_quoted(s, &cell));
    } else {
        skip_to_cell_end(s);
        cell.text = str_sub(s->text, start, s->at - start);
    }
    if (cell.text.len > CSV_CELL_MAX)
        return fail_at(fail, CODE_TOO_BIG, "cell", cell.line, cell.column,
                       "a cell is longer than %d bytes; perhaps a quotation mark is never closed",
                       CSV_CELL_MAX);
    s->cells[s->cell_count++] = cell;
    return CODE_OK;
}

static enum code scan_row(struct scanner *s, struct fail *fail)
{
    uint32_t line = s->line;
    if (s->row_count == CSV_ROWS_MAX)
        return fail_at(fail, CODE_TOO_BIG, "rows", line, 1, "more than %d rows", CSV_ROWS_MAX);
    struct csv_row *row = &s->rows[s->row_count];
    row->first = s->cell_count;
    bool more = true;
    while (more) {
        if (s->cell_count - row->first == CSV_COLUMNS_MAX)
            return fail_at(fail, CODE_TOO_BIG, "columns", line, s->column, "more than %d columns",
                           CSV_COLUMNS_MAX);
        TRY(scan_cell(s, fail));
        more = !at_end(s) && s->text.at[s->at] == s->separator;
        if (!at_end(s)) step(s);
    }
    row->count = s->cell_count - row->first;
    if (row->count > s->width) s->width = row->count;
    s->row_count++;
    return CODE_OK;
}

/* The line `sep=;` with which some spreadsheet programs begin: understood and skipped. */
static void take_separator_line(struct scanner *s)
{
    if (!str_starts(s->text, STR("sep=")) || s->text.len < 5) return;
    char stated = s->text.at[4];
    size_t end = 5;
    if (end < s->text.len && s->text.at[end] != '\r' && s->text.at[end] != '\n') return;
    if (!memchr(separators, stated, sizeof separators)) return;
    s->separator = stated;
    while (s->at < end) step(s);
    if (!at_end(s)) step(s);
}

/* At most this many cells and rows can be in the text. */
static enum code make_room(struct scanner *s)
{
    size_t cells = 1, rows = 1;
    for (size_t i = 0; i < s->text.len; i++) {
        char c = s->text.at[i];
        bool line_end = c == '\n' || c == '\r';
        rows += line_end;
        cells += line_end || c == s->separator;
    }
    s->cells = ARENA_ARRAY(s->problems->arena, cells, struct csv_cell);
    s->rows = ARENA_ARRAY(s->problems->arena, rows + 1, struct csv_row);
    return s->cells && s->rows ? CODE_OK : CODE_NO_MEMORY;
}

enum code csv_read(str bytes, const struct csv_options *options, struct problems *problems,
                   struct csv_table *ret, struct fail *fail)
{
    if (bytes.len > CSV_BYTES_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "the file is larger than %d bytes",
                        CSV_BYTES_MAX);
    struct scanner s = {.line = 1, .column = 1, .problems = problems};
    enum csv_encoding encoding;
    TRY(csv_to_utf8(bytes, problems, &encoding, &s.text));
    take_separator_line(&s);
    if (options && options->separator) s.separator = options->separator;
    if (!s.separator) s.separator = find_separator(str_sub(s.text, s.at, s.text.len));
    if (s.text.len && !s.separator) {
        problems_add(problems, PROBLEM_WARNING, (struct problem_place){0}, "separator",
                     "no commas, semicolons, tabs or bars part this file into columns");
        s.separator = ',';
    }
    TRY(make_room(&s));
    while (!at_end(&s)) TRY(scan_row(&s, fail));
    if (s.text.len == 0 && problems->total[PROBLEM_ERROR] == 0)
        problems_add(problems, PROBLEM_ERROR, (struct problem_place){0}, "empty",
                     "the file is empty");
    TRY(problems_check(problems));
    *ret = (struct csv_table){encoding, s.separator, s.cells, s.cell_count,
                              s.rows,   s.row_count, s.width};
    return CODE_OK;
}
