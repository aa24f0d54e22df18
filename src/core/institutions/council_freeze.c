/* council_freeze.c - who elects, frozen, and the seats that follow from it. */
#include "core/institutions/council.h"

#include "base/sort.h"
#include "core/institutions/key.h"
#include "core/institutions/unit.h"

/* The constituency of the body that takes this unit: the nearest one upwards; ROW_NONE. */
static uint32_t nearest(const struct state *s, const struct body_row *body, uint32_t unit_row)
{
    for (; unit_row != ROW_NONE; unit_row = state_unit(s, unit_row)->parent_row)
        for (uint32_t i = 0; i < body->constituency_count; i++)
            if (state_constituency(s, body->first_constituency + i)->unit_row == unit_row)
                return body->first_constituency + i;
    return ROW_NONE;
}

bool council_elects(const struct state *s, uint32_t constituency_row, uint32_t member_row)
{
    if (!state_is_active(s, member_row)) return false;
    const struct constituency_row *of = state_constituency(s, constituency_row);
    if (of->unit_row == ROW_NONE) return state_seat_of(s, member_row, of->from_body) != ROW_NONE;
    return nearest(s, state_body(s, of->body_row), state_member(s, member_row)->unit_row) ==
           constituency_row;
}

bool council_is_elector(const struct state *s, uint32_t body_row, uint32_t member_row)
{
    if (!state_is_active(s, member_row)) return false;
    const struct body_row *body = state_body(s, body_row);
    if (nearest(s, body, state_member(s, member_row)->unit_row) != ROW_NONE) return true;
    for (uint32_t i = 0; i < body->constituency_count; i++) {
        uint32_t from = state_constituency(s, body->first_constituency + i)->from_body;
        if (from != ROW_NONE && state_seat_of(s, member_row, from) != ROW_NONE) return true;
    }
    return false;
}

/* ---- the freeze ---- */

static uint8_t channel_of(const struct state *s, uint32_t member_row)
{
    if (key_any_confirmed(s, member_row)) return CHANNEL_OPEN;
    return s->bylaws.paper_allowed || !s->bylaws.attest_allowed ? CHANNEL_PAPER : CHANNEL_ATTESTED;
}

static enum code elector_add(struct state *s, uint32_t constituency_row, uint32_t member_row,
                             uint32_t weight)
{
    struct elector_row *elector = state_add_elector(s);
    if (!elector) return CODE_NO_MEMORY;
    *elector = (struct elector_row){.freeze_row = s->freeze.count,
                                    .constituency_row = constituency_row,
                                    .member_row = member_row,
                                    .weight = weight,
                                    .ballot_row = ROW_NONE,
                                    .channel = channel_of(s, member_row)};
    return CODE_OK;
}

static enum code freeze_unit(struct state *s, uint32_t constituency_row, unix_s at)
{
    uint32_t top = state_constituency(s, constituency_row)->unit_row;
    const uint32_t body_row = state_constituency(s, constituency_row)->body_row;
    for (uint32_t u = top; u != ROW_NONE; u = unit_next_under(s, u, top)) {
        if (nearest(s, state_body(s, body_row), u) != constituency_row) continue;
        unit_freeze_count(s, u, at);
        for (uint32_t m = state_unit(s, u)->first_member; m != ROW_NONE;
             m = state_member(s, m)->next_in_unit)
            TRY(elector_add(s, constituency_row, m, state_member(s, m)->weight));
    }
    return CODE_OK;
}

static enum code freeze_body(struct state *s, uint32_t constituency_row)
{
    uint32_t from = state_constituency(s, constituency_row)->from_body;
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->body_row != from || seat->ended || !state_is_active(s, seat->member_row))
            continue;
        TRY(elector_add(s, constituency_row, seat->member_row,
                        1)); /* a delegate carries one vote */
    }
    return CODE_OK;
}

static int by_member(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct elector_row *left = a, *right = b;
    return (left->member_row > right->member_row) - (left->member_row < right->member_row);
}

static enum code freeze_constituency(struct state *s, uint32_t constituency_row, unix_s at)
{
    uint32_t first = s->elector.count;
    if (state_constituency(s, constituency_row)->unit_row != ROW_NONE)
        TRY(freeze_unit(s, constituency_row, at));
    else
        TRY(freeze_body(s, constituency_row));
    uint32_t count = s->elector.count - first;
    if (count < 2) return CODE_OK;
    return sort_stable(state_elector(s, first), count, sizeof(struct elector_row), by_member, NULL,
                       s->alloc);
}

static hash32 freeze_digest(const struct state *s, uint32_t body_row, uint32_t first,
                            uint32_t count)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.freeze/v1|"));
    sha256_add(&sha, state_body(s, body_row)->id.bytes, sizeof(hash32));
    for (uint32_t i = 0; i < count; i++) {
        const struct elector_row *elector = state_elector(s, first + i);
        uint32_t number = elector->constituency_row - state_body(s, body_row)->first_constituency;
        uint8_t head[9];
        for (int k = 0; k < 4; k++) {
            head[k] = (uint8_t)(number >> (24 - 8 * k));
            head[4 + k] = (uint8_t)(elector->weight >> (24 - 8 * k));
        }
        head[8] = elector->channel;
        sha256_add(&sha, head, sizeof head);
        sha256_add(&sha, state_member(s, elector->member_row)->mid.bytes, sizeof(mid16));
    }
    return sha256_done(&sha);
}

bool council_freeze_fresh(const struct state *s, uint32_t freeze_row, uint64_t at)
{
    return at <= state_freeze(s, freeze_row)->at + COUNCIL_FREEZE_FRESH_S;
}

