#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum code outfile_open(struct outfile *file, const char *path, FILE *standard, struct fail *fail)
{
    *file = (struct outfile){.is_standard = strcmp(path, "-") == 0};
    if (file->is_standard) {
        file->to = standard;
        return CODE_OK;
    }
    int len = snprintf(file->draft, sizeof file->draft, "%s.part", path);
    if (len < 0 || (size_t)len >= sizeof file->draft)
        return fail_set(fail, CODE_TOO_BIG, "path", "the path is too long");
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    if (access(path, F_OK) == 0)
        return fail_set(fail, CODE_BUSY, "exists",
                        "exists already; nothing is overwritten, give another name");
    (void)unlink(file->draft);
    int fd = open(file->draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) file->to = fdopen(fd, "w");
    if (file->to) return CODE_OK;
    if (fd >= 0) (void)close(fd);
    return fail_set(fail, CODE_IO, "open", "cannot be written: %s", strerror(errno));
}

enum code outfile_keep(struct outfile *file, struct fail *fail)
{
    bool good = fflush(file->to) == 0 && ferror(file->to) == 0;
    if (file->is_standard)
        return good ? CODE_OK
                    : fail_set(fail, CODE_IO, "write", "cannot be written: %s", strerror(errno));
    good = good && fsync(fileno(file->to)) == 0;
    good = fclose(file->to) == 0 && good;
    file->to = NULL;
    /* link, not rename: it refuses a file that came to stand there meanwhile. */
    good = good && link(file->draft, file->path) == 0;
    enum code code =
        good ? CODE_OK : fail_set(fail, CODE_IO, "write", "cannot be written: %s", strerror(errno));
    (void)unlink(file->draft);
    return code;
}

void outfile_drop(struct outfile *file)
{
    if (file->is_standard || !file->to) return;
    (void)fclose(file->to);
    (void)unlink(file->draft);
    file->to = NULL;
}

bool outfile_is_inside(const char *path, const char *dir)
{
    char parent[PATH_MAX], real_parent[PATH_MAX], real_dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t keep = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    if (keep >= sizeof parent) return false;
    memcpy(parent, slash ? path : ".", slash ? keep : 1);
    parent[slash ? keep : 1] = '\0';
    if (!realpath(parent, real_parent) || !realpath(dir, real_dir)) return false;
    size_t len = strlen(real_dir);
    return strncmp(real_parent, real_dir, len) == 0 &&
           (real_parent[len] == '\0' || real_parent[len] == '/');
}
