/* election.c - attempts on elections: when they are held, who votes, what the result is. */
#include "prove/attempt.h"

static const struct body_row *council_of(const struct scratch *s)
{
    return state_body(s->state, state_body_by_id(s->state, &s->council));
}

static const struct cell_row *first_cell(const struct scratch *s)
{
    uint32_t row = state_election_by_id(s->state, &s->target);
    return row == ROW_NONE ? NULL : state_cell(s->state, state_election(s->state, row)->first_cell);
}

/* An election of the council with more candidates than seats in the first unit, one of them from
 * the appeals office. */
static bool contested(struct scratch *s, struct scratch_election *e)
{
    static const uint32_t stand[] = {APPEALS, DELEGATE, SECOND_DELEGATE};
    *e = (struct scratch_election){.body = &s->council, .mode = "open", .rule = "plurality"};
    if (!scratch_elect(s, e)) return false;
    s->target = e->id;
    for (size_t i = 0; i < COUNT(stand); i++)
        if (!scratch_must(s, scratch_stand(s, scratch_at(0, stand[i]), e, 1), "a candidate"))
            return false;
    return scratch_must(s, scratch_until(s, e->opens), "the ballot opens");
}

static const char *ballot(struct scratch *s, const char *ranks)
{
    return scratch_text(s, "{\"cell\":1,\"election\":\"%s\",\"ranks\":[%s]}",
                        scratch_id(s, &s->target), ranks);
}

/* ---- postpone-election, sit-out-the-term, snap-election ---- */

static bool demands(struct scratch *s)
{
    bool done = scratch_act(s, scratch_at(0, APPEALS), "election.demand", "{\"body\":\"%s\"}",
                            scratch_id(s, &s->council)) &&
                scratch_act(s, scratch_at(1, APPEALS), "election.demand", "{\"body\":\"%s\"}",
                            scratch_id(s, &s->council));
    return scratch_must(s, done, "electors ask for an election");
}

static void postpone(struct scratch *s)
{
    struct scratch_election e = {
        .body = &s->council, .mode = "open", .rule = "plurality", .late = 90 * SCRATCH_DAY};
    if (!demands(s) ||
        !scratch_must(s, scratch_freeze(s, scratch_at(0, DELEGATE), &e), "the roll is frozen"))
        return;
    (void)scratch_call(s, scratch_at(0, DELEGATE), &e);
}

static void rush(struct scratch *s)
{
    struct scratch_election e = {
        .body = &s->council, .mode = "open", .rule = "plurality", .hurry = SCRATCH_HOUR - 60};
    if (!demands(s) ||
        !scratch_must(s, scratch_freeze(s, scratch_at(0, DELEGATE), &e), "the roll is frozen"))
        return;
    (void)scratch_call(s, scratch_at(0, DELEGATE), &e);
}

static bool nominations_end_at_once(const struct scratch *s)
{
    uint32_t row = council_of(s)->election_row;
    return row != ROW_NONE && state_election(s->state, row)->nominate_until ==
                                  state_election(s->state, row)->called + 60;
}

static bool election_outlasts_term(const struct scratch *s)
{
    const struct body_row *council = council_of(s);
    return council->election_row != ROW_NONE &&
           state_election(s->state, council->election_row)->objections_until > council->term_ends;
}

static void sit_out(struct scratch *s)
{
    s->mark = council_of(s)->term_ends;
    s->target.bytes[0] = (uint8_t)s->state->election.count; /* elections so far */
    (void)scratch_until(s, s->mark - SCRATCH_HOUR);
}

static bool nobody_called(const struct scratch *s)
{
    uint32_t row = s->target.bytes[0];
    for (; row < s->state->election.count; row++)
        if (state_election(s->state, row)->body_row == state_body_by_id(s->state, &s->council))
            return false;
    return scratch_now(s) >= s->mark - SCRATCH_HOUR;
}

static void snap(struct scratch *s)
{
    struct scratch_election e = {.body = &s->council, .mode = "open", .rule = "plurality"};
    if (!scratch_must(s, scratch_freeze(s, scratch_at(0, DELEGATE), &e), "the roll is frozen"))
        return;
    (void)scratch_call(s, scratch_at(0, DELEGATE), &e);
}

