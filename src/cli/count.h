/* count.h - `plenary count` and `plenary apportion`. They touch no organisation: a file in, a
 * result out. Exit status: 0 counted, 1 the file cannot be read, 2 usage, 4 malformed input
 * (file:line:column on stderr). */
#ifndef PLENARY_CLI_COUNT_H
#define PLENARY_CLI_COUNT_H

/* argv[0] is the verb. */
int cli_count(int argc, char **argv);
int cli_apportion(int argc, char **argv);
#endif
