/* Roll: lists of changes signed by two, what members do themselves, requests to join. */
#include "branch.h"

#include "base/text.h"
#include "core/institutions/roll.h"
#include "core/institutions/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMIT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

struct town {
    struct world w;
    struct branch a, b;
};

/* Two branches of five; `confirmed`: both and so the organisation. */
static void town_make(struct town *town, const char *seed, bool confirmed)
{
    world_init(&town->w, seed);
    world_found(&town->w, NULL);
    town->a = branch_make(&town->w, "Ash", 5);
    town->b = branch_make(&town->w, "Birch", 5);
    if (!confirmed) return;
    branch_confirm(&town->w, &town->a);
    branch_confirm(&town->w, &town->b);
    CHECK(town->w.state.org.confirmed, "all units confirmed");
}

static const char *propose(struct world *w, const struct branch *branch, const char *list)
{
    return world_text(w, "{\"list\":\"%s\",\"unit\":\"%s\"}", list, branch->id);
}

static const char *lapse(struct world *w, size_t who)
{
    return world_text(w, "{\"do\":\"lapse\",\"mid\":\"%s\"}", branch_mid(w, who));
}

static const char *transfer(struct world *w, size_t who)
{
    return world_text(w, "{\"do\":\"transfer\",\"mid\":\"%s\"}", branch_mid(w, who));
}

static void test_who_proposes(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "who proposes", false);
    size_t new = branch_stranger(w);
    const char *admit = branch_list(w, "%s", branch_admit(w, new));
    const char *absent =
        propose(w, &t.a, "00000000000000000000000000000000000000000000000000000000000000ff");
    const char *nowhere = world_text(w, "{\"list\":\"%s\",\"unit\":\"%064d\"}", admit, 7);
    const struct trial founding[] = {
        {"the founder, while founding", 0, "roll.propose", propose(w, &t.a, admit), ARTICLE_NONE},
        {"a steward, while founding", t.a.steward[0], "roll.propose", propose(w, &t.a, admit),
         ARTICLE_NONE},
        {"a steward of another unit", t.b.steward[0], "roll.propose", propose(w, &t.a, admit),
         ARTICLE_ROLL_UNIT},
        {"a member", t.a.first + 4, "roll.propose", propose(w, &t.a, admit), ARTICLE_ROLL_UNIT},
        {"a list that is not held", 0, "roll.propose", absent, ARTICLE_BLOB},
        {"a unit that does not exist", 0, "roll.propose", nowhere, ARTICLE_UNIT_KNOWN},
        {"without the list", 0, "roll.propose", "{\"unit\":\"00\"}", ARTICLE_COUNT},
    };
    branch_try(w, founding, COUNT(founding));
    branch_confirm(w, &t.a);
    const struct trial half[] = {
        {"the founder in a confirmed unit", 0, "roll.propose", propose(w, &t.a, admit),
         ARTICLE_ROLL_UNIT},
        {"the founder in the other one", 0, "roll.propose", propose(w, &t.b, admit), ARTICLE_NONE},
        {"the founder takes from the confirmed unit", 0, "roll.propose",
         propose(w, &t.b, branch_list(w, "%s", transfer(w, t.a.first + 4))), ARTICLE_ROLL_LIST},
    };
    branch_try(w, half, COUNT(half));
    branch_confirm(w, &t.b);
    const struct trial after[] = {
        {"the founder after founding", 0, "roll.propose", propose(w, &t.b, admit),
         ARTICLE_ROLL_UNIT},
        {"a steward after founding", t.a.steward[2], "roll.propose", propose(w, &t.a, admit),
         ARTICLE_NONE},
    };
    branch_try(w, after, COUNT(after));
    world_done(w);
}

