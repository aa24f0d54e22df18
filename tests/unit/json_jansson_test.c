/* json_parse beside jansson: we accept exactly what jansson accepts, sorts and writes as the same
 * bytes, as far as the record's rules on top of JSON allow it; and we read the same values. */
#include "base/json.h"
#include "base/sha256.h"
#include "check.h"
#include "json_oracle.h"
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void trace(const struct json *value, FILE *out)
{
    switch (value->type) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        fprintf(out, "%c%u ", value->type == JSON_OBJECT ? '{' : '[', value->count);
        for (const struct json *c = json_first(value); c; c = json_next(value, c)) {
            if (value->type == JSON_OBJECT) fprintf(out, "%.*s=", STR_ARG(c->key));
            if (value->type == JSON_OBJECT && json_get(value, c->key) != c)
                CHECK(false, "json_get");
            trace(c, out);
        }
        return;
    case JSON_STRING:
        fprintf(out, "%zu\"", value->text.len);
        fwrite(value->text.at, 1, value->text.len, out);
        return;
    case JSON_INTEGER: fprintf(out, "%llu ", (unsigned long long)value->integer); return;
    case JSON_TRUE: fputc('t', out); return;
    case JSON_FALSE: fputc('f', out); return;
    }
}

/* What we read, in the words of json_oracle; malloc'd. */
static char *traced(const struct json *value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) abort();
    trace(value, out);
    fclose(out);
    return text;
}

/* True when both accept; both opinions must agree. `ret_reason` (24 bytes) gets ours. */
static bool compare(str text, char *ret_reason)
{
    struct arena arena;
    const struct json *ours = NULL;
    struct fail fail = {.reason = "ok"};
    arena_init(&arena, alloc_libc, (size_t)1 << 24);
    bool accepted = json_parse(text, JSON_LINE_MAX, &arena, &ours, &fail) == CODE_OK;
    char *theirs = json_oracle(text);
    if (accepted != (theirs != NULL)) CHECK(false, "we say %s: %.*s", fail.reason, STR_ARG(text));
    if (accepted && theirs) {
        char *mine = traced(ours);
        if (strcmp(mine, theirs) != 0) CHECK(false, "%s, they read %s", mine, theirs);
        free(mine);
    }
    if (ret_reason) memcpy(ret_reason, fail.reason, sizeof fail.reason);
    free(theirs);
    arena_done(&arena);
    return accepted;
}

/* ---- random documents and random damage ---- */

