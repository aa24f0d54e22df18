/* counting.h - the commands that touch no organisation: a file in, a result out. */
#ifndef PLENARY_CLI_COUNTING_H
#define PLENARY_CLI_COUNTING_H
#include "cli/command.h"

extern const struct command counting_commands[];
extern const size_t counting_command_count;
#endif
