/* Elections by open ballots: each guard with the act that it refuses and the neighbour that it
 * accepts, results, seats, vacancies, and the clock that needs nobody. */
#include "elections.h"

#include "core/institutions/credentials.h"
#include "core/institutions/result.h"
#include "core/institutions/seat.h"

#include <stdlib.h>
#include <string.h>

/* Two units of five and four members, a council with two seats for each. */
struct fixture {
    struct world w;
    const char *unit[2], *council;
    size_t a, b; /* first members */
    struct contest c;
};

static void fixture_init(struct fixture *f, const char *seed)
{
    struct world *w = &f->w;
    world_init(w, seed);
    world_found(w, NULL);
    f->unit[0] = world_unit(w, "Harbour");
    f->unit[1] = world_unit(w, "Mill");
    f->a = world_join(w, f->unit[0], 5);
    f->b = world_join(w, f->unit[1], 4);
    f->council = contest_council(w, world_text(w, "\"%s\",\"%s\"", f->unit[0], f->unit[1]), 2);
    f->c = contest_plan(w, f->council, "open", "plurality");
}

static void fixture_call(struct fixture *f, const char *rule)
{
    f->c.rule = rule;
    CHECK(contest_freeze(&f->w, 0, &f->c) == ARTICLE_NONE, "freeze");
    CHECK(contest_call(&f->w, f->a, &f->c) == ARTICLE_NONE, "call: %s", f->w.fail.message);
}

static void test_call(void)
{
    struct fixture f;
    fixture_init(&f, "call");
    struct world *w = &f.w;
    CHECK(contest_freeze(w, 0, &f.c) == ARTICLE_NONE, "freeze");
    size_t stranger = world_join(w, world_unit(w, "Elsewhere"), 1);
    f.c = contest_plan(w, f.council, "open", "plurality");
    f.c.freeze = world_hex(w, state_freeze(&w->state, 0)->id.bytes, 32);
    struct contest c = f.c;
    CHECK(contest_call(w, stranger, &c) == ARTICLE_ELECTION_CALL, "not an elector");
    c.body = f.unit[0];
    CHECK(contest_call(w, f.a, &c) == ARTICLE_UNIT_KNOWN, "no such body");
    c = f.c;
    c.freeze = f.council;
    CHECK(contest_call(w, f.a, &c) == ARTICLE_FREEZE, "no such freeze");
    c = f.c;
    c.cells = ",\"cells\":[3]";
    CHECK(contest_call(w, f.a, &c) == ARTICLE_ELECTION_KNOWN, "no third constituency");
    const uint64_t *bounds[] = {&f.c.nominate_until, &f.c.opens, &f.c.closes,
                                &f.c.objections_until};
    const size_t places[] = {offsetof(struct contest, nominate_until),
                             offsetof(struct contest, opens), offsetof(struct contest, closes),
                             offsetof(struct contest, objections_until)};
    for (size_t i = 0; i < COUNT(places); i++) {
        c = f.c;
        uint64_t early = *bounds[i] - HOUR / 2;
        memcpy((char *)&c + places[i], &early, sizeof early);
        CHECK(contest_call(w, f.a, &c) == ARTICLE_ELECTION_TIMES, "time %zu comes too early", i);
    }
    c = f.c;
    c.objections_until += 2 * DAY;
    CHECK(contest_call(w, f.a, &c) == ARTICLE_ELECTION_DUE, "a far date does not block the body");
    c = f.c;
    c.rule = "coin";
    CHECK(contest_call(w, f.a, &c) == ARTICLE_COUNT && w->code == CODE_MALFORMED, "no such rule");
    c.rule = "dhondt"; /* gives seats to lists, perhaps several to one number */
    CHECK(contest_call(w, f.a, &c) == ARTICLE_COUNT && w->code == CODE_MALFORMED,
          "no rule for elections");
    c = f.c;
    c.mode = "attested", c.keyed = true, c.rule = "scottish-stv";
    CHECK(contest_call(w, f.a, &c) == ARTICLE_BALLOT_FORM, "a show of hands has no preferences");
    c = f.c;
    CHECK(contest_call(w, f.a, &c) == ARTICLE_NONE, "called: %s", w->fail.message);
    CHECK(contest_call(w, f.a, &c) == ARTICLE_ELECTION_PHASE, "one election at a time");
    CHECK(state_freeze(&w->state, 0)->used == 1 && w->state.cell.count == 2,
          "two cells on this freeze");
    world_done(w);
}

