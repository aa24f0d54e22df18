#include "core/step.h"

#include "core/kinds.h"

enum {
    AT_EARLY_S = 5 * 60,   /* a leaf may be this much before the act's own time */
    AT_LATE_S = 24 * 3600, /* and this much after it */
    SEEN_FRESH_S = 7 * 86400
};

static enum code not_yours(struct fail *fail, const struct act_line *line)
{
    return fail_set(fail, CODE_NOT_YOURS, "key", "no key of that member stands behind \"%.*s\"",
                    STR_ARG(line->name));
}

static enum code bind_device(const struct state *s, const struct act_line *line,
                             struct step_signer *ret, struct fail *fail)
{
    uint32_t member_row = state_member_by_mid(s, &line->signer.mid);
    uint32_t key_row = state_key_of(s, member_row, &line->signer.device);
    if (key_row == ROW_NONE) return not_yours(fail, line);
    *ret = (struct step_signer){state_key(s, key_row)->public_key, key_row, member_row};
    return CODE_OK;
}

static enum code bind_enrolment(const struct state *s, const struct act_line *line,
                                struct step_signer *ret, struct fail *fail)
{
    uint32_t member_row = state_member_by_mid(s, &line->signer.mid);
    static const key32 none;
    if (member_row == ROW_NONE) return not_yours(fail, line);
    const struct member_row *member = state_member(s, member_row);
    if (key32_eq(&member->enrol_key, &none)) return not_yours(fail, line);
    *ret = (struct step_signer){member->enrol_key, ROW_NONE, member_row};
    return CODE_OK;
}

static bool admits_new_key(enum signers signers)
{
    switch (signers) {
    case SIGNERS_FOUND:
    case SIGNERS_ENROL:
    case SIGNERS_ADD:
    case SIGNERS_NEW: return true;
    case SIGNERS_MEMBER:
    case SIGNERS_NODE: return false;
    }
    return false;
}

static enum code bind_line(const struct state *s, const struct step *step, uint32_t i,
                           struct step_signer *ret, struct fail *fail)
{
    const struct act_line *line = &step->act.line[i];
    const struct new_key *added = admits_new_key(step->kind->signers) ? step->body : NULL;
    switch (line->signer.role) {
    case KEY_ENROLMENT: return bind_enrolment(s, line, ret, fail);
    case KEY_NODE: *ret = (struct step_signer){s->org.node_key, ROW_NONE, ROW_NONE}; return CODE_OK;
    case KEY_DEVICE:
        if (!added || !device4_eq(&added->device, &line->signer.device))
            return bind_device(s, line, ret, fail);
        *ret = (struct step_signer){added->key, ROW_NONE, step->by_row};
        return CODE_OK;
    case KEY_LOG:
    case KEY_REFUSAL: break;
    }
    return not_yours(fail, line);
}

/* A kind that brings a new key must be signed by it: possession is proved. */
static bool new_key_signs(const struct step *step)
{
    if (!admits_new_key(step->kind->signers)) return true;
    const struct new_key *added = step->body;
    for (uint32_t i = 0; i < step->act.line_count; i++) {
        const struct key_name *signer = &step->act.line[i].signer;
        if (signer->role == KEY_DEVICE && device4_eq(&signer->device, &added->device)) return true;
    }
    return false;
}

enum code step_prepare(const struct state *s, struct step *step, struct fail *fail)
{
    step->kind = step_kind(step->act.kind);
    bool founding = state_size(s) == 0;
    if (!step->kind || (!founding && step->kind->since > s->org.rules))
        return fail_set(fail, CODE_MALFORMED, "kind",
                        "\"%.*s\" is not a kind of act under the rules in force",
                        STR_ARG(step->act.kind));
    step->admits = NULL;
    step->admit_count = 0;
    TRY(step->kind->decode(step, fail));
    if (step->act.attested && admits_new_key(step->kind->signers))
        return fail_set(fail, CODE_MALFORMED, "via", "tellers cannot sign for a new key");
    if (!step->act.attested && !new_key_signs(step))
        return fail_set(fail, CODE_MALFORMED, "signers",
                        "expected a signature of the key that the body names");
    step->by_row = state_member_by_mid(s, &step->act.by);
    for (int i = 0; i < 2; i++)
        step->via_row[i] =
            step->act.attested ? state_member_by_mid(s, &step->act.via[i]) : ROW_NONE;
    for (uint32_t i = 0; i < step->act.line_count; i++)
        TRY(bind_line(s, step, i, &step->signers[i], fail));
    return CODE_OK;
}

static bool prev_fits(const struct state *s, const struct step *step)
{
    static const hash32 none;
    for (uint32_t i = 0; i < step->act.line_count; i++) {
        const struct act_line *line = &step->act.line[i];
        hash32 last = none;
        if (line->signer.role == KEY_NODE)
            last = s->org.node_last_act;
        else if (step->signers[i].key_row != ROW_NONE)
            last = state_key(s, step->signers[i].key_row)->last_act;
        bool genesis = hash32_eq(&last, &none);
        if (line->genesis != genesis) return false;
        if (!genesis && !hash32_eq(&line->prev, &last)) return false;
    }
    return true;
}

