/* init.c - plenary init: an empty organisation, founded, with the founder's key on this machine. */
#include "cli/init.h"

#include "base/text.h"
#include "cli/client.h"
#include "cli/presets.h"
#include "core/record/checkpoint.h"
#include "core/record/words.h"

#include <limits.h>

static void body_vkey(struct json_writer *w, str key, str origin, enum key_role role,
                      key32 public_key)
{
    char name[KEY_NAME_MAX + 1];
    struct key_name of = {.role = role};
    struct buf text;
    buf_init(&text, alloc_libc, KEY_NAME_MAX + 128);
    vkey_write(&text, key_name_text(origin, &of, name), &public_key);
    json_kv_str(w, key, buf_str(&text));
    buf_done(&text);
}

static enum code found_body(struct client *c, str origin, const hash32 *bylaws, struct buf *body)
{
    struct json_writer w;
    key32 key = secret_key_public(&c->actor.secret);
    json_writer_init(&w, body);
    json_object(&w);
    json_kv_hex(&w, STR("bylaws"), bylaws->bytes, sizeof *bylaws);
    json_kv_hex(&w, STR("device"), c->actor.device.bytes, sizeof c->actor.device);
    json_kv_hex(&w, STR("key"), key.bytes, sizeof key);
    body_vkey(&w, STR("log_key"), origin, KEY_LOG, node_public_key(c->node, NODE_KEY_LOG));
    body_vkey(&w, STR("node_key"), origin, KEY_NODE, node_public_key(c->node, NODE_KEY_NODE));
    body_vkey(&w, STR("refusal_key"), origin, KEY_REFUSAL,
              node_public_key(c->node, NODE_KEY_REFUSAL));
    json_kv_u64(&w, STR("rules"), RULES_VERSION);
    json_object_end(&w);
    return buf_check(body);
}

static enum code put_bylaws(struct client *c, const struct founding *founding, hash32 *ret,
                            struct fail *fail)
{
    struct buf document;
    buf_init(&document, alloc_libc, JSON_LINE_MAX);
    enum code code = preset_document(preset_find(founding->preset), str_from(founding->name),
                                     &c->arena, &document, fail);
    if (code == CODE_OK) code = node_blob_put(c->node, buf_str(&document), ret, fail);
    buf_done(&document);
    return code;
}

int init_found(struct client *c, const struct founding *founding)
{
    struct fail fail = {0};
    hash32 bylaws;
    enum code code = put_bylaws(c, founding, &bylaws, &fail);
    struct buf body;
    buf_init(&body, alloc_libc, 4096);
    if (code == CODE_OK) code = found_body(c, str_from(founding->origin), &bylaws, &body);
    int status = code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, NULL, code, &fail);
    struct compose compose = {
        .kind = STR("org.found"),
        .body = buf_str(&body),
        .origin = str_from(founding->origin),
        .by = c->actor.mid,
        .key_count = 1,
        .key = {{{KEY_DEVICE, c->actor.mid, c->actor.device}, &c->actor.secret}}};
    if (status == EXIT_STATUS_OK) status = client_submit(c, &compose);
    buf_done(&body);
    if (status == EXIT_STATUS_OK) status = client_commit(c);
    return status;
}

static void seeds_of(const struct founding *founding, struct node_seeds *ret)
{
    if (!founding->seed) {
        sign_random(ret, sizeof *ret);
        return;
    }
    struct stream stream;
    stream_init(&stream, str_from(founding->seed));
    stream_bytes(&stream, ret, sizeof *ret);
}

int init_make(struct client *c, struct cli *cli, const struct founding *founding,
              struct stream *chance)
{
    struct fail fail = {0};
    struct node_seeds seeds;
    enum code code = sign_start();
    seeds_of(founding, &seeds);
    if (code == CODE_OK) code = node_create(cli->dir, str_from(founding->origin), &seeds, &fail);
    sign_wipe(&seeds, sizeof seeds);
    if (code == CODE_OK && founding->rehearsal_seed[0])
        code = rehearsal_write(cli->dir, str_from(founding->rehearsal_seed), &fail);
    if (code != CODE_OK) return cli_complain(cli, NULL, code, &fail);
    int status = client_open(c, cli, NODE_WRITE);
    c->chance = chance;
    if (status != EXIT_STATUS_OK) return status;
    if (founding->clock && node_clock_set(c->node, founding->clock, &fail) != CODE_OK)
        return cli_complain(cli, NULL, CODE_MALFORMED, &fail);
    mid16 mid;
    sign_random(mid.bytes, sizeof mid);
    if (c->is_rehearsal) {
        struct stream stream;
        stream_init(&stream, str_from(founding->rehearsal_seed));
        stream_bytes(&stream, mid.bytes, sizeof mid);
        rehearsal_key(&c->rehearsal, &mid, 0, &c->actor);
    } else {
        keyfile_random(&c->actor, &mid);
    }
    c->has_actor = true;
    return init_found(c, founding);
}

