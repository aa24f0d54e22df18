#include "cli/council.h"

#include "base/civil.h"
#include "cli/client.h"
#include "core/institutions/council.h"
#include "core/institutions/credentials.h"
#include "core/institutions/election.h"
#include "core/institutions/office.h"

enum { TERM_DEFAULT_S = 365 * 86400 };

static const char *body_hex(struct client *c, uint32_t row)
{
    return client_hex(c, state_body(c->state, row)->id.bytes, sizeof(hash32));
}

/* ---- founding ---- */

/* Units or councils named on the command line, or all open units: ids in hex, as the record wants
 * them. */
static int constituencies(struct client *c, struct json_writer *w)
{
    bool any = false;
    json_key(w, STR("constituencies"));
    json_array(w);
    for (uint32_t i = 1; i < c->cli->arg_count; i++, any = true) {
        const char *typed = c->cli->args[i];
        uint32_t council = ROW_NONE, unit = ROW_NONE;
        for (uint32_t row = 0; row < c->state->body.count; row++)
            if (str_eq(state_text(c->state, state_body(c->state, row)->name), str_from(typed)))
                council = row;
        if (council == ROW_NONE) unit = client_unit(c, typed);
        if (council == ROW_NONE && unit == ROW_NONE) return EXIT_STATUS_USAGE;
        json_str(w, str_from(council != ROW_NONE
                                 ? body_hex(c, council)
                                 : client_hex(c, state_unit(c->state, unit)->id.bytes, 32)));
    }
    for (uint32_t row = 0; !any && row < c->state->unit.count; row++) {
        const struct unit_row *unit = state_unit(c->state, row);
        if (unit->state == UNIT_OPEN && unit->parent_row == ROW_NONE)
            json_hex(w, unit->id.bytes, sizeof unit->id);
    }
    json_array_end(w);
    return EXIT_STATUS_OK;
}

static bool read_term(struct client *c, uint64_t *ret)
{
    const char *term = cli_option(c->cli, "term");
    *ret = c->state->bylaws.term ? c->state->bylaws.term : TERM_DEFAULT_S;
    if (!term || civil_parse_duration(str_from(term), ret)) return true;
    (void)cli_usage(c->cli, "--term %s: expected a time such as 365d", term);
    return false;
}

static int norm_or_seats(struct client *c, struct json_writer *w, bool before_role)
{
    const char *norm = cli_option(c->cli, "norm");
    uint64_t seats, ratio, each;
    if (!cli_number(c->cli, "seats", 0, UINT32_MAX, &seats) ||
        !cli_number(c->cli, "ratio", 0, UINT32_MAX, &ratio) ||
        !cli_number(c->cli, "seats-each", 0, COUNCIL_SEATS_EACH_MAX, &each))
        return EXIT_STATUS_USAGE;
    if (!!norm == !!each)
        return cli_usage(c->cli, "expected either --seats-each N or --norm METHOD");
    if (norm && before_role) {
        json_key(w, STR("norm"));
        json_object(w);
        json_kv_str(w, STR("method"), str_from(norm));
        if (ratio) json_kv_u64(w, STR("ratio"), ratio);
        if (seats) json_kv_u64(w, STR("seats"), seats);
        json_object_end(w);
    }
    if (each && !before_role) json_kv_u64(w, STR("seats_each"), each);
    return EXIT_STATUS_OK;
}

static int write_found(struct client *c, struct json_writer *w, bool office, const char *word)
{
    uint64_t term;
    if (!read_term(c, &term)) return EXIT_STATUS_USAGE;
    json_object(w);
    int status = constituencies(c, w);
    if (!office) json_kv_str(w, STR("kind"), str_from(word));
    json_kv_str(w, STR("name"), str_from(c->cli->args[0]));
    if (status == EXIT_STATUS_OK) status = norm_or_seats(c, w, true);
    if (office) json_kv_str(w, STR("role"), str_from(word));
    if (status == EXIT_STATUS_OK) status = norm_or_seats(c, w, false);
    json_kv_u64(w, STR("term"), term);
    json_object_end(w);
    return status;
}

