/* election_call.c - who calls an election and on what timetable.
 *
 *     election.call {body,cells?,freeze,mode,rule,times}
 *         times:
 * {closes,keyed_until?,nominate_until,objections_until,opens,told:{date,offset,zone}}
 *     election.demand {body}
 *
 * `cells` names constituencies that have a vacancy in the running term; without it the whole body
 * is elected anew. keyed_until stands in every mode but open. told.date is the civil time at which
 * the ballot closes, as people were told. */
#include "base/civil.h"
#include "core/count/count.h"
#include "core/institutions/council.h"
#include "core/institutions/election_parts.h"
#include "core/institutions/org.h"
#include "core/institutions/seat.h"

enum { ZONE_MAX = 64, RETRY_MIN_S = 86400 };

struct call_body {
    hash32 body, freeze;
    bool partial;
    uint32_t cell_count;
    uint32_t *cells;
    enum election_mode mode;
    enum count_rule rule;
    struct election_times times;
    str told;
};

/* The civil time and offset must be the instant at which the ballot closes. */
static str read_told(struct fields *f, struct arena *arena, uint64_t closes)
{
    const struct json *told = fields_object(f, STR("told"));
    if (!told) return STR("");
    struct fields t = fields_of(told);
    str date = fields_str(&t, STR("date"), CIVIL_TIME_SIZE);
    str offset = fields_str(&t, STR("offset"), 6);
    str zone = fields_str(&t, STR("zone"), ZONE_MAX);
    str both = arena_printf(arena, "%.*s%.*s", STR_ARG(date), STR_ARG(offset));
    unix_s at = 0;
    int32_t seconds = 0;
    bool is_instant = !t.bad && t.left == 0 && offset.len > 0 && zone.len > 0 &&
                      date.len >= CIVIL_DATE_SIZE && civil_parse(both, &at, &seconds) &&
                      (uint64_t)at == closes;
    if (!is_instant)
        fields_fail(f, "\"told\": expected date, offset and zone, together the instant at which "
                       "the ballot closes");
    return told->raw;
}

static void read_times(struct fields *f, struct arena *arena, struct call_body *body)
{
    const struct json *times = fields_object(f, STR("times"));
    if (f->bad) return;
    struct fields t = fields_of(times);
    body->times.closes = fields_u64(&t, STR("closes"));
    bool keyed = body->mode != MODE_OPEN;
    body->times.keyed_until = keyed ? fields_u64(&t, STR("keyed_until")) : body->times.closes;
    body->times.nominate_until = fields_u64(&t, STR("nominate_until"));
    body->times.objections_until = fields_u64(&t, STR("objections_until"));
    body->times.opens = fields_u64(&t, STR("opens"));
    body->told = read_told(&t, arena, body->times.closes);
    struct fail why;
    if (fields_end(&t, &why) != CODE_OK) fields_fail(f, "\"times\": %s", why.message);
}

static void read_cells(struct fields *f, struct arena *arena, struct call_body *body)
{
    body->partial = fields_has(f, STR("cells"));
    if (!body->partial) return;
    const struct json *cells = fields_array(f, STR("cells"), COUNCIL_CONSTITUENCIES_MAX);
    if (!cells) return;
    body->cells = ARENA_ARRAY(arena, cells->count + 1, uint32_t);
    if (!body->cells) return;
    uint64_t last = 0;
    for (const struct json *cell = json_first(cells); cell; cell = json_next(cells, cell)) {
        bool ascends =
            cell->type == JSON_INTEGER && cell->integer > last && cell->integer <= UINT32_MAX;
        if (!ascends) {
            fields_fail(f, "\"cells\": expected numbers of constituencies from 1, ascending");
            return;
        }
        last = cell->integer;
        body->cells[body->cell_count++] = (uint32_t)last;
    }
    if (body->cell_count == 0) fields_fail(f, "\"cells\": expected at least one constituency");
}

