#include "base/buf.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROOM_MIN = 64 };

void buf_init(struct buf *buf, struct alloc alloc, size_t max_bytes)
{
    *buf = (struct buf){.alloc = alloc, .max = max_bytes};
}

void buf_done(struct buf *buf)
{
    if (buf->at) buf->alloc.give(buf->alloc.self, buf->at);
    buf->at = NULL;
    buf->len = buf->room = 0;
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

static bool buf_grow(struct buf *buf, size_t need)
{
    size_t room = buf->room > buf->max / 2 ? buf->max : buf->room * 2;
    if (room < ROOM_MIN) room = ROOM_MIN < buf->max ? ROOM_MIN : buf->max;
    if (room < need) room = need;
    if (room == 0) room = 1;
    char *at = buf->at ? buf->alloc.grow(buf->alloc.self, buf->at, buf->room, room)
                       : buf->alloc.take(buf->alloc.self, room);
    if (!at) return false;
    buf->at = at;
    buf->room = room;
    return true;
}

void *buf_extend(struct buf *buf, size_t len)
{
    if (buf->failed) return NULL;
    if (len > buf->max - buf->len) {
        buf->failed = true;
        return NULL;
    }
    /* An empty run needs a place too: NULL would read as a failure. */
    if ((len > buf->room - buf->len || !buf->at) && !buf_grow(buf, buf->len + len)) {
        buf->failed = true;
        return NULL;
    }
    char *place = buf->at + buf->len;
    buf->len += len;
    return place;
}

void buf_add_bytes(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0) return;
    void *place = buf_extend(buf, len);
    if (place) memcpy(place, bytes, len);
}

void buf_add(struct buf *buf, str bytes)
{
    buf_add_bytes(buf, bytes.at, bytes.len);
}

void buf_add_byte(struct buf *buf, uint8_t byte)
{
    buf_add_bytes(buf, &byte, 1);
}

void buf_add_cstr(struct buf *buf, const char *nul_terminated)
{
    buf_add(buf, str_from(nul_terminated));
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_add_bytes(buf, digits + at, sizeof digits - at);
}

void buf_add_be32(struct buf *buf, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                        (uint8_t)value};
    buf_add_bytes(buf, bytes, sizeof bytes);
}

void buf_add_be64(struct buf *buf, uint64_t value)
{
    /* One append, so that a failure never leaves half a number. */
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    buf_add_bytes(buf, bytes, sizeof bytes);
}

void buf_add_hex(struct buf *buf, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    for (size_t done = 0; done < len && !buf->failed;) {
        char digits[2 * 64 + 1];
        size_t part = len - done < 64 ? len - done : 64;
        hex_encode(from + done, part, digits);
        buf_add_bytes(buf, digits, 2 * part);
        done += part;
    }
}

void buf_add_base64(struct buf *buf, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    for (size_t done = 0; done < len && !buf->failed;) {
        char text[64 / 3 * 4 + 4 + 1];
        size_t part = len - done < 63 ? len - done : 63; /* whole groups of 3 but for the last */
        base64_encode(from + done, part, text);
        buf_add_bytes(buf, text, base64_size(part));
        done += part;
    }
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (len < 0) {
        buf->failed = true;
    } else if ((size_t)len < sizeof small) {
        buf_add_bytes(buf, small, (size_t)len);
    } else if (!buf->failed) {
        /* Apart, because vsnprintf ends with a NUL for which `max` need not leave room. */
        char *text = buf->alloc.take(buf->alloc.self, (size_t)len + 1);
        if (text) (void)vsnprintf(text, (size_t)len + 1, format, again);
        if (text)
            buf_add_bytes(buf, text, (size_t)len);
        else
            buf->failed = true;
        buf->alloc.give(buf->alloc.self, text);
    }
    va_end(again);
}

str buf_str(const struct buf *buf)
{
    return buf->len ? (str){buf->at, buf->len} : (str){"", 0};
}

enum code buf_check(const struct buf *buf)
{
    return buf->failed ? CODE_NO_MEMORY : CODE_OK;
}
