#include "core/ballot/shuffle.h"

#include "base/text.h"
#include "core/ballot/prove.h"

#include <stdio.h>

/* One question's proof: (t, s, c, c^). */
struct mix {
    const struct poll *poll;
    uint32_t count;
    const struct cipher *before, *after;
    union element t[5], *t_hat, *c, *c_hat, *h; /* t1, t2, t3, t4,1, t4,2 */
    union exponent s[4], *s_hat, *s_prime, *u;
    union element second; /* GetGenerator(-1) */
};

static bool take_room(struct mix *mix, struct arena *arena)
{
    size_t count = (size_t)mix->count + 1;
    union element **elements[] = {&mix->t_hat, &mix->c, &mix->c_hat, &mix->h};
    union exponent **exponents[] = {&mix->s_hat, &mix->s_prime, &mix->u};
    for (size_t i = 0; i < COUNT(elements); i++)
        if (!(*elements[i] = ARENA_ARRAY(arena, count, union element))) return false;
    for (size_t i = 0; i < COUNT(exponents); i++)
        if (!(*exponents[i] = ARENA_ARRAY(arena, count, union exponent))) return false;
    return true;
}

static void read_elements(struct bjson *json, const struct mix *mix, union element *ret)
{
    uint32_t n = 0;
    for (; bjson_more(json, n); n++) {
        if (n == mix->count) bjson_refuse(json);
        if (json->bad) return;
        read_element(json, &mix->poll->group, &ret[n]);
    }
    if (n != mix->count) bjson_refuse(json);
}

static void read_exponents(struct bjson *json, const struct mix *mix, union exponent *ret)
{
    uint32_t n = 0;
    for (; bjson_more(json, n); n++) {
        if (n == mix->count) bjson_refuse(json);
        if (json->bad) return;
        read_exponent(json, &mix->poll->group, &ret[n]);
    }
    if (n != mix->count) bjson_refuse(json);
}

/* [[t1,t2,t3,[t4,1,t4,2],[t^...]],[s1,s2,s3,s4,[s^...],[s'...]],[c...],[c^...]] */
static void read_mix(struct bjson *json, struct mix *mix)
{
    const struct group *group = &mix->poll->group;
    static const char *const before_t[] = {"[[", ",", ",", ",[", ","};
    for (size_t i = 0; i < COUNT(mix->t); i++) {
        bjson_expect(json, str_from(before_t[i]));
        read_element(json, group, &mix->t[i]);
    }
    bjson_expect(json, STR("],"));
    read_elements(json, mix, mix->t_hat);
    bjson_expect(json, STR("],["));
    for (size_t i = 0; i < COUNT(mix->s); i++) {
        read_exponent(json, group, &mix->s[i]);
        bjson_expect(json, STR(","));
    }
    read_exponents(json, mix, mix->s_hat);
    bjson_expect(json, STR(","));
    read_exponents(json, mix, mix->s_prime);
    bjson_expect(json, STR("],"));
    read_elements(json, mix, mix->c);
    bjson_expect(json, STR(","));
    read_elements(json, mix, mix->c_hat);
    bjson_expect(json, STR("]"));
}

/* [[c]]: each element and a comma */
static void add_all(struct sha256 *sha, const struct group *group, const union element *elements,
                    uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        hash_elements(sha, group, (const union element *const[]){&elements[i]}, 1);
        sha256_add_str(sha, STR(","));
    }
}

static void add_ciphers(struct sha256 *sha, const struct group *group, const struct cipher *ciphers,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        hash_elements(sha, group,
                      (const union element *const[]){&ciphers[i].alpha, &ciphers[i].beta}, 2);
        sha256_add_str(sha, STR(","));
    }
}

static void add_label(struct sha256 *sha, const struct mix *mix, str label)
{
    sha256_init(sha);
    sha256_add_str(sha, label);
    sha256_add_str(sha, str_from(mix->poll->fingerprint));
    sha256_add_str(sha, STR("|"));
}

/* str_c = [[e]][[e']][[c]] */
static void add_str_c(struct sha256 *sha, const struct mix *mix)
{
    add_ciphers(sha, &mix->poll->group, mix->before, mix->count);
    add_ciphers(sha, &mix->poll->group, mix->after, mix->count);
    add_all(sha, &mix->poll->group, mix->c, mix->count);
}

