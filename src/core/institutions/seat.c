#include "core/institutions/seat.h"

static void seat_end_now(struct state *s, uint32_t seat_row, uint64_t at)
{
    struct seat_row *seat = state_seat(s, seat_row);
    seat->ended = at;
    seat->end = SEAT_LEFT_ROLL;
}

enum code seat_end_of_member(struct state *s, uint32_t member_row, uint64_t at, struct arena *arena)
{
    (void)arena; /* no reserve to ask: the seat stays vacant until the next election */
    for (uint32_t row = state_member(s, member_row)->first_seat; row != ROW_NONE;) {
        if (!state_seat(s, row)->ended) seat_end_now(s, row, at);
        row = state_seat(s, row)->next_of_member;
    }
    return CODE_OK;
}

enum code seat_end_in_unit(struct state *s, uint32_t member_row, uint32_t unit_row, uint64_t at, struct arena *arena)
{
    (void)arena;
    uint32_t now_in = state_member(s, member_row)->unit_row;
    for (uint32_t row = state_member(s, member_row)->first_seat; row != ROW_NONE;) {
        const struct seat_row *seat = state_seat(s, row);
        uint32_t elects = state_constituency(s, seat->constituency_row)->unit_row;
        bool left = elects != ROW_NONE && state_unit_under(s, unit_row, elects) && !state_unit_under(s, now_in, elects);
        if (left && !seat->ended) seat_end_now(s, row, at);
        row = state_seat(s, row)->next_of_member;
    }
    return CODE_OK;
}
