/* roll_input.h - a membership list beside the roll as it stands: what `plenary roll import` decides
 * from. */
#ifndef PLENARY_CLI_ROLL_INPUT_H
#define PLENARY_CLI_ROLL_INPUT_H
#include "cli/client.h"
#include "core/import/rollreport.h"

struct roll_former { /* a number of somebody who is no longer a member */
    str number;
    uint32_t member_row;
};

struct roll_input {
    struct client *client;
    const char *path;
    struct arena arena; /* rows, report, the known roll */
    struct buf file;
    struct problems problems;
    struct roll_table table;
    struct roll_diff diff; /* when there are no errors */
    struct roll_known *known;
    uint32_t *known_row; /* member row of each */
    str *unit_names;     /* by unit row, as before this command */
    uint32_t known_count;
    struct roll_former *former; /* ascending by number */
    uint32_t former_count,
        nameless; /* nameless: active members whose number this machine does not hold */
};

/* Reads the file by the options --mapping, --map and --unit, else by the mapping remembered, else
 * by its headings, and compares it with the roll. EXIT_STATUS_OK also when there are errors in
 * `problems`: then there is no diff. To be given to roll_input_done either way. */
int roll_input_read(struct roll_input *input, struct client *client, const char *path);
void roll_input_done(struct roll_input *input);
bool roll_input_has_errors(const struct roll_input *input);
/* The member row of whoever bore the number and left; ROW_NONE. */
uint32_t roll_input_former(const struct roll_input *input, str number);
/* "members.csv:17:3: error: …" for each error on the client's err. */
void roll_input_complain(const struct roll_input *input);
/* Keeps the mapping that was used for the next file. */
enum code roll_input_remember(struct roll_input *input, struct fail *fail) MUST_CHECK;
#endif
