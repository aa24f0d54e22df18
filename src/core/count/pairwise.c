/* pairwise.c - rules that compare candidates two by two: Schulze and ranked pairs.
 * Whoever is ranked stands above everyone a ballot leaves out; those left out are equal. */
#include "base/sort.h"
#include "core/count/internal.h"

enum { PAIRWISE_CANDIDATES_MAX = 500 };

struct pairwise {
    struct count_job *job;
    uint32_t n;
    uint64_t *prefer;   /* [a * n + b]: ballots that prefer a to b */
    uint64_t *strength; /* Schulze: of the strongest path */
    bool *above;        /* [a * n + b]: a stands above b in the outcome */
};

static bool stands(const struct pairwise *p, uint32_t candidate)
{
    enum standing standing = p->job->standing[candidate];
    return standing != STANDING_WITHDRAWN && standing != STANDING_EXCLUDED;
}

static enum code open_tables(struct pairwise *p)
{
    p->n = p->job->profile->candidates;
    if (p->n > PAIRWISE_CANDIDATES_MAX)
        return fail_set(p->job->fail, CODE_TOO_BIG, "candidates",
                        "at most %d candidates are compared in pairs", PAIRWISE_CANDIDATES_MAX);
    size_t cells = (size_t)p->n * p->n;
    p->prefer = ARENA_ARRAY(p->job->arena, cells, uint64_t);
    p->above = ARENA_ARRAY(p->job->arena, cells, bool);
    return p->prefer && p->above ? CODE_OK : count_job_no_memory(p->job);
}

/* Adds one group of ballots; `rank` is scratch, one per candidate, 0 = left out. */
static void add_group(struct pairwise *p, const struct ballot_group *group, uint32_t *rank)
{
    const uint32_t *preferences = p->job->profile->preferences + group->first;
    uint32_t level = 0;
    memset(rank, 0, p->n * sizeof *rank);
    for (uint32_t i = 0; i < group->length; i++) {
        level += !(preferences[i] & PREFERENCE_EQUAL);
        rank[preference_candidate(preferences[i])] = level;
    }
    for (uint32_t i = 0; i < group->length; i++) {
        uint32_t a = preference_candidate(preferences[i]);
        uint64_t *row = p->prefer + (size_t)a * p->n;
        for (uint32_t b = 0; b < p->n; b++)
            if (rank[b] == 0 || rank[b] > rank[a]) row[b] += group->weight;
    }
}

static enum code compare_all(struct pairwise *p)
{
    uint32_t *rank = ARENA_ARRAY(p->job->arena, p->n, uint32_t);
    if (!rank) return count_job_no_memory(p->job);
    for (size_t i = 0; i < p->job->profile->group_count; i++)
        add_group(p, &p->job->profile->groups[i], rank);
    return CODE_OK;
}

/* "Any (non-default) option which does not receive at least R votes ranking that option above the
 * default option is dropped from consideration. Any (non-default) option which does not defeat the
 * default option ... is dropped." */
static enum code drop_below_none(struct pairwise *p)
{
    struct count_job *job = p->job;
    uint32_t none = job->options->none, n = p->n;
    if (!job->options->has_none) return CODE_OK;
    if (none >= n || !stands(p, none))
        return fail_set(job->fail, CODE_MALFORMED, "none",
                        "\"none of these\" must be a candidate who stands");
    for (uint32_t i = 0; i < n; i++) {
        uint64_t above = p->prefer[(size_t)i * n + none], below = p->prefer[(size_t)none * n + i];
        if (i == none || !stands(p, i) || (above > below && above >= job->options->quorum))
            continue;
        count_job_exclude(job, i);
    }
    return CODE_OK;
}

/* How strong the victory of a over b is; 0 when there is none. */
static uint64_t victory(const struct pairwise *p, uint32_t a, uint32_t b, bool margins)
{
    uint64_t for_a = p->prefer[(size_t)a * p->n + b], for_b = p->prefer[(size_t)b * p->n + a];
    if (for_a <= for_b) return 0;
    return margins ? for_a - for_b : for_a;
}