static void test_lists(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "lists", true);
    size_t s = t.a.steward[0], new = branch_stranger(w), other = branch_stranger(w);
    const char *in = branch_mid(w, t.a.first + 4), *away = branch_mid(w, t.b.first + 4);
    const char *admit = branch_admit(w, new), *fresh = branch_mid(w, other);
    const struct {
        const char *name, *changes;
        enum article expected;
    } lists[] = {
        {"admit a stranger", admit, ARTICLE_NONE},
        {"two at once", world_text(w, "%s,%s", admit, branch_admit(w, other)), ARTICLE_NONE},
        {"the same twice", world_text(w, "%s,%s", admit, admit), ARTICLE_ROLL_LIST},
        {"admit and lapse the same", world_text(w, "%s,%s", admit, lapse(w, new)),
         ARTICLE_ROLL_LIST},
        {"admit a member", branch_admit(w, t.a.first + 4), ARTICLE_ROLL_LIST},
        {"admit a member of another unit", branch_admit(w, t.b.first), ARTICLE_ROLL_LIST},
        {"one good, one bad", world_text(w, "%s,%s", admit, branch_admit(w, t.a.first)),
         ARTICLE_ROLL_LIST},
        {"one vote",
         world_text(w, "{\"data\":\"" COMMIT "\",\"do\":\"admit\",\"mid\":\"%s\",\"weight\":1}",
                    fresh),
         ARTICLE_NONE},
        {"two votes",
         world_text(w, "{\"data\":\"" COMMIT "\",\"do\":\"admit\",\"mid\":\"%s\",\"weight\":2}",
                    fresh),
         ARTICLE_ROLL_LIST},
        {"admit without data", world_text(w, "{\"do\":\"admit\",\"mid\":\"%s\"}", fresh),
         ARTICLE_ROLL_LIST},
        {"lapse a member", lapse(w, t.a.first + 4), ARTICLE_NONE},
        {"lapse a stranger", lapse(w, new), ARTICLE_ROLL_LIST},
        {"lapse a member of another unit", lapse(w, t.b.first + 4), ARTICLE_ROLL_LIST},
        {"lapse with data",
         world_text(w, "{\"data\":\"" COMMIT "\",\"do\":\"lapse\",\"mid\":\"%s\"}", in),
         ARTICLE_ROLL_LIST},
        {"update data",
         world_text(w, "{\"data\":\"" COMMIT "\",\"do\":\"update\",\"mid\":\"%s\"}", in),
         ARTICLE_NONE},
        {"update contact",
         world_text(w, "{\"contact\":\"" COMMIT "\",\"do\":\"update\",\"mid\":\"%s\"}", in),
         ARTICLE_NONE},
        {"update nothing", world_text(w, "{\"do\":\"update\",\"mid\":\"%s\"}", in),
         ARTICLE_ROLL_LIST},
        {"update in another unit",
         world_text(w, "{\"data\":\"" COMMIT "\",\"do\":\"update\",\"mid\":\"%s\"}", away),
         ARTICLE_ROLL_LIST},
        {"transfer without a wish", transfer(w, t.b.first + 4), ARTICLE_ROLL_LIST},
        {"transfer from the unit to itself", transfer(w, t.a.first + 4), ARTICLE_ROLL_LIST},
        {"another word", world_text(w, "{\"do\":\"expel\",\"mid\":\"%s\"}", in), ARTICLE_ROLL_LIST},
        {"nothing", "", ARTICLE_ROLL_LIST},
        {"no object", "7", ARTICLE_ROLL_LIST},
    };
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct trial trial = {lists[i].name, s, "roll.propose",
                              propose(w, &t.a, branch_list(w, "%s", lists[i].changes)),
                              lists[i].expected};
        branch_try(w, &trial, 1);
    }
    world_done(w);
}

