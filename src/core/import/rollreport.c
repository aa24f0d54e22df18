#include "core/import/rollreport.h"

#include "base/json.h"
#include "base/text.h"
#include "core/import/cells.h"
#include "core/import/layout.h"

/* ---- text ---- */

static void pad(struct buf *out, size_t have, size_t want)
{
    for (; have < want; have++) buf_add_byte(out, ' ');
}

/* `text` made printable and filled with spaces to `width` characters; longer text is cut with an
 * ellipsis. */
static void add_column(struct buf *out, str text, size_t width)
{
    size_t used = 0, total = utf8_length(text);
    for (size_t at = 0; at < text.len && used < width; used++) {
        size_t from = at;
        uint32_t point = utf8_next(text, &at);
        bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        if (used + 1 == width && total > width) {
            buf_add(out, STR("\xe2\x80\xa6"));
            continue;
        }
        buf_add(out, control ? STR("?") : str_sub(text, from, at - from));
    }
    pad(out, used, width);
}

static size_t widest(size_t so_far, str text, size_t max)
{
    size_t len = utf8_length(text);
    if (len > max) len = max;
    return len > so_far ? len : so_far;
}

static void text_head(const struct roll_report *report, struct buf *out)
{
    const struct roll_table *table = report->table;
    if (table->separator) {
        buf_printf(out, "File        %s, parted by %s\n", csv_encoding_name(table->encoding),
                   csv_separator_name(table->separator));
    } else {
        buf_add_cstr(out, "File        not a table\n");
    }
    if (table->header_line) {
        buf_printf(out, "Headings    line %u\n", table->header_line);
    } else {
        buf_add_cstr(out, "Headings    none\n");
    }
    buf_printf(out, "Members     %u", table->row_count);
    if (table->row_count)
        buf_printf(out, " (lines %u to %u)", table->rows[0].line,
                   table->rows[table->row_count - 1].line);
    buf_add_cstr(out, "\n");
}

static void text_columns(const struct roll_report *report, struct buf *out)
{
    const struct roll_table *table = report->table;
    size_t width = 0;
    for (uint32_t c = 0; c < table->column_count; c++)
        width = widest(width, table->columns[c].heading, 30);
    buf_add_cstr(out, "\nColumns\n");
    for (uint32_t c = 0; c < table->column_count; c++) {
        char letters[COLUMN_LETTERS_SIZE];
        const struct roll_column *column = &table->columns[c];
        buf_printf(out, "  %-3s ", column_letters(c + 1, letters));
        add_column(out, column->heading, width);
        buf_printf(out, "  %s\n", column->used ? roll_field_label(column->field) : "not used");
    }
    buf_add_cstr(out, "  mapping: ");
    roll_mapping_encode(&table->mapping, out);
    buf_add_cstr(out, "\n");
}

enum {
    SEVERITY_WIDTH = 9,
    LINE_WIDTH = 9,
    CELL_WIDTH = 18,
    PLACE_INDENT = 2 + SEVERITY_WIDTH + LINE_WIDTH + CELL_WIDTH
};

static void text_place(const struct roll_table *table, const struct problem *problem,
                       struct buf *out)
{
    char line[32] = "", letters[COLUMN_LETTERS_SIZE];
    const struct problem_place *place = &problem->place;
    if (place->line && place->column) {
        (void)snprintf(line, sizeof line, "%u:%u", place->line, place->column);
    } else if (place->line) {
        (void)snprintf(line, sizeof line, "%u", place->line);
    }
    buf_add_cstr(out, "  ");
    add_column(out, str_from(problem_severity_name(problem->severity)), SEVERITY_WIDTH);
    add_column(out, str_from(line), LINE_WIDTH - 1);
    buf_add_byte(out, ' ');
    size_t used = 0;
    if (place->cell && place->cell <= CSV_COLUMNS_MAX) {
        const char *name = column_letters(place->cell, letters);
        buf_printf(out, "%s ", name);
        used = strlen(name) + 1;
    }
    bool headed = place->cell && place->cell <= table->column_count;
    add_column(out, headed ? table->columns[place->cell - 1].heading : STR(""),
               CELL_WIDTH - used - 1);
    buf_add_byte(out, ' ');
}

