#include "cli/organisation.h"

#include "base/civil.h"
#include "cli/client.h"
#include "cli/init.h"
#include "core/record/words.h"

static uint32_t count_members(const struct state *s)
{
    uint32_t active = 0;
    for (uint32_t i = 0; i < s->member.count; i++)
        active += state_is_active(s, i) && state_member(s, i)->unit_row != ROW_NONE;
    return active;
}

static uint32_t count_keys(const struct state *s)
{
    uint32_t confirmed = 0;
    for (uint32_t i = 0; i < s->key.count; i++)
        confirmed += state_key(s, i)->state == KEY_CONFIRMED;
    return confirmed;
}

static uint32_t count_open_units(const struct state *s)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < s->unit.count; i++) open += state_unit(s, i)->state == UNIT_OPEN;
    return open;
}

static void status_json(struct client *c)
{
    const struct state *s = c->state;
    struct buf out;
    struct json_writer w;
    hash32 digest = state_digest(s), root = merkle_root(&s->tree, s->tree.size);
    buf_init(&out, alloc_libc, 1 << 16);
    json_writer_init_free(&w, &out);
    json_object(&w);
    json_kv_str(&w, STR("origin"), node_origin(c->node));
    json_kv_str(&w, STR("name"), state_text(s, s->org.name));
    json_kv_bool(&w, STR("rehearsal"), s->org.is_rehearsal);
    json_kv_u64(&w, STR("rules"), s->org.rules);
    json_kv_u64(&w, STR("founded"), s->org.founded);
    json_kv_u64(&w, STR("confirmed"), s->org.confirmed);
    json_kv_u64(&w, STR("now"), (uint64_t)node_now(c->node));
    json_kv_u64(&w, STR("size"), state_size(s));
    json_kv_base64(&w, STR("root"), root.bytes, sizeof root);
    json_kv_hex(&w, STR("state"), digest.bytes, sizeof digest);
    json_kv_u64(&w, STR("members"), count_members(s));
    json_kv_u64(&w, STR("keys"), count_keys(s));
    json_kv_u64(&w, STR("units"), count_open_units(s));
    json_kv_u64(&w, STR("bodies"), s->body.count);
    json_object_end(&w);
    fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    buf_done(&out);
}

static const char *phase_of(const struct state *s, const struct election_row *election)
{
    switch ((enum election_state)election->state) {
    case ELECTION_NOMINATING: return "nominations open";
    case ELECTION_READY: return "ballot not yet open";
    case ELECTION_OPEN: return "ballot open";
    case ELECTION_CLOSED: return "result provisional";
    case ELECTION_DONE: break;
    }
    (void)s;
    return "finished";
}

static void print_elections(struct client *c)
{
    for (uint32_t i = 0; i < c->state->election.count; i++) {
        const struct election_row *election = state_election(c->state, i);
        if (election->state == ELECTION_DONE) continue;
        const struct body_row *body = state_body(c->state, election->body_row);
        fprintf(c->cli->out, "  election        %.*s: %s; nominations to %s, ballot %s to %s\n",
                STR_ARG(state_text(c->state, body->name)), phase_of(c->state, election),
                client_time(c, election->nominate_until), client_time(c, election->opens),
                client_time(c, election->closes));
    }
}

static int run_status(struct cli *cli)
{
    struct client c;
    int status = client_open(&c, cli, NODE_READ);
    if (status == EXIT_STATUS_OK && cli->json) {
        status_json(&c);
    } else if (status == EXIT_STATUS_OK) {
        const struct state *s = c.state;
        fprintf(cli->out, "%.*s  (%.*s)%s\n", STR_ARG(state_text(s, s->org.name)),
                STR_ARG(node_origin(c.node)), s->org.is_rehearsal ? "  rehearsal" : "");
        fprintf(cli->out, "  founded         %s, %s\n", client_time(&c, s->org.founded),
                s->org.confirmed
                    ? client_text(&c, "confirmed %s", client_time(&c, s->org.confirmed))
                    : "not confirmed by its units");
        fprintf(cli->out, "  members         %u in %u units, %u keys in force\n", count_members(s),
                count_open_units(s), count_keys(s));
        fprintf(cli->out, "  councils        %u councils, executives and offices\n", s->body.count);
        print_elections(&c);
        fprintf(cli->out, "  record          %llu entries, rules version %u, last at %s\n",
                (unsigned long long)state_size(s), s->org.rules, client_time(&c, s->org.last_at));
    }
    client_close(&c);
    return status;
}