static void test_two_stewards(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "two stewards", true);
    size_t new = branch_stranger(w), one = t.a.steward[0], two = t.a.steward[1];
    const char *list = branch_list(w, "%s,%s", branch_admit(w, new), lapse(w, t.a.first + 4));
    const char *other = branch_list(w, "%s", branch_admit(w, new));
    branch_do(
        w, &(struct trial){"propose", one, "roll.propose", propose(w, &t.a, list), ARTICLE_NONE});
    const char *id = world_hex(w, w->last_id.bytes, sizeof(hash32));
    CHECK(branch_member(w, new) == ROW_NONE && state_unit(&w->state, t.a.row)->member_count == 5,
          "one signs: nothing");
    const char *second = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list, id);
    const char *swapped = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", other, id);
    const char *unknown = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list, t.a.id);
    const struct trial trials[] = {
        {"the same steward", one, "roll.second", second, ARTICLE_ROLL_SECOND},
        {"a member", t.a.first + 3, "roll.second", second, ARTICLE_ROLL_UNIT},
        {"a steward of another unit", t.b.steward[0], "roll.second", second, ARTICLE_ROLL_UNIT},
        {"the founder", 0, "roll.second", second, ARTICLE_ROLL_UNIT},
        {"another list under the same proposal", two, "roll.second", swapped, ARTICLE_ROLL_LIST},
        {"no proposal", two, "roll.second", unknown, ARTICLE_ROLL_OPEN},
        {"another steward", two, "roll.second", second, ARTICLE_NONE},
    };
    branch_try(w, trials, COUNT(trials));
    branch_do(w, &(struct trial){"second", two, "roll.second", second, ARTICLE_NONE});
    uint32_t row = branch_member(w, new);
    CHECK(state_is_active(&w->state, row) && state_member(&w->state, row)->unit_row == t.a.row,
          "admitted");
    CHECK(state_member(&w->state, branch_member(w, t.a.first + 4))->status == MEMBER_LAPSED,
          "lapsed");
    branch_check_lists(&w->state, "seconded");
    branch_do(w,
              &(struct trial){"third", t.a.steward[2], "roll.second", second, ARTICLE_ROLL_OPEN});
    branch_do(w, &(struct trial){"a lapsed member", t.a.first + 4, "roll.contact",
                                 "{\"contact\":\"" COMMIT "\"}", ARTICLE_MEMBER});
    const char *back = branch_list(w, "%s", branch_admit(w, t.a.first + 4));
    branch_do(
        w, &(struct trial){"ask back", one, "roll.propose", propose(w, &t.a, back), ARTICLE_NONE});
    id = world_hex(w, w->last_id.bytes, sizeof(hash32));
    second = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", back, id);
    branch_do(w, &(struct trial){"take back", two, "roll.second", second, ARTICLE_NONE});
    CHECK(state_is_active(&w->state, branch_member(w, t.a.first + 4)),
          "a former member comes back");
    branch_check_lists(&w->state, "back");
    world_done(w);
}

/* The list is held against the roll again when it takes effect, and a proposal does not wait for
 * ever. */
static void test_stale_proposals(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "stale", true);
    size_t new = branch_stranger(w), last = branch_stranger(w);
    const char *list = branch_list(w, "%s", branch_admit(w, new));
    const char *body[2], *second[3];
    for (int i = 0; i < 2; i++) {
        body[i] = propose(w, &t.a, list);
        branch_do(
            w, &(struct trial){"propose", t.a.steward[i], "roll.propose", body[i], ARTICLE_NONE});
        second[i] = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                               world_hex(w, w->last_id.bytes, 32));
    }
    branch_do(
        w, &(struct trial){"one of two", t.a.steward[1], "roll.second", second[0], ARTICLE_NONE});
    branch_do(w, &(struct trial){"does not fit any more", t.a.steward[0], "roll.second", second[1],
                                 ARTICLE_ROLL_LIST});
    list = branch_list(w, "%s", branch_admit(w, last));
    branch_do(w, &(struct trial){"propose", t.a.steward[0], "roll.propose", propose(w, &t.a, list),
                                 ARTICLE_NONE});
    second[2] = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                           world_hex(w, w->last_id.bytes, 32));
    struct trial late = {"in time", t.a.steward[1], "roll.second", second[2], ARTICLE_NONE};
    branch_try(w, &late, 1);
    world_later(w, w->state.bylaws.proposal_time + 1);
    late = (struct trial){"too late", t.a.steward[1], "roll.second", second[2], ARTICLE_ROLL_OPEN};
    branch_do(w, &late);
    world_done(w);
}

