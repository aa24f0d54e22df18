#include "core/state.h"

#include <assert.h>
#include <string.h>

/* Keys of the derived maps. The owner is the table, whose rows may move; its address does not. */
#define KEY_OF(name, type, field)                                                                  \
    static const void *key_of_##name(const void *owner, uint32_t row)                              \
    {                                                                                              \
        const type *found = (const type *)table_at(owner, row);                                    \
        return &found->field;                                                                      \
    }
KEY_OF(member, struct member_row, mid)
KEY_OF(act, struct act_id_row, id)
KEY_OF(unit, struct unit_row, id)
KEY_OF(body, struct body_row, id)
KEY_OF(freeze, struct freeze_row, id)
KEY_OF(election, struct election_row, id)
KEY_OF(proposal, struct proposal_row, id)
KEY_OF(request, struct request_row, id)
KEY_OF(objection, struct objection_row, id)

static void init_maps(struct state *s)
{
    idmap_init(&s->members, s->alloc, sizeof(mid16), key_of_member, &s->member);
    idmap_init(&s->acts, s->alloc, sizeof(hash32), key_of_act, &s->act);
    idmap_init(&s->units, s->alloc, sizeof(hash32), key_of_unit, &s->unit);
    idmap_init(&s->bodies, s->alloc, sizeof(hash32), key_of_body, &s->body);
    idmap_init(&s->freezes, s->alloc, sizeof(hash32), key_of_freeze, &s->freeze);
    idmap_init(&s->elections, s->alloc, sizeof(hash32), key_of_election, &s->election);
    idmap_init(&s->proposals, s->alloc, sizeof(hash32), key_of_proposal, &s->proposal);
    idmap_init(&s->requests, s->alloc, sizeof(hash32), key_of_request, &s->request);
    idmap_init(&s->objections, s->alloc, sizeof(hash32), key_of_objection, &s->objection);
}

enum code state_init(struct state *s, struct alloc alloc)
{
    *s = (struct state){.alloc = alloc};
#define INIT_TABLE(name, type, shape) table_init(&s->name, alloc, sizeof(type), shape);
    STATE_TABLES(INIT_TABLE)
#undef INIT_TABLE
    table_init(&s->pool, alloc, 1, "1");
    merkle_init(&s->tree, alloc);
    init_maps(s);
    s->org.founder_row = ROW_NONE;
    return CODE_OK;
}

void state_done(struct state *s)
{
    if (!s->pool.row_size) return;
#define DONE_TABLE(name, type, shape) table_done(&s->name);
    STATE_TABLES(DONE_TABLE)
#undef DONE_TABLE
    table_done(&s->pool);
    merkle_done(&s->tree);
    struct idmap *maps[] = {&s->members,   &s->acts,      &s->units,    &s->bodies,    &s->freezes,
                            &s->elections, &s->proposals, &s->requests, &s->objections};
    for (size_t i = 0; i < COUNT(maps); i++) idmap_done(maps[i]);
    s->pool.row_size = 0;
}

uint64_t state_size(const struct state *s)
{
    return s->tree.size;
}

static void digest_u64(struct sha256 *sha, uint64_t value)
{
    uint8_t out[8];
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(value >> (8 * i));
    sha256_add(sha, out, sizeof out);
}

static void digest_org(const struct org *org, struct sha256 *sha)
{
    sha256_add(sha, org->id.bytes, sizeof org->id);
    sha256_add(sha, org->log_key.bytes, sizeof org->log_key);
    sha256_add(sha, org->node_key.bytes, sizeof org->node_key);
    sha256_add(sha, org->refusal_key.bytes, sizeof org->refusal_key);
    sha256_add(sha, org->node_last_act.bytes, sizeof org->node_last_act);
    const uint64_t numbers[] = {org->founded,           org->confirmed, org->last_at,
                                org->founder_row,       org->rules,     org->is_rehearsal,
                                org->unconfirmed_units, org->origin.at, org->origin.len,
                                org->name.at,           org->name.len};
    for (size_t i = 0; i < COUNT(numbers); i++) digest_u64(sha, numbers[i]);
}

hash32 state_digest(const struct state *s)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.state/v1|"));
    digest_u64(&sha, s->tree.size);
    hash32 root = merkle_root(&s->tree, s->tree.size);
    sha256_add(&sha, root.bytes, sizeof root);
    digest_org(&s->org, &sha);
    sha256_add(&sha, s->bylaws.document.bytes,
               sizeof s->bylaws.document); /* the parameters follow from it */
#define DIGEST_TABLE(name, type, shape) table_digest(&s->name, &sha);
    STATE_TABLES(DIGEST_TABLE)
#undef DIGEST_TABLE
    table_digest(&s->pool, &sha);
    return sha256_done(&sha);
}

enum code state_text_add(struct state *s, str text, struct text_ref *ret)
{
    *ret = (struct text_ref){0};
    if (text.len == 0) return CODE_OK;
    if (text.len > UINT32_MAX) return CODE_TOO_BIG;
    uint32_t at = s->pool.count;
    void *room = table_add_many(&s->pool, (uint32_t)text.len);
    if (!room) return CODE_NO_MEMORY;
    memcpy(room, text.at, text.len);
    *ret = (struct text_ref){at, (uint32_t)text.len};
    return CODE_OK;
}

