/* apportion_text.c - norms as text: bands as bylaws write them, norms in use, tables of units. */
#include "core/count/apportion.h"
#include "core/count/scan.h"

static bool next_is(struct scan *scan, char byte)
{
    if (scan_peek(scan) != byte) return false;
    scan_skip(scan);
    return true;
}

/* "+2/3000s" */
static enum code parse_step(struct scan *scan, struct apportion_band *band, struct fail *fail)
{
    uint64_t step = 0;
    TRY(scan_number(scan, APPORTION_SEATS_MAX, &step, fail));
    if (!next_is(scan, '/'))
        return scan_fail(scan, fail, "bands", "expected / and the members for one more step");
    TRY(scan_number(scan, RECORD_INT_MAX, &band->per, fail));
    if (step == 0 || band->per == 0) return scan_fail(scan, fail, "bands", "a step of nothing");
    band->step = (uint32_t)step;
    if (next_is(scan, 'n'))
        band->round = APPORTION_NEAREST;
    else if (next_is(scan, 's'))
        band->round = APPORTION_STARTED;
    return CODE_OK;
}

static enum code parse_band(struct scan *scan, struct apportion_band *band, struct fail *fail)
{
    uint64_t seats = 0;
    band->up_to = UINT64_MAX;
    if (!next_is(scan, '*')) TRY(scan_number(scan, RECORD_INT_MAX, &band->up_to, fail));
    if (!next_is(scan, ':'))
        return scan_fail(scan, fail, "bands", "expected : and the seats of this band");
    TRY(scan_number(scan, APPORTION_SEATS_MAX, &seats, fail));
    band->seats = (uint32_t)seats;
    return next_is(scan, '+') ? parse_step(scan, band, fail) : CODE_OK;
}

enum code apportion_bands_parse(str text, struct apportion_rule *rule, struct fail *fail)
{
    struct scan scan;
    struct apportion_rule parsed = *rule;
    parsed.method = APPORTION_BANDS;
    parsed.band_count = 0;
    memset(parsed.bands, 0, sizeof parsed.bands);
    TRY(scan_open(&scan, text, fail));
    do {
        if (parsed.band_count == APPORTION_BANDS_MAX)
            return scan_fail(&scan, fail, "bands", "at most 32 bands");
        struct apportion_band *band = &parsed.bands[parsed.band_count++];
        struct scan start = scan;
        TRY(parse_band(&scan, band, fail));
        if (parsed.band_count > 1 && band->up_to <= band[-1].up_to)
            return scan_fail(&start, fail, "bands", "a band must end above the one before it");
    } while (next_is(&scan, ','));
    if (!scan_at_end(&scan)) return scan_fail(&scan, fail, "bands", "expected a comma or the end");
    *rule = parsed;
    return CODE_OK;
}

void apportion_bands_write(const struct apportion_rule *rule, struct buf *out)
{
    for (uint32_t i = 0; i < rule->band_count; i++) {
        const struct apportion_band *band = &rule->bands[i];
        if (i) buf_add_byte(out, ',');
        if (band->up_to == UINT64_MAX)
            buf_add_byte(out, '*');
        else
            buf_add_u64(out, band->up_to);
        buf_printf(out, ":%u", band->seats);
        if (band->per == 0) continue;
        buf_printf(out, "+%u/", band->step);
        buf_add_u64(out, band->per);
        if (band->round == APPORTION_NEAREST) buf_add_byte(out, 'n');
        if (band->round == APPORTION_STARTED) buf_add_byte(out, 's');
    }
}

/* Not legal advice: the text of the law or rulebook decides. */
static const struct apportion_norm norms[] = {
    {"siptu", "SIPTU rules: 1 delegate per 100 members for the first 600, then 1 per 200",
     "600:0+1/100,*:6+1/200"},
    {"unison", "UNISON rules: 1 delegate per 1,000 members or part", "*:0+1/1000s"},
    {"natca", "NATCA constitution: 1 delegate per local, and 1 per 50 members over 100",
     "100:1,*:1+1/50"},
    {"betrvg-9",
     "Betriebsverfassungsgesetz section 9 (Germany): members of the works council by employees",
     "4:0,20:1,50:3,100:5,200:7,400:9,700:11,1000:13,1500:15,2000:17,2500:19,3000:21,3500:23,"
     "4000:25,4500:27,5000:29,6000:31,7000:33,9000:35,*:35+2/3000s"},
    {NULL, NULL, NULL},
};

