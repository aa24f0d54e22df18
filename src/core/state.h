/* state.h - all that replay knows. state = fold(step, record): nothing here comes from anywhere
 * else. Rows refer to each other by row number (`*_row`, ROW_NONE = none); texts live in one pool.
 * Only step.c and the apply functions of institutions/ write here. */
#ifndef PLENARY_CORE_STATE_H
#define PLENARY_CORE_STATE_H
#include "base/idmap.h"
#include "core/guard.h"
#include "core/record/ids.h"
#include "core/record/merkle.h"
#include "core/table.h"

enum { RULES_VERSION = 1 /* the newest this program knows */ };

/* A run of the text pool. */
struct text_ref {
    uint32_t at, len;
};

enum member_status { MEMBER_ACTIVE = 1, MEMBER_LAPSED, MEMBER_RESIGNED };
struct member_row {
    mid16 mid;
    hash32 data;                          /* commitment to name, number and the like; zero = none */
    hash32 contact;                       /* commitment to the contact on the roll; zero = none */
    key32 enrol_key;                      /* of the membership code in force; zero = none */
    uint64_t since, contact_since, ended; /* ended: 0 = still a member */
    uint32_t unit_row;
    uint32_t weight;        /* votes carried, 1 unless the bylaws say otherwise */
    uint32_t first_key_row; /* keys of one member form a list, oldest first */
    uint32_t last_key_row;
    uint32_t sponsored_day[2]; /* when this member last sponsored keys, the earlier first: days
                                  since 1970, 0 = never */
    uint32_t next_in_unit;     /* members of one unit form a list; order of entry */
    uint32_t first_seat;       /* seats of one member form a list, newest first */
    uint8_t status;            /* enum member_status */
    uint8_t code_used;         /* the enrolment key has signed */
    uint16_t unused;
    uint32_t prev_in_unit;
    uint32_t move_to; /* unit this member asked to be moved to, ROW_NONE */
    uint32_t unused_too;
};

enum key_state {
    KEY_PROVISIONAL = 1,
    KEY_CONFIRMED,
    KEY_REVOKED,
    KEY_SPONSORED /* 14 days run */,
    KEY_DISPUTED
};
struct key_row {
    key32 public_key;
    hash32 last_act;    /* id of the last act this key signed; zero = genesis */
    uint64_t since;     /* enrolled at */
    uint64_t confirmed; /* at; 0 = not */
    uint64_t revoke_at; /* a younger key asked for this one's end: when; 0 = no */
    uint64_t trusted; /* when it began: confirmed, or for a further device what the certifying key's
                         says */
    uint32_t member_row, next_of_member;
    uint32_t sponsor_row[2]; /* members who sponsored a re-enrolment */
    uint32_t
        settler_row[2]; /* members who would refuse, who would allow a disputed key; ROW_NONE */
    uint32_t revoke_by; /* the younger key that asked, ROW_NONE */
    device4 device;
    uint8_t state;     /* enum key_state */
    uint8_t attested;  /* confirmed or replaced by two tellers at the door */
    uint16_t sponsors; /* how many of sponsor_row are set; with two the key is a recovered one */
    uint32_t unused;
};

enum unit_state { UNIT_OPEN = 1, UNIT_CLOSED };
enum unit_flag { UNIT_STEADY = 0, UNIT_GREW, UNIT_GREW_EARLIER };
struct unit_row {
    hash32 id; /* of the act that founded it */
    struct text_ref name, kind;
    uint64_t since, confirmed; /* confirmed at; 0 = founding not yet confirmed by this unit */
    uint64_t frozen_at;        /* when frozen_count was taken */
    hash32 split_digest;       /* of the body of the first signed unit.split */
    hash32 confirm_digest;     /* members as the first steward confirmed them */
    uint32_t parent_row, member_count, first_member, last_member;
    uint32_t confirm_by;   /* member row of the first confirming steward, ROW_NONE */
    uint32_t frozen_count; /* members at the freeze growth is measured from; 0 = none yet */
    uint8_t state;         /* enum unit_state */
    uint8_t flagged; /* enum unit_flag: grew faster than the bylaws' rate since, or before, that
                        freeze */
    uint16_t unused;
    uint32_t merge_into;         /* unit row that a steward of this one wants to join, ROW_NONE */
    uint32_t merge_by, split_by; /* member rows of who signed first, ROW_NONE */
    uint32_t first_child, last_child, next_sibling; /* units under one parent form a list */
    uint32_t unused_too;
};

