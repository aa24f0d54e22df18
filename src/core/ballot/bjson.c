#include "core/ballot/bjson.h"

#include "base/text.h"

enum { DEPTH_MAX = 16 };

struct bjson bjson_from(str text)
{
    return (struct bjson){.text = text};
}

void bjson_refuse(struct bjson *json)
{
    if (!json->bad) json->bad_at = json->at;
    json->bad = true;
}

void bjson_starve(struct bjson *json)
{
    if (!json->bad) json->no_memory = true;
    bjson_refuse(json);
}

static bool stands(const struct bjson *json, str literal)
{
    return !json->bad && str_starts(str_sub(json->text, json->at, json->text.len), literal);
}

bool bjson_try(struct bjson *json, str literal)
{
    if (!stands(json, literal)) return false;
    json->at += literal.len;
    return true;
}

void bjson_expect(struct bjson *json, str literal)
{
    if (!bjson_try(json, literal)) bjson_refuse(json);
}

bool bjson_more(struct bjson *json, uint32_t n)
{
    if (n == 0) {
        bjson_expect(json, STR("["));
        return !json->bad && !bjson_try(json, STR("]"));
    }
    if (bjson_try(json, STR(","))) return true;
    bjson_expect(json, STR("]"));
    return false;
}

/* The byte at the cursor, 0 at the end. */
static unsigned char next(const struct bjson *json)
{
    return !json->bad && json->at < json->text.len ? (unsigned char)json->text.at[json->at] : 0;
}

str bjson_plain(struct bjson *json)
{
    bjson_expect(json, STR("\""));
    size_t from = json->at;
    while (next(json) >= 0x20 && next(json) < 0x7f && next(json) != '"' && next(json) != '\\')
        json->at++;
    str view = str_sub(json->text, from, json->at - from);
    bjson_expect(json, STR("\""));
    return json->bad ? (str){"", 0} : view;
}

/* What stands behind a backslash: one of \" \\ \b \f \n \r \t, or \u00XX for another control
 * character. */
static char escaped(struct bjson *json)
{
    static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";
    unsigned char name = next(json);
    for (size_t i = 0; i + 1 < sizeof names; i++) {
        if ((unsigned char)names[i] != name) continue;
        json->at++;
        return values[i];
    }
    bjson_expect(json, STR("u00"));
    uint8_t byte = 0;
    str digits = str_sub(json->text, json->at, 2);
    if (json->bad || !hex_decode(digits, &byte, 1) || (byte >= 0x20 && byte != 0x7f) || byte == 0 ||
        memchr(values, byte, sizeof values - 1)) {
        bjson_refuse(json);
        return 0;
    }
    json->at += 2;
    return (char)byte;
}

/* Up to the closing quote, into `ret`, which has room for all that is left. */
static size_t unescape(struct bjson *json, char *ret)
{
    size_t len = 0;
    while (next(json) >= 0x20 && next(json) != '"') {
        char byte = json->text.at[json->at++];
        ret[len++] = byte == '\\' ? escaped(json) : byte;
    }
    return len;
}

str bjson_string(struct bjson *json, struct arena *arena)
{
    bjson_expect(json, STR("\""));
    size_t end = json->at;
    while (!json->bad && end < json->text.len && json->text.at[end] != '"')
        end += json->text.at[end] == '\\' ? 2 : 1;
    if (json->bad || end >= json->text.len) {
        bjson_refuse(json);
        return (str){"", 0};
    }
    str raw = str_sub(json->text, json->at, end - json->at);
    char *room = arena_take(arena, raw.len + 1, 1);
    if (!room) bjson_starve(json);
    if (!room || utf8_check(raw) != raw.len) {
        bjson_refuse(json);
        return (str){"", 0};
    }
    size_t len = unescape(json, room);
    bjson_expect(json, STR("\""));
    return json->bad ? (str){"", 0} : (str){room, len};
}

uint64_t bjson_u64(struct bjson *json)
{
    size_t from = json->at;
    uint64_t value = 0;
    while (next(json) >= '0' && next(json) <= '9') json->at++;
    if (str_to_u64(str_sub(json->text, from, json->at - from), &value)) return value;
    json->at = from;
    bjson_refuse(json);
    return 0;
}

bool bjson_bool(struct bjson *json)
{
    if (bjson_try(json, STR("true"))) return true;
    bjson_expect(json, STR("false"));
    return false;
}

/* Passes over a string; that its escapes are in order is all that is asked. */
static void skip_string(struct bjson *json)
{
    bjson_expect(json, STR("\""));
    while (next(json) >= 0x20 && next(json) != '"') {
        if (json->text.at[json->at++] == '\\') (void)escaped(json);
    }
    bjson_expect(json, STR("\""));
}

static void skip_number(struct bjson *json)
{
    (void)bjson_try(json, STR("-"));
    if (!bjson_try(json, STR("0"))) (void)bjson_u64(json);
    if (!bjson_try(json, STR("."))) return;
    size_t from = json->at;
    while (next(json) >= '0' && next(json) <= '9') json->at++;
    if (json->at == from) bjson_refuse(json);
}

static void skip_scalar(struct bjson *json)
{
    if (next(json) == '"')
        skip_string(json);
    else if (!bjson_try(json, STR("true")) && !bjson_try(json, STR("false")) &&
             !bjson_try(json, STR("null")))
        skip_number(json);
}

/* Steps into a container: its closing bracket, 0 when no container begins here. */
static char enter(struct bjson *json)
{
    if (bjson_try(json, STR("{"))) return '}';
    return bjson_try(json, STR("[")) ? ']' : 0;
}

/* Behind a value: out of every container that ends here, and over the comma before the next value.
 */
static void leave(struct bjson *json, const char *open, size_t *depth)
{
    while (*depth > 0 && next(json) == (unsigned char)open[*depth - 1]) {
        json->at++;
        (*depth)--;
    }
    if (*depth > 0) bjson_expect(json, STR(","));
}

/* `open` holds the closing bracket of every container the cursor is in. */
void bjson_skip(struct bjson *json)
{
    char open[DEPTH_MAX];
    size_t depth = 0;
    do {
        bool named = depth > 0 && open[depth - 1] == '}';
        if (named) skip_string(json);
        if (named) bjson_expect(json, STR(":"));
        char closing = enter(json);
        if (closing && depth == DEPTH_MAX) bjson_refuse(json);
        if (json->bad) return;
        if (closing) open[depth++] = closing;
        if (closing && next(json) != (unsigned char)closing) continue;
        if (!closing) skip_scalar(json);
        leave(json, open, &depth);
    } while (depth > 0 && !json->bad);
}

bool bjson_end(const struct bjson *json)
{
    return !json->bad && json->at == json->text.len;
}