static int keep_founder_key(struct client *c)
{
    char path[PATH_MAX];
    struct fail fail = {0};
    if (!keyfile_path(c->cli->dir, &c->actor, path, sizeof path))
        return cli_usage(c->cli, "the folder's name is too long");
    enum code code = keyfile_write(path, node_origin(c->node), &c->actor, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, path, code, &fail);
    if (!c->cli->json) fprintf(c->cli->out, "  your key        %s\n", path);
    return EXIT_STATUS_OK;
}

static void print_origin_key(struct client *c)
{
    struct buf text;
    key32 key = node_public_key(c->node, NODE_KEY_LOG);
    buf_init(&text, alloc_libc, 512);
    vkey_write(&text, node_origin(c->node), &key);
    fprintf(c->cli->out, "  record key      %.*s\n", STR_ARG(buf_str(&text)));
    buf_done(&text);
}

void init_print_words(const struct client *c)
{
    struct note note;
    struct buf text;
    if (note_open(node_checkpoint(c->node), &note, NULL) != CODE_OK) return;
    struct words words = words_of(note.text);
    buf_init(&text, alloc_libc, 512);
    words_write(&text, &words);
    fprintf(c->cli->out, "  checkpoint      no. %llu: %.*s\n",
            (unsigned long long)state_size(c->state), STR_ARG(buf_str(&text)));
    buf_done(&text);
}

/* The letter as an origin may have it, 0 when it may not. */
static char origin_letter(char c)
{
    if (c >= 'A' && c <= 'Z') return (char)(c + 32);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ? c : 0;
}

/* "rehearsal.invalid/<name>" of a folder's last part, in the letters an origin may have. */
static void default_origin(const char *dir, char *ret, size_t size)
{
    const char *slash = strrchr(dir, '/');
    const char *last = slash ? slash + 1 : dir;
    size_t start = (size_t)snprintf(ret, size, "rehearsal.invalid/"), len = start;
    for (; *last && len + 1 < size; last++) {
        char c = origin_letter(*last);
        if (c && (c != '-' || len > start)) ret[len++] = c;
    }
    while (len > start && ret[len - 1] == '-') len--;
    ret[len] = '\0';
    if (len == start) (void)snprintf(ret + start, size - start, "organisation");
}

static void random_hex(char ret[65])
{
    uint8_t seed[32];
    sign_random(seed, sizeof seed);
    hex_encode(seed, sizeof seed, ret);
}

static void print_founded(struct client *c)
{
    fprintf(c->cli->out, "founded %.*s, not confirmed until its units confirm\n",
            STR_ARG(node_origin(c->node)));
    print_origin_key(c);
    init_print_words(c);
}

static void print_next(const struct client *c)
{
    if (c->is_rehearsal)
        fprintf(c->cli->out,
                "\nThis is a rehearsal: its clock is declared, its keys are worthless, and it can "
                "never become real.\nFor a real organisation give --origin your.domain/name.\n");
    fprintf(c->cli->out,
            "\nnext\n  %s unit found 'First branch' -C %s\n  %s roll import members.csv -C %s "
            "--dry-run\n",
            c->cli->program, c->cli->dir, c->cli->program, c->cli->dir);
}

static int found_and_tell(struct cli *cli, const struct founding *founding)
{
    struct client c;
    int status = init_make(&c, cli, founding, NULL);
    if (status == EXIT_STATUS_OK && !cli->json) print_founded(&c);
    if (status == EXIT_STATUS_OK) status = keep_founder_key(&c);
    if (status == EXIT_STATUS_OK && cli->json) status = client_finish(&c);
    if (status == EXIT_STATUS_OK && !cli->json) print_next(&c);
    client_close(&c);
    return status;
}

static int run_init(struct cli *cli)
{
    char origin[ORIGIN_MAX + 1];
    const char *given = cli_option(cli, "origin"), *preset = cli_option(cli, "preset"),
               *name = cli_option(cli, "name");
    struct founding founding = {.preset = preset ? preset : "branch",
                                .origin = given ? given : origin};
    cli->dir = cli->args[0];
    default_origin(cli->dir, origin, sizeof origin);
    founding.name = name ? name : founding.origin;
    if (!preset_find(founding.preset))
        return cli_usage(cli, "--preset %s: no such preset; `plenary bylaws presets` lists them",
                         preset);
    if (sign_start() != CODE_OK) return EXIT_STATUS_FAILED;
    if (origin_is_rehearsal(str_from(founding.origin))) random_hex(founding.rehearsal_seed);
    return found_and_tell(cli, &founding);
}

const struct command init_commands[] = {
    {.noun = "init",
     .args = "DIR",
     .summary = "found an organisation in a new folder",
     .example = "plenary init north --preset branch --name 'Tenants North'",
     .args_min = 1,
     .args_max = 1,
     .options =
         {{"preset", "P",
           "rules to start from: branch, union, co-op-federation, association, large-congress",
           false},
          {"name", "NAME", "what the organisation is called", false},
          {"origin", "ORIGIN", "your.domain/name; rehearsal.invalid/name without it", false}},
     .run = run_init},
};
const size_t init_command_count = COUNT(init_commands);
