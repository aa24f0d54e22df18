#include "core/institutions/unit.h"

#include "base/sort.h"
#include "base/text.h"
#include "core/institutions/council.h"
#include "core/institutions/org.h"
#include "core/institutions/roll.h"

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

enum { SPLIT_MEMBERS_MAX = 2000 /* more do not fit one act */ };

static bool is_steward(const struct state *s, uint32_t member_row, uint32_t unit_row)
{
    return state_holds_role(s, member_row, ROLE_STEWARD, unit_row);
}

/* The founder alone decides over units that have not confirmed yet. */
static bool founder_suffices(const struct state *s, uint32_t member_row, uint32_t unit_row)
{
    return org_is_founding(s, member_row) && !unit_is_confirmed(s, unit_row);
}

/* Does no open unit right under `parent_row` bear the name? */
static bool name_is_free(const struct state *s, uint32_t parent_row, str name)
{
    bool has_parent = parent_row != ROW_NONE;
    uint32_t row = has_parent ? state_unit(s, parent_row)->first_child : 0;
    while (has_parent ? row != ROW_NONE : row < s->unit.count) {
        const struct unit_row *unit = state_unit(s, row);
        bool sibling = unit->state == UNIT_OPEN && unit->parent_row == parent_row;
        if (sibling && str_eq(state_text(s, unit->name), name)) return false;
        row = has_parent ? unit->next_sibling : row + 1;
    }
    return true;
}

static void child_add(struct state *s, uint32_t parent_row, uint32_t child_row)
{
    struct unit_row *child = state_unit(s, child_row);
    child->parent_row = parent_row;
    child->next_sibling = ROW_NONE;
    if (parent_row == ROW_NONE) return;
    struct unit_row *parent = state_unit(s, parent_row);
    if (parent->last_child == ROW_NONE)
        parent->first_child = child_row;
    else
        state_unit(s, parent->last_child)->next_sibling = child_row;
    parent->last_child = child_row;
}

static void child_remove(struct state *s, uint32_t child_row)
{
    struct unit_row *child = state_unit(s, child_row);
    if (child->parent_row == ROW_NONE) return;
    struct unit_row *parent = state_unit(s, child->parent_row);
    uint32_t before = ROW_NONE, row = parent->first_child;
    while (row != child_row) {
        before = row;
        row = state_unit(s, row)->next_sibling;
    }
    *(before == ROW_NONE ? &parent->first_child : &state_unit(s, before)->next_sibling) =
        child->next_sibling;
    if (parent->last_child == child_row) parent->last_child = before;
    child->parent_row = child->next_sibling = ROW_NONE;
}

struct unit_plan {
    str kind, name;
    uint32_t parent_row;
};

static enum code unit_add(struct state *s, const struct unit_plan *plan, const struct step *step,
                          uint32_t *ret_row)
{
    struct text_ref kind, name;
    TRY(state_text_add(s, plan->kind, &kind));
    TRY(state_text_add(s, plan->name, &name));
    struct unit_row *unit = state_add_unit(s);
    if (!unit) return CODE_NO_MEMORY;
    *unit = (struct unit_row){.id = step->act.id,
                              .name = name,
                              .kind = kind,
                              .since = (uint64_t)step->at,
                              .first_member = ROW_NONE,
                              .last_member = ROW_NONE,
                              .confirm_by = ROW_NONE,
                              .state = UNIT_OPEN,
                              .merge_into = ROW_NONE,
                              .merge_by = ROW_NONE,
                              .split_by = ROW_NONE,
                              .first_child = ROW_NONE,
                              .last_child = ROW_NONE};
    *ret_row = s->unit.count - 1;
    child_add(s, plan->parent_row, *ret_row);
    return idmap_put(&s->units, *ret_row);
}

static str read_label(struct fields *f, str key, size_t max)
{
    str text = fields_str(f, key, max);
    if (!f->bad && text.len == 0) fields_fail(f, "expected a text that is not empty");
    return text;
}

/* ---- unit.found ---- */

struct found_body {
    str kind, name;
    hash32 parent;
    bool has_parent;
};

