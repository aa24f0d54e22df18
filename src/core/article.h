/* article.h - every reason for which the rules refuse an act, by the name that a refusal carries.
 * Names are stable for ever: signed refusals quote them. */
#ifndef PLENARY_CORE_ARTICLE_H
#define PLENARY_CORE_ARTICLE_H
#include "base/base.h"

/* X(constant, name, sentence). A name's part before the dot is the organ whose page explains it. */
#define ARTICLES(X)                                                                                \
    X(ARTICLE_PREV, "prev", "An act names the act that its key signed last, so that gaps show.")   \
    X(ARTICLE_SEEN, "seen", "An act names a root of this record not older than seven days.")       \
    X(ARTICLE_TIME, "time",                                                                        \
      "An act is recorded between five minutes before and a day after its own time.")              \
    X(ARTICLE_VIA, "via",                                                                          \
      "Only where the bylaws allow it do two tellers of the unit sign for a member.")              \
    X(ARTICLE_FOUNDED, "org.founded",                                                              \
      "The first act founds the organisation, and only the first.")                                \
    X(ARTICLE_EPOCH, "org.epoch",                                                                  \
      "A new epoch names a later checkpoint of this record that the log no longer holds.")         \
    X(ARTICLE_RULES, "engine.rules",                                                               \
      "Only a rules version this organisation's programs know, and never an older one.")           \
    X(ARTICLE_BYLAWS, "bylaws.form",                                                               \
      "Bylaws are a document the linter accepts; entrenched guards stay.")                         \
    X(ARTICLE_ADOPT, "bylaws.adopt",                                                               \
      "Bylaws and rules change by the majority of the seated delegates of the top council.")       \
    X(ARTICLE_MEMBER, "member.active", "Only a member in good standing may do this.")              \
    X(ARTICLE_KEY_STATE, "key.state",                                                              \
      "A provisional or revoked key signs nothing but its own confirmation; a new key joins no "   \
      "open ballot.")                                                                              \
    X(ARTICLE_KEY_NEW, "key.new", "A device id or key is used once and never again.")              \
    X(ARTICLE_KEY_OLDER, "key.older",                                                              \
      "An older key of the same member decides over a younger one.")                               \
    X(ARTICLE_KEY_SPONSOR, "key.sponsor",                                                          \
      "Two different members of the own unit sponsor a new key, each at most twice a year.")       \
    X(ARTICLE_KEY_SETTLE, "key.settle",                                                            \
      "A disputed key is settled by two persons the unit elected.")                                \
    X(ARTICLE_KEY_CONFIRM, "key.confirm",                                                          \
      "A first key is confirmed through a second channel, once.")                                  \
    X(ARTICLE_CODE_REGISTRAR, "code.registrar", "Membership codes are issued by the registrar.")   \
    X(ARTICLE_CODE_ONCE, "code.once",                                                              \
      "A code is for a member without a device; the old one lapses when a new one is issued.")     \
    X(ARTICLE_ROLL_UNIT, "roll.unit",                                                              \
      "Admission and removal are acts of the unit: two persons it elected.")                       \
    X(ARTICLE_ROLL_SECOND, "roll.second",                                                          \
      "The second signature is another elected person's than the first.")                          \
    X(ARTICLE_ROLL_LIST, "roll.list",                                                              \
      "A list of changes fits the roll as it stands: nobody admitted twice, nobody unknown "       \
      "removed.")                                                                                  \
    X(ARTICLE_ROLL_OPEN, "roll.open", "This proposal or request is no longer open.")               \
    X(ARTICLE_UNIT_NAME, "unit.name",                                                              \
      "Two open units or councils of one parent do not bear one name.")                            \
    X(ARTICLE_UNIT_KNOWN, "unit.known", "The unit or council exists and is open.")                 \
    X(ARTICLE_UNIT_EMPTY, "unit.empty", "A unit closes when its members have gone elsewhere.")     \
    X(ARTICLE_UNIT_COUNT, "unit.count",                                                            \
      "A confirmation states the number and digest of the members it confirms.")                   \
    X(ARTICLE_COUNCIL_ROOT, "council.root",                                                        \
      "Every constituency is an open unit or council; no council elects itself.")                  \
    X(ARTICLE_COUNCIL_REMOVES, "council.removes",                                                  \
      "No office is further from the base than the bylaws allow.")                                 \
    X(ARTICLE_SEATS_COMPUTED, "council.seats",                                                     \
      "Numbers of seats are computed from the frozen roll, never typed.")                          \
    X(ARTICLE_FREEZE, "roll.freeze",                                                               \
      "The electorate is frozen for the body that is to be elected, before nominations.")          \
    X(ARTICLE_OFFICE, "office.role", "This is done by the holder of the office the bylaws name.")  \
    X(ARTICLE_INCOMPATIBLE, "office.incompatible",                                                 \
      "These two offices, or this office and a candidacy, do not go together.")                    \
    X(ARTICLE_ELECTION_CALL, "election.call", "Electors call an election, or the clock does.")     \
    X(ARTICLE_ELECTION_TIMES, "election.times",                                                    \
      "Nominations, ballot and objections follow each other with at least the times of the "       \
      "bylaws.")                                                                                   \
    X(ARTICLE_ELECTION_DUE, "election.due",                                                        \
      "Nobody inside lengthens a term: an election ends before the term does.")                    \
    X(ARTICLE_ELECTION_KNOWN, "election.known", "The election and the cell exist.")                \
    X(ARTICLE_ELECTION_PHASE, "election.phase", "This is done in another phase of the election.")  \
    X(ARTICLE_ELECTOR, "election.elector",                                                         \
      "Only an elector of the frozen roll of this cell may do this.")                              \
    X(ARTICLE_CANDIDATE, "election.candidate",                                                     \
      "A candidate is named once, is eligible, and consents in person.")                           \
    X(ARTICLE_BALLOT_FORM, "election.ballot",                                                      \
      "A ballot names candidates of the cell, each at most once, as the rule reads it.")           \
    X(ARTICLE_CHANNEL, "election.channel",                                                         \
      "Ballots arrive through the channel for which the electorate was frozen.")                   \
    X(ARTICLE_PAPER_PILE, "paper.pile",                                                            \
      "A pile is keyed by two different tellers, neither seeing the other's keying.")              \
    X(ARTICLE_PAPER_SHEET, "paper.sheet",                                                          \
      "Issued papers are valid, rejected, unused or not returned: the sheet adds up.")             \
    X(ARTICLE_PAPER_DIFFER, "paper.differ",                                                        \
      "Two keyings that differ are adjudicated by two tellers, not chosen by one.")                \
    X(ARTICLE_RESULT_DERIVED, "election.result",                                                   \
      "Results are derived from the ballots, never entered.")                                      \
    X(ARTICLE_OBJECTION, "election.objection",                                                     \
      "Electors of the cell object while the result is provisional.")                              \
    X(ARTICLE_SETTLE, "election.settle",                                                           \
      "Objections are settled by a body without candidates and tellers of the election.")          \
    X(ARTICLE_SEAT, "seat.holder", "Only the holder gives up a seat.")                             \
    X(ARTICLE_BLOB, "blob", "What an act refers to is held before the act is decided.")            \
    X(ARTICLE_TICK, "tick", "A tick is recorded only when something is due.")                      \
    X(ARTICLE_ONCE, "once", "This was done already.")

enum article {
    ARTICLE_NONE = 0, /* accepted */
#define ARTICLE_CONSTANT(constant, name, sentence) constant,
    ARTICLES(ARTICLE_CONSTANT)
#undef ARTICLE_CONSTANT
        ARTICLE_COUNT
};

/* "election.due"; "" for ARTICLE_NONE. */
str article_name(enum article article);
/* The rule in one English sentence. */
str article_sentence(enum article article);
/* The article of that name, ARTICLE_NONE if unknown. */
enum article article_by_name(str name);
#endif
