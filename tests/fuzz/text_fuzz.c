/* The small strict decoders: what is read is written back the same, wherever one value has one
 * spelling. */
#include "base/civil.h"
#include "base/rational.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good) abort();
}

static void codings(str text)
{
    char bytes[256], again[520];
    for (size_t len = 0; len <= 64; len++) {
        if (hex_decode(text, bytes, len)) {
            hex_encode(bytes, len, again);
            expect(str_eq(str_from(again), text));
        }
        if (base64_decode(text, bytes, len)) {
            base64_encode(bytes, len, again);
            expect(str_eq(str_from(again), text));
        }
    }
}

static void characters(str text)
{
    size_t good = utf8_check(text), at = 0, count = 0;
    expect(good <= text.len);
    while (at < good) {
        char again[4];
        size_t from = at, len = utf8_encode(utf8_next(str_sub(text, 0, good), &at), again);
        expect(len == at - from && memcmp(again, text.at + from, len) == 0);
        count++;
    }
    expect(count == utf8_length(str_sub(text, 0, good)));
    expect(good == text.len || utf8_sequence(str_sub(text, good, text.len)) == 0);
}

static void numbers(str text)
{
    struct buf out;
    struct rational r, again;
    rational_init(&r);
    rational_init(&again);
    buf_init(&out, alloc_libc, 16384);
    if (rational_parse(text, &r)) {
        rational_write(&r, &out);
        expect(buf_check(&out) == CODE_OK && rational_parse(buf_str(&out), &again) &&
               rational_cmp(&r, &again) == 0);
    }
    buf_done(&out);
    rational_done(&r);
    rational_done(&again);
}

static void dates(str text)
{
    unix_s at, again;
    int32_t offset, offset_again;
    uint64_t seconds;
    if (civil_parse(text, &at, &offset)) {
        char out[CIVIL_TIME_SIZE];
        civil_format(at, offset, out);
        expect(civil_parse(str_from(out), &again, &offset_again) && again == at &&
               offset_again == offset);
        if (text.len == CIVIL_TIME_SIZE - 1 && offset != 0) expect(str_eq(str_from(out), text));
    }
    if (civil_parse_duration(text, &seconds)) expect(seconds <= RECORD_INT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    codings(text);
    characters(text);
    numbers(text);
    dates(text);
    return 0;
}
