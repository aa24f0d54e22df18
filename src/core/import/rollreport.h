/* rollreport.h - the dry run in words and as JSON. Pure. */
#ifndef PLENARY_CORE_IMPORT_ROLLREPORT_H
#define PLENARY_CORE_IMPORT_ROLLREPORT_H
#include "core/import/rolldiff.h"

struct roll_report {
    const struct roll_table *table;
    struct problems *problems;
    const struct roll_diff *diff; /* NULL when there are errors */
    const struct roll_known *known;
    uint32_t lines_max; /* changes named one by one; the rest is counted */
};
/* Plain text, aligned by characters; ends with a newline. */
enum code roll_report_text(const struct roll_report *report, struct buf *out) MUST_CHECK;
/* One JSON object: file{encoding,separator,header_line,rows}, columns[], mapping, problems[],
 * errors, warnings, notes, importable, and with a diff counts{}, units[], changes[]. */
enum code roll_report_json(const struct roll_report *report, struct buf *out) MUST_CHECK;
#endif
