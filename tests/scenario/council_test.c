/* Councils: founded by anybody, frozen electorates, seats computed from them, which council is the
 * top one. */
#include "branch.h"
#include "elections.h"

#include "core/institutions/council.h"
#include "core/institutions/org.h"
#include "core/institutions/roll.h"
#include "core/institutions/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct town {
    struct world w;
    struct branch a, b, c;
};

static void town_make(struct town *t, const char *seed)
{
    world_init(&t->w, seed);
    world_found(&t->w, NULL);
    t->a = branch_make(&t->w, "Ash", 6);
    t->b = branch_make(&t->w, "Birch", 4);
    t->c = branch_make(&t->w, "Cedar", 2);
}

static const char *council(struct world *w, const char *name, const char *ids, const char *rest)
{
    return world_text(w, "{\"constituencies\":[%s],\"kind\":\"council\",\"name\":\"%s\",%s}", ids,
                      name, rest);
}

#define EACH "\"seats_each\":1,\"term\":864000"

static const char *founded(struct world *w, size_t who, const char *body)
{
    branch_do(w, &(struct trial){"council.found", who, "council.found", body, ARTICLE_NONE});
    return world_hex(w, w->last_id.bytes, 32);
}

static void test_founding(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "found");
    const char *a = world_text(w, "\"%s\"", t.a.id),
               *ab = world_text(w, "\"%s\",\"%s\"", t.a.id, t.b.id);
    const char *empty = world_unit(w, "Empty"),
               *term = world_text(w, "\"seats_each\":1,\"term\":%d", 2592001);
    branch_do(w, &(struct trial){"close", 0, "unit.close",
                                 world_text(w, "{\"unit\":\"%s\"}", empty), ARTICLE_NONE});
    const struct trial trials[] = {
        {"any member, nobody's approval", t.c.first + 1, "council.found",
         council(w, "Town", ab, EACH), ARTICLE_NONE},
        {"the founder", 0, "council.found", council(w, "Town", ab, EACH), ARTICLE_NONE},
        {"a unit twice", 0, "council.found", council(w, "Town", world_text(w, "%s,%s", a, a), EACH),
         ARTICLE_COUNCIL_ROOT},
        {"nothing under it", 0, "council.found",
         council(w, "Town", world_text(w, "\"%064d\"", 1), EACH), ARTICLE_COUNCIL_ROOT},
        {"a closed unit", 0, "council.found",
         council(w, "Town", world_text(w, "\"%s\"", empty), EACH), ARTICLE_COUNCIL_ROOT},
        {"no constituency", 0, "council.found", council(w, "Town", "", EACH), ARTICLE_COUNT},
        {"the longest term", 0, "council.found",
         council(w, "Town", a, "\"seats_each\":1,\"term\":2592000"), ARTICLE_NONE},
        {"a longer term", 0, "council.found", council(w, "Town", a, term), ARTICLE_ELECTION_DUE},
        {"less than a day", 0, "council.found",
         council(w, "Town", a, "\"seats_each\":1,\"term\":86399"), ARTICLE_COUNT},
        {"no seats", 0, "council.found", council(w, "Town", a, "\"seats_each\":0,\"term\":864000"),
         ARTICLE_COUNT},
        {"neither seats nor norm", 0, "council.found", council(w, "Town", a, "\"term\":864000"),
         ARTICLE_COUNT},
        {"both", 0, "council.found",
         council(w, "Town", a,
                 "\"norm\":{\"method\":\"ratio-up\",\"ratio\":2},\"seats_each\":1,\"term\":864000"),
         ARTICLE_COUNT},
        {"another kind", 0, "council.found",
         world_text(w, "{\"constituencies\":[%s],\"kind\":\"king\",\"name\":\"Town\"," EACH "}", a),
         ARTICLE_COUNT},
    };
    branch_try(w, trials, COUNT(trials));
    (void)founded(w, 0, council(w, "Town", ab, EACH));
    branch_do(w, &(struct trial){"the same name", 0, "council.found", council(w, "Town", a, EACH),
                                 ARTICLE_UNIT_NAME});
    branch_do(w, &(struct trial){"another name", 0, "council.found", council(w, "City", a, EACH),
                                 ARTICLE_NONE});
    world_done(w);
}

