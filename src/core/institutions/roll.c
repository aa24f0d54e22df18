#include "core/institutions/roll.h"

#include "core/institutions/org.h"
#include "core/institutions/roll_kinds.h"
#include "core/institutions/seat.h"
#include "core/institutions/unit.h"

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

bool roll_founder_suffices(const struct state *s, uint32_t member_row, uint32_t unit_row)
{
    return org_is_founding(s, member_row) && !unit_is_confirmed(s, unit_row);
}

bool roll_may_sign(const struct state *s, uint32_t member_row, uint32_t unit_row)
{
    return roll_founder_suffices(s, member_row, unit_row) ||
           state_holds_role(s, member_row, ROLE_STEWARD, unit_row);
}

/* ---- a list of changes ---- */

/* Can the change be carried out at all? */
static bool entry_is_possible(const struct state *s, const struct roll_entry *entry,
                              uint32_t unit_row)
{
    uint32_t row = state_member_by_mid(s, &entry->mid);
    bool active = state_is_active(s, row);
    switch ((enum roll_do)entry->what) {
    case ROLL_ADMIT: return !active;
    case ROLL_LAPSE:
    case ROLL_UPDATE: return active && state_member(s, row)->unit_row == unit_row;
    case ROLL_TRANSFER: return active && state_member(s, row)->unit_row != unit_row;
    }
    return false;
}

/* Who moves has asked for it; the founder sorts members of units that have not confirmed yet. */
static bool transfer_is_wanted(const struct state *s, uint32_t member_row, uint32_t unit_row,
                               bool founding)
{
    const struct member_row *member = state_member(s, member_row);
    if (member->move_to == unit_row) return true;
    return founding && !unit_is_confirmed(s, member->unit_row);
}

static bool entry_fits(const struct state *s, const struct roll_entry *entry, uint32_t unit_row,
                       bool founding)
{
    if (!entry_is_possible(s, entry, unit_row)) return false;
    if (entry->weight != 1)
        return false; /* one person, one vote: no bylaws of this version say otherwise */
    if (entry->what != ROLL_TRANSFER) return true;
    return transfer_is_wanted(s, state_member_by_mid(s, &entry->mid), unit_row, founding);
}

/* A list as an act names it. */
struct list_body {
    hash32 proposal, list_name, unit; /* proposal: roll.second, unit: roll.propose */
    struct roll_list list;
    bool held, well_formed;
};

static enum article list_decide(const struct state *s, const struct list_body *body,
                                uint32_t unit_row, bool founding)
{
    GUARD(s, body->held, ARTICLE_BLOB);
    GUARD(s, body->well_formed, ARTICLE_ROLL_LIST);
    for (uint32_t i = 0; i < body->list.count; i++)
        GUARD(s, entry_fits(s, &body->list.entries[i], unit_row, founding), ARTICLE_ROLL_LIST);
    return ARTICLE_NONE;
}

static enum code entry_admit(struct state *s, const struct roll_entry *entry, uint32_t unit_row,
                             unix_s at)
{
    struct roll_entrant entrant = {.mid = entry->mid,
                                   .data = entry->data,
                                   .contact = entry->contact,
                                   .unit_row = unit_row,
                                   .weight = entry->weight,
                                   .at = at};
    uint32_t row;
    return roll_admit(s, &entrant, &row);
}

static void entry_update(struct state *s, const struct roll_entry *entry, uint32_t row, unix_s at)
{
    struct member_row *member = state_member(s, row);
    if (entry->has_data) member->data = entry->data;
    if (!entry->has_contact) return;
    member->contact = entry->contact;
    member->contact_since = (uint64_t)at;
}

static enum code entry_apply(struct state *s, const struct roll_entry *entry, uint32_t unit_row,
                             const struct step *step)
{
    uint32_t row = state_member_by_mid(s, &entry->mid), from;
    switch ((enum roll_do)entry->what) {
    case ROLL_ADMIT: return entry_admit(s, entry, unit_row, step->at);
    case ROLL_UPDATE: entry_update(s, entry, row, step->at); return CODE_OK;
    case ROLL_LAPSE:
        roll_end(s, row, MEMBER_LAPSED, step->at);
        return seat_end_of_member(s, row, (uint64_t)step->at, step->arena);
    case ROLL_TRANSFER:
        from = state_member(s, row)->unit_row;
        roll_move(s, row, unit_row);
        if (from == ROW_NONE) return CODE_OK;
        return seat_end_in_unit(s, row, from, (uint64_t)step->at, step->arena);
    }
    return CODE_INTERNAL;
}

