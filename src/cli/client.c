#include "cli/client.h"

#include "base/civil.h"
#include "base/text.h"
#include "cli/people.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>

static void draw_replay(void *context, uint64_t done, uint64_t total)
{
    if (total > 50000) cli_progress(context, "replay", done, total);
}

static int open_with(struct client *c, struct cli *cli, struct node_options how)
{
    struct fail fail = {0};
    *c = (struct client){.cli = cli};
    arena_init(&c->arena, alloc_libc, (size_t)1 << 30);
    buf_init(&c->note, alloc_libc, ACT_NOTE_MAX);
    how.wait_seconds = 30;
    how.progress = draw_replay;
    how.progress_context = cli;
    enum code code = node_open(cli->dir, &how, &c->node, &fail);
    if (code == CODE_NOT_FOUND)
        (void)fail_set(&fail, code, "organisation",
                       "no organisation in \"%s\": `plenary init DIR` makes one", cli->dir);
    if (code != CODE_OK) return cli_complain(cli, NULL, code, &fail);
    c->state = node_state(c->node);
    c->is_rehearsal = rehearsal_read(cli->dir, &c->rehearsal, NULL) == CODE_OK;
    return EXIT_STATUS_OK;
}

int client_open(struct client *c, struct cli *cli, enum node_mode mode)
{
    return open_with(c, cli, (struct node_options){.mode = mode});
}

int client_open_epoch(struct client *c, struct cli *cli)
{
    return open_with(c, cli, (struct node_options){.mode = NODE_WRITE, .new_epoch = true});
}

void client_close(struct client *c)
{
    if (!c->cli) return;
    people_close(c->people);
    secret_key_done(&c->actor.secret);
    node_close(c->node);
    buf_done(&c->note);
    arena_done(&c->arena);
    c->cli = NULL;
}

int client_run(struct cli *cli, enum node_mode mode, client_job *job)
{
    struct client c;
    int status = client_open(&c, cli, mode);
    if (status == EXIT_STATUS_OK) status = job(&c);
    client_close(&c);
    return status;
}

str client_keep(struct client *c, const struct buf *body)
{
    str kept = {"", 0};
    if (buf_check(body) != CODE_OK || !arena_copy(&c->arena, buf_str(body), &kept))
        kept = (str){"", 0};
    return kept;
}

/* ---- who acts ---- */

/* The keys in DIR/keys/people; with a member only theirs. How many, the last one in *ret. */
static size_t scan_people(struct client *c, const mid16 *only, struct keyfile *ret)
{
    char folder[PATH_MAX], path[PATH_MAX + 256];
    (void)snprintf(folder, sizeof folder, "%s/keys/people", c->cli->dir);
    DIR *dir = opendir(folder);
    size_t found = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        struct keyfile key;
        if (entry->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (keyfile_read(path, node_origin(c->node), &key, NULL) != CODE_OK) continue;
        if (only && !mid16_eq(only, &key.mid)) continue;
        *ret = key;
        found++;
    }
    if (dir) (void)closedir(dir);
    return found;
}

enum code client_key_of(struct client *c, uint32_t member_row, struct keyfile *ret,
                        struct fail *fail)
{
    const mid16 *mid = &state_member(c->state, member_row)->mid;
    if (scan_people(c, mid, ret) > 0) return CODE_OK;
    if (c->is_rehearsal) {
        rehearsal_key(&c->rehearsal, mid, 0, ret);
        return CODE_OK;
    }
    return fail_set(fail, CODE_NOT_FOUND, "key",
                    "no key of this member on this machine: give --key FILE");
}

static int no_actor(struct client *c, size_t keys)
{
    return cli_usage(c->cli, keys ? "several keys are on this machine: say --as WHO or --key FILE"
                                  : "who acts? give --key FILE or --as WHO");
}

