#include "cli/election_view.h"

enum { COUNT_JSON_MAX = 256 << 20 };

int election_outcome(struct client *c, uint32_t cell_row, struct election_outcome *ret)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    struct election_outcome out = {.has_result = cell->state == CELL_PROVISIONAL ||
                                                 cell->state == CELL_FINAL};
    struct fail fail = {0};
    *ret = out;
    if (!out.has_result) return EXIT_STATUS_OK;
    enum code code = result_open(c->state, cell_row, &c->arena, &out.job);
    if (code == CODE_OK) {
        for (uint32_t i = 0; i < out.job.profile->candidates; i++)
            out.job.profile->names[i] =
                client_name_of(c, state_candidate(c->state, out.job.candidate_row[i])->member_row);
        code = count_run(out.job.rule, out.job.profile, &out.job.options, &c->arena, &out.count,
                         &fail);
        out.has_count = code == CODE_OK;
    }
    if (code != CODE_OK && code != CODE_NOT_FOUND) return cli_complain(c->cli, NULL, code, &fail);
    *ret = out;
    return EXIT_STATUS_OK;
}

struct election_papers election_papers(const struct state *s, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    struct election_papers sum = {0};
    for (uint32_t row = cell->first_pile; row != ROW_NONE; row = state_pile(s, row)->next_of_cell) {
        const struct pile_row *pile = state_pile(s, row);
        if (pile->round != cell->recounts) continue;
        sum.piles++;
        if (pile->state != PILE_AGREED) continue;
        sum.agreed++;
        sum.valid += pile->valid;
        sum.rejected += pile->rejected;
    }
    return sum;
}

const char *election_pile_state_name(enum pile_state state)
{
    switch (state) {
    case PILE_SEALED_ONCE: return "sealed by one teller";
    case PILE_SEALED: return "sealed by both tellers";
    case PILE_REVEALED_ONCE: return "revealed by one teller";
    case PILE_DIFFERS: return "the two keyings differ";
    case PILE_AGREED: return "agreed";
    }
    return "";
}

const char *election_pile_state_word(enum pile_state state)
{
    switch (state) {
    case PILE_SEALED_ONCE: return "sealed_once";
    case PILE_SEALED: return "sealed";
    case PILE_REVEALED_ONCE: return "revealed_once";
    case PILE_DIFFERS: return "differs";
    case PILE_AGREED: return "agreed";
    }
    return "";
}

const char *election_objection_state_name(enum objection_state state)
{
    switch (state) {
    case OBJECTION_OPEN: return "open";
    case OBJECTION_DISMISSED: return "dismissed";
    case OBJECTION_RECOUNT: return "recount";
    case OBJECTION_ANNULLED: return "annulled";
    }
    return "";
}

/* ---- JSON ---- */

static void write_member(struct client *c, uint32_t member_row, struct json_writer *w)
{
    json_kv_hex(w, STR("member"), state_member(c->state, member_row)->mid.bytes, sizeof(mid16));
    json_kv_str(w, STR("name"), client_name_of(c, member_row));
}

void election_write_head(struct client *c, uint32_t election_row, struct json_writer *w)
{
    const struct state *s = c->state;
    const struct election_row *election = state_election(s, election_row);
    const struct body_row *body = state_body(s, election->body_row);
    json_kv_hex(w, STR("election"), election->id.bytes, sizeof election->id);
    json_kv_str(w, STR("body"), state_text(s, body->name));
    json_kv_hex(w, STR("body_id"), body->id.bytes, sizeof body->id);
    json_kv_str(w, STR("phase"),
                str_from(election_phase_name((enum election_state)election->state)));
    json_kv_str(w, STR("mode"), election_mode_name((enum election_mode)election->mode));
    json_kv_str(w, STR("rule"), str_from(count_rule_name((enum count_rule)election->rule)));
    json_kv_bool(w, STR("by_clock"), election->by_clock);
    json_kv_bool(w, STR("partial"), election->partial);
    json_key(w, STR("times"));
    json_object(w);
    json_kv_u64(w, STR("called"), election->called);
    json_kv_u64(w, STR("nominate_until"), election->nominate_until);
    json_kv_u64(w, STR("opens"), election->opens);
    json_kv_u64(w, STR("closes"), election->closes);
    json_kv_u64(w, STR("keyed_until"), election->keyed_until);
    json_kv_u64(w, STR("objections_until"), election->objections_until);
    json_kv_u64(w, STR("term_until"), election->term_until);
    json_object_end(w);
}

