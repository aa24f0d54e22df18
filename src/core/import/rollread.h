/* rollread.h - the work of reading one membership list, shared by the files that do it: rollfile.c
 * (rows and cells), rolldate.c (dates), rollcheck.c (what only the whole list shows). Nobody else
 * includes this. */
#ifndef PLENARY_CORE_IMPORT_ROLLREAD_H
#define PLENARY_CORE_IMPORT_ROLLREAD_H
#include "core/import/cells.h"
#include "core/import/layout.h"

/* Many cells of one column with the same small fault: said once, at the first. */
struct tally {
    uint32_t count;
    struct problem_place first;
    str example;
};

struct reading {
    const struct csv_table *table;
    const struct roll_options *options;
    struct problems *problems;
    struct arena *arena;
    struct roll_layout layout;
    struct roll_row *rows;
    struct problem_place *places; /* of each row's number */
    uint32_t row_count;
    bool
        contradicted[ROLL_FIELDS]; /* the content denies the heading: said once, cells not judged */
    enum roll_dates order[ROLL_FIELDS];
    bool order_mixed[ROLL_FIELDS];
    struct tally trimmed[ROLL_FIELDS], unwrapped[ROLL_FIELDS], short_year[ROLL_FIELDS],
        mixed[ROLL_FIELDS];
    struct tally mojibake;
    str unit_above;
    uint32_t rows_at_total;           /* rows read when the last row of totals was met */
    bool advised_fill, advised_zeros; /* advice is given once */
    bool out_of_memory;
};

/* One cell of a field, cleaned; empty where the row has none. */
struct taken {
    str text;
    struct problem_place place;
};
struct taken reading_take(struct reading *reading, uint32_t row, enum roll_field field);
void tally_add(struct tally *tally, struct problem_place place, str example);
/* "'value'" for a message. */
const char *reading_quote(struct reading *reading, str value);

/* Learns from the whole column in which order its dates are written. */
void reading_learn_dates(struct reading *reading, enum roll_field field);
/* The date as "1958-03-07", empty with a warning when it is none. */
str reading_date(struct reading *reading, enum roll_field field, struct taken cell);

/* Before rows are read: columns whose content denies their heading. */
void reading_find_swapped(struct reading *reading);
/* After: numbers used twice, zeros lost, units spelled in two ways. */
enum code reading_check_list(struct reading *reading);
#endif
