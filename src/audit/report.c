#include "audit/report.h"

#include "base/civil.h"
#include "base/json.h"
#include "core/institutions/election.h"
#include "core/kinds.h"

/* ---- what the state says ---- */

static uint32_t active_members(const struct state *s)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < s->member.count; row++)
        if (state_is_active(s, row)) count++;
    return count;
}

static const char *cell_state_name(enum cell_state state)
{
    switch (state) {
    case CELL_RUNNING: return "running";
    case CELL_KEYING: return "keying";
    case CELL_PROVISIONAL: return "provisional";
    case CELL_FINAL: return "final";
    case CELL_ANNULLED: return "annulled";
    case CELL_EMPTY: return "empty";
    }
    return "";
}

static bool has_result(const struct cell_row *cell)
{
    static const hash32 none;
    return !hash32_eq(&cell->sheet, &none);
}

static str constituency_name(const struct state *s, uint32_t row)
{
    const struct constituency_row *constituency = state_constituency(s, row);
    if (constituency->unit_row != ROW_NONE)
        return state_text(s, state_unit(s, constituency->unit_row)->name);
    return state_text(s, state_body(s, constituency->from_body)->name);
}

static uint32_t elected_in(const struct state *s, const struct cell_row *cell)
{
    uint32_t elected = 0;
    for (uint32_t i = 0; i < cell->winner_count; i++)
        if (state_winner(s, cell->first_winner + i)->elected) elected++;
    return elected;
}

static bool was_replayed(const struct audit *audit)
{
    return audit_report(audit)->verdict == AUDIT_REPLAYED;
}

/* ---- text ---- */

enum { RESULTS_SHOWN = 20 /* in text; JSON has all */ };

static void text_record(const struct audit *audit, struct buf *out)
{
    const struct audit_report *r = audit_report(audit);
    char from[CIVIL_TIME_SIZE], to[CIVIL_TIME_SIZE];
    civil_format(r->first_at, 0, from);
    civil_format(r->last_at, 0, to);
    buf_printf(out, "  origin      %.*s\n", STR_ARG(r->origin));
    buf_printf(out, "  entries     %llu, from %s to %s\n", (unsigned long long)r->head.size, from,
               to);
    buf_add_cstr(out, "  root        ");
    buf_add_base64(out, r->head.root.bytes, sizeof r->head.root);
    buf_add_cstr(out, "\n  words       ");
    words_write(out, &r->words);
    buf_add_cstr(out, "\n  in numbers ");
    for (size_t i = 0; i < WORDS_COUNT; i++) buf_printf(out, " %u", r->words.index[i]);
    buf_printf(out, "\n  log key     %.*s\n", STR_ARG(r->key));
}

static void text_checked(const struct audit *audit, struct buf *out)
{
    const struct audit_report *r = audit_report(audit);
    buf_printf(out,
               "  files       %llu tiles, %llu blobs, %llu openings: each is what its name says\n",
               (unsigned long long)r->tiles, (unsigned long long)r->blobs,
               (unsigned long long)r->openings);
    if (r->ahead)
        buf_printf(out,
                   "  ahead       %llu files beyond this checkpoint, of a writer at work or "
                   "interrupted: not checked\n",
                   (unsigned long long)r->ahead);
    buf_printf(out, "  signatures  %llu true\n", (unsigned long long)r->signatures);
    if (!was_replayed(audit)) return;
    const struct state *s = audit_state(audit);
    buf_printf(out, "  state       %u members, %u units, %u councils and offices",
               active_members(s), s->unit.count, s->body.count);
    buf_add_cstr(out, s->org.confirmed ? "\n" : "; founded, not confirmed\n");
    for (uint32_t i = 0; i < s->epoch.count; i++) {
        const struct epoch_row *epoch = state_epoch(s, i);
        buf_printf(
            out,
            "  new epoch   at entry %llu: %llu entries had been signed, %llu of them are lost\n",
            (unsigned long long)epoch->index, (unsigned long long)epoch->lost_size,
            (unsigned long long)(epoch->lost_size - epoch->index));
    }
    buf_add_cstr(out, "  digest      ");
    buf_add_hex(out, r->state.bytes, sizeof r->state);
    buf_add_byte(out, '\n');
}

static void text_kinds(const struct audit *audit, struct buf *out)
{
    const struct audit_report *r = audit_report(audit);
    const struct act_kind *kind;
    buf_printf(out, "  acts        %llu", (unsigned long long)r->acts);
    if (r->ticks) buf_printf(out, " and %llu ticks of the clock", (unsigned long long)r->ticks);
    buf_add_byte(out, '\n');
    for (size_t i = 0; (kind = step_kind_at(i)); i++) {
        uint64_t count = audit_kind_count(audit, kind->name);
        if (count)
            buf_printf(out, "    %-20.*s %8llu\n", STR_ARG(kind->name), (unsigned long long)count);
    }
}