static void test_norms(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "norms");
    const struct {
        const char *norm;
        bool good;
    } norms[] = {
        {"{\"method\":\"ratio-up\",\"ratio\":2}", true},
        {"{\"method\":\"ratio-up\"}", false},
        {"{\"method\":\"ratio-up\",\"ratio\":0}", false},
        {"{\"method\":\"ratio-up\",\"ratio\":2,\"seats\":5}", false},
        {"{\"method\":\"dhondt\",\"seats\":5}", true},
        {"{\"method\":\"dhondt\"}", false},
        {"{\"floor\":1,\"method\":\"dhondt\",\"seats\":2}", true},
        {"{\"floor\":2,\"method\":\"dhondt\",\"seats\":3}", false},
        {"{\"cap\":2,\"method\":\"dhondt\",\"seats\":5}", false},
        {"{\"cap\":1,\"floor\":2,\"method\":\"ratio-up\",\"ratio\":2}", false},
        {"{\"bands\":[{\"per\":2,\"seats\":0,\"step\":1,\"up_to\":4},{\"per\":4,\"round\":"
         "\"started\",\"seats\":2,\"step\":1}],\"method\":\"bands\"}",
         true},
        {"{\"bands\":[{\"seats\":1,\"up_to\":4},{\"seats\":2,\"up_to\":3}],\"method\":\"bands\"}",
         false},
        {"{\"bands\":[],\"method\":\"bands\"}", false},
        {"{\"bands\":[{\"round\":\"down\",\"seats\":1}],\"method\":\"bands\"}", false},
        {"{\"method\":\"bands\"}", false},
        {"{\"bands\":[{\"seats\":1}],\"method\":\"dhondt\",\"seats\":3}", false},
        {"{\"method\":\"wishes\",\"seats\":3}", false},
        {"{\"method\":\"dhondt\",\"seats\":3,\"why\":\"\"}", false},
    };
    const char *ids = world_text(w, "\"%s\",\"%s\"", t.a.id, t.b.id);
    for (size_t i = 0; i < COUNT(norms); i++) {
        const char *rest = world_text(w, "\"norm\":%s,\"term\":864000", norms[i].norm);
        struct trial trial = {norms[i].norm, 0, "council.found", council(w, "N", ids, rest),
                              norms[i].good ? ARTICLE_NONE : ARTICLE_COUNT};
        branch_try(w, &trial, 1);
    }
    world_done(w);
}

/* How far from the base: units, then councils elected by councils. */
static void test_removes(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "removes");
    const char *of_a = founded(w, 0, council(w, "A", world_text(w, "\"%s\"", t.a.id), EACH));
    const char *of_b = founded(w, 0, council(w, "B", world_text(w, "\"%s\"", t.b.id), EACH));
    const char *top = founded(
        w, 0, council(w, "T", world_text(w, "\"%s\",\"%s\",\"%s\"", of_a, of_b, t.c.id), EACH));
    CHECK(state_body(&w->state, branch_body(w, of_a))->removes == 1, "elected by members");
    CHECK(state_body(&w->state, branch_body(w, top))->removes == 2, "elected by a council");
    const struct trial trials[] = {
        {"a third election", 0, "council.found",
         council(w, "X", world_text(w, "\"%s\"", top), EACH), ARTICLE_COUNCIL_REMOVES},
        {"a unit beside its council", 0, "council.found",
         council(w, "X", world_text(w, "\"%s\",\"%s\"", of_a, t.a.id), EACH), ARTICLE_COUNCIL_ROOT},
        {"the other order", 0, "council.found",
         council(w, "X", world_text(w, "\"%s\",\"%s\"", t.a.id, of_a), EACH), ARTICLE_COUNCIL_ROOT},
        {"two councils over different units", 0, "council.found",
         council(w, "X", world_text(w, "\"%s\",\"%s\"", of_a, of_b), EACH), ARTICLE_NONE},
    };
    branch_try(w, trials, COUNT(trials));
    const char *also_a = founded(w, 0, council(w, "A2", world_text(w, "\"%s\"", t.a.id), EACH));
    branch_do(w,
              &(struct trial){"two councils of the same members", 0, "council.found",
                              council(w, "X", world_text(w, "\"%s\",\"%s\"", of_a, also_a), EACH),
                              ARTICLE_COUNCIL_ROOT});
    world_done(w);
}

static const char *freeze(struct world *w, const char *body)
{
    return world_text(w, "{\"body\":\"%s\"}", body);
}

