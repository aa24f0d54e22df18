/* step.h - the fold: one table from act kind to {who signs, decode, decide, apply}, and the only
 * way state changes.
 *
 * The life of an act in the core:
 *     act_decode()      the bytes are one canonical, complete act                     record/act.h
 *     step_prepare()    the kind is known, the body has its form, keys are bound      plain errors
 *     (sign layer)      the signatures are valid under step->signers
 *     step_deadlines()  deadlines due by the leaf's time run
 *     step_decide()     ARTICLE_NONE or the article that refuses                      changes
 * nothing step_apply()      the state moves, the leaf joins the tree Verifiers, followers, the node
 * and the browser run the same chain. */
#ifndef PLENARY_CORE_STEP_H
#define PLENARY_CORE_STEP_H
#include "core/record/act.h"
#include "core/state.h"

/* Who must have signed. */
enum signers {
    SIGNERS_MEMBER = 1, /* one confirmed device of `by` */
    SIGNERS_FOUND,      /* the device named in the body of org.found */
    SIGNERS_ENROL,      /* enrolment key of `by` and the device named in the body */
    SIGNERS_NODE,       /* node key and a device of `by` */
    SIGNERS_ADD,        /* a confirmed device of `by` and the new device named in the body */
    SIGNERS_NEW /* the new device named in the body alone: requests to join, sponsored keys */
};

/* Where the fold finds machine data that acts refer to. */
struct blobs {
    /* The blob named by its SHA-256, false if not held. The view lives as long as the step. */
    bool (*get)(void *self, const hash32 *name, str *ret);
    void *self;
};

struct step;
/* A kind of act: the closed list. One row per kind stands in institutions/<organ>.c. */
struct act_kind {
    str name;       /* "unit.found" */
    uint32_t since; /* rules version that brought it */
    enum signers signers;
    bool attestable; /* two tellers may sign for the member, where the bylaws allow */
    bool is_public;  /* vis of its leaf */
    /* Reads step->act.body into an object of the step's arena (step->body). CODE_MALFORMED names
     * the place. */
    enum code (*decode)(struct step *step, struct fail *fail);
    /* What the rules say, given the state before. Changes nothing. */
    enum article (*decide)(const struct state *state, const struct step *step);
    /* Carries out what decide accepted. Only memory may fail. */
    enum code (*apply)(struct state *state, const struct step *step);
};

struct step_signer {
    key32 public_key;
    uint32_t key_row;    /* ROW_NONE for enrolment, node and new keys */
    uint32_t member_row; /* whose device, ROW_NONE */
};

/* First member of the body of every kind whose signers include a new key. */
struct new_key {
    device4 device;
    key32 key;
};

/* One act on its way through the fold. */
struct step {
    struct arena *arena; /* step lifetime */
    const struct blobs *blobs;
    struct act act;
    const struct act_kind *kind;
    void *body;          /* as decode left it */
    uint32_t by_row;     /* member row of `by`, ROW_NONE if not a member (yet) */
    uint32_t via_row[2]; /* tellers' member rows, ROW_NONE */
    struct step_signer signers[ACT_LINES_MAX];
    const key32
        *admits; /* public keys this act brings in: the sign layer checks each (sign_key_valid) */
    size_t admit_count;
    const hash32
        *names; /* blobs this act refers to: held before it is decided, part of every export */
    size_t name_count;
    unix_s at;      /* leaf time, set by step_decide's caller */
    uint64_t index; /* of the leaf */
};

/* All kinds known to this program. */
const struct act_kind *step_kind(str name);
const struct act_kind *step_kind_at(
    size_t i); /* NULL behind the last; for help and documentation */

/* Finds the kind, decodes the body, binds the keys of all signature lines as the state stands.
 * CODE_MALFORMED "kind" (unknown, or later than the rules in force), body errors; CODE_NOT_YOURS
 * "key" when a line's key is not bound to that member. */
enum code step_prepare(const struct state *state, struct step *step, struct fail *fail) MUST_CHECK;

/* Runs every deadline <= at, in order. Only memory may fail. */
enum code step_deadlines(struct state *state, unix_s at, const struct blobs *blobs,
                         struct arena *arena) MUST_CHECK;
/* Is a deadline <= at waiting? */
bool step_due(const struct state *state, unix_s at);

/* Verdict at step->at: prev, seen, time, then the kind's own guards. Deadlines <= at have run. */
enum article step_decide(const struct state *state, const struct step *step);
/* Applies an accepted act and appends its leaf (hash of the leaf text) to the tree. */
enum code step_apply(struct state *state, const struct step *step,
                     const hash32 *leaf_hash) MUST_CHECK;
/* A tick is recorded: time moves, due deadlines run. Refused (ARTICLE_TICK) unless one is due. */
enum article step_tick_decide(const struct state *state, unix_s at);
enum code step_tick_apply(struct state *state, unix_s at, const hash32 *tick_id,
                          const hash32 *leaf_hash, const struct blobs *blobs,
                          struct arena *arena) MUST_CHECK;

/* vis of the leaf of an act of that kind: "public" or "members". */
bool step_is_public(str kind);

/* In a guard: `if (bad && guards(state, ARTICLE_X)) return ARTICLE_X;` - always true but in the one
 * test build whose attempts clear guards one at a time. */
/* `guard`: an enum article or enum guard. */
static inline bool guards(const struct state *state, unsigned guard)
{
#ifdef PLENARY_TAKEOVER_SWITCHES
    return !state->cleared[guard];
#else
    (void)state;
    (void)guard;
    return true;
#endif
}
/* Refuses unless `condition` holds. */
#define GUARD(state, condition, article)                                                           \
    do {                                                                                           \
        if (!(condition) && guards((state), (article))) return (article);                          \
    } while (0)
#endif
