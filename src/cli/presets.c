#include "cli/presets.h"

#include <string.h>

const struct preset *preset_find(const char *id)
{
    for (size_t i = 0; i < preset_count; i++)
        if (strcmp(presets[i].id, id) == 0) return &presets[i];
    return NULL;
}

enum code preset_document(const struct preset *preset, str name, struct arena *arena,
                          struct buf *out, struct fail *fail)
{
    const struct json *object;
    TRY(json_parse(str_from(preset->text), JSON_LINE_MAX, arena, &object, fail));
    const struct json *parameters = json_get(object, STR("parameters"));
    if (!parameters)
        return fail_set(fail, CODE_INTERNAL, "preset", "%s: no parameters", preset->id);
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    json_kv_str(&w, STR("name"), name);
    json_key(&w, STR("parameters"));
    json_raw(&w, parameters->raw);
    json_kv_str(&w, STR("preset"), str_from(preset->id));
    json_kv_u64(&w, STR("version"), 1);
    json_object_end(&w);
    return buf_check(out);
}
