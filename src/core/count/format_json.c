/* format_json.c - ballots as one JSON object, keys in any order, white space anywhere:
 *     {"title": "Board", "seats": 2, "candidates": ["Anna", {"name": "Bo", "party": "Red"}],
 * "withdrawn": [2], "ballots": [{"count": 3, "preferences": [1, [2, 3]]}, {"preferences": []}]}
 * Preferences are candidate numbers from 1, highest first; a list among them is one rank shared. */
#include "base/json.h"
#include "base/text.h"
#include "core/count/format.h"
#include "core/count/scan.h"

struct reader_json {
    struct scan scan;
    struct arena *arena;
    struct profile *profile;
    struct fail *fail;
    uint32_t *ballot;
};

static void skip_space(struct scan *scan)
{
    for (int next = scan_peek(scan); next == ' ' || next == '\t' || next == '\r' || next == '\n';
         next = scan_peek(scan))
        scan_skip(scan);
}

static bool next_is(struct scan *scan, char byte)
{
    skip_space(scan);
    if (scan_peek(scan) != byte) return false;
    scan_skip(scan);
    return true;
}

static enum code expect(struct reader_json *r, char byte, const char *expected)
{
    if (next_is(&r->scan, byte)) return CODE_OK;
    return scan_fail(&r->scan, r->fail, "syntax", expected);
}

static enum code read_hex4(struct reader_json *r, uint32_t *ret)
{
    *ret = 0;
    for (int i = 0; i < 4; i++) {
        int byte = scan_peek(&r->scan);
        uint32_t digit = 16;
        if (byte >= '0' && byte <= '9') digit = (uint32_t)(byte - '0');
        if (byte >= 'a' && byte <= 'f') digit = (uint32_t)(byte - 'a' + 10);
        if (byte >= 'A' && byte <= 'F') digit = (uint32_t)(byte - 'A' + 10);
        if (digit == 16)
            return scan_fail(&r->scan, r->fail, "escape", "expected four hexadecimal digits");
        *ret = *ret * 16 + digit;
        scan_skip(&r->scan);
    }
    return CODE_OK;
}

/* Behind "\u": one code point, perhaps as a pair of surrogates. */
static enum code read_code_point(struct reader_json *r, char *out, size_t *len)
{
    struct scan start = r->scan;
    uint32_t high = 0, low = 0;
    TRY(read_hex4(r, &high));
    if (high >= 0xD800 && high < 0xDC00) {
        if (scan_peek(&r->scan) == '\\') scan_skip(&r->scan);
        if (scan_peek(&r->scan) == 'u') scan_skip(&r->scan);
        TRY(read_hex4(r, &low));
        if (low < 0xDC00 || low > 0xDFFF)
            return scan_fail(&start, r->fail, "escape", "half of a surrogate pair");
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    size_t bytes = high ? utf8_encode(high, out + *len) : 0;
    if (bytes == 0) return scan_fail(&start, r->fail, "escape", "this is no character");
    *len += bytes;
    return CODE_OK;
}

static enum code read_escape(struct reader_json *r, char *out, size_t *len)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int byte = scan_peek(&r->scan);
    if (byte == 'u') {
        scan_skip(&r->scan);
        return read_code_point(r, out, len);
    }
    const char *known = byte > 0 ? strchr(from, byte) : NULL;
    if (!known) return scan_fail(&r->scan, r->fail, "escape", "no such escape");
    scan_skip(&r->scan);
    out[(*len)++] = to[known - from];
    return CODE_OK;
}

static enum code read_string(struct reader_json *r, str *ret)
{
    skip_space(&r->scan);
    struct scan start = r->scan;
    TRY(expect(r, '"', "expected a string"));
    size_t from = r->scan.at, end = from, len = 0;
    while (end < r->scan.text.len && r->scan.text.at[end] != '"')
        end += r->scan.text.at[end] == '\\' ? 2 : 1;
    if (end >= r->scan.text.len)
        return scan_fail(&start, r->fail, "syntax", "this string is not closed");
    char *out = ARENA_ARRAY(r->arena, end - from + 1,
                            char); /* an escape is longer than what it stands for */
    if (!out) return fail_set(r->fail, CODE_NO_MEMORY, "memory", "no room for a string");
    while (scan_peek(&r->scan) != '"') {
        int byte = scan_peek(&r->scan);
        if (byte < 0x20)
            return scan_fail(&r->scan, r->fail, "control", "a control character must be escaped");
        scan_skip(&r->scan);
        if (byte == '\\')
            TRY(read_escape(r, out, &len));
        else
            out[len++] = (char)byte;
    }
    scan_skip(&r->scan);
    *ret = (str){out, len};
    return CODE_OK;
}

