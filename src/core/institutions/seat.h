/* seat.h - seats: filled by elections alone, held until their date, given up by the holder alone.
 *
 *     seat.resign {body}  nobody can refuse it
 *
 * A vacancy goes to the reserve list of the same election, or under STV to a count of the ballots
 * that elected whoever left (count/countback.h), by the fold itself. Where neither gives anyone the
 * seat stays vacant until the next election. */
#ifndef PLENARY_CORE_INSTITUTIONS_SEAT_H
#define PLENARY_CORE_INSTITUTIONS_SEAT_H
#include "core/step.h"

extern const struct act_kind seat_kinds[];
extern const size_t seat_kind_count;

/* TERM: every seat of the body (row) whose date has come ends. */
enum code seat_deadline(struct state *state, const struct deadline_row *deadline,
                        const struct blobs *blobs, struct arena *arena) MUST_CHECK;

/* The member leaves the roll: every seat ends at `at` and is filled from the reserve. For roll.c.
 */
enum code seat_end_of_member(struct state *state, uint32_t member_row, uint64_t at,
                             struct arena *arena) MUST_CHECK;
/* The member leaves that unit for another: seats that its members filled end. For roll.c and
 * unit.c. */
enum code seat_end_in_unit(struct state *state, uint32_t member_row, uint32_t unit_row, uint64_t at,
                           struct arena *arena) MUST_CHECK;

/* Fills the seats of a cell whose result is final; those who held the constituency's seats before
 * are succeeded. */
enum code seat_fill(struct state *state, uint32_t cell_row, uint64_t at,
                    struct arena *arena) MUST_CHECK;

/* Seats of the constituency held now, of those that end at `until` or later. */
uint32_t seat_held(const struct state *state, uint32_t constituency_row, uint64_t until);
/* Terms in a row the member would have served with a seat in that body that ends at `until`. */
uint32_t seat_terms(const struct state *state, uint32_t member_row, uint32_t body_row,
                    uint64_t until);
/* May the member take a seat there: a member, under the term limit, no seat in the body, no office
 * that excludes it? */
bool seat_may_hold(const struct state *state, uint32_t member_row, uint32_t body_row,
                   uint64_t until);
#endif
