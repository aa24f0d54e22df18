/* Offices: who founds them, which do not go together. */
#include "branch.h"

#include "core/institutions/office.h"

#include <stdlib.h>

static const char *office(struct world *w, const char *ids, const char *role, unsigned seats)
{
    return world_text(w,
                      "{\"constituencies\":[%s],\"name\":\"The "
                      "%s\",\"role\":\"%s\",\"seats_each\":%u,\"term\":864000}",
                      ids, role, role, seats);
}

static void test_founding(void)
{
    struct world w;
    world_init(&w, "office");
    world_found(&w, NULL);
    struct branch a = branch_make(&w, "Ash", 5), b = branch_make(&w, "Birch", 5),
                  c = branch_make(&w, "Cedar", 5);
    const char *const two[] = {a.id, b.id};
    const char *town = branch_council(&w, "Town", two, 2);
    const char *in_a = world_text(&w, "\"%s\"", a.id), *in_c = world_text(&w, "\"%s\"", c.id);
    const char *in_ab = world_text(&w, "\"%s\",\"%s\"", a.id, b.id),
               *in_town = world_text(&w, "\"%s\"", town);
    const char *nowhere = world_text(&w, "\"%064d\"", 1);
    const struct trial founding[] = {
        {"the founder", 0, "office.found", office(&w, in_a, "teller", 2), ARTICLE_NONE},
        {"one teller", 0, "office.found", office(&w, in_a, "teller", 1), ARTICLE_COUNT},
        {"one registrar", 0, "office.found", office(&w, in_a, "registrar", 1), ARTICLE_NONE},
        {"a king", 0, "office.found", office(&w, in_a, "king", 1), ARTICLE_COUNT},
        {"nowhere", 0, "office.found", office(&w, nowhere, "teller", 2), ARTICLE_COUNCIL_ROOT},
        {"stewards again", 0, "office.found", office(&w, in_a, "steward", 2), ARTICLE_ONCE},
        {"stewards of both units", 0, "office.found", office(&w, in_ab, "steward", 2),
         ARTICLE_ONCE},
        {"elected by the council", 0, "office.found", office(&w, in_town, "registrar", 1),
         ARTICLE_NONE},
    };
    branch_try(&w, founding, COUNT(founding));
    branch_confirm(&w, &a);
    branch_confirm(&w, &b);
    branch_confirm(&w, &c);
    (void)branch_seat(&w, town, 0, a.first + 4);
    const struct trial after[] = {
        {"the founder after founding", 0, "office.found", office(&w, in_a, "teller", 2),
         ARTICLE_OFFICE},
        {"a steward of the unit", a.steward[0], "office.found", office(&w, in_a, "teller", 2),
         ARTICLE_NONE},
        {"a member of the unit", a.first + 3, "office.found", office(&w, in_a, "teller", 2),
         ARTICLE_NONE},
        {"a member of another", b.first + 3, "office.found", office(&w, in_a, "teller", 2),
         ARTICLE_OFFICE},
        {"a delegate of the council over both", a.first + 4, "office.found",
         office(&w, in_ab, "teller", 2), ARTICLE_NONE},
        {"a member of one of both", a.first + 3, "office.found", office(&w, in_ab, "teller", 2),
         ARTICLE_OFFICE},
        {"that delegate, elsewhere", a.first + 4, "office.found", office(&w, in_c, "teller", 2),
         ARTICLE_OFFICE},
        {"elected by the own council", a.first + 4, "office.found",
         office(&w, in_town, "appeals", 3), ARTICLE_NONE},
        {"elected by a council of others", c.first, "office.found",
         office(&w, in_town, "appeals", 3), ARTICLE_OFFICE},
    };
    branch_try(&w, after, COUNT(after));
    branch_do(&w, &after[1]);
    const struct body_row *body = state_body(&w.state, w.state.body.count - 1);
    CHECK(body->kind == BODY_OFFICE && body->role == ROLE_TELLER && body->seats == 2 &&
              body->removes == 1,
          "as founded");
    branch_do(&w, &(struct trial){"once", a.steward[1], "office.found", after[1].body,
                                  ARTICLE_UNIT_NAME});
    world_done(&w);
}

static void test_names(void)
{
    enum body_role role;
    for (int i = ROLE_STEWARD; i <= ROLE_APPEALS; i++)
        CHECK(office_role_by_name(office_role_name((enum body_role)i), &role) && (int)role == i,
              "role %d", i);
    CHECK(office_role_name(ROLE_NONE).len == 0 && !office_role_by_name(STR(""), &role),
          "no role has no name");
    CHECK(!office_role_by_name(STR("stewards"), &role), "names are exact");
}

/* All pairs, as a table of who may not hold what: 1 = not together. */
static void test_pairs(void)
{
    static const struct body_row bodies[] = {
        {.kind = BODY_COUNCIL},
        {.kind = BODY_EXECUTIVE},
        {.kind = BODY_OFFICE, .role = ROLE_STEWARD},
        {.kind = BODY_OFFICE, .role = ROLE_REGISTRAR},
        {.kind = BODY_OFFICE, .role = ROLE_TELLER},
        {.kind = BODY_OFFICE, .role = ROLE_RETURNING},
        {.kind = BODY_OFFICE, .role = ROLE_APPEALS},
    };
    static const char expected[COUNT(bodies)][COUNT(bodies) + 1] = {
        "0000000", /* council */
        "0000001", /* executive */
        "0001000", /* steward */
        "0010101", /* registrar */
        "0001001", /* teller */
        "0000001", /* returning */
        "0101110", /* appeals */
    };
    for (size_t a = 0; a < COUNT(bodies); a++)
        for (size_t b = 0; b < COUNT(bodies); b++)
            CHECK(office_pair_incompatible(&bodies[a], &bodies[b]) == (expected[a][b] == '1'),
                  "%zu with %zu", a, b);
}

static void test_holders(void)
{
    struct world w;
    world_init(&w, "holders");
    world_found(&w, NULL);
    struct branch a = branch_make(&w, "Ash", 5), b = branch_make(&w, "Birch", 5);
    const char *tellers = branch_office(&w, a.id, "teller", 2),
               *registrars = branch_office(&w, b.id, "registrar", 1);
    uint32_t row = branch_member(&w, a.first + 4), teller_row = branch_body(&w, tellers);
    uint32_t registrar_row = branch_body(&w, registrars);
    CHECK(!office_incompatible(&w.state, row, registrar_row), "no office yet");
    uint32_t seat = branch_seat(&w, tellers, 0, a.first + 4);
    CHECK(office_incompatible(&w.state, row, registrar_row),
          "a teller of one unit is no registrar of another");
    CHECK(!office_incompatible(&w.state, row, teller_row), "but may be teller twice");
    CHECK(office_incompatible(&w.state, branch_member(&w, a.steward[0]), registrar_row),
          "nor is a steward");
    state_seat(&w.state, seat)->ended = (uint64_t)w.now;
    CHECK(!office_incompatible(&w.state, row, registrar_row), "after the office has ended");
    world_done(&w);
}

int main(void)
{
    test_founding();
    test_names();
    test_pairs();
    test_holders();
    return check_done();
}
