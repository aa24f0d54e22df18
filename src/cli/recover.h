/* recover.h - plenary recover: an older copy of the database was restored; a copy of the record
 * holds the rest. */
#ifndef PLENARY_CLI_RECOVER_H
#define PLENARY_CLI_RECOVER_H
#include "cli/command.h"

extern const struct command recover_commands[];
extern const size_t recover_command_count;
#endif
