/* count.h - one entry for every counting rule: a profile of ballots in, winners and every round
 * out. Pure: the same ballots, options and version give the same result for ever, on every machine.
 * No floats. */
#ifndef PLENARY_CORE_COUNT_COUNT_H
#define PLENARY_CORE_COUNT_COUNT_H
#include "base/json.h"
#include "base/sha256.h"
#include "core/count/ballots.h"

/* Numbers are part of the record: never renumber. Sources and oracles: docs/counting.md. */
enum count_rule {
    COUNT_PLURALITY = 1,    /* first preferences; with several seats one vote each all the same */
    COUNT_APPROVAL = 2,     /* every candidate named gets one vote */
    COUNT_SCOTTISH_STV = 3, /* Scottish Local Government Elections Order 2007, rules 45-52 */
    COUNT_IRV = 4,          /* one seat: the fewest votes go until one has more than half */
    COUNT_SCHULZE = 5,      /* strongest paths; equal ranks allowed */
    COUNT_RANKED_PAIRS = 6, /* Tideman; equal ranks allowed */
    COUNT_WIGM_PRF = 7,     /* STV, Proportional Representation Foundation */
    COUNT_MEEK_PRF = 8,     /* STV by Meek's method, the same */
    COUNT_MINNEAPOLIS_STV = 9,  /* Minneapolis Code of Ordinances 167.70 */
    COUNT_MINNEAPOLIS_IRV = 10, /* the same, 167.60 */
    COUNT_DHONDT = 11,          /* seats to lists, see lists.c */
    COUNT_SAINTE_LAGUE = 12,
    COUNT_MODIFIED_SAINTE_LAGUE = 13, /* first divisor 1.4 */
    COUNT_HARE_LR = 14,
    COUNT_DROOP_LR = 15,
    COUNT_EQUAL_SHARES = 16,  /* Method of Equal Shares, committees and budgets */
    COUNT_GREEDY_BUDGET = 17, /* most votes first, for comparison */
    COUNT_SEQ_PHRAGMEN = 18   /* committees by Phragmen's sequential rule */
};

/* "scottish-stv". Static storage. */
const char *count_rule_name(enum count_rule rule);
bool count_rule_by_name(str name, enum count_rule *ret) MUST_CHECK;
/* The newest version of the rule here. Versions 1..newest stay and replay for ever. */
uint32_t count_rule_version(enum count_rule rule);
/* May organisations elect by it? Those rules fill any number of seats with different persons and
 * say who follows when one falls vacant; the others count files. */
bool count_rule_for_elections(enum count_rule rule);
/* Does the rule fill one seat only? */
bool count_rule_single_seat(enum count_rule rule);
/* Do the elected end up with papers of their own, so that vacancies can be counted back? */
bool count_rule_moves_papers(enum count_rule rule);

/* What makes a victory in a pair strong. */
enum count_strength {
    COUNT_STRENGTH_OWN = 0, /* as the rule's source: Schulze winning votes, ranked pairs margins */
    COUNT_STRENGTH_WINNING_VOTES,
    COUNT_STRENGTH_MARGINS
};

/* What a supporter gains from a project that is carried out. */
enum count_satisfaction { COUNT_SATISFACTION_COST = 0, COUNT_SATISFACTION_CARDINALITY };
/* What equal shares does with money that nobody's shares can spend. */
enum count_completion {
    COUNT_COMPLETION_OWN = 0, /* add1 for budgets, greedy for committees */
    COUNT_COMPLETION_NONE,
    COUNT_COMPLETION_ADD1,
    COUNT_COMPLETION_GREEDY,
    COUNT_COMPLETION_ADD1_GREEDY
};
/* "none", "add1", "greedy", "add1-greedy". */
const char *count_completion_name(enum count_completion completion);
bool count_completion_by_name(str name, enum count_completion *ret) MUST_CHECK;

struct count_options {
    uint32_t version; /* of the rule, 0 = the newest */
    uint32_t seats;   /* to be filled, > 0 */
    /* All candidates in the order of a lot that was drawn and published before the count: where
     * everything else is equal the earlier one is preferred. NULL: the order in which candidates
     * are numbered. The PRF rules take the earliest for whatever is decided, exclusion included. */
    const uint32_t *lot;
    enum count_strength strength; /* rules of pairs only */
    /* Rules of pairs: candidate `none` stands for "none of these" or "re-open nominations". Whoever
     * is not preferred to it on more ballots than the reverse, and on at least `quorum`, is dropped
     * first; it is elected only when nobody else is left (Debian Constitution, appendix A.5). */
    bool has_none;
    uint32_t none;
    uint64_t quorum;
    bool tabulator;        /* minneapolis-stv as cities' program runs it, see minneapolis.c */
    uint32_t threshold_bp; /* lists below this many 10,000ths of the valid votes get nothing */
    enum count_satisfaction satisfaction; /* equal shares and greedy only */
    enum count_completion completion;     /* equal shares only */
};

#define COUNT_NOBODY UINT32_MAX

