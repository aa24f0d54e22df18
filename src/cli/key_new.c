/* key_new.c - plenary key enrol, add, make: keys that are new. The key file is on the disk before
 * the act counts. */
#include "base/json.h"
#include "cli/client.h"
#include "cli/input.h"
#include "cli/key.h"
#include "core/record/membercode.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

enum { TYPED_MAX = 256 };

static uint32_t count_keys(const struct state *s, uint32_t member_row)
{
    uint32_t count = 0;
    for (uint32_t row = state_member(s, member_row)->first_key_row; row != ROW_NONE;
         row = state_key(s, row)->next_of_member)
        count++;
    return count;
}

/* Rehearsals give every member the same keys each time. */
static void draw_key(const struct client *c, uint32_t member_row, struct keyfile *ret)
{
    const mid16 *mid = &state_member(c->state, member_row)->mid;
    if (c->is_rehearsal)
        rehearsal_key(&c->rehearsal, mid, count_keys(c->state, member_row), ret);
    else
        keyfile_random(ret, mid);
}

/* Where --out says; else in rehearsals among the keys of the organisation's folder, so that --as
 * finds it. Otherwise in the working folder: nobody's key belongs on the node. */
static const char *key_place(struct client *c, const struct keyfile *key)
{
    char path[PATH_MAX];
    const char *out = cli_option(c->cli, "out");
    if (out) return out;
    if (!c->is_rehearsal)
        return client_text(c, "%s.key", client_hex(c, key->device.bytes, sizeof key->device));
    return keyfile_path(c->cli->dir, key, path, sizeof path) ? client_text(c, "%s", path) : NULL;
}

static int keep_key(struct client *c, const struct keyfile *key, const char **ret_path)
{
    struct fail fail = {0};
    *ret_path = key_place(c, key);
    if (!*ret_path) return cli_usage(c->cli, "the folder's name is too long");
    if (access(*ret_path, F_OK) == 0)
        return cli_usage(c->cli, "%s exists already; nothing is overwritten", *ret_path);
    enum code code = keyfile_write(*ret_path, node_origin(c->node), key, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, *ret_path, code, &fail);
}

static str new_key_body(struct client *c, const struct keyfile *key)
{
    key32 public_key = secret_key_public(&key->secret);
    return str_from(client_text(c, "{\"device\":\"%s\",\"key\":\"%s\"}",
                                client_hex(c, key->device.bytes, sizeof key->device),
                                client_hex(c, public_key.bytes, sizeof public_key)));
}

/* Submits what brings the key in; a key that did not come to count leaves no file behind. */
static int bring_in(struct client *c, struct compose *compose, const char *path)
{
    int status = client_submit(c, compose);
    if (status == EXIT_STATUS_OK) status = client_commit(c);
    if (status != EXIT_STATUS_OK && unlink(path) != 0)
        fprintf(c->cli->err, "%s: a key that does not count is left there: %s\n", path,
                strerror(errno));
    return status;
}

static void tell_key(struct client *c, const struct keyfile *key, const char *path,
                     bool provisional)
{
    const char *device = client_hex(c, key->device.bytes, sizeof key->device);
    if (c->cli->json) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, alloc_libc, 1 << 16);
        json_writer_init_free(&w, &out);
        json_object(&w);
        json_kv_str(&w, STR("device"), str_from(device));
        json_kv_str(&w, STR("file"), str_from(path));
        json_kv_u64(&w, STR("index"), c->last.index);
        json_kv_hex(&w, STR("mid"), key->mid.bytes, sizeof key->mid);
        json_kv_bool(&w, STR("provisional"), provisional);
        json_object_end(&w);
        fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
        buf_done(&out);
        return;
    }
    fprintf(c->cli->out,
            "recorded as no. %llu\n  device  %s\n  key     %s (keep it; nobody can replace it for "
            "you)\n",
            (unsigned long long)c->last.index, device, path);
    if (provisional)
        fprintf(c->cli->out, "It is provisional: a PIN comes to your contact on the roll, then\n"
                             "  plenary key confirm --member … --pin PIN\nor two tellers of your "
                             "unit confirm it in person.\n");
}

/* ---- enrol ---- */

static enum code read_code(const struct cli *cli, struct membercode *ret, struct fail *fail)
{
    const char *typed = cli_option(cli, "code");
    if (strcmp(typed, "-") != 0) return membercode_parse(str_from(typed), ret, fail);
    struct buf line;
    enum code code = input_read("-", TYPED_MAX, &line, fail);
    str rest = buf_str(&line);
    if (code == CODE_OK) code = membercode_parse(str_trim(str_cut(&rest, '\n')), ret, fail);
    if (line.at) sign_wipe(line.at, line.len);
    buf_done(&line);
    return code;
}

