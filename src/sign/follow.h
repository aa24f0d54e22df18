/* follow.h - the reader's side of an append-only record: keep the last checkpoint, accept only what
 * continues it. This is what makes a rewritten history show: the node cannot make anybody forget
 * what they hold. */
#ifndef PLENARY_SIGN_FOLLOW_H
#define PLENARY_SIGN_FOLLOW_H
#include "sign/verify.h"

struct follower {
    struct vkey log;         /* of the record's log key; its name must stay where it is */
    struct merkle_head held; /* size 0: nothing yet, the first checkpoint is believed */
#ifdef PLENARY_TAKEOVER_SWITCHES
    bool believes_all; /* the test build without this check */
#endif
};

/* Takes `checkpoint`, a signed note; `proof` is the consistency proof from the held size to its
 * size. Reasons of checkpoint_verify; CODE_CORRUPT "history" when it does not continue what is
 * held: the two signed checkpoints are then evidence against whoever holds the log key.
 * `follower->held` moves on success alone. */
enum code follow_checkpoint(struct follower *follower, str checkpoint,
                            const struct merkle_proof *proof, struct fail *fail) MUST_CHECK;
#endif
