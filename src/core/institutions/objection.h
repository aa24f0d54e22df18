/* objection.h - objections to a provisional result, and who settles them: two holders of the
 * appeals office that covers the cell; where no two are seated who are no party, two delegates of
 * the top council. Never a candidate, never a teller of the election. An objection that nobody
 * settles within the objection time after the period lapses: nobody keeps elected persons from
 * their seats by not deciding. */
#ifndef PLENARY_CORE_INSTITUTIONS_OBJECTION_H
#define PLENARY_CORE_INSTITUTIONS_OBJECTION_H
#include "core/step.h"

extern const struct act_kind objection_kinds[]; /* election.object, election.settle */
extern const size_t objection_kind_count;

enum { RECOUNTS_MAX = 2 };

/* May this member sign a settlement of objections to that cell? */
bool objection_may_settle(const struct state *state, uint32_t member_row, uint32_t cell_row);
/* Ends every open objection of the cell as `how`. */
void objection_close_all(struct state *state, uint32_t cell_row, enum objection_state how);
#endif
