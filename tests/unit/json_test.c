#include "base/json.h"
#include "base/text.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parses, and writes what was understood once more: for a canonical text the same bytes come back.
 */
static void rewrite(struct json_writer *w, const struct json *value)
{
    switch (value->type) {
    case JSON_OBJECT:
        json_object(w);
        for (const struct json *c = json_first(value); c; c = json_next(value, c)) {
            json_key(w, c->key);
            rewrite(w, c);
        }
        json_object_end(w);
        return;
    case JSON_ARRAY:
        json_array(w);
        for (const struct json *c = json_first(value); c; c = json_next(value, c)) rewrite(w, c);
        json_array_end(w);
        return;
    case JSON_STRING: json_str(w, value->text); return;
    case JSON_INTEGER: json_u64(w, value->integer); return;
    case JSON_TRUE: json_bool(w, true); return;
    case JSON_FALSE: json_bool(w, false); return;
    }
}

/* "ok", or the reason of the refusal; a text that is accepted but does not come back is "changed".
 */
static const char *verdict(str text, struct fail *fail)
{
    struct arena arena;
    struct buf out;
    const struct json *value;
    const char *answer = "ok";
    /* A heap copy of the exact size, so that the address sanitizer sees any read behind the end. */
    char *exact = malloc(text.len ? text.len : 1);
    if (!exact) abort();
    memcpy(exact, text.at, text.len);
    arena_init(&arena, alloc_libc, SIZE_MAX);
    buf_init(&out, alloc_libc, JSON_LINE_MAX);
    if (json_parse((str){exact, text.len}, JSON_LINE_MAX, &arena, &value, fail) != CODE_OK) {
        answer = fail->reason;
    } else {
        struct json_writer w;
        json_writer_init(&w, &out);
        rewrite(&w, value);
        if (buf_check(&out) != CODE_OK || !str_eq(buf_str(&out), text)) answer = "changed";
    }
    buf_done(&out);
    arena_done(&arena);
    free(exact);
    return answer;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0) return true;
    return false;
}

static void check_prefixes(str text, str what)
{
    static const char *const cut[] = {"truncated", "utf8", NULL};
    for (size_t len = 0; len < text.len; len++) {
        struct fail fail = {0};
        const char *got = verdict(str_sub(text, 0, len), &fail);
        CHECK(is_one_of(got, cut), "%.*s cut to %zu bytes: %s", STR_ARG(what), len, got);
        CHECK(strcmp(got, "utf8") == 0 || fail.column == len + 1, "column %d of %zu",
              (int)fail.column, len);
    }
}

static void check_extensions(str text, str what)
{
    char longer[1024];
    if (!CHECK(text.len < sizeof longer, "case too long")) return;
    memcpy(longer, text.at, text.len);
    for (unsigned byte = 0; byte < 256; byte++) {
        struct fail fail = {0};
        const char *want = byte == ' '                   ? "whitespace"
                           : byte < 0x20 || byte == 0x7f ? "control"
                           : byte > 0x7f                 ? "utf8"
                                                         : "trailing";
        longer[text.len] = (char)byte;
        const char *got = verdict((str){longer, text.len + 1}, &fail);
        CHECK(strcmp(got, want) == 0, "%.*s then %02x: %s, want %s", STR_ARG(what), byte, got,
              want);
        CHECK(fail.column == text.len + 1 && fail.line == 1, "column %d", (int)fail.column);
    }
}

/* Any one byte changed: refused, or another canonical text. */
static void check_mutations(str text, str what)
{
    char changed[1024];
    memcpy(changed, text.at, text.len);
    for (size_t i = 0; i < text.len; i++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            struct fail fail = {0};
            changed[i] = (char)byte;
            const char *got = verdict((str){changed, text.len}, &fail);
            if (strcmp(got, "changed") == 0)
                CHECK(false, "%.*s, byte %zu = %02x", STR_ARG(what), i, byte);
        }
        changed[i] = text.at[i];
    }
    struct fail fail = {0};
    CHECK(strcmp(verdict(text, &fail), "ok") == 0, "%.*s", STR_ARG(what));
}