static enum code read_number(struct reader_json *r, uint64_t max, uint64_t *ret)
{
    skip_space(&r->scan);
    TRY(scan_number(&r->scan, max, ret, r->fail));
    int next = scan_peek(&r->scan);
    if (next == '.' || next == 'e' || next == 'E')
        return scan_fail(&r->scan, r->fail, "number", "expected a whole number");
    return CODE_OK;
}

/* Another element of a list? Call it first with `first` set. */
static enum code more(struct reader_json *r, char close, bool *first, bool *ret_more)
{
    *ret_more = false;
    if (next_is(&r->scan, close)) return CODE_OK;
    if (!*first) TRY(expect(r, ',', "expected a comma or the end of the list"));
    *first = false;
    *ret_more = true;
    return CODE_OK;
}

static enum code skip_to_end_of_value(struct reader_json *r)
{
    uint32_t depth = 0;
    for (;;) {
        skip_space(&r->scan);
        int byte = scan_peek(&r->scan);
        if (byte == -1) return scan_fail(&r->scan, r->fail, "end", "the text ends too early");
        if (depth == 0 && (byte == ',' || byte == '}' || byte == ']')) return CODE_OK;
        if (byte == '"') {
            str ignored = {0};
            TRY(read_string(r, &ignored));
            continue;
        }
        if (byte == '[' || byte == '{') depth++;
        if (byte == ']' || byte == '}') depth--;
        scan_skip(&r->scan);
    }
}

static enum code read_candidate(struct reader_json *r, str *name, str *party)
{
    bool first = true, again = false;
    skip_space(&r->scan);
    if (scan_peek(&r->scan) == '"') return read_string(r, name);
    TRY(expect(r, '{', "expected a name or an object with a name"));
    for (;;) {
        TRY(more(r, '}', &first, &again));
        if (!again) break;
        struct scan at = r->scan;
        str key = {0};
        TRY(read_string(r, &key));
        TRY(expect(r, ':', "expected a colon"));
        if (str_eq(key, STR("name")))
            TRY(read_string(r, name));
        else if (str_eq(key, STR("party")))
            TRY(read_string(r, party));
        else
            return scan_fail(&at, r->fail, "unknown", "expected name or party");
    }
    return CODE_OK;
}

/* Two passes: how many, then who. */
static enum code read_candidates(struct reader_json *r)
{
    struct scan start = r->scan;
    for (int pass = 0; pass < 2; pass++) {
        bool first = true, again = false;
        uint32_t count = 0;
        r->scan = start;
        TRY(expect(r, '[', "expected the list of candidates"));
        for (;;) {
            TRY(more(r, ']', &first, &again));
            if (!again) break;
            str name = {0}, party = {0};
            TRY(read_candidate(r, &name, &party));
            if (pass == 1) r->profile->names[count] = name;
            if (pass == 1) r->profile->parties[count] = party;
            if (++count > PROFILE_CANDIDATES_MAX)
                return scan_fail(&r->scan, r->fail, "candidate", "at most 10000 candidates");
        }
        if (pass == 1) break;
        if (count == 0)
            return scan_fail(&start, r->fail, "candidate", "expected at least one candidate");
        TRY(scan_place(&start, profile_init(r->profile, count, r->arena, r->fail), r->fail));
        r->ballot = ARENA_ARRAY(r->arena, count, uint32_t);
        if (!r->ballot) return fail_set(r->fail, CODE_NO_MEMORY, "memory", "no room for a ballot");
    }
    return CODE_OK;
}

static enum code read_candidate_number(struct reader_json *r, uint32_t *ret)
{
    uint64_t number = 0;
    skip_space(&r->scan);
    struct scan at = r->scan;
    TRY(read_number(r, UINT32_MAX, &number));
    if (number == 0 || number > r->profile->candidates)
        return scan_fail(&at, r->fail, "candidate", "no such candidate");
    *ret = (uint32_t)number - 1;
    return CODE_OK;
}

