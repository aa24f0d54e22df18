/* election_clock.c - what the clock does with an election: numbers, opening, closing, the end of
 * keying and of objections. Nothing here waits for anybody. */
#include "core/institutions/election_parts.h"
#include "core/institutions/objection.h"
#include "core/institutions/paper.h"
#include "core/institutions/result.h"

/* Numbers in order of nomination for those who consented; the lot for ties is drawn from all acts
 * that made the candidates, so it is fixed before anybody votes. */
static void number_candidates(struct state *s, uint32_t cell_row)
{
    struct cell_row *cell = state_cell(s, cell_row);
    const struct election_row *election = state_election(s, cell->election_row);
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.lot/v1|"));
    sha256_add(&sha, election->id.bytes, sizeof election->id);
    uint32_t count = 0, at = cell->first_candidate;
    for (struct candidate_row *candidate; (candidate = election_next_candidate(s, &at));) {
        sha256_add(&sha, candidate->nominated.bytes, sizeof candidate->nominated);
        sha256_add(&sha, candidate->consent.bytes, sizeof candidate->consent);
        if (candidate->consented && !candidate->withdrawn) candidate->number = ++count;
    }
    cell->candidate_count = count;
    cell->lot = sha256_done(&sha);
}

static void nominated(struct state *s, uint32_t election_row)
{
    struct election_row *election = state_election(s, election_row);
    for (uint32_t i = 0; i < election->cell_count; i++)
        number_candidates(s, election->first_cell + i);
    election->state = ELECTION_READY;
}

void election_drop_departed(struct state *s, uint32_t cell_row)
{
    uint32_t at = state_cell(s, cell_row)->first_candidate;
    for (struct candidate_row *candidate; (candidate = election_next_candidate(s, &at));)
        if (!state_is_active(s, candidate->member_row)) candidate->withdrawn = 1;
}

static uint32_t standing(const struct state *s, const struct cell_row *cell)
{
    uint32_t count = 0;
    for (uint32_t row = cell->first_candidate; row != ROW_NONE;
         row = state_candidate(s, row)->next_in_cell)
        count += state_candidate(s, row)->number && election_stands(s, row);
    return count;
}

static enum code opens(struct state *s, uint32_t election_row, uint64_t at)
{
    state_election(s, election_row)->state = ELECTION_OPEN;
    const struct election_row election = *state_election(s, election_row);
    for (uint32_t i = 0; i < election.cell_count; i++) {
        struct cell_row *cell = state_cell(s, election.first_cell + i);
        election_drop_departed(s, election.first_cell + i);
        uint32_t count = standing(s, cell);
        if (count == 0)
            TRY(result_void(s, election.first_cell + i, CELL_EMPTY, at));
        else if (count <= cell->seats && election.unopposed_allowed)
            cell->unopposed = 1;
    }
    return CODE_OK;
}

static enum code close_cell(struct state *s, uint32_t cell_row, uint64_t at, struct arena *arena)
{
    struct cell_row *cell = state_cell(s, cell_row);
    const struct election_row *election = state_election(s, cell->election_row);
    if (cell->state != CELL_RUNNING) return CODE_OK;
    if (cell->unopposed || election->mode == MODE_OPEN) return result_take(s, cell_row, at, arena);
    cell->state = CELL_KEYING;
    cell->keyed_until = election->keyed_until;
    struct deadline_row deadline = {cell->keyed_until, election->id, DEADLINE_KEYED, cell_row};
    return state_deadline_add(s, &deadline);
}

static enum code closes(struct state *s, uint32_t election_row, uint64_t at, struct arena *arena)
{
    struct election_row *election = state_election(s, election_row);
    if (election->state == ELECTION_DONE) return CODE_OK;
    election->state = ELECTION_CLOSED;
    uint32_t first = election->first_cell, count = election->cell_count;
    for (uint32_t i = 0; i < count; i++) TRY(close_cell(s, first + i, at, arena));
    return CODE_OK;
}

/* Without all piles, agreed, or an attested count there is nothing to derive a result from. */
static enum code keyed(struct state *s, uint32_t cell_row, uint64_t at, struct arena *arena)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    if (cell->state != CELL_KEYING || cell->keyed_until != at) return CODE_OK;
    bool attested = state_election(s, cell->election_row)->mode == MODE_ATTESTED;
    bool complete = cell->complete_by != ROW_NONE && paper_ready(s, cell_row, cell->complete_piles);
    bool ready = attested ? cell->attest_row != ROW_NONE : complete;
    return ready ? result_take(s, cell_row, at, arena)
                 : result_void(s, cell_row, CELL_ANNULLED, at);
}

static enum code objections_over(struct state *s, uint32_t cell_row, uint64_t at,
                                 struct arena *arena)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    if (cell->state != CELL_PROVISIONAL || at < cell->objections_until) return CODE_OK;
    if (cell->open_objections && at == cell->objections_until) {
        struct deadline_row last = {at + s->bylaws.objection_time,
                                    state_election(s, cell->election_row)->id, DEADLINE_OBJECTIONS,
                                    cell_row};
        return state_deadline_add(s, &last);
    }
    objection_close_all(s, cell_row, OBJECTION_DISMISSED);
    return result_finish(s, cell_row, at, arena);
}

static enum code body_due(struct state *s, uint32_t body_row, uint64_t at, struct arena *arena)
{
    const struct body_row *body = state_body(s, body_row);
    if (body->closed || body->due != at || body->election_row != ROW_NONE) return CODE_OK;
    return guards(s, GUARD_CLOCK) ? election_call_by_clock(s, body_row, at, arena) : CODE_OK;
}

enum code election_deadline(struct state *s, const struct deadline_row *deadline,
                            const struct blobs *blobs, struct arena *arena)
{
    (void)blobs; /* papers entered the state when their piles were agreed */
    switch ((enum deadline_kind)deadline->kind) {
    case DEADLINE_BODY_DUE: return body_due(s, deadline->row, deadline->at, arena);
    case DEADLINE_NOMINATED: nominated(s, deadline->row); return CODE_OK;
    case DEADLINE_OPENS: return opens(s, deadline->row, deadline->at);
    case DEADLINE_CLOSES: return closes(s, deadline->row, deadline->at, arena);
    case DEADLINE_KEYED: return keyed(s, deadline->row, deadline->at, arena);
    case DEADLINE_OBJECTIONS: return objections_over(s, deadline->row, deadline->at, arena);
    case DEADLINE_KEY_REVOKE:
    case DEADLINE_KEY_SPONSOR:
    case DEADLINE_REQUEST:
    case DEADLINE_PROPOSAL:
    case DEADLINE_TERM: break;
    }
    return CODE_INTERNAL;
}
