#include "cli/election_tools.h"

#include "base/text.h"
#include "cli/disclose.h"
#include "core/record/commit.h"
#include "store/store.h"

#include <stdarg.h>

enum { LIST_ITEM_MAX = 200 };

/* ---- opening ---- */

static enum code tick_all(struct node *node, struct fail *fail)
{
    for (bool ticked = true; ticked;) TRY(node_tick(node, &ticked, fail));
    return CODE_OK;
}

/* What is due is recorded by whoever comes by; when another program holds the pen, it will do so.
 */
static void tick_beside(const char *dir)
{
    struct node *node;
    struct node_options how = {.mode = NODE_WRITE};
    enum code code = node_open(dir, &how, &node, NULL);
    if (code != CODE_OK) return;
    code = tick_all(node, NULL);
    if (code == CODE_OK) code = node_commit(node, NULL);
    node_close(node); /* where it failed the reader sees the record as it stood */
}

int election_open(struct client *c, struct cli *cli, enum node_mode mode)
{
    struct fail fail = {0};
    int status = client_open(c, cli, mode);
    if (status != EXIT_STATUS_OK || !step_due(c->state, node_now(c->node))) return status;
    if (mode == NODE_READ) {
        client_close(c);
        tick_beside(cli->dir);
        return client_open(c, cli, mode);
    }
    enum code code = tick_all(c->node, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(cli, NULL, code, &fail);
}

int election_with(struct cli *cli, enum node_mode mode, int (*run)(struct client *c))
{
    struct client c;
    int status = election_open(&c, cli, mode);
    if (status == EXIT_STATUS_OK) status = run(&c);
    client_close(&c);
    return status;
}

/* ---- complaints ---- */

int election_malformed(struct client *c, const char *option, size_t column, const char *format, ...)
{
    struct fail fail = {.line = column ? 1 : 0, .column = column};
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fail.message, sizeof fail.message, format, args);
    va_end(args);
    return cli_complain(c->cli, option, CODE_MALFORMED, &fail);
}

int election_refused(struct client *c, enum article article, const char *detail)
{
    str name = article_name(article), rule = article_sentence(article);
    if (c->cli->json)
        fprintf(c->cli->out, "{\"refused\":\"%.*s\",\"rule\":\"%.*s\"}\n", STR_ARG(name),
                STR_ARG(rule));
    else
        fprintf(c->cli->err, "refused by article %.*s: %.*s\n  %s; nothing changed\n",
                STR_ARG(name), STR_ARG(rule), detail);
    return EXIT_STATUS_REFUSED;
}

/* ---- names ---- */

const char *election_hex(struct client *c, uint32_t election_row)
{
    return client_hex(c, state_election(c->state, election_row)->id.bytes, sizeof(hash32));
}

str election_constituency(const struct state *s, uint32_t constituency_row)
{
    const struct constituency_row *of = state_constituency(s, constituency_row);
    if (of->unit_row != ROW_NONE) return state_text(s, state_unit(s, of->unit_row)->name);
    return state_text(s, state_body(s, of->from_body)->name);
}

str election_cell_name(const struct state *s, uint32_t cell_row)
{
    return election_constituency(s, state_cell(s, cell_row)->constituency_row);
}

const char *election_phase_name(enum election_state state)
{
    switch (state) {
    case ELECTION_NOMINATING: return "nominating";
    case ELECTION_READY: return "ready";
    case ELECTION_OPEN: return "open";
    case ELECTION_CLOSED: return "closed";
    case ELECTION_DONE: return "done";
    }
    return "";
}

const char *election_cell_state_name(enum cell_state state)
{
    switch (state) {
    case CELL_RUNNING: return "running";
    case CELL_KEYING: return "keying";
    case CELL_PROVISIONAL: return "provisional";
    case CELL_FINAL: return "final";
    case CELL_ANNULLED: return "annulled";
    case CELL_EMPTY: return "empty";
    }
    return "";
}

