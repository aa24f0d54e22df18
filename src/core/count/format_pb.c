/* format_pb.c - participatory budgets as Pabulib writes them (pabulib.org, "PB format"): the
 * sections META, PROJECTS and VOTES, each with a header row; fields separated by semicolons,
 * perhaps in quotes. Whatever a ballot lists counts as supported, whether the votes are approvals,
 * ranks or points. */
#include "base/sort.h"
#include "core/count/format.h"
#include "core/count/scan.h"

enum { PB_FIELDS_MAX = 64, PB_PLACES_MAX = 4 };

struct pb {
    struct scan scan;
    struct arena *arena;
    struct profile *profile;
    struct fail *fail;
    str field[PB_FIELDS_MAX]; /* of the row last read */
    struct scan at[PB_FIELDS_MAX];
    uint32_t fields;
    uint64_t votes_stated, projects_stated;
    bool has_votes_stated, has_projects_stated, approvals;
    str budget, *costs; /* as text until the places are known */
    struct scan budget_at, *costs_at;
    uint32_t projects, projects_room, *by_id, *ballot;
};

static enum code read_field(struct pb *pb, str *ret)
{
    struct scan *scan = &pb->scan;
    size_t from = scan->at;
    if (scan_peek(scan) != '"') {
        while (scan_peek(scan) != ';' && scan_peek(scan) != '\n' && scan_peek(scan) != -1)
            scan_skip(scan);
        *ret = str_trim(str_sub(scan->text, from, scan->at - from));
        return CODE_OK;
    }
    struct scan start = *scan;
    scan_skip(scan);
    for (;;) {
        int byte = scan_peek(scan);
        if (byte == -1) return scan_fail(&start, pb->fail, "syntax", "this quote is not closed");
        scan_skip(scan);
        if (byte != '"') continue;
        if (scan_peek(scan) != '"') break;
        scan_skip(scan);
    }
    *ret = str_trim(str_sub(scan->text, from + 1, scan->at - from - 2));
    scan_blanks(scan);
    int next = scan_peek(scan);
    if (next == '\r' || next == ';' || next == '\n' || next == -1) return CODE_OK;
    return scan_fail(scan, pb->fail, "syntax", "expected a semicolon or the end of the row");
}

static enum code read_row(struct pb *pb)
{
    struct scan *scan = &pb->scan;
    pb->fields = 0;
    for (;;) {
        if (pb->fields == PB_FIELDS_MAX)
            return scan_fail(scan, pb->fail, "syntax", "more than 64 fields in a row");
        pb->at[pb->fields] = *scan;
        TRY(read_field(pb, &pb->field[pb->fields++]));
        if (scan_peek(scan) == '\r') scan_skip(scan);
        if (scan_peek(scan) != ';') break;
        scan_skip(scan);
    }
    scan_skip(scan);
    return CODE_OK;
}

static bool row_is(const struct pb *pb, str word)
{
    return pb->fields == 1 && str_eq(pb->field[0], word);
}

static enum code expect_row(struct pb *pb, str word, const char *expected)
{
    struct scan start = pb->scan;
    TRY(read_row(pb));
    return row_is(pb, word) ? CODE_OK : scan_fail(&start, pb->fail, "syntax", expected);
}

static enum code read_stated(struct pb *pb, uint64_t *ret, bool *has)
{
    *has = true;
    if (str_to_u64(pb->field[1], ret)) return CODE_OK;
    return scan_fail(&pb->at[1], pb->fail, "number", "expected a whole number");
}

static enum code read_meta(struct pb *pb)
{
    TRY(expect_row(pb, STR("META"), "expected META"));
    for (;;) {
        struct scan start = pb->scan;
        if (scan_at_end(&start)) return scan_fail(&start, pb->fail, "end", "expected PROJECTS");
        TRY(read_row(pb));
        if (row_is(pb, STR("PROJECTS"))) break;
        if (pb->fields < 2) continue;
        if (str_eq(pb->field[0], STR("num_votes")))
            TRY(read_stated(pb, &pb->votes_stated, &pb->has_votes_stated));
        if (str_eq(pb->field[0], STR("num_projects")))
            TRY(read_stated(pb, &pb->projects_stated, &pb->has_projects_stated));
        if (str_eq(pb->field[0], STR("budget"))) {
            pb->budget = pb->field[1];
            pb->budget_at = pb->at[1];
        }
        if (str_eq(pb->field[0], STR("description"))) pb->profile->title = pb->field[1];
        if (str_eq(pb->field[0], STR("vote_type")))
            pb->approvals =
                str_eq(pb->field[1], STR("approval")) || str_eq(pb->field[1], STR("choose-1"));
    }
    if (pb->budget.len) return CODE_OK;
    return scan_fail(&pb->scan, pb->fail, "missing", "META names no budget");
}

