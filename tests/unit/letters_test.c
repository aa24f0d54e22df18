/* letters_test.c - codes on paper: every byte from outside escaped, no foreign origin, the QR code
 * read back by a program that is not ours. With LETTERS_KEEP=FILE the sample page stays there, to
 * be looked at. */
#include "base/text.h"
#include "check.h"
#include "cli/letters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct letters_sheet sheet = {
    .organisation = STR("Harbour & Mill Workers' Union"),
    .url = STR("https://union.example/enrol"),
    .return_to = STR("Harbour & Mill Workers' Union, 1 Quay Row, 0100 Dunmar"),
    .dated = STR("27 September 2026")};
static const str address[] = {STR("14 Weir Lane <rear>"), STR("0417 Brellim")};
static const struct letter plain = {.name = STR("Fiadh O'Brenn"),
                                    .number = STR("004217"),
                                    .unit = STR("Kelmor Depot"),
                                    .address = address,
                                    .address_count = 2,
                                    .code = STR("JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR87"),
                                    .reading_code = STR("7Q2M-XK4D-0V9T-HB3C")};
static const struct letter hostile = {.name = STR("\"><script>alert(1)</script>\xff\x01"),
                                      .number = STR("=1+1"),
                                      .unit = STR("A \"quoted\" unit"),
                                      .code = STR("0000-0000-0000-0000-0000-0000-01GV"),
                                      .reading_code = STR("")};

static str write_letters(enum letters_form form, const struct letters_sheet *used,
                         const struct letter *const *letters, size_t count)
{
    char *bytes = NULL;
    size_t len = 0;
    struct letters work;
    FILE *out = open_memstream(&bytes, &len);
    if (!out) abort();
    struct fail fail = {0};
    enum code code = letters_begin(&work, out, form, used, &fail);
    for (size_t i = 0; code == CODE_OK && i < count; i++)
        code = letters_add(&work, letters[i], &fail);
    if (code == CODE_OK) code = letters_end(&work, &fail);
    CHECK(code == CODE_OK, "%s: %s", code_name(code), fail.message);
    fclose(out);
    return (str){bytes, len};
}

static size_t occurrences(str text, str part)
{
    size_t count = 0;
    for (size_t i = 0; i + part.len <= text.len; i++)
        count += str_eq(str_sub(text, i, part.len), part);
    return count;
}

static void check_html(void)
{
    const struct letter *const letters[] = {&plain, &hostile};
    str html = write_letters(LETTERS_HTML, &sheet, letters, 2);
    CHECK(utf8_check(html) == html.len, "UTF-8");
    CHECK(occurrences(html, STR("<article class=\"letter\">")) == 2, "two letters");
    CHECK(occurrences(html, STR("<script")) == 0, "no script");
    CHECK(occurrences(
              html,
              STR("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\xef\xbf\xbd\xef\xbf\xbd")) == 2,
          "escaped");
    CHECK(occurrences(html, STR("14 Weir Lane &lt;rear&gt;")) == 1, "address");
    CHECK(occurrences(html, STR("<aside class=\"card\">")) == 1,
          "a reading card where there is a reading code");
    CHECK(occurrences(html, STR("to be handed over in person")) == 1, "by hand without address");
    CHECK(occurrences(html, STR("Rehearsal")) == 0, "not a rehearsal");
    CHECK(occurrences(html, STR("src=")) + occurrences(html, STR("href=")) +
                  occurrences(html, STR("@import")) + occurrences(html, STR("url(")) ==
              0,
          "no foreign origin");
    CHECK(occurrences(html, STR("#JZXG")) == 0, "the link stands in the square alone");
    const char *keep = getenv("LETTERS_KEEP");
    FILE *file = keep ? fopen(keep, "wb") : NULL;
    if (file) {
        fwrite(html.at, 1, html.len, file);
        fclose(file);
    }
    free((void *)(uintptr_t)html.at);
    struct letters_sheet rehearsal = sheet;
    rehearsal.rehearsal = true;
    html = write_letters(LETTERS_HTML, &rehearsal, letters, 2);
    CHECK(occurrences(html, STR("Rehearsal: this code is for practice")) == 2,
          "every page says so");
    free((void *)(uintptr_t)html.at);
}

static void check_csv(void)
{
    const struct letter *const letters[] = {&plain, &hostile};
    str csv = write_letters(LETTERS_CSV, &sheet, letters, 2);
    str expected = STR("\xef\xbb\xbfnumber,name,unit,address1,address2,address3,address4,address5,"
                       "code,reading_code,link\r\n"
                       "\"004217\",\"Fiadh O'Brenn\",\"Kelmor Depot\",\"14 Weir Lane "
                       "<rear>\",\"0417 Brellim\",\"\",\"\",\"\","
                       "\"JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR87\",\"7Q2M-XK4D-0V9T-HB3C\","
                       "\"https://union.example/enrol#JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR87\"\r\n"
                       "\"'=1+1\",\"\"\"><script>alert(1)</script>\xff\x01\",\"A \"\"quoted\"\" "
                       "unit\",\"\",\"\",\"\",\"\",\"\","
                       "\"0000-0000-0000-0000-0000-0000-01GV\",\"\","
                       "\"https://union.example/enrol#0000-0000-0000-0000-0000-0000-01GV\"\r\n");
    CHECK(str_eq(csv, expected), "%.*s", STR_ARG(csv));
    free((void *)(uintptr_t)csv.at);
}

