/* result.h - results: derived from ballots, piles or attested counts, never entered.
 * `elect` below means: by the rule and version the election was called with, ties by the lot drawn when nominations
 * closed. A result is provisional until the objection period is over. */
#ifndef PLENARY_CORE_INSTITUTIONS_RESULT_H
#define PLENARY_CORE_INSTITUTIONS_RESULT_H
#include "core/count/count.h"
#include "core/step.h"

extern const struct act_kind result_kinds[]; /* election.attest, election.declare */
extern const size_t result_kind_count;

enum { RESULT_SHEET_MAX = 64 << 20 /* bytes */ };

/* The count of the cell as its ballots stand, in the caller's arena: candidate i of the result is number i+1 of the
 * cell. CODE_NOT_FOUND when nothing is to be counted (unopposed, or nobody stands). */
enum code result_count(const struct state *state, uint32_t cell_row, struct arena *arena,
                       struct count_result *ret) MUST_CHECK;
/* The result sheet of a counted cell, canonical JSON:
 * {"candidates":[mid…],"cell":n,"count"?:{sheet of the count},"elected":[number…],"election":id,"electors":n,
 *  "evidence":"open","lot":hex,"papers":[sheet…],"seats":n}. Its SHA-256 stands in the cell. */
enum code result_sheet(const struct state *state, uint32_t cell_row, struct arena *arena, struct buf *out) MUST_CHECK;

/* Counts the cell and makes the result provisional from `at`; CELL_EMPTY when nobody stands. */
enum code result_take(struct state *state, uint32_t cell_row, uint64_t at, struct arena *arena) MUST_CHECK;
/* No result can be derived, or it was annulled: the cell is over and may be called again. */
enum code result_void(struct state *state, uint32_t cell_row, enum cell_state how, uint64_t at) MUST_CHECK;
/* The objection period is over and nothing is open: seats are filled. */
enum code result_finish(struct state *state, uint32_t cell_row, uint64_t at, struct arena *arena) MUST_CHECK;
#endif
