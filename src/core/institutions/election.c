#include "core/institutions/election.h"

#include "core/institutions/council.h"
#include "core/institutions/election_parts.h"

#include "base/sort.h"

static const str mode_names[] = {
    [MODE_OPEN] = NAME("open"), [MODE_PAPER] = NAME("paper"), [MODE_ATTESTED] = NAME("attested")};

str election_mode_name(enum election_mode mode)
{
    return (size_t)mode < COUNT(mode_names) ? mode_names[mode] : STR("");
}

bool election_mode_by_name(str name, enum election_mode *ret)
{
    for (int mode = MODE_OPEN; mode <= MODE_ATTESTED; mode++) {
        if (!str_eq(name, mode_names[mode])) continue;
        *ret = (enum election_mode)mode;
        return true;
    }
    return false;
}

uint32_t election_cell(const struct state *s, uint32_t election_row, uint32_t number)
{
    const struct election_row *election = state_election(s, election_row);
    const struct body_row *body = state_body(s, election->body_row);
    if (number == 0 || number > body->constituency_count) return ROW_NONE;
    uint32_t wanted = body->first_constituency + number - 1;
    uint32_t low = election->first_cell, high = low + election->cell_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t found = state_cell(s, middle)->constituency_row;
        if (found == wanted) return middle;
        if (found < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return ROW_NONE;
}

uint32_t election_cell_number(const struct state *s, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    uint32_t body_row = state_constituency(s, cell->constituency_row)->body_row;
    return cell->constituency_row - state_body(s, body_row)->first_constituency + 1;
}

bool election_find(const struct state *s, const struct election_target *target,
                   struct election_place *ret)
{
    uint32_t election_row = state_election_by_id(s, &target->election);
    if (election_row == ROW_NONE) return false;
    uint32_t cell_row = election_cell(s, election_row, target->cell);
    if (cell_row == ROW_NONE) return false;
    *ret = (struct election_place){election_row, cell_row, state_election(s, election_row),
                                   state_cell(s, cell_row)};
    return true;
}

uint32_t election_elector(const struct state *s, uint32_t cell_row, uint32_t member_row)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    return council_elector_find(s, cell->first_elector, cell->elector_count, member_row);
}

struct candidate_row *election_next_candidate(const struct state *s, uint32_t *row)
{
    if (*row == ROW_NONE) return NULL;
    struct candidate_row *candidate = state_candidate(s, *row);
    *row = candidate->next_in_cell;
    return candidate;
}

uint32_t election_candidate(const struct state *s, uint32_t cell_row, uint32_t member_row)
{
    uint32_t row = state_cell(s, cell_row)->first_candidate;
    while (row != ROW_NONE && state_candidate(s, row)->member_row != member_row)
        row = state_candidate(s, row)->next_in_cell;
    return row;
}

enum code election_ballot_paper(const struct state *s, uint32_t cell_row, struct arena *arena,
                                struct election_ballot_paper *ret)
{
    const struct cell_row *cell = state_cell(s, cell_row);
    *ret = (struct election_ballot_paper){NULL, 0};
    if (cell->candidate_count == 0) return CODE_OK;
    uint32_t *rows = ARENA_ARRAY(arena, cell->candidate_count, uint32_t);
    if (!rows) return CODE_NO_MEMORY;
    uint32_t count = 0;
    for (uint32_t row = cell->first_candidate; row != ROW_NONE;
         row = state_candidate(s, row)->next_in_cell)
        if (state_candidate(s, row)->number) rows[count++] = row;
    *ret = (struct election_ballot_paper){rows, count};
    return CODE_OK;
}

bool election_stands(const struct state *s, uint32_t candidate_row)
{
    const struct candidate_row *candidate = state_candidate(s, candidate_row);
    return candidate->consented && !candidate->withdrawn;
}

struct lot {
    hash32 drawn;
    uint32_t index;
};

static int lot_order(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct lot *left = a, *right = b;
    return hash32_cmp(&left->drawn, &right->drawn);
}

enum code election_lot_order(const struct state *s, uint32_t cell_row,
                             const struct election_ballot_paper *paper, struct arena *arena,
                             uint32_t **ret)
{
    const hash32 *seed = &state_cell(s, cell_row)->lot;
    struct lot *lots = ARENA_ARRAY(arena, paper->count, struct lot);
    uint32_t *order = ARENA_ARRAY(arena, paper->count, uint32_t);
    if (!lots || !order) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < paper->count; i++) {
        struct sha256 sha;
        sha256_init(&sha);
        sha256_add(&sha, seed->bytes, sizeof *seed);
        const struct candidate_row *candidate = state_candidate(s, paper->candidate_row[i]);
        sha256_add(&sha, state_member(s, candidate->member_row)->mid.bytes, sizeof(mid16));
        lots[i] = (struct lot){sha256_done(&sha), i};
    }
    TRY(sort_stable(lots, paper->count, sizeof *lots, lot_order, NULL, s->alloc));
    for (uint32_t i = 0; i < paper->count; i++) order[i] = lots[i].index;
    *ret = order;
    return CODE_OK;
}

bool election_role_covers(const struct state *s, uint32_t member_row, enum body_role role,
                          uint32_t constituency_row)
{
    const struct constituency_row *of = state_constituency(s, constituency_row);
    if (of->unit_row != ROW_NONE) return state_holds_role(s, member_row, role, of->unit_row);
    return council_role_over(s, member_row, role, of->from_body);
}

enum article election_teller_decide(const struct state *s, const struct election_place *place,
                                    uint32_t member_row)
{
    if (member_row == ROW_NONE) return ARTICLE_OFFICE;
    GUARD(s, election_role_covers(s, member_row, ROLE_TELLER, place->cell->constituency_row),
          ARTICLE_OFFICE);
    GUARD(s, election_candidate(s, place->cell_row, member_row) == ROW_NONE, ARTICLE_INCOMPATIBLE);
    return ARTICLE_NONE;
}

#define KIND(text, name, via, public_leaf)                                                         \
    {                                                                                              \
        NAME(text), 1, SIGNERS_MEMBER, via, public_leaf, election_##name##_decode,                 \
            election_##name##_decide, election_##name##_apply                                      \
    }

const struct act_kind election_kinds[] = {
    KIND("election.call", call, false, true),
    KIND("election.demand", demand, true, false),
    KIND("election.nominate", nominate, true, false),
    KIND("election.consent", consent, true, false),
    KIND("election.withdraw", withdraw, true, false),
    KIND("election.statement", statement, true, false),
    KIND("ballot.open", ballot, true, false),
};
const size_t election_kind_count = COUNT(election_kinds);