/* Next in the order: nobody left stands above it; the lot chooses among several. */
static uint32_t next_unbeaten(const struct pairwise *p, const bool *placed, uint32_t *unbeaten,
                              uint32_t *ret_count)
{
    uint32_t count = 0, chosen = COUNT_NOBODY;
    for (uint32_t i = 0; i < p->n; i++) {
        bool beaten = placed[i] || !stands(p, i);
        for (uint32_t j = 0; j < p->n && !beaten; j++)
            beaten = stands(p, j) && !placed[j] && p->above[(size_t)j * p->n + i];
        if (beaten) continue;
        unbeaten[count++] = i;
        if (chosen == COUNT_NOBODY || p->job->lot_place[i] < p->job->lot_place[chosen]) chosen = i;
    }
    *ret_count = count;
    return chosen;
}

/* Each unbeaten candidate alone could be elected to the only seat. */
static enum code note_sets(struct count_job *job, const uint32_t *unbeaten, uint32_t count)
{
    job->ret->sets = ARENA_ARRAY(job->arena, count, struct count_list);
    if (!job->ret->sets) return count_job_no_memory(job);
    for (uint32_t i = 0; i < count; i++)
        TRY(count_job_list(job, &unbeaten[i], 1, &job->ret->sets[i]));
    job->ret->set_count = count;
    return CODE_OK;
}

static bool is_none(const struct count_job *job, uint32_t candidate)
{
    return job->options->has_none && candidate == job->options->none;
}

/* Seats that persons can take; none of these takes one only when it is alone. */
static uint32_t seats_to_fill(const struct count_job *job)
{
    uint32_t persons = job->hopeful_count;
    if (job->options->has_none && persons > 1) persons--;
    return job->ret->seats < persons ? job->ret->seats : persons;
}

/* What is shown as votes: how many others stand below. */
static void count_those_below(struct pairwise *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        for (uint32_t j = 0; j < p->n && stands(p, i); j++)
            p->job->votes[i] += stands(p, j) && p->above[(size_t)i * p->n + j];
}

static enum code note_seat(struct count_job *job, uint32_t seats_left, uint32_t *unbeaten,
                           uint32_t count)
{
    uint32_t chosen = 0;
    if (job->ret->seats == 1) TRY(note_sets(job, unbeaten, count));
    if (count <= seats_left) return CODE_OK;
    return count_job_break_tie(job, COUNT_TIE_ELECTION, WANT_HIGHEST, unbeaten, count, &chosen);
}

/* Fills the seats from the top of the order, notes ties that decide, and keeps the rest as reserve.
 */
static enum code fill_by_order(struct pairwise *p)
{
    struct count_job *job = p->job;
    uint32_t *unbeaten = ARENA_ARRAY(job->arena, p->n, uint32_t),
             *reserve = ARENA_ARRAY(job->arena, p->n, uint32_t);
    bool *placed = ARENA_ARRAY(job->arena, p->n, bool);
    if (!unbeaten || !reserve || !placed) return count_job_no_memory(job);
    uint32_t standing = job->hopeful_count, seats = seats_to_fill(job), reserved = 0, count = 0;
    count_those_below(p);
    for (uint32_t at = 0; at < standing; at++) {
        uint32_t next = next_unbeaten(p, placed, unbeaten, &count);
        placed[next] = true;
        if (at < seats) {
            TRY(note_seat(job, seats - at, unbeaten, count));
            count_job_elect(job, next);
        } else if (!is_none(job, next)) {
            reserve[reserved++] = next;
        }
    }
    TRY(count_job_list(job, reserve, reserved, &job->ret->reserve));
    job->ret->pairwise = p->prefer;
    return count_job_round(job, COUNT_EVENT_PAIRWISE, COUNT_NOBODY, 0);
}

/* Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
 * single-winner election method", Social Choice and Welfare 36 (2011), section 2.3: strongest paths
 * by Floyd and Warshall. */
