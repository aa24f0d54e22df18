/* apportion.c - norms per unit, divisor methods, largest remainders. */
#include "core/count/apportion.h"
#include "base/sort.h"

typedef unsigned __int128 wide; /* members (53 bits) times seats (24 bits) */

struct share { /* one unit while seats are shared out */
    uint64_t members;
    uint64_t remainder;
    uint32_t unit, seats;
    uint32_t least, most; /* limits that hold for this unit */
    bool fixed;
};

struct work {
    const struct apportion_rule *rule;
    struct share *shares; /* the units that have members */
    uint32_t count;
    uint32_t seats; /* of the house */
    struct arena *arena;
    struct apportion_result *ret;
};

static const struct {
    enum apportion_method method;
    const char *name;
} methods[] = {
    {APPORTION_RATIO_UP, "ratio-up"},
    {APPORTION_RATIO_NEAREST, "ratio-nearest"},
    {APPORTION_BANDS, "bands"},
    {APPORTION_DHONDT, "dhondt"},
    {APPORTION_SAINTE_LAGUE, "sainte-lague"},
    {APPORTION_HARE_LR, "hare-lr"},
    {APPORTION_DROOP_LR, "droop-lr"},
};

const char *apportion_method_name(enum apportion_method method)
{
    for (size_t i = 0; i < COUNT(methods); i++)
        if (methods[i].method == method) return methods[i].name;
    return "unknown";
}

bool apportion_method_by_name(str name, enum apportion_method *ret)
{
    for (size_t i = 0; i < COUNT(methods); i++)
        if (str_eq(name, str_from(methods[i].name))) {
            *ret = methods[i].method;
            return true;
        }
    return false;
}

bool apportion_shares_house(enum apportion_method method)
{
    return method >= APPORTION_DHONDT;
}

/* How many times `per` goes into `members`, parts counted as `round` says. */
static uint64_t times(uint64_t members, uint64_t per, enum apportion_round round)
{
    uint64_t full = members / per, part = members % per;
    switch (round) {
    case APPORTION_FULL: return full;
    case APPORTION_NEAREST: return full + (part > per - part); /* a fraction above one half */
    case APPORTION_STARTED: return full + (part > 0);
    }
    return full;
}

static uint64_t seats_by_bands(const struct apportion_rule *rule, uint64_t members)
{
    uint64_t below = 0;
    uint32_t i = 0;
    while (members > rule->bands[i].up_to) below = rule->bands[i++].up_to;
    const struct apportion_band *band = &rule->bands[i];
    if (band->per == 0) return band->seats;
    return band->seats + times(members - below, band->per, band->round) * band->step;
}

static enum code apportion_each(struct work *work, struct fail *fail)
{
    const struct apportion_rule *rule = work->rule;
    for (uint32_t i = 0; i < work->count; i++) {
        struct share *share = &work->shares[i];
        uint64_t seats = 0;
        if (rule->method == APPORTION_BANDS)
            seats = seats_by_bands(rule, share->members);
        else
            seats =
                times(share->members, rule->ratio,
                      rule->method == APPORTION_RATIO_UP ? APPORTION_STARTED : APPORTION_NEAREST);
        if (seats < share->least) seats = share->least;
        if (seats > share->most) seats = share->most;
        if (seats > APPORTION_SEATS_MAX)
            return fail_set(fail, CODE_TOO_BIG, "seats", "unit %u would get more than %d seats",
                            share->unit + 1, APPORTION_SEATS_MAX);
        share->seats = (uint32_t)seats;
    }
    return CODE_OK;
}