static void write_candidates(struct client *c, const struct cell_row *cell, struct json_writer *w)
{
    json_key(w, STR("candidates"));
    json_array(w);
    for (uint32_t row = cell->first_candidate; row != ROW_NONE;
         row = state_candidate(c->state, row)->next_in_cell) {
        const struct candidate_row *candidate = state_candidate(c->state, row);
        str statement = election_text_of(c, &candidate->statement);
        json_object(w);
        json_key(w, STR("number"));
        if (candidate->number)
            json_u64(w, candidate->number);
        else
            json_null(w);
        write_member(c, candidate->member_row, w);
        json_kv_bool(w, STR("consented"), candidate->consented);
        json_kv_bool(w, STR("withdrawn"), candidate->withdrawn);
        if (statement.len) json_kv_str(w, STR("statement"), statement);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_winners(struct client *c, const struct cell_row *cell, bool elected,
                          struct json_writer *w)
{
    json_key(w, elected ? STR("elected") : STR("reserve"));
    json_array(w);
    for (uint32_t i = 0; i < cell->winner_count; i++) {
        const struct winner_row *winner = state_winner(c->state, cell->first_winner + i);
        if ((winner->elected != 0) == elected)
            json_u64(w, state_candidate(c->state, winner->candidate_row)->number);
    }
    json_array_end(w);
}

static void write_seats(struct client *c, uint32_t cell_row, struct json_writer *w)
{
    json_key(w, STR("seated"));
    json_array(w);
    for (uint32_t row = 0; row < c->state->seat.count; row++) {
        const struct seat_row *seat = state_seat(c->state, row);
        if (seat->cell_row != cell_row) continue;
        json_object(w);
        json_kv_u64(w, STR("seat"), seat->number);
        write_member(c, seat->member_row, w);
        json_kv_u64(w, STR("from"), seat->from);
        json_kv_u64(w, STR("until"), seat->until);
        if (seat->ended) json_kv_u64(w, STR("ended"), seat->ended);
        json_kv_bool(w, STR("by_reserve"), seat->countback != 0);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_piles(struct client *c, const struct cell_row *cell, struct json_writer *w)
{
    json_key(w, STR("piles"));
    json_array(w);
    for (uint32_t number = 1; number <= cell->pile_count; number++)
        for (uint32_t row = cell->first_pile; row != ROW_NONE;
             row = state_pile(c->state, row)->next_of_cell) {
            const struct pile_row *pile = state_pile(c->state, row);
            if (pile->number != number || pile->round != cell->recounts) continue;
            json_object(w);
            json_kv_u64(w, STR("pile"), number);
            json_kv_str(w, STR("state"),
                        str_from(election_pile_state_word((enum pile_state)pile->state)));
            json_key(w, STR("tellers"));
            json_array(w);
            for (int i = 0; i < 2; i++)
                if (pile->teller_row[i] != ROW_NONE)
                    json_str(w, client_name_of(c, pile->teller_row[i]));
            json_array_end(w);
            if (pile->state == PILE_AGREED) {
                json_key(w, STR("sheet"));
                json_raw(w, state_text(c->state, pile->sheet));
            }
            json_object_end(w);
        }
    json_array_end(w);
}

static void write_objections(struct client *c, const struct cell_row *cell, struct json_writer *w)
{
    json_key(w, STR("objections"));
    json_array(w);
    for (uint32_t row = cell->first_objection; row != ROW_NONE;
         row = state_objection(c->state, row)->next_of_cell) {
        const struct objection_row *objection = state_objection(c->state, row);
        str ground = election_text_of(c, &objection->ground);
        json_object(w);
        json_kv_hex(w, STR("objection"), objection->id.bytes, sizeof objection->id);
        write_member(c, objection->member_row, w);
        json_kv_u64(w, STR("at"), objection->at);
        json_kv_str(
            w, STR("state"),
            str_from(election_objection_state_name((enum objection_state)objection->state)));
        if (ground.len) json_kv_str(w, STR("ground"), ground);
        json_object_end(w);
    }
    json_array_end(w);
}

static int write_count(struct client *c, uint32_t cell_row, struct json_writer *w)
{
    struct election_outcome outcome;
    ELECTION_STEPS(election_outcome(c, cell_row, &outcome));
    if (!outcome.has_count) return EXIT_STATUS_OK;
    struct buf count;
    buf_init(&count, alloc_libc, COUNT_JSON_MAX);
    count_result_json(&outcome.count, &count);
    if (buf_check(&count) == CODE_OK) json_kv_u64(w, STR("valid"), outcome.count.valid);
    json_key(w, STR("count"));
    json_raw(w, buf_str(&count));
    w->out->failed |= count.failed;
    buf_done(&count);
    return EXIT_STATUS_OK;
}

static void write_result(struct client *c, const struct cell_row *cell, struct json_writer *w)
{
    json_kv_hex(w, STR("digest"), cell->sheet.bytes, sizeof cell->sheet);
    json_kv_bool(w, STR("declared"), cell->declared);
    json_kv_u64(w, STR("result_at"), cell->result_at);
    json_kv_u64(w, STR("objections_until"), cell->objections_until);
    write_winners(c, cell, true, w);
    write_winners(c, cell, false, w);
}

int election_write_cell(struct client *c, uint32_t cell_row, struct json_writer *w)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    bool has_result = cell->state == CELL_PROVISIONAL || cell->state == CELL_FINAL;
    int status = EXIT_STATUS_OK;
    json_object(w);
    json_kv_u64(w, STR("cell"), election_cell_number(c->state, cell_row));
    json_kv_str(w, STR("constituency"), election_cell_name(c->state, cell_row));
    json_kv_str(w, STR("state"), str_from(election_cell_state_name((enum cell_state)cell->state)));
    json_kv_u64(w, STR("seats"), cell->seats);
    json_kv_u64(w, STR("electors"), cell->elector_count);
    json_kv_u64(w, STR("ballots"), cell->ballots_cast);
    json_kv_str(w, STR("evidence"), election_mode_name((enum election_mode)cell->evidence));
    json_kv_bool(w, STR("unopposed"), cell->unopposed);
    write_candidates(c, cell, w);
    if (cell->pile_count) write_piles(c, cell, w);
    if (has_result) write_result(c, cell, w);
    write_seats(c, cell_row, w);
    write_objections(c, cell, w);
    if (has_result) status = write_count(c, cell_row, w);
    json_object_end(w);
    return status;
}
