/* csv.h - tables as people's programs write them: strict about what a cell is, forgiving about
 * everything around it. Pure. Accepts UTF-8 with and without byte order mark, UTF-16 with one (both
 * orders), and, when the bytes are not UTF-8, Windows-1252 (which contains Latin-1); comma,
 * semicolon, tab or pipe; LF, CR LF or CR; cells in double quotes that may hold separators, line
 * ends and doubled quotes (RFC 4180); a first line `sep=;` as spreadsheets write it. */
#ifndef PLENARY_CORE_IMPORT_CSV_H
#define PLENARY_CORE_IMPORT_CSV_H
#include "core/import/problem.h"

enum {
    CSV_BYTES_MAX = 256 * 1024 * 1024,
    CSV_ROWS_MAX = 1000000,
    CSV_COLUMNS_MAX = 256,
    CSV_CELL_MAX = 32768 /* bytes of UTF-8 */
};

enum csv_encoding { CSV_UTF8, CSV_UTF8_BOM, CSV_UTF16_LE, CSV_UTF16_BE, CSV_WINDOWS_1252 };
const char *csv_encoding_name(enum csv_encoding encoding); /* "UTF-8 with a byte order mark" */
const char *csv_separator_name(char separator);            /* "semicolons" */

struct csv_cell {
    str text;        /* UTF-8, quotes undone, nothing trimmed */
    uint32_t line;   /* where it begins, 1-based */
    uint32_t column; /* 1-based, in characters of its line */
};

struct csv_row {
    uint32_t first; /* index into `cells` */
    uint32_t count; /* at least 1; an empty line is a row of one empty cell */
};

struct csv_table {
    enum csv_encoding encoding;
    char separator;
    const struct csv_cell *cells;
    uint32_t cell_count;
    const struct csv_row *rows;
    uint32_t row_count, width; /* width: cells of the widest row */
};

struct csv_options {
    char separator; /* 0 = find out */
};

/* Reads a whole file. Views in `ret` point into `bytes` or the arena of `problems`, and live as
 * long as both. What is wrong with the text goes to `problems` (reasons: encoding nul quote
 * separator spreadsheet empty); the table then holds what could be read. Codes: CODE_TOO_BIG with
 * place when a limit above is passed ("size" "rows" "columns" "cell"), CODE_NO_MEMORY. */
enum code csv_read(str bytes, const struct csv_options *options, struct problems *problems,
                   struct csv_table *ret, struct fail *fail) MUST_CHECK;

static inline const struct csv_cell *csv_row_cells(const struct csv_table *table, uint32_t row)
{
    return table->cells + table->rows[row].first;
}
#endif
