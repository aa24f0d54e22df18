/* presets.h - real rule sets that ship with the program, from data/presets. */
#ifndef PLENARY_CLI_PRESETS_H
#define PLENARY_CLI_PRESETS_H
#include "base/json.h"

struct preset {
    const char *id;
    const char *text; /* canonical JSON: effective_from id jurisdiction name norms notes parameters
                         source */
};
extern const struct preset presets[];
extern const size_t preset_count;

/* NULL when there is none of that name. */
const struct preset *preset_find(const char *id);
/* Appends the bylaws document of an organisation called `name` that starts from this preset. */
enum code preset_document(const struct preset *preset, str name, struct arena *arena,
                          struct buf *out, struct fail *fail) MUST_CHECK;
#endif
