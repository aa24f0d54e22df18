#include "core/record/keyname.h"

#include "base/text.h"

#include <string.h>

enum { MID_DIGITS = 32, DEVICE_DIGITS = 8 };

/* "m/<mid>/<device>" */
static bool parse_device(str rest, struct key_name *name)
{
    if (rest.len != 2 + MID_DIGITS + 1 + DEVICE_DIGITS) return false;
    if (!str_starts(rest, STR("m/")) || rest.at[2 + MID_DIGITS] != '/') return false;
    name->role = KEY_DEVICE;
    return hex_decode(str_sub(rest, 2, MID_DIGITS), name->mid.bytes, sizeof name->mid.bytes) &&
           hex_decode(str_sub(rest, 2 + MID_DIGITS + 1, DEVICE_DIGITS), name->device.bytes,
                      sizeof name->device.bytes);
}

/* "e/<mid>" */
static bool parse_enrolment(str rest, struct key_name *name)
{
    if (rest.len != 2 + MID_DIGITS || !str_starts(rest, STR("e/"))) return false;
    name->role = KEY_ENROLMENT;
    return hex_decode(str_sub(rest, 2, MID_DIGITS), name->mid.bytes, sizeof name->mid.bytes);
}

static bool parse_role(str rest, struct key_name *name)
{
    if (rest.len == 1 && (rest.at[0] == 'n' || rest.at[0] == 'r')) {
        name->role = rest.at[0] == 'n' ? KEY_NODE : KEY_REFUSAL;
        return true;
    }
    return parse_device(rest, name) || parse_enrolment(rest, name);
}

bool key_name_parse(str name, str origin, struct key_name *ret)
{
    if (!str_starts(name, origin)) return false;
    struct key_name parsed = {.role = KEY_LOG};
    if (name.len > origin.len) {
        if (name.at[origin.len] != '/') return false;
        if (!parse_role(str_sub(name, origin.len + 1, name.len), &parsed)) return false;
    }
    *ret = parsed;
    return true;
}

static size_t put(char *at, size_t len, str s)
{
    if (s.len) memcpy(at + len, s.at, s.len);
    return len + s.len;
}

static size_t put_hex(char *at, size_t len, const void *bytes, size_t count)
{
    hex_encode(bytes, count, at + len);
    return len + 2 * count;
}

str key_name_text(str origin, const struct key_name *name, char ret[KEY_NAME_MAX + 1])
{
    size_t len = put(ret, 0, str_sub(origin, 0, ORIGIN_MAX));
    switch (name->role) {
    case KEY_LOG: break;
    case KEY_NODE: len = put(ret, len, STR("/n")); break;
    case KEY_REFUSAL: len = put(ret, len, STR("/r")); break;
    case KEY_ENROLMENT:
        len = put(ret, len, STR("/e/"));
        len = put_hex(ret, len, name->mid.bytes, sizeof name->mid.bytes);
        break;
    case KEY_DEVICE:
        len = put(ret, len, STR("/m/"));
        len = put_hex(ret, len, name->mid.bytes, sizeof name->mid.bytes);
        len = put(ret, len, STR("/"));
        len = put_hex(ret, len, name->device.bytes, sizeof name->device.bytes);
        break;
    }
    ret[len] = '\0';
    return (str){ret, len};
}

void key_name_write(struct buf *out, str origin, const struct key_name *name)
{
    char text[KEY_NAME_MAX + 1];
    buf_add(out, key_name_text(origin, name, text));
}
