/* ballot.h - plenary ballot verify: archives of elections with verifiable secret ballots. */
#ifndef PLENARY_CLI_BALLOT_H
#define PLENARY_CLI_BALLOT_H
#include "cli/command.h"

extern const struct command ballot_commands[];
extern const size_t ballot_command_count;
#endif