static void random_string(struct stream *stream, struct json_writer *w)
{
    static const char *const pieces[] = {"a",
                                         "\"",
                                         "\\",
                                         "/",
                                         " ",
                                         "n",
                                         "u0041",
                                         "\xc3\xb8",
                                         "\xe2\x80\xa8",
                                         "\xf0\x9f\x97\xb3",
                                         "\xc2\xa0",
                                         "~",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "0"};
    char text[256];
    size_t len = 0;
    for (size_t n = stream_below(stream, 12); n > 0; n--) {
        const char *piece = pieces[stream_below(stream, COUNT(pieces))];
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    json_str(w, (str){text, len});
}

static void random_value(struct stream *stream, struct json_writer *w, unsigned depth)
{
    static const char keys[][3] = {"0", "0a", "9", "_", "a", "a0", "a_", "aa", "b", "z", "zz"};
    uint64_t kind = depth == 0  ? 0
                    : depth < 5 ? stream_below(stream, 7)
                                : 1 + stream_below(stream, 4);
    switch (kind) {
    case 1: random_string(stream, w); return;
    case 2:
        json_u64(w, stream_below(stream, 2) ? stream_below(stream, 12)
                                            : stream_below(stream, RECORD_INT_MAX + 1));
        return;
    case 3: json_bool(w, true); return;
    case 4: json_bool(w, false); return;
    case 5:
        json_array(w);
        for (size_t n = stream_below(stream, 4); n > 0; n--) random_value(stream, w, depth + 1);
        json_array_end(w);
        return;
    default:
        json_object(w);
        for (size_t i = 0; i < COUNT(keys); i++) {
            if (stream_below(stream, 3)) continue;
            json_key(w, str_from(keys[i]));
            random_value(stream, w, depth + 1);
        }
        json_object_end(w);
        return;
    }
}

static size_t damage(struct stream *stream, char *text, size_t len)
{
    static const char bytes[] = "{}[]\",:\\0123456789-.eE truefalsn_aAz\x01\x7f\x80\xc2\xed\xff";
    size_t at = stream_below(stream, len), other = stream_below(stream, len);
    switch (stream_below(stream, 5)) {
    case 0: text[at] = bytes[stream_below(stream, sizeof bytes)]; return len;
    case 1: memmove(text + at, text + at + 1, len - at - 1); return len - 1;
    case 2:
        memmove(text + at + 1, text + at, len - at);
        text[at] = bytes[stream_below(stream, sizeof bytes)];
        return len + 1;
    case 3: {
        char was = text[at];
        text[at] = text[other];
        text[other] = was;
        return len;
    }
    default: return at;
    }
}

static void test_random(void)
{
    struct stream stream;
    size_t whole = 0, damaged = 0, rounds = 4000;
    stream_init(&stream, STR("json beside jansson"));
    for (size_t i = 0; i < rounds; i++) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, alloc_libc, JSON_LINE_MAX);
        json_writer_init(&w, &out);
        random_value(&stream, &w, 0);
        CHECK(buf_check(&out) == CODE_OK, "the writer made it");
        whole += compare(buf_str(&out), NULL);
        size_t len = out.len;
        char *text = malloc(len + 8);
        if (!text) abort();
        for (size_t n = 0; n < 20; n++) {
            memcpy(text, out.at, len);
            size_t changed = len;
            for (size_t k = 1 + stream_below(&stream, 2); k > 0 && changed > 0; k--)
                changed = damage(&stream, text, changed);
            damaged += compare((str){text, changed}, NULL);
        }
        free(text);
        buf_done(&out);
    }
    CHECK(whole == rounds, "%zu of %zu whole documents accepted", whole, rounds);
    CHECK(damaged > rounds && damaged < 15 * rounds, "%zu of %zu damaged ones accepted", damaged,
          20 * rounds);
}

/* ---- the vectors of the second implementation, as they came ---- */

static void check_vector(const struct vec *entry, bool valid)
{
    char bytes[1024], reason[sizeof((struct fail *)0)->reason];
    str text = {bytes, vec_hex(entry, "hex", bytes, sizeof bytes)};
    CHECK(text.len == vec_str(entry, "hex").len / 2, "hex");
    CHECK(compare(text, reason) == valid, "%.*s", STR_ARG(vec_str(entry, "what")));
    str want = valid ? STR("ok") : vec_str(entry, "reason");
    CHECK(str_eq(str_from(reason), want), "%.*s: %s", STR_ARG(vec_str(entry, "what")), reason);
}

static void check_vectors(const struct vec *all, bool valid, size_t count)
{
    CHECK(vec_count(all) == count, "%zu", vec_count(all));
    for (size_t i = 0; i < vec_count(all); i++) check_vector(vec_at(all, i), valid);
}

static void test_vectors(void)
{
    struct vec *file = vec_load("record/canonical.json");
    if (!file) return;
    check_vectors(vec_get(file, "valid"), true, 31);
    check_vectors(vec_get(file, "refused"), false, 69);
    const struct vec *writer = vec_get(file, "writer");
    CHECK(vec_count(writer) == 2, "%zu", vec_count(writer));
    for (size_t i = 0; i < vec_count(writer); i++) {
        char *spelled = vec_dump(vec_get(vec_at(writer, i), "value")), bytes[1024];
        str want = {bytes, vec_hex(vec_at(writer, i), "hex", bytes, sizeof bytes)};
        CHECK(str_eq(str_from(spelled), want) && compare(want, NULL), "%s", spelled);
        free(spelled);
    }
    vec_done(file);
}

int main(void)
{
    test_random();
    test_vectors();
    return check_done();
}
