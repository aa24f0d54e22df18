#include "core/institutions/org.h"

#include "core/institutions/bylaws.h"
#include "core/institutions/council.h"
#include "core/institutions/key.h"
#include "core/institutions/roll.h"
#include "core/record/checkpoint.h"

#include <string.h>

struct found_body {
    struct new_key new_key;
    hash32 bylaws;
    struct vkey log, node, refusal;
    uint32_t rules;
};

static void found_vkey(struct fields *f, str key, struct vkey *ret)
{
    str text = fields_str(f, key, KEY_NAME_MAX + 64);
    if (f->bad) return;
    if (vkey_parse(text, ret, NULL) != CODE_OK)
        fields_fail(f, "expected a verifier key <name>+<id>+<key>");
}

static enum code found_decode(struct step *step, struct fail *fail)
{
    struct found_body *body = ARENA_NEW(step->arena, struct found_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("bylaws"), body->bylaws.bytes, sizeof body->bylaws);
    fields_hex(&f, STR("device"), body->new_key.device.bytes, sizeof body->new_key.device);
    fields_hex(&f, STR("key"), body->new_key.key.bytes, sizeof body->new_key.key);
    found_vkey(&f, STR("log_key"), &body->log);
    found_vkey(&f, STR("node_key"), &body->node);
    found_vkey(&f, STR("refusal_key"), &body->refusal);
    body->rules = fields_u32(&f, STR("rules"));
    step->body = body;
    step->admits = &body->new_key.key;
    step->admit_count = 1;
    step->names = &body->bylaws;
    step->name_count = 1;
    return fields_end(&f, fail);
}

static bool key_is_named(const struct step *step, const struct vkey *key, enum key_role role)
{
    struct key_name name;
    return key_name_parse(key->name, step->act.origin, &name) && name.role == role;
}

static enum article found_decide(const struct state *s, const struct step *step)
{
    const struct found_body *body = step->body;
    bool named = key_is_named(step, &body->log, KEY_LOG) &&
                 key_is_named(step, &body->node, KEY_NODE) &&
                 key_is_named(step, &body->refusal, KEY_REFUSAL);
    GUARD(s, named, ARTICLE_FOUNDED);
    GUARD(s, body->rules >= 1 && body->rules <= RULES_VERSION, ARTICLE_RULES);
    str document;
    GUARD(s, step->blobs->get(step->blobs->self, &body->bylaws, &document), ARTICLE_BLOB);
    GUARD(s, bylaws_acceptable(document, body->rules, step->arena), ARTICLE_BYLAWS);
    return ARTICLE_NONE;
}

/* The founder belongs to no unit until one takes them in. */
static enum code found_member(struct state *s, const struct step *step)
{
    const struct found_body *body = step->body;
    struct roll_entrant founder = {
        .mid = step->act.by, .unit_row = ROW_NONE, .weight = 1, .at = step->at};
    TRY(roll_admit(s, &founder, &s->org.founder_row));
    return key_add(s, s->org.founder_row, &body->new_key, KEY_CONFIRMED, step->at);
}

static enum code found_apply(struct state *s, const struct step *step)
{
    const struct found_body *body = step->body;
    s->org.id = step->act.id;
    s->org.log_key = body->log.key;
    s->org.node_key = body->node.key;
    s->org.refusal_key = body->refusal.key;
    s->org.founded = (uint64_t)step->at;
    s->org.rules = body->rules;
    s->org.is_rehearsal = origin_is_rehearsal(step->act.origin);
    TRY(state_text_add(s, step->act.origin, &s->org.origin));
    TRY(found_member(s, step));
    return bylaws_adopt(s, &body->bylaws, step);
}

struct adopt_body {
    uint32_t rules;
};