/* An elector asks until there seem to be enough. */
static void ask_again(struct scratch *s)
{
    struct scratch_election e = {.body = &s->council, .mode = "open", .rule = "plurality"};
    for (int i = 0; i < 2; i++)
        if (!scratch_act(s, scratch_at(0, APPEALS), "election.demand", "{\"body\":\"%s\"}",
                         scratch_id(s, &s->council)))
            return;
    if (!scratch_must(s, scratch_freeze(s, scratch_at(0, DELEGATE), &e), "the roll is frozen"))
        return;
    (void)scratch_call(s, scratch_at(0, DELEGATE), &e);
}

static bool election_is_running(const struct scratch *s)
{
    return council_of(s)->election_row != ROW_NONE;
}

/* ---- late-ballot, tellers-vote-for-others, two-votes-on-one-ballot ---- */

static void late_ballot(struct scratch *s)
{
    struct scratch_election e;
    uint32_t who = scratch_at(0, ORDINARY);
    if (!contested(s, &e) || !scratch_must(s, scratch_until(s, e.closes + 60), "the ballot closes"))
        return;
    struct compose compose = {.kind = STR("ballot.open"),
                              .body = str_from(ballot(s, "1")),
                              .by = s->person[who].mid,
                              .at = (unix_s)e.closes - 60,
                              .key_count = 1,
                              .key = {scratch_key(s, who)}};
    (void)scratch_submit(s, &compose);
}

static bool somebody_has_voted(const struct scratch *s)
{
    const struct cell_row *cell = first_cell(s);
    return cell && cell->first_ballot != ROW_NONE;
}

static void vote_for_others(struct scratch *s)
{
    struct scratch_election e;
    if (!contested(s, &e)) return;
    struct compose compose = {.kind = STR("ballot.open"),
                              .body = str_from(ballot(s, "1")),
                              .by = s->person[scratch_at(0, ORDINARY)].mid,
                              .key_count = 2,
                              .attested = true,
                              .key = {scratch_key(s, scratch_at(0, TELLER)),
                                      scratch_key(s, scratch_at(0, SECOND_TELLER))}};
    (void)scratch_submit(s, &compose);
}

static void vote_twice(struct scratch *s)
{
    struct scratch_election e;
    if (!contested(s, &e)) return;
    (void)scratch_act(s, scratch_at(0, ORDINARY), "ballot.open", "%s", ballot(s, "1,2"));
}

static bool ballot_has_two_votes(const struct scratch *s)
{
    const struct cell_row *cell = first_cell(s);
    return cell && cell->first_ballot != ROW_NONE &&
           state_ballot(s->state, cell->first_ballot)->ranks.len > 2;
}

/* ---- officer-enters-a-result, candidate-judges ---- */

/* Voted and counted; the result is provisional. */
static bool counted(struct scratch *s)
{
    struct scratch_election e;
    bool voted = contested(s, &e) &&
                 scratch_act(s, scratch_at(0, ORDINARY), "ballot.open", "%s", ballot(s, "2"));
    return scratch_must(s, voted && scratch_until(s, e.closes + 60), "a result");
}

static void enter_result(struct scratch *s)
{
    if (!counted(s)) return;
    s->other = sha256_of(STR("the sheet that the teller prefers"));
    (void)scratch_act(s, scratch_at(0, TELLER), "election.declare",
                      "{\"cell\":1,\"digest\":\"%s\",\"election\":\"%s\"}",
                      scratch_id(s, &s->other), scratch_id(s, &s->target));
}

static bool entered_result_stands(const struct scratch *s)
{
    const struct cell_row *cell = first_cell(s);
    return cell && hash32_eq(&cell->sheet, &s->other);
}

static bool object(struct scratch *s, uint32_t who)
{
    if (!scratch_act(s, who, "election.object",
                     "{\"cell\":1,\"election\":\"%s\",\"ground\":\"47DEQpj8HBSa+/"
                     "TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"}",
                     scratch_id(s, &s->target)))
        return false;
    s->other = s->last;
    return true;
}

static void outsider_objects(struct scratch *s)
{
    if (counted(s)) (void)object(s, scratch_at(2, ORDINARY));
}

static bool result_is_held_up(const struct scratch *s)
{
    const struct cell_row *cell = first_cell(s);
    return cell && cell->open_objections > 0;
}

static void judge_oneself(struct scratch *s)
{
    if (!counted(s) || !scratch_must(s, object(s, scratch_at(0, ORDINARY)), "an elector objects"))
        return;
    (void)scratch_act(s, scratch_at(0, APPEALS), "election.settle",
                      "{\"objection\":\"%s\",\"outcome\":\"dismiss\"}", scratch_id(s, &s->other));
}