static void test_moving(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "moving", true);
    size_t mover = t.a.steward[2];
    const char *to_b = world_text(w, "{\"unit\":\"%s\"}", t.b.id),
               *home = world_text(w, "{\"unit\":\"%s\"}", t.a.id);
    const char *nowhere = world_text(w, "{\"unit\":\"%064d\"}", 1);
    const struct trial wishes[] = {
        {"to another unit", mover, "roll.move", to_b, ARTICLE_NONE},
        {"to nowhere", mover, "roll.move", nowhere, ARTICLE_UNIT_KNOWN},
        {"home without a wish", mover, "roll.move", home, ARTICLE_ONCE},
    };
    branch_try(w, wishes, COUNT(wishes));
    branch_do(w, &wishes[0]);
    branch_do(w, &(struct trial){"twice", mover, "roll.move", to_b, ARTICLE_ONCE});
    branch_do(w, &(struct trial){"taken back", mover, "roll.move", home, ARTICLE_NONE});
    const char *list = branch_list(w, "%s", transfer(w, mover));
    struct trial early = {"wish taken back", t.b.steward[0], "roll.propose", propose(w, &t.b, list),
                          ARTICLE_ROLL_LIST};
    branch_do(w, &early);
    branch_do(w, &wishes[0]);
    early = (struct trial){"wish", t.b.steward[0], "roll.propose", propose(w, &t.b, list),
                           ARTICLE_NONE};
    branch_do(w, &early);
    const char *second = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                                    world_hex(w, w->last_id.bytes, 32));
    CHECK(state_holds_role(&w->state, branch_member(w, mover), ROLE_STEWARD, t.a.row),
          "still a steward");
    branch_do(w, &(struct trial){"moved", t.b.steward[1], "roll.second", second, ARTICLE_NONE});
    CHECK(state_member(&w->state, branch_member(w, mover))->unit_row == t.b.row,
          "in the other unit");
    CHECK(!state_holds_role(&w->state, branch_member(w, mover), ROLE_STEWARD, t.a.row),
          "the seat stays behind");
    CHECK(state_holds_role(&w->state, branch_member(w, t.a.steward[0]), ROLE_STEWARD, t.a.row),
          "others keep theirs");
    branch_check_lists(&w->state, "moved");
    world_done(w);
}

static void test_leaving(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "leaving", true);
    size_t who = t.a.steward[0];
    uint32_t row = branch_member(w, who);
    branch_do(w, &(struct trial){"contact", who, "roll.contact", "{\"contact\":\"" COMMIT "\"}",
                                 ARTICLE_NONE});
    CHECK(state_member(&w->state, row)->contact_since == (uint64_t)w->now, "since now");
    branch_do(w, &(struct trial){"not a commitment", who, "roll.contact", "{\"contact\":\"x\"}",
                                 ARTICLE_COUNT});
    branch_do(w, &(struct trial){"resign with words", who, "roll.resign", "{\"why\":\"\"}",
                                 ARTICLE_COUNT});
    branch_do(w, &(struct trial){"resign", who, "roll.resign", "{}", ARTICLE_NONE});
    CHECK(state_member(&w->state, row)->status == MEMBER_RESIGNED, "resigned");
    CHECK(!state_holds_role(&w->state, row, ROLE_STEWARD, t.a.row), "the seat ended");
    CHECK(state_unit(&w->state, t.a.row)->member_count == 4, "one less");
    branch_do(w, &(struct trial){"again", who, "roll.resign", "{}", ARTICLE_MEMBER});
    branch_check_lists(&w->state, "resigned");
    world_done(w);
}

static enum article request(struct world *w, size_t who, const char *unit_id)
{
    struct world_member *member = &w->member[who];
    key32 key = secret_key_public(&member->key);
    const char *body =
        world_text(w, "{\"data\":\"" COMMIT "\",\"device\":\"%s\",\"key\":\"%s\",\"unit\":\"%s\"}",
                   world_hex(w, member->device.bytes, 4), world_hex(w, key.bytes, 32), unit_id);
    return world_act(w, who, "roll.request", "%s", body);
}

