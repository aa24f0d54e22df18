/* attempt.h - known ways of taking an organisation over from within, each as a program that tries
 * it.
 *
 * An attempt is a row of a table: what it tries in one neutral sentence, its goal as a predicate on
 * the state, and the one guard that stands between the two. Attempts of an organ stand in the file
 * of its name. Each is tried on its own copy of the scratch organisation, by acts that are
 * well-formed and truly signed, or by an operator's hand on the files. A test build clears each
 * guard alone and sees the goal come true: so the guard is what refuses, and the goal is within
 * reach of the acts. */
#ifndef PLENARY_PROVE_ATTEMPT_H
#define PLENARY_PROVE_ATTEMPT_H
#include "prove/scratch.h"

enum attempt_outcome {
    ATTEMPT_REFUSED = 1, /* by the guard, named in a signed refusal or in the program's own words */
    ATTEMPT_DETECTED,  /* it happens, and leaves evidence that convinces others without the network
                        */
    ATTEMPT_SURVIVED,  /* it happens, and what matters continues */
    ATTEMPT_SUCCEEDED, /* its goal is reached */
    ATTEMPT_UNCLEAR /* it could not be tried, or was stopped by something else: it proves nothing */
};

struct attempt {
    const char *name, *tries;
    unsigned guard; /* enum article or enum guard: its only one */
    enum attempt_outcome expected;
    const char *then; /* SURVIVED: what continued. DETECTED: who sees it, by what. */
    void (*run)(struct scratch *scratch);
    bool (*goal)(const struct scratch *scratch); /* with scratch->state NULL: no node runs and none
                                                    accepted the record */
};

struct attempt_organ {
    const char *name;
    const struct attempt *attempts;
    const size_t *count;
};
/* In the order in which they are printed. */
extern const struct attempt_organ attempt_organs[];
extern const size_t attempt_organ_count;

#define ATTEMPT_ORGANS(X) X(key) X(roll) X(council) X(election) X(paper) X(bylaws) X(record)
#define ATTEMPT_ORGAN(organ)                                                                       \
    extern const struct attempt organ##_attempts[];                                                \
    extern const size_t organ##_attempt_count;
ATTEMPT_ORGANS(ATTEMPT_ORGAN)
#undef ATTEMPT_ORGAN

/* NULL behind the last, counted over all organs. */
const struct attempt *attempt_at(size_t i);
const char *attempt_organ_of(const struct attempt *attempt);
const char *attempt_outcome_name(enum attempt_outcome outcome); /* "REFUSED" */
/* Name and sentence of a guard: an article or a check of the record. */
str guard_name(unsigned guard);
str guard_sentence(unsigned guard);

/* What no attempt covers, one sentence each; NULL behind the last. */
const char *attempt_not_covered(size_t i);

struct attempt_result {
    enum attempt_outcome outcome;
    char detail[300];                /* UNCLEAR: why. DETECTED: what the verifier said. */
    char evidence[SCRATCH_PATH_MAX]; /* file or folder, empty = none kept */
};
/* Tries it on a copy of `founded` in `dir`, which is made and stays. */
void attempt_try(const struct attempt *attempt, const struct scratch *founded, const char *dir,
                 struct attempt_result *ret);
#endif
