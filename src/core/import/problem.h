/* problem.h - what is wrong with a file from outside, said with place and advice.
 * Pure. A problem is about the file, never about our program: those are codes. */
#ifndef PLENARY_CORE_IMPORT_PROBLEM_H
#define PLENARY_CORE_IMPORT_PROBLEM_H
#include "base/arena.h"

/* An error forbids the import as a whole; a warning says how a doubtful cell was read or that it
 * was left out; a note says what was done without doubt. */
enum problem_severity { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE, PROBLEM_SEVERITIES };
const char *problem_severity_name(enum problem_severity severity); /* "error" */

enum { PROBLEM_CELL_NONE = 0 };

struct problem_place {
    uint32_t line;   /* 1-based line of the file, as an editor counts; 0 = the file as a whole */
    uint32_t column; /* 1-based, in characters of that line; 0 = the line as a whole */
    uint32_t cell;   /* 1-based number of the table's column; PROBLEM_CELL_NONE = none */
};

struct problem {
    enum problem_severity severity;
    struct problem_place place;
    const char *reason; /* one word a program can test; static storage */
    str message;        /* what is the matter, one line without a full stop */
    str advice;         /* what to do; may be empty */
};

/* The first `room` problems of each severity are kept, all are counted. */
struct problems {
    struct arena *arena;
    uint32_t room;
    bool failed; /* out of memory: sticky, checked once with problems_check() */
    uint32_t total[PROBLEM_SEVERITIES];
    struct problem *kept[PROBLEM_SEVERITIES]; /* min(total, room) of each, in the order found */
    uint32_t kept_room[PROBLEM_SEVERITIES];
};

void problems_init(struct problems *problems, struct arena *arena, uint32_t room);
/* Adds one; the texts are formatted into the arena. The returned problem takes an advice; NULL when
 * it was only counted or memory ran out. Values quoted from the file must be cut by the caller (see
 * problem_quote). */
struct problem *problems_add(struct problems *problems, enum problem_severity severity,
                             struct problem_place place, const char *reason, const char *format,
                             ...) PRINTF_LIKE(5, 6);
/* Advice for a problem just added; accepts NULL. */
void problems_advise(struct problems *problems, struct problem *problem, const char *format, ...)
    PRINTF_LIKE(3, 4);
uint32_t problems_kept(const struct problems *problems, enum problem_severity severity);
enum code problems_check(const struct problems *problems) MUST_CHECK;
/* The kept problems of all severities in the order of their place in the file (stable), in the
 * arena. */
enum code problems_in_order(struct problems *problems, const struct problem ***ret,
                            uint32_t *ret_count) MUST_CHECK;

/* A value from the file made fit to stand in a message: 'quoted', at most 40 characters, control
 * characters and ill-formed bytes shown as '?'. In the arena. */
str problem_quote(struct arena *arena, str value);
#endif