enum code election_call_decode(struct step *step, struct fail *fail)
{
    struct call_body *body = step->body = ARENA_NEW(step->arena, struct call_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("body"), body->body.bytes, sizeof body->body);
    read_cells(&f, step->arena, body);
    if (body->partial && !f.bad && !body->cells) return CODE_NO_MEMORY;
    fields_hex(&f, STR("freeze"), body->freeze.bytes, sizeof body->freeze);
    str mode = fields_str(&f, STR("mode"), 16);
    if (!f.bad && !election_mode_by_name(mode, &body->mode))
        fields_fail(&f, "\"mode\": expected open, paper or attested");
    str rule = fields_str(&f, STR("rule"), 64);
    if (!f.bad && !(count_rule_by_name(rule, &body->rule) && count_rule_for_elections(body->rule)))
        fields_fail(&f, "\"rule\": expected the name of a counting rule for elections");
    read_times(&f, step->arena, body);
    return fields_end(&f, fail);
}

uint32_t election_seats_to_fill(const struct state *s, uint32_t constituency_row, bool partial)
{
    const struct constituency_row *of = state_constituency(s, constituency_row);
    if (!partial) return of->seats;
    uint32_t held = seat_held(s, constituency_row, state_body(s, of->body_row)->term_ends);
    return of->seats > held ? of->seats - held : 0;
}

/* Numbers of seats come from the frozen roll; at least one cell has some to fill. */
static enum article seats_decide(const struct state *s, const struct call_body *call,
                                 uint32_t body_row, uint32_t freeze_row)
{
    const struct body_row *body = state_body(s, body_row);
    bool computed = call->partial || body->seats_each || body->freeze_row == freeze_row;
    GUARD(s, computed, ARTICLE_SEATS_COMPUTED);
    for (uint32_t i = 0; i < call->cell_count; i++) {
        if (call->cells[i] > body->constituency_count) return ARTICLE_ELECTION_KNOWN;
        if (!election_seats_to_fill(s, body->first_constituency + call->cells[i] - 1, true))
            return ARTICLE_ELECTION_CALL;
    }
    if (call->partial) return ARTICLE_NONE;
    for (uint32_t i = 0; i < body->constituency_count; i++)
        if (state_constituency(s, body->first_constituency + i)->seats) return ARTICLE_NONE;
    return ARTICLE_SEATS_COMPUTED;
}

static bool frozen_elector(const struct state *s, uint32_t body_row, uint32_t freeze_row,
                           uint32_t member_row)
{
    const struct body_row *body = state_body(s, body_row);
    for (uint32_t i = 0; i < body->constituency_count; i++) {
        uint32_t first, count;
        council_freeze_part(s, freeze_row, body->first_constituency + i, &first, &count);
        if (council_elector_find(s, first, count, member_row) != ROW_NONE) return true;
    }
    return false;
}

static bool demand_is_live(const struct state *s, const struct demand_row *demand, uint64_t at)
{
    return demand->election_row == ROW_NONE && demand->at + s->bylaws.proposal_time >= at;
}

static bool has_demanded(const struct state *s, uint32_t body_row, uint32_t member_row, uint64_t at)
{
    for (uint32_t row = 0; row < s->demand.count; row++) {
        const struct demand_row *demand = state_demand(s, row);
        if (demand->body_row == body_row && demand->member_row == member_row &&
            demand_is_live(s, demand, at))
            return true;
    }
    return false;
}

/* Electors whose demand stands, and the caller. */
static uint32_t demands_with(const struct state *s, uint32_t body_row, uint32_t caller_row,
                             uint64_t at)
{
    uint32_t count = 1;
    for (uint32_t row = 0; row < s->demand.count; row++) {
        const struct demand_row *demand = state_demand(s, row);
        bool counts = demand->body_row == body_row && demand->member_row != caller_row &&
                      demand_is_live(s, demand, at) &&
                      council_is_elector(s, body_row, demand->member_row);
        count += counts;
    }
    return count;
}

