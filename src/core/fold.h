/* fold.h - one record, entry by entry: the same chain for the node that writes it and for everyone
 * who replays it. bytes -> act_decode -> step_prepare -> signatures -> deadlines -> step_decide ->
 * step_apply -> leaf Signatures are judged by functions that the caller hands in, so that core
 * stays pure; a replaying caller may only take note of them and judge them on another thread before
 * it believes the result. */
#ifndef PLENARY_CORE_FOLD_H
#define PLENARY_CORE_FOLD_H
#include "core/record/leaf.h"
#include "core/step.h"

struct fold_judge {
    /* Is line `line` of the act a true signature by `key`? CODE_NOT_YOURS otherwise. */
    enum code (*line)(void *self, const struct act *act, uint32_t line, const key32 *key,
                      struct fail *fail);
    /* May this public key be admitted? CODE_MALFORMED "key" otherwise. */
    enum code (*admit)(void *self, const key32 *key, struct fail *fail);
    void *self;
};

struct fold {
    struct state *state;
    struct arena arena; /* of the step under way */
    struct blobs blobs;
    struct fold_judge judge;
    bool spoiled; /* a change was begun and not finished: the state is no longer to be used */
    struct buf leaf_text; /* of the last entry */
    struct buf tick_text;
};

/* What became of one act or tick. Views live until the next call. */
struct fold_outcome {
    enum article article; /* ARTICLE_NONE: recorded at `index` */
    bool is_known;        /* this very act was recorded before, at `index`; nothing changed */
    uint64_t index;
    hash32 id;
    struct leaf leaf;
    str leaf_text, entry; /* bytes for the log: entry is the note, or the tick's text */
    const hash32 *names;  /* blobs the entry refers to */
    size_t name_count;
};

enum {
    FOLD_STEP_BYTES =
        512 << 20 /* limit of what one step may take: lists and counts are the largest */
};

void fold_init(struct fold *fold, struct state *state, struct blobs blobs, struct fold_judge judge);
void fold_done(struct fold *fold);

/* Decides the act at `at` and, if the rules accept it, applies it. The caller has ticked first
 * (fold_tick), so that a refusal leaves the state as it was. CODE_MALFORMED, CODE_TOO_BIG,
 * CODE_NOT_YOURS: a plain error, nothing changed; CODE_NO_MEMORY, CODE_INTERNAL: neither accepted
 * nor refused, and fold->spoiled says whether the state still holds. */
enum code fold_submit(struct fold *fold, str note, unix_s at, struct fold_outcome *ret,
                      struct fail *fail) MUST_CHECK;
/* Decides without applying: what would the rules say at `at`? Deadlines <= at have run. */
enum code fold_try(struct fold *fold, str note, unix_s at, enum article *ret,
                   struct fail *fail) MUST_CHECK;
/* Records a tick at `at`; the article is ARTICLE_TICK when nothing is due. */
enum code fold_tick(struct fold *fold, unix_s at, struct fold_outcome *ret) MUST_CHECK;

/* Replays one entry of a log: the leaf's two lines and the stored bytes. CODE_CORRUPT with reason
 *   leaf      the leaf is malformed, or not the one that these bytes make
 *   refused   the rules refuse what was logged: a dishonest log; the message names the article
 *   signature, malformed …  the entry's own defects. */
enum code fold_replay(struct fold *fold, str leaf_text, str entry, struct fold_outcome *ret,
                      struct fail *fail) MUST_CHECK;
#endif