/* The enrolment key of the code, if it is the one in force for that member. */
static enum code enrolment_secret(struct client *c, uint32_t member_row, struct secret_key *ret,
                                  struct fail *fail)
{
    struct membercode code;
    uint8_t seed[32];
    TRY(read_code(c->cli, &code, fail));
    membercode_enrol_seed(&code, node_origin(c->node), seed);
    secret_key_from_seed(ret, seed);
    sign_wipe(seed, sizeof seed);
    sign_wipe(&code, sizeof code);
    key32 key = secret_key_public(ret);
    if (key32_eq(&key, &state_member(c->state, member_row)->enrol_key)) return CODE_OK;
    return fail_set(fail, CODE_NOT_YOURS, "code",
                    "this is not the code in force for that member: a newer letter, or "
                    "another person's");
}

static int enrol(struct client *c)
{
    if (!cli_option(c->cli, "code")) return cli_usage(c->cli, "expected --code CODE");
    uint32_t row = key_member_option(c);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    struct fail fail = {0};
    struct secret_key enrolment;
    struct keyfile key;
    const char *path = NULL;
    enum code code = enrolment_secret(c, row, &enrolment, &fail);
    if (code != CODE_OK)
        return cli_complain(c->cli, code == CODE_MALFORMED ? "--code" : NULL, code, &fail);
    draw_key(c, row, &key);
    int status = keep_key(c, &key, &path);
    struct compose compose = {.kind = STR("key.enrol"),
                              .body = new_key_body(c, &key),
                              .by = key.mid,
                              .key_count = 2,
                              .key = {{{KEY_DEVICE, key.mid, key.device}, &key.secret},
                                      {{.role = KEY_ENROLMENT, .mid = key.mid}, &enrolment}}};
    if (status == EXIT_STATUS_OK) status = bring_in(c, &compose, path);
    if (status == EXIT_STATUS_OK) tell_key(c, &key, path, true);
    secret_key_done(&enrolment);
    secret_key_done(&key.secret);
    return status;
}

int key_run_enrol(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, enrol);
}

/* ---- add ---- */

static int add(struct client *c)
{
    int status = client_actor(c);
    if (status != EXIT_STATUS_OK) return status;
    uint32_t row = state_member_by_mid(c->state, &c->actor.mid);
    if (row == ROW_NONE) return cli_usage(c->cli, "the key given is not a member's");
    struct keyfile key;
    const char *path = NULL;
    draw_key(c, row, &key);
    status = keep_key(c, &key, &path);
    struct compose compose = {.kind = STR("key.add"),
                              .body = new_key_body(c, &key),
                              .by = key.mid,
                              .key_count = 2,
                              .key = {{{KEY_DEVICE, key.mid, key.device}, &key.secret},
                                      {{KEY_DEVICE, key.mid, c->actor.device}, &c->actor.secret}}};
    if (status == EXIT_STATUS_OK) status = bring_in(c, &compose, path);
    if (status == EXIT_STATUS_OK) tell_key(c, &key, path, false);
    secret_key_done(&key.secret);
    return status;
}

int key_run_add(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, add);
}

/* ---- make: for sponsors ---- */

static int make(struct client *c)
{
    uint32_t row = key_member_option(c);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    if (!cli_option(c->cli, "out")) return cli_usage(c->cli, "expected --out FILE");
    struct keyfile key;
    const char *path = NULL;
    draw_key(c, row, &key);
    int status = keep_key(c, &key, &path);
    key32 public_key = secret_key_public(&key.secret);
    secret_key_done(&key.secret);
    if (status != EXIT_STATUS_OK) return status;
    const char *device = client_hex(c, key.device.bytes, sizeof key.device),
               *hex = client_hex(c, public_key.bytes, 32);
    if (c->cli->json)
        fprintf(c->cli->out, "{\"device\":\"%s\",\"public\":\"%s\"}\n", device, hex);
    else
        fprintf(c->cli->out,
                "the key is in %s; two members of the unit now vouch for it, each with\n"
                "  plenary key sponsor --member %s --device %s --public %s\n",
                path, client_hex(c, key.mid.bytes, sizeof key.mid), device, hex);
    return EXIT_STATUS_OK;
}

int key_run_make(struct cli *cli)
{
    return client_run(cli, NODE_READ, make);
}
