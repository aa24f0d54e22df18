/* The node end to end without the command line: create, found, submit, refuse, commit, reopen, snapshot. */
#include "world.h"

#include "node/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
    char dir[64];
    struct secret_key founder;
    mid16 mid;
    device4 device;
};

static enum code bylaws_of(struct node *node, hash32 *ret)
{
    return node_blob_put(node, STR("{\"name\":\"Test\",\"parameters\":{},\"preset\":\"branch\",\"version\":1}"), ret, NULL);
}

static void vkey_hex(struct buf *out, const char *name, key32 key)
{
    vkey_write(out, str_from(name), &key);
}

static str found_body(struct place *place, struct node *node, struct buf *body)
{
    hash32 bylaws;
    if (bylaws_of(node, &bylaws) != CODE_OK) abort();
    key32 key = secret_key_public(&place->founder);
    buf_add_cstr(body, "{\"bylaws\":\"");
    buf_add_hex(body, bylaws.bytes, 32);
    buf_add_cstr(body, "\",\"device\":\"");
    buf_add_hex(body, place->device.bytes, 4);
    buf_add_cstr(body, "\",\"key\":\"");
    buf_add_hex(body, key.bytes, 32);
    buf_add_cstr(body, "\",\"log_key\":\"");
    vkey_hex(body, "rehearsal.invalid/node", node_public_key(node, NODE_KEY_LOG));
    buf_add_cstr(body, "\",\"node_key\":\"");
    vkey_hex(body, "rehearsal.invalid/node/n", node_public_key(node, NODE_KEY_NODE));
    buf_add_cstr(body, "\",\"refusal_key\":\"");
    vkey_hex(body, "rehearsal.invalid/node/r", node_public_key(node, NODE_KEY_REFUSAL));
    buf_add_cstr(body, "\",\"rules\":1}");
    return buf_str(body);
}

static enum article act(struct place *place, struct node *node, const char *kind, str body)
{
    struct buf note;
    struct node_reply reply;
    struct fail fail = {0};
    static uint8_t counter;
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    struct compose compose = {.kind = str_from(kind), .body = body, .origin = STR("rehearsal.invalid/node"),
                              .by = place->mid, .at = node_now(node), .nonce = {{++counter}}, .key_count = 1,
                              .key = {{{KEY_DEVICE, place->mid, place->device}, &place->founder}}};
    if (compose_act(node_state(node), &compose, &note) != CODE_OK) abort();
    enum code code = node_submit(node, buf_str(&note), &reply, &fail);
    CHECK(code == CODE_OK, "%s: %s %s", kind, code_name(code), fail.message);
    CHECK(code != CODE_OK || (reply.article == ARTICLE_NONE) == (reply.refusal.len == 0), "%s: a refusal is signed", kind);
    buf_done(&note);
    return code == CODE_OK ? reply.article : ARTICLE_COUNT;
}

static struct node *reopen(struct place *place, struct node_options options)
{
    struct node *node = NULL;
    struct fail fail = {0};
    enum code code = node_open(place->dir, &options, &node, &fail);
    CHECK(code == CODE_OK, "open: %s %s", code_name(code), fail.message);
    return node;
}

static void test_life(struct place *place)
{
    struct node_seeds seeds = {{1}, {2}, {3}};
    struct fail fail = {0};
    CHECK(node_create(place->dir, STR("rehearsal.invalid/node"), &seeds, &fail) == CODE_OK, "%s", fail.message);
    struct node *node = reopen(place, (struct node_options){.mode = NODE_WRITE});
    if (!node) return;
    struct buf body;
    buf_init(&body, alloc_libc, 4096);
    CHECK(node_clock_set(node, WORLD_START, &fail) == CODE_OK, "a rehearsal declares its time");
    CHECK(act(place, node, "org.found", found_body(place, node, &body)) == ARTICLE_NONE, "founded");
    CHECK(act(place, node, "engine.adopt", STR("{\"rules\":1}")) == ARTICLE_NONE, "adopted");
    CHECK(act(place, node, "engine.adopt", STR("{\"rules\":7}")) == ARTICLE_RULES, "refused");
    CHECK(node_commit(node, &fail) == CODE_OK, "commit: %s", fail.message);
    CHECK(node_checkpoint(node).len > 0, "signed");
    hash32 digest = state_digest(node_state(node));
    CHECK(node_snapshot(node, &fail) == CODE_OK, "snapshot: %s", fail.message);
    node_close(node);
    buf_done(&body);
    for (int i = 0; i < 3; i++) {
        struct node_options how = {.mode = i == 2 ? NODE_WRITE : NODE_READ, .no_snapshot = i == 1, .check_signatures = i == 1};
        node = reopen(place, how);
        if (!node) continue;
        hash32 again = state_digest(node_state(node));
        CHECK(hash32_eq(&digest, &again), "opening %d: the same state", i);
        CHECK(node_snapshot_size(node) == (i == 1 ? 0 : 2), "opening %d: snapshot of %llu", i,
              (unsigned long long)node_snapshot_size(node));
        node_close(node);
    }
}

int main(void)
{
    struct place place = {.dir = "/tmp/plenary-node-XXXXXX", .mid = {{9}}, .device = {{7}}};
    uint8_t seed[32] = {5};
    if (sign_start() != CODE_OK || !mkdtemp(place.dir)) return 1;
    secret_key_from_seed(&place.founder, seed);
    test_life(&place);
    return check_done();
}
