/* replay.c - runs a fuzz target over its corpus as a plain test: every file as it is, cut short at
 * every length, and with every bit flipped in turn; of longer files VARIANTS_MAX of each,
 * evenly spread. The target itself aborts on a broken promise; sanitizers see the rest. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VARIANTS_MAX = 256 }; /* cuts of one file, and as many flips */

/* A copy of exactly `size` bytes, so that reading one byte further is seen. */
static void feed(const char *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) abort();
    memcpy(copy, bytes, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void feed_around(char *bytes, size_t size)
{
    feed(bytes, size);
    for (size_t cut = 0; cut < size; cut += 1 + size / VARIANTS_MAX) feed(bytes, cut);
    for (size_t bit = 0; bit < 8 * size; bit += 1 + 8 * size / VARIANTS_MAX) {
        char was = bytes[bit / 8];
        bytes[bit / 8] = (char)(was ^ (1 << bit % 8));
        feed(bytes, size);
        bytes[bit / 8] = was;
    }
}

static void replay_file(const char *folder, const char *name)
{
    char path[4096];
    int wanted = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (wanted < 0 || (size_t)wanted >= sizeof path) return;
    size_t size = 0;
    char *bytes = check_read_file(path, &size);
    if (!CHECK(bytes != NULL, "cannot read %s", path)) return;
    feed_around(bytes, size);
    free(bytes);
}

int main(int argc, char **argv)
{
    const char *folder = argc == 2 ? argv[1] : "";
    DIR *dir = opendir(folder);
    if (!CHECK(dir != NULL, "usage: replay CORPUS-FOLDER; no folder \"%s\"", folder))
        return check_done();
    size_t files = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.') continue;
        replay_file(folder, entry->d_name);
        files++;
    }
    closedir(dir);
    CHECK(files > 0, "no inputs in %s", folder);
    return check_done();
}
