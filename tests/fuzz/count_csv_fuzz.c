/* count_csv_fuzz.c - any bytes as a ward's CSV: refused with a place, or a profile that can be
 * counted. */
#include "core/count/count.h"
#include "core/count/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct profile profile;
    struct count_result result;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, (size_t)64 << 20);
    enum code code = format_csv_read((str){(const char *)data, size}, &arena, &profile, &fail);
    need(code != CODE_MALFORMED || (fail.line > 0 && fail.column > 0));
    if (code == CODE_OK && profile.seats) {
        struct count_options options = {.seats = profile.seats};
        code = count_run(COUNT_APPROVAL, &profile, &options, &arena, &result, &fail);
        need(code == CODE_OK || code == CODE_NO_MEMORY);
    }
    arena_done(&arena);
    return 0;
}