uint32_t council_freeze_unused(const struct state *s, uint32_t body_row)
{
    for (uint32_t row = s->freeze.count; row-- > 0;) {
        const struct freeze_row *freeze = state_freeze(s, row);
        if (freeze->body_row == body_row) return freeze->used == FREEZE_UNUSED ? row : ROW_NONE;
    }
    return ROW_NONE;
}

static void freeze_drop(struct state *s, uint32_t freeze_row)
{
    if (freeze_row == ROW_NONE) return;
    struct freeze_row *freeze = state_freeze(s, freeze_row);
    freeze->used = FREEZE_REPLACED;
    bool last = freeze->first_elector + freeze->elector_count == s->elector.count;
    if (last)
        s->elector.count =
            freeze->first_elector; /* nothing rests on them: their room is used again */
    freeze->elector_count = 0;
}

enum code council_freeze(struct state *s, const struct council_freeze_order *order,
                         uint32_t *ret_freeze_row)
{
    freeze_drop(s, council_freeze_unused(s, order->body_row));
    const struct body_row *body = state_body(s, order->body_row);
    uint32_t first = s->elector.count, row = s->freeze.count;
    for (uint32_t i = 0; i < body->constituency_count; i++)
        TRY(freeze_constituency(s, body->first_constituency + i, order->at));
    struct freeze_row *freeze = state_add_freeze(s);
    if (!freeze) return CODE_NO_MEMORY;
    *freeze = (struct freeze_row){.id = order->id,
                                  .at = (uint64_t)order->at,
                                  .body_row = order->body_row,
                                  .first_elector = first,
                                  .elector_count = s->elector.count - first};
    freeze->digest = freeze_digest(s, order->body_row, first, freeze->elector_count);
    *ret_freeze_row = row;
    return idmap_put(&s->freezes, row);
}

/* First entry of [first, first+count) that does not stand before: entries ascend by constituency.
 */
static uint32_t part_begin(const struct state *s, const struct freeze_row *freeze,
                           uint32_t constituency_row)
{
    uint32_t low = freeze->first_elector, high = low + freeze->elector_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (state_elector(s, middle)->constituency_row < constituency_row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void council_freeze_part(const struct state *s, uint32_t freeze_row, uint32_t constituency_row,
                         uint32_t *ret_first, uint32_t *ret_count)
{
    const struct freeze_row *freeze = state_freeze(s, freeze_row);
    *ret_first = part_begin(s, freeze, constituency_row);
    *ret_count = part_begin(s, freeze, constituency_row + 1) - *ret_first;
}

uint32_t council_elector_find(const struct state *s, uint32_t first, uint32_t count,
                              uint32_t member_row)
{
    uint32_t low = first, high = first + count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, found = state_elector(s, middle)->member_row;
        if (found == member_row) return middle;
        if (found < member_row)
            low = middle + 1;
        else
            high = middle;
    }
    return ROW_NONE;
}

/* ---- seats ---- */

/* Votes of the electors of every constituency. */
static uint64_t *weigh(const struct state *s, uint32_t freeze_row, struct arena *arena)
{
    const struct freeze_row *freeze = state_freeze(s, freeze_row);
    const struct body_row *body = state_body(s, freeze->body_row);
    uint64_t *weights = ARENA_ARRAY(arena, body->constituency_count, uint64_t);
    if (!weights) return NULL;
    for (uint32_t i = 0; i < freeze->elector_count; i++) {
        const struct elector_row *elector = state_elector(s, freeze->first_elector + i);
        weights[elector->constituency_row - body->first_constituency] += elector->weight;
    }
    return weights;
}

static enum code seats_fixed(const struct body_row *body, struct arena *arena,
                             struct apportion_result *ret)
{
    struct apportion_result result = {.seats =
                                          ARENA_ARRAY(arena, body->constituency_count, uint32_t)};
    if (!result.seats) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < body->constituency_count; i++) result.seats[i] = body->seats_each;
    result.total = body->seats;
    *ret = result;
    return CODE_OK;
}

enum code council_seats(const struct state *s, uint32_t freeze_row, struct arena *arena,
                        struct apportion_result *ret, struct fail *fail)
{
    const struct body_row *body = state_body(s, state_freeze(s, freeze_row)->body_row);
    if (body->seats_each) return seats_fixed(body, arena, ret);
    const struct json *json;
    struct council_norm norm;
    TRY(json_parse(state_text(s, body->norm), JSON_LINE_MAX, arena, &json, fail));
    TRY(council_norm_read(json, arena, &norm, fail));
    struct apportion_units units = {weigh(s, freeze_row, arena), body->constituency_count,
                                    norm.seats};
    if (!units.members) return CODE_NO_MEMORY;
    struct apportion_result result;
    TRY(apportion(&norm.rule, &units, arena, &result, fail));
    if (result.total > APPORTION_SEATS_MAX)
        return fail_set(fail, CODE_TOO_BIG, "seats", "at most %d seats", APPORTION_SEATS_MAX);
    *ret = result;
    return CODE_OK;
}

enum code council_apportion_apply(struct state *s, uint32_t freeze_row, struct arena *arena)
{
    struct apportion_result result;
    TRY(council_seats(s, freeze_row, arena, &result, NULL));
    struct body_row *body = state_body(s, state_freeze(s, freeze_row)->body_row);
    for (uint32_t i = 0; i < body->constituency_count; i++)
        state_constituency(s, body->first_constituency + i)->seats = result.seats[i];
    body->seats = (uint32_t)result.total;
    body->freeze_row = freeze_row;
    return CODE_OK;
}
