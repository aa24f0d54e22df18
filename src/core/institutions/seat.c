#include "core/institutions/seat.h"

#include "core/count/countback.h"
#include "core/institutions/council.h"
#include "core/institutions/election_parts.h"
#include "core/institutions/office.h"
#include "core/institutions/result.h"

/* ---- questions ---- */

uint32_t seat_held(const struct state *s, uint32_t constituency_row, uint64_t until)
{
    uint32_t held = 0;
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        held += seat->constituency_row == constituency_row && !seat->ended && seat->until >= until;
    }
    return held;
}

/* The member's newest seat in the body, held or not; ROW_NONE. */
static uint32_t newest_seat(const struct state *s, uint32_t member_row, uint32_t body_row)
{
    uint32_t row = state_member(s, member_row)->first_seat;
    while (row != ROW_NONE && state_seat(s, row)->body_row != body_row)
        row = state_seat(s, row)->next_of_member;
    return row;
}

/* Terms follow each other when no whole term lies between their dates: giving up a seat a day early
 * saves nobody from the limit. */
uint32_t seat_terms(const struct state *s, uint32_t member_row, uint32_t body_row, uint64_t until)
{
    uint32_t row = newest_seat(s, member_row, body_row);
    if (row == ROW_NONE) return 1;
    const struct seat_row *last = state_seat(s, row);
    uint64_t term = state_body(s, body_row)->term;
    if (last->until >= until) return last->terms;
    return until - last->until < term + term / 2 ? last->terms + 1u : 1;
}

bool seat_may_hold(const struct state *s, uint32_t member_row, uint32_t body_row, uint64_t until)
{
    if (!state_is_active(s, member_row) || office_incompatible(s, member_row, body_row))
        return false;
    uint32_t held = state_seat_of(s, member_row, body_row);
    if (held != ROW_NONE && state_seat(s, held)->until >= until) return false;
    const struct body_row *body = state_body(s, body_row);
    uint32_t limit = body->term_limit ? body->term_limit : s->bylaws.term_limit;
    return !limit || seat_terms(s, member_row, body_row, until) <= limit;
}

/* ---- filling ---- */

/* The lowest number from `number` on that no held seat of the constituency has. */
static uint32_t free_number(const struct state *s, uint32_t constituency_row, uint32_t number)
{
    for (uint32_t row = 0; row < s->seat.count;) {
        const struct seat_row *seat = state_seat(s, row);
        bool taken =
            seat->constituency_row == constituency_row && !seat->ended && seat->number == number;
        number += taken;
        row = taken ? 0 : row + 1;
    }
    return number;
}

static void end_seat(struct state *s, uint32_t seat_row, uint64_t at, enum seat_end why)
{
    struct seat_row *seat = state_seat(s, seat_row);
    seat->ended = at;
    seat->end = (uint8_t)why;
}

struct seat_plan {
    uint32_t cell_row, member_row, number;
    uint64_t at;
    bool countback;
};

static enum code add_seat(struct state *s, const struct seat_plan *plan)
{
    const struct cell_row *cell = state_cell(s, plan->cell_row);
    const struct election_row *election = state_election(s, cell->election_row);
    uint32_t body_row = election->body_row, older = state_seat_of(s, plan->member_row, body_row);
    if (older != ROW_NONE)
        end_seat(s, older, plan->at, SEAT_SUCCEEDED); /* nobody holds two seats of one body */
    uint32_t terms = seat_terms(s, plan->member_row, body_row, election->term_until);
    struct seat_row *seat = state_add_seat(s);
    if (!seat) return CODE_NO_MEMORY;
    struct member_row *member = state_member(s, plan->member_row);
    *seat = (struct seat_row){.from = plan->at,
                              .until = election->term_until,
                              .body_row = body_row,
                              .constituency_row = cell->constituency_row,
                              .member_row = plan->member_row,
                              .cell_row = plan->cell_row,
                              .number = plan->number,
                              .next_of_member = member->first_seat,
                              .countback = plan->countback,
                              .terms = (uint16_t)(terms < UINT16_MAX ? terms : UINT16_MAX)};
    member->first_seat = s->seat.count - 1;
    return CODE_OK;
}

