/* Paper ballots keyed twice, attested counts, objections: who may count, when two keyings are a
 * result, who judges. */
#include "elections.h"

#include "base/text.h"
#include "core/institutions/objection.h"
#include "core/institutions/paper.h"

#include <stdlib.h>
#include <string.h>

/* One unit of ten: two tellers and a third, two of appeals, candidates from number 5 on. */
struct fixture {
    struct world w;
    const char *unit, *council;
    size_t a, teller[3], judge[2];
    struct contest c;
};

static void fixture_init(struct fixture *f, const char *seed, const char *mode, const char *rule)
{
    struct world *w = &f->w;
    world_init(w, seed);
    world_found(w, NULL);
    f->unit = world_unit(w, "Dock");
    f->a = world_join(w, f->unit, 10);
    const char *where = world_text(w, "\"%s\"", f->unit);
    for (size_t i = 0; i < 3; i++) f->teller[i] = f->a + i;
    for (size_t i = 0; i < 2; i++) f->judge[i] = f->a + 3 + i;
    contest_seat(w, contest_office(w, where, "teller", 3), f->teller, 3);
    contest_seat(w, contest_office(w, where, "appeals", 2), f->judge, 2);
    f->council = contest_council(w, where, 1);
    f->c = contest_plan(w, f->council, mode, rule);
    CHECK(contest_freeze(w, 0, &f->c) == ARTICLE_NONE, "freeze");
    CHECK(contest_call(w, f->a, &f->c) == ARTICLE_NONE, "call: %s", w->fail.message);
    for (size_t i = 5; i < 8; i++)
        CHECK(contest_nominate(w, &f->c, f->a + i, 1, f->a + i) == ARTICLE_NONE, "stands");
}

static const char *const sheet_of_4 =
    "{\"issued\":6,\"not_returned\":0,\"rejected\":{\"blank\":1,\"other\":0,\"unclear\":0},"
    "\"unused\":1,\"valid\":4}";
static const char *const papers_a =
    "{\"papers\":[{\"n\":1,\"ranks\":[1]},{\"n\":2,\"ranks\":[2]},{\"n\":3,\"ranks\":[2]},"
    "{\"n\":7,\"ranks\":[3]}]}";
static const char *const papers_b =
    "{\"papers\":[{\"n\":1,\"ranks\":[1]},{\"n\":2,\"ranks\":[2]},{\"n\":3,\"ranks\":[1]},"
    "{\"n\":7,\"ranks\":[3]}]}";

static nonce16 salt_of(size_t who)
{
    nonce16 salt;
    memset(salt.bytes, (int)who, sizeof salt);
    return salt;
}

static enum article seal(struct fixture *f, size_t who, uint32_t pile, const char *papers,
                         const char *sheet)
{
    nonce16 salt = salt_of(who);
    hash32 name = sha256_of(str_from(papers)), sealed = paper_seal(&salt, &name, str_from(sheet));
    char text[64];
    base64_encode(sealed.bytes, sizeof sealed, text);
    return world_act(&f->w, who, "paper.seal",
                     "{\"cell\":1,\"election\":\"%s\",\"pile\":%u,\"seal\":\"%s\"}", f->c.id, pile,
                     text);
}

static enum article reveal(struct fixture *f, size_t who, uint32_t pile, const char *papers,
                           const char *sheet)
{
    nonce16 salt = salt_of(who);
    return world_act(&f->w, who, "paper.reveal",
                     "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":%u,\"salt\":\"%"
                     "s\",\"sheet\":%s}",
                     f->c.id, world_blob(&f->w, str_from(papers)), pile,
                     world_hex(&f->w, salt.bytes, sizeof salt), sheet);
}

static enum article adjudicate(struct fixture *f, size_t who, uint32_t pile, const char *papers)
{
    return world_act(&f->w, who, "paper.adjudicate",
                     "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":%u,\"sheet\":%s}",
                     f->c.id, world_blob(&f->w, str_from(papers)), pile, sheet_of_4);
}

