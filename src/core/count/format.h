/* format.h - files of ballots into profiles. Pure: text in, profile out; every problem with line
 * and column. */
#ifndef PLENARY_CORE_COUNT_FORMAT_H
#define PLENARY_CORE_COUNT_FORMAT_H
#include "base/buf.h"
#include "core/count/ballots.h"

enum count_format {
    COUNT_FORMAT_BLT = 1, /* Hill, Wichmann, Woodall; as OpenSTV and others write it */
    COUNT_FORMAT_CSV,     /* "candidates,seats", "count,preference,preference,...", names, title */
    COUNT_FORMAT_PB,      /* Pabulib */
    COUNT_FORMAT_SOC, /* PrefLib: strict complete, strict incomplete, the same with equal ranks */
    COUNT_FORMAT_SOI,
    COUNT_FORMAT_TOC,
    COUNT_FORMAT_TOI,
    COUNT_FORMAT_JSON /* see format_json.c */
};
enum { COUNT_FILE_MAX = 256 * 1024 * 1024 };

/* By the ending of a file's name: ".blt", ".csv", ".pb", ".soc", ".soi", ".toc", ".toi", ".json".
 */
bool count_format_by_name(str file_name, enum count_format *ret) MUST_CHECK;
/* By what the text looks like, for standard input. */
enum count_format count_format_guess(str text);

/* Reads `text` into `ret`; names point into `text` or `arena`. CODE_MALFORMED with the place and
 * one of the reasons syntax number candidate duplicate weight utf8 end; CODE_TOO_BIG;
 * CODE_NO_MEMORY. */
enum code count_format_read(enum count_format format, str text, struct arena *arena,
                            struct profile *ret, struct fail *fail) MUST_CHECK;

/* BLT: "4 2", "-3" for a withdrawn candidate, "weight preference ... 0", "0", names in quotes,
 * title. `=` joins equal ranks, `-` skips one, `#` starts a comment. */
enum code format_blt_read(str text, struct arena *arena, struct profile *ret,
                          struct fail *fail) MUST_CHECK;
enum code format_csv_read(str text, struct arena *arena, struct profile *ret,
                          struct fail *fail) MUST_CHECK;
enum code format_pb_read(str text, struct arena *arena, struct profile *ret,
                         struct fail *fail) MUST_CHECK;
enum code format_preflib_read(enum count_format format, str text, struct arena *arena,
                              struct profile *ret, struct fail *fail) MUST_CHECK;
enum code format_json_read(str text, struct arena *arena, struct profile *ret,
                           struct fail *fail) MUST_CHECK;
/* What format_json_read reads. */
void format_json_write(const struct profile *profile, struct buf *out);
/* Writes BLT; without names when `anonymous`. */
void format_blt_write(const struct profile *profile, bool anonymous, struct buf *out);
#endif
