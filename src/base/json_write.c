#include "base/json.h"

#include "base/text.h"

#include <string.h>

void json_writer_init(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){.out = out};
    for (size_t i = 0; i < COUNT(w->first); i++) w->first[i] = true;
}

void json_writer_init_free(struct json_writer *w, struct buf *out)
{
    json_writer_init(w, out);
    w->free_form = true;
}

static bool is_key(str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return key.len > 0;
}

/* U+0000-U+001F and U+007F-U+009F in well-formed UTF-8. */
static bool is_control(str s, size_t at)
{
    uint8_t byte = (uint8_t)s.at[at];
    return byte < 0x20 || byte == 0x7f || (byte == 0xc2 && (uint8_t)s.at[at + 1] < 0xa0);
}

static void write_string(struct json_writer *w, str s)
{
    size_t from = 0;
    if (utf8_check(s) != s.len) {
        w->out->failed = true;
        return;
    }
    buf_add_byte(w->out, '"');
    for (size_t at = 0; at < s.len; at++) {
        if (s.at[at] == '"' || s.at[at] == '\\') {
            buf_add(w->out, str_sub(s, from, at - from));
            buf_add_byte(w->out, '\\');
            from = at;
        } else if (is_control(s, at)) {
            if (!w->free_form) w->out->failed = true;
            buf_add(w->out, str_sub(s, from, at - from));
            buf_printf(w->out, "\\u%04x", (unsigned)utf8_next(s, &at));
            from = at--;
        }
    }
    buf_add(w->out, str_sub(s, from, s.len));
    buf_add_byte(w->out, '"');
}

/* Checks that a value may stand here and writes what separates it from the one before. */
static void begin_value(struct json_writer *w, bool is_object)
{
    bool good = w->depth == 0           ? w->first[0] && (is_object || w->free_form)
                : w->in_array[w->depth] ? !w->have_key
                                        : w->have_key;
    if (!good) w->out->failed = true;
    if (!w->have_key && !w->first[w->depth]) buf_add_byte(w->out, ',');
    w->first[w->depth] = false;
    w->have_key = false;
}

void json_key(struct json_writer *w, str key)
{
    bool ordered = w->first[w->depth] || str_cmp(w->last_key[w->depth], key) < 0;
    bool good = w->depth > 0 && !w->in_array[w->depth] && !w->have_key;
    if (!good || (!w->free_form && (!ordered || !is_key(key)))) w->out->failed = true;
    if (!w->first[w->depth]) buf_add_byte(w->out, ',');
    write_string(w, key);
    buf_add_byte(w->out, ':');
    w->first[w->depth] = false;
    w->last_key[w->depth] = key;
    w->have_key = true;
}

static void open_container(struct json_writer *w, bool is_array)
{
    begin_value(w, !is_array);
    if (w->depth == JSON_DEPTH_MAX) {
        w->out->failed = true;
        return;
    }
    w->depth++;
    w->first[w->depth] = true;
    w->in_array[w->depth] = is_array;
    buf_add_byte(w->out, is_array ? '[' : '{');
}

static void close_container(struct json_writer *w, bool is_array)
{
    if (w->depth == 0 || w->in_array[w->depth] != is_array || w->have_key) {
        w->out->failed = true;
        return;
    }
    w->depth--;
    buf_add_byte(w->out, is_array ? ']' : '}');
}

void json_object(struct json_writer *w)
{
    open_container(w, false);
}

void json_object_end(struct json_writer *w)
{
    close_container(w, false);
}

void json_array(struct json_writer *w)
{
    open_container(w, true);
}

void json_array_end(struct json_writer *w)
{
    close_container(w, true);
}

void json_str(struct json_writer *w, str s)
{
    begin_value(w, false);
    write_string(w, s);
}

void json_u64(struct json_writer *w, uint64_t value)
{
    begin_value(w, false);
    if (value > RECORD_INT_MAX && !w->free_form) w->out->failed = true;
    buf_add_u64(w->out, value);
}

void json_i64(struct json_writer *w, int64_t value)
{
    if (value >= 0) {
        json_u64(w, (uint64_t)value);
        return;
    }
    begin_value(w, false);
    if (!w->free_form) w->out->failed = true;
    buf_add_byte(w->out, '-');
    buf_add_u64(w->out, 0 - (uint64_t)value);
}

void json_bool(struct json_writer *w, bool value)
{
    begin_value(w, false);
    buf_add_cstr(w->out, value ? "true" : "false");
}

void json_null(struct json_writer *w)
{
    begin_value(w, false);
    if (!w->free_form) w->out->failed = true;
    buf_add_cstr(w->out, "null");
}

void json_hex(struct json_writer *w, const void *bytes, size_t len)
{
    begin_value(w, false);
    buf_add_byte(w->out, '"');
    buf_add_hex(w->out, bytes, len);
    buf_add_byte(w->out, '"');
}

void json_base64(struct json_writer *w, const void *bytes, size_t len)
{
    begin_value(w, false);
    buf_add_byte(w->out, '"');
    buf_add_base64(w->out, bytes, len);
    buf_add_byte(w->out, '"');
}

void json_raw(struct json_writer *w, str canonical)
{
    begin_value(w, str_starts(canonical, STR("{")));
    if (canonical.len == 0) w->out->failed = true;
    buf_add(w->out, canonical);
}

void json_kv_str(struct json_writer *w, str key, str s)
{
    json_key(w, key);
    json_str(w, s);
}

void json_kv_u64(struct json_writer *w, str key, uint64_t value)
{
    json_key(w, key);
    json_u64(w, value);
}

void json_kv_bool(struct json_writer *w, str key, bool value)
{
    json_key(w, key);
    json_bool(w, value);
}

void json_kv_hex(struct json_writer *w, str key, const void *bytes, size_t len)
{
    json_key(w, key);
    json_hex(w, bytes, len);
}

void json_kv_base64(struct json_writer *w, str key, const void *bytes, size_t len)
{
    json_key(w, key);
    json_base64(w, bytes, len);
}
