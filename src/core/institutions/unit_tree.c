/* unit_tree.c - units as a tree, what they count, and when they grew too fast. */
#include "core/institutions/unit.h"

enum { GROWTH_BASE_S = 90 * 86400 /* a base of growth holds at least so long */ };

bool unit_is_open(const struct state *s, uint32_t unit_row)
{
    return unit_row != ROW_NONE && state_unit(s, unit_row)->state == UNIT_OPEN;
}

bool unit_is_confirmed(const struct state *s, uint32_t unit_row)
{
    for (; unit_row != ROW_NONE; unit_row = state_unit(s, unit_row)->parent_row)
        if (state_unit(s, unit_row)->confirmed) return true;
    return false;
}

uint32_t unit_next_under(const struct state *s, uint32_t unit_row, uint32_t top_row)
{
    const struct unit_row *unit = state_unit(s, unit_row);
    if (unit->first_child != ROW_NONE) return unit->first_child;
    while (unit_row != top_row) {
        unit = state_unit(s, unit_row);
        if (unit->next_sibling != ROW_NONE) return unit->next_sibling;
        unit_row = unit->parent_row;
    }
    return ROW_NONE;
}

uint64_t unit_members_under(const struct state *s, uint32_t unit_row)
{
    uint64_t members = 0;
    for (uint32_t u = unit_row; u != ROW_NONE; u = unit_next_under(s, u, unit_row))
        members += state_unit(s, u)->member_count;
    return members;
}

/* In the order of the roll, not sorted: a verdict takes no memory. */
hash32 unit_digest(const struct state *s, uint32_t unit_row)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.unit/v1|"));
    for (uint32_t row = state_unit(s, unit_row)->first_member; row != ROW_NONE;) {
        const struct member_row *member = state_member(s, row);
        sha256_add(&sha, member->mid.bytes, sizeof member->mid);
        row = member->next_in_unit;
    }
    return sha256_done(&sha);
}

void unit_recount(struct state *s)
{
    uint32_t unconfirmed = 0;
    for (uint32_t row = 0; row < s->unit.count; row++) {
        const struct unit_row *unit = state_unit(s, row);
        if (unit->state == UNIT_OPEN && unit->member_count > 0 && !unit->confirmed) unconfirmed++;
    }
    s->org.unconfirmed_units = unconfirmed;
}

void unit_watch_growth(struct state *s, uint32_t unit_row)
{
    struct unit_row *unit = state_unit(s, unit_row);
    uint64_t limit = (uint64_t)unit->frozen_count * (100 + (uint64_t)s->bylaws.growth_percent);
    if (unit->frozen_count && (uint64_t)unit->member_count * 100 > limit) unit->flagged = UNIT_GREW;
}

void unit_freeze_count(struct state *s, uint32_t unit_row, unix_s at)
{
    struct unit_row *unit = state_unit(s, unit_row);
    if (unit->frozen_count && (uint64_t)at < unit->frozen_at + GROWTH_BASE_S) return;
    unit->flagged = unit->flagged == UNIT_GREW ? UNIT_GREW_EARLIER : UNIT_STEADY;
    unit->frozen_count = unit->member_count;
    unit->frozen_at = (uint64_t)at;
}
