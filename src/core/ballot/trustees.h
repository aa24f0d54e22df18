/* trustees.h - the keys of those who decrypt together (specification, 4.6 to 4.8): single ones, all
 * of whom are needed, and threshold keys of Pedersen's protocol. */
#ifndef PLENARY_CORE_BALLOT_TRUSTEES_H
#define PLENARY_CORE_BALLOT_TRUSTEES_H
#include "core/ballot/poll.h"

enum { TRUSTEES_MAX = 256 };

/* A single trustee, or those who share one threshold key: `count` trustees from all[first] on,
 * `threshold` needed. */
struct trustee_item {
    uint32_t first, count, threshold;
};
struct trustees {
    union element *all; /* public keys; owner n is all[n - 1] */
    uint32_t count;
    struct trustee_item *items;
    uint32_t item_count;
};

/* Reads them and judges every proof and signature, and that together they make the election's key.
 * Memory from `arena`. CODE_MALFORMED "trustees" (form), "proof", "certificate", "coefficients",
 * "signature", "share", "key"; CODE_NO_MEMORY. */
enum code trustees_read(const struct poll *poll, str text, struct arena *arena,
                        struct trustees *ret, struct fail *fail) MUST_CHECK;
#endif