static enum code adopt_decode(struct step *step, struct fail *fail)
{
    struct adopt_body *body = ARENA_NEW(step->arena, struct adopt_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->rules = fields_u32(&f, STR("rules"));
    step->body = body;
    return fields_end(&f, fail);
}

static enum article adopt_decide(const struct state *s, const struct step *step)
{
    const struct adopt_body *body = step->body;
    GUARD(s, body->rules >= s->org.rules && body->rules <= RULES_VERSION && body->rules > 0,
          ARTICLE_RULES);
    if (org_is_founding(s, step->by_row)) return ARTICLE_NONE;
    struct org_vote vote = {.version = body->rules};
    GUARD(s, org_may_support(s, &vote, step->by_row), ARTICLE_ADOPT);
    return ARTICLE_NONE;
}

static enum code adopt_apply(struct state *s, const struct step *step)
{
    const struct adopt_body *body = step->body;
    struct org_vote vote = {.version = body->rules};
    bool founding = org_is_founding(s, step->by_row);
    if (founding || org_support_suffices(s, &vote, step->by_row)) s->org.rules = body->rules;
    return founding ? CODE_OK : org_support_add(s, &vote, step->by_row);
}

struct epoch_body {
    hash32 lost_root;
    uint64_t lost_size;
};

static enum code epoch_decode(struct step *step, struct fail *fail)
{
    struct epoch_body *body = ARENA_NEW(step->arena, struct epoch_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    const struct json *lost = fields_object(&f, STR("lost"));
    TRY(fields_end(&f, fail));
    struct fields l = fields_of(lost);
    fields_base64(&l, STR("root"), body->lost_root.bytes, sizeof body->lost_root);
    body->lost_size = fields_u64(&l, STR("size"));
    step->body = body;
    return fields_end(&l, fail);
}

/* A provisional key may sign beside the node to be confirmed, and for nothing else. */
static bool signed_in_force(const struct state *s, const struct step *step)
{
    for (uint32_t i = 0; i < step->act.line_count; i++) {
        uint32_t row = step->signers[i].key_row;
        if (row != ROW_NONE && state_key(s, row)->state != KEY_CONFIRMED) return false;
    }
    return true;
}

static enum article epoch_decide(const struct state *s, const struct step *step)
{
    const struct epoch_body *body = step->body;
    GUARD(s, signed_in_force(s, step), ARTICLE_KEY_STATE);
    GUARD(s, body->lost_size > state_size(s), ARTICLE_EPOCH);
    return ARTICLE_NONE;
}

static enum code epoch_apply(struct state *s, const struct step *step)
{
    const struct epoch_body *body = step->body;
    struct epoch_row *epoch = state_add_epoch(s);
    if (!epoch) return CODE_NO_MEMORY;
    *epoch = (struct epoch_row){.lost_root = body->lost_root,
                                .lost_size = body->lost_size,
                                .index = step->index,
                                .at = (uint64_t)step->at};
    return CODE_OK;
}

bool org_is_founding(const struct state *s, uint32_t member_row)
{
    return member_row != ROW_NONE && member_row == s->org.founder_row && !s->org.confirmed;
}

static bool same_vote(const struct support_row *row, const struct org_vote *vote)
{
    return row->version == vote->version && hash32_eq(&row->what, &vote->what);
}

static uint32_t top_seat(const struct state *s, uint32_t member_row)
{
    uint32_t top = council_top(s);
    return top == ROW_NONE ? ROW_NONE : state_seat_of(s, member_row, top);
}

bool org_may_support(const struct state *s, const struct org_vote *vote, uint32_t member_row)
{
    uint32_t seat_row = top_seat(s, member_row);
    if (seat_row == ROW_NONE) return false;
    for (uint32_t i = 0; i < s->support.count; i++)
        if (state_support(s, i)->seat_row == seat_row && same_vote(state_support(s, i), vote))
            return false;
    return true;
}

bool org_support_suffices(const struct state *s, const struct org_vote *vote, uint32_t member_row)
{
    uint32_t top = council_top(s), seat_row = top_seat(s, member_row);
    if (seat_row == ROW_NONE) return false;
    uint64_t seated = 0, signed_by = 1;
    for (uint32_t i = 0; i < s->seat.count; i++)
        if (state_seat(s, i)->body_row == top && !state_seat(s, i)->ended) seated++;
    for (uint32_t i = 0; i < s->support.count; i++) {
        const struct support_row *row = state_support(s, i);
        if (row->seat_row == ROW_NONE || row->seat_row == seat_row) continue;
        const struct seat_row *seat = state_seat(s, row->seat_row);
        if (same_vote(row, vote) && seat->body_row == top && !seat->ended) signed_by++;
    }
    return signed_by * 100 > seated * s->bylaws.adopt_percent;
}

enum code org_support_add(struct state *s, const struct org_vote *vote, uint32_t member_row)
{
    uint32_t seat_row = top_seat(s, member_row);
    struct support_row *row = state_add_support(s);
    if (!row) return CODE_NO_MEMORY;
    *row = (struct support_row){.what = vote->what,
                                .member_row = member_row,
                                .seat_row = seat_row,
                                .is_rules = vote->version != 0,
                                .version = vote->version};
    return CODE_OK;
}

void org_support_lapse(struct state *s)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->support.count; i++)
        if (state_support(s, i)->is_rules) *state_support(s, kept++) = *state_support(s, i);
    s->support.count = kept;
}

const struct act_kind org_kinds[] = {
    {.name = {"org.found", 9},
     .since = 1,
     .signers = SIGNERS_FOUND,
     .is_public = true,
     .decode = found_decode,
     .decide = found_decide,
     .apply = found_apply},
    {.name = {"org.epoch", 9},
     .since = 1,
     .signers = SIGNERS_NODE,
     .is_public = true,
     .decode = epoch_decode,
     .decide = epoch_decide,
     .apply = epoch_apply},
    {.name = {"engine.adopt", 12},
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = adopt_decode,
     .decide = adopt_decide,
     .apply = adopt_apply},
};
const size_t org_kind_count = COUNT(org_kinds);
