/* csv_text.h - the bytes of a table file as UTF-8, whatever they were. Pure. */
#ifndef PLENARY_CORE_IMPORT_CSV_TEXT_H
#define PLENARY_CORE_IMPORT_CSV_TEXT_H
#include "core/import/csv.h"

/* Finds the encoding and gives well-formed UTF-8 without byte order mark: a view of `bytes` when
 * nothing had to be done, else in the arena. Bytes that mean nothing become U+FFFD with an error of
 * reason "encoding"; NUL bytes and files of spreadsheet programs (xlsx, ods, xls) are errors "nul"
 * and "spreadsheet". */
enum code csv_to_utf8(str bytes, struct problems *problems, enum csv_encoding *ret_encoding,
                      str *ret) MUST_CHECK;
#endif
