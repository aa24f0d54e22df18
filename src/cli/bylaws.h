/* bylaws.h - plenary bylaws presets, show, lint, adopt. */
#ifndef PLENARY_CLI_BYLAWS_H
#define PLENARY_CLI_BYLAWS_H
#include "cli/command.h"

extern const struct command bylaws_commands[];
extern const size_t bylaws_command_count;
#endif
