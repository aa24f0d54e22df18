/* json.h - the record's JSON: one object, one spelling. docs/record-format.md "Canonical JSON".
 *
 * Canonical means: keys [a-z0-9_]+ strictly ascending by bytes; values objects, arrays, strings,
 * integers 0..2^53-1, true, false; no null; strings well-formed UTF-8 without U+0000-U+001F and
 * U+007F-U+009F, so \" and \\ are the only escapes; no white space; at most 16 containers nested;
 * at most 65,536 bytes (blobs name their own limit). */
#ifndef PLENARY_BASE_JSON_H
#define PLENARY_BASE_JSON_H
#include "base/buf.h"

enum { JSON_DEPTH_MAX = 16, JSON_LINE_MAX = 65536 };

enum json_type { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_INTEGER, JSON_TRUE, JSON_FALSE };

/* A parsed value: a node in an array laid out in document order. Children of a container follow it;
 * `next` is the index step to the following sibling, so walking needs no recursion. */
struct json {
    enum json_type type;
    uint32_t step;    /* nodes of this value including itself */
    uint32_t count;   /* members of an object or elements of an array */
    str key;          /* name inside the parent object, else empty */
    str text;         /* JSON_STRING: unescaped bytes (in the arena if escapes stood there) */
    str raw;          /* the exact bytes of the value in the input */
    uint64_t integer; /* JSON_INTEGER */
};

/* Parses exactly one canonical object of at most `max` bytes. Views point into `text` or `arena`.
 * CODE_MALFORMED with reason order duplicate number null key whitespace escape control utf8 depth
 * toplevel syntax truncated trailing, line 1 and the 1-based column; CODE_TOO_BIG "size";
 * CODE_NO_MEMORY. `utf8` and `control` are looked for in the whole text first; of all else the
 * first in byte order is named. */
enum code json_parse(str text, size_t max, struct arena *arena, const struct json **ret,
                     struct fail *fail) MUST_CHECK;

/* Member `key` of an object, NULL if absent or `object` is not an object (NULL accepted). */
const struct json *json_get(const struct json *object, str key);
/* Iteration: for (c = json_first(v); c; c = json_next(v, c)). */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *container, const struct json *child);

/* A schema-shaped reader over an object: ask for every key in ascending order, then finish. Failure
 * is sticky; the first wrong, missing or unknown key is named in `fail`. Bodies read like their
 * definition:
 *     struct fields f = fields_of(body);
 *     ret->seats = fields_u64(&f, STR("seats"));
 *     fields_hex(&f, STR("unit"), ret->unit.bytes, sizeof ret->unit.bytes);
 *     return fields_end(&f, fail); */
struct fields {
    const struct json *object, *next;
    uint32_t left;
    bool bad;
    struct fail why;
};
struct fields fields_of(const struct json *object);
bool fields_has(struct fields *fields, str key); /* is the next key this one? (optional members) */
uint64_t fields_u64(struct fields *fields, str key);
uint32_t fields_u32(struct fields *fields, str key); /* <= UINT32_MAX */
bool fields_bool(struct fields *fields, str key);
str fields_str(struct fields *fields, str key, size_t max_bytes);          /* may be empty */
void fields_hex(struct fields *fields, str key, void *ret, size_t len);    /* lower-case hex */
void fields_base64(struct fields *fields, str key, void *ret, size_t len); /* canonical base64 */
const struct json *fields_object(struct fields *fields, str key);
const struct json *fields_array(struct fields *fields, str key, size_t max_count);
/* Marks the reader failed with a reason of the caller ("expected a rule we know"). */
void fields_fail(struct fields *fields, const char *format, ...) PRINTF_LIKE(2, 3);
/* CODE_MALFORMED with reason missing, unknown, or field, and what was expected. */
enum code fields_end(struct fields *fields, struct fail *fail) MUST_CHECK;

/* Writer of canonical JSON: the caller gives keys in ascending order; a wrong order, a bad string,
 * too deep a nest or an unbalanced close makes the buffer fail (a programmer's error, caught by
 * every test). */
struct json_writer {
    struct buf *out;
    uint32_t depth;
    bool first[JSON_DEPTH_MAX + 1];
    bool in_array[JSON_DEPTH_MAX + 1];
    bool free_form; /* see json_writer_init_free */
    bool have_key;
    /* The caller's key views must live until the object is closed. */
    str last_key[JSON_DEPTH_MAX + 1];
};
void json_writer_init(struct json_writer *w, struct buf *out);
/* For --json documents of the command line: any keys in the order written, any value at the top,
 * signed and greater integers and null allowed, control characters as \u00xx; at most 16 deep. */
void json_writer_init_free(struct json_writer *w, struct buf *out);
void json_key(struct json_writer *w, str key);
void json_object(struct json_writer *w);     /* { */
void json_object_end(struct json_writer *w); /* } */
void json_array(struct json_writer *w);      /* [ */
void json_array_end(struct json_writer *w);  /* ] */
void json_str(struct json_writer *w, str s);
void json_u64(struct json_writer *w, uint64_t value);
void json_i64(struct json_writer *w, int64_t value); /* free form only when negative */
void json_bool(struct json_writer *w, bool value);
void json_null(struct json_writer *w); /* free form only */
void json_hex(struct json_writer *w, const void *bytes, size_t len);
void json_base64(struct json_writer *w, const void *bytes, size_t len);
void json_raw(struct json_writer *w, str canonical); /* bytes already canonical */
/* key and value together */
void json_kv_str(struct json_writer *w, str key, str s);
void json_kv_u64(struct json_writer *w, str key, uint64_t value);
void json_kv_bool(struct json_writer *w, str key, bool value);
void json_kv_hex(struct json_writer *w, str key, const void *bytes, size_t len);
void json_kv_base64(struct json_writer *w, str key, const void *bytes, size_t len);
#endif