static enum code list_apply(struct state *s, const struct roll_list *list, uint32_t unit_row,
                            const struct step *step)
{
    TRY(idmap_reserve(&s->members, s->member.count + list->count));
    for (uint32_t i = 0; i < list->count; i++) {
        /* Never false after list_decide, but in the test build that clears guards. */
        if (!entry_is_possible(s, &list->entries[i], unit_row)) continue;
        TRY(entry_apply(s, &list->entries[i], unit_row, step));
    }
    unit_watch_growth(s, unit_row);
    unit_recount(s);
    return CODE_OK;
}

/* The list is read while decoding, where memory may fail; what is wrong with it is for decide to
 * say. */
static enum code list_load(struct step *step, struct list_body *body)
{
    str blob;
    step->body = body;
    step->names = &body->list_name;
    step->name_count = 1;
    body->held = step->blobs->get(step->blobs->self, &body->list_name, &blob);
    if (!body->held) return CODE_OK;
    enum code code = roll_list_read(blob, step->arena, &body->list, NULL);
    if (code == CODE_NO_MEMORY) return code;
    body->well_formed = code == CODE_OK;
    return CODE_OK;
}

/* ---- roll.propose, roll.second ---- */

static enum code propose_decode(struct step *step, struct fail *fail)
{
    struct list_body *body = ARENA_NEW(step->arena, struct list_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("list"), body->list_name.bytes, sizeof body->list_name);
    fields_hex(&f, STR("unit"), body->unit.bytes, sizeof body->unit);
    TRY(fields_end(&f, fail));
    return list_load(step, body);
}

static enum article propose_decide(const struct state *s, const struct step *step)
{
    const struct list_body *body = step->body;
    uint32_t unit_row = state_unit_by_id(s, &body->unit);
    if (!unit_is_open(s, unit_row)) return ARTICLE_UNIT_KNOWN;
    GUARD(s, roll_may_sign(s, step->by_row, unit_row), ARTICLE_ROLL_UNIT);
    return list_decide(s, body, unit_row, roll_founder_suffices(s, step->by_row, unit_row));
}

static enum code proposal_add(struct state *s, const struct list_body *body,
                              const struct step *step)
{
    struct proposal_row *proposal = state_add_proposal(s);
    if (!proposal) return CODE_NO_MEMORY;
    uint32_t row = s->proposal.count - 1;
    *proposal = (struct proposal_row){.id = step->act.id,
                                      .list = body->list_name,
                                      .at = (uint64_t)step->at,
                                      .until = (uint64_t)step->at + s->bylaws.proposal_time,
                                      .unit_row = state_unit_by_id(s, &body->unit),
                                      .by_row = step->by_row,
                                      .state = PROPOSAL_OPEN};
    struct deadline_row deadline = {
        .at = proposal->until, .id = proposal->id, .kind = DEADLINE_PROPOSAL, .row = row};
    TRY(idmap_put(&s->proposals, row));
    return state_deadline_add(s, &deadline);
}

static enum code propose_apply(struct state *s, const struct step *step)
{
    const struct list_body *body = step->body;
    uint32_t unit_row = state_unit_by_id(s, &body->unit);
    if (roll_founder_suffices(s, step->by_row, unit_row))
        return list_apply(s, &body->list, unit_row, step);
    return proposal_add(s, body, step);
}

static enum code second_decode(struct step *step, struct fail *fail)
{
    struct list_body *body = ARENA_NEW(step->arena, struct list_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("list"), body->list_name.bytes, sizeof body->list_name);
    fields_hex(&f, STR("proposal"), body->proposal.bytes, sizeof body->proposal);
    TRY(fields_end(&f, fail));
    return list_load(step, body);
}

static enum article second_decide(const struct state *s, const struct step *step)
{
    const struct list_body *body = step->body;
    uint32_t row = state_proposal_by_id(s, &body->proposal);
    if (row == ROW_NONE) return ARTICLE_ROLL_OPEN;
    const struct proposal_row *proposal = state_proposal(s, row);
    GUARD(s, proposal->state == PROPOSAL_OPEN, ARTICLE_ROLL_OPEN);
    GUARD(s, hash32_eq(&proposal->list, &body->list_name), ARTICLE_ROLL_LIST);
    GUARD(s, unit_is_open(s, proposal->unit_row), ARTICLE_UNIT_KNOWN);
    GUARD(s, state_holds_role(s, step->by_row, ROLE_STEWARD, proposal->unit_row),
          ARTICLE_ROLL_UNIT);
    GUARD(s, step->by_row != proposal->by_row, ARTICLE_ROLL_SECOND);
    return list_decide(s, body, proposal->unit_row, false);
}

