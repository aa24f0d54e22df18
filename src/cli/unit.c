#include "cli/unit.h"

#include "cli/client.h"
#include "core/institutions/unit.h"

/* A body of the form {…} in the client's arena, its texts escaped. */
static str found_body(struct client *c, const char *kind, const char *name, uint32_t parent)
{
    struct buf body;
    struct json_writer w;
    buf_init(&body, c->state->alloc, JSON_LINE_MAX);
    json_writer_init(&w, &body);
    json_object(&w);
    json_kv_str(&w, STR("kind"), str_from(kind));
    json_kv_str(&w, STR("name"), str_from(name));
    if (parent != ROW_NONE)
        json_kv_hex(&w, STR("parent"), state_unit(c->state, parent)->id.bytes, sizeof(hash32));
    json_object_end(&w);
    str kept = client_keep(c, &body);
    buf_done(&body);
    return kept;
}

static const char *unit_hex(struct client *c, uint32_t row)
{
    return client_hex(c, state_unit(c->state, row)->id.bytes, sizeof(hash32));
}

static int act_and_finish(struct client *c, const char *kind, str body)
{
    int status = client_act(c, kind, body);
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

static int found(struct client *c)
{
    const char *kind = cli_option(c->cli, "kind"), *parent = cli_option(c->cli, "parent");
    uint32_t parent_row = parent ? client_unit(c, parent) : ROW_NONE;
    if (parent && parent_row == ROW_NONE) return EXIT_STATUS_USAGE;
    for (uint32_t i = 0; i < c->cli->arg_count; i++) {
        str body = found_body(c, kind ? kind : "branch", c->cli->args[i], parent_row);
        int status = client_act(c, "unit.found", body);
        if (status != EXIT_STATUS_OK) return status;
    }
    return client_finish(c);
}

static int confirm(struct client *c)
{
    uint32_t row = client_unit(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    hash32 digest = unit_digest(c->state, row);
    return act_and_finish(
        c, "unit.confirm",
        str_from(client_text(c, "{\"count\":%u,\"digest\":\"%s\",\"unit\":\"%s\"}",
                             state_unit(c->state, row)->member_count,
                             client_hex(c, digest.bytes, sizeof digest), unit_hex(c, row))));
}

static int close_unit(struct client *c)
{
    uint32_t row = client_unit(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    return act_and_finish(c, "unit.close",
                          str_from(client_text(c, "{\"unit\":\"%s\"}", unit_hex(c, row))));
}

static int merge(struct client *c)
{
    uint32_t from = client_unit(c, c->cli->args[0]), into = client_unit(c, c->cli->args[1]);
    if (from == ROW_NONE || into == ROW_NONE) return EXIT_STATUS_USAGE;
    return act_and_finish(c, "unit.merge",
                          str_from(client_text(c, "{\"from\":\"%s\",\"into\":\"%s\"}",
                                               unit_hex(c, from), unit_hex(c, into))));
}

static int split(struct client *c)
{
    uint32_t from = client_unit(c, c->cli->args[0]);
    const char *kind = cli_option(c->cli, "kind");
    if (from == ROW_NONE) return EXIT_STATUS_USAGE;
    struct buf body;
    struct json_writer w;
    buf_init(&body, c->state->alloc, JSON_LINE_MAX);
    json_writer_init(&w, &body);
    json_object(&w);
    json_kv_str(&w, STR("kind"), str_from(kind ? kind : "branch"));
    json_key(&w, STR("members"));
    json_array(&w);
    int status = EXIT_STATUS_OK;
    for (uint32_t i = 2; i < c->cli->arg_count; i++) {
        uint32_t member = client_member(c, c->cli->args[i]);
        if (member == ROW_NONE)
            status = EXIT_STATUS_USAGE;
        else
            json_hex(&w, state_member(c->state, member)->mid.bytes, sizeof(mid16));
    }
    json_array_end(&w);
    json_kv_str(&w, STR("name"), str_from(c->cli->args[1]));
    json_kv_hex(&w, STR("unit"), state_unit(c->state, from)->id.bytes, sizeof(hash32));
    json_object_end(&w);
    if (status == EXIT_STATUS_OK) status = act_and_finish(c, "unit.split", buf_str(&body));
    buf_done(&body);
    return status;
}

static void unit_json(struct client *c, struct json_writer *w, uint32_t row)
{
    const struct unit_row *unit = state_unit(c->state, row);
    hash32 digest = unit_digest(c->state, row);
    json_object(w);
    json_kv_hex(w, STR("id"), unit->id.bytes, sizeof unit->id);
    json_kv_str(w, STR("name"), state_text(c->state, unit->name));
    json_kv_str(w, STR("kind"), state_text(c->state, unit->kind));
    json_kv_bool(w, STR("open"), unit->state == UNIT_OPEN);
    if (unit->parent_row != ROW_NONE)
        json_kv_str(w, STR("parent"), str_from(unit_hex(c, unit->parent_row)));
    json_kv_u64(w, STR("members"), unit->member_count);
    json_kv_u64(w, STR("confirmed"), unit->confirmed);
    json_kv_bool(w, STR("grew_fast"), unit->flagged != 0);
    json_kv_hex(w, STR("digest"), digest.bytes, sizeof digest);
    json_object_end(w);
}

static void print_unit(struct client *c, uint32_t row)
{
    const struct unit_row *unit = state_unit(c->state, row);
    fprintf(c->cli->out, "  %.8s  %-32.*s %6u members  %s%s\n", unit_hex(c, row),
            STR_ARG(state_text(c->state, unit->name)), unit->member_count,
            unit->state != UNIT_OPEN ? "closed"
            : unit->confirmed        ? "confirmed"
                                     : "not confirmed",
            unit->flagged ? ", grew fast" : "");
}

static int list(struct client *c)
{
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, (size_t)1 << 28);
    json_writer_init_free(&w, &out);
    if (c->cli->json) json_array(&w);
    for (uint32_t row = 0; row < c->state->unit.count; row++) {
        if (c->cli->json)
            unit_json(c, &w, row);
        else
            print_unit(c, row);
    }
    if (c->cli->json) json_array_end(&w);
    if (c->cli->json) fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    buf_done(&out);
    return EXIT_STATUS_OK;
}

static int show(struct client *c)
{
    uint32_t row = client_unit(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, 1 << 20);
    json_writer_init_free(&w, &out);
    if (c->cli->json) unit_json(c, &w, row);
    if (c->cli->json)
        fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    else
        print_unit(c, row);
    buf_done(&out);
    for (uint32_t m = 0; !c->cli->json && m < c->state->member.count; m++)
        if (state_member(c->state, m)->unit_row == row && state_is_active(c->state, m))
            fprintf(c->cli->out, "    %.*s\n", STR_ARG(client_name_of(c, m)));
    return EXIT_STATUS_OK;
}

static int run_found(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, found);
}

static int run_confirm(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, confirm);
}

