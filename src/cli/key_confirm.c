/* key_confirm.c - plenary key pin, confirm: the second channel of a first key. The node draws a
 * PIN, keeps its hash alone and sends it to the contact on the roll; who names it holds both the
 * letter and the contact. */
#include "base/json.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/input.h"
#include "cli/key.h"
#include "cli/people.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum {
    PIN_DIGITS = 6,
    PIN_BELOW = 1000000,
    PIN_TRIES = 5,
    PIN_DAYS = 14,
    DAY_S = 86400,
    PIN_TEXT_MAX = 512
};

struct pin {
    uint64_t expires, tries;
    uint8_t salt[16];
    hash32 hash;
};

/* ---- which key ---- */

/* The key that waits: --device, else the only provisional one of --member. */
static uint32_t waiting_key(struct client *c)
{
    const char *typed = cli_option(c->cli, "device");
    uint32_t member = key_member_option(c), found = ROW_NONE, count = 0;
    device4 device = {{0}};
    if (member == ROW_NONE || (typed && !key_device(c->cli, typed, &device))) return ROW_NONE;
    for (uint32_t row = state_member(c->state, member)->first_key_row; row != ROW_NONE;
         row = state_key(c->state, row)->next_of_member) {
        const struct key_row *key = state_key(c->state, row);
        if (typed ? !device4_eq(&key->device, &device) : key->state != KEY_PROVISIONAL) continue;
        found = row;
        count++;
    }
    if (count == 1) return found;
    (void)cli_usage(c->cli, count ? "several keys of that member wait: give --device"
                                  : "no key of that member waits");
    return ROW_NONE;
}

/* ---- PINs in the folder's settings ---- */

static str pin_name(struct client *c, const struct key_row *key)
{
    return str_from(client_text(
        c, "pin.%s%s", client_hex(c, state_member(c->state, key->member_row)->mid.bytes, 16),
        client_hex(c, key->device.bytes, sizeof key->device)));
}

static hash32 pin_hash(const struct key_row *key, const uint8_t salt[16], str digits)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.pin/v1|"));
    sha256_add(&sha, salt, 16);
    sha256_add(&sha, key->public_key.bytes, sizeof key->public_key);
    sha256_add_str(&sha, digits);
    return sha256_done(&sha);
}

static enum code pin_save(struct client *c, const struct key_row *key, const struct pin *pin,
                          struct fail *fail)
{
    struct buf text;
    struct json_writer w;
    buf_init(&text, alloc_libc, PIN_TEXT_MAX);
    json_writer_init(&w, &text);
    json_object(&w);
    json_kv_u64(&w, STR("expires"), pin->expires);
    json_kv_hex(&w, STR("hash"), pin->hash.bytes, sizeof pin->hash);
    json_kv_hex(&w, STR("salt"), pin->salt, sizeof pin->salt);
    json_kv_u64(&w, STR("tries"), pin->tries);
    json_object_end(&w);
    enum code code = buf_check(&text);
    if (code == CODE_OK)
        code = store_meta_put(node_store(c->node), pin_name(c, key), buf_str(&text), fail);
    buf_done(&text);
    return code;
}

static enum code pin_load(struct client *c, const struct key_row *key, struct pin *ret,
                          struct fail *fail)
{
    struct buf text;
    const struct json *object = NULL;
    buf_init(&text, alloc_libc, PIN_TEXT_MAX);
    enum code code = store_meta_get(node_store(c->node), pin_name(c, key), &text, NULL);
    if (code == CODE_NOT_FOUND)
        (void)fail_set(fail, code, "pin",
                       "no PIN was sent for this key: plenary key pin --member …");
    if (code == CODE_OK) code = json_parse(buf_str(&text), PIN_TEXT_MAX, &c->arena, &object, fail);
    if (code == CODE_OK) {
        struct fields f = fields_of(object);
        ret->expires = fields_u64(&f, STR("expires"));
        fields_hex(&f, STR("hash"), ret->hash.bytes, sizeof ret->hash);
        fields_hex(&f, STR("salt"), ret->salt, sizeof ret->salt);
        ret->tries = fields_u64(&f, STR("tries"));
        code = fields_end(&f, fail);
    }
    buf_done(&text);
    return code;
}

/* ---- pin ---- */

static void draw_digits(char ret[PIN_DIGITS + 1])
{
    uint32_t x;
    do sign_random(&x, sizeof x);
    while (x >= UINT32_MAX - UINT32_MAX % PIN_BELOW);
    (void)snprintf(ret, PIN_DIGITS + 1, "%06u", x % PIN_BELOW);
}

static const char *message_name(struct client *c, const struct key_row *key)
{
    return client_text(c, "pin-%s-%s.txt",
                       client_hex(c, state_member(c->state, key->member_row)->mid.bytes, 16),
                       client_hex(c, key->device.bytes, sizeof key->device));
}

