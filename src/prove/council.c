/* council.c - attempts on councils and their seats. */
#include "prove/attempt.h"

/* ---- typed-seat-numbers ---- */

static void type_seats(struct scratch *s)
{
    uint32_t who = scratch_at(0, REGISTRAR);
    bool frozen =
        scratch_act(s, who, "roll.freeze", "{\"body\":\"%s\"}", scratch_id(s, &s->council));
    if (!scratch_must(s, frozen, "the roll is frozen")) return;
    (void)scratch_act(s, who, "council.apportion",
                      "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[4,1,1]}",
                      scratch_id(s, &s->council), scratch_id(s, &s->last));
}

static bool seats_are_typed(const struct scratch *s)
{
    const struct body_row *council = state_body(s->state, state_body_by_id(s->state, &s->council));
    return state_constituency(s->state, council->first_constituency)->seats == 4;
}

/* ---- unrooted-seat, count-a-unit-twice ---- */

static bool found_council(struct scratch *s, uint32_t who, const char *constituencies,
                          const char *name)
{
    return scratch_act(s, who, "council.found",
                       "{\"constituencies\":[%s],\"kind\":\"council\",\"name\":\"%s\",\"seats_"
                       "each\":3,\"term\":%d}",
                       constituencies, name, SCRATCH_TERM_DAYS * SCRATCH_DAY);
}

static void found_unrooted(struct scratch *s)
{
    uint32_t steward = scratch_at(0, STEWARD);
    bool founded = scratch_act(s, steward, "unit.found",
                               "{\"kind\":\"branch\",\"name\":\"Nobody\",\"parent\":\"%s\"}",
                               scratch_id(s, &s->unit[0]));
    s->target = s->last;
    bool closed = founded && scratch_act(s, steward, "unit.close", "{\"unit\":\"%s\"}",
                                         scratch_id(s, &s->target));
    if (!scratch_must(s, closed, "a unit opens and closes")) return;
    (void)found_council(s, steward, scratch_text(s, "\"%s\"", scratch_id(s, &s->target)),
                        "Council of nobody");
}

static bool seats_without_members(const struct scratch *s)
{
    for (uint32_t i = 0; i < s->state->constituency.count; i++) {
        const struct constituency_row *of = state_constituency(s->state, i);
        if (of->unit_row != ROW_NONE && state_unit(s->state, of->unit_row)->state == UNIT_CLOSED &&
            of->seats)
            return true;
    }
    return false;
}

static void count_twice(struct scratch *s)
{
    const char *unit = scratch_id(s, &s->unit[0]);
    (void)found_council(s, scratch_at(0, STEWARD), scratch_text(s, "\"%s\",\"%s\"", unit, unit),
                        "Council of one unit");
}

static bool unit_counts_twice(const struct scratch *s)
{
    for (uint32_t i = 1; i < s->state->constituency.count; i++) {
        const struct constituency_row *a = state_constituency(s->state, i - 1),
                                      *b = state_constituency(s->state, i);
        if (a->body_row == b->body_row && a->unit_row == b->unit_row && a->unit_row != ROW_NONE)
            return true;
    }
    return false;
}

/* ---- look-alike-council ---- */

static void look_alike(struct scratch *s)
{
    (void)found_council(s, scratch_at(0, STEWARD),
                        scratch_text(s, "\"%s\"", scratch_id(s, &s->unit[0])), "Council");
}

static bool two_of_one_name(const struct scratch *s)
{
    const struct body_row *newest = state_body(s->state, s->state->body.count - 1);
    uint32_t council = state_body_by_id(s->state, &s->council);
    return council != s->state->body.count - 1 &&
           str_eq(state_text(s->state, newest->name),
                  state_text(s->state, state_body(s->state, council)->name));
}

/* ---- inner-circle ---- */

static void inner_circle(struct scratch *s)
{
    uint32_t who = scratch_at(0, DELEGATE);
    if (!scratch_must(s,
                      found_council(s, who, scratch_text(s, "\"%s\"", scratch_id(s, &s->council)),
                                    "Upper council"),
                      "a council of the council"))
        return;
    (void)found_council(s, who, scratch_text(s, "\"%s\"", scratch_id(s, &s->last)), "Inner circle");
}

static bool circle_is_out_of_reach(const struct scratch *s)
{
    for (uint32_t i = 0; i < s->state->body.count; i++)
        if (state_body(s->state, i)->removes > s->state->bylaws.removes_max) return true;
    return false;
}

/* ---- refreeze-mid-election ---- */

static void refreeze(struct scratch *s)
{
    struct scratch_election e = {.body = &s->council, .mode = "open", .rule = "plurality"};
    if (!scratch_elect(s, &e)) return;
    s->mark = s->state->freeze.count;
    (void)scratch_act(s, scratch_at(0, REGISTRAR), "roll.freeze", "{\"body\":\"%s\"}",
                      scratch_id(s, &s->council));
}

static bool electorate_is_replaced(const struct scratch *s)
{
    return s->state->freeze.count > s->mark;
}

const struct attempt council_attempts[] = {
    {"typed-seat-numbers", "The registrar states numbers of seats that favour one unit.",
     ARTICLE_SEATS_COMPUTED, ATTEMPT_REFUSED, NULL, type_seats, seats_are_typed},
    {"unrooted-seat", "A steward founds a council whose seats belong to a unit that nobody is in.",
     ARTICLE_COUNCIL_ROOT, ATTEMPT_REFUSED, NULL, found_unrooted, seats_without_members},
    {"count-a-unit-twice", "A steward founds a council in which one unit has two places.",
     ARTICLE_COUNCIL_ROOT, ATTEMPT_REFUSED, NULL, count_twice, unit_counts_twice},
    {"look-alike-council", "A steward founds a council that bears the name of the existing one.",
     ARTICLE_UNIT_NAME, ATTEMPT_REFUSED, NULL, look_alike, two_of_one_name},
    {"inner-circle",
     "Delegates found a council of a council of the council, three elections away from any member.",
     ARTICLE_COUNCIL_REMOVES, ATTEMPT_REFUSED, NULL, inner_circle, circle_is_out_of_reach},
    {"refreeze-mid-election",
     "The registrar freezes another electorate while an election is running.", ARTICLE_FREEZE,
     ATTEMPT_REFUSED, NULL, refreeze, electorate_is_replaced},
};
const size_t council_attempt_count = COUNT(council_attempts);
