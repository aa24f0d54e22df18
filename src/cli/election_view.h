/* election_view.h - what the record says about an election, for the commands that show it.
 * Everything is derived from the state when it is asked for. */
#ifndef PLENARY_CLI_ELECTION_VIEW_H
#define PLENARY_CLI_ELECTION_VIEW_H
#include "base/json.h"
#include "cli/election_tools.h"
#include "core/institutions/paper.h"
#include "core/institutions/result.h"

/* The count of a cell that has a result, with the candidates' names. */
struct election_outcome {
    bool has_result; /* provisional or final */
    bool has_count;  /* false when unopposed */
    struct result_job job;
    struct count_result count;
};
int election_outcome(struct client *c, uint32_t cell_row, struct election_outcome *ret);

struct election_papers { /* sums over the agreed piles of the round */
    uint32_t piles, agreed, valid, rejected;
};
struct election_papers election_papers(const struct state *s, uint32_t cell_row);

/* {"cell":…,…}: one cell with candidates, result, count, seats, objections. docs/cli-json.md */
int election_write_cell(struct client *c, uint32_t cell_row, struct json_writer *w);
/* Members "election", "body", "phase", "mode", "rule", "times" of an object already begun. */
void election_write_head(struct client *c, uint32_t election_row, struct json_writer *w);
const char *election_pile_state_name(enum pile_state state); /* for people */
const char *election_pile_state_word(enum pile_state state); /* for programs: "sealed_once" */
const char *election_objection_state_name(enum objection_state state);
#endif