static const char *answer(struct world *w, bool admit, const hash32 *id)
{
    return world_text(w, "{\"admit\":%s,\"request\":\"%s\"}", admit ? "true" : "false",
                      world_hex(w, id->bytes, sizeof *id));
}

static void test_requests(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "requests", true);
    size_t who = branch_stranger(w), one = t.a.steward[0], two = t.a.steward[1],
           three = t.a.steward[2];
    size_t twin = branch_stranger(w);
    w->member[twin].mid = w->member[t.b.first].mid;
    CHECK(request(w, twin, t.a.id) == ARTICLE_ONCE, "nobody asks to join in a member's place");
    CHECK(request(w, who, world_text(w, "%064d", 3)) == ARTICLE_UNIT_KNOWN, "no such unit");
    CHECK(request(w, who, t.a.id) == ARTICLE_NONE, "asked: %s", w->fail.message);
    hash32 id = w->last_id;
    const struct trial trials[] = {
        {"a steward", one, "roll.answer", answer(w, true, &id), ARTICLE_NONE},
        {"a member", t.a.first + 4, "roll.answer", answer(w, true, &id), ARTICLE_ROLL_UNIT},
        {"a steward elsewhere", t.b.steward[0], "roll.answer", answer(w, false, &id),
         ARTICLE_ROLL_UNIT},
        {"the founder after founding", 0, "roll.answer", answer(w, true, &id), ARTICLE_ROLL_UNIT},
    };
    branch_try(w, trials, COUNT(trials));
    branch_do(w, &trials[0]);
    branch_do(
        w, &(struct trial){"again", one, "roll.answer", answer(w, true, &id), ARTICLE_ROLL_SECOND});
    branch_do(w, &(struct trial){"another view", two, "roll.answer", answer(w, false, &id),
                                 ARTICLE_NONE});
    CHECK(branch_member(w, who) == ROW_NONE, "they disagree: nothing");
    branch_do(w, &(struct trial){"one gives way", two, "roll.answer", answer(w, true, &id),
                                 ARTICLE_NONE});
    CHECK(branch_member(w, who) == ROW_NONE, "and has only changed the own answer");
    branch_do(w, &(struct trial){"a third agrees", three, "roll.answer", answer(w, true, &id),
                                 ARTICLE_NONE});
    uint32_t row = branch_member(w, who);
    if (!CHECK(state_is_active(&w->state, row), "admitted by two")) return;
    const struct member_row *member = state_member(&w->state, row);
    CHECK(state_key(&w->state, member->first_key_row)->state == KEY_PROVISIONAL,
          "with a provisional key");
    CHECK(world_act(w, who, "roll.resign", "{}") == ARTICLE_KEY_STATE, "that signs nothing");
    branch_do(w, &(struct trial){"too late", one, "roll.answer", answer(w, true, &id),
                                 ARTICLE_ROLL_OPEN});
    const char *device =
        world_text(w, "{\"device\":\"%s\"}", world_hex(w, w->member[who].device.bytes, 4));
    struct compose confirm = {
        .kind = STR("key.confirm"),
        .body = str_from(device),
        .by = w->member[who].mid,
        .key_count = 2,
        .key = {{{.role = KEY_NODE}, &w->node_key},
                {{KEY_DEVICE, w->member[who].mid, w->member[who].device}, &w->member[who].key}}};
    CHECK(world_submit(w, &confirm) == ARTICLE_NONE, "the key's chain begins with the request: %s",
          w->fail.message);
    CHECK(world_act(w, who, "roll.resign", "{}") == ARTICLE_NONE, "now it signs");
    branch_check_lists(&w->state, "requests");
    world_done(w);
}

