/* key_acts.c - plenary key revoke, keep, sponsor, object, settle, list. */
#include "base/json.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/key.h"

enum { LIST_MAX = 256 << 20 };

bool key_device(const struct cli *cli, const char *typed, void *ret_device)
{
    if (typed && hex_decode(str_from(typed), ret_device, sizeof(device4))) return true;
    (void)cli_usage(
        cli, "\"%s\": expected a device id of 8 hexadecimal digits; plenary key list shows them",
        typed ? typed : "");
    return false;
}

uint32_t key_member_option(struct client *c)
{
    const char *typed = cli_option(c->cli, "member");
    if (typed) return client_member(c, typed);
    (void)cli_usage(c->cli, "expected --member WHO");
    return ROW_NONE;
}

static int finish(struct client *c, int status)
{
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

/* Acts whose body names one device of the actor. */
static int act_on_device(struct client *c, const char *kind)
{
    device4 device;
    if (!key_device(c->cli, c->cli->args[0], &device)) return EXIT_STATUS_USAGE;
    return client_act(c, kind, str_from(client_text(c, "{\"device\":\"%s\"}", c->cli->args[0])));
}

static int revoke(struct client *c)
{
    int status = act_on_device(c, "key.revoke");
    if (status != EXIT_STATUS_OK) return status;
    device4 device;
    if (!key_device(c->cli, c->cli->args[0], &device)) return EXIT_STATUS_USAGE;
    uint32_t row = state_key_of(c->state, state_member_by_mid(c->state, &c->actor.mid), &device);
    if (row != ROW_NONE && state_key(c->state, row)->revoke_at && !c->cli->json)
        fprintf(c->cli->out, "it ends at %s unless an older key keeps it\n",
                client_time(c, state_key(c->state, row)->revoke_at));
    return client_finish(c);
}

int key_run_revoke(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, revoke);
}

static int keep(struct client *c)
{
    return finish(c, act_on_device(c, "key.keep"));
}

int key_run_keep(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, keep);
}

static int object(struct client *c)
{
    return finish(c, act_on_device(c, "key.object"));
}

int key_run_object(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, object);
}

static int sponsor(struct client *c)
{
    device4 device;
    key32 public_key;
    const char *device_text = cli_option(c->cli, "device"),
               *public_text = cli_option(c->cli, "public");
    uint32_t row = key_member_option(c);
    if (row == ROW_NONE || !key_device(c->cli, device_text, &device)) return EXIT_STATUS_USAGE;
    if (!public_text || !hex_decode(str_from(public_text), public_key.bytes, sizeof public_key))
        return cli_usage(c->cli, "expected --public with 64 hexadecimal digits");
    return finish(c, client_act(c, "key.sponsor",
                                str_from(client_text(
                                    c, "{\"device\":\"%s\",\"key\":\"%s\",\"mid\":\"%s\"}",
                                    device_text, public_text,
                                    client_hex(c, state_member(c->state, row)->mid.bytes, 16)))));
}

int key_run_sponsor(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, sponsor);
}

static int settle(struct client *c)
{
    device4 device;
    bool allow = cli_switch(c->cli, "allow"), refuse = cli_switch(c->cli, "refuse");
    const char *device_text = cli_option(c->cli, "device");
    if (allow == refuse) return cli_usage(c->cli, "expected --allow or --refuse");
    uint32_t row = key_member_option(c);
    if (row == ROW_NONE || !key_device(c->cli, device_text, &device)) return EXIT_STATUS_USAGE;
    return finish(c, client_act(c, "key.settle",
                                str_from(client_text(
                                    c, "{\"allow\":%s,\"device\":\"%s\",\"mid\":\"%s\"}",
                                    allow ? "true" : "false", device_text,
                                    client_hex(c, state_member(c->state, row)->mid.bytes, 16)))));
}

int key_run_settle(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, settle);
}

/* ---- list ---- */

static const char *state_word(enum key_state state)
{
    switch (state) {
    case KEY_PROVISIONAL: return "provisional";
    case KEY_CONFIRMED: return "confirmed";
    case KEY_REVOKED: return "revoked";
    case KEY_SPONSORED: return "sponsored";
    case KEY_DISPUTED: return "disputed";
    }
    return "";
}

static void show_key(struct client *c, struct json_writer *w, uint32_t row)
{
    const struct key_row *key = state_key(c->state, row);
    const char *device = client_hex(c, key->device.bytes, sizeof key->device);
    const char *word = state_word((enum key_state)key->state);
    if (!c->cli->json) {
        fprintf(c->cli->out, "  %s  %-11s  since %s%s  %.*s%s\n", device, word,
                client_time(c, key->since), key->attested ? ", by two tellers" : "",
                STR_ARG(client_name_of(c, key->member_row)),
                key->revoke_at && key->state == KEY_CONFIRMED
                    ? client_text(c, "  ends %s", client_time(c, key->revoke_at))
                    : "");
        return;
    }
    json_object(w);
    json_kv_str(w, STR("device"), str_from(device));
    json_kv_hex(w, STR("mid"), state_member(c->state, key->member_row)->mid.bytes, sizeof(mid16));
    json_kv_hex(w, STR("public"), key->public_key.bytes, sizeof key->public_key);
    json_kv_str(w, STR("state"), str_from(word));
    json_kv_u64(w, STR("since"), key->since);
    json_kv_u64(w, STR("confirmed"), key->confirmed);
    json_kv_u64(w, STR("ends"), key->revoke_at);
    json_kv_bool(w, STR("attested"), key->attested);
    json_object_end(w);
}

static bool is_waiting(const struct key_row *key)
{
    return key->state != KEY_REVOKED && (key->state != KEY_CONFIRMED || key->revoke_at);
}

static int list(struct client *c)
{
    uint32_t member = ROW_NONE, shown = 0;
    if (c->cli->arg_count && (member = client_member(c, c->cli->args[0])) == ROW_NONE)
        return EXIT_STATUS_USAGE;
    bool all = cli_switch(c->cli, "all");
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, LIST_MAX);
    json_writer_init_free(&w, &out);
    json_array(&w);
    for (uint32_t row = 0; row < c->state->key.count; row++) {
        const struct key_row *key = state_key(c->state, row);
        if (member != ROW_NONE ? key->member_row != member : !all && !is_waiting(key)) continue;
        show_key(c, &w, row);
        shown++;
    }
    json_array_end(&w);
    if (c->cli->json) fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    if (!c->cli->json && !shown)
        fprintf(c->cli->out, member == ROW_NONE && !all ? "no key waits\n" : "no key\n");
    buf_done(&out);
    return EXIT_STATUS_OK;
}

int key_run_list(struct cli *cli)
{
    return client_run(cli, NODE_READ, list);
}
