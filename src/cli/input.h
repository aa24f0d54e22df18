/* input.h - a file given on the command line, or standard input, whole; and what to say when it is
 * wrong. */
#ifndef PLENARY_CLI_INPUT_H
#define PLENARY_CLI_INPUT_H
#include "base/buf.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_MALFORMED = 4 };

/* The whole of `path`, "-" = standard input, into `ret` (opened here, done by the caller).
 * CODE_NOT_FOUND, CODE_IO, CODE_TOO_BIG over `max` bytes, CODE_NO_MEMORY; `fail` says which file.
 */
enum code input_read(const char *path, size_t max, struct buf *ret, struct fail *fail) MUST_CHECK;
/* "file:line:column: what was expected" on standard error; the exit status that goes with `code`.
 */
int input_complain(const char *path, enum code code, const struct fail *fail);
#endif
