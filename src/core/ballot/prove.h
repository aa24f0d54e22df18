/* prove.h - judges Belenios's zero-knowledge proofs (specification, 4.5, 4.6, 4.12 to 4.19). For
 * public values alone. */
#ifndef PLENARY_CORE_BALLOT_PROVE_H
#define PLENARY_CORE_BALLOT_PROVE_H
#include "core/ballot/poll.h"

/* Feeds a hash with elements, each behind a comma but the first. */
void hash_elements(struct sha256 *sha, const struct group *group,
                   const union element *const *elements, size_t count);
/* The hash so far as an exponent. */
union exponent hash_exponent(struct sha256 *sha, const struct group *group);

/* Knows its maker the logarithm of `key`? The challenge is H(prefix A) with A = g^response
 * key^challenge: proofs of trustees' keys ("pok|G|X|"), of messages ("sigmsg|M|"), of ballots
 * ("sig|H|"). */
bool proof_of_logarithm(const struct group *group, const union element *key,
                        const struct proof *proof, str prefix) MUST_CHECK;

/* What proofs of one answer have in common. */
struct statement {
    const struct group *group;
    const union element *key; /* y */
    str context;              /* S, or S0 */
};
/* One case of a proof that some case holds: (alpha, beta) encrypts 0. */
struct branch {
    union element alpha, beta;
};
/* Reads `count` proofs from the cursor, between brackets, and judges them: H(label S | [alpha,beta
 * |] A0,B0,...) is the sum of the challenges. `label` with its bar; `shown`, may be NULL: the
 * ciphertext in the hash. */
bool proof_of_case(const struct statement *statement, str label, const struct cipher *shown,
                   const struct branch *branches, uint32_t count, struct bjson *json) MUST_CHECK;
/* The cases (alpha, beta / g^m) for m = min ... min + count - 1 from branches[0] on. */
void branches_between(const struct group *group, const struct cipher *cipher, uint32_t min,
                      uint32_t count, struct branch *branches);
/* An exponent that is a challenge: is it the hash's? */
bool proof_of_plaintext(const struct statement *statement, const struct cipher *cipher,
                        const struct proof *proof) MUST_CHECK;
/* Reads and judges a nonzero_proof about a ciphertext. */
bool proof_of_nonzero(const struct statement *statement, const struct cipher *cipher,
                      struct bjson *json) MUST_CHECK;
/* factor = alpha^x for the x of `key`: "decrypt|phi|X|A,B". */
bool proof_of_decryption(const struct poll *poll, const union element *key,
                         const union element *alpha, const union element *factor,
                         const struct proof *proof) MUST_CHECK;
#endif
