/* org.h - founding an organisation, and the version of the rules in force. */
#ifndef PLENARY_CORE_INSTITUTIONS_ORG_H
#define PLENARY_CORE_INSTITUTIONS_ORG_H
#include "core/step.h"

extern const struct act_kind org_kinds[];
extern const size_t org_kind_count;

/* Is `member_row` the founder, acting alone while no unit has confirmed yet? */
bool org_is_founding(const struct state *state, uint32_t member_row);

/* New bylaws or rules need the signatures of more than adopt_percent of the seated delegates of the
 * top council. A signature counts while the seat is held with which it was given, and until other
 * bylaws come into force. */
struct org_vote {
    hash32 what;      /* digest of the bylaws; zero for rules */
    uint32_t version; /* of the rules; 0 for bylaws */
};
/* May this member sign now: a seated delegate of the top council who has not signed the same yet?
 */
bool org_may_support(const struct state *state, const struct org_vote *vote, uint32_t member_row);
/* Would one more signature, by `member_row`, be enough? */
bool org_support_suffices(const struct state *state, const struct org_vote *vote,
                          uint32_t member_row);
enum code org_support_add(struct state *state, const struct org_vote *vote,
                          uint32_t member_row) MUST_CHECK;
/* Bylaws came into force: signatures under other ones were given for a change of those before. */
void org_support_lapse(struct state *state);
#endif
