/* election_call.c - plenary election call: the electorate is frozen, seats are computed, the
 * timetable is set. */
#include "base/civil.h"
#include "base/json.h"
#include "cli/election.h"
#include "cli/election_tools.h"
#include "core/count/count.h"
#include "core/institutions/council.h"

enum { CELLS_MAX = COUNCIL_CONSTITUENCIES_MAX, OFFSET_MAX_S = 14 * 3600 };

struct call {
    uint32_t body_row, cell_count;
    uint32_t cells[CELLS_MAX];
    enum election_mode mode;
    enum count_rule rule;
    const char *zone, *offset;
    int32_t offset_s;
    uint64_t nominate_until, opens, closes, keyed_until, objections_until;
    hash32 freeze;
};

/* ---- options ---- */

static int read_mode(struct client *c, struct call *call)
{
    const struct bylaws *b = &c->state->bylaws;
    const char *typed = cli_option(c->cli, "mode");
    call->mode = b->open_allowed ? MODE_OPEN : b->paper_allowed ? MODE_PAPER : MODE_ATTESTED;
    if (typed && !election_mode_by_name(str_from(typed), &call->mode))
        return election_malformed(c, "--mode", 1, "expected open, paper or attested");
    return EXIT_STATUS_OK;
}

/* Meetings count hands, not rankings: without --rule they elect by plurality. */
static int read_rule(struct client *c, struct call *call)
{
    const char *typed = cli_option(c->cli, "rule");
    call->rule = (enum count_rule)c->state->bylaws.rule;
    if (call->mode == MODE_ATTESTED && call->rule != COUNT_APPROVAL) call->rule = COUNT_PLURALITY;
    bool known = !typed || count_rule_by_name(str_from(typed), &call->rule);
    if (!known || !count_rule_for_elections(call->rule))
        return election_malformed(
            c, "--rule", 1, "expected a counting rule such as plurality, approval, scottish-stv");
    return EXIT_STATUS_OK;
}

static int read_cells(struct client *c, struct call *call)
{
    const char *typed = cli_option(c->cli, "cells");
    str all = str_from(typed), rest = all;
    while (rest.len) {
        uint64_t number;
        size_t column = (size_t)(rest.at - all.at) + 1;
        bool known = str_to_u64(str_trim(str_cut(&rest, ',')), &number) && number >= 1 &&
                     number <= state_body(c->state, call->body_row)->constituency_count &&
                     call->cell_count < CELLS_MAX;
        bool ascends =
            known && (call->cell_count == 0 || number > call->cells[call->cell_count - 1]);
        if (!ascends)
            return election_malformed(c, "--cells", column,
                                      "expected numbers of constituencies, ascending, up to %u",
                                      state_body(c->state, call->body_row)->constituency_count);
        call->cells[call->cell_count++] = (uint32_t)number;
    }
    return EXIT_STATUS_OK;
}

static int read_zone(struct client *c, struct call *call)
{
    unix_s at;
    call->offset = cli_option(c->cli, "offset");
    call->zone = cli_option(c->cli, "zone");
    if (!call->offset) call->offset = "+00:00";
    if (!call->zone) call->zone = strcmp(call->offset, "+00:00") == 0 ? "UTC" : call->offset;
    if (strlen(call->offset) != 6 ||
        !civil_parse(str_from(client_text(c, "2026-01-01T00:00%s", call->offset)), &at,
                     &call->offset_s))
        return election_malformed(c, "--offset", 1,
                                  "expected hours and minutes from UTC such as +01:00");
    return EXIT_STATUS_OK;
}

/* "14d" counts from the step before, a date and time stands for itself; `normal` when not given. */
static int read_time(struct client *c, const struct call *call, const char *option, uint64_t before,
                     uint64_t *time)
{
    const char *typed = cli_option(c->cli, option);
    uint64_t seconds;
    unix_s at;
    int32_t offset;
    if (!typed) return EXIT_STATUS_OK;
    if (civil_parse_duration(str_from(typed), &seconds) && seconds <= RECORD_INT_MAX - before) {
        *time = before + seconds;
        return EXIT_STATUS_OK;
    }
    bool parsed =
        civil_parse(str_from(client_text(c, "%s%s", typed, call->offset)), &at, &offset) ||
        civil_parse(str_from(typed), &at, &offset);
    if (!parsed || at < 0)
        return election_malformed(
            c, client_text(c, "--%s", option), 1,
            "expected a time such as 2026-10-01T18:00 or a duration such as 14d");
    *time = (uint64_t)at;
    return EXIT_STATUS_OK;
}