/* Index of a column in the header row just read, PB_FIELDS_MAX when it is not there. */
static uint32_t column(const struct pb *pb, str name)
{
    for (uint32_t i = 0; i < pb->fields; i++)
        if (str_eq(pb->field[i], name)) return i;
    return PB_FIELDS_MAX;
}

/* Rows of PROJECTS at most, for room. */
static uint32_t rows_ahead(const struct pb *pb)
{
    uint32_t rows = 1;
    str rest = str_sub(pb->scan.text, pb->scan.at, pb->scan.text.len);
    while (rest.len && rows <= PROFILE_CANDIDATES_MAX) {
        str line = str_trim(str_cut(&rest, '\n'));
        if (str_eq(line, STR("VOTES"))) break;
        rows++;
    }
    return rows;
}

static enum code open_projects(struct pb *pb)
{
    uint32_t rows = rows_ahead(pb);
    if (rows > PROFILE_CANDIDATES_MAX)
        return fail_at(pb->fail, CODE_TOO_BIG, "candidates", pb->scan.line, 1,
                       "at most %d projects", PROFILE_CANDIDATES_MAX);
    str title = pb->profile->title;
    TRY(scan_place(&pb->scan, profile_init(pb->profile, rows, pb->arena, pb->fail), pb->fail));
    pb->profile->title = title;
    pb->profile->ids = ARENA_ARRAY(pb->arena, rows, str);
    pb->profile->costs = ARENA_ARRAY(pb->arena, rows, uint64_t);
    pb->costs = ARENA_ARRAY(pb->arena, rows, str);
    pb->costs_at = ARENA_ARRAY(pb->arena, rows, struct scan);
    pb->by_id = ARENA_ARRAY(pb->arena, rows, uint32_t);
    pb->ballot = ARENA_ARRAY(pb->arena, rows, uint32_t);
    pb->projects_room = rows;
    if (!pb->profile->ids || !pb->profile->costs || !pb->costs || !pb->costs_at || !pb->by_id ||
        !pb->ballot)
        return fail_set(pb->fail, CODE_NO_MEMORY, "memory", "no room for the projects");
    return CODE_OK;
}

static int by_id(const void *left, const void *right, const void *context)
{
    const str *ids = context;
    return str_cmp(ids[*(const uint32_t *)left], ids[*(const uint32_t *)right]);
}

static enum code index_ids(struct pb *pb)
{
    for (uint32_t i = 0; i < pb->projects; i++) pb->by_id[i] = i;
    if (pb->projects && sort_stable(pb->by_id, pb->projects, sizeof *pb->by_id, by_id,
                                    pb->profile->ids, pb->arena->alloc) != CODE_OK)
        return fail_set(pb->fail, CODE_NO_MEMORY, "memory", "no room to sort the projects");
    for (uint32_t i = 1; i < pb->projects; i++)
        if (str_eq(pb->profile->ids[pb->by_id[i]], pb->profile->ids[pb->by_id[i - 1]]))
            return scan_fail(&pb->costs_at[pb->by_id[i]], pb->fail, "duplicate",
                             "two projects have this row's id");
    return CODE_OK;
}

static enum code read_projects(struct pb *pb)
{
    TRY(read_row(pb));
    uint32_t id = column(pb, STR("project_id")), cost = column(pb, STR("cost")),
             name = column(pb, STR("name"));
    if (id == PB_FIELDS_MAX || cost == PB_FIELDS_MAX)
        return scan_fail(&pb->at[0], pb->fail, "syntax",
                         "expected the columns project_id and cost");
    TRY(open_projects(pb));
    for (;;) {
        struct scan start = pb->scan;
        if (scan_at_end(&start)) return scan_fail(&start, pb->fail, "end", "expected VOTES");
        TRY(read_row(pb));
        if (row_is(pb, STR("VOTES"))) break;
        if (row_is(pb, STR(""))) continue;
        if (id >= pb->fields || cost >= pb->fields || pb->projects == pb->projects_room)
            return scan_fail(&start, pb->fail, "syntax",
                             "expected a project with an id and a cost");
        pb->profile->ids[pb->projects] = pb->field[id];
        pb->profile->names[pb->projects] = name < pb->fields ? pb->field[name] : pb->field[id];
        pb->costs_at[pb->projects] = pb->at[cost];
        pb->costs[pb->projects++] = pb->field[cost];
    }
    pb->profile->candidates = pb->projects;
    if (pb->has_projects_stated && pb->projects_stated != pb->projects)
        return scan_fail(&pb->scan, pb->fail, "end",
                         "there are not as many projects as num_projects says");
    return index_ids(pb);
}

/* Digits behind the point that are not zeros at its end. */
static size_t places_of(str text)
{
    str rest = text;
    str_cut(&rest, '.');
    while (rest.len && rest.at[rest.len - 1] == '0') rest = str_sub(rest, 0, rest.len - 1);
    return rest.len;
}

