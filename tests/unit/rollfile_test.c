/* rollfile_test.c - ugly membership lists, each with the report it must give, byte for byte.
 * With ROLL_REPORTS=write the reports are written instead of compared; then read them. */
#include "base/json.h"
#include "base/text.h"
#include "check.h"
#include "core/import/cells.h"
#include "core/import/fold.h"
#include "core/import/layout.h"
#include "core/import/rollreport.h"

static const size_t arena_bytes = (size_t)1 << 30;

struct sample {
    const char *name, *mapping;
    bool known;
    const char *unit;
};

static const struct sample samples[] = {
    {"01-bom-semicolons", NULL, false, NULL},
    {"02-latin1", NULL, false, NULL},
    {"03-quoted-newlines", NULL, false, NULL},
    {"04-title-rows", NULL, false, NULL},
    {"05-totals", NULL, false, NULL},
    {"06-spaces", NULL, false, NULL},
    {"07-short-years", NULL, false, NULL},
    {"08-duplicates", NULL, false, NULL},
    {"09-lost-zeros", NULL, false, NULL},
    {"10-lost-zeros-known", NULL, true, NULL},
    {"11-swapped-columns", NULL, false, NULL},
    {"12-swapped-cells", NULL, false, NULL},
    {"13-utf16-tabs", NULL, false, NULL},
    {"14-formulas", NULL, false, NULL},
    {"15-ragged", NULL, false, NULL},
    {"16-broken-text", NULL, false, NULL},
    {"17-date-orders", NULL, false, NULL},
    {"18-no-headings", "{\"email\":4,\"header\":false,\"name\":2,\"number\":1,\"unit\":3}", false,
     NULL},
    {"19-merged-units",
     "{\"family\":\"Achternaam\",\"given\":\"Voornaam\",\"number\":\"Lidnr.\",\"unit\":"
     "\"Afdeling\","
     "\"unit_fills_down\":true}",
     false, NULL},
    {"20-changes", NULL, true, NULL},
    {"21-spreadsheet", NULL, false, NULL},
    {"22-mixed-encodings", NULL, false, NULL},
    {"23-utf16-big-endian", NULL, false, NULL},
    {"24-no-numbers", NULL, false, "Dale"},
    {"25-unheaded", NULL, false, NULL},
    {"26-one-person-twice", NULL, false, NULL},
};

static str read_data(const char *name, const char *suffix)
{
    char path[4096];
    const char *root = getenv("PLENARY_ROOT");
    (void)snprintf(path, sizeof path, "%s/tests/data/roll/%s%s", root ? root : ".", name, suffix);
    size_t len = 0;
    char *bytes = check_read_file(path, &len);
    return (str){bytes, bytes ? len : 0};
}

struct outcome {
    enum code code;
    struct fail fail;
    struct arena arena;
    struct problems problems;
    struct roll_table table;
    struct roll_known *known;
    uint32_t known_count;
    struct roll_diff diff;
    struct buf text, json;
};

static void outcome_done(struct outcome *o)
{
    buf_done(&o->text);
    buf_done(&o->json);
    arena_done(&o->arena);
}

/* The roll as it stands, read from known.csv by the reader under test. */
static enum code load_known(str bytes, struct outcome *o)
{
    struct problems problems;
    struct roll_table table;
    struct roll_options options = {.unit = STR(""), .year = 2026};
    problems_init(&problems, &o->arena, 10);
    TRY(roll_read(bytes, &options, &problems, &table, NULL));
    o->known = ARENA_ARRAY(&o->arena, table.row_count ? table.row_count : 1, struct roll_known);
    if (!o->known) return CODE_NO_MEMORY;
    o->known_count = table.row_count;
    for (uint32_t i = 0; i < table.row_count; i++) {
        const struct roll_row *row = &table.rows[i];
        o->known[i] =
            (struct roll_known){row->number, row->name, row->unit, row->email, {(uint8_t)(i + 1)}};
    }
    return CODE_OK;
}

