/* roll.h - plenary roll: the membership list, from the file of the office to the electorate. The
 * commands' table is in roll.c, each larger command has its own file. */
#ifndef PLENARY_CLI_ROLL_H
#define PLENARY_CLI_ROLL_H
#include "cli/command.h"

extern const struct command roll_commands[];
extern const size_t roll_command_count;

int roll_run_import(struct cli *cli);                                 /* roll_import.c */
int roll_run_show(struct cli *cli), roll_run_export(struct cli *cli); /* roll_show.c */
int roll_run_check(struct cli *cli);
int roll_run_propose(struct cli *cli), roll_run_second(struct cli *cli); /* roll_acts.c */
int roll_run_move(struct cli *cli), roll_run_contact(struct cli *cli);
int roll_run_resign(struct cli *cli), roll_run_request(struct cli *cli);
int roll_run_answer(struct cli *cli), roll_run_freeze(struct cli *cli);
int roll_run_proposals(struct cli *cli), roll_run_requests(struct cli *cli); /* roll_open.c */
int roll_run_codes(struct cli *cli);                                         /* roll_codes.c */
int roll_run_erase(struct cli *cli);                                         /* roll_erase.c */

/* Rows by the first hexadecimal digits (6 or more) of the id; complain and return ROW_NONE.
 * roll_open.c */
struct client;
uint32_t roll_proposal(struct client *client, const char *typed);
uint32_t roll_request(struct client *client, const char *typed);
#endif
