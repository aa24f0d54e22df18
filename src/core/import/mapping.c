/* mapping.c - the remembered meaning of columns, as canonical JSON. */
#include "base/json.h"
#include "core/import/rollfile.h"

enum { MAPPING_BYTES_MAX = 4096 };

/* "dates", "header", "number_width" and "unit_fills_down" stand between the fields in the order of
 * the keys. */
static const char *const date_words[] = {[ROLL_DATES_FIND] = "",
                                         [ROLL_DATES_DMY] = "dmy",
                                         [ROLL_DATES_MDY] = "mdy",
                                         [ROLL_DATES_YMD] = "ymd"};

static enum code bad(const struct json *value, str whole, struct fail *fail, const char *expected)
{
    uint64_t column = (uint64_t)(value->raw.at - whole.at) + 1;
    return fail_at(fail, CODE_MALFORMED, "mapping", 1, column, "\"%.*s\": expected %s",
                   (int)(value->key.len > 40 ? 40 : value->key.len), value->key.at, expected);
}

static bool take_flag(const struct json *value, bool when_true, bool *ret)
{
    if (value->type != JSON_TRUE && value->type != JSON_FALSE) return false;
    *ret = (value->type == JSON_TRUE) == when_true;
    return true;
}

static bool take_dates(const struct json *value, enum roll_dates *ret)
{
    if (value->type != JSON_STRING) return false;
    for (size_t i = ROLL_DATES_DMY; i < COUNT(date_words); i++) {
        if (!str_eq(value->text, str_from(date_words[i]))) continue;
        *ret = (enum roll_dates)i;
        return true;
    }
    return false;
}

static enum code take_field(const struct json *value, str whole, struct roll_mapping *mapping,
                            struct fail *fail)
{
    for (int f = 0; f < ROLL_FIELDS; f++) {
        if (!str_eq(value->key, str_from(roll_field_word((enum roll_field)f)))) continue;
        bool column =
            value->type == JSON_INTEGER && value->integer >= 1 && value->integer <= CSV_COLUMNS_MAX;
        if (!column && (value->type != JSON_STRING || value->text.len == 0))
            return bad(value, whole, fail, "a heading or the number of a column");
        if (column) {
            mapping->at[f].column = (uint32_t)value->integer;
        } else {
            mapping->at[f].heading = value->text;
        }
        return CODE_OK;
    }
    return bad(
        value, whole, fail,
        "no such key; fields are number name given family unit email phone born joined weight");
}

static enum code take_key(const struct json *value, str whole, struct roll_mapping *mapping,
                          struct fail *fail)
{
    if (str_eq(value->key, STR("dates")))
        return take_dates(value, &mapping->dates) ? CODE_OK
                                                  : bad(value, whole, fail, "dmy, mdy or ymd");
    if (str_eq(value->key, STR("header")))
        return take_flag(value, false, &mapping->no_header)
                   ? CODE_OK
                   : bad(value, whole, fail, "true or false");
    if (str_eq(value->key, STR("unit_fills_down")))
        return take_flag(value, true, &mapping->unit_fills_down)
                   ? CODE_OK
                   : bad(value, whole, fail, "true or false");
    if (!str_eq(value->key, STR("number_width"))) return take_field(value, whole, mapping, fail);
    if (value->type != JSON_INTEGER || value->integer < 1 || value->integer > ROLL_NUMBER_MAX)
        return bad(value, whole, fail, "a width of 1 to 40 digits");
    mapping->number_width = (uint32_t)value->integer;
    return CODE_OK;
}

enum code roll_mapping_decode(str text, struct arena *arena, struct roll_mapping *ret,
                              struct fail *fail)
{
    const struct json *object;
    struct roll_mapping mapping = {0};
    TRY(json_parse(text, MAPPING_BYTES_MAX, arena, &object, fail));
    for (const struct json *value = json_first(object); value; value = json_next(object, value))
        TRY(take_key(value, text, &mapping, fail));
    for (int f = 0; mapping.no_header && f < ROLL_FIELDS; f++)
        if (mapping.at[f].heading.len)
            return fail_set(fail, CODE_MALFORMED, "mapping",
                            "a file without headings is mapped by column numbers alone");
    *ret = mapping;
    return CODE_OK;
}

static void write_field(struct json_writer *w, const struct roll_mapping *mapping,
                        enum roll_field field)
{
    str key = str_from(roll_field_word(field));
    if (mapping->at[field].heading.len) json_kv_str(w, key, mapping->at[field].heading);
    if (mapping->at[field].column) json_kv_u64(w, key, mapping->at[field].column);
}

void roll_mapping_encode(const struct roll_mapping *mapping, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    write_field(&w, mapping, ROLL_BORN);
    if (mapping->dates) json_kv_str(&w, STR("dates"), str_from(date_words[mapping->dates]));
    write_field(&w, mapping, ROLL_EMAIL);
    write_field(&w, mapping, ROLL_FAMILY);
    write_field(&w, mapping, ROLL_GIVEN);
    if (mapping->no_header) json_kv_bool(&w, STR("header"), false);
    write_field(&w, mapping, ROLL_JOINED);
    write_field(&w, mapping, ROLL_NAME);
    write_field(&w, mapping, ROLL_NUMBER);
    if (mapping->number_width) json_kv_u64(&w, STR("number_width"), mapping->number_width);
    write_field(&w, mapping, ROLL_PHONE);
    write_field(&w, mapping, ROLL_UNIT);
    if (mapping->unit_fills_down) json_kv_bool(&w, STR("unit_fills_down"), true);
    write_field(&w, mapping, ROLL_WEIGHT);
    json_object_end(&w);
}
