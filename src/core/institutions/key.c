#include "core/institutions/key.h"

#include "core/institutions/org.h"

#include <string.h>

enum { CODES_MAX = 500, DAY_S = 86400, YEAR_DAYS = 365 };
#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

enum code key_add(struct state *s, uint32_t member_row, const struct new_key *added,
                  enum key_state key_state, unix_s at)
{
    struct key_row *key = state_add_key(s);
    if (!key) return CODE_NO_MEMORY;
    uint32_t row = s->key.count - 1;
    *key = (struct key_row){.public_key = added->key,
                            .device = added->device,
                            .since = (uint64_t)at,
                            .confirmed = key_state == KEY_CONFIRMED ? (uint64_t)at : 0,
                            .state = (uint8_t)key_state,
                            .trusted = key_state == KEY_CONFIRMED ? (uint64_t)at : 0,
                            .member_row = member_row,
                            .next_of_member = ROW_NONE,
                            .sponsor_row = {ROW_NONE, ROW_NONE},
                            .settler_row = {ROW_NONE, ROW_NONE},
                            .revoke_by = ROW_NONE};
    struct member_row *member = state_member(s, member_row);
    if (member->last_key_row == ROW_NONE)
        member->first_key_row = row;
    else
        state_key(s, member->last_key_row)->next_of_member = row;
    member->last_key_row = row;
    return CODE_OK;
}

bool key_any_confirmed(const struct state *s, uint32_t member_row)
{
    uint32_t row = state_member(s, member_row)->first_key_row;
    for (; row != ROW_NONE; row = state_key(s, row)->next_of_member)
        if (state_key(s, row)->state == KEY_CONFIRMED) return true;
    return false;
}

/* ---- code.issue ---- */

struct issue_body {
    uint32_t count;
    mid16 *mids;
    key32 *keys;
};

static enum code issue_decode(struct step *step, struct fail *fail)
{
    struct issue_body *body = ARENA_NEW(step->arena, struct issue_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    const struct json *codes = fields_array(&f, STR("codes"), CODES_MAX);
    TRY(fields_end(&f, fail));
    body->mids = ARENA_ARRAY(step->arena, codes->count, mid16);
    body->keys = ARENA_ARRAY(step->arena, codes->count, key32);
    if (codes->count && (!body->mids || !body->keys)) return CODE_NO_MEMORY;
    for (const struct json *code = json_first(codes); code; code = json_next(codes, code)) {
        struct fields c = fields_of(code);
        fields_hex(&c, STR("key"), body->keys[body->count].bytes, sizeof(key32));
        fields_hex(&c, STR("mid"), body->mids[body->count].bytes, sizeof(mid16));
        TRY(fields_end(&c, fail));
        bool ascending = body->count == 0 ||
                         mid16_cmp(&body->mids[body->count - 1], &body->mids[body->count]) < 0;
        if (!ascending)
            return fail_set(fail, CODE_MALFORMED, "order",
                            "\"codes\": expected members in ascending order, each once");
        body->count++;
    }
    if (body->count == 0)
        return fail_set(fail, CODE_MALFORMED, "field", "\"codes\": expected at least one");
    step->body = body;
    step->admits = body->keys;
    step->admit_count = body->count;
    return CODE_OK;
}

static enum article issue_decide(const struct state *s, const struct step *step)
{
    const struct issue_body *body = step->body;
    bool founding = org_is_founding(s, step->by_row);
    uint32_t known_unit = ROW_NONE;
    for (uint32_t i = 0; i < body->count; i++) {
        uint32_t row = state_member_by_mid(s, &body->mids[i]);
        GUARD(s, state_is_active(s, row), ARTICLE_MEMBER);
        if (row == ROW_NONE) return ARTICLE_MEMBER;
        uint32_t unit_row = state_member(s, row)->unit_row;
        if (!founding && (i == 0 || unit_row != known_unit))
            GUARD(s,
                  unit_row != ROW_NONE &&
                      state_holds_role(s, step->by_row, ROLE_REGISTRAR, unit_row),
                  ARTICLE_CODE_REGISTRAR);
        known_unit = unit_row;
        GUARD(s, !key_any_confirmed(s, row), ARTICLE_CODE_ONCE);
    }
    return ARTICLE_NONE;
}

static enum code issue_apply(struct state *s, const struct step *step)
{
    const struct issue_body *body = step->body;
    for (uint32_t i = 0; i < body->count; i++) {
        struct member_row *member = state_member(s, state_member_by_mid(s, &body->mids[i]));
        member->enrol_key = body->keys[i];
        member->code_used = 0;
    }
    return CODE_OK;
}

/* ---- key.enrol, key.add: a new key that signs for itself ---- */

static enum code new_key_decode(struct step *step, struct fail *fail)
{
    struct new_key *body = ARENA_NEW(step->arena, struct new_key);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("device"), body->device.bytes, sizeof body->device);
    fields_hex(&f, STR("key"), body->key.bytes, sizeof body->key);
    step->body = body;
    step->admits = &body->key;
    step->admit_count = 1;
    return fields_end(&f, fail);
}