static void test_vectors(void)
{
    char path[4096];
    const char *root = getenv("PLENARY_ROOT");
    size_t size = 0, valid = 0, refused = 0;
    (void)snprintf(path, sizeof path, "%s/tests/data/canonical_json.txt", root ? root : ".");
    char *file = check_read_file(path, &size);
    if (!CHECK(file, "%s is missing", path)) return;
    for (str rest = {file, size}; rest.len;) {
        str line = str_cut(&rest, '\n');
        if (line.len == 0 || line.at[0] == '#') continue;
        str want = str_cut(&line, ' '), hex = str_cut(&line, ' ');
        char bytes[1024];
        str text = {bytes, str_eq(hex, STR("-")) ? 0 : hex.len / 2};
        if (!CHECK(text.len <= sizeof bytes &&
                       hex_decode(text.len ? hex : STR(""), bytes, text.len),
                   "hex"))
            continue;
        struct fail fail = {0};
        const char *got = verdict(text, &fail);
        CHECK(str_eq(str_from(got), want), "%.*s: %s, want %.*s", STR_ARG(line), got,
              STR_ARG(want));
        if (!str_eq(want, STR("ok"))) {
            refused++;
            continue;
        }
        valid++;
        check_prefixes(text, line);
        check_extensions(text, line);
        check_mutations(text, line);
    }
    CHECK(valid == 31 && refused == 69, "%zu valid, %zu refused", valid, refused);
    free(file);
}

static void test_columns(void)
{
    static const struct {
        const char *text, *reason;
        uint64_t column;
    } cases[] = {
        {"{\"b\":1,\"a\":2}", "order", 8},
        {"{\"a\":1,\"a\":2}", "duplicate", 8},
        {"{\"a\":[1,01]}", "number", 9},
        {"{\"a\":9007199254740992}", "number", 6},
        {"{\"a\":1 }", "whitespace", 7},
        {"{\"a\":\"x\\n\"}", "escape", 8},
        {"{\"a\":nullx}", "null", 6},
        {"{\"a\":nul", "truncated", 9},
        {"{\"a\":nux}", "syntax", 6},
        {"{\"a\":trux}", "syntax", 6},
        {"{\"a\":tru", "truncated", 9},
        {"{\"A\":\xff}", "utf8", 6}, /* the line's bytes come before its grammar */
        {"{\"A\":1}\n", "control", 8},
        {"{\"A\":1,\"b\":null}", "key", 2}, /* then the first in byte order */
        {"{\"a\\\"b\":1}", "key", 2},
        {"{\"a\\u0062\":1}", "escape", 4},
        {"{\"a\" :1}", "whitespace", 5},
        {"{\"a\"1}", "syntax", 5},
        {"{,}", "syntax", 2},
        {"{\"a\":}", "syntax", 6},
        {"{\"a\":[,]}", "syntax", 7},
        {"{\"a\":[1}", "syntax", 8},
        {"{\"a\":{]}", "syntax", 7},
        {"{]", "syntax", 2},
        {"]", "syntax", 1},
        {"null", "toplevel", 1},
        {"{}{}", "trailing", 3},
        {"{\"a\":-", "number", 6},
        {"{\"a\":1.", "number", 6},
        {"{\"a\":12345678901234567890123456789}", "number", 6},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fail fail = {0};
        const char *got = verdict(str_from(cases[i].text), &fail);
        CHECK(strcmp(got, cases[i].reason) == 0 && fail.column == cases[i].column && fail.line == 1,
              "%s: %s at %d, want %s at %d", cases[i].text, got, (int)fail.column, cases[i].reason,
              (int)cases[i].column);
    }
}

/* A control character or a byte that is not UTF-8 at every place of a long string, over the
 * word-wise scan's steps. */