static enum code run(str bytes, str known, const struct sample *sample, struct outcome *o)
{
    struct roll_mapping mapping;
    struct roll_options options = {.unit = str_from(sample->unit), .year = 2026};
    problems_init(&o->problems, &o->arena, 200);
    if (sample->mapping) {
        TRY(roll_mapping_decode(str_from(sample->mapping), &o->arena, &mapping, &o->fail));
        options.mapping = &mapping;
    }
    if (sample->known) TRY(load_known(known, o));
    options.known = o->known;
    options.known_count = o->known_count;
    TRY(roll_read(bytes, &options, &o->problems, &o->table, &o->fail));
    bool sound = o->problems.total[PROBLEM_ERROR] == 0;
    if (sound) TRY(roll_diff_make(&o->table, o->known, o->known_count, &o->arena, &o->diff));
    struct roll_report report = {&o->table, &o->problems, sound ? &o->diff : NULL, o->known, 50};
    TRY(roll_report_text(&report, &o->text));
    return roll_report_json(&report, &o->json);
}

static void run_with(str bytes, str known, const struct sample *sample, struct alloc alloc,
                     struct outcome *o)
{
    *o = (struct outcome){0};
    arena_init(&o->arena, alloc, arena_bytes);
    buf_init(&o->text, alloc, (size_t)1 << 26);
    buf_init(&o->json, alloc, (size_t)1 << 26);
    o->code = run(bytes, known, sample, o);
}

static void write_report(const char *name, const char *suffix, str text)
{
    char path[4096];
    const char *root = getenv("PLENARY_ROOT");
    (void)snprintf(path, sizeof path, "%s/tests/data/roll/%s%s", root ? root : ".", name, suffix);
    FILE *file = fopen(path, "wb");
    if (!file) return;
    fwrite(text.at, 1, text.len, file);
    fclose(file);
}

static void check_output(const char *name, const char *suffix, str text, bool write)
{
    if (write) {
        write_report(name, suffix, text);
        return;
    }
    str expected = read_data(name, suffix);
    CHECK(expected.at && str_eq(text, expected), "%s%s is\n%.*s", name, suffix, STR_ARG(text));
    free((void *)(uintptr_t)expected.at);
}

static void check_sample(const struct sample *sample, str known, bool write)
{
    struct outcome o;
    str bytes = read_data(sample->name, ".csv");
    if (!CHECK(bytes.at, "%s.csv is missing", sample->name)) return;
    run_with(bytes, known, sample, alloc_libc, &o);
    CHECK(o.code == CODE_OK, "%s: %s (%s)", sample->name, code_name(o.code), o.fail.message);
    check_output(sample->name, ".report", buf_str(&o.text), write);
    check_output(sample->name, ".json", buf_str(&o.json), write);
    outcome_done(&o);
    free((void *)(uintptr_t)bytes.at);
}

/* Every allocation failed in turn: CODE_NO_MEMORY each time, nothing left behind, and at last the
 * same report. */
static void check_allocations(const struct sample *sample, str known)
{
    str bytes = read_data(sample->name, ".csv");
    struct outcome o;
    size_t n = 0;
    for (bool done = false; !done; n++) {
        struct failing failing = {.fail_at = n};
        run_with(bytes, known, sample, failing_alloc(&failing), &o);
        done = o.code == CODE_OK;
        if (!done && !CHECK(o.code == CODE_NO_MEMORY, "%s, allocation %zu: %s", sample->name, n,
                            code_name(o.code)))
            done = true;
        if (o.code == CODE_OK) check_output(sample->name, ".report", buf_str(&o.text), false);
        outcome_done(&o);
        if (!CHECK(failing.live == 0, "%s, allocation %zu: %lld blocks left", sample->name, n,
                   (long long)failing.live))
            done = true;
    }
    CHECK(n > 3, "%s took only %zu allocations", sample->name, n);
    free((void *)(uintptr_t)bytes.at);
}

