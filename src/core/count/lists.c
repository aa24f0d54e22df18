/* lists.c - seats to lists: highest averages and largest remainders (Balinski and Young, "Fair
 * Representation").
 *
 * When every candidate names a party, lists are the parties: a ballot counts for the list of its
 * first candidate who stands, and for that candidate within the list; the seats of a list go to its
 * candidates by their own votes (open lists), and no list gets more seats than it has candidates.
 * Otherwise each candidate number is a list of its own, which may get any number of seats. Equal
 * claims: the list with more votes, then the lot. */
#include "base/sort.h"
#include "core/count/internal.h"

typedef unsigned __int128 wide;

struct lists {
    struct count_job *job;
    struct count_party *party;
    uint32_t count;
    uint32_t *of;        /* list of each candidate */
    uint32_t *most;      /* seats each list can take */
    uint64_t *remainder; /* of each list, remainder methods */
    bool *barred;        /* below the threshold */
    bool grouped;
    uint64_t votes; /* of lists that are not barred */
};

static bool all_have_parties(const struct profile *profile)
{
    for (uint32_t i = 0; i < profile->candidates; i++)
        if (profile->parties[i].len == 0) return false;
    return true;
}

static uint32_t list_named(const struct lists *lists, str name)
{
    for (uint32_t i = 0; i < lists->count; i++)
        if (str_eq(lists->party[i].name, name)) return i;
    return lists->count;
}

static enum code form_lists(struct lists *lists)
{
    const struct profile *profile = lists->job->profile;
    struct arena *arena = lists->job->arena;
    uint32_t n = profile->candidates;
    lists->party = ARENA_ARRAY(arena, n, struct count_party);
    lists->of = ARENA_ARRAY(arena, n, uint32_t);
    lists->most = ARENA_ARRAY(arena, n, uint32_t);
    lists->remainder = ARENA_ARRAY(arena, n, uint64_t);
    lists->barred = ARENA_ARRAY(arena, n, bool);
    if (!lists->party || !lists->of || !lists->most || !lists->remainder || !lists->barred)
        return count_job_no_memory(lists->job);
    lists->grouped = all_have_parties(profile);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t list = lists->grouped ? list_named(lists, profile->parties[i]) : i;
        if (list >= lists->count) {
            lists->party[list].name = lists->grouped ? profile->parties[i] : profile->names[i];
            lists->party[list].first = i;
            lists->count = list + 1;
        }
        lists->of[i] = list;
        if (profile->withdrawn[i]) continue;
        lists->most[list] = lists->grouped ? lists->most[list] + 1 : UINT32_MAX;
    }
    return CODE_OK;
}

static void add_votes(struct lists *lists)
{
    struct count_job *job = lists->job;
    const struct profile *profile = job->profile;
    for (size_t g = 0; g < profile->group_count; g++) {
        const struct ballot_group *group = &profile->groups[g];
        for (uint32_t i = 0; i < group->length; i++) {
            uint32_t candidate = preference_candidate(profile->preferences[group->first + i]);
            if (profile->withdrawn[candidate]) continue;
            job->votes[candidate] += group->weight;
            lists->party[lists->of[candidate]].votes += group->weight;
            break;
        }
    }
}

/* Lists below the threshold take no part, and their votes are not shared. */
static void bar_small_lists(struct lists *lists)
{
    enum { WHOLE_BP = 10000 };
    for (uint32_t i = 0; i < lists->count; i++) {
        wide share = (wide)lists->party[i].votes * WHOLE_BP;
        lists->barred[i] = share < (wide)lists->job->ret->valid * lists->job->options->threshold_bp;
        if (!lists->barred[i]) lists->votes += lists->party[i].votes;
    }
}

static bool can_take(const struct lists *lists, uint32_t list)
{
    return !lists->barred[list] && lists->party[list].seats < lists->most[list] &&
           lists->party[list].votes > 0;
}

static uint64_t divisor(const struct lists *lists, uint32_t list)
{
    uint64_t seats = lists->party[list].seats;
    enum count_rule rule = lists->job->ret->rule;
    if (rule == COUNT_DHONDT) return seats + 1;
    if (rule == COUNT_SAINTE_LAGUE) return 2 * seats + 1;
    return seats ? 10 * (2 * seats + 1) : 14; /* modified: 1.4, 3, 5, 7, ... */
}

/* Compares claims to the next seat: by quotient, or by what is left over. */
static int by_claim(const struct lists *lists, uint32_t a, uint32_t b, bool quotients)
{
    wide left = quotients ? (wide)lists->party[a].votes * divisor(lists, b) : lists->remainder[a];
    wide right = quotients ? (wide)lists->party[b].votes * divisor(lists, a) : lists->remainder[b];
    if (left != right) return left > right ? -1 : 1;
    if (lists->party[a].votes != lists->party[b].votes)
        return lists->party[a].votes > lists->party[b].votes ? -1 : 1;
    return 0;
}

/* The best candidate of the list who has no seat yet; for a list of one number that number again.
 */
static uint32_t next_of_list(const struct lists *lists, uint32_t list)
{
    const struct count_job *job = lists->job;
    if (!lists->grouped) return list;
    uint32_t best = COUNT_NOBODY;
    for (uint32_t i = 0; i < job->profile->candidates; i++) {
        if (lists->of[i] != list || job->standing[i] != STANDING_HOPEFUL) continue;
        bool better =
            best == COUNT_NOBODY || job->votes[i] > job->votes[best] ||
            (job->votes[i] == job->votes[best] && job->lot_place[i] < job->lot_place[best]);
        if (better) best = i;
    }
    return best;
}

