/* scratch_found.c - how the scratch organisation comes about: founder, units, roll, codes, keys,
 * elections, the units' confirmation. Every step is an act through the node, as in any
 * organisation. */
#include "prove/scratch.h"

#include "base/civil.h"
#include "core/institutions/council.h"
#include "core/institutions/unit.h"
#include "core/record/commit.h"

#include <stdlib.h>

static const char bylaws[] = "{\"name\":\"Scratch\",\"parameters\":{\"ballot_seconds\":3600,\"call_"
                             "electors\":3,\"call_lead_seconds\":86400,"
                             "\"keying_seconds\":3600,\"nominate_seconds\":3600,\"objection_"
                             "seconds\":3600,\"prepare_seconds\":0,"
                             "\"term_seconds\":5184000},\"preset\":\"branch\",\"version\":1}";

/* ---- the founding act ---- */

static const char *vkey_text(struct scratch *s, const char *name, enum node_key which)
{
    struct buf text;
    key32 key = node_public_key(s->node, which);
    buf_init(&text, alloc_libc, 512);
    vkey_write(&text, str_from(name), &key);
    const char *kept = scratch_text(s, "%.*s", STR_ARG(buf_str(&text)));
    buf_done(&text);
    return kept;
}

static bool found_act(struct scratch *s)
{
    const struct scratch_person *founder = &s->person[0];
    key32 key = secret_key_public(&founder->key);
    const char *document = scratch_blob(s, bylaws);
    const char *body =
        scratch_text(s,
                     "{\"bylaws\":\"%s\",\"device\":\"%s\",\"key\":\"%s\",\"log_key\":\"%s\","
                     "\"node_key\":\"%s\","
                     "\"refusal_key\":\"%s\",\"rules\":1}",
                     document, scratch_hex(s, founder->device.bytes, 4),
                     scratch_hex(s, key.bytes, 32), vkey_text(s, SCRATCH_ORIGIN, NODE_KEY_LOG),
                     vkey_text(s, SCRATCH_ORIGIN "/n", NODE_KEY_NODE),
                     vkey_text(s, SCRATCH_ORIGIN "/r", NODE_KEY_REFUSAL));
    struct compose compose = {.kind = STR("org.found"),
                              .body = str_from(body),
                              .by = founder->mid,
                              .origin = STR(SCRATCH_ORIGIN),
                              .key_count = 1,
                              .key = {scratch_key(s, 0)}};
    return scratch_must(s, scratch_submit(s, &compose), "founding");
}

static bool make_folder(struct scratch *s)
{
    const struct civil start = {2026, 3, 2, 8, 0, 0};
    struct node_seeds seeds;
    s->code = sign_start();
    stream_bytes(&s->chance, &seeds, sizeof seeds);
    if (s->code == CODE_OK) s->code = node_create(s->dir, STR(SCRATCH_ORIGIN), &seeds, &s->fail);
    if (s->code != CODE_OK || !scratch_start(s, NODE_WRITE))
        return scratch_must(s, false, "a new folder");
    s->log_key = node_public_key(s->node, NODE_KEY_LOG);
    s->code = node_clock_set(s->node, civil_to_unix(&start, 0), &s->fail);
    return scratch_must(s, s->code == CODE_OK, "the declared clock");
}

/* ---- units, members, keys ---- */

static int by_mid(const void *a, const void *b)
{
    return mid16_cmp(&((const struct scratch_person *)a)->mid,
                     &((const struct scratch_person *)b)->mid);
}

static void draw_people(struct scratch *s)
{
    for (uint32_t i = 0; i < 1 + SCRATCH_UNITS * SCRATCH_EACH; i++) (void)scratch_person(s);
    for (uint32_t u = 0; u < SCRATCH_UNITS; u++) /* codes are issued in this order */
        qsort(&s->person[scratch_at(u, 0)], SCRATCH_EACH, sizeof s->person[0], by_mid);
}

static bool admit_unit(struct scratch *s, uint32_t u)
{
    struct buf list;
    buf_init(&list, alloc_libc, 1 << 16);
    buf_add_cstr(&list, "{\"changes\":[");
    for (uint32_t i = 0; i < SCRATCH_EACH; i++) {
        const struct scratch_person *person = &s->person[scratch_at(u, i)];
        hash32 data = commit_of(person->mid.bytes, STR("{\"name\":\"a member\"}"));
        buf_add_cstr(&list, i ? ",{\"data\":\"" : "{\"data\":\"");
        buf_add_base64(&list, data.bytes, sizeof data);
        buf_add_cstr(&list, "\",\"do\":\"admit\",\"mid\":\"");
        buf_add_hex(&list, person->mid.bytes, sizeof person->mid);
        buf_add_cstr(&list, "\"}");
    }
    buf_add_cstr(&list, "]}");
    const char *name = scratch_blob(s, scratch_text(s, "%.*s", STR_ARG(buf_str(&list))));
    buf_done(&list);
    return scratch_act(s, 0, "roll.propose", "{\"list\":\"%s\",\"unit\":\"%s\"}", name,
                       scratch_id(s, &s->unit[u]));
}

