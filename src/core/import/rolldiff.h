/* rolldiff.h - what a membership list would change in the roll as it stands. Pure.
 * Rows match on the organisation's own member number; by name they are only ever suggested.
 * A member absent from the file is reported, never removed. */
#ifndef PLENARY_CORE_IMPORT_ROLLDIFF_H
#define PLENARY_CORE_IMPORT_ROLLDIFF_H
#include "core/import/rollfile.h"

enum roll_change_kind {
    ROLL_NEW,     /* number not on the roll */
    ROLL_MOVED,   /* on the roll in another unit (name or contact may differ too) */
    ROLL_CHANGED, /* same unit, another name or contact */
    ROLL_SAME,
    ROLL_ABSENT, /* on the roll, not in the file */
    ROLL_CHANGE_KINDS
};
const char *roll_change_word(enum roll_change_kind kind); /* "new" */

/* Why a new number may be a member we know. */
enum roll_likeness { ROLL_LIKE_NONE, ROLL_LIKE_ZEROS, ROLL_LIKE_NAME, ROLL_LIKE_LETTER };

#define ROLL_NONE UINT32_MAX

struct roll_change {
    enum roll_change_kind kind;
    uint32_t row;   /* index into the table's rows; ROLL_NONE when absent */
    uint32_t known; /* index into the roll; ROLL_NONE when new */
    bool name_differs, unit_differs,
        contact_differs;         /* an empty contact in the file differs from nothing */
    enum roll_likeness likeness; /* new only; then `similar` is an absent member of the roll */
    uint32_t similar;
};

/* One proposal: what the file says about one unit. A move stands in the unit it leads to, an
 * absence in the unit the roll has. */
struct roll_unit_diff {
    str unit;
    uint32_t first,
        count; /* into `changes`, by kind, then in the order of the file (absent: of the roll) */
    uint32_t by_kind[ROLL_CHANGE_KINDS];
};

struct roll_diff {
    const struct roll_change *changes;
    uint32_t change_count;
    const struct roll_unit_diff *units; /* ascending by the bytes of the name */
    uint32_t unit_count;
    uint32_t by_kind[ROLL_CHANGE_KINDS];
};

/* `known` must hold each number once (CODE_INTERNAL otherwise). Everything taken from `arena`. */
enum code roll_diff_make(const struct roll_table *table, const struct roll_known *known,
                         uint32_t known_count, struct arena *arena,
                         struct roll_diff *ret) MUST_CHECK;
#endif
