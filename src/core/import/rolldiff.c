#include "core/import/rolldiff.h"

#include "base/sort.h"
#include "core/import/cells.h"
#include "core/import/fold.h"

const char *roll_change_word(enum roll_change_kind kind)
{
    switch (kind) {
    case ROLL_NEW: return "new";
    case ROLL_MOVED: return "moved";
    case ROLL_CHANGED: return "changed";
    case ROLL_SAME: return "same";
    case ROLL_ABSENT: return "absent";
    case ROLL_CHANGE_KINDS: break;
    }
    return "";
}

struct diffing {
    const struct roll_table *table;
    const struct roll_known *known;
    uint32_t known_count;
    struct arena *arena;
    uint32_t *by_row, *by_known; /* indices in the order of the numbers */
    struct roll_change *changes;
    uint32_t count;
};

static int order_rows(const void *a, const void *b, const void *context)
{
    const struct roll_row *rows = context;
    return str_cmp(rows[*(const uint32_t *)a].number, rows[*(const uint32_t *)b].number);
}

static int order_known(const void *a, const void *b, const void *context)
{
    const struct roll_known *known = context;
    return str_cmp(known[*(const uint32_t *)a].number, known[*(const uint32_t *)b].number);
}

static enum code sorted(struct arena *arena, uint32_t count, sort_order *order, const void *items,
                        uint32_t **ret)
{
    uint32_t *index = ARENA_ARRAY(arena, count ? count : 1, uint32_t);
    if (!index) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) index[i] = i;
    TRY(sort_stable(index, count, sizeof *index, order, items, arena->alloc));
    *ret = index;
    return CODE_OK;
}

static struct roll_change compare(const struct diffing *diffing, uint32_t row_at, uint32_t known_at)
{
    const struct roll_row *row = &diffing->table->rows[row_at];
    const struct roll_known *known = &diffing->known[known_at];
    str contact = roll_row_contact(row);
    struct roll_change change = {.row = row_at, .known = known_at, .similar = ROLL_NONE};
    change.name_differs = !str_eq(row->name, known->name);
    change.unit_differs = !str_eq(row->unit, known->unit);
    /* A roll may keep one contact only; the file may give it in either column. */
    change.contact_differs =
        contact.len && !str_eq(known->contact, row->email) && !str_eq(known->contact, row->phone);
    bool keeps_phone = known->phone.at && row->phone.len && !str_eq(known->contact, row->phone);
    if (keeps_phone && !str_eq(known->phone, row->phone)) change.contact_differs = true;
    bool differs = change.name_differs || change.contact_differs;
    change.kind = change.unit_differs ? ROLL_MOVED : differs ? ROLL_CHANGED : ROLL_SAME;
    return change;
}

/* Walks both lists in the order of their numbers. */
static enum code match(struct diffing *diffing)
{
    uint32_t r = 0, k = 0, rows = diffing->table->row_count, known = diffing->known_count;
    for (uint32_t i = 1; i < known; i++)
        if (order_known(&diffing->by_known[i - 1], &diffing->by_known[i], diffing->known) == 0)
            return CODE_INTERNAL;
    while (r < rows || k < known) {
        uint32_t row_at = r < rows ? diffing->by_row[r] : ROLL_NONE;
        uint32_t known_at = k < known ? diffing->by_known[k] : ROLL_NONE;
        int order = row_at == ROLL_NONE     ? 1
                    : known_at == ROLL_NONE ? -1
                                            : str_cmp(diffing->table->rows[row_at].number,
                                                      diffing->known[known_at].number);
        struct roll_change *change = &diffing->changes[diffing->count++];
        if (order == 0) {
            *change = compare(diffing, row_at, known_at);
        } else if (order < 0) {
            *change = (struct roll_change){
                .kind = ROLL_NEW, .row = row_at, .known = ROLL_NONE, .similar = ROLL_NONE};
        } else {
            *change = (struct roll_change){
                .kind = ROLL_ABSENT, .row = ROLL_NONE, .known = known_at, .similar = ROLL_NONE};
        }
        r += order <= 0;
        k += order >= 0;
    }
    return CODE_OK;
}

/* ---- a new number that may be a member we know: only members absent from the file are thought of
 * ---- */

struct absentee {
    str sorted_name;
    uint32_t known;
};

static int order_absentees(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct absentee *one = a, *two = b;
    return str_cmp(one->sorted_name, two->sorted_name);
}

static enum code list_absentees(const struct diffing *diffing, struct absentee **ret,
                                uint32_t *ret_count)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < diffing->count; i++) count += diffing->changes[i].kind == ROLL_ABSENT;
    struct absentee *list = ARENA_ARRAY(diffing->arena, count ? count : 1, struct absentee);
    if (!list) return CODE_NO_MEMORY;
    uint32_t filled = 0;
    for (uint32_t i = 0; i < diffing->count; i++) {
        if (diffing->changes[i].kind != ROLL_ABSENT) continue;
        uint32_t known = diffing->changes[i].known;
        list[filled] =
            (struct absentee){fold_sorted(diffing->arena, diffing->known[known].name), known};
        if (!list[filled++].sorted_name.at) return CODE_NO_MEMORY;
    }
    TRY(sort_stable(list, count, sizeof *list, order_absentees, NULL, diffing->arena->alloc));
    *ret = list;
    *ret_count = count;
    return CODE_OK;
}