/* Has the member had a seat of this term in the body and lost it? */
static bool had_seat(const struct state *s, uint32_t member_row, uint32_t body_row, uint64_t until)
{
    uint32_t row = newest_seat(s, member_row, body_row);
    return row != ROW_NONE && state_seat(s, row)->until == until;
}

/* May a candidate who was not elected at first take a vacancy now? Still one of those who elect
 * there, unless the office is open to every member, and not one who gave up a seat of this term. */
static bool may_succeed(const struct state *s, const struct cell_row *cell, uint32_t member_row)
{
    const struct election_row *election = state_election(s, cell->election_row);
    const struct constituency_row *of = state_constituency(s, cell->constituency_row);
    bool belongs =
        of->from_body != ROW_NONE || council_elects(s, cell->constituency_row, member_row);
    return belongs && !had_seat(s, member_row, election->body_row, election->term_until) &&
           seat_may_hold(s, member_row, election->body_row, election->term_until);
}

struct vacancy {
    uint32_t cell_row, candidate_row, number; /* who left, and the number of the seat */
    uint64_t at;
};

static uint32_t from_reserve(const struct state *s, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    for (uint32_t i = 0; i < cell->winner_count; i++) {
        const struct winner_row *winner = state_winner(s, cell->first_winner + i);
        uint32_t member_row = state_candidate(s, winner->candidate_row)->member_row;
        if (!winner->elected && may_succeed(s, cell, member_row)) return member_row;
    }
    return ROW_NONE;
}

/* Which candidates of the cell could take a vacancy now, kept for the countbacks that follow this
 * one. */
static enum code add_vacancy(struct state *s, const struct vacancy *vacancy,
                             const struct result_job *job, struct arena *arena)
{
    const struct cell_row *cell = state_cell(s, vacancy->cell_row);
    uint32_t count = job->profile->candidates;
    char *contesting = ARENA_ARRAY(arena, count, char);
    if (!contesting) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        contesting[i] = may_succeed(s, cell, state_candidate(s, job->candidate_row[i])->member_row);
    struct text_ref ref;
    TRY(state_text_add(s, (str){contesting, count}, &ref));
    struct vacancy_row *row = state_add_vacancy(s);
    if (!row) return CODE_NO_MEMORY;
    *row = (struct vacancy_row){.at = vacancy->at,
                                .cell_row = vacancy->cell_row,
                                .contesting = ref,
                                .candidate_row = vacancy->candidate_row,
                                .member_row = ROW_NONE};
    return CODE_OK;
}

/* All vacancies of the cell in the order in which they arose. */
static enum code read_history(const struct state *s, uint32_t cell_row, struct arena *arena,
                              struct countback_history *ret)
{
    struct countback_vacancy *vacancies =
        ARENA_ARRAY(arena, s->vacancy.count, struct countback_vacancy);
    if (!vacancies) return CODE_NO_MEMORY;
    uint32_t count = 0;
    for (uint32_t row = 0; row < s->vacancy.count; row++) {
        const struct vacancy_row *vacancy = state_vacancy(s, row);
        if (vacancy->cell_row != cell_row) continue;
        str bytes = state_text(s, vacancy->contesting);
        bool *contesting = ARENA_ARRAY(arena, bytes.len, bool);
        if (!contesting) return CODE_NO_MEMORY;
        for (size_t i = 0; i < bytes.len; i++) contesting[i] = bytes.at[i] != 0;
        uint32_t number = state_candidate(s, vacancy->candidate_row)->number;
        vacancies[count++] = (struct countback_vacancy){number - 1, contesting};
    }
    *ret = (struct countback_history){vacancies, count};
    return CODE_OK;
}