/* A body is whatever has seats filled by election: a council, its executive, an office. */
enum body_kind { BODY_COUNCIL = 1, BODY_EXECUTIVE, BODY_OFFICE };
enum body_role {
    ROLE_NONE = 0,
    ROLE_STEWARD,
    ROLE_REGISTRAR,
    ROLE_TELLER,
    ROLE_RETURNING,
    ROLE_APPEALS
};
struct body_row {
    hash32 id;
    struct text_ref name, kind_label;
    struct text_ref norm; /* canonical JSON of the apportionment rule; empty = fixed seats */
    uint64_t since;
    uint64_t term;       /* seconds */
    uint64_t due;        /* an election must have begun by then; the clock calls it; 0 = none due */
    uint64_t term_ends;  /* when the running term is over; 0 = nobody was elected yet */
    uint32_t seats;      /* in all: fixed, or the sum of the last apportionment */
    uint32_t seats_each; /* per constituency where fixed; 0 = by apportionment */
    uint32_t founder_row;                            /* member who founded it */
    uint32_t first_constituency, constituency_count; /* rows of `constituency` */
    uint32_t election_row; /* the election now running for this body, ROW_NONE */
    uint32_t freeze_row;   /* of the last apportionment, ROW_NONE */
    uint32_t removes;      /* elections between a member and a seat here: 1 = elected by members */
    uint8_t kind, role;    /* enum body_kind, enum body_role */
    uint8_t closed;
    uint8_t term_limit; /* terms in a row one member may serve, 0 = no limit */
    uint32_t unused;
};

struct constituency_row {
    uint32_t body_row;
    uint32_t unit_row, from_body; /* who elects: the members of a unit or the seats of a body; the
                                     other is ROW_NONE */
    uint32_t seats;               /* of this constituency */
};

/* A frozen electorate for the election of one body: entries of all its constituencies, ascending by
 * constituency and then by member row, so that one elector is found by bisection and the order of
 * entry leaves no trace. */
struct freeze_row {
    hash32 id;
    uint64_t at;
    uint32_t body_row, first_elector, elector_count, used; /* FREEZE_UNUSED ..., council.h */
    hash32 digest;                                         /* of the entries, canonical */
};
enum channel { CHANNEL_OPEN = 1, CHANNEL_PAPER, CHANNEL_ATTESTED };
struct elector_row {
    uint32_t freeze_row, constituency_row, member_row, weight;
    uint32_t ballot_row; /* the ballot in force in the election on this freeze, ROW_NONE */
    uint8_t channel, unused[3];
};

enum election_state {
    ELECTION_NOMINATING = 1,
    ELECTION_READY,
    ELECTION_OPEN,
    ELECTION_CLOSED,
    ELECTION_DONE
};
enum election_mode { MODE_OPEN = 1, MODE_PAPER, MODE_ATTESTED };
struct election_row {
    hash32 id; /* of the act that called it, or derived when the clock did */
    uint64_t called, nominate_until, opens, closes, keyed_until, objections_until;
    uint64_t term_until; /* when the seats filled here end */
    struct text_ref
        times; /* canonical JSON: what people were told: civil date, offset, zone name */
    uint32_t body_row, freeze_row, first_cell, cell_count, caller_row;
    uint16_t rule, rule_version; /* enum count_rule */
    uint8_t state, mode;         /* enum election_state, enum election_mode */
    uint8_t by_clock, unopposed_allowed;
    uint32_t done_cells, final_cells; /* decided in any way; with seats filled */
    uint8_t partial, unused[3]; /* partial: vacancies of the running term in some constituencies */
};