static void test_every_place_is_looked_at(void)
{
    static const struct {
        const char *bytes, *reason;
    } bad[] = {{"\x01", "control"},      {"\x1f", "control"},
               {"\x7f", "control"},      {"\xc2\x80", "control"},
               {"\xc2\x9f", "control"},  {"\xff", "utf8"},
               {"\x80", "utf8"},         {"\xe0\x9f\xbf", "utf8"},
               {"\xed\xa0\x80", "utf8"}, {"\xf4\x90\x80\x80", "utf8"},
               {"\"", "syntax"},         {"\\x", "escape"}};
    char text[128];
    for (size_t b = 0; b < COUNT(bad); b++) {
        size_t width = strlen(bad[b].bytes);
        for (size_t at = 6; at + width <= sizeof text - 2; at++) {
            struct fail fail = {0};
            memset(text, 'x', sizeof text);
            memcpy(text, "{\"a\":\"", 6);
            memcpy(text + sizeof text - 2, "\"}", 2);
            memcpy(text + at, bad[b].bytes, width);
            const char *got = verdict((str){text, sizeof text}, &fail);
            uint64_t column =
                at + 1 + (bad[b].bytes[0] == '"'); /* a quote is seen by what follows it */
            CHECK(strcmp(got, bad[b].reason) == 0, "%s at %zu: %s", bad[b].reason, at, got);
            CHECK(fail.column == column, "%s at %zu: column %d", bad[b].reason, at,
                  (int)fail.column);
        }
    }
    /* Neighbours of the forbidden bytes are allowed. */
    struct fail fail = {0};
    CHECK(strcmp(
              verdict(STR("{\"a\":\" ~\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\"}"),
                      &fail),
              "ok") == 0,
          "%s", fail.message);
}

static void test_sizes(void)
{
    struct arena arena;
    struct fail fail = {0};
    const struct json *value = NULL;
    static char text[JSON_LINE_MAX + 1];
    arena_init(&arena, alloc_libc, 1 << 20);
    memset(text, 'x', sizeof text);
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + JSON_LINE_MAX - 2, "\"}", 2);
    CHECK(json_parse((str){text, JSON_LINE_MAX}, JSON_LINE_MAX, &arena, &value, &fail) == CODE_OK,
          "65536");
    CHECK(value && json_get(value, STR("a"))->text.len == 65528, "length");
    value = NULL;
    CHECK(json_parse((str){text, sizeof text}, JSON_LINE_MAX, &arena, &value, &fail) ==
              CODE_TOO_BIG,
          "65537");
    CHECK(strcmp(fail.reason, "size") == 0 && value == NULL, "reason %s", fail.reason);
    CHECK(json_parse((str){text, JSON_LINE_MAX}, JSON_LINE_MAX - 1, &arena, &value, NULL) ==
              CODE_TOO_BIG,
          "max");
    arena_done(&arena);
}

#define SAMPLE                                                                                     \
    "{\"a\":[{\"x\":1},\"s\\\"q\\\\\",[],{},true],\"b\":9007199254740991,\"c\":false,\"d\":\"t\"}"

