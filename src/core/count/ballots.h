/* ballots.h - a profile: the candidates of one count and what the valid ballots say, identical
 * ballots together. Candidates are numbered from 0 here and from 1 in every file and document for
 * people. */
#ifndef PLENARY_CORE_COUNT_BALLOTS_H
#define PLENARY_CORE_COUNT_BALLOTS_H
#include "base/arena.h"

enum { PROFILE_CANDIDATES_MAX = 10000, PROFILE_GROUPS_MAX = 20000000 };
#define PROFILE_WEIGHT_MAX ((uint64_t)1000000000000) /* all ballots together */

/* Set on a preference that stands on the same rank as the one before it in its ballot. */
#define PREFERENCE_EQUAL ((uint32_t)0x80000000)
static inline uint32_t preference_candidate(uint32_t preference)
{
    return preference & ~PREFERENCE_EQUAL;
}

/* `weight` identical ballots: `length` preferences, the first one highest, from
 * profile.preferences[first]. */
struct ballot_group {
    uint64_t weight;
    size_t first;
    uint32_t length;
};

struct profile {
    uint32_t candidates;
    str *names;      /* one per candidate, may be empty */
    str *parties;    /* one per candidate, may be empty; for lists the name of the list */
    bool *withdrawn; /* one per candidate: passed over in every ballot, never elected */
    /* One per candidate: names written in by voters that nobody had declared; only the Minneapolis
     * rules treat them apart. */
    bool *undeclared;
    uint32_t *lot; /* all candidates in an order for ties that the file brought along; else NULL */
    /* Of a budget: one cost per candidate (then a project), the sum to be spent, both in the
     * smallest unit that the file uses, of which cost_unit make one unit of money; NULL, 0, 0 for
     * elections. */
    uint64_t *costs;
    uint64_t budget, cost_unit;
    str *ids; /* of projects, as in the file; NULL for elections */
    str title;
    uint32_t seats; /* as stated by a file, 0 when it states none */
    struct ballot_group *groups;
    size_t group_count;
    uint32_t *preferences;
    size_t preference_count;
    uint64_t ballots; /* sum of weights */
    struct arena *arena;
    size_t groups_room, preferences_room;
};

/* An empty profile whose tables live in `arena` (kept by the profile for profile_add).
 * CODE_TOO_BIG "candidates"; CODE_NO_MEMORY. */
enum code profile_init(struct profile *profile, uint32_t candidates, struct arena *arena,
                       struct fail *fail) MUST_CHECK;
/* Adds `weight` ballots with `length` preferences (0 = a ballot that names nobody; it counts as
 * cast but elects nobody). CODE_MALFORMED "candidate" (no such number), "duplicate" (named twice),
 * "weight" (0); CODE_TOO_BIG; CODE_NO_MEMORY; the profile is unchanged then. */
enum code profile_add(struct profile *profile, uint64_t weight, const uint32_t *preferences,
                      uint32_t length, struct fail *fail) MUST_CHECK;
/* Puts identical ballots together and sorts them, so that neither the order nor the grouping in
 * which ballots came leaves a trace. */
enum code profile_merge(struct profile *profile, struct alloc alloc) MUST_CHECK;
#endif
