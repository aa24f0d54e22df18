/* shares.c - see shares.h. Prices only rise while money is spent, so a project is looked at again
 * only when its last price could still be the lowest. */
#include "core/count/shares.h"
#include "base/sort.h"

/* Calls for each ballot group and each project it names that stands: counted first, then listed. */
static void list_supporters(struct shares *shares, uint32_t *fill)
{
    const struct profile *profile = shares->job->profile;
    for (size_t g = 0; g < profile->group_count; g++) {
        const struct ballot_group *group = &profile->groups[g];
        for (uint32_t i = 0; i < group->length; i++) {
            uint32_t project = preference_candidate(profile->preferences[group->first + i]);
            if (profile->withdrawn[project]) continue;
            if (fill)
                shares->supporter[fill[project]++] = (uint32_t)g;
            else
                shares->first[project + 1]++;
            if (!fill) shares->support[project] += group->weight;
        }
    }
}

static enum code sort_out_supporters(struct shares *shares)
{
    uint32_t *fill = ARENA_ARRAY(shares->job->arena, (size_t)shares->projects + 1, uint32_t);
    if (!fill || shares->job->profile->preference_count > UINT32_MAX)
        return count_job_no_memory(shares->job);
    list_supporters(shares, NULL);
    for (uint32_t p = 0; p < shares->projects; p++) shares->first[p + 1] += shares->first[p];
    memcpy(fill, shares->first, shares->projects * sizeof *fill);
    list_supporters(shares, fill);
    return CODE_OK;
}

static void open_numbers(struct shares *shares)
{
    for (size_t g = 0; g < shares->groups; g++) mpz_init(shares->money[g]);
    for (uint32_t p = 0; p < shares->projects; p++) {
        mpz_init(shares->price[p].num);
        mpz_init(shares->price[p].den);
    }
    mpz_inits(shares->one, shares->left, shares->part, NULL);
    shares->gmp_open = true;
}

static bool take_room(struct shares *shares)
{
    struct arena *arena = shares->job->arena;
    size_t n = shares->projects, groups = shares->groups ? shares->groups : 1;
    shares->first = ARENA_ARRAY(arena, n + 1, uint32_t);
    shares->supporter = ARENA_ARRAY(arena, shares->job->profile->preference_count + 1, uint32_t);
    shares->support = ARENA_ARRAY(arena, n, uint64_t);
    shares->sorted = ARENA_ARRAY(arena, groups, uint32_t);
    shares->tied = ARENA_ARRAY(arena, n, uint32_t);
    shares->queue = ARENA_ARRAY(arena, n, uint32_t);
    shares->open = ARENA_ARRAY(arena, n, bool);
    shares->money = ARENA_ARRAY(arena, groups, mpz_t);
    shares->price = ARENA_ARRAY(arena, n, struct shares_price);
    shares->paying = ARENA_ARRAY(arena, n, uint64_t);
    shares->notes = ARENA_ARRAY(arena, n, struct count_project);
    return shares->first && shares->supporter && shares->support && shares->sorted &&
           shares->tied && shares->queue && shares->open && shares->money && shares->price &&
           shares->paying && shares->notes;
}

static enum code cost_one_each(struct shares *shares)
{
    uint64_t *cost = ARENA_ARRAY(shares->job->arena, shares->projects, uint64_t);
    if (!cost) return count_job_no_memory(shares->job);
    for (uint32_t p = 0; p < shares->projects; p++) cost[p] = 1;
    shares->cost = cost;
    shares->budget = shares->job->ret->seats;
    return CODE_OK;
}

enum code shares_open(struct shares *shares, struct count_job *job)
{
    const struct profile *profile = job->profile;
    *shares = (struct shares){.job = job,
                              .projects = profile->candidates,
                              .groups = profile->group_count,
                              .cost = profile->costs,
                              .budget = profile->budget};
    if (!take_room(shares)) return count_job_no_memory(job);
    if (!profile->costs) TRY(cost_one_each(shares));
    TRY(sort_out_supporters(shares));
    open_numbers(shares);
    return CODE_OK;
}

void shares_done(struct shares *shares)
{
    if (!shares->gmp_open) return;
    for (size_t g = 0; g < shares->groups; g++) mpz_clear(shares->money[g]);
    for (uint32_t p = 0; p < shares->projects; p++) {
        mpz_clear(shares->price[p].num);
        mpz_clear(shares->price[p].den);
    }
    mpz_clears(shares->one, shares->left, shares->part, NULL);
    shares->gmp_open = false;
}

