#include "core/institutions/result.h"

#include "base/reader.h"
#include "core/institutions/election_parts.h"
#include "core/institutions/seat.h"

#include <string.h>

/* ---- counting ---- */

/* One ballot of the cell. Numbers that name nobody are passed over: the acts' guards let none in.
 */
static enum code add_ballot(const struct state *s, const struct ballot_row *ballot,
                            struct profile *profile, uint32_t *preferences)
{
    struct reader ranks = reader_from(state_text(s, ballot->ranks));
    uint32_t count = 0;
    while (reader_left(&ranks) >= 2) {
        uint32_t number = (uint32_t)read_u8(&ranks) << 8;
        number |= read_u8(&ranks);
        if (number >= 1 && number <= profile->candidates) preferences[count++] = number - 1;
    }
    enum code code = profile_add(profile, ballot->weight, preferences, count, NULL);
    return code == CODE_MALFORMED ? CODE_OK : code;
}

static enum code add_ballots(const struct state *s, const struct cell_row *cell,
                             struct profile *profile, struct arena *arena)
{
    uint32_t *preferences = ARENA_ARRAY(arena, ELECTION_CANDIDATES_MAX + 1, uint32_t);
    if (!preferences) return CODE_NO_MEMORY;
    for (uint32_t row = cell->first_ballot; row != ROW_NONE;
         row = state_ballot(s, row)->next_of_cell)
        if (state_ballot(s, row)->in_force)
            TRY(add_ballot(s, state_ballot(s, row), profile, preferences));
    return CODE_OK;
}

/* The counts of a meeting are as many ballots that name one candidate. */
static enum code add_counts(const struct state *s, const struct cell_row *cell,
                            struct profile *profile)
{
    struct reader counts = reader_from(state_text(s, state_attest(s, cell->attest_row)->counts));
    for (uint32_t i = 0; i < profile->candidates; i++) {
        uint32_t votes = read_be32(&counts);
        if (votes) TRY(profile_add(profile, votes, &i, 1, NULL));
    }
    return CODE_OK;
}

static enum code build_profile(const struct state *s, uint32_t cell_row,
                               const struct election_ballot_paper *paper, struct arena *arena,
                               struct profile *profile)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    TRY(profile_init(profile, paper->count, arena, NULL));
    for (uint32_t i = 0; i < paper->count; i++)
        profile->withdrawn[i] = !election_stands(s, paper->candidate_row[i]);
    if (cell->attest_row != ROW_NONE)
        TRY(add_counts(s, cell, profile));
    else
        TRY(add_ballots(s, cell, profile, arena));
    return profile_merge(profile, s->alloc);
}

enum code result_open(const struct state *s, uint32_t cell_row, struct arena *arena,
                      struct result_job *ret)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    const struct election_row *election = state_election(s, cell->election_row);
    struct election_ballot_paper paper;
    TRY(election_ballot_paper(s, cell_row, arena, &paper));
    if (cell->unopposed || paper.count == 0) return CODE_NOT_FOUND;
    struct profile *profile = ARENA_NEW(arena, struct profile);
    if (!profile) return CODE_NO_MEMORY;
    TRY(build_profile(s, cell_row, &paper, arena, profile));
    uint32_t *lot, standing = 0;
    TRY(election_lot_order(s, cell_row, &paper, arena, &lot));
    for (uint32_t i = 0; i < paper.count; i++) standing += !profile->withdrawn[i];
    if (!standing) return CODE_NOT_FOUND;
    *ret = (struct result_job){
        .rule = (enum count_rule)election->rule,
        .profile = profile,
        .candidate_row = paper.candidate_row,
        .options = {.version = election->rule_version, .seats = cell->seats, .lot = lot}};
    return CODE_OK;
}

enum code result_count(const struct state *s, uint32_t cell_row, struct arena *arena,
                       struct count_result *ret)
{
    struct result_job job;
    TRY(result_open(s, cell_row, arena, &job));
    return count_run(job.rule, job.profile, &job.options, arena, ret, NULL);
}

/* ---- the sheet ---- */

static void sheet_candidates(const struct state *s, const struct election_ballot_paper *paper,
                             struct json_writer *w)
{
    json_key(w, STR("candidates"));
    json_array(w);
    for (uint32_t i = 0; i < paper->count; i++) {
        uint32_t member_row = state_candidate(s, paper->candidate_row[i])->member_row;
        json_hex(w, state_member(s, member_row)->mid.bytes, sizeof(mid16));
    }
    json_array_end(w);
}

static void sheet_elected(const struct state *s, const struct cell_row *cell, struct json_writer *w)
{
    json_key(w, STR("elected"));
    json_array(w);
    for (uint32_t i = 0; i < cell->winner_count; i++) {
        const struct winner_row *winner = state_winner(s, cell->first_winner + i);
        if (winner->elected) json_u64(w, state_candidate(s, winner->candidate_row)->number);
    }
    json_array_end(w);
}

