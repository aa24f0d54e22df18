#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *code_name(enum code code)
{
    switch (code) {
    case CODE_OK: return "ok";
    case CODE_NO_MEMORY: return "out of memory";
    case CODE_IO: return "input/output error";
    case CODE_CORRUPT: return "corrupt";
    case CODE_MALFORMED: return "malformed";
    case CODE_TOO_BIG: return "too big";
    case CODE_NOT_FOUND: return "not found";
    case CODE_NOT_YOURS: return "not yours";
    case CODE_BUSY: return "busy";
    case CODE_INTERNAL: return "internal error";
    }
    return "unknown";
}

static void PRINTF_LIKE(3, 0)
    fail_fill(struct fail *fail, const char *reason, const char *format, va_list args)
{
    size_t len = strnlen(reason, sizeof fail->reason - 1);
    memcpy(fail->reason, reason, len);
    fail->reason[len] = '\0';
    (void)vsnprintf(fail->message, sizeof fail->message, format, args);
}

enum code fail_set(struct fail *fail, enum code code, const char *reason, const char *format, ...)
{
    if (!fail) return code;
    fail->line = fail->column = 0;
    va_list args;
    va_start(args, format);
    fail_fill(fail, reason, format, args);
    va_end(args);
    return code;
}

enum code fail_at(struct fail *fail, enum code code, const char *reason, uint64_t line,
                  uint64_t column, const char *format, ...)
{
    if (!fail) return code;
    fail->line = line;
    fail->column = column;
    va_list args;
    va_start(args, format);
    fail_fill(fail, reason, format, args);
    va_end(args);
    return code;
}

str str_from(const char *nul_terminated)
{
    if (!nul_terminated) return (str){"", 0};
    return (str){nul_terminated, strlen(nul_terminated)};
}

bool str_eq(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

int str_cmp(str a, str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    if (order) return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

size_t str_find(str s, char byte)
{
    const char *hit = s.len ? memchr(s.at, byte, s.len) : NULL;
    return hit ? (size_t)(hit - s.at) : s.len;
}

str str_sub(str s, size_t from, size_t len)
{
    if (from >= s.len) return (str){"", 0};
    if (len > s.len - from) len = s.len - from;
    return (str){s.at + from, len};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
    while (s.len && is_space(s.at[0])) s = (str){s.at + 1, s.len - 1};
    while (s.len && is_space(s.at[s.len - 1])) s.len--;
    return s;
}

str str_cut(str *rest, char byte)
{
    size_t at = str_find(*rest, byte);
    str head = {rest->at, at};
    /* No arithmetic on the NULL of an empty view. */
    if (at == rest->len)
        *rest = (str){at ? rest->at + at : rest->at, 0};
    else
        *rest = str_sub(*rest, at + 1, rest->len);
    return head;
}

bool str_to_u64(str s, uint64_t *ret)
{
    if (s.len == 0 || s.len > 16 || (s.len > 1 && s.at[0] == '0')) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        value = value * 10 + (uint64_t)(s.at[i] - '0');
    }
    if (value > RECORD_INT_MAX) return false;
    *ret = value;
    return true;
}
