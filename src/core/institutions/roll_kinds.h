/* roll_kinds.h - requests to join (request.c) seen from the organ's table in roll.c. Nobody else
 * includes this. */
#ifndef PLENARY_CORE_INSTITUTIONS_ROLL_KINDS_H
#define PLENARY_CORE_INSTITUTIONS_ROLL_KINDS_H
#include "core/institutions/roll.h"

enum code request_decode(struct step *step, struct fail *fail) MUST_CHECK;
enum article request_decide(const struct state *state, const struct step *step);
enum code request_apply(struct state *state, const struct step *step) MUST_CHECK;
enum code answer_decode(struct step *step, struct fail *fail) MUST_CHECK;
enum article answer_decide(const struct state *state, const struct step *step);
enum code answer_apply(struct state *state, const struct step *step) MUST_CHECK;
/* Nobody answered until the deadline: the bylaws say what silence means. */
enum code request_deadline(struct state *state, uint32_t request_row, unix_s at) MUST_CHECK;

/* Does the founder's signature suffice for the roll of this unit? Until the unit or the
 * organisation is confirmed. */
bool roll_founder_suffices(const struct state *state, uint32_t member_row, uint32_t unit_row);
/* One of the persons through whom the unit admits and removes. */
bool roll_may_sign(const struct state *state, uint32_t member_row, uint32_t unit_row);
#endif