static bool equal_but_zeros(str a, str b)
{
    if (!cell_all_digits(a) || !cell_all_digits(b)) return false;
    while (a.len > 1 && a.at[0] == '0') a = str_sub(a, 1, a.len);
    while (b.len > 1 && b.at[0] == '0') b = str_sub(b, 1, b.len);
    return str_eq(a, b);
}

static uint32_t first_not_below(const struct absentee *list, uint32_t count, str name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool below = str_cmp(list[middle].sorted_name, name) < 0;
        *(below ? &low : &high) = below ? middle + 1 : middle;
    }
    return low;
}

static void liken(const struct diffing *diffing, struct roll_change *change,
                  enum roll_likeness likeness, uint32_t known)
{
    bool zeros =
        equal_but_zeros(diffing->table->rows[change->row].number, diffing->known[known].number);
    change->likeness = zeros ? ROLL_LIKE_ZEROS : likeness;
    change->similar = known;
}

enum { NEIGHBOURS_MAX = 8 };

/* The same words of the name, else one letter apart among the neighbours in the order of names. */
static enum code suggest(const struct diffing *diffing, const struct absentee *list, uint32_t count,
                         struct roll_change *change)
{
    const struct roll_row *row = &diffing->table->rows[change->row];
    str name = fold_sorted(diffing->arena, row->name);
    if (!name.at) return CODE_NO_MEMORY;
    if (!name.len) return CODE_OK;
    uint32_t at = first_not_below(list, count, name);
    for (uint32_t i = at; i < count && str_eq(list[i].sorted_name, name); i++) {
        bool same_unit = str_eq(diffing->known[list[i].known].unit, row->unit);
        if (change->similar == ROLL_NONE || same_unit)
            liken(diffing, change, ROLL_LIKE_NAME, list[i].known);
        if (same_unit) break;
    }
    uint32_t from = at > NEIGHBOURS_MAX ? at - NEIGHBOURS_MAX : 0;
    for (uint32_t i = from; change->similar == ROLL_NONE && i < count && i < at + NEIGHBOURS_MAX;
         i++)
        if (fold_within_one(list[i].sorted_name, name))
            liken(diffing, change, ROLL_LIKE_LETTER, list[i].known);
    return CODE_OK;
}

static enum code suggest_all(struct diffing *diffing)
{
    struct absentee *list = NULL;
    uint32_t count = 0;
    TRY(list_absentees(diffing, &list, &count));
    for (uint32_t i = 0; count && i < diffing->count; i++)
        if (diffing->changes[i].kind == ROLL_NEW)
            TRY(suggest(diffing, list, count, &diffing->changes[i]));
    return CODE_OK;
}

/* ---- one proposal per unit ---- */

static str unit_of(const struct diffing *diffing, const struct roll_change *change)
{
    return change->kind == ROLL_ABSENT ? diffing->known[change->known].unit
                                       : diffing->table->rows[change->row].unit;
}

static int order_changes(const void *a, const void *b, const void *context)
{
    const struct roll_change *one = a, *two = b;
    int order = str_cmp(unit_of(context, one), unit_of(context, two));
    if (order) return order;
    if (one->kind != two->kind) return one->kind < two->kind ? -1 : 1;
    uint32_t one_at = one->kind == ROLL_ABSENT ? one->known : one->row;
    uint32_t two_at = two->kind == ROLL_ABSENT ? two->known : two->row;
    return (one_at > two_at) - (one_at < two_at);
}

static enum code group(const struct diffing *diffing, struct roll_diff *diff)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < diffing->count; i++)
        count += i == 0 || !str_eq(unit_of(diffing, &diffing->changes[i]),
                                   unit_of(diffing, &diffing->changes[i - 1]));
    struct roll_unit_diff *units =
        ARENA_ARRAY(diffing->arena, count ? count : 1, struct roll_unit_diff);
    if (!units) return CODE_NO_MEMORY;
    struct roll_unit_diff *unit = NULL;
    for (uint32_t i = 0, filled = 0; i < diffing->count; i++) {
        str name = unit_of(diffing, &diffing->changes[i]);
        if (!unit || !str_eq(unit->unit, name)) {
            unit = &units[filled++];
            *unit = (struct roll_unit_diff){.unit = name, .first = i};
        }
        unit->count++;
        unit->by_kind[diffing->changes[i].kind]++;
        diff->by_kind[diffing->changes[i].kind]++;
    }
    diff->units = units;
    diff->unit_count = count;
    return CODE_OK;
}

enum code roll_diff_make(const struct roll_table *table, const struct roll_known *known,
                         uint32_t known_count, struct arena *arena, struct roll_diff *ret)
{
    struct diffing diffing = {
        .table = table, .known = known, .known_count = known_count, .arena = arena};
    TRY(sorted(arena, table->row_count, order_rows, table->rows, &diffing.by_row));
    TRY(sorted(arena, known_count, order_known, known, &diffing.by_known));
    size_t room = (size_t)table->row_count + known_count;
    diffing.changes = ARENA_ARRAY(arena, room ? room : 1, struct roll_change);
    if (!diffing.changes) return CODE_NO_MEMORY;
    TRY(match(&diffing));
    TRY(suggest_all(&diffing));
    TRY(sort_stable(diffing.changes, diffing.count, sizeof *diffing.changes, order_changes,
                    &diffing, arena->alloc));
    struct roll_diff diff = {.changes = diffing.changes, .change_count = diffing.count};
    TRY(group(&diffing, &diff));
    *ret = diff;
    return CODE_OK;
}