static void test_refused_requests(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "refused requests", true);
    size_t who = branch_stranger(w);
    CHECK(request(w, who, t.a.id) == ARTICLE_NONE, "asked");
    hash32 id = w->last_id;
    branch_do(w, &(struct trial){"no", t.a.steward[0], "roll.answer", answer(w, false, &id),
                                 ARTICLE_NONE});
    branch_do(w, &(struct trial){"no", t.a.steward[1], "roll.answer", answer(w, false, &id),
                                 ARTICLE_NONE});
    CHECK(branch_member(w, who) == ROW_NONE &&
              state_request(&w->state, 0)->state == REQUEST_REFUSED,
          "refused by two");
    world_later(w, w->state.bylaws.request_time + 1);
    CHECK(branch_member(w, who) == ROW_NONE, "the deadline does not bring it back");
    world_done(w);
}

/* What was under way in a unit that was merged into another: it begins again there. */
static void test_closed_unit(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "closed unit", true);
    size_t who = branch_stranger(w), other = branch_stranger(w);
    CHECK(request(w, who, t.a.id) == ARTICLE_NONE, "asked");
    hash32 asked = w->last_id;
    const char *list = branch_list(w, "%s", branch_admit(w, other));
    branch_do(w, &(struct trial){"propose", t.a.steward[0], "roll.propose", propose(w, &t.a, list),
                                 ARTICLE_NONE});
    const char *second = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                                    world_hex(w, w->last_id.bytes, 32));
    const struct trial trials[] = {
        {"second", t.a.steward[1], "roll.second", second, ARTICLE_NONE},
        {"answer", t.a.steward[1], "roll.answer", answer(w, true, &asked), ARTICLE_NONE},
        {"move there", t.b.first, "roll.move", world_text(w, "{\"unit\":\"%s\"}", t.a.id),
         ARTICLE_NONE},
    };
    branch_try(w, trials, COUNT(trials));
    const char *merge = world_text(w, "{\"from\":\"%s\",\"into\":\"%s\"}", t.a.id, t.b.id);
    branch_do(w, &(struct trial){"merge", t.a.steward[0], "unit.merge", merge, ARTICLE_NONE});
    branch_do(w, &(struct trial){"merge", t.b.steward[0], "unit.merge", merge, ARTICLE_NONE});
    for (size_t i = 0; i < COUNT(trials); i++) {
        struct trial now = trials[i];
        now.expected = ARTICLE_UNIT_KNOWN;
        branch_try(w, &now, 1);
    }
    world_later(w, w->state.bylaws.request_time + 1);
    CHECK(branch_member(w, who) == ROW_NONE && branch_member(w, other) == ROW_NONE,
          "nobody enters a closed unit");
    world_done(w);
}

static void test_twins(void)
{
    struct town t;
    struct world *w = &t.w;
    town_make(&t, "twins", true);
    size_t who = branch_stranger(w), twin = branch_stranger(w);
    w->member[twin].mid = w->member[who].mid;
    hash32 id[2];
    for (int i = 0; i < 2; i++) {
        CHECK(request(w, i ? twin : who, t.a.id) == ARTICLE_NONE, "asked");
        id[i] = w->last_id;
    }
    for (int i = 0; i < 2; i++)
        branch_do(w, &(struct trial){"admit one", t.a.steward[i], "roll.answer",
                                     answer(w, true, &id[0]), ARTICLE_NONE});
    const struct trial trials[] = {
        {"the other under that name", t.a.steward[0], "roll.answer", answer(w, true, &id[1]),
         ARTICLE_ROLL_LIST},
        {"can be refused", t.a.steward[0], "roll.answer", answer(w, false, &id[1]), ARTICLE_NONE},
        {"no request", t.a.steward[0], "roll.answer", answer(w, false, &(hash32){{1}}),
         ARTICLE_ROLL_OPEN},
    };
    branch_try(w, trials, COUNT(trials));
    world_done(w);
}

