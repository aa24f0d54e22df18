#include "core/import/problem.h"

#include "base/sort.h"
#include "base/text.h"
#include <stdarg.h>

const char *problem_severity_name(enum problem_severity severity)
{
    switch (severity) {
    case PROBLEM_ERROR: return "error";
    case PROBLEM_WARNING: return "warning";
    case PROBLEM_NOTE: return "note";
    case PROBLEM_SEVERITIES: break;
    }
    return "";
}

void problems_init(struct problems *problems, struct arena *arena, uint32_t room)
{
    *problems = (struct problems){.arena = arena, .room = room};
}

/* Room for one more kept problem of `severity`, doubling in the arena. */
static bool make_room(struct problems *problems, enum problem_severity severity)
{
    uint32_t have = problems_kept(problems, severity);
    if (have < problems->kept_room[severity]) return true;
    uint32_t room = have ? have * 2 : 16;
    if (room > problems->room) room = problems->room;
    struct problem *grown = ARENA_ARRAY(problems->arena, room, struct problem);
    if (!grown) return false;
    if (have) memcpy(grown, problems->kept[severity], have * sizeof *grown);
    problems->kept[severity] = grown;
    problems->kept_room[severity] = room;
    return true;
}

static str format_text(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
static str format_text(struct arena *arena, const char *format, va_list args)
{
    char text[512];
    int len = vsnprintf(text, sizeof text, format, args);
    if (len < 0) return (str){NULL, 0};
    size_t used = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    str copy;
    if (!arena_copy(arena, (str){text, utf8_check((str){text, used})}, &copy))
        return (str){NULL, 0};
    return copy;
}

struct problem *problems_add(struct problems *problems, enum problem_severity severity,
                             struct problem_place place, const char *reason, const char *format,
                             ...)
{
    if (problems->failed) return NULL;
    uint32_t have = problems_kept(problems, severity);
    if (have >= problems->room) {
        problems->total[severity]++;
        return NULL;
    }
    va_list args;
    va_start(args, format);
    str message = format_text(problems->arena, format, args);
    va_end(args);
    if (!message.at || !make_room(problems, severity)) {
        problems->failed = true;
        return NULL;
    }
    problems->total[severity]++;
    struct problem *problem = &problems->kept[severity][have];
    *problem = (struct problem){severity, place, reason, message, STR("")};
    return problem;
}

void problems_advise(struct problems *problems, struct problem *problem, const char *format, ...)
{
    if (!problem) return;
    va_list args;
    va_start(args, format);
    str advice = format_text(problems->arena, format, args);
    va_end(args);
    if (advice.at) {
        problem->advice = advice;
    } else {
        problems->failed = true;
    }
}

uint32_t problems_kept(const struct problems *problems, enum problem_severity severity)
{
    uint32_t total = problems->total[severity];
    return total < problems->room ? total : problems->room;
}

enum code problems_check(const struct problems *problems)
{
    return problems->failed ? CODE_NO_MEMORY : CODE_OK;
}

static int place_order(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct problem *one = *(const struct problem *const *)a,
                         *two = *(const struct problem *const *)b;
    if (one->place.line != two->place.line) return one->place.line < two->place.line ? -1 : 1;
    if (one->place.column != two->place.column)
        return one->place.column < two->place.column ? -1 : 1;
    return 0;
}

enum code problems_in_order(struct problems *problems, const struct problem ***ret,
                            uint32_t *ret_count)
{
    TRY(problems_check(problems));
    uint32_t count = 0;
    for (int s = 0; s < PROBLEM_SEVERITIES; s++)
        count += problems_kept(problems, (enum problem_severity)s);
    const struct problem **all =
        ARENA_ARRAY(problems->arena, count ? count : 1, const struct problem *);
    if (!all) return CODE_NO_MEMORY;
    uint32_t filled = 0;
    for (int s = 0; s < PROBLEM_SEVERITIES; s++) {
        uint32_t kept = problems_kept(problems, (enum problem_severity)s);
        for (uint32_t i = 0; i < kept; i++) all[filled++] = &problems->kept[s][i];
    }
    TRY(sort_stable(all, count, sizeof(const struct problem *), place_order, NULL,
                    problems->arena->alloc));
    *ret = all;
    *ret_count = count;
    return CODE_OK;
}

enum { QUOTE_CHARACTERS_MAX = 40 };

str problem_quote(struct arena *arena, str value)
{
    char text[4 * QUOTE_CHARACTERS_MAX + 16] = "'";
    size_t used = 1, at = 0, characters = 0;
    while (at < value.len && characters < QUOTE_CHARACTERS_MAX) {
        str rest = str_sub(value, at, 4);
        size_t next = at;
        uint32_t point = utf8_check(rest) > 0 ? utf8_next(value, &next) : 0;
        bool shown = point >= 0x20 && !(point >= 0x7f && point < 0xa0);
        char bytes[4] = "?";
        size_t len = shown ? utf8_encode(point, bytes) : 1;
        memcpy(text + used, bytes, len);
        used += len;
        at = next > at ? next : at + 1;
        characters++;
    }
    str tail = at < value.len ? STR("\xe2\x80\xa6'") : STR("'");
    memcpy(text + used, tail.at, tail.len);
    str copy;
    if (!arena_copy(arena, (str){text, used + tail.len}, &copy)) return STR("");
    return copy;
}
