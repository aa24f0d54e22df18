/* request.c - asking to join a unit: answered by two persons it elected, or by the bylaws when
 * nobody does. */
#include "core/institutions/key.h"
#include "core/institutions/roll_kinds.h"
#include "core/institutions/unit.h"

struct request_body {
    struct new_key new_key; /* first: step.c reads it */
    hash32 data, unit;
};

enum code request_decode(struct step *step, struct fail *fail)
{
    struct request_body *body = ARENA_NEW(step->arena, struct request_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_base64(&f, STR("data"), body->data.bytes, sizeof body->data);
    fields_hex(&f, STR("device"), body->new_key.device.bytes, sizeof body->new_key.device);
    fields_hex(&f, STR("key"), body->new_key.key.bytes, sizeof body->new_key.key);
    fields_hex(&f, STR("unit"), body->unit.bytes, sizeof body->unit);
    step->body = body;
    step->admits = &body->new_key.key;
    step->admit_count = 1;
    return fields_end(&f, fail);
}

/* A former member comes back through the unit's list: the old keys are still theirs. */
enum article request_decide(const struct state *s, const struct step *step)
{
    const struct request_body *body = step->body;
    if (!unit_is_open(s, state_unit_by_id(s, &body->unit))) return ARTICLE_UNIT_KNOWN;
    GUARD(s, step->by_row == ROW_NONE, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

enum code request_apply(struct state *s, const struct step *step)
{
    const struct request_body *body = step->body;
    struct request_row *request = state_add_request(s);
    if (!request) return CODE_NO_MEMORY;
    uint32_t row = s->request.count - 1;
    *request = (struct request_row){.id = step->act.id,
                                    .data = body->data,
                                    .mid = step->act.by,
                                    .public_key = body->new_key.key,
                                    .device = body->new_key.device,
                                    .at = (uint64_t)step->at,
                                    .until = (uint64_t)step->at + s->bylaws.request_time,
                                    .unit_row = state_unit_by_id(s, &body->unit),
                                    .answered_row = ROW_NONE,
                                    .state = REQUEST_OPEN};
    struct deadline_row deadline = {
        .at = request->until, .id = request->id, .kind = DEADLINE_REQUEST, .row = row};
    TRY(idmap_put(&s->requests, row));
    return state_deadline_add(s, &deadline);
}

/* Whoever asked first under this mid is the member; another request under it stays refused. */
static bool may_admit(const struct state *s, const struct request_row *request)
{
    return state_member_by_mid(s, &request->mid) == ROW_NONE && unit_is_open(s, request->unit_row);
}

static enum code request_settle(struct state *s, uint32_t request_row, enum request_state outcome,
                                unix_s at)
{
    struct request_row *request = state_request(s, request_row);
    if (outcome == REQUEST_ADMITTED && !may_admit(s, request)) outcome = REQUEST_BY_SILENCE;
    request->state = (uint8_t)outcome;
    if (outcome != REQUEST_ADMITTED) return CODE_OK;
    struct roll_entrant entrant = {.mid = request->mid,
                                   .data = request->data,
                                   .unit_row = request->unit_row,
                                   .weight = 1,
                                   .at = at};
    struct new_key key = {request->device, request->public_key};
    uint32_t unit_row = request->unit_row, row;
    hash32 signed_last = request->id;
    TRY(roll_admit(s, &entrant, &row));
    TRY(key_add(s, row, &key, KEY_PROVISIONAL, at));
    /* The key signed the request before the roll knew it: its chain begins there. */
    state_key(s, state_member(s, row)->last_key_row)->last_act = signed_last;
    unit_watch_growth(s, unit_row);
    unit_recount(s);
    return CODE_OK;
}

enum code request_deadline(struct state *s, uint32_t request_row, unix_s at)
{
    if (state_request(s, request_row)->state != REQUEST_OPEN) return CODE_OK;
    enum request_state outcome =
        s->bylaws.request_silence_admits ? REQUEST_ADMITTED : REQUEST_BY_SILENCE;
    return request_settle(s, request_row, outcome, at);
}

struct answer_body {
    hash32 request;
    bool admit;
};

enum code answer_decode(struct step *step, struct fail *fail)
{
    struct answer_body *body = ARENA_NEW(step->arena, struct answer_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->admit = fields_bool(&f, STR("admit"));
    fields_hex(&f, STR("request"), body->request.bytes, sizeof body->request);
    step->body = body;
    return fields_end(&f, fail);
}

enum article answer_decide(const struct state *s, const struct step *step)
{
    const struct answer_body *body = step->body;
    uint32_t row = state_request_by_id(s, &body->request);
    if (row == ROW_NONE) return ARTICLE_ROLL_OPEN;
    const struct request_row *request = state_request(s, row);
    GUARD(s, request->state == REQUEST_OPEN, ARTICLE_ROLL_OPEN);
    GUARD(s, unit_is_open(s, request->unit_row), ARTICLE_UNIT_KNOWN);
    GUARD(s, roll_may_sign(s, step->by_row, request->unit_row), ARTICLE_ROLL_UNIT);
    GUARD(s, !body->admit || may_admit(s, request), ARTICLE_ROLL_LIST);
    bool again = request->answered_row == step->by_row && request->answer == body->admit;
    GUARD(s, !again, ARTICLE_ROLL_SECOND);
    return ARTICLE_NONE;
}

enum code answer_apply(struct state *s, const struct step *step)
{
    const struct answer_body *body = step->body;
    uint32_t row = state_request_by_id(s, &body->request);
    struct request_row *request = state_request(s, row);
    bool agreed = request->answered_row != ROW_NONE && request->answer == body->admit;
    if (agreed || roll_founder_suffices(s, step->by_row, request->unit_row))
        return request_settle(s, row, body->admit ? REQUEST_ADMITTED : REQUEST_REFUSED, step->at);
    request->answered_row = step->by_row;
    request->answer = body->admit;
    return CODE_OK;
}
