#include "vectors.h"

#include "base/text.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const json_t *in(const struct vec *value)
{
    return (const json_t *)(const void *)value;
}

static const struct vec *out(const json_t *value)
{
    return (const struct vec *)(const void *)value;
}

struct data_path data_path(const char *name)
{
    struct data_path path = {""};
    const char *dir = check_data_dir();
    if (dir) (void)snprintf(path.at, sizeof path.at, "%s/%s", dir, name);
    return path;
}

struct vec *vec_load(const char *name)
{
    struct data_path path = data_path(name);
    json_error_t error;
    json_t *root = path.at[0] ? json_load_file(path.at, JSON_ALLOW_NUL, &error) : NULL;
    if (!root) check_skip("%s is not here", name);
    return (struct vec *)(void *)root;
}

struct vec *vec_parse(str bytes, size_t *ret_used)
{
    json_error_t error;
    size_t flags = JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL;
    json_t *root = json_loadb(bytes.at, bytes.len, flags, &error);
    /* Integers beyond 63 bits: read them as reals, vec_number turns them back. */
    if (!root) root = json_loadb(bytes.at, bytes.len, flags | JSON_DECODE_INT_AS_REAL, &error);
    if (root) *ret_used = (size_t)error.position;
    return (struct vec *)(void *)root;
}

void vec_done(struct vec *root)
{
    json_decref((json_t *)(void *)root);
}

const struct vec *vec_get(const struct vec *object, const char *key)
{
    return out(json_object_get(in(object), key));
}

const struct vec *vec_at(const struct vec *array, size_t index)
{
    return out(json_array_get(in(array), index));
}

size_t vec_count(const struct vec *array)
{
    return json_array_size(in(array));
}

str vec_text(const struct vec *value)
{
    if (!value || !json_is_string(in(value))) return (str){"", 0};
    return (str){json_string_value(in(value)), json_string_length(in(value))};
}

str vec_str(const struct vec *object, const char *key)
{
    return vec_text(vec_get(object, key));
}

uint64_t vec_number(const struct vec *value)
{
    if (!json_is_real(in(value))) return (uint64_t)json_integer_value(in(value));
    double real = json_real_value(in(value));
    return real < 18446744073709551615.0 ? (uint64_t)real : UINT64_MAX;
}

uint64_t vec_u64(const struct vec *object, const char *key)
{
    return vec_number(vec_get(object, key));
}

bool vec_true(const struct vec *object, const char *key)
{
    return json_is_true(json_object_get(in(object), key));
}

size_t vec_hex(const struct vec *object, const char *key, void *ret, size_t room)
{
    str hex = vec_str(object, key);
    if (hex.len % 2 != 0 || hex.len / 2 > room || !hex_decode(hex, ret, hex.len / 2)) return 0;
    return hex.len / 2;
}

str vec_base64(const struct vec *object, const char *key, char *room, size_t room_len)
{
    str text = vec_str(object, key);
    size_t len = text.len / 4 * 3;
    if (text.len && text.at[text.len - 1] == '=') len--;
    if (text.len > 1 && text.at[text.len - 2] == '=') len--;
    if (len > room_len || !base64_decode(text, room, len)) return (str){"", 0};
    return (str){room, len};
}

char *vec_dump(const struct vec *value)
{
    return json_dumps(in(value), JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}

char *vec_archive(const char *archive, const char *pattern, size_t *ret_len)
{
    struct data_path path = data_path(archive);
    char command[1400];
    (void)snprintf(command, sizeof command, "tar -xJOf '%s' --wildcards '%s' 2>/dev/null", path.at,
                   pattern);
    FILE *pipe = path.at[0] ? popen(command, "r") : NULL;
    size_t len = 0, room = 1 << 22;
    char *bytes = malloc(room + 1);
    if (pipe && bytes) len = fread(bytes, 1, room, pipe);
    if (pipe) (void)pclose(pipe);
    if (len == 0 || !bytes) {
        check_skip("%s is not here", archive);
        free(bytes);
        return NULL;
    }
    bytes[len] = '\0';
    *ret_len = len;
    return bytes;
}

bool reason_is(const struct fail *fail, str reason)
{
    return str_eq(str_from(fail->reason), reason);
}
