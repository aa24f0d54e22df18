#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t passed, failed, skipped;

bool check_that(bool ok, const char *file, int line, const char *text, const char *format, ...)
{
    if (ok) {
        passed++;
        return true;
    }
    failed++;
    printf("%s:%d: %s: ", file, line, text);
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    return false;
}

void check_skip(const char *format, ...)
{
    skipped++;
    printf("skipped: ");
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

int check_done(void)
{
    printf("%zu passed, %zu failed", passed, failed);
    if (skipped) printf(", %zu skipped", skipped);
    putchar('\n');
    /* A program that checked nothing has proved nothing; 77 is meson's word for skipped. */
    if (passed + failed == 0) return skipped ? 77 : 1;
    return failed != 0;
}

static bool call_fails(struct failing *failing)
{
    size_t call = failing->calls++;
    return failing->sticky ? call >= failing->fail_at : call == failing->fail_at;
}

static void *failing_take(void *self, size_t size)
{
    struct failing *failing = self;
    if (call_fails(failing)) return NULL;
    void *memory = malloc(size);
    if (!memory) abort();
    /* Fresh memory holds garbage; a test must not pass because it happened to be zero. */
    memset(memory, 0xa5, size);
    failing->live++;
    return memory;
}

static void *failing_grow(void *self, void *old, size_t old_size, size_t size)
{
    struct failing *failing = self;
    if (call_fails(failing)) return NULL;
    /* Always moves, so that a view kept across growth is caught by the address sanitizer. */
    char *memory = malloc(size);
    if (!memory) abort();
    memset(memory, 0xa5, size);
    if (old)
        memcpy(memory, old, old_size < size ? old_size : size);
    else
        failing->live++;
    free(old);
    return memory;
}

static void failing_give(void *self, void *memory)
{
    struct failing *failing = self;
    if (memory) failing->live--;
    free(memory);
}

struct alloc failing_alloc(struct failing *failing)
{
    return (struct alloc){failing_take, failing_grow, failing_give, failing};
}

const char *check_data_dir(void)
{
    static char path[4096];
    const char *data = getenv("PLENARY_DATA"), *root = getenv("PLENARY_ROOT");
    if (data)
        (void)snprintf(path, sizeof path, "%s", data);
    else
        (void)snprintf(path, sizeof path, "%s/../shared/data", root ? root : ".");
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? path : NULL;
}

char *check_read_file(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *bytes = NULL;
    size_t len = 0, got;
    do {
        char *more = realloc(bytes, len + 65536 + 1);
        if (!more) abort();
        bytes = more;
        got = fread(bytes + len, 1, 65536, file);
        len += got;
    } while (got > 0);
    bool bad = ferror(file) != 0;
    fclose(file);
    if (bad) {
        free(bytes);
        return NULL;
    }
    bytes[len] = '\0';
    *ret_len = len;
    return bytes;
}