static enum code read_preference(struct reader_json *r, uint32_t equal, uint32_t *length)
{
    uint32_t candidate = 0;
    struct scan at = r->scan;
    TRY(read_candidate_number(r, &candidate));
    if (*length == r->profile->candidates)
        return scan_fail(&at, r->fail, "duplicate", "more preferences than there are candidates");
    r->ballot[(*length)++] = candidate | equal;
    return CODE_OK;
}

static enum code read_preferences(struct reader_json *r, uint32_t *length)
{
    bool first = true, again = false;
    TRY(expect(r, '[', "expected the list of preferences"));
    for (;;) {
        TRY(more(r, ']', &first, &again));
        if (!again) break;
        bool inner = true, shared = false;
        uint32_t equal = 0;
        skip_space(&r->scan);
        if (scan_peek(&r->scan) != '[') {
            TRY(read_preference(r, 0, length));
            continue;
        }
        scan_skip(&r->scan);
        for (;;) {
            TRY(more(r, ']', &inner, &shared));
            if (!shared) break;
            TRY(read_preference(r, equal, length));
            equal = PREFERENCE_EQUAL;
        }
    }
    return CODE_OK;
}

static enum code read_ballot(struct reader_json *r)
{
    bool first = true, again = false, named = false;
    uint64_t count = 1;
    uint32_t length = 0;
    skip_space(&r->scan);
    struct scan start = r->scan;
    TRY(expect(r, '{', "expected a ballot with preferences"));
    for (;;) {
        TRY(more(r, '}', &first, &again));
        if (!again) break;
        struct scan at = r->scan;
        str key = {0};
        TRY(read_string(r, &key));
        TRY(expect(r, ':', "expected a colon"));
        if (str_eq(key, STR("count"))) {
            TRY(read_number(r, PROFILE_WEIGHT_MAX, &count));
        } else if (str_eq(key, STR("preferences")) && !named) {
            named = true;
            TRY(read_preferences(r, &length));
        } else {
            return scan_fail(&at, r->fail, "unknown", "expected count or preferences, once each");
        }
    }
    if (!named) return scan_fail(&start, r->fail, "missing", "this ballot has no preferences");
    return scan_place(&start, profile_add(r->profile, count, r->ballot, length, r->fail), r->fail);
}

static enum code read_ballots(struct reader_json *r)
{
    bool first = true, again = false;
    TRY(expect(r, '[', "expected the list of ballots"));
    for (;;) {
        TRY(more(r, ']', &first, &again));
        if (!again) break;
        TRY(read_ballot(r));
    }
    return CODE_OK;
}

static enum code read_withdrawn(struct reader_json *r)
{
    bool first = true, again = false;
    TRY(expect(r, '[', "expected a list of candidate numbers"));
    for (;;) {
        TRY(more(r, ']', &first, &again));
        if (!again) break;
        uint32_t candidate = 0;
        TRY(read_candidate_number(r, &candidate));
        r->profile->withdrawn[candidate] = true;
    }
    return CODE_OK;
}

struct members { /* where the values of the one object begin; line 0 = absent */
    struct scan title, seats, candidates, withdrawn, ballots;
};

static enum code find_members(struct reader_json *r, struct members *members)
{
    bool first = true, again = false;
    TRY(expect(r, '{', "expected an object"));
    for (;;) {
        TRY(more(r, '}', &first, &again));
        if (!again) break;
        const struct {
            str name;
            struct scan *at;
        } known[] = {{STR("title"), &members->title},
                     {STR("seats"), &members->seats},
                     {STR("candidates"), &members->candidates},
                     {STR("withdrawn"), &members->withdrawn},
                     {STR("ballots"), &members->ballots}};
        skip_space(&r->scan);
        struct scan at = r->scan;
        str key = {0};
        size_t which = 0;
        TRY(read_string(r, &key));
        while (which < COUNT(known) && !str_eq(key, known[which].name)) which++;
        if (which == COUNT(known))
            return scan_fail(&at, r->fail, "unknown",
                             "expected title, seats, candidates, withdrawn or ballots");
        if (known[which].at->line)
            return scan_fail(&at, r->fail, "duplicate", "this key stands here already");
        TRY(expect(r, ':', "expected a colon"));
        *known[which].at = r->scan;
        TRY(skip_to_end_of_value(r));
    }
    skip_space(&r->scan);
    if (!scan_at_end(&r->scan))
        return scan_fail(&r->scan, r->fail, "end", "expected the end of the text");
    if (!members->candidates.line || !members->ballots.line)
        return scan_fail(&r->scan, r->fail, "missing", "candidates and ballots are needed");
    return CODE_OK;
}