static void test_silence(bool admits)
{
    struct world w;
    world_init(&w, "silence");
    world_found(&w, admits ? "{\"request_silence_admits\":1}" : "{\"request_silence_admits\":0}");
    struct branch a = branch_make(&w, "Ash", 3);
    branch_confirm(&w, &a);
    size_t who = branch_stranger(&w), twin = branch_stranger(&w);
    w.member[twin].mid = w.member[who].mid;
    CHECK(request(&w, who, a.id) == ARTICLE_NONE, "asked");
    CHECK(request(&w, twin, a.id) == ARTICLE_NONE, "another asks under the same name");
    world_later(&w, w.state.bylaws.request_time - 2);
    CHECK(branch_member(&w, who) == ROW_NONE, "not before the deadline");
    world_later(&w, 3);
    CHECK(state_is_active(&w.state, branch_member(&w, who)) == admits,
          "silence is answered by the bylaws");
    uint8_t first = state_request(&w.state, 0)->state, second = state_request(&w.state, 1)->state;
    CHECK(first == (admits ? REQUEST_ADMITTED : REQUEST_BY_SILENCE), "first: %d", first);
    CHECK(second == REQUEST_BY_SILENCE, "the second under one name is not admitted: %d", second);
    branch_check_lists(&w.state, "silence");
    world_done(&w);
}

static void test_growth(void)
{
    struct world w;
    world_init(&w, "growth");
    world_found(&w, "{\"growth_percent\":20}");
    struct branch a = branch_make(&w, "Ash", 10);
    branch_confirm(&w, &a);
    const struct unit_row *unit = state_unit(&w.state, a.row);
    CHECK(unit->frozen_count == 10 && unit->flagged == UNIT_STEADY, "confirmed at ten");
    for (int i = 1; i <= 3; i++) {
        const char *list = branch_list(&w, "%s", branch_admit(&w, branch_stranger(&w)));
        branch_do(&w, &(struct trial){"propose", a.steward[0], "roll.propose",
                                      propose(&w, &a, list), ARTICLE_NONE});
        const char *second = world_text(&w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                                        world_hex(&w, w.last_id.bytes, 32));
        branch_do(&w, &(struct trial){"second", a.steward[1], "roll.second", second, ARTICLE_NONE});
        uint8_t expected =
            i <= 2 ? UNIT_STEADY : UNIT_GREW; /* twelve is a fifth more, thirteen is above it */
        CHECK(state_unit(&w.state, a.row)->flagged == expected, "%d more", i);
    }
    unit_freeze_count(&w.state, a.row, w.now);
    CHECK(state_unit(&w.state, a.row)->flagged == UNIT_GREW, "a freeze soon after hides nothing");
    CHECK(state_unit(&w.state, a.row)->frozen_count == 10, "and does not move the base");
    unit_freeze_count(&w.state, a.row, w.now + 90 * 86400);
    CHECK(state_unit(&w.state, a.row)->flagged == UNIT_GREW_EARLIER,
          "the next base still says it grew");
    CHECK(state_unit(&w.state, a.row)->frozen_count == 13, "and is the count of that day");
    unit_freeze_count(&w.state, a.row, w.now + 180 * 86400);
    CHECK(state_unit(&w.state, a.row)->flagged == UNIT_STEADY, "forgotten a base later");
    world_done(&w);
}

