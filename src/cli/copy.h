/* copy.h - copies of a record: export, mirror, and recovering from them. */
#ifndef PLENARY_CLI_COPY_H
#define PLENARY_CLI_COPY_H
#include "cli/command.h"

extern const struct command copy_commands[];
extern const size_t copy_command_count;
#endif