/* Entries are sorted, each member once, weights and channels as they should be. */
static void check_freeze(const struct state *s, uint32_t freeze_row, const uint32_t *counts)
{
    const struct freeze_row *f = state_freeze(s, freeze_row);
    const struct body_row *body = state_body(s, f->body_row);
    uint32_t at = f->first_elector;
    for (uint32_t i = 0; i < body->constituency_count; i++) {
        uint32_t first, count;
        council_freeze_part(s, freeze_row, body->first_constituency + i, &first, &count);
        CHECK(first == at && count == counts[i], "constituency %u: %u electors from %u", i, count,
              first);
        for (uint32_t k = 0; k < count; k++) {
            const struct elector_row *e = state_elector(s, first + k);
            CHECK(e->freeze_row == freeze_row && e->ballot_row == ROW_NONE, "entry %u", k);
            CHECK(k == 0 || state_elector(s, first + k - 1)->member_row < e->member_row,
                  "ascending at %u", k);
            CHECK(council_elector_find(s, first, count, e->member_row) == first + k,
                  "found by member");
            CHECK(council_elects(s, e->constituency_row, e->member_row), "an elector still");
        }
        CHECK(council_elector_find(s, first, count, ROW_NONE - 1) == ROW_NONE, "nobody else");
        at += count;
    }
    CHECK(at == f->first_elector + f->elector_count, "nothing left over");
}

static void test_freezing(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "freeze");
    const char *ids =
        world_text(w, "\"%s\",\"%s\"", t.b.id, t.a.id); /* not in the order of the rows */
    const char *body = founded(w, 0, council(w, "Town", ids, EACH));
    const char *registrars = branch_office(w, t.c.id, "registrar", 1);
    (void)branch_seat(w, registrars, 0, t.c.first);
    const char *mine = branch_office(w, t.a.id, "returning", 1);
    (void)world_join_keyless(w, t.b.id, 2);
    const struct trial trials[] = {
        {"the founder, while founding", 0, "roll.freeze", freeze(w, body), ARTICLE_NONE},
        {"an elector", t.a.first + 5, "roll.freeze", freeze(w, body), ARTICLE_NONE},
        {"somebody of another unit", t.c.first + 1, "roll.freeze", freeze(w, body),
         ARTICLE_ELECTOR},
        {"a registrar of another unit", t.c.first, "roll.freeze", freeze(w, body), ARTICLE_ELECTOR},
        {"no body", 0, "roll.freeze", freeze(w, t.a.id), ARTICLE_UNIT_KNOWN},
    };
    branch_try(w, trials, COUNT(trials));
    branch_do(w, &trials[1]);
    const uint32_t counts[] = {6, 6};
    check_freeze(&w->state, 0, counts);
    const struct freeze_row *f = state_freeze(&w->state, 0);
    uint32_t papers = 0;
    for (uint32_t i = 0; i < f->elector_count; i++)
        papers += state_elector(&w->state, f->first_elector + i)->channel == CHANNEL_PAPER;
    CHECK(papers == 2, "members without a confirmed device vote on paper: %u", papers);
    (void)branch_seat(
        w, mine, 0,
        t.c.first + 1); /* a returning officer over the first constituency, elected elsewhere */
    const struct trial again[] = {
        {"another elector, at once", t.a.first + 4, "roll.freeze", freeze(w, body), ARTICLE_ONCE},
        {"a returning officer", t.c.first + 1, "roll.freeze", freeze(w, body), ARTICLE_NONE},
    };
    branch_try(w, again, COUNT(again));
    hash32 before = state_freeze(&w->state, 0)->digest;
    w->now += 86400;
    branch_do(w, &(struct trial){"a day later", t.a.first + 4, "roll.freeze", freeze(w, body),
                                 ARTICLE_NONE});
    CHECK(state_freeze(&w->state, 0)->used == FREEZE_REPLACED &&
              state_freeze(&w->state, 0)->elector_count == 0,
          "replaced");
    CHECK(w->state.elector.count == 12, "its entries are gone: %u", w->state.elector.count);
    CHECK(hash32_eq(&before, &state_freeze(&w->state, 1)->digest),
          "the same electorate has the same digest");
    CHECK(council_freeze_unused(&w->state, branch_body(w, body)) == 1,
          "the new one is the one to use");
    check_freeze(&w->state, 1, counts);
    state_body(&w->state, branch_body(w, body))->election_row = 0;
    branch_do(w, &(struct trial){"while an election runs", 0, "roll.freeze", freeze(w, body),
                                 ARTICLE_FREEZE});
    world_done(w);
}

