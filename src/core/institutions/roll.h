/* roll.h - who is a member and of which unit.
 *
 *     roll.propose {list,unit}    changes of one unit's roll, a blob: the founder, alone and at
 * once, while neither the organisation nor the unit is confirmed; otherwise a steward of the unit,
 * and open for the bylaws' proposal_time roll.second {list,proposal} another steward of the unit:
 * takes effect if the list still fits roll.move {unit}            a member asks to be transferred;
 * the own unit takes the wish back roll.contact {contact}      a new commitment to the own contact
 *     roll.resign {}              a member leaves; nobody can refuse it
 *     roll.request {data,device,key,unit}  somebody new asks to join, signed by the new device
 *     roll.answer {admit,request} two stewards who agree; silence until the deadline is answered by
 * the bylaws (roll.freeze stands in council.h)
 *
 * A list is canonical JSON of at most ROLL_LIST_MAX bytes:
 *     {"changes":[{"contact"?:base64,"data":base64,"do":"admit","mid":hex,"weight"?:n} |
 *                 {"do":"lapse","mid":hex} | {"do":"transfer","mid":hex} |
 *                 {"contact"?:base64,"data"?:base64,"do":"update","mid":hex}, ...]}
 * admit: unknown to the roll, or no longer a member; weight, if stated, is 1 under the bylaws of
 * this version. lapse, update: a member of that unit. transfer: a member of another unit who asked
 * for it by roll.move (the founder moves members of units not yet confirmed). Each mid at most
 * once. The whole list takes effect or nothing of it. */
#ifndef PLENARY_CORE_INSTITUTIONS_ROLL_H
#define PLENARY_CORE_INSTITUTIONS_ROLL_H
#include "core/step.h"

enum { ROLL_LIST_MAX = 64 << 20 /* bytes */ };

extern const struct act_kind roll_kinds[];
extern const size_t roll_kind_count;

/* DEADLINE_PROPOSAL, DEADLINE_REQUEST. */
enum code roll_deadline(struct state *state, const struct deadline_row *deadline,
                        const struct blobs *blobs, struct arena *arena) MUST_CHECK;

enum roll_do { ROLL_ADMIT = 1, ROLL_LAPSE, ROLL_TRANSFER, ROLL_UPDATE };
struct roll_entry {
    mid16 mid;
    hash32 data, contact;
    uint32_t weight;
    uint8_t what; /* enum roll_do */
    bool has_data, has_contact;
};
struct roll_list {
    struct roll_entry *entries; /* in the order of the list */
    uint32_t count;
};
/* Reads a list. CODE_MALFORMED with reasons of json_parse, `field` and `duplicate` (one mid twice);
 * CODE_TOO_BIG; CODE_NO_MEMORY. The line of a failure is the number of the change. Everything in
 * `arena`: at most twice the list. */
enum code roll_list_read(str blob, struct arena *arena, struct roll_list *ret,
                         struct fail *fail) MUST_CHECK;

/* What a new member brings; `unit_row` ROW_NONE = of no unit (the founder). */
struct roll_entrant {
    mid16 mid;
    hash32 data, contact;
    uint32_t unit_row, weight;
    unix_s at;
};
/* A new member at the end of the unit's list, or one who comes back; without key. The mid must not
 * be an active member's. */
enum code roll_admit(struct state *state, const struct roll_entrant *entrant,
                     uint32_t *ret_member_row) MUST_CHECK;
/* Moves an active member to the end of another unit's list; keeps seats. Nothing is allocated. */
void roll_move(struct state *state, uint32_t member_row, uint32_t unit_row);
/* Ends a membership: off the unit's list, status lapsed or resigned. Keeps seats: seat.h ends
 * those. */
void roll_end(struct state *state, uint32_t member_row, enum member_status status, unix_s at);
#endif
