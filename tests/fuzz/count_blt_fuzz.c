/* count_blt_fuzz.c - any bytes as BLT: refused with a place, or a profile that can be counted and
 * comes back. */
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
    struct profile profile, again;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, (size_t)64 << 20);
    enum code code = format_blt_read((str){(const char *)data, size}, &arena, &profile, &fail);
    need(code != CODE_MALFORMED || (fail.line > 0 && fail.column > 0));
    if (code == CODE_OK) {
        struct buf out;
        struct count_result result;
        struct count_options options = {.seats = profile.seats};
        buf_init(&out, alloc_libc, (size_t)64 << 20);
        format_blt_write(&profile, false, &out);
        need(format_blt_read(buf_str(&out), &arena, &again, NULL) == CODE_OK);
        need(again.ballots == profile.ballots && again.group_count == profile.group_count);
        code = count_run(COUNT_SCOTTISH_STV, &profile, &options, &arena, &result, &fail);
        if (code == CODE_OK) need(result.winners.count <= profile.seats && result.round_count > 0);
        buf_done(&out);
    }
    arena_done(&arena);
    return 0;
}