/* Reads the value that begins at `at`, and nothing but it up to the comma or bracket that ends it.
 */
static enum code read_member(struct reader_json *r, const struct scan *at,
                             enum code (*read)(struct reader_json *))
{
    if (!at->line) return CODE_OK;
    r->scan = *at;
    TRY(read(r));
    skip_space(&r->scan);
    int next = scan_peek(&r->scan);
    if (next == ',' || next == '}') return CODE_OK;
    return scan_fail(&r->scan, r->fail, "syntax", "expected a comma or the end of the object");
}

static enum code read_title(struct reader_json *r)
{
    return read_string(r, &r->profile->title);
}

static enum code read_seats(struct reader_json *r)
{
    uint64_t seats = 0;
    TRY(read_number(r, PROFILE_CANDIDATES_MAX, &seats));
    r->profile->seats = (uint32_t)seats;
    return CODE_OK;
}

enum code format_json_read(str text, struct arena *arena, struct profile *ret, struct fail *fail)
{
    struct profile profile = {0};
    struct members members = {0};
    struct reader_json r = {.arena = arena, .profile = &profile, .fail = fail};
    TRY(scan_open(&r.scan, text, fail));
    TRY(find_members(&r, &members));
    TRY(read_member(&r, &members.candidates, read_candidates));
    TRY(read_member(&r, &members.title, read_title));
    TRY(read_member(&r, &members.seats, read_seats));
    TRY(read_member(&r, &members.withdrawn, read_withdrawn));
    TRY(read_member(&r, &members.ballots, read_ballots));
    *ret = profile;
    return CODE_OK;
}

static void write_preferences(struct json_writer *w, const struct profile *profile,
                              const struct ballot_group *group)
{
    const uint32_t *preferences = profile->preferences + group->first;
    json_array(w);
    for (uint32_t i = 0; i < group->length;) {
        uint32_t rank = 1;
        while (i + rank < group->length && preferences[i + rank] & PREFERENCE_EQUAL) rank++;
        if (rank > 1) json_array(w);
        for (uint32_t k = 0; k < rank; k++)
            json_u64(w, (uint64_t)preference_candidate(preferences[i + k]) + 1);
        if (rank > 1) json_array_end(w);
        i += rank;
    }
    json_array_end(w);
}

static void write_candidates(struct json_writer *w, const struct profile *profile)
{
    json_key(w, STR("candidates"));
    json_array(w);
    for (uint32_t i = 0; i < profile->candidates; i++) {
        if (profile->parties[i].len == 0) {
            json_str(w, profile->names[i]);
            continue;
        }
        json_object(w);
        json_kv_str(w, STR("name"), profile->names[i]);
        json_kv_str(w, STR("party"), profile->parties[i]);
        json_object_end(w);
    }
    json_array_end(w);
}

void format_json_write(const struct profile *profile, struct buf *out)
{
    struct json_writer w;
    json_writer_init_free(&w, out);
    json_object(&w);
    json_kv_str(&w, STR("title"), profile->title);
    json_kv_u64(&w, STR("seats"), profile->seats);
    write_candidates(&w, profile);
    json_key(&w, STR("withdrawn"));
    json_array(&w);
    for (uint32_t i = 0; i < profile->candidates; i++)
        if (profile->withdrawn[i]) json_u64(&w, (uint64_t)i + 1);
    json_array_end(&w);
    json_key(&w, STR("ballots"));
    json_array(&w);
    for (size_t g = 0; g < profile->group_count; g++) {
        json_object(&w);
        json_kv_u64(&w, STR("count"), profile->groups[g].weight);
        json_key(&w, STR("preferences"));
        write_preferences(&w, profile, &profile->groups[g]);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
}
