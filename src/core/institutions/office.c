#include "core/institutions/office.h"

#include "core/institutions/council.h"
#include "core/institutions/org.h"
#include "core/institutions/unit.h"

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct {
    str name;
    enum body_role role;
    uint32_t seats_least; /* two where what they do takes two of them */
} roles[] = {
    {NAME("steward"), ROLE_STEWARD, 2}, {NAME("registrar"), ROLE_REGISTRAR, 1},
    {NAME("teller"), ROLE_TELLER, 2},   {NAME("returning"), ROLE_RETURNING, 1},
    {NAME("appeals"), ROLE_APPEALS, 2},
};

str office_role_name(enum body_role role)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (roles[i].role == role) return roles[i].name;
    return (str){"", 0};
}

bool office_role_by_name(str name, enum body_role *ret)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (str_eq(roles[i].name, name)) {
            *ret = roles[i].role;
            return true;
        }
    return false;
}

static uint32_t seats_least(enum body_role role)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (roles[i].role == role) return roles[i].seats_least;
    return 1;
}

/* ---- what does not go together ---- */

/* One bit per role, and one for membership of an executive. */
static uint32_t bit_of(const struct body_row *body)
{
    return body->kind == BODY_EXECUTIVE ? 1u << 31 : 1u << body->role;
}

static uint32_t excluded_by(const struct body_row *body)
{
    const uint32_t executive = 1u << 31;
    if (body->kind == BODY_EXECUTIVE) return 1u << ROLE_APPEALS;
    switch ((enum body_role)body->role) {
    case ROLE_NONE:
    case ROLE_STEWARD: return body->role == ROLE_STEWARD ? 1u << ROLE_REGISTRAR : 0;
    case ROLE_REGISTRAR: return 1u << ROLE_TELLER | 1u << ROLE_STEWARD | 1u << ROLE_APPEALS;
    case ROLE_TELLER: return 1u << ROLE_REGISTRAR | 1u << ROLE_APPEALS;
    case ROLE_RETURNING: return 1u << ROLE_APPEALS;
    case ROLE_APPEALS:
        return executive | 1u << ROLE_TELLER | 1u << ROLE_RETURNING | 1u << ROLE_REGISTRAR;
    }
    return 0;
}

bool office_pair_incompatible(const struct body_row *a, const struct body_row *b)
{
    return (excluded_by(a) & bit_of(b)) != 0;
}

bool office_incompatible(const struct state *s, uint32_t member_row, uint32_t body_row)
{
    const struct body_row *body = state_body(s, body_row);
    uint32_t row = state_member(s, member_row)->first_seat;
    for (; row != ROW_NONE; row = state_seat(s, row)->next_of_member) {
        const struct seat_row *seat = state_seat(s, row);
        if (!seat->ended && office_pair_incompatible(body, state_body(s, seat->body_row)))
            return true;
    }
    return false;
}

/* ---- office.found ---- */

static enum code found_decode(struct step *step, struct fail *fail)
{
    struct council_plan *plan = ARENA_NEW(step->arena, struct council_plan);
    if (!plan) return CODE_NO_MEMORY;
    plan->kind = BODY_OFFICE;
    struct fields f = fields_of(step->act.body);
    plan->constituencies = council_read_ids(&f, step->arena, &plan->constituency_count);
    if (!plan->constituencies && !f.bad) return CODE_NO_MEMORY;
    plan->name = fields_str(&f, STR("name"), UNIT_NAME_MAX);
    if (!f.bad && plan->name.len == 0)
        fields_fail(&f, "\"name\": expected a text that is not empty");
    plan->label = fields_str(&f, STR("role"), 16);
    if (!f.bad && !office_role_by_name(plan->label, &plan->role))
        fields_fail(&f, "\"role\": expected steward, registrar, teller, returning or appeals");
    plan->seats_each = fields_u32(&f, STR("seats_each"));
    bool sane =
        plan->seats_each >= seats_least(plan->role) && plan->seats_each <= COUNCIL_SEATS_EACH_MAX;
    if (!f.bad && !sane)
        fields_fail(&f, "\"seats_each\": expected %u to %d", seats_least(plan->role),
                    COUNCIL_SEATS_EACH_MAX);
    plan->term = fields_u64(&f, STR("term"));
    if (!f.bad && plan->term < COUNCIL_TERM_MIN)
        fields_fail(&f, "\"term\": expected at least a day, in seconds");
    step->body = plan;
    return fields_end(&f, fail);
}