static enum code found_decode(struct step *step, struct fail *fail)
{
    struct found_body *body = ARENA_NEW(step->arena, struct found_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->kind = read_label(&f, STR("kind"), UNIT_KIND_MAX);
    body->name = read_label(&f, STR("name"), UNIT_NAME_MAX);
    body->has_parent = fields_has(&f, STR("parent"));
    if (body->has_parent) fields_hex(&f, STR("parent"), body->parent.bytes, sizeof body->parent);
    step->body = body;
    return fields_end(&f, fail);
}

static enum article found_decide(const struct state *s, const struct step *step)
{
    const struct found_body *body = step->body;
    uint32_t parent_row = body->has_parent ? state_unit_by_id(s, &body->parent) : ROW_NONE;
    if (body->has_parent && !unit_is_open(s, parent_row)) return ARTICLE_UNIT_KNOWN;
    bool may = founder_suffices(s, step->by_row, parent_row) ||
               council_top_delegate(s, step->by_row) ||
               (body->has_parent && is_steward(s, step->by_row, parent_row));
    GUARD(s, may, ARTICLE_OFFICE);
    GUARD(s, name_is_free(s, parent_row, body->name), ARTICLE_UNIT_NAME);
    return ARTICLE_NONE;
}

static enum code found_apply(struct state *s, const struct step *step)
{
    const struct found_body *body = step->body;
    struct unit_plan plan = {body->kind, body->name, ROW_NONE};
    if (body->has_parent) plan.parent_row = state_unit_by_id(s, &body->parent);
    uint32_t row;
    return unit_add(s, &plan, step, &row);
}

/* ---- unit.confirm ---- */

struct confirm_body {
    uint64_t count;
    hash32 digest, unit;
};

static enum code confirm_decode(struct step *step, struct fail *fail)
{
    struct confirm_body *body = ARENA_NEW(step->arena, struct confirm_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->count = fields_u64(&f, STR("count"));
    fields_hex(&f, STR("digest"), body->digest.bytes, sizeof body->digest);
    fields_hex(&f, STR("unit"), body->unit.bytes, sizeof body->unit);
    step->body = body;
    return fields_end(&f, fail);
}

static bool confirm_states_roll(const struct state *s, const struct confirm_body *body,
                                uint32_t unit_row)
{
    const struct unit_row *unit = state_unit(s, unit_row);
    if (body->count == 0 || body->count != unit->member_count) return false;
    hash32 digest = unit_digest(s, unit_row);
    return hash32_eq(&digest, &body->digest);
}

static enum article confirm_decide(const struct state *s, const struct step *step)
{
    const struct confirm_body *body = step->body;
    uint32_t row = state_unit_by_id(s, &body->unit);
    if (!unit_is_open(s, row)) return ARTICLE_UNIT_KNOWN;
    const struct unit_row *unit = state_unit(s, row);
    GUARD(s, is_steward(s, step->by_row, row), ARTICLE_ROLL_UNIT);
    GUARD(s, !unit->confirmed, ARTICLE_ONCE);
    GUARD(s, confirm_states_roll(s, body, row), ARTICLE_UNIT_COUNT);
    bool again =
        unit->confirm_by == step->by_row && hash32_eq(&unit->confirm_digest, &body->digest);
    GUARD(s, !again, ARTICLE_ROLL_SECOND);
    return ARTICLE_NONE;
}

/* "The founding is confirmed when this share of the units with members has." */
static bool founding_is_confirmed(const struct state *s)
{
    uint64_t units = 0;
    for (uint32_t row = 0; row < s->unit.count; row++)
        if (state_unit(s, row)->state == UNIT_OPEN && state_unit(s, row)->member_count > 0) units++;
    uint64_t confirmed = units - s->org.unconfirmed_units;
    return units > 0 && confirmed * 100 >= units * s->bylaws.confirm_percent;
}

static enum code confirm_apply(struct state *s, const struct step *step)
{
    const struct confirm_body *body = step->body;
    uint32_t row = state_unit_by_id(s, &body->unit);
    struct unit_row *unit = state_unit(s, row);
    bool second = unit->confirm_by != ROW_NONE && hash32_eq(&unit->confirm_digest, &body->digest);
    unit->confirm_by = second ? unit->confirm_by : step->by_row;
    unit->confirm_digest = body->digest;
    if (!second) return CODE_OK;
    unit->confirmed = (uint64_t)step->at;
    unit_freeze_count(s, row, step->at);
    unit_recount(s);
    if (!s->org.confirmed && founding_is_confirmed(s)) s->org.confirmed = (uint64_t)step->at;
    return CODE_OK;
}

/* ---- unit.close ---- */

static enum code close_decode(struct step *step, struct fail *fail)
{
    hash32 *unit = ARENA_NEW(step->arena, hash32);
    if (!unit) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("unit"), unit->bytes, sizeof *unit);
    step->body = unit;
    return fields_end(&f, fail);
}

static bool has_open_child(const struct state *s, uint32_t unit_row)
{
    uint32_t row = state_unit(s, unit_row)->first_child;
    for (; row != ROW_NONE; row = state_unit(s, row)->next_sibling)
        if (state_unit(s, row)->state == UNIT_OPEN) return true;
    return false;
}

static enum article close_decide(const struct state *s, const struct step *step)
{
    uint32_t row = state_unit_by_id(s, step->body);
    if (!unit_is_open(s, row)) return ARTICLE_UNIT_KNOWN;
    GUARD(s, founder_suffices(s, step->by_row, row) || is_steward(s, step->by_row, row),
          ARTICLE_ROLL_UNIT);
    GUARD(s, state_unit(s, row)->member_count == 0 && !has_open_child(s, row), ARTICLE_UNIT_EMPTY);
    return ARTICLE_NONE;
}

static enum code close_apply(struct state *s, const struct step *step)
{
    state_unit(s, state_unit_by_id(s, step->body))->state = UNIT_CLOSED;
    unit_recount(s);
    return CODE_OK;
}

/* ---- unit.merge ---- */

struct merge_body {
    hash32 from, into;
};

static enum code merge_decode(struct step *step, struct fail *fail)
{
    struct merge_body *body = ARENA_NEW(step->arena, struct merge_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("from"), body->from.bytes, sizeof body->from);
    fields_hex(&f, STR("into"), body->into.bytes, sizeof body->into);
    step->body = body;
    return fields_end(&f, fail);
}

static bool names_stay_apart(const struct state *s, uint32_t from, uint32_t into)
{
    uint32_t row = state_unit(s, from)->first_child;
    for (; row != ROW_NONE; row = state_unit(s, row)->next_sibling) {
        const struct unit_row *child = state_unit(s, row);
        if (child->state == UNIT_OPEN && !name_is_free(s, into, state_text(s, child->name)))
            return false;
    }
    return true;
}

static enum article merge_decide(const struct state *s, const struct step *step)
{
    const struct merge_body *body = step->body;
    uint32_t from = state_unit_by_id(s, &body->from), into = state_unit_by_id(s, &body->into);
    if (!unit_is_open(s, from) || !unit_is_open(s, into)) return ARTICLE_UNIT_KNOWN;
    /* A unit does not dissolve into one of its own parts. */
    if (state_unit_under(s, into, from)) return ARTICLE_UNIT_EMPTY;
    GUARD(s, names_stay_apart(s, from, into), ARTICLE_UNIT_NAME);
    uint32_t by = step->by_row;
    if (founder_suffices(s, by, from) && founder_suffices(s, by, into)) return ARTICLE_NONE;
    const struct unit_row *unit = state_unit(s, from);
    bool asked = unit->merge_into == into;
    GUARD(s, is_steward(s, by, asked ? into : from), ARTICLE_ROLL_UNIT);
    GUARD(s, !asked || unit->merge_by != by, ARTICLE_ROLL_SECOND);
    return ARTICLE_NONE;
}

static enum code merge_apply(struct state *s, const struct step *step)
{
    const struct merge_body *body = step->body;
    uint32_t from = state_unit_by_id(s, &body->from), into = state_unit_by_id(s, &body->into);
    struct unit_row *unit = state_unit(s, from);
    bool founding =
        founder_suffices(s, step->by_row, from) && founder_suffices(s, step->by_row, into);
    if (!founding && unit->merge_into != into) {
        unit->merge_into = into;
        unit->merge_by = step->by_row;
        return CODE_OK;
    }
    /* The whole electorate goes along: what it elected stays until its date. */
    while (unit->first_member != ROW_NONE) roll_move(s, unit->first_member, into);
    while (unit->first_child != ROW_NONE) {
        uint32_t child = unit->first_child;
        child_remove(s, child);
        child_add(s, into, child);
    }
    unit->state = UNIT_CLOSED;
    unit_watch_growth(s, into);
    unit_recount(s);
    return CODE_OK;
}

/* ---- unit.split ---- */

struct split_body {
    str kind, name;
    mid16 *mids;
    uint32_t count;
    hash32 unit, digest;
};

static int mid_order(const void *a, const void *b, const void *context)
{
    (void)context;
    return mid16_cmp(a, b);
}

static enum code split_members(const struct json *members, struct split_body *body,
                               struct step *step, struct fail *fail)
{
    body->mids = ARENA_ARRAY(step->arena, members->count, mid16);
    if (!body->mids) return CODE_NO_MEMORY;
    for (const struct json *m = json_first(members); m; m = json_next(members, m)) {
        bool is_mid = m->type == JSON_STRING &&
                      hex_decode(m->text, body->mids[body->count].bytes, sizeof(mid16));
        if (!is_mid)
            return fail_set(fail, CODE_MALFORMED, "field", "\"members\": expected 32 digits each");
        body->count++;
    }
    mid16 *sorted = ARENA_ARRAY(step->arena, body->count, mid16);
    if (!sorted) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < body->count; i++) sorted[i] = body->mids[i];
    TRY(sort_stable(sorted, body->count, sizeof *sorted, mid_order, NULL, step->arena->alloc));
    for (uint32_t i = 1; i < body->count; i++)
        if (mid16_eq(&sorted[i - 1], &sorted[i]))
            return fail_set(fail, CODE_MALFORMED, "duplicate",
                            "\"members\": a member is named twice");
    return CODE_OK;
}

