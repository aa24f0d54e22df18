/* demo_votes.c - the elections of the demonstration, and the confirmation of its founding. */
#include "cli/demo_play.h"

#include "core/institutions/council.h"
#include "core/institutions/unit.h"

enum {
    DAY = 86400,
    HOUR = 3600,
    YEAR = 365 * DAY,
    STEWARDS = 2,
    TELLERS = 3,
    TURNOUT_PERCENT = 86,
    LEANINGS = 8,
    RANKS = 20
};

#define STEPS(call)                                                                                \
    do {                                                                                           \
        int steps_status_ = (call);                                                                \
        if (steps_status_ != EXIT_STATUS_OK) return steps_status_;                                 \
    } while (0)

static const char *hex32(struct demo *d, const hash32 *id)
{
    return client_hex(&d->c, id->bytes, sizeof *id);
}

static int found_body(struct demo *d, const struct keyfile *who, const char *kind, const char *rest,
                      hash32 *ret)
{
    struct buf ids;
    buf_init(&ids, alloc_libc, JSON_LINE_MAX);
    for (uint32_t u = 0; u < d->units; u++) {
        buf_add_cstr(&ids, u ? ",\"" : "\"");
        buf_add_hex(&ids, d->unit_id[u].bytes, 32);
        buf_add_byte(&ids, '"');
    }
    int status =
        demo_act(d, who, kind, "{\"constituencies\":[%.*s],%s}", STR_ARG(buf_str(&ids)), rest);
    buf_done(&ids);
    *ret = d->c.last.id;
    return status;
}

static int apportion_seats(struct demo *d, const hash32 *body, const hash32 *freeze)
{
    struct apportion_result seats;
    struct fail fail = {0};
    enum code code = council_seats(d->c.state, state_freeze_by_id(d->c.state, freeze), &d->c.arena,
                                   &seats, &fail);
    if (code != CODE_OK) return cli_complain(d->c.cli, NULL, code, &fail);
    struct buf list;
    buf_init(&list, alloc_libc, JSON_LINE_MAX);
    for (uint32_t u = 0; u < d->units; u++) buf_printf(&list, u ? ",%u" : "%u", seats.seats[u]);
    int status = demo_act(d, &d->c.actor, "council.apportion",
                          "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[%.*s]}", hex32(d, body),
                          hex32(d, freeze), STR_ARG(buf_str(&list)));
    buf_done(&list);
    return status;
}

/* Freezes, apportions where seats follow the members, calls: all open ballots. */
static int call_election(struct demo *d, const struct keyfile *who, const hash32 *body,
                         const char *rule, hash32 *ret)
{
    STEPS(demo_act(d, who, "roll.freeze", "{\"body\":\"%s\"}", hex32(d, body)));
    hash32 freeze = d->c.last.id;
    const struct body_row *row = state_body(d->c.state, state_body_by_id(d->c.state, body));
    if (row->norm.len) STEPS(apportion_seats(d, body, &freeze));
    STEPS(demo_act(
        d, who, "election.call",
        "{\"body\":\"%s\",\"freeze\":\"%s\",\"mode\":\"open\",\"rule\":\"%s\",\"times\":%s}",
        hex32(d, body), hex32(d, &freeze), rule, demo_times(d)));
    *ret = d->c.last.id;
    return EXIT_STATUS_OK;
}

static int nominate(struct demo *d, const struct keyfile *who, uint32_t cell,
                    const hash32 *election)
{
    return demo_act(d, who, "election.nominate",
                    "{\"cell\":%u,\"election\":\"%s\",\"member\":\"%s\"}", cell, hex32(d, election),
                    client_hex(&d->c, who->mid.bytes, sizeof who->mid));
}

/* In each unit: half as many candidates again as delegates, two stewards, three tellers, all
 * different persons. */
static int nominate_unit(struct demo *d, uint32_t unit, const hash32 elections[3])
{
    uint32_t row = state_body_by_id(d->c.state, &d->congress);
    uint32_t seats =
        state_constituency(d->c.state, state_body(d->c.state, row)->first_constituency + unit)
            ->seats;
    uint32_t count = d->unit_count[unit], first = d->unit_first[unit], next = 0;
    uint32_t wanted[3] = {seats + (seats + 1) / 2, STEWARDS, TELLERS};
    uint32_t offset = (uint32_t)stream_below(&d->chance, count);
    for (int i = 0; i < 3; i++)
        for (uint32_t n = 0; n < wanted[i] && next < count; n++, next++)
            STEPS(nominate(d, &d->member[first + (offset + next) % count].key, unit + 1,
                           &elections[i]));
    return EXIT_STATUS_OK;
}

/* A ranking of `length` of `candidates`, drawn without repetition; `first` of them are preferred.
 */
