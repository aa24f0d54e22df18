/* key.c - attempts on keys: act in somebody else's name. */
#include "prove/attempt.h"

#include <string.h>

/* ---- write-as-another-member ---- */

static void write_as_another(struct scratch *s)
{
    const struct scratch_person *victim = &s->person[scratch_at(0, DELEGATE)];
    struct compose compose = {.kind = STR("roll.resign"),
                              .body = STR("{}"),
                              .by = victim->mid,
                              .key_count = 1,
                              .key = {{{KEY_DEVICE, victim->mid, victim->device},
                                       &s->person[scratch_at(0, ORDINARY)].key}}};
    (void)scratch_submit(s, &compose);
}

static bool delegate_is_out(const struct scratch *s)
{
    return !state_is_active(s->state, scratch_row(s, scratch_at(0, DELEGATE)));
}

/* ---- registrar-enrols-the-absent ---- */

/* The registrar's own device under the absent member's name. */
static uint32_t impostor(struct scratch *s)
{
    uint32_t who = scratch_person(s);
    s->person[who].mid = s->person[scratch_at(1, ORDINARY)].mid;
    return who;
}

static const char *new_key_body(struct scratch *s, uint32_t who)
{
    key32 key = secret_key_public(&s->person[who].key);
    return scratch_text(s, "{\"device\":\"%s\",\"key\":\"%s\"}",
                        scratch_hex(s, s->person[who].device.bytes, 4),
                        scratch_hex(s, key.bytes, sizeof key));
}

static bool issue_code(struct scratch *s, uint32_t registrar, uint32_t whom, struct secret_key *ret)
{
    uint8_t seed[32];
    stream_bytes(&s->chance, seed, sizeof seed);
    secret_key_from_seed(ret, seed);
    key32 key = secret_key_public(ret);
    return scratch_act(s, registrar, "code.issue", "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"}]}",
                       scratch_hex(s, key.bytes, sizeof key),
                       scratch_hex(s, s->person[whom].mid.bytes, sizeof(mid16)));
}

static bool impostor_enrols(struct scratch *s, uint32_t who)
{
    struct secret_key code;
    if (!scratch_must(s, issue_code(s, scratch_at(1, REGISTRAR), who, &code),
                      "the registrar issues a code"))
        return false;
    struct compose compose = {
        .kind = STR("key.enrol"),
        .body = str_from(new_key_body(s, who)),
        .by = s->person[who].mid,
        .key_count = 2,
        .key = {scratch_key(s, who), {{.role = KEY_ENROLMENT, .mid = s->person[who].mid}, &code}}};
    return scratch_must(s, scratch_submit(s, &compose), "the registrar enrols a device");
}

static void enrol_absent(struct scratch *s)
{
    uint32_t who = impostor(s);
    if (!impostor_enrols(s, who)) return;
    (void)scratch_act(s, who, "election.demand", "{\"body\":\"%s\"}", scratch_id(s, &s->council));
}

static bool absent_has_acted(const struct scratch *s)
{
    uint32_t row = scratch_row(s, scratch_at(1, ORDINARY));
    for (uint32_t i = 0; i < s->state->demand.count; i++)
        if (state_demand(s->state, i)->member_row == row) return true;
    return false;
}

/* ---- borrowed-tellers ---- */

/* Two tellers may confirm a first key in person: those of the member's unit. */
static void borrow_tellers(struct scratch *s)
{
    uint32_t who = impostor(s);
    if (!impostor_enrols(s, who)) return;
    const char *body =
        scratch_text(s, "{\"device\":\"%s\"}", scratch_hex(s, s->person[who].device.bytes, 4));
    struct compose compose = {.kind = STR("key.confirm"),
                              .body = str_from(body),
                              .by = s->person[who].mid,
                              .key_count = 2,
                              .attested = true,
                              .key = {scratch_key(s, scratch_at(2, TELLER)),
                                      scratch_key(s, scratch_at(2, SECOND_TELLER))}};
    (void)scratch_submit(s, &compose);
}

static bool absent_has_a_key(const struct scratch *s)
{
    const struct member_row *member =
        state_member(s->state, scratch_row(s, scratch_at(1, ORDINARY)));
    return member->last_key_row != ROW_NONE &&
           state_key(s->state, member->last_key_row)->state == KEY_CONFIRMED;
}

/* ---- second-registrar-key ---- */

static void issue_second(struct scratch *s)
{
    struct secret_key code;
    (void)issue_code(s, scratch_at(0, REGISTRAR), scratch_at(0, DELEGATE), &code);
    key32 key = secret_key_public(&code);
    memcpy(s->target.bytes, key.bytes, sizeof key);
}

static bool second_code_is_valid(const struct scratch *s)
{
    const struct member_row *member =
        state_member(s->state, scratch_row(s, scratch_at(0, DELEGATE)));
    return memcmp(member->enrol_key.bytes, s->target.bytes, sizeof(key32)) == 0 &&
           !member->code_used;
}

/* ---- codes-from-anybody ---- */

static void issue_anyway(struct scratch *s)
{
    struct secret_key code;
    (void)issue_code(s, scratch_at(1, DELEGATE), scratch_at(1, ORDINARY), &code);
    key32 key = secret_key_public(&code);
    memcpy(s->target.bytes, key.bytes, sizeof key);
}

static bool code_opens_absent(const struct scratch *s)
{
    const struct member_row *member =
        state_member(s->state, scratch_row(s, scratch_at(1, ORDINARY)));
    return memcmp(member->enrol_key.bytes, s->target.bytes, sizeof(key32)) == 0;
}

/* ---- sponsor-ring ---- */

