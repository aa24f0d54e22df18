/* rules.c - pass 2: every entry through the fold, and every signature judged on all processors
 * while the fold goes on with the next lot. */
#include "audit/internal.h"
#include "core/record/texts.h"
#include "sign/judge.h"

#include <pthread.h>
#include <unistd.h>

enum {
    LOT_TILES = 16, /* tiles whose signatures are judged together */
    LOT_BYTES = LOT_TILES * (24 << 20)
};

/* A lot of entries: the fold has run them, their signatures are being judged. */
struct lot {
    struct audit *audit;
    struct judge_batch judges;
    struct fold_judge inner;
    struct arena bytes; /* the acts; the judges view them */
    pthread_t thread;
    bool running;
    unsigned threads;
    uint64_t lines; /* signature lines noted */
    enum code code;
    struct fail fail;
};

struct rules {
    struct audit *audit;
    struct lot lots[2];
    unsigned now; /* the lot being filled */
    uint64_t end; /* entries to replay */
};

/* ---- judging beside the fold ---- */

static enum code note_line(void *self, const struct act *act, uint32_t line, const key32 *key,
                           struct fail *fail)
{
    struct lot *lot = self;
    lot->lines++;
    return lot->inner.line(lot->inner.self, act, line, key, fail);
}

static enum code note_admit(void *self, const key32 *key, struct fail *fail)
{
    struct lot *lot = self;
    return lot->inner.admit(lot->inner.self, key, fail);
}

static void *judge_lot(void *context)
{
    struct lot *lot = context;
    lot->code = judge_batch_run(&lot->judges, lot->threads, &lot->fail);
    return NULL;
}

/* Waits for the lot's verdict and empties it. */
static enum code lot_finish(struct lot *lot)
{
    if (lot->running) (void)pthread_join(lot->thread, NULL);
    lot->running = false;
    arena_clear(&lot->bytes);
    enum code code = lot->code;
    lot->code = CODE_OK;
    if (code != CODE_OK)
        return audit_false(lot->audit, code, lot->fail.reason, "%s", lot->fail.message);
    lot->audit->report.signatures += lot->lines;
    lot->lines = 0;
    return CODE_OK;
}

/* Hands the lot to its thread, or judges it here when there is none to be had. */
static void lot_start(struct lot *lot)
{
    lot->running = pthread_create(&lot->thread, NULL, judge_lot, lot) == 0;
    if (!lot->running) (void)judge_lot(lot);
}

static enum code next_lot(struct rules *rules)
{
    lot_start(&rules->lots[rules->now]);
    rules->now ^= 1;
    struct lot *lot = &rules->lots[rules->now];
    TRY(lot_finish(lot));
    rules->audit->fold.judge = (struct fold_judge){note_line, note_admit, lot};
    return CODE_OK;
}

/* Judges what is left; a false signature comes before whatever the fold said of a later entry. */
static enum code finish_lots(struct rules *rules)
{
    lot_start(&rules->lots[rules->now]);
    struct fail kept = *rules->audit->fail;
    enum code first = lot_finish(&rules->lots[rules->now ^ 1]);
    struct fail why = *rules->audit->fail;
    enum code second = lot_finish(&rules->lots[rules->now]);
    if (first != CODE_OK) *rules->audit->fail = why;
    if (first == CODE_OK && second == CODE_OK) *rules->audit->fail = kept;
    return first != CODE_OK ? first : second;
}

/* ---- what the rules read ---- */

static bool blob_get(void *self, const hash32 *name, str *ret)
{
    struct audit *audit = self;
    struct export_path path = {.kind = EXPORT_BLOB, .hash = *name};
    if (!audit_find_blob(audit, name)) return false;
    buf_clear(&audit->path);
    buf_clear(&audit->file);
    export_write_path(&audit->path, &path);
    enum code code = buf_check(&audit->path);
    if (code == CODE_OK)
        code = source_read(audit->source, buf_str(&audit->path), &audit->file, NULL);
    hash32 found = sha256_of(buf_str(&audit->file)); /* again: files may change meanwhile */
    if (code == CODE_OK && !hash32_eq(&found, name)) code = CODE_CORRUPT;
    if (code == CODE_OK && !arena_copy(&audit->fold.arena, buf_str(&audit->file), ret))
        code = CODE_NO_MEMORY;
    if (code != CODE_OK && audit_code(code) != CODE_CORRUPT) audit->blob_code = code;
    return code == CODE_OK;
}