/* A member of the unit itself, or a delegate of the council that elects. */
static bool is_elector_of(const struct state *s, uint32_t member_row, const hash32 *id)
{
    uint32_t unit_row = state_unit_by_id(s, id), body_row = state_body_by_id(s, id);
    if (unit_row != ROW_NONE)
        return state_unit_under(s, state_member(s, member_row)->unit_row, unit_row);
    return body_row != ROW_NONE && state_seat_of(s, member_row, body_row) != ROW_NONE;
}

/* Is every unit of the constituency under this council? */
static bool council_over(const struct state *s, uint32_t council_row, const hash32 *id)
{
    uint32_t unit_row = state_unit_by_id(s, id), body_row = state_body_by_id(s, id);
    if (unit_row != ROW_NONE) return council_covers(s, council_row, unit_row);
    return body_row == council_row;
}

static bool delegate_over(const struct state *s, uint32_t member_row, const hash32 *id)
{
    uint32_t row = state_member(s, member_row)->first_seat;
    for (; row != ROW_NONE; row = state_seat(s, row)->next_of_member) {
        const struct seat_row *seat = state_seat(s, row);
        bool council = state_body(s, seat->body_row)->kind == BODY_COUNCIL;
        if (council && !seat->ended && council_over(s, seat->body_row, id)) return true;
    }
    return false;
}

static bool may_found(const struct state *s, uint32_t member_row, const struct council_plan *plan)
{
    if (org_is_founding(s, member_row)) return true;
    for (uint32_t i = 0; i < plan->constituency_count; i++) {
        const hash32 *id = &plan->constituencies[i];
        uint32_t unit_row = state_unit_by_id(s, id);
        bool steward =
            unit_row != ROW_NONE && state_holds_role(s, member_row, ROLE_STEWARD, unit_row);
        if (!steward && !delegate_over(s, member_row, id) && !is_elector_of(s, member_row, id))
            return false;
    }
    return true;
}

/* Has an electorate of the plan such an office already? Two of them would make two pairs of
 * stewards. */
static bool role_is_taken(const struct state *s, const struct council_plan *plan)
{
    for (uint32_t row = 0; row < s->constituency.count; row++) {
        const struct constituency_row *of = state_constituency(s, row);
        const struct body_row *body = state_body(s, of->body_row);
        if (body->closed || body->role != plan->role) continue;
        bool unit = of->unit_row != ROW_NONE;
        const hash32 *id =
            unit ? &state_unit(s, of->unit_row)->id : &state_body(s, of->from_body)->id;
        for (uint32_t i = 0; i < plan->constituency_count; i++)
            if (hash32_eq(id, &plan->constituencies[i])) return true;
    }
    return false;
}

static enum article found_decide(const struct state *s, const struct step *step)
{
    const struct council_plan *plan = step->body;
    enum article article = council_plan_decide(s, plan);
    if (article != ARTICLE_NONE) return article;
    GUARD(s, may_found(s, step->by_row, plan), ARTICLE_OFFICE);
    GUARD(s, !role_is_taken(s, plan), ARTICLE_ONCE);
    return ARTICLE_NONE;
}

static enum code found_apply(struct state *s, const struct step *step)
{
    return council_plan_apply(s, step->body, step);
}

const struct act_kind office_kinds[] = {
    {.name = NAME("office.found"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = found_decode,
     .decide = found_decide,
     .apply = found_apply},
};
const size_t office_kind_count = COUNT(office_kinds);
