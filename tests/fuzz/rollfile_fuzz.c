/* rollfile_fuzz.c - any bytes as a membership list: read, compared with themselves, reported. The
 * first byte chooses whether a mapping stands before the first newline. */
#include "base/text.h"
#include "core/import/rollreport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool ok)
{
    if (!ok) abort();
}

/* A sound list compared with itself as the roll changes nobody. */
static void compare_with_itself(const struct roll_table *table, struct arena *arena,
                                struct roll_diff *diff)
{
    struct roll_known *known =
        ARENA_ARRAY(arena, table->row_count ? table->row_count : 1, struct roll_known);
    if (!known) return;
    for (uint32_t i = 0; i < table->row_count; i++) {
        const struct roll_row *row = &table->rows[i];
        known[i] =
            (struct roll_known){row->number, row->name, row->unit, roll_row_contact(row), {0}};
    }
    demand(roll_diff_make(table, known, table->row_count, arena, diff) == CODE_OK);
    demand(diff->by_kind[ROLL_SAME] == table->row_count);
}

static void read_and_report(str bytes, const struct roll_options *options, struct arena *arena)
{
    struct problems problems;
    struct roll_table table;
    struct roll_diff diff = {0};
    struct buf out;
    problems_init(&problems, arena, 50);
    if (roll_read(bytes, options, &problems, &table, NULL) != CODE_OK) return;
    bool sound = problems.total[PROBLEM_ERROR] == 0;
    if (sound) compare_with_itself(&table, arena, &diff);
    struct roll_report report = {&table, &problems, sound ? &diff : NULL, NULL, 50};
    buf_init(&out, alloc_libc, (size_t)1 << 26);
    demand(roll_report_text(&report, &out) == CODE_OK);
    demand(utf8_check(buf_str(&out)) == out.len);
    buf_clear(&out);
    demand(roll_report_json(&report, &out) == CODE_OK);
    demand(utf8_check(buf_str(&out)) == out.len);
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct roll_mapping mapping;
    struct roll_options options = {.unit = STR("Here"), .year = 2026};
    str bytes = {(const char *)data, size};
    arena_init(&arena, alloc_libc, (size_t)1 << 28);
    if (size && data[0] == '{') {
        str line = str_cut(&bytes, '\n');
        if (roll_mapping_decode(line, &arena, &mapping, NULL) == CODE_OK)
            options.mapping = &mapping;
    }
    read_and_report(bytes, &options, &arena);
    arena_done(&arena);
    return 0;
}
