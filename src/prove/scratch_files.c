/* scratch_files.c - folders of the scratch organisation: made, copied, removed. */
#include "prove/scratch.h"

#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, DEPTH_MAX = 16 };

bool scratch_temporary(char ret[SCRATCH_PATH_MAX])
{
    const char *parent = getenv("TMPDIR");
    int len = snprintf(ret, SCRATCH_PATH_MAX, "%s/plenary-prove-XXXXXX",
                       parent && parent[0] ? parent : "/tmp");
    return len > 0 && len < SCRATCH_PATH_MAX - 100 && mkdtemp(ret) != NULL;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about, (void)type, (void)where;
    return remove(path);
}

void scratch_remove(const char *dir)
{
    (void)nftw(dir, remove_one, DEPTH_MAX, FTW_DEPTH | FTW_PHYS);
}

static bool copy_file(const char *from, const char *to)
{
    struct buf bytes;
    buf_init(&bytes, alloc_libc, FILE_MAX);
    bool done = io_read_file(AT_FDCWD, from, &bytes, NULL) == CODE_OK;
    int fd = done ? open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    done = fd >= 0 && io_write_all(fd, buf_str(&bytes), NULL) == CODE_OK;
    if (fd >= 0 && close(fd) != 0) done = false;
    buf_done(&bytes);
    return done;
}

static bool copy_tree(const char *from, const char *to, int depth);

static bool copy_entry(const char *from, const char *to, const char *name, int depth)
{
    char source[2 * SCRATCH_PATH_MAX], target[2 * SCRATCH_PATH_MAX];
    struct stat about;
    int a = snprintf(source, sizeof source, "%s/%s", from, name),
        b = snprintf(target, sizeof target, "%s/%s", to, name);
    if (a >= (int)sizeof source || b >= (int)sizeof target || lstat(source, &about) != 0)
        return false;
    if (S_ISDIR(about.st_mode)) return depth < DEPTH_MAX && copy_tree(source, target, depth + 1);
    return copy_file(source, target);
}

static bool copy_tree(const char *from, const char *to, int depth)
{
    if (mkdir(to, 0700) != 0 && errno != EEXIST) return false;
    DIR *dir = opendir(from);
    bool done = dir != NULL;
    for (struct dirent *entry; done && (entry = readdir(dir));) {
        bool itself = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!itself) done = copy_entry(from, to, entry->d_name, depth);
    }
    if (dir) (void)closedir(dir);
    return done;
}

bool scratch_copy_files(const char *from, const char *to, const char *const *names, size_t count)
{
    if (mkdir(to, 0700) != 0 && errno != EEXIST) return false;
    for (size_t i = 0; i < count; i++) {
        char old[2 * SCRATCH_PATH_MAX], new[2 * SCRATCH_PATH_MAX];
        (void)snprintf(old, sizeof old, "%s/%s", to, names[i]);
        (void)snprintf(new, sizeof new, "%s/%s", from, names[i]);
        scratch_remove(old);
        if (access(new, F_OK) == 0 && !copy_entry(from, to, names[i], 0)) return false;
    }
    return true;
}

bool scratch_copy(struct scratch *s, const struct scratch *founded, const char *dir)
{
    *s = *founded;
    s->node = NULL;
    s->audit = NULL;
    (void)snprintf(s->dir, sizeof s->dir, "%s", dir);
    arena_init(&s->arena, alloc_libc, (size_t)64 << 20);
    buf_init(&s->note, alloc_libc, ACT_NOTE_MAX);
    if (!copy_tree(founded->dir, dir, 0)) return scratch_must(s, false, "a copy of the folder");
    return scratch_must(s, scratch_start(s, NODE_WRITE), "the node starts");
}

void scratch_done(struct scratch *s)
{
    scratch_stop(s);
    buf_done(&s->note);
    arena_done(&s->arena);
    for (uint32_t i = 0; i < s->people; i++) secret_key_done(&s->person[i].key);
    s->people = 0;
}
