#include "branch.h"

#include "base/text.h"
#include "core/institutions/unit.h"
#include "core/record/commit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t branch_member(const struct world *w, size_t who)
{
    return state_member_by_mid(&w->state, &w->member[who].mid);
}

static hash32 hash_of(const char *hex)
{
    hash32 hash;
    if (!hex_decode(str_from(hex), hash.bytes, sizeof hash)) abort();
    return hash;
}

uint32_t branch_unit(const struct world *w, const char *id)
{
    hash32 hash = hash_of(id);
    return state_unit_by_id(&w->state, &hash);
}

uint32_t branch_body(const struct world *w, const char *id)
{
    hash32 hash = hash_of(id);
    return state_body_by_id(&w->state, &hash);
}

const char *branch_mid(struct world *w, size_t who)
{
    return world_hex(w, w->member[who].mid.bytes, sizeof(mid16));
}

size_t branch_stranger(struct world *w)
{
    struct world_member *member = &w->member[w->member_count];
    uint8_t seed[32];
    stream_bytes(&w->stream, member->mid.bytes, sizeof member->mid);
    stream_bytes(&w->stream, member->device.bytes, sizeof member->device);
    stream_bytes(&w->stream, seed, sizeof seed);
    secret_key_from_seed(&member->key, seed);
    return w->member_count++;
}

bool branch_do(struct world *w, const struct trial *trial)
{
    enum article article = world_act(w, trial->who, trial->kind, "%s", trial->body);
    str name = article == ARTICLE_COUNT ? str_from(w->fail.message) : article_name(article);
    return CHECK(article == trial->expected, "%s: \"%.*s\"", trial->name, STR_ARG(name));
}

static const char *done(struct world *w, size_t who, const char *kind, const char *body)
{
    branch_do(w, &(struct trial){kind, who, kind, body, ARTICLE_NONE});
    return world_hex(w, w->last_id.bytes, sizeof w->last_id);
}

/* Decided, not applied. */
static enum article tried(struct world *w, const struct trial *trial)
{
    const struct world_member *member = &w->member[trial->who];
    struct compose compose = {.kind = str_from(trial->kind),
                              .body = str_from(trial->body),
                              .by = member->mid,
                              .at = w->now,
                              .key_count = 1,
                              .key = {{{KEY_DEVICE, member->mid, member->device}, &member->key}}};
    stream_bytes(&w->stream, compose.nonce.bytes, sizeof compose.nonce);
    buf_clear(&w->note);
    if (compose_act(&w->state, &compose, &w->note) != CODE_OK) abort();
    enum article article;
    w->fail = (struct fail){0};
    w->code = fold_try(&w->fold, buf_str(&w->note), w->now, &article, &w->fail);
    return w->code == CODE_OK ? article : ARTICLE_COUNT;
}

void branch_try(struct world *w, const struct trial *trials, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum article article = tried(w, &trials[i]);
        str name = article == ARTICLE_COUNT ? str_from(w->fail.message) : article_name(article);
        CHECK(article == trials[i].expected, "%s: \"%.*s\"", trials[i].name, STR_ARG(name));
        bool plain = article == ARTICLE_COUNT;
        CHECK(!plain || w->code == CODE_MALFORMED || w->code == CODE_NOT_YOURS, "%s: %s",
              trials[i].name, code_name(w->code));
    }
}

/* An election that is over, on which the seat rests. */
static uint32_t cell_of(struct state *s, uint32_t body_row, uint32_t constituency_row)
{
    struct election_row *election = state_add_election(s);
    if (!election) abort();
    *election = (struct election_row){.body_row = body_row,
                                      .freeze_row = ROW_NONE,
                                      .first_cell = s->cell.count,
                                      .cell_count = 1,
                                      .state = ELECTION_DONE};
    struct cell_row *cell = state_add_cell(s);
    if (!cell) abort();
    *cell = (struct cell_row){.election_row = s->election.count - 1,
                              .constituency_row = constituency_row,
                              .first_candidate = ROW_NONE,
                              .last_candidate = ROW_NONE,
                              .first_ballot = ROW_NONE,
                              .attest_row = ROW_NONE,
                              .state = CELL_EMPTY};
    return s->cell.count - 1;
}

uint32_t branch_seat(struct world *w, const char *body_id, uint32_t number, size_t who)
{
    struct state *s = &w->state;
    uint32_t body_row = branch_body(w, body_id);
    const struct body_row *body = state_body(s, body_row);
    uint32_t cell_row = cell_of(s, body_row, body->first_constituency + number);
    struct seat_row *seat = state_add_seat(s);
    if (!seat) abort();
    struct member_row *member = state_member(s, branch_member(w, who));
    *seat = (struct seat_row){.from = (uint64_t)w->now,
                              .until = (uint64_t)w->now + body->term,
                              .body_row = body_row,
                              .constituency_row = body->first_constituency + number,
                              .member_row = branch_member(w, who),
                              .cell_row = cell_row,
                              .next_of_member = member->first_seat,
                              .terms = 1};
    member->first_seat = s->seat.count - 1;
    return member->first_seat;
}

