#include "core/ballot/bel.h"

#include "base/text.h"
#include "core/ballot/bjson.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 100, SIZE_AT = 124, SIZE_DIGITS = 11 };

/* The one header for this name, size and time. */
static void header_of(uint8_t ret[BEL_BLOCK], str name, uint64_t size, uint64_t timestamp)
{
    char numbers[25];
    memset(ret, 0, BEL_BLOCK);
    memcpy(ret, name.at, name.len);
    memcpy(ret + 100, "0000644", 8);
    memcpy(ret + 108, "0000000", 8);
    memcpy(ret + 116, "0000000", 8);
    snprintf(numbers, sizeof numbers, "%011llo", (unsigned long long)size);
    memcpy(ret + SIZE_AT, numbers, 12);
    snprintf(numbers, sizeof numbers, "%011llo", (unsigned long long)timestamp);
    memcpy(ret + 136, numbers, 12);
    memset(ret + 148, ' ', 8);
    ret[156] = '0';
    unsigned sum = 0;
    for (int i = 0; i < BEL_BLOCK; i++) sum += ret[i];
    snprintf(numbers, sizeof numbers, "%06o", sum);
    memcpy(ret + 148, numbers, 7);
}

static bool octal(const uint8_t *digits, uint64_t *ret)
{
    *ret = 0;
    for (int i = 0; i < SIZE_DIGITS; i++) {
        if (digits[i] < '0' || digits[i] > '7') return false;
        *ret = *ret * 8 + (uint64_t)(digits[i] - '0');
    }
    return true;
}

static uint64_t padded(uint64_t size)
{
    return (size + BEL_BLOCK - 1) / BEL_BLOCK * BEL_BLOCK;
}

enum code bel_read(const struct bel *bel, uint64_t at, size_t len, struct buf *room, str *ret)
{
    buf_clear(room);
    char *to = buf_extend(room, len);
    if (!to) return CODE_NO_MEMORY;
    TRY(bel->source.read(bel->source.self, at, to, len));
    *ret = (str){to, len};
    return CODE_OK;
}

/* Header and contents at bel->at: the name in `ret_name`, the contents, padding cut off, in `ret`.
 */
static enum code take(struct bel *bel, struct buf *room, uint8_t ret_header[BEL_BLOCK], str *ret,
                      struct fail *fail)
{
    uint64_t size = 0, left = bel->source.size - bel->at;
    if (left < BEL_BLOCK)
        return fail_set(fail, CODE_MALFORMED, "truncated", "byte %llu: less than a header is left",
                        (unsigned long long)bel->at);
    TRY(bel->source.read(bel->source.self, bel->at, ret_header, BEL_BLOCK));
    if (!octal(ret_header + SIZE_AT, &size))
        return fail_set(fail, CODE_MALFORMED, "header", "byte %llu: not a header",
                        (unsigned long long)bel->at);
    if (size > BEL_MEMBER_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "byte %llu: a member of %llu bytes",
                        (unsigned long long)bel->at, (unsigned long long)size);
    if (left - BEL_BLOCK < padded(size))
        return fail_set(fail, CODE_MALFORMED, "truncated",
                        "byte %llu: the file ends within a member", (unsigned long long)bel->at);
    str bytes = {"", 0};
    TRY(bel_read(bel, bel->at + BEL_BLOCK, padded(size), room, &bytes));
    for (size_t i = size; i < bytes.len; i++)
        if (bytes.at[i] != 0)
            return fail_set(fail, CODE_MALFORMED, "padding", "byte %llu: not zero",
                            (unsigned long long)(bel->at + BEL_BLOCK + i));
    *ret = str_sub(bytes, 0, size);
    return CODE_OK;
}

/* {"version":1,"timestamp":"<seconds>"} */
static bool read_header(str text, uint64_t *ret_timestamp)
{
    struct bjson json = bjson_from(text);
    bjson_expect(&json, STR("{\"version\":1,\"timestamp\":"));
    str seconds = bjson_plain(&json);
    bjson_expect(&json, STR("}"));
    return bjson_end(&json) && str_to_u64(seconds, ret_timestamp) &&
           *ret_timestamp < (uint64_t)1 << 33;
}

enum code bel_open(struct bel *bel, struct bel_source source, struct fail *fail)
{
    uint8_t header[BEL_BLOCK], again[BEL_BLOCK];
    uint8_t first[2 * BEL_BLOCK];
    uint64_t size = 0, timestamp = 0;
    struct bel opened = {.source = source, .at = sizeof first};
    if (source.size < sizeof first)
        return fail_set(fail, CODE_MALFORMED, "archive", "too short to be a Belenios archive");
    TRY(source.read(source.self, 0, first, sizeof first));
    memcpy(header, first, sizeof header);
    str text = {(const char *)first + BEL_BLOCK, 0};
    if (octal(header + SIZE_AT, &size) && size <= BEL_BLOCK) text.len = size;
    if (!read_header(text, &timestamp))
        return fail_set(fail, CODE_MALFORMED, "archive",
                        "not a Belenios archive: no header of version 1");
    header_of(again, STR("BELENIOS"), size, timestamp);
    for (size_t i = text.len; i < BEL_BLOCK; i++)
        header[0] = (uint8_t)(header[0] | first[BEL_BLOCK + i]);
    if (memcmp(header, again, sizeof header) != 0)
        return fail_set(fail, CODE_MALFORMED, "archive",
                        "not a Belenios archive: another first header");
    opened.timestamp = timestamp;
    *bel = opened;
    return CODE_OK;
}

enum code bel_next(struct bel *bel, struct buf *room, struct bel_member *ret, bool *ret_end,
                   struct fail *fail)
{
    uint8_t header[BEL_BLOCK], again[BEL_BLOCK];
    char name[NAME_MAX_BYTES];
    struct bel_member member = {.at = bel->at + BEL_BLOCK};
    *ret_end = bel->at == bel->source.size;
    if (*ret_end) return CODE_OK;
    TRY(take(bel, room, header, &member.bytes, fail));
    member.hash = sha256_of(member.bytes);
    hex_encode(member.hash.bytes, sizeof member.hash.bytes, name);
    if (memcmp(header, name, 64) != 0)
        return fail_set(fail, CODE_MALFORMED, "name",
                        "byte %llu: the name is not the hash of the contents",
                        (unsigned long long)bel->at);
    member.event = header[65] == 'e';
    int len =
        snprintf(name + 64, sizeof name - 64, "%s", member.event ? ".event.json" : ".data.json");
    header_of(again, (str){name, 64 + (size_t)len}, member.bytes.len, bel->timestamp);
    if (memcmp(header, again, sizeof header) != 0)
        return fail_set(fail, CODE_MALFORMED, "header", "byte %llu: not the header a writer makes",
                        (unsigned long long)bel->at);
    bel->at += BEL_BLOCK + padded(member.bytes.len);
    *ret = member;
    return CODE_OK;
}
