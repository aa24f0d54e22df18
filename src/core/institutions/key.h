/* key.h - how a person gets, adds, loses and regains a key. docs/record-format.md "Keys".
 * Neither the registrar alone nor the node alone can become a member: a first key is provisional
 * until a second channel confirms it. */
#ifndef PLENARY_CORE_INSTITUTIONS_KEY_H
#define PLENARY_CORE_INSTITUTIONS_KEY_H
#include "core/step.h"

extern const struct act_kind key_kinds[];
extern const size_t key_kind_count;

/* Gives `member_row` a key in `state`; it joins the end of the member's list. Used by enrolment and
 * by admission. */
enum code key_add(struct state *state, uint32_t member_row, const struct new_key *key,
                  enum key_state key_state, unix_s at) MUST_CHECK;
/* Has the member a confirmed key? */
bool key_any_confirmed(const struct state *state, uint32_t member_row);

/* DEADLINE_KEY_REVOKE: a younger key's request ends an older one. DEADLINE_KEY_SPONSOR: a sponsored
 * key counts. */
enum code key_deadline(struct state *state, const struct deadline_row *deadline,
                       const struct blobs *blobs, struct arena *arena) MUST_CHECK;
#endif