static bool seen_fits(const struct state *s, const struct step *step)
{
    const struct act_seen *seen = &step->act.seen;
    if (seen->size > s->tree.size) return false;
    hash32 root = merkle_root(&s->tree, seen->size);
    if (!hash32_eq(&root, &seen->root)) return false;
    if (seen->size == s->tree.size) return true;
    return state_act(s, (uint32_t)seen->size)->at + SEEN_FRESH_S >= (uint64_t)step->at;
}

static bool time_fits(const struct state *s, const struct step *step)
{
    return step->at >= step->act.at - AT_EARLY_S && step->at <= step->act.at + AT_LATE_S &&
           (uint64_t)step->at >= s->org.last_at;
}

/* Paper, a show of hands, a member without a device: two tellers of the member's unit sign instead.
 */
static bool via_fits(const struct state *s, const struct step *step)
{
    if (!step->act.attested) return true;
    if (!step->kind->attestable || !s->bylaws.attest_allowed || step->by_row == ROW_NONE)
        return false;
    uint32_t unit_row = state_member(s, step->by_row)->unit_row;
    if (unit_row == ROW_NONE) return false;
    return state_holds_role(s, step->via_row[0], ROLE_TELLER, unit_row) &&
           state_holds_role(s, step->via_row[1], ROLE_TELLER, unit_row);
}

static bool keys_in_force(const struct state *s, const struct step *step)
{
    for (uint32_t i = 0; i < step->act.line_count; i++) {
        uint32_t row = step->signers[i].key_row;
        if (row == ROW_NONE) continue;
        uint8_t state = state_key(s, row)->state;
        bool may_be_new = step->kind->signers == SIGNERS_NODE && !step->act.attested;
        if (state != KEY_CONFIRMED && !(may_be_new && state == KEY_PROVISIONAL)) return false;
    }
    return true;
}

static bool by_may_act(const struct state *s, const struct step *step)
{
    if (step->kind->signers == SIGNERS_FOUND || step->kind->signers == SIGNERS_NEW) return true;
    return state_is_active(s, step->by_row);
}

enum article step_decide(const struct state *s, const struct step *step)
{
    bool founding = step->kind->signers == SIGNERS_FOUND;
    GUARD(s, founding == (state_size(s) == 0), ARTICLE_FOUNDED);
    GUARD(s, state_act_index(s, &step->act.id) == UINT64_MAX, ARTICLE_ONCE);
    GUARD(s, time_fits(s, step), ARTICLE_TIME);
    GUARD(s, by_may_act(s, step), ARTICLE_MEMBER);
    GUARD(s, via_fits(s, step), ARTICLE_VIA);
    GUARD(s, keys_in_force(s, step), ARTICLE_KEY_STATE);
    GUARD(s, prev_fits(s, step), ARTICLE_PREV);
    GUARD(s, seen_fits(s, step), ARTICLE_SEEN);
    return step->kind->decide(s, step);
}

bool step_due(const struct state *s, unix_s at)
{
    const struct deadline_row *first = state_deadline_first(s);
    return first && first->at <= (uint64_t)at;
}

enum code step_deadlines(struct state *s, unix_s at, const struct blobs *blobs, struct arena *arena)
{
    while (step_due(s, at)) {
        struct deadline_row deadline = *state_deadline_first(s);
        state_deadline_drop_first(s);
        TRY(kinds_deadline(s, &deadline, blobs, arena));
    }
    return CODE_OK;
}

/* The leaf joins the record: id, time, tree. */
static enum code record_leaf(struct state *s, unix_s at, const hash32 *id, const hash32 *leaf_hash)
{
    struct act_id_row *row = state_add_act(s);
    if (!row) return CODE_NO_MEMORY;
    row->id = *id;
    row->at = (uint64_t)at;
    TRY(idmap_put(&s->acts, s->act.count - 1));
    s->org.last_at = (uint64_t)at;
    return merkle_add(&s->tree, leaf_hash);
}

static void chain_keys(struct state *s, const struct step *step)
{
    for (uint32_t i = 0; i < step->act.line_count; i++) {
        const struct key_name *signer = &step->act.line[i].signer;
        if (signer->role == KEY_NODE) s->org.node_last_act = step->act.id;
        if (signer->role != KEY_DEVICE) continue;
        uint32_t key_row = state_key_of(s, state_member_by_mid(s, &signer->mid), &signer->device);
        if (key_row != ROW_NONE) state_key(s, key_row)->last_act = step->act.id;
    }
}

enum code step_apply(struct state *s, const struct step *step, const hash32 *leaf_hash)
{
    TRY(step->kind->apply(s, step));
    chain_keys(s, step);
    return record_leaf(s, step->at, &step->act.id, leaf_hash);
}

enum article step_tick_decide(const struct state *s, unix_s at)
{
    GUARD(s, state_size(s) > 0 && (uint64_t)at >= s->org.last_at, ARTICLE_TIME);
    GUARD(s, step_due(s, at), ARTICLE_TICK);
    return ARTICLE_NONE;
}

enum code step_tick_apply(struct state *s, unix_s at, const hash32 *tick_id,
                          const hash32 *leaf_hash, const struct blobs *blobs, struct arena *arena)
{
    TRY(step_deadlines(s, at, blobs, arena));
    return record_leaf(s, at, tick_id, leaf_hash);
}
