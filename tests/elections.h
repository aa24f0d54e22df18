/* elections.h - a world with bodies and elections: what most scenarios need before they get to
 * their point. */
#ifndef PLENARY_TESTS_ELECTIONS_H
#define PLENARY_TESTS_ELECTIONS_H
#include "core/institutions/election.h"
#include "world.h"

enum { HOUR = 3600, DAY = 86400 };

/* The election under test: hex ids and its times. */
struct contest {
    const char *body, *freeze, *id;
    uint64_t nominate_until, opens, closes, keyed_until, objections_until;
    bool keyed;                      /* the call names keyed_until */
    const char *mode, *rule, *cells; /* cells: ",\"cells\":[1]" or "" */
};

const char *contest_council(struct world *w, const char *units, uint32_t seats_each);
const char *contest_office(struct world *w, const char *units, const char *role,
                           uint32_t seats_each);
/* The shortest timetable from now, an hour a step. */
struct contest contest_plan(struct world *w, const char *body, const char *mode, const char *rule);
/* Freezes by `who` into contest->freeze. */
enum article contest_freeze(struct world *w, size_t who, struct contest *contest);
/* The body of election.call. */
const char *contest_text(struct world *w, const struct contest *contest);
/* Calls; the id goes into the contest. */
enum article contest_call(struct world *w, size_t who, struct contest *contest);
/* Acts that only name election and cell. */
enum article contest_act(struct world *w, const struct contest *contest, size_t who, uint32_t cell,
                         const char *kind);
enum article contest_nominate(struct world *w, const struct contest *contest, size_t who,
                              uint32_t cell, size_t whom);
enum article contest_vote(struct world *w, const struct contest *contest, size_t who, uint32_t cell,
                          const char *ranks);
/* Lets time pass until `at`. */
void contest_until(struct world *w, uint64_t at);
/* Frozen and called by the founder; the given members stand in cell 1, one seat each, unopposed;
 * seats are filled. */
void contest_seat(struct world *w, const char *body, const size_t *members, size_t count);

uint32_t contest_row(const struct world *w, const struct contest *contest);
const struct cell_row *contest_cell(const struct world *w, const struct contest *contest,
                                    uint32_t cell);
/* Holds a seat of the body now? */
bool contest_seated(const struct world *w, const char *body, size_t who);
uint32_t contest_member(const struct world *w, size_t who);
hash32 contest_id(const char *hex);
const char *contest_digest(struct world *w, const struct contest *contest, uint32_t cell);
#endif
