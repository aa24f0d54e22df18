/* phragmen.c - Phragmen's sequential rule for committees (1894-1899; Brill, Freeman, Janson and
 * Lackner, "Phragmen's Voting Methods and Justified Representation", 2017): each elected candidate
 * is a load of one, shared by those who approve it so that the heaviest load among them stays as
 * small as possible. Loads are whole numbers over one common denominator (GMP). */
#include "core/count/choices.h"
#include <gmp.h>

struct phragmen {
    struct count_job *job;
    uint32_t n;
    size_t groups;
    uint64_t *support; /* ballots that approve the candidate */
    bool *elected;
    uint32_t *tied;
    mpz_t *load;   /* of one ballot of each group, over `one` */
    mpz_t *weight; /* of each candidate: one + the loads of its supporters; divided by support it
                      would be their load */
    mpz_t one, left, right;
};

static enum code open_loads(struct phragmen *p, struct count_job *job)
{
    const struct profile *profile = job->profile;
    *p = (struct phragmen){.job = job, .n = profile->candidates};
    size_t groups = profile->group_count ? profile->group_count : 1;
    p->support = ARENA_ARRAY(job->arena, p->n, uint64_t);
    p->elected = ARENA_ARRAY(job->arena, p->n, bool);
    p->tied = ARENA_ARRAY(job->arena, p->n, uint32_t);
    p->load = ARENA_ARRAY(job->arena, groups, mpz_t);
    p->weight = ARENA_ARRAY(job->arena, p->n, mpz_t);
    if (!p->support || !p->elected || !p->tied || !p->load || !p->weight)
        return count_job_no_memory(job);
    p->groups = profile->group_count;
    for (size_t g = 0; g < p->groups; g++) mpz_init(p->load[g]);
    for (uint32_t i = 0; i < p->n; i++) mpz_init(p->weight[i]);
    mpz_inits(p->one, p->left, p->right, NULL);
    return CODE_OK;
}

static void close_loads(struct phragmen *p)
{
    for (size_t g = 0; g < p->groups; g++) mpz_clear(p->load[g]);
    for (uint32_t i = 0; i < p->n; i++) mpz_clear(p->weight[i]);
    mpz_clears(p->one, p->left, p->right, NULL);
}

static void add_up(struct phragmen *p)
{
    const struct profile *profile = p->job->profile;
    for (uint32_t i = 0; i < p->n; i++) mpz_set(p->weight[i], p->one);
    for (size_t g = 0; g < p->groups; g++) {
        const struct ballot_group *group = &profile->groups[g];
        if (mpz_sgn(p->load[g]) == 0) continue;
        for (uint32_t i = 0; i < group->length; i++) {
            uint32_t candidate = preference_candidate(profile->preferences[group->first + i]);
            mpz_addmul_ui(p->weight[candidate], p->load[g], group->weight);
        }
    }
}

/* Compares the loads that electing a or b would make; candidates whom nobody approves come last,
 * all equal. */
static int by_load(struct phragmen *p, uint32_t a, uint32_t b)
{
    if (p->support[a] == 0 || p->support[b] == 0)
        return (p->support[a] == 0) - (p->support[b] == 0);
    mpz_mul_ui(p->left, p->weight[a], p->support[b]);
    mpz_mul_ui(p->right, p->weight[b], p->support[a]);
    return mpz_cmp(p->left, p->right);
}

static uint32_t lightest(struct phragmen *p)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->elected[i] || p->job->profile->withdrawn[i]) continue;
        int order = count ? by_load(p, i, p->tied[0]) : -1;
        if (order > 0) continue;
        if (order < 0) count = 0;
        p->tied[count++] = i;
    }
    return count;
}

static bool approves(const struct profile *profile, const struct ballot_group *group,
                     uint32_t candidate)
{
    for (uint32_t i = 0; i < group->length; i++)
        if (preference_candidate(profile->preferences[group->first + i]) == candidate) return true;
    return false;
}

/* Every supporter now bears weight / support; the denominator grows where that is no whole number.
 */
static void share_load(struct phragmen *p, uint32_t candidate)
{
    const struct profile *profile = p->job->profile;
    uint64_t support = p->support[candidate];
    if (support == 0) return;
    mpz_set(p->left, p->weight[candidate]);
    uint64_t finer = support / mpz_gcd_ui(NULL, p->left, support);
    if (finer > 1) {
        for (size_t g = 0; g < p->groups; g++) mpz_mul_ui(p->load[g], p->load[g], finer);
        mpz_mul_ui(p->one, p->one, finer);
        mpz_mul_ui(p->left, p->left, finer);
    }
    mpz_divexact_ui(p->left, p->left, support);
    for (size_t g = 0; g < p->groups; g++)
        if (approves(profile, &profile->groups[g], candidate)) mpz_set(p->load[g], p->left);
}

static enum code run(void *rule, struct choices *choices, uint32_t *elected, uint32_t *ret_count)
{
    struct phragmen *p = rule;
    uint32_t chosen = 0, standing = p->job->elected_count + p->job->hopeful_count;
    uint32_t seats = p->job->ret->seats < standing ? p->job->ret->seats : standing;
    mpz_set_ui(p->one, 1);
    for (size_t g = 0; g < p->groups; g++) mpz_set_ui(p->load[g], 0);
    memset(p->elected, 0, p->n * sizeof *p->elected);
    for (*ret_count = 0; *ret_count < seats;) {
        add_up(p);
        uint32_t count = lightest(p);
        TRY(choices_take(choices, p->tied, count, &chosen));
        share_load(p, chosen);
        p->elected[chosen] = true;
        elected[(*ret_count)++] = chosen;
    }
    return CODE_OK;
}

static void count_support(struct phragmen *p)
{
    const struct profile *profile = p->job->profile;
    for (size_t g = 0; g < p->groups; g++)
        for (uint32_t i = 0; i < profile->groups[g].length; i++)
            p->support[preference_candidate(profile->preferences[profile->groups[g].first + i])] +=
                profile->groups[g].weight;
}

enum code count_seq_phragmen(struct count_job *job)
{
    struct phragmen p;
    struct choices choices = {.job = job};
    uint32_t count = 0;
    uint32_t *elected = ARENA_ARRAY(job->arena, (size_t)job->profile->candidates + 1, uint32_t);
    if (!elected) return count_job_no_memory(job);
    TRY(open_loads(&p, job));
    count_support(&p);
    enum code code = run(&p, &choices, elected, &count);
    for (uint32_t i = 0; code == CODE_OK && i < count; i++) count_job_elect(job, elected[i]);
    for (uint32_t i = 0; i < p.n; i++)
        job->votes[i] = job->profile->withdrawn[i] ? 0 : p.support[i];
    if (code == CODE_OK) code = count_job_round(job, COUNT_EVENT_FIRST, COUNT_NOBODY, 0);
    if (code == CODE_OK) code = choices_follow_all(job, run, &p);
    close_loads(&p);
    return code;
}