static bool key_is_new(const struct state *s, uint32_t member_row, const struct new_key *added)
{
    for (uint32_t row = state_member(s, member_row)->first_key_row; row != ROW_NONE;) {
        const struct key_row *key = state_key(s, row);
        if (device4_eq(&key->device, &added->device) || key32_eq(&key->public_key, &added->key))
            return false;
        row = key->next_of_member;
    }
    return !key32_eq(&state_member(s, member_row)->enrol_key, &added->key);
}

static enum article enrol_decide(const struct state *s, const struct step *step)
{
    GUARD(s, !state_member(s, step->by_row)->code_used, ARTICLE_CODE_ONCE);
    GUARD(s, key_is_new(s, step->by_row, step->body), ARTICLE_KEY_NEW);
    return ARTICLE_NONE;
}

static enum code enrol_apply(struct state *s, const struct step *step)
{
    state_member(s, step->by_row)->code_used = 1;
    return key_add(s, step->by_row, step->body, KEY_PROVISIONAL, step->at);
}

static enum article add_decide(const struct state *s, const struct step *step)
{
    GUARD(s, key_is_new(s, step->by_row, step->body), ARTICLE_KEY_NEW);
    return ARTICLE_NONE;
}

/* The line that is not the new key's. */
static uint32_t certifying_key(const struct step *step)
{
    return step->signers[step->signers[0].key_row == ROW_NONE].key_row;
}

static enum code add_apply(struct state *s, const struct step *step)
{
    uint64_t trusted = state_key(s, certifying_key(step))->trusted;
    TRY(key_add(s, step->by_row, step->body, KEY_CONFIRMED, step->at));
    state_key(s, state_member(s, step->by_row)->last_key_row)->trusted = trusted;
    return CODE_OK;
}

/* ---- acts about one device ---- */

struct device_body {
    device4 device;
    mid16 member; /* key.settle alone */
    bool allow;
};

static enum code device_decode(struct step *step, struct fail *fail)
{
    struct device_body *body = ARENA_NEW(step->arena, struct device_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("device"), body->device.bytes, sizeof body->device);
    step->body = body;
    return fields_end(&f, fail);
}

static void confirm(struct key_row *key, uint64_t at)
{
    key->state = KEY_CONFIRMED;
    key->confirmed = key->trusted = at;
}

static uint32_t own_key(const struct state *s, const struct step *step)
{
    const struct device_body *body = step->body;
    return state_key_of(s, step->by_row, &body->device);
}

/* Confirmation names the key that is confirmed; without tellers, that key and the node sign. The
 * node speaks for a first key alone: further ones are certified by an older device. */
static enum article confirm_decide(const struct state *s, const struct step *step)
{
    uint32_t row = own_key(s, step);
    if (row == ROW_NONE) return ARTICLE_KEY_CONFIRM;
    GUARD(s, state_key(s, row)->state == KEY_PROVISIONAL, ARTICLE_KEY_CONFIRM);
    if (step->act.attested) return ARTICLE_NONE;
    bool itself = false;
    for (uint32_t i = 0; i < step->act.line_count; i++)
        itself = itself || step->signers[i].key_row == row;
    GUARD(s, itself && !key_any_confirmed(s, step->by_row), ARTICLE_KEY_CONFIRM);
    return ARTICLE_NONE;
}

