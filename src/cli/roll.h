/* roll.h - plenary roll: the membership list, from the file of the office to the electorate. The commands' table is in
 * roll.c, each larger command has its own file. */
#ifndef PLENARY_CLI_ROLL_H
#define PLENARY_CLI_ROLL_H
#include "cli/command.h"

extern const struct command roll_commands[];
extern const size_t roll_command_count;

int roll_run_import(struct cli *cli); /* roll_import.c */
#endif