static enum article complete(struct fixture *f, size_t who, uint32_t piles)
{
    return world_act(&f->w, who, "paper.complete", "{\"cell\":1,\"election\":\"%s\",\"piles\":%u}",
                     f->c.id, piles);
}

static void key_pile(struct fixture *f, uint32_t pile, const char *papers)
{
    for (int i = 0; i < 2; i++)
        CHECK(seal(f, f->teller[i], pile, papers, sheet_of_4) == ARTICLE_NONE, "sealed");
    for (int i = 0; i < 2; i++)
        CHECK(reveal(f, f->teller[i], pile, papers, sheet_of_4) == ARTICLE_NONE, "revealed");
}

static uint32_t winner_number(const struct fixture *f)
{
    const struct cell_row *cell = contest_cell(&f->w, &f->c, 1);
    if (cell->winner_count == 0) return 0;
    return state_candidate(&f->w.state,
                           state_winner(&f->w.state, cell->first_winner)->candidate_row)
        ->number;
}

static void test_keying(void)
{
    struct fixture f;
    fixture_init(&f, "keying", "paper", "plurality");
    struct world *w = &f.w;
    contest_until(w, f.c.opens);
    CHECK(contest_vote(w, &f.c, f.a, 1, "1") == ARTICLE_CHANNEL, "no signed ballots beside paper");
    CHECK(seal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_ELECTION_PHASE,
          "the box is still open");
    contest_until(w, f.c.closes);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_KEYING, "keying");
    CHECK(seal(&f, f.a + 9, 1, papers_a, sheet_of_4) == ARTICLE_OFFICE, "no teller");
    CHECK(seal(&f, f.teller[0], 2, papers_a, sheet_of_4) == ARTICLE_PAPER_PILE,
          "piles are numbered from 1");
    CHECK(seal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_NONE, "first");
    CHECK(reveal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_PAPER_PILE,
          "before the other has sealed");
    CHECK(seal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_PAPER_PILE,
          "the same teller twice");
    CHECK(seal(&f, f.teller[1], 1, papers_a, sheet_of_4) == ARTICLE_NONE, "second");
    CHECK(seal(&f, f.teller[2], 1, papers_a, sheet_of_4) == ARTICLE_ONCE, "a third");
    CHECK(reveal(&f, f.teller[2], 1, papers_a, sheet_of_4) == ARTICLE_PAPER_PILE,
          "who did not seal");
    CHECK(reveal(&f, f.teller[0], 1, papers_b, sheet_of_4) == ARTICLE_PAPER_PILE,
          "other than sealed");
    CHECK(world_act(w, f.teller[0], "paper.reveal",
                    "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":1,\"salt\":\"%s\","
                    "\"sheet\":%s}",
                    f.c.id, f.c.id, "00000000000000000000000000000000",
                    sheet_of_4) == ARTICLE_PAPER_PILE,
          "sealed otherwise");
    CHECK(reveal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_NONE, "revealed");
    CHECK(reveal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_ONCE, "twice");
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_PAPER_PILE, "not agreed yet");
    CHECK(reveal(&f, f.teller[1], 1, papers_a, sheet_of_4) == ARTICLE_NONE, "revealed too");
    CHECK(complete(&f, f.teller[0], 2) == ARTICLE_PAPER_PILE, "there is one pile");
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_NONE, "these are all");
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_ONCE, "one teller is not two");
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_KEYING, "still");
    CHECK(complete(&f, f.teller[2], 1) == ARTICLE_NONE, "says another");
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_PROVISIONAL && winner_number(&f) == 2,
          "counted at once");
    CHECK(contest_cell(w, &f.c, 1)->ballots_cast == 5 && contest_cell(w, &f.c, 1)->valid_votes == 4,
          "five papers");
    contest_until(w, f.c.objections_until);
    CHECK(contest_seated(w, f.council, f.a + 6), "seated");
    world_done(w);
}