static enum code confirm_apply(struct state *s, const struct step *step)
{
    struct key_row *key = state_key(s, own_key(s, step));
    confirm(key, (uint64_t)step->at);
    key->attested = step->act.attested;
    return CODE_OK;
}

/* Rows are in order of entry, so of two keys of one member the lower row is the older. */
static bool signed_by_older(const struct step *step, uint32_t key_row)
{
    return step->signers[0].key_row < key_row;
}

static bool revokes_at_once(const struct state *s, const struct step *step, uint32_t key_row)
{
    return signed_by_older(step, key_row) || step->signers[0].key_row == key_row ||
           !guards(s, ARTICLE_KEY_OLDER);
}

/* A sponsored key is not for an older one to end, which may be the stolen one: it objects, and the
 * unit decides. */
static enum article revoke_decide(const struct state *s, const struct step *step)
{
    uint32_t row = own_key(s, step);
    if (row == ROW_NONE) return ARTICLE_KEY_STATE;
    const struct key_row *key = state_key(s, row);
    GUARD(s, key->state == KEY_CONFIRMED || key->state == KEY_PROVISIONAL, ARTICLE_KEY_STATE);
    GUARD(s, !key->sponsors || !signed_by_older(step, row), ARTICLE_KEY_SETTLE);
    GUARD(s, !key->revoke_at || revokes_at_once(s, step, row), ARTICLE_ONCE);
    return ARTICLE_NONE;
}

static enum code revoke_apply(struct state *s, const struct step *step)
{
    uint32_t row = own_key(s, step);
    struct key_row *key = state_key(s, row);
    if (revokes_at_once(s, step, row)) {
        key->state = KEY_REVOKED;
        return CODE_OK;
    }
    key->revoke_at = (uint64_t)step->at + s->bylaws.revoke_time;
    key->revoke_by = step->signers[0].key_row;
    struct deadline_row deadline = {
        .at = key->revoke_at, .id = step->act.id, .kind = DEADLINE_KEY_REVOKE, .row = row};
    return state_deadline_add(s, &deadline);
}

/* The threatened key, or any older one, takes the threat back. */
static enum article keep_decide(const struct state *s, const struct step *step)
{
    uint32_t row = own_key(s, step);
    if (row == ROW_NONE || !state_key(s, row)->revoke_at) return ARTICLE_KEY_STATE;
    GUARD(s, step->signers[0].key_row <= row, ARTICLE_KEY_OLDER);
    return ARTICLE_NONE;
}

static enum code keep_apply(struct state *s, const struct step *step)
{
    struct key_row *key = state_key(s, own_key(s, step));
    key->revoke_at = 0;
    key->revoke_by = ROW_NONE;
    return CODE_OK;
}

/* A threat dies with the key that made it: who has revoked the stolen device need do no more. */
static void revoke_due(struct state *s, struct key_row *key, uint64_t at)
{
    if (key->revoke_at != at) return;
    if (state_key(s, key->revoke_by)->state == KEY_CONFIRMED) key->state = KEY_REVOKED;
    key->revoke_at = 0;
    key->revoke_by = ROW_NONE;
}

/* ---- all devices lost: two sponsors, fourteen days, an objection goes to the unit ---- */

struct sponsor_body {
    struct new_key new_key;
    mid16 member;
};

static enum code sponsor_decode(struct step *step, struct fail *fail)
{
    struct sponsor_body *body = ARENA_NEW(step->arena, struct sponsor_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("device"), body->new_key.device.bytes, sizeof body->new_key.device);
    fields_hex(&f, STR("key"), body->new_key.key.bytes, sizeof body->new_key.key);
    fields_hex(&f, STR("mid"), body->member.bytes, sizeof body->member);
    step->body = body;
    step->admits = &body->new_key.key;
    step->admit_count = 1;
    return fields_end(&f, fail);
}

static uint32_t day_of(unix_s at)
{
    return (uint32_t)(at / DAY_S);
}

