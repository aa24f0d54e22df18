#include "base/reader.h"

#include <string.h>

struct reader reader_from(str bytes)
{
    const uint8_t *start = (const uint8_t *)(bytes.len ? bytes.at : "");
    return (struct reader){.start = start, .at = start, .end = start + bytes.len};
}

size_t reader_left(const struct reader *reader)
{
    return reader->bad ? 0 : (size_t)(reader->end - reader->at);
}

size_t reader_offset(const struct reader *reader)
{
    return (size_t)(reader->at - reader->start);
}

/* The next `len` bytes, or NULL and bad. */
static const uint8_t *read_run(struct reader *reader, size_t len)
{
    if (reader->bad || (size_t)(reader->end - reader->at) < len) {
        reader->bad = true;
        return NULL;
    }
    const uint8_t *run = reader->at;
    reader->at += len;
    return run;
}

static uint64_t read_be(struct reader *reader, size_t len)
{
    const uint8_t *run = read_run(reader, len);
    uint64_t value = 0;
    for (size_t i = 0; run && i < len; i++) value = value << 8 | run[i];
    return value;
}

uint8_t read_u8(struct reader *reader)
{
    return (uint8_t)read_be(reader, 1);
}

uint32_t read_be32(struct reader *reader)
{
    return (uint32_t)read_be(reader, 4);
}

uint64_t read_be64(struct reader *reader)
{
    return read_be(reader, 8);
}

str read_str(struct reader *reader, size_t len)
{
    const uint8_t *run = read_run(reader, len);
    return run ? (str){(const char *)run, len} : (str){"", 0};
}

str read_line(struct reader *reader)
{
    size_t left = reader_left(reader);
    const uint8_t *newline = left ? memchr(reader->at, '\n', left) : NULL;
    if (!newline) {
        reader->bad = true;
        return (str){"", 0};
    }
    str line = {(const char *)reader->at, (size_t)(newline - reader->at)};
    reader->at = newline + 1;
    return line;
}

void read_expect(struct reader *reader, str literal)
{
    struct reader ahead = *reader;
    str found = read_str(&ahead, literal.len);
    if (ahead.bad || !str_eq(found, literal)) {
        reader->bad = true;
        return;
    }
    *reader = ahead;
}

enum code read_end(const struct reader *reader)
{
    return reader->bad || reader->at != reader->end ? CODE_MALFORMED : CODE_OK;
}