static void test_sheets(void)
{
    static const struct {
        const char *what, *sheet, *papers;
        enum article article; /* ARTICLE_COUNT = malformed */
    } cases[] = {
        {"one paper too few",
         "{\"issued\":7,\"not_returned\":0,\"rejected\":{\"blank\":1,\"other\":0,\"unclear\":0},"
         "\"unused\":1,\"valid\":4}",
         NULL, ARTICLE_PAPER_SHEET},
        {"valid but not keyed",
         "{\"issued\":7,\"not_returned\":0,\"rejected\":{\"blank\":1,\"other\":0,\"unclear\":0},"
         "\"unused\":1,\"valid\":5}",
         NULL, ARTICLE_PAPER_SHEET},
        {"more than electors",
         "{\"issued\":13,\"not_returned\":0,\"rejected\":{\"blank\":8,\"other\":0,\"unclear\":0},"
         "\"unused\":1,\"valid\":4}",
         NULL, ARTICLE_PAPER_SHEET},
        {"numbers that wrap around",
         "{\"issued\":5,\"not_returned\":4294967295,\"rejected\":{\"blank\":2,\"other\":0,"
         "\"unclear\":0},\"unused\":0,\"valid\":4}",
         NULL, ARTICLE_PAPER_SHEET},
        {"a candidate who does not stand", NULL,
         "{\"papers\":[{\"n\":1,\"ranks\":[4]},{\"n\":2,\"ranks\":[2]},"
         "{\"n\":3,\"ranks\":[1]},{\"n\":7,\"ranks\":[3]}]}",
         ARTICLE_BALLOT_FORM},
        {"two votes on a paper", NULL,
         "{\"papers\":[{\"n\":1,\"ranks\":[1,2]},{\"n\":2,\"ranks\":[2]},"
         "{\"n\":3,\"ranks\":[1]},{\"n\":7,\"ranks\":[3]}]}",
         ARTICLE_BALLOT_FORM},
        {"one paper twice", NULL,
         "{\"papers\":[{\"n\":1,\"ranks\":[1]},{\"n\":1,\"ranks\":[2]},{\"n\":3,\"ranks\":[1]},"
         "{\"n\":7,\"ranks\":[3]}]}",
         ARTICLE_COUNT},
        {"a candidate twice on a paper", NULL, "{\"papers\":[{\"n\":1,\"ranks\":[1,1]}]}",
         ARTICLE_COUNT},
        {"not canonical", NULL, "{\"papers\": []}", ARTICLE_COUNT},
        {"good papers, good sheet", NULL, NULL, ARTICLE_NONE},
    };
    struct fixture f;
    fixture_init(&f, "sheets", "paper", "plurality");
    contest_until(&f.w, f.c.closes);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *sheet = cases[i].sheet ? cases[i].sheet : sheet_of_4;
        const char *papers = cases[i].papers ? cases[i].papers : papers_a;
        uint32_t pile = (uint32_t)i + 1;
        for (int k = 0; k < 2; k++)
            CHECK(seal(&f, f.teller[k], pile, papers, sheet) == ARTICLE_NONE, "sealed");
        enum article article = reveal(&f, f.teller[0], pile, papers, sheet);
        CHECK(article == cases[i].article, "%s: %.*s", cases[i].what,
              STR_ARG(article_name(article)));
    }
    world_done(&f.w);
}

/* A blob that is not here is not decided about. */
static void test_blob(void)
{
    struct fixture f;
    fixture_init(&f, "blob", "paper", "plurality");
    contest_until(&f.w, f.c.closes);
    nonce16 salt = salt_of(f.teller[0]);
    hash32 name = sha256_of(STR("nobody holds this")),
           sealed = paper_seal(&salt, &name, str_from(sheet_of_4));
    char text[64];
    base64_encode(sealed.bytes, sizeof sealed, text);
    CHECK(world_act(&f.w, f.teller[0], "paper.seal",
                    "{\"cell\":1,\"election\":\"%s\",\"pile\":1,\"seal\":\"%s\"}", f.c.id,
                    text) == ARTICLE_NONE,
          "sealed");
    CHECK(seal(&f, f.teller[1], 1, papers_a, sheet_of_4) == ARTICLE_NONE, "sealed");
    CHECK(world_act(&f.w, f.teller[0], "paper.reveal",
                    "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":1,\"salt\":\"%s\","
                    "\"sheet\":%s}",
                    f.c.id, world_hex(&f.w, name.bytes, 32), world_hex(&f.w, salt.bytes, 16),
                    sheet_of_4) == ARTICLE_BLOB,
          "papers that nobody has");
    world_done(&f.w);
}