static bool may_sponsor_more(const struct state *s, const struct step *step)
{
    const struct member_row *sponsor = state_member(s, step->by_row);
    uint32_t day = sponsor->sponsored_day[s->bylaws.sponsor_limit < 2];
    return day == 0 || day_of(step->at) >= day + YEAR_DAYS;
}

/* Two sponsors give back what was lost; they do not stand in for the second channel of a first key.
 */
static bool had_a_key(const struct state *s, uint32_t member_row)
{
    uint32_t row = state_member(s, member_row)->first_key_row;
    while (row != ROW_NONE && !state_key(s, row)->confirmed)
        row = state_key(s, row)->next_of_member;
    return row != ROW_NONE;
}

static enum article sponsor_decide(const struct state *s, const struct step *step)
{
    const struct sponsor_body *body = step->body;
    uint32_t member_row = state_member_by_mid(s, &body->member);
    if (!state_is_active(s, member_row)) return ARTICLE_MEMBER;
    bool neighbour =
        member_row != step->by_row &&
        state_member(s, member_row)->unit_row == state_member(s, step->by_row)->unit_row &&
        state_member(s, member_row)->unit_row != ROW_NONE;
    GUARD(s, neighbour && may_sponsor_more(s, step) && had_a_key(s, member_row),
          ARTICLE_KEY_SPONSOR);
    uint32_t row = state_key_of(s, member_row, &body->new_key.device);
    if (row == ROW_NONE) {
        GUARD(s, key_is_new(s, member_row, &body->new_key), ARTICLE_KEY_NEW);
        return ARTICLE_NONE;
    }
    const struct key_row *key = state_key(s, row);
    GUARD(s,
          key->state == KEY_SPONSORED && key->sponsors == 1 &&
              key32_eq(&key->public_key, &body->new_key.key),
          ARTICLE_KEY_NEW);
    GUARD(s, key->sponsor_row[0] != step->by_row, ARTICLE_KEY_SPONSOR);
    return ARTICLE_NONE;
}

static enum code sponsor_apply(struct state *s, const struct step *step)
{
    const struct sponsor_body *body = step->body;
    uint32_t member_row = state_member_by_mid(s, &body->member);
    uint32_t row = state_key_of(s, member_row, &body->new_key.device);
    if (row == ROW_NONE) {
        TRY(key_add(s, member_row, &body->new_key, KEY_SPONSORED, step->at));
        row = state_member(s, member_row)->last_key_row;
    }
    struct member_row *sponsor = state_member(s, step->by_row);
    sponsor->sponsored_day[0] = sponsor->sponsored_day[1];
    sponsor->sponsored_day[1] = day_of(step->at);
    struct key_row *key = state_key(s, row);
    key->sponsor_row[key->sponsors++] = step->by_row;
    if (key->sponsors < 2) return CODE_OK;
    struct deadline_row deadline = {.at = (uint64_t)step->at + s->bylaws.sponsor_time,
                                    .id = step->act.id,
                                    .kind = DEADLINE_KEY_SPONSOR,
                                    .row = row};
    return state_deadline_add(s, &deadline);
}

/* While the fourteen days run, and also later: an owner may look late. */
static enum article object_decide(const struct state *s, const struct step *step)
{
    uint32_t row = own_key(s, step);
    if (row == ROW_NONE) return ARTICLE_KEY_STATE;
    const struct key_row *key = state_key(s, row);
    GUARD(s, key->sponsors && (key->state == KEY_SPONSORED || key->state == KEY_CONFIRMED),
          ARTICLE_KEY_STATE);
    GUARD(s, signed_by_older(step, row), ARTICLE_KEY_OLDER);
    return ARTICLE_NONE;
}

static enum code object_apply(struct state *s, const struct step *step)
{
    state_key(s, own_key(s, step))->state = KEY_DISPUTED;
    return CODE_OK;
}

