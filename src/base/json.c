#include "base/json.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct level {
    uint32_t node; /* the open container */
    str last_key;  /* of the object's newest member */
};

struct parser {
    str text;
    size_t at;
    struct arena *arena;
    struct json *nodes;
    uint32_t count, room;
    uint32_t depth; /* containers open: levels[0] .. levels[depth-1] */
    struct level levels[JSON_DEPTH_MAX];
    struct fail *fail;
};

static enum code refuse(const struct parser *p, size_t at, const char *reason, const char *message)
{
    return fail_at(p->fail, CODE_MALFORMED, reason, 1, at + 1, "%s", message);
}

/* ---- the whole line first: UTF-8 and control characters ---- */

#define EACH_BYTE(value) (UINT64_MAX / 255 * (value))

static uint64_t load_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Non-zero in the top bit of some byte when the word holds a byte < 0x20, 0x7f or > 0x7f: not plain
 * ASCII text. Borrows may mark a byte too many above a true one, never one too few, and none when
 * there is none. */
static uint64_t odd_bytes(uint64_t word)
{
    uint64_t low = word - EACH_BYTE(0x20);
    uint64_t delete = (word ^ EACH_BYTE(0x7f)) - EACH_BYTE(0x01);
    return (word | low | delete) & EACH_BYTE(0x80);
}

/* Length of the permitted character at `at`; 0 = not UTF-8, SIZE_MAX = a control character. */
static size_t character_length(str text, size_t at)
{
    uint8_t byte = (uint8_t)text.at[at];
    if (byte >= 0x20 && byte < 0x7f) return 1;
    if (byte <= 0x7f) return SIZE_MAX;
    size_t len = utf8_sequence(str_sub(text, at, 4));
    if (len == 2 && byte == 0xc2 && (uint8_t)text.at[at + 1] < 0xa0) return SIZE_MAX;
    return len;
}

static enum code check_characters(const struct parser *p)
{
    str text = p->text;
    for (size_t at = 0; at < text.len;) {
        if (text.len - at >= 32 &&
            !(odd_bytes(load_word(text.at + at)) | odd_bytes(load_word(text.at + at + 8)) |
              odd_bytes(load_word(text.at + at + 16)) | odd_bytes(load_word(text.at + at + 24)))) {
            at += 32;
            continue;
        }
        size_t len = character_length(text, at);
        if (len == 0) return refuse(p, at, "utf8", "expected well-formed UTF-8");
        if (len == SIZE_MAX) return refuse(p, at, "control", "control characters are not allowed");
        at += len;
    }
    return CODE_OK;
}

/* ---- then errors in the order of bytes ---- */

/* What stands at `at` instead of what the grammar wants there. */
static enum code unexpected(const struct parser *p, const char *expected)
{
    if (p->at == p->text.len) return refuse(p, p->at, "truncated", expected);
    if (p->text.at[p->at] == ' ')
        return refuse(p, p->at, "whitespace", "white space is not allowed");
    return refuse(p, p->at, "syntax", expected);
}

static bool next_is(const struct parser *p, char byte)
{
    return p->at < p->text.len && p->text.at[p->at] == byte;
}

static enum code add_node(struct parser *p, enum json_type type, str key, struct json **ret)
{
    if (p->count == p->room) {
        /* Enough for a usual act. Growth is mostly in place, the rest goes back at the end. */
        uint32_t room = p->room ? p->room * 2 : 32;
        struct json *nodes =
            arena_resize(p->arena, p->nodes, p->room * sizeof *nodes, room * sizeof *nodes);
        if (!nodes)
            return fail_set(p->fail, CODE_NO_MEMORY, "memory", "no room for the parsed values");
        p->nodes = nodes;
        p->room = room;
    }
    struct json *node = &p->nodes[p->count++];
    *node = (struct json){.type = type, .step = 1, .key = key, .raw = {p->text.at + p->at, 0}};
    *ret = node;
    return CODE_OK;
}

static enum code open_container(struct parser *p, enum json_type type, str key)
{
    struct json *node;
    if (p->depth == JSON_DEPTH_MAX)
        return refuse(p, p->at, "depth", "at most 16 containers may be nested");
    TRY(add_node(p, type, key, &node));
    p->levels[p->depth++] = (struct level){.node = p->count - 1};
    p->at++;
    return CODE_OK;
}