static enum code check_names(struct audit *audit, const struct fold_outcome *outcome)
{
    for (size_t i = 0; i < outcome->name_count; i++) {
        struct audit_blob *blob = audit_find_blob(audit, &outcome->names[i]);
        if (!blob)
            return audit_false(audit, CODE_CORRUPT, "blob",
                               "entry %llu names a blob that is not in the export",
                               (unsigned long long)outcome->index);
        blob->named = true;
        if (outcome->leaf.vis == LEAF_PUBLIC) blob->is_public = true;
    }
    return CODE_OK;
}

/* ---- entries ---- */

static enum code replay_entry(struct rules *rules, str leaf, str stored)
{
    struct audit *audit = rules->audit;
    struct fold_outcome outcome;
    struct fail why = {0};
    uint64_t index = state_size(&audit->state);
    rules->lots[rules->now].judges.index = index;
    enum code code = fold_replay(&audit->fold, leaf, stored, &outcome, &why);
    if (code == CODE_OK) {
        size_t number = audit_kind_number(outcome.leaf.kind);
        if (number < AUDIT_KINDS_MAX) audit->replayed_kinds[number]++;
        return check_names(audit, &outcome);
    }
    if (audit->blob_code != CODE_OK) return audit->blob_code;
    bool placed = str_starts(str_from(why.message), STR("entry "));
    if (placed) return audit_false(audit, code, why.reason, "%s", why.message);
    return audit_false(audit, code, why.reason[0] ? why.reason : "entry", "entry %llu: %s",
                       (unsigned long long)index, why.message);
}

/* *stopped: an act is withheld, so that nothing behind it can be run. */
static enum code replay_tile(struct rules *rules, uint64_t index, bool *stopped)
{
    struct audit *audit = rules->audit;
    str acts, leaves, leaf, stored;
    TRY(audit_read_tile(audit, TILE_ENTRIES, index, &audit->leaves));
    TRY(audit_read_tile(audit, TILE_ACTS, index, &audit->acts));
    if (!arena_copy(&rules->lots[rules->now].bytes, buf_str(&audit->acts), &acts))
        return CODE_NO_MEMORY;
    leaves = buf_str(&audit->leaves);
    while (bundle_next(&leaves, TILE_ENTRIES, &leaf) && bundle_next(&acts, TILE_ACTS, &stored)) {
        *stopped = stored.len == 0 || state_size(&audit->state) == rules->end;
        if (*stopped) return CODE_OK;
        TRY(replay_entry(rules, leaf, stored));
    }
    return CODE_OK;
}

static enum code replay(struct rules *rules)
{
    struct audit *audit = rules->audit;
    bool stopped = false;
    for (uint64_t tile = 0; tile * TILE_WIDTH < rules->end && !stopped; tile++) {
        TRY(replay_tile(rules, tile, &stopped));
        if (tile % LOT_TILES == LOT_TILES - 1) TRY(next_lot(rules));
        if (tile % LOT_TILES == 0) audit_show_progress(audit, "rules", tile * TILE_WIDTH);
    }
    return CODE_OK;
}

/* ---- acts behind the first withheld one: their form alone ---- */

static enum code check_form(struct audit *audit, uint64_t index, str leaf_text, str stored)
{
    struct act act;
    struct tick tick;
    struct leaf leaf;
    struct fail why = {0};
    bool is_tick = tick_is(stored);
    arena_clear(&audit->step);
    enum code code = leaf_decode(leaf_text, &audit->step, &leaf, &why);
    if (code == CODE_OK)
        code = is_tick ? tick_decode(stored, audit->checkpoint.origin, &audit->step, &tick, &why)
                       : act_decode(stored, audit->checkpoint.origin, &audit->step, &act, &why);
    if (code != CODE_OK)
        return audit_false(audit, code, why.reason, "entry %llu: %s", (unsigned long long)index,
                           why.message);
    if (str_eq(is_tick ? STR("tick") : act.kind, leaf.kind) && (!is_tick || tick.index == index))
        return CODE_OK;
    return audit_false(audit, CODE_CORRUPT, "leaf",
                       "the leaf of entry %llu is not the one its bytes make",
                       (unsigned long long)index);
}

