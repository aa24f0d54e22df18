/* format.c - which reader for which file. */
#include "core/count/format.h"

bool count_format_by_name(str file_name, enum count_format *ret)
{
    static const struct {
        const char *ending;
        enum count_format format;
    } endings[] = {{".blt", COUNT_FORMAT_BLT}, {".csv", COUNT_FORMAT_CSV},
                   {".pb", COUNT_FORMAT_PB},   {".soc", COUNT_FORMAT_SOC},
                   {".soi", COUNT_FORMAT_SOI}, {".toc", COUNT_FORMAT_TOC},
                   {".toi", COUNT_FORMAT_TOI}, {".json", COUNT_FORMAT_JSON}};
    for (size_t i = 0; i < COUNT(endings); i++)
        if (str_ends(file_name, str_from(endings[i].ending))) {
            *ret = endings[i].format;
            return true;
        }
    return false;
}

enum count_format count_format_guess(str text)
{
    str rest = text, first = str_cut(&rest, '\n'), start = str_trim(text);
    if (str_starts(start, STR("{"))) return COUNT_FORMAT_JSON;
    if (str_starts(start, STR("#"))) return COUNT_FORMAT_TOI;
    if (str_eq(str_trim(first), STR("META"))) return COUNT_FORMAT_PB;
    return str_find(first, ',') < first.len ? COUNT_FORMAT_CSV : COUNT_FORMAT_BLT;
}

enum code count_format_read(enum count_format format, str text, struct arena *arena,
                            struct profile *ret, struct fail *fail)
{
    if (text.len > COUNT_FILE_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "at most %d bytes of ballots", COUNT_FILE_MAX);
    switch (format) {
    case COUNT_FORMAT_BLT: return format_blt_read(text, arena, ret, fail);
    case COUNT_FORMAT_CSV: return format_csv_read(text, arena, ret, fail);
    case COUNT_FORMAT_PB: return format_pb_read(text, arena, ret, fail);
    case COUNT_FORMAT_JSON: return format_json_read(text, arena, ret, fail);
    case COUNT_FORMAT_SOC:
    case COUNT_FORMAT_SOI:
    case COUNT_FORMAT_TOC:
    case COUNT_FORMAT_TOI: return format_preflib_read(format, text, arena, ret, fail);
    }
    return fail_set(fail, CODE_MALFORMED, "format", "unknown format of ballots");
}
