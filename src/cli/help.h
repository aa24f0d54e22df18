/* help.h - usage, man pages and completion, all from the table of commands. */
#ifndef PLENARY_CLI_HELP_H
#define PLENARY_CLI_HELP_H
#include "cli/command.h"

struct help {
    const struct command_family *families;
    size_t count;
};
/* "usage: plenary roll import FILE [--dry-run] …" */
void help_usage(const struct command *command, FILE *to);
/* Summary, usage, options, example. */
void help_command(const struct command *command, FILE *to);
/* Is this word help, --help, -h, --version, man or completion? */
bool help_asked(const char *word);
/* Answers it; argv[2] may name a noun. False when it names none. */
bool help_topic(const struct help *help, int argc, char **argv, FILE *to);
/* Lists the verbs of a noun; false when there is none. */
bool help_noun(const struct help *help, const char *noun, FILE *to);
#endif