static enum code settle_decode(struct step *step, struct fail *fail)
{
    struct device_body *body = ARENA_NEW(step->arena, struct device_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->allow = fields_bool(&f, STR("allow"));
    fields_hex(&f, STR("device"), body->device.bytes, sizeof body->device);
    fields_hex(&f, STR("mid"), body->member.bytes, sizeof body->member);
    step->body = body;
    return fields_end(&f, fail);
}

static uint32_t settled_key(const struct state *s, const struct device_body *body)
{
    return state_key_of(s, state_member_by_mid(s, &body->member), &body->device);
}

static enum article settle_decide(const struct state *s, const struct step *step)
{
    const struct device_body *body = step->body;
    uint32_t row = settled_key(s, body);
    if (row == ROW_NONE) return ARTICLE_KEY_STATE;
    const struct key_row *key = state_key(s, row);
    GUARD(s, key->state == KEY_DISPUTED, ARTICLE_KEY_STATE);
    uint32_t unit_row = state_member(s, key->member_row)->unit_row;
    bool elected =
        unit_row != ROW_NONE && state_holds_role(s, step->by_row, ROLE_STEWARD, unit_row);
    bool party = step->by_row == key->member_row || step->by_row == key->sponsor_row[0] ||
                 step->by_row == key->sponsor_row[1];
    GUARD(s, elected && !party, ARTICLE_KEY_SETTLE);
    GUARD(s, key->settler_row[body->allow] != step->by_row, ARTICLE_KEY_SETTLE);
    return ARTICLE_NONE;
}

/* The unit has said who the member is: nobody else's device stays. */
static void revoke_others(struct state *s, uint32_t kept_row)
{
    uint32_t row = state_member(s, state_key(s, kept_row)->member_row)->first_key_row;
    for (; row != ROW_NONE; row = state_key(s, row)->next_of_member)
        if (row != kept_row) state_key(s, row)->state = KEY_REVOKED;
}

/* The second of one mind settles it; who changes sides no longer counts on the other. */
static enum code settle_apply(struct state *s, const struct step *step)
{
    const struct device_body *body = step->body;
    uint32_t row = settled_key(s, body);
    struct key_row *key = state_key(s, row);
    if (key->settler_row[!body->allow] == step->by_row) key->settler_row[!body->allow] = ROW_NONE;
    if (key->settler_row[body->allow] == ROW_NONE) {
        key->settler_row[body->allow] = step->by_row;
        return CODE_OK;
    }
    key->state = KEY_REVOKED;
    if (!body->allow) return CODE_OK;
    confirm(key, (uint64_t)step->at);
    revoke_others(s, row);
    return CODE_OK;
}

enum code key_deadline(struct state *s, const struct deadline_row *deadline,
                       const struct blobs *blobs, struct arena *arena)
{
    (void)blobs;
    (void)arena;
    struct key_row *key = state_key(s, deadline->row);
    if (deadline->kind == DEADLINE_KEY_REVOKE)
        revoke_due(s, key, deadline->at);
    else if (key->state == KEY_SPONSORED)
        confirm(key, deadline->at);
    return CODE_OK;
}

const struct act_kind key_kinds[] = {
    {.name = NAME("code.issue"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = issue_decode,
     .decide = issue_decide,
     .apply = issue_apply},
    {.name = NAME("key.add"),
     .since = 1,
     .signers = SIGNERS_ADD,
     .decode = new_key_decode,
     .decide = add_decide,
     .apply = add_apply},
    {.name = NAME("key.confirm"),
     .since = 1,
     .signers = SIGNERS_NODE,
     .attestable = true,
     .decode = device_decode,
     .decide = confirm_decide,
     .apply = confirm_apply},
    {.name = NAME("key.enrol"),
     .since = 1,
     .signers = SIGNERS_ENROL,
     .decode = new_key_decode,
     .decide = enrol_decide,
     .apply = enrol_apply},
    {.name = NAME("key.keep"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = device_decode,
     .decide = keep_decide,
     .apply = keep_apply},
    {.name = NAME("key.object"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = device_decode,
     .decide = object_decide,
     .apply = object_apply},
    {.name = NAME("key.revoke"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = device_decode,
     .decide = revoke_decide,
     .apply = revoke_apply},
    {.name = NAME("key.settle"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = settle_decode,
     .decide = settle_decide,
     .apply = settle_apply},
    {.name = NAME("key.sponsor"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = sponsor_decode,
     .decide = sponsor_decide,
     .apply = sponsor_apply},
};
const size_t key_kind_count = COUNT(key_kinds);
