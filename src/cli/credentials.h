/* credentials.h - plenary council credentials BODY: by which election every seat is held, from how
 * many voters. */
#ifndef PLENARY_CLI_CREDENTIALS_H
#define PLENARY_CLI_CREDENTIALS_H
#include "cli/command.h"

extern const struct command credentials_commands[];
extern const size_t credentials_command_count;
#endif