uint64_t shares_cost(const struct shares *shares, const uint32_t *elected, uint32_t count)
{
    uint64_t cost = 0;
    for (uint32_t i = 0; i < count; i++) cost += shares->cost[elected[i]];
    return cost;
}

bool shares_exhaustive(const struct shares *shares, const uint32_t *elected, uint32_t count)
{
    uint64_t cost = shares_cost(shares, elected, count);
    for (uint32_t p = 0; p < shares->projects; p++) {
        bool in = false;
        for (uint32_t i = 0; i < count && !in; i++) in = elected[i] == p;
        if (!in && shares->support[p] > 0 && shares->cost[p] <= shares->budget - cost) return false;
    }
    return true;
}

static int by_money(const void *left, const void *right, const void *context)
{
    const mpz_t *money = context;
    return mpz_cmp(money[*(const uint32_t *)left], money[*(const uint32_t *)right]);
}

static uint64_t weight_of(const struct shares *shares, uint32_t group)
{
    return shares->job->profile->groups[group].weight;
}

/* Who cannot pay an equal part of what is left gives all; the others pay the price shares->left /
 * *ret_paying. False when all together have too little. */
static bool split_cost(struct shares *shares, uint32_t project, uint32_t count,
                       uint64_t *ret_paying)
{
    uint64_t paying = shares->support[project];
    mpz_mul_ui(shares->left, shares->one, shares->cost[project]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t group = shares->sorted[i];
        mpz_mul_ui(shares->part, shares->money[group], paying);
        if (mpz_cmp(shares->part, shares->left) >= 0) {
            *ret_paying = paying;
            return true;
        }
        mpz_submul_ui(shares->left, shares->money[group], weight_of(shares, group));
        paying -= weight_of(shares, group);
    }
    return false;
}

/* The poorest supporter first; when even that one can pay an equal part, no order is needed. */
static enum code sort_supporters(struct shares *shares, uint32_t project, uint32_t *ret_count)
{
    uint32_t from = shares->first[project], count = shares->first[project + 1] - from, poorest = 0;
    memcpy(shares->sorted, shares->supporter + from, count * sizeof *shares->sorted);
    *ret_count = count;
    for (uint32_t i = 1; i < count; i++)
        if (mpz_cmp(shares->money[shares->sorted[i]], shares->money[shares->sorted[poorest]]) < 0)
            poorest = i;
    uint32_t first = shares->sorted[poorest];
    shares->sorted[poorest] = shares->sorted[0];
    shares->sorted[0] = first;
    mpz_mul_ui(shares->part, shares->money[first], shares->support[project]);
    mpz_mul_ui(shares->left, shares->one, shares->cost[project]);
    if (mpz_cmp(shares->part, shares->left) >= 0) return CODE_OK;
    if (sort_stable(shares->sorted, count, sizeof *shares->sorted, by_money, shares->money,
                    shares->job->arena->alloc) != CODE_OK)
        return count_job_no_memory(shares->job);
    return CODE_OK;
}

/* price = (left / paying / one) / satisfaction, where satisfaction is the cost or 1 */
static void set_price(struct shares *shares, uint32_t project, uint64_t paying)
{
    struct shares_price *price = &shares->price[project];
    mpz_set(price->num, shares->left);
    mpz_mul_ui(price->den, shares->one, paying);
    if (shares->job->options->satisfaction != COUNT_SATISFACTION_CARDINALITY)
        mpz_mul_ui(price->den, price->den, shares->cost[project]);
    shares->paying[project] = paying;
}

static int compare_prices(struct shares *shares, uint32_t a, uint32_t b)
{
    mpz_mul(shares->left, shares->price[a].num, shares->price[b].den);
    mpz_mul(shares->part, shares->price[b].num, shares->price[a].den);
    return mpz_cmp(shares->left, shares->part);
}

static enum code look_again(struct shares *shares, uint32_t project)
{
    uint32_t count = 0;
    uint64_t paying = 0;
    TRY(sort_supporters(shares, project, &count));
    if (split_cost(shares, project, count, &paying))
        set_price(shares, project, paying);
    else
        shares->open[project] = false;
    return CODE_OK;
}

static int by_price(const void *left, const void *right, const void *context)
{
    struct shares *const *shares = context;
    return compare_prices(*shares, *(const uint32_t *)left, *(const uint32_t *)right);
}

