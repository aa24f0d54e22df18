#include "core/institutions/council.h"

#include "core/institutions/org.h"
#include "core/institutions/unit.h"

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

enum { FREEZE_AGAIN_S = 86400 /* electors replace an unused freeze once a day at most */ };

/* ---- the top council ---- */

static uint64_t members_of(const struct state *s, uint32_t constituency_row)
{
    const struct constituency_row *of = state_constituency(s, constituency_row);
    if (of->unit_row != ROW_NONE) return unit_members_under(s, of->unit_row);
    const struct body_row *body = state_body(s, of->from_body);
    uint64_t members = 0;
    for (uint32_t i = 0; i < body->constituency_count; i++)
        members += members_of(s, body->first_constituency + i);
    return members;
}

/* Members for whom the seated delegates stand, in thousandths: each for an equal share of the
 * constituency. */
static uint64_t represented(const struct state *s, uint32_t body_row)
{
    uint64_t sum = 0, share = 0;
    uint32_t known = ROW_NONE; /* seats of one constituency stand together as a rule */
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->body_row != body_row || seat->ended) continue;
        if (seat->constituency_row != known) {
            known = seat->constituency_row;
            uint32_t seats = state_constituency(s, known)->seats;
            share = members_of(s, known) * 1000 / (seats ? seats : 1);
        }
        sum += share;
    }
    return sum;
}

uint32_t council_top(const struct state *s)
{
    uint32_t best = ROW_NONE;
    uint64_t most = 0;
    for (uint32_t row = 0; row < s->body.count; row++) {
        const struct body_row *body = state_body(s, row);
        if (body->kind != BODY_COUNCIL || body->closed) continue;
        uint64_t stands_for = represented(s, row);
        bool nearer =
            best != ROW_NONE && stands_for == most && body->removes < state_body(s, best)->removes;
        if (stands_for > most || (stands_for > 0 && nearer)) {
            best = row;
            most = stands_for;
        }
    }
    return best;
}

bool council_top_delegate(const struct state *s, uint32_t member_row)
{
    uint32_t top = council_top(s);
    return top != ROW_NONE && state_is_active(s, member_row) &&
           state_seat_of(s, member_row, top) != ROW_NONE;
}

bool council_role_over(const struct state *s, uint32_t member_row, enum body_role role,
                       uint32_t body_row)
{
    const struct body_row *body = state_body(s, body_row);
    for (uint32_t i = 0; i < body->constituency_count; i++) {
        const struct constituency_row *of = state_constituency(s, body->first_constituency + i);
        bool over = of->unit_row != ROW_NONE
                        ? state_holds_role(s, member_row, role, of->unit_row)
                        : council_role_over(s, member_row, role, of->from_body);
        if (over) return true;
    }
    return false;
}

/* ---- council.found ---- */

static enum body_kind kind_of(str word)
{
    return str_eq(word, STR("executive")) ? BODY_EXECUTIVE : BODY_COUNCIL;
}

/* A house that every constituency with members may claim its floor of. */
static void check_house(struct fields *f, const struct council_plan *plan,
                        const struct council_norm *norm)
{
    if (!apportion_shares_house(norm->rule.method)) return;
    if ((uint64_t)norm->rule.floor * plan->constituency_count > norm->seats)
        fields_fail(f, "\"norm\": the floors need more seats than the house has");
    if (norm->rule.cap && (uint64_t)norm->rule.cap * plan->constituency_count < norm->seats)
        fields_fail(f, "\"norm\": the caps leave seats over");
}

static enum code read_seats(struct fields *f, struct council_plan *plan, struct step *step,
                            struct fail *fail)
{
    if (fields_has(f, STR("norm"))) {
        const struct json *json = fields_object(f, STR("norm"));
        struct council_norm norm;
        if (f->bad) return CODE_OK;
        TRY(council_norm_read(json, step->arena, &norm, fail));
        plan->norm = json->raw;
        check_house(f, plan, &norm);
        return CODE_OK;
    }
    plan->seats_each = fields_u32(f, STR("seats_each"));
    bool sane = plan->seats_each >= 1 && plan->seats_each <= COUNCIL_SEATS_EACH_MAX;
    if (!f->bad && !sane)
        fields_fail(f, "\"seats_each\": expected 1 to %d", COUNCIL_SEATS_EACH_MAX);
    return CODE_OK;
}