static void test_adjudication(void)
{
    struct fixture f;
    fixture_init(&f, "differ", "paper", "plurality");
    struct world *w = &f.w;
    contest_until(w, f.c.closes);
    CHECK(seal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_NONE, "one keying");
    CHECK(seal(&f, f.teller[1], 1, papers_b, sheet_of_4) == ARTICLE_NONE, "another");
    CHECK(adjudicate(&f, f.teller[2], 1, papers_a) == ARTICLE_PAPER_PILE,
          "nothing has shown a difference");
    CHECK(reveal(&f, f.teller[0], 1, papers_a, sheet_of_4) == ARTICLE_NONE &&
              reveal(&f, f.teller[1], 1, papers_b, sheet_of_4) == ARTICLE_NONE,
          "revealed");
    CHECK(state_pile(&w->state, 0)->state == PILE_DIFFERS, "they differ");
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_PAPER_PILE, "no result from one of two");
    CHECK(adjudicate(&f, f.a + 9, 1, papers_a) == ARTICLE_OFFICE, "no teller");
    CHECK(adjudicate(&f, f.teller[0], 1, papers_a) == ARTICLE_NONE,
          "the first proposes the own keying");
    CHECK(adjudicate(&f, f.teller[0], 1, papers_a) == ARTICLE_PAPER_DIFFER,
          "and does not decide alone");
    CHECK(adjudicate(&f, f.teller[1], 1, papers_a) == ARTICLE_PAPER_DIFFER,
          "nor do the two who keyed");
    CHECK(adjudicate(&f, f.teller[2], 1, papers_b) == ARTICLE_NONE,
          "another proposal replaces the first");
    CHECK(state_pile(&w->state, 0)->state == PILE_DIFFERS, "still open");
    CHECK(adjudicate(&f, f.teller[1], 1, papers_b) == ARTICLE_NONE,
          "two agree, one of them did not key");
    CHECK(state_pile(&w->state, 0)->state == PILE_AGREED, "agreed");
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_NONE, "all");
    contest_until(w, f.c.keyed_until);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_PROVISIONAL && winner_number(&f) == 1,
          "keying is over and one teller said these are all");
    world_done(w);
}

/* Without all piles there is no result, and the cell may be called again. */
static void test_unkeyed(void)
{
    struct fixture f;
    fixture_init(&f, "unkeyed", "paper", "plurality");
    contest_until(&f.w, f.c.closes);
    key_pile(&f, 1, papers_a);
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_NONE, "all");
    CHECK(seal(&f, f.teller[0], 2, papers_b, sheet_of_4) == ARTICLE_NONE, "but there is another");
    contest_until(&f.w, f.c.keyed_until);
    CHECK(contest_cell(&f.w, &f.c, 1)->state == CELL_ANNULLED, "not counted without it");
    CHECK(seal(&f, f.teller[1], 2, papers_b, sheet_of_4) == ARTICLE_ELECTION_PHASE, "too late");
    hash32 id = contest_id(f.council);
    uint32_t body_row = state_body_by_id(&f.w.state, &id);
    CHECK(state_body(&f.w.state, body_row)->election_row == ROW_NONE, "the body is free again");
    contest_until(&f.w, state_body(&f.w.state, body_row)->due);
    CHECK(state_body(&f.w.state, body_row)->election_row != ROW_NONE, "and the clock calls it");
    world_done(&f.w);
}