static void text_result(const struct state *s, const struct cell_row *cell, struct buf *out)
{
    const struct election_row *election = state_election(s, cell->election_row);
    str body = state_text(s, state_body(s, election->body_row)->name);
    str place = constituency_name(s, cell->constituency_row);
    str mode = election_mode_name((enum election_mode)cell->evidence);
    buf_printf(out, "    %.*s, %.*s: %u of %u seats, %u ballots (%.*s, %s), sheet ", STR_ARG(body),
               STR_ARG(place), elected_in(s, cell), cell->seats, cell->ballots_cast, STR_ARG(mode),
               cell->unopposed ? "unopposed" : cell_state_name((enum cell_state)cell->state));
    buf_add_hex(out, cell->sheet.bytes, 8);
    buf_add_byte(out, '\n');
}

static void text_results(const struct audit *audit, struct buf *out)
{
    const struct state *s = audit_state(audit);
    uint32_t derived = 0, shown = 0;
    if (!was_replayed(audit)) return;
    for (uint32_t row = 0; row < s->cell.count; row++)
        if (has_result(state_cell(s, row))) derived++;
    if (!derived) return;
    buf_printf(out, "  results     %u of %u elections derived again\n", derived, s->cell.count);
    for (uint32_t row = 0; row < s->cell.count && shown < RESULTS_SHOWN; row++) {
        if (!has_result(state_cell(s, row))) continue;
        text_result(s, state_cell(s, row), out);
        shown++;
    }
    if (shown < derived) buf_printf(out, "    … %u more, all in --json\n", derived - shown);
}

/* Kinds among the entries that were not run, with their numbers. */
typedef void each_missing(void *context, str kind, uint64_t count);
static void for_each_missing(const struct audit *audit, each_missing *each, void *context)
{
    const struct act_kind *kind;
    if (was_replayed(audit)) return;
    for (size_t i = 0; (kind = step_kind_at(i)); i++) {
        uint64_t count =
            audit_kind_count(audit, kind->name) - audit_replayed_count(audit, kind->name);
        if (count) each(context, kind->name, count);
    }
}

static void text_missing_kind(void *context, str kind, uint64_t count)
{
    buf_printf(context, "    %-20.*s %8llu\n", STR_ARG(kind), (unsigned long long)count);
}

static void text_missing(const struct audit *audit, struct buf *out)
{
    const struct audit_report *r = audit_report(audit);
    if (was_replayed(audit)) return;
    buf_printf(
        out,
        "  not run     %llu acts are not in this export; entry %llu and all behind it were not "
        "run:\n"
        "              none of these, their signatures, rules and results, is verified here\n",
        (unsigned long long)r->withheld, (unsigned long long)r->replayed);
    for_each_missing(audit, text_missing_kind, out);
}

static void text_compared(const struct audit *audit, struct buf *out)
{
    const struct audit_report *r = audit_report(audit);
    if (r->words_given && r->words_size == r->head.size)
        buf_add_cstr(out, "compared: these are the words of this checkpoint\n");
    else if (r->words_given)
        buf_printf(out, "compared: the words are those of this record's first %llu entries\n",
                   (unsigned long long)r->words_size);
    if (r->key_given) buf_add_cstr(out, "compared: signed with the log key you gave\n");
    if (!r->words_given && !r->key_given)
        buf_add_cstr(out,
                     "consistent with itself; compared with nothing you hold (--key, --words)\n");
}

void report_text(const struct audit *audit, struct buf *out)
{
    buf_add_cstr(
        out,
        was_replayed(audit)
            ? "replayed: every act is held; every signature, rule and count was run again\n"
            : "structure only: nothing was altered, dropped or moved; no decision is verified\n");
    text_record(audit, out);
    text_checked(audit, out);
    text_kinds(audit, out);
    text_results(audit, out);
    text_missing(audit, out);
    text_compared(audit, out);
}

/* ---- JSON ---- */

static void json_record(const struct audit *audit, struct json_writer *w)
{
    const struct audit_report *r = audit_report(audit);
    json_kv_str(w, STR("origin"), r->origin);
    json_kv_u64(w, STR("size"), r->head.size);
    json_kv_base64(w, STR("root"), r->head.root.bytes, sizeof r->head.root);
    json_key(w, STR("words"));
    json_array(w);
    for (size_t i = 0; i < WORDS_COUNT; i++) json_str(w, words_text(r->words.index[i]));
    json_array_end(w);
    json_kv_str(w, STR("key"), r->key);
    json_kv_bool(w, STR("key_given"), r->key_given);
    json_kv_bool(w, STR("words_given"), r->words_given);
    if (r->words_given) json_kv_u64(w, STR("words_size"), r->words_size);
    json_kv_u64(w, STR("first_at"), (uint64_t)r->first_at);
    json_kv_u64(w, STR("last_at"), (uint64_t)r->last_at);
}