static enum code found_decode(struct step *step, struct fail *fail)
{
    struct council_plan *plan = ARENA_NEW(step->arena, struct council_plan);
    if (!plan) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    plan->constituencies = council_read_ids(&f, step->arena, &plan->constituency_count);
    if (!plan->constituencies && !f.bad) return CODE_NO_MEMORY;
    plan->label = fields_str(&f, STR("kind"), 16);
    bool known = str_eq(plan->label, STR("council")) || str_eq(plan->label, STR("executive"));
    if (!f.bad && !known) fields_fail(&f, "\"kind\": expected council or executive");
    plan->kind = kind_of(plan->label);
    plan->name = fields_str(&f, STR("name"), UNIT_NAME_MAX);
    if (!f.bad && plan->name.len == 0)
        fields_fail(&f, "\"name\": expected a text that is not empty");
    TRY(read_seats(&f, plan, step, fail));
    plan->term = fields_u64(&f, STR("term"));
    if (!f.bad && plan->term < COUNCIL_TERM_MIN)
        fields_fail(&f, "\"term\": expected at least a day, in seconds");
    step->body = plan;
    return fields_end(&f, fail);
}

/* Nobody's approval: any member with a confirmed key, as the fold has checked. */
static enum article found_decide(const struct state *s, const struct step *step)
{
    return council_plan_decide(s, step->body);
}

static enum code found_apply(struct state *s, const struct step *step)
{
    return council_plan_apply(s, step->body, step);
}

/* ---- roll.freeze ---- */

static enum code freeze_decode(struct step *step, struct fail *fail)
{
    hash32 *body = ARENA_NEW(step->arena, hash32);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("body"), body->bytes, sizeof *body);
    step->body = body;
    return fields_end(&f, fail);
}

static bool is_officer(const struct state *s, uint32_t member_row, uint32_t body_row)
{
    return org_is_founding(s, member_row) ||
           council_role_over(s, member_row, ROLE_REGISTRAR, body_row) ||
           council_role_over(s, member_row, ROLE_RETURNING, body_row);
}

static bool may_freeze(const struct state *s, uint32_t member_row, uint32_t body_row)
{
    return is_officer(s, member_row, body_row) || council_is_elector(s, body_row, member_row);
}