/* Only electors shorten a term: one of them calls what is due or vacant, enough of them call it
 * earlier. */
static bool may_call(const struct state *s, const struct step *step, uint32_t body_row,
                     uint32_t freeze_row)
{
    const struct call_body *call = step->body;
    const struct body_row *body = state_body(s, body_row);
    uint64_t at = (uint64_t)step->at;
    if (org_is_founding(s, step->by_row)) return true;
    if (!frozen_elector(s, body_row, freeze_row, step->by_row)) return false;
    bool is_due = body->term_ends <= at || (body->due && body->due <= at);
    return call->partial || is_due ||
           demands_with(s, body_row, step->by_row, at) >= s->bylaws.call_electors;
}

static bool mode_allowed(const struct bylaws *bylaws, enum election_mode mode)
{
    switch (mode) {
    case MODE_OPEN: return bylaws->open_allowed;
    case MODE_PAPER: return bylaws->paper_allowed;
    case MODE_ATTESTED: return bylaws->attest_allowed;
    }
    return false;
}

/* A paper and a raised hand are one vote: who carries more signs the ballot. */
static bool weights_fit(const struct state *s, uint32_t freeze_row, enum election_mode mode)
{
    const struct freeze_row *freeze = state_freeze(s, freeze_row);
    if (mode == MODE_OPEN) return true;
    for (uint32_t i = 0; i < freeze->elector_count; i++)
        if (state_elector(s, freeze->first_elector + i)->weight != 1) return false;
    return true;
}

static uint64_t shortest_election(const struct bylaws *b, enum election_mode mode)
{
    uint64_t keying = mode == MODE_OPEN ? 0 : b->key_time;
    return b->nominate_time + b->prepare_time + b->ballot_time + keying + b->objection_time;
}

static bool times_fit(const struct bylaws *b, const struct call_body *call, uint64_t at)
{
    const struct election_times *t = &call->times;
    uint64_t keying = call->mode == MODE_OPEN ? 0 : b->key_time;
    return t->nominate_until >= at + b->nominate_time &&
           t->opens >= t->nominate_until + b->prepare_time &&
           t->closes >= t->opens + b->ballot_time && t->keyed_until >= t->closes + keying &&
           t->objections_until >= t->keyed_until + b->objection_time;
}

/* The latest end of an election. A running term is not outlasted; where nobody is seated any more,
 * or never was, a far date must not block the body. */
static uint64_t latest_end(const struct state *s, const struct call_body *call, uint32_t body_row,
                           uint64_t at)
{
    const struct body_row *body = state_body(s, body_row);
    if (call->partial) return body->due ? body->due : body->term_ends;
    if (body->term_ends > at) return body->term_ends;
    uint64_t twice = 2 * shortest_election(&s->bylaws, call->mode);
    return at + (twice > s->bylaws.call_lead ? twice : s->bylaws.call_lead);
}

static enum article body_decide(const struct state *s, const struct call_body *call,
                                uint32_t *ret_body, uint32_t *ret_freeze)
{
    uint32_t body_row = state_body_by_id(s, &call->body);
    if (body_row == ROW_NONE) return ARTICLE_UNIT_KNOWN;
    GUARD(s, !state_body(s, body_row)->closed, ARTICLE_UNIT_KNOWN);
    GUARD(s, state_body(s, body_row)->election_row == ROW_NONE, ARTICLE_ELECTION_PHASE);
    uint32_t freeze_row = state_freeze_by_id(s, &call->freeze);
    if (freeze_row == ROW_NONE) return ARTICLE_FREEZE;
    const struct freeze_row *freeze = state_freeze(s, freeze_row);
    GUARD(s, freeze->body_row == body_row && freeze->used == FREEZE_UNUSED, ARTICLE_FREEZE);
    *ret_body = body_row;
    *ret_freeze = freeze_row;
    return ARTICLE_NONE;
}

