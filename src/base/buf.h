/* buf.h - a growing run of bytes with a maximum. Failure is sticky: append freely, check once. */
#ifndef PLENARY_BASE_BUF_H
#define PLENARY_BASE_BUF_H
#include "base/arena.h"

struct buf {
    struct alloc alloc;
    char *at;
    size_t len, room, max; /* bytes; len <= room, len <= max */
    bool failed;           /* an append did not fit or memory ran out; contents are then a prefix */
};

void buf_init(struct buf *buf, struct alloc alloc, size_t max_bytes);
void buf_done(struct buf *buf);
/* Empty again, failure forgotten, memory kept. */
void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, str bytes);
void buf_add_bytes(struct buf *buf, const void *bytes, size_t len);
void buf_add_byte(struct buf *buf, uint8_t byte);
void buf_add_cstr(struct buf *buf, const char *nul_terminated);
void buf_add_u64(struct buf *buf, uint64_t value); /* decimal */
void buf_add_be32(struct buf *buf, uint32_t value);
void buf_add_be64(struct buf *buf, uint64_t value);
/* Lower-case hex; base64 of RFC 4648 section 4, padded. */
void buf_add_hex(struct buf *buf, const void *bytes, size_t len);
void buf_add_base64(struct buf *buf, const void *bytes, size_t len);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for `len` more bytes that the caller writes, already counted in len; NULL on failure. */
void *buf_extend(struct buf *buf, size_t len) MUST_CHECK;
/* View of the contents; valid until the next append. */
str buf_str(const struct buf *buf);
/* CODE_NO_MEMORY if any append failed. */
enum code buf_check(const struct buf *buf) MUST_CHECK;
#endif