static void draw_ranks(struct demo *d, uint32_t candidates, uint32_t length, struct buf *out)
{
    uint32_t rank[RANKS], drawn = 0;
    while (drawn < length && drawn < candidates) {
        uint32_t pick = (uint32_t)stream_below(&d->chance, candidates) + 1;
        bool known = false;
        for (uint32_t i = 0; i < drawn; i++) known = known || rank[i] == pick;
        if (!known) rank[drawn++] = pick;
    }
    for (uint32_t i = 0; i < drawn; i++) buf_printf(out, i ? ",%u" : "%u", rank[i]);
}

static int vote(struct demo *d, const struct keyfile *who, uint32_t cell, const hash32 *election,
                const struct buf *ranks)
{
    return demo_act(d, who, "ballot.open", "{\"cell\":%u,\"election\":\"%s\",\"ranks\":[%.*s]}",
                    cell, hex32(d, election), STR_ARG(buf_str(ranks)));
}

enum code demo_ballot(struct demo *d, uint32_t member, const hash32 *election, struct buf *ret_body)
{
    const struct election_row *row =
        state_election(d->c.state, state_election_by_id(d->c.state, election));
    uint32_t unit = d->member[member].unit;
    uint32_t candidates = state_cell(d->c.state, row->first_cell + unit)->candidate_count;
    buf_printf(ret_body, "{\"cell\":%u,\"election\":\"", unit + 1);
    buf_add_hex(ret_body, election->bytes, sizeof *election);
    buf_add_cstr(ret_body, "\",\"ranks\":[");
    draw_ranks(d, candidates, 1 + (uint32_t)stream_below(&d->chance, 5), ret_body);
    buf_add_cstr(ret_body, "]}");
    return buf_check(ret_body);
}

static int vote_in_units(struct demo *d, const hash32 *election)
{
    struct buf body;
    int status = EXIT_STATUS_OK;
    buf_init(&body, alloc_libc, 4096);
    for (uint32_t m = 0; m < d->members && status == EXIT_STATUS_OK; m++) {
        if (stream_below(&d->chance, 100) >= TURNOUT_PERCENT) continue;
        buf_clear(&body);
        if (demo_ballot(d, m, election, &body) != CODE_OK) status = EXIT_STATUS_FAILED;
        if (status == EXIT_STATUS_OK)
            status = demo_act(d, &d->member[m].key, "ballot.open", "%.*s", STR_ARG(buf_str(&body)));
    }
    buf_done(&body);
    return status;
}

int demo_open_ballots(struct demo *d, hash32 *ret_election)
{
    hash32 elections[3];
    const struct keyfile *founder = &d->c.actor;
    STEPS(demo_wait(d, DAY));
    STEPS(found_body(d, founder, "council.found",
                     client_text(&d->c,
                                 "\"kind\":\"council\",\"name\":\"Congress\",\"norm\":{\"method\":"
                                 "\"sainte-lague\",\"seats\":%u},\"term\":%d",
                                 d->delegates, YEAR),
                     &d->congress));
    STEPS(found_body(
        d, founder, "office.found",
        client_text(
            &d->c, "\"name\":\"Stewards\",\"role\":\"steward\",\"seats_each\":2,\"term\":%d", YEAR),
        &d->stewards));
    STEPS(found_body(
        d, founder, "office.found",
        client_text(&d->c, "\"name\":\"Tellers\",\"role\":\"teller\",\"seats_each\":3,\"term\":%d",
                    YEAR),
        &d->tellers));
    const hash32 *bodies[3] = {&d->congress, &d->stewards, &d->tellers};
    for (int i = 0; i < 3; i++)
        STEPS(call_election(d, founder, bodies[i], "scottish-stv", &elections[i]));
    STEPS(demo_wait(d, DAY));
    for (uint32_t u = 0; u < d->units; u++) STEPS(nominate_unit(d, u, elections));
    const struct bylaws *b = &d->c.state->bylaws;
    *ret_election = elections[0];
    return demo_wait(d, b->nominate_time + b->prepare_time);
}

int demo_elect_units(struct demo *d)
{
    hash32 election;
    STEPS(demo_open_ballots(d, &election));
    STEPS(vote_in_units(d, &election));
    const struct bylaws *b = &d->c.state->bylaws;
    return demo_wait(d, b->ballot_time + b->objection_time + DAY);
}

/* ---- the units confirm ---- */

/* The key of a member row: members stand in the demonstration in the order in which the roll took
 * them. */
static const struct keyfile *key_of(const struct demo *d, uint32_t member_row)
{
    return &d->member[member_row - 1].key; /* row 0 is the founder */
}

