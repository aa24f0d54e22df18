/* format_preflib.c - orders as PrefLib writes them (preflib.org/format, since 2022): lines "# KEY:
 * value", then "count: 1,2,{3,4}" with equal ranks in braces. The endings soc, soi, toc and toi
 * differ only in what may stand there, and each is held to that: complete orders name everyone,
 * strict ones have no braces. */
#include "core/count/format.h"
#include "core/count/scan.h"

struct preflib {
    struct scan scan;
    struct arena *arena;
    struct profile *profile;
    struct fail *fail;
    uint32_t *ballot;
    uint64_t voters;
    bool open, has_voters, complete, strict;
    str title;
};

static enum code number_of(struct preflib *p, const struct scan *at, str value, uint64_t *ret)
{
    if (str_to_u64(value, ret)) return CODE_OK;
    return scan_fail(at, p->fail, "number", "expected a whole number behind the colon");
}

static enum code open_profile(struct preflib *p, const struct scan *at, str value)
{
    uint64_t count = 0;
    TRY(number_of(p, at, value, &count));
    if (p->open)
        return scan_fail(at, p->fail, "duplicate", "the number of alternatives is stated twice");
    if (count == 0 || count > PROFILE_CANDIDATES_MAX)
        return scan_fail(at, p->fail, "number",
                         "expected a number of alternatives from 1 to 10000");
    TRY(scan_place(at, profile_init(p->profile, (uint32_t)count, p->arena, p->fail), p->fail));
    p->ballot = ARENA_ARRAY(p->arena, count, uint32_t);
    if (!p->ballot) return fail_set(p->fail, CODE_NO_MEMORY, "memory", "no room for a ballot");
    p->open = true;
    return CODE_OK;
}

static enum code name_alternative(struct preflib *p, const struct scan *at, str which, str name)
{
    uint64_t number = 0;
    TRY(number_of(p, at, which, &number));
    if (!p->open || number == 0 || number > p->profile->candidates)
        return scan_fail(at, p->fail, "candidate",
                         "no such alternative, or their number is not stated yet");
    p->profile->names[number - 1] = name;
    return CODE_OK;
}

/* "# NUMBER ALTERNATIVES: 4"; keys we do not use are passed over. */
static enum code read_key(struct preflib *p)
{
    static const str name = {"ALTERNATIVE NAME ", 17};
    struct scan at = p->scan;
    scan_skip(&p->scan);
    str value = scan_line(&p->scan), key = str_trim(str_cut(&value, ':'));
    value = str_trim(value);
    if (str_eq(key, STR("NUMBER ALTERNATIVES"))) return open_profile(p, &at, value);
    if (str_starts(key, name))
        return name_alternative(p, &at, str_trim(str_sub(key, name.len, key.len)), value);
    if (str_eq(key, STR("TITLE"))) p->title = value;
    p->has_voters |= str_eq(key, STR("NUMBER VOTERS"));
    if (str_eq(key, STR("NUMBER VOTERS"))) return number_of(p, &at, value, &p->voters);
    return CODE_OK;
}

static enum code read_alternative(struct preflib *p, uint32_t equal, uint32_t *length)
{
    struct scan at = p->scan;
    uint64_t number = 0;
    TRY(scan_number(&p->scan, UINT32_MAX, &number, p->fail));
    if (number == 0 || number > p->profile->candidates)
        return scan_fail(&at, p->fail, "candidate", "no such alternative");
    if (*length == p->profile->candidates)
        return scan_fail(&at, p->fail, "duplicate", "more preferences than there are alternatives");
    p->ballot[(*length)++] = (uint32_t)(number - 1) | equal;
    scan_blanks(&p->scan);
    return CODE_OK;
}

/* "{3,4}" */
static enum code read_equals(struct preflib *p, uint32_t *length)
{
    if (p->strict)
        return scan_fail(&p->scan, p->fail, "syntax", "this kind of file has no equal ranks");
    scan_skip(&p->scan);
    for (uint32_t equal = 0;; equal = PREFERENCE_EQUAL) {
        scan_blanks(&p->scan);
        TRY(read_alternative(p, equal, length));
        int next = scan_peek(&p->scan);
        if (next != ',' && next != '}')
            return scan_fail(&p->scan, p->fail, "syntax", "expected a comma or }");
        scan_skip(&p->scan);
        if (next == '}') break;
    }
    scan_blanks(&p->scan);
    return CODE_OK;
}

static enum code read_order(struct preflib *p)
{
    struct scan start = p->scan;
    uint64_t weight = 0;
    uint32_t length = 0;
    if (!p->open)
        return scan_fail(&start, p->fail, "missing",
                         "expected # NUMBER ALTERNATIVES before the orders");
    TRY(scan_number(&p->scan, PROFILE_WEIGHT_MAX, &weight, p->fail));
    scan_blanks(&p->scan);
    if (scan_peek(&p->scan) != ':')
        return scan_fail(&p->scan, p->fail, "syntax", "expected a colon behind the count");
    scan_skip(&p->scan);
    for (;;) {
        scan_blanks(&p->scan);
        if (scan_peek(&p->scan) == '{')
            TRY(read_equals(p, &length));
        else
            TRY(read_alternative(p, 0, &length));
        if (scan_peek(&p->scan) != ',') break;
        scan_skip(&p->scan);
    }
    if (p->complete && length < p->profile->candidates)
        return scan_fail(&p->scan, p->fail, "end", "a complete order names every alternative");
    if (scan_peek(&p->scan) == '\r') scan_skip(&p->scan);
    if (!scan_at_end(&p->scan) && scan_peek(&p->scan) != '\n')
        return scan_fail(&p->scan, p->fail, "syntax", "expected a comma or the end of the line");
    scan_skip(&p->scan);
    return scan_place(&start, profile_add(p->profile, weight, p->ballot, length, p->fail), p->fail);
}

static enum code read_lines(struct preflib *p)
{
    while (!scan_at_end(&p->scan)) {
        scan_blanks(&p->scan);
        int next = scan_peek(&p->scan);
        if (next == '#')
            TRY(read_key(p));
        else if (next == '\n' || next == '\r')
            scan_skip(&p->scan);
        else if (next != -1)
            TRY(read_order(p));
    }
    if (!p->open) return scan_fail(&p->scan, p->fail, "missing", "expected # NUMBER ALTERNATIVES");
    if (p->has_voters && p->voters != p->profile->ballots)
        return scan_fail(&p->scan, p->fail, "end",
                         "there are not as many voters as # NUMBER VOTERS says");
    return CODE_OK;
}

enum code format_preflib_read(enum count_format format, str text, struct arena *arena,
                              struct profile *ret, struct fail *fail)
{
    struct profile profile = {0};
    struct preflib p = {
        .arena = arena,
        .profile = &profile,
        .fail = fail,
        .complete = format == COUNT_FORMAT_SOC || format == COUNT_FORMAT_TOC,
        .strict = format == COUNT_FORMAT_SOC || format == COUNT_FORMAT_SOI,
    };
    TRY(scan_open(&p.scan, text, fail));
    TRY(read_lines(&p));
    profile.title = p.title;
    *ret = profile;
    return CODE_OK;
}