enum article election_call_decide(const struct state *s, const struct step *step)
{
    const struct call_body *call = step->body;
    uint64_t at = (uint64_t)step->at;
    uint32_t body_row, freeze_row;
    enum article article = body_decide(s, call, &body_row, &freeze_row);
    if (article) return article;
    GUARD(s, council_freeze_fresh(s, freeze_row, at), ARTICLE_FREEZE);
    GUARD(s, may_call(s, step, body_row, freeze_row), ARTICLE_ELECTION_CALL);
    article = seats_decide(s, call, body_row, freeze_row);
    if (article) return article;
    GUARD(s, mode_allowed(&s->bylaws, call->mode), ARTICLE_CHANNEL);
    GUARD(s, weights_fit(s, freeze_row, call->mode), ARTICLE_CHANNEL);
    GUARD(s, call->mode != MODE_ATTESTED || call->rule != COUNT_SCOTTISH_STV, ARTICLE_BALLOT_FORM);
    GUARD(s, times_fit(&s->bylaws, call, at), ARTICLE_ELECTION_TIMES);
    GUARD(s, call->times.objections_until <= latest_end(s, call, body_row, at),
          ARTICLE_ELECTION_DUE);
    return ARTICLE_NONE;
}

static enum code add_cell(struct state *s, const struct election_plan *plan, uint32_t election_row,
                          uint32_t constituency_row)
{
    uint32_t seats = election_seats_to_fill(s, constituency_row, plan->partial);
    if (!seats) return CODE_OK;
    uint32_t first, count;
    council_freeze_part(s, plan->freeze_row, constituency_row, &first, &count);
    struct cell_row *cell = state_add_cell(s);
    if (!cell) return CODE_NO_MEMORY;
    *cell = (struct cell_row){.election_row = election_row,
                              .constituency_row = constituency_row,
                              .seats = seats,
                              .first_elector = first,
                              .elector_count = count,
                              .first_candidate = ROW_NONE,
                              .last_candidate = ROW_NONE,
                              .first_ballot = ROW_NONE,
                              .first_winner = ROW_NONE,
                              .attest_row = ROW_NONE,
                              .first_seat = ROW_NONE,
                              .first_pile = ROW_NONE,
                              .first_objection = ROW_NONE,
                              .complete_by = ROW_NONE,
                              .state = CELL_RUNNING,
                              .evidence = (uint8_t)plan->mode};
    state_election(s, election_row)->cell_count++;
    return CODE_OK;
}

static enum code add_cells(struct state *s, const struct election_plan *plan, uint32_t election_row)
{
    uint32_t first = state_body(s, plan->body_row)->first_constituency;
    uint32_t count = state_body(s, plan->body_row)->constituency_count;
    if (plan->partial) {
        for (uint32_t i = 0; i < plan->cell_count; i++)
            TRY(add_cell(s, plan, election_row, first + plan->cells[i] - 1));
        return CODE_OK;
    }
    for (uint32_t i = 0; i < count; i++) TRY(add_cell(s, plan, election_row, first + i));
    return CODE_OK;
}

static enum code add_deadlines(struct state *s, const struct election_plan *plan,
                               uint32_t election_row)
{
    const struct deadline_row deadlines[] = {
        {plan->times.nominate_until, plan->id, DEADLINE_NOMINATED, election_row},
        {plan->times.opens, plan->id, DEADLINE_OPENS, election_row},
        {plan->times.closes, plan->id, DEADLINE_CLOSES, election_row},
    };
    for (size_t i = 0; i < COUNT(deadlines); i++) TRY(state_deadline_add(s, &deadlines[i]));
    return CODE_OK;
}