enum count_event {
    COUNT_EVENT_FIRST = 1, /* first preferences, or the one count of a single-round rule */
    COUNT_EVENT_SURPLUS,   /* the surplus of `subject` was transferred */
    COUNT_EVENT_EXCLUSION, /* `subject`, or all of `excluded` together, left; their votes moved */
    COUNT_EVENT_ITERATION, /* votes shared anew by what each elected candidate keeps; moved =
                              surplus */
    COUNT_EVENT_PAIRWISE   /* all compared with all; votes = how many others stand below */
};

struct count_list {
    uint32_t *at; /* candidates, in order */
    uint32_t count;
};

struct count_round {
    enum count_event event;
    uint32_t subject; /* candidate; COUNT_NOBODY when the event has none */
    uint64_t
        moved; /* the surplus, or the excluded candidate's votes, before the transfer; scaled */
    uint64_t quota;           /* in force in this round, scaled */
    uint64_t *votes;          /* one per candidate after the event, scaled by 10^places */
    uint64_t nontransferable; /* exhausted and lost to rounding so far, scaled */
    struct count_list elected, excluded; /* deemed elected, excluded in this round, in that order */
};

enum count_tie_for { COUNT_TIE_ELECTION = 1, COUNT_TIE_SURPLUS, COUNT_TIE_EXCLUSION };
enum count_tie_by { COUNT_TIE_BY_ROUND = 1, COUNT_TIE_BY_LOT, COUNT_TIE_BY_RULE };
/* Candidates stood equal in `round` (0-based) where one had to be chosen. */
struct count_tie {
    uint32_t round;
    enum count_tie_for what;
    enum count_tie_by by;
    uint32_t decided_in; /* the earlier round whose votes decided, when by round */
    uint32_t chosen;     /* who was elected, transferred or excluded first */
    struct count_list candidates;
};

struct count_party { /* a list */
    str name;
    uint32_t first; /* its first candidate */
    uint32_t seats;
    uint64_t votes;
    bool barred;  /* below the threshold */
    bool grouped; /* a party with its candidates, not a candidate number that is a list */
};

/* What became of one project. Money in hundredths of the file's unit, cut off. */
struct count_project {
    bool selected, bought; /* bought with its supporters' shares, not added by a completion */
    uint64_t paying;       /* supporters who paid the full price; the others gave all they had */
    uint64_t price;
    uint64_t left; /* what all its supporters together have left at the end */
};

struct count_result { /* everything in the caller's arena */
    enum count_rule rule;
    uint32_t version, seats, candidates;
    const struct profile *profile; /* for names; must outlive the result */
    uint32_t places;               /* decimal places of votes and quota */
    bool has_quota, quota_moves;   /* some rules' quota follows the votes still in play */
    uint64_t quota;                /* in the last round, scaled */
    uint64_t valid;                /* ballots that name somebody who stands */
    uint32_t vacated;              /* of a countback: who left the seat; else COUNT_NOBODY */
    struct count_list winners;     /* in order of election; fewer than seats if fewer stand */
    /* Those with votes who were not elected, best first; empty for STV, which has countback.h. */
    struct count_list reserve;
    /* Every set of winners the rule allows before ties are broken, where the rule says so. */
    struct count_list *sets;
    uint32_t set_count;
    /* [a * candidates + b]: ballots that prefer a to b, strongest path from a to b; NULL for rules
     * that do not use them. */
    const uint64_t *pairwise, *strengths;
    /* Budgets: cost of what was selected, the budget, both in the profile's units, and each
     * project's fate. */
    uint64_t cost, budget;
    enum count_completion completion;
    struct count_project *projects;
    struct count_party *lists; /* rules for lists only; winners then may repeat a number */
    uint32_t list_count;
    struct count_round *rounds;
    uint32_t round_count;
    struct count_tie *ties;
    uint32_t tie_count;
};

/* Counts. CODE_MALFORMED: "seats" (none), "version" (not known here), "lot" (not a permutation of
 * the candidates), "candidates" (none stands), "equal" (ranks shared under a rule that knows no
 * such thing); CODE_TOO_BIG; CODE_NO_MEMORY. */
enum code count_run(enum count_rule rule, const struct profile *profile,
                    const struct count_options *options, struct arena *arena,
                    struct count_result *ret, struct fail *fail) MUST_CHECK;

/* "first preferences", "surplus of 3", "exclusion of 7": candidates numbered from 1. */
void count_event_write(const struct count_round *round, struct buf *out);
/* "election", "surplus", "exclusion". */
const char *count_tie_for_name(enum count_tie_for what);
/* A scaled number as decimal text: (112000000, 5) -> "1120.00000"; no point when places is 0. */
void count_votes_write(uint64_t scaled, uint32_t places, struct buf *out);
/* The document of `plenary count --json`, docs/cli-json.md. */
void count_result_json(const struct count_result *result, struct buf *out);
/* The document for a budget: rule, completion, selected ids, cost, an explanation per project. */
void count_budget_json(const struct count_result *result, struct buf *out);
/* The result sheet in canonical form: integers only, votes scaled, candidates from 1. What the
 * digest covers. */
void count_result_sheet(const struct count_result *result, struct buf *out);
/* SHA-256 of the sheet. */
enum code count_result_digest(const struct count_result *result, struct alloc alloc,
                              hash32 *ret) MUST_CHECK;
/* Plain text for people, round by round: what happened, to whom votes went, why elected. */
void count_explain_text(const struct count_result *result, struct buf *out);
#endif