static void check_refusals(void)
{
    static const char *const urls[] = {"",
                                       "https://",
                                       "http://union.example/",
                                       "http://localhost.example/",
                                       "ftp://x",
                                       "https://x/#a",
                                       "https://x/\"",
                                       "https://x/ y",
                                       "javascript:alert(1)"};
    struct letters work;
    FILE *out = fopen("/dev/null", "wb");
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct letters_sheet bad = sheet;
        bad.url = str_from(urls[i]);
        CHECK(letters_begin(&work, out, LETTERS_HTML, &bad, NULL) == CODE_MALFORMED, "%s", urls[i]);
    }
    struct letters_sheet local = sheet;
    local.url = STR("http://localhost:8080/enrol");
    CHECK(letters_begin(&work, out, LETTERS_HTML, &local, NULL) == CODE_OK,
          "a rehearsal on one's own machine");
    static const char *const codes[] = {
        "", "JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR8", "JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR8U",
        "jzxg-6mrz-2w76-r5jt-dpeg-2nh5-pr87", "JZXG 6MRZ 2W76 R5JT DPEG 2NH5 PR87"};
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct letter bad = plain;
        struct fail fail = {0};
        bad.code = str_from(codes[i]);
        CHECK(letters_add(&work, &bad, &fail) == CODE_MALFORMED && fail.line == 1, "%s", codes[i]);
    }
    fclose(out);
    FILE *full = fopen("/dev/full", "wb");
    if (full) {
        setvbuf(full, NULL, _IONBF, 0);
        CHECK(letters_begin(&work, full, LETTERS_HTML, &sheet, NULL) == CODE_IO,
              "a full disk is noticed");
        fclose(full);
    }
}

enum { SCALE = 6, SIDE_MAX = 120 };

/* Draws the first path of the page, "M4 0.5h7m2 0h1", by our own reading of SVG. */
static size_t draw(str html, bool dark[SIDE_MAX][SIDE_MAX])
{
    char path[65536];
    size_t side = 0, box = 0, at = 0;
    str open = STR(" d=\""), view = STR("viewBox=\"-4 -4 ");
    while (box < html.len && !str_starts(str_sub(html, box, view.len), view)) box++;
    for (size_t i = box + view.len; i < html.len && html.at[i] != ' '; i++)
        side = side * 10 + (size_t)(html.at[i] - '0');
    while (at < html.len && !str_starts(str_sub(html, at, open.len), open)) at++;
    str rest = str_sub(html, at + open.len, html.len), d = str_cut(&rest, '"');
    (void)snprintf(path, sizeof path, "%.*s", STR_ARG(d));
    unsigned x = 0, y = 0, dx = 0, run = 0;
    for (const char *p = path; *p;) {
        int used = 0;
        if (sscanf(p, "M%u %u.5h%u%n", &x, &y, &run, &used) != 3) {
            if (sscanf(p, "m%u 0h%u%n", &dx, &run, &used) != 2) return 0;
            x += dx;
        }
        for (unsigned i = 0; i < run; i++, x++)
            if (y + 4 < SIDE_MAX && x + 4 < SIDE_MAX) dark[y + 4][x + 4] = true;
        p += used;
    }
    return side;
}

static void check_qr(void)
{
    const struct letter *const letters[] = {&plain};
    static bool dark[SIDE_MAX][SIDE_MAX];
    char picture[] = "/tmp/plenary-letter-XXXXXX", command[256], line[512] = "";
    if (access("/usr/bin/zbarimg", X_OK) != 0) {
        check_skip("zbarimg is not installed: the QR code was not read back");
        return;
    }
    str html = write_letters(LETTERS_HTML, &sheet, letters, 1);
    size_t side = draw(html, dark);
    free((void *)(uintptr_t)html.at);
    if (!CHECK(side > 20 && side < SIDE_MAX, "%zu modules", side)) return;
    int fd = mkstemp(picture);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!CHECK(file, "temporary file")) return;
    fprintf(file, "P5\n%zu %zu\n255\n", side * SCALE, side * SCALE);
    for (size_t y = 0; y < side * SCALE; y++)
        for (size_t x = 0; x < side * SCALE; x++) fputc(dark[y / SCALE][x / SCALE] ? 0 : 255, file);
    fclose(file);
    (void)snprintf(command, sizeof command, "/usr/bin/zbarimg -q --raw %s 2>/dev/null", picture);
    FILE *reader = popen(command, "r");
    if (reader && !fgets(line, sizeof line, reader)) line[0] = '\0';
    if (reader) pclose(reader);
    unlink(picture);
    CHECK(strcmp(line, "https://union.example/enrol#JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR87\n") == 0,
          "read back: %s", line);
}

static void time_many(void)
{
    enum { MANY = 2000 };
    struct letters work;
    struct timespec from, to;
    FILE *out = fopen("/dev/null", "wb");
    clock_gettime(CLOCK_MONOTONIC, &from);
    bool ok = letters_begin(&work, out, LETTERS_HTML, &sheet, NULL) == CODE_OK;
    for (int i = 0; ok && i < MANY; i++) ok = letters_add(&work, &plain, NULL) == CODE_OK;
    ok = ok && letters_end(&work, NULL) == CODE_OK;
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    CHECK(ok && work.count == MANY, "many letters");
    printf("%d letters in %.2f s\n", MANY, seconds);
    fclose(out);
}

int main(void)
{
    check_html();
    check_csv();
    check_refusals();
    check_qr();
    time_many();
    return check_done();
}