/* A message for the office's mail program, DIR/outbox/pin-<mid>-<device>.txt. */
static int put_into_outbox(struct client *c, const struct key_row *key, const char *digits,
                           const struct person *person)
{
    struct fail fail = {0};
    char folder[PATH_MAX];
    CLEANUP(io_close_fd) int fd = -1;
    str to = person->email.len   ? person->email
             : person->phone.len ? person->phone
                                 : person->address;
    if (!to.len) {
        (void)fail_set(&fail, CODE_NOT_FOUND, "contact",
                       "no contact of this member is held here; two tellers can confirm the "
                       "key in person: plenary key confirm --tellers A,B");
        return cli_complain(c->cli, NULL, CODE_NOT_FOUND, &fail);
    }
    const char *name = message_name(c, key);
    const char *text = client_text(
        c,
        "To: %.*s\nSubject: Confirm your key\n\nSomebody, we hope you, enrolled a key in your name "
        "with %.*s.\nIf it was you, your PIN is %s, good for %d days.\nIf it was not, tell your "
        "unit: "
        "somebody has opened your letter.\n",
        STR_ARG(to), STR_ARG(state_text(c->state, c->state->org.name)), digits, PIN_DAYS);
    (void)snprintf(folder, sizeof folder, "%s/outbox", c->cli->dir);
    enum code code = io_open_dir(AT_FDCWD, folder, true, 0700, &fd, &fail);
    if (code == CODE_OK) code = io_write_atomic(fd, name, str_from(text), 0600, IO_DURABLE, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, folder, code, &fail);
    if (c->cli->json)
        fprintf(c->cli->out, "{\"outbox\":\"%s\"}\n", name);
    else
        fprintf(c->cli->out,
                "the PIN is in %s/%s, to be sent to the contact on the roll and deleted\n", folder,
                name);
    return EXIT_STATUS_OK;
}

static int pin(struct client *c)
{
    uint32_t row = waiting_key(c);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const struct key_row *key = state_key(c->state, row);
    struct pin fresh = {.expires = (uint64_t)node_now(c->node) + (uint64_t)PIN_DAYS * DAY_S};
    struct fail fail = {0};
    char digits[PIN_DIGITS + 1];
    if (key->state != KEY_PROVISIONAL) return cli_usage(c->cli, "that key does not wait for a PIN");
    draw_digits(digits);
    sign_random(fresh.salt, sizeof fresh.salt);
    fresh.hash = pin_hash(key, fresh.salt, (str){digits, PIN_DIGITS});
    enum code code = pin_save(c, key, &fresh, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    int status = EXIT_STATUS_OK;
    struct people *people = client_people(c);
    if (c->is_rehearsal && c->cli->json)
        fprintf(c->cli->out, "{\"pin\":\"%s\"}\n", digits);
    else if (c->is_rehearsal)
        fprintf(c->cli->out,
                "PIN %s (a rehearsal shows it; otherwise it goes to the contact on the roll)\n",
                digits);
    else
        status = people ? put_into_outbox(c, key, digits, people_at(people, key->member_row))
                        : EXIT_STATUS_FAILED;
    sign_wipe(digits, sizeof digits);
    return status;
}

int key_run_pin(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, pin);
}

/* ---- confirm by PIN ---- */

/* Counts the try before it looks, so that no crash makes one free. */
static enum code pin_check(struct client *c, const struct key_row *key, str digits,
                           struct fail *fail)
{
    struct pin pin;
    TRY(pin_load(c, key, &pin, fail));
    if (pin.tries >= PIN_TRIES)
        return fail_set(fail, CODE_NOT_YOURS, "pin", "tried %d times: the operator sends a new one",
                        PIN_TRIES);
    if (pin.expires < (uint64_t)node_now(c->node))
        return fail_set(fail, CODE_NOT_YOURS, "pin",
                        "this PIN is too old: the operator sends a new one");
    pin.tries++;
    TRY(pin_save(c, key, &pin, fail));
    hash32 hash = pin_hash(key, pin.salt, digits);
    if (hash32_eq(&hash, &pin.hash)) return CODE_OK;
    return fail_set(fail, CODE_NOT_YOURS, "pin", "not that PIN; %u tries left",
                    PIN_TRIES - (unsigned)pin.tries);
}

static enum code typed_pin(struct client *c, str *ret, struct fail *fail)
{
    const char *typed = cli_option(c->cli, "pin");
    struct buf line;
    *ret = str_from(typed);
    if (strcmp(typed, "-") != 0) return CODE_OK;
    enum code code = input_read("-", PIN_TEXT_MAX, &line, fail);
    str rest = buf_str(&line);
    if (code == CODE_OK && !arena_copy(&c->arena, str_trim(str_cut(&rest, '\n')), ret))
        code = CODE_NO_MEMORY;
    buf_done(&line);
    return code;
}

