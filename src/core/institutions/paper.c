#include "core/institutions/paper.h"

#include "core/count/count.h"
#include "core/institutions/election_parts.h"
#include "core/institutions/result.h"

enum { PILES_MAX = 10000 };

/* ---- sheet, seal, papers ---- */

void paper_sheet_write(const struct paper_sheet *sheet, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    json_kv_u64(&w, STR("issued"), sheet->issued);
    json_kv_u64(&w, STR("not_returned"), sheet->not_returned);
    json_key(&w, STR("rejected"));
    json_object(&w);
    json_kv_u64(&w, STR("blank"), sheet->blank);
    json_kv_u64(&w, STR("other"), sheet->other);
    json_kv_u64(&w, STR("unclear"), sheet->unclear);
    json_object_end(&w);
    json_kv_u64(&w, STR("unused"), sheet->unused);
    json_kv_u64(&w, STR("valid"), sheet->valid);
    json_object_end(&w);
}

enum code paper_sheet_read(const struct json *object, struct paper_sheet *ret, struct fail *fail)
{
    struct paper_sheet sheet;
    struct fields f = fields_of(object);
    sheet.issued = fields_u32(&f, STR("issued"));
    sheet.not_returned = fields_u32(&f, STR("not_returned"));
    const struct json *rejected = fields_object(&f, STR("rejected"));
    sheet.unused = fields_u32(&f, STR("unused"));
    sheet.valid = fields_u32(&f, STR("valid"));
    TRY(fields_end(&f, fail));
    struct fields r = fields_of(rejected);
    sheet.blank = fields_u32(&r, STR("blank"));
    sheet.other = fields_u32(&r, STR("other"));
    sheet.unclear = fields_u32(&r, STR("unclear"));
    TRY(fields_end(&r, fail));
    *ret = sheet;
    return CODE_OK;
}

static uint64_t sheet_rejected(const struct paper_sheet *sheet)
{
    return (uint64_t)sheet->blank + sheet->other + sheet->unclear;
}

bool paper_sheet_adds_up(const struct paper_sheet *sheet)
{
    return sheet->issued ==
           sheet->valid + sheet_rejected(sheet) + sheet->unused + sheet->not_returned;
}

hash32 paper_seal(const nonce16 *salt, const hash32 *papers, str sheet)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.pile/v1|"));
    sha256_add(&sha, salt->bytes, sizeof *salt);
    sha256_add(&sha, papers->bytes, sizeof *papers);
    sha256_add_str(&sha, sheet);
    return sha256_done(&sha);
}

static enum code read_paper(const struct json *paper, uint64_t *last, struct papers_blob *blob,
                            struct fail *fail)
{
    uint8_t seen[ELECTION_CANDIDATES_MAX + 1] = {0};
    struct fields f = fields_of(paper);
    uint64_t number = fields_u64(&f, STR("n"));
    const struct json *ranks = fields_array(&f, STR("ranks"), ELECTION_CANDIDATES_MAX);
    if (!f.bad && number <= *last)
        fields_fail(&f, "\"n\": expected numbers of papers from 1, ascending");
    for (const struct json *rank = json_first(ranks); rank && !f.bad;
         rank = json_next(ranks, rank)) {
        bool fits = rank->type == JSON_INTEGER && rank->integer >= 1 &&
                    rank->integer <= ELECTION_CANDIDATES_MAX;
        if (!fits || seen[rank->integer]) {
            fields_fail(&f, "paper %llu: expected numbers of candidates, each once",
                        (unsigned long long)number);
            break;
        }
        seen[rank->integer] = 1;
        if (rank->integer > blob->highest) blob->highest = (uint32_t)rank->integer;
    }
    TRY(fields_end(&f, fail));
    if (ranks->count > blob->longest) blob->longest = ranks->count;
    *last = number;
    return CODE_OK;
}

enum code papers_read(str text, struct arena *arena, struct papers_blob *ret, struct fail *fail)
{
    const struct json *object;
    TRY(json_parse(text, PAPERS_BLOB_MAX, arena, &object, fail));
    struct fields f = fields_of(object);
    const struct json *papers = fields_array(&f, STR("papers"), PAPERS_BLOB_MAX);
    TRY(fields_end(&f, fail));
    struct papers_blob blob = {.count = papers->count, .papers = papers};
    uint64_t last = 0;
    for (const struct json *paper = json_first(papers); paper; paper = json_next(papers, paper))
        TRY(read_paper(paper, &last, &blob, fail));
    *ret = blob;
    return CODE_OK;
}

