#include "core/import/csv_text.h"

#include "base/text.h"

/* Windows-1252, 0x80..0x9f; 0 = unassigned. The rest is Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static const uint32_t replacement = 0xfffd;

/* Where byte `offset` stands; columns count bytes that begin a character. */
static struct problem_place place_of(str bytes, size_t offset)
{
    struct problem_place place = {1, 1, PROBLEM_CELL_NONE};
    for (size_t i = 0; i < offset; i++) {
        bool lone_cr = bytes.at[i] == '\r' && !(i + 1 < bytes.len && bytes.at[i + 1] == '\n');
        if (bytes.at[i] == '\n' || lone_cr) {
            place.line++;
            place.column = 1;
        } else if (((uint8_t)bytes.at[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

struct utf8_faults {
    size_t characters; /* well-formed sequences of more than one byte */
    size_t broken;     /* bytes outside any sequence */
    size_t first;      /* offset of the first broken byte */
};

static struct utf8_faults count_faults(str bytes)
{
    struct utf8_faults faults = {0};
    for (size_t at = 0; at < bytes.len;) {
        str rest = str_sub(bytes, at, bytes.len);
        size_t sound = utf8_check(rest);
        for (size_t i = 0; i < sound; i++) faults.characters += (uint8_t)rest.at[i] >= 0xc0;
        at += sound;
        if (at == bytes.len) break;
        if (faults.broken++ == 0) faults.first = at;
        at++;
    }
    return faults;
}

struct output {
    char *at;
    size_t len;
};

static void put(struct output *out, uint32_t point)
{
    char bytes[4];
    size_t len = utf8_encode(point, bytes);
    memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

static enum code from_windows_1252(str bytes, struct problems *problems, str *ret)
{
    struct output out = {arena_take(problems->arena, bytes.len, 3), 0};
    if (!out.at) return CODE_NO_MEMORY;
    bool reported = false;
    for (size_t i = 0; i < bytes.len; i++) {
        uint32_t point = (uint8_t)bytes.at[i];
        if (point >= 0x80 && point < 0xa0) point = windows_1252[point - 0x80];
        if (point == 0 && bytes.at[i] != '\0') {
            point = replacement;
            if (!reported)
                problems_add(problems, PROBLEM_ERROR, place_of(bytes, i), "encoding",
                             "byte %02x means nothing in UTF-8 or Windows-1252",
                             (unsigned)(uint8_t)bytes.at[i]);
            reported = true;
        }
        put(&out, point);
    }
    *ret = (str){out.at, out.len};
    return CODE_OK;
}

/* Keeps what is UTF-8 and replaces the rest: for files that were glued together from two encodings.
 */
static enum code from_mixed(str bytes, struct problems *problems, str *ret)
{
    struct output out = {arena_take(problems->arena, bytes.len, 3), 0};
    if (!out.at) return CODE_NO_MEMORY;
    for (size_t at = 0; at < bytes.len;) {
        str rest = str_sub(bytes, at, bytes.len);
        size_t sound = utf8_check(rest);
        memcpy(out.at + out.len, rest.at, sound);
        out.len += sound;
        at += sound;
        if (at < bytes.len) put(&out, replacement);
        at++;
    }
    *ret = (str){out.at, out.len};
    return CODE_OK;
}

static enum code from_utf16(str bytes, bool big, struct problems *problems, str *ret)
{
    struct output out = {arena_take(problems->arena, bytes.len / 2 + 1, 3), 0};
    if (!out.at) return CODE_NO_MEMORY;
    size_t units = bytes.len / 2, broken = bytes.len % 2;
    uint32_t high = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t one = (uint8_t)bytes.at[2 * i], two = (uint8_t)bytes.at[2 * i + 1];
        uint32_t unit = big ? one << 8 | two : two << 8 | one;
        bool low = unit >= 0xdc00 && unit < 0xe000;
        if (high && low) {
            put(&out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
            high = 0;
            continue;
        }
        if (high || low) {
            broken++;
            put(&out, replacement);
        }
        high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
        if (!high && !low) put(&out, unit);
    }
    if (high) {
        broken++;
        put(&out, replacement);
    }
    if (broken)
        problems_add(problems, PROBLEM_ERROR, (struct problem_place){0}, "encoding",
                     "the file says it is UTF-16 but %zu of its characters are broken", broken);
    *ret = (str){out.at, out.len};
    return CODE_OK;
}

static void check_nul(str text, struct problems *problems)
{
    size_t first = str_find(text, '\0'), count = 0;
    if (first == text.len) return;
    for (size_t i = first; i < text.len; i++) count += text.at[i] == '\0';
    struct problem *problem = problems_add(problems, PROBLEM_ERROR, place_of(text, first), "nul",
                                           "%zu NUL %s in the file, the first one here", count,
                                           count == 1 ? "byte" : "bytes");
    if (count > text.len / 4) {
        problems_advise(problems, problem,
                        "this looks like UTF-16 without its mark: save the file as UTF-8");
    } else {
        problems_advise(problems, problem, "the file may be damaged: export it again");
    }
}

static bool is_spreadsheet(str bytes)
{
    return str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("\xd0\xcf\x11\xe0"));
}

static enum code from_bytes(str bytes, struct problems *problems, enum csv_encoding *ret_encoding,
                            str *ret)
{
    struct utf8_faults faults = count_faults(bytes);
    if (faults.broken == 0) {
        *ret_encoding = CSV_UTF8;
        *ret = bytes;
        return CODE_OK;
    }
    struct problem_place place = place_of(bytes, faults.first);
    if (faults.characters > faults.broken) {
        struct problem *problem =
            problems_add(problems, PROBLEM_ERROR, place, "encoding",
                         "the file is UTF-8, but %zu of its bytes are not", faults.broken);
        problems_advise(problems, problem,
                        "two files of different encodings may have been joined: "
                        "save both as UTF-8 first");
        *ret_encoding = CSV_UTF8;
        return from_mixed(bytes, problems, ret);
    }
    struct problem *problem =
        problems_add(problems, PROBLEM_WARNING, place, "encoding",
                     "the file is not UTF-8; it was read as Windows-1252 (Latin-1)");
    problems_advise(problems, problem,
                    "look at some names with accents, or save the file as UTF-8");
    *ret_encoding = CSV_WINDOWS_1252;
    return from_windows_1252(bytes, problems, ret);
}

enum code csv_to_utf8(str bytes, struct problems *problems, enum csv_encoding *ret_encoding,
                      str *ret)
{
    enum csv_encoding encoding = CSV_UTF8;
    str text = STR("");
    if (is_spreadsheet(bytes)) {
        struct problem *problem =
            problems_add(problems, PROBLEM_ERROR, (struct problem_place){0}, "spreadsheet",
                         "this is the file of a spreadsheet program, not a CSV file");
        problems_advise(problems, problem, "open it there and save it as CSV in UTF-8");
    } else if (str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff"))) {
        encoding = bytes.at[0] == '\xff' ? CSV_UTF16_LE : CSV_UTF16_BE;
        TRY(from_utf16(str_sub(bytes, 2, bytes.len), encoding == CSV_UTF16_BE, problems, &text));
    } else if (str_starts(bytes, STR("\xef\xbb\xbf"))) {
        TRY(from_bytes(str_sub(bytes, 3, bytes.len), problems, &encoding, &text));
        if (encoding == CSV_UTF8) encoding = CSV_UTF8_BOM;
    } else {
        TRY(from_bytes(bytes, problems, &encoding, &text));
    }
    check_nul(text, problems);
    TRY(problems_check(problems));
    *ret_encoding = encoding;
    *ret = text;
    return CODE_OK;
}