static void json_numbers(const struct audit *audit, struct json_writer *w)
{
    const struct audit_report *r = audit_report(audit);
    const struct act_kind *kind;
    json_kv_u64(w, STR("tiles"), r->tiles);
    json_kv_u64(w, STR("blobs"), r->blobs);
    json_kv_u64(w, STR("openings"), r->openings);
    json_kv_u64(w, STR("ahead"), r->ahead);
    json_kv_u64(w, STR("acts"), r->acts);
    json_kv_u64(w, STR("ticks"), r->ticks);
    json_kv_u64(w, STR("withheld"), r->withheld);
    json_kv_u64(w, STR("replayed"), r->replayed);
    json_kv_u64(w, STR("signatures"), r->signatures);
    json_key(w, STR("kinds"));
    json_object(w);
    for (size_t i = 0; (kind = step_kind_at(i)); i++) {
        uint64_t count = audit_kind_count(audit, kind->name);
        if (count) json_kv_u64(w, kind->name, count);
    }
    json_object_end(w);
}

static void json_result(const struct state *s, const struct cell_row *cell, uint32_t row,
                        struct json_writer *w)
{
    const struct election_row *election = state_election(s, cell->election_row);
    json_object(w);
    json_kv_hex(w, STR("election"), election->id.bytes, sizeof election->id);
    json_kv_str(w, STR("body"), state_text(s, state_body(s, election->body_row)->name));
    json_kv_u64(w, STR("cell"), election_cell_number(s, row));
    json_kv_str(w, STR("constituency"), constituency_name(s, cell->constituency_row));
    json_kv_str(w, STR("state"), str_from(cell_state_name((enum cell_state)cell->state)));
    json_kv_str(w, STR("evidence"), election_mode_name((enum election_mode)cell->evidence));
    json_kv_u64(w, STR("seats"), cell->seats);
    json_kv_u64(w, STR("elected"), elected_in(s, cell));
    json_kv_u64(w, STR("candidates"), cell->candidate_count);
    json_kv_u64(w, STR("ballots"), cell->ballots_cast);
    json_kv_hex(w, STR("sheet"), cell->sheet.bytes, sizeof cell->sheet);
    json_object_end(w);
}

static void json_state(const struct audit *audit, struct json_writer *w)
{
    const struct state *s = audit_state(audit);
    json_kv_u64(w, STR("members"), active_members(s));
    json_kv_u64(w, STR("units"), s->unit.count);
    json_kv_u64(w, STR("bodies"), s->body.count);
    if (s->org.confirmed) json_kv_u64(w, STR("confirmed_at"), s->org.confirmed);
    json_kv_u64(w, STR("epochs"), s->epoch.count);
    json_kv_hex(w, STR("state"), audit_report(audit)->state.bytes, sizeof(hash32));
    json_key(w, STR("results"));
    json_array(w);
    for (uint32_t row = 0; row < s->cell.count; row++)
        if (has_result(state_cell(s, row))) json_result(s, state_cell(s, row), row, w);
    json_array_end(w);
}

static void json_missing_kind(void *context, str kind, uint64_t count)
{
    json_kv_u64(context, kind, count);
}

void report_json(const struct audit *audit, struct buf *out)
{
    struct json_writer w;
    json_writer_init_free(&w, out);
    json_object(&w);
    json_kv_bool(&w, STR("ok"), true);
    json_kv_str(&w, STR("verdict"), was_replayed(audit) ? STR("replayed") : STR("structure only"));
    json_record(audit, &w);
    json_numbers(audit, &w);
    if (was_replayed(audit)) json_state(audit, &w);
    json_key(&w, STR("not_rederived"));
    json_object(&w);
    for_each_missing(audit, json_missing_kind, &w);
    json_object_end(&w);
    json_object_end(&w);
    buf_add_byte(out, '\n');
}

void report_json_failure(const struct fail *fail, enum code code, struct buf *out)
{
    struct json_writer w;
    str reason = str_from(fail->reason), message = str_from(fail->message);
    json_writer_init_free(&w, out);
    json_object(&w);
    json_kv_bool(&w, STR("ok"), false);
    json_kv_str(&w, STR("reason"), reason.len ? reason : str_from(code_name(code)));
    json_kv_str(&w, STR("message"), message.len ? message : str_from(code_name(code)));
    json_object_end(&w);
    buf_add_byte(out, '\n');
}
