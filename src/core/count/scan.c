/* scan.c - see scan.h. */
#include "core/count/scan.h"
#include "base/text.h"

static void place_at(struct scan *scan, size_t offset)
{
    while (scan->at < offset) scan_skip(scan);
}

enum code scan_open(struct scan *scan, str text, struct fail *fail)
{
    *scan = (struct scan){.text = text, .line = 1};
    size_t bad = utf8_check(text), nul = str_find(text, '\0');
    if (bad < text.len) {
        place_at(scan, bad);
        return scan_fail(scan, fail, "utf8", "expected UTF-8 text");
    }
    if (nul < text.len) {
        place_at(scan, nul);
        return scan_fail(scan, fail, "control", "a NUL byte has no place in text");
    }
    if (str_starts(text, STR("\xEF\xBB\xBF"))) scan->at = scan->line_start = 3;
    return CODE_OK;
}

bool scan_at_end(const struct scan *scan)
{
    return scan->at >= scan->text.len;
}

int scan_peek(const struct scan *scan)
{
    return scan_at_end(scan) ? -1 : (unsigned char)scan->text.at[scan->at];
}

void scan_skip(struct scan *scan)
{
    if (scan_at_end(scan)) return;
    if (scan->text.at[scan->at++] == '\n') {
        scan->line++;
        scan->line_start = scan->at;
    }
}

enum code scan_fail(const struct scan *scan, struct fail *fail, const char *reason,
                    const char *expected)
{
    return fail_at(fail, CODE_MALFORMED, reason, scan->line, scan->at - scan->line_start + 1, "%s",
                   expected);
}

enum code scan_place(const struct scan *scan, enum code code, struct fail *fail)
{
    if (code == CODE_OK || !fail) return code;
    fail->line = scan->line;
    fail->column = scan->at - scan->line_start + 1;
    return code;
}

void scan_blanks(struct scan *scan)
{
    while (scan_peek(scan) == ' ' || scan_peek(scan) == '\t') scan->at++;
}

enum code scan_number(struct scan *scan, uint64_t max, uint64_t *ret, struct fail *fail)
{
    struct scan before = *scan;
    uint64_t value = 0;
    while (scan_peek(scan) >= '0' && scan_peek(scan) <= '9') {
        uint64_t digit = (uint64_t)(scan_peek(scan) - '0');
        if (value > (max - digit) / 10 || digit > max)
            return fail_at(fail, CODE_MALFORMED, "number", before.line,
                           before.at - before.line_start + 1, "the number is over %llu",
                           (unsigned long long)max);
        value = value * 10 + digit;
        scan->at++;
    }
    if (scan->at == before.at) return scan_fail(scan, fail, "number", "expected a whole number");
    *ret = value;
    return CODE_OK;
}

str scan_line(struct scan *scan)
{
    size_t start = scan->at;
    while (!scan_at_end(scan) && scan_peek(scan) != '\n') scan->at++;
    str line = str_trim(str_sub(scan->text, start, scan->at - start));
    scan_skip(scan);
    return line;
}