/* Any sequence of entries, moves and ends leaves lists and counts in agreement. */
static void test_random_lists(uint64_t seed)
{
    struct state s;
    struct stream stream;
    char name[32];
    (void)snprintf(name, sizeof name, "roll %d", (int)seed);
    stream_init(&stream, str_from(name));
    if (state_init(&s, alloc_libc) != CODE_OK) abort();
    for (int i = 0; i < 5; i++) {
        struct unit_row *unit = state_add_unit(&s);
        *unit = (struct unit_row){.first_member = ROW_NONE,
                                  .last_member = ROW_NONE,
                                  .parent_row = ROW_NONE,
                                  .first_child = ROW_NONE,
                                  .last_child = ROW_NONE,
                                  .state = UNIT_OPEN};
    }
    for (int step = 0; step < 2000; step++) {
        uint8_t dice[4];
        stream_bytes(&stream, dice, sizeof dice);
        uint32_t unit = dice[1] % 6 == 5 ? ROW_NONE : dice[1] % 6, row = ROW_NONE;
        if (s.member.count) row = (uint32_t)(dice[2] * 256 + dice[3]) % s.member.count;
        bool active = state_is_active(&s, row);
        if (dice[0] < 90 || row == ROW_NONE) {
            struct roll_entrant entrant = {.unit_row = unit, .weight = 1, .at = step};
            stream_bytes(&stream, entrant.mid.bytes, sizeof entrant.mid);
            if (row != ROW_NONE && !active)
                entrant.mid = state_member(&s, row)->mid; /* comes back */
            uint32_t admitted;
            CHECK(roll_admit(&s, &entrant, &admitted) == CODE_OK && state_is_active(&s, admitted),
                  "admitted");
        } else if (active && dice[0] < 180) {
            roll_move(&s, row, unit);
        } else if (active) {
            roll_end(&s, row, MEMBER_LAPSED, step);
        }
        if (step % 97 == 0) branch_check_lists(&s, name);
    }
    branch_check_lists(&s, name);
    state_done(&s);
}

/* ---- the decoder ---- */

static const char sample[] =
    "{\"changes\":[{\"contact\":\"" COMMIT "\",\"data\":\"" COMMIT "\",\"do\":\"admit\","
    "\"mid\":\"00112233445566778899aabbccddeeff\",\"weight\":1},"
    "{\"do\":\"lapse\",\"mid\":\"10112233445566778899aabbccddeeff\"}]}";

static void test_list_reader(void)
{
    struct arena arena;
    struct roll_list list;
    arena_init(&arena, alloc_libc, 1 << 20);
    str good = {sample, sizeof sample - 1};
    CHECK(roll_list_read(good, &arena, &list, NULL) == CODE_OK && list.count == 2, "read");
    CHECK(list.entries[0].what == ROLL_ADMIT && list.entries[0].has_contact &&
              list.entries[1].what == ROLL_LAPSE,
          "as stated");
    for (size_t cut = 0; cut < good.len; cut++) {
        struct fail fail = {0};
        CHECK(roll_list_read(str_sub(good, 0, cut), &arena, &list, &fail) == CODE_MALFORMED &&
                  fail.reason[0],
              "the first %zu bytes", cut);
    }
    char longer[sizeof sample + 1];
    for (int byte = 0; byte < 256; byte++) {
        memcpy(longer, sample, sizeof sample - 1);
        longer[sizeof sample - 1] = (char)byte;
        CHECK(roll_list_read((str){longer, sizeof sample}, &arena, &list, NULL) == CODE_MALFORMED,
              "and byte %d", byte);
    }
    arena_done(&arena);
}

static void test_list_memory(void)
{
    for (size_t n = 0;; n++) {
        struct failing failing = {.fail_at = n, .sticky = true};
        struct arena arena;
        struct roll_list list = {0};
        arena_init(&arena, failing_alloc(&failing), 1 << 20);
        enum code code = roll_list_read((str){sample, sizeof sample - 1}, &arena, &list, NULL);
        arena_done(&arena);
        CHECK(failing.live == 0, "all given back after allocation %zu failed", n);
        if (code == CODE_OK) {
            CHECK(n > 2, "the reader takes memory");
            return;
        }
        if (!CHECK(code == CODE_NO_MEMORY && list.entries == NULL, "allocation %zu: %s", n,
                   code_name(code)))
            return;
    }
}

int main(void)
{
    test_who_proposes();
    test_lists();
    test_two_stewards();
    test_stale_proposals();
    test_moving();
    test_leaving();
    test_requests();
    test_refused_requests();
    test_closed_unit();
    test_twins();
    test_silence(true);
    test_silence(false);
    test_growth();
    for (uint64_t seed = 0; seed < 5; seed++) test_random_lists(seed);
    test_list_reader();
    test_list_memory();
    return check_done();
}
