#include "base/json.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fields_refuse(struct fields *fields, const char *reason, str key, const char *expected)
{
    if (fields->bad) return;
    fields->bad = true;
    /* Keys of a stranger's object may be long; the message names their beginning. */
    (void)fail_set(&fields->why, CODE_MALFORMED, reason, "\"%.*s\": %s",
                   STR_ARG(str_sub(key, 0, 64)), expected);
}

struct fields fields_of(const struct json *object)
{
    struct fields fields = {.object = object};
    if (!object || object->type != JSON_OBJECT) {
        fields.bad = true;
        (void)fail_set(&fields.why, CODE_MALFORMED, "field", "expected an object");
        return fields;
    }
    fields.next = json_first(object);
    fields.left = object->count;
    return fields;
}

bool fields_has(struct fields *fields, str key)
{
    return !fields->bad && fields->left > 0 && str_eq(fields->next->key, key);
}

/* The value of `key`, which must be the next one and of this type; NULL and bad otherwise. */
static const struct json *fields_next(struct fields *fields, str key, enum json_type type,
                                      const char *expected)
{
    if (fields->bad) return NULL;
    int order = fields->left ? str_cmp(fields->next->key, key) : 1;
    if (order != 0) {
        /* Keys ascend on both sides: a smaller one was never asked for, a greater one means ours is
         * absent. */
        if (order < 0)
            fields_refuse(fields, "unknown", fields->next->key, "unknown key");
        else
            fields_refuse(fields, "missing", key, "missing key");
        return NULL;
    }
    const struct json *value = fields->next;
    if (value->type != type) {
        fields_refuse(fields, "field", key, expected);
        return NULL;
    }
    fields->left--;
    fields->next = value + value->step;
    return value;
}

uint64_t fields_u64(struct fields *fields, str key)
{
    const struct json *value = fields_next(fields, key, JSON_INTEGER, "expected an integer");
    return value ? value->integer : 0;
}

uint32_t fields_u32(struct fields *fields, str key)
{
    uint64_t value = fields_u64(fields, key);
    if (value <= UINT32_MAX) return (uint32_t)value;
    fields_refuse(fields, "field", key, "expected an integer up to 4294967295");
    return 0;
}

bool fields_bool(struct fields *fields, str key)
{
    bool is_true = fields->left > 0 && !fields->bad && fields->next->type == JSON_TRUE;
    return fields_next(fields, key, is_true ? JSON_TRUE : JSON_FALSE, "expected true or false") &&
           is_true;
}

str fields_str(struct fields *fields, str key, size_t max_bytes)
{
    const struct json *value = fields_next(fields, key, JSON_STRING, "expected a string");
    if (value && value->text.len > max_bytes)
        fields_refuse(fields, "field", key, "string too long");
    return value && !fields->bad ? value->text : (str){"", 0};
}

void fields_hex(struct fields *fields, str key, void *ret, size_t len)
{
    const struct json *value =
        fields_next(fields, key, JSON_STRING, "expected lower-case hex in a string");
    if (value && hex_decode(value->text, ret, len)) return;
    fields_refuse(fields, "field", key, "expected lower-case hex of the right length");
    memset(ret, 0, len);
}

void fields_base64(struct fields *fields, str key, void *ret, size_t len)
{
    const struct json *value = fields_next(fields, key, JSON_STRING, "expected base64 in a string");
    if (value && base64_decode(value->text, ret, len)) return;
    fields_refuse(fields, "field", key, "expected canonical base64 of the right length");
    memset(ret, 0, len);
}

const struct json *fields_object(struct fields *fields, str key)
{
    return fields_next(fields, key, JSON_OBJECT, "expected an object");
}

const struct json *fields_array(struct fields *fields, str key, size_t max_count)
{
    const struct json *value = fields_next(fields, key, JSON_ARRAY, "expected an array");
    if (!value || value->count <= max_count) return value;
    fields_refuse(fields, "field", key, "too many elements");
    return NULL;
}

void fields_fail(struct fields *fields, const char *format, ...)
{
    if (fields->bad) return;
    fields->bad = true;
    char message[sizeof fields->why.message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    (void)fail_set(&fields->why, CODE_MALFORMED, "field", "%s", message);
}

enum code fields_end(struct fields *fields, struct fail *fail)
{
    if (!fields->bad && fields->left > 0)
        fields_refuse(fields, "unknown", fields->next->key, "unknown key");
    if (!fields->bad) return CODE_OK;
    if (fail) *fail = fields->why;
    return CODE_MALFORMED;
}
