/* count_orders_fuzz.c - any bytes as JSON and as PrefLib's orders: refused with a place, or a
 * profile that JSON can carry there and back. */
#include "core/count/count.h"
#include "core/count/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok) abort();
}

static void read_as(enum count_format format, str text)
{
    struct arena arena;
    struct profile profile, again;
    struct fail fail = {0};
    struct buf out;
    arena_init(&arena, alloc_libc, (size_t)64 << 20);
    buf_init(&out, alloc_libc, (size_t)64 << 20);
    enum code code = count_format_read(format, text, &arena, &profile, &fail);
    need(code != CODE_MALFORMED || (fail.line > 0 && fail.column > 0));
    if (code == CODE_OK) {
        struct count_result result;
        struct count_options options = {.seats = 1};
        format_json_write(&profile, &out);
        bool plain = buf_check(&out) == CODE_OK; /* names may hold what the writer refuses */
        if (plain) {
            need(format_json_read(buf_str(&out), &arena, &again, NULL) == CODE_OK);
            need(again.ballots == profile.ballots && again.candidates == profile.candidates);
        }
        if (profile.candidates < 50)
            code = count_run(COUNT_SCHULZE, &profile, &options, &arena, &result, NULL);
        need(code == CODE_OK || code == CODE_MALFORMED || code == CODE_NO_MEMORY);
    }
    buf_done(&out);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    read_as(COUNT_FORMAT_JSON, text);
    read_as(COUNT_FORMAT_TOI, text);
    return 0;
}
