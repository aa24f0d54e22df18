/* roll_acts.c - plenary roll propose, second, move, contact, resign, request, answer, freeze: one
 * act each. */
#include "base/json.h"
#include "base/text.h"
#include "cli/disclose.h"
#include "cli/people.h"
#include "cli/roll.h"
#include "core/import/rollfile.h"
#include "core/institutions/roll.h"

#include <unistd.h>

static struct person person_of_options(const struct cli *cli)
{
    return (struct person){
        .number = str_from(cli_option(cli, "number")),
        .name = str_from(cli_option(cli, "name")),
        .email = str_from(cli_option(cli, "email")),
        .phone = str_from(cli_option(cli, "phone")),
        .address = str_from(cli_option(cli, "address")),
    };
}

enum { ADDRESS_MAX = 500 };

/* What canonical JSON never holds. */
static bool has_control(str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t point = utf8_next(text, &at);
        if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return true;
    }
    return false;
}

/* One line of text, as the import would take it. */
static int check_options(const struct cli *cli)
{
    static const struct {
        const char *name;
        size_t max;
    } options[] = {{"number", ROLL_NUMBER_MAX},
                   {"name", ROLL_NAME_MAX},
                   {"email", ROLL_CONTACT_MAX},
                   {"phone", ROLL_CONTACT_MAX},
                   {"address", ADDRESS_MAX}};
    for (size_t i = 0; i < COUNT(options); i++) {
        struct fail fail = {0};
        str text = str_from(cli_option(cli, options[i].name));
        bool good = text.len <= options[i].max && utf8_check(text) == text.len;
        if (good && !has_control(text)) continue;
        (void)fail_set(&fail, CODE_MALFORMED, "option",
                       "--%s: expected one line of at most %zu bytes of UTF-8", options[i].name,
                       options[i].max);
        return cli_complain(cli, NULL, CODE_MALFORMED, &fail);
    }
    return EXIT_STATUS_OK;
}

static bool is_reachable(const struct person *person)
{
    return person->email.len || person->phone.len || person->address.len;
}

/* Commits to the data or the contact document of a person. */
static enum code commit_person(struct client *c, const struct person *person, bool contact,
                               const char *audience, hash32 *ret)
{
    struct buf document;
    buf_init(&document, alloc_libc, JSON_LINE_MAX);
    if (contact)
        person_contact_write(person, &document);
    else
        person_data_write(person, &document);
    enum code code = buf_check(&document);
    if (code == CODE_OK) code = client_disclose(c, buf_str(&document), audience, ret, NULL);
    buf_done(&document);
    return code;
}