static enum code check_forms(struct audit *audit, uint64_t tile)
{
    str acts, leaves, leaf, stored;
    uint64_t index = tile * TILE_WIDTH;
    TRY(audit_read_tile(audit, TILE_ENTRIES, tile, &audit->leaves));
    TRY(audit_read_tile(audit, TILE_ACTS, tile, &audit->acts));
    leaves = buf_str(&audit->leaves);
    acts = buf_str(&audit->acts);
    for (; bundle_next(&leaves, TILE_ENTRIES, &leaf) && bundle_next(&acts, TILE_ACTS, &stored);
         index++)
        if (stored.len > 0 && index >= state_size(&audit->state))
            TRY(check_form(audit, index, leaf, stored));
    return CODE_OK;
}

static enum code check_rest(struct audit *audit)
{
    for (uint64_t tile = state_size(&audit->state) / TILE_WIDTH;
         tile * TILE_WIDTH < audit_size(audit); tile++)
        TRY(check_forms(audit, tile));
    return CODE_OK;
}

/* ---- the whole ---- */

/* Every blob is named by an act; a writer at work may have brought one for an act to come. */
static enum code check_blobs(struct audit *audit)
{
    bool may_wait = audit->report.ahead > 0;
    for (size_t i = 0; i < audit->blob_count; i++) {
        if (audit->blobs[i].named) continue;
        if (may_wait) {
            audit->report.ahead++;
            continue;
        }
        struct export_path path = {.kind = EXPORT_BLOB, .hash = audit->blobs[i].name};
        buf_clear(&audit->path);
        export_write_path(&audit->path, &path);
        return audit_false(audit, CODE_CORRUPT, "foreign", "%.*s: no act names it",
                           STR_ARG(buf_str(&audit->path)));
    }
    return CODE_OK;
}

static enum code check_end(struct audit *audit)
{
    uint64_t size = state_size(&audit->state);
    hash32 replayed = merkle_root(&audit->state.tree, size), stored = audit_root(audit, size);
    if (!hash32_eq(&replayed, &stored))
        return audit_false(audit, CODE_CORRUPT, "root", "the export changed while it was read");
    if (size > 0 && !key32_eq(&audit->state.org.log_key, &audit->log.key))
        return audit_false(audit, CODE_CORRUPT, "key",
                           "the record is signed with another key than it was founded with");
    return audit->report.verdict == AUDIT_REPLAYED ? check_blobs(audit) : CODE_OK;
}

static unsigned processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 1 ? (unsigned)count : 1;
}

static enum code run(struct rules *rules)
{
    struct audit *audit = rules->audit;
    enum code code = replay(rules);
    enum code judged = finish_lots(rules);
    if (judged != CODE_OK) return judged;
    TRY(code);
    audit->report.replayed = state_size(&audit->state);
    if (audit->report.replayed < audit_size(audit)) {
        audit->report.verdict = AUDIT_STRUCTURE;
        TRY(check_rest(audit));
    }
    audit_show_progress(audit, "rules", audit_size(audit));
    return check_end(audit);
}

static void lot_init(struct lot *lot, struct audit *audit)
{
    *lot = (struct lot){.audit = audit, .threads = audit->options.threads};
    if (lot->threads == 0) lot->threads = processors();
    judge_batch_init(&lot->judges, audit->alloc);
    lot->inner = judge_batch_fold(&lot->judges);
    arena_init(&lot->bytes, audit->alloc, LOT_BYTES);
}

enum code audit_rules(struct audit *audit)
{
    TRY(state_init(&audit->state, audit->alloc));
#ifdef PLENARY_TAKEOVER_SWITCHES
    for (size_t i = 0; audit->options.cleared && i < GUARD_COUNT; i++)
        audit->state.cleared[i] = audit->options.cleared[i];
#endif
    fold_init(&audit->fold, &audit->state, (struct blobs){blob_get, audit}, judge_never());
    audit->has_state = true;
    struct rules rules = {.audit = audit, .end = audit_size(audit)};
    if (audit->options.stop_at && audit->options.stop_size < rules.end)
        rules.end = audit->options.stop_size;
    for (size_t i = 0; i < COUNT(rules.lots); i++) lot_init(&rules.lots[i], audit);
    audit->fold.judge = (struct fold_judge){note_line, note_admit, &rules.lots[0]};
    enum code code = run(&rules);
    audit->fold.judge = judge_now();
    for (size_t i = 0; i < COUNT(rules.lots); i++) {
        judge_batch_done(&rules.lots[i].judges);
        arena_done(&rules.lots[i].bytes);
    }
    return code;
}