/* "more members first, then the one that stands earlier" */
static int by_precedence(const struct share *a, const struct share *b)
{
    if (a->members != b->members) return a->members > b->members ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static uint64_t divisor(const struct work *work, const struct share *share)
{
    uint64_t seats = share->seats;
    return work->rule->method == APPORTION_DHONDT ? seats + 1 : 2 * seats + 1;
}

/* Negative when `a` has the higher claim to the next seat. */
static int by_quotient(const struct work *work, const struct share *a, const struct share *b)
{
    wide left = (wide)a->members * divisor(work, b), right = (wide)b->members * divisor(work, a);
    if (left != right) return left > right ? -1 : 1;
    return 0;
}

static bool goes_before(const struct work *work, const struct share *a, const struct share *b)
{
    int order = by_quotient(work, a, b);
    return order < 0 || (order == 0 && by_precedence(a, b) < 0);
}

/* The heap holds units below their cap, the highest claim on top. */
static void sift_down(const struct work *work, struct share **heap, uint32_t count, uint32_t at)
{
    for (;;) {
        uint32_t best = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            if (goes_before(work, heap[child], heap[best])) best = child;
        if (best == at) return;
        struct share *moved = heap[at];
        heap[at] = heap[best];
        heap[best] = moved;
        at = best;
    }
}

static enum code add_tie(struct work *work, uint32_t won, uint32_t lost)
{
    struct apportion_result *ret = work->ret;
    if (!ret->ties) ret->ties = ARENA_ARRAY(work->arena, work->count, struct apportion_tie);
    if (!ret->ties) return CODE_NO_MEMORY;
    ret->ties[ret->tie_count++] = (struct apportion_tie){won, lost};
    return CODE_OK;
}

static enum code apportion_by_divisors(struct work *work)
{
    struct share **heap = ARENA_ARRAY(work->arena, work->count, struct share *);
    if (!heap) return CODE_NO_MEMORY;
    uint32_t waiting = 0;
    uint64_t left = work->seats;
    for (uint32_t i = 0; i < work->count; i++) {
        struct share *share = &work->shares[i];
        share->seats = share->least;
        left -= share->least;
        if (share->seats < share->most) heap[waiting++] = share;
    }
    for (uint32_t i = waiting; i-- > 0;) sift_down(work, heap, waiting, i);
    struct share last = {0};
    for (; left > 0; left--) {
        struct share *top = heap[0];
        last = *top;
        top->seats++;
        if (top->seats == top->most) heap[0] = heap[--waiting];
        sift_down(work, heap, waiting, 0);
    }
    if (last.members == 0) return CODE_OK;
    for (uint32_t i = 0; i < work->count; i++) {
        const struct share *other = &work->shares[i];
        if (other->seats < other->most && other->unit != last.unit &&
            by_quotient(work, &last, other) == 0)
            TRY(add_tie(work, last.unit, other->unit));
    }
    return CODE_OK;
}

static int by_remainder(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct share *left = *(struct share *const *)a, *right = *(struct share *const *)b;
    if (left->remainder != right->remainder) return left->remainder > right->remainder ? -1 : 1;
    return by_precedence(left, right);
}

/* Whole quotas first: Hare's quota is the fraction members/seats, Droop's the integer above
 * members/(seats+1). Returns the seats given. */
static uint64_t give_whole_quotas(const struct work *work, struct share **free_units,
                                  uint32_t count, uint64_t seats)
{
    uint64_t members = 0, given = 0;
    for (uint32_t i = 0; i < count; i++) members += free_units[i]->members;
    for (uint32_t i = 0; i < count; i++) {
        struct share *share = free_units[i];
        if (work->rule->method == APPORTION_HARE_LR) {
            wide product = (wide)share->members * seats;
            share->seats = (uint32_t)(product / members);
            share->remainder = (uint64_t)(product % members);
        } else {
            uint64_t quota = members / (seats + 1) + 1;
            share->seats = (uint32_t)(share->members / quota);
            share->remainder = share->members % quota;
        }
        given += share->seats;
    }
    return given;
}

/* Shares `seats` among the units not fixed yet, without looking at their limits. */
static enum code share_remainders(struct work *work, struct share **free_units, uint32_t count,
                                  uint64_t seats)
{
    uint64_t left = seats - give_whole_quotas(work, free_units, count, seats);
    TRY(sort_stable(free_units, count, sizeof *free_units, by_remainder, NULL, work->arena->alloc));
    work->ret->tie_count = 0;
    if (left == 0 || count == 0) return CODE_OK;
    /* Droop's quota can leave more seats than units when there are fewer members than seats: go
     * round again. */
    for (uint64_t i = 0; i < left; i++) free_units[i % count]->seats++;
    uint32_t last = (uint32_t)((left - 1) % count);
    for (uint32_t i = last + 1;
         i < count && free_units[i]->remainder == free_units[last]->remainder; i++)
        TRY(add_tie(work, free_units[last]->unit, free_units[i]->unit));
    return CODE_OK;
}

/* Fixes the units outside their limits, on the side where the limits are broken by more seats in
 * all (both when equal). True when something was fixed. */
static bool fix_limits(struct share **free_units, uint32_t count)
{
    uint64_t under = 0, over = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct share *share = free_units[i];
        if (share->seats < share->least) under += share->least - share->seats;
        if (share->seats > share->most) over += share->seats - share->most;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct share *share = free_units[i];
        if (share->seats < share->least && under >= over) {
            share->seats = share->least;
            share->fixed = true;
        } else if (share->seats > share->most && over >= under) {
            share->seats = share->most;
            share->fixed = true;
        }
    }
    return under > 0 || over > 0;
}