static const char *object(struct fixture *f, size_t who)
{
    CHECK(world_act(&f->w, who, "election.object",
                    "{\"cell\":1,\"election\":\"%s\",\"ground\":"
                    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
                    f->c.id) == ARTICLE_NONE,
          "objects");
    return world_hex(&f->w, f->w.last_id.bytes, 32);
}

static enum article settle(struct fixture *f, size_t who, const char *objection,
                           const char *outcome)
{
    return world_act(&f->w, who, "election.settle", "{\"objection\":\"%s\",\"outcome\":\"%s\"}",
                     objection, outcome);
}

static void test_recount(void)
{
    struct fixture f;
    fixture_init(&f, "recount", "paper", "plurality");
    struct world *w = &f.w;
    contest_until(w, f.c.closes);
    key_pile(&f, 1, papers_a);
    CHECK(world_act(w, f.a + 9, "election.object",
                    "{\"cell\":1,\"election\":\"%s\",\"ground\":"
                    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
                    f.c.id) == ARTICLE_OBJECTION,
          "no result, no objection");
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_NONE &&
              complete(&f, f.teller[1], 1) == ARTICLE_NONE,
          "counted");
    const char *first = object(&f, f.a + 9);
    CHECK(world_act(w, f.a + 9, "election.object",
                    "{\"cell\":1,\"election\":\"%s\",\"ground\":"
                    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
                    f.c.id) == ARTICLE_ONCE,
          "one at a time");
    CHECK(settle(&f, f.a + 8, first, "dismiss") == ARTICLE_SETTLE, "not of the appeals office");
    CHECK(settle(&f, f.teller[0], first, "dismiss") == ARTICLE_SETTLE, "a teller");
    CHECK(settle(&f, f.a + 5, first, "dismiss") == ARTICLE_SETTLE, "a candidate");
    CHECK(settle(&f, f.judge[0], f.c.id, "dismiss") == ARTICLE_ELECTION_KNOWN, "no such objection");
    CHECK(settle(&f, f.judge[0], first, "shred") == ARTICLE_COUNT, "no such outcome");
    CHECK(settle(&f, f.judge[0], first, "recount") == ARTICLE_NONE, "one judge");
    CHECK(settle(&f, f.judge[0], first, "recount") == ARTICLE_ONCE, "is not two");
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_PROVISIONAL, "nothing yet");
    CHECK(settle(&f, f.judge[1], first, "recount") == ARTICLE_NONE, "two");
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_KEYING && contest_cell(w, &f.c, 1)->recounts == 1,
          "a new round");
    CHECK(settle(&f, f.judge[1], first, "dismiss") == ARTICLE_ONCE, "settled");
    key_pile(&f, 1, papers_b);
    CHECK(complete(&f, f.teller[0], 1) == ARTICLE_NONE &&
              complete(&f, f.teller[1], 1) == ARTICLE_NONE,
          "counted anew");
    CHECK(winner_number(&f) == 1, "the corrected result");
    contest_until(w, contest_cell(w, &f.c, 1)->objections_until);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_FINAL && contest_seated(w, f.council, f.a + 5),
          "seated");
    world_done(w);
}

