#include "audit/internal.h"
#include "sign/judge.h"
#include "sign/verify.h"

#include <stdarg.h>

/* Limits of one tile's bytes. */
enum {
    LEAVES_MAX = TILE_WIDTH * (LEAF_MAX + 2),
    ACTS_MAX = TILE_WIDTH * (ACT_NOTE_MAX + 4),
    TEXTS_MAX = 1 << 20,
    STEP_MAX = 64 << 20
};

enum code audit_code(enum code code)
{
    switch (code) {
    case CODE_NO_MEMORY:
    case CODE_IO:
    case CODE_INTERNAL:
    case CODE_BUSY:
    case CODE_OK: return code;
    case CODE_CORRUPT:
    case CODE_MALFORMED:
    case CODE_TOO_BIG:
    case CODE_NOT_FOUND:
    case CODE_NOT_YOURS: break;
    }
    return CODE_CORRUPT;
}

enum code audit_false(struct audit *audit, enum code code, const char *reason, const char *format,
                      ...)
{
    char message[sizeof audit->fail->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return fail_set(audit->fail, audit_code(code), reason, "%s", message);
}

uint64_t audit_size(const struct audit *audit)
{
    return audit->checkpoint.head.size;
}

enum code audit_read_tile(struct audit *audit, enum tile_kind kind, uint64_t index, struct buf *ret)
{
    struct tile tile = {.kind = kind, .index = index};
    struct fail why = {0};
    tile.width = tile_width_at(&tile, audit_size(audit));
    buf_clear(&audit->path);
    buf_clear(ret);
    tile_write_path(&audit->path, &tile);
    TRY(buf_check(&audit->path));
    enum code code = source_read(audit->source, buf_str(&audit->path), ret, &why);
    if (code == CODE_OK) return CODE_OK;
    return audit_false(audit, code, "tile", "%.*s: %s", STR_ARG(buf_str(&audit->path)),
                       why.message);
}

void audit_show_progress(const struct audit *audit, const char *what, uint64_t done)
{
    const struct audit_options *options = &audit->options;
    if (options->progress)
        options->progress(options->progress_context, what, done, audit_size(audit));
}

struct audit_blob *audit_find_blob(struct audit *audit, const hash32 *name)
{
    size_t low = 0, high = audit->blob_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = hash32_cmp(&audit->blobs[middle].name, name);
        if (order == 0) return &audit->blobs[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- whose record is it? ---- */

/* Body of entry 0, as the record's own claim about its keys: nothing is judged here. */
static enum code founding_key(struct audit *audit, struct vkey *ret)
{
    TRY(audit_read_tile(audit, TILE_ACTS, 0, &audit->acts));
    str rest = buf_str(&audit->acts), note;
    struct act act;
    struct fail why = {0};
    arena_clear(&audit->step);
    if (!bundle_next(&rest, TILE_ACTS, &note))
        return audit_false(audit, CODE_CORRUPT, "tile", "tile/acts/000 is cut short");
    enum code code = act_decode(note, STR(""), &audit->step, &act, &why);
    if (code != CODE_OK)
        return audit_false(audit, code, "key", "entry 0: expected the founding act: %s",
                           why.message);
    const struct json *key = json_get(act.body, STR("log_key"));
    if (!key || key->type != JSON_STRING)
        return audit_false(audit, CODE_CORRUPT, "key", "entry 0 names no log key");
    str text;
    if (!arena_copy(&audit->texts, key->text, &text)) return CODE_NO_MEMORY;
    if (vkey_parse(text, ret, &why) == CODE_OK) return CODE_OK;
    return audit_false(audit, CODE_CORRUPT, "key", "entry 0: log_key: %s", why.message);
}

/* Size and root as the checkpoint claims them; the signature is judged once the key is known. */
static enum code read_checkpoint(struct audit *audit)
{
    struct fail why = {0};
    enum code code = source_read(audit->source, STR("checkpoint"), &audit->checkpoint_note, &why);
    if (code == CODE_NOT_FOUND)
        return fail_set(audit->fail, CODE_NOT_FOUND, "checkpoint",
                        "this is no export: it holds no checkpoint");
    struct note note;
    if (code == CODE_OK) code = note_open(buf_str(&audit->checkpoint_note), &note, &why);
    if (code == CODE_OK) code = checkpoint_parse(note.text, &audit->checkpoint, &why);
    if (code != CODE_OK)
        return audit_false(audit, code, "checkpoint", "checkpoint: %s", why.message);
    if (audit_size(audit) == 0)
        return audit_false(audit, CODE_CORRUPT, "checkpoint", "checkpoint: it covers no entry");
    audit->report.words = words_of(note.text);
    return CODE_OK;
}

static enum code judge_checkpoint(struct audit *audit)
{
    struct vkey named;
    struct fail why = {0};
    TRY(read_checkpoint(audit));
    TRY(founding_key(audit, &named));
    if (!audit->report.key_given)
        audit->log = named;
    else if (!key32_eq(&named.key, &audit->log.key) || !str_eq(named.name, audit->log.name))
        return audit_false(audit, CODE_CORRUPT, "key",
                           "entry 0 founds the record under another log key than the one given");
    enum code code =
        checkpoint_verify(buf_str(&audit->checkpoint_note), &audit->log, &audit->checkpoint, &why);
    if (code == CODE_OK) return CODE_OK;
    return audit_false(audit, code, "checkpoint", "checkpoint: %s", why.message);
}

/* ---- the auditor's words ---- */

static enum code words_at(struct audit *audit, uint64_t size, struct words *ret)
{
    struct checkpoint checkpoint = {audit->checkpoint.origin, {size, audit_root(audit, size)}};
    buf_clear(&audit->file);
    checkpoint_write(&audit->file, &checkpoint);
    TRY(buf_check(&audit->file));
    *ret = words_of(buf_str(&audit->file));
    return CODE_OK;
}

/* Words on paper belong to the checkpoint of that day: any size of this record may have them. */
static enum code find_words(struct audit *audit)
{
    struct words held, found;
    if (!audit->report.words_given) return CODE_OK;
    TRY(words_parse(audit->options.words, &held, audit->fail));
    for (uint64_t size = audit_size(audit); size > 0; size--) {
        TRY(words_at(audit, size, &found));
        if (!words_eq(&held, &found)) continue;
        audit->report.words_size = size;
        return CODE_OK;
    }
    return audit_false(audit, CODE_CORRUPT, "words",
                       "no checkpoint of this record has these twelve words");
}

/* ---- the whole ---- */

static enum code read_options(struct audit *audit)
{
    struct words words;
    const struct audit_options *options = &audit->options;
    audit->report.key_given = options->key.len > 0;
    audit->report.words_given = options->words.len > 0;
    if (audit->report.key_given) TRY(vkey_parse(options->key, &audit->log, audit->fail));
    return audit->report.words_given ? words_parse(options->words, &words, audit->fail) : CODE_OK;
}

static enum code copy_options(struct audit *audit, const struct audit_options *options)
{
    audit->options = *options;
    bool copied = arena_copy(&audit->texts, options->key, &audit->options.key) &&
                  arena_copy(&audit->texts, options->words, &audit->options.words);
    return copied ? CODE_OK : CODE_NO_MEMORY;
}

static enum code verify(struct audit *audit, const char *path, const struct audit_options *options)
{
    TRY(sign_start());
    TRY(copy_options(audit, options));
    TRY(read_options(audit));
    TRY(source_open(path, audit->alloc, &audit->source, audit->fail));
    TRY(judge_checkpoint(audit));
    TRY(audit_structure(audit));
    TRY(audit_files(audit));
    TRY(find_words(audit));
    return audit_rules(audit);
}

/* What the report says in texts of its own. */
static enum code finish_report(struct audit *audit)
{
    struct audit_report *report = &audit->report;
    report->head = audit->checkpoint.head;
    report->origin = audit->checkpoint.origin;
    buf_clear(&audit->file);
    vkey_write(&audit->file, audit->log.name, &audit->log.key);
    TRY(buf_check(&audit->file));
    if (!arena_copy(&audit->texts, buf_str(&audit->file), &report->key)) return CODE_NO_MEMORY;
    report->state = state_digest(&audit->state);
    return CODE_OK;
}

static void init(struct audit *audit, struct alloc alloc, struct fail *fail)
{
    *audit = (struct audit){.alloc = alloc, .fail = fail};
    arena_init(&audit->texts, alloc, TEXTS_MAX);
    arena_init(&audit->step, alloc, STEP_MAX);
    buf_init(&audit->checkpoint_note, alloc, AUDIT_CHECKPOINT_MAX);
    buf_init(&audit->path, alloc, EXPORT_PATH_MAX);
    buf_init(&audit->leaves, alloc, LEAVES_MAX);
    buf_init(&audit->acts, alloc, ACTS_MAX);
    buf_init(&audit->file, alloc, AUDIT_BLOB_MAX);
    merkle_init(&audit->tree, alloc);
}

/* Another checkpoint stands there by now: a writer was at work, and its tiles have moved on. */
static bool has_moved(struct audit *audit)
{
    if (!audit->source || audit->checkpoint_note.len == 0) return false;
    buf_clear(&audit->file);
    return source_read(audit->source, STR("checkpoint"), &audit->file, NULL) == CODE_OK &&
           !str_eq(buf_str(&audit->file), buf_str(&audit->checkpoint_note));
}

enum code audit_run(const char *path, const struct audit_options *options, struct alloc alloc,
                    struct audit **ret, struct fail *fail)
{
    struct fail unheard = {0};
    struct audit *audit = alloc.take(alloc.self, sizeof *audit);
    if (!audit) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    init(audit, alloc, fail ? fail : &unheard);
    enum code code = verify(audit, path, options);
    if (code == CODE_OK) code = finish_report(audit);
    if (code == CODE_CORRUPT && has_moved(audit))
        code = fail_set(fail, CODE_BUSY, "moved", "the record grew while it was read");
    if (code != CODE_OK) {
        if (code == CODE_NO_MEMORY) (void)fail_set(fail, code, "memory", "no memory");
        audit_close(audit);
        return code;
    }
    audit->fail = NULL;
    *ret = audit;
    return CODE_OK;
}

void audit_close(struct audit *audit)
{
    if (!audit) return;
    struct alloc alloc = audit->alloc;
    if (audit->has_state) {
        fold_done(&audit->fold);
        state_done(&audit->state);
    }
    source_close(audit->source);
    arena_done(&audit->texts);
    arena_done(&audit->step);
    buf_done(&audit->checkpoint_note);
    buf_done(&audit->path);
    buf_done(&audit->leaves);
    buf_done(&audit->acts);
    buf_done(&audit->file);
    merkle_done(&audit->tree);
    alloc.give(alloc.self, audit->blobs);
    alloc.give(alloc.self, audit);
}

const struct audit_report *audit_report(const struct audit *audit)
{
    return &audit->report;
}

const struct state *audit_state(const struct audit *audit)
{
    return &audit->state;
}

size_t audit_kind_number(str kind)
{
    const struct act_kind *row;
    for (size_t i = 0; i < AUDIT_KINDS_MAX && (row = step_kind_at(i)); i++)
        if (str_eq(row->name, kind)) return i;
    return AUDIT_KINDS_MAX;
}

uint64_t audit_kind_count(const struct audit *audit, str kind)
{
    size_t number = audit_kind_number(kind);
    if (number < AUDIT_KINDS_MAX) return audit->kinds[number];
    return str_eq(kind, STR("tick")) ? audit->report.ticks : 0;
}

uint64_t audit_replayed_count(const struct audit *audit, str kind)
{
    size_t number = audit_kind_number(kind);
    return number < AUDIT_KINDS_MAX ? audit->replayed_kinds[number] : 0;
}

bool audit_blob_is_named(struct audit *audit, const hash32 *name)
{
    const struct audit_blob *blob = audit_find_blob(audit, name);
    return blob && blob->named;
}

bool audit_blob_is_public(struct audit *audit, const hash32 *name)
{
    const struct audit_blob *blob = audit_find_blob(audit, name);
    return blob && blob->is_public;
}

hash32 audit_root(const struct audit *audit, uint64_t size)
{
    return merkle_root(&audit->tree, size);
}

str audit_checkpoint(const struct audit *audit)
{
    return buf_str(&audit->checkpoint_note);
}

const struct vkey *audit_key(const struct audit *audit)
{
    return &audit->log;
}

enum code audit_decide(struct audit *audit, str note, unix_s at, enum article *ret, hash32 *ret_id,
                       struct fail *fail)
{
    struct fold_outcome outcome;
    audit->fold.judge = judge_now();
    TRY(fold_submit(&audit->fold, note, at, &outcome, fail));
    *ret = outcome.is_known ? ARTICLE_ONCE : outcome.article;
    *ret_id = outcome.id;
    return CODE_OK;
}