static int found(struct client *c, bool office, const char *word)
{
    struct buf body;
    struct json_writer w;
    buf_init(&body, alloc_libc, JSON_LINE_MAX);
    json_writer_init(&w, &body);
    int status = write_found(c, &w, office, word);
    if (status == EXIT_STATUS_OK)
        status = client_act(c, office ? "office.found" : "council.found", buf_str(&body));
    buf_done(&body);
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

static int found_council(struct client *c)
{
    const char *kind = cli_option(c->cli, "kind");
    return found(c, false, kind ? kind : "council");
}

static int found_office(struct client *c)
{
    const char *role = cli_option(c->cli, "role");
    enum body_role known;
    if (!role || !office_role_by_name(str_from(role), &known))
        return cli_usage(c->cli,
                         "--role: expected steward, registrar, teller, returning or appeals");
    return found(c, true, role);
}

static int apportion_council(struct client *c)
{
    uint32_t row = client_body(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    struct apportion_result seats;
    struct fail fail = {0};
    if (council_freeze_unused(c->state, row) == ROW_NONE) {
        int status = client_act(c, "roll.freeze",
                                str_from(client_text(c, "{\"body\":\"%s\"}", body_hex(c, row))));
        if (status != EXIT_STATUS_OK) return status;
    }
    uint32_t freeze = council_freeze_unused(c->state, row);
    enum code code = council_seats(c->state, freeze, &c->arena, &seats, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    struct buf body;
    buf_init(&body, alloc_libc, JSON_LINE_MAX);
    buf_printf(&body, "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[", body_hex(c, row),
               client_hex(c, state_freeze(c->state, freeze)->id.bytes, 32));
    for (uint32_t i = 0; i < state_body(c->state, row)->constituency_count; i++)
        buf_printf(&body, i ? ",%u" : "%u", seats.seats[i]);
    buf_add_cstr(&body, "]}");
    int status = client_act(c, "council.apportion", buf_str(&body));
    buf_done(&body);
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

/* ---- showing ---- */

static str constituency_name(const struct state *s, uint32_t row)
{
    const struct constituency_row *of = state_constituency(s, row);
    if (of->unit_row != ROW_NONE) return state_text(s, state_unit(s, of->unit_row)->name);
    return state_text(s, state_body(s, of->from_body)->name);
}

/* By what this person sits here: election, cell, the digest of the result sheet from which it
 * follows. */
static void seat_json(struct client *c, struct json_writer *w,
                      const struct credentials_constituency *of,
                      const struct credentials_seat *held)
{
    const struct state *s = c->state;
    const struct seat_row *seat = state_seat(s, held->seat_row);
    const struct election_row *election = state_election(s, held->election_row);
    json_object(w);
    json_kv_hex(w, STR("member"), state_member(s, held->member_row)->mid.bytes, sizeof(mid16));
    json_kv_str(w, STR("name"), client_name_of(c, held->member_row));
    json_kv_str(w, STR("elected_in"), constituency_name(s, of->constituency_row));
    json_kv_u64(w, STR("seat"), seat->number);
    json_kv_u64(w, STR("from"), seat->from);
    json_kv_u64(w, STR("until"), seat->until);
    json_kv_hex(w, STR("elected_by"), election->id.bytes, sizeof election->id);
    if (!election->by_clock)
        json_kv_u64(w, STR("elected_by_index"), state_act_index(s, &election->id));
    json_kv_u64(w, STR("cell"), election_cell_number(s, held->cell_row));
    json_kv_hex(w, STR("result_sheet"), state_cell(s, held->cell_row)->sheet.bytes, sizeof(hash32));
    json_kv_str(w, STR("evidence"),
                of->unopposed ? STR("unopposed") : election_mode_name(of->evidence));
    json_kv_bool(w, STR("after_vacancy"), held->by_reserve);
    json_object_end(w);
}

static void show_json(struct client *c, const struct credentials *all)
{
    const struct body_row *body = state_body(c->state, all->body_row);
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, (size_t)1 << 28);
    json_writer_init_free(&w, &out);
    json_object(&w);
    json_kv_hex(&w, STR("id"), body->id.bytes, sizeof body->id);
    json_kv_str(&w, STR("name"), state_text(c->state, body->name));
    json_kv_str(&w, STR("kind"), state_text(c->state, body->kind_label));
    json_kv_u64(&w, STR("founded"), body->since);
    json_kv_u64(&w, STR("seats"), all->seats);
    json_kv_u64(&w, STR("held"), all->held);
    json_kv_u64(&w, STR("entitled"), all->entitled);
    json_kv_u64(&w, STR("constituencies"), all->constituency_count);
    json_kv_u64(&w, STR("removes"), body->removes);
    json_key(&w, STR("delegates"));
    json_array(&w);
    for (uint32_t i = 0; i < all->constituency_count; i++)
        for (uint32_t k = 0; k < all->constituency[i].held; k++)
            seat_json(c, &w, &all->constituency[i], &all->constituency[i].seat[k]);
    json_array_end(&w);
    json_object_end(&w);
    fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    buf_done(&out);
}

static void show_text(struct client *c, const struct credentials *all)
{
    const struct body_row *body = state_body(c->state, all->body_row);
    fprintf(
        c->cli->out, "%.*s (%.*s): %u of %u seats held, %u entitled to vote in %u constituencies\n",
        STR_ARG(state_text(c->state, body->name)), STR_ARG(state_text(c->state, body->kind_label)),
        all->held, all->seats, all->entitled, all->constituency_count);
    for (uint32_t i = 0; i < all->constituency_count; i++) {
        const struct credentials_constituency *of = &all->constituency[i];
        fprintf(c->cli->out, "\n  %.*s: %u of %u seats, %u electors, %u ballots%s\n",
                STR_ARG(constituency_name(c->state, of->constituency_row)), of->held, of->seats,
                of->electors, of->ballots, of->unopposed ? ", unopposed" : "");
        for (uint32_t k = 0; k < of->held; k++)
            fprintf(c->cli->out, "    %2u  %-40.*s until %s\n",
                    state_seat(c->state, of->seat[k].seat_row)->number,
                    STR_ARG(client_name_of(c, of->seat[k].member_row)),
                    client_time(c, state_seat(c->state, of->seat[k].seat_row)->until));
    }
}

static int show(struct client *c)
{
    uint32_t row = client_body(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    struct credentials all;
    enum code code = credentials_of(c->state, row, &c->arena, &all);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &(struct fail){0});
    if (c->cli->json)
        show_json(c, &all);
    else
        show_text(c, &all);
    return EXIT_STATUS_OK;
}

static void list_row(struct client *c, struct json_writer *w, uint32_t row)
{
    const struct body_row *body = state_body(c->state, row);
    uint32_t held = 0;
    for (uint32_t i = 0; i < c->state->seat.count; i++)
        held += state_seat(c->state, i)->body_row == row && !state_seat(c->state, i)->ended;
    if (!c->cli->json) {
        fprintf(c->cli->out, "  %.8s  %-28.*s %-10.*s %5u of %u seats held, %u constituencies\n",
                body_hex(c, row), STR_ARG(state_text(c->state, body->name)),
                STR_ARG(state_text(c->state, body->kind_label)), held, body->seats,
                body->constituency_count);
        return;
    }
    json_object(w);
    json_kv_hex(w, STR("id"), body->id.bytes, sizeof body->id);
    json_kv_str(w, STR("name"), state_text(c->state, body->name));
    json_kv_str(w, STR("kind"), state_text(c->state, body->kind_label));
    json_kv_u64(w, STR("seats"), body->seats);
    json_kv_u64(w, STR("held"), held);
    json_kv_u64(w, STR("constituencies"), body->constituency_count);
    json_kv_u64(w, STR("due"), body->due);
    json_object_end(w);
}

static int list_bodies(struct client *c, bool offices)
{
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, (size_t)1 << 28);
    json_writer_init_free(&w, &out);
    json_array(&w);
    for (uint32_t row = 0; row < c->state->body.count; row++)
        if ((state_body(c->state, row)->kind == BODY_OFFICE) == offices) list_row(c, &w, row);
    json_array_end(&w);
    if (c->cli->json) fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    buf_done(&out);
    return EXIT_STATUS_OK;
}

static int list_councils(struct client *c)
{
    return list_bodies(c, false);
}

static int list_offices(struct client *c)
{
    return list_bodies(c, true);
}

static int resign(struct client *c)
{
    uint32_t row = client_body(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    int status = client_act(c, "seat.resign",
                            str_from(client_text(c, "{\"body\":\"%s\"}", body_hex(c, row))));
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

static int run_found_council(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, found_council);
}

static int run_found_office(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, found_office);
}

static int run_apportion(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, apportion_council);
}

static int run_resign(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, resign);
}