/* ---- piles ---- */

static uint32_t find_pile(const struct state *s, const struct cell_row *cell, uint32_t number)
{
    uint32_t row = cell->first_pile;
    for (; row != ROW_NONE; row = state_pile(s, row)->next_of_cell) {
        const struct pile_row *pile = state_pile(s, row);
        if (pile->number == number && pile->round == cell->recounts) return row;
    }
    return ROW_NONE;
}

bool paper_ready(const struct state *s, uint32_t cell_row, uint32_t piles)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    uint64_t agreed = 0, papers = 0;
    for (uint32_t row = cell->first_pile; row != ROW_NONE; row = state_pile(s, row)->next_of_cell) {
        const struct pile_row *pile = state_pile(s, row);
        if (pile->round != cell->recounts || pile->state == PILE_SEALED_ONCE) continue;
        if (pile->state != PILE_AGREED) return false;
        agreed++;
        papers += (uint64_t)pile->valid + pile->rejected;
    }
    return agreed > 0 && agreed == piles && papers <= cell->elector_count;
}

void paper_new_round(struct state *s, uint32_t cell_row)
{
    struct cell_row *cell = state_cell(s, cell_row);
    for (uint32_t row = cell->first_ballot; row != ROW_NONE;
         row = state_ballot(s, row)->next_of_cell)
        state_ballot(s, row)->in_force = 0;
    cell->first_ballot = ROW_NONE;
    cell->ballots_cast = 0;
    cell->pile_count = 0;
    cell->complete_by = ROW_NONE;
}

/* Where piles are handled: an election on paper whose cell is being keyed, by a teller of it. */
static enum article keying_decide(const struct state *s, const struct election_target *target,
                                  uint32_t teller_row, struct election_place *ret)
{
    if (!election_find(s, target, ret)) return ARTICLE_ELECTION_KNOWN;
    GUARD(s, ret->election->mode == MODE_PAPER, ARTICLE_CHANNEL);
    GUARD(s, ret->cell->state == CELL_KEYING, ARTICLE_ELECTION_PHASE);
    return election_teller_decide(s, ret, teller_row);
}

/* ---- paper.seal ---- */

struct seal_body {
    struct election_target target;
    uint32_t pile;
    hash32 seal;
};

