/* roll.c - attempts on the roll: who is a member, and who may say so. */
#include "prove/attempt.h"

#include "core/record/commit.h"

#include <string.h>

/* A list of one change; `rest` stands behind the member: ",\"weight\":2". */
static const char *list_of(struct scratch *s, const char *change, const mid16 *mid,
                           const char *rest)
{
    struct buf list;
    buf_init(&list, alloc_libc, 4096);
    buf_add_cstr(&list, "{\"changes\":[{");
    if (strcmp(change, "admit") == 0) {
        hash32 commitment = commit_of(mid->bytes, STR("{\"name\":\"nobody\"}"));
        buf_add_cstr(&list, "\"data\":\"");
        buf_add_base64(&list, commitment.bytes, sizeof commitment);
        buf_add_cstr(&list, "\",");
    }
    buf_printf(&list, "\"do\":\"%s\",\"mid\":\"%s\"%s}]}", change,
               scratch_hex(s, mid->bytes, sizeof *mid), rest);
    const char *name = scratch_blob(s, scratch_text(s, "%.*s", STR_ARG(buf_str(&list))));
    buf_done(&list);
    return name;
}

static bool propose(struct scratch *s, uint32_t who, const char *list)
{
    return scratch_act(s, who, "roll.propose", "{\"list\":\"%s\",\"unit\":\"%s\"}", list,
                       scratch_id(s, &s->unit[0]));
}