str state_text(const struct state *s, struct text_ref ref)
{
    if (ref.len == 0) return (str){"", 0};
    assert(ref.at < s->pool.count && ref.len <= s->pool.count - ref.at);
    return (str){(const char *)s->pool.rows + ref.at, ref.len};
}

uint32_t state_member_by_mid(const struct state *s, const mid16 *mid)
{
    return idmap_get(&s->members, mid->bytes);
}

uint32_t state_unit_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->units, id->bytes);
}

uint32_t state_body_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->bodies, id->bytes);
}

uint32_t state_freeze_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->freezes, id->bytes);
}

uint32_t state_election_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->elections, id->bytes);
}

uint32_t state_proposal_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->proposals, id->bytes);
}

uint32_t state_request_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->requests, id->bytes);
}

uint32_t state_objection_by_id(const struct state *s, const hash32 *id)
{
    return idmap_get(&s->objections, id->bytes);
}

uint64_t state_act_index(const struct state *s, const hash32 *id)
{
    uint32_t row = idmap_get(&s->acts, id->bytes);
    return row == IDMAP_NONE ? UINT64_MAX : row;
}

uint32_t state_key_of(const struct state *s, uint32_t member_row, const device4 *device)
{
    if (member_row == ROW_NONE) return ROW_NONE;
    uint32_t row = state_member(s, member_row)->first_key_row;
    while (row != ROW_NONE) {
        const struct key_row *key = state_key(s, row);
        if (device4_eq(&key->device, device)) return row;
        row = key->next_of_member;
    }
    return ROW_NONE;
}

bool state_is_active(const struct state *s, uint32_t member_row)
{
    return member_row != ROW_NONE && state_member(s, member_row)->status == MEMBER_ACTIVE;
}

uint32_t state_seat_of(const struct state *s, uint32_t member_row, uint32_t body_row)
{
    if (member_row == ROW_NONE) return ROW_NONE;
    uint32_t row = state_member(s, member_row)->first_seat;
    for (; row != ROW_NONE; row = state_seat(s, row)->next_of_member) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->body_row == body_row && !seat->ended) return row;
    }
    return ROW_NONE;
}

bool state_unit_under(const struct state *s, uint32_t unit_row, uint32_t above_row)
{
    while (unit_row != ROW_NONE && unit_row != above_row)
        unit_row = state_unit(s, unit_row)->parent_row;
    return unit_row != ROW_NONE;
}

/* Councils are founded on councils that existed before, so following `from_body` ends. */
bool state_constituency_covers(const struct state *s, uint32_t constituency_row, uint32_t unit_row)
{
    const struct constituency_row *of = state_constituency(s, constituency_row);
    if (of->unit_row != ROW_NONE) return state_unit_under(s, unit_row, of->unit_row);
    const struct body_row *body = state_body(s, of->from_body);
    for (uint32_t i = 0; i < body->constituency_count; i++)
        if (state_constituency_covers(s, body->first_constituency + i, unit_row)) return true;
    return false;
}

bool state_holds_role(const struct state *s, uint32_t member_row, enum body_role role,
                      uint32_t unit_row)
{
    if (!state_is_active(s, member_row)) return false;
    uint32_t row = state_member(s, member_row)->first_seat;
    for (; row != ROW_NONE; row = state_seat(s, row)->next_of_member) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->ended || state_body(s, seat->body_row)->role != role) continue;
        if (state_constituency_covers(s, seat->constituency_row, unit_row)) return true;
    }
    return false;
}

static bool deadline_before(const struct deadline_row *a, const struct deadline_row *b)
{
    if (a->at != b->at) return a->at < b->at;
    int order = hash32_cmp(&a->id, &b->id);
    if (order) return order < 0;
    if (a->kind != b->kind) return a->kind < b->kind;
    return a->row < b->row;
}

static void deadline_swap(struct state *s, uint32_t a, uint32_t b)
{
    struct deadline_row held = *state_deadline(s, a);
    *state_deadline(s, a) = *state_deadline(s, b);
    *state_deadline(s, b) = held;
}

enum code state_deadline_add(struct state *s, const struct deadline_row *deadline)
{
    struct deadline_row *room = state_add_deadline(s);
    if (!room) return CODE_NO_MEMORY;
    *room = *deadline;
    uint32_t at = s->deadline.count - 1;
    while (at > 0 && deadline_before(state_deadline(s, at), state_deadline(s, (at - 1) / 2))) {
        deadline_swap(s, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
    return CODE_OK;
}

const struct deadline_row *state_deadline_first(const struct state *s)
{
    return s->deadline.count ? state_deadline(s, 0) : NULL;
}

void state_deadline_drop_first(struct state *s)
{
    assert(s->deadline.count > 0);
    *state_deadline(s, 0) = *state_deadline(s, s->deadline.count - 1);
    s->deadline.count--;
    for (uint32_t at = 0;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < s->deadline.count &&
                deadline_before(state_deadline(s, child), state_deadline(s, least)))
                least = child;
        if (least == at) return;
        deadline_swap(s, at, least);
        at = least;
    }
}
