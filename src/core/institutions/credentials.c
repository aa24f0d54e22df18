#include "core/institutions/credentials.h"

#include "base/json.h"
#include "core/institutions/election.h"

/* One pass over the cells: the latest final one of every constituency, and any whose result is
 * disputed. */
static void read_cells(const struct state *s, struct credentials *ret)
{
    const struct body_row *body = state_body(s, ret->body_row);
    for (uint32_t row = 0; row < s->cell.count; row++) {
        const struct cell_row *cell = state_cell(s, row);
        if (state_election(s, cell->election_row)->body_row != ret->body_row) continue;
        struct credentials_constituency *of =
            &ret->constituency[cell->constituency_row - body->first_constituency];
        if (cell->state == CELL_FINAL) of->cell_row = row;
        bool is_open = cell->state == CELL_PROVISIONAL || cell->state == CELL_KEYING;
        if (is_open && cell->open_objections) of->contested_cell = row;
    }
}

static void read_election(const struct state *s, struct credentials_constituency *of)
{
    if (of->cell_row == ROW_NONE) return;
    const struct cell_row *cell = state_cell(s, of->cell_row);
    of->electors = cell->elector_count;
    of->ballots = cell->ballots_cast;
    of->valid = cell->valid_votes;
    of->evidence = (enum election_mode)cell->evidence;
    of->unopposed = cell->unopposed;
}

/* Seats held, in two passes over the table: numbers, then rows. */
static enum code read_seats(const struct state *s, struct credentials *ret, struct arena *arena)
{
    const struct body_row *body = state_body(s, ret->body_row);
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->body_row == ret->body_row && !seat->ended)
            ret->constituency[seat->constituency_row - body->first_constituency].held++;
    }
    for (uint32_t i = 0; i < ret->constituency_count; i++) {
        struct credentials_constituency *of = &ret->constituency[i];
        of->seat = ARENA_ARRAY(arena, of->held, struct credentials_seat);
        if (of->held && !of->seat) return CODE_NO_MEMORY;
        of->held = 0;
    }
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->body_row != ret->body_row || seat->ended) continue;
        struct credentials_constituency *of =
            &ret->constituency[seat->constituency_row - body->first_constituency];
        uint32_t at = of->held++; /* by seat number: most come in order */
        for (; at > 0 && state_seat(s, of->seat[at - 1].seat_row)->number > seat->number; at--)
            of->seat[at] = of->seat[at - 1];
        of->seat[at] = (struct credentials_seat){seat->member_row, row, seat->cell_row,
                                                 state_cell(s, seat->cell_row)->election_row,
                                                 seat->countback != 0};
    }
    return CODE_OK;
}

enum code credentials_of(const struct state *s, uint32_t body_row, struct arena *arena,
                         struct credentials *ret)
{
    const struct body_row *body = state_body(s, body_row);
    struct credentials out = {.body_row = body_row, .constituency_count = body->constituency_count};
    out.constituency = ARENA_ARRAY(arena, out.constituency_count, struct credentials_constituency);
    if (out.constituency_count && !out.constituency) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < out.constituency_count; i++) {
        struct credentials_constituency *of = &out.constituency[i];
        of->constituency_row = body->first_constituency + i;
        of->number = i + 1;
        of->seats = state_constituency(s, of->constituency_row)->seats;
        of->cell_row = of->contested_cell = ROW_NONE;
    }
    read_cells(s, &out);
    TRY(read_seats(s, &out, arena));
    for (uint32_t i = 0; i < out.constituency_count; i++) {
        struct credentials_constituency *of = &out.constituency[i];
        read_election(s, of);
        out.seats += of->seats;
        out.held += of->held;
        out.entitled += of->electors;
        out.contested += of->contested_cell != ROW_NONE;
        out.unopposed += of->unopposed;
    }
    *ret = out;
    return CODE_OK;
}

/* ---- JSON ---- */

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void write_seat(const struct state *s, const struct credentials_seat *seat,
                       struct json_writer *w)
{
    const struct seat_row *row = state_seat(s, seat->seat_row);
    json_object(w);
    json_kv_bool(w, STR("by_reserve"), seat->by_reserve);
    json_kv_hex(w, STR("election"), state_election(s, seat->election_row)->id.bytes,
                sizeof(hash32));
    json_kv_u64(w, STR("from"), row->from);
    json_kv_hex(w, STR("member"), state_member(s, seat->member_row)->mid.bytes, sizeof(mid16));
    json_kv_u64(w, STR("seat"), row->number);
    json_kv_u64(w, STR("terms"), row->terms);
    json_kv_u64(w, STR("until"), row->until);
    json_object_end(w);
}

static void write_origin(const struct state *s, const struct credentials_constituency *of,
                         struct json_writer *w)
{
    const struct constituency_row *row = state_constituency(s, of->constituency_row);
    bool by_unit = row->unit_row != ROW_NONE;
    if (!by_unit)
        json_kv_hex(w, STR("council"), state_body(s, row->from_body)->id.bytes, sizeof(hash32));
    json_kv_u64(w, STR("electors"), of->electors);
    if (of->cell_row != ROW_NONE) json_kv_str(w, STR("evidence"), election_mode_name(of->evidence));
    json_kv_u64(w, STR("number"), of->number);
    json_key(w, STR("seated"));
    json_array(w);
    for (uint32_t i = 0; i < of->held; i++) write_seat(s, &of->seat[i], w);
    json_array_end(w);
    json_kv_u64(w, STR("seats"), of->seats);
    if (by_unit)
        json_kv_hex(w, STR("unit"), state_unit(s, row->unit_row)->id.bytes, sizeof(hash32));
}

static void write_constituency(const struct state *s, const struct credentials_constituency *of,
                               struct json_writer *w)
{
    json_object(w);
    json_kv_u64(w, STR("ballots"), of->ballots);
    json_kv_bool(w, STR("contested"), of->contested_cell != ROW_NONE);
    write_origin(s, of, w);
    json_kv_bool(w, STR("unopposed"), of->unopposed);
    json_kv_u64(w, STR("valid"), of->valid);
    if (of->held) {
        uint32_t divisor = greatest_divisor(of->electors, of->held);
        json_key(w, STR("voters_per_seat"));
        json_array(w);
        json_u64(w, of->electors / divisor);
        json_u64(w, of->held / divisor);
        json_array_end(w);
    }
    json_object_end(w);
}

void credentials_json(const struct state *s, const struct credentials *credentials, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    json_kv_hex(&w, STR("body"), state_body(s, credentials->body_row)->id.bytes, sizeof(hash32));
    json_key(&w, STR("constituencies"));
    json_array(&w);
    for (uint32_t i = 0; i < credentials->constituency_count; i++)
        write_constituency(s, &credentials->constituency[i], &w);
    json_array_end(&w);
    json_kv_u64(&w, STR("contested"), credentials->contested);
    json_kv_u64(&w, STR("entitled"), credentials->entitled);
    json_kv_str(&w, STR("name"), state_text(s, state_body(s, credentials->body_row)->name));
    json_kv_u64(&w, STR("seated"), credentials->held);
    json_kv_u64(&w, STR("seats"), credentials->seats);
    json_kv_u64(&w, STR("unopposed"), credentials->unopposed);
    json_object_end(&w);
}