/* Units within units: the nearest constituency counts, nobody twice. */
static void test_nested_electorates(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "nested");
    branch_do(
        w, &(struct trial){
               "under Ash", 0, "unit.found",
               world_text(w, "{\"kind\":\"group\",\"name\":\"Night\",\"parent\":\"%s\"}", t.a.id),
               ARTICLE_NONE});
    const char *night = world_hex(w, w->last_id.bytes, 32);
    branch_do(w,
              &(struct trial){
                  "and under that", 0, "unit.found",
                  world_text(w, "{\"kind\":\"group\",\"name\":\"Late\",\"parent\":\"%s\"}", night),
                  ARTICLE_NONE});
    const char *late = world_hex(w, w->last_id.bytes, 32);
    size_t in_night = world_join(w, night, 3), in_late = world_join(w, late, 1);
    const char *whole = founded(w, 0, council(w, "Whole", world_text(w, "\"%s\"", t.a.id), EACH));
    const char *parts =
        founded(w, 0, council(w, "Parts", world_text(w, "\"%s\",\"%s\"", t.a.id, night), EACH));
    branch_do(w,
              &(struct trial){"freeze", in_night, "roll.freeze", freeze(w, whole), ARTICLE_NONE});
    branch_do(w, &(struct trial){"freeze", in_late, "roll.freeze", freeze(w, parts), ARTICLE_NONE});
    check_freeze(&w->state, 0, (const uint32_t[]){10});
    check_freeze(&w->state, 1, (const uint32_t[]){6, 4});
    uint32_t row = state_body(&w->state, branch_body(w, parts))->first_constituency,
             member = branch_member(w, in_late);
    CHECK(!council_elects(&w->state, row, member) && council_elects(&w->state, row + 1, member),
          "one vote, in the nearest");
    world_done(w);
}

static void test_council_of_councils(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "councils");
    const char *ids[] = {t.a.id, t.b.id, t.c.id};
    const char *town = branch_council(w, "Town", ids, 3);
    const char *exec =
        founded(w, 0,
                world_text(w,
                           "{\"constituencies\":[\"%s\"],\"kind\":\"executive\",\"name\":\"Exec\","
                           "\"seats_each\":2,\"term\":864000}",
                           town));
    (void)branch_seat(w, town, 2, t.c.first);
    (void)branch_seat(w, town, 0, t.a.first + 5);
    const struct trial trials[] = {
        {"a delegate", t.a.first + 5, "roll.freeze", freeze(w, exec), ARTICLE_NONE},
        {"a member who is none", t.a.first + 4, "roll.freeze", freeze(w, exec), ARTICLE_ELECTOR},
    };
    branch_try(w, trials, COUNT(trials));
    branch_do(w, &trials[0]);
    check_freeze(&w->state, 0, (const uint32_t[]){2});
    branch_do(w,
              &(struct trial){"a delegate leaves", t.c.first, "roll.resign", "{}", ARTICLE_NONE});
    w->now += 86400;
    branch_do(w, &trials[0]);
    check_freeze(&w->state, 1, (const uint32_t[]){1});
    world_done(w);
}

static const char *apportioned(struct world *w, const char *body, const hash32 *id,
                               const char *seats)
{
    return world_text(w, "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[%s]}", body,
                      world_hex(w, id->bytes, 32), seats);
}

static void test_apportioning(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "apportion");
    struct branch d = branch_make(w, "Dogwood", 2);
    const char *ids = world_text(w, "\"%s\",\"%s\",\"%s\"", t.a.id, t.b.id, t.c.id);
    const char *norm = "\"norm\":{\"method\":\"sainte-lague\",\"seats\":7},\"term\":864000";
    const char *body = founded(w, 0, council(w, "Town", ids, norm));
    const char *other = founded(w, 0, council(w, "Other", ids, EACH));
    branch_do(w, &(struct trial){"freeze", 0, "roll.freeze", freeze(w, body), ARTICLE_NONE});
    hash32 id = w->last_id, nowhere = {{1}};
    (void)world_join_keyless(w, t.c.id, 30); /* after the freeze: changes no number */
    const struct trial trials[] = {
        {"as computed", t.a.first + 5, "council.apportion", apportioned(w, body, &id, "4,2,1"),
         ARTICLE_NONE},
        {"one more for Birch", 0, "council.apportion", apportioned(w, body, &id, "3,3,1"),
         ARTICLE_SEATS_COMPUTED},
        {"too few numbers", 0, "council.apportion", apportioned(w, body, &id, "4,2"),
         ARTICLE_SEATS_COMPUTED},
        {"too many", 0, "council.apportion", apportioned(w, body, &id, "4,2,1,0"),
         ARTICLE_SEATS_COMPUTED},
        {"a freeze of another body", 0, "council.apportion", apportioned(w, other, &id, "1,1,1"),
         ARTICLE_FREEZE},
        {"no freeze", 0, "council.apportion", apportioned(w, body, &nowhere, "4,2,1"),
         ARTICLE_FREEZE},
        {"no body", 0, "council.apportion", apportioned(w, t.a.id, &id, "4,2,1"),
         ARTICLE_UNIT_KNOWN},
        {"somebody else", d.first, "council.apportion", apportioned(w, body, &id, "4,2,1"),
         ARTICLE_ELECTOR},
        {"words", 0, "council.apportion", apportioned(w, body, &id, "\"4\",2,1"), ARTICLE_COUNT},
    };
    branch_try(w, trials, COUNT(trials));
    branch_do(w, &trials[0]);
    const struct body_row *row = state_body(&w->state, branch_body(w, body));
    CHECK(row->seats == 7 && row->freeze_row == 0, "seven seats");
    const uint32_t seats[] = {4, 2, 1};
    for (uint32_t i = 0; i < 3; i++)
        CHECK(state_constituency(&w->state, row->first_constituency + i)->seats == seats[i],
              "constituency %u", i);
    branch_do(w, &(struct trial){"once", 0, "council.apportion", trials[0].body, ARTICLE_ONCE});
    branch_do(w, &(struct trial){"frozen again", 0, "roll.freeze", freeze(w, body), ARTICLE_NONE});
    hash32 next = w->last_id;
    branch_do(w, &(struct trial){"the replaced freeze", 0, "council.apportion", trials[0].body,
                                 ARTICLE_FREEZE});
    branch_do(w, &(struct trial){"by the new roll", 0, "council.apportion",
                                 apportioned(w, body, &next, "1,1,5"), ARTICLE_NONE});
    world_done(w);
}