/* The shortest times the bylaws allow, where nothing else was said. A real clock runs on while the
 * act is on its way: there the first minute is not counted. */
static int read_times(struct client *c, struct call *call)
{
    const struct bylaws *b = &c->state->bylaws;
    uint64_t now = (uint64_t)node_now(c->node);
    if (!c->is_rehearsal) now = (now + 119) / 60 * 60;
    call->nominate_until = now + b->nominate_time;
    ELECTION_STEPS(read_time(c, call, "nominate-until", now, &call->nominate_until));
    call->opens = call->nominate_until + b->prepare_time;
    ELECTION_STEPS(read_time(c, call, "opens", call->nominate_until, &call->opens));
    call->closes = call->opens + b->ballot_time;
    ELECTION_STEPS(read_time(c, call, "closes", call->opens, &call->closes));
    call->keyed_until = call->closes + (call->mode == MODE_OPEN ? 0 : b->key_time);
    ELECTION_STEPS(read_time(c, call, "keyed-until", call->closes, &call->keyed_until));
    call->objections_until = call->keyed_until + b->objection_time;
    return read_time(c, call, "objections-until", call->keyed_until, &call->objections_until);
}

/* ---- the acts ---- */

static int freeze(struct client *c, struct call *call)
{
    const char *body =
        client_hex(c, state_body(c->state, call->body_row)->id.bytes, sizeof(hash32));
    uint32_t unused = council_freeze_unused(c->state, call->body_row);
    if (unused == ROW_NONE || cli_switch(c->cli, "fresh")) {
        ELECTION_STEPS(
            client_act(c, "roll.freeze", str_from(client_text(c, "{\"body\":\"%s\"}", body))));
        unused = council_freeze_unused(c->state, call->body_row);
    }
    if (unused == ROW_NONE) return cli_usage(c->cli, "the roll could not be frozen");
    call->freeze = state_freeze(c->state, unused)->id;
    return EXIT_STATUS_OK;
}

/* Numbers of seats that follow the members are computed from the frozen roll; everyone computes the
 * same. */
