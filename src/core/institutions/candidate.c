/* candidate.c - who stands: electors name, the named consent in person, and may withdraw until the
 * ballot opens. */
#include "core/institutions/council.h"
#include "core/institutions/election_parts.h"
#include "core/institutions/office.h"
#include "core/institutions/seat.h"

struct nominate_body {
    struct election_target target;
    mid16 member;
};
struct statement_body {
    struct election_target target;
    hash32 statement;
};

enum code election_nominate_decode(struct step *step, struct fail *fail)
{
    struct nominate_body *body = step->body = ARENA_NEW(step->arena, struct nominate_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    fields_hex(&f, STR("member"), body->member.bytes, sizeof body->member);
    return fields_end(&f, fail);
}

/* Delegates come from those who elect them; an office that a council fills is open to every member.
 */
static bool eligible(const struct state *s, const struct election_place *place, uint32_t member_row)
{
    if (!state_is_active(s, member_row)) return false;
    uint32_t constituency_row = place->cell->constituency_row;
    bool any_member = state_constituency(s, constituency_row)->from_body != ROW_NONE &&
                      state_body(s, place->election->body_row)->kind == BODY_OFFICE;
    return any_member || election_elector(s, place->cell_row, member_row) != ROW_NONE;
}

static bool under_term_limit(const struct state *s, const struct election_row *election,
                             uint32_t member_row)
{
    const struct body_row *body = state_body(s, election->body_row);
    uint32_t limit = body->term_limit ? body->term_limit : s->bylaws.term_limit;
    return !limit || seat_terms(s, member_row, election->body_row, election->term_until) <= limit;
}

/* What standing demands of the person, beyond having been named. */
static enum article may_stand(const struct state *s, const struct election_place *place,
                              uint32_t member_row)
{
    GUARD(s, eligible(s, place, member_row), ARTICLE_CANDIDATE);
    GUARD(s, under_term_limit(s, place->election, member_row), ARTICLE_CANDIDATE);
    GUARD(s, !office_incompatible(s, member_row, place->election->body_row), ARTICLE_INCOMPATIBLE);
    return ARTICLE_NONE;
}

static bool is_open_for(const struct election_place *place, enum election_state last)
{
    return place->cell->state == CELL_RUNNING && place->election->state >= ELECTION_NOMINATING &&
           place->election->state <= last;
}

enum article election_nominate_decide(const struct state *s, const struct step *step)
{
    const struct nominate_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return ARTICLE_ELECTION_KNOWN;
    GUARD(s, is_open_for(&place, ELECTION_NOMINATING), ARTICLE_ELECTION_PHASE);
    GUARD(s, election_elector(s, place.cell_row, step->by_row) != ROW_NONE, ARTICLE_ELECTOR);
    uint32_t member_row = state_member_by_mid(s, &body->member);
    if (member_row == ROW_NONE) return ARTICLE_CANDIDATE;
    if (election_candidate(s, place.cell_row, member_row) != ROW_NONE) return ARTICLE_CANDIDATE;
    if (place.cell->candidate_count >= ELECTION_CANDIDATES_MAX) return ARTICLE_CANDIDATE;
    return may_stand(s, &place, member_row);
}

enum code election_nominate_apply(struct state *s, const struct step *step)
{
    const struct nominate_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct candidate_row *candidate = state_add_candidate(s);
    if (!candidate) return CODE_NO_MEMORY;
    uint32_t row = s->candidate.count - 1;
    uint32_t member_row = state_member_by_mid(s, &body->member);
    *candidate = (struct candidate_row){.nominated = step->act.id,
                                        .cell_row = place.cell_row,
                                        .member_row = member_row,
                                        .next_in_cell = ROW_NONE,
                                        .consented = member_row == step->by_row};
    if (candidate->consented) candidate->consent = step->act.id;
    struct cell_row *cell = state_cell(s, place.cell_row);
    if (cell->first_candidate == ROW_NONE)
        cell->first_candidate = row;
    else
        state_candidate(s, cell->last_candidate)->next_in_cell = row;
    cell->last_candidate = row;
    cell->candidate_count++;
    return CODE_OK;
}

static enum code target_decode(struct step *step, struct fail *fail)
{
    struct election_target *target = step->body = ARENA_NEW(step->arena, struct election_target);
    if (!target) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    target->cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), target->election.bytes, sizeof target->election);
    return fields_end(&f, fail);
}