enum cell_state {
    CELL_RUNNING = 1,
    CELL_KEYING,
    CELL_PROVISIONAL,
    CELL_FINAL,
    CELL_ANNULLED,
    CELL_EMPTY
};
struct cell_row {
    uint64_t result_at, objections_until, keyed_until;
    hash32 lot;   /* seed of the lot, fixed when nominations close */
    hash32 sheet; /* digest of the result sheet; zero = no result yet */
    uint32_t election_row, constituency_row, seats;
    uint32_t first_elector, elector_count; /* contiguous in `elector` */
    uint32_t first_candidate, last_candidate,
        candidate_count;                 /* list of this cell, in order of nomination */
    uint32_t first_ballot, ballots_cast; /* list of this cell, newest first; ballots in force */
    uint32_t pile_count, open_objections, recounts;
    uint32_t first_winner, winner_count; /* rows of `winner` */
    uint32_t attest_row;                 /* accepted attested count, ROW_NONE */
    uint32_t first_seat, seat_count;     /* rows of `seat` filled from here */
    uint32_t valid_votes;
    uint32_t first_pile, first_objection; /* lists of this cell, newest first */
    uint32_t complete_by,
        complete_piles; /* the first teller who says that these are all piles, ROW_NONE */
    uint8_t state;      /* enum cell_state */
    uint8_t evidence;   /* enum election_mode by which this cell was decided */
    uint8_t unopposed, declared;
};

struct candidate_row {
    hash32 nominated; /* id of the nominating act */
    hash32 consent; /* id of the consenting act, the same when a member named himself or herself */
    hash32 statement; /* commitment, zero = none */
    uint32_t cell_row, member_row, next_in_cell,
        number; /* number in the cell from 1, fixed when nominations close; 0 = not standing */
    uint8_t consented, withdrawn, unused[2];
};

/* An open ballot, or a group of keyed papers, or an attested count's line. */
struct ballot_row {
    uint32_t cell_row, elector_row, index; /* index in the record of the act, cut to 32 bits */
    uint32_t weight;
    struct text_ref ranks; /* candidate numbers, two bytes each big-endian */
    uint8_t in_force, unused[3];
    uint32_t next_of_cell; /* ballots of one cell form a list */
};

enum pile_state {
    PILE_SEALED_ONCE = 1,
    PILE_SEALED,
    PILE_REVEALED_ONCE,
    PILE_DIFFERS,
    PILE_AGREED
};
struct pile_row {
    uint32_t cell_row, number;
    uint32_t teller_row[2];    /* members */
    hash32 seal[2], papers[2]; /* papers: blob; zero = not yet revealed */
    hash32 accepted;           /* blob of the accepted keying */
    struct text_ref sheet;     /* canonical JSON of the accepted sheet */
    uint32_t adjudicator_row[2];
    uint32_t round; /* of counting: recounts start a new one */
    uint32_t valid, rejected;
    uint32_t next_of_cell;
    uint8_t state, unused[7];
};

/* The counts of a meeting, attested by two tellers. */
struct attest_row {
    hash32 id, minutes;
    uint32_t cell_row, present;
    struct text_ref counts; /* one u32 big-endian per candidate number */
};

struct winner_row {
    uint32_t cell_row, candidate_row, order; /* order from 0 */
    uint8_t elected, unused[3];              /* 0 = stands in reserve */
};

