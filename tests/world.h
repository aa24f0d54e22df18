/* world.h - a small organisation for tests: deterministic keys, every act built, signed and
 * submitted through the real fold, no files. One world per test; a failed plain error is a test
 * failure and printed with its place. */
#ifndef PLENARY_TESTS_WORLD_H
#define PLENARY_TESTS_WORLD_H
#include "check.h"
#include "core/fold.h"
#include "sign/compose.h"

enum { WORLD_MEMBERS_MAX = 20000, WORLD_BLOBS_MAX = 4096 };
#define WORLD_START ((unix_s)1790000000)

struct world_member {
    mid16 mid;
    device4 device;
    struct secret_key key;
};

struct world_blob {
    hash32 name;
    char *bytes;
    size_t len;
};

struct world {
    struct state state;
    struct fold fold;
    struct stream stream;
    struct arena arena; /* for bodies; lives as long as the world */
    unix_s now;
    struct secret_key node_key;
    struct world_member *member; /* 0 = the founder */
    size_t member_count;
    struct world_blob *blob;
    size_t blob_count;
    hash32 last_id;   /* id of the last accepted act */
    struct buf note;  /* the last act's bytes */
    struct fail fail; /* of the last plain error */
    enum code code;   /* of the last submission */
    /* Called with every entry as it is recorded, when set; views as fold.h says. */
    void (*recorded)(void *recorder, const struct fold_outcome *outcome);
    void *recorder;
};

/* An empty world at WORLD_START. `seed` makes keys and ids. */
void world_init(struct world *w, const char *seed);
void world_done(struct world *w);
/* Founds it with these bylaws parameters, a JSON object such as "{\"term_seconds\":1000000}"; NULL
 * = short times that suit tests: nominate/ballot/keying/objection one hour each, call_lead one day,
 * call_electors 1, term 30 days. */
void world_found(struct world *w, const char *parameters);

/* Keeps bytes as a blob; returns its name in hex, in the world's arena. */
const char *world_blob(struct world *w, str bytes);
/* printf into the world's arena. */
const char *world_text(struct world *w, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case hex of bytes in the world's arena. */
const char *world_hex(struct world *w, const void *bytes, size_t len);

/* Submits an act of member `who` with a JSON body (printf); the clock moves one second before.
 * Ticks first when something is due. Returns the refusing article, ARTICLE_NONE when recorded;
 * ARTICLE_COUNT on a plain error, then w->code and w->fail say which. */
enum article world_act(struct world *w, size_t who, const char *kind, const char *body, ...)
    PRINTF_LIKE(4, 5);
/* The same act signed by two tellers for the member. */
enum article world_attested(struct world *w, size_t member, const size_t tellers[2],
                            const char *kind, const char *body, ...) PRINTF_LIKE(5, 6);
/* Full control: any compose; `by`, kind, keys as given, nonce and time filled in when zero. */
enum article world_submit(struct world *w, struct compose *compose);
/* Submits exact bytes. */
enum article world_note(struct world *w, str note);

/* Lets time pass; ticks when something became due. */
void world_later(struct world *w, uint64_t seconds);

/* Founder's acts, checked to be accepted; ids come back in hex (world arena). */
const char *world_unit(struct world *w, const char *name);
/* Admits `n` new members to the unit (founding: the founder's proposal), issues codes, enrols and
 * confirms each: afterwards each has a confirmed key. Returns the first one's number. */
size_t world_join(struct world *w, const char *unit_id, size_t n);
/* As world_join without codes and keys. */
size_t world_join_keyless(struct world *w, const char *unit_id, size_t n);
/* Code, enrolment and confirmation for one member, by the registrar `by`. */
void world_enrol(struct world *w, size_t by, size_t who);
#endif
