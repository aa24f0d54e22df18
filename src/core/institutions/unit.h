/* unit.h - units: where members belong. Found, confirm, close, merge, split.
 *
 *     unit.found {kind,name,parent?}      the founder; later a steward of the parent or a seated
 * delegate of the top council unit.confirm {count,digest,unit}    two stewards of the unit; enough
 * confirmed units confirm the organisation unit.close {unit}                   a steward; nobody
 * and no unit is left in it unit.merge {from,into}              a steward of `from`, then another
 * of `into`: members and sub-units move unit.split {kind,members,name,unit} two stewards sign the
 * same body: the members go to a new unit under `unit`, so that they keep their votes in every
 * council and their stewards */
#ifndef PLENARY_CORE_INSTITUTIONS_UNIT_H
#define PLENARY_CORE_INSTITUTIONS_UNIT_H
#include "core/step.h"

enum { UNIT_NAME_MAX = 200, UNIT_KIND_MAX = 40 /* bytes */ };

extern const struct act_kind unit_kinds[];
extern const size_t unit_kind_count;

/* ROW_NONE, a row that does not exist and a closed unit are not open. */
bool unit_is_open(const struct state *state, uint32_t unit_row);
/* Has the unit or one above it confirmed its members? Then the founder alone changes nothing in it
 * any more. */
bool unit_is_confirmed(const struct state *state, uint32_t unit_row);
/* Walks a unit and all units under it, parents first, in order of founding:
 *     for (u = top; u != ROW_NONE; u = unit_next_under(state, u, top)) */
uint32_t unit_next_under(const struct state *state, uint32_t unit_row, uint32_t top_row);
/* Members of the unit and of all units under it. */
uint64_t unit_members_under(const struct state *state, uint32_t unit_row);
/* SHA-256("plenary.unit/v1|" then the mids of the unit's own members in the order of the roll):
 * what stewards confirm. */
hash32 unit_digest(const struct state *state, uint32_t unit_row);

/* Units that have members, and how many of those have not confirmed, as
 * state->org.unconfirmed_units says. */
void unit_recount(struct state *state);
/* Growth above the bylaws' rate since the base count raises the flag. Called after members came. */
void unit_watch_growth(struct state *state, uint32_t unit_row);
/* A freeze takes the unit's count as the new base of growth, unless the base is younger than 90
 * days: otherwise many freezes would hide any growth. A flag raised since the last base stays until
 * the next one as UNIT_GREW_EARLIER. */
void unit_freeze_count(struct state *state, uint32_t unit_row, unix_s at);
#endif