/* "1607513.56" in units of 10^-places. */
static enum code read_money(struct pb *pb, str text, const struct scan *at, size_t places,
                            uint64_t *ret)
{
    str rest = text, whole = str_cut(&rest, '.');
    uint64_t value = 0;
    bool good = str_to_u64(whole, &value) && value <= PROFILE_WEIGHT_MAX;
    for (size_t i = 0; i < rest.len; i++) good = good && rest.at[i] >= '0' && rest.at[i] <= '9';
    if (!good)
        return scan_fail(at, pb->fail, "number",
                         "expected an amount of money like 1200 or 1200.50");
    for (size_t i = 0; i < places; i++)
        value = value * 10 + (i < rest.len ? (uint64_t)(rest.at[i] - '0') : 0);
    *ret = value;
    return CODE_OK;
}

static enum code settle_money(struct pb *pb)
{
    size_t places = places_of(pb->budget);
    const struct scan *at = &pb->budget_at;
    for (uint32_t i = 0; i < pb->projects; i++)
        if (places_of(pb->costs[i]) > places) {
            places = places_of(pb->costs[i]);
            at = &pb->costs_at[i];
        }
    if (places > PB_PLACES_MAX)
        return scan_fail(at, pb->fail, "number", "at most 4 digits behind the point");
    pb->profile->cost_unit = 1;
    for (size_t i = 0; i < places; i++) pb->profile->cost_unit *= 10;
    TRY(read_money(pb, pb->budget, &pb->budget_at, places, &pb->profile->budget));
    for (uint32_t i = 0; i < pb->projects; i++)
        TRY(read_money(pb, pb->costs[i], &pb->costs_at[i], places, &pb->profile->costs[i]));
    return CODE_OK;
}

static bool find_project(const struct pb *pb, str id, uint32_t *ret)
{
    uint32_t low = 0, high = pb->projects;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(pb->profile->ids[pb->by_id[middle]], id);
        if (order == 0) {
            *ret = pb->by_id[middle];
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Approvals have no order: ascending, so that equal ballots look equal. */
static void sort_ballot(uint32_t *ballot, uint32_t length)
{
    for (uint32_t i = 1; i < length; i++) {
        uint32_t moved = ballot[i], at = i;
        for (; at > 0 && ballot[at - 1] > moved; at--) ballot[at] = ballot[at - 1];
        ballot[at] = moved;
    }
}

static enum code read_vote(struct pb *pb, uint32_t column)
{
    if (column >= pb->fields)
        return scan_fail(&pb->at[0], pb->fail, "syntax", "this row has no vote");
    str rest = pb->field[column];
    uint32_t length = 0;
    while (rest.len) {
        if (length == pb->projects)
            return scan_fail(&pb->at[column], pb->fail, "duplicate",
                             "more projects than there are");
        if (!find_project(pb, str_trim(str_cut(&rest, ',')), &pb->ballot[length++]))
            return scan_fail(&pb->at[column], pb->fail, "candidate",
                             "the vote names a project that is not listed");
    }
    if (pb->approvals) sort_ballot(pb->ballot, length);
    return scan_place(&pb->at[column], profile_add(pb->profile, 1, pb->ballot, length, pb->fail),
                      pb->fail);
}

static enum code read_votes(struct pb *pb)
{
    TRY(read_row(pb));
    uint32_t vote = column(pb, STR("vote"));
    if (vote == PB_FIELDS_MAX)
        return scan_fail(&pb->at[0], pb->fail, "syntax", "expected the column vote");
    while (!scan_at_end(&pb->scan)) {
        TRY(read_row(pb));
        if (row_is(pb, STR(""))) continue;
        TRY(read_vote(pb, vote));
    }
    if (pb->has_votes_stated && pb->votes_stated != pb->profile->ballots)
        return scan_fail(&pb->scan, pb->fail, "end",
                         "there are not as many votes as num_votes says");
    return CODE_OK;
}

enum code format_pb_read(str text, struct arena *arena, struct profile *ret, struct fail *fail)
{
    struct profile profile = {0};
    struct pb *pb = ARENA_NEW(arena, struct pb);
    if (!pb) return fail_set(fail, CODE_NO_MEMORY, "memory", "no room to read");
    *pb = (struct pb){.arena = arena, .profile = &profile, .fail = fail};
    TRY(scan_open(&pb->scan, text, fail));
    TRY(read_meta(pb));
    TRY(read_projects(pb));
    TRY(settle_money(pb));
    TRY(read_votes(pb));
    if (profile_merge(&profile, arena->alloc) != CODE_OK)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no room to merge equal ballots");
    *ret = profile;
    return CODE_OK;
}