static void test_annulment_and_silence(void)
{
    struct fixture f;
    fixture_init(&f, "annul", "open", "plurality");
    struct world *w = &f.w;
    contest_until(w, f.c.opens);
    CHECK(contest_vote(w, &f.c, f.a, 1, "1") == ARTICLE_NONE, "votes");
    contest_until(w, f.c.closes);
    uint64_t end = contest_cell(w, &f.c, 1)->objections_until;
    (void)object(&f, f.a + 9);
    contest_until(w, end);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_PROVISIONAL,
          "an open objection keeps the result provisional");
    CHECK(world_act(w, f.a + 8, "election.object",
                    "{\"cell\":1,\"election\":\"%s\",\"ground\":"
                    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
                    f.c.id) == ARTICLE_OBJECTION,
          "too late to object");
    contest_until(w, end + HOUR);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_FINAL && contest_seated(w, f.council, f.a + 5),
          "nobody keeps the elected out by not deciding");
    world_done(w);

    fixture_init(&f, "annulled", "open", "plurality");
    contest_until(w, f.c.opens);
    CHECK(contest_vote(w, &f.c, f.a, 1, "1") == ARTICLE_NONE, "votes");
    contest_until(w, f.c.closes);
    const char *one = object(&f, f.a + 9), *two = object(&f, f.a + 8);
    CHECK(settle(&f, f.judge[0], one, "dismiss") == ARTICLE_NONE &&
              settle(&f, f.judge[1], one, "annul") == ARTICLE_NONE,
          "two who disagree");
    CHECK(contest_cell(w, &f.c, 1)->open_objections == 2, "decide nothing");
    CHECK(settle(&f, f.judge[0], one, "annul") == ARTICLE_NONE, "they agree");
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_ANNULLED, "annulled");
    CHECK(settle(&f, f.judge[0], two, "dismiss") == ARTICLE_ONCE,
          "the other objection went with it");
    contest_until(w, f.c.objections_until + DAY);
    CHECK(!contest_seated(w, f.council, f.a + 5), "nobody is seated");
    world_done(w);
}

/* The appeals office is elected anew and its holders stand again: the top council's delegates
 * judge. */
static void test_judges_who_stand(void)
{
    struct fixture f;
    fixture_init(&f, "judges", "open", "plurality");
    struct world *w = &f.w;
    contest_until(w, f.c.opens);
    CHECK(contest_vote(w, &f.c, f.a, 1, "1") == ARTICLE_NONE, "votes");
    contest_until(w, f.c.objections_until);
    size_t delegate = f.a + 5;
    CHECK(contest_seated(w, f.council, delegate), "a delegate");
    const char *office = world_hex(w, state_body(&w->state, 1)->id.bytes, 32);
    f.c = contest_plan(w, office, "open", "plurality");
    CHECK(contest_freeze(w, 0, &f.c) == ARTICLE_NONE && contest_call(w, 0, &f.c) == ARTICLE_NONE,
          "called");
    CHECK(contest_nominate(w, &f.c, f.judge[0], 1, f.judge[0]) == ARTICLE_NONE,
          "a judge stands again");
    contest_until(w, f.c.closes);
    const char *objection = object(&f, f.a + 9);
    CHECK(settle(&f, f.judge[0], objection, "dismiss") == ARTICLE_SETTLE, "in the own cause");
    CHECK(settle(&f, delegate, objection, "dismiss") == ARTICLE_NONE, "the top council steps in");
    world_done(w);
}

static enum article attest(struct fixture *f, size_t by, const size_t tellers[2],
                           const char *counts, uint32_t present)
{
    return world_attested(
        &f->w, by, tellers, "election.attest",
        "{\"cell\":1,\"counts\":[%s],\"election\":\"%s\",\"minutes\":\"%s\",\"present\":%u}",
        counts, f->c.id, f->c.id, present);
}

