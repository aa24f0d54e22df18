/* layout.h - where the headings of a membership list stand and which column is what. Pure. */
#ifndef PLENARY_CORE_IMPORT_LAYOUT_H
#define PLENARY_CORE_IMPORT_LAYOUT_H
#include "core/import/rollfile.h"

#define ROW_NONE UINT32_MAX

struct roll_layout {
    uint32_t header_row;                        /* index of the row; ROW_NONE when there is none */
    uint32_t first_row;                         /* the first that may be a member */
    uint32_t column_of[ROLL_FIELDS];            /* 1-based, 0 = the file has none */
    struct roll_column *columns;                /* table->width of them */
    struct problem_place place_of[ROLL_FIELDS]; /* of the heading */
    struct roll_mapping mapping;                /* as used */
};
/* Errors: "header" (none found), "column" (a field that is needed, or that the mapping names, is
 * missing or found twice). Without errors number, a name and, unless options->unit is given, the
 * unit have their column. */
enum code roll_layout_find(const struct csv_table *table, const struct roll_options *options,
                           struct problems *problems, struct roll_layout *ret) MUST_CHECK;
/* The spreadsheet's letters for a column: 1 -> A, 27 -> AA. Columns are at most CSV_COLUMNS_MAX. */
enum { COLUMN_LETTERS_SIZE = 4 };
const char *column_letters(uint32_t column, char ret[COLUMN_LETTERS_SIZE]);
#endif
