/* scratch.h - the scratch organisation that takeover attempts are tried on: small, deterministic,
 * founded and confirmed through the real program (a folder, a node, signed acts). It is founded
 * once; every attempt gets its own copy.
 *
 * Three units of ten. In each: two stewards, two tellers, a registrar, two of appeals, two
 * delegates and one member without office. In the second unit that last one never enrolled a
 * device. The founder is still a member, of no unit. A council of six, two from each unit, by the
 * roll. Times of an election: an hour a step; a term is sixty days. */
#ifndef PLENARY_PROVE_SCRATCH_H
#define PLENARY_PROVE_SCRATCH_H
#include "audit/audit.h"
#include "core/guard.h"
#include "node/node.h"
#include "sign/compose.h"

#define SCRATCH_ORIGIN "rehearsal.invalid/scratch"
enum {
    SCRATCH_UNITS = 3,
    SCRATCH_EACH = 10,
    SCRATCH_PEOPLE_MAX = 64,
    SCRATCH_PATH_MAX = 400,
    SCRATCH_HOUR = 3600,
    SCRATCH_DAY = 86400,
    SCRATCH_TERM_DAYS = 60
};
/* Places of the ten of a unit. */
enum {
    STEWARD = 0,
    SECOND_STEWARD,
    TELLER,
    SECOND_TELLER,
    REGISTRAR,
    APPEALS,
    SECOND_APPEALS,
    DELEGATE,
    SECOND_DELEGATE,
    ORDINARY
};

struct scratch_person {
    mid16 mid;
    device4 device;
    struct secret_key key;
};

struct scratch {
    char dir[SCRATCH_PATH_MAX]; /* of the organisation */
    struct node *node;          /* NULL while it does not run */
    struct audit *audit;        /* of the export, once it was judged */
    const struct state *state;  /* of the node, or of the audit; NULL while there is neither */
    struct stream chance;
    struct arena arena;
    struct scratch_person person[SCRATCH_PEOPLE_MAX]; /* 0 = the founder, then unit by unit */
    uint32_t people;
    hash32 unit[SCRATCH_UNITS], council, stewards, tellers, registrars, appeals;
    key32 log_key;        /* as members have it on paper */
    struct buf note;      /* the last act */
    str refusal;          /* signed, of the last refused act; a copy in the arena */
    enum article article; /* the last act's verdict */
    enum code code;       /* of the last step that was no verdict */
    struct fail fail;
    hash32 last;      /* id of the last recorded act */
    char broken[200]; /* a preparation that failed; empty = none */
    bool detected;    /* others can show what happened: fail says what, evidence where */
    char evidence[SCRATCH_PATH_MAX];
    /* What an attempt keeps for its goal and evidence. */
    hash32 target, other;
    uint64_t mark;
    mid16 ghost;
    str carried;     /* an act signed and not submitted */
    str held, found; /* checkpoints: what a member holds, what the node shows */
    bool believed;
#ifdef PLENARY_TAKEOVER_SWITCHES
    uint8_t cleared[GUARD_COUNT];
#endif
};

/* Makes an empty folder of ours under $TMPDIR or /tmp. False: the disk refused. */
bool scratch_temporary(char ret[SCRATCH_PATH_MAX]) MUST_CHECK;
void scratch_remove(const char *dir);

/* Founds it in `dir`, which must not exist, and closes it again. What went wrong stands in
 * scratch->broken. */
bool scratch_found(struct scratch *scratch, const char *dir) MUST_CHECK;
/* A copy of `founded` in the folder `dir`, running. */
bool scratch_copy(struct scratch *scratch, const struct scratch *founded,
                  const char *dir) MUST_CHECK;
/* Stops it and gives the memory back; the folder stays. */
void scratch_done(struct scratch *scratch);
/* The node starts again, replaying everything with every signature. False with code and fail when
 * it does not. */
bool scratch_start(struct scratch *scratch, enum node_mode mode);
void scratch_stop(struct scratch *scratch);
/* What the auditor says of the export, judged with the log's key: state is what it replayed; else
 * detected, with what it found. Stops the node. */
void scratch_judge_export(struct scratch *scratch);
/* Two signed checkpoints as a file of evidence: detected if it convinces an auditor who holds
 * nothing but the log's key. */
void scratch_judge_checkpoints(struct scratch *scratch, str held, str found);
/* Copies what `from` holds of `names` (folders whole) over what `to` holds. */
bool scratch_copy_files(const char *from, const char *to, const char *const *names,
                        size_t count) MUST_CHECK;

/* Person at that place of the unit (from 0). */
uint32_t scratch_at(uint32_t unit, uint32_t place);
/* A new person with keys, not on any roll yet. */
uint32_t scratch_person(struct scratch *scratch);
uint32_t scratch_row(const struct scratch *scratch, uint32_t who);
const char *scratch_hex(struct scratch *scratch, const void *bytes, size_t len);
const char *scratch_id(struct scratch *scratch, const hash32 *id);
const char *scratch_text(struct scratch *scratch, const char *format, ...) PRINTF_LIKE(2, 3);
const char *scratch_blob(struct scratch *scratch, const char *text);

/* An act of that person, signed with that person's key: true when it is recorded; else article or
 * code and fail. */
bool scratch_act(struct scratch *scratch, uint32_t who, const char *kind, const char *body, ...)
    PRINTF_LIKE(4, 5);
/* Any composition; time and nonce filled in when zero. */
bool scratch_submit(struct scratch *scratch, struct compose *compose);
/* Exact bytes, made before. */
bool scratch_note(struct scratch *scratch, str note);
/* Composes without submitting: scratch->note. */
bool scratch_compose(struct scratch *scratch, struct compose *compose);
struct compose_key scratch_key(const struct scratch *scratch, uint32_t who);
/* A step of the preparation: when it failed, the attempt proves nothing. Returns `done`. */
bool scratch_must(struct scratch *scratch, bool done, const char *what);
/* The declared clock moves on; what is due happens. */
bool scratch_wait(struct scratch *scratch, uint64_t seconds);
bool scratch_commit(struct scratch *scratch);
uint64_t scratch_now(const struct scratch *scratch);

/* An election with the shortest timetable; times in seconds since 1970. */
struct scratch_election {
    const hash32 *body;
    const char *mode, *rule;
    hash32 freeze, id;
    uint64_t late,
        hurry; /* seconds added to the end of the objections, taken from the nominations */
    uint64_t nominate_until, opens, closes, keyed_until, objections_until;
};
/* roll.freeze by `who`, and the seats computed where they follow the roll. */
bool scratch_freeze(struct scratch *scratch, uint32_t who, struct scratch_election *election);
/* The timetable from now, and the body of election.call. */
const char *scratch_call_text(struct scratch *scratch, struct scratch_election *election);
bool scratch_call(struct scratch *scratch, uint32_t who, struct scratch_election *election);
/* Both, as a preparation: frozen and called by a delegate and two more electors who ask for it. */
bool scratch_elect(struct scratch *scratch, struct scratch_election *election);
bool scratch_stand(struct scratch *scratch, uint32_t who, const struct scratch_election *election,
                   uint32_t cell);
bool scratch_until(struct scratch *scratch, uint64_t at);
#endif