static enum code text_problems(const struct roll_report *report, struct buf *out)
{
    const struct problem **list = NULL;
    uint32_t count = 0;
    const struct problems *problems = report->problems;
    TRY(problems_in_order(report->problems, &list, &count));
    if (!count) return CODE_OK;
    buf_printf(out, "\nIn the file (line:column)\n");
    for (uint32_t i = 0; i < count; i++) {
        text_place(report->table, list[i], out);
        buf_add(out, list[i]->message);
        buf_add_byte(out, '\n');
        if (!list[i]->advice.len) continue;
        pad(out, 0, PLACE_INDENT);
        buf_add(out, list[i]->advice);
        buf_add_byte(out, '\n');
    }
    for (int s = 0; s < PROBLEM_SEVERITIES; s++) {
        uint32_t kept = problems_kept(problems, (enum problem_severity)s);
        if (problems->total[s] > kept)
            buf_printf(out, "  and %u more of kind %s\n", problems->total[s] - kept,
                       problem_severity_name((enum problem_severity)s));
    }
    return CODE_OK;
}

static void text_units(const struct roll_diff *diff, struct buf *out)
{
    size_t width = 4;
    for (uint32_t u = 0; u < diff->unit_count; u++) width = widest(width, diff->units[u].unit, 40);
    buf_add_cstr(out, "\nBy unit\n  ");
    pad(out, 0, width);
    for (int k = 0; k < ROLL_CHANGE_KINDS; k++)
        buf_printf(out, " %8s", roll_change_word((enum roll_change_kind)k));
    buf_add_byte(out, '\n');
    for (uint32_t u = 0; u < diff->unit_count; u++) {
        buf_add_cstr(out, "  ");
        add_column(out, diff->units[u].unit, width);
        for (int k = 0; k < ROLL_CHANGE_KINDS; k++)
            buf_printf(out, " %8u", diff->units[u].by_kind[k]);
        buf_add_byte(out, '\n');
    }
    buf_add_cstr(out, "  ");
    add_column(out, STR("all"), width);
    for (int k = 0; k < ROLL_CHANGE_KINDS; k++) buf_printf(out, " %8u", diff->by_kind[k]);
    buf_add_byte(out, '\n');
}

static const char *likeness_words(enum roll_likeness likeness)
{
    switch (likeness) {
    case ROLL_LIKE_NONE: return "";
    case ROLL_LIKE_ZEROS: return "same number but for zeros";
    case ROLL_LIKE_NAME: return "same name";
    case ROLL_LIKE_LETTER: return "name one letter apart";
    }
    return "";
}

/* Both sides of a change; the one that does not exist is empty. */
struct sides {
    struct roll_row row;
    struct roll_known known;
    str number, name; /* of the file, else of the roll */
};

static struct sides sides_of(const struct roll_report *report, const struct roll_change *change)
{
    struct sides sides = {0};
    bool in_file = change->row != ROLL_NONE, on_roll = change->known != ROLL_NONE;
    if (in_file) sides.row = report->table->rows[change->row];
    if (on_roll) sides.known = report->known[change->known];
    sides.number = in_file ? sides.row.number : sides.known.number;
    sides.name = in_file ? sides.row.name : sides.known.name;
    return sides;
}

static void text_change(const struct roll_report *report, const struct roll_change *change,
                        struct buf *out)
{
    struct sides sides = sides_of(report, change);
    bool bare = change->kind == ROLL_NEW && change->similar == ROLL_NONE;
    buf_add_cstr(out, "  ");
    add_column(out, str_from(roll_change_word(change->kind)), 9);
    add_column(out, sides.number, 14);
    buf_add_byte(out, ' ');
    add_column(out, sides.name, bare ? utf8_length(sides.name) : 28);
    if (change->unit_differs)
        buf_printf(out, "  unit: %.*s -> %.*s", STR_ARG(sides.known.unit), STR_ARG(sides.row.unit));
    if (change->name_differs) buf_printf(out, "  name was: %.*s", STR_ARG(sides.known.name));
    if (change->contact_differs) buf_add_cstr(out, "  another contact");
    if (change->kind == ROLL_ABSENT)
        buf_printf(out, "  not in the file; stays in %.*s", STR_ARG(sides.known.unit));
    if (change->similar != ROLL_NONE) {
        const struct roll_known *similar = &report->known[change->similar];
        buf_printf(out, "  perhaps %.*s, %.*s (%s)", STR_ARG(similar->number),
                   STR_ARG(similar->name), likeness_words(change->likeness));
    }
    buf_add_byte(out, '\n');
}