enum seat_end { SEAT_HELD = 0, SEAT_TERM_OVER, SEAT_RESIGNED, SEAT_LEFT_ROLL, SEAT_SUCCEEDED };
struct seat_row {
    uint64_t from, until, ended; /* ended: 0 = not */
    uint32_t body_row, constituency_row, member_row, cell_row,
        number;              /* number within the body's constituency */
    uint32_t next_of_member; /* seats of one member form a list */
    uint8_t end, countback;  /* enum seat_end; countback: filled after a vacancy */
    uint16_t terms;          /* served in a row including this one */
    uint32_t unused;
};

/* A seat that fell vacant under a rule with countback: what its count was given, so that later ones
 * can follow. */
struct vacancy_row {
    uint64_t at;
    uint32_t cell_row, candidate_row; /* who left */
    struct text_ref
        contesting;      /* one byte per candidate of the cell: 1 = could take the seat then */
    uint32_t member_row; /* who took it, ROW_NONE */
    uint32_t unused;
};

enum objection_state {
    OBJECTION_OPEN = 1,
    OBJECTION_DISMISSED,
    OBJECTION_RECOUNT,
    OBJECTION_ANNULLED
};
struct objection_row {
    hash32 id, ground;
    uint64_t at;
    uint32_t cell_row, member_row, settler_row; /* settler: who signed first */
    uint32_t next_of_cell;
    uint8_t state, proposed, unused[6]; /* enum objection_state */
};

/* An elector who wants the body elected before its term is over; enough of them call the election.
 */
struct demand_row {
    uint64_t at;
    uint32_t body_row, member_row;
    uint32_t election_row; /* the election it helped to call, ROW_NONE */
    uint32_t unused;
};

enum proposal_state { PROPOSAL_OPEN = 1, PROPOSAL_DONE, PROPOSAL_LAPSED };
struct proposal_row { /* of changes to a unit's roll */
    hash32 id, list;
    uint64_t at, until;
    uint32_t unit_row, by_row;
    uint8_t state, unused[7];
};

enum request_state { REQUEST_OPEN = 1, REQUEST_ADMITTED, REQUEST_REFUSED, REQUEST_BY_SILENCE };
struct request_row { /* to join */
    hash32 id, data;
    mid16 mid;
    key32 public_key;
    uint64_t at, until;
    uint32_t unit_row, answered_row; /* the first steward who answered */
    device4 device;
    uint8_t state, answer, unused[2];
};

struct support_row { /* a delegate's signature under new bylaws or rules: it counts while that seat
                        is held */
    hash32 what;
    uint32_t member_row, seat_row, is_rules, version;
};

enum deadline_kind {
    DEADLINE_KEY_REVOKE = 1,
    DEADLINE_KEY_SPONSOR,
    DEADLINE_REQUEST,
    DEADLINE_PROPOSAL,
    DEADLINE_BODY_DUE,
    DEADLINE_NOMINATED,
    DEADLINE_OPENS,
    DEADLINE_CLOSES,
    DEADLINE_KEYED,
    DEADLINE_OBJECTIONS,
    DEADLINE_TERM
};
struct deadline_row { /* a binary heap ordered by (at, id, kind, row) */
    uint64_t at;
    hash32 id; /* of the object */
    uint32_t kind, row;
};

/* The log was restored from an older copy and could not be refilled: what had been signed, and
 * where it goes on. */
struct epoch_row {
    hash32 lost_root;
    uint64_t lost_size, index, at; /* index: of the act that opened the epoch */
};

struct act_id_row {
    hash32 id;
    uint64_t at; /* leaf time */
};