/* The candidacy of whoever acts; NULL when there is none. */
static struct candidate_row *own_candidacy(const struct state *s, const struct step *step,
                                           const struct election_target *target,
                                           struct election_place *ret_place)
{
    if (!election_find(s, target, ret_place)) return NULL;
    uint32_t row = election_candidate(s, ret_place->cell_row, step->by_row);
    return row == ROW_NONE ? NULL : state_candidate(s, row);
}

enum code election_consent_decode(struct step *step, struct fail *fail)
{
    return target_decode(step, fail);
}

enum article election_consent_decide(const struct state *s, const struct step *step)
{
    struct election_place place;
    if (!election_find(s, step->body, &place)) return ARTICLE_ELECTION_KNOWN;
    const struct candidate_row *candidate = own_candidacy(s, step, step->body, &place);
    if (!candidate) return ARTICLE_CANDIDATE;
    GUARD(s, is_open_for(&place, ELECTION_NOMINATING), ARTICLE_ELECTION_PHASE);
    GUARD(s, !candidate->consented && !candidate->withdrawn, ARTICLE_ONCE);
    return may_stand(s, &place, step->by_row);
}

enum code election_consent_apply(struct state *s, const struct step *step)
{
    struct election_place place;
    struct candidate_row *candidate = own_candidacy(s, step, step->body, &place);
    if (!candidate) return CODE_INTERNAL;
    candidate->consented = 1;
    candidate->consent = step->act.id;
    return CODE_OK;
}

enum code election_withdraw_decode(struct step *step, struct fail *fail)
{
    return target_decode(step, fail);
}

enum article election_withdraw_decide(const struct state *s, const struct step *step)
{
    struct election_place place;
    if (!election_find(s, step->body, &place)) return ARTICLE_ELECTION_KNOWN;
    const struct candidate_row *candidate = own_candidacy(s, step, step->body, &place);
    if (!candidate) return ARTICLE_CANDIDATE;
    GUARD(s, is_open_for(&place, ELECTION_READY), ARTICLE_ELECTION_PHASE);
    GUARD(s, !candidate->withdrawn, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

enum code election_withdraw_apply(struct state *s, const struct step *step)
{
    struct election_place place;
    struct candidate_row *candidate = own_candidacy(s, step, step->body, &place);
    if (!candidate) return CODE_INTERNAL;
    candidate->withdrawn = 1;
    return CODE_OK;
}

enum code election_statement_decode(struct step *step, struct fail *fail)
{
    struct statement_body *body = step->body = ARENA_NEW(step->arena, struct statement_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    fields_base64(&f, STR("statement"), body->statement.bytes, sizeof body->statement);
    return fields_end(&f, fail);
}

enum article election_statement_decide(const struct state *s, const struct step *step)
{
    const struct statement_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return ARTICLE_ELECTION_KNOWN;
    const struct candidate_row *candidate = own_candidacy(s, step, &body->target, &place);
    if (!candidate) return ARTICLE_CANDIDATE;
    GUARD(s, is_open_for(&place, ELECTION_READY), ARTICLE_ELECTION_PHASE);
    return ARTICLE_NONE;
}

enum code election_statement_apply(struct state *s, const struct step *step)
{
    const struct statement_body *body = step->body;
    struct election_place place;
    struct candidate_row *candidate = own_candidacy(s, step, &body->target, &place);
    if (!candidate) return CODE_INTERNAL;
    candidate->statement = body->statement;
    return CODE_OK;
}
