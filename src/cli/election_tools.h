/* election_tools.h - what the election commands share: finding the election and the cell, acting in
 * person or through two tellers, texts for people. Functions that return int return an exit status
 * and have already complained. */
#ifndef PLENARY_CLI_ELECTION_TOOLS_H
#define PLENARY_CLI_ELECTION_TOOLS_H
#include "cli/client.h"
#include "core/institutions/election.h"

#define ELECTION_STEPS(call)                                                                       \
    do {                                                                                           \
        int steps_status_ = (call);                                                                \
        if (steps_status_ != EXIT_STATUS_OK) return steps_status_;                                 \
    } while (0)

#define ELECTION_OPTION_CELL                                                                       \
    {                                                                                              \
        "cell", "N|UNIT", "which constituency; needed only where it is not plain", false           \
    }
#define ELECTION_OPTION_VIA                                                                        \
    {                                                                                              \
        "via", "A,B", "two tellers who sign for --as, a member without a device", false            \
    }
#define ELECTION_OPTION_TELLERS                                                                    \
    {                                                                                              \
        "tellers", "A,B", "both tellers at once, where this machine has both keys", false          \
    }

/* Opens the organisation; what is due by the clock is recorded first, by a reading command only
 * where no other program is writing. */
int election_open(struct client *c, struct cli *cli, enum node_mode mode);
/* One command: opened for writing, `run`, closed. */
int election_with(struct cli *cli, enum node_mode mode, int (*run)(struct client *c));

/* Where a command acts. */
struct election_spot {
    uint32_t election_row, cell_row, number; /* number of the cell */
};
/* By the first argument and --cell; without --cell the only one, or the only one in which
 * `member_row` is an elector (ROW_NONE: nobody in particular). */
int election_spot(struct client *c, uint32_t member_row, struct election_spot *ret);

/* Whose act it is: with --via the member of --as, else the actor. */
int election_actor(struct client *c, uint32_t *ret_row);
/* An act of that member. */
int election_act(struct client *c, const char *kind, str body);
/* The same, signed by the two members of --via or --tellers for `for_row`. */
int election_act_via(struct client *c, const char *tellers, uint32_t for_row, const char *kind,
                     str body);
/* Members of "A,B" into ret[0..room); their number in *ret_count. */
int election_members(struct client *c, const char *list, uint32_t *ret, uint32_t room,
                     uint32_t *ret_count);

/* Complains about the value of an option: "--ranks:5: …", malformed. */
int election_malformed(struct client *c, const char *option, size_t column, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Where a refusal can be foreseen: says which article and ends with its status. */
int election_refused(struct client *c, enum article article, const char *detail);

const char *election_hex(struct client *c, uint32_t election_row);
/* The unit's or council's name. */
str election_constituency(const struct state *s, uint32_t constituency_row);
str election_cell_name(const struct state *s, uint32_t cell_row);
const char *election_phase_name(enum election_state state);
const char *election_cell_state_name(enum cell_state state);
/* The candidate of the cell meant by "3", a name or a number on the roll; its number, 0 when
 * unknown. */
uint32_t election_candidate_meant(struct client *c, uint32_t cell_row, str typed);

/* Commits to `text`, keeps its opening for everybody, writes the commitment's base64 to *ret. */
int election_commit_text(struct client *c, str text, const char **ret);
/* The text behind a commitment as far as this machine holds it; empty when it does not, or there is
 * none. */
str election_text_of(struct client *c, const hash32 *commitment);

/* Prints a document that `writer` filled; complains when it did not fit. */
int election_print(struct client *c, struct buf *document);
#endif
