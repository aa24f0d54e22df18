#include "core/institutions/objection.h"

#include "core/institutions/council.h"
#include "core/institutions/election_parts.h"
#include "core/institutions/paper.h"
#include "core/institutions/result.h"

/* ---- who settles ---- */

static bool keyed_here(const struct state *s, const struct cell_row *cell, uint32_t member_row)
{
    for (uint32_t row = cell->first_pile; row != ROW_NONE; row = state_pile(s, row)->next_of_cell) {
        const struct pile_row *pile = state_pile(s, row);
        if (pile->teller_row[0] == member_row || pile->teller_row[1] == member_row) return true;
    }
    return false;
}

/* Nobody judges an election in which he or she stood or counted. */
static bool is_party(const struct state *s, uint32_t member_row, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    return election_candidate(s, cell_row, member_row) != ROW_NONE ||
           keyed_here(s, cell, member_row) ||
           election_role_covers(s, member_row, ROLE_TELLER, cell->constituency_row);
}

/* Are two members seated in an appeals office that answers for the cell, and no party? */
static bool appeals_seated(const struct state *s, uint32_t cell_row)
{
    uint32_t constituency_row = state_cell(s, cell_row)->constituency_row, first = ROW_NONE;
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->ended || seat->member_row == first ||
            state_body(s, seat->body_row)->role != ROLE_APPEALS)
            continue;
        if (!election_role_covers(s, seat->member_row, ROLE_APPEALS, constituency_row)) continue;
        if (is_party(s, seat->member_row, cell_row)) continue;
        if (first != ROW_NONE) return true;
        first = seat->member_row;
    }
    return false;
}

bool objection_may_settle(const struct state *s, uint32_t member_row, uint32_t cell_row)
{
    if (!state_is_active(s, member_row) || is_party(s, member_row, cell_row)) return false;
    uint32_t constituency_row = state_cell(s, cell_row)->constituency_row;
    if (election_role_covers(s, member_row, ROLE_APPEALS, constituency_row)) return true;
    return !appeals_seated(s, cell_row) && council_top_delegate(s, member_row);
}

void objection_close_all(struct state *s, uint32_t cell_row, enum objection_state how)
{
    struct cell_row *cell = state_cell(s, cell_row);
    for (uint32_t row = cell->first_objection; row != ROW_NONE;
         row = state_objection(s, row)->next_of_cell)
        if (state_objection(s, row)->state == OBJECTION_OPEN)
            state_objection(s, row)->state = (uint8_t)how;
    cell->open_objections = 0;
}

/* ---- election.object ---- */

struct object_body {
    struct election_target target;
    hash32 ground;
};

