/* apportion_table_fuzz.c - any bytes as bands and as a table of units: refused with a place, or
 * shared out. */
#include "core/count/apportion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size}, rest = text, bands = str_cut(&rest, '\n');
    struct arena arena;
    struct fail fail = {0};
    struct apportion_rule rule = {0};
    struct apportion_table table;
    struct apportion_result result;
    arena_init(&arena, alloc_libc, (size_t)16 << 20);
    enum code code = apportion_bands_parse(bands, &rule, &fail);
    need(code == CODE_OK || fail.column > 0);
    bool norm = code == CODE_OK;
    fail = (struct fail){0};
    code = apportion_table_read(norm ? rest : text, &arena, &table, &fail);
    need(code != CODE_MALFORMED || fail.line > 0);
    if (code == CODE_OK) {
        struct apportion_units units = {table.members, table.count, 100};
        if (norm && apportion(&rule, &units, &arena, &result, NULL) == CODE_OK)
            need(result.tie_count == 0);
        rule = (struct apportion_rule){.method = APPORTION_SAINTE_LAGUE};
        if (apportion(&rule, &units, &arena, &result, NULL) == CODE_OK) need(result.total == 100);
    }
    arena_done(&arena);
    return 0;
}
