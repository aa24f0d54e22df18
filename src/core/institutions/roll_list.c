/* roll_list.c - reading a list of changes to a unit's roll. */
#include "core/institutions/roll.h"

#include "base/sort.h"

/* Bytes of one change: {"do":"lapse","mid":"<32 digits>"}, and more than any change needs. */
enum { ROLL_CHANGE_MIN = 55, ROLL_CHANGE_MAX = 512 };

static const struct {
    str name;
    enum roll_do what;
} words[] = {
    {{"admit", 5}, ROLL_ADMIT},
    {{"lapse", 5}, ROLL_LAPSE},
    {{"transfer", 8}, ROLL_TRANSFER},
    {{"update", 6}, ROLL_UPDATE},
};

static uint8_t word_of(str name)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i].name, name)) return (uint8_t)words[i].what;
    return 0;
}

/* What a change of its kind must and may carry. */
static bool shape_fits(const struct roll_entry *entry, bool has_weight)
{
    switch ((enum roll_do)entry->what) {
    case ROLL_ADMIT: return entry->has_data;
    case ROLL_UPDATE: return (entry->has_data || entry->has_contact) && !has_weight;
    case ROLL_LAPSE:
    case ROLL_TRANSFER: return !entry->has_data && !entry->has_contact && !has_weight;
    }
    return false;
}

static enum code read_entry(const struct json *change, struct roll_entry *ret, struct fail *fail)
{
    struct roll_entry entry = {.weight = 1};
    struct fields f = fields_of(change);
    entry.has_contact = fields_has(&f, STR("contact"));
    if (entry.has_contact)
        fields_base64(&f, STR("contact"), entry.contact.bytes, sizeof entry.contact);
    entry.has_data = fields_has(&f, STR("data"));
    if (entry.has_data) fields_base64(&f, STR("data"), entry.data.bytes, sizeof entry.data);
    entry.what = word_of(fields_str(&f, STR("do"), 16));
    if (!f.bad && !entry.what) fields_fail(&f, "expected admit, lapse, transfer or update");
    fields_hex(&f, STR("mid"), entry.mid.bytes, sizeof entry.mid);
    bool has_weight = fields_has(&f, STR("weight"));
    if (has_weight) entry.weight = fields_u32(&f, STR("weight"));
    if (!f.bad && !shape_fits(&entry, has_weight))
        fields_fail(&f, "expected data with admit, data or contact with update, neither with lapse "
                        "and transfer");
    TRY(fields_end(&f, fail));
    *ret = entry;
    return CODE_OK;
}

static int by_mid(const void *a, const void *b, const void *context)
{
    (void)context;
    return mid16_cmp(a, b);
}

static enum code refuse_twice(const struct roll_list *list, struct arena *scratch,
                              struct fail *fail)
{
    mid16 *mids = ARENA_ARRAY(scratch, list->count, mid16);
    if (!mids) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < list->count; i++) mids[i] = list->entries[i].mid;
    TRY(sort_stable(mids, list->count, sizeof *mids, by_mid, NULL, scratch->alloc));
    for (uint32_t i = 1; i < list->count; i++)
        if (mid16_eq(&mids[i - 1], &mids[i]))
            return fail_set(fail, CODE_MALFORMED, "duplicate", "a member stands in the list twice");
    return CODE_OK;
}

static enum code read_change(str change, struct arena *scratch, struct roll_entry *ret,
                             struct fail *fail)
{
    const struct json *object;
    arena_clear(scratch);
    TRY(json_parse(change, ROLL_CHANGE_MAX, scratch, &object, fail));
    return read_entry(object, ret, fail);
}

/* Reads change after change, not the list as one tree: a list of a million empty brackets would
 * need more memory than a step has. A change holds no container and no string with a bracket, so it
 * ends at the first one. */
static enum code read_changes(str rest, struct arena *scratch, struct roll_list *list,
                              struct fail *fail)
{
    for (;;) {
        str change = str_sub(rest, 0, str_find(rest, '}') + 1);
        enum code code = read_change(change, scratch, &list->entries[list->count], fail);
        if (code != CODE_OK && fail)
            fail->line = list->count + 1; /* one change is one line to whoever looks for it */
        TRY(code);
        list->count++;
        rest = str_sub(rest, change.len, rest.len);
        if (rest.len == 0) return CODE_OK;
        if (rest.at[0] != ',')
            return fail_set(fail, CODE_MALFORMED, "syntax", "expected a comma between two changes");
        rest = str_sub(rest, 1, rest.len);
    }
}

static enum code read_list(str blob, struct arena *arena, struct arena *scratch,
                           struct roll_list *ret, struct fail *fail)
{
    const str before = STR("{\"changes\":["), behind = STR("]}");
    if (blob.len > ROLL_LIST_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "a list has at most %d bytes", ROLL_LIST_MAX);
    if (!str_starts(blob, before) || !str_ends(blob, behind) || blob.len < before.len + behind.len)
        return fail_set(fail, CODE_MALFORMED, "syntax",
                        "expected {\"changes\":[ at the beginning and ]} at the end");
    str changes = str_sub(blob, before.len, blob.len - before.len - behind.len);
    struct roll_list list = {
        ARENA_ARRAY(arena, changes.len / ROLL_CHANGE_MIN + 1, struct roll_entry), 0};
    if (!list.entries) return CODE_NO_MEMORY;
    TRY(read_changes(changes, scratch, &list, fail));
    TRY(refuse_twice(&list, scratch, fail));
    *ret = list;
    return CODE_OK;
}

enum code roll_list_read(str blob, struct arena *arena, struct roll_list *ret, struct fail *fail)
{
    struct arena scratch;
    arena_init(&scratch, arena->alloc, arena->limit);
    enum code code = read_list(blob, arena, &scratch, ret, fail);
    arena_done(&scratch);
    return code;
}