/* Piles are listed newest first; the sheet has them as they are numbered. */
static void sheet_papers(const struct state *s, const struct cell_row *cell, struct json_writer *w)
{
    json_key(w, STR("papers"));
    json_array(w);
    for (uint32_t number = 1; number <= cell->pile_count; number++)
        for (uint32_t row = cell->first_pile; row != ROW_NONE;
             row = state_pile(s, row)->next_of_cell) {
            const struct pile_row *pile = state_pile(s, row);
            if (pile->number == number && pile->round == cell->recounts)
                json_raw(w, state_text(s, pile->sheet));
        }
    json_array_end(w);
}

struct sheet_parts {
    const struct election_ballot_paper *paper;
    const struct count_result *count; /* NULL when unopposed */
};

static void write_sheet(const struct state *s, uint32_t cell_row, const struct sheet_parts *parts,
                        str count_sheet, struct buf *out)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    sheet_candidates(s, parts->paper, &w);
    json_kv_u64(&w, STR("cell"), election_cell_number(s, cell_row));
    if (parts->count) {
        json_key(&w, STR("count"));
        json_raw(&w, count_sheet);
    }
    sheet_elected(s, cell, &w);
    json_kv_hex(&w, STR("election"), state_election(s, cell->election_row)->id.bytes,
                sizeof(hash32));
    json_kv_u64(&w, STR("electors"), cell->elector_count);
    json_kv_str(&w, STR("evidence"), election_mode_name((enum election_mode)cell->evidence));
    json_kv_hex(&w, STR("lot"), cell->lot.bytes, sizeof cell->lot);
    if (cell->attest_row != ROW_NONE)
        json_kv_hex(&w, STR("minutes"), state_attest(s, cell->attest_row)->minutes.bytes,
                    sizeof(hash32));
    if (cell->pile_count) sheet_papers(s, cell, &w);
    json_kv_u64(&w, STR("seats"), cell->seats);
    json_object_end(&w);
}

static enum code sheet_of(const struct state *s, uint32_t cell_row,
                          const struct count_result *count, struct arena *arena, struct buf *out)
{
    struct election_ballot_paper paper;
    TRY(election_ballot_paper(s, cell_row, arena, &paper));
    struct buf count_sheet;
    buf_init(&count_sheet, s->alloc, RESULT_SHEET_MAX);
    if (count) count_result_sheet(count, &count_sheet);
    enum code code = buf_check(&count_sheet);
    struct sheet_parts parts = {&paper, count};
    if (code == CODE_OK) write_sheet(s, cell_row, &parts, buf_str(&count_sheet), out);
    buf_done(&count_sheet);
    return code == CODE_OK ? buf_check(out) : code;
}

enum code result_sheet(const struct state *s, uint32_t cell_row, struct arena *arena,
                       struct buf *out)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    if (cell->state != CELL_PROVISIONAL && cell->state != CELL_FINAL) return CODE_NOT_FOUND;
    struct count_result count;
    enum code code = result_count(s, cell_row, arena, &count);
    if (code != CODE_OK && code != CODE_NOT_FOUND) return code;
    return sheet_of(s, cell_row, code == CODE_OK ? &count : NULL, arena, out);
}

/* ---- the life of a result ---- */

static enum code add_winner(struct state *s, uint32_t cell_row, uint32_t candidate_row,
                            bool elected)
{
    struct winner_row *winner = state_add_winner(s);
    if (!winner) return CODE_NO_MEMORY;
    struct cell_row *cell = state_cell(s, cell_row);
    *winner = (struct winner_row){cell_row, candidate_row, cell->winner_count, elected, {0}};
    cell->winner_count++;
    return CODE_OK;
}

static enum code add_winners(struct state *s, uint32_t cell_row,
                             const struct election_ballot_paper *paper,
                             const struct count_result *count)
{
    struct cell_row *cell = state_cell(s, cell_row);
    cell->first_winner = s->winner.count;
    cell->winner_count = 0;
    if (!count) {
        for (uint32_t i = 0; i < paper->count; i++)
            if (election_stands(s, paper->candidate_row[i]))
                TRY(add_winner(s, cell_row, paper->candidate_row[i], true));
        return CODE_OK;
    }
    for (uint32_t i = 0; i < count->winners.count; i++)
        TRY(add_winner(s, cell_row, paper->candidate_row[count->winners.at[i]], true));
    for (uint32_t i = 0; i < count->reserve.count; i++)
        TRY(add_winner(s, cell_row, paper->candidate_row[count->reserve.at[i]], false));
    return CODE_OK;
}

