/* prove.h - plenary prove: tries the known takeovers against a scratch organisation. */
#ifndef PLENARY_CLI_PROVE_H
#define PLENARY_CLI_PROVE_H
#include "cli/command.h"

extern const struct command prove_commands[];
extern const size_t prove_command_count;
#endif