static int run_close(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, close_unit);
}

static int run_merge(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, merge);
}

static int run_split(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, split);
}

static int run_list(struct cli *cli)
{
    return client_run(cli, NODE_READ, list);
}

static int run_show(struct cli *cli)
{
    return client_run(cli, NODE_READ, show);
}

const struct command unit_commands[] = {
    {.noun = "unit",
     .verb = "found",
     .args = "NAME…",
     .summary = "found units: branches, workplaces, districts",
     .example = "plenary unit found 'North depot' 'South depot' --kind workplace -C org",
     .args_min = 1,
     .args_max = COMMAND_ARGS_MAX,
     .run = run_found,
     .options = {{"kind", "WORD", "what you call it: branch, workplace, district", false},
                 {"parent", "UNIT", "the unit it belongs to", false}}},
    {.noun = "unit",
     .verb = "list",
     .args = "",
     .summary = "all units with their members and state",
     .example = "plenary unit list -C org --json",
     .run = run_list},
    {.noun = "unit",
     .verb = "show",
     .args = "UNIT",
     .summary = "one unit and who belongs to it",
     .example = "plenary unit show 'North depot' -C org",
     .args_min = 1,
     .args_max = 1,
     .run = run_show},
    {.noun = "unit",
     .verb = "confirm",
     .args = "UNIT",
     .summary = "a steward confirms that the unit's list is right",
     .example = "plenary unit confirm 'North depot' --as 004217 -C org",
     .args_min = 1,
     .args_max = 1,
     .run = run_confirm},
    {.noun = "unit",
     .verb = "close",
     .args = "UNIT",
     .summary = "a steward closes a unit that is empty",
     .example = "plenary unit close 'North depot' --as 004217 -C org",
     .args_min = 1,
     .args_max = 1,
     .run = run_close},
    {.noun = "unit",
     .verb = "merge",
     .args = "FROM INTO",
     .summary = "a steward of each signs that two units become one",
     .example = "plenary unit merge 'North depot' 'South depot' --as 004217 -C org",
     .args_min = 2,
     .args_max = 2,
     .run = run_merge},
    {.noun = "unit",
     .verb = "split",
     .args = "UNIT NAME MEMBER…",
     .summary = "two stewards move members to a new unit under theirs",
     .example = "plenary unit split 'North depot' 'Night shift' 004217 004218 --as 004217 -C org",
     .args_min = 3,
     .args_max = COMMAND_ARGS_MAX,
     .run = run_split,
     .options = {{"kind", "WORD", "what you call it", false}}},
};
const size_t unit_command_count = COUNT(unit_commands);
