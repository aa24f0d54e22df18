/* evidence.c - what others would say: the auditor's program, on the files alone. */
#include "audit/evidence.h"
#include "prove/scratch.h"

#include <stdio.h>

static struct audit_options auditor(const struct scratch *s, str key)
{
    struct audit_options options = {.key = key};
#ifdef PLENARY_TAKEOVER_SWITCHES
    options.cleared = s->cleared;
#else
    (void)s;
#endif
    return options;
}

/* The log's verifier key as members have it on paper. */
static str log_vkey(struct scratch *s)
{
    struct buf text;
    str kept = {"", 0};
    buf_init(&text, alloc_libc, 512);
    vkey_write(&text, STR(SCRATCH_ORIGIN), &s->log_key);
    if (!arena_copy(&s->arena, buf_str(&text), &kept)) kept = STR("");
    buf_done(&text);
    return kept;
}

void scratch_judge_export(struct scratch *s)
{
    char path[SCRATCH_PATH_MAX + 16];
    struct audit_options options = auditor(s, log_vkey(s));
    scratch_stop(s);
    (void)snprintf(path, sizeof path, "%s/export", s->dir);
    s->fail = (struct fail){0};
    s->code = audit_run(path, &options, alloc_libc, &s->audit, &s->fail);
    if (s->code == CODE_OK) s->state = audit_state(s->audit);
    s->detected = s->code == CODE_CORRUPT;
    (void)snprintf(s->evidence, sizeof s->evidence, "%.390s", path);
}

static bool write_evidence(struct scratch *s, str file)
{
    (void)snprintf(s->evidence, sizeof s->evidence, "%.380s/evidence", s->dir);
    FILE *out = fopen(s->evidence, "wb");
    if (!out) return false;
    bool written = fwrite(file.at, 1, file.len, out) == file.len;
    return fclose(out) == 0 && written;
}

void scratch_judge_checkpoints(struct scratch *s, str held, str found)
{
    struct evidence_finding finding = {0};
    struct audit_options options = auditor(s, log_vkey(s));
    str file = str_from(scratch_text(s, "%.*s%.*s", STR_ARG(held), STR_ARG(found)));
    if (!scratch_must(s, write_evidence(s, file), "the evidence is written")) return;
    s->code = evidence_judge(file, NULL, &options, &finding, &s->fail);
    s->detected = s->code == CODE_OK && finding.stands;
    (void)snprintf(s->fail.message, sizeof s->fail.message, "%.200s", finding.text);
}
