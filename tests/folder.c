#include "folder.h"
#include <ftw.h>
#include <unistd.h>

char *folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/plenary-test-XXXXXX", parent != NULL ? parent : "/tmp") < 0) abort();
    if (mkdtemp(path) == NULL) abort();
    return path;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    return where->level > 0 ? remove(path) : 0;
}

void folder_clear(const char *path)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0) abort();
}

void folder_remove(char *path)
{
    folder_clear(path);
    rmdir(path);
    free(path);
}