/* GetNIZKPChallenges: u_i = SHA256(H T) with H and T = SHA256(i) in hexadecimal. */
static void draw_challenges(struct mix *mix)
{
    char text[129], number[16];
    struct sha256 sha;
    add_label(&sha, mix, STR("shuffle-challenges|"));
    add_str_c(&sha, mix);
    hash32 hash = sha256_done(&sha);
    hex_encode(hash.bytes, sizeof hash.bytes, text);
    for (uint32_t i = 0; i < mix->count; i++) {
        int len = snprintf(number, sizeof number, "%u", i);
        hash = sha256_of((str){number, (size_t)len});
        hex_encode(hash.bytes, sizeof hash.bytes, text + 64);
        hash = sha256_of((str){text, 128});
        exponent_of_hash(&mix->poll->group, &mix->u[i], &hash);
    }
}

/* c = H("shuffle-challenge|phi|" str_t str_y) */
static union exponent main_challenge(const struct mix *mix)
{
    const struct group *group = &mix->poll->group;
    struct sha256 sha;
    add_label(&sha, mix, STR("shuffle-challenge|"));
    add_all(&sha, group, mix->t, COUNT(mix->t));
    add_all(&sha, group, mix->t_hat, mix->count);
    add_str_c(&sha, mix);
    add_all(&sha, group, mix->c_hat, mix->count);
    hash_elements(&sha, group, (const union element *const[]){&mix->poll->key}, 1);
    return hash_exponent(&sha, group);
}

/* *sum = *sum * a^x b^y */
static void multiply_in(const struct group *group, union element *sum, struct group_power a,
                        struct group_power b)
{
    union element product;
    group_pow2(group, &product, a, b);
    group_mul(group, sum, sum, &product);
}

/* Are all five of t what the equations give? `minus` is -c, `minus_s4` is -s4. */
static bool five_hold(const struct mix *mix, const union exponent *minus,
                      const union exponent *minus_s4)
{
    const struct group *group = &mix->poll->group;
    union element c_bar = group->one, c_last = group->one, is[5];
    union exponent u;
    exponent_of_u64(group, &u, 1);
    for (int i = 0; i < 5; i++) is[i] = group->one;
    for (uint32_t i = 0; i < mix->count; i++) {
        union exponent weight; /* -c u_i */
        exponent_mul(group, &weight, minus, &mix->u[i]);
        exponent_mul(group, &u, &u, &mix->u[i]);
        group_mul(group, &c_bar, &c_bar, &mix->c[i]);
        group_div(group, &c_bar, &c_bar, &mix->h[i]);
        struct group_power h = {&mix->h[i], &mix->s_prime[i]}, c = {&mix->c[i], &weight};
        multiply_in(group, &is[2], c, h);
        struct group_power beta = {&mix->before[i].beta, &weight},
                           beta_after = {&mix->after[i].beta, &mix->s_prime[i]};
        multiply_in(group, &is[3], beta, beta_after);
        struct group_power alpha = {&mix->before[i].alpha, &weight},
                           alpha_after = {&mix->after[i].alpha, &mix->s_prime[i]};
        multiply_in(group, &is[4], alpha, alpha_after);
    }
    group_pow(group, &c_last, &mix->second, &u);
    group_div(group, &c_last, mix->count ? &mix->c_hat[mix->count - 1] : &mix->second,
              &c_last); /* c^ = c^_N / h^u */
    multiply_in(group, &is[0], (struct group_power){&c_bar, minus},
                (struct group_power){&group->base, &mix->s[0]});
    multiply_in(group, &is[1], (struct group_power){&c_last, minus},
                (struct group_power){&group->base, &mix->s[1]});
    union element power;
    group_pow(group, &power, &group->base, &mix->s[2]);
    group_mul(group, &is[2], &is[2], &power);
    group_pow(group, &power, &mix->poll->key, minus_s4);
    group_mul(group, &is[3], &is[3], &power);
    group_pow(group, &power, &group->base, minus_s4);
    group_mul(group, &is[4], &is[4], &power);
    for (int i = 0; i < 5; i++)
        if (!group_equal(group, &is[i], &mix->t[i])) return false;
    return true;
}