static void use_demands(struct state *s, uint32_t body_row, uint32_t election_row)
{
    for (uint32_t row = 0; row < s->demand.count; row++) {
        struct demand_row *demand = state_demand(s, row);
        if (demand->body_row == body_row && demand->election_row == ROW_NONE)
            demand->election_row = election_row;
    }
}

enum code election_begin(struct state *s, const struct election_plan *plan)
{
    struct text_ref told;
    TRY(state_text_add(s, plan->told, &told));
    struct election_row *election = state_add_election(s);
    if (!election) return CODE_NO_MEMORY;
    uint32_t row = s->election.count - 1;
    struct body_row *body = state_body(s, plan->body_row);
    const struct election_times *times = &plan->times;
    *election = (struct election_row){
        .id = plan->id,
        .called = plan->at,
        .nominate_until = times->nominate_until,
        .opens = times->opens,
        .closes = times->closes,
        .keyed_until = times->keyed_until,
        .objections_until = times->objections_until,
        .term_until = plan->partial ? body->term_ends : times->objections_until + body->term,
        .times = told,
        .body_row = plan->body_row,
        .freeze_row = plan->freeze_row,
        .first_cell = s->cell.count,
        .caller_row = plan->caller_row,
        .rule = plan->rule,
        .rule_version = COUNT_VERSION_OF_RULES_1,
        .state = ELECTION_NOMINATING,
        .mode = (uint8_t)plan->mode,
        .by_clock = plan->by_clock,
        .unopposed_allowed = s->bylaws.unopposed != 0,
        .partial = plan->partial};
    TRY(idmap_put(&s->elections, row));
    body->election_row = row;
    state_freeze(s, plan->freeze_row)->used = FREEZE_USED;
    if (!plan->partial) use_demands(s, plan->body_row, row);
    TRY(add_cells(s, plan, row));
    return add_deadlines(s, plan, row);
}

enum code election_call_apply(struct state *s, const struct step *step)
{
    const struct call_body *call = step->body;
    struct election_plan plan = {.id = step->act.id,
                                 .at = (uint64_t)step->at,
                                 .body_row = state_body_by_id(s, &call->body),
                                 .freeze_row = state_freeze_by_id(s, &call->freeze),
                                 .caller_row = step->by_row,
                                 .cell_count = call->cell_count,
                                 .cells = call->cells,
                                 .partial = call->partial,
                                 .mode = call->mode,
                                 .rule = (uint16_t)call->rule,
                                 .times = call->times,
                                 .told = call->told};
    return election_begin(s, &plan);
}

/* ---- election.demand ---- */

struct demand_body {
    hash32 body;
};

enum code election_demand_decode(struct step *step, struct fail *fail)
{
    struct demand_body *body = step->body = ARENA_NEW(step->arena, struct demand_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("body"), body->body.bytes, sizeof body->body);
    return fields_end(&f, fail);
}

enum article election_demand_decide(const struct state *s, const struct step *step)
{
    const struct demand_body *body = step->body;
    uint32_t body_row = state_body_by_id(s, &body->body);
    if (body_row == ROW_NONE) return ARTICLE_UNIT_KNOWN;
    GUARD(s, !state_body(s, body_row)->closed, ARTICLE_UNIT_KNOWN);
    GUARD(s, council_is_elector(s, body_row, step->by_row), ARTICLE_ELECTION_CALL);
    GUARD(s, !has_demanded(s, body_row, step->by_row, (uint64_t)step->at), ARTICLE_ONCE);
    return ARTICLE_NONE;
}

enum code election_demand_apply(struct state *s, const struct step *step)
{
    const struct demand_body *body = step->body;
    struct demand_row *demand = state_add_demand(s);
    if (!demand) return CODE_NO_MEMORY;
    *demand = (struct demand_row){.at = (uint64_t)step->at,
                                  .body_row = state_body_by_id(s, &body->body),
                                  .member_row = step->by_row,
                                  .election_row = ROW_NONE};
    return CODE_OK;
}

