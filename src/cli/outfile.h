/* outfile.h - files with personal data or secrets: new, mode 0600, complete or absent. */
#ifndef PLENARY_CLI_OUTFILE_H
#define PLENARY_CLI_OUTFILE_H
#include "base/base.h"
#include <limits.h>
#include <stdio.h>

struct outfile {
    FILE *to;
    char path[PATH_MAX], draft[PATH_MAX]; /* draft: what is written until outfile_keep */
    bool is_standard;
};
/* "-" writes to `standard`. CODE_BUSY "exists": nothing is overwritten; CODE_IO; CODE_TOO_BIG
 * "path". */
enum code outfile_open(struct outfile *file, const char *path, FILE *standard,
                       struct fail *fail) MUST_CHECK;
/* Everything written and durable under its name, or CODE_IO and nothing left behind. */
enum code outfile_keep(struct outfile *file, struct fail *fail) MUST_CHECK;
/* Leaves nothing behind. Accepts a zeroed one and one that was kept. */
void outfile_drop(struct outfile *file);
/* Does `path` lie in the folder `dir` or under it? Secrets of members have no place there. */
bool outfile_is_inside(const char *path, const char *dir);
#endif
