/* Units: found, confirm, close, merge, split; who may, and what becomes of members and votes. */
#include "branch.h"
#include "elections.h"

#include "core/institutions/council.h"
#include "core/institutions/unit.h"

#include <stdio.h>
#include <stdlib.h>

static const char *found(struct world *w, const char *name, const char *parent)
{
    return world_text(w,
                      parent ? "{\"kind\":\"group\",\"name\":\"%s\",\"parent\":\"%s\"}"
                             : "{\"kind\":\"branch\",\"name\":\"%s\"}",
                      name, parent);
}

static void test_founding(void)
{
    struct world w;
    world_init(&w, "found");
    world_found(&w, NULL);
    struct branch a = branch_make(&w, "Ash", 4), b = branch_make(&w, "Birch", 4);
    const char *const both[] = {a.id, b.id};
    const char *council = branch_council(&w, "Town", both, 2),
               *nowhere = world_text(&w, "%064d", 5);
    const struct trial founding[] = {
        {"the founder", 0, "unit.found", found(&w, "Cedar", NULL), ARTICLE_NONE},
        {"under a unit", 0, "unit.found", found(&w, "Cedar", a.id), ARTICLE_NONE},
        {"the name of a branch", 0, "unit.found", found(&w, "Ash", NULL), ARTICLE_UNIT_NAME},
        {"that name under another", 0, "unit.found", found(&w, "Ash", b.id), ARTICLE_NONE},
        {"under nothing", 0, "unit.found", found(&w, "Cedar", nowhere), ARTICLE_UNIT_KNOWN},
        {"a member", a.first + 3, "unit.found", found(&w, "Cedar", NULL), ARTICLE_OFFICE},
        {"a steward under the own unit", a.steward[0], "unit.found", found(&w, "Cedar", a.id),
         ARTICLE_NONE},
        {"a steward under another unit", b.steward[0], "unit.found", found(&w, "Cedar", a.id),
         ARTICLE_OFFICE},
        {"a steward beside the own unit", a.steward[0], "unit.found", found(&w, "Cedar", NULL),
         ARTICLE_OFFICE},
        {"no name", 0, "unit.found", found(&w, "", NULL), ARTICLE_COUNT},
        {"no kind", 0, "unit.found", "{\"kind\":\"\",\"name\":\"Cedar\"}", ARTICLE_COUNT},
    };
    branch_try(&w, founding, COUNT(founding));
    branch_confirm(&w, &a);
    const struct trial half[] = {
        {"the founder beside", 0, "unit.found", found(&w, "Cedar", NULL), ARTICLE_NONE},
        {"the founder under a confirmed unit", 0, "unit.found", found(&w, "Cedar", a.id),
         ARTICLE_OFFICE},
    };
    branch_try(&w, half, COUNT(half));
    branch_confirm(&w, &b);
    (void)branch_seat(&w, council, 0, a.first + 3);
    const struct trial after[] = {
        {"the founder after founding", 0, "unit.found", found(&w, "Cedar", NULL), ARTICLE_OFFICE},
        {"a delegate of the top council", a.first + 3, "unit.found", found(&w, "Cedar", NULL),
         ARTICLE_NONE},
        {"a delegate, anywhere", a.first + 3, "unit.found", found(&w, "Cedar", b.id), ARTICLE_NONE},
        {"no delegate", b.first + 3, "unit.found", found(&w, "Cedar", NULL), ARTICLE_OFFICE},
    };
    branch_try(&w, after, COUNT(after));
    world_done(&w);
}

