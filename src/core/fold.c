#include "core/fold.h"

#include "core/record/texts.h"

enum { TICK_TEXT_MAX = 512 };

void fold_init(struct fold *fold, struct state *state, struct blobs blobs, struct fold_judge judge)
{
    *fold = (struct fold){.state = state, .blobs = blobs, .judge = judge};
    arena_init(&fold->arena, state->alloc, FOLD_STEP_BYTES);
    buf_init(&fold->leaf_text, state->alloc, LEAF_MAX);
    buf_init(&fold->tick_text, state->alloc, TICK_TEXT_MAX);
}

void fold_done(struct fold *fold)
{
    if (!fold->state) return;
    arena_done(&fold->arena);
    buf_done(&fold->leaf_text);
    buf_done(&fold->tick_text);
    fold->state = NULL;
}

static str fold_origin(const struct fold *fold)
{
    return state_text(fold->state, fold->state->org.origin);
}

/* From bytes to an act whose form and signatures are beyond doubt. */
static enum code fold_open(struct fold *fold, str note, struct step *step, struct fail *fail)
{
    arena_clear(&fold->arena);
    *step = (struct step){
        .arena = &fold->arena, .blobs = &fold->blobs, .index = state_size(fold->state)};
    TRY(act_decode(note, fold_origin(fold), &fold->arena, &step->act, fail));
    return CODE_OK;
}

static enum code fold_judge_step(struct fold *fold, struct step *step, struct fail *fail)
{
    TRY(step_prepare(fold->state, step, fail));
    for (uint32_t i = 0; i < step->act.line_count && guards(fold->state, GUARD_SIGNATURE); i++)
        TRY(fold->judge.line(fold->judge.self, &step->act, i, &step->signers[i].public_key, fail));
    for (size_t i = 0; i < step->admit_count; i++)
        TRY(fold->judge.admit(fold->judge.self, &step->admits[i], fail));
    return CODE_OK;
}

/* The leaf of entry bytes whose SHA-256 is `hash`. */
static enum code fold_leaf(struct fold *fold, const struct leaf *leaf, hash32 *ret_leaf_hash)
{
    buf_clear(&fold->leaf_text);
    leaf_write(&fold->leaf_text, leaf);
    TRY(buf_check(&fold->leaf_text));
    *ret_leaf_hash = merkle_leaf_hash(buf_str(&fold->leaf_text));
    return CODE_OK;
}

static enum code fold_record(struct fold *fold, struct step *step, struct fold_outcome *ret)
{
    hash32 leaf_hash;
    struct leaf leaf = {.at = step->at,
                        .hash = step->act.hash,
                        .kind = step->kind->name,
                        .vis = step->kind->is_public ? LEAF_PUBLIC : LEAF_MEMBERS};
    TRY(fold_leaf(fold, &leaf, &leaf_hash));
    fold->spoiled = true;
    TRY(step_apply(fold->state, step, &leaf_hash));
    fold->spoiled = false;
    *ret = (struct fold_outcome){.index = step->index,
                                 .id = step->act.id,
                                 .leaf = leaf,
                                 .entry = step->act.note,
                                 .leaf_text = buf_str(&fold->leaf_text),
                                 .names = step->names,
                                 .name_count = step->name_count};
    return CODE_OK;
}

/* Want of memory is no verdict: what the rules say must be the same on every machine. */
static enum code fold_decide(struct fold *fold, const struct step *step, enum article *ret,
                             struct fail *fail)
{
    enum article article = step_decide(fold->state, step);
    if (fold->arena.failed)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory to decide on the act");
    *ret = article;
    return CODE_OK;
}

enum code fold_submit(struct fold *fold, str note, unix_s at, struct fold_outcome *ret,
                      struct fail *fail)
{
    struct step step;
    TRY(fold_open(fold, note, &step, fail));
    uint64_t known = state_act_index(fold->state, &step.act.id);
    if (known != UINT64_MAX) {
        *ret = (struct fold_outcome){
            .is_known = true, .index = known, .id = step.act.id, .entry = note};
        return CODE_OK;
    }
    TRY(fold_judge_step(fold, &step, fail));
    step.at = at;
    fold->spoiled = true;
    TRY(step_deadlines(fold->state, at, &fold->blobs, &fold->arena));
    fold->spoiled = false;
    enum article article;
    TRY(fold_decide(fold, &step, &article, fail));
    if (article == ARTICLE_NONE) return fold_record(fold, &step, ret);
    *ret = (struct fold_outcome){.article = article, .id = step.act.id, .entry = note};
    return CODE_OK;
}

