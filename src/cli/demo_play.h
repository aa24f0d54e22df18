/* demo_play.h - the parts of the demonstration: one director, thousands of members, each signing
 * with their own key. */
#ifndef PLENARY_CLI_DEMO_PLAY_H
#define PLENARY_CLI_DEMO_PLAY_H
#include "cli/client.h"
#include "cli/names.h"

enum { DEMO_UNITS_MAX = 900, DEMO_MEMBERS_MAX = 200000 };

struct demo_member {
    struct keyfile key;
    uint32_t unit; /* number of the unit, from 0 */
};

struct demo {
    struct client c;
    struct stream chance;
    struct names names;
    uint32_t members, units, delegates, executive;
    struct demo_member *member;
    hash32 *unit_id;
    uint32_t *unit_first, *unit_count; /* members of one unit stand together */
    hash32 congress, stewards, tellers, board;
    uint64_t steps, steps_all; /* acts done, acts expected: for the progress bar */
};

/* Sets the numbers from `members` in `units` (delegates, executive) and takes the room for them;
 * false: no memory. */
bool demo_cast(struct demo *demo, uint32_t members, uint32_t units);
/* Closes the organisation and gives the room back. */
void demo_end(struct demo *demo);

/* Each returns an exit status and has complained. */
int demo_play(struct demo *demo, const char *seed);  /* all of what follows, committed */
int demo_found(struct demo *demo, const char *seed); /* folder, founding act, units, roll, codes */
int demo_enrol(struct demo *demo);                   /* every member's key, confirmed */
int demo_elect_units(struct demo *demo);     /* councils, offices, candidates, ballots, seats */
int demo_confirm(struct demo *demo);         /* the units confirm; the founder's key ends */
int demo_elect_executive(struct demo *demo); /* 110 of the delegates, by STV */
/* The part of demo_elect_units before the first ballot; *ret_election is that of the congress. */
int demo_open_ballots(struct demo *demo, hash32 *ret_election);
/* Appends the body of that member's ballot.open, drawn by chance. */
enum code demo_ballot(struct demo *demo, uint32_t member, const hash32 *election,
                      struct buf *ret_body) MUST_CHECK;

/* Tools of the parts. */
int demo_act(struct demo *demo, const struct keyfile *who, const char *kind, const char *format,
             ...) PRINTF_LIKE(4, 5);
int demo_wait(struct demo *demo,
              uint64_t seconds);           /* the declared clock moves on; what is due happens */
const char *demo_times(struct demo *demo); /* "times" of an election that begins now */
void demo_step(struct demo *demo);         /* one act done: moves the bar */
#endif
