/* check.h - the test harness: checks count themselves, the last line says "N passed, N failed". */
#ifndef PLENARY_TESTS_CHECK_H
#define PLENARY_TESTS_CHECK_H
#include "base/base.h"

/* Counts one check; prints place and message when `cond` is false. Evaluates to cond. */
#define CHECK(cond, ...) check_that((cond), __FILE__, __LINE__, #cond, __VA_ARGS__)
bool check_that(bool ok, const char *file, int line, const char *text, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* Prints "skipped: why" once; counted apart. */
void check_skip(const char *format, ...) PRINTF_LIKE(1, 2);
/* Prints "N passed, N failed[, N skipped]" and returns the exit status for main. */
int check_done(void);

/* An allocator that fails the n-th call (0-based) and counts what is live. */
#include "base/arena.h"
struct failing {
    size_t calls, fail_at;
    int64_t live;
    bool sticky; /* fail every call from fail_at on */
};
struct alloc failing_alloc(struct failing *failing);

/* $PLENARY_DATA or ../shared/data seen from the project root ($PLENARY_ROOT); NULL when the folder
 * is absent. */
const char *check_data_dir(void);
/* Whole file, NUL-terminated, malloc'd; NULL when unreadable. */
char *check_read_file(const char *path, size_t *ret_len);
#endif
