/* attempts_test.c - every takeover attempt twice, in the one build that has switches: with its
 * guard in force it ends as the table says and its goal is not reached; with that guard alone
 * cleared the goal is reached. So the attempt is real, and it is this guard that stops it. */
#include "check.h"
#include "prove/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PLENARY_TAKEOVER_SWITCHES
#error "this test needs the libraries built with switches"
#endif

/* Articles that no attempt is about, and why. */
static const struct {
    enum article article;
    const char *why;
} without[] = {
    {ARTICLE_KEY_NEW, "a device id used twice confuses its owner and gives nobody anything"},
    {ARTICLE_KEY_CONFIRM,
     "confirming another key than the one that signs helps nobody: the node's signature is needed"},
    {ARTICLE_UNIT_KNOWN, "what does not exist cannot be acted on"},
    {ARTICLE_UNIT_COUNT, "before the founding is confirmed; the scratch organisation is"},
    {ARTICLE_ELECTION_KNOWN, "what does not exist cannot be acted on"},
    {ARTICLE_EPOCH, "an epoch without a loss marks the record and moves nothing: the signer's lock "
                    "stays where it is"},
    {ARTICLE_SEAT, "who holds no seat has none to give up"},
    {ARTICLE_BLOB, "what is not held cannot be read"},
    {ARTICLE_TICK, "a tick that is not due changes nothing"},
};

/* A new article comes with its attempt, or with a reason here. */
static void check_articles(void)
{
    for (unsigned article = 1; article < GUARD_COUNT; article++) {
        bool tried = false, excused = false;
        const struct attempt *attempt;
        for (size_t i = 0; (attempt = attempt_at(i)); i++)
            tried = tried || attempt->guard == article;
        for (size_t i = 0; i < COUNT(without); i++)
            excused = excused || (without[i].article == article && without[i].why[0]);
        CHECK(tried != excused, "%.*s: expected an attempt, or a reason why there is none",
              STR_ARG(guard_name(article)));
    }
}

static void check_row(const struct attempt *attempt)
{
    CHECK(attempt->guard > 0 && attempt->guard < GUARD_COUNT && guard_name(attempt->guard).len > 0,
          "%s: its guard", attempt->name);
    CHECK(attempt->run && attempt->goal && attempt->tries[0], "%s: complete", attempt->name);
    bool then = attempt->expected != ATTEMPT_REFUSED;
    CHECK(then == (attempt->then != NULL), "%s: says what follows unless it is refused",
          attempt->name);
    const struct attempt *other;
    for (size_t i = 0; (other = attempt_at(i)) && other != attempt; i++)
        CHECK(strcmp(other->name, attempt->name) != 0, "%s: one name, one attempt", attempt->name);
}

static void try_twice(const struct attempt *attempt, struct scratch *founded, const char *root)
{
    struct attempt_result result;
    char dir[SCRATCH_PATH_MAX + 32];
    (void)snprintf(dir, sizeof dir, "%s/%s", root, attempt->name);
    attempt_try(attempt, founded, dir, &result);
    CHECK(result.outcome == attempt->expected, "%s: %s instead of %s: %s", attempt->name,
          attempt_outcome_name(result.outcome), attempt_outcome_name(attempt->expected),
          result.detail);
    CHECK(attempt->expected != ATTEMPT_DETECTED || result.evidence[0], "%s: evidence",
          attempt->name);
    scratch_remove(dir);
    founded->cleared[attempt->guard] = 1;
    attempt_try(attempt, founded, dir, &result);
    founded->cleared[attempt->guard] = 0;
    CHECK(result.outcome == ATTEMPT_SUCCEEDED, "%s: %s although %.*s is cleared: %s", attempt->name,
          attempt_outcome_name(result.outcome), STR_ARG(guard_name(attempt->guard)), result.detail);
    scratch_remove(dir);
}

/* Without an organisation to try it on, an attempt proves nothing and says so. */
static void try_nowhere(const char *root)
{
    struct attempt_result result;
    char dir[SCRATCH_PATH_MAX + 32];
    struct scratch *nowhere = calloc(1, sizeof *nowhere);
    if (!nowhere) abort();
    (void)snprintf(nowhere->dir, sizeof nowhere->dir, "%s", "/nonexistent");
    (void)snprintf(dir, sizeof dir, "%s/nowhere", root);
    attempt_try(attempt_at(0), nowhere, dir, &result);
    CHECK(result.outcome == ATTEMPT_UNCLEAR && result.detail[0], "%s",
          attempt_outcome_name(result.outcome));
    free(nowhere);
}

/* The guard of another attempt does not stop this one. */
static void try_beside(const struct attempt *attempt, const struct attempt *beside,
                       struct scratch *founded, const char *root)
{
    struct attempt_result result;
    char dir[SCRATCH_PATH_MAX + 32];
    if (beside->guard == attempt->guard) return;
    (void)snprintf(dir, sizeof dir, "%s/beside", root);
    founded->cleared[beside->guard] = 1;
    attempt_try(attempt, founded, dir, &result);
    founded->cleared[beside->guard] = 0;
    CHECK(result.outcome != ATTEMPT_SUCCEEDED, "%s succeeds where only %.*s is cleared",
          attempt->name, STR_ARG(guard_name(beside->guard)));
    scratch_remove(dir);
}

int main(void)
{
    char root[SCRATCH_PATH_MAX], dir[SCRATCH_PATH_MAX + 16];
    struct scratch *founded = calloc(1, sizeof *founded);
    /* How fast a disk syncs is not the matter here. */
    if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 0);
    if (!founded || !scratch_temporary(root)) abort();
    (void)snprintf(dir, sizeof dir, "%s/founded", root);
    if (CHECK(scratch_found(founded, dir), "founding: %s", founded->broken)) {
        const struct attempt *attempt;
        for (size_t i = 0; (attempt = attempt_at(i)); i++) {
            check_row(attempt);
            try_twice(attempt, founded, root);
            const struct attempt *next = attempt_at(i + 1);
            try_beside(attempt, next ? next : attempt_at(0), founded, root);
        }
    }
    try_nowhere(root);
    check_articles();
    scratch_done(founded);
    scratch_remove(root);
    free(founded);
    return check_done();
}
