/* organisation.h - plenary status, clock, act: the organisation as a whole. */
#ifndef PLENARY_CLI_ORGANISATION_H
#define PLENARY_CLI_ORGANISATION_H
#include "cli/command.h"

extern const struct command organisation_commands[];
extern const size_t organisation_command_count;
#endif
