/* base.h - the words every module speaks: codes, byte views, macros.
 * base/ depends on libc, GMP and OpenSSL's SHA-256 only; it does no I/O, reads no clock, holds no
 * globals. */
#ifndef PLENARY_BASE_BASE_H
#define PLENARY_BASE_BASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define EXPORT __attribute__((visibility("default")))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Hands a failure to the caller unchanged. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        enum code try_code_ = (expr);                                                              \
        if (try_code_ != CODE_OK) return try_code_;                                                \
    } while (0)

/* Why an operation could not be done. A refusal under the rules is none of these: it is a value. */
enum code {
    CODE_OK = 0,
    CODE_NO_MEMORY, /* out of memory, or over the limit of the arena or buffer */
    CODE_IO,        /* the operating system or the database refused */
    CODE_CORRUPT,   /* what we stored is not what we wrote */
    CODE_MALFORMED, /* input from outside has a wrong form; `fail` names the place */
    CODE_TOO_BIG,   /* input is over a stated limit */
    CODE_NOT_FOUND, /* what was named does not exist */
    CODE_NOT_YOURS, /* a signature is false or its key is not bound to that member */
    CODE_BUSY,      /* another process holds it */
    CODE_INTERNAL   /* a broken invariant of ours */
};

/* Lower-case English name of `code`, for messages: "malformed". Static storage. */
const char *code_name(enum code code);

/* Detail of a failure: always the optional last parameter, NULL when the caller does not care.
 * Untouched on success. */
struct fail {
    char reason[24];   /* one word a program can test, "order", "duplicate" */
    char message[232]; /* what was expected, one line without newline */
    uint64_t line;     /* 1-based, 0 = unknown */
    uint64_t column;   /* 1-based in bytes, 0 = unknown */
};

/* Fills `fail` (may be NULL) and returns `code`, so that `return fail_set(...)` reads well. */
enum code fail_set(struct fail *fail, enum code code, const char *reason, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* The same with a place; `line` and `column` are 1-based. */
enum code fail_at(struct fail *fail, enum code code, const char *reason, uint64_t line,
                  uint64_t column, const char *format, ...) PRINTF_LIKE(6, 7);

/* A read-only run of bytes: not NUL-terminated, never owned; `at` is never NULL when len > 0. */
typedef struct str {
    const char *at;
    size_t len;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).at

str str_from(const char *nul_terminated); /* NULL gives the empty string */
bool str_eq(str a, str b);
/* Order of bytes as unsigned, shorter first on a tie: <0, 0, >0. */
int str_cmp(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Index of the first `byte`, or s.len. */
size_t str_find(str s, char byte);
/* Bytes [from, from+len) of `s`, cut at its end. */
str str_sub(str s, size_t from, size_t len);
/* ASCII white space removed at both ends. */
str str_trim(str s);
/* Cuts `*rest` at the first `byte`: returns what stood before, moves `*rest` behind it (to its end
 * if absent). */
str str_cut(str *rest, char byte);
/* Decimal without sign or leading zeros, <= 2^53-1. False otherwise; *ret untouched then. */
bool str_to_u64(str s, uint64_t *ret);

typedef int64_t unix_s; /* seconds since 1970-01-01T00:00:00Z as stated in the record */
/* 2^53-1, the largest integer in the record. */
#define RECORD_INT_MAX ((uint64_t)9007199254740991)
#endif