static bool enrol(struct scratch *s, uint32_t who)
{
    const struct scratch_person *person = &s->person[who];
    struct secret_key enrolment;
    uint8_t seed[32];
    stream_bytes(&s->chance, seed, sizeof seed);
    secret_key_from_seed(&enrolment, seed);
    key32 code = secret_key_public(&enrolment), key = secret_key_public(&person->key);
    const char *device = scratch_hex(s, person->device.bytes, 4);
    if (!scratch_act(s, 0, "code.issue", "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"}]}",
                     scratch_hex(s, code.bytes, 32), scratch_hex(s, person->mid.bytes, 16)))
        return false;
    const char *body = scratch_text(s, "{\"device\":\"%s\",\"key\":\"%s\"}", device,
                                    scratch_hex(s, key.bytes, 32));
    struct compose enrols = {
        .kind = STR("key.enrol"),
        .body = str_from(body),
        .by = person->mid,
        .key_count = 2,
        .key = {scratch_key(s, who), {{.role = KEY_ENROLMENT, .mid = person->mid}, &enrolment}}};
    if (!scratch_submit(s, &enrols)) return false;
    body = scratch_text(s, "{\"device\":\"%s\"}", device);
    struct compose confirms = {
        .kind = STR("key.confirm"),
        .body = str_from(body),
        .by = person->mid,
        .key_count = 2,
        .key = {scratch_key(s, who), {{.role = KEY_NODE}, node_second_channel(s->node)}}};
    return scratch_submit(s, &confirms);
}

static bool found_units(struct scratch *s)
{
    for (uint32_t u = 0; u < SCRATCH_UNITS; u++) {
        bool founded =
            scratch_act(s, 0, "unit.found", "{\"kind\":\"branch\",\"name\":\"Unit %u\"}", u + 1);
        s->unit[u] = s->last;
        if (!scratch_must(s, founded && admit_unit(s, u), "units and roll")) return false;
        for (uint32_t i = 0; i < SCRATCH_EACH; i++) {
            bool absent = u == 1 && i == ORDINARY;
            if (!absent && !scratch_must(s, enrol(s, scratch_at(u, i)), "codes and keys"))
                return false;
        }
    }
    return true;
}

/* ---- council and offices ---- */

static bool found_bodies(struct scratch *s)
{
    static const struct {
        const char *kind, *rest;
        size_t id;
    } bodies[] = {
        {"council.found",
         "\"kind\":\"council\",\"name\":\"Council\",\"norm\":{\"method\":\"sainte-lague\","
         "\"seats\":6}",
         offsetof(struct scratch, council)},
        {"office.found", "\"name\":\"Stewards\",\"role\":\"steward\",\"seats_each\":2",
         offsetof(struct scratch, stewards)},
        {"office.found", "\"name\":\"Tellers\",\"role\":\"teller\",\"seats_each\":2",
         offsetof(struct scratch, tellers)},
        {"office.found", "\"name\":\"Registrars\",\"role\":\"registrar\",\"seats_each\":1",
         offsetof(struct scratch, registrars)},
        {"office.found", "\"name\":\"Appeals\",\"role\":\"appeals\",\"seats_each\":2",
         offsetof(struct scratch, appeals)},
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        bool founded = scratch_act(
            s, 0, bodies[i].kind, "{\"constituencies\":[\"%s\",\"%s\",\"%s\"],%s,\"term\":%d}",
            scratch_id(s, &s->unit[0]), scratch_id(s, &s->unit[1]), scratch_id(s, &s->unit[2]),
            bodies[i].rest, SCRATCH_TERM_DAYS * SCRATCH_DAY);
        if (!scratch_must(s, founded, "council and offices")) return false;
        *(hash32 *)(void *)((char *)s + bodies[i].id) = s->last;
    }
    return true;
}

/* As many candidates as seats: no ballot is needed. */
static bool seat_all(struct scratch *s)
{
    const struct {
        const hash32 *body;
        uint32_t place[2], count;
    } wanted[] = {
        {&s->council, {DELEGATE, SECOND_DELEGATE}, 2}, {&s->stewards, {STEWARD, SECOND_STEWARD}, 2},
        {&s->tellers, {TELLER, SECOND_TELLER}, 2},     {&s->registrars, {REGISTRAR}, 1},
        {&s->appeals, {APPEALS, SECOND_APPEALS}, 2},
    };
    for (size_t i = 0; i < COUNT(wanted); i++) {
        struct scratch_election e = {.body = wanted[i].body, .mode = "open", .rule = "plurality"};
        bool called = scratch_freeze(s, 0, &e) && scratch_call(s, 0, &e);
        for (uint32_t u = 0; u < SCRATCH_UNITS && called; u++)
            for (uint32_t n = 0; n < wanted[i].count && called; n++)
                called = scratch_stand(s, scratch_at(u, wanted[i].place[n]), &e, u + 1);
        if (!scratch_must(s, called, "the first elections")) return false;
    }
    return scratch_must(s, scratch_wait(s, 4 * SCRATCH_HOUR), "the first terms");
}

