/* unit.h - plenary unit found, list, show, confirm, close, merge, split. */
#ifndef PLENARY_CLI_UNIT_H
#define PLENARY_CLI_UNIT_H
#include "cli/command.h"

extern const struct command unit_commands[];
extern const size_t unit_command_count;
#endif
