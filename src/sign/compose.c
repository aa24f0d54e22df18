#include "sign/compose.h"

#include <string.h>

static hash32 last_act_of(const struct state *s, const struct key_name *name)
{
    static const hash32 none;
    if (name->role == KEY_NODE) return s->org.node_last_act;
    if (name->role != KEY_DEVICE) return none;
    uint32_t row = state_key_of(s, state_member_by_mid(s, &name->mid), &name->device);
    return row == ROW_NONE ? none : state_key(s, row)->last_act;
}

/* Signature lines stand in the order of their names, and `prev` follows them. */
static void order_keys(const struct compose *c, str origin, uint32_t order[ACT_LINES_MAX],
                       char names[ACT_LINES_MAX][KEY_NAME_MAX + 1])
{
    for (uint32_t i = 0; i < c->key_count; i++) {
        (void)key_name_text(origin, &c->key[i].name, names[i]);
        order[i] = i;
    }
    if (c->key_count == 2 && act_line_before(str_from(names[1]), str_from(names[0]))) {
        order[0] = 1;
        order[1] = 0;
    }
}

static void set_via(struct act_draft *draft, const struct compose *c,
                    const uint32_t order[ACT_LINES_MAX])
{
    draft->attested = true;
    for (uint32_t i = 0; i < ACT_LINES_MAX; i++) draft->via[i] = c->key[order[i]].name.mid;
}

enum code compose_act(const struct state *s, const struct compose *c, struct buf *out)
{
    if (c->key_count < 1 || c->key_count > ACT_LINES_MAX || (c->attested && c->key_count != 2))
        return CODE_INTERNAL;
    str origin = c->origin.len ? c->origin : state_text(s, s->org.origin);
    uint32_t order[ACT_LINES_MAX] = {0};
    char names[ACT_LINES_MAX][KEY_NAME_MAX + 1];
    order_keys(c, origin, order, names);
    struct act_draft draft = {.at = c->at,
                              .body = c->body,
                              .by = c->by,
                              .kind = c->kind,
                              .nonce = c->nonce,
                              .origin = origin,
                              .prev_count = c->key_count};
    static const hash32 none;
    struct signer signers[ACT_LINES_MAX];
    for (uint32_t i = 0; i < c->key_count; i++) {
        draft.prev[i].id = last_act_of(s, &c->key[order[i]].name);
        draft.prev[i].genesis = hash32_eq(&draft.prev[i].id, &none);
        signers[i] = (struct signer){str_from(names[order[i]]), c->key[order[i]].secret};
    }
    if (c->attested) set_via(&draft, c, order);
    uint64_t seen = s->tree.size - (c->unseen < s->tree.size ? c->unseen : s->tree.size);
    draft.seen = (struct act_seen){merkle_root(&s->tree, seen), seen};
    struct buf text;
    buf_init(&text, s->alloc, ACT_NOTE_MAX);
    act_write_text(&text, &draft);
    enum code code = buf_check(&text);
    if (code == CODE_OK) note_sign(out, buf_str(&text), signers, c->key_count);
    buf_done(&text);
    return code == CODE_OK ? buf_check(out) : code;
}
