/* input.c - see input.h. */
#include "cli/input.h"
#include <errno.h>

static enum code read_all(FILE *file, size_t max, struct buf *ret)
{
    enum { PIECE = 1 << 16 };
    for (;;) {
        size_t room = max - ret->len + 1 < PIECE ? max - ret->len + 1 : PIECE;
        char *at = buf_extend(ret, room);
        if (!at) return CODE_NO_MEMORY;
        size_t got = fread(at, 1, room, file);
        ret->len -= room - got;
        if (ret->len > max) return CODE_TOO_BIG;
        if (got < room) return ferror(file) ? CODE_IO : CODE_OK;
    }
}

enum code input_read(const char *path, size_t max, struct buf *ret, struct fail *fail)
{
    bool standard = strcmp(path, "-") == 0;
    buf_init(ret, alloc_libc, max + 1);
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file)
        return fail_set(fail, errno == ENOENT ? CODE_NOT_FOUND : CODE_IO, "open", "cannot open: %s",
                        strerror(errno));
    enum code code = read_all(file, max, ret);
    if (!standard) fclose(file);
    if (code == CODE_TOO_BIG)
        return fail_set(fail, code, "size", "at most %zu bytes are read", max);
    return code == CODE_OK ? code : fail_set(fail, code, "read", "cannot read it whole");
}

int input_complain(const char *path, enum code code, const struct fail *fail)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    if (fail->line) {
        fprintf(stderr, "%s:%llu:%llu: %s\n", name, (unsigned long long)fail->line,
                (unsigned long long)fail->column, fail->message);
    } else {
        fprintf(stderr, "%s: %s\n", name, fail->message);
    }
    return code == CODE_MALFORMED || code == CODE_TOO_BIG ? EXIT_MALFORMED : EXIT_FAILED;
}
