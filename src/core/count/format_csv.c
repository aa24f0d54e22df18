/* format_csv.c - the comma-separated ballots in which Scottish councils' elections are published:
 *     12,4,                                       candidates, seats
 *     372,1,                                      372 ballots that name candidate 1 alone
 *     1,1,10,6,
 *     "Candidate 1","Euan Blockley","Conservative and Unionist Party (Con)",
 *     "Ward 1 Linn",
 * A comma may end a row. A field in quotes ends at a quote followed by a comma or the end of the
 * row, so that the doubled quotes found around some titles do no harm. */
#include "core/count/format.h"
#include "core/count/scan.h"

static enum code end_of_row(struct scan *scan, struct fail *fail)
{
    scan_blanks(scan);
    if (scan_peek(scan) == '\r') scan_skip(scan);
    if (scan_at_end(scan)) return CODE_OK;
    if (scan_peek(scan) != '\n')
        return scan_fail(scan, fail, "syntax", "expected a comma or the end of the row");
    scan_skip(scan);
    return CODE_OK;
}

/* One more field in this row? Steps over the comma. */
static bool more_fields(struct scan *scan)
{
    scan_blanks(scan);
    if (scan_peek(scan) != ',') return false;
    scan_skip(scan);
    scan_blanks(scan);
    int next = scan_peek(scan);
    return next != '\r' && next != '\n' && next != -1;
}

static enum code read_head(struct scan *scan, struct arena *arena, struct profile *ret,
                           struct fail *fail)
{
    uint64_t candidates = 0, seats = 0;
    TRY(scan_number(scan, PROFILE_CANDIDATES_MAX, &candidates, fail));
    if (candidates == 0) return scan_fail(scan, fail, "number", "expected at least one candidate");
    if (!more_fields(scan))
        return scan_fail(scan, fail, "syntax", "expected a comma and the number of seats");
    TRY(scan_number(scan, PROFILE_CANDIDATES_MAX, &seats, fail));
    if (more_fields(scan)) return scan_fail(scan, fail, "syntax", "expected the end of the row");
    TRY(end_of_row(scan, fail));
    TRY(scan_place(scan, profile_init(ret, (uint32_t)candidates, arena, fail), fail));
    ret->seats = (uint32_t)seats;
    return CODE_OK;
}

static enum code read_ballot(struct scan *scan, uint32_t *preferences, struct profile *ret,
                             struct fail *fail)
{
    uint64_t weight = 0, candidate = 0;
    uint32_t length = 0;
    struct scan start = *scan;
    TRY(scan_number(scan, PROFILE_WEIGHT_MAX, &weight, fail));
    while (more_fields(scan)) {
        if (length == ret->candidates)
            return scan_fail(scan, fail, "duplicate", "more preferences than there are candidates");
        struct scan field = *scan;
        TRY(scan_number(scan, ret->candidates, &candidate, fail));
        if (candidate == 0)
            return scan_fail(&field, fail, "candidate", "candidates are numbered from 1");
        preferences[length++] = (uint32_t)candidate - 1;
    }
    TRY(end_of_row(scan, fail));
    return scan_place(&start, profile_add(ret, weight, preferences, length, fail), fail);
}

static bool ends_field(int byte)
{
    return byte == ',' || byte == '\r' || byte == '\n' || byte == -1;
}

/* Doubled quotes inside a field stand for one. */
static enum code undouble(struct arena *arena, str inner, str *ret, struct fail *fail)
{
    *ret = inner;
    if (str_find(inner, '"') == inner.len) return CODE_OK;
    char *copy = ARENA_ARRAY(arena, inner.len, char);
    if (!copy) return fail_set(fail, CODE_NO_MEMORY, "memory", "no room for a name");
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++) {
        copy[len++] = inner.at[i];
        if (inner.at[i] == '"' && i + 1 < inner.len && inner.at[i + 1] == '"') i++;
    }
    *ret = (str){copy, len};
    return CODE_OK;
}

static enum code read_quoted(struct scan *scan, struct arena *arena, str *ret, struct fail *fail)
{
    if (scan_peek(scan) != '"') return scan_fail(scan, fail, "syntax", "expected text in quotes");
    struct scan start = *scan;
    scan_skip(scan);
    for (size_t from = scan->at; scan_peek(scan) != -1 && scan_peek(scan) != '\n';) {
        int byte = scan_peek(scan);
        scan_skip(scan);
        if (byte != '"' || !ends_field(scan_peek(scan))) continue;
        str inner = str_sub(scan->text, from, scan->at - 1 - from);
        while (inner.len >= 2 && inner.at[0] == '"' && inner.at[inner.len - 1] == '"')
            inner = str_sub(inner, 1, inner.len - 2);
        return undouble(arena, str_trim(inner), ret, fail);
    }
    return scan_fail(&start, fail, "syntax", "this quote is not closed on its line");
}

/* "Candidate 3","Name","Party" */
static enum code read_candidate(struct scan *scan, uint32_t number, struct profile *ret,
                                struct fail *fail)
{
    struct scan start = *scan;
    str label = {0};
    uint64_t stated = 0;
    TRY(read_quoted(scan, ret->arena, &label, fail));
    if (!str_starts(label, STR("Candidate ")) ||
        !str_to_u64(str_sub(label, 10, label.len), &stated) || stated != (uint64_t)number + 1)
        return scan_fail(&start, fail, "candidate",
                         "expected the row of the next candidate, \"Candidate n\"");
    if (!more_fields(scan))
        return scan_fail(scan, fail, "syntax", "expected a comma and the candidate's name");
    TRY(read_quoted(scan, ret->arena, &ret->names[number], fail));
    if (more_fields(scan)) TRY(read_quoted(scan, ret->arena, &ret->parties[number], fail));
    if (more_fields(scan)) return scan_fail(scan, fail, "syntax", "expected the end of the row");
    return end_of_row(scan, fail);
}

enum code format_csv_read(str text, struct arena *arena, struct profile *ret, struct fail *fail)
{
    struct scan scan;
    struct profile profile;
    TRY(scan_open(&scan, text, fail));
    TRY(read_head(&scan, arena, &profile, fail));
    uint32_t *preferences = ARENA_ARRAY(arena, profile.candidates, uint32_t);
    if (!preferences) return fail_set(fail, CODE_NO_MEMORY, "memory", "no room for a ballot");
    while (scan_peek(&scan) >= '0' && scan_peek(&scan) <= '9')
        TRY(read_ballot(&scan, preferences, &profile, fail));
    for (uint32_t i = 0; i < profile.candidates; i++) TRY(read_candidate(&scan, i, &profile, fail));
    TRY(read_quoted(&scan, arena, &profile.title, fail));
    if (more_fields(&scan)) return scan_fail(&scan, fail, "syntax", "expected the end of the file");
    TRY(end_of_row(&scan, fail));
    if (!scan_at_end(&scan)) return scan_fail(&scan, fail, "end", "expected the end of the file");
    *ret = profile;
    return CODE_OK;
}