/* The key file of the waiting key: --key, else from this machine. */
static int own_key(struct client *c, const struct key_row *key, struct keyfile *ret)
{
    struct fail fail = {0};
    enum code code = c->cli->key ? keyfile_read(c->cli->key, node_origin(c->node), ret, &fail)
                                 : client_key_of(c, key->member_row, ret, &fail);
    if (code == CODE_OK && !device4_eq(&ret->device, &key->device))
        code = fail_set(&fail, CODE_NOT_FOUND, "key",
                        "the key that waits is not on this machine: give --key FILE");
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, c->cli->key, code, &fail);
}

static str device_body(struct client *c, const struct key_row *key)
{
    return str_from(client_text(c, "{\"device\":\"%s\"}",
                                client_hex(c, key->device.bytes, sizeof key->device)));
}

/* A PIN that was used is of no use to anyone but a reader of this folder. */
static enum code forget_pin(struct client *c, str name, const char *message, struct fail *fail)
{
    if (unlink(message) != 0 && errno != ENOENT)
        return fail_set(fail, CODE_IO, "outbox", "%s: %s", message, strerror(errno));
    return store_meta_put(node_store(c->node), name, STR(""), fail);
}

static int confirm_by_pin(struct client *c, const struct key_row *key)
{
    struct fail fail = {0};
    struct keyfile own;
    str digits;
    int status = own_key(c, key, &own);
    if (status != EXIT_STATUS_OK) return status;
    enum code code = typed_pin(c, &digits, &fail);
    if (code == CODE_OK) code = pin_check(c, key, digits, &fail);
    str name = pin_name(c, key);
    const char *message = client_text(c, "%s/outbox/%s", c->cli->dir, message_name(c, key));
    struct compose compose = {.kind = STR("key.confirm"),
                              .body = device_body(c, key),
                              .by = own.mid,
                              .key_count = 2,
                              .key = {{{KEY_DEVICE, own.mid, own.device}, &own.secret},
                                      {{.role = KEY_NODE}, node_second_channel(c->node)}}};
    status = code == CODE_OK ? client_submit(c, &compose) : cli_complain(c->cli, NULL, code, &fail);
    secret_key_done(&own.secret);
    if (status == EXIT_STATUS_OK) status = client_finish(c);
    if (status == EXIT_STATUS_OK) code = forget_pin(c, name, message, &fail);
    return code == CODE_OK || status != EXIT_STATUS_OK ? status
                                                       : cli_complain(c->cli, NULL, code, &fail);
}

/* ---- confirm by two tellers ---- */

static int named_tellers(struct client *c, struct keyfile ret[2])
{
    str rest = str_from(cli_option(c->cli, "tellers"));
    struct fail fail = {0};
    for (int i = 0; i < 2; i++) {
        str one = str_trim(str_cut(&rest, ','));
        uint32_t row = client_member(c, client_text(c, "%.*s", STR_ARG(one)));
        if (row == ROW_NONE) return EXIT_STATUS_USAGE;
        enum code code = client_key_of(c, row, &ret[i], &fail);
        if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    }
    return rest.len ? cli_usage(c->cli, "--tellers: expected two, parted by a comma")
                    : EXIT_STATUS_OK;
}

static int teller_keys(struct client *c, struct keyfile ret[2])
{
    struct fail fail = {0};
    if (cli_option(c->cli, "tellers")) return named_tellers(c, ret);
    for (uint32_t i = 0; i < 2; i++) {
        const char *path = cli_option_at(c->cli, "teller-key", i);
        if (!path) return cli_usage(c->cli, "expected --pin, --tellers A,B or --teller-key twice");
        enum code code = keyfile_read(path, node_origin(c->node), &ret[i], &fail);
        if (code != CODE_OK) return cli_complain(c->cli, path, code, &fail);
    }
    return EXIT_STATUS_OK;
}

static int confirm_by_tellers(struct client *c, const struct key_row *key)
{
    struct keyfile teller[2] = {0};
    int status = teller_keys(c, teller);
    struct compose compose = {
        .kind = STR("key.confirm"),
        .body = device_body(c, key),
        .attested = true,
        .key_count = 2,
        .by = state_member(c->state, key->member_row)->mid,
        .key = {{{KEY_DEVICE, teller[0].mid, teller[0].device}, &teller[0].secret},
                {{KEY_DEVICE, teller[1].mid, teller[1].device}, &teller[1].secret}}};
    if (status == EXIT_STATUS_OK) status = client_submit(c, &compose);
    secret_key_done(&teller[0].secret);
    secret_key_done(&teller[1].secret);
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

static int confirm(struct client *c)
{
    uint32_t row = waiting_key(c);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const struct key_row *key = state_key(c->state, row);
    return cli_option(c->cli, "pin") ? confirm_by_pin(c, key) : confirm_by_tellers(c, key);
}

int key_run_confirm(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, confirm);
}