/* X(name, struct, shape). The shape lists every field's width in order, see table.h. */
#define STATE_TABLES(X)                                                                            \
    X(member, struct member_row, "b16 b32 b32 b32 8 8 8 4 4 4 4 4 4 4 4 1 1 2 4 4 4")              \
    X(key, struct key_row, "b32 b32 8 8 8 8 4 4 4 4 4 4 4 b4 1 1 2 4")                             \
    X(unit, struct unit_row, "b32 4 4 4 4 8 8 8 b32 b32 4 4 4 4 4 4 1 1 2 4 4 4 4 4 4 4")          \
    X(body, struct body_row, "b32 4 4 4 4 4 4 8 8 8 8 4 4 4 4 4 4 4 4 1 1 1 1 4")                  \
    X(constituency, struct constituency_row, "4 4 4 4")                                            \
    X(freeze, struct freeze_row, "b32 8 4 4 4 4 b32")                                              \
    X(elector, struct elector_row, "4 4 4 4 4 1 b3")                                               \
    X(election, struct election_row, "b32 8 8 8 8 8 8 8 4 4 4 4 4 4 4 2 2 1 1 1 1 4 4 1 b3")       \
    X(cell, struct cell_row,                                                                       \
      "8 8 8 b32 b32 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 1 1 1 1")                       \
    X(candidate, struct candidate_row, "b32 b32 b32 4 4 4 4 1 1 b2")                               \
    X(ballot, struct ballot_row, "4 4 4 4 4 4 1 b3 4")                                             \
    X(pile, struct pile_row, "4 4 4 4 b32 b32 b32 b32 b32 4 4 4 4 4 4 4 4 1 b7")                   \
    X(attest, struct attest_row, "b32 b32 4 4 4 4")                                                \
    X(winner, struct winner_row, "4 4 4 1 b3")                                                     \
    X(seat, struct seat_row, "8 8 8 4 4 4 4 4 4 1 1 2 4")                                          \
    X(objection, struct objection_row, "b32 b32 8 4 4 4 4 1 1 b6")                                 \
    X(vacancy, struct vacancy_row, "8 4 4 4 4 4 4")                                                \
    X(demand, struct demand_row, "8 4 4 4 4")                                                      \
    X(proposal, struct proposal_row, "b32 b32 8 8 4 4 1 b7")                                       \
    X(request, struct request_row, "b32 b32 b16 b32 8 8 4 4 b4 1 1 b2")                            \
    X(support, struct support_row, "b32 4 4 4 4")                                                  \
    X(deadline, struct deadline_row, "8 b32 4 4")                                                  \
    X(epoch, struct epoch_row, "b32 8 8 8")                                                        \
    X(act, struct act_id_row, "b32 8")

/* The parameters of the bylaws in force; meanings, limits and articles in institutions/bylaws.h. */
struct bylaws {
    hash32 document;
    uint64_t clock_gap, request_time, proposal_time, sponsor_time, revoke_time; /* seconds */
    uint64_t nominate_time, prepare_time, ballot_time, key_time,
        objection_time;       /* seconds, at least */
    uint64_t term, call_lead; /* seconds */
    uint32_t removes_max, adopt_percent, confirm_percent, growth_percent, call_electors, term_limit;
    uint32_t sponsor_limit; /* sponsorings a year */
    uint32_t rule;          /* enum count_rule for elections the clock calls */
    uint32_t request_silence_admits, attest_allowed, paper_allowed, open_allowed, unopposed;
    uint32_t zero; /* keeps the struct free of padding */
};

struct org {
    hash32 id; /* of the founding act */
    key32 log_key, node_key, refusal_key;
    hash32 node_last_act; /* prev of the node key */
    uint64_t founded, confirmed,
        last_at; /* confirmed 0 = "founded, not confirmed"; last_at = time of the last leaf */
    uint32_t founder_row, rules, is_rehearsal, unconfirmed_units;
    struct text_ref origin, name;
};

struct state {
    struct alloc alloc;
#define STATE_FIELD(name, type, shape) struct table name;
    STATE_TABLES(STATE_FIELD)
#undef STATE_FIELD
    struct table pool; /* rows of one byte: texts */
    struct org org;
    struct bylaws bylaws;
    struct merkle tree; /* leaf hashes: roots for `seen`, proofs */
    /* Derived, rebuilt on load: */
    struct idmap members; /* mid -> member row */
    struct idmap acts;    /* act id -> index */
    struct idmap units, bodies, freezes, elections, proposals, requests, objections; /* id -> row */
#ifdef PLENARY_TAKEOVER_SWITCHES
    uint8_t cleared[GUARD_COUNT]; /* guards that an attempt has switched off */
#endif
};