int client_actor(struct client *c)
{
    struct fail fail = {0};
    const char *file = c->cli->key ? c->cli->key : c->cli->as ? NULL : getenv("PLENARY_KEY");
    enum code code = CODE_OK;
    if (c->has_actor) return EXIT_STATUS_OK;
    if (file) {
        code = keyfile_read(file, node_origin(c->node), &c->actor, &fail);
        if (code != CODE_OK) return cli_complain(c->cli, file, code, &fail);
    } else if (c->cli->as) {
        uint32_t row = client_member(c, c->cli->as);
        if (row == ROW_NONE) return EXIT_STATUS_USAGE;
        code = client_key_of(c, row, &c->actor, &fail);
        if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    } else {
        size_t keys = scan_people(c, NULL, &c->actor);
        if (keys != 1) return no_actor(c, keys);
    }
    c->has_actor = true;
    return EXIT_STATUS_OK;
}

/* ---- acting ---- */

static int complain_refused(struct client *c, str kind, enum article article)
{
    if (c->cli->json) {
        fprintf(c->cli->out, "{\"refused\":\"%.*s\",\"rule\":\"%.*s\"}\n",
                STR_ARG(article_name(article)), STR_ARG(article_sentence(article)));
        return EXIT_STATUS_REFUSED;
    }
    fprintf(c->cli->err, "refused by article %.*s: %.*s\n  the act was %.*s; nothing changed\n",
            STR_ARG(article_name(article)), STR_ARG(article_sentence(article)), STR_ARG(kind));
    return EXIT_STATUS_REFUSED;
}