static enum code second_apply(struct state *s, const struct step *step)
{
    const struct list_body *body = step->body;
    struct proposal_row *proposal = state_proposal(s, state_proposal_by_id(s, &body->proposal));
    proposal->state = PROPOSAL_DONE;
    return list_apply(s, &body->list, proposal->unit_row, step);
}

/* ---- what members do themselves ---- */

static enum code move_decode(struct step *step, struct fail *fail)
{
    hash32 *unit = ARENA_NEW(step->arena, hash32);
    if (!unit) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("unit"), unit->bytes, sizeof *unit);
    step->body = unit;
    return fields_end(&f, fail);
}

static enum article move_decide(const struct state *s, const struct step *step)
{
    uint32_t unit_row = state_unit_by_id(s, step->body);
    if (!unit_is_open(s, unit_row)) return ARTICLE_UNIT_KNOWN;
    const struct member_row *member = state_member(s, step->by_row);
    uint32_t wish = member->unit_row == unit_row ? ROW_NONE : unit_row;
    GUARD(s, member->move_to != wish, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

static enum code move_apply(struct state *s, const struct step *step)
{
    uint32_t unit_row = state_unit_by_id(s, step->body);
    struct member_row *member = state_member(s, step->by_row);
    member->move_to = member->unit_row == unit_row ? ROW_NONE : unit_row;
    return CODE_OK;
}

static enum code contact_decode(struct step *step, struct fail *fail)
{
    hash32 *contact = ARENA_NEW(step->arena, hash32);
    if (!contact) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_base64(&f, STR("contact"), contact->bytes, sizeof *contact);
    step->body = contact;
    return fields_end(&f, fail);
}

static enum article always_decide(const struct state *s, const struct step *step)
{
    (void)s;
    (void)step; /* the fold has checked that `by` is a member with a confirmed key: nobody else is
                   asked */
    return ARTICLE_NONE;
}

static enum code contact_apply(struct state *s, const struct step *step)
{
    struct member_row *member = state_member(s, step->by_row);
    member->contact = *(const hash32 *)step->body;
    member->contact_since = (uint64_t)step->at;
    return CODE_OK;
}

static enum code resign_decode(struct step *step, struct fail *fail)
{
    struct fields f = fields_of(step->act.body);
    return fields_end(&f, fail);
}

static enum code resign_apply(struct state *s, const struct step *step)
{
    roll_end(s, step->by_row, MEMBER_RESIGNED, step->at);
    unit_recount(s);
    return seat_end_of_member(s, step->by_row, (uint64_t)step->at, step->arena);
}

enum code roll_deadline(struct state *s, const struct deadline_row *deadline,
                        const struct blobs *blobs, struct arena *arena)
{
    (void)blobs;
    (void)arena;
    if (deadline->kind == DEADLINE_REQUEST)
        return request_deadline(s, deadline->row, (unix_s)deadline->at);
    struct proposal_row *proposal = state_proposal(s, deadline->row);
    if (proposal->state == PROPOSAL_OPEN) proposal->state = PROPOSAL_LAPSED;
    return CODE_OK;
}

const struct act_kind roll_kinds[] = {
    {.name = NAME("roll.propose"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = propose_decode,
     .decide = propose_decide,
     .apply = propose_apply},
    {.name = NAME("roll.second"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = second_decode,
     .decide = second_decide,
     .apply = second_apply},
    {.name = NAME("roll.move"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = move_decode,
     .decide = move_decide,
     .apply = move_apply},
    {.name = NAME("roll.contact"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = contact_decode,
     .decide = always_decide,
     .apply = contact_apply},
    {.name = NAME("roll.resign"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = resign_decode,
     .decide = always_decide,
     .apply = resign_apply},
    {.name = NAME("roll.request"),
     .since = 1,
     .signers = SIGNERS_NEW,
     .decode = request_decode,
     .decide = request_decide,
     .apply = request_apply},
    {.name = NAME("roll.answer"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .decode = answer_decode,
     .decide = answer_decide,
     .apply = answer_apply},
};
const size_t roll_kind_count = COUNT(roll_kinds);