/* t^_i = c^_i^-c g^s^_i c^_(i-1)^s'_i */
static bool chain_holds(const struct mix *mix, const union exponent *minus)
{
    const struct group *group = &mix->poll->group;
    for (uint32_t i = 0; i < mix->count; i++) {
        union element is, power;
        const union element *previous = i == 0 ? &mix->second : &mix->c_hat[i - 1];
        group_pow2(group, &is, (struct group_power){&mix->c_hat[i], minus},
                   (struct group_power){&group->base, &mix->s_hat[i]});
        group_pow(group, &power, previous, &mix->s_prime[i]);
        group_mul(group, &is, &is, &power);
        if (!group_equal(group, &is, &mix->t_hat[i])) return false;
    }
    return true;
}

/* Generators that nobody knows anything of, pairwise different: with 2^252 of them, two alike would
 * be news. */
static bool take_generators(struct mix *mix)
{
    if (!group_generator(&mix->poll->group, -1, &mix->second)) return false;
    for (uint32_t i = 0; i < mix->count; i++)
        if (!group_generator(&mix->poll->group, i, &mix->h[i])) return false;
    return true;
}

static bool mix_holds(struct mix *mix)
{
    const struct group *group = &mix->poll->group;
    union exponent zero, minus, minus_s4;
    if (!take_generators(mix)) return false;
    draw_challenges(mix);
    union exponent challenge = main_challenge(mix);
    exponent_of_u64(group, &zero, 0);
    exponent_sub(group, &minus, &zero, &challenge);
    exponent_sub(group, &minus_s4, &zero, &mix->s[3]);
    return five_hold(mix, &minus, &minus_s4) && chain_holds(mix, &minus);
}

static enum code read_lists(struct bjson *json, const struct poll *poll, struct arena *arena,
                            struct shuffled *after)
{
    uint32_t k = 0;
    after->lists = ARENA_ARRAY(arena, poll->ranked_count, struct cipher *);
    if (!after->lists) return CODE_NO_MEMORY;
    for (; bjson_more(json, k); k++) {
        uint32_t n = 0;
        if (k == poll->ranked_count) bjson_refuse(json);
        if (json->bad) return CODE_OK;
        after->lists[k] = ARENA_ARRAY(arena, (size_t)after->count + 1, struct cipher);
        if (!after->lists[k]) return CODE_NO_MEMORY;
        for (; bjson_more(json, n); n++) {
            if (n == after->count) bjson_refuse(json);
            if (json->bad) return CODE_OK;
            read_cipher(json, &poll->group, &after->lists[k][n]);
        }
        if (n != after->count) bjson_refuse(json);
    }
    if (k != poll->ranked_count) bjson_refuse(json);
    return CODE_OK;
}

enum code shuffle_read(const struct poll *poll, str text, const struct shuffled *before,
                       struct arena *arena, struct shuffled *ret, struct fail *fail)
{
    struct bjson json = bjson_from(text);
    struct shuffled after = {.count = before->count};
    uint32_t k = 0;
    bool proven = true;
    bjson_expect(&json, STR("{\"ciphertexts\":"));
    TRY(read_lists(&json, poll, arena, &after));
    bjson_expect(&json, STR(",\"proofs\":"));
    for (; bjson_more(&json, k); k++) {
        if (k == poll->ranked_count) bjson_refuse(&json);
        if (json.bad) break;
        struct mix mix = {.poll = poll,
                          .count = after.count,
                          .before = before->lists[k],
                          .after = after.lists[k]};
        if (!take_room(&mix, arena)) return CODE_NO_MEMORY;
        read_mix(&json, &mix);
        if (json.bad) break;
        proven = proven && mix_holds(&mix);
    }
    bjson_expect(&json, STR("}"));
    if (!bjson_end(&json) || k != poll->ranked_count)
        return fail_set(fail, CODE_MALFORMED, "shuffle", "shuffle: not in order at byte %zu",
                        json.bad ? json.bad_at : json.at);
    if (!proven) return fail_set(fail, CODE_MALFORMED, "proof", "shuffle: its proof is false");
    *ret = after;
    return CODE_OK;
}
