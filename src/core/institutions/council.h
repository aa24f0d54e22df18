/* council.h - councils and executives: bodies of delegates, their electorates and their numbers of
 * seats.
 *
 *     council.found {constituencies,kind,name,norm?,seats_each?,term}  any confirmed member;
 * nobody's approval. constituencies: ids of units and councils; kind "council" or "executive";
 * exactly one of norm and seats_each (1..1000); term in seconds, at most the bylaws' term. No
 * member may be counted twice: each unit and council stands there once, and no unit under a council
 * that stands beside it. roll.freeze {body}                    the founder, a registrar or
 * returning officer for it, any of its electors council.apportion {body,freeze,seats} the numbers
 * computed from the frozen roll, as everyone computes them
 *
 * norm: {"bands"?:[{"per"?:n,"round"?:"full"|"nearest"|"started","seats":n,"step"?:n,"up_to"?:n},
 * ...],"cap"?:n, "floor"?:n,"method":"dhondt"...,"ratio"?:n,"seats"?:n} `bands` with the method
 * bands alone (the last one without up_to), `ratio` with the ratio methods alone, `seats` with the
 * methods that share out a fixed number (count/apportion.h).
 *
 * Electors of a constituency are the active members of the unit and of all units under it that no
 * other constituency of the body takes (the nearest counts), or the members who hold a seat in the
 * electing body. */
#ifndef PLENARY_CORE_INSTITUTIONS_COUNCIL_H
#define PLENARY_CORE_INSTITUTIONS_COUNCIL_H
#include "core/count/apportion.h"
#include "core/step.h"

enum {
    COUNCIL_CONSTITUENCIES_MAX = 900, /* ids of 64 digits fit one act of 65,536 bytes */
    COUNCIL_SEATS_EACH_MAX = 1000,
    COUNCIL_TERM_MIN = 86400 /* seconds */
};

extern const struct act_kind council_kinds[];
extern const size_t council_kind_count;

/* The council whose seated delegates stand for most members (each for the members of the
 * constituency divided by its seats); then the one nearer to the base; then the older. ROW_NONE
 * while no council has a delegate. So a council founded beside it takes its place only by being
 * elected by more members. */
uint32_t council_top(const struct state *state);
/* Does the member hold a seat of the top council? */
bool council_top_delegate(const struct state *state, uint32_t member_row);

/* Members who would be electors now: of a constituency row, of any constituency of a body. */
bool council_elects(const struct state *state, uint32_t constituency_row, uint32_t member_row);
bool council_is_elector(const struct state *state, uint32_t body_row, uint32_t member_row);
/* Does the unit stand under a constituency of the body, directly or through councils? */
bool council_covers(const struct state *state, uint32_t body_row, uint32_t unit_row);
/* Does the holder's role answer for at least one constituency of the body? */
bool council_role_over(const struct state *state, uint32_t member_row, enum body_role role,
                       uint32_t body_row);

/* The founding of bodies, shared with office.h. */
struct council_plan {
    const hash32 *constituencies; /* ids of units or bodies */
    uint32_t constituency_count;
    str name, label, norm; /* norm: canonical JSON, empty = seats_each */
    uint32_t seats_each, removes;
    uint64_t term;
    enum body_kind kind;
    enum body_role role;
};
/* Refuses a plan whose constituencies are not open, overlap, are too far from the base, whose name
 * is taken or whose term is too long. */
enum article council_plan_decide(const struct state *state, const struct council_plan *plan);
enum code council_plan_apply(struct state *state, const struct council_plan *plan,
                             const struct step *step) MUST_CHECK;
/* Elections between a member and a seat elected by these; the highest of them + 1. */
uint32_t council_removes(const struct state *state, const hash32 *constituencies, uint32_t count);
/* Reads the array of ids `constituencies` of a body; the first wrong one fails the reader. NULL
 * when it failed or memory is out: the second when !fields->bad. */
const hash32 *council_read_ids(struct fields *fields, struct arena *arena, uint32_t *ret_count);

/* freeze_row.used: only an unused freeze serves an election. */
enum { FREEZE_UNUSED = 0, FREEZE_USED = 1, FREEZE_REPLACED = 2 };
/* Freezes the electorate of a body. Entries stand constituency by constituency in the order of the
 * body, each ascending by member_row (binary search), ballot_row ROW_NONE. Weight: the member's in
 * a unit, 1 per seat holder. Channel: CHANNEL_OPEN for a member with a confirmed device; else
 * CHANNEL_PAPER, or CHANNEL_ATTESTED where the bylaws allow no paper. An unused freeze of the body
 * becomes FREEZE_REPLACED and loses its entries. `id`: of the act, or derived when the clock
 * freezes. Only memory may fail. */
struct council_freeze_order {
    uint32_t body_row;
    hash32 id;
    unix_s at;
};
enum code council_freeze(struct state *state, const struct council_freeze_order *order,
                         uint32_t *ret_freeze_row) MUST_CHECK;
/* May an election still be called on it? An electorate frozen long ago leaves out whoever joined
 * since. */
enum { COUNCIL_FREEZE_FRESH_S = 30 * 86400 };
bool council_freeze_fresh(const struct state *state, uint32_t freeze_row, uint64_t at);
/* The unused freeze of a body, ROW_NONE. */
uint32_t council_freeze_unused(const struct state *state, uint32_t body_row);
/* Entries of one constituency of a freeze: first row and count. */
void council_freeze_part(const struct state *state, uint32_t freeze_row, uint32_t constituency_row,
                         uint32_t *ret_first, uint32_t *ret_count);
/* Entry of a member in entries [first, first+count) of one constituency, ROW_NONE. Binary search.
 */
uint32_t council_elector_find(const struct state *state, uint32_t first, uint32_t count,
                              uint32_t member_row);

/* How many seats every constituency gets by the frozen roll: ret->seats in the order of the body,
 * in `arena`. CODE_MALFORMED when the norm cannot be met by this roll ("members": seats to share
 * and nobody there; "floor", "cap": limits that do not fit the house); CODE_TOO_BIG;
 * CODE_NO_MEMORY. */
enum code council_seats(const struct state *state, uint32_t freeze_row, struct arena *arena,
                        struct apportion_result *ret, struct fail *fail) MUST_CHECK;
/* Computes the seats and enters them in the body and its constituencies. As council_seats;
 * unchanged on failure. For the clock; acts come through council.apportion. */
enum code council_apportion_apply(struct state *state, uint32_t freeze_row,
                                  struct arena *arena) MUST_CHECK;
struct council_norm {
    struct apportion_rule rule;
    uint32_t seats; /* of the house; 0 unless the method shares a fixed number */
};
/* Reads a norm and judges it; `arena` for the judging. CODE_MALFORMED, CODE_NO_MEMORY. */
enum code council_norm_read(const struct json *norm, struct arena *arena, struct council_norm *ret,
                            struct fail *fail) MUST_CHECK;
#endif