const char *branch_office(struct world *w, const char *unit_id, const char *role, unsigned seats)
{
    return done(
        w, 0, "office.found",
        world_text(
            w,
            "{\"constituencies\":[\"%s\"],\"name\":\"%ss\",\"role\":\"%s\",\"seats_each\":%u,"
            "\"term\":864000}",
            unit_id, role, role, seats));
}

const char *branch_council(struct world *w, const char *name, const char *const *unit_ids,
                           size_t count)
{
    const char *ids = "";
    for (size_t i = 0; i < count; i++)
        ids = world_text(w, "%s%s\"%s\"", ids, i ? "," : "", unit_ids[i]);
    return done(
        w, 0, "council.found",
        world_text(w,
                   "{\"constituencies\":[%s],\"kind\":\"council\",\"name\":\"%s\",\"seats_each\":1,"
                   "\"term\":864000}",
                   ids, name));
}

struct branch branch_make(struct world *w, const char *name, size_t members)
{
    struct branch branch = {.id = world_unit(w, name), .count = members};
    branch.row = branch_unit(w, branch.id);
    branch.first = world_join(w, branch.id, members);
    branch.office = branch_office(w, branch.id, "steward", BRANCH_STEWARDS);
    for (size_t i = 0; i < BRANCH_STEWARDS && i < members; i++) {
        branch.steward[i] = branch.first + i;
        (void)branch_seat(w, branch.office, 0, branch.first + i);
    }
    return branch;
}

const char *branch_count(struct world *w, const char *unit_id)
{
    uint32_t row = branch_unit(w, unit_id);
    hash32 digest = unit_digest(&w->state, row);
    return world_text(w, "{\"count\":%u,\"digest\":\"%s\",\"unit\":\"%s\"}",
                      state_unit(&w->state, row)->member_count,
                      world_hex(w, digest.bytes, sizeof digest), unit_id);
}

void branch_confirm(struct world *w, const struct branch *branch)
{
    for (int i = 0; i < 2; i++)
        (void)done(w, branch->steward[i], "unit.confirm", branch_count(w, branch->id));
    CHECK(state_unit(&w->state, branch->row)->confirmed, "confirmed");
}

const char *branch_list(struct world *w, const char *changes, ...)
{
    va_list args;
    char text[8192];
    va_start(args, changes);
    int len = vsnprintf(text, sizeof text, changes, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof text) abort();
    return world_blob(w, str_from(world_text(w, "{\"changes\":[%s]}", text)));
}

const char *branch_admit(struct world *w, size_t who)
{
    hash32 data = commit_of(w->member[who].mid.bytes, STR("a name"));
    char text[64];
    base64_encode(data.bytes, sizeof data, text);
    return world_text(w, "{\"data\":\"%s\",\"do\":\"admit\",\"mid\":\"%s\"}", text,
                      branch_mid(w, who));
}

static uint32_t check_unit_list(const struct state *s, uint32_t unit_row, const char *when)
{
    const struct unit_row *unit = state_unit(s, unit_row);
    uint32_t count = 0, before = ROW_NONE;
    for (uint32_t row = unit->first_member; row != ROW_NONE && count <= s->member.count; count++) {
        const struct member_row *member = state_member(s, row);
        CHECK(member->unit_row == unit_row && member->status == MEMBER_ACTIVE &&
                  member->prev_in_unit == before,
              "%s: member %u in the list of unit %u", when, row, unit_row);
        before = row;
        row = member->next_in_unit;
    }
    CHECK(unit->last_member == before, "%s: end of the list of unit %u", when, unit_row);
    CHECK(unit->member_count == count, "%s: unit %u counts %u, lists %u", when, unit_row,
          unit->member_count, count);
    return count;
}

static void check_children(const struct state *s, const char *when)
{
    uint32_t with_parent = 0, listed = 0;
    for (uint32_t row = 0; row < s->unit.count; row++) {
        uint32_t last = ROW_NONE;
        with_parent += state_unit(s, row)->parent_row != ROW_NONE;
        for (uint32_t c = state_unit(s, row)->first_child; c != ROW_NONE;
             c = state_unit(s, c)->next_sibling) {
            CHECK(state_unit(s, c)->parent_row == row, "%s: unit %u under %u", when, c, row);
            last = c;
            listed++;
        }
        CHECK(state_unit(s, row)->last_child == last, "%s: last unit under %u", when, row);
    }
    CHECK(listed == with_parent, "%s: %u units under others, %u listed", when, with_parent, listed);
}

void branch_check_lists(const struct state *s, const char *when)
{
    uint32_t listed = 0, belong = 0;
    for (uint32_t row = 0; row < s->unit.count; row++) listed += check_unit_list(s, row, when);
    for (uint32_t row = 0; row < s->member.count; row++)
        belong += state_is_active(s, row) && state_member(s, row)->unit_row != ROW_NONE;
    CHECK(listed == belong, "%s: %u members listed, %u belong to a unit", when, listed, belong);
    check_children(s, when);
}
