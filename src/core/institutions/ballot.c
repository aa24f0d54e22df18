/* ballot.c - open ballots: signed by the elector's own device, or by two tellers for an elector who
 * was frozen without one. The latest ballot of an elector counts. */
#include "core/count/count.h"
#include "core/institutions/election_parts.h"

struct ballot_body {
    struct election_target target;
    uint32_t count;
    uint8_t ranks[2 * ELECTION_CANDIDATES_MAX]; /* numbers, two bytes each, big-endian: as the pool
                                                   keeps them */
};

enum code election_ballot_decode(struct step *step, struct fail *fail)
{
    struct ballot_body *body = step->body = ARENA_NEW(step->arena, struct ballot_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    const struct json *ranks = fields_array(&f, STR("ranks"), ELECTION_CANDIDATES_MAX);
    for (const struct json *rank = json_first(ranks); rank; rank = json_next(ranks, rank)) {
        bool is_number =
            rank->type == JSON_INTEGER && rank->integer >= 1 && rank->integer <= UINT16_MAX;
        if (!is_number) fields_fail(&f, "\"ranks\": expected numbers of candidates, from 1");
        body->ranks[2 * body->count] = (uint8_t)(rank->integer >> 8);
        body->ranks[2 * body->count + 1] = (uint8_t)rank->integer;
        body->count++;
    }
    return fields_end(&f, fail);
}

/* Candidates of the cell, each at most once; one at most where the rule gives everybody one vote.
 */
static bool form_fits(const struct ballot_body *body, const struct election_place *place)
{
    uint8_t seen[ELECTION_CANDIDATES_MAX + 1] = {0};
    if (place->election->rule == COUNT_PLURALITY && body->count > 1) return false;
    for (uint32_t i = 0; i < body->count; i++) {
        uint32_t number = (uint32_t)body->ranks[2 * i] << 8 | body->ranks[2 * i + 1];
        if (number > place->cell->candidate_count || seen[number]) return false;
        seen[number] = 1;
    }
    return true;
}

/* Who had no key at the freeze joins no ballot with one, and tellers vote for nobody who could do
 * so: the frozen channel decides. */
static bool channel_fits(const struct state *s, const struct step *step, uint32_t elector_row)
{
    if (elector_row == ROW_NONE) return true;
    return step->act.attested == (state_elector(s, elector_row)->channel != CHANNEL_OPEN);
}

/* "new keys join no ballot that is already open": two sponsors, or two tellers at the door, could
 * replace a vote that was cast. A further device goes back to the one that certified it. */
static bool key_fits(const struct state *s, const struct step *step,
                     const struct election_place *place)
{
    if (step->act.attested) return true;
    return state_key(s, step->signers[0].key_row)->trusted <= place->election->opens;
}

/* Who stands in a cell signs nobody's ballot there but the own. */
static bool tellers_fit(const struct state *s, const struct step *step, uint32_t cell_row)
{
    if (!step->act.attested) return true;
    return election_candidate(s, cell_row, step->via_row[0]) == ROW_NONE &&
           election_candidate(s, cell_row, step->via_row[1]) == ROW_NONE;
}

enum article election_ballot_decide(const struct state *s, const struct step *step)
{
    const struct ballot_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return ARTICLE_ELECTION_KNOWN;
    GUARD(s, place.election->mode == MODE_OPEN, ARTICLE_CHANNEL);
    bool is_open = place.election->state == ELECTION_OPEN && place.cell->state == CELL_RUNNING &&
                   !place.cell->unopposed;
    GUARD(s, is_open, ARTICLE_ELECTION_PHASE);
    uint32_t elector_row = election_elector(s, place.cell_row, step->by_row);
    GUARD(s, elector_row != ROW_NONE, ARTICLE_ELECTOR);
    GUARD(s, channel_fits(s, step, elector_row), ARTICLE_CHANNEL);
    GUARD(s, key_fits(s, step, &place), ARTICLE_KEY_STATE);
    GUARD(s, tellers_fit(s, step, place.cell_row), ARTICLE_INCOMPATIBLE);
    GUARD(s, form_fits(body, &place), ARTICLE_BALLOT_FORM);
    return ARTICLE_NONE;
}

/* The elector's ballot in this cell, or a new one at the head of the cell's list. */
static struct ballot_row *ballot_of(struct state *s, uint32_t cell_row, uint32_t elector_row)
{
    if (elector_row != ROW_NONE && state_elector(s, elector_row)->ballot_row != ROW_NONE)
        return state_ballot(s, state_elector(s, elector_row)->ballot_row);
    struct ballot_row *ballot = state_add_ballot(s);
    if (!ballot) return NULL;
    struct cell_row *cell = state_cell(s, cell_row);
    *ballot = (struct ballot_row){.cell_row = cell_row,
                                  .elector_row = elector_row,
                                  .weight = 1,
                                  .in_force = 1,
                                  .next_of_cell = cell->first_ballot};
    cell->first_ballot = s->ballot.count - 1;
    cell->ballots_cast++;
    if (elector_row != ROW_NONE) {
        ballot->weight = state_elector(s, elector_row)->weight;
        state_elector(s, elector_row)->ballot_row = s->ballot.count - 1;
    }
    return ballot;
}

enum code election_ballot_apply(struct state *s, const struct step *step)
{
    const struct ballot_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct text_ref ranks;
    TRY(state_text_add(s, (str){(const char *)body->ranks, 2 * (size_t)body->count}, &ranks));
    struct ballot_row *ballot =
        ballot_of(s, place.cell_row, election_elector(s, place.cell_row, step->by_row));
    if (!ballot) return CODE_NO_MEMORY;
    ballot->ranks = ranks;
    ballot->index = (uint32_t)step->index;
    return CODE_OK;
}
