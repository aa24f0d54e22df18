/* bylaws.c - attempts on the rules themselves: bylaws, their entrenched guards, the rules version,
 * the founding. */
#include "prove/attempt.h"

enum { ENOUGH = 4 /* of six delegates, where more than 66 % sign */ };

static const char captured[] =
    "{\"name\":\"Captured\",\"parameters\":{},\"preset\":\"branch\",\"version\":1}";
static const char opened[] = "{\"name\":\"Scratch\",\"parameters\":{\"typed_results\":1},"
                             "\"preset\":\"branch\",\"version\":1}";

static uint32_t delegate(uint32_t n)
{
    return scratch_at(n / 2, n % 2 ? SECOND_DELEGATE : DELEGATE);
}

static bool sign_bylaws(struct scratch *s, uint32_t who, const char *document)
{
    s->target = sha256_of(str_from(document));
    return scratch_act(s, who, "bylaws.adopt", "{\"bylaws\":\"%s\"}", scratch_blob(s, document));
}

/* Two delegates, one of whom signs three times. */
static void adopt_by_minority(struct scratch *s)
{
    if (!scratch_must(s, sign_bylaws(s, delegate(0), captured), "a delegate signs")) return;
    for (uint32_t i = 1; i < ENOUGH - 1; i++)
        if (!sign_bylaws(s, delegate(0), captured)) return;
    (void)sign_bylaws(s, delegate(1), captured);
}

static bool bylaws_are_replaced(const struct scratch *s)
{
    return hash32_eq(&s->state->bylaws.document, &s->target);
}

static void open_guard(struct scratch *s)
{
    for (uint32_t i = 0; i < ENOUGH; i++)
        if (!sign_bylaws(s, delegate(i), opened)) return;
}

static void downgrade(struct scratch *s)
{
    for (uint32_t i = 0; i < ENOUGH; i++)
        if (!scratch_act(s, delegate(i), "engine.adopt", "{\"rules\":0}")) return;
}

static bool rules_are_older(const struct scratch *s)
{
    return s->state->org.rules == 0;
}

/* ---- found-again ---- */

static const char *vkey_text(struct scratch *s, const char *role, const key32 *key)
{
    struct buf text;
    buf_init(&text, alloc_libc, 512);
    vkey_write(&text, str_from(scratch_text(s, "%s%s", SCRATCH_ORIGIN, role)), key);
    const char *kept = scratch_text(s, "%.*s", STR_ARG(buf_str(&text)));
    buf_done(&text);
    return kept;
}

static void found_again(struct scratch *s)
{
    uint32_t who = scratch_person(s);
    const struct scratch_person *person = &s->person[who];
    key32 key = secret_key_public(&person->key);
    const char *body =
        scratch_text(s,
                     "{\"bylaws\":\"%s\",\"device\":\"%s\",\"key\":\"%s\",\"log_key\":\"%s\","
                     "\"node_key\":\"%s\",\"refusal_key\":\"%s\","
                     "\"rules\":1}",
                     scratch_blob(s, captured), scratch_hex(s, person->device.bytes, 4),
                     scratch_hex(s, key.bytes, sizeof key), vkey_text(s, "", &s->log_key),
                     vkey_text(s, "/n", &s->log_key), vkey_text(s, "/r", &s->log_key));
    struct compose compose = {.kind = STR("org.found"),
                              .body = str_from(body),
                              .by = person->mid,
                              .key_count = 1,
                              .key = {scratch_key(s, who)}};
    s->ghost = person->mid;
    (void)scratch_submit(s, &compose);
}

static bool founder_is_new(const struct scratch *s)
{
    return mid16_eq(&state_member(s->state, s->state->org.founder_row)->mid, &s->ghost);
}

const struct attempt bylaws_attempts[] = {
    {"bylaws-by-minority",
     "Two of six delegates put bylaws into force, one of them signing three times.", ARTICLE_ADOPT,
     ATTEMPT_REFUSED, NULL, adopt_by_minority, bylaws_are_replaced},
    {"change-the-guards",
     "A majority of delegates adopts bylaws under which officers enter results.", ARTICLE_BYLAWS,
     ATTEMPT_REFUSED, NULL, open_guard, bylaws_are_replaced},
    {"rules-downgrade", "A majority of delegates puts an older version of the rules into force.",
     ARTICLE_RULES, ATTEMPT_REFUSED, NULL, downgrade, rules_are_older},
    {"found-again", "Somebody founds the organisation a second time, with themselves as founder.",
     ARTICLE_FOUNDED, ATTEMPT_REFUSED, NULL, found_again, founder_is_new},
};
const size_t bylaws_attempt_count = COUNT(bylaws_attempts);