static bool confirm_units(struct scratch *s)
{
    for (uint32_t u = 0; u < SCRATCH_UNITS; u++)
        for (uint32_t i = STEWARD; i <= SECOND_STEWARD; i++) {
            hash32 digest = unit_digest(s->state, state_unit_by_id(s->state, &s->unit[u]));
            bool confirmed =
                scratch_act(s, scratch_at(u, i), "unit.confirm",
                            "{\"count\":%d,\"digest\":\"%s\",\"unit\":\"%s\"}", SCRATCH_EACH,
                            scratch_id(s, &digest), scratch_id(s, &s->unit[u]));
            if (!scratch_must(s, confirmed, "the units confirm")) return false;
        }
    return scratch_must(s, s->state->org.confirmed != 0, "the founding is confirmed");
}

bool scratch_found(struct scratch *s, const char *dir)
{
    *s = (struct scratch){0};
    (void)snprintf(s->dir, sizeof s->dir, "%s", dir);
    arena_init(&s->arena, alloc_libc, (size_t)64 << 20);
    buf_init(&s->note, alloc_libc, ACT_NOTE_MAX);
    stream_init(&s->chance, STR("the scratch organisation"));
    draw_people(s);
    bool stands = make_folder(s) && found_act(s) && found_units(s) && found_bodies(s) &&
                  seat_all(s) && confirm_units(s);
    if (stands)
        stands =
            scratch_must(s, scratch_wait(s, SCRATCH_DAY) && scratch_commit(s), "the first commit");
    scratch_stop(s);
    return stands;
}

/* ---- elections ---- */

bool scratch_freeze(struct scratch *s, uint32_t who, struct scratch_election *e)
{
    if (!scratch_act(s, who, "roll.freeze", "{\"body\":\"%s\"}", scratch_id(s, e->body)))
        return false;
    e->freeze = s->last;
    if (!state_body(s->state, state_body_by_id(s->state, e->body))->norm.len) return true;
    struct apportion_result seats;
    s->code = council_seats(s->state, state_freeze_by_id(s->state, &e->freeze), &s->arena, &seats,
                            &s->fail);
    return s->code == CODE_OK &&
           scratch_act(s, who, "council.apportion",
                       "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[%u,%u,%u]}",
                       scratch_id(s, e->body), scratch_id(s, &e->freeze), seats.seats[0],
                       seats.seats[1], seats.seats[2]);
}

const char *scratch_call_text(struct scratch *s, struct scratch_election *e)
{
    bool keyed = e->mode[0] != 'o';
    e->nominate_until = scratch_now(s) + SCRATCH_HOUR - e->hurry;
    e->opens = e->nominate_until;
    e->closes = e->opens + SCRATCH_HOUR;
    e->keyed_until = e->closes + (keyed ? SCRATCH_HOUR : 0);
    e->objections_until = e->keyed_until + SCRATCH_HOUR + e->late;
    char told[CIVIL_TIME_SIZE];
    civil_format((unix_s)e->closes, 0, told);
    const char *keying =
        keyed ? scratch_text(s, "\"keyed_until\":%llu,", (unsigned long long)e->keyed_until) : "";
    return scratch_text(
        s,
        "{\"body\":\"%s\",\"freeze\":\"%s\",\"mode\":\"%s\",\"rule\":\"%s\",\"times\":{\"closes\":%"
        "llu,%s"
        "\"nominate_until\":%llu,\"objections_until\":%llu,\"opens\":%llu,\"told\":{\"date\":\"%."
        "19s\","
        "\"offset\":\"+00:00\",\"zone\":\"UTC\"}}}",
        scratch_id(s, e->body), scratch_id(s, &e->freeze), e->mode, e->rule,
        (unsigned long long)e->closes, keying, (unsigned long long)e->nominate_until,
        (unsigned long long)e->objections_until, (unsigned long long)e->opens, told);
}

bool scratch_call(struct scratch *s, uint32_t who, struct scratch_election *e)
{
    if (!scratch_act(s, who, "election.call", "%s", scratch_call_text(s, e))) return false;
    e->id = s->last;
    return true;
}

bool scratch_elect(struct scratch *s, struct scratch_election *e)
{
    uint32_t caller = scratch_at(0, DELEGATE);
    bool called = scratch_act(s, scratch_at(0, APPEALS), "election.demand", "{\"body\":\"%s\"}",
                              scratch_id(s, e->body)) &&
                  scratch_act(s, scratch_at(1, APPEALS), "election.demand", "{\"body\":\"%s\"}",
                              scratch_id(s, e->body)) &&
                  scratch_freeze(s, caller, e) && scratch_call(s, caller, e);
    return scratch_must(s, called, "an election is called");
}

bool scratch_stand(struct scratch *s, uint32_t who, const struct scratch_election *e, uint32_t cell)
{
    return scratch_act(s, who, "election.nominate",
                       "{\"cell\":%u,\"election\":\"%s\",\"member\":\"%s\"}", cell,
                       scratch_id(s, &e->id), scratch_hex(s, s->person[who].mid.bytes, 16));
}
