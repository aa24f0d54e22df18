/* init.h - founding: shared by `plenary init`, the demonstration and the takeover attempts. */
#ifndef PLENARY_CLI_INIT_H
#define PLENARY_CLI_INIT_H
#include "cli/client.h"

extern const struct command init_commands[];
extern const size_t init_command_count;

struct founding {
    const char *origin, *name, *preset;
    const char *seed;        /* node keys follow from it; NULL: random */
    char rehearsal_seed[65]; /* members' keys follow from it; empty: no rehearsal */
    unix_s clock;            /* declared time, 0 = the system's */
};
/* Makes the folder, opens `client` on it as the founder and founds. The client is to be closed
 * either way. `chance`: see client.h. */
int init_make(struct client *client, struct cli *cli, const struct founding *founding,
              struct stream *chance);
/* Founds in a folder that node_create has made, as client->actor. */
int init_found(struct client *client, const struct founding *founding);
/* "checkpoint no. N: twelve words" of the last commit. */
void init_print_words(const struct client *client);
#endif