static int finish(struct client *c, int status)
{
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

static int complain(struct client *c, enum code code)
{
    return cli_complain(c->cli, NULL, code, &(struct fail){0});
}

static const char *unit_hex(struct client *c, uint32_t unit_row)
{
    return client_hex(c, state_unit(c->state, unit_row)->id.bytes, sizeof(hash32));
}

/* ---- propose: single changes; whole lists come by import ---- */

static enum code add_admission(struct client *c, struct json_writer *w, uint32_t unit_row)
{
    struct person person = person_of_options(c->cli);
    char audience[AUDIENCE_SIZE];
    hash32 data, contact;
    mid16 mid;
    sign_random(mid.bytes, sizeof mid);
    audience_unit(&state_unit(c->state, unit_row)->id, audience);
    json_object(w);
    if (is_reachable(&person)) {
        TRY(commit_person(c, &person, true, audience, &contact));
        json_kv_commitment(w, STR("contact"), &contact);
    }
    TRY(commit_person(c, &person, false, audience, &data));
    json_kv_commitment(w, STR("data"), &data);
    json_kv_str(w, STR("do"), STR("admit"));
    json_kv_hex(w, STR("mid"), mid.bytes, sizeof mid);
    json_object_end(w);
    return CODE_OK;
}

static int add_named(struct client *c, struct json_writer *w, const char *option, const char *what)
{
    const char *typed;
    for (uint32_t n = 0; (typed = cli_option_at(c->cli, option, n)); n++) {
        uint32_t row = client_member(c, typed);
        if (row == ROW_NONE) return EXIT_STATUS_USAGE;
        json_object(w);
        json_kv_str(w, STR("do"), str_from(what));
        json_kv_hex(w, STR("mid"), state_member(c->state, row)->mid.bytes, sizeof(mid16));
        json_object_end(w);
    }
    return EXIT_STATUS_OK;
}

static int write_list(struct client *c, struct buf *list, uint32_t unit_row)
{
    struct json_writer w;
    json_writer_init(&w, list);
    json_object(&w);
    json_key(&w, STR("changes"));
    json_array(&w);
    if (cli_option(c->cli, "number")) {
        enum code code = add_admission(c, &w, unit_row);
        if (code != CODE_OK) return complain(c, code);
    }
    int status = add_named(c, &w, "lapse", "lapse");
    if (status == EXIT_STATUS_OK) status = add_named(c, &w, "transfer", "transfer");
    json_array_end(&w);
    json_object_end(&w);
    return status;
}

static int propose(struct client *c)
{
    int status = check_options(c->cli);
    if (status != EXIT_STATUS_OK) return status;
    uint32_t unit_row = client_unit(c, c->cli->args[0]);
    if (unit_row == ROW_NONE) return EXIT_STATUS_USAGE;
    bool admits = cli_option(c->cli, "number") != NULL, named = cli_option(c->cli, "name") != NULL;
    if (admits != named) return cli_usage(c->cli, "who is admitted has a --number and a --name");
    if (!admits && !cli_option(c->cli, "lapse") && !cli_option(c->cli, "transfer"))
        return cli_usage(
            c->cli, "expected --number and --name of somebody to admit, --lapse or --transfer");
    struct buf list;
    struct fail fail = {0};
    hash32 name;
    buf_init(&list, alloc_libc, ROLL_LIST_MAX);
    status = write_list(c, &list, unit_row);
    enum code code = status == EXIT_STATUS_OK ? buf_check(&list) : CODE_OK;
    if (status == EXIT_STATUS_OK && code == CODE_OK)
        code = node_blob_put(c->node, buf_str(&list), &name, &fail);
    buf_done(&list);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    if (status != EXIT_STATUS_OK) return status;
    return finish(c, client_act(c, "roll.propose",
                                str_from(client_text(c, "{\"list\":\"%s\",\"unit\":\"%s\"}",
                                                     client_hex(c, name.bytes, sizeof name),
                                                     unit_hex(c, unit_row)))));
}

int roll_run_propose(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, propose);
}

/* ---- second ---- */

static int second(struct client *c)
{
    uint32_t row = roll_proposal(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const struct proposal_row *proposal = state_proposal(c->state, row);
    return finish(
        c, client_act(c, "roll.second",
                      str_from(client_text(c, "{\"list\":\"%s\",\"proposal\":\"%s\"}",
                                           client_hex(c, proposal->list.bytes, sizeof(hash32)),
                                           client_hex(c, proposal->id.bytes, sizeof(hash32))))));
}

int roll_run_second(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, second);
}

/* ---- what members do themselves ---- */

static int move(struct client *c)
{
    uint32_t unit_row = client_unit(c, c->cli->args[0]);
    if (unit_row == ROW_NONE) return EXIT_STATUS_USAGE;
    return finish(c,
                  client_act(c, "roll.move",
                             str_from(client_text(c, "{\"unit\":\"%s\"}", unit_hex(c, unit_row)))));
}

int roll_run_move(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, move);
}

static int contact(struct client *c)
{
    int status = check_options(c->cli);
    if (status == EXIT_STATUS_OK) status = client_actor(c);
    if (status != EXIT_STATUS_OK) return status;
    struct person person = person_of_options(c->cli);
    if (!is_reachable(&person)) return cli_usage(c->cli, "expected --email, --phone or --address");
    char audience[AUDIENCE_SIZE] = "registrar", base64[48];
    uint32_t row = state_member_by_mid(c->state, &c->actor.mid);
    uint32_t unit_row = row == ROW_NONE ? ROW_NONE : state_member(c->state, row)->unit_row;
    if (unit_row != ROW_NONE) audience_unit(&state_unit(c->state, unit_row)->id, audience);
    hash32 commitment;
    enum code code = commit_person(c, &person, true, audience, &commitment);
    if (code != CODE_OK) return complain(c, code);
    base64_encode(commitment.bytes, sizeof commitment, base64);
    return finish(
        c, client_act(c, "roll.contact", str_from(client_text(c, "{\"contact\":\"%s\"}", base64))));
}

int roll_run_contact(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, contact);
}

static int resign(struct client *c)
{
    if (!cli_switch(c->cli, "yes"))
        return cli_usage(c->cli,
                         "this ends your membership and your seats; say --yes if you mean it");
    return finish(c, client_act(c, "roll.resign", STR("{}")));
}

