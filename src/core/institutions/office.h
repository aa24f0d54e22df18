/* office.h - the offices through which members act for a unit: steward, registrar, teller,
 * returning, appeals.
 *
 *     office.found {constituencies,name,role,seats_each,term}
 *         the founder; later a steward of the unit, somebody who holds a seat of a council that
 * covers all the constituencies, or any elector of all of them; one office of a role for each
 * constituency. Stewards, tellers and appeals have at least two seats: what they do takes two of
 * them.
 *
 * An office is a body like a council: its seats are filled by election alone. */
#ifndef PLENARY_CORE_INSTITUTIONS_OFFICE_H
#define PLENARY_CORE_INSTITUTIONS_OFFICE_H
#include "core/step.h"

extern const struct act_kind office_kinds[];
extern const size_t office_kind_count;

/* "steward", "registrar", "teller", "returning", "appeals"; "" for ROLE_NONE. Static storage. */
str office_role_name(enum body_role role);
bool office_role_by_name(str name, enum body_role *ret) MUST_CHECK;

/* Which offices nobody holds together, anywhere in the organisation: registrar with teller or
 * steward; appeals with executive, teller, returning officer or registrar. */
bool office_pair_incompatible(const struct body_row *a, const struct body_row *b);
/* Does the member hold a seat now that does not go together with one in `body_row`? */
bool office_incompatible(const struct state *state, uint32_t member_row, uint32_t body_row);
#endif
