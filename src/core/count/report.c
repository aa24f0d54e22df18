/* report.c - results as documents: --json, the canonical sheet and its digest. */
#include "core/count/report.h"

void count_votes_write(uint64_t scaled, uint32_t places, struct buf *out)
{
    uint64_t one = 1;
    for (uint32_t i = 0; i < places; i++) one *= 10;
    buf_add_u64(out, scaled / one);
    if (places) buf_printf(out, ".%0*llu", (int)places, (unsigned long long)(scaled % one));
}

static void write_exclusion(const struct count_round *round, struct buf *out)
{
    buf_add_cstr(out, "exclusion of ");
    if (round->subject != COUNT_NOBODY) {
        buf_printf(out, "%u", round->subject + 1);
        return;
    }
    for (uint32_t i = 0; i < round->excluded.count; i++)
        buf_printf(out, "%s%u", i ? ", " : "", round->excluded.at[i] + 1);
}

void count_event_write(const struct count_round *round, struct buf *out)
{
    switch (round->event) {
    case COUNT_EVENT_FIRST: buf_add_cstr(out, "first preferences"); break;
    case COUNT_EVENT_SURPLUS: buf_printf(out, "surplus of %u", round->subject + 1); break;
    case COUNT_EVENT_ITERATION: buf_add_cstr(out, "votes shared by keep factors"); break;
    case COUNT_EVENT_PAIRWISE: buf_add_cstr(out, "pairwise comparison"); break;
    case COUNT_EVENT_EXCLUSION: write_exclusion(round, out); break;
    }
}

const char *count_tie_for_name(enum count_tie_for what)
{
    switch (what) {
    case COUNT_TIE_ELECTION: return "election";
    case COUNT_TIE_SURPLUS: return "surplus";
    case COUNT_TIE_EXCLUSION: return "exclusion";
    }
    return "unknown";
}

static const char *count_tie_by_name(enum count_tie_by by)
{
    switch (by) {
    case COUNT_TIE_BY_ROUND: return "round";
    case COUNT_TIE_BY_LOT: return "lot";
    case COUNT_TIE_BY_RULE: return "rule";
    }
    return "unknown";
}

/* Short texts are built in place: a number, an event. */
enum { SHORT_TEXT_MAX = 1 << 17 };

static void write_votes_text(struct json_writer *w, uint64_t scaled, uint32_t places)
{
    struct buf text;
    buf_init(&text, w->out->alloc, SHORT_TEXT_MAX);
    count_votes_write(scaled, places, &text);
    w->out->failed |= text.failed;
    json_str(w, buf_str(&text));
    buf_done(&text);
}

static void write_event_text(struct json_writer *w, const struct count_round *round)
{
    struct buf text;
    buf_init(&text, w->out->alloc, SHORT_TEXT_MAX);
    count_event_write(round, &text);
    w->out->failed |= text.failed;
    json_kv_str(w, STR("event"), buf_str(&text));
    buf_done(&text);
}

/* Candidates as people number them. */
static void write_array(struct json_writer *w, const struct count_list *list)
{
    json_array(w);
    for (uint32_t i = 0; i < list->count; i++) json_u64(w, (uint64_t)list->at[i] + 1);
    json_array_end(w);
}

static void write_list(struct json_writer *w, str key, const struct count_list *list)
{
    json_key(w, key);
    write_array(w, list);
}

static void write_round(struct json_writer *w, const struct count_result *result,
                        const struct count_round *round)
{
    json_object(w);
    write_event_text(w, round);
    json_key(w, STR("votes"));
    json_array(w);
    for (uint32_t i = 0; i < result->candidates; i++)
        write_votes_text(w, round->votes[i], result->places);
    json_array_end(w);
    write_list(w, STR("elected"), &round->elected);
    write_list(w, STR("excluded"), &round->excluded);
    json_object_end(w);
}