int roll_run_resign(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, resign);
}

/* ---- asking to join ---- */

static str request_body(struct client *c, const hash32 *data, const struct keyfile *key,
                        uint32_t unit_row)
{
    struct buf body;
    struct json_writer w;
    key32 public_key = secret_key_public(&key->secret);
    buf_init(&body, alloc_libc, JSON_LINE_MAX);
    json_writer_init(&w, &body);
    json_object(&w);
    json_kv_commitment(&w, STR("data"), data);
    json_kv_hex(&w, STR("device"), key->device.bytes, sizeof key->device);
    json_kv_hex(&w, STR("key"), public_key.bytes, sizeof public_key);
    json_kv_hex(&w, STR("unit"), state_unit(c->state, unit_row)->id.bytes, sizeof(hash32));
    json_object_end(&w);
    str kept = client_keep(c, &body);
    buf_done(&body);
    return kept;
}

static int submit_request(struct client *c, const struct keyfile *key, uint32_t unit_row)
{
    struct person person = person_of_options(c->cli);
    char audience[AUDIENCE_SIZE];
    hash32 data;
    audience_unit(&state_unit(c->state, unit_row)->id, audience);
    enum code code = commit_person(c, &person, false, audience, &data);
    if (code != CODE_OK) return complain(c, code);
    struct compose compose = {.kind = STR("roll.request"),
                              .body = request_body(c, &data, key, unit_row),
                              .by = key->mid,
                              .key_count = 1,
                              .key = {{{KEY_DEVICE, key->mid, key->device}, &key->secret}}};
    return client_submit(c, &compose);
}

static int request(struct client *c)
{
    int status = check_options(c->cli);
    if (status != EXIT_STATUS_OK) return status;
    uint32_t unit_row = client_unit(c, c->cli->args[0]);
    const char *path = cli_option(c->cli, "out");
    if (unit_row == ROW_NONE) return EXIT_STATUS_USAGE;
    if (!path || !cli_option(c->cli, "name"))
        return cli_usage(c->cli, "expected --name NAME and --out KEYFILE");
    if (access(path, F_OK) == 0)
        return cli_usage(c->cli, "%s exists already; nothing is overwritten", path);
    struct keyfile key;
    struct fail fail = {0};
    mid16 mid;
    sign_random(mid.bytes, sizeof mid);
    keyfile_random(&key, &mid);
    enum code code = keyfile_write(path, node_origin(c->node), &key, &fail);
    status = code == CODE_OK ? submit_request(c, &key, unit_row)
                             : cli_complain(c->cli, path, code, &fail);
    secret_key_done(&key.secret);
    if (code == CODE_OK && status != EXIT_STATUS_OK && unlink(path) != 0)
        fprintf(c->cli->err, "%s: a key that asks for nothing is left there\n", path);
    if (status == EXIT_STATUS_OK && !c->cli->json)
        fprintf(c->cli->out, "your key is in %s; two stewards of the unit answer by %s\n", path,
                client_time(c, state_request(c->state, c->state->request.count - 1)->until));
    return finish(c, status);
}

int roll_run_request(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, request);
}

static int answer(struct client *c)
{
    bool admit = cli_switch(c->cli, "admit"), refuse = cli_switch(c->cli, "refuse");
    if (admit == refuse) return cli_usage(c->cli, "expected --admit or --refuse");
    uint32_t row = roll_request(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const char *id = client_hex(c, state_request(c->state, row)->id.bytes, sizeof(hash32));
    return finish(c, client_act(c, "roll.answer",
                                str_from(client_text(c, "{\"admit\":%s,\"request\":\"%s\"}",
                                                     admit ? "true" : "false", id))));
}

int roll_run_answer(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, answer);
}

/* ---- freeze ---- */

static int freeze(struct client *c)
{
    uint32_t row = client_body(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const char *id = client_hex(c, state_body(c->state, row)->id.bytes, sizeof(hash32));
    int status = client_act(c, "roll.freeze", str_from(client_text(c, "{\"body\":\"%s\"}", id)));
    if (status == EXIT_STATUS_OK && !c->cli->json) {
        const struct freeze_row *frozen = state_freeze(c->state, c->state->freeze.count - 1);
        fprintf(c->cli->out, "%u electors frozen; id %s\n", frozen->elector_count,
                client_hex(c, frozen->id.bytes, sizeof frozen->id));
    }
    return finish(c, status);
}

int roll_run_freeze(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, freeze);
}