static enum code take_sheet(struct state *s, uint32_t cell_row, const struct count_result *count,
                            struct arena *arena)
{
    struct buf sheet;
    buf_init(&sheet, s->alloc, RESULT_SHEET_MAX);
    enum code code = sheet_of(s, cell_row, count, arena, &sheet);
    if (code == CODE_OK) state_cell(s, cell_row)->sheet = sha256_of(buf_str(&sheet));
    buf_done(&sheet);
    return code;
}

enum code result_take(struct state *s, uint32_t cell_row, uint64_t at, struct arena *arena)
{
    struct cell_row *cell = state_cell(s, cell_row);
    struct count_result result;
    election_drop_departed(s, cell_row);
    enum code code = result_count(s, cell_row, arena, &result);
    if (code != CODE_OK && code != CODE_NOT_FOUND) return code;
    const struct count_result *count = code == CODE_OK ? &result : NULL;
    if (!count && !cell->unopposed) return result_void(s, cell_row, CELL_EMPTY, at);
    struct election_ballot_paper paper;
    TRY(election_ballot_paper(s, cell_row, arena, &paper));
    TRY(add_winners(s, cell_row, &paper, count));
    if (cell->winner_count == 0) return result_void(s, cell_row, CELL_EMPTY, at);
    TRY(take_sheet(s, cell_row, count, arena));
    const struct election_row *election = state_election(s, cell->election_row);
    uint64_t least = at + s->bylaws.objection_time;
    cell->valid_votes =
        count ? (uint32_t)(count->valid < UINT32_MAX ? count->valid : UINT32_MAX) : 0;
    cell->state = CELL_PROVISIONAL;
    cell->declared = 0;
    cell->result_at = at;
    cell->objections_until =
        election->objections_until > least ? election->objections_until : least;
    struct deadline_row deadline = {cell->objections_until, election->id, DEADLINE_OBJECTIONS,
                                    cell_row};
    return state_deadline_add(s, &deadline);
}

/* One cell fewer to wait for. After the last the body is free for its next election; when this one
 * came too late for the clock's turn, or gave nobody a seat, the clock takes another. */
static enum code cell_over(struct state *s, uint32_t cell_row, uint64_t at)
{
    struct election_row *election = state_election(s, state_cell(s, cell_row)->election_row);
    if (++election->done_cells < election->cell_count) return CODE_OK;
    election->state = ELECTION_DONE;
    struct body_row *body = state_body(s, election->body_row);
    body->election_row = ROW_NONE;
    if (body->due > at) return CODE_OK;
    return election_due_at(s, election->body_row, at + s->bylaws.call_lead + 1);
}

enum code result_void(struct state *s, uint32_t cell_row, enum cell_state how, uint64_t at)
{
    struct cell_row *cell = state_cell(s, cell_row);
    cell->state = (uint8_t)how;
    cell->result_at = at;
    cell->winner_count = 0;
    cell->sheet = (hash32){{0}};
    return cell_over(s, cell_row, at);
}

/* The first final cell of an election begins the body's new term and sets the clock for the one
 * after it. */
static enum code begin_term(struct state *s, const struct election_row *election, uint64_t at)
{
    uint32_t body_row = election->body_row;
    struct body_row *body = state_body(s, body_row);
    uint64_t until = election->term_until, half = at + (until > at ? (until - at) / 2 : 0);
    uint64_t lead = s->bylaws.call_lead,
             due = until > lead && until - lead > half ? until - lead : half;
    body->term_ends = until;
    struct deadline_row term = {until, body->id, DEADLINE_TERM, body_row};
    TRY(state_deadline_add(s, &term));
    return election_due_at(s, body_row, due > at ? due : at + 1);
}

enum code result_finish(struct state *s, uint32_t cell_row, uint64_t at, struct arena *arena)
{
    struct cell_row *cell = state_cell(s, cell_row);
    struct election_row *election = state_election(s, cell->election_row);
    cell->state = CELL_FINAL;
    if (election->final_cells++ == 0 && !election->partial) TRY(begin_term(s, election, at));
    TRY(seat_fill(s, cell_row, at, arena));
    return cell_over(s, cell_row, at);
}

/* ---- election.attest ---- */

struct attest_body {
    struct election_target target;
    hash32 minutes;
    uint32_t present, count;
    uint32_t *counts;
};

