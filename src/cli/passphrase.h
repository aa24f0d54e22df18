/* passphrase.h - asking for a passphrase: from a file, or from the terminal without echo. */
#ifndef PLENARY_CLI_PASSPHRASE_H
#define PLENARY_CLI_PASSPHRASE_H
#include "base/buf.h"
#include "cli/command.h"

enum { PASSPHRASE_MIN = 8, PASSPHRASE_MAX = 1024 /* bytes */ };
/* Appends the first line of the file that --passphrase-file names, else what is typed (twice alike
 * when `fresh`). EXIT_STATUS_USAGE when there is neither file nor terminal, or fewer than
 * PASSPHRASE_MIN bytes. The caller wipes. */
int passphrase_read(const struct cli *cli, bool fresh, struct buf *ret);
void passphrase_done(struct buf *buf);
#endif