enum code fold_try(struct fold *fold, str note, unix_s at, enum article *ret, struct fail *fail)
{
    struct step step;
    TRY(fold_open(fold, note, &step, fail));
    TRY(fold_judge_step(fold, &step, fail));
    step.at = at;
    return fold_decide(fold, &step, ret, fail);
}

static enum code fold_tick_text(struct fold *fold, uint64_t index)
{
    buf_clear(&fold->tick_text);
    tick_write(&fold->tick_text, fold_origin(fold), index, STR("{}"));
    return buf_check(&fold->tick_text);
}

enum code fold_tick(struct fold *fold, unix_s at, struct fold_outcome *ret)
{
    enum article article = step_tick_decide(fold->state, at);
    if (article != ARTICLE_NONE) {
        *ret = (struct fold_outcome){.article = article};
        return CODE_OK;
    }
    arena_clear(&fold->arena);
    uint64_t index = state_size(fold->state);
    TRY(fold_tick_text(fold, index));
    str text = buf_str(&fold->tick_text);
    hash32 id = sha256_of(text), leaf_hash;
    struct leaf leaf = {.at = at, .hash = id, .kind = STR("tick"), .vis = LEAF_PUBLIC};
    TRY(fold_leaf(fold, &leaf, &leaf_hash));
    fold->spoiled = true;
    TRY(step_tick_apply(fold->state, at, &id, &leaf_hash, &fold->blobs, &fold->arena));
    fold->spoiled = false;
    *ret = (struct fold_outcome){.index = index,
                                 .id = id,
                                 .leaf = leaf,
                                 .entry = text,
                                 .leaf_text = buf_str(&fold->leaf_text)};
    return CODE_OK;
}

static enum code replay_refused(struct fail *fail, uint64_t index, enum article article)
{
    return fail_set(fail, CODE_CORRUPT, "refused",
                    "entry %llu is recorded although the rules refuse it: %.*s",
                    (unsigned long long)index, STR_ARG(article_name(article)));
}

static enum code replay_tick(struct fold *fold, const struct leaf *leaf, str entry,
                             struct fold_outcome *ret, struct fail *fail)
{
    uint64_t index = state_size(fold->state);
    TRY(fold_tick_text(fold, index));
    if (!str_eq(buf_str(&fold->tick_text), entry))
        return fail_set(fail, CODE_CORRUPT, "tick", "entry %llu is not the tick that belongs there",
                        (unsigned long long)index);
    TRY(fold_tick(fold, leaf->at, ret));
    return ret->article == ARTICLE_NONE ? CODE_OK : replay_refused(fail, index, ret->article);
}

/* A defect of the entry itself is a defect of the log: it should never have been recorded. */
static enum code replay_act(struct fold *fold, const struct leaf *leaf, str entry,
                            struct fold_outcome *ret, struct fail *fail)
{
    uint64_t index = state_size(fold->state);
    enum code code = fold_submit(fold, entry, leaf->at, ret, fail);
    if (code == CODE_MALFORMED || code == CODE_NOT_YOURS || code == CODE_TOO_BIG)
        return CODE_CORRUPT;
    TRY(code);
    if (ret->is_known) return replay_refused(fail, index, ARTICLE_ONCE);
    return ret->article == ARTICLE_NONE ? CODE_OK : replay_refused(fail, index, ret->article);
}

enum code fold_replay(struct fold *fold, str leaf_text, str entry, struct fold_outcome *ret,
                      struct fail *fail)
{
    struct leaf leaf;
    arena_clear(&fold->arena);
    enum code code = leaf_decode(leaf_text, &fold->arena, &leaf, fail);
    if (code != CODE_OK) return code == CODE_NO_MEMORY ? code : CODE_CORRUPT;
    bool is_tick = tick_is(entry);
    TRY(is_tick ? replay_tick(fold, &leaf, entry, ret, fail)
                : replay_act(fold, &leaf, entry, ret, fail));
    if (str_eq(ret->leaf_text, leaf_text)) return CODE_OK;
    return fail_set(fail, CODE_CORRUPT, "leaf",
                    "the leaf of entry %llu is not the one its bytes make",
                    (unsigned long long)ret->index);
}