static int run_act(struct cli *cli)
{
    struct client c;
    int status = client_open(&c, cli, NODE_WRITE);
    if (status == EXIT_STATUS_OK) status = client_act(&c, cli->args[0], str_from(cli->args[1]));
    if (status == EXIT_STATUS_OK) status = client_finish(&c);
    client_close(&c);
    return status;
}

/* "2026-09-27T18:00+02:00", or "+7d" from now. */
static bool parse_time(const struct client *c, const char *text, unix_s *ret)
{
    uint64_t seconds;
    int32_t offset;
    if (text[0] != '+') return civil_parse(str_from(text), ret, &offset);
    if (!civil_parse_duration(str_from(text + 1), &seconds)) return false;
    *ret = node_now(c->node) + (unix_s)seconds;
    return true;
}

static int set_clock(struct client *c)
{
    unix_s at;
    bool ticked = true;
    struct fail fail = {0};
    if (!parse_time(c, c->cli->args[0], &at)) {
        (void)fail_set(&fail, CODE_MALFORMED, "time",
                       "\"%s\": expected 2026-09-27T18:00+02:00, or +7d from now", c->cli->args[0]);
        return cli_complain(c->cli, NULL, CODE_MALFORMED, &fail);
    }
    enum code code = node_clock_set(c->node, at, &fail);
    while (code == CODE_OK && ticked) code = node_tick(c->node, &ticked, &fail);
    if (code == CODE_OK) code = node_commit(c->node, &fail);
    if (code == CODE_NOT_YOURS) {
        (void)cli_complain(c->cli, NULL, code, &fail);
        return EXIT_STATUS_REFUSED;
    }
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, NULL, code, &fail);
}

static void print_clock(struct client *c)
{
    unix_s now = node_now(c->node);
    if (c->cli->json)
        fprintf(c->cli->out, "{\"now\":%lld,\"size\":%llu}\n", (long long)now,
                (unsigned long long)state_size(c->state));
    else
        fprintf(c->cli->out, "%s\n", client_time(c, (uint64_t)now));
}

static int run_clock_set(struct cli *cli)
{
    struct client c;
    int status = client_open(&c, cli, NODE_WRITE);
    if (status == EXIT_STATUS_OK) status = set_clock(&c);
    if (status == EXIT_STATUS_OK) print_clock(&c);
    client_close(&c);
    return status;
}

static int run_clock_show(struct cli *cli)
{
    struct client c;
    int status = client_open(&c, cli, NODE_READ);
    if (status == EXIT_STATUS_OK) print_clock(&c);
    client_close(&c);
    return status;
}

/* What the clock makes happen, recorded now: for operators' timers. */
static int run_tick(struct cli *cli)
{
    struct client c;
    struct fail fail = {0};
    bool ticked = true;
    int status = client_open(&c, cli, NODE_WRITE);
    enum code code = CODE_OK;
    while (status == EXIT_STATUS_OK && code == CODE_OK && ticked)
        code = node_tick(c.node, &ticked, &fail);
    if (status == EXIT_STATUS_OK && code == CODE_OK) code = node_commit(c.node, &fail);
    if (code != CODE_OK) status = cli_complain(cli, NULL, code, &fail);
    if (status == EXIT_STATUS_OK) print_clock(&c);
    client_close(&c);
    return status;
}

const struct command organisation_commands[] = {
    {.noun = "status",
     .args = "",
     .summary = "the organisation at a glance",
     .example = "plenary status -C demo",
     .run = run_status},
    {.noun = "clock",
     .verb = "show",
     .args = "",
     .summary = "the time the rules know now",
     .example = "plenary clock show -C demo",
     .run = run_clock_show},
    {.noun = "clock",
     .verb = "set",
     .args = "TIME",
     .summary = "declare the time of a rehearsal; what is due happens",
     .example = "plenary clock set +7d -C demo",
     .args_min = 1,
     .args_max = 1,
     .run = run_clock_set},
    {.noun = "clock",
     .verb = "tick",
     .args = "",
     .summary = "let what is due happen now",
     .example = "plenary clock tick -C /srv/north",
     .run = run_tick},
    {.noun = "act",
     .args = "KIND BODY",
     .summary = "sign and submit any act, its body given as canonical JSON",
     .example = "plenary act roll.resign '{}' --as 004217 -C demo",
     .args_min = 2,
     .args_max = 2,
     .run = run_act},
};
const size_t organisation_command_count = COUNT(organisation_commands);