static void test_told(void)
{
    struct fixture f;
    fixture_init(&f, "told");
    CHECK(contest_freeze(&f.w, 0, &f.c) == ARTICLE_NONE, "freeze");
    const char *text = contest_text(&f.w, &f.c);
    char *copy = strdup(text), *offset = strstr(copy, "+00:00");
    CHECK(offset != NULL, "there is an offset");
    if (offset) memcpy(offset, "+02:00", 6);
    CHECK(world_act(&f.w, f.a, "election.call", "%s", copy) == ARTICLE_COUNT &&
              f.w.code == CODE_MALFORMED,
          "people were told another time");
    CHECK(world_act(&f.w, f.a, "election.call", "%s", text) == ARTICLE_NONE, "the same instant: %s",
          f.w.fail.message);
    free(copy);
    world_done(&f.w);
}

static void test_candidates(void)
{
    struct fixture f;
    fixture_init(&f, "candidates");
    struct world *w = &f.w;
    fixture_call(&f, "plurality");
    struct contest *c = &f.c;
    size_t a = f.a, b = f.b;
    struct contest unknown = *c;
    unknown.id = f.council;
    CHECK(contest_nominate(w, &unknown, a, 1, a) == ARTICLE_ELECTION_KNOWN, "no such election");
    CHECK(contest_nominate(w, c, a, 3, a) == ARTICLE_ELECTION_KNOWN, "no such cell");
    CHECK(contest_nominate(w, c, b, 1, a) == ARTICLE_ELECTOR, "an elector of another cell");
    CHECK(contest_nominate(w, c, a, 1, b) == ARTICLE_CANDIDATE, "delegates come from the unit");
    CHECK(contest_nominate(w, c, a, 1, a) == ARTICLE_NONE, "oneself");
    CHECK(contest_nominate(w, c, a + 1, 1, a) == ARTICLE_CANDIDATE, "named once");
    CHECK(contest_nominate(w, c, a, 1, a + 1) == ARTICLE_NONE, "another");
    CHECK(contest_nominate(w, c, a, 1, a + 2) == ARTICLE_NONE, "a third, who stays silent");
    CHECK(contest_act(w, c, a + 3, 1, "election.consent") == ARTICLE_CANDIDATE,
          "nobody named this one");
    CHECK(contest_act(w, c, a, 1, "election.consent") == ARTICLE_ONCE, "naming oneself is consent");
    CHECK(contest_act(w, c, a + 1, 1, "election.consent") == ARTICLE_NONE, "consent in person");
    CHECK(contest_act(w, c, a + 3, 1, "election.withdraw") == ARTICLE_CANDIDATE,
          "nothing to withdraw");
    char statement[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    CHECK(world_act(w, a + 3, "election.statement",
                    "{\"cell\":1,\"election\":\"%s\",\"statement\":\"%s\"}", c->id,
                    statement) == ARTICLE_CANDIDATE,
          "a statement of nobody");
    CHECK(world_act(w, a + 1, "election.statement",
                    "{\"cell\":1,\"election\":\"%s\",\"statement\":\"%s\"}", c->id,
                    statement) == ARTICLE_NONE,
          "a statement");
    CHECK(contest_vote(w, c, a, 1, "1") == ARTICLE_ELECTION_PHASE, "not open yet");
    contest_until(w, c->nominate_until);
    CHECK(contest_nominate(w, c, a, 1, a + 3) == ARTICLE_ELECTION_PHASE, "nominations are over");
    CHECK(contest_act(w, c, a + 2, 1, "election.consent") == ARTICLE_ELECTION_PHASE,
          "too late to consent");
    CHECK(contest_act(w, c, a + 1, 1, "election.withdraw") == ARTICLE_ELECTION_PHASE,
          "the ballot is open");
    CHECK(contest_cell(w, c, 1)->candidate_count == 2, "two stand, the silent one does not");
    CHECK(contest_cell(w, c, 1)->unopposed, "as many as seats: elected without a ballot");
    CHECK(contest_cell(w, c, 2)->state == CELL_EMPTY, "nobody stands in the other cell");
    world_done(w);
}

static void test_ballots(void)
{
    struct fixture f;
    fixture_init(&f, "ballots");
    struct world *w = &f.w;
    fixture_call(&f, "plurality");
    struct contest *c = &f.c;
    size_t a = f.a;
    for (size_t i = 0; i < 4; i++)
        CHECK(contest_nominate(w, c, a + i, 1, a + i) == ARTICLE_NONE, "stands");
    size_t late = world_join(w, f.unit[0], 1);
    contest_until(w, c->opens);
    CHECK(contest_vote(w, c, late, 1, "1") == ARTICLE_ELECTOR, "joined after the freeze");
    CHECK(contest_vote(w, c, f.b, 1, "1") == ARTICLE_ELECTOR, "another unit");
    CHECK(contest_vote(w, c, a, 1, "5") == ARTICLE_BALLOT_FORM, "no fifth candidate");
    CHECK(contest_vote(w, c, a, 1, "1,2") == ARTICLE_BALLOT_FORM, "one vote each");
    CHECK(contest_vote(w, c, a, 1, "0") == ARTICLE_COUNT, "numbers begin at 1");
    CHECK(contest_vote(w, c, a, 1, "1") == ARTICLE_NONE, "a vote");
    CHECK(contest_vote(w, c, a, 1, "2") == ARTICLE_NONE, "changed");
    CHECK(contest_vote(w, c, a + 1, 1, "2") == ARTICLE_NONE, "a vote");
    CHECK(contest_vote(w, c, a + 2, 1, "3") == ARTICLE_NONE, "a vote");
    CHECK(contest_vote(w, c, a + 3, 1, "") == ARTICLE_NONE, "for nobody");
    const struct cell_row *cell = contest_cell(w, c, 1);
    CHECK(cell->ballots_cast == 4 && w->state.ballot.count == 4,
          "one ballot in force for each elector");
    CHECK(world_act(w, a, "election.declare", "{\"cell\":1,\"digest\":\"%s\",\"election\":\"%s\"}",
                    c->id, c->id) == ARTICLE_ELECTION_PHASE,
          "nothing to declare yet");
    contest_until(w, c->closes);
    CHECK(contest_vote(w, c, a + 4, 1, "1") == ARTICLE_ELECTION_PHASE, "closed");
    cell = contest_cell(w, c, 1);
    CHECK(cell->state == CELL_PROVISIONAL && cell->winner_count == 2 && cell->valid_votes == 3,
          "a provisional result");
    CHECK(state_candidate(&w->state, state_winner(&w->state, cell->first_winner)->candidate_row)
                  ->number == 2,
          "two votes, the changed one counted as changed");
    CHECK(!contest_seated(w, f.council, a + 1), "nobody sits before the objections are over");
    CHECK(world_act(w, a, "election.declare", "{\"cell\":1,\"digest\":\"%s\",\"election\":\"%s\"}",
                    c->id, c->id) == ARTICLE_RESULT_DERIVED,
          "a typed result");
    CHECK(world_act(w, a, "election.declare", "{\"cell\":1,\"digest\":\"%s\",\"election\":\"%s\"}",
                    contest_digest(w, c, 1), c->id) == ARTICLE_NONE,
          "the derived result");
    CHECK(world_act(w, a, "election.declare", "{\"cell\":1,\"digest\":\"%s\",\"election\":\"%s\"}",
                    contest_digest(w, c, 1), c->id) == ARTICLE_ONCE,
          "once");
    contest_until(w, c->objections_until - 1);
    CHECK(!contest_seated(w, f.council, a + 1), "provisional to the last second");
    contest_until(w, c->objections_until);
    CHECK(contest_seated(w, f.council, a + 1) && contest_seated(w, f.council, a + 2), "seated");
    CHECK(state_election(&w->state, contest_row(w, c))->state == ELECTION_DONE, "done");
    world_done(w);
}

/* The sheet is derived again from the state at any later time, and does not change when people
 * leave. */
static void test_sheet(void)
{
    struct fixture f;
    fixture_init(&f, "sheet");
    struct world *w = &f.w;
    fixture_call(&f, "approval");
    for (size_t i = 0; i < 4; i++)
        CHECK(contest_nominate(w, &f.c, f.a + i, 1, f.a + i) == ARTICLE_NONE, "stands");
    contest_until(w, f.c.opens);
    CHECK(contest_vote(w, &f.c, f.a, 1, "3,1") == ARTICLE_NONE &&
              contest_vote(w, &f.c, f.a + 1, 1, "3") == ARTICLE_NONE &&
              contest_vote(w, &f.c, f.a + 2, 1, "3,1,2") == ARTICLE_NONE,
          "votes");
    CHECK(contest_vote(w, &f.c, f.a + 3, 1, "2,2") == ARTICLE_BALLOT_FORM, "named twice");
    contest_until(w, f.c.objections_until);
    CHECK(world_act(w, f.a + 2, "roll.resign", "{}") == ARTICLE_NONE, "an elected member leaves");
    struct arena arena;
    arena_init(&arena, alloc_libc, 1 << 20);
    struct buf sheet;
    buf_init(&sheet, alloc_libc, 1 << 20);
    uint32_t cell_row = election_cell(&w->state, contest_row(w, &f.c), 1);
    CHECK(result_sheet(&w->state, cell_row, &arena, &sheet) == CODE_OK, "a sheet");
    hash32 digest = sha256_of(buf_str(&sheet));
    CHECK(hash32_eq(&digest, &state_cell(&w->state, cell_row)->sheet), "the sheet stands: %.*s",
          STR_ARG(buf_str(&sheet)));
    const struct json *object;
    struct fail fail;
    CHECK(json_parse(buf_str(&sheet), 1 << 20, &arena, &object, &fail) == CODE_OK, "canonical: %s",
          fail.message);
    CHECK(contest_seated(w, f.council, f.a) && contest_seated(w, f.council, f.a + 1) &&
              !contest_seated(w, f.council, f.a + 2),
          "the first of the reserve took the seat");
    buf_done(&sheet);
    arena_done(&arena);
    world_done(w);
}

static void test_resignation_and_credentials(void)
{
    struct fixture f;
    fixture_init(&f, "seats");
    struct world *w = &f.w;
    fixture_call(&f, "plurality");
    struct contest *c = &f.c;
    for (size_t i = 0; i < 4; i++)
        CHECK(contest_nominate(w, c, f.a + i, 1, f.a + i) == ARTICLE_NONE, "stands");
    for (size_t i = 0; i < 2; i++)
        CHECK(contest_nominate(w, c, f.b + i, 2, f.b + i) == ARTICLE_NONE, "stands");
    contest_until(w, c->opens);
    const char *votes[] = {"1", "1", "2", "3", "2"};
    for (size_t i = 0; i < 5; i++)
        CHECK(contest_vote(w, c, f.a + i, 1, votes[i]) == ARTICLE_NONE, "votes");
    CHECK(contest_vote(w, c, f.b, 2, "1") == ARTICLE_ELECTION_PHASE, "unopposed: no ballot");
    contest_until(w, c->objections_until);
    CHECK(world_act(w, f.a + 3, "seat.resign", "{\"body\":\"%s\"}", f.council) == ARTICLE_SEAT,
          "holds none");
    CHECK(world_act(w, f.a, "seat.resign", "{\"body\":\"%s\"}", f.council) == ARTICLE_NONE,
          "resigns");
    CHECK(!contest_seated(w, f.council, f.a) && contest_seated(w, f.council, f.a + 2),
          "the reserve follows");
    CHECK(world_act(w, f.a + 1, "seat.resign", "{\"body\":\"%s\"}", f.council) == ARTICLE_NONE,
          "resigns too");
    CHECK(!contest_seated(w, f.council, f.a + 3),
          "no votes, no reserve; and nobody comes back who resigned");
    struct arena arena;
    arena_init(&arena, alloc_libc, 1 << 20);
    struct credentials report;
    hash32 body = contest_id(f.council);
    CHECK(credentials_of(&w->state, state_body_by_id(&w->state, &body), &arena, &report) == CODE_OK,
          "report");
    CHECK(report.seats == 4 && report.held == 3 && report.entitled == 9 && report.contested == 0 &&
              report.unopposed == 1,
          "%u seats, %u held, %u entitled", report.seats, report.held, report.entitled);
    CHECK(report.constituency[0].held == 1 && report.constituency[0].seat[0].by_reserve &&
              report.constituency[0].evidence == MODE_OPEN && report.constituency[0].electors == 5,
          "first constituency");
    CHECK(report.constituency[0].seat[0].election_row == contest_row(w, c),
          "every seat traces to its election");
    struct buf text;
    buf_init(&text, alloc_libc, 1 << 20);
    credentials_json(&w->state, &report, &text);
    const struct json *object;
    struct fail fail = {0};
    CHECK(buf_check(&text) == CODE_OK &&
              json_parse(buf_str(&text), 1 << 20, &arena, &object, &fail) == CODE_OK,
          "canonical: %s %.*s", fail.message, STR_ARG(buf_str(&text)));
    buf_done(&text);
    /* A vacancy without reserve: any elector calls, for that constituency alone, to end before the
     * body is due. */
    struct contest by = contest_plan(w, f.council, "open", "plurality");
    CHECK(contest_freeze(w, 0, &by) == ARTICLE_NONE, "freeze");
    by.cells = ",\"cells\":[2]";
    CHECK(contest_call(w, f.a, &by) == ARTICLE_ELECTION_CALL, "no vacancy there");
    by.cells = ",\"cells\":[1]";
    CHECK(contest_call(w, f.a, &by) == ARTICLE_NONE, "called: %s", w->fail.message);
    CHECK(contest_cell(w, &by, 1)->seats == 1, "for the vacant seat");
    CHECK(contest_nominate(w, &by, f.a + 4, 1, f.a + 4) == ARTICLE_NONE, "stands");
    contest_until(w, by.objections_until);
    CHECK(contest_seated(w, f.council, f.a + 4) && contest_seated(w, f.council, f.a + 2),
          "filled, the other sits on");
    uint32_t row =
        state_seat_of(&w->state, contest_member(w, f.a + 4), state_body_by_id(&w->state, &body));
    CHECK(state_seat(&w->state, row)->until == state_body(&w->state, 0)->term_ends,
          "for the rest of the term");
    arena_done(&arena);
    world_done(w);
}

static void test_countback(void)
{
    struct fixture f;
    fixture_init(&f, "countback");
    struct world *w = &f.w;
    fixture_call(&f, "scottish-stv");
    struct contest *c = &f.c;
    for (size_t i = 0; i < 4; i++)
        CHECK(contest_nominate(w, c, f.a + i, 1, f.a + i) == ARTICLE_NONE, "stands");
    contest_until(w, c->opens);
    const char *votes[] = {"1,4", "1,4", "1,4", "2,3", "2,3"};
    for (size_t i = 0; i < 5; i++)
        CHECK(contest_vote(w, c, f.a + i, 1, votes[i]) == ARTICLE_NONE, "votes");
    contest_until(w, c->objections_until);
    CHECK(contest_seated(w, f.council, f.a) && contest_seated(w, f.council, f.a + 1),
          "1 and 2 are elected");
    CHECK(world_act(w, f.a + 1, "seat.resign", "{\"body\":\"%s\"}", f.council) == ARTICLE_NONE,
          "resigns");
    CHECK(contest_seated(w, f.council, f.a + 2) && !contest_seated(w, f.council, f.a + 3),
          "the voters of 2 chose 3");
    CHECK(world_act(w, f.a, "roll.resign", "{}") == ARTICLE_NONE, "1 leaves the organisation");
    CHECK(contest_seated(w, f.council, f.a + 3), "the voters of 1 chose 4");
    CHECK(w->state.vacancy.count == 2, "both vacancies are kept");
    world_done(w);
}

/* The whole cycle without anybody: the clock freezes, calls, opens, closes, ends terms. */
static void test_clock(void)
{
    struct fixture f;
    fixture_init(&f, "clock");
    struct world *w = &f.w;
    fixture_call(&f, "plurality");
    for (size_t i = 0; i < 2; i++)
        CHECK(contest_nominate(w, &f.c, f.a + i, 1, f.a + i) == ARTICLE_NONE, "stands");
    contest_until(w, f.c.objections_until);
    hash32 id = contest_id(f.council);
    uint32_t body_row = state_body_by_id(&w->state, &id);
    const struct body_row *body = state_body(&w->state, body_row);
    CHECK(body->term_ends == f.c.objections_until + 2592000, "a term of thirty days");
    CHECK(body->due == body->term_ends - DAY, "due a day before its end");
    struct contest early = contest_plan(w, f.council, "open", "plurality");
    CHECK(contest_freeze(w, 0, &early) == ARTICLE_NONE, "freeze");
    early.objections_until = body->term_ends + 1;
    CHECK(contest_call(w, f.a, &early) == ARTICLE_ELECTION_DUE, "nobody outlasts the term");
    contest_until(w, body->due);
    body = state_body(&w->state, body_row);
    CHECK(body->election_row != ROW_NONE, "the clock called");
    const struct election_row *election = state_election(&w->state, body->election_row);
    CHECK(election->by_clock && election->caller_row == ROW_NONE && election->called == body->due,
          "on the day");
    struct contest c = {.body = f.council, .id = world_hex(w, election->id.bytes, 32)};
    c.opens = election->opens, c.closes = election->closes,
    c.objections_until = election->objections_until;
    CHECK(contest_nominate(w, &c, f.a + 2, 1, f.a + 2) == ARTICLE_NONE, "stands");
    contest_until(w, c.objections_until);
    CHECK(contest_seated(w, f.council, f.a + 2) && !contest_seated(w, f.council, f.a),
          "the old ones are succeeded");
    body = state_body(&w->state, body_row);
    uint64_t ends = body->term_ends;
    contest_until(w, ends);
    CHECK(!contest_seated(w, f.council, f.a + 2),
          "the term is over and nobody stood: the seat is vacant");
    world_later(w, 90 * DAY);
    CHECK(w->state.election.count >= 4 && w->state.election.count < 120,
          "the clock goes on calling: %u", w->state.election.count);
    world_done(w);
}

/* Those who hold seats of the council elect its executive from among them, and offices from all
 * members. */
static void test_elected_by_council(void)
{
    struct fixture f;
    fixture_init(&f, "executive");
    struct world *w = &f.w;
    fixture_call(&f, "plurality");
    for (size_t i = 0; i < 2; i++) {
        CHECK(contest_nominate(w, &f.c, f.a + i, 1, f.a + i) == ARTICLE_NONE, "stands");
        CHECK(contest_nominate(w, &f.c, f.b + i, 2, f.b + i) == ARTICLE_NONE, "stands");
    }
    contest_until(w, f.c.objections_until);
    CHECK(world_act(w, 0, "council.found",
                    "{\"constituencies\":[\"%s\"],\"kind\":\"executive\",\"name\":\"Executive\","
                    "\"seats_each\":2,"
                    "\"term\":2592000}",
                    f.council) == ARTICLE_NONE,
          "an executive");
    const char *executive = world_hex(w, w->last_id.bytes, 32);
    const char *office = contest_office(w, world_text(w, "\"%s\"", f.council), "appeals", 2);
    struct contest c = contest_plan(w, executive, "open", "scottish-stv");
    CHECK(contest_freeze(w, 0, &c) == ARTICLE_NONE && contest_call(w, f.a, &c) == ARTICLE_NONE,
          "called by a delegate");
    CHECK(contest_nominate(w, &c, f.a, 1, f.a + 2) == ARTICLE_CANDIDATE, "no delegate");
    CHECK(contest_nominate(w, &c, f.a + 2, 1, f.a) == ARTICLE_ELECTOR, "no delegate elects");
    const size_t delegates[] = {f.a, f.a + 1, f.b, f.b + 1};
    for (size_t i = 0; i < 3; i++)
        CHECK(contest_nominate(w, &c, delegates[i], 1, delegates[i]) == ARTICLE_NONE, "stands");
    contest_until(w, c.opens);
    const char *votes[] = {"1,2", "1,3", "2", "2,1"};
    for (size_t i = 0; i < 4; i++)
        CHECK(contest_vote(w, &c, delegates[i], 1, votes[i]) == ARTICLE_NONE, "votes");
    contest_until(w, c.objections_until);
    CHECK(contest_seated(w, executive, f.a) && contest_seated(w, executive, f.a + 1), "elected");
    struct contest appeals = contest_plan(w, office, "open", "plurality");
    CHECK(contest_freeze(w, 0, &appeals) == ARTICLE_NONE &&
              contest_call(w, f.b, &appeals) == ARTICLE_NONE,
          "called");
    CHECK(contest_nominate(w, &appeals, f.b, 1, f.a) == ARTICLE_INCOMPATIBLE,
          "nobody judges the own acts");
    CHECK(contest_nominate(w, &appeals, f.b, 1, f.b + 3) == ARTICLE_NONE,
          "any member may be named");
    CHECK(contest_act(w, &appeals, f.b + 3, 1, "election.consent") == ARTICLE_NONE, "consents");
    contest_until(w, appeals.objections_until);
    CHECK(contest_seated(w, office, f.b + 3), "seated");
    world_done(w);
}

/* Only electors shorten a term: as many as the bylaws say. */
static void test_demand(void)
{
    struct world w;
    world_init(&w, "demand");
    world_found(&w, "{\"ballot_seconds\":3600,\"call_electors\":3,\"call_lead_seconds\":86400,"
                    "\"keying_seconds\":3600,"
                    "\"nominate_seconds\":3600,\"objection_seconds\":3600,\"prepare_seconds\":0,"
                    "\"term_seconds\":2592000}");
    const char *unit = world_unit(&w, "Yard");
    size_t a = world_join(&w, unit, 5);
    const char *council = contest_council(&w, world_text(&w, "\"%s\"", unit), 1);
    contest_seat(&w, council, &a, 1);
    struct contest c = contest_plan(&w, council, "open", "plurality");
    CHECK(contest_freeze(&w, 0, &c) == ARTICLE_NONE, "freeze");
    CHECK(contest_call(&w, a + 1, &c) == ARTICLE_ELECTION_CALL, "one elector alone, term running");
    CHECK(world_act(&w, 0, "election.demand", "{\"body\":\"%s\"}", council) ==
              ARTICLE_ELECTION_CALL,
          "no elector");
    CHECK(world_act(&w, a + 2, "election.demand", "{\"body\":\"%s\"}", council) == ARTICLE_NONE,
          "demands");
    CHECK(world_act(&w, a + 2, "election.demand", "{\"body\":\"%s\"}", council) == ARTICLE_ONCE,
          "once");
    CHECK(contest_call(&w, a + 1, &c) == ARTICLE_ELECTION_CALL, "two are not three");
    CHECK(world_act(&w, a + 3, "election.demand", "{\"body\":\"%s\"}", council) == ARTICLE_NONE,
          "demands");
    c = contest_plan(&w, council, "open", "plurality");
    CHECK(contest_freeze(&w, 0, &c) == ARTICLE_NONE, "freeze");
    CHECK(contest_call(&w, a + 1, &c) == ARTICLE_NONE, "three with the caller: %s", w.fail.message);
    world_done(&w);
}

int main(void)
{
    test_call();
    test_told();
    test_candidates();
    test_ballots();
    test_sheet();
    test_resignation_and_credentials();
    test_countback();
    test_clock();
    test_demand();
    test_elected_by_council();
    return check_done();
}