const struct apportion_norm *apportion_norms(void)
{
    return norms;
}

bool apportion_norm_by_name(str name, struct apportion_rule *rule)
{
    for (const struct apportion_norm *norm = norms; norm->name; norm++)
        if (str_eq(name, str_from(norm->name)))
            return apportion_bands_parse(str_from(norm->bands), rule, NULL) == CODE_OK;
    return false;
}

/* A field up to a comma or the end of the line; quotes may surround it and stand doubled inside. */
static enum code read_field(struct scan *scan, struct arena *arena, str *ret, struct fail *fail)
{
    size_t from = scan->at;
    if (!next_is(scan, '"')) {
        while (scan_peek(scan) != ',' && scan_peek(scan) != '\n' && scan_peek(scan) != -1)
            scan_skip(scan);
        *ret = str_trim(str_sub(scan->text, from, scan->at - from));
        return CODE_OK;
    }
    struct scan start = *scan;
    for (;;) {
        if (scan_at_end(scan)) return scan_fail(&start, fail, "syntax", "this quote is not closed");
        bool quote = next_is(scan, '"');
        if (quote && !next_is(scan, '"')) break;
        if (!quote) scan_skip(scan);
    }
    str inner = str_sub(scan->text, start.at, scan->at - 1 - start.at);
    char *copy = ARENA_ARRAY(arena, inner.len + 1, char);
    if (!copy) return fail_set(fail, CODE_NO_MEMORY, "memory", "no room for a name");
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++) {
        copy[len++] = inner.at[i];
        if (inner.at[i] == '"') i++;
    }
    *ret = (str){copy, len};
    return CODE_OK;
}

static enum code end_row(struct scan *scan, struct fail *fail)
{
    scan_blanks(scan);
    next_is(scan, '\r');
    if (!scan_at_end(scan) && !next_is(scan, '\n'))
        return scan_fail(scan, fail, "syntax", "expected the end of the row after the members");
    return CODE_OK;
}

static enum code read_row(struct scan *scan, struct arena *arena, struct apportion_table *table,
                          struct fail *fail)
{
    struct scan start = *scan;
    if (next_is(scan, '\n')) return CODE_OK; /* an empty line */
    str *name = &table->names[table->count];
    TRY(read_field(scan, arena, name, fail));
    if (name->len == 0) return scan_fail(&start, fail, "syntax", "expected the name of a unit");
    if (!next_is(scan, ','))
        return scan_fail(scan, fail, "syntax", "expected a comma and the number of members");
    scan_blanks(scan);
    TRY(scan_number(scan, RECORD_INT_MAX, &table->members[table->count], fail));
    table->count++;
    return end_row(scan, fail);
}

static size_t lines_in(str text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++) lines += text.at[i] == '\n';
    return lines;
}

enum code apportion_table_read(str text, struct arena *arena, struct apportion_table *ret,
                               struct fail *fail)
{
    struct scan scan;
    struct apportion_table table = {0};
    str heading = {0};
    TRY(scan_open(&scan, text, fail));
    size_t room = lines_in(text);
    if (room > APPORTION_UNITS_MAX)
        return fail_set(fail, CODE_TOO_BIG, "units", "at most %d units", APPORTION_UNITS_MAX);
    table.names = ARENA_ARRAY(arena, room, str);
    table.members = ARENA_ARRAY(arena, room, uint64_t);
    if (!table.names || !table.members)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no room for the table");
    TRY(read_field(&scan, arena, &heading, fail));
    if (!next_is(&scan, ','))
        return scan_fail(&scan, fail, "syntax", "expected a header row: unit,members");
    if (scan_peek(&scan) >= '0' && scan_peek(&scan) <= '9')
        return scan_fail(&scan, fail, "syntax", "expected a header row before the first unit");
    TRY(read_field(&scan, arena, &heading, fail));
    TRY(end_row(&scan, fail));
    while (!scan_at_end(&scan)) TRY(read_row(&scan, arena, &table, fail));
    *ret = table;
    return CODE_OK;
}
