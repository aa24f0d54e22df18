/* judge.h - libsodium's verdict on acts, in the forms the fold asks for it. */
#ifndef PLENARY_SIGN_JUDGE_H
#define PLENARY_SIGN_JUDGE_H
#include "core/fold.h"

/* Judges at once, on the caller's thread. */
struct fold_judge judge_now(void);
/* Judges nothing: for a log that this machine wrote and trusts. */
struct fold_judge judge_never(void);

/* Takes note while the fold runs, judges later on several threads: the fold's result is to be
 * believed only after judge_batch_run has said CODE_OK. Texts are views: the entries must stay in
 * memory until then. */
struct judge_batch {
    struct alloc alloc;
    struct judge_job *jobs;
    size_t count, room;
    uint64_t index; /* of the entry being folded, set by the caller: named in failures */
};
void judge_batch_init(struct judge_batch *batch, struct alloc alloc);
void judge_batch_done(struct judge_batch *batch);
struct fold_judge judge_batch_fold(struct judge_batch *batch);
/* Judges all jobs on `threads` threads (the caller's is one) and empties the batch. The first false
 * one in order is named: CODE_NOT_YOURS "signature" or "keyid", CODE_MALFORMED "key". */
enum code judge_batch_run(struct judge_batch *batch, unsigned threads,
                          struct fail *fail) MUST_CHECK;
#endif
