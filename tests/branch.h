/* branch.h - units with stewards for tests of roll, units, councils and offices. Seats are handed
 * out directly here: how elections fill them is the matter of other tests. */
#ifndef PLENARY_TESTS_BRANCH_H
#define PLENARY_TESTS_BRANCH_H
#include "world.h"

enum { BRANCH_STEWARDS = 3 };
struct branch {
    const char *id; /* hex */
    uint32_t row;
    const char *office;              /* id of the stewards' office, hex */
    size_t first, count;             /* members with confirmed keys */
    size_t steward[BRANCH_STEWARDS]; /* the first members; NULL office: none */
};
/* A unit founded by the founder with that many members; with stewards. */
struct branch branch_make(struct world *w, const char *name, size_t members);
/* Both of the first two stewards confirm the unit as it stands. */
void branch_confirm(struct world *w, const struct branch *branch);
/* Gives a seat of constituency `number` of the body; its row. */
uint32_t branch_seat(struct world *w, const char *body_id, uint32_t number, size_t who);
/* Founds an office of one unit, by the founder; its id. */
const char *branch_office(struct world *w, const char *unit_id, const char *role, unsigned seats);
/* A council of these units with one seat each, by the founder; its id. */
const char *branch_council(struct world *w, const char *name, const char *const *unit_ids,
                           size_t count);

uint32_t branch_member(const struct world *w, size_t who); /* row; ROW_NONE */
uint32_t branch_unit(const struct world *w, const char *id);
uint32_t branch_body(const struct world *w, const char *id);
const char *branch_mid(struct world *w, size_t who);
/* A person who is no member yet: mid, device and key. */
size_t branch_stranger(struct world *w);

/* A list of changes as a blob; its name. `changes` printf: what stands between the brackets. */
const char *branch_list(struct world *w, const char *changes, ...) PRINTF_LIKE(2, 3);
/* One change that admits `who`. */
const char *branch_admit(struct world *w, size_t who);
/* The body of unit.confirm as the roll stands. */
const char *branch_count(struct world *w, const char *unit_id);

/* One act tried against the same state, which stays as it is. */
struct trial {
    const char *name;
    size_t who;
    const char *kind, *body;
    enum article expected; /* ARTICLE_NONE: would be recorded; ARTICLE_COUNT: malformed */
};
void branch_try(struct world *w, const struct trial *trials, size_t count);
/* Does the act now; a failed check names `name`. */
bool branch_do(struct world *w, const struct trial *trial);

/* Lists of units and their counts agree, forwards and backwards; each unit under one parent. */
void branch_check_lists(const struct state *state, const char *when);
#endif
