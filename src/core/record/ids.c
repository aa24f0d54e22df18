#include "core/record/ids.h"

#include <string.h>

bool key32_eq(const key32 *a, const key32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool keyid4_eq(const keyid4 *a, const keyid4 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool mid16_eq(const mid16 *a, const mid16 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

int mid16_cmp(const mid16 *a, const mid16 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool device4_eq(const device4 *a, const device4 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* [a-z0-9]([a-z0-9<extra>]*[a-z0-9])? */
static bool label_valid(str label, str extra)
{
    if (label.len == 0) return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.at[i];
        if (is_digit(c) || is_lower(c)) continue;
        bool inside = i > 0 && i + 1 < label.len;
        if (!inside || str_find(extra, c) == extra.len) return false;
    }
    return true;
}

bool origin_valid(str origin)
{
    if (origin.len > ORIGIN_MAX) return false;
    size_t slash = str_find(origin, '/');
    if (slash == origin.len) return false;
    return label_valid(str_sub(origin, 0, slash), STR(".-")) &&
           label_valid(str_sub(origin, slash + 1, origin.len), STR("-"));
}

bool origin_is_rehearsal(str origin)
{
    return str_starts(origin, STR("rehearsal.invalid/")) && origin_valid(origin);
}

static bool kind_part_valid(str part)
{
    if (part.len == 0 || !is_lower(part.at[0])) return false;
    for (size_t i = 1; i < part.len; i++) {
        char c = part.at[i];
        if (!is_lower(c) && !is_digit(c) && c != '_') return false;
    }
    return true;
}

bool kind_valid(str kind)
{
    if (kind.len == 0 || kind.len > KIND_MAX || kind.at[kind.len - 1] == '.') return false;
    while (kind.len > 0)
        if (!kind_part_valid(str_cut(&kind, '.'))) return false;
    return true;
}
