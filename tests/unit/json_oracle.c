/* jansson's opinion of a canonical text, behind a wall: its header and base/json.h share names. */
#include "json_oracle.h"

#include "base/base.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

static bool text_allowed(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)at[i];
        if (byte < 0x20 || byte == 0x7f) return false;
        if (byte == 0xc2 && (uint8_t)at[i + 1] < 0xa0) return false;
    }
    return true;
}

static bool allowed(json_t *value, unsigned depth)
{
    const char *key;
    json_t *child;
    size_t i;
    if ((json_is_object(value) || json_is_array(value)) && depth == DEPTH_MAX) return false;
    json_object_foreach(value, key, child)
    {
        if (!*key || strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(key))
            return false;
        if (!allowed(child, depth + 1)) return false;
    }
    json_array_foreach(value, i, child)
    {
        if (!allowed(child, depth + 1)) return false;
    }
    if (json_is_string(value))
        return text_allowed(json_string_value(value), json_string_length(value));
    if (json_is_integer(value)) {
        json_int_t integer = json_integer_value(value);
        return integer >= 0 && integer <= (json_int_t)RECORD_INT_MAX;
    }
    return !json_is_null(value) && !json_is_real(value);
}

/* The value, if the text is one allowed object in the only spelling. */
static json_t *judge(str text)
{
    json_t *value = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!value) return NULL;
    char *spelled = json_is_object(value) && allowed(value, 0)
                        ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS)
                        : NULL;
    bool same = spelled && str_eq(str_from(spelled), text);
    free(spelled);
    if (same) return value;
    json_decref(value);
    return NULL;
}

static void trace(json_t *value, FILE *out)
{
    const char *key;
    json_t *child;
    size_t i;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        fprintf(out, "{%zu ", json_object_size(value));
        json_object_foreach(value, key, child)
        {
            fprintf(out, "%s=", key);
            trace(child, out);
        }
        return;
    case JSON_ARRAY:
        fprintf(out, "[%zu ", json_array_size(value));
        json_array_foreach(value, i, child) trace(child, out);
        return;
    case JSON_STRING:
        fprintf(out, "%zu\"", json_string_length(value));
        fwrite(json_string_value(value), 1, json_string_length(value), out);
        return;
    case JSON_INTEGER: fprintf(out, "%lld ", json_integer_value(value)); return;
    case JSON_TRUE: fputc('t', out); return;
    case JSON_FALSE: fputc('f', out); return;
    case JSON_REAL:
    case JSON_NULL: abort(); /* judged before */
    }
}

char *json_oracle(str text)
{
    json_t *value = judge(text);
    if (!value) return NULL;
    char *traced = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&traced, &size);
    if (!out) abort();
    trace(value, out);
    fclose(out);
    json_decref(value);
    return traced;
}