static enum code attest_decode(struct step *step, struct fail *fail)
{
    struct attest_body *body = step->body = ARENA_NEW(step->arena, struct attest_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    const struct json *counts = fields_array(&f, STR("counts"), ELECTION_CANDIDATES_MAX);
    body->counts = ARENA_ARRAY(step->arena, counts ? counts->count + 1 : 1, uint32_t);
    if (!body->counts) return CODE_NO_MEMORY;
    for (const struct json *count = json_first(counts); count; count = json_next(counts, count)) {
        bool is_count = count->type == JSON_INTEGER && count->integer <= UINT32_MAX;
        if (!is_count)
            fields_fail(&f, "\"counts\": expected one number of votes for each candidate");
        body->counts[body->count++] = (uint32_t)count->integer;
    }
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    fields_hex(&f, STR("minutes"), body->minutes.bytes, sizeof body->minutes);
    body->present = fields_u32(&f, STR("present"));
    return fields_end(&f, fail);
}

/* No more votes than those present could give. */
static bool counts_fit(const struct attest_body *body, const struct election_place *place)
{
    uint64_t total = 0;
    if (body->present > place->cell->elector_count) return false;
    for (uint32_t i = 0; i < body->count; i++) {
        if (body->counts[i] > body->present) return false;
        total += body->counts[i];
    }
    return place->election->rule != COUNT_PLURALITY || total <= body->present;
}

static enum article attest_decide(const struct state *s, const struct step *step)
{
    const struct attest_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return ARTICLE_ELECTION_KNOWN;
    GUARD(s, step->act.attested, ARTICLE_VIA);
    GUARD(s, place.election->mode == MODE_ATTESTED, ARTICLE_CHANNEL);
    bool is_time = !place.cell->unopposed &&
                   ((place.election->state == ELECTION_OPEN && place.cell->state == CELL_RUNNING) ||
                    place.cell->state == CELL_KEYING);
    GUARD(s, is_time, ARTICLE_ELECTION_PHASE);
    GUARD(s, election_elector(s, place.cell_row, step->by_row) != ROW_NONE, ARTICLE_ELECTOR);
    for (int i = 0; step->act.attested && i < 2; i++) {
        enum article article = election_teller_decide(s, &place, step->via_row[i]);
        if (article) return article;
    }
    GUARD(s, body->count == place.cell->candidate_count, ARTICLE_BALLOT_FORM);
    GUARD(s, counts_fit(body, &place), ARTICLE_PAPER_SHEET);
    return ARTICLE_NONE;
}

/* The latest count before `keyed_until` is the one that counts. */
static enum code attest_apply(struct state *s, const struct step *step)
{
    const struct attest_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct buf counts;
    buf_init(&counts, s->alloc, 4 * (size_t)ELECTION_CANDIDATES_MAX);
    for (uint32_t i = 0; i < body->count; i++) buf_add_be32(&counts, body->counts[i]);
    struct text_ref ref;
    enum code code = buf_check(&counts);
    if (code == CODE_OK) code = state_text_add(s, buf_str(&counts), &ref);
    buf_done(&counts);
    TRY(code);
    struct attest_row *attest = state_add_attest(s);
    if (!attest) return CODE_NO_MEMORY;
    *attest = (struct attest_row){.id = step->act.id,
                                  .minutes = body->minutes,
                                  .cell_row = place.cell_row,
                                  .present = body->present,
                                  .counts = ref};
    struct cell_row *cell = state_cell(s, place.cell_row);
    cell->attest_row = s->attest.count - 1;
    cell->ballots_cast = body->present;
    return CODE_OK;
}

/* ---- election.declare ---- */

struct declare_body {
    struct election_target target;
    hash32 digest;
};

static enum code declare_decode(struct step *step, struct fail *fail)
{
    struct declare_body *body = step->body = ARENA_NEW(step->arena, struct declare_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("digest"), body->digest.bytes, sizeof body->digest);
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    return fields_end(&f, fail);
}

static enum article declare_decide(const struct state *s, const struct step *step)
{
    const struct declare_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return ARTICLE_ELECTION_KNOWN;
    bool has_result = place.cell->state == CELL_PROVISIONAL || place.cell->state == CELL_FINAL;
    GUARD(s, has_result, ARTICLE_ELECTION_PHASE);
    GUARD(s, hash32_eq(&body->digest, &place.cell->sheet), ARTICLE_RESULT_DERIVED);
    GUARD(s, !place.cell->declared, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

/* With its guard cleared, what was declared stands: the attempt that enters a result shows why the
 * guard is there. */
static enum code declare_apply(struct state *s, const struct step *step)
{
    const struct declare_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct cell_row *cell = state_cell(s, place.cell_row);
    cell->declared = 1;
    cell->sheet = body->digest;
    return CODE_OK;
}

const struct act_kind result_kinds[] = {
    {NAME("election.attest"), 1, SIGNERS_MEMBER, true, false, attest_decode, attest_decide,
     attest_apply},
    {NAME("election.declare"), 1, SIGNERS_MEMBER, true, false, declare_decode, declare_decide,
     declare_apply},
};
const size_t result_kind_count = COUNT(result_kinds);
