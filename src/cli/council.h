/* council.h - plenary council and plenary office: bodies of elected people, founded, apportioned,
 * shown. */
#ifndef PLENARY_CLI_COUNCIL_H
#define PLENARY_CLI_COUNCIL_H
#include "cli/command.h"

extern const struct command council_commands[];
extern const size_t council_command_count;
#endif