static enum code apportion_by_remainders(struct work *work)
{
    struct share **free_units = ARENA_ARRAY(work->arena, work->count, struct share *);
    if (!free_units) return CODE_NO_MEMORY;
    for (;;) {
        uint64_t seats = work->seats;
        uint32_t count = 0;
        for (uint32_t i = 0; i < work->count; i++) {
            if (work->shares[i].fixed)
                seats -= work->shares[i].seats;
            else
                free_units[count++] = &work->shares[i];
        }
        TRY(share_remainders(work, free_units, count, seats));
        if (!fix_limits(free_units, count)) return CODE_OK;
    }
}

static enum code check_bands(const struct apportion_rule *rule, struct fail *fail)
{
    if (rule->band_count == 0 || rule->band_count > APPORTION_BANDS_MAX)
        return fail_set(fail, CODE_MALFORMED, "bands", "expected 1 to %d bands",
                        APPORTION_BANDS_MAX);
    for (uint32_t i = 1; i < rule->band_count; i++)
        if (rule->bands[i].up_to <= rule->bands[i - 1].up_to)
            return fail_set(fail, CODE_MALFORMED, "bands", "band %u must end above band %u", i + 1,
                            i);
    for (uint32_t i = 0; i < rule->band_count; i++)
        if (rule->bands[i].round > APPORTION_STARTED)
            return fail_set(fail, CODE_MALFORMED, "bands", "band %u rounds in an unknown way",
                            i + 1);
    return CODE_OK;
}

static enum code check_rule(const struct apportion_rule *rule, const struct apportion_units *units,
                            struct fail *fail)
{
    switch (rule->method) {
    case APPORTION_RATIO_UP:
    case APPORTION_RATIO_NEAREST:
        if (rule->ratio == 0)
            return fail_set(fail, CODE_MALFORMED, "ratio", "expected members per seat, above 0");
        break;
    case APPORTION_BANDS: TRY(check_bands(rule, fail)); break;
    case APPORTION_DHONDT:
    case APPORTION_SAINTE_LAGUE:
    case APPORTION_HARE_LR:
    case APPORTION_DROOP_LR: break;
    default:
        return fail_set(fail, CODE_MALFORMED, "method", "unknown method %d", (int)rule->method);
    }
    if (rule->cap && rule->cap < rule->floor)
        return fail_set(fail, CODE_MALFORMED, "cap", "the cap %u is below the floor %u", rule->cap,
                        rule->floor);
    if (units->count > APPORTION_UNITS_MAX)
        return fail_set(fail, CODE_TOO_BIG, "units", "at most %d units", APPORTION_UNITS_MAX);
    if (apportion_shares_house(rule->method) && units->seats > APPORTION_SEATS_MAX)
        return fail_set(fail, CODE_TOO_BIG, "seats", "at most %d seats", APPORTION_SEATS_MAX);
    return CODE_OK;
}