static enum code find_strongest_paths(struct pairwise *p, bool margins)
{
    uint32_t n = p->n;
    p->strength = ARENA_ARRAY(p->job->arena, (size_t)n * n, uint64_t);
    if (!p->strength) return count_job_no_memory(p->job);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++)
            if (stands(p, i) && stands(p, j))
                p->strength[(size_t)i * n + j] = victory(p, i, j, margins);
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < n; i++) {
            uint64_t first = p->strength[(size_t)i * n + k];
            const uint64_t *from_k = p->strength + (size_t)k * n;
            uint64_t *from_i = p->strength + (size_t)i * n;
            for (uint32_t j = 0; j < n && first; j++) {
                uint64_t path = first < from_k[j] ? first : from_k[j];
                if (i != j && path > from_i[j]) from_i[j] = path;
            }
        }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++)
            p->above[(size_t)i * n + j] =
                p->strength[(size_t)i * n + j] > p->strength[(size_t)j * n + i];
    return CODE_OK;
}

enum code count_schulze(struct count_job *job)
{
    struct pairwise p = {.job = job};
    TRY(open_tables(&p));
    TRY(compare_all(&p));
    TRY(drop_below_none(&p));
    TRY(find_strongest_paths(&p, job->options->strength == COUNT_STRENGTH_MARGINS));
    job->ret->strengths = p.strength;
    return fill_by_order(&p);
}

struct pair {
    uint64_t strength, opposed;
    uint32_t over, under; /* places in the lot order decide between equal pairs */
    uint32_t over_lot, under_lot;
};

/* Stronger first, then the one with less against it; then by lot: the pair whose winner the lot
 * prefers, then the one whose loser it prefers less. */
static int by_strength(const void *left, const void *right, const void *context)
{
    (void)context;
    const struct pair *a = left, *b = right;
    if (a->strength != b->strength) return a->strength > b->strength ? -1 : 1;
    if (a->opposed != b->opposed) return a->opposed < b->opposed ? -1 : 1;
    if (a->over_lot != b->over_lot) return a->over_lot < b->over_lot ? -1 : 1;
    return a->under_lot > b->under_lot ? -1 : 1;
}

static enum code list_pairs(struct pairwise *p, struct pair **ret, size_t *ret_count)
{
    bool margins = p->job->options->strength != COUNT_STRENGTH_WINNING_VOTES;
    struct pair *pairs = ARENA_ARRAY(p->job->arena, (size_t)p->n * p->n, struct pair);
    size_t count = 0;
    if (!pairs) return count_job_no_memory(p->job);
    for (uint32_t i = 0; i < p->n; i++)
        for (uint32_t j = 0; j < p->n; j++) {
            uint64_t strength = victory(p, i, j, margins);
            if (strength == 0 || !stands(p, i) || !stands(p, j)) continue;
            pairs[count++] = (struct pair){strength,
                                           p->prefer[(size_t)j * p->n + i],
                                           i,
                                           j,
                                           p->job->lot_place[i],
                                           p->job->lot_place[j]};
        }
    *ret = pairs;
    *ret_count = count;
    if (count == 0) return CODE_OK;
    if (sort_stable(pairs, count, sizeof *pairs, by_strength, NULL, p->job->arena->alloc) !=
        CODE_OK)
        return count_job_no_memory(p->job);
    return CODE_OK;
}

/* Keeps `above` transitive: whatever stands above `over` now stands above whatever `under` stands
 * above. */
static void lock(struct pairwise *p, uint32_t over, uint32_t under)
{
    bool *above = p->above;
    uint32_t n = p->n;
    for (uint32_t i = 0; i < n; i++) {
        if (i != over && !above[(size_t)i * n + over]) continue;
        above[(size_t)i * n + under] = true;
        for (uint32_t j = 0; j < n; j++)
            if (above[(size_t)under * n + j]) above[(size_t)i * n + j] = true;
    }
}

/* Tideman, "Independence of clones as a criterion for voting rules", Social Choice and Welfare 4
 * (1987): victories from the strongest on, each locked in unless it contradicts those before it. */
enum code count_ranked_pairs(struct count_job *job)
{
    struct pairwise p = {.job = job};
    struct pair *pairs = NULL;
    size_t count = 0;
    TRY(open_tables(&p));
    TRY(compare_all(&p));
    TRY(drop_below_none(&p));
    TRY(list_pairs(&p, &pairs, &count));
    for (size_t i = 0; i < count; i++) {
        uint32_t over = pairs[i].over, under = pairs[i].under;
        if (p.above[(size_t)over * p.n + under] || p.above[(size_t)under * p.n + over]) continue;
        lock(&p, over, under);
    }
    return fill_by_order(&p);
}