static int confirm_unit(struct demo *d, uint32_t unit)
{
    uint32_t row = state_unit_by_id(d->c.state, &d->unit_id[unit]);
    uint32_t body = state_body_by_id(d->c.state, &d->stewards);
    uint32_t constituency = state_body(d->c.state, body)->first_constituency + unit;
    hash32 digest = unit_digest(d->c.state, row);
    for (uint32_t i = 0; i < d->c.state->seat.count; i++) {
        const struct seat_row *seat = state_seat(d->c.state, i);
        if (seat->constituency_row != constituency || seat->ended) continue;
        STEPS(demo_act(d, key_of(d, seat->member_row), "unit.confirm",
                       "{\"count\":%u,\"digest\":\"%s\",\"unit\":\"%s\"}", d->unit_count[unit],
                       hex32(d, &digest), hex32(d, &d->unit_id[unit])));
    }
    return EXIT_STATUS_OK;
}

int demo_confirm(struct demo *d)
{
    for (uint32_t u = 0; u < d->units; u++) STEPS(confirm_unit(d, u));
    STEPS(demo_act(d, &d->c.actor, "key.revoke", "{\"device\":\"%s\"}",
                   client_hex(&d->c, d->c.actor.device.bytes, 4)));
    return client_commit(&d->c);
}

/* ---- the executive ---- */

/* Member rows of the seated delegates in the order of the seats. */
static uint32_t seated(struct demo *d, const hash32 *body_id, uint32_t *ret, uint32_t room)
{
    uint32_t body = state_body_by_id(d->c.state, body_id), count = 0;
    for (uint32_t i = 0; i < d->c.state->seat.count && count < room; i++) {
        const struct seat_row *seat = state_seat(d->c.state, i);
        if (seat->body_row == body && !seat->ended) ret[count++] = seat->member_row;
    }
    return count;
}

/* A delegate ranks candidates of one's own leaning first, then a few others. */
static void draw_leaning(struct demo *d, uint32_t candidates, struct buf *out)
{
    uint32_t leaning = (uint32_t)stream_below(&d->chance, LEANINGS), rank[RANKS], drawn = 0;
    uint32_t wanted = 6 + (uint32_t)stream_below(&d->chance, RANKS - 6);
    if (wanted > candidates) wanted = candidates;
    for (uint32_t tries = 0; drawn < wanted; tries++) {
        uint32_t pick = (uint32_t)stream_below(&d->chance, candidates);
        bool known = false;
        for (uint32_t i = 0; i < drawn; i++) known = known || rank[i] == pick + 1;
        bool fits = pick % LEANINGS == leaning || tries > 4 * RANKS;
        if (!known && fits) rank[drawn++] = pick + 1;
    }
    for (uint32_t i = 0; i < drawn; i++) buf_printf(out, i ? ",%u" : "%u", rank[i]);
}

static int vote_executive(struct demo *d, const uint32_t *delegate, uint32_t count,
                          const hash32 *election)
{
    struct buf ranks;
    int status = EXIT_STATUS_OK;
    buf_init(&ranks, alloc_libc, 4096);
    const struct election_row *row =
        state_election(d->c.state, state_election_by_id(d->c.state, election));
    uint32_t candidates = state_cell(d->c.state, row->first_cell)->candidate_count;
    for (uint32_t i = 0; i < count && status == EXIT_STATUS_OK; i++) {
        buf_clear(&ranks);
        draw_leaning(d, candidates, &ranks);
        status = vote(d, key_of(d, delegate[i]), 1, election, &ranks);
    }
    buf_done(&ranks);
    return status;
}

int demo_elect_executive(struct demo *d)
{
    uint32_t *delegate = ARENA_ARRAY(&d->c.arena, d->delegates, uint32_t);
    if (!delegate) return EXIT_STATUS_FAILED;
    uint32_t count = seated(d, &d->congress, delegate, d->delegates);
    if (count == 0) return cli_usage(d->c.cli, "no delegate was seated");
    const struct keyfile *first = key_of(d, delegate[0]);
    STEPS(demo_wait(d, DAY));
    STEPS(demo_act(d, first, "council.found",
                   "{\"constituencies\":[\"%s\"],\"kind\":\"executive\",\"name\":\"Executive\","
                   "\"seats_each\":%u,"
                   "\"term\":%d}",
                   hex32(d, &d->congress), d->executive, YEAR / 2));
    d->board = d->c.last.id;
    uint32_t callers = d->c.state->bylaws.call_electors;
    for (uint32_t i = 1; i < callers && i < count; i++)
        STEPS(demo_act(d, key_of(d, delegate[i]), "election.demand", "{\"body\":\"%s\"}",
                       hex32(d, &d->board)));
    hash32 election;
    STEPS(call_election(d, first, &d->board, "scottish-stv", &election));
    STEPS(demo_wait(d, DAY));
    uint32_t candidates = d->executive + d->executive / 2;
    for (uint32_t i = 0; i < candidates && i < count; i++)
        STEPS(nominate(d, key_of(d, delegate[(i * 7) % count]), 1, &election));
    const struct bylaws *b = &d->c.state->bylaws;
    STEPS(demo_wait(d, b->nominate_time + b->prepare_time));
    STEPS(vote_executive(d, delegate, count, &election));
    return demo_wait(d, b->ballot_time + b->objection_time + DAY);
}