int client_submit(struct client *c, struct compose *compose)
{
    struct fail fail = {0};
    compose->at = node_now(c->node);
    if (c->chance)
        stream_bytes(c->chance, compose->nonce.bytes, sizeof compose->nonce);
    else
        sign_random(compose->nonce.bytes, sizeof compose->nonce);
    buf_clear(&c->note);
    enum code code = compose_act(c->state, compose, &c->note);
    if (code == CODE_OK) code = node_submit(c->node, buf_str(&c->note), &c->last, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    if (c->last.article != ARTICLE_NONE) return complain_refused(c, compose->kind, c->last.article);
    if (c->recorded++ == 0) c->first_index = c->last.index;
    return EXIT_STATUS_OK;
}

int client_act_as(struct client *c, const struct keyfile *key, const char *kind, str body)
{
    struct compose compose = {.kind = str_from(kind),
                              .body = body,
                              .by = key->mid,
                              .key_count = 1,
                              .key = {{{KEY_DEVICE, key->mid, key->device}, &key->secret}}};
    bool ticked = true;
    struct fail fail = {0};
    while (ticked) { /* prev and seen are those of the moment after the clock has done its part */
        enum code code = node_tick(c->node, &ticked, &fail);
        if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    }
    return client_submit(c, &compose);
}

int client_act(struct client *c, const char *kind, str body)
{
    int status = client_actor(c);
    return status == EXIT_STATUS_OK ? client_act_as(c, &c->actor, kind, body) : status;
}

int client_commit(struct client *c)
{
    struct fail fail = {0};
    enum code code = node_commit(c->node, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, NULL, code, &fail);
}

int client_finish(struct client *c)
{
    int status = client_commit(c);
    if (status != EXIT_STATUS_OK || c->recorded == 0) return status;
    const char *id = client_hex(c, c->last.id.bytes, sizeof c->last.id);
    if (c->cli->json)
        fprintf(c->cli->out, "{\"act\":\"%s\",\"index\":%llu,\"recorded\":%llu}\n", id,
                (unsigned long long)c->last.index, (unsigned long long)c->recorded);
    else if (c->recorded == 1)
        fprintf(c->cli->out, "recorded as no. %llu\n", (unsigned long long)c->last.index);
    else
        fprintf(c->cli->out, "recorded as nos. %llu to %llu\n", (unsigned long long)c->first_index,
                (unsigned long long)c->last.index);
    return EXIT_STATUS_OK;
}

/* ---- finding rows by what people type ---- */

enum { PREFIX_MIN = 6 };

static bool id_matches(const char *typed, const uint8_t *id, size_t len)
{
    char text[65];
    size_t typed_len = strlen(typed);
    hex_encode(id, len, text);
    return typed_len >= PREFIX_MIN && typed_len <= 2 * len && memcmp(text, typed, typed_len) == 0;
}

struct search {
    uint32_t row, count;
};

static void hit(struct search *search, uint32_t row)
{
    search->row = row;
    search->count++;
}

static uint32_t only_hit(struct client *c, const struct search *search, const char *what,
                         const char *typed)
{
    if (search->count == 1) return search->row;
    (void)cli_usage(c->cli,
                    search->count ? "\"%s\": more than one %s is called that; give the id"
                                  : "\"%s\": no such %s",
                    typed, what);
    return ROW_NONE;
}

uint32_t client_unit(struct client *c, const char *typed)
{
    struct search search = {ROW_NONE, 0};
    for (uint32_t row = 0; row < c->state->unit.count; row++) {
        const struct unit_row *unit = state_unit(c->state, row);
        if (str_eq(state_text(c->state, unit->name), str_from(typed)) ||
            id_matches(typed, unit->id.bytes, 32))
            hit(&search, row);
    }
    return only_hit(c, &search, "unit", typed);
}

uint32_t client_body(struct client *c, const char *typed)
{
    struct search search = {ROW_NONE, 0};
    for (uint32_t row = 0; row < c->state->body.count; row++) {
        const struct body_row *body = state_body(c->state, row);
        if (str_eq(state_text(c->state, body->name), str_from(typed)) ||
            id_matches(typed, body->id.bytes, 32))
            hit(&search, row);
    }
    return only_hit(c, &search, "council, executive or office", typed);
}

uint32_t client_election(struct client *c, const char *typed)
{
    struct search by_id = {ROW_NONE, 0}, by_body = {ROW_NONE, 0};
    for (uint32_t row = 0; row < c->state->election.count; row++) {
        const struct election_row *election = state_election(c->state, row);
        const struct body_row *body = state_body(c->state, election->body_row);
        if (id_matches(typed, election->id.bytes, 32)) hit(&by_id, row);
        if (str_eq(state_text(c->state, body->name), str_from(typed)))
            by_body = (struct search){row, 1};
    }
    return only_hit(c, by_id.count ? &by_id : &by_body, "election", typed);
}

struct people *client_people(struct client *c)
{
    struct fail fail = {0};
    if (!c->people && people_open(c->state, node_store(c->node), &c->people, &fail) != CODE_OK)
        (void)cli_complain(c->cli, NULL, CODE_IO, &fail);
    return c->people;
}

uint32_t client_member(struct client *c, const char *typed)
{
    mid16 mid;
    struct search search = {ROW_NONE, 0};
    if (hex_decode(str_from(typed), mid.bytes, sizeof mid)) {
        uint32_t row = state_member_by_mid(c->state, &mid);
        if (row != ROW_NONE) return row;
    }
    struct people *people = client_people(c);
    if (people) search.count = people_find(people, str_from(typed), &search.row);
    for (uint32_t row = 0; search.count == 0 && row < c->state->member.count; row++)
        if (id_matches(typed, state_member(c->state, row)->mid.bytes, sizeof mid))
            search.row = row, search.count++;
    if (search.count == 0 && strcmp(typed, "founder") == 0) return c->state->org.founder_row;
    return only_hit(c, &search, "member", typed);
}

const char *client_hex(struct client *c, const void *bytes, size_t len)
{
    char *text = arena_take(&c->arena, 2 * len + 1, 1);
    if (!text) return "";
    hex_encode(bytes, len, text);
    return text;
}

const char *client_text(struct client *c, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = arena_take(&c->arena, (size_t)(len < 0 ? 0 : len) + 1, 1);
    if (text) (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text ? text : "";
}

str client_name_of(struct client *c, uint32_t member_row)
{
    if (member_row == ROW_NONE) return STR("-");
    struct people *people = client_people(c);
    const struct person *person = people ? people_at(people, member_row) : NULL;
    if (person && person->name.len && person->number.len)
        return str_from(
            client_text(c, "%.*s (%.*s)", STR_ARG(person->name), STR_ARG(person->number)));
    if (person && person->name.len) return person->name;
    if (member_row == c->state->org.founder_row) return STR("founder");
    return str_sub(str_from(client_hex(c, state_member(c->state, member_row)->mid.bytes, 16)), 0,
                   8);
}

const char *client_time(struct client *c, uint64_t at)
{
    char text[CIVIL_TIME_SIZE];
    if (at == 0) return "-";
    civil_format((unix_s)at, 0, text);
    return client_text(c, "%s", text);
}