static enum code check_members(const struct apportion_rule *rule,
                               const struct apportion_units *units, struct fail *fail)
{
    uint64_t covered = UINT64_MAX;
    if (rule->method == APPORTION_BANDS) covered = rule->bands[rule->band_count - 1].up_to;
    uint64_t all = 0;
    for (size_t i = 0; i < units->count; i++) {
        if (units->members[i] > RECORD_INT_MAX - all)
            return fail_set(fail, CODE_MALFORMED, "members",
                            "more members than 2^53 - 1 up to unit %zu", i + 1);
        if (units->members[i] > covered)
            return fail_set(fail, CODE_MALFORMED, "bands",
                            "no band covers the %llu members of unit %zu",
                            (unsigned long long)units->members[i], i + 1);
        all += units->members[i];
    }
    if (apportion_shares_house(rule->method) && units->seats > 0 && all == 0)
        return fail_set(fail, CODE_MALFORMED, "members",
                        "no unit has members, but there are seats to share");
    return CODE_OK;
}

/* Can the limits be kept with this house? */
static enum code check_limits(const struct work *work, struct fail *fail)
{
    uint64_t least = (uint64_t)work->rule->floor * work->count,
             most = (uint64_t)work->rule->cap * work->count;
    if (least > work->seats)
        return fail_set(fail, CODE_MALFORMED, "floor", "floors need %llu seats, the house has %u",
                        (unsigned long long)least, work->seats);
    if (work->rule->cap && most < work->seats)
        return fail_set(fail, CODE_MALFORMED, "cap", "caps leave room for %llu of %u seats",
                        (unsigned long long)most, work->seats);
    return CODE_OK;
}

static enum code open_work(struct work *work, const struct apportion_units *units)
{
    const struct apportion_rule *rule = work->rule;
    size_t room = units->count ? units->count : 1;
    work->ret->seats = ARENA_ARRAY(work->arena, room, uint32_t);
    work->shares = ARENA_ARRAY(work->arena, room, struct share);
    if (!work->ret->seats || !work->shares) return CODE_NO_MEMORY;
    for (size_t i = 0; i < units->count; i++) {
        if (units->members[i] == 0) continue;
        work->shares[work->count++] = (struct share){
            .members = units->members[i],
            .unit = (uint32_t)i,
            .least = rule->floor,
            .most = rule->cap ? rule->cap : UINT32_MAX,
        };
    }
    return CODE_OK;
}

static enum code run(struct work *work, struct fail *fail)
{
    if (!apportion_shares_house(work->rule->method)) return apportion_each(work, fail);
    TRY(check_limits(work, fail));
    if (work->seats == 0) return CODE_OK;
    if (work->rule->method == APPORTION_DHONDT || work->rule->method == APPORTION_SAINTE_LAGUE)
        return apportion_by_divisors(work);
    return apportion_by_remainders(work);
}

enum code apportion(const struct apportion_rule *rule, const struct apportion_units *units,
                    struct arena *arena, struct apportion_result *ret, struct fail *fail)
{
    TRY(check_rule(rule, units, fail));
    TRY(check_members(rule, units, fail));
    struct apportion_result result = {0};
    struct work work = {.rule = rule, .arena = arena, .ret = &result, .seats = units->seats};
    enum code code = open_work(&work, units);
    if (code == CODE_OK) code = run(&work, fail);
    if (code == CODE_NO_MEMORY)
        return fail_set(fail, code, "memory", "no room for %zu units", units->count);
    TRY(code);
    for (uint32_t i = 0; i < work.count; i++) {
        result.seats[work.shares[i].unit] = work.shares[i].seats;
        result.total += work.shares[i].seats;
    }
    *ret = result;
    return CODE_OK;
}