static void test_confirming(void)
{
    struct world w;
    world_init(&w, "confirm");
    world_found(&w, "{\"confirm_percent\":60}");
    struct branch a = branch_make(&w, "Ash", 4), b = branch_make(&w, "Birch", 4),
                  c = branch_make(&w, "Cedar", 4);
    (void)world_unit(&w, "Empty");
    CHECK(w.state.org.unconfirmed_units == 3, "units without members are not waited for: %u",
          w.state.org.unconfirmed_units);
    const char *right = branch_count(&w, a.id),
               *zero = "0000000000000000000000000000000000000000000000000000000000000000";
    const struct trial trials[] = {
        {"as the roll stands", a.steward[0], "unit.confirm", right, ARTICLE_NONE},
        {"another number", a.steward[0], "unit.confirm",
         world_text(&w, "{\"count\":5,\"digest\":\"%s\",\"unit\":\"%s\"}", zero, a.id),
         ARTICLE_UNIT_COUNT},
        {"another digest", a.steward[0], "unit.confirm",
         world_text(&w, "{\"count\":4,\"digest\":\"%s\",\"unit\":\"%s\"}", zero, a.id),
         ARTICLE_UNIT_COUNT},
        {"the founder", 0, "unit.confirm", right, ARTICLE_ROLL_UNIT},
        {"a member", a.first + 3, "unit.confirm", right, ARTICLE_ROLL_UNIT},
        {"a steward of another unit", b.steward[0], "unit.confirm", right, ARTICLE_ROLL_UNIT},
        {"no unit", a.steward[0], "unit.confirm",
         world_text(&w, "{\"count\":4,\"digest\":\"%s\",\"unit\":\"%s\"}", zero, zero),
         ARTICLE_UNIT_KNOWN},
    };
    branch_try(&w, trials, COUNT(trials));
    branch_do(&w, &trials[0]);
    CHECK(!state_unit(&w.state, a.row)->confirmed, "one steward does not confirm");
    branch_do(&w, &(struct trial){"alone twice", a.steward[0], "unit.confirm", right,
                                  ARTICLE_ROLL_SECOND});
    const char *list = branch_list(&w, "%s", branch_admit(&w, branch_stranger(&w)));
    branch_do(&w, &(struct trial){"the roll changes", 0, "roll.propose",
                                  world_text(&w, "{\"list\":\"%s\",\"unit\":\"%s\"}", list, a.id),
                                  ARTICLE_NONE});
    branch_do(&w, &(struct trial){"what was confirmed first", a.steward[1], "unit.confirm", right,
                                  ARTICLE_UNIT_COUNT});
    branch_do(&w, &(struct trial){"as it is now", a.steward[1], "unit.confirm",
                                  branch_count(&w, a.id), ARTICLE_NONE});
    CHECK(!state_unit(&w.state, a.row)->confirmed,
          "two who confirm different rolls do not confirm");
    branch_do(&w, &(struct trial){"the other too", a.steward[0], "unit.confirm",
                                  branch_count(&w, a.id), ARTICLE_NONE});
    CHECK(state_unit(&w.state, a.row)->confirmed == (uint64_t)w.now, "confirmed by two");
    branch_do(&w, &(struct trial){"once", a.steward[2], "unit.confirm", branch_count(&w, a.id),
                                  ARTICLE_ONCE});
    CHECK(!w.state.org.confirmed && w.state.org.unconfirmed_units == 2,
          "one of three is less than 60 percent");
    branch_confirm(&w, &b);
    CHECK(w.state.org.confirmed == (uint64_t)w.now && w.state.org.unconfirmed_units == 1,
          "two of three are more");
    branch_do(&w, &(struct trial){"the founder's time is over", 0, "unit.found",
                                  found(&w, "D", NULL), ARTICLE_OFFICE});
    branch_confirm(&w, &c);
    CHECK(w.state.org.unconfirmed_units == 0, "the last one");
    world_done(&w);
}

/* The whole way once: a unit elects its stewards and they confirm it. */
static void test_elected_stewards(void)
{
    struct world w;
    world_init(&w, "elected");
    world_found(&w, NULL);
    const char *unit = world_unit(&w, "Ash");
    size_t first = world_join(&w, unit, 5);
    const char *stewards = branch_office(&w, unit, "steward", 2);
    contest_seat(&w, stewards, (const size_t[]){first, first + 1}, 2);
    branch_do(&w, &(struct trial){"not elected", first + 2, "unit.confirm", branch_count(&w, unit),
                                  ARTICLE_ROLL_UNIT});
    for (size_t i = 0; i < 2; i++)
        branch_do(&w, &(struct trial){"elected", first + i, "unit.confirm", branch_count(&w, unit),
                                      ARTICLE_NONE});
    CHECK(w.state.org.confirmed == (uint64_t)w.now, "the founding is confirmed");
    const char *list =
        branch_list(&w, "{\"do\":\"lapse\",\"mid\":\"%s\"}", branch_mid(&w, first + 1));
    const char *body = world_text(&w, "{\"list\":\"%s\",\"unit\":\"%s\"}", list, unit);
    branch_do(&w, &(struct trial){"propose", first, "roll.propose", body, ARTICLE_NONE});
    body = world_text(&w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                      world_hex(&w, w.last_id.bytes, 32));
    branch_do(&w, &(struct trial){"second", first + 1, "roll.second", body, ARTICLE_NONE});
    CHECK(!contest_seated(&w, stewards, first + 1), "who leaves the roll leaves the office");
    world_done(&w);
}

