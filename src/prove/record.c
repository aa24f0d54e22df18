/* record.c - attempts of whoever runs the machine: the database, the lock and the log's key are in
 * their hands. */
#include "prove/attempt.h"
#include "prove/forge.h"

#include "sign/follow.h"

#include <string.h>

static bool is_recorded(const struct scratch *s, const hash32 *act)
{
    return state_act_index(s->state, act) != UINT64_MAX;
}

/* An act that anybody may do and that nobody would want lost. */
static bool demand(struct scratch *s, uint32_t who)
{
    return scratch_act(s, who, "election.demand", "{\"body\":\"%s\"}", scratch_id(s, &s->council));
}

/* ---- silent-roll-edit ---- */

/* A list of one unknown member, proposed by the first steward. */
static bool propose_somebody(struct scratch *s, mid16 *ret_mid, const char **ret_list)
{
    stream_bytes(&s->chance, ret_mid->bytes, sizeof *ret_mid);
    *ret_list = scratch_blob(
        s, scratch_text(s,
                        "{\"changes\":[{\"data\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\","
                        "\"do\":\"admit\",\"mid\":\"%s\"}]}",
                        scratch_hex(s, ret_mid->bytes, sizeof *ret_mid)));
    return scratch_act(s, scratch_at(0, STEWARD), "roll.propose",
                       "{\"list\":\"%s\",\"unit\":\"%s\"}", *ret_list, scratch_id(s, &s->unit[0]));
}

static void overwrite(char *text, const char *from, const char *to)
{
    char *place = strstr(text, from);
    if (place) memcpy(place, to, strlen(to)); /* of one length */
}

/* The second steward signed one list; the database says that it was the other. */
static void edit_roll(struct scratch *s)
{
    mid16 honest;
    const char *real, *false_list;
    if (!scratch_must(s, propose_somebody(s, &honest, &real), "an honest proposal")) return;
    hash32 first = s->last;
    if (!scratch_must(s, propose_somebody(s, &s->ghost, &false_list), "another proposal")) return;
    hash32 other = s->last;
    if (!scratch_must(s,
                      scratch_act(s, scratch_at(0, SECOND_STEWARD), "roll.second",
                                  "{\"list\":\"%s\",\"proposal\":\"%s\"}", real,
                                  scratch_id(s, &first)) &&
                          scratch_commit(s),
                      "the second steward signs"))
        return;
    uint64_t index = state_size(s->state) - 1;
    unix_s at = (unix_s)s->state->org.last_at;
    char *text = arena_take(&s->arena, s->note.len + 1, 1);
    if (!scratch_must(s, text != NULL, "memory")) return;
    memcpy(text, s->note.at, s->note.len);
    overwrite(text, real, false_list);
    overwrite(text, scratch_id(s, &first), scratch_id(s, &other));
    scratch_stop(s);
    str forged = {text, s->note.len};
    if (scratch_must(s, forge_entry(s, index, forged, at) && forge_seal(s), "the operator's hand"))
        scratch_judge_export(s);
}

static bool ghost_is_member(const struct scratch *s)
{
    return s->state && state_is_active(s->state, state_member_by_mid(s->state, &s->ghost));
}

/* ---- backdate-act ---- */