static enum code object_decode(struct step *step, struct fail *fail)
{
    struct object_body *body = step->body = ARENA_NEW(step->arena, struct object_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    fields_base64(&f, STR("ground"), body->ground.bytes, sizeof body->ground);
    return fields_end(&f, fail);
}

static bool has_open_objection(const struct state *s, const struct cell_row *cell,
                               uint32_t member_row)
{
    for (uint32_t row = cell->first_objection; row != ROW_NONE;
         row = state_objection(s, row)->next_of_cell) {
        const struct objection_row *objection = state_objection(s, row);
        if (objection->member_row == member_row && objection->state == OBJECTION_OPEN) return true;
    }
    return false;
}

static enum article object_decide(const struct state *s, const struct step *step)
{
    const struct object_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return ARTICLE_ELECTION_KNOWN;
    bool in_time =
        place.cell->state == CELL_PROVISIONAL && (uint64_t)step->at < place.cell->objections_until;
    GUARD(s, in_time, ARTICLE_OBJECTION);
    GUARD(s, election_elector(s, place.cell_row, step->by_row) != ROW_NONE, ARTICLE_OBJECTION);
    GUARD(s, !has_open_objection(s, place.cell, step->by_row), ARTICLE_ONCE);
    return ARTICLE_NONE;
}

static enum code object_apply(struct state *s, const struct step *step)
{
    const struct object_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct objection_row *objection = state_add_objection(s);
    if (!objection) return CODE_NO_MEMORY;
    struct cell_row *cell = state_cell(s, place.cell_row);
    *objection = (struct objection_row){.id = step->act.id,
                                        .ground = body->ground,
                                        .at = (uint64_t)step->at,
                                        .cell_row = place.cell_row,
                                        .member_row = step->by_row,
                                        .settler_row = ROW_NONE,
                                        .next_of_cell = cell->first_objection,
                                        .state = OBJECTION_OPEN};
    cell->first_objection = s->objection.count - 1;
    cell->open_objections++;
    return idmap_put(&s->objections, s->objection.count - 1);
}

/* ---- election.settle ---- */

struct settle_body {
    hash32 objection;
    enum objection_state outcome;
};

static const struct {
    str name;
    enum objection_state outcome;
} outcomes[] = {{NAME("dismiss"), OBJECTION_DISMISSED},
                {NAME("recount"), OBJECTION_RECOUNT},
                {NAME("annul"), OBJECTION_ANNULLED}};

static enum code settle_decode(struct step *step, struct fail *fail)
{
    struct settle_body *body = step->body = ARENA_NEW(step->arena, struct settle_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("objection"), body->objection.bytes, sizeof body->objection);
    str outcome = fields_str(&f, STR("outcome"), 16);
    body->outcome = OBJECTION_OPEN;
    for (size_t i = 0; i < COUNT(outcomes); i++)
        if (str_eq(outcome, outcomes[i].name)) body->outcome = outcomes[i].outcome;
    if (body->outcome == OBJECTION_OPEN)
        fields_fail(&f, "\"outcome\": expected dismiss, recount or annul");
    return fields_end(&f, fail);
}

static enum article settle_decide(const struct state *s, const struct step *step)
{
    const struct settle_body *body = step->body;
    uint32_t row = state_objection_by_id(s, &body->objection);
    if (row == ROW_NONE) return ARTICLE_ELECTION_KNOWN;
    const struct objection_row *objection = state_objection(s, row);
    const struct cell_row *cell = state_cell(s, objection->cell_row);
    GUARD(s, objection->state == OBJECTION_OPEN, ARTICLE_ONCE);
    bool in_time = cell->state == CELL_PROVISIONAL ||
                   (cell->state == CELL_KEYING && body->outcome != OBJECTION_RECOUNT);
    GUARD(s, in_time, ARTICLE_ELECTION_PHASE);
    GUARD(s, objection_may_settle(s, step->by_row, objection->cell_row), ARTICLE_SETTLE);
    GUARD(s, objection->member_row != step->by_row, ARTICLE_SETTLE);
    GUARD(s, body->outcome != OBJECTION_RECOUNT || cell->recounts < RECOUNTS_MAX, ARTICLE_SETTLE);
    bool again = objection->settler_row == step->by_row && objection->proposed == body->outcome;
    GUARD(s, !again, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

/* Open ballots are counted again as they stand; papers are keyed anew, a meeting's count is
 * attested anew. */
static enum code recount(struct state *s, uint32_t cell_row, uint64_t at, struct arena *arena)
{
    struct cell_row *cell = state_cell(s, cell_row);
    const struct election_row *election = state_election(s, cell->election_row);
    cell->recounts++;
    if (election->mode == MODE_OPEN || cell->unopposed) return result_take(s, cell_row, at, arena);
    paper_new_round(s, cell_row);
    cell->attest_row = ROW_NONE;
    cell->state = CELL_KEYING;
    cell->keyed_until = at + s->bylaws.key_time;
    struct deadline_row deadline = {cell->keyed_until, election->id, DEADLINE_KEYED, cell_row};
    return state_deadline_add(s, &deadline);
}

static enum code settle(struct state *s, struct objection_row *objection, const struct step *step)
{
    uint32_t cell_row = objection->cell_row;
    struct cell_row *cell = state_cell(s, cell_row);
    enum objection_state outcome = (enum objection_state)objection->proposed;
    uint64_t at = (uint64_t)step->at;
    objection->state = (uint8_t)outcome;
    cell->open_objections--;
    if (outcome == OBJECTION_RECOUNT) return recount(s, cell_row, at, step->arena);
    if (outcome == OBJECTION_ANNULLED) {
        objection_close_all(s, cell_row, OBJECTION_ANNULLED);
        return result_void(s, cell_row, CELL_ANNULLED, at);
    }
    bool is_over =
        cell->state == CELL_PROVISIONAL && at >= cell->objections_until && !cell->open_objections;
    return is_over ? result_finish(s, cell_row, at, step->arena) : CODE_OK;
}

/* Takes effect with the second person who signs the same outcome; another outcome begins anew. */
static enum code settle_apply(struct state *s, const struct step *step)
{
    const struct settle_body *body = step->body;
    struct objection_row *objection =
        state_objection(s, state_objection_by_id(s, &body->objection));
    if (objection->settler_row != ROW_NONE && objection->proposed == body->outcome)
        return settle(s, objection, step);
    objection->settler_row = step->by_row;
    objection->proposed = (uint8_t)body->outcome;
    return CODE_OK;
}

const struct act_kind objection_kinds[] = {
    {NAME("election.object"), 1, SIGNERS_MEMBER, true, false, object_decode, object_decide,
     object_apply},
    {NAME("election.settle"), 1, SIGNERS_MEMBER, false, false, settle_decode, settle_decide,
     settle_apply},
};
const size_t objection_kind_count = COUNT(objection_kinds);