static void give_seat(struct lists *lists, uint32_t list)
{
    struct count_job *job = lists->job;
    uint32_t candidate = next_of_list(lists, list);
    lists->party[list].seats++;
    if (lists->grouped)
        count_job_elect(job, candidate);
    else
        job->ret->winners.at[job->ret->winners.count++] = candidate;
    job->elected_count = job->ret->winners.count;
}

/* Ties are told by the first candidate of each list. */
static enum code choose_list(struct lists *lists, bool quotients, const bool *waiting,
                             uint32_t *scratch, uint32_t *ret)
{
    struct count_job *job = lists->job;
    uint32_t count = 0, left = job->ret->seats - job->ret->winners.count;
    for (uint32_t i = 0; i < lists->count; i++) {
        if (!can_take(lists, i) || (waiting && !waiting[i])) continue;
        int order = count ? by_claim(lists, i, lists->of[scratch[0]], quotients) : 0;
        if (order > 0) continue;
        if (order < 0) count = 0;
        scratch[count++] = lists->party[i].first;
    }
    *ret = COUNT_NOBODY;
    if (count == 0) return CODE_OK;
    uint32_t chosen = scratch[0];
    if (count > left) {
        TRY(count_job_break_tie(job, COUNT_TIE_ELECTION, WANT_HIGHEST, scratch, count, &chosen));
    } else {
        for (uint32_t i = 1; i < count; i++)
            if (job->lot_place[scratch[i]] < job->lot_place[chosen]) chosen = scratch[i];
    }
    *ret = lists->of[chosen];
    return CODE_OK;
}

static enum code share_by_averages(struct lists *lists, uint32_t *scratch)
{
    uint32_t list = 0;
    while (lists->job->ret->winners.count < lists->job->ret->seats) {
        TRY(choose_list(lists, true, NULL, scratch, &list));
        if (list == COUNT_NOBODY) return CODE_OK;
        give_seat(lists, list);
    }
    return CODE_OK;
}

static int by_list_votes(const void *left, const void *right, const void *context)
{
    const struct lists *lists = context;
    const struct count_party *a = &lists->party[*(const uint32_t *)left];
    const struct count_party *b = &lists->party[*(const uint32_t *)right];
    if (a->votes != b->votes) return a->votes > b->votes ? -1 : 1;
    return lists->job->lot_place[a->first] < lists->job->lot_place[b->first] ? -1 : 1;
}

/* The larger lists first, so that the order of election does not hang on the numbering. */
static enum code give_whole_quotas(struct lists *lists, uint32_t *order)
{
    struct count_result *ret = lists->job->ret;
    bool hare = ret->rule == COUNT_HARE_LR;
    for (uint32_t i = 0; i < lists->count; i++) order[i] = i;
    if (sort_stable(order, lists->count, sizeof *order, by_list_votes, lists,
                    lists->job->arena->alloc) != CODE_OK)
        return count_job_no_memory(lists->job);
    for (uint32_t k = 0; k < lists->count; k++) {
        uint32_t i = order[k];
        if (lists->barred[i]) continue;
        wide part = (wide)lists->party[i].votes * (hare ? ret->seats : 1);
        uint64_t whole = hare ? lists->votes : ret->quota;
        lists->remainder[i] = (uint64_t)(part % whole);
        for (uint64_t seats = (uint64_t)(part / whole); seats > 0 && can_take(lists, i); seats--)
            give_seat(lists, i);
    }
    return CODE_OK;
}

static enum code share_by_remainders(struct lists *lists, uint32_t *scratch)
{
    struct count_job *job = lists->job;
    bool *waiting = ARENA_ARRAY(job->arena, lists->count, bool);
    if (!waiting) return count_job_no_memory(job);
    if (job->ret->rule == COUNT_DROOP_LR) {
        job->ret->has_quota = true;
        job->ret->quota = lists->votes / ((uint64_t)job->ret->seats + 1) + 1;
    }
    TRY(give_whole_quotas(lists, scratch));
    for (bool again = true; again && job->ret->winners.count < job->ret->seats;) {
        again = false;
        for (uint32_t i = 0; i < lists->count; i++) waiting[i] = true;
        for (uint32_t list = 0; job->ret->winners.count < job->ret->seats; again = true) {
            TRY(choose_list(lists, false, waiting, scratch, &list));
            if (list == COUNT_NOBODY) break;
            waiting[list] = false;
            give_seat(lists, list);
        }
    }
    return CODE_OK;
}

enum code count_lists(struct count_job *job)
{
    struct lists lists = {.job = job};
    uint32_t seats = job->ret->seats;
    TRY(form_lists(&lists));
    uint32_t *scratch = ARENA_ARRAY(job->arena, lists.count, uint32_t);
    job->ret->winners.at = ARENA_ARRAY(job->arena, seats, uint32_t);
    if (!scratch || !job->ret->winners.at) return count_job_no_memory(job);
    add_votes(&lists);
    bar_small_lists(&lists);
    bool remainders = job->ret->rule == COUNT_HARE_LR || job->ret->rule == COUNT_DROOP_LR;
    if (lists.votes)
        TRY(remainders ? share_by_remainders(&lists, scratch) : share_by_averages(&lists, scratch));
    job->ret->lists = lists.party;
    job->ret->list_count = lists.count;
    for (uint32_t i = 0; i < lists.count; i++) {
        lists.party[i].barred = lists.barred[i];
        lists.party[i].grouped = lists.grouped;
    }
    return count_job_round(job, COUNT_EVENT_FIRST, COUNT_NOBODY, 0);
}
