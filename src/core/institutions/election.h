/* election.h - elections from the call to the close: who calls, who stands, who votes, and the
 * clock between.
 *
 *     called       NOMINATING
 *     nominate_until  READY: candidates have numbers, the lot for ties is drawn
 *     opens        OPEN
 *     closes       CLOSED; DONE when every cell is decided
 *
 * An election fills the seats of one body on one frozen electorate. Each constituency is a cell
 * with its own candidates, ballots and result. Opening, closing and counting are deadlines of the
 * fold: no officer is needed. How votes arrive is the election's mode; it decides which acts a cell
 * takes and when it can be counted:
 *
 *     open      members sign their ballots          counted at `closes`
 *     paper     tellers key piles, each twice       counted at paper.complete, or at `keyed_until`
 *     attested  two tellers sign a meeting's counts counted at `keyed_until` */
#ifndef PLENARY_CORE_INSTITUTIONS_ELECTION_H
#define PLENARY_CORE_INSTITUTIONS_ELECTION_H
#include "core/step.h"

extern const struct act_kind election_kinds[];
extern const size_t election_kind_count;

/* BODY_DUE, NOMINATED, OPENS, CLOSES (row = body or election), KEYED, OBJECTIONS (row = cell). */
enum code election_deadline(struct state *state, const struct deadline_row *deadline,
                            const struct blobs *blobs, struct arena *arena) MUST_CHECK;

/* "open", "paper", "attested". Static storage. */
str election_mode_name(enum election_mode mode);
bool election_mode_by_name(str name, enum election_mode *ret) MUST_CHECK;

/* Cells are named by the number of their constituency within the body, from 1. ROW_NONE when it
 * takes no part. */
uint32_t election_cell(const struct state *state, uint32_t election_row, uint32_t number);
uint32_t election_cell_number(const struct state *state, uint32_t cell_row);
/* The member's row in the frozen roll of the cell, ROW_NONE. Bisection. */
uint32_t election_elector(const struct state *state, uint32_t cell_row, uint32_t member_row);
/* The member's candidacy in the cell, nominated or standing, ROW_NONE. */
uint32_t election_candidate(const struct state *state, uint32_t cell_row, uint32_t member_row);
/* Rows of the candidates who have a number, in order of numbers, withdrawn ones included. */
struct election_ballot_paper {
    uint32_t *candidate_row;
    uint32_t count;
};
enum code election_ballot_paper(const struct state *state, uint32_t cell_row, struct arena *arena,
                                struct election_ballot_paper *ret) MUST_CHECK;
/* Does this candidate stand: consented and not withdrawn? Who leaves the roll before the count is
 * withdrawn by it. */
bool election_stands(const struct state *state, uint32_t candidate_row);
/* Order of the lot: indexes into the paper, by SHA-256(seed | mid). */
enum code election_lot_order(const struct state *state, uint32_t cell_row,
                             const struct election_ballot_paper *paper, struct arena *arena,
                             uint32_t **ret) MUST_CHECK;

/* Does the member hold an office with `role` that answers for whoever elects in this constituency:
 * its unit, or any unit under the body that elects? */
bool election_role_covers(const struct state *state, uint32_t member_row, enum body_role role,
                          uint32_t constituency_row);
#endif
