/* election_parts.h - what the files of the election organ share. Only election*.c, candidate.c,
 * ballot.c, paper.c, result.c, objection.c and seat.c include it. */
#ifndef PLENARY_CORE_INSTITUTIONS_ELECTION_PARTS_H
#define PLENARY_CORE_INSTITUTIONS_ELECTION_PARTS_H
#include "core/institutions/election.h"

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

enum {
    ELECTION_CANDIDATES_MAX = 2000, /* in one cell: a ballot naming all of them fits one act */
    COUNT_VERSION_OF_RULES_1 = 1 /* the version of every counting rule that rules version 1 uses */
};

/* "cell" and "election" of a body. */
struct election_target {
    hash32 election;
    uint32_t cell; /* number */
};
struct election_place {
    uint32_t election_row, cell_row;
    const struct election_row *election;
    const struct cell_row *cell;
};
/* False when the election or the cell does not exist. */
bool election_find(const struct state *state, const struct election_target *target,
                   struct election_place *ret);
/* Candidates who are no longer members withdraw: before the ballot opens and before it is counted.
 */
void election_drop_departed(struct state *state, uint32_t cell_row);
/* Goes through the candidates of a cell in order of nomination. */
struct candidate_row *election_next_candidate(const struct state *state, uint32_t *row);

/* Tellers of the cell who do not stand in it: ARTICLE_OFFICE, ARTICLE_INCOMPATIBLE. */
enum article election_teller_decide(const struct state *state, const struct election_place *place,
                                    uint32_t member_row);

struct election_times {
    uint64_t nominate_until, opens, closes, keyed_until, objections_until;
};
struct election_plan {
    hash32 id;
    uint64_t at;
    uint32_t body_row, freeze_row, caller_row;
    uint32_t cell_count;
    const uint32_t *cells; /* numbers, ascending; none = all constituencies that have seats */
    bool partial, by_clock;
    enum election_mode mode;
    uint16_t rule;
    struct election_times times;
    str told;
};
/* Opens the election: cells, deadlines. At least one cell must have seats to fill. */
enum code election_begin(struct state *state, const struct election_plan *plan) MUST_CHECK;
/* Seats that an election would fill in the constituency. */
uint32_t election_seats_to_fill(const struct state *state, uint32_t constituency_row, bool partial);
/* The body is due: freeze, apportion, call. */
enum code election_call_by_clock(struct state *state, uint32_t body_row, uint64_t at,
                                 struct arena *arena) MUST_CHECK;
/* The clock tries again when an election of the body gave nobody a seat. */
enum code election_due_at(struct state *state, uint32_t body_row, uint64_t due) MUST_CHECK;

/* Kinds: decode, decide, apply. */
#define ELECTION_PARTS(X)                                                                          \
    X(call) X(demand) X(nominate) X(consent) X(withdraw) X(statement) X(ballot)
#define ELECTION_PART(name)                                                                        \
    enum code election_##name##_decode(struct step *step, struct fail *fail);                      \
    enum article election_##name##_decide(const struct state *state, const struct step *step);     \
    enum code election_##name##_apply(struct state *state, const struct step *step);
ELECTION_PARTS(ELECTION_PART)
#undef ELECTION_PART
#endif
