/* demo.h - plenary demo: founds the demonstration organisation through the public submit path. */
#ifndef PLENARY_CLI_DEMO_H
#define PLENARY_CLI_DEMO_H
#include "cli/command.h"

extern const struct command demo_commands[];
extern const size_t demo_command_count;
#endif