static void close_container(struct parser *p)
{
    struct json *node = &p->nodes[p->levels[--p->depth].node];
    p->at++;
    node->step = p->count - p->levels[p->depth].node;
    node->raw.len = (size_t)(p->text.at + p->at - node->raw.at);
}

/* Moves to the next quote or backslash at or after `at`, or to the end. */
static size_t find_quote(str text, size_t at)
{
    while (text.len - at >= 8) {
        uint64_t word = load_word(text.at + at);
        uint64_t quote = word ^ EACH_BYTE('"'), backslash = word ^ EACH_BYTE('\\');
        quote = (quote - EACH_BYTE(0x01)) & ~quote;
        backslash = (backslash - EACH_BYTE(0x01)) & ~backslash;
        if ((quote | backslash) & EACH_BYTE(0x80)) break;
        at += 8;
    }
    while (at < text.len && text.at[at] != '"' && text.at[at] != '\\') at++;
    return at;
}

/* The content between quotes, spelled as it stands. `at` moves from the opening quote behind the
 * closing one. */
static enum code scan_string(struct parser *p, str *ret_spelled, size_t *ret_escapes)
{
    size_t start = p->at + 1, at = start, escapes = 0;
    for (;;) {
        at = find_quote(p->text, at);
        if (at == p->text.len) return refuse(p, at, "truncated", "expected the end of the string");
        if (p->text.at[at] == '"') break;
        if (at + 1 == p->text.len)
            return refuse(p, at + 1, "truncated", "expected an escaped character");
        if (p->text.at[at + 1] != '"' && p->text.at[at + 1] != '\\')
            return refuse(p, at, "escape", "only \\\" and \\\\ are escaped");
        escapes++;
        at += 2;
    }
    *ret_spelled = (str){p->text.at + start, at - start};
    *ret_escapes = escapes;
    p->at = at + 1;
    return CODE_OK;
}

static enum code unescape(const struct parser *p, str spelled, size_t escapes, str *ret)
{
    char *to = arena_take(p->arena, spelled.len - escapes, 1);
    if (!to) return fail_set(p->fail, CODE_NO_MEMORY, "memory", "no room for a string");
    *ret = (str){to, spelled.len - escapes};
    for (size_t i = 0; i < spelled.len; i++) {
        if (spelled.at[i] == '\\') i++;
        *to++ = spelled.at[i];
    }
    return CODE_OK;
}

static enum code parse_string(struct parser *p, str key)
{
    struct json *node;
    size_t escapes;
    str spelled;
    TRY(add_node(p, JSON_STRING, key, &node));
    TRY(scan_string(p, &spelled, &escapes));
    node->raw.len = spelled.len + 2;
    node->text = spelled;
    return escapes ? unescape(p, spelled, escapes, &node->text) : CODE_OK;
}

static enum code parse_integer(struct parser *p, str key)
{
    struct json *node;
    TRY(add_node(p, JSON_INTEGER, key, &node));
    size_t start = p->at;
    uint64_t value = 0;
    while (p->at < p->text.len && p->text.at[p->at] >= '0' && p->text.at[p->at] <= '9') {
        value = value * 10 + (uint64_t)(p->text.at[p->at++] - '0');
        if (value > RECORD_INT_MAX)
            return refuse(p, start, "number", "integers go to 9007199254740991");
    }
    size_t len = p->at - start;
    if (len > 1 && p->text.at[start] == '0')
        return refuse(p, start, "number", "a number starts with no 0");
    if (next_is(p, '.') || next_is(p, 'e') || next_is(p, 'E'))
        return refuse(p, start, "number", "only whole numbers without an exponent");
    node->integer = value;
    node->raw.len = len;
    return CODE_OK;
}

static enum code parse_word(struct parser *p, str key, str word, enum json_type type)
{
    struct json *node;
    str found = str_sub(p->text, p->at, word.len);
    if (!str_eq(found, word)) {
        bool cut = p->at + found.len == p->text.len && str_starts(word, found);
        return cut ? refuse(p, p->text.len, "truncated", "expected the rest of a word")
                   : refuse(p, p->at, "syntax", "expected a value");
    }
    TRY(add_node(p, type, key, &node));
    node->raw.len = word.len;
    p->at += word.len;
    return CODE_OK;
}