static bool candidate_has_judged(const struct scratch *s)
{
    uint32_t row = state_objection_by_id(s->state, &s->other);
    return row != ROW_NONE &&
           state_objection(s->state, row)->settler_row == scratch_row(s, scratch_at(0, APPEALS));
}

/* ---- parachute-candidate, registrar-stands-as-teller ---- */

static void parachute(struct scratch *s)
{
    struct scratch_election e = {.body = &s->council, .mode = "open", .rule = "plurality"};
    if (!scratch_elect(s, &e)) return;
    s->target = e.id;
    (void)scratch_act(s, scratch_at(0, DELEGATE), "election.nominate",
                      "{\"cell\":1,\"election\":\"%s\",\"member\":\"%s\"}", scratch_id(s, &e.id),
                      scratch_hex(s, s->person[scratch_at(2, DELEGATE)].mid.bytes, sizeof(mid16)));
}

static void stand_as_teller(struct scratch *s)
{
    struct scratch_election e = {.body = &s->tellers, .mode = "open", .rule = "plurality"};
    if (!scratch_elect(s, &e)) return;
    s->target = e.id;
    (void)scratch_stand(s, scratch_at(0, REGISTRAR), &e, 1);
}

static bool somebody_stands(const struct scratch *s)
{
    const struct cell_row *cell = first_cell(s);
    return cell && cell->candidate_count == 1;
}

const struct attempt election_attempts[] = {
    {"postpone-election",
     "Delegates call the election of their council so that its result comes after their term.",
     ARTICLE_ELECTION_DUE, ATTEMPT_REFUSED, NULL, postpone, election_outlasts_term},
    {"sit-out-the-term",
     "Nobody in office does anything, and the term runs out without an election.", GUARD_CLOCK,
     ATTEMPT_SURVIVED, "the clock called the election in time; no officer opens or closes it",
     sit_out, nobody_called},
    {"snap-election", "One delegate alone calls an election early, while the others are not ready.",
     ARTICLE_ELECTION_CALL, ATTEMPT_REFUSED, NULL, snap, election_is_running},
    {"one-elector-counts-twice",
     "An elector asks for an early election twice, so that two are enough for three.", ARTICLE_ONCE,
     ATTEMPT_REFUSED, NULL, ask_again, election_is_running},
    {"rush-election", "Delegates call an election whose nominations are over after a minute.",
     ARTICLE_ELECTION_TIMES, ATTEMPT_REFUSED, NULL, rush, nominations_end_at_once},
    {"late-ballot", "A member votes after the close with a ballot dated before it.",
     ARTICLE_ELECTION_PHASE, ATTEMPT_REFUSED, NULL, late_ballot, somebody_has_voted},
    {"tellers-vote-for-others", "Two tellers sign a ballot for a member who can vote alone.",
     ARTICLE_CHANNEL, ATTEMPT_REFUSED, NULL, vote_for_others, somebody_has_voted},
    {"two-votes-on-one-ballot", "A member names two candidates where everybody has one vote.",
     ARTICLE_BALLOT_FORM, ATTEMPT_REFUSED, NULL, vote_twice, ballot_has_two_votes},
    {"officer-enters-a-result", "A teller declares a result that the ballots do not give.",
     ARTICLE_RESULT_DERIVED, ATTEMPT_REFUSED, NULL, enter_result, entered_result_stands},
    {"outsiders-object", "A member of another unit holds up a result by an objection.",
     ARTICLE_OBJECTION, ATTEMPT_REFUSED, NULL, outsider_objects, result_is_held_up},
    {"candidate-judges",
     "A candidate who sits in the appeals office dismisses the objection to the own election.",
     ARTICLE_SETTLE, ATTEMPT_REFUSED, NULL, judge_oneself, candidate_has_judged},
    {"parachute-candidate",
     "A delegate has somebody from another unit stand for the own unit's seat.", ARTICLE_CANDIDATE,
     ATTEMPT_REFUSED, NULL, parachute, somebody_stands},
    {"registrar-stands-as-teller",
     "The registrar, who issues the codes, stands for counting the votes as well.",
     ARTICLE_INCOMPATIBLE, ATTEMPT_REFUSED, NULL, stand_as_teller, somebody_stands},
};
const size_t election_attempt_count = COUNT(election_attempts);
