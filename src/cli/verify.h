/* verify.h - plenary verify: the auditor's program as a command. */
#ifndef PLENARY_CLI_VERIFY_H
#define PLENARY_CLI_VERIFY_H
#include "cli/command.h"

extern const struct command verify_commands[];
extern const size_t verify_command_count;
#endif
