/* council_norm.c - the apportionment rule of a body as its founding act states it. */
#include "core/institutions/council.h"

static uint32_t optional_u32(struct fields *f, str key)
{
    return fields_has(f, key) ? fields_u32(f, key) : 0;
}

static enum apportion_round read_round(struct fields *f)
{
    if (!fields_has(f, STR("round"))) return APPORTION_FULL;
    str word = fields_str(f, STR("round"), 16);
    if (str_eq(word, STR("nearest"))) return APPORTION_NEAREST;
    if (str_eq(word, STR("started"))) return APPORTION_STARTED;
    if (!f->bad && !str_eq(word, STR("full")))
        fields_fail(f, "\"round\": expected full, nearest or started");
    return APPORTION_FULL;
}

static enum code read_band(const struct json *json, struct apportion_band *ret, struct fail *fail)
{
    struct fields f = fields_of(json);
    struct apportion_band band = {.up_to = UINT64_MAX};
    band.per = fields_has(&f, STR("per")) ? fields_u64(&f, STR("per")) : 0;
    band.round = read_round(&f);
    band.seats = fields_u32(&f, STR("seats"));
    band.step = optional_u32(&f, STR("step"));
    if (fields_has(&f, STR("up_to"))) band.up_to = fields_u64(&f, STR("up_to"));
    TRY(fields_end(&f, fail));
    *ret = band;
    return CODE_OK;
}

static enum code read_bands(const struct json *bands, struct apportion_rule *rule,
                            struct fail *fail)
{
    for (const struct json *band = json_first(bands); band; band = json_next(bands, band)) {
        TRY(read_band(band, &rule->bands[rule->band_count], fail));
        rule->band_count++;
    }
    return CODE_OK;
}

/* Each method with what it needs and nothing else. */
static void check_shape(struct fields *f, const struct apportion_rule *rule, bool has_bands,
                        uint32_t seats)
{
    if (f->bad) return;
    bool by_ratio = rule->method == APPORTION_RATIO_UP || rule->method == APPORTION_RATIO_NEAREST;
    if (has_bands != (rule->method == APPORTION_BANDS))
        fields_fail(f, "\"bands\": expected with the method bands alone");
    if ((rule->ratio > 0) != by_ratio)
        fields_fail(f, "\"ratio\": expected with the ratio methods alone");
    if ((seats > 0) != apportion_shares_house(rule->method))
        fields_fail(f, "\"seats\": expected with the methods that share out a fixed number");
    if (seats > APPORTION_SEATS_MAX)
        fields_fail(f, "\"seats\": expected at most %d", APPORTION_SEATS_MAX);
}

enum code council_norm_read(const struct json *norm, struct arena *arena, struct council_norm *ret,
                            struct fail *fail)
{
    struct council_norm read = {0};
    struct apportion_rule *rule = &read.rule;
    struct fields f = fields_of(norm);
    const struct json *bands = NULL;
    if (fields_has(&f, STR("bands"))) bands = fields_array(&f, STR("bands"), APPORTION_BANDS_MAX);
    rule->cap = optional_u32(&f, STR("cap"));
    rule->floor = optional_u32(&f, STR("floor"));
    str method = fields_str(&f, STR("method"), 32);
    if (!f.bad && !apportion_method_by_name(method, &rule->method))
        fields_fail(&f, "\"method\": expected a method we know");
    rule->ratio = fields_has(&f, STR("ratio")) ? fields_u64(&f, STR("ratio")) : 0;
    read.seats = optional_u32(&f, STR("seats"));
    check_shape(&f, rule, bands != NULL, read.seats);
    TRY(fields_end(&f, fail));
    if (bands) TRY(read_bands(bands, rule, fail));
    /* The apportionment judges the rule itself: an empty house suits every sound one. */
    struct apportion_units nobody = {NULL, 0, 0};
    struct apportion_result unused;
    TRY(apportion(rule, &nobody, arena, &unused, fail));
    *ret = read;
    return CODE_OK;
}