/* Those with the lowest price into shares->tied, cheapest project first, then most votes: what the
 * rule prefers. */
static enum code find_cheapest(struct shares *shares, uint32_t *queue, uint32_t *ret_count)
{
    uint32_t waiting = 0, count = 0;
    for (uint32_t p = 0; p < shares->projects; p++)
        if (shares->open[p]) queue[waiting++] = p;
    if (waiting > 1 && sort_stable(queue, waiting, sizeof *queue, by_price, &shares,
                                   shares->job->arena->alloc) != CODE_OK)
        return count_job_no_memory(shares->job);
    for (uint32_t i = 0; i < waiting; i++) {
        uint32_t project = queue[i];
        if (count && compare_prices(shares, project, shares->tied[0]) > 0) break;
        TRY(look_again(shares, project));
        if (!shares->open[project]) continue;
        int compared = count ? compare_prices(shares, project, shares->tied[0]) : -1;
        if (compared > 0) continue;
        if (compared < 0) count = 0;
        shares->tied[count++] = project;
    }
    *ret_count = count;
    return CODE_OK;
}

/* "ties: lowest cost, most votes, then the lot drawn beforehand" */
static uint32_t keep_preferred(const struct shares *shares, uint32_t count)
{
    uint32_t kept = 0, best = shares->tied[0];
    for (uint32_t i = 1; i < count; i++) {
        uint32_t p = shares->tied[i];
        bool better =
            shares->cost[p] < shares->cost[best] ||
            (shares->cost[p] == shares->cost[best] && shares->support[p] > shares->support[best]);
        if (better) best = p;
    }
    for (uint32_t i = 0; i < count; i++)
        if (shares->cost[shares->tied[i]] == shares->cost[best] &&
            shares->support[shares->tied[i]] == shares->support[best])
            shares->tied[kept++] = shares->tied[i];
    return kept;
}

/* One of shares->tied. Where cost or votes told them apart that is on record too. */
static enum code take_one(struct shares *shares, struct choices *choices, uint32_t count,
                          uint32_t *ret)
{
    if (choices->follow) return choices_take(choices, shares->tied, count, ret);
    struct count_tie tie = {.what = COUNT_TIE_ELECTION, .by = COUNT_TIE_BY_RULE};
    bool note = !choices->quiet && count > 1;
    if (note) TRY(count_job_list(shares->job, shares->tied, count, &tie.candidates));
    uint32_t kept = keep_preferred(shares, count);
    if (kept > 1 || !note) return choices_take(choices, shares->tied, kept, ret);
    *ret = tie.chosen = shares->tied[0];
    return count_job_note_tie(shares->job, &tie);
}

/* Takes the price from every supporter, or all it has. The denominator grows where the price is no
 * whole number of its parts. The price was set in this round, so it is over the present
 * denominator. */
static void pay(struct shares *shares, uint32_t project)
{
    uint64_t paying = shares->paying[project];
    mpz_set(shares->left, shares->price[project].num);
    uint64_t finer = paying / mpz_gcd_ui(NULL, shares->left, paying);
    if (finer > 1) {
        for (size_t g = 0; g < shares->groups; g++)
            mpz_mul_ui(shares->money[g], shares->money[g], finer);
        mpz_mul_ui(shares->one, shares->one, finer);
        mpz_mul_ui(shares->left, shares->left, finer);
    }
    mpz_divexact_ui(shares->left, shares->left, paying);
    for (uint32_t i = shares->first[project]; i < shares->first[project + 1]; i++) {
        mpz_t *money = &shares->money[shares->supporter[i]];
        if (mpz_cmp(*money, shares->left) <= 0)
            mpz_set_ui(*money, 0);
        else
            mpz_sub(*money, *money, shares->left);
    }
    shares->open[project] = false;
}

/* In hundredths of the unit, cut off. */
static uint64_t hundredths(const struct shares *shares, mpz_t amount, mpz_t divisor)
{
    mpz_t scaled, whole;
    mpz_init(scaled);
    mpz_init(whole);
    mpz_mul_ui(scaled, amount, 100);
    mpz_mul_ui(whole, divisor, shares->job->profile->costs ? shares->job->profile->cost_unit : 1);
    mpz_fdiv_q(scaled, scaled, whole);
    uint64_t ret = mpz_fits_ulong_p(scaled) ? mpz_get_ui(scaled) : UINT64_MAX;
    mpz_clear(scaled);
    mpz_clear(whole);
    return ret;
}