/* A call whose nominations were over before anybody could read it. */
static void backdate_call(struct scratch *s)
{
    uint32_t caller = scratch_at(0, DELEGATE);
    struct scratch_election e = {.body = &s->council, .mode = "open", .rule = "plurality"};
    bool ready = demand(s, scratch_at(0, APPEALS)) && demand(s, scratch_at(1, APPEALS)) &&
                 scratch_freeze(s, caller, &e);
    if (!scratch_must(s, ready, "electors ask for an election")) return;
    uint64_t then = scratch_now(s);
    const char *body = scratch_call_text(s, &e);
    ready =
        scratch_wait(s, 2 * SCRATCH_DAY) && demand(s, scratch_at(2, APPEALS)) && scratch_commit(s);
    if (!scratch_must(s, ready, "two days pass")) return;
    struct compose compose = {.kind = STR("election.call"),
                              .body = str_from(body),
                              .by = s->person[caller].mid,
                              .at = (unix_s)then,
                              .key_count = 1,
                              .key = {scratch_key(s, caller)}};
    if (!scratch_must(s, scratch_compose(s, &compose), "the call is signed")) return;
    uint64_t size = state_size(s->state);
    s->mark = s->state->org.last_at;
    scratch_stop(s);
    bool done = forge_entry(s, size, buf_str(&s->note), (unix_s)then) && forge_seal(s);
    if (scratch_must(s, done, "the operator's hand")) scratch_judge_export(s);
}

static bool called_in_the_past(const struct scratch *s)
{
    uint32_t rows = s->state ? s->state->election.count : 0;
    return rows > 0 && state_election(s->state, rows - 1)->nominate_until < s->mark &&
           state_election(s->state, rows - 1)->state == ELECTION_NOMINATING;
}

/* ---- drop-an-act ---- */

static void drop_act(struct scratch *s)
{
    uint32_t who = scratch_at(0, DELEGATE);
    if (!scratch_must(s, demand(s, who), "an act")) return;
    s->target = s->last;
    uint64_t index = state_size(s->state) - 1;
    /* The next act of the same key, by a client that has not read the record since. */
    struct compose compose = {
        .kind = STR("roll.move"),
        .by = s->person[who].mid,
        .key_count = 1,
        .unseen = 1,
        .body = str_from(scratch_text(s, "{\"unit\":\"%s\"}", scratch_id(s, &s->unit[1]))),
        .key = {scratch_key(s, who)}};
    if (!scratch_must(s, scratch_submit(s, &compose) && scratch_commit(s),
                      "the next act of the same key"))
        return;
    s->other = s->last;
    scratch_stop(s);
    if (scratch_must(s, forge_drop(s, index) && forge_seal(s), "the operator's hand"))
        scratch_judge_export(s);
}

static bool act_is_gone(const struct scratch *s)
{
    return s->state && is_recorded(s, &s->other) && !is_recorded(s, &s->target);
}

/* ---- rewrite-history ---- */

static const char *const database[] = {"plenary.db", "plenary.db-wal", "plenary.db-shm", "export",
                                       "export.mark"};
static const char *const lock[] = {"lock"};

static bool keep_checkpoint(struct scratch *s, str *ret)
{
    return scratch_commit(s) && arena_copy(&s->arena, node_checkpoint(s->node), ret);
}

/* What a member signs after having read the true record: a resignation that has not reached the
 * node yet. */
static bool sign_in_true_history(struct scratch *s)
{
    struct compose compose = {.kind = STR("roll.resign"),
                              .body = STR("{}"),
                              .by = s->person[scratch_at(0, TELLER)].mid,
                              .key_count = 1,
                              .key = {scratch_key(s, scratch_at(0, TELLER))}};
    return scratch_compose(s, &compose) && arena_copy(&s->arena, buf_str(&s->note), &s->carried);
}

/* A copy is made, an act is recorded and read by a member, the copy comes back, another act takes
 * its place. */
static bool rewrite(struct scratch *s, bool with_lock)
{
    const char *copy = scratch_text(s, "%s-copy", s->dir);
    scratch_stop(s);
    bool copied = scratch_copy_files(s->dir, copy, database, COUNT(database)) &&
                  scratch_copy_files(s->dir, copy, lock, COUNT(lock));
    if (!scratch_must(s, copied && scratch_start(s, NODE_WRITE), "a copy of the files"))
        return false;
    bool done = demand(s, scratch_at(0, DELEGATE));
    s->target = s->last;
    if (!scratch_must(s, done && keep_checkpoint(s, &s->held), "an act is recorded")) return false;
    if (!scratch_must(s, sign_in_true_history(s), "a member signs")) return false;
    scratch_stop(s);
    bool restored = scratch_copy_files(copy, s->dir, database, COUNT(database)) &&
                    (!with_lock || scratch_copy_files(copy, s->dir, lock, COUNT(lock)));
    if (!scratch_must(s, restored, "the copy comes back") || !scratch_start(s, NODE_WRITE))
        return false;
    return demand(s, scratch_at(0, ORDINARY)) && keep_checkpoint(s, &s->found);
}

