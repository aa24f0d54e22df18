#include "audit/evidence.h"

#include "core/record/texts.h"
#include "sign/verify.h"

#include <stdarg.h>

struct evidence {
    str note[EVIDENCE_NOTES_MAX];
    uint32_t count;
    const char *path;
    const struct audit_options *options;
    struct audit *audit; /* of `path`, when there is one */
    struct arena arena;
    struct evidence_finding *ret;
    struct fail *fail;
};

PRINTF_LIKE(3, 4)
static enum code find(struct evidence *e, bool stands, const char *format, ...)
{
    va_list args;
    e->ret->stands = stands;
    va_start(args, format);
    (void)vsnprintf(e->ret->text, sizeof e->ret->text, format, args);
    va_end(args);
    return CODE_OK;
}

/* A note ends with the last of the signature lines behind its first empty line. */
static str cut_note(str *rest)
{
    str dash = {"\xe2\x80\x94 ", 4}, left = *rest;
    bool text_over = false, signed_yet = false;
    while (left.len > 0) {
        str before = left, line = str_cut(&left, '\n');
        bool is_signature = text_over && str_starts(line, dash);
        if (signed_yet && !is_signature) {
            left = before;
            break;
        }
        text_over = text_over || line.len == 0;
        signed_yet = signed_yet || is_signature;
    }
    str note = str_sub(*rest, 0, rest->len - left.len);
    *rest = left;
    return note;
}

static enum code split(struct evidence *e, str file)
{
    while (file.len > 0) {
        if (e->count == EVIDENCE_NOTES_MAX)
            return fail_set(e->fail, CODE_TOO_BIG, "notes", "expected at most %d signed notes",
                            EVIDENCE_NOTES_MAX);
        e->note[e->count++] = cut_note(&file);
    }
    if (e->count > 0) return CODE_OK;
    return fail_set(e->fail, CODE_MALFORMED, "notes", "expected signed notes");
}

static enum code open_record(struct evidence *e, uint64_t size)
{
    struct audit_options options = *e->options;
    options.stop_at = true;
    options.stop_size = size;
    return audit_run(e->path, &options, alloc_libc, &e->audit, e->fail);
}

/* ---- two histories ---- */

static enum code log_key(struct evidence *e, struct vkey *ret)
{
    if (e->path) TRY(open_record(e, 0));
    if (e->audit) {
        *ret = *audit_key(e->audit);
        return CODE_OK;
    }
    if (e->options->key.len == 0)
        return fail_set(e->fail, CODE_MALFORMED, "key",
                        "expected --key or an export: whose signatures are these?");
    return vkey_parse(e->options->key, ret, e->fail);
}

static enum code read_heads(struct evidence *e, const struct vkey *key, struct merkle_head *heads)
{
    for (uint32_t i = 0; i < e->count; i++) {
        struct checkpoint checkpoint;
        struct fail why = {0};
        enum code code = checkpoint_verify(e->note[i], key, &checkpoint, &why);
        if (code != CODE_OK)
            return fail_set(e->fail, code, why.reason, "note %u: %s", i + 1, why.message);
        heads[i] = checkpoint.head;
    }
    return CODE_OK;
}

static enum code compare_with_record(struct evidence *e, const struct merkle_head *heads)
{
    const struct merkle_head *record = &audit_report(e->audit)->head;
    for (uint32_t i = 0; i < e->count; i++) {
        if (heads[i].size > record->size)
            return find(e, false,
                        "checkpoint %u covers %llu entries, the export %llu: bring a later export",
                        i + 1, (unsigned long long)heads[i].size, (unsigned long long)record->size);
        hash32 root = audit_root(e->audit, heads[i].size);
        if (!hash32_eq(&root, &heads[i].root))
            return find(e, true,
                        "two histories: the log key signed checkpoint %u and this export, which "
                        "had another "
                        "root at %llu entries",
                        i + 1, (unsigned long long)heads[i].size);
    }
    return find(e, false, "the export continues every checkpoint: one history");
}