static void note_price(struct shares *shares, uint32_t project)
{
    mpz_mul_ui(shares->part, shares->one, shares->paying[project]);
    shares->notes[project].price = hundredths(shares, shares->price[project].num, shares->part);
    shares->notes[project].paying = shares->paying[project];
    shares->notes[project].bought = true;
}

void shares_note_left(struct shares *shares)
{
    for (uint32_t p = 0; p < shares->projects; p++) {
        mpz_set_ui(shares->left, 0);
        for (uint32_t i = shares->first[p]; i < shares->first[p + 1]; i++)
            mpz_addmul_ui(shares->left, shares->money[shares->supporter[i]],
                          weight_of(shares, shares->supporter[i]));
        shares->notes[p].left = hundredths(shares, shares->left, shares->one);
    }
}

/* budget / ballots + extra for each ballot; the first price is what it costs when everyone can pay.
 */
static void hand_out(struct shares *shares, uint64_t extra)
{
    uint64_t ballots = shares->job->profile->ballots ? shares->job->profile->ballots : 1;
    mpz_set_ui(shares->one, ballots);
    mpz_set_ui(shares->part, extra);
    mpz_mul_ui(shares->part, shares->part, ballots);
    mpz_add_ui(shares->part, shares->part, shares->budget);
    for (size_t g = 0; g < shares->groups; g++) mpz_set(shares->money[g], shares->part);
    for (uint32_t p = 0; p < shares->projects; p++) {
        shares->open[p] = shares->support[p] > 0 && shares->cost[p] > 0;
        if (!shares->open[p]) continue;
        mpz_mul_ui(shares->left, shares->one, shares->cost[p]);
        set_price(shares, p, shares->support[p]);
    }
}

enum code shares_buy(struct shares *shares, uint64_t extra, struct choices *choices,
                     uint32_t *elected, uint32_t *ret_count)
{
    uint32_t *queue = shares->queue, count = 0, chosen = 0;
    *ret_count = 0;
    for (uint32_t p = 0; p < shares->projects; p++)
        if (shares->support[p] > 0 && shares->cost[p] == 0) elected[(*ret_count)++] = p;
    hand_out(shares, extra);
    for (;;) {
        TRY(find_cheapest(shares, queue, &count));
        if (count == 0) return CODE_OK;
        TRY(take_one(shares, choices, count, &chosen));
        if (!choices->follow && !choices->quiet) note_price(shares, chosen);
        pay(shares, chosen);
        elected[(*ret_count)++] = chosen;
    }
}

/* Compares what greedy completion looks at: votes, or votes per cost. */
static int by_welfare(const struct shares *shares, uint32_t a, uint32_t b)
{
    unsigned __int128 left = shares->support[a], right = shares->support[b];
    if (shares->job->options->satisfaction == COUNT_SATISFACTION_CARDINALITY) {
        left *= shares->cost[b];
        right *= shares->cost[a];
    }
    return left == right ? 0 : left > right ? -1 : 1;
}

enum code shares_complete_greedily(struct shares *shares, struct choices *choices,
                                   uint32_t *elected, uint32_t *count)
{
    uint32_t chosen = 0;
    uint64_t spent = shares_cost(shares, elected, *count);
    memset(shares->open, 0, shares->projects * sizeof *shares->open);
    for (uint32_t p = 0; p < shares->projects; p++)
        shares->open[p] = shares->support[p] > 0 || !shares->job->profile->costs;
    for (uint32_t i = 0; i < *count; i++) shares->open[elected[i]] = false;
    for (;;) {
        uint32_t tied = 0;
        for (uint32_t p = 0; p < shares->projects; p++) {
            if (!shares->open[p] || shares->job->profile->withdrawn[p]) continue;
            if (spent > shares->budget || shares->cost[p] > shares->budget - spent) continue;
            int order = tied ? by_welfare(shares, p, shares->tied[0]) : -1;
            if (order > 0) continue;
            if (order < 0) tied = 0;
            shares->tied[tied++] = p;
        }
        if (tied == 0) return CODE_OK;
        TRY(take_one(shares, choices, tied, &chosen));
        shares->open[chosen] = false;
        elected[(*count)++] = chosen;
        spent += shares->cost[chosen];
    }
}