static enum code split_decode(struct step *step, struct fail *fail)
{
    struct split_body *body = ARENA_NEW(step->arena, struct split_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->kind = read_label(&f, STR("kind"), UNIT_KIND_MAX);
    const struct json *members = fields_array(&f, STR("members"), SPLIT_MEMBERS_MAX);
    body->name = read_label(&f, STR("name"), UNIT_NAME_MAX);
    fields_hex(&f, STR("unit"), body->unit.bytes, sizeof body->unit);
    TRY(fields_end(&f, fail));
    if (members->count == 0)
        return fail_set(fail, CODE_MALFORMED, "field", "\"members\": expected at least one");
    body->digest = sha256_of(step->act.body->raw);
    step->body = body;
    return split_members(members, body, step, fail);
}

static bool split_fits(const struct state *s, const struct split_body *body, uint32_t unit_row)
{
    for (uint32_t i = 0; i < body->count; i++) {
        uint32_t row = state_member_by_mid(s, &body->mids[i]);
        if (!state_is_active(s, row) || state_member(s, row)->unit_row != unit_row) return false;
    }
    return true;
}

static enum article split_decide(const struct state *s, const struct step *step)
{
    const struct split_body *body = step->body;
    uint32_t row = state_unit_by_id(s, &body->unit);
    if (!unit_is_open(s, row)) return ARTICLE_UNIT_KNOWN;
    GUARD(s, founder_suffices(s, step->by_row, row) || is_steward(s, step->by_row, row),
          ARTICLE_ROLL_UNIT);
    if (!split_fits(s, body, row)) return ARTICLE_ROLL_LIST;
    GUARD(s, name_is_free(s, row, body->name), ARTICLE_UNIT_NAME);
    const struct unit_row *unit = state_unit(s, row);
    bool again = unit->split_by == step->by_row && hash32_eq(&unit->split_digest, &body->digest);
    GUARD(s, !again, ARTICLE_ROLL_SECOND);
    return ARTICLE_NONE;
}

static enum code split_carry_out(struct state *s, uint32_t unit_row, const struct step *step)
{
    const struct split_body *body = step->body;
    struct unit_plan plan = {body->kind, body->name, unit_row};
    uint32_t row;
    TRY(unit_add(s, &plan, step, &row));
    for (uint32_t i = 0; i < body->count; i++)
        roll_move(s, state_member_by_mid(s, &body->mids[i]), row);
    struct unit_row *unit = state_unit(s, unit_row), *part = state_unit(s, row);
    unit->split_by = ROW_NONE;
    if (unit->confirmed) {
        part->confirmed = (uint64_t)step->at; /* two stewards have named its members */
        unit_freeze_count(s, row, step->at);
    }
    unit_recount(s);
    return CODE_OK;
}

static enum code split_apply(struct state *s, const struct step *step)
{
    const struct split_body *body = step->body;
    uint32_t row = state_unit_by_id(s, &body->unit);
    struct unit_row *unit = state_unit(s, row);
    bool second = unit->split_by != ROW_NONE && hash32_eq(&unit->split_digest, &body->digest);
    if (second || founder_suffices(s, step->by_row, row)) return split_carry_out(s, row, step);
    unit->split_by = step->by_row;
    unit->split_digest = body->digest;
    return CODE_OK;
}

const struct act_kind unit_kinds[] = {
    {.name = NAME("unit.found"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = found_decode,
     .decide = found_decide,
     .apply = found_apply},
    {.name = NAME("unit.confirm"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = confirm_decode,
     .decide = confirm_decide,
     .apply = confirm_apply},
    {.name = NAME("unit.close"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = close_decode,
     .decide = close_decide,
     .apply = close_apply},
    {.name = NAME("unit.merge"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = merge_decode,
     .decide = merge_decide,
     .apply = merge_apply},
    {.name = NAME("unit.split"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = split_decode,
     .decide = split_decide,
     .apply = split_apply},
};
const size_t unit_kind_count = COUNT(unit_kinds);
