/* format_blt.c - BLT, the ballot format of Hill, Wichmann and Woodall (Algorithm 123, 1987) as
 * later programs write it. White space of any kind separates; `#` starts a comment. */
#include "core/count/format.h"
#include "core/count/scan.h"

struct blt {
    struct scan scan;
    struct profile *profile;
    uint32_t *preferences; /* one ballot */
    struct fail *fail;
};

static bool is_blank(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void skip_space(struct scan *scan)
{
    for (;;) {
        while (is_blank(scan_peek(scan))) scan_skip(scan);
        if (scan_peek(scan) != '#') return;
        scan_line(scan);
    }
}

static enum code number(struct blt *blt, uint64_t max, uint64_t *ret)
{
    skip_space(&blt->scan);
    return scan_number(&blt->scan, max, ret, blt->fail);
}

static enum code expect_gap(struct blt *blt)
{
    int next = scan_peek(&blt->scan);
    if (is_blank(next) || next == '#' || next == -1) return CODE_OK;
    return scan_fail(&blt->scan, blt->fail, "syntax", "expected white space");
}

static enum code read_head(struct blt *blt, struct arena *arena)
{
    uint64_t candidates = 0, seats = 0;
    TRY(number(blt, PROFILE_CANDIDATES_MAX, &candidates));
    TRY(expect_gap(blt));
    TRY(number(blt, PROFILE_CANDIDATES_MAX, &seats));
    TRY(expect_gap(blt));
    if (candidates == 0)
        return scan_fail(&blt->scan, blt->fail, "number", "expected at least one candidate");
    TRY(scan_place(&blt->scan, profile_init(blt->profile, (uint32_t)candidates, arena, blt->fail),
                   blt->fail));
    blt->profile->seats = (uint32_t)seats;
    blt->preferences = ARENA_ARRAY(arena, candidates, uint32_t);
    if (!blt->preferences)
        return fail_set(blt->fail, CODE_NO_MEMORY, "memory", "no room for a ballot");
    return CODE_OK;
}

static enum code read_candidate_number(struct blt *blt, uint32_t *ret)
{
    struct scan start = blt->scan;
    uint64_t candidate = 0;
    TRY(scan_number(&blt->scan, UINT32_MAX, &candidate, blt->fail));
    if (candidate == 0 || candidate > blt->profile->candidates)
        return scan_fail(&start, blt->fail, "candidate", "no such candidate");
    *ret = (uint32_t)candidate - 1;
    return CODE_OK;
}

/* "-3": candidate 3 has withdrawn. */
static enum code read_withdrawn(struct blt *blt)
{
    scan_skip(&blt->scan);
    uint32_t candidate = 0;
    TRY(read_candidate_number(blt, &candidate));
    TRY(expect_gap(blt));
    blt->profile->withdrawn[candidate] = true;
    return CODE_OK;
}

static str read_word(struct scan *scan)
{
    size_t from = scan->at;
    for (int next = scan_peek(scan); next >= 'a' && next <= 'z'; next = scan_peek(scan))
        scan_skip(scan);
    return str_sub(scan->text, from, scan->at - from);
}

/* Candidate numbers up to the closing bracket. */
static enum code read_numbers(struct blt *blt, uint32_t *ret_count)
{
    *ret_count = 0;
    for (skip_space(&blt->scan); scan_peek(&blt->scan) != ']'; skip_space(&blt->scan)) {
        if (*ret_count == blt->profile->candidates)
            return scan_fail(&blt->scan, blt->fail, "duplicate",
                             "more numbers than there are candidates");
        TRY(read_candidate_number(blt, &blt->preferences[(*ret_count)++]));
    }
    scan_skip(&blt->scan);
    return CODE_OK;
}

/* The order in which equal candidates are told apart: each candidate once. */
static enum code keep_lot(struct blt *blt, const struct scan *at, uint32_t count)
{
    struct profile *profile = blt->profile;
    bool *seen = ARENA_ARRAY(profile->arena, profile->candidates, bool);
    uint32_t *lot = ARENA_ARRAY(profile->arena, profile->candidates, uint32_t);
    if (!seen || !lot) return fail_set(blt->fail, CODE_NO_MEMORY, "memory", "no room for the lot");
    for (uint32_t i = 0; i < count; i++) {
        lot[i] = blt->preferences[i];
        if (seen[lot[i]])
            return scan_fail(at, blt->fail, "duplicate", "the order names a candidate twice");
        seen[lot[i]] = true;
    }
    if (count != profile->candidates)
        return scan_fail(at, blt->fail, "candidate", "the order of ties must name every candidate");
    profile->lot = lot;
    return CODE_OK;
}

/* "[tie 3 1 2]", "[withdrawn 4]", "[undeclared 5]"; "[droop ...]" is for another program. */
static enum code read_option(struct blt *blt)
{
    struct scan start = blt->scan;
    uint32_t count = 0;
    scan_skip(&blt->scan);
    str word = read_word(&blt->scan);
    if (str_eq(word, STR("droop"))) {
        while (scan_peek(&blt->scan) != ']' && scan_peek(&blt->scan) != -1) scan_skip(&blt->scan);
        if (scan_at_end(&blt->scan))
            return scan_fail(&start, blt->fail, "syntax", "this bracket is not closed");
        scan_skip(&blt->scan);
        return expect_gap(blt);
    }
    bool tie = str_eq(word, STR("tie")), withdrawn = str_eq(word, STR("withdrawn"));
    bool undeclared = str_eq(word, STR("undeclared"));
    if (!tie && !withdrawn && !undeclared)
        return scan_fail(&start, blt->fail, "syntax",
                         "expected [tie, [withdrawn, [undeclared or [droop");
    TRY(read_numbers(blt, &count));
    TRY(expect_gap(blt));
    if (tie) return keep_lot(blt, &start, count);
    bool *flags = withdrawn ? blt->profile->withdrawn : blt->profile->undeclared;
    for (uint32_t i = 0; i < count; i++) flags[blt->preferences[i]] = true;
    return CODE_OK;
}

static enum code read_options(struct blt *blt)
{
    for (;;) {
        skip_space(&blt->scan);
        int next = scan_peek(&blt->scan);
        if (next == '-')
            TRY(read_withdrawn(blt));
        else if (next == '[')
            TRY(read_option(blt));
        else
            return CODE_OK;
    }
}

/* One rank: "3", "3=4=5", or "-" for a rank left empty. */
static enum code read_rank(struct blt *blt, uint32_t *length)
{
    if (scan_peek(&blt->scan) == '-') {
        scan_skip(&blt->scan);
        return expect_gap(blt);
    }
    uint32_t equal = 0;
    for (;;) {
        if (*length == blt->profile->candidates)
            return scan_fail(&blt->scan, blt->fail, "duplicate",
                             "more preferences than there are candidates");
        uint32_t candidate = 0;
        TRY(read_candidate_number(blt, &candidate));
        blt->preferences[(*length)++] = candidate | equal;
        if (scan_peek(&blt->scan) != '=') return expect_gap(blt);
        scan_skip(&blt->scan);
        equal = PREFERENCE_EQUAL;
    }
}

static bool at_zero(const struct scan *scan)
{
    struct scan ahead = *scan;
    if (scan_peek(&ahead) != '0') return false;
    scan_skip(&ahead);
    int next = scan_peek(&ahead);
    return is_blank(next) || next == '#' || next == -1;
}

/* "3 1 4 2 0"; `more` becomes false at the 0 that stands alone. */
static enum code read_ballot(struct blt *blt, bool *more)
{
    skip_space(&blt->scan);
    struct scan start = blt->scan;
    uint64_t weight = 0;
    TRY(number(blt, PROFILE_WEIGHT_MAX, &weight));
    TRY(expect_gap(blt));
    *more = weight > 0;
    if (weight == 0) return CODE_OK;
    uint32_t length = 0;
    for (skip_space(&blt->scan); !at_zero(&blt->scan); skip_space(&blt->scan))
        TRY(read_rank(blt, &length));
    scan_skip(&blt->scan);
    return scan_place(
        &start, profile_add(blt->profile, weight, blt->preferences, length, blt->fail), blt->fail);
}

static enum code read_text(struct blt *blt, str *ret)
{
    skip_space(&blt->scan);
    struct scan start = blt->scan;
    if (scan_peek(&blt->scan) != '"')
        return scan_fail(&start, blt->fail, "syntax", "expected text in quotes");
    scan_skip(&blt->scan);
    size_t from = blt->scan.at;
    while (scan_peek(&blt->scan) != '"') {
        if (scan_peek(&blt->scan) == -1 || scan_peek(&blt->scan) == '\n')
            return scan_fail(&start, blt->fail, "syntax", "this quote is not closed on its line");
        scan_skip(&blt->scan);
    }
    *ret = str_trim(str_sub(blt->scan.text, from, blt->scan.at - from));
    scan_skip(&blt->scan);
    return expect_gap(blt);
}

enum code format_blt_read(str text, struct arena *arena, struct profile *ret, struct fail *fail)
{
    struct profile profile;
    struct blt blt = {.profile = &profile, .fail = fail};
    TRY(scan_open(&blt.scan, text, fail));
    TRY(read_head(&blt, arena));
    TRY(read_options(&blt));
    for (bool more = true; more;) TRY(read_ballot(&blt, &more));
    for (uint32_t i = 0; i < profile.candidates; i++) TRY(read_text(&blt, &profile.names[i]));
    TRY(read_text(&blt, &profile.title));
    skip_space(&blt.scan);
    if (!scan_at_end(&blt.scan))
        return scan_fail(&blt.scan, fail, "end", "expected the end of the file");
    *ret = profile;
    return CODE_OK;
}

/* A quote or a line break inside a name would end it for every reader. */
static void write_text(struct buf *out, str text)
{
    buf_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        buf_add_byte(out, (uint8_t)(byte == '"'                    ? '\''
                                    : byte == '\n' || byte == '\r' ? ' '
                                                                   : byte));
    }
    buf_add_cstr(out, "\"\n");
}