static void test_shape(void)
{
    struct arena arena;
    const struct json *top = NULL;
    arena_init(&arena, alloc_libc, 1 << 20);
    if (!CHECK(json_parse(STR(SAMPLE), JSON_LINE_MAX, &arena, &top, NULL) == CODE_OK, "sample"))
        return;
    CHECK(top->count == 4 && top->step == 11 && str_eq(top->raw, STR(SAMPLE)), "top %u %u",
          top->count, top->step);
    const struct json *a = json_get(top, STR("a"));
    CHECK(a->type == JSON_ARRAY && a->count == 5 && a->step == 7, "array %u %u", a->count, a->step);
    CHECK(str_eq(a->raw, STR("[{\"x\":1},\"s\\\"q\\\\\",[],{},true]")), "raw");
    const struct json *e = json_first(a);
    CHECK(e->type == JSON_OBJECT && json_get(e, STR("x"))->integer == 1 && e->key.len == 0,
          "element 0");
    CHECK(str_eq(json_get(e, STR("x"))->raw, STR("1")), "raw of a number");
    e = json_next(a, e);
    CHECK(e->type == JSON_STRING && str_eq(e->text, STR("s\"q\\")), "unescaped");
    CHECK(str_eq(e->raw, STR("\"s\\\"q\\\\\"")), "raw keeps the spelling");
    e = json_next(a, e);
    CHECK(e->type == JSON_ARRAY && !json_first(e) && str_eq(e->raw, STR("[]")), "empty array");
    e = json_next(a, e);
    CHECK(e->type == JSON_OBJECT && !json_first(e), "empty object");
    e = json_next(a, e);
    CHECK(e->type == JSON_TRUE && str_eq(e->raw, STR("true")), "true");
    CHECK(json_next(a, e) == NULL, "the array ends");
    CHECK(json_get(top, STR("b"))->integer == RECORD_INT_MAX, "integer");
    CHECK(json_get(top, STR("c"))->type == JSON_FALSE, "false");
    CHECK(!json_get(top, STR("x")) && !json_get(a, STR("x")) && !json_get(NULL, STR("x")),
          "absent");
    CHECK(!json_first(NULL), "nothing of nothing");
    arena_done(&arena);
}

/* Many nodes and escaped strings, so that the node array grows, moves, and the arena takes several
 * chunks. */
static size_t make_large(char *text, size_t size)
{
    size_t at = 0;
    at += (size_t)snprintf(text + at, size - at, "{\"list\":[");
    for (unsigned i = 0; i < 3000; i++)
        at += (size_t)snprintf(text + at, size - at, "%s[\"\\\"%u\",%u]", i ? "," : "", i, i);
    return at + (size_t)snprintf(text + at, size - at, "]}");
}

static void test_every_allocation_may_fail(void)
{
    static char text[JSON_LINE_MAX];
    str large = {text, make_large(text, sizeof text)};
    bool done = false;
    size_t n = 0;
    for (; !done && n < 1000; n++) {
        struct failing failing = {.fail_at = n};
        struct arena arena;
        const struct json *value = NULL;
        struct fail fail = {0};
        arena_init(&arena, failing_alloc(&failing), SIZE_MAX);
        enum code code = json_parse(large, JSON_LINE_MAX, &arena, &value, &fail);
        done = code == CODE_OK;
        CHECK(done || (code == CODE_NO_MEMORY && !value && fail.reason[0]), "allocation %zu: %s", n,
              code_name(code));
        if (done) {
            const struct json *list = json_get(value, STR("list"));
            uint32_t i = 0;
            for (const struct json *c = json_first(list); c; c = json_next(list, c), i++) {
                const struct json *word = json_first(c), *number = json_next(c, word);
                char want[16];
                (void)snprintf(want, sizeof want, "\"%u", i);
                if (number->integer != i || !str_eq(word->text, str_from(want)))
                    CHECK(false, "element %u", i);
            }
            CHECK(i == 3000, "%u elements", i);
        }
        arena_done(&arena);
        CHECK(failing.live == 0, "allocation %zu leaks", n);
    }
    CHECK(done && n > 3, "%zu allocations", n);
}

static void test_arena_limit(void)
{
    bool done = false;
    for (size_t limit = 0; !done && limit < 100000; limit += 8) {
        struct arena arena;
        const struct json *value = NULL;
        arena_init(&arena, alloc_libc, limit);
        enum code code = json_parse(STR(SAMPLE), JSON_LINE_MAX, &arena, &value, NULL);
        done = code == CODE_OK;
        if (!done && code != CODE_NO_MEMORY) CHECK(false, "limit %zu: %s", limit, code_name(code));
        CHECK(arena.used <= limit, "used %zu of %zu", arena.used, limit);
        arena_done(&arena);
    }
    CHECK(done, "never enough");
}

int main(void)
{
    test_vectors();
    test_columns();
    test_every_place_is_looked_at();
    test_sizes();
    test_shape();
    test_every_allocation_may_fail();
    test_arena_limit();
    return check_done();
}