/* The ballots that elected whoever left choose the next one, ROW_NONE when they name nobody. */
static enum code from_countback(struct state *s, const struct vacancy *vacancy, struct arena *arena,
                                uint32_t *ret_member_row)
{
    struct result_job job;
    enum code code = result_open(s, vacancy->cell_row, arena, &job);
    if (code == CODE_NOT_FOUND) return CODE_OK;
    TRY(code);
    TRY(add_vacancy(s, vacancy, &job, arena));
    uint32_t vacancy_row = s->vacancy.count - 1;
    struct countback_history history;
    TRY(read_history(s, vacancy->cell_row, arena, &history));
    struct count_result count;
    code = countback_run(job.rule, job.profile, &job.options, &history, arena, &count, NULL);
    if (code == CODE_MALFORMED) return CODE_OK; /* more vacancies than one count takes */
    TRY(code);
    if (count.winners.count == 0) return CODE_OK;
    *ret_member_row = state_candidate(s, job.candidate_row[count.winners.at[0]])->member_row;
    state_vacancy(s, vacancy_row)->member_row = *ret_member_row;
    return CODE_OK;
}

/* A vacancy of a cell whose result is final. */
static enum code fill_vacancy(struct state *s, const struct vacancy *vacancy, struct arena *arena)
{
    const struct cell_row *cell = state_cell(s, vacancy->cell_row);
    const struct election_row *election = state_election(s, cell->election_row);
    bool is_running = cell->state == CELL_FINAL && election->term_until > vacancy->at;
    if (!is_running || state_body(s, election->body_row)->closed) return CODE_OK;
    uint32_t member_row = from_reserve(s, vacancy->cell_row);
    if (election->rule == COUNT_SCOTTISH_STV) TRY(from_countback(s, vacancy, arena, &member_row));
    if (member_row == ROW_NONE) return CODE_OK;
    struct seat_plan plan = {vacancy->cell_row, member_row, vacancy->number, vacancy->at, true};
    return add_seat(s, &plan);
}

static enum code fill_after(struct state *s, const struct seat_row *seat, uint64_t at,
                            struct arena *arena)
{
    struct vacancy vacancy = {
        seat->cell_row, election_candidate(s, seat->cell_row, seat->member_row), seat->number, at};
    return fill_vacancy(s, &vacancy, arena);
}

/* Seats of the constituency whose term ends before the new one's. */
static void succeed(struct state *s, uint32_t constituency_row, uint64_t until, uint64_t at)
{
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->constituency_row == constituency_row && !seat->ended && seat->until < until)
            end_seat(s, row, at, SEAT_SUCCEEDED);
    }
}

/* A seat for one of the elected; whoever may not take it leaves it vacant at once. */
static enum code fill_one(struct state *s, const struct winner_row *winner, uint32_t number,
                          uint64_t at, struct vacancy *ret_vacancy)
{
    const struct election_row *election =
        state_election(s, state_cell(s, winner->cell_row)->election_row);
    struct seat_plan plan = {.cell_row = winner->cell_row,
                             .number = number,
                             .at = at,
                             .member_row = state_candidate(s, winner->candidate_row)->member_row};
    *ret_vacancy = (struct vacancy){winner->cell_row, winner->candidate_row, number, at};
    if (!seat_may_hold(s, plan.member_row, election->body_row, election->term_until))
        return CODE_OK;
    ret_vacancy->candidate_row = ROW_NONE;
    return add_seat(s, &plan);
}

enum code seat_fill(struct state *s, uint32_t cell_row, uint64_t at, struct arena *arena)
{
    struct cell_row cell = *state_cell(s, cell_row);
    uint64_t until = state_election(s, cell.election_row)->term_until;
    uint32_t seats = state_constituency(s, cell.constituency_row)->seats;
    succeed(s, cell.constituency_row, until, at);
    uint32_t held = seat_held(s, cell.constituency_row, until), vacant = 0, number = 0,
             first = s->seat.count;
    struct vacancy *vacancies = ARENA_ARRAY(arena, cell.winner_count + 1, struct vacancy);
    if (!vacancies) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < cell.winner_count && held < seats; i++) {
        const struct winner_row winner = *state_winner(s, cell.first_winner + i);
        if (!winner.elected) continue;
        number = free_number(s, cell.constituency_row, number + 1);
        TRY(fill_one(s, &winner, number, at, &vacancies[vacant]));
        vacant += vacancies[vacant].candidate_row != ROW_NONE;
        held++;
    }
    state_cell(s, cell_row)->first_seat = first;
    state_cell(s, cell_row)->seat_count = s->seat.count - first;
    for (uint32_t i = 0; i < vacant; i++) TRY(fill_vacancy(s, &vacancies[i], arena));
    return CODE_OK;
}