static void test_closing(void)
{
    struct world w;
    world_init(&w, "close");
    world_found(&w, NULL);
    struct branch a = branch_make(&w, "Ash", 3);
    const char *empty = world_unit(&w, "Empty"), *wood = world_unit(&w, "Wood");
    branch_do(
        &w, &(struct trial){"under wood", 0, "unit.found", found(&w, "Tree", wood), ARTICLE_NONE});
    const char *tree = world_hex(&w, w.last_id.bytes, 32);
    const struct trial trials[] = {
        {"nobody in it", 0, "unit.close", world_text(&w, "{\"unit\":\"%s\"}", empty), ARTICLE_NONE},
        {"members in it", 0, "unit.close", world_text(&w, "{\"unit\":\"%s\"}", a.id),
         ARTICLE_UNIT_EMPTY},
        {"a unit under it", 0, "unit.close", world_text(&w, "{\"unit\":\"%s\"}", wood),
         ARTICLE_UNIT_EMPTY},
        {"a member", a.first, "unit.close", world_text(&w, "{\"unit\":\"%s\"}", empty),
         ARTICLE_ROLL_UNIT},
        {"no unit", 0, "unit.close", world_text(&w, "{\"unit\":\"%064d\"}", 1), ARTICLE_UNIT_KNOWN},
    };
    branch_try(&w, trials, COUNT(trials));
    branch_do(&w, &trials[0]);
    branch_do(&w, &(struct trial){"closed", 0, "unit.close", trials[0].body, ARTICLE_UNIT_KNOWN});
    branch_do(&w, &(struct trial){"the name is free again", 0, "unit.found",
                                  found(&w, "Empty", NULL), ARTICLE_NONE});
    branch_do(&w, &(struct trial){"tree", 0, "unit.close",
                                  world_text(&w, "{\"unit\":\"%s\"}", tree), ARTICLE_NONE});
    branch_do(&w, &(struct trial){"then wood", 0, "unit.close",
                                  world_text(&w, "{\"unit\":\"%s\"}", wood), ARTICLE_NONE});
    branch_check_lists(&w.state, "closed");
    world_done(&w);
}

static const char *merge(struct world *w, const char *from, const char *into)
{
    return world_text(w, "{\"from\":\"%s\",\"into\":\"%s\"}", from, into);
}

