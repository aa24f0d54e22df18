/* roll_rows.c - members and the lists of their units, kept consistent. */
#include "core/institutions/roll.h"

static void list_add(struct state *s, uint32_t member_row, uint32_t unit_row)
{
    struct member_row *member = state_member(s, member_row);
    member->unit_row = unit_row;
    member->next_in_unit = member->prev_in_unit = ROW_NONE;
    if (unit_row == ROW_NONE) return;
    struct unit_row *unit = state_unit(s, unit_row);
    member->prev_in_unit = unit->last_member;
    if (unit->last_member == ROW_NONE)
        unit->first_member = member_row;
    else
        state_member(s, unit->last_member)->next_in_unit = member_row;
    unit->last_member = member_row;
    unit->member_count++;
}

static void list_remove(struct state *s, uint32_t member_row)
{
    struct member_row *member = state_member(s, member_row);
    if (member->unit_row == ROW_NONE) return;
    struct unit_row *unit = state_unit(s, member->unit_row);
    uint32_t next = member->next_in_unit, prev = member->prev_in_unit;
    *(prev == ROW_NONE ? &unit->first_member : &state_member(s, prev)->next_in_unit) = next;
    *(next == ROW_NONE ? &unit->last_member : &state_member(s, next)->prev_in_unit) = prev;
    member->next_in_unit = member->prev_in_unit = ROW_NONE;
    unit->member_count--;
}

static enum code new_member(struct state *s, const mid16 *mid, uint32_t *ret_row)
{
    struct member_row *member = state_add_member(s);
    if (!member) return CODE_NO_MEMORY;
    *member = (struct member_row){
        .mid = *mid, .first_key_row = ROW_NONE, .last_key_row = ROW_NONE, .first_seat = ROW_NONE};
    *ret_row = s->member.count - 1;
    return idmap_put(&s->members, *ret_row);
}

enum code roll_admit(struct state *s, const struct roll_entrant *entrant, uint32_t *ret_member_row)
{
    static const hash32 none;
    uint32_t row = state_member_by_mid(s, &entrant->mid);
    if (row == ROW_NONE) TRY(new_member(s, &entrant->mid, &row));
    struct member_row *member = state_member(s, row);
    member->data = entrant->data;
    member->contact = entrant->contact;
    member->contact_since = hash32_eq(&entrant->contact, &none) ? 0 : (uint64_t)entrant->at;
    member->since = (uint64_t)entrant->at;
    member->ended = 0;
    member->weight = entrant->weight;
    member->move_to = ROW_NONE;
    member->status = MEMBER_ACTIVE;
    list_add(s, row, entrant->unit_row);
    *ret_member_row = row;
    return CODE_OK;
}

void roll_move(struct state *s, uint32_t member_row, uint32_t unit_row)
{
    list_remove(s, member_row);
    list_add(s, member_row, unit_row);
    state_member(s, member_row)->move_to = ROW_NONE;
}

void roll_end(struct state *s, uint32_t member_row, enum member_status status, unix_s at)
{
    struct member_row *member = state_member(s, member_row);
    list_remove(s, member_row); /* unit_row stays: where the member belonged last */
    member->status = (uint8_t)status;
    member->ended = (uint64_t)at;
    member->move_to = ROW_NONE;
}
