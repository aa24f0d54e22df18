#include "core/ballot/prove.h"

#include <string.h>

void hash_elements(struct sha256 *sha, const struct group *group,
                   const union element *const *elements, size_t count)
{
    char text[GROUP_TEXT_MAX];
    for (size_t i = 0; i < count; i++) {
        if (i > 0) sha256_add_str(sha, STR(","));
        sha256_add_str(sha, group_text(group, elements[i], text));
    }
}

union exponent hash_exponent(struct sha256 *sha, const struct group *group)
{
    union exponent exponent;
    hash32 hash = sha256_done(sha);
    exponent_of_hash(group, &exponent, &hash);
    return exponent;
}

/* a^response b^challenge: the commitment a proof was made from. */
static void commitment(const struct group *group, union element *ret, const union element *a,
                       const union element *b, const struct proof *proof)
{
    group_pow2(group, ret, (struct group_power){a, &proof->response},
               (struct group_power){b, &proof->challenge});
}

bool proof_of_logarithm(const struct group *group, const union element *key,
                        const struct proof *proof, str prefix)
{
    struct sha256 sha;
    union element a;
    commitment(group, &a, &group->base, key, proof);
    sha256_init(&sha);
    sha256_add_str(&sha, prefix);
    hash_elements(&sha, group, (const union element *const[]){&a}, 1);
    union exponent challenge = hash_exponent(&sha, group);
    return exponent_equal(group, &challenge, &proof->challenge);
}

bool proof_of_case(const struct statement *statement, str label, const struct cipher *shown,
                   const struct branch *branches, uint32_t count, struct bjson *json)
{
    const struct group *group = statement->group;
    union exponent sum;
    struct sha256 sha;
    uint32_t n = 0;
    exponent_of_u64(group, &sum, 0);
    sha256_init(&sha);
    sha256_add_str(&sha, label);
    sha256_add_str(&sha, statement->context);
    sha256_add_str(&sha, STR("|"));
    if (shown) {
        hash_elements(&sha, group, (const union element *const[]){&shown->alpha, &shown->beta}, 2);
        sha256_add_str(&sha, STR("|"));
    }
    for (; bjson_more(json, n); n++) {
        struct proof proof;
        union element a, b;
        if (n == count) bjson_refuse(json);
        read_proof(json, group, &proof);
        if (json->bad) return false;
        commitment(group, &a, &group->base, &branches[n].alpha, &proof);
        commitment(group, &b, statement->key, &branches[n].beta, &proof);
        if (n > 0) sha256_add_str(&sha, STR(","));
        hash_elements(&sha, group, (const union element *const[]){&a, &b}, 2);
        exponent_add(group, &sum, &sum, &proof.challenge);
    }
    union exponent challenge = hash_exponent(&sha, group);
    return !json->bad && n == count && exponent_equal(group, &challenge, &sum);
}

void branches_between(const struct group *group, const struct cipher *cipher, uint32_t min,
                      uint32_t count, struct branch *branches)
{
    union exponent least;
    union element step;
    exponent_of_u64(group, &least, min);
    group_pow(group, &step, &group->base, &least);
    for (uint32_t i = 0; i < count; i++) {
        branches[i].alpha = cipher->alpha;
        group_div(group, &branches[i].beta, i == 0 ? &cipher->beta : &branches[i - 1].beta,
                  i == 0 ? &step : &group->base);
    }
}

/* "raweg|S|y,alpha,beta|A" */
bool proof_of_plaintext(const struct statement *statement, const struct cipher *cipher,
                        const struct proof *proof)
{
    const struct group *group = statement->group;
    union element a;
    struct sha256 sha;
    commitment(group, &a, &group->base, &cipher->alpha, proof);
    sha256_init(&sha);
    sha256_add_str(&sha, STR("raweg|"));
    sha256_add_str(&sha, statement->context);
    sha256_add_str(&sha, STR("|"));
    hash_elements(&sha, group,
                  (const union element *const[]){statement->key, &cipher->alpha, &cipher->beta}, 3);
    sha256_add_str(&sha, STR("|"));
    hash_elements(&sha, group, (const union element *const[]){&a}, 1);
    union exponent challenge = hash_exponent(&sha, group);
    return exponent_equal(group, &challenge, &proof->challenge);
}

/* "compute A1 = alpha^t1 g^t2 and A2 = beta^t1 y^t2 A0^c; check that H(S,A0,A1,A2) = c" and A0 != 1
 */
bool proof_of_nonzero(const struct statement *statement, const struct cipher *cipher,
                      struct bjson *json)
{
    const struct group *group = statement->group;
    union element a0, a1, a2, power;
    union exponent challenge, t1, t2;
    struct sha256 sha;
    bjson_expect(json, STR("{\"commitment\":"));
    read_element(json, group, &a0);
    bjson_expect(json, STR(",\"challenge\":"));
    read_exponent(json, group, &challenge);
    bjson_expect(json, STR(",\"response\":["));
    read_exponent(json, group, &t1);
    bjson_expect(json, STR(","));
    read_exponent(json, group, &t2);
    bjson_expect(json, STR("]}"));
    if (json->bad || group_equal(group, &a0, &group->one)) return false;
    group_pow2(group, &a1, (struct group_power){&cipher->alpha, &t1},
               (struct group_power){&group->base, &t2});
    group_pow2(group, &a2, (struct group_power){&cipher->beta, &t1},
               (struct group_power){statement->key, &t2});
    group_pow(group, &power, &a0, &challenge);
    group_mul(group, &a2, &a2, &power);
    sha256_init(&sha);
    sha256_add_str(&sha, STR("nonzero|"));
    sha256_add_str(&sha, statement->context);
    sha256_add_str(&sha, STR("|"));
    hash_elements(&sha, group, (const union element *const[]){&a0, &a1, &a2}, 3);
    union exponent expected = hash_exponent(&sha, group);
    return exponent_equal(group, &challenge, &expected);
}

bool proof_of_decryption(const struct poll *poll, const union element *key,
                         const union element *alpha, const union element *factor,
                         const struct proof *proof)
{
    const struct group *group = &poll->group;
    union element a, b;
    struct sha256 sha;
    commitment(group, &a, &group->base, key, proof);
    commitment(group, &b, alpha, factor, proof);
    sha256_init(&sha);
    sha256_add_str(&sha, STR("decrypt|"));
    sha256_add_str(&sha, str_from(poll->fingerprint));
    sha256_add_str(&sha, STR("|"));
    hash_elements(&sha, group, (const union element *const[]){key}, 1);
    sha256_add_str(&sha, STR("|"));
    hash_elements(&sha, group, (const union element *const[]){&a, &b}, 2);
    union exponent challenge = hash_exponent(&sha, group);
    return exponent_equal(group, &challenge, &proof->challenge);
}