static void rewrite_database(struct scratch *s)
{
    (void)rewrite(s, false);
}

static bool history_is_signed_anew(const struct scratch *s)
{
    return s->state && s->found.len > 0 && !is_recorded(s, &s->target);
}

static void replant(struct scratch *s)
{
    if (!scratch_must(s, rewrite(s, true), "the node goes on from the copy")) return;
    (void)scratch_note(s, s->carried);
}

static bool teller_is_out(const struct scratch *s)
{
    return s->state && !state_is_active(s->state, scratch_row(s, scratch_at(0, TELLER)));
}

/* The member comes back with what they hold. */
static void rewrite_all(struct scratch *s)
{
    struct merkle_proof proof = {0};
    struct follower member = {.log = {.name = STR(SCRATCH_ORIGIN),
                                      .id = key_id_of(STR(SCRATCH_ORIGIN), &s->log_key),
                                      .key = s->log_key}};
#ifdef PLENARY_TAKEOVER_SWITCHES
    member.believes_all = s->cleared[GUARD_CONSISTENCY];
#endif
    if (!scratch_must(s, rewrite(s, true), "the node goes on from the copy")) return;
    bool first = follow_checkpoint(&member, s->held, &proof, &s->fail) == CODE_OK;
    if (!scratch_must(s, first, "the member's first reading")) return;
    uint64_t size = state_size(s->state);
    bool proved = merkle_consistency(&s->state->tree, member.held.size, size, &proof) == CODE_OK;
    if (!scratch_must(s, proved, "the node's proof")) return;
    s->believed = follow_checkpoint(&member, s->found, &proof, &s->fail) == CODE_OK;
    if (!s->believed) scratch_judge_checkpoints(s, s->held, s->found);
}

static bool member_believes(const struct scratch *s)
{
    return s->state && s->believed && !is_recorded(s, &s->target);
}

const struct attempt record_attempts[] = {
    {"silent-roll-edit",
     "The operator edits the database so that a steward seems to have signed another list of "
     "members.",
     GUARD_SIGNATURE, ATTEMPT_DETECTED, "anybody who replays the export finds the entry", edit_roll,
     ghost_is_member},
    {"backdate-act",
     "The operator records a call for an election two days back, so that nominations are over at "
     "once.",
     ARTICLE_TIME, ATTEMPT_DETECTED, "anybody who replays the export finds the entry",
     backdate_call, called_in_the_past},
    {"rewrite-history",
     "The operator restores an older database and lets the record take another course.", GUARD_LOCK,
     ATTEMPT_REFUSED, NULL, rewrite_database, history_is_signed_anew},
    {"rewrite-history-with-lock",
     "The operator restores database and lock together and lets the record take another course.",
     GUARD_CONSISTENCY, ATTEMPT_DETECTED,
     "anybody who kept a checkpoint holds the proof, signed by the log's own key", rewrite_all,
     member_believes},
    {"replant-an-act",
     "The operator of a rewritten record carries over what a member signed in the true one.",
     ARTICLE_SEEN, ATTEMPT_REFUSED, NULL, replant, teller_is_out},
    {"drop-an-act", "The operator takes one act out of the record and signs the rest anew.",
     ARTICLE_PREV, ATTEMPT_DETECTED, "the next act of the same key names the one that is missing",
     drop_act, act_is_gone},
};
const size_t record_attempt_count = COUNT(record_attempts);