static enum code parse_value(struct parser *p, str key)
{
    if (p->at == p->text.len) return unexpected(p, "expected a value");
    switch (p->text.at[p->at]) {
    case '"': return parse_string(p, key);
    case '{': return open_container(p, JSON_OBJECT, key);
    case '[': return open_container(p, JSON_ARRAY, key);
    case 't': return parse_word(p, key, STR("true"), JSON_TRUE);
    case 'f': return parse_word(p, key, STR("false"), JSON_FALSE);
    case '-': return refuse(p, p->at, "number", "numbers have no sign");
    case 'n':
        if (str_starts(str_sub(p->text, p->at, 4), STR("null")))
            return refuse(p, p->at, "null", "an absent value is left out");
        return parse_word(p, key, STR("null"), JSON_FALSE);
    default: break;
    }
    if (p->text.at[p->at] >= '0' && p->text.at[p->at] <= '9') return parse_integer(p, key);
    return unexpected(p, "expected a value");
}

static bool is_key(str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return key.len > 0;
}

static enum code parse_key(struct parser *p, str *ret)
{
    size_t start = p->at, escapes;
    struct level *level = &p->levels[p->depth - 1];
    str key;
    if (!next_is(p, '"')) return unexpected(p, "expected a key in quotes");
    TRY(scan_string(p, &key, &escapes));
    if (!is_key(key)) return refuse(p, start, "key", "keys are made of a-z, 0-9 and _");
    if (level->last_key.len) {
        int order = str_cmp(level->last_key, key);
        if (order == 0) return refuse(p, start, "duplicate", "a key stands twice");
        if (order > 0) return refuse(p, start, "order", "keys must ascend by bytes");
    }
    level->last_key = key;
    if (!next_is(p, ':')) return unexpected(p, "expected a colon");
    p->at++;
    *ret = key;
    return CODE_OK;
}

/* One member or element of the innermost open container, or its end. */
static enum code parse_step(struct parser *p)
{
    struct json *container = &p->nodes[p->levels[p->depth - 1].node];
    bool is_object = container->type == JSON_OBJECT;
    str key = {"", 0};
    if (next_is(p, is_object ? '}' : ']')) {
        close_container(p);
        return CODE_OK;
    }
    if (container->count > 0) {
        if (!next_is(p, ',')) return unexpected(p, "expected a comma or the end of the container");
        p->at++;
    }
    container->count++;
    if (is_object) TRY(parse_key(p, &key));
    return parse_value(p, key);
}

static enum code parse_top(struct parser *p)
{
    if (next_is(p, '{')) return open_container(p, JSON_OBJECT, STR(""));
    bool other = p->text.len > 0 && str_find(STR("[\"-0123456789tfn"), p->text.at[0]) < 16;
    return other ? refuse(p, 0, "toplevel", "expected an object")
                 : unexpected(p, "expected an object");
}

enum code json_parse(str text, size_t max, struct arena *arena, const struct json **ret,
                     struct fail *fail)
{
    struct parser p = {.text = text, .arena = arena, .fail = fail};
    if (text.len > max || text.len > UINT32_MAX / 2)
        return fail_at(fail, CODE_TOO_BIG, "size", 1, max + 1, "at most %zu bytes", max);
    TRY(check_characters(&p));
    TRY(parse_top(&p));
    while (p.depth > 0) TRY(parse_step(&p));
    if (next_is(&p, ' ')) return refuse(&p, p.at, "whitespace", "white space is not allowed");
    if (p.at < text.len) return refuse(&p, p.at, "trailing", "expected the end");
    p.nodes = arena_resize(arena, p.nodes, p.room * sizeof *p.nodes, p.count * sizeof *p.nodes);
    *ret = p.nodes;
    return CODE_OK;
}

/* ---- looking at what was parsed ---- */

const struct json *json_first(const struct json *container)
{
    return container && container->count ? container + 1 : NULL;
}

const struct json *json_next(const struct json *container, const struct json *child)
{
    const struct json *next = child + child->step;
    return next < container + container->step ? next : NULL;
}

const struct json *json_get(const struct json *object, str key)
{
    if (!object || object->type != JSON_OBJECT) return NULL;
    for (const struct json *c = json_first(object); c; c = json_next(object, c))
        if (str_eq(c->key, key)) return c;
    return NULL;
}
