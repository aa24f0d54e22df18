/* judge.h - libsodium's verdict on acts, in the form the fold asks for it. */
#ifndef PLENARY_SIGN_JUDGE_H
#define PLENARY_SIGN_JUDGE_H
#include "core/fold.h"

/* Judges at once, on the caller's thread. */
struct fold_judge judge_now(void);
#endif
