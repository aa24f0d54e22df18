#include "sign/judge.h"

#include "sign/verify.h"

static enum code judge_line(void *self, const struct act *act, uint32_t line, const key32 *key, struct fail *fail)
{
    (void)self;
    return act_verify_line(act, line, key, fail);
}

static enum code judge_admit(void *self, const key32 *key, struct fail *fail)
{
    (void)self;
    if (sign_key_valid(key)) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "key", "expected a public key of prime order");
}

struct fold_judge judge_now(void)
{
    return (struct fold_judge){judge_line, judge_admit, NULL};
}