/* ---- ending ---- */

enum code seat_deadline(struct state *s, const struct deadline_row *deadline,
                        const struct blobs *blobs, struct arena *arena)
{
    (void)blobs;
    (void)arena; /* nobody succeeds when the term is over */
    for (uint32_t row = 0; row < s->seat.count; row++) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->body_row == deadline->row && !seat->ended && seat->until <= deadline->at)
            end_seat(s, row, deadline->at, SEAT_TERM_OVER);
    }
    return CODE_OK;
}

/* A seat filled by the members of a unit which this member has left, with the units under it. */
static bool left_unit(const struct state *s, const struct seat_row *seat, uint32_t unit_row)
{
    uint32_t elects = state_constituency(s, seat->constituency_row)->unit_row;
    uint32_t now_in = state_member(s, seat->member_row)->unit_row;
    return elects != ROW_NONE && state_unit_under(s, unit_row, elects) &&
           !state_unit_under(s, now_in, elects);
}

/* Ends the member's seats, those of a unit that was left or all of them when `unit_row` is
 * ROW_NONE; then fills them. Two passes: nobody takes a seat in between who is about to lose it. */
static enum code leave(struct state *s, uint32_t member_row, uint32_t unit_row, uint64_t at,
                       struct arena *arena)
{
    uint32_t newest = state_member(s, member_row)->first_seat, *ended = NULL, count = 0;
    for (uint32_t row = newest; row != ROW_NONE; row = state_seat(s, row)->next_of_member) count++;
    if (!count) return CODE_OK;
    ended = ARENA_ARRAY(arena, count, uint32_t);
    if (!ended) return CODE_NO_MEMORY;
    count = 0;
    for (uint32_t row = newest; row != ROW_NONE; row = state_seat(s, row)->next_of_member) {
        const struct seat_row *seat = state_seat(s, row);
        if (seat->ended || (unit_row != ROW_NONE && !left_unit(s, seat, unit_row))) continue;
        end_seat(s, row, at, SEAT_LEFT_ROLL);
        ended[count++] = row;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct seat_row seat = *state_seat(s, ended[i]);
        TRY(fill_after(s, &seat, at, arena));
    }
    return CODE_OK;
}

enum code seat_end_of_member(struct state *s, uint32_t member_row, uint64_t at, struct arena *arena)
{
    return leave(s, member_row, ROW_NONE, at, arena);
}

enum code seat_end_in_unit(struct state *s, uint32_t member_row, uint32_t unit_row, uint64_t at,
                           struct arena *arena)
{
    return leave(s, member_row, unit_row, at, arena);
}

/* ---- seat.resign ---- */

static enum code resign_decode(struct step *step, struct fail *fail)
{
    hash32 *body = step->body = ARENA_NEW(step->arena, hash32);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("body"), body->bytes, sizeof *body);
    return fields_end(&f, fail);
}

static enum article resign_decide(const struct state *s, const struct step *step)
{
    uint32_t body_row = state_body_by_id(s, step->body);
    if (body_row == ROW_NONE) return ARTICLE_UNIT_KNOWN;
    return state_seat_of(s, step->by_row, body_row) == ROW_NONE ? ARTICLE_SEAT : ARTICLE_NONE;
}

static enum code resign_apply(struct state *s, const struct step *step)
{
    uint32_t row = state_seat_of(s, step->by_row, state_body_by_id(s, step->body));
    if (row == ROW_NONE) return CODE_INTERNAL;
    struct seat_row seat = *state_seat(s, row);
    end_seat(s, row, (uint64_t)step->at, SEAT_RESIGNED);
    return fill_after(s, &seat, (uint64_t)step->at, step->arena);
}

const struct act_kind seat_kinds[] = {
    {NAME("seat.resign"), 1, SIGNERS_MEMBER, true, false, resign_decode, resign_decide,
     resign_apply},
};
const size_t seat_kind_count = COUNT(seat_kinds);
