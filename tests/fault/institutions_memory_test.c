/* One fixed founding in which every allocation of the state fails in turn: roll, bodies, freeze,
 * apportionment. */
#include "check.h"
#include "core/institutions/council.h"
#include "core/institutions/roll.h"
#include "core/institutions/unit.h"

#include <stdlib.h>

static enum code add_unit(struct state *s, uint8_t id)
{
    struct unit_row *unit = state_add_unit(s);
    if (!unit) return CODE_NO_MEMORY;
    *unit = (struct unit_row){.id = {{id}},
                              .first_member = ROW_NONE,
                              .last_member = ROW_NONE,
                              .parent_row = ROW_NONE,
                              .first_child = ROW_NONE,
                              .last_child = ROW_NONE,
                              .next_sibling = ROW_NONE,
                              .state = UNIT_OPEN};
    return idmap_put(&s->units, s->unit.count - 1);
}

static enum code fill_roll(struct state *s)
{
    TRY(add_unit(s, 1));
    TRY(add_unit(s, 2));
    for (uint8_t i = 0; i < 60; i++) {
        struct roll_entrant entrant = {
            .mid = {{i, 1}}, .unit_row = i % 3 == 0, .weight = 1, .at = 10};
        uint32_t row;
        TRY(roll_admit(s, &entrant, &row));
    }
    return CODE_OK;
}

static enum code found_council(struct state *s, struct arena *arena)
{
    const hash32 ids[] = {{{1}}, {{2}}};
    struct council_plan plan = {.constituencies = ids,
                                .constituency_count = 2,
                                .name = STR("Town"),
                                .label = STR("council"),
                                .norm = STR("{\"method\":\"dhondt\",\"seats\":9}"),
                                .removes = 1,
                                .term = 1000,
                                .kind = BODY_COUNCIL};
    struct step step = {.arena = arena, .at = 20, .act.id = {{3}}};
    struct council_freeze_order order = {0, {{4}}, 30};
    uint32_t freeze_row;
    TRY(council_plan_apply(s, &plan, &step));
    TRY(council_freeze(s, &order, &freeze_row));
    return council_apportion_apply(s, freeze_row, arena);
}

static enum code run(struct alloc alloc, hash32 *ret)
{
    struct state s = {0};
    struct arena arena;
    arena_init(&arena, alloc, 1 << 20);
    enum code code = state_init(&s, alloc);
    s.bylaws.removes_max = 2;
    if (code == CODE_OK) code = fill_roll(&s);
    if (code == CODE_OK) code = found_council(&s, &arena);
    if (code == CODE_OK) {
        CHECK(state_constituency(&s, 0)->seats == 6 && state_constituency(&s, 1)->seats == 3,
              "forty to twenty of nine");
        *ret = state_digest(&s);
    }
    state_done(&s);
    arena_done(&arena);
    return code;
}

int main(void)
{
    hash32 whole, digest;
    CHECK(run(alloc_libc, &whole) == CODE_OK, "with all memory");
    for (size_t n = 0; n < 10000; n++) {
        struct failing failing = {.fail_at = n, .sticky = true};
        enum code code = run(failing_alloc(&failing), &digest);
        CHECK(failing.live == 0, "allocation %zu failed: all given back", n);
        if (code == CODE_OK) {
            CHECK(n > 20 && hash32_eq(&digest, &whole), "the same state after %zu allocations", n);
            break;
        }
        CHECK(code == CODE_NO_MEMORY, "allocation %zu: %s", n, code_name(code));
    }
    return check_done();
}