static enum code judge_checkpoints(struct evidence *e)
{
    struct vkey key;
    struct merkle_head heads[EVIDENCE_NOTES_MAX];
    TRY(log_key(e, &key));
    TRY(read_heads(e, &key, heads));
    for (uint32_t i = 0; i < e->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (heads[i].size == heads[k].size && !hash32_eq(&heads[i].root, &heads[k].root))
                return find(e, true, "two histories: the log key signed two roots for %llu entries",
                            (unsigned long long)heads[i].size);
    if (e->audit) return compare_with_record(e, heads);
    return find(
        e, false,
        "checkpoints of different sizes alone prove nothing: give an export of the later one");
}

/* ---- a refusal that the rules do not give ---- */

static enum code refusal_key(struct evidence *e, struct note *note)
{
    struct fail why = {0};
    enum code code =
        note_verify_line(note->text, &note->line[0], &audit_state(e->audit)->org.refusal_key, &why);
    if (code == CODE_OK) return CODE_OK;
    return fail_set(e->fail, code, why.reason, "the refusal: %s", why.message);
}

static enum code replay_refusal(struct evidence *e, const struct refusal *refusal, str note)
{
    enum article article;
    struct act act;
    struct fail why = {0};
    TRY(act_decode(note, refusal->origin, &e->arena, &act, e->fail));
    if (!hash32_eq(&act.id, &refusal->act))
        return find(e, false, "the refusal is of another act than the one beside it");
    hash32 root = audit_root(e->audit, refusal->size), id;
    if (!hash32_eq(&root, &refusal->root))
        return find(e, true,
                    "two histories: the refusal names a root at %llu entries that this export does "
                    "not have",
                    (unsigned long long)refusal->size);
    enum code code = audit_decide(e->audit, note, refusal->at, &article, &id, &why);
    if (code == CODE_NO_MEMORY || code == CODE_INTERNAL) return code;
    if (code != CODE_OK)
        return find(e, false, "the act is none that rules decide on: %.200s", why.message);
    str given = article_name(article);
    if (str_eq(given, refusal->article))
        return find(e, false, "replay gives the article that the refusal names: %.*s",
                    STR_ARG(given));
    if (article == ARTICLE_BLOB)
        return find(
            e, false,
            "what the act refers to is not in this export: the refusal cannot be judged here");
    return find(e, true, "a false refusal: the node named %.*s, replay at %llu entries gives %.*s",
                STR_ARG(refusal->article), (unsigned long long)refusal->size,
                STR_ARG(given.len ? given : STR("acceptance")));
}

static enum code judge_refusal(struct evidence *e)
{
    struct refusal refusal;
    struct note note;
    if (e->count != 2 || !e->path)
        return fail_set(e->fail, CODE_MALFORMED, "refusal",
                        "expected the refusal, the act, and an export");
    TRY(open_record(e, 0));
    str origin = audit_report(e->audit)->origin;
    TRY(refusal_decode(e->note[0], origin, &e->arena, &refusal, &note, e->fail));
    uint64_t size = audit_report(e->audit)->head.size;
    if (refusal.size == 0 || refusal.size > size)
        return find(e, false,
                    "the refusal is of %llu entries, the export of %llu: bring a later export",
                    (unsigned long long)refusal.size, (unsigned long long)size);
    audit_close(e->audit);
    e->audit = NULL;
    TRY(open_record(e, refusal.size));
    if (audit_report(e->audit)->replayed < refusal.size)
        return find(e, false,
                    "this export withholds acts: the rules cannot be run to the refusal's place");
    TRY(refusal_key(e, &note));
    return replay_refusal(e, &refusal, e->note[1]);
}

enum code evidence_judge(str file, const char *path, const struct audit_options *options,
                         struct evidence_finding *ret, struct fail *fail)
{
    struct evidence e = {.path = path, .options = options, .ret = ret, .fail = fail};
    arena_init(&e.arena, alloc_libc, (size_t)64 << 20);
    enum code code = split(&e, file);
    if (code == CODE_OK)
        code = str_starts(file, STR("plenary.refusal/v1\n")) ? judge_refusal(&e)
                                                             : judge_checkpoints(&e);
    audit_close(e.audit);
    arena_done(&e.arena);
    return code;
}