/* The sponsor says that the device of `who` is the delegate's new one. */
static bool sponsor(struct scratch *s, uint32_t by, uint32_t who)
{
    key32 key = secret_key_public(&s->person[who].key);
    return scratch_act(s, by, "key.sponsor", "{\"device\":\"%s\",\"key\":\"%s\",\"mid\":\"%s\"}",
                       scratch_hex(s, s->person[who].device.bytes, 4),
                       scratch_hex(s, key.bytes, sizeof key),
                       scratch_hex(s, s->person[scratch_at(0, DELEGATE)].mid.bytes, sizeof(mid16)));
}

static void sponsor_alone(struct scratch *s)
{
    uint32_t who = scratch_person(s);
    for (int i = 0; i < 2; i++)
        if (!sponsor(s, scratch_at(0, TELLER), who)) return;
    (void)scratch_wait(s, 15 * SCRATCH_DAY);
}

/* The newest key of the delegate. */
static const struct key_row *newest_key(const struct scratch *s)
{
    const struct member_row *member =
        state_member(s->state, scratch_row(s, scratch_at(0, DELEGATE)));
    return state_key(s->state, member->last_key_row);
}

static bool sponsored_key_counts(const struct scratch *s)
{
    return newest_key(s)->sponsors == 2 && newest_key(s)->state == KEY_CONFIRMED;
}

/* ---- steward-settles-alone ---- */

/* The delegate's own key objects to a sponsored one; who may settle that? */
static void settle_alone(struct scratch *s)
{
    uint32_t who = scratch_person(s);
    const char *device = scratch_hex(s, s->person[who].device.bytes, 4);
    bool disputed =
        sponsor(s, scratch_at(0, TELLER), who) && sponsor(s, scratch_at(0, SECOND_TELLER), who) &&
        scratch_act(s, scratch_at(0, DELEGATE), "key.object", "{\"device\":\"%s\"}", device);
    if (!scratch_must(s, disputed, "a disputed key")) return;
    for (int i = 0; i < 2; i++)
        if (!scratch_act(
                s, scratch_at(0, STEWARD), "key.settle",
                "{\"allow\":true,\"device\":\"%s\",\"mid\":\"%s\"}", device,
                scratch_hex(s, s->person[scratch_at(0, DELEGATE)].mid.bytes, sizeof(mid16))))
            return;
}

/* ---- stolen-device ---- */

static void stolen_device(struct scratch *s)
{
    uint32_t owner = scratch_at(0, DELEGATE), thief = scratch_person(s);
    s->person[thief].mid = s->person[owner].mid;
    struct compose add = {.kind = STR("key.add"),
                          .body = str_from(new_key_body(s, thief)),
                          .by = s->person[owner].mid,
                          .key_count = 2,
                          .key = {scratch_key(s, owner), scratch_key(s, thief)}};
    if (!scratch_must(s, scratch_submit(s, &add), "a second device")) return;
    const char *body =
        scratch_text(s, "{\"device\":\"%s\"}", scratch_hex(s, s->person[owner].device.bytes, 4));
    if (!scratch_must(s, scratch_act(s, thief, "key.revoke", "%s", body), "the second device asks"))
        return;
    if (!scratch_wait(s, 2 * SCRATCH_DAY)) return;
    if (!scratch_act(s, owner, "key.keep", "%s", body)) return;
    (void)scratch_wait(s, 2 * SCRATCH_DAY);
}

static bool owner_is_locked_out(const struct scratch *s)
{
    const struct scratch_person *owner = &s->person[scratch_at(0, DELEGATE)];
    uint32_t row = state_key_of(s->state, scratch_row(s, scratch_at(0, DELEGATE)), &owner->device);
    return state_key(s->state, row)->state == KEY_REVOKED;
}

const struct attempt key_attempts[] = {
    {"write-as-another-member", "A member signs a delegate's resignation with a key of their own.",
     GUARD_SIGNATURE, ATTEMPT_REFUSED, NULL, write_as_another, delegate_is_out},
    {"registrar-enrols-the-absent",
     "The registrar enrols a device for a member who never came, and acts with it.",
     ARTICLE_KEY_STATE, ATTEMPT_REFUSED, NULL, enrol_absent, absent_has_acted},
    {"borrowed-tellers",
     "Two tellers of another unit confirm the registrar's device under an absent member's name.",
     ARTICLE_VIA, ATTEMPT_REFUSED, NULL, borrow_tellers, absent_has_a_key},
    {"second-registrar-key",
     "The registrar issues a new code for a delegate who has a device, to enrol one beside it.",
     ARTICLE_CODE_ONCE, ATTEMPT_REFUSED, NULL, issue_second, second_code_is_valid},
    {"codes-from-anybody", "A delegate issues a membership code for an absent member.",
     ARTICLE_CODE_REGISTRAR, ATTEMPT_REFUSED, NULL, issue_anyway, code_opens_absent},
    {"sponsor-ring",
     "One member sponsors a new key for a delegate twice and waits until it counts.",
     ARTICLE_KEY_SPONSOR, ATTEMPT_REFUSED, NULL, sponsor_alone, sponsored_key_counts},
    {"steward-settles-alone",
     "One steward settles a disputed key against the member whose key objects.", ARTICLE_KEY_SETTLE,
     ATTEMPT_REFUSED, NULL, settle_alone, sponsored_key_counts},
    {"stolen-device", "Whoever took a delegate's second device revokes the delegate's first.",
     ARTICLE_KEY_OLDER, ATTEMPT_SURVIVED,
     "the older key had 72 hours, took the threat back and still signs", stolen_device,
     owner_is_locked_out},
};
const size_t key_attempt_count = COUNT(key_attempts);