static void test_attested(void)
{
    struct fixture f;
    fixture_init(&f, "attested", "attested", "plurality");
    struct world *w = &f.w;
    const size_t others[2] = {f.teller[0], f.a + 9};
    CHECK(attest(&f, f.a + 9, f.teller, "1,2,3", 6) == ARTICLE_ELECTION_PHASE,
          "before the meeting");
    contest_until(w, f.c.opens);
    CHECK(attest(&f, f.a + 8, others, "1,2,3", 6) == ARTICLE_VIA, "one teller and somebody");
    CHECK(
        world_act(
            w, f.teller[0], "election.attest",
            "{\"cell\":1,\"counts\":[1,2,3],\"election\":\"%s\",\"minutes\":\"%s\",\"present\":6}",
            f.c.id, f.c.id) == ARTICLE_VIA,
        "one teller alone");
    CHECK(attest(&f, f.a + 9, f.teller, "1,2", 6) == ARTICLE_BALLOT_FORM,
          "one candidate is missing");
    CHECK(attest(&f, f.a + 9, f.teller, "1,2,4", 6) == ARTICLE_PAPER_SHEET,
          "more votes than people");
    CHECK(attest(&f, f.a + 9, f.teller, "1,2,4", 11) == ARTICLE_PAPER_SHEET,
          "more people than electors");
    CHECK(attest(&f, f.a + 9, f.teller, "3,2,1", 6) == ARTICLE_NONE, "the meeting's count: %s",
          w->fail.message);
    CHECK(contest_vote(w, &f.c, f.a, 1, "1") == ARTICLE_CHANNEL, "no ballots beside it");
    contest_until(w, f.c.closes);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_KEYING, "until the minutes are in");
    CHECK(attest(&f, f.a + 9, f.teller, "1,2,3", 6) == ARTICLE_NONE, "corrected");
    contest_until(w, f.c.keyed_until);
    CHECK(contest_cell(w, &f.c, 1)->state == CELL_PROVISIONAL && winner_number(&f) == 3,
          "the last count, the winner derived");
    contest_until(w, f.c.objections_until);
    CHECK(contest_seated(w, f.council, f.a + 7) &&
              contest_cell(w, &f.c, 1)->evidence == MODE_ATTESTED,
          "seated");
    world_done(w);
}

/* Members frozen without a device vote through two tellers; members with one vote themselves. */
static void test_channels(void)
{
    struct fixture f;
    fixture_init(&f, "channels", "open", "plurality");
    struct world *w = &f.w;
    contest_until(w, f.c.objections_until + DAY);
    size_t keyless = world_join_keyless(w, f.unit, 2);
    f.council = contest_council(w, world_text(w, "\"%s\"", f.unit), 1);
    f.c = contest_plan(w, f.council, "open", "plurality");
    CHECK(contest_freeze(w, 0, &f.c) == ARTICLE_NONE && contest_call(w, f.a, &f.c) == ARTICLE_NONE,
          "called");
    for (size_t i = 5; i < 7; i++)
        CHECK(contest_nominate(w, &f.c, f.a + i, 1, f.a + i) == ARTICLE_NONE, "stands");
    CHECK(contest_nominate(w, &f.c, f.a, 1, f.teller[2]) == ARTICLE_NONE,
          "a teller is named, and has yet to consent");
    contest_until(w, f.c.opens);
    const size_t candidate[2] = {f.teller[0], f.teller[2]};
    world_enrol(w, 0, keyless + 1);
    const char *body = world_text(w, "{\"cell\":1,\"election\":\"%s\",\"ranks\":[2]}", f.c.id);
    CHECK(world_attested(w, keyless, candidate, "ballot.open", "%s", body) == ARTICLE_INCOMPATIBLE,
          "a teller who stands");
    CHECK(world_attested(w, keyless, f.teller, "ballot.open", "%s", body) == ARTICLE_NONE,
          "paper slip, two tellers");
    CHECK(world_act(w, keyless + 1, "ballot.open", "%s", body) == ARTICLE_CHANNEL,
          "a new key joins no open ballot");
    CHECK(world_attested(w, keyless + 1, f.teller, "ballot.open", "%s", body) == ARTICLE_NONE,
          "but through tellers");
    CHECK(world_attested(w, f.a + 8, f.teller, "ballot.open", "%s", body) == ARTICLE_CHANNEL,
          "who could vote alone");
    CHECK(world_act(w, f.a + 8, "ballot.open", "%s", body) == ARTICLE_NONE, "votes alone");
    contest_until(w, f.c.closes);
    CHECK(contest_cell(w, &f.c, 1)->valid_votes == 3 && winner_number(&f) == 2, "all three count");
    world_done(w);
}

int main(void)
{
    test_keying();
    test_sheets();
    test_blob();
    test_adjudication();
    test_unkeyed();
    test_recount();
    test_annulment_and_silence();
    test_judges_who_stand();
    test_attested();
    test_channels();
    return check_done();
}
