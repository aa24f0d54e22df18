/* Whatever json_parse accepts, the writer makes again byte for byte: there is one spelling. */
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rewrite(struct json_writer *w, const struct json *value)
{
    bool is_object = value->type == JSON_OBJECT;
    switch (value->type) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        if (is_object)
            json_object(w);
        else
            json_array(w);
        for (const struct json *c = json_first(value); c; c = json_next(value, c)) {
            if (is_object) json_key(w, c->key);
            rewrite(w, c);
        }
        if (is_object)
            json_object_end(w);
        else
            json_array_end(w);
        return;
    case JSON_STRING: json_str(w, value->text); return;
    case JSON_INTEGER: json_u64(w, value->integer); return;
    case JSON_TRUE: json_bool(w, true); return;
    case JSON_FALSE: json_bool(w, false); return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    struct arena arena;
    const struct json *value;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, (size_t)1 << 24);
    enum code code = json_parse(text, JSON_LINE_MAX, &arena, &value, &fail);
    if (code == CODE_OK) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, alloc_libc, JSON_LINE_MAX);
        json_writer_init(&w, &out);
        rewrite(&w, value);
        if (buf_check(&out) != CODE_OK || !str_eq(buf_str(&out), text)) abort();
        buf_done(&out);
    } else if (fail.reason[0] == '\0' || fail.column == 0 || fail.column > size + 1) {
        abort(); /* every refusal names its place */
    }
    arena_done(&arena);
    return 0;
}