static void text_changes(const struct roll_report *report, struct buf *out)
{
    const struct roll_diff *diff = report->diff;
    uint32_t worth = diff->change_count - diff->by_kind[ROLL_SAME], shown = 0;
    if (!worth) return;
    buf_add_cstr(out, "\nOne by one\n");
    for (uint32_t i = 0; i < diff->change_count && shown < report->lines_max; i++) {
        if (diff->changes[i].kind == ROLL_SAME) continue;
        text_change(report, &diff->changes[i], out);
        shown++;
    }
    if (worth > shown) buf_printf(out, "  and %u more\n", worth - shown);
}

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

enum code roll_report_text(const struct roll_report *report, struct buf *out)
{
    const uint32_t *total = report->problems->total;
    text_head(report, out);
    if (report->table->column_count) text_columns(report, out);
    TRY(text_problems(report, out));
    if (report->diff) {
        text_units(report->diff, out);
        text_changes(report, out);
    }
    buf_printf(out, "\n%u error%s, %u warning%s, %u note%s. ", total[PROBLEM_ERROR],
               plural(total[PROBLEM_ERROR]), total[PROBLEM_WARNING], plural(total[PROBLEM_WARNING]),
               total[PROBLEM_NOTE], plural(total[PROBLEM_NOTE]));
    if (total[PROBLEM_ERROR]) {
        buf_add_cstr(out, "Nothing is imported while there are errors.\n");
    } else {
        buf_add_cstr(out, "The file can be imported; members absent from it stay on the roll.\n");
    }
    return buf_check(out);
}

/* ---- JSON ---- */

/* Text of the file without what JSON of ours never holds. */
static void json_text(struct json_writer *w, str key, str text, struct arena *arena)
{
    json_key(w, key);
    str clean;
    bool changed;
    if (cell_has_control(text)) {
        clean = problem_quote(arena, text);
    } else if (!cell_clean(arena, text, &clean, &changed)) {
        clean = STR("");
    }
    json_str(w, clean);
}

static void json_problem(struct json_writer *w, const struct problem *problem)
{
    json_object(w);
    json_kv_str(w, STR("severity"), str_from(problem_severity_name(problem->severity)));
    json_kv_str(w, STR("reason"), str_from(problem->reason));
    json_kv_u64(w, STR("line"), problem->place.line);
    json_kv_u64(w, STR("column"), problem->place.column);
    json_kv_u64(w, STR("cell"), problem->place.cell);
    json_kv_str(w, STR("message"), problem->message);
    json_kv_str(w, STR("advice"), problem->advice);
    json_object_end(w);
}

static enum code json_problems(struct json_writer *w, struct problems *problems)
{
    const struct problem **list = NULL;
    uint32_t count = 0;
    TRY(problems_in_order(problems, &list, &count));
    json_key(w, STR("problems"));
    json_array(w);
    for (uint32_t i = 0; i < count; i++) json_problem(w, list[i]);
    json_array_end(w);
    json_kv_u64(w, STR("errors"), problems->total[PROBLEM_ERROR]);
    json_kv_u64(w, STR("warnings"), problems->total[PROBLEM_WARNING]);
    json_kv_u64(w, STR("notes"), problems->total[PROBLEM_NOTE]);
    return CODE_OK;
}

