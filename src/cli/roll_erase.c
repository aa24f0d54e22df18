/* roll_erase.c - plenary roll erase: what was said of a person is opened nowhere any more. Acts
 * keep the commitments, so that the record still verifies; the openings go, of every version that
 * acts and lists ever committed to. */
#include "base/json.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/roll.h"
#include "core/institutions/roll.h"
#include "core/record/act.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

enum { BASE64_OF_HASH = 44 };

struct erasure {
    struct client *c;
    const struct member_row *member;
    hash32 *found; /* commitments; absent ones are skipped later */
    size_t count, room;
    struct arena arena; /* of the entry being read */
};

static enum code add(struct erasure *e, const hash32 *commitment)
{
    static const hash32 none;
    if (hash32_eq(commitment, &none)) return CODE_OK;
    if (e->count == e->room) {
        size_t room = e->room ? e->room * 2 : 64;
        void *grown = arena_resize(&e->c->arena, e->found, e->room * sizeof *e->found,
                                   room * sizeof *e->found);
        if (!grown) return CODE_NO_MEMORY;
        e->found = grown;
        e->room = room;
    }
    e->found[e->count++] = *commitment;
    return CODE_OK;
}

/* Commitments stand in bodies as base64 of 32 bytes; one that is none of ours opens nothing and is
 * skipped. */
static enum code add_of_own_act(struct erasure *e, const struct act *act)
{
    hash32 commitment;
    for (const struct json *value = json_first(act->body); value;
         value = json_next(act->body, value))
        if (value->type == JSON_STRING && value->text.len == BASE64_OF_HASH &&
            base64_decode(value->text, commitment.bytes, sizeof commitment))
            TRY(add(e, &commitment));
    return CODE_OK;
}

static enum code add_of_list(struct erasure *e, const hash32 *name)
{
    struct buf blob;
    struct roll_list list = {0};
    buf_init(&blob, alloc_libc, ROLL_LIST_MAX);
    enum code code = store_blob_get(node_store(e->c->node), name, &blob, NULL);
    if (code == CODE_OK) code = roll_list_read(buf_str(&blob), &e->arena, &list, NULL);
    buf_done(&blob);
    if (code != CODE_OK)
        return code == CODE_NO_MEMORY ? code : CODE_OK; /* what is not held names nobody here */
    for (uint32_t i = 0; i < list.count; i++) {
        if (!mid16_eq(&list.entries[i].mid, &e->member->mid)) continue;
        TRY(add(e, &list.entries[i].data));
        TRY(add(e, &list.entries[i].contact));
    }
    return CODE_OK;
}

static enum code look_at(void *context, uint64_t index, const struct store_entry *entry)
{
    struct erasure *e = context;
    struct act act;
    hash32 list;
    (void)index;
    arena_clear(&e->arena);
    if (act_decode(entry->act, node_origin(e->c->node), &e->arena, &act, NULL) != CODE_OK)
        return CODE_OK; /* a tick */
    if (mid16_eq(&act.by, &e->member->mid)) TRY(add_of_own_act(e, &act));
    const struct json *named =
        str_eq(act.kind, STR("roll.propose")) ? json_get(act.body, STR("list")) : NULL;
    if (!named || !hex_decode(named->text, list.bytes, sizeof list)) return CODE_OK;
    return add_of_list(e, &list);
}

static enum code find_all(struct erasure *e, struct fail *fail)
{
    TRY(add(e, &e->member->data));
    TRY(add(e, &e->member->contact));
    return store_read(node_store(e->c->node), 0, state_size(e->c->state), look_at, e, fail);
}

/* Messages to the contact and the PINs they carried. */
static enum code drop_messages(struct client *c, const struct member_row *member, struct fail *fail)
{
    const char *mid = client_hex(c, member->mid.bytes, sizeof member->mid);
    for (uint32_t row = member->first_key_row; row != ROW_NONE;
         row = state_key(c->state, row)->next_of_member) {
        const char *device = client_hex(c, state_key(c->state, row)->device.bytes, sizeof(device4));
        TRY(store_meta_put(node_store(c->node), str_from(client_text(c, "pin.%s%s", mid, device)),
                           STR(""), fail));
        const char *path = client_text(c, "%s/outbox/pin-%s-%s.txt", c->cli->dir, mid, device);
        if (unlink(path) != 0 && errno != ENOENT)
            return fail_set(fail, CODE_IO, "outbox", "%s: %s", path, strerror(errno));
    }
    return CODE_OK;
}

static size_t count_held(const struct erasure *e)
{
    size_t held = 0;
    for (size_t i = 0; i < e->count; i++) {
        struct buf opening;
        buf_init(&opening, alloc_libc, STORE_OPENING_MAX);
        held += store_disclosure_get(node_store(e->c->node), &e->found[i], &opening, NULL, NULL) ==
                CODE_OK;
        if (opening.at) sign_wipe(opening.at, opening.len);
        buf_done(&opening);
    }
    return held;
}

static int compare_hashes(const void *a, const void *b)
{
    return hash32_cmp(a, b);
}

static void drop_twice(struct erasure *e)
{
    size_t kept = 0;
    if (e->count) qsort(e->found, e->count, sizeof *e->found, compare_hashes);
    for (size_t i = 0; i < e->count; i++)
        if (i == 0 || !hash32_eq(&e->found[i], &e->found[i - 1])) e->found[kept++] = e->found[i];
    e->count = kept;
}

static int carry_out(struct erasure *e)
{
    struct fail fail = {0};
    drop_twice(e);
    size_t held = count_held(e);
    enum code code = store_disclosure_erase(node_store(e->c->node), e->found, e->count, &fail);
    if (code == CODE_OK && e->member) code = drop_messages(e->c, e->member, &fail);
    if (code != CODE_OK) return cli_complain(e->c->cli, NULL, code, &fail);
    if (e->c->cli->json)
        fprintf(e->c->cli->out, "{\"commitments\":%zu,\"erased\":%zu}\n", e->count, held);
    else
        fprintf(
            e->c->cli->out,
            "%zu openings erased; the record keeps their commitments and verifies as before.\n"
            "Copies that others made, printed letters and exported tables are out of our reach.\n",
            held);
    return EXIT_STATUS_OK;
}

static int erase(struct client *c)
{
    struct erasure e = {.c = c};
    struct fail fail = {0};
    hash32 one;
    if (!cli_switch(c->cli, "yes"))
        return cli_usage(c->cli, "what is erased cannot be brought back; say --yes if you mean it");
    if (hex_decode(str_from(c->cli->args[0]), one.bytes, sizeof one)) {
        enum code code = add(&e, &one);
        return code == CODE_OK ? carry_out(&e) : cli_complain(c->cli, NULL, code, &fail);
    }
    uint32_t row = client_member(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    e.member = state_member(c->state, row);
    arena_init(&e.arena, alloc_libc, (size_t)1 << 30);
    enum code code = find_all(&e, &fail);
    arena_done(&e.arena);
    return code == CODE_OK ? carry_out(&e) : cli_complain(c->cli, NULL, code, &fail);
}

int roll_run_erase(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, erase);
}