static void test_merging(void)
{
    struct world w;
    world_init(&w, "merge");
    world_found(&w, NULL);
    struct branch a = branch_make(&w, "Ash", 4), b = branch_make(&w, "Birch", 4);
    const struct trial founding[] = {
        {"the founder, while founding", 0, "unit.merge", merge(&w, a.id, b.id), ARTICLE_NONE},
        {"a unit into itself", 0, "unit.merge", merge(&w, a.id, a.id), ARTICLE_UNIT_EMPTY},
        {"a steward", a.steward[0], "unit.merge", merge(&w, a.id, b.id), ARTICLE_NONE},
        {"a steward of the other unit first", b.steward[0], "unit.merge", merge(&w, a.id, b.id),
         ARTICLE_ROLL_UNIT},
        {"into nothing", 0, "unit.merge", merge(&w, a.id, world_text(&w, "%064d", 2)),
         ARTICLE_UNIT_KNOWN},
    };
    branch_try(&w, founding, COUNT(founding));
    branch_do(&w, &(struct trial){"under Ash", a.steward[0], "unit.found", found(&w, "Twig", a.id),
                                  ARTICLE_NONE});
    const char *twig = world_hex(&w, w.last_id.bytes, 32);
    branch_do(&w, &(struct trial){"under Birch", b.steward[0], "unit.found",
                                  found(&w, "Twig", b.id), ARTICLE_NONE});
    const char *other = world_hex(&w, w.last_id.bytes, 32);
    branch_confirm(&w, &a);
    branch_confirm(&w, &b);
    const struct trial names[] = {
        {"the founder after founding", 0, "unit.merge", merge(&w, twig, other), ARTICLE_ROLL_UNIT},
        {"two units of one name would meet", a.steward[0], "unit.merge", merge(&w, a.id, b.id),
         ARTICLE_UNIT_NAME},
        {"into a part of itself", a.steward[0], "unit.merge", merge(&w, a.id, twig),
         ARTICLE_UNIT_EMPTY},
        {"a part into the whole", a.steward[0], "unit.merge", merge(&w, twig, a.id), ARTICLE_NONE},
    };
    branch_try(&w, names, COUNT(names));
    branch_do(&w, &(struct trial){"close", b.steward[0], "unit.close",
                                  world_text(&w, "{\"unit\":\"%s\"}", other), ARTICLE_NONE});
    branch_do(&w, &(struct trial){"offer", a.steward[0], "unit.merge", merge(&w, a.id, b.id),
                                  ARTICLE_NONE});
    CHECK(state_unit(&w.state, a.row)->member_count == 4, "an offer moves nobody");
    (void)branch_seat(&w, b.office, 0, a.steward[0]); /* somebody who answers for both */
    const struct trial second[] = {
        {"the same person for the other unit", a.steward[0], "unit.merge", merge(&w, a.id, b.id),
         ARTICLE_ROLL_SECOND},
        {"another steward of the first", a.steward[1], "unit.merge", merge(&w, a.id, b.id),
         ARTICLE_ROLL_UNIT},
        {"a steward of the other", b.steward[0], "unit.merge", merge(&w, a.id, b.id), ARTICLE_NONE},
    };
    branch_try(&w, second, COUNT(second));
    uint32_t first_of_a = branch_member(&w, a.first);
    branch_do(&w, &second[2]);
    CHECK(state_unit(&w.state, a.row)->state == UNIT_CLOSED &&
              state_unit(&w.state, a.row)->member_count == 0,
          "closed");
    CHECK(state_unit(&w.state, b.row)->member_count == 8, "all in the other unit");
    CHECK(state_member(&w.state, first_of_a)->unit_row == b.row, "each of them");
    CHECK(state_unit(&w.state, branch_unit(&w, twig))->parent_row == b.row, "units under it too");
    CHECK(state_unit(&w.state, b.row)->flagged == UNIT_GREW, "and everybody sees that it doubled");
    branch_check_lists(&w.state, "merged");
    world_done(&w);
}

static const char *split(struct world *w, const char *unit, const char *name, const char *members)
{
    return world_text(w, "{\"kind\":\"group\",\"members\":[%s],\"name\":\"%s\",\"unit\":\"%s\"}",
                      members, name, unit);
}

