/* ballots.c - building, checking and merging profiles. */
#include "core/count/ballots.h"
#include "base/sort.h"

enum code profile_init(struct profile *profile, uint32_t candidates, struct arena *arena,
                       struct fail *fail)
{
    if (candidates > PROFILE_CANDIDATES_MAX)
        return fail_set(fail, CODE_TOO_BIG, "candidates", "at most %d candidates, not %u",
                        PROFILE_CANDIDATES_MAX, candidates);
    struct profile fresh = {.candidates = candidates, .arena = arena};
    fresh.names = ARENA_ARRAY(arena, candidates ? candidates : 1, str);
    fresh.parties = ARENA_ARRAY(arena, candidates ? candidates : 1, str);
    fresh.withdrawn = ARENA_ARRAY(arena, candidates ? candidates : 1, bool);
    fresh.undeclared = ARENA_ARRAY(arena, candidates ? candidates : 1, bool);
    if (!fresh.names || !fresh.parties || !fresh.withdrawn || !fresh.undeclared)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no room for %u candidates", candidates);
    *profile = fresh;
    return CODE_OK;
}

/* Doubling inside an arena wastes at most as much as is used. */
static bool grow(struct arena *arena, void **items, size_t *room, size_t need, size_t size)
{
    if (need <= *room) return true;
    size_t larger = *room ? *room * 2 : 64;
    while (larger < need) larger *= 2;
    void *moved = arena_take(arena, larger, size);
    if (!moved) return false;
    if (*room) memcpy(moved, *items, *room * size);
    *items = moved;
    *room = larger;
    return true;
}

/* Short ballots are compared pairwise; long ones would make that quadratic, so they are bounded by
 * the number of candidates first and checked with one pass over a bitmap on the stack. */
static enum code check_preferences(const struct profile *profile, const uint32_t *preferences,
                                   uint32_t length, struct fail *fail)
{
    uint64_t seen[PROFILE_CANDIDATES_MAX / 64 + 1];
    memset(seen, 0, (profile->candidates / 64 + 1) * sizeof seen[0]);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t candidate = preference_candidate(preferences[i]);
        if (candidate >= profile->candidates)
            return fail_set(fail, CODE_MALFORMED, "candidate", "no candidate %u, there are %u",
                            candidate + 1, profile->candidates);
        uint64_t bit = (uint64_t)1 << candidate % 64;
        if (seen[candidate / 64] & bit)
            return fail_set(fail, CODE_MALFORMED, "duplicate", "candidate %u is named twice",
                            candidate + 1);
        seen[candidate / 64] |= bit;
    }
    return CODE_OK;
}

enum code profile_add(struct profile *profile, uint64_t weight, const uint32_t *preferences,
                      uint32_t length, struct fail *fail)
{
    if (weight == 0)
        return fail_set(fail, CODE_MALFORMED, "weight", "a ballot must count at least once");
    if (weight > PROFILE_WEIGHT_MAX - profile->ballots)
        return fail_set(fail, CODE_TOO_BIG, "ballots", "at most %llu ballots",
                        (unsigned long long)PROFILE_WEIGHT_MAX);
    if (profile->group_count >= PROFILE_GROUPS_MAX)
        return fail_set(fail, CODE_TOO_BIG, "ballots", "at most %d different ballots",
                        PROFILE_GROUPS_MAX);
    TRY(check_preferences(profile, preferences, length, fail));
    void *groups = profile->groups, *entries = profile->preferences;
    bool fits = grow(profile->arena, &groups, &profile->groups_room, profile->group_count + 1,
                     sizeof(struct ballot_group));
    profile->groups = groups;
    fits = fits && grow(profile->arena, &entries, &profile->preferences_room,
                        profile->preference_count + length + 1, sizeof(uint32_t));
    profile->preferences = entries;
    if (!fits) return fail_set(fail, CODE_NO_MEMORY, "memory", "no room for another ballot");
    profile->groups[profile->group_count++] =
        (struct ballot_group){weight, profile->preference_count, length};
    if (length)
        memcpy(profile->preferences + profile->preference_count, preferences,
               length * sizeof *preferences);
    if (length)
        profile->preferences[profile->preference_count] &=
            ~PREFERENCE_EQUAL; /* nothing stands before it */
    profile->preference_count += length;
    profile->ballots += weight;
    return CODE_OK;
}

static int by_content(const void *a, const void *b, const void *context)
{
    const struct ballot_group *left = a, *right = b;
    const uint32_t *preferences = context;
    uint32_t common = left->length < right->length ? left->length : right->length;
    for (uint32_t i = 0; i < common; i++) {
        uint32_t x = preferences[left->first + i], y = preferences[right->first + i];
        if (x != y) return x < y ? -1 : 1;
    }
    return (left->length > right->length) - (left->length < right->length);
}

enum code profile_merge(struct profile *profile, struct alloc alloc)
{
    if (profile->group_count == 0) return CODE_OK;
    struct ballot_group *groups = profile->groups;
    TRY(sort_stable(groups, profile->group_count, sizeof *groups, by_content, profile->preferences,
                    alloc));
    size_t kept = 0;
    for (size_t i = 1; i < profile->group_count; i++) {
        if (by_content(&groups[kept], &groups[i], profile->preferences) == 0)
            groups[kept].weight += groups[i].weight;
        else
            groups[++kept] = groups[i];
    }
    profile->group_count = kept + 1;
    return CODE_OK;
}
