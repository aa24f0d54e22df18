#include "prove/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct attempt_organ attempt_organs[] = {
#define ORGAN_ROW(organ) {#organ, organ##_attempts, &organ##_attempt_count},
    ATTEMPT_ORGANS(ORGAN_ROW)
#undef ORGAN_ROW
};
const size_t attempt_organ_count = COUNT(attempt_organs);

const struct attempt *attempt_at(size_t i)
{
    for (size_t organ = 0; organ < COUNT(attempt_organs); organ++) {
        if (i < *attempt_organs[organ].count) return &attempt_organs[organ].attempts[i];
        i -= *attempt_organs[organ].count;
    }
    return NULL;
}

const char *attempt_organ_of(const struct attempt *attempt)
{
    for (size_t i = 0; i < COUNT(attempt_organs); i++) {
        const struct attempt *first = attempt_organs[i].attempts;
        if (attempt >= first && attempt < first + *attempt_organs[i].count)
            return attempt_organs[i].name;
    }
    return "";
}

const char *attempt_outcome_name(enum attempt_outcome outcome)
{
    switch (outcome) {
    case ATTEMPT_REFUSED: return "REFUSED";
    case ATTEMPT_DETECTED: return "DETECTED";
    case ATTEMPT_SURVIVED: return "SURVIVED";
    case ATTEMPT_SUCCEEDED: return "SUCCEEDED";
    case ATTEMPT_UNCLEAR: break;
    }
    return "UNCLEAR";
}

/* ---- guards ---- */

static const struct {
    unsigned guard;
    str name, sentence;
} record_guards[] = {
#define GUARD_ROW(constant, name, sentence)                                                        \
    {constant, {name, sizeof(name) - 1}, {sentence, sizeof(sentence) - 1}},
    RECORD_GUARDS(GUARD_ROW)
#undef GUARD_ROW
};

str guard_name(unsigned guard)
{
    if (guard < ARTICLE_COUNT) return article_name((enum article)guard);
    for (size_t i = 0; i < COUNT(record_guards); i++)
        if (record_guards[i].guard == guard) return record_guards[i].name;
    return STR("");
}

str guard_sentence(unsigned guard)
{
    if (guard < ARTICLE_COUNT) return article_sentence((enum article)guard);
    for (size_t i = 0; i < COUNT(record_guards); i++)
        if (record_guards[i].guard == guard) return record_guards[i].sentence;
    return STR("");
}

static bool failed_for(const struct scratch *s, enum code code, const char *reason)
{
    return s->code == code && strcmp(s->fail.reason, reason) == 0;
}

/* Was the last thing that the attempt did stopped by this guard? */
static bool stopped_by(const struct scratch *s, unsigned guard)
{
    if (guard < ARTICLE_COUNT) return s->code == CODE_OK && s->article == guard;
    switch ((enum guard)guard) {
    case GUARD_SIGNATURE:
        return failed_for(s, CODE_NOT_YOURS, "keyid") || failed_for(s, CODE_NOT_YOURS, "signature");
    case GUARD_LOCK:
        return failed_for(s, CODE_CORRUPT, "lock-ahead") || failed_for(s, CODE_CORRUPT, "fork");
    case GUARD_LAST_ARTICLE:
    case GUARD_CONSISTENCY:
    case GUARD_CLOCK:
    case GUARD_COUNT: break;
    }
    return false;
}

/* ---- trying ---- */

static void unclear(struct attempt_result *ret, const struct scratch *s)
{
    str article = s->code == CODE_OK ? article_name(s->article) : STR("");
    ret->outcome = ATTEMPT_UNCLEAR;
    if (s->broken[0])
        (void)snprintf(ret->detail, sizeof ret->detail, "could not be prepared: %s", s->broken);
    else
        (void)snprintf(ret->detail, sizeof ret->detail,
                       "ended by another hand than its guard's: %.*s%s %s", STR_ARG(article),
                       s->code == CODE_OK ? "" : code_name(s->code), s->fail.message);
}

static void judge(const struct attempt *attempt, const struct scratch *s,
                  struct attempt_result *ret)
{
    if (!s->broken[0] && attempt->goal(s))
        ret->outcome = ATTEMPT_SUCCEEDED;
    else if (!s->broken[0] && s->detected)
        ret->outcome = ATTEMPT_DETECTED;
    else if (!s->broken[0] && stopped_by(s, attempt->guard))
        ret->outcome = ATTEMPT_REFUSED;
    else if (!s->broken[0] && s->code == CODE_OK && s->article == ARTICLE_NONE &&
             attempt->expected == ATTEMPT_SURVIVED)
        ret->outcome = ATTEMPT_SURVIVED;
    else
        unclear(ret, s);
}

/* The signed refusal and the act it refuses, one behind the other, as an auditor takes them. */
static void keep_refusal(const char *dir, struct scratch *s, struct attempt_result *ret)
{
    char path[SCRATCH_PATH_MAX + 16];
    if (ret->outcome != ATTEMPT_REFUSED || s->refusal.len == 0 || !s->node) return;
    if (!scratch_commit(s)) return; /* the refusal speaks of what was recorded before it */
    (void)snprintf(path, sizeof path, "%s/refusal", dir);
    FILE *file = fopen(path, "wb");
    if (!file) return;
    bool kept = fwrite(s->refusal.at, 1, s->refusal.len, file) == s->refusal.len &&
                fwrite(s->note.at, 1, s->note.len, file) == s->note.len;
    if (fclose(file) == 0 && kept)
        (void)snprintf(ret->evidence, sizeof ret->evidence, "%.300s/refusal", dir);
}

void attempt_try(const struct attempt *attempt, const struct scratch *founded, const char *dir,
                 struct attempt_result *ret)
{
    char folder[SCRATCH_PATH_MAX];
    *ret = (struct attempt_result){.outcome = ATTEMPT_UNCLEAR, .detail = "out of memory or disk"};
    struct scratch *s = calloc(1, sizeof *s);
    int len = snprintf(folder, sizeof folder, "%s/organisation", dir);
    if (!s || len >= (int)sizeof folder || mkdir(dir, 0700) != 0) {
        free(s);
        return;
    }
    ret->detail[0] = '\0';
    if (scratch_copy(s, founded, folder)) attempt->run(s);
    (void)snprintf(ret->detail, sizeof ret->detail, "%s", s->detected ? s->fail.message : "");
    if (s->detected) (void)snprintf(ret->evidence, sizeof ret->evidence, "%s", s->evidence);
    judge(attempt, s, ret);
    keep_refusal(dir, s, ret);
    scratch_done(s);
    free(s);
}

/* ---- what none of them covers ---- */

static const char *const not_covered[] = {
    "somebody who stands beside a member and tells them what to do, or malware on the member's "
    "device",
    "a majority that freely chooses bad rules: only entrenched guards are out of its reach",
    "two stewards of a unit who agree to invent members: the growth is shown, the people are "
    "checked by no program",
    "a registrar together with the node, or with two tellers, who become a member that never looks",
    "two sponsors who together replace the lost key of somebody who never looks",
    "a node that never answers, and force against people or machines",
    "an operator who inserts or orders acts before anybody outside holds a checkpoint",
    "a restore of everything, including what every client holds",
    "copies that others made before something was erased",
    "who talks to the node and when, seen on the network",
    "an operator with some 2^66 trials to give two histories the same twelve words",
    "organs that do not exist yet: secret ballots, recall, sessions, motions, press, discipline, "
    "budgets, federation",
};

const char *attempt_not_covered(size_t i)
{
    return i < COUNT(not_covered) ? not_covered[i] : NULL;
}
