/* bylaws.h - the bylaws: a document of typed parameters over the rules. There is no scripting; what
 * a parameter may say is bounded, and entrenched guards have bounds that leave nothing to switch
 * off. docs/bylaws.md. */
#ifndef PLENARY_CORE_INSTITUTIONS_BYLAWS_H
#define PLENARY_CORE_INSTITUTIONS_BYLAWS_H
#include "core/step.h"

extern const struct act_kind bylaws_kinds[];
extern const size_t bylaws_kind_count;

enum bylaw_type { BYLAW_SECONDS, BYLAW_PERCENT, BYLAW_COUNT, BYLAW_SWITCH, BYLAW_RULE };
struct bylaw_parameter {
    str name, sentence;
    enum bylaw_type type;
    uint64_t least, most, normal; /* bounds and default, in the type's unit */
    bool entrenched;              /* least == most, or a floor that protects members */
    size_t offset;                /* into struct bylaws, SIZE_MAX when it only states a fact */
    uint8_t width;                /* 4 or 8 */
};
/* NULL behind the last. In ascending order of names. */
const struct bylaw_parameter *bylaw_parameter_at(size_t i);

enum { BYLAWS_MAX = 65536, BYLAWS_FINDINGS_MAX = 64 };
enum bylaw_severity { BYLAW_NOTE = 1, BYLAW_WARNING, BYLAW_ERROR };
struct bylaw_finding {
    enum bylaw_severity severity;
    str parameter; /* static */
    char message[200];
};
struct bylaws_report {
    uint32_t count, errors;
    struct bylaw_finding finding[BYLAWS_FINDINGS_MAX];
};

/* Reads a document {"name":…,"parameters":{…},"preset":…,"version":1}: a parameter that is absent
 * has its default. `ret_name` is a view into `document`. CODE_MALFORMED names the place. Bounds are
 * not checked here. */
enum code bylaws_read(str document, struct arena *arena, struct bylaws *ret, str *ret_name,
                      struct fail *fail) MUST_CHECK;
/* Explains gaps and conflicts: bounds, entrenched guards, times that do not fit together. */
enum code bylaws_lint(str document, struct arena *arena, struct bylaws_report *ret,
                      struct fail *fail) MUST_CHECK;
/* Well-formed and without errors under that rules version. */
bool bylaws_acceptable(str document, uint32_t rules, struct arena *arena);
/* Puts the document (held as a blob) into force. */
enum code bylaws_adopt(struct state *state, const hash32 *document,
                       const struct step *step) MUST_CHECK;
#endif