static void json_columns(struct json_writer *w, const struct roll_table *table, struct arena *arena)
{
    json_key(w, STR("columns"));
    json_array(w);
    for (uint32_t c = 0; c < table->column_count; c++) {
        json_object(w);
        json_text(w, STR("heading"), table->columns[c].heading, arena);
        json_key(w, STR("field"));
        if (table->columns[c].used) {
            json_str(w, str_from(roll_field_word(table->columns[c].field)));
        } else {
            json_null(w);
        }
        json_object_end(w);
    }
    json_array_end(w);
}

static enum code json_mapping(struct json_writer *w, const struct roll_table *table,
                              struct buf *out)
{
    struct buf mapping;
    buf_init(&mapping, out->alloc, 65536);
    roll_mapping_encode(&table->mapping, &mapping);
    enum code code = buf_check(&mapping);
    json_key(w, STR("mapping"));
    json_raw(w, buf_str(&mapping));
    buf_done(&mapping);
    return code;
}

static void json_counts(struct json_writer *w, const uint32_t by_kind[ROLL_CHANGE_KINDS])
{
    for (int k = 0; k < ROLL_CHANGE_KINDS; k++)
        json_kv_u64(w, str_from(roll_change_word((enum roll_change_kind)k)), by_kind[k]);
}

static void json_change(struct json_writer *w, const struct roll_report *report,
                        const struct roll_change *change)
{
    struct sides sides = sides_of(report, change);
    json_object(w);
    json_kv_str(w, STR("change"), str_from(roll_change_word(change->kind)));
    json_kv_str(w, STR("number"), sides.number);
    json_kv_str(w, STR("name"), sides.name);
    json_kv_str(w, STR("unit"), change->row == ROLL_NONE ? sides.known.unit : sides.row.unit);
    if (change->row != ROLL_NONE) json_kv_u64(w, STR("line"), sides.row.line);
    if (change->unit_differs) json_kv_str(w, STR("unit_was"), sides.known.unit);
    if (change->name_differs) json_kv_str(w, STR("name_was"), sides.known.name);
    if (change->contact_differs) json_kv_bool(w, STR("contact_differs"), true);
    if (change->similar != ROLL_NONE) {
        json_kv_str(w, STR("perhaps"), report->known[change->similar].number);
        json_kv_str(w, STR("because"), str_from(likeness_words(change->likeness)));
    }
    json_object_end(w);
}

static void json_diff(struct json_writer *w, const struct roll_report *report)
{
    const struct roll_diff *diff = report->diff;
    json_key(w, STR("counts"));
    json_object(w);
    json_counts(w, diff->by_kind);
    json_object_end(w);
    json_key(w, STR("units"));
    json_array(w);
    for (uint32_t u = 0; u < diff->unit_count; u++) {
        json_object(w);
        json_kv_str(w, STR("unit"), diff->units[u].unit);
        json_counts(w, diff->units[u].by_kind);
        json_object_end(w);
    }
    json_array_end(w);
    json_key(w, STR("changes"));
    json_array(w);
    for (uint32_t i = 0, shown = 0; i < diff->change_count && shown < report->lines_max; i++) {
        if (diff->changes[i].kind == ROLL_SAME) continue;
        json_change(w, report, &diff->changes[i]);
        shown++;
    }
    json_array_end(w);
}

enum code roll_report_json(const struct roll_report *report, struct buf *out)
{
    const struct roll_table *table = report->table;
    struct json_writer w;
    json_writer_init_free(&w, out);
    json_object(&w);
    json_key(&w, STR("file"));
    json_object(&w);
    json_kv_str(&w, STR("encoding"), str_from(csv_encoding_name(table->encoding)));
    json_kv_str(&w, STR("separator"), str_from(csv_separator_name(table->separator)));
    json_kv_u64(&w, STR("header_line"), table->header_line);
    json_kv_u64(&w, STR("rows"), table->row_count);
    json_object_end(&w);
    json_columns(&w, table, report->problems->arena);
    TRY(json_mapping(&w, table, out));
    TRY(json_problems(&w, report->problems));
    json_kv_bool(&w, STR("importable"), report->problems->total[PROBLEM_ERROR] == 0);
    if (report->diff) json_diff(&w, report);
    json_object_end(&w);
    return buf_check(out);
}