static bool same_letters(str a, str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.at[i], y = b.at[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

uint32_t election_candidate_meant(struct client *c, uint32_t cell_row, str typed)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    uint64_t number = 0;
    if (str_to_u64(typed, &number) && number >= 1 && number <= cell->candidate_count)
        return (uint32_t)number;
    for (uint32_t row = cell->first_candidate; row != ROW_NONE;
         row = state_candidate(c->state, row)->next_in_cell) {
        const struct candidate_row *candidate = state_candidate(c->state, row);
        str whole = client_name_of(c, candidate->member_row), rest = whole; /* "Ada Berg (1017)" */
        str name = str_trim(str_cut(&rest, '('));
        str on_roll = rest.len ? str_sub(rest, 0, rest.len - 1) : rest;
        bool meant = same_letters(name, typed) || (on_roll.len && str_eq(on_roll, typed));
        if (meant && candidate->number) return candidate->number;
    }
    return 0;
}

/* ---- where ---- */

static uint32_t cell_by_name(const struct state *s, uint32_t election_row, str name)
{
    const struct election_row *election = state_election(s, election_row);
    for (uint32_t i = 0; i < election->cell_count; i++)
        if (str_eq(election_cell_name(s, election->first_cell + i), name))
            return election->first_cell + i;
    return ROW_NONE;
}

static uint32_t cell_of_elector(const struct state *s, uint32_t election_row, uint32_t member_row)
{
    const struct election_row *election = state_election(s, election_row);
    uint32_t found = ROW_NONE;
    for (uint32_t i = 0; i < election->cell_count && member_row != ROW_NONE; i++) {
        if (election_elector(s, election->first_cell + i, member_row) == ROW_NONE) continue;
        if (found != ROW_NONE) return ROW_NONE;
        found = election->first_cell + i;
    }
    return found;
}

int election_spot(struct client *c, uint32_t member_row, struct election_spot *ret)
{
    const char *typed = cli_option(c->cli, "cell");
    uint32_t row = client_election(c, c->cli->args[0]), cell = ROW_NONE;
    uint64_t number;
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const struct election_row *election = state_election(c->state, row);
    if (typed && str_to_u64(str_from(typed), &number))
        cell = number <= UINT32_MAX ? election_cell(c->state, row, (uint32_t)number) : ROW_NONE;
    else if (typed)
        cell = cell_by_name(c->state, row, str_from(typed));
    else
        cell = election->cell_count == 1 ? election->first_cell
                                         : cell_of_elector(c->state, row, member_row);
    if (cell == ROW_NONE && typed)
        return cli_usage(c->cli, "--cell %s: this election has no such constituency", typed);
    if (cell == ROW_NONE)
        return cli_usage(c->cli,
                         "this election has %u constituencies: which? --cell N or the unit's name",
                         election->cell_count);
    *ret = (struct election_spot){row, cell, election_cell_number(c->state, cell)};
    return EXIT_STATUS_OK;
}

/* ---- acting ---- */

int election_members(struct client *c, const char *list, uint32_t *ret, uint32_t room,
                     uint32_t *ret_count)
{
    str rest = str_from(list);
    uint32_t count = 0;
    while (rest.len) {
        char name[LIST_ITEM_MAX];
        str item = str_trim(str_cut(&rest, ','));
        if (item.len >= sizeof name || item.len == 0 || count == room)
            return cli_usage(
                c->cli, "\"%s\": expected %u member%s, by number, name or id, with commas between",
                list, room, room == 1 ? "" : "s");
        memcpy(name, item.at, item.len);
        name[item.len] = '\0';
        ret[count] = client_member(c, name);
        if (ret[count++] == ROW_NONE) return EXIT_STATUS_USAGE;
    }
    *ret_count = count;
    return EXIT_STATUS_OK;
}

int election_actor(struct client *c, uint32_t *ret_row)
{
    if (cli_option(c->cli, "via")) {
        if (!c->cli->as) return cli_usage(c->cli, "--via: for whom do the tellers sign? --as WHO");
        *ret_row = client_member(c, c->cli->as);
        return *ret_row == ROW_NONE ? EXIT_STATUS_USAGE : EXIT_STATUS_OK;
    }
    ELECTION_STEPS(client_actor(c));
    *ret_row = state_member_by_mid(c->state, &c->actor.mid);
    if (*ret_row == ROW_NONE) return cli_usage(c->cli, "the key's owner is not a member here");
    return EXIT_STATUS_OK;
}

int election_act_via(struct client *c, const char *tellers, uint32_t for_row, const char *kind,
                     str body)
{
    struct fail fail = {0};
    struct keyfile key[2] = {0};
    uint32_t row[2] = {ROW_NONE, ROW_NONE}, count = 0;
    ELECTION_STEPS(election_members(c, tellers, row, 2, &count));
    if (count != 2)
        return cli_usage(c->cli, "\"%s\": expected two tellers, with a comma between", tellers);
    enum code code = client_key_of(c, row[0], &key[0], &fail);
    if (code == CODE_OK) code = client_key_of(c, row[1], &key[1], &fail);
    struct compose compose = {.kind = str_from(kind),
                              .body = body,
                              .by = state_member(c->state, for_row)->mid,
                              .key_count = 2,
                              .attested = true};
    for (int i = 0; i < 2; i++)
        compose.key[i] =
            (struct compose_key){{KEY_DEVICE, key[i].mid, key[i].device}, &key[i].secret};
    int status =
        code == CODE_OK ? client_submit(c, &compose) : cli_complain(c->cli, NULL, code, &fail);
    for (int i = 0; i < 2; i++) secret_key_done(&key[i].secret);
    return status;
}

int election_act(struct client *c, const char *kind, str body)
{
    const char *via = cli_option(c->cli, "via");
    uint32_t row;
    if (!via) return client_act(c, kind, body);
    ELECTION_STEPS(election_actor(c, &row));
    return election_act_via(c, via, row, kind, body);
}

/* ---- texts ---- */

int election_commit_text(struct client *c, str text, const char **ret)
{
    struct fail fail = {0};
    hash32 commitment;
    char base64[48];
    enum code code = client_disclose(c, text, "public", &commitment, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    base64_encode(commitment.bytes, sizeof commitment, base64);
    *ret = client_text(c, "%s", base64);
    return EXIT_STATUS_OK;
}

str election_text_of(struct client *c, const hash32 *commitment)
{
    const hash32 none = {{0}};
    struct buf opening;
    str text = {"", 0}, kept;
    if (hash32_eq(commitment, &none)) return text;
    buf_init(&opening, alloc_libc, STORE_OPENING_MAX);
    bool held =
        store_disclosure_get(node_store(c->node), commitment, &opening, NULL, NULL) == CODE_OK &&
        arena_copy(&c->arena, buf_str(&opening), &kept) && commit_opens(commitment, kept, &text);
    buf_done(&opening);
    return held ? text : (str){"", 0};
}

int election_print(struct client *c, struct buf *document)
{
    struct fail fail = {.message = "the answer is too large to print"};
    int status = EXIT_STATUS_OK;
    str text = buf_str(document);
    if (buf_check(document) != CODE_OK)
        status = cli_complain(c->cli, NULL, CODE_NO_MEMORY, &fail);
    else if (fwrite(text.at, 1, text.len, c->cli->out) != text.len)
        status = EXIT_STATUS_FAILED;
    buf_done(document);
    return status;
}
