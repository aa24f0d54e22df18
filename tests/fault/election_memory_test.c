/* Every allocation failed in turn while an election closes, is counted, gives seats, loses a member
 * and is called again by the clock: a clean answer each time, nothing leaked. */
#include "elections.h"

#include "core/institutions/credentials.h"
#include "core/institutions/seat.h"

static enum code keep(void *context, const void *bytes, size_t len)
{
    buf_add_bytes(context, bytes, len);
    return buf_check(context);
}

/* From open ballots to the next election, in a state with this allocator. */
static enum code run(str snapshot, struct alloc alloc, struct state *state, struct arena *arena)
{
    TRY(state_init(state, alloc));
    TRY(state_load(state, snapshot));
    uint64_t later = state_election(state, 0)->objections_until + 40 * DAY,
             first = state_election(state, 0)->closes;
    TRY(step_deadlines(state, (unix_s)state_election(state, 0)->objections_until, NULL, arena));
    TRY(seat_end_of_member(state, state_seat(state, 0)->member_row, first, arena));
    struct credentials report;
    TRY(credentials_of(state, 0, arena, &report));
    return step_deadlines(state, (unix_s)later, NULL, arena);
}

static void fail_each(str snapshot, const char *what)
{
    hash32 whole = {{0}};
    for (size_t n = 0;; n++) {
        struct failing failing = {.fail_at = n == 0 ? SIZE_MAX : n - 1};
        struct alloc alloc = failing_alloc(&failing);
        struct state state = {0};
        struct arena arena;
        arena_init(&arena, alloc, (size_t)64 << 20);
        enum code code = run(snapshot, alloc, &state, &arena);
        bool was_hit = failing.calls > failing.fail_at;
        bool clean = was_hit ? code == CODE_NO_MEMORY : code == CODE_OK;
        if (!clean) (void)CHECK(false, "%s: allocation %zu: %s", what, n, code_name(code));
        hash32 digest = {{0}};
        if (code == CODE_OK) digest = state_digest(&state);
        if (n == 0) whole = digest;
        if (n && !was_hit)
            CHECK(hash32_eq(&digest, &whole), "%s: %zu allocations, the same state", what, n);
        state_done(&state);
        arena_done(&arena);
        if (failing.live) (void)CHECK(false, "%s: allocation %zu leaks", what, n);
        if (clean && n && !was_hit)
            CHECK(n > 60, "%s: %zu allocations are too few to be the whole way", what, n);
        if (!clean || (n && !was_hit)) return;
    }
}

static void test_rule(const char *rule)
{
    struct world w;
    world_init(&w, rule);
    world_found(&w, NULL);
    const char *unit = world_unit(&w, "Quay");
    size_t a = world_join(&w, unit, 6);
    struct contest c =
        contest_plan(&w, contest_council(&w, world_text(&w, "\"%s\"", unit), 2), "open", rule);
    CHECK(contest_freeze(&w, 0, &c) == ARTICLE_NONE && contest_call(&w, a, &c) == ARTICLE_NONE,
          "called");
    for (size_t i = 0; i < 4; i++)
        CHECK(contest_nominate(&w, &c, a + i, 1, a + i) == ARTICLE_NONE, "stands");
    contest_until(&w, c.opens);
    const char *first[] = {"1", "1", "2", "3", "2", "4"},
               *ranked[] = {"1,3", "1,4", "2,3", "3,1", "2,4", "4,2"};
    for (size_t i = 0; i < 6; i++)
        CHECK(contest_vote(&w, &c, a + i, 1, c.rule[0] == 'p' ? first[i] : ranked[i]) ==
                  ARTICLE_NONE,
              "votes");
    struct buf snapshot;
    buf_init(&snapshot, alloc_libc, (size_t)16 << 20);
    CHECK(state_save(&w.state, keep, &snapshot) == CODE_OK, "saved");
    fail_each(buf_str(&snapshot), rule);
    buf_done(&snapshot);
    world_done(&w);
}

int main(void)
{
    test_rule("plurality");
    test_rule("scottish-stv");
    return check_done();
}