static void write_ties(struct json_writer *w, const struct count_result *result)
{
    json_key(w, STR("ties"));
    json_array(w);
    for (uint32_t i = 0; i < result->tie_count; i++) {
        const struct count_tie *tie = &result->ties[i];
        json_object(w);
        json_kv_str(w, STR("by"), str_from(count_tie_by_name(tie->by)));
        write_list(w, STR("candidates"), &tie->candidates);
        json_kv_u64(w, STR("chosen"), (uint64_t)tie->chosen + 1);
        if (tie->by == COUNT_TIE_BY_ROUND)
            json_kv_u64(w, STR("decided_in"), (uint64_t)tie->decided_in + 1);
        json_kv_str(w, STR("for"), str_from(count_tie_for_name(tie->what)));
        json_kv_u64(w, STR("round"), (uint64_t)tie->round + 1);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_sets(struct json_writer *w, const struct count_result *result)
{
    json_key(w, STR("winning_sets"));
    json_array(w);
    for (uint32_t i = 0; i < result->set_count; i++) write_array(w, &result->sets[i]);
    json_array_end(w);
}

/* Keys in ascending order, so that the sheet can hold the same. */
static void write_lists(struct json_writer *w, const struct count_result *result)
{
    json_key(w, STR("lists"));
    json_array(w);
    for (uint32_t i = 0; i < result->list_count; i++) {
        const struct count_party *party = &result->lists[i];
        json_object(w);
        json_kv_bool(w, STR("barred"), party->barred);
        json_kv_u64(w, STR("list"), (uint64_t)(party->grouped ? i : party->first) + 1);
        json_kv_str(w, STR("name"), party->name);
        json_kv_u64(w, STR("seats"), party->seats);
        json_kv_u64(w, STR("votes"), party->votes);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_matrix(struct json_writer *w, str key, const uint64_t *cells, uint32_t n)
{
    json_key(w, key);
    json_array(w);
    for (uint32_t i = 0; i < n; i++) {
        json_array(w);
        for (uint32_t j = 0; j < n; j++) json_u64(w, cells[(size_t)i * n + j]);
        json_array_end(w);
    }
    json_array_end(w);
}

void count_result_json(const struct count_result *result, struct buf *out)
{
    struct json_writer w;
    if (result->projects && result->profile->costs) {
        count_budget_json(result, out);
        return;
    }
    json_writer_init_free(&w, out);
    json_object(&w);
    json_kv_str(&w, STR("rule"), str_from(count_rule_name(result->rule)));
    json_kv_u64(&w, STR("seats"), result->seats);
    json_key(&w, STR("quota"));
    if (result->has_quota)
        write_votes_text(&w, result->quota, result->places);
    else
        json_null(&w);
    if (result->vacated != COUNT_NOBODY)
        json_kv_u64(&w, STR("vacated"), (uint64_t)result->vacated + 1);
    write_list(&w, STR("winners"), &result->winners);
    json_key(&w, STR("rounds"));
    json_array(&w);
    for (uint32_t i = 0; i < result->round_count; i++) write_round(&w, result, &result->rounds[i]);
    json_array_end(&w);
    write_ties(&w, result);
    if (result->reserve.count) write_list(&w, STR("reserve"), &result->reserve);
    if (result->set_count) write_sets(&w, result);
    if (result->lists) write_lists(&w, result);
    if (result->pairwise) write_matrix(&w, STR("pairwise"), result->pairwise, result->candidates);
    if (result->strengths)
        write_matrix(&w, STR("strengths"), result->strengths, result->candidates);
    json_object_end(&w);
}

static void write_sheet_round(struct json_writer *w, const struct count_result *result,
                              const struct count_round *round)
{
    json_object(w);
    write_list(w, STR("elected"), &round->elected);
    write_event_text(w, round);
    write_list(w, STR("excluded"), &round->excluded);
    json_kv_u64(w, STR("moved"), round->moved);
    json_kv_u64(w, STR("nontransferable"), round->nontransferable);
    if (result->quota_moves) json_kv_u64(w, STR("quota"), round->quota);
    json_key(w, STR("votes"));
    json_array(w);
    for (uint32_t i = 0; i < result->candidates; i++) json_u64(w, round->votes[i]);
    json_array_end(w);
    json_object_end(w);
}

void count_result_sheet(const struct count_result *result, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    json_kv_u64(&w, STR("candidates"), result->candidates);
    if (result->lists) write_lists(&w, result);
    json_kv_u64(&w, STR("places"), result->places);
    if (result->has_quota) json_kv_u64(&w, STR("quota"), result->quota);
    write_list(&w, STR("reserve"), &result->reserve);
    json_key(&w, STR("rounds"));
    json_array(&w);
    for (uint32_t i = 0; i < result->round_count; i++)
        write_sheet_round(&w, result, &result->rounds[i]);
    json_array_end(&w);
    json_kv_str(&w, STR("rule"), str_from(count_rule_name(result->rule)));
    json_kv_u64(&w, STR("seats"), result->seats);
    write_ties(&w, result);
    if (result->vacated != COUNT_NOBODY)
        json_kv_u64(&w, STR("vacated"), (uint64_t)result->vacated + 1);
    json_kv_u64(&w, STR("valid"), result->valid);
    json_kv_u64(&w, STR("version"), result->version);
    write_list(&w, STR("winners"), &result->winners);
    json_object_end(&w);
}

/* A sheet has one number per candidate and round; twenty bytes hold any of them. */
enum { SHEET_BYTES_PER_NUMBER = 21, SHEET_BYTES_BASE = 4096 };

enum code count_result_digest(const struct count_result *result, struct alloc alloc, hash32 *ret)
{
    size_t per_round = ((size_t)result->candidates * 3 + 64) * SHEET_BYTES_PER_NUMBER;
    size_t rows = (size_t)result->round_count + result->tie_count + 2;
    struct buf sheet;
    buf_init(&sheet, alloc, SHEET_BYTES_BASE + rows * per_round);
    count_result_sheet(result, &sheet);
    enum code code = buf_check(&sheet);
    if (code == CODE_OK) *ret = sha256_of(buf_str(&sheet));
    buf_done(&sheet);
    return code;
}
