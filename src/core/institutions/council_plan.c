/* council_plan.c - founding a body: councils, executives and offices alike. */
#include "core/institutions/council.h"

#include "base/text.h"
#include "core/institutions/unit.h"

const hash32 *council_read_ids(struct fields *f, struct arena *arena, uint32_t *ret_count)
{
    const struct json *array = fields_array(f, STR("constituencies"), COUNCIL_CONSTITUENCIES_MAX);
    if (!array) return NULL;
    if (array->count == 0) {
        fields_fail(f, "\"constituencies\": expected at least one");
        return NULL;
    }
    hash32 *ids = ARENA_ARRAY(arena, array->count, hash32);
    if (!ids) return NULL;
    uint32_t count = 0;
    for (const struct json *id = json_first(array); id; id = json_next(array, id)) {
        if (id->type != JSON_STRING || !hex_decode(id->text, ids[count].bytes, sizeof *ids)) {
            fields_fail(f, "\"constituencies\": expected 64 digits each");
            return NULL;
        }
        count++;
    }
    *ret_count = count;
    return ids;
}

/* Who elects: a unit or a body; both ROW_NONE when the id is neither. */
struct base {
    uint32_t unit_row, body_row;
};

static struct base base_of(const struct state *s, const hash32 *id)
{
    return (struct base){state_unit_by_id(s, id), state_body_by_id(s, id)};
}

static bool base_is_open(const struct state *s, struct base base)
{
    return unit_is_open(s, base.unit_row) ||
           (base.body_row != ROW_NONE && !state_body(s, base.body_row)->closed);
}

bool council_covers(const struct state *s, uint32_t body_row, uint32_t unit_row)
{
    const struct body_row *body = state_body(s, body_row);
    for (uint32_t i = 0; i < body->constituency_count; i++)
        if (state_constituency_covers(s, body->first_constituency + i, unit_row)) return true;
    return false;
}

/* Does a unit on which `body_row` rests, directly or through councils, stand under `base`? */
static bool rests_under(const struct state *s, uint32_t body_row, struct base base)
{
    const struct body_row *body = state_body(s, body_row);
    for (uint32_t i = 0; i < body->constituency_count; i++) {
        const struct constituency_row *of = state_constituency(s, body->first_constituency + i);
        bool under;
        if (of->unit_row == ROW_NONE)
            under = rests_under(s, of->from_body, base);
        else if (base.unit_row != ROW_NONE)
            under = state_unit_under(s, of->unit_row, base.unit_row);
        else
            under = council_covers(s, base.body_row, of->unit_row);
        if (under) return true;
    }
    return false;
}

/* Would a member be counted in both? Units within units are told apart: the nearest counts. */
static bool overlap(const struct state *s, struct base a, struct base b)
{
    if (a.unit_row != ROW_NONE && b.unit_row != ROW_NONE) return a.unit_row == b.unit_row;
    if (a.body_row != ROW_NONE && b.unit_row != ROW_NONE)
        return council_covers(s, a.body_row, b.unit_row) || rests_under(s, a.body_row, b);
    if (a.unit_row != ROW_NONE) return overlap(s, b, a);
    return rests_under(s, a.body_row, b) || rests_under(s, b.body_row, a);
}

static bool all_known(const struct state *s, const struct council_plan *plan)
{
    for (uint32_t i = 0; i < plan->constituency_count; i++) {
        struct base base = base_of(s, &plan->constituencies[i]);
        if (base.unit_row == ROW_NONE && base.body_row == ROW_NONE) return false;
    }
    return true;
}

static bool all_open(const struct state *s, const struct council_plan *plan)
{
    for (uint32_t i = 0; i < plan->constituency_count; i++)
        if (!base_is_open(s, base_of(s, &plan->constituencies[i]))) return false;
    return true;
}

