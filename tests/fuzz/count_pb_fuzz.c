/* count_pb_fuzz.c - any bytes as a participatory budget: refused with a place, or decided within
 * the budget. */
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
    enum code code = format_pb_read((str){(const char *)data, size}, &arena, &profile, &fail);
    need(code != CODE_MALFORMED || (fail.line > 0 && fail.column > 0));
    if (code == CODE_OK) {
        struct count_options options = {.completion = COUNT_COMPLETION_GREEDY};
        code = count_run(COUNT_EQUAL_SHARES, &profile, &options, &arena, &result, &fail);
        if (code == CODE_OK) need(result.cost <= result.budget);
    }
    arena_done(&arena);
    return 0;
}
