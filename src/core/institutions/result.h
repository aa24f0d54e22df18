/* result.h - results: derived from ballots, piles or attested counts, never entered.
 *
 *     election.attest {cell,counts,election,minutes,present}
 *         two tellers sign the counts of a meeting; winners are derived from them
 *     election.declare {cell,digest,election}
 *         the digest of the result sheet, as everyone derives it
 *
 * Counted by the rule and version the election was called with, ties by the lot drawn when
 * nominations closed. A result is provisional until the objection period is over. */
#ifndef PLENARY_CORE_INSTITUTIONS_RESULT_H
#define PLENARY_CORE_INSTITUTIONS_RESULT_H
#include "core/count/count.h"
#include "core/step.h"

extern const struct act_kind result_kinds[];
extern const size_t result_kind_count;

enum { RESULT_SHEET_MAX = 64 << 20 /* bytes */ };

/* All that the count of a cell is given, as its ballots stand, in the caller's arena: candidate i
 * of the profile is number i+1 of the cell. CODE_NOT_FOUND when nothing is to be counted
 * (unopposed, or nobody stands). */
struct result_job {
    enum count_rule rule;
    struct profile *profile;
    struct count_options options;
    const uint32_t *candidate_row; /* one per candidate of the profile */
};
enum code result_open(const struct state *state, uint32_t cell_row, struct arena *arena,
                      struct result_job *ret) MUST_CHECK;
enum code result_count(const struct state *state, uint32_t cell_row, struct arena *arena,
                       struct count_result *ret) MUST_CHECK;
/* The result sheet of a cell that has a result, canonical JSON; its SHA-256 stands in the cell:
 *     {"candidates":[mid, ...],"cell":n,"count"?:{sheet of the count},"elected":[number, ...],
 *      "election":id,"electors":n,"evidence":"open","lot":hex,"minutes"?:hex,"papers"?:[sheet,
 * ...], "seats":n} CODE_NOT_FOUND while the cell has none. */
enum code result_sheet(const struct state *state, uint32_t cell_row, struct arena *arena,
                       struct buf *out) MUST_CHECK;

/* Counts the cell and makes the result provisional from `at`; CELL_EMPTY when nobody stands. */
enum code result_take(struct state *state, uint32_t cell_row, uint64_t at,
                      struct arena *arena) MUST_CHECK;
/* No result can be derived, or it was annulled: the cell is over and may be called again. */
enum code result_void(struct state *state, uint32_t cell_row, enum cell_state how,
                      uint64_t at) MUST_CHECK;
/* The objection period is over and nothing is open: seats are filled. */
enum code result_finish(struct state *state, uint32_t cell_row, uint64_t at,
                        struct arena *arena) MUST_CHECK;
#endif
