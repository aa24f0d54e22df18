#include "elections.h"

#include "base/civil.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void accepted(const struct world *w, enum article article, const char *what)
{
    str name = article == ARTICLE_COUNT ? str_from(w->fail.message) : article_name(article);
    (void)CHECK(article == ARTICLE_NONE, "%s: %.*s", what, STR_ARG(name));
}

static const char *last_id(struct world *w)
{
    return world_hex(w, w->last_id.bytes, sizeof w->last_id);
}

hash32 contest_id(const char *hex)
{
    hash32 id;
    if (!hex_decode(str_from(hex), id.bytes, sizeof id)) abort();
    return id;
}

const char *contest_council(struct world *w, const char *units, uint32_t seats_each)
{
    accepted(w,
             world_act(w, 0, "council.found",
                       "{\"constituencies\":[%s],\"kind\":\"council\",\"name\":\"Council "
                       "%zu\",\"seats_each\":%u,"
                       "\"term\":2592000}",
                       units, (size_t)w->state.body.count, seats_each),
             "council.found");
    return last_id(w);
}

const char *contest_office(struct world *w, const char *units, const char *role,
                           uint32_t seats_each)
{
    accepted(
        w,
        world_act(w, 0, "office.found",
                  "{\"constituencies\":[%s],\"name\":\"%s %zu\",\"role\":\"%s\",\"seats_each\":%u,"
                  "\"term\":2592000}",
                  units, role, (size_t)w->state.body.count, role, seats_each),
        "office.found");
    return last_id(w);
}

struct contest contest_plan(struct world *w, const char *body, const char *mode, const char *rule)
{
    struct contest c = {.body = body, .mode = mode, .rule = rule, .cells = ""};
    uint64_t at = (uint64_t)w->now + 60; /* an act takes a second: room for a few before the call */
    c.keyed = strcmp(mode, "open") != 0;
    c.nominate_until = at + HOUR;
    c.opens = c.nominate_until;
    c.closes = c.opens + HOUR;
    c.keyed_until = c.closes + (c.keyed ? HOUR : 0);
    c.objections_until = c.keyed_until + HOUR;
    return c;
}

enum article contest_freeze(struct world *w, size_t who, struct contest *c)
{
    enum article article = world_act(w, who, "roll.freeze", "{\"body\":\"%s\"}", c->body);
    if (article == ARTICLE_NONE) c->freeze = last_id(w);
    return article;
}

const char *contest_text(struct world *w, const struct contest *c)
{
    char closes[CIVIL_TIME_SIZE];
    civil_format((unix_s)c->closes, 0, closes);
    const char *keyed =
        c->keyed ? world_text(w, "\"keyed_until\":%llu,", (unsigned long long)c->keyed_until) : "";
    return world_text(w,
                      "{\"body\":\"%s\"%s,\"freeze\":\"%s\",\"mode\":\"%s\",\"rule\":\"%s\","
                      "\"times\":{\"closes\":%llu,%s"
                      "\"nominate_until\":%llu,\"objections_until\":%llu,\"opens\":%llu,\"told\":{"
                      "\"date\":\"%.19s\","
                      "\"offset\":\"+00:00\",\"zone\":\"UTC\"}}}",
                      c->body, c->cells, c->freeze, c->mode, c->rule, (unsigned long long)c->closes,
                      keyed, (unsigned long long)c->nominate_until,
                      (unsigned long long)c->objections_until, (unsigned long long)c->opens,
                      closes);
}

enum article contest_call(struct world *w, size_t who, struct contest *c)
{
    enum article article = world_act(w, who, "election.call", "%s", contest_text(w, c));
    if (article == ARTICLE_NONE) c->id = last_id(w);
    return article;
}

enum article contest_act(struct world *w, const struct contest *c, size_t who, uint32_t cell,
                         const char *kind)
{
    return world_act(w, who, kind, "{\"cell\":%u,\"election\":\"%s\"}", cell, c->id);
}

enum article contest_nominate(struct world *w, const struct contest *c, size_t who, uint32_t cell,
                              size_t whom)
{
    return world_act(w, who, "election.nominate",
                     "{\"cell\":%u,\"election\":\"%s\",\"member\":\"%s\"}", cell, c->id,
                     world_hex(w, w->member[whom].mid.bytes, 16));
}

enum article contest_vote(struct world *w, const struct contest *c, size_t who, uint32_t cell,
                          const char *ranks)
{
    return world_act(w, who, "ballot.open", "{\"cell\":%u,\"election\":\"%s\",\"ranks\":[%s]}",
                     cell, c->id, ranks);
}

void contest_until(struct world *w, uint64_t at)
{
    if ((uint64_t)w->now < at) world_later(w, at - (uint64_t)w->now);
}

void contest_seat(struct world *w, const char *body, const size_t *members, size_t count)
{
    struct contest c = contest_plan(w, body, "open", "plurality");
    accepted(w, contest_freeze(w, 0, &c), "roll.freeze");
    accepted(w, contest_call(w, 0, &c), "election.call");
    for (size_t i = 0; i < count; i++)
        accepted(w, contest_nominate(w, &c, members[i], 1, members[i]), "election.nominate");
    contest_until(w, c.objections_until);
    for (size_t i = 0; i < count; i++)
        (void)CHECK(contest_seated(w, body, members[i]), "member %zu is seated", members[i]);
}

uint32_t contest_row(const struct world *w, const struct contest *c)
{
    hash32 id = contest_id(c->id);
    return state_election_by_id(&w->state, &id);
}

const struct cell_row *contest_cell(const struct world *w, const struct contest *c, uint32_t cell)
{
    return state_cell(&w->state, election_cell(&w->state, contest_row(w, c), cell));
}

uint32_t contest_member(const struct world *w, size_t who)
{
    return state_member_by_mid(&w->state, &w->member[who].mid);
}

bool contest_seated(const struct world *w, const char *body, size_t who)
{
    hash32 id = contest_id(body);
    return state_seat_of(&w->state, contest_member(w, who), state_body_by_id(&w->state, &id)) !=
           ROW_NONE;
}

const char *contest_digest(struct world *w, const struct contest *c, uint32_t cell)
{
    return world_hex(w, contest_cell(w, c, cell)->sheet.bytes, sizeof(hash32));
}
