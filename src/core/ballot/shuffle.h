/* shuffle.h - judges a shuffle of ranked ballots (specification, 4.20 and 6: CheckShuffleProof of
 * CHVote 1.3.2). */
#ifndef PLENARY_CORE_BALLOT_SHUFFLE_H
#define PLENARY_CORE_BALLOT_SHUFFLE_H
#include "core/ballot/poll.h"

/* `count` ciphertexts of each ranked question, the k-th question's in lists[k]. */
struct shuffled {
    struct cipher **lists; /* poll->ranked_count of them */
    uint32_t count;
};

/* Reads a shuffle of `before` and judges its proofs; what came out goes to `ret`, from `arena`.
 * CODE_MALFORMED "shuffle" (form) or "proof"; CODE_NO_MEMORY. */
enum code shuffle_read(const struct poll *poll, str text, const struct shuffled *before,
                       struct arena *arena, struct shuffled *ret, struct fail *fail) MUST_CHECK;
#endif
