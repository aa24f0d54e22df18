#include "core/kinds.h"

#include "core/institutions/bylaws.h"
#include "core/institutions/council.h"
#include "core/institutions/election.h"
#include "core/institutions/key.h"
#include "core/institutions/objection.h"
#include "core/institutions/office.h"
#include "core/institutions/org.h"
#include "core/institutions/paper.h"
#include "core/institutions/result.h"
#include "core/institutions/roll.h"
#include "core/institutions/seat.h"
#include "core/institutions/unit.h"

static const struct {
    const struct act_kind *kinds;
    const size_t *count;
} organs[] = {
    {org_kinds, &org_kind_count},
    {bylaws_kinds, &bylaws_kind_count},
    {key_kinds, &key_kind_count},
    {roll_kinds, &roll_kind_count},
    {unit_kinds, &unit_kind_count},
    {council_kinds, &council_kind_count},
    {office_kinds, &office_kind_count},
    {election_kinds, &election_kind_count},
    {paper_kinds, &paper_kind_count},
    {result_kinds, &result_kind_count},
    {objection_kinds, &objection_kind_count},
    {seat_kinds, &seat_kind_count},
};

const struct act_kind *step_kind_at(size_t i)
{
    for (size_t organ = 0; organ < COUNT(organs); organ++) {
        if (i < *organs[organ].count) return &organs[organ].kinds[i];
        i -= *organs[organ].count;
    }
    return NULL;
}

const struct act_kind *step_kind(str name)
{
    for (size_t organ = 0; organ < COUNT(organs); organ++)
        for (size_t i = 0; i < *organs[organ].count; i++)
            if (str_eq(organs[organ].kinds[i].name, name)) return &organs[organ].kinds[i];
    return NULL;
}

bool step_is_public(str kind)
{
    const struct act_kind *found = step_kind(kind);
    return found ? found->is_public : str_eq(kind, STR("tick"));
}

enum code kinds_deadline(struct state *s, const struct deadline_row *deadline,
                         const struct blobs *blobs, struct arena *arena)
{
    switch ((enum deadline_kind)deadline->kind) {
    case DEADLINE_KEY_REVOKE:
    case DEADLINE_KEY_SPONSOR: return key_deadline(s, deadline, blobs, arena);
    case DEADLINE_REQUEST:
    case DEADLINE_PROPOSAL: return roll_deadline(s, deadline, blobs, arena);
    case DEADLINE_BODY_DUE:
    case DEADLINE_NOMINATED:
    case DEADLINE_OPENS:
    case DEADLINE_CLOSES:
    case DEADLINE_KEYED:
    case DEADLINE_OBJECTIONS: return election_deadline(s, deadline, blobs, arena);
    case DEADLINE_TERM: return seat_deadline(s, deadline, blobs, arena);
    }
    return CODE_INTERNAL;
}