static void write_ballot(const struct profile *profile, const struct ballot_group *group,
                         struct buf *out)
{
    buf_add_u64(out, group->weight);
    for (uint32_t k = 0; k < group->length; k++) {
        uint32_t preference = profile->preferences[group->first + k];
        buf_add_byte(out, preference & PREFERENCE_EQUAL ? '=' : ' ');
        buf_add_u64(out, (uint64_t)preference_candidate(preference) + 1);
    }
    buf_add_cstr(out, " 0\n");
}

static void write_options(const struct profile *profile, struct buf *out)
{
    for (uint32_t i = 0; i < profile->candidates; i++)
        if (profile->undeclared[i]) buf_printf(out, "[undeclared %u]\n", i + 1);
    if (!profile->lot) return;
    buf_add_cstr(out, "[tie");
    for (uint32_t i = 0; i < profile->candidates; i++) buf_printf(out, " %u", profile->lot[i] + 1);
    buf_add_cstr(out, "]\n");
}

void format_blt_write(const struct profile *profile, bool anonymous, struct buf *out)
{
    buf_printf(out, "%u %u\n", profile->candidates, profile->seats);
    for (uint32_t i = 0; i < profile->candidates; i++)
        if (profile->withdrawn[i]) buf_printf(out, "-%u\n", i + 1);
    write_options(profile, out);
    for (size_t i = 0; i < profile->group_count; i++)
        write_ballot(profile, &profile->groups[i], out);
    buf_add_cstr(out, "0\n");
    for (uint32_t i = 0; i < profile->candidates; i++) {
        if (anonymous || profile->names[i].len == 0)
            buf_printf(out, "\"Candidate %u\"\n", i + 1);
        else
            write_text(out, profile->names[i]);
    }
    write_text(out, anonymous ? STR("") : profile->title);
}