static bool none_twice(const struct state *s, const struct council_plan *plan)
{
    for (uint32_t i = 0; i < plan->constituency_count; i++) {
        struct base a = base_of(s, &plan->constituencies[i]);
        for (uint32_t k = i + 1; k < plan->constituency_count; k++)
            if (overlap(s, a, base_of(s, &plan->constituencies[k]))) return false;
    }
    return true;
}

uint32_t council_removes(const struct state *s, const hash32 *constituencies, uint32_t count)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t body_row = state_body_by_id(s, &constituencies[i]);
        if (body_row != ROW_NONE && state_body(s, body_row)->removes > most)
            most = state_body(s, body_row)->removes;
    }
    return most + 1;
}

/* "of one parent": councils and executives bear a name of the organisation, offices one of their
 * first electorate. */
static bool name_is_free(const struct state *s, const struct council_plan *plan)
{
    struct base first = base_of(s, &plan->constituencies[0]);
    for (uint32_t row = 0; row < s->body.count; row++) {
        const struct body_row *body = state_body(s, row);
        bool office = body->kind == BODY_OFFICE;
        if (body->closed || office != (plan->kind == BODY_OFFICE)) continue;
        const struct constituency_row *of = state_constituency(s, body->first_constituency);
        if (office && (of->unit_row != first.unit_row || of->from_body != first.body_row)) continue;
        if (str_eq(state_text(s, body->name), plan->name)) return false;
    }
    return true;
}

enum article council_plan_decide(const struct state *s, const struct council_plan *plan)
{
    if (!all_known(s, plan)) return ARTICLE_COUNCIL_ROOT;
    GUARD(s, all_open(s, plan) && none_twice(s, plan), ARTICLE_COUNCIL_ROOT);
    GUARD(s,
          council_removes(s, plan->constituencies, plan->constituency_count) <=
              s->bylaws.removes_max,
          ARTICLE_COUNCIL_REMOVES);
    GUARD(s, name_is_free(s, plan), ARTICLE_UNIT_NAME);
    /* "A seat ends at the latest after this time." */
    GUARD(s, plan->term <= s->bylaws.term, ARTICLE_ELECTION_DUE);
    return ARTICLE_NONE;
}

static enum code constituencies_add(struct state *s, const struct council_plan *plan,
                                    uint32_t body_row, uint32_t *ret_first)
{
    uint32_t first = s->constituency.count;
    struct constituency_row *rows = table_add_many(&s->constituency, plan->constituency_count);
    if (!rows) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < plan->constituency_count; i++) {
        struct base base = base_of(s, &plan->constituencies[i]);
        rows[i] =
            (struct constituency_row){body_row, base.unit_row, base.body_row, plan->seats_each};
    }
    *ret_first = first;
    return CODE_OK;
}

enum code council_plan_apply(struct state *s, const struct council_plan *plan,
                             const struct step *step)
{
    struct body_row body = {.id = step->act.id,
                            .since = (uint64_t)step->at,
                            .term = plan->term,
                            .seats = plan->seats_each * plan->constituency_count,
                            .seats_each = plan->seats_each,
                            .founder_row = step->by_row,
                            .constituency_count = plan->constituency_count,
                            .election_row = ROW_NONE,
                            .freeze_row = ROW_NONE,
                            .kind = (uint8_t)plan->kind,
                            .role = (uint8_t)plan->role,
                            .term_limit = (uint8_t)s->bylaws.term_limit};
    uint32_t row = s->body.count;
    body.removes = council_removes(s, plan->constituencies, plan->constituency_count);
    TRY(state_text_add(s, plan->name, &body.name));
    TRY(state_text_add(s, plan->label, &body.kind_label));
    TRY(state_text_add(s, plan->norm, &body.norm));
    TRY(constituencies_add(s, plan, row, &body.first_constituency));
    struct body_row *room = state_add_body(s);
    if (!room) return CODE_NO_MEMORY;
    *room = body;
    return idmap_put(&s->bodies, row);
}