static enum article freeze_decide(const struct state *s, const struct step *step)
{
    uint32_t row = state_body_by_id(s, step->body);
    if (row == ROW_NONE || state_body(s, row)->closed) return ARTICLE_UNIT_KNOWN;
    GUARD(s, may_freeze(s, step->by_row, row), ARTICLE_ELECTOR);
    GUARD(s, state_body(s, row)->election_row == ROW_NONE, ARTICLE_FREEZE);
    uint32_t unused = council_freeze_unused(s, row);
    if (unused == ROW_NONE || is_officer(s, step->by_row, row)) return ARTICLE_NONE;
    GUARD(s, (uint64_t)step->at >= state_freeze(s, unused)->at + FREEZE_AGAIN_S, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

static enum code freeze_apply(struct state *s, const struct step *step)
{
    struct council_freeze_order order = {state_body_by_id(s, step->body), step->act.id, step->at};
    uint32_t freeze_row;
    return council_freeze(s, &order, &freeze_row);
}

/* ---- council.apportion ---- */

struct apportion_body {
    hash32 body, freeze;
    uint32_t *seats, count;
};

static enum code apportion_decode(struct step *step, struct fail *fail)
{
    struct apportion_body *body = ARENA_NEW(step->arena, struct apportion_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("body"), body->body.bytes, sizeof body->body);
    fields_hex(&f, STR("freeze"), body->freeze.bytes, sizeof body->freeze);
    const struct json *seats = fields_array(&f, STR("seats"), COUNCIL_CONSTITUENCIES_MAX);
    TRY(fields_end(&f, fail));
    body->seats = ARENA_ARRAY(step->arena, seats->count + 1, uint32_t);
    if (!body->seats) return CODE_NO_MEMORY;
    for (const struct json *n = json_first(seats); n; n = json_next(seats, n)) {
        if (n->type != JSON_INTEGER || n->integer > APPORTION_SEATS_MAX)
            return fail_set(fail, CODE_MALFORMED, "field", "\"seats\": expected numbers up to %d",
                            APPORTION_SEATS_MAX);
        body->seats[body->count++] = (uint32_t)n->integer;
    }
    step->body = body;
    return CODE_OK;
}

static bool seats_equal(const struct apportion_body *body, const struct apportion_result *computed,
                        uint32_t count)
{
    if (body->count != count) return false;
    for (uint32_t i = 0; i < count; i++)
        if (body->seats[i] != computed->seats[i]) return false;
    return true;
}

/* CODE_OK: *ret says whether the act states what everyone computes. */
static enum code seats_check(const struct state *s, const struct step *step, uint32_t freeze_row,
                             bool *ret)
{
    struct apportion_result computed;
    enum code code = council_seats(s, freeze_row, step->arena, &computed, NULL);
    if (code == CODE_NO_MEMORY) return code;
    uint32_t count = state_body(s, state_freeze(s, freeze_row)->body_row)->constituency_count;
    *ret = code == CODE_OK && seats_equal(step->body, &computed, count);
    return CODE_OK;
}

static enum article apportion_decide(const struct state *s, const struct step *step)
{
    const struct apportion_body *body = step->body;
    uint32_t body_row = state_body_by_id(s, &body->body),
             freeze_row = state_freeze_by_id(s, &body->freeze);
    if (body_row == ROW_NONE || state_body(s, body_row)->closed) return ARTICLE_UNIT_KNOWN;
    if (freeze_row == ROW_NONE || state_freeze(s, freeze_row)->body_row != body_row)
        return ARTICLE_FREEZE;
    GUARD(s, may_freeze(s, step->by_row, body_row), ARTICLE_ELECTOR);
    GUARD(s, state_freeze(s, freeze_row)->used == FREEZE_UNUSED, ARTICLE_FREEZE);
    GUARD(s, state_body(s, body_row)->freeze_row != freeze_row, ARTICLE_ONCE);
    bool computed;
    /* Out of memory is no verdict: apply computes again and says so. */
    if (seats_check(s, step, freeze_row, &computed) == CODE_OK)
        GUARD(s, computed, ARTICLE_SEATS_COMPUTED);
    return ARTICLE_NONE;
}

static enum code apportion_enter(struct state *s, const struct step *step)
{
    const struct apportion_body *body = step->body;
    uint32_t freeze_row = state_freeze_by_id(s, &body->freeze);
    bool computed;
    TRY(seats_check(s, step, freeze_row, &computed));
    if (computed) return council_apportion_apply(s, freeze_row, step->arena);
    /* Only in the test build that clears this guard do typed numbers come so far. */
    struct body_row *row = state_body(s, state_freeze(s, freeze_row)->body_row);
    if (guards(s, ARTICLE_SEATS_COMPUTED)) return CODE_NO_MEMORY;
    row->seats = 0;
    for (uint32_t i = 0; i < row->constituency_count && i < body->count; i++) {
        state_constituency(s, row->first_constituency + i)->seats = body->seats[i];
        row->seats += body->seats[i];
    }
    row->freeze_row = freeze_row;
    return CODE_OK;
}

const struct act_kind council_kinds[] = {
    {.name = NAME("council.found"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = found_decode,
     .decide = found_decide,
     .apply = found_apply},
    {.name = NAME("roll.freeze"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = freeze_decode,
     .decide = freeze_decide,
     .apply = freeze_apply},
    {.name = NAME("council.apportion"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = apportion_decode,
     .decide = apportion_decide,
     .apply = apportion_enter},
};
const size_t council_kind_count = COUNT(council_kinds);