static int run_show(struct cli *cli)
{
    return client_run(cli, NODE_READ, show);
}

static int run_list_councils(struct cli *cli)
{
    return client_run(cli, NODE_READ, list_councils);
}

static int run_list_offices(struct cli *cli)
{
    return client_run(cli, NODE_READ, list_offices);
}

#define SEAT_OPTIONS                                                                               \
    {"seats-each", "N", "seats of every constituency", false},                                     \
    {                                                                                              \
        "term", "TIME", "365d without it", false                                                   \
    }

const struct command council_commands[] = {
    {.noun = "council",
     .verb = "found",
     .args = "NAME [UNIT|COUNCIL…]",
     .summary = "found a council of the units or councils named, or of all units",
     .example = "plenary council found Congress --norm sainte-lague --seats 1200 -C org",
     .args_min = 1,
     .args_max = COMMAND_ARGS_MAX,
     .run = run_found_council,
     .options = {{"kind", "WORD", "council or executive", false},
                 {"norm", "METHOD",
                  "ratio-up, ratio-nearest, dhondt, sainte-lague, hare-lr, droop-lr", false},
                 {"ratio", "N", "members a seat, for the ratio methods", false},
                 {"seats", "N", "seats in all, for the methods that share them out", false},
                 SEAT_OPTIONS}},
    {.noun = "council",
     .verb = "apportion",
     .args = "COUNCIL",
     .summary = "freeze its electorate if need be and compute its seats",
     .example = "plenary council apportion Congress -C org",
     .args_min = 1,
     .args_max = 1,
     .run = run_apportion},
    {.noun = "council",
     .verb = "list",
     .args = "",
     .summary = "councils and executives",
     .example = "plenary council list -C org --json",
     .run = run_list_councils},
    {.noun = "council",
     .verb = "show",
     .args = "COUNCIL",
     .summary = "who sits there, elected where and by which act",
     .example = "plenary council show Congress -C demo --json",
     .args_min = 1,
     .args_max = 1,
     .run = run_show},
    {.noun = "council",
     .verb = "resign",
     .args = "COUNCIL",
     .summary = "give up one's own seat",
     .example = "plenary council resign Congress --as 004217 -C demo",
     .args_min = 1,
     .args_max = 1,
     .run = run_resign},
    {.noun = "office",
     .verb = "found",
     .args = "NAME [UNIT|COUNCIL…]",
     .summary = "found an office: its holders are elected there and answer there",
     .example = "plenary office found Tellers --role teller --seats-each 2 -C org",
     .args_min = 1,
     .args_max = COMMAND_ARGS_MAX,
     .run = run_found_office,
     .options = {{"role", "ROLE", "steward, registrar, teller, returning, appeals", false},
                 SEAT_OPTIONS}},
    {.noun = "office",
     .verb = "list",
     .args = "",
     .summary = "offices and how many hold them",
     .example = "plenary office list -C org --json",
     .run = run_list_offices},
    {.noun = "office",
     .verb = "show",
     .args = "OFFICE",
     .summary = "who holds it, elected where and by which act",
     .example = "plenary office show Tellers -C demo",
     .args_min = 1,
     .args_max = 1,
     .run = run_show},
    {.noun = "office",
     .verb = "resign",
     .args = "OFFICE",
     .summary = "give up one's own office",
     .example = "plenary office resign Tellers --as 004217 -C demo",
     .args_min = 1,
     .args_max = 1,
     .run = run_resign},
};
const size_t council_command_count = COUNT(council_commands);