/* Cut anywhere, a file gives a report or problems, never a crash; the JSON stays one well-formed
 * line. */
static void check_prefixes(const struct sample *sample, str known)
{
    str bytes = read_data(sample->name, ".csv");
    for (size_t len = 0; len <= bytes.len; len++) {
        struct outcome o;
        char *copy = malloc(len ? len : 1);
        memcpy(copy, bytes.at, len);
        run_with((str){copy, len}, known, sample, alloc_libc, &o);
        CHECK(o.code == CODE_OK || o.code == CODE_TOO_BIG, "%s cut at %zu: %s", sample->name, len,
              code_name(o.code));
        if (o.code == CODE_OK) {
            str json = buf_str(&o.json);
            bool plain =
                json.len > 2 && utf8_check(json) == json.len && str_find(json, '\n') == json.len;
            CHECK(plain, "%s cut at %zu: JSON", sample->name, len);
        }
        outcome_done(&o);
        free(copy);
    }
    free((void *)(uintptr_t)bytes.at);
}

static void check_mappings(void)
{
    static const struct {
        const char *text, *encoded; /* NULL = refused */
    } cases[] = {
        {"{}", "{}"},
        {"{\"number\":3,\"unit\":\"Ort \\\"A\\\"\"}", "{\"number\":3,\"unit\":\"Ort \\\"A\\\"\"}"},
        {"{\"dates\":\"mdy\",\"number_width\":5,\"unit_fills_down\":true}",
         "{\"dates\":\"mdy\",\"number_width\":5,\"unit_fills_down\":true}"},
        {"{\"header\":false,\"number\":1}", "{\"header\":false,\"number\":1}"},
        {"{\"header\":true,\"number\":1}", "{\"number\":1}"},
        {"{\"header\":false,\"number\":\"Nr\"}", NULL},
        {"{\"number\":0}", NULL},
        {"{\"number\":257}", NULL},
        {"{\"number\":\"\"}", NULL},
        {"{\"number\":[]}", NULL},
        {"{\"dates\":\"ddmm\"}", NULL},
        {"{\"number_width\":41}", NULL},
        {"{\"shoe_size\":1}", NULL},
        {"{\"unit\":1,\"number\":1}", NULL},
        {"[]", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct roll_mapping mapping;
        struct buf out;
        arena_init(&arena, alloc_libc, 65536);
        buf_init(&out, alloc_libc, 65536);
        enum code code = roll_mapping_decode(str_from(cases[i].text), &arena, &mapping, NULL);
        CHECK(code == (cases[i].encoded ? CODE_OK : CODE_MALFORMED), "%s: %s", cases[i].text,
              code_name(code));
        if (code == CODE_OK) {
            roll_mapping_encode(&mapping, &out);
            CHECK(str_eq(buf_str(&out), str_from(cases[i].encoded)), "%s became %.*s",
                  cases[i].text, STR_ARG(buf_str(&out)));
        }
        buf_done(&out);
        arena_done(&arena);
    }
}

static void check_cells(void)
{
    static const struct {
        const char *cell;
        enum cell_kind kind;
    } kinds[] = {{"", CELL_EMPTY},           {"a@b", CELL_EMAIL},
                 {"1.2.2003", CELL_DATE},    {"2003-02-01T10:00", CELL_DATE},
                 {"0042", CELL_DIGITS},      {"06 12 34 56 78", CELL_PHONE},
                 {"+49 (30) 1", CELL_PHONE}, {"A12", CELL_CODE},
                 {"Ann", CELL_WORDS},        {"1/2", CELL_PHONE}};
    for (size_t i = 0; i < COUNT(kinds); i++)
        CHECK(cell_kind_of(str_from(kinds[i].cell)) == kinds[i].kind, "%s", kinds[i].cell);
    static const char *const emails[] = {"a@b.invalid", "ä.b+c@d-e.f.invalid"};
    static const char *const others[] = {"a",       "@b.c",    "a@b",     "a@.b",
                                         "a@b.",    "a@b..c",  "a b@c.d", "a@b.c;d@e.f",
                                         "a@b@c.d", "<a@b.c>", "a@b.c\n"};
    for (size_t i = 0; i < COUNT(emails); i++)
        CHECK(cell_is_email(str_from(emails[i])), "%s", emails[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        CHECK(!cell_is_email(str_from(others[i])), "%s", others[i]);
    CHECK(cell_full_year(26, 2026) == 2026 && cell_full_year(27, 2026) == 1927 &&
              cell_full_year(99, 2099) == 2099 && cell_full_year(0, 2001) == 2000,
          "years of two digits");
    CHECK(cell_is_science(STR("1.23E+05")) && cell_is_science(STR("1,2e7")) &&
              cell_is_science(STR("3E-2")) && !cell_is_science(STR("1E5")) &&
              !cell_is_science(STR("E+5")) && !cell_is_science(STR("1.5")),
          "science");
    char letters[COLUMN_LETTERS_SIZE];
    CHECK(str_eq(str_from(column_letters(1, letters)), STR("A")), "A");
    CHECK(str_eq(str_from(column_letters(26, letters)), STR("Z")), "Z");
    CHECK(str_eq(str_from(column_letters(27, letters)), STR("AA")), "AA");
    CHECK(str_eq(str_from(column_letters(256, letters)), STR("IV")), "IV");
}

static void check_folding(void)
{
    struct arena arena;
    arena_init(&arena, alloc_libc, 65536);
    CHECK(str_eq(fold_take(&arena, STR("Mitgl.-Nr. "), false), STR("mitglnr")), "heading");
    CHECK(str_eq(fold_take(&arena, STR("N° d’adhérent"), false), STR("ndadherent")), "heading");
    CHECK(str_eq(fold_take(&arena, STR("ŁĄKA Straße Œuvre ƒ"), true), STR("laka strasse oeuvre ƒ")),
          "letters");
    CHECK(str_eq(fold_sorted(&arena, STR("O’Brenn, Fiadh")),
                 fold_sorted(&arena, STR("FIADH O'BRENN"))),
          "order of names");
    static const struct {
        const char *a, *b;
        bool near;
    } pairs[] = {{"abc", "abc", true},  {"abc", "abd", true},  {"abc", "ab", true},
                 {"abc", "acb", true},  {"abc", "xabc", true}, {"abc", "adcb", false},
                 {"abc", "cba", false}, {"", "a", true},       {"", "ab", false},
                 {"ab", "ba", true}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        CHECK(fold_within_one(str_from(pairs[i].a), str_from(pairs[i].b)) == pairs[i].near, "%s %s",
              pairs[i].a, pairs[i].b);
        CHECK(fold_within_one(str_from(pairs[i].b), str_from(pairs[i].a)) == pairs[i].near, "%s %s",
              pairs[i].b, pairs[i].a);
    }
    arena_done(&arena);
}

static void check_limits(void)
{
    struct outcome o;
    struct sample plain = {"limits", NULL, false, NULL};
    struct buf file;
    buf_init(&file, alloc_libc, (size_t)1 << 22);
    buf_add(&file, STR("number,name,unit\n1,\""));
    for (int i = 0; i < CSV_CELL_MAX + 1; i++) buf_add_byte(&file, 'x');
    run_with(buf_str(&file), STR(""), &plain, alloc_libc, &o);
    CHECK(o.code == CODE_TOO_BIG && o.fail.line == 2 && o.fail.column == 3, "cell: %s at %llu:%llu",
          code_name(o.code), (unsigned long long)o.fail.line, (unsigned long long)o.fail.column);
    outcome_done(&o);
    buf_clear(&file);
    for (int i = 0; i < CSV_COLUMNS_MAX; i++) buf_add_byte(&file, ',');
    run_with(buf_str(&file), STR(""), &plain, alloc_libc, &o);
    CHECK(o.code == CODE_TOO_BIG && str_eq(str_from(o.fail.reason), STR("columns")), "columns: %s",
          code_name(o.code));
    outcome_done(&o);
    buf_clear(&file);
    for (int i = 0; i < CSV_ROWS_MAX + 1; i++) buf_add_byte(&file, '\n');
    run_with(buf_str(&file), STR(""), &plain, alloc_libc, &o);
    CHECK(o.code == CODE_TOO_BIG && str_eq(str_from(o.fail.reason), STR("rows")), "rows: %s",
          code_name(o.code));
    outcome_done(&o);
    buf_done(&file);
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* A large file is read, compared with a roll that has lost every tenth member and moved every
 * seventh. */
static void check_large(void)
{
    enum { MEMBERS = 200000 };
    struct buf file;
    struct sample plain = {"large", NULL, false, NULL};
    struct outcome o, again;
    buf_init(&file, alloc_libc, (size_t)1 << 28);
    buf_add(&file, STR("Member number;Family name;Given name;Unit;E-mail;Date of birth\r\n"));
    for (uint32_t i = 0; i < MEMBERS; i++)
        buf_printf(&file,
                   "%06u;Family%c%c%c;Giv\xc3\xa9n;Unit %u;m%u@mail.invalid;%02u.%02u.%u\r\n", i,
                   'a' + (int)(i % 26), 'a' + (int)(i / 26 % 26), 'a' + (int)(i / 676 % 26),
                   i % 1000, i, i % 28 + 1, i % 12 + 1, 1940 + i % 60);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    run_with(buf_str(&file), STR(""), &plain, alloc_libc, &o);
    double reading = seconds_since(&start);
    CHECK(o.code == CODE_OK && o.table.row_count == MEMBERS && o.problems.total[PROBLEM_ERROR] == 0,
          "%s %u rows %u errors", code_name(o.code), o.table.row_count,
          o.problems.total[PROBLEM_ERROR]);
    struct roll_known *known = calloc(MEMBERS, sizeof *known);
    uint32_t count = 0, moved = 0;
    for (uint32_t i = 0; i < o.table.row_count; i++) {
        const struct roll_row *row = &o.table.rows[i];
        if (i % 10 == 0) continue;
        moved += i % 7 == 0;
        known[count++] = (struct roll_known){
            row->number, row->name, i % 7 == 0 ? STR("Elsewhere") : row->unit, row->email, {0}};
    }
    arena_init(&again.arena, alloc_libc, arena_bytes);
    clock_gettime(CLOCK_MONOTONIC, &start);
    enum code code = roll_diff_make(&o.table, known, count, &again.arena, &again.diff);
    printf(
        "%u rows, %zu bytes: read and reported in %.2f s, compared in %.2f s, %zu MB of memory\n",
        o.table.row_count, file.len, reading, seconds_since(&start), o.arena.used >> 20);
    CHECK(code == CODE_OK && again.diff.unit_count == 1000 &&
              again.diff.by_kind[ROLL_MOVED] == moved &&
              again.diff.by_kind[ROLL_NEW] == MEMBERS - count &&
              again.diff.by_kind[ROLL_ABSENT] == 0,
          "%s %u units %u moved %u new", code_name(code), again.diff.unit_count,
          again.diff.by_kind[ROLL_MOVED], again.diff.by_kind[ROLL_NEW]);
    free(known);
    arena_done(&again.arena);
    outcome_done(&o);
    buf_done(&file);
}

int main(void)
{
    const char *write = getenv("ROLL_REPORTS");
    str known = read_data("known", ".csv");
    for (size_t i = 0; i < COUNT(samples); i++) check_sample(&samples[i], known, write != NULL);
    for (size_t i = 0; i < COUNT(samples); i++) check_allocations(&samples[i], known);
    for (size_t i = 0; i < COUNT(samples); i++) check_prefixes(&samples[i], known);
    check_mappings();
    check_cells();
    check_folding();
    check_limits();
    check_large();
    free((void *)(uintptr_t)known.at);
    return check_done();
}