/* Thirty days after the freeze somebody else may be a member: freeze again. */
static void test_stale_freeze(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "stale");
    struct contest c = contest_plan(w, branch_office(w, t.a.id, "teller", 2), "open", "plurality");
    CHECK(contest_freeze(w, 0, &c) == ARTICLE_NONE, "frozen");
    const char *freeze_id = c.freeze;
    w->now += COUNCIL_FREEZE_FRESH_S - 2;
    c = contest_plan(w, c.body, "open", "plurality");
    c.freeze = freeze_id;
    struct trial call = {"on the last day", 0, "election.call", contest_text(w, &c), ARTICLE_NONE};
    branch_try(w, &call, 1);
    w->now += 3;
    c = contest_plan(w, c.body, "open", "plurality");
    c.freeze = freeze_id;
    call = (struct trial){"a second too late", 0, "election.call", contest_text(w, &c),
                          ARTICLE_FREEZE};
    branch_try(w, &call, 1);
    world_done(w);
}

/* Whoever founds a grander council does not become the top by it. */
static void test_top(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "top");
    const char *ids[] = {t.a.id, t.b.id, t.c.id};
    const char *first = branch_council(w, "First", ids, 2),
               *rival = branch_council(w, "Rival", ids, 3);
    uint32_t first_row = branch_body(w, first), rival_row = branch_body(w, rival);
    CHECK(council_top(&w->state) == ROW_NONE, "nobody is seated");
    (void)branch_seat(w, first, 0, t.a.first);
    CHECK(council_top(&w->state) == first_row, "a delegate of six members");
    CHECK(council_top_delegate(&w->state, branch_member(w, t.a.first)),
          "is a delegate of the top council");
    CHECK(!council_top_delegate(&w->state, branch_member(w, t.b.first)), "others are not");
    struct org_vote vote = {.version = 1};
    CHECK(org_may_support(&w->state, &vote, branch_member(w, t.a.first)),
          "and decides on bylaws, though a council that nobody elected yet covers more units");
    (void)branch_seat(w, rival, 1, t.b.first);
    CHECK(council_top(&w->state) == first_row,
          "a delegate of four changes nothing, though the rival covers more units");
    (void)branch_seat(w, rival, 2, t.c.first);
    CHECK(council_top(&w->state) == first_row, "six against six: the older");
    uint32_t seat = branch_seat(w, first, 1, t.b.first + 1);
    CHECK(council_top(&w->state) == first_row, "ten against six");
    (void)branch_seat(w, rival, 0, t.a.first + 1);
    CHECK(council_top(&w->state) == rival_row, "ten against twelve: elected by more members");
    state_seat(&w->state, seat)->ended = (uint64_t)w->now;
    CHECK(council_top(&w->state) == rival_row, "seats that ended do not count");
    world_done(w);
}

int main(void)
{
    test_founding();
    test_norms();
    test_removes();
    test_freezing();
    test_nested_electorates();
    test_council_of_councils();
    test_apportioning();
    test_stale_freeze();
    test_top();
    return check_done();
}