static int apportion_seats(struct client *c, const struct call *call)
{
    const struct body_row *body = state_body(c->state, call->body_row);
    uint32_t freeze_row = state_freeze_by_id(c->state, &call->freeze);
    if (body->seats_each || call->cell_count || body->freeze_row == freeze_row)
        return EXIT_STATUS_OK;
    struct apportion_result seats;
    struct fail fail = {0};
    enum code code = council_seats(c->state, freeze_row, &c->arena, &seats, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    struct buf act;
    buf_init(&act, alloc_libc, JSON_LINE_MAX);
    buf_printf(&act, "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[",
               client_hex(c, body->id.bytes, sizeof body->id),
               client_hex(c, call->freeze.bytes, sizeof call->freeze));
    for (uint32_t i = 0; i < body->constituency_count; i++)
        buf_printf(&act, i ? ",%u" : "%u", seats.seats[i]);
    buf_add_cstr(&act, "]}");
    int status = client_act(c, "council.apportion", buf_str(&act));
    buf_done(&act);
    return status;
}

static void write_times(const struct call *call, struct json_writer *w)
{
    char closes[CIVIL_TIME_SIZE];
    civil_format((unix_s)call->closes, call->offset_s, closes);
    json_key(w, STR("times"));
    json_object(w);
    json_kv_u64(w, STR("closes"), call->closes);
    if (call->mode != MODE_OPEN) json_kv_u64(w, STR("keyed_until"), call->keyed_until);
    json_kv_u64(w, STR("nominate_until"), call->nominate_until);
    json_kv_u64(w, STR("objections_until"), call->objections_until);
    json_kv_u64(w, STR("opens"), call->opens);
    json_key(w, STR("told"));
    json_object(w);
    json_kv_str(w, STR("date"), (str){closes, 19});
    json_kv_str(w, STR("offset"), str_from(call->offset));
    json_kv_str(w, STR("zone"), str_from(call->zone));
    json_object_end(w);
    json_object_end(w);
}

static int call_it(struct client *c, const struct call *call)
{
    struct fail fail = {.message = "--zone: expected a plain name such as Europe/Berlin"};
    struct buf act;
    struct json_writer w;
    buf_init(&act, alloc_libc, JSON_LINE_MAX);
    json_writer_init(&w, &act);
    json_object(&w);
    json_kv_hex(&w, STR("body"), state_body(c->state, call->body_row)->id.bytes, sizeof(hash32));
    if (call->cell_count) {
        json_key(&w, STR("cells"));
        json_array(&w);
        for (uint32_t i = 0; i < call->cell_count; i++) json_u64(&w, call->cells[i]);
        json_array_end(&w);
    }
    json_kv_hex(&w, STR("freeze"), call->freeze.bytes, sizeof call->freeze);
    json_kv_str(&w, STR("mode"), election_mode_name(call->mode));
    json_kv_str(&w, STR("rule"), str_from(count_rule_name(call->rule)));
    write_times(call, &w);
    json_object_end(&w);
    int status = buf_check(&act) == CODE_OK ? client_act(c, "election.call", buf_str(&act))
                                            : cli_complain(c->cli, NULL, CODE_MALFORMED, &fail);
    buf_done(&act);
    return status;
}

/* ---- the answer ---- */

static const char *local_time(struct client *c, const struct call *call, uint64_t at)
{
    char text[CIVIL_TIME_SIZE];
    civil_format((unix_s)at, call->offset_s, text);
    return client_text(c, "%s", text);
}

static void print_called(struct client *c, const struct call *call, uint32_t election_row)
{
    FILE *out = c->cli->out;
    const struct election_row *election = state_election(c->state, election_row);
    fprintf(out, "called the election of %.*s: %s, %.*s ballots\n",
            STR_ARG(state_text(c->state, state_body(c->state, call->body_row)->name)),
            count_rule_name(call->rule), STR_ARG(election_mode_name(call->mode)));
    fprintf(out, "  election              %s\n", election_hex(c, election_row));
    fprintf(out, "  nominations until     %s\n", local_time(c, call, call->nominate_until));
    fprintf(out, "  ballot opens          %s\n", local_time(c, call, call->opens));
    fprintf(out, "  ballot closes         %s (%s)\n", local_time(c, call, call->closes),
            call->zone);
    if (call->mode != MODE_OPEN)
        fprintf(out, "  counted until         %s\n", local_time(c, call, call->keyed_until));
    fprintf(out, "  objections until      %s\n", local_time(c, call, call->objections_until));
    uint32_t seats = 0, electors = 0;
    for (uint32_t i = 0; i < election->cell_count; i++) {
        seats += state_cell(c->state, election->first_cell + i)->seats;
        electors += state_cell(c->state, election->first_cell + i)->elector_count;
    }
    fprintf(out, "  seats                 %u in %u constituenc%s, %u electors\n", seats,
            election->cell_count, election->cell_count == 1 ? "y" : "ies", electors);
}

static int print_json(struct client *c, const struct call *call, uint32_t election_row)
{
    const struct election_row *election = state_election(c->state, election_row);
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, 1 << 24);
    json_writer_init_free(&w, &out);
    json_object(&w);
    json_kv_hex(&w, STR("election"), election->id.bytes, sizeof election->id);
    json_kv_u64(&w, STR("index"), c->last.index);
    json_kv_str(&w, STR("mode"), election_mode_name(call->mode));
    json_kv_str(&w, STR("rule"), str_from(count_rule_name(call->rule)));
    write_times(call, &w);
    json_key(&w, STR("cells"));
    json_array(&w);
    for (uint32_t i = 0; i < election->cell_count; i++) {
        const struct cell_row *cell = state_cell(c->state, election->first_cell + i);
        json_object(&w);
        json_kv_u64(&w, STR("cell"), election_cell_number(c->state, election->first_cell + i));
        json_kv_str(&w, STR("constituency"),
                    election_cell_name(c->state, election->first_cell + i));
        json_kv_u64(&w, STR("electors"), cell->elector_count);
        json_kv_u64(&w, STR("seats"), cell->seats);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_add_byte(&out, '\n');
    return election_print(c, &out);
}

int election_run_call(struct client *c)
{
    struct call call = {.body_row = client_body(c, c->cli->args[0])};
    if (call.body_row == ROW_NONE) return EXIT_STATUS_USAGE;
    ELECTION_STEPS(client_actor(c));
    ELECTION_STEPS(read_mode(c, &call));
    ELECTION_STEPS(read_rule(c, &call));
    ELECTION_STEPS(read_cells(c, &call));
    ELECTION_STEPS(read_zone(c, &call));
    ELECTION_STEPS(read_times(c, &call));
    ELECTION_STEPS(freeze(c, &call));
    ELECTION_STEPS(apportion_seats(c, &call));
    ELECTION_STEPS(call_it(c, &call));
    uint32_t row = state_election_by_id(c->state, &c->last.id);
    ELECTION_STEPS(client_commit(c));
    if (c->cli->json) return print_json(c, &call, row);
    print_called(c, &call, row);
    fprintf(c->cli->out, "recorded as no. %llu\n", (unsigned long long)c->last.index);
    return EXIT_STATUS_OK;
}
