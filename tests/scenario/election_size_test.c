/* Elections of the size they are built for: one cell of 200,000 electors, and a congress of 1,200
 * delegates that elects 110 of 160 by transferable vote. No signatures: kinds are decoded, decided
 * and applied as the fold does. */
#include "check.h"
#include "core/institutions/council.h"
#include "core/institutions/election.h"
#include "core/institutions/roll.h"
#include "core/step.h"

#include "core/count/count.h"

#include <stdio.h>
#include <string.h>

struct big {
    struct state state;
    struct arena arena;
    struct stream stream;
    uint64_t at;
    uint32_t next; /* makes ids */
};

static hash32 id_of(struct big *b)
{
    hash32 id;
    b->next++;
    stream_bytes(&b->stream, id.bytes, sizeof id);
    return id;
}

static void text_id(const hash32 *id, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        ret[2 * i] = digits[id->bytes[i] >> 4];
        ret[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    ret[64] = 0;
}

/* One act without its envelope. */
static enum article act(struct big *b, const char *kind, uint32_t by_row, const char *body)
{
    struct fail fail = {0};
    arena_clear(&b->arena);
    struct step step = {.arena = &b->arena,
                        .kind = step_kind(str_from(kind)),
                        .by_row = by_row,
                        .at = (unix_s)b->at,
                        .via_row = {ROW_NONE, ROW_NONE},
                        .index = b->next};
    step.act.id = id_of(b);
    enum code code = json_parse(str_from(body), JSON_LINE_MAX, &b->arena, &step.act.body, &fail);
    if (code == CODE_OK) code = step.kind->decode(&step, &fail);
    enum article article = code == CODE_OK ? step.kind->decide(&b->state, &step) : ARTICLE_COUNT;
    if (article == ARTICLE_NONE) code = step.kind->apply(&b->state, &step);
    if (code != CODE_OK) (void)CHECK(false, "%s: %s %s", kind, code_name(code), fail.message);
    return article;
}

static void later(struct big *b, uint64_t at)
{
    b->at = at;
    arena_clear(&b->arena);
    CHECK(step_deadlines(&b->state, (unix_s)at, NULL, &b->arena) == CODE_OK, "deadlines");
}

/* A unit of `members`, a body with `seats` for it, frozen and called by the founder: row of the
 * election. */
static uint32_t begin(struct big *b, const char *seed, uint32_t members, uint32_t seats,
                      const char *rule)
{
    memset(b, 0, sizeof *b);
    stream_init(&b->stream, str_from(seed));
    CHECK(state_init(&b->state, alloc_libc) == CODE_OK && state_add_key(&b->state),
          "state, and a key that signs for all");
    arena_init(&b->arena, alloc_libc, (size_t)512 << 20);
    b->at = 1790000000;
    struct state *s = &b->state;
    s->bylaws = (struct bylaws){.nominate_time = 3600,
                                .ballot_time = 3600,
                                .key_time = 3600,
                                .objection_time = 3600,
                                .term = 30 * 86400,
                                .call_lead = 86400,
                                .call_electors = 1,
                                .removes_max = 2,
                                .open_allowed = 1,
                                .unopposed = 1,
                                .rule = COUNT_PLURALITY};
    s->org.founded = b->at;
    s->org.rules = 1;
    struct roll_entrant founder = {.unit_row = ROW_NONE, .weight = 1, .at = (unix_s)b->at};
    stream_bytes(&b->stream, founder.mid.bytes, sizeof founder.mid);
    uint32_t row;
    CHECK(roll_admit(s, &founder, &row) == CODE_OK, "founder");
    s->org.founder_row = row;
    CHECK(act(b, "unit.found", row, "{\"kind\":\"congress\",\"name\":\"All\"}") == ARTICLE_NONE,
          "unit");
    for (uint32_t i = 0; i < members; i++) {
        struct roll_entrant member = {.unit_row = 0, .weight = 1, .at = (unix_s)b->at};
        stream_bytes(&b->stream, member.mid.bytes, sizeof member.mid);
        if (roll_admit(s, &member, &row) != CODE_OK) (void)CHECK(false, "admitted");
    }
    char unit[65], body[65], freeze[65], text[1024];
    text_id(&state_unit(s, 0)->id, unit);
    (void)snprintf(
        text, sizeof text,
        "{\"constituencies\":[\"%s\"],\"kind\":\"council\",\"name\":\"C\",\"seats_each\":%u,"
        "\"term\":2592000}",
        unit, seats);
    CHECK(act(b, "council.found", 0, text) == ARTICLE_NONE, "council");
    text_id(&state_body(s, 0)->id, body);
    (void)snprintf(text, sizeof text, "{\"body\":\"%s\"}", body);
    CHECK(act(b, "roll.freeze", 0, text) == ARTICLE_NONE, "freeze");
    text_id(&state_freeze(s, 0)->id, freeze);
    for (uint32_t i = 0; i < s->elector.count; i++) state_elector(s, i)->channel = CHANNEL_OPEN;
    (void)snprintf(text, sizeof text,
                   "{\"body\":\"%s\",\"freeze\":\"%s\",\"mode\":\"open\",\"rule\":\"%s\",\"times\":"
                   "{\"closes\":1790007200,"
                   "\"nominate_until\":1790003600,\"objections_until\":1790010800,\"opens\":"
                   "1790003600,\"told\":{\"date\":"
                   "\"2026-09-21T16:13:20\",\"offset\":\"+00:00\",\"zone\":\"UTC\"}}}",
                   body, freeze, rule);
    CHECK(act(b, "election.call", 0, text) == ARTICLE_NONE, "called");
    return s->election.count - 1;
}

static void stand(struct big *b, uint32_t member_row)
{
    char election[65], text[256], mid[33];
    text_id(&state_election(&b->state, 0)->id, election);
    const uint8_t *bytes = state_member(&b->state, member_row)->mid.bytes;
    for (size_t i = 0; i < 16; i++) (void)snprintf(mid + 2 * i, 3, "%02x", bytes[i]);
    (void)snprintf(text, sizeof text, "{\"cell\":1,\"election\":\"%s\",\"member\":\"%s\"}",
                   election, mid);
    CHECK(act(b, "election.nominate", member_row, text) == ARTICLE_NONE, "stands");
}

static void test_one_large_cell(void)
{
    enum { MEMBERS = 200000, CANDIDATES = 5 };
    struct big b;
    uint32_t election_row = begin(&b, "large", MEMBERS, 3, "plurality");
    for (uint32_t i = 1; i <= CANDIDATES; i++) stand(&b, i);
    later(&b, 1790003600);
    char election[65], text[256];
    text_id(&state_election(&b.state, election_row)->id, election);
    uint64_t votes[CANDIDATES + 1] = {0}, refused = 0;
    for (uint32_t i = 1; i <= MEMBERS; i++) {
        uint32_t choice =
            1 + (uint32_t)stream_below(&b.stream, 3) + (uint32_t)stream_below(&b.stream, 3);
        (void)snprintf(text, sizeof text, "{\"cell\":1,\"election\":\"%s\",\"ranks\":[%u]}",
                       election, choice);
        refused += act(&b, "ballot.open", i, text) != ARTICLE_NONE;
        votes[choice]++;
    }
    CHECK(refused == 0 && state_cell(&b.state, 0)->ballots_cast == MEMBERS, "everybody voted");
    later(&b, 1790007200);
    const struct cell_row *cell = state_cell(&b.state, 0);
    CHECK(cell->state == CELL_PROVISIONAL && cell->valid_votes == MEMBERS &&
              cell->winner_count == CANDIDATES,
          "counted");
    for (uint32_t i = 0; i + 1 < cell->winner_count; i++) {
        uint32_t row = state_winner(&b.state, cell->first_winner + i)->candidate_row, next = row;
        next = state_winner(&b.state, cell->first_winner + i + 1)->candidate_row;
        CHECK(votes[state_candidate(&b.state, row)->number] >=
                  votes[state_candidate(&b.state, next)->number],
              "in order");
    }
    state_done(&b.state);
    arena_done(&b.arena);
}

static void test_congress(void)
{
    enum { DELEGATES = 1200, CANDIDATES = 160, SEATS = 110 };
    struct big b;
    uint32_t election_row = begin(&b, "congress", DELEGATES, SEATS, "scottish-stv");
    for (uint32_t i = 1; i <= CANDIDATES; i++) stand(&b, i);
    later(&b, 1790003600);
    char election[65], text[2048];
    uint32_t refused = 0;
    text_id(&state_election(&b.state, election_row)->id, election);
    for (uint32_t i = 1; i <= DELEGATES; i++) {
        uint32_t order[CANDIDATES];
        for (uint32_t k = 0; k < CANDIDATES; k++) order[k] = k + 1;
        size_t len = (size_t)snprintf(text, sizeof text,
                                      "{\"cell\":1,\"election\":\"%s\",\"ranks\":[", election);
        for (uint32_t k = 0; k < CANDIDATES; k++) {
            uint32_t from = k + (uint32_t)stream_below(&b.stream, CANDIDATES - k),
                     chosen = order[from];
            order[from] = order[k];
            order[k] = chosen;
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", k ? "," : "", chosen);
        }
        (void)snprintf(text + len, sizeof text - len, "]}");
        refused += act(&b, "ballot.open", i, text) != ARTICLE_NONE;
    }
    CHECK(refused == 0, "every delegate ranks everybody");
    later(&b, 1790007200);
    CHECK(state_cell(&b.state, 0)->winner_count == SEATS, "%u elected",
          state_cell(&b.state, 0)->winner_count);
    later(&b, 1790010800);
    CHECK(b.state.seat.count == SEATS && state_seat(&b.state, SEATS - 1)->number == SEATS,
          "seats are numbered");
    char body[65];
    text_id(&state_body(&b.state, 0)->id, body);
    (void)snprintf(text, sizeof text, "{\"body\":\"%s\"}", body);
    uint32_t leaver = state_seat(&b.state, 7)->member_row;
    b.at++;
    CHECK(act(&b, "seat.resign", leaver, text) == ARTICLE_NONE, "one leaves");
    CHECK(b.state.seat.count == SEATS + 1 && state_seat(&b.state, SEATS)->number == 8,
          "countback gives the same seat");
    state_done(&b.state);
    arena_done(&b.arena);
}

int main(void)
{
    test_one_large_cell();
    test_congress();
    return check_done();
}