/* ---- the clock ---- */

static hash32 clock_id(str what, const hash32 *body, uint64_t at)
{
    uint8_t time[8];
    for (int i = 0; i < 8; i++) time[i] = (uint8_t)(at >> (8 * (7 - i)));
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, what);
    sha256_add(&sha, body->bytes, sizeof *body);
    sha256_add(&sha, time, sizeof time);
    return sha256_done(&sha);
}

enum code election_due_at(struct state *s, uint32_t body_row, uint64_t due)
{
    struct body_row *body = state_body(s, body_row);
    body->due = due;
    struct deadline_row deadline = {due, body->id, DEADLINE_BODY_DUE, body_row};
    return state_deadline_add(s, &deadline);
}

static enum code try_later(struct state *s, uint32_t body_row, uint64_t at)
{
    uint64_t wait = s->bylaws.call_lead > RETRY_MIN_S ? s->bylaws.call_lead : RETRY_MIN_S;
    return election_due_at(s, body_row, at + wait);
}

static struct election_times clock_times(const struct bylaws *b, enum election_mode mode,
                                         uint64_t at)
{
    struct election_times t;
    t.nominate_until = at + b->nominate_time;
    t.opens = t.nominate_until + b->prepare_time;
    t.closes = t.opens + b->ballot_time;
    t.keyed_until = t.closes + (mode == MODE_OPEN ? 0 : b->key_time);
    t.objections_until = t.keyed_until + b->objection_time;
    return t;
}

/* Ballots that need no teller come first. */
static enum election_mode clock_mode(const struct bylaws *b)
{
    if (b->open_allowed) return MODE_OPEN;
    if (b->paper_allowed) return MODE_PAPER;
    return b->attest_allowed && b->rule != COUNT_SCOTTISH_STV ? MODE_ATTESTED : MODE_OPEN;
}

static bool has_seats(const struct state *s, uint32_t body_row)
{
    const struct body_row *body = state_body(s, body_row);
    for (uint32_t i = 0; i < body->constituency_count; i++)
        if (state_constituency(s, body->first_constituency + i)->seats) return true;
    return false;
}

enum code election_call_by_clock(struct state *s, uint32_t body_row, uint64_t at,
                                 struct arena *arena)
{
    hash32 body_id = state_body(s, body_row)->id;
    struct council_freeze_order order = {
        .body_row = body_row,
        .id = clock_id(STR("plenary.clock.freeze/v1|"), &body_id, at),
        .at = (unix_s)at};
    uint32_t freeze_row;
    TRY(council_freeze(s, &order, &freeze_row));
    if (state_body(s, body_row)->seats_each == 0) {
        enum code code = council_apportion_apply(s, freeze_row, arena);
        if (code == CODE_NO_MEMORY) return code;
        if (code != CODE_OK) return try_later(s, body_row, at);
    }
    if (state_freeze(s, freeze_row)->elector_count == 0 || !has_seats(s, body_row))
        return try_later(s, body_row, at);
    enum election_mode mode = clock_mode(&s->bylaws);
    struct election_plan plan = {.id = clock_id(STR("plenary.clock.call/v1|"), &body_id, at),
                                 .at = at,
                                 .body_row = body_row,
                                 .freeze_row = freeze_row,
                                 .caller_row = ROW_NONE,
                                 .mode = mode,
                                 .rule = (uint16_t)s->bylaws.rule,
                                 .times = clock_times(&s->bylaws, mode, at),
                                 .by_clock = true};
    char closes[CIVIL_TIME_SIZE];
    civil_format((unix_s)plan.times.closes, 0, closes);
    plan.told =
        arena_printf(arena, "{\"date\":\"%.19s\",\"offset\":\"+00:00\",\"zone\":\"UTC\"}", closes);
    if (!plan.told.at) return CODE_NO_MEMORY;
    return election_begin(s, &plan);
}