/* Typed access: state_member(s, row) -> struct member_row *, state_add_member(s) -> new row or
 * NULL. */
#define STATE_ACCESS(name, type, shape)                                                            \
    static inline type *state_##name(const struct state *s, uint32_t row)                          \
    {                                                                                              \
        return (type *)table_at(&s->name, row);                                                    \
    }                                                                                              \
    static inline type *state_add_##name(struct state *s)                                          \
    {                                                                                              \
        return (type *)table_add(&s->name);                                                        \
    }
STATE_TABLES(STATE_ACCESS)
#undef STATE_ACCESS

enum code state_init(struct state *state, struct alloc alloc) MUST_CHECK;
void state_done(struct state *state);

/* Leaves recorded so far. */
uint64_t state_size(const struct state *state);
/* Everything the fold knows in one hash: equal on every machine that replayed the same record. */
hash32 state_digest(const struct state *state);

/* Adds `text` to the pool. */
enum code state_text_add(struct state *state, str text, struct text_ref *ret) MUST_CHECK;
str state_text(const struct state *state, struct text_ref ref);

/* Look-ups; ROW_NONE when unknown. */
uint32_t state_member_by_mid(const struct state *state, const mid16 *mid);
uint32_t state_unit_by_id(const struct state *state, const hash32 *id);
uint32_t state_body_by_id(const struct state *state, const hash32 *id);
uint32_t state_freeze_by_id(const struct state *state, const hash32 *id);
uint32_t state_election_by_id(const struct state *state, const hash32 *id);
uint32_t state_proposal_by_id(const struct state *state, const hash32 *id);
uint32_t state_request_by_id(const struct state *state, const hash32 *id);
uint32_t state_objection_by_id(const struct state *state, const hash32 *id);
/* Key row of that member's device; ROW_NONE. */
uint32_t state_key_of(const struct state *state, uint32_t member_row, const device4 *device);
/* Index in the record of an act id, UINT64_MAX if not logged. */
uint64_t state_act_index(const struct state *state, const hash32 *id);

/* Is `unit_row` that unit or one under it? */
bool state_unit_under(const struct state *state, uint32_t unit_row, uint32_t above_row);
/* Does the unit stand under a constituency, directly or through councils? */
bool state_constituency_covers(const struct state *state, uint32_t constituency_row,
                               uint32_t unit_row);
/* Does the member hold a seat of an office with `role` now that answers for `unit_row`? An office
 * elected by a unit answers for that unit and the units under it; one elected by a council for
 * every unit under that council. */
bool state_holds_role(const struct state *state, uint32_t member_row, enum body_role role,
                      uint32_t unit_row);
/* Does the member hold a seat of that body now? Returns the seat row or ROW_NONE. */
uint32_t state_seat_of(const struct state *state, uint32_t member_row, uint32_t body_row);
bool state_is_active(const struct state *state, uint32_t member_row);

/* Deadlines: the fold runs them in order (at, id, kind, row). */
enum code state_deadline_add(struct state *state, const struct deadline_row *deadline) MUST_CHECK;
/* The first deadline, NULL if none. */
const struct deadline_row *state_deadline_first(const struct state *state);
void state_deadline_drop_first(struct state *state);

/* Snapshot: everything but the derived maps, in the order of this machine; for a trusted local copy
 * only. `emit` is called with consecutive bytes. */
typedef enum code state_emit(void *context, const void *bytes, size_t len);
enum code state_save(const struct state *state, state_emit *emit, void *context) MUST_CHECK;
/* Reads what state_save wrote on this build of the program; CODE_CORRUPT when the layout differs or
 * bytes are missing. */
enum code state_load(struct state *state, str bytes) MUST_CHECK;
#endif