static bool second(struct scratch *s, uint32_t who, const char *list)
{
    return scratch_act(s, who, "roll.second", "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                       scratch_id(s, &s->last));
}

/* ---- steward-alone-admits ---- */

static void admit_alone(struct scratch *s)
{
    stream_bytes(&s->chance, s->ghost.bytes, sizeof s->ghost);
    const char *list = list_of(s, "admit", &s->ghost, "");
    if (!scratch_must(s, propose(s, scratch_at(0, STEWARD), list), "a proposal")) return;
    (void)second(s, scratch_at(0, STEWARD), list);
}

static bool ghost_is_member(const struct scratch *s)
{
    return state_is_active(s->state, state_member_by_mid(s->state, &s->ghost));
}

static bool delegate_is_out(const struct scratch *s)
{
    return !state_is_active(s->state, scratch_row(s, scratch_at(0, DELEGATE)));
}

/* ---- second-a-lapsed-list ---- */

static void second_lapsed(struct scratch *s)
{
    stream_bytes(&s->chance, s->ghost.bytes, sizeof s->ghost);
    const char *list = list_of(s, "admit", &s->ghost, "");
    bool lapsed = propose(s, scratch_at(0, STEWARD), list) && scratch_wait(s, 40 * SCRATCH_DAY);
    if (!scratch_must(s, lapsed, "a proposal that lapses")) return;
    (void)second(s, scratch_at(0, SECOND_STEWARD), list);
}

/* ---- close-a-full-unit ---- */

static void close_full(struct scratch *s)
{
    (void)scratch_act(s, scratch_at(0, STEWARD), "unit.close", "{\"unit\":\"%s\"}",
                      scratch_id(s, &s->unit[0]));
}

static bool members_without_unit(const struct scratch *s)
{
    const struct unit_row *unit = state_unit(s->state, state_unit_by_id(s->state, &s->unit[0]));
    return unit->state == UNIT_CLOSED && unit->member_count > 0;
}

/* ---- resigned-but-acting ---- */

static void act_after_resigning(struct scratch *s)
{
    uint32_t who = scratch_at(0, DELEGATE);
    if (!scratch_must(s, scratch_act(s, who, "roll.resign", "{}"), "a delegate resigns")) return;
    (void)scratch_act(s, who, "council.found",
                      "{\"constituencies\":[\"%s\"],\"kind\":\"council\",\"name\":\"Old "
                      "council\",\"seats_each\":3,\"term\":%d}",
                      scratch_id(s, &s->unit[0]), SCRATCH_DAY);
}

static bool resigned_has_founded(const struct scratch *s)
{
    const struct body_row *body = state_body(s->state, s->state->body.count - 1);
    return body->founder_row == scratch_row(s, scratch_at(0, DELEGATE)) && delegate_is_out(s);
}

/* ---- double-weight ---- */

static void double_weight(struct scratch *s)
{
    stream_bytes(&s->chance, s->ghost.bytes, sizeof s->ghost);
    const char *list = list_of(s, "admit", &s->ghost, ",\"weight\":2");
    if (propose(s, scratch_at(0, STEWARD), list))
        (void)second(s, scratch_at(0, SECOND_STEWARD), list);
}

static bool member_has_two_votes(const struct scratch *s)
{
    return ghost_is_member(s) &&
           state_member(s->state, state_member_by_mid(s->state, &s->ghost))->weight == 2;
}

/* ---- outsiders-expel ---- */

static void outsiders_expel(struct scratch *s)
{
    const char *list = list_of(s, "lapse", &s->person[scratch_at(0, DELEGATE)].mid, "");
    if (propose(s, scratch_at(2, STEWARD), list))
        (void)second(s, scratch_at(2, SECOND_STEWARD), list);
}

/* ---- roll-packing ---- */

/* Two stewards admit a newcomer who asks; the node's second channel confirms the key. */
static bool newcomer(struct scratch *s, uint32_t who)
{
    const struct scratch_person *person = &s->person[who];
    key32 key = secret_key_public(&person->key);
    const char *device = scratch_hex(s, person->device.bytes, 4);
    const char *body = scratch_text(
        s,
        "{\"data\":\"47DEQpj8HBSa+/"
        "TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\",\"device\":\"%s\",\"key\":\"%s\",\"unit\":\"%s\"}",
        device, scratch_hex(s, key.bytes, sizeof key), scratch_id(s, &s->unit[0]));
    struct compose asks = {.kind = STR("roll.request"),
                           .body = str_from(body),
                           .by = person->mid,
                           .key_count = 1,
                           .key = {scratch_key(s, who)}};
    if (!scratch_submit(s, &asks)) return false;
    hash32 request = s->last;
    for (uint32_t i = STEWARD; i <= SECOND_STEWARD; i++)
        if (!scratch_act(s, scratch_at(0, i), "roll.answer", "{\"admit\":true,\"request\":\"%s\"}",
                         scratch_id(s, &request)))
            return false;
    struct compose confirms = {
        .kind = STR("key.confirm"),
        .by = person->mid,
        .key_count = 2,
        .body = str_from(scratch_text(s, "{\"device\":\"%s\"}", device)),
        .key = {scratch_key(s, who), {{.role = KEY_NODE}, node_second_channel(s->node)}}};
    return scratch_submit(s, &confirms);
}

static void pack_roll(struct scratch *s)
{
    struct scratch_election e = {.body = &s->council, .mode = "open", .rule = "scottish-stv"};
    if (!scratch_elect(s, &e)) return;
    for (uint32_t i = APPEALS; i <= DELEGATE; i++)
        if (!scratch_must(s, scratch_stand(s, scratch_at(0, i), &e, 1), "a candidate")) return;
    uint32_t who = scratch_person(s);
    if (!scratch_must(s, newcomer(s, who) && scratch_until(s, e.opens), "a newcomer with a key"))
        return;
    s->target = e.id;
    (void)scratch_act(s, who, "ballot.open", "{\"cell\":1,\"election\":\"%s\",\"ranks\":[1]}",
                      scratch_id(s, &e.id));
}

static bool stranger_has_voted(const struct scratch *s)
{
    const struct election_row *election =
        state_election(s->state, state_election_by_id(s->state, &s->target));
    uint32_t row = state_cell(s->state, election->first_cell)->first_ballot;
    for (; row != ROW_NONE; row = state_ballot(s->state, row)->next_of_cell)
        if (state_ballot(s->state, row)->in_force &&
            state_ballot(s->state, row)->elector_row == ROW_NONE)
            return true;
    return false;
}

/* ---- founder-after-confirmation ---- */

static void founder_returns(struct scratch *s)
{
    (void)scratch_act(s, 0, "unit.found", "{\"kind\":\"branch\",\"name\":\"The founder's own\"}");
}

static bool founder_has_a_unit(const struct scratch *s)
{
    return s->state->unit.count > SCRATCH_UNITS;
}

const struct attempt roll_attempts[] = {
    {"roll-packing",
     "Stewards admit a newcomer after the electorate was frozen, and the newcomer votes.",
     ARTICLE_ELECTOR, ATTEMPT_REFUSED, NULL, pack_roll, stranger_has_voted},
    {"steward-alone-admits",
     "One steward proposes a member who does not exist and seconds the own proposal.",
     ARTICLE_ROLL_SECOND, ATTEMPT_REFUSED, NULL, admit_alone, ghost_is_member},
    {"second-a-lapsed-list", "A steward seconds a list that the others believe dead.",
     ARTICLE_ROLL_OPEN, ATTEMPT_REFUSED, NULL, second_lapsed, ghost_is_member},
    {"double-weight", "Two stewards admit somebody with two votes.", ARTICLE_ROLL_LIST,
     ATTEMPT_REFUSED, NULL, double_weight, member_has_two_votes},
    {"outsiders-expel", "Two stewards of another unit strike a delegate from a unit's roll.",
     ARTICLE_ROLL_UNIT, ATTEMPT_REFUSED, NULL, outsiders_expel, delegate_is_out},
    {"close-a-full-unit", "A steward closes a unit over the heads of its members.",
     ARTICLE_UNIT_EMPTY, ATTEMPT_REFUSED, NULL, close_full, members_without_unit},
    {"resigned-but-acting", "A delegate who left the organisation goes on acting in it.",
     ARTICLE_MEMBER, ATTEMPT_REFUSED, NULL, act_after_resigning, resigned_has_founded},
    {"founder-after-confirmation",
     "The founder goes on founding units alone after the units have confirmed.", ARTICLE_OFFICE,
     ATTEMPT_REFUSED, NULL, founder_returns, founder_has_a_unit},
};
const size_t roll_attempt_count = COUNT(roll_attempts);