static enum code seal_decode(struct step *step, struct fail *fail)
{
    struct seal_body *body = step->body = ARENA_NEW(step->arena, struct seal_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    body->pile = fields_u32(&f, STR("pile"));
    fields_base64(&f, STR("seal"), body->seal.bytes, sizeof body->seal);
    return fields_end(&f, fail);
}

static enum article seal_decide(const struct state *s, const struct step *step)
{
    const struct seal_body *body = step->body;
    struct election_place place;
    enum article article = keying_decide(s, &body->target, step->by_row, &place);
    if (article) return article;
    if (body->pile == 0 || body->pile > PILES_MAX || body->pile > place.cell->pile_count + 1)
        return ARTICLE_PAPER_PILE;
    uint32_t row = find_pile(s, place.cell, body->pile);
    if (row == ROW_NONE) return ARTICLE_NONE;
    if (state_pile(s, row)->state != PILE_SEALED_ONCE) return ARTICLE_ONCE;
    GUARD(s, state_pile(s, row)->teller_row[0] != step->by_row, ARTICLE_PAPER_PILE);
    return ARTICLE_NONE;
}

static enum code seal_apply(struct state *s, const struct step *step)
{
    const struct seal_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct cell_row *cell = state_cell(s, place.cell_row);
    uint32_t row = find_pile(s, cell, body->pile);
    cell->complete_by = ROW_NONE; /* there was more to come */
    if (row != ROW_NONE) {
        struct pile_row *pile = state_pile(s, row);
        pile->teller_row[1] = step->by_row;
        pile->seal[1] = body->seal;
        pile->state = PILE_SEALED;
        return CODE_OK;
    }
    struct pile_row *pile = state_add_pile(s);
    if (!pile) return CODE_NO_MEMORY;
    *pile = (struct pile_row){.cell_row = place.cell_row,
                              .number = body->pile,
                              .teller_row = {step->by_row, ROW_NONE},
                              .seal = {body->seal},
                              .adjudicator_row = {ROW_NONE, ROW_NONE},
                              .round = cell->recounts,
                              .next_of_cell = cell->first_pile,
                              .state = PILE_SEALED_ONCE};
    cell->first_pile = s->pile.count - 1;
    cell->pile_count++;
    return CODE_OK;
}

/* ---- paper.reveal, paper.adjudicate: both bring papers and their sheet ---- */

struct keying_body {
    struct election_target target;
    uint32_t pile;
    nonce16 salt; /* reveal alone */
    hash32 papers;
    struct paper_sheet sheet;
    str sheet_text; /* canonical */
    bool held;      /* the blob is here */
    struct papers_blob blob;
};

static enum code keying_decode(struct step *step, bool has_salt, struct fail *fail)
{
    struct keying_body *body = step->body = ARENA_NEW(step->arena, struct keying_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    fields_hex(&f, STR("papers"), body->papers.bytes, sizeof body->papers);
    body->pile = fields_u32(&f, STR("pile"));
    if (has_salt) fields_hex(&f, STR("salt"), body->salt.bytes, sizeof body->salt);
    const struct json *sheet = fields_object(&f, STR("sheet"));
    TRY(fields_end(&f, fail));
    TRY(paper_sheet_read(sheet, &body->sheet, fail));
    body->sheet_text = sheet->raw;
    step->names = &body->papers;
    step->name_count = 1;
    str text;
    body->held = step->blobs->get(step->blobs->self, &body->papers, &text);
    return body->held ? papers_read(text, step->arena, &body->blob, fail) : CODE_OK;
}

static enum code reveal_decode(struct step *step, struct fail *fail)
{
    return keying_decode(step, true, fail);
}

static enum code adjudicate_decode(struct step *step, struct fail *fail)
{
    return keying_decode(step, false, fail);
}

/* The papers are ballots of this cell and the sheet accounts for each of them. */
static enum article papers_decide(const struct state *s, const struct keying_body *body,
                                  const struct election_place *place)
{
    if (!body->held) return ARTICLE_BLOB;
    const struct paper_sheet *sheet = &body->sheet;
    bool accounts = paper_sheet_adds_up(sheet) && sheet->valid == body->blob.count &&
                    sheet->valid + sheet_rejected(sheet) <= place->cell->elector_count;
    GUARD(s, accounts, ARTICLE_PAPER_SHEET);
    if (body->blob.highest > place->cell->candidate_count) return ARTICLE_BALLOT_FORM;
    GUARD(s, place->election->rule != COUNT_PLURALITY || body->blob.longest <= 1,
          ARTICLE_BALLOT_FORM);
    return ARTICLE_NONE;
}

static bool same_keying(const struct state *s, const struct pile_row *pile, const hash32 *papers,
                        const struct keying_body *body)
{
    return hash32_eq(papers, &body->papers) && str_eq(state_text(s, pile->sheet), body->sheet_text);
}

static enum code add_group(struct state *s, uint32_t cell_row, const struct profile *profile,
                           const struct ballot_group *group)
{
    uint8_t ranks[2 * ELECTION_CANDIDATES_MAX];
    for (uint32_t i = 0; i < group->length; i++) {
        uint32_t number = preference_candidate(profile->preferences[group->first + i]) + 1;
        ranks[2 * i] = (uint8_t)(number >> 8);
        ranks[2 * i + 1] = (uint8_t)number;
    }
    struct text_ref ref;
    TRY(state_text_add(s, (str){(const char *)ranks, 2 * (size_t)group->length}, &ref));
    struct ballot_row *ballot = state_add_ballot(s);
    if (!ballot) return CODE_NO_MEMORY;
    struct cell_row *cell = state_cell(s, cell_row);
    *ballot = (struct ballot_row){.cell_row = cell_row,
                                  .elector_row = ROW_NONE,
                                  .weight = (uint32_t)group->weight,
                                  .ranks = ref,
                                  .in_force = 1,
                                  .next_of_cell = cell->first_ballot};
    cell->first_ballot = s->ballot.count - 1;
    return CODE_OK;
}

/* Papers become ballots, equal ones together. */
static enum code add_papers(struct state *s, uint32_t cell_row, const struct papers_blob *blob,
                            struct arena *arena)
{
    struct profile profile;
    uint32_t *preferences = ARENA_ARRAY(arena, ELECTION_CANDIDATES_MAX, uint32_t);
    if (!preferences) return CODE_NO_MEMORY;
    TRY(profile_init(&profile, state_cell(s, cell_row)->candidate_count, arena, NULL));
    for (const struct json *paper = json_first(blob->papers); paper;
         paper = json_next(blob->papers, paper)) {
        const struct json *ranks = json_get(paper, STR("ranks"));
        uint32_t count = 0;
        for (const struct json *rank = json_first(ranks); rank; rank = json_next(ranks, rank))
            preferences[count++] = (uint32_t)rank->integer - 1;
        TRY(profile_add(&profile, 1, preferences, count, NULL));
    }
    TRY(profile_merge(&profile, s->alloc));
    for (size_t i = 0; i < profile.group_count; i++)
        TRY(add_group(s, cell_row, &profile, &profile.groups[i]));
    return CODE_OK;
}

static enum code accept(struct state *s, uint32_t pile_row, const struct keying_body *body,
                        struct arena *arena)
{
    struct pile_row *pile = state_pile(s, pile_row);
    pile->state = PILE_AGREED;
    pile->accepted = body->papers;
    pile->valid = body->sheet.valid;
    pile->rejected = (uint32_t)sheet_rejected(&body->sheet);
    struct cell_row *cell = state_cell(s, pile->cell_row);
    cell->ballots_cast += pile->valid + pile->rejected;
    return add_papers(s, pile->cell_row, &body->blob, arena);
}

/* Which of the two tellers, 2 = neither. */
static int slot_of(const struct pile_row *pile, uint32_t member_row)
{
    return pile->teller_row[0] == member_row ? 0 : pile->teller_row[1] == member_row ? 1 : 2;
}

static bool is_zero(const hash32 *hash)
{
    const hash32 zero = {{0}};
    return hash32_eq(hash, &zero);
}

static enum article reveal_decide(const struct state *s, const struct step *step)
{
    const struct keying_body *body = step->body;
    struct election_place place;
    enum article article = keying_decide(s, &body->target, step->by_row, &place);
    if (article) return article;
    uint32_t row = find_pile(s, place.cell, body->pile);
    if (row == ROW_NONE) return ARTICLE_PAPER_PILE;
    const struct pile_row *pile = state_pile(s, row);
    int slot = slot_of(pile, step->by_row);
    if (slot == 2) return ARTICLE_PAPER_PILE;
    if (!is_zero(&pile->papers[slot])) return ARTICLE_ONCE;
    /* Whoever reveals first must know that the other can no longer follow. */
    GUARD(s, pile->state == PILE_SEALED || pile->state == PILE_REVEALED_ONCE, ARTICLE_PAPER_PILE);
    hash32 seal = paper_seal(&body->salt, &body->papers, body->sheet_text);
    GUARD(s, hash32_eq(&seal, &pile->seal[slot]), ARTICLE_PAPER_PILE);
    return papers_decide(s, body, &place);
}

static enum code reveal_apply(struct state *s, const struct step *step)
{
    const struct keying_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    uint32_t row = find_pile(s, place.cell, body->pile);
    struct pile_row *pile = state_pile(s, row);
    int slot = slot_of(pile, step->by_row);
    pile->papers[slot] = body->papers;
    if (pile->state != PILE_REVEALED_ONCE) {
        pile->state = PILE_REVEALED_ONCE;
        struct text_ref sheet;
        TRY(state_text_add(s, body->sheet_text, &sheet));
        state_pile(s, row)->sheet = sheet;
        return CODE_OK;
    }
    if (same_keying(s, pile, &pile->papers[1 - slot], body))
        return accept(s, row, body, step->arena);
    pile->state = PILE_DIFFERS;
    return CODE_OK;
}

/* One of two different tellers who sign the same must not have keyed the pile. */
static bool adjudicators_fit(const struct pile_row *pile, uint32_t second_row)
{
    uint32_t first_row = pile->adjudicator_row[0];
    return first_row != second_row &&
           (slot_of(pile, first_row) == 2 || slot_of(pile, second_row) == 2);
}

static enum article adjudicate_decide(const struct state *s, const struct step *step)
{
    const struct keying_body *body = step->body;
    struct election_place place;
    enum article article = keying_decide(s, &body->target, step->by_row, &place);
    if (article) return article;
    uint32_t row = find_pile(s, place.cell, body->pile);
    if (row == ROW_NONE) return ARTICLE_PAPER_PILE;
    const struct pile_row *pile = state_pile(s, row);
    /* Also where one teller, having seen the other's keying, never reveals his or her own. */
    bool is_open = pile->state == PILE_DIFFERS || pile->state == PILE_REVEALED_ONCE;
    GUARD(s, is_open, ARTICLE_PAPER_PILE);
    article = papers_decide(s, body, &place);
    if (article) return article;
    bool second =
        pile->adjudicator_row[0] != ROW_NONE && same_keying(s, pile, &pile->accepted, body);
    GUARD(s, !second || adjudicators_fit(pile, step->by_row), ARTICLE_PAPER_DIFFER);
    return ARTICLE_NONE;
}

static enum code adjudicate_apply(struct state *s, const struct step *step)
{
    const struct keying_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    uint32_t row = find_pile(s, place.cell, body->pile);
    struct pile_row *pile = state_pile(s, row);
    if (pile->adjudicator_row[0] != ROW_NONE && same_keying(s, pile, &pile->accepted, body)) {
        pile->adjudicator_row[1] = step->by_row;
        return accept(s, row, body, step->arena);
    }
    struct text_ref sheet;
    TRY(state_text_add(s, body->sheet_text, &sheet));
    pile = state_pile(s, row);
    pile->state = PILE_DIFFERS; /* a late reveal no longer counts */
    pile->adjudicator_row[0] = step->by_row;
    pile->accepted = body->papers;
    pile->sheet = sheet;
    return CODE_OK;
}

/* ---- paper.complete ---- */

struct complete_body {
    struct election_target target;
    uint32_t piles;
};

static enum code complete_decode(struct step *step, struct fail *fail)
{
    struct complete_body *body = step->body = ARENA_NEW(step->arena, struct complete_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    body->target.cell = fields_u32(&f, STR("cell"));
    fields_hex(&f, STR("election"), body->target.election.bytes, sizeof(hash32));
    body->piles = fields_u32(&f, STR("piles"));
    return fields_end(&f, fail);
}

static enum article complete_decide(const struct state *s, const struct step *step)
{
    const struct complete_body *body = step->body;
    struct election_place place;
    enum article article = keying_decide(s, &body->target, step->by_row, &place);
    if (article) return article;
    if (!paper_ready(s, place.cell_row, body->piles)) return ARTICLE_PAPER_PILE;
    GUARD(s, place.cell->complete_by != step->by_row, ARTICLE_ONCE);
    return ARTICLE_NONE;
}

static enum code complete_apply(struct state *s, const struct step *step)
{
    const struct complete_body *body = step->body;
    struct election_place place;
    if (!election_find(s, &body->target, &place)) return CODE_INTERNAL;
    struct cell_row *cell = state_cell(s, place.cell_row);
    if (cell->complete_by != ROW_NONE && cell->complete_piles == body->piles)
        return result_take(s, place.cell_row, (uint64_t)step->at, step->arena);
    cell->complete_by = step->by_row;
    cell->complete_piles = body->piles;
    return CODE_OK;
}

const struct act_kind paper_kinds[] = {
    {NAME("paper.seal"), 1, SIGNERS_MEMBER, false, false, seal_decode, seal_decide, seal_apply},
    {NAME("paper.reveal"), 1, SIGNERS_MEMBER, false, false, reveal_decode, reveal_decide,
     reveal_apply},
    {NAME("paper.adjudicate"), 1, SIGNERS_MEMBER, false, false, adjudicate_decode,
     adjudicate_decide, adjudicate_apply},
    {NAME("paper.complete"), 1, SIGNERS_MEMBER, false, false, complete_decode, complete_decide,
     complete_apply},
};
const size_t paper_kind_count = COUNT(paper_kinds);