static void test_splitting(void)
{
    struct world w;
    world_init(&w, "split");
    world_found(&w, NULL);
    struct branch a = branch_make(&w, "Ash", 6), b = branch_make(&w, "Birch", 3);
    const char *const both[] = {a.id, b.id};
    const char *council = branch_council(&w, "Town", both, 2);
    branch_confirm(&w, &a);
    branch_confirm(&w, &b);
    const char *two =
        world_text(&w, "\"%s\",\"%s\"", branch_mid(&w, a.first + 5), branch_mid(&w, a.first + 4));
    const char *away = world_text(&w, "\"%s\"", branch_mid(&w, b.first));
    const char *twice =
        world_text(&w, "\"%s\",\"%s\"", branch_mid(&w, a.first), branch_mid(&w, a.first));
    const char *body = split(&w, a.id, "Night shift", two);
    branch_do(&w, &(struct trial){"under Ash", a.steward[0], "unit.found", found(&w, "Twig", a.id),
                                  ARTICLE_NONE});
    const struct trial trials[] = {
        {"a steward", a.steward[0], "unit.split", body, ARTICLE_NONE},
        {"a steward of another unit", b.steward[0], "unit.split", body, ARTICLE_ROLL_UNIT},
        {"the founder after founding", 0, "unit.split", body, ARTICLE_ROLL_UNIT},
        {"members of another unit", a.steward[0], "unit.split",
         split(&w, a.id, "Night shift", away), ARTICLE_ROLL_LIST},
        {"a member twice", a.steward[0], "unit.split", split(&w, a.id, "Night shift", twice),
         ARTICLE_COUNT},
        {"a name in use", a.steward[0], "unit.split", split(&w, a.id, "Twig", two),
         ARTICLE_UNIT_NAME},
        {"nobody", a.steward[0], "unit.split", split(&w, a.id, "Night shift", ""), ARTICLE_COUNT},
        {"no unit", a.steward[0], "unit.split", split(&w, world_text(&w, "%064d", 3), "X", two),
         ARTICLE_UNIT_KNOWN},
    };
    branch_try(&w, trials, COUNT(trials));
    branch_do(&w, &trials[0]);
    branch_do(
        &w, &(struct trial){"alone twice", a.steward[0], "unit.split", body, ARTICLE_ROLL_SECOND});
    branch_do(&w, &(struct trial){"another text", a.steward[1], "unit.split",
                                  split(&w, a.id, "Late shift", two), ARTICLE_NONE});
    CHECK(w.state.unit.count == 3, "two texts split nothing");
    branch_do(&w, &(struct trial){"now agreed", a.steward[0], "unit.split",
                                  split(&w, a.id, "Late shift", two), ARTICLE_NONE});
    if (!CHECK(w.state.unit.count == 4, "a new unit")) return;
    const struct unit_row *part = state_unit(&w.state, 3);
    CHECK(part->member_count == 2 && part->parent_row == a.row && part->confirmed,
          "two members, under the old one");
    CHECK(state_unit(&w.state, a.row)->member_count == 4, "four stay");
    CHECK(unit_members_under(&w.state, a.row) == 6, "six in all");
    uint32_t member_row = branch_member(&w, a.first + 5), body_row = branch_body(&w, council);
    CHECK(council_is_elector(&w.state, body_row, member_row), "still electors of the council");
    CHECK(state_holds_role(&w.state, branch_member(&w, a.steward[0]), ROLE_STEWARD, 3),
          "still with stewards");
    branch_do(&w, &(struct trial){"not again", a.steward[1], "unit.split",
                                  split(&w, a.id, "Late shift", two), ARTICLE_ROLL_LIST});
    branch_check_lists(&w.state, "split");
    world_done(&w);
}

static void test_walk(void)
{
    struct world w;
    world_init(&w, "walk");
    world_found(&w, NULL);
    const char *id[7] = {world_unit(&w, "0")};
    const int parent[7] = {-1, 0, 1, 1, 0, 4, -1};
    for (int i = 1; i < 7; i++) {
        const char *name = world_text(&w, "%d", i);
        branch_do(&w, &(struct trial){"unit", 0, "unit.found",
                                      found(&w, name, parent[i] < 0 ? NULL : id[parent[i]]),
                                      ARTICLE_NONE});
        id[i] = world_hex(&w, w.last_id.bytes, 32);
    }
    char seen[16] = "";
    size_t len = 0;
    for (uint32_t u = 0; u != ROW_NONE && len < 10; u = unit_next_under(&w.state, u, 0))
        seen[len++] = (char)('0' + u);
    CHECK(str_eq((str){seen, len}, STR("012345")), "all under the first: %.*s", (int)len, seen);
    len = 0;
    for (uint32_t u = 1; u != ROW_NONE && len < 10; u = unit_next_under(&w.state, u, 1))
        seen[len++] = (char)('0' + u);
    CHECK(str_eq((str){seen, len}, STR("123")), "those under the second and not beside it: %.*s",
          (int)len, seen);
    world_done(&w);
}

int main(void)
{
    test_founding();
    test_confirming();
    test_elected_stewards();
    test_closing();
    test_merging();
    test_splitting();
    test_walk();
    return check_done();
}
