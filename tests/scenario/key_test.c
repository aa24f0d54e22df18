/* Founding and the life of keys: codes, first keys and their second channel, further devices, loss
 * and recovery. Each guard with the act it refuses and the neighbour it lets through. */
#include "branch.h"
#include "elections.h"

#include "base/text.h"

#include <string.h>

struct device {
    device4 id;
    struct secret_key key;
};

static struct device device_new(struct world *w)
{
    struct device device;
    uint8_t seed[32];
    stream_bytes(&w->stream, device.id.bytes, sizeof device.id);
    stream_bytes(&w->stream, seed, sizeof seed);
    secret_key_from_seed(&device.key, seed);
    return device;
}

/* From now on the member's acts come from this device. */
static void hold(struct world *w, size_t who, const struct device *device)
{
    w->member[who].device = device->id;
    w->member[who].key = device->key;
}

static struct device held(const struct world *w, size_t who)
{
    return (struct device){w->member[who].device, w->member[who].key};
}

static struct compose_key signing(const struct world *w, size_t who, const struct device *device)
{
    return (struct compose_key){{KEY_DEVICE, w->member[who].mid, device->id}, &device->key};
}

static const char *named(struct world *w, const struct device *device)
{
    return world_text(w, "{\"device\":\"%s\"}", world_hex(w, device->id.bytes, 4));
}

static const char *new_key(struct world *w, const struct device *device)
{
    key32 key = secret_key_public(&device->key);
    return world_text(w, "{\"device\":\"%s\",\"key\":\"%s\"}", world_hex(w, device->id.bytes, 4),
                      world_hex(w, key.bytes, 32));
}

static const char *sponsoring(struct world *w, size_t who, const struct device *device)
{
    key32 key = secret_key_public(&device->key);
    return world_text(w, "{\"device\":\"%s\",\"key\":\"%s\",\"mid\":\"%s\"}",
                      world_hex(w, device->id.bytes, 4), world_hex(w, key.bytes, 32),
                      branch_mid(w, who));
}

static const char *settling(struct world *w, size_t who, const struct device *device,
                            const char *allow)
{
    return world_text(w, "{\"allow\":%s,\"device\":\"%s\",\"mid\":\"%s\"}", allow,
                      world_hex(w, device->id.bytes, 4), branch_mid(w, who));
}

static const struct key_row *key_of(const struct world *w, size_t who, const struct device *device)
{
    uint32_t row = state_key_of(&w->state, branch_member(w, who), &device->id);
    return row == ROW_NONE ? NULL : state_key(&w->state, row);
}

static bool is(const struct world *w, size_t who, const struct device *device, enum key_state state)
{
    const struct key_row *key = key_of(w, who, device);
    return key && key->state == state;
}

#define WANT(w, got, expected, what) want((w), (got), (expected), __LINE__, (what))
static void want(const struct world *w, enum article got, enum article expected, int line,
                 const char *what)
{
    CHECK(got == expected, "line %d: %s: \"%.*s\" %s", line, what, STR_ARG(article_name(got)),
          w->fail.message);
}

static enum article two(struct world *w, const char *kind, const char *body, size_t who,
                        struct compose_key a, struct compose_key b)
{
    w->now++;
    struct compose compose = {.kind = str_from(kind),
                              .body = str_from(body),
                              .by = w->member[who].mid,
                              .key_count = 2,
                              .key = {a, b}};
    return world_submit(w, &compose);
}

static enum article enrol(struct world *w, size_t who, const struct secret_key *code,
                          const struct device *device)
{
    struct compose_key letter = {{KEY_ENROLMENT, w->member[who].mid, {{0}}}, code};
    return two(w, "key.enrol", new_key(w, device), who, letter, signing(w, who, device));
}

static enum article confirm(struct world *w, size_t who, const struct device *named_device,
                            const struct device *signer)
{
    struct compose_key node = {{.role = KEY_NODE}, &w->node_key};
    return two(w, "key.confirm", named(w, named_device), who, node, signing(w, who, signer));
}

static enum article add(struct world *w, size_t who, const struct device *old,
                        const struct device *added)
{
    return two(w, "key.add", new_key(w, added), who, signing(w, who, old), signing(w, who, added));
}

static const char *codes(struct world *w, size_t who, const struct secret_key *code)
{
    key32 key = secret_key_public(code);
    return world_text(w, "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"}]}",
                      world_hex(w, key.bytes, 32), branch_mid(w, who));
}

static void test_founding(void)
{
    struct world w;
    world_init(&w, "founding");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":1}") == ARTICLE_COUNT,
          "before founding there is no origin to sign for");
    world_found(&w, NULL);
    CHECK(state_size(&w.state) == 1 && !w.state.org.confirmed, "founded, not confirmed");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":2}") == ARTICLE_RULES, "rules nobody knows");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":0}") == ARTICLE_RULES,
          "rules before the first");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE,
          "the founder may, while founding");
    CHECK(world_act(&w, 0, "no.such_kind", "{}") == ARTICLE_COUNT && w.code == CODE_MALFORMED,
          "closed list of kinds");
    world_done(&w);
}

#define ORIGIN "rehearsal.invalid/founding"

static const char *verifier_key(struct world *w, const char *name)
{
    struct buf text;
    key32 key = secret_key_public(&w->node_key);
    buf_init(&text, alloc_libc, 512);
    vkey_write(&text, str_from(name), &key);
    const char *kept = world_text(w, "%.*s", STR_ARG(buf_str(&text)));
    buf_done(&text);
    return kept;
}

/* Founds an empty world with these, "" = the right one. */
static enum article founding(const char *document, const char *log, const char *node,
                             const char *refusal, unsigned rules)
{
    struct world w;
    world_init(&w, "founding");
    const char *good = "{\"name\":\"World\",\"parameters\":{},\"preset\":\"branch\",\"version\":1}";
    const char *blob = strcmp(document, "none") == 0
                           ? world_hex(&w, (uint8_t[32]){1}, 32)
                           : world_blob(&w, str_from(*document ? document : good));
    key32 key = secret_key_public(&w.member[0].key);
    struct device device = held(&w, 0);
    const char *body = world_text(
        &w,
        "{\"bylaws\":\"%s\",\"device\":\"%s\",\"key\":\"%s\",\"log_key\":\"%s\","
        "\"node_key\":\"%s\",\"refusal_key\":\"%s\",\"rules\":%u}",
        blob, world_hex(&w, device.id.bytes, 4), world_hex(&w, key.bytes, 32),
        verifier_key(&w, *log ? log : ORIGIN), verifier_key(&w, *node ? node : ORIGIN "/n"),
        verifier_key(&w, *refusal ? refusal : ORIGIN "/r"), rules);
    struct compose compose = {.kind = STR("org.found"),
                              .body = str_from(body),
                              .by = w.member[0].mid,
                              .origin = STR(ORIGIN),
                              .key_count = 1,
                              .key = {signing(&w, 0, &device)}};
    enum article article = world_submit(&w, &compose);
    CHECK((article == ARTICLE_NONE) == (state_size(&w.state) == 1), "recorded or not");
    world_done(&w);
    return article;
}

static void test_founding_guards(void)
{
    CHECK(founding("", "", "", "", 1) == ARTICLE_NONE, "as it should be");
    CHECK(founding("", ORIGIN "/n", "", "", 1) == ARTICLE_FOUNDED,
          "the log key has another key's name");
    CHECK(founding("", "rehearsal.invalid/other", "", "", 1) == ARTICLE_FOUNDED,
          "another organisation's");
    CHECK(founding("", "", ORIGIN "/r", "", 1) == ARTICLE_FOUNDED, "the node key has another name");
    CHECK(founding("", "", "", ORIGIN, 1) == ARTICLE_FOUNDED, "the refusal key has another name");
    CHECK(founding("", "", "", "", 0) == ARTICLE_RULES, "no rules");
    CHECK(founding("", "", "", "", RULES_VERSION + 1) == ARTICLE_RULES, "rules to come");
    CHECK(founding("none", "", "", "", 1) == ARTICLE_BLOB, "bylaws nobody holds");
    CHECK(founding("{}", "", "", "", 1) == ARTICLE_BYLAWS, "bylaws that are none");
    const char *weak =
        "{\"name\":\"W\",\"parameters\":{\"typed_results\":1},\"preset\":\"branch\",\"version\":1}";
    CHECK(founding(weak, "", "", "", 1) == ARTICLE_BYLAWS, "bylaws without an entrenched guard");
}

static void test_code_form(void)
{
    struct world w;
    world_init(&w, "code form");
    world_found(&w, NULL);
    const char *unit = world_unit(&w, "Quay");
    size_t a = world_join_keyless(&w, unit, 2), low = a, high = a + 1;
    if (mid16_cmp(&w.member[low].mid, &w.member[high].mid) > 0) low = a + 1, high = a;
    struct device code = device_new(&w);
    key32 key = secret_key_public(&code.key);
    const char *hex = world_hex(&w, key.bytes, 32), *zero = world_hex(&w, (uint8_t[32]){0}, 32);
    const char *lo = branch_mid(&w, low), *hi = branch_mid(&w, high);
    struct trial trials[] = {
        {"ascending", 0, "code.issue", "", ARTICLE_NONE},
        {"descending", 0, "code.issue", "", ARTICLE_COUNT},
        {"twice the same", 0, "code.issue", "", ARTICLE_COUNT},
        {"none", 0, "code.issue", "{\"codes\":[]}", ARTICLE_COUNT},
        {"no point of the curve", 0, "code.issue", "", ARTICLE_COUNT},
        {"nobody's", 0, "code.issue", "", ARTICLE_MEMBER},
    };
    trials[0].body = world_text(
        &w, "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"},{\"key\":\"%s\",\"mid\":\"%s\"}]}", hex,
        lo, hex, hi);
    trials[1].body = world_text(
        &w, "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"},{\"key\":\"%s\",\"mid\":\"%s\"}]}", hex,
        hi, hex, lo);
    trials[2].body = world_text(
        &w, "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"},{\"key\":\"%s\",\"mid\":\"%s\"}]}", hex,
        lo, hex, lo);
    trials[4].body = world_text(&w, "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"}]}", zero, lo);
    size_t nobody = branch_stranger(&w);
    trials[5].body = codes(&w, nobody, &code.key);
    branch_try(&w, trials, COUNT(trials));
    world_done(&w);
}

static void test_code_registrar(void)
{
    struct world w;
    world_init(&w, "registrar");
    world_found(&w, NULL);
    struct branch quay = branch_make(&w, "Quay", 5), yard = branch_make(&w, "Yard", 3);
    size_t keyless = world_join_keyless(&w, quay.id, 2), other = world_join_keyless(&w, yard.id, 1);
    const char *office = branch_office(&w, quay.id, "registrar", 1);
    size_t registrar = quay.first + 3;
    (void)branch_seat(&w, office, 0, registrar);
    struct device first = device_new(&w), second = device_new(&w), phone = device_new(&w),
                  thief = device_new(&w);
    const struct trial founding[] = {
        {"a member", quay.first + 4, "code.issue", codes(&w, keyless, &first.key),
         ARTICLE_CODE_REGISTRAR},
        {"the founder", 0, "code.issue", codes(&w, keyless, &first.key), ARTICLE_NONE},
        {"for who has a key", 0, "code.issue", codes(&w, quay.first, &first.key),
         ARTICLE_CODE_ONCE},
    };
    branch_try(&w, founding, COUNT(founding));
    branch_confirm(&w, &quay);
    branch_confirm(&w, &yard);
    CHECK(w.state.org.confirmed, "founded and confirmed");
    const struct trial confirmed[] = {
        {"the founder afterwards", 0, "code.issue", codes(&w, keyless, &first.key),
         ARTICLE_CODE_REGISTRAR},
        {"another unit's registrar", registrar, "code.issue", codes(&w, other, &first.key),
         ARTICLE_CODE_REGISTRAR},
        {"the registrar", registrar, "code.issue", codes(&w, keyless, &first.key), ARTICLE_NONE},
    };
    branch_try(&w, confirmed, COUNT(confirmed));

    WANT(&w, enrol(&w, keyless, &first.key, &phone), ARTICLE_COUNT, "no code was issued");
    WANT(&w, world_act(&w, registrar, "code.issue", "%s", codes(&w, keyless, &first.key)),
         ARTICLE_NONE, "a code");
    WANT(&w, world_act(&w, registrar, "code.issue", "%s", codes(&w, keyless, &second.key)),
         ARTICLE_NONE, "a new one");
    WANT(&w, enrol(&w, keyless, &first.key, &phone), ARTICLE_COUNT,
         "the old code is worth nothing");
    CHECK(w.code == CODE_NOT_YOURS, "%s", code_name(w.code));
    struct device as_code = {phone.id, second.key};
    WANT(&w, enrol(&w, keyless, &second.key, &as_code), ARTICLE_KEY_NEW,
         "the code is not the device");
    WANT(&w, enrol(&w, keyless, &second.key, &phone), ARTICLE_NONE, "the new code enrols");
    WANT(&w, enrol(&w, keyless, &second.key, &thief), ARTICLE_CODE_ONCE, "once");
    CHECK(is(&w, keyless, &phone, KEY_PROVISIONAL), "provisional");
    WANT(&w, world_act(&w, registrar, "code.issue", "%s", codes(&w, keyless, &first.key)),
         ARTICLE_NONE, "a provisional key does not stop a new letter");

    state_member(&w.state, branch_member(&w, keyless + 1))->status = MEMBER_LAPSED;
    struct device founder = held(&w, 0);
    WANT(&w, world_act(&w, 0, "key.revoke", "%s", named(&w, &founder)), ARTICLE_NONE,
         "the founder, without a unit");
    const struct trial last[] = {
        {"who left", registrar, "code.issue", codes(&w, keyless + 1, &first.key), ARTICLE_MEMBER},
        {"who belongs to no unit", registrar, "code.issue", codes(&w, 0, &first.key),
         ARTICLE_CODE_REGISTRAR},
    };
    branch_try(&w, last, COUNT(last));
    world_done(&w);
}

struct hall {
    struct world w;
    struct branch quay, yard;
    size_t teller[2], far_teller;
    size_t keyless;
};

static void hall_make(struct hall *h, const char *seed)
{
    struct world *w = &h->w;
    world_init(w, seed);
    world_found(w, NULL);
    h->quay = branch_make(w, "Quay", 9);
    h->yard = branch_make(w, "Yard", 4);
    h->keyless = world_join_keyless(w, h->quay.id, 3);
    const char *office = branch_office(w, h->quay.id, "teller", 2);
    for (size_t i = 0; i < 2; i++) {
        h->teller[i] = h->quay.first + 3 + i;
        (void)branch_seat(w, office, 0, h->teller[i]);
    }
    h->far_teller = h->yard.first + 3;
    (void)branch_seat(w, branch_office(w, h->yard.id, "teller", 2), 0, h->far_teller);
}

static struct device provisional(struct world *w, size_t who)
{
    struct device code = device_new(w), phone = device_new(w);
    WANT(w, world_act(w, 0, "code.issue", "%s", codes(w, who, &code.key)), ARTICLE_NONE, "code");
    WANT(w, enrol(w, who, &code.key, &phone), ARTICLE_NONE, "enrolled");
    hold(w, who, &phone);
    return phone;
}

static void test_second_channel(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "second channel");
    size_t who = h.keyless;
    struct device phone = provisional(w, who), other = device_new(w), false_node = device_new(w);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_KEY_STATE,
         "a provisional key signs");
    WANT(w, add(w, who, &phone, &other), ARTICLE_KEY_STATE, "a provisional key certifies");
    struct compose_key node = {{.role = KEY_NODE}, &false_node.key};
    WANT(w, two(w, "key.confirm", named(w, &phone), who, node, signing(w, who, &phone)),
         ARTICLE_COUNT, "a false node");
    CHECK(w->code == CODE_NOT_YOURS, "%s", code_name(w->code));
    WANT(w, world_act(w, who, "key.confirm", "%s", named(w, &phone)), ARTICLE_COUNT,
         "the device alone");
    WANT(w, confirm(w, who, &other, &phone), ARTICLE_KEY_CONFIRM, "a device nobody knows");
    struct device twin = provisional(w, who);
    WANT(w, confirm(w, who, &phone, &twin), ARTICLE_KEY_CONFIRM, "another provisional device");
    WANT(w, confirm(w, who, &phone, &phone), ARTICLE_NONE, "the node and the device");
    CHECK(is(w, who, &phone, KEY_CONFIRMED) && !key_of(w, who, &phone)->attested,
          "confirmed, not attested");
    WANT(w, confirm(w, who, &phone, &phone), ARTICLE_KEY_CONFIRM, "twice");
    WANT(w, confirm(w, who, &twin, &twin), ARTICLE_KEY_CONFIRM,
         "the node speaks for first keys alone");
    WANT(w, world_attested(w, who, h.teller, "key.confirm", "%s", named(w, &twin)), ARTICLE_NONE,
         "at the door");
    CHECK(is(w, who, &twin, KEY_CONFIRMED) && key_of(w, who, &twin)->attested, "marked");
    world_done(w);
}

static void test_tellers(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "tellers");
    size_t who = h.keyless;
    struct device phone = provisional(w, who);
    const size_t far[2] = {h.teller[0], h.far_teller}, none[2] = {h.teller[0], h.quay.first + 7},
                 same[2] = {h.teller[0], h.teller[0]}, self[2] = {h.teller[0], who};
    const char *body = named(w, &phone);
    WANT(w, world_attested(w, who, far, "key.confirm", "%s", body), ARTICLE_VIA,
         "a teller of another unit");
    WANT(w, world_attested(w, who, none, "key.confirm", "%s", body), ARTICLE_VIA, "no teller");
    WANT(w, world_attested(w, who, same, "key.confirm", "%s", body), ARTICLE_COUNT,
         "one teller twice");
    WANT(w, world_attested(w, who, self, "key.confirm", "%s", body), ARTICLE_COUNT,
         "the member among them");
    WANT(w, world_attested(w, who, h.teller, "key.revoke", "%s", body), ARTICLE_VIA,
         "not for every kind");
    WANT(w, world_attested(w, 0, h.teller, "key.confirm", "%s", body), ARTICLE_VIA,
         "for a member of no unit");
    w->state.bylaws.attest_allowed = 0;
    WANT(w, world_attested(w, who, h.teller, "key.confirm", "%s", body), ARTICLE_VIA,
         "where the bylaws forbid it");
    w->state.bylaws.attest_allowed = 1;
    state_seat(&w->state, state_member(&w->state, branch_member(w, h.teller[1]))->first_seat)
        ->ended = 1;
    WANT(w, world_attested(w, who, h.teller, "key.confirm", "%s", body), ARTICLE_VIA,
         "a teller of yesterday");
    state_seat(&w->state, state_member(&w->state, branch_member(w, h.teller[1]))->first_seat)
        ->ended = 0;
    WANT(w, world_attested(w, who, h.teller, "key.confirm", "%s", body), ARTICLE_NONE,
         "two tellers");
    WANT(w, world_attested(w, who, h.teller, "key.confirm", "%s", body), ARTICLE_KEY_CONFIRM,
         "twice");
    world_done(w);
}

static void test_devices(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "devices");
    size_t who = h.quay.first + 5;
    struct device old = held(w, who), phone = device_new(w), tablet = device_new(w),
                  spare = device_new(w);
    uint64_t trusted = key_of(w, who, &old)->trusted;
    WANT(w, add(w, who, &old, &phone), ARTICLE_NONE, "a second device");
    CHECK(is(w, who, &phone, KEY_CONFIRMED), "at once");
    WANT(w, add(w, who, &phone, &tablet), ARTICLE_NONE, "a third by the second");
    CHECK(key_of(w, who, &tablet)->trusted == trusted && trusted, "trust goes back to the first");
    struct device same_id = {phone.id, spare.key}, same_key = {spare.id, phone.key};
    state_key(&w->state, state_key_of(&w->state, branch_member(w, who), &phone.id))->last_act =
        (hash32){0};
    WANT(w, add(w, who, &old, &same_id), ARTICLE_KEY_NEW, "a device id twice");
    WANT(w, add(w, who, &old, &same_key), ARTICLE_KEY_NEW, "a key twice");
    WANT(w,
         two(w, "key.add", new_key(w, &spare), who, signing(w, who, &old), signing(w, who, &phone)),
         ARTICLE_COUNT, "the new key signs for itself");
    struct compose_key forged = {{KEY_DEVICE, w->member[who].mid, spare.id}, &old.key};
    WANT(w, two(w, "key.add", new_key(w, &spare), who, signing(w, who, &old), forged),
         ARTICLE_COUNT, "and with itself");
    hold(w, who, &old);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &spare)), ARTICLE_KEY_STATE,
         "a device nobody knows");
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_NONE,
         "older over younger");
    CHECK(is(w, who, &phone, KEY_REVOKED), "at once");
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_KEY_STATE, "twice");
    WANT(w, add(w, who, &old, &same_id), ARTICLE_KEY_NEW,
         "a revoked device's id is not used again");
    WANT(w, add(w, who, &old, &same_key), ARTICLE_KEY_NEW, "nor its key");
    WANT(w, add(w, who, &phone, &spare), ARTICLE_KEY_STATE, "a revoked key certifies nothing");
    WANT(w, add(w, who, &tablet, &spare), ARTICLE_NONE, "what it certified earlier stays");
    hold(w, who, &spare);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &spare)), ARTICLE_NONE,
         "a key ends itself");
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &tablet)), ARTICLE_KEY_STATE,
         "and is at an end");
    world_done(w);
}

static void test_younger_over_older(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "younger");
    size_t who = h.quay.first + 5;
    struct device old = held(w, who), phone = device_new(w), thief = device_new(w);
    uint64_t wait = w->state.bylaws.revoke_time;
    CHECK(wait >= 72 * HOUR, "at least three days");
    WANT(w, add(w, who, &old, &phone), ARTICLE_NONE, "second");
    WANT(w, add(w, who, &phone, &thief), ARTICLE_NONE, "third");
    WANT(w, world_act(w, who, "key.keep", "%s", named(w, &old)), ARTICLE_KEY_STATE,
         "nothing to keep");
    hold(w, who, &thief);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_NONE,
         "younger over older");
    CHECK(is(w, who, &phone, KEY_CONFIRMED) &&
              key_of(w, who, &phone)->revoke_at == (uint64_t)w->now + wait,
          "waits");
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_ONCE, "asked once");
    WANT(w, world_act(w, who, "key.keep", "%s", named(w, &phone)), ARTICLE_KEY_OLDER,
         "not kept by a younger key");
    hold(w, who, &phone);
    WANT(w, world_act(w, who, "key.keep", "%s", named(w, &phone)), ARTICLE_NONE, "kept by itself");
    hold(w, who, &thief);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_NONE, "again");
    hold(w, who, &old);
    WANT(w, world_act(w, who, "key.keep", "%s", named(w, &phone)), ARTICLE_NONE,
         "kept by an older one");
    world_later(w, wait + 1);
    CHECK(is(w, who, &phone, KEY_CONFIRMED), "nothing became of it");

    hold(w, who, &thief);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_NONE, "a third time");
    world_later(w, wait - 1);
    CHECK(is(w, who, &phone, KEY_CONFIRMED), "one second before");
    world_later(w, 1);
    CHECK(is(w, who, &phone, KEY_REVOKED), "after three days");

    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &old)), ARTICLE_NONE, "now the oldest");
    hold(w, who, &old);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &thief)), ARTICLE_NONE,
         "which ends the younger");
    world_later(w, wait + 1);
    CHECK(is(w, who, &old, KEY_CONFIRMED), "and with it what it asked for");
    world_done(w);
}

static void test_older_ends_a_threatened_key(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "threatened");
    size_t who = h.quay.first + 5;
    struct device old = held(w, who), phone = device_new(w), tablet = device_new(w);
    WANT(w, add(w, who, &old, &phone), ARTICLE_NONE, "second");
    WANT(w, add(w, who, &old, &tablet), ARTICLE_NONE, "third");
    hold(w, who, &tablet);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_NONE,
         "a stolen phone, from the tablet");
    hold(w, who, &old);
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &phone)), ARTICLE_NONE,
         "the oldest need not wait");
    CHECK(is(w, who, &phone, KEY_REVOKED), "at once");
    world_done(w);
}

/* A member who lost every device: nobody has pressed its keys for a while. */
static void test_sponsors(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "sponsors");
    size_t lost = h.quay.first + 5, a = h.quay.first + 6, b = h.quay.first + 7,
           c = h.quay.first + 8;
    struct device fresh = device_new(w), other = device_new(w), never = device_new(w),
                  old = held(w, lost);
    struct device mixed = {fresh.id, other.key}, old_key = {fresh.id, old.key};
    const struct trial first[] = {
        {"of another unit", h.yard.first, "key.sponsor", sponsoring(w, lost, &fresh),
         ARTICLE_KEY_SPONSOR},
        {"of no unit", 0, "key.sponsor", sponsoring(w, lost, &fresh), ARTICLE_KEY_SPONSOR},
        {"oneself", lost, "key.sponsor", sponsoring(w, lost, &fresh), ARTICLE_KEY_SPONSOR},
        {"who never had a key", a, "key.sponsor", sponsoring(w, h.keyless, &never),
         ARTICLE_KEY_SPONSOR},
        {"a device known", a, "key.sponsor", sponsoring(w, lost, &old), ARTICLE_KEY_NEW},
        {"a key known", a, "key.sponsor", sponsoring(w, lost, &old_key), ARTICLE_KEY_NEW},
        {"nobody", a, "key.sponsor", sponsoring(w, branch_stranger(w), &fresh), ARTICLE_MEMBER},
        {"a neighbour", a, "key.sponsor", sponsoring(w, lost, &fresh), ARTICLE_NONE},
    };
    branch_try(w, first, COUNT(first));
    branch_do(w, &first[7]);
    CHECK(is(w, lost, &fresh, KEY_SPONSORED), "waits for a second");
    world_later(w, 60 * DAY);
    CHECK(is(w, lost, &fresh, KEY_SPONSORED), "for ever");
    const struct trial second[] = {
        {"the same again", a, "key.sponsor", sponsoring(w, lost, &fresh), ARTICLE_KEY_SPONSOR},
        {"another key on that device", b, "key.sponsor", sponsoring(w, lost, &mixed),
         ARTICLE_KEY_NEW},
        {"another", b, "key.sponsor", sponsoring(w, lost, &fresh), ARTICLE_NONE},
    };
    branch_try(w, second, COUNT(second));
    hold(w, lost, &fresh);
    WANT(w, world_act(w, lost, "key.keep", "%s", named(w, &old)), ARTICLE_KEY_STATE,
         "not in force with one");
    branch_do(w, &second[2]);
    const struct trial third = {"a third", c, "key.sponsor", sponsoring(w, lost, &fresh),
                                ARTICLE_KEY_NEW};
    branch_try(w, &third, 1);
    world_later(w, w->state.bylaws.sponsor_time - 1);
    CHECK(w->state.bylaws.sponsor_time == 14 * DAY && is(w, lost, &fresh, KEY_SPONSORED),
          "fourteen days");
    WANT(w, world_act(w, lost, "key.keep", "%s", named(w, &old)), ARTICLE_KEY_STATE,
         "nothing to keep, and confirmed");
    CHECK(is(w, lost, &fresh, KEY_CONFIRMED), "in force");
    CHECK(key_of(w, lost, &fresh)->trusted == key_of(w, lost, &fresh)->confirmed,
          "trusted since then, not longer");
    WANT(w, add(w, lost, &fresh, &other), ARTICLE_NONE, "it certifies");
    CHECK(key_of(w, lost, &other)->trusted == key_of(w, lost, &fresh)->trusted,
          "no longer than itself");
    world_done(w);
}

/* "at most 2 sponsorings a year each", counted back from each, not by the calendar. */
static void test_sponsor_limit(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "limit");
    size_t busy = h.quay.first;
    struct device device[5];
    for (size_t i = 0; i < 5; i++) device[i] = device_new(w);
    world_later(w, 365 * DAY - (uint64_t)w->now % (365 * DAY) -
                       2 * HOUR); /* shortly before a multiple of 365 days */
    for (size_t i = 1; i < 3; i++)
        WANT(w,
             world_act(w, busy, "key.sponsor", "%s", sponsoring(w, h.quay.first + i, &device[i])),
             ARTICLE_NONE, "two");
    struct trial third = {"a third", busy, "key.sponsor",
                          sponsoring(w, h.quay.first + 3, &device[3]), ARTICLE_KEY_SPONSOR};
    branch_try(w, &third, 1);
    world_later(w, 2 * DAY);
    branch_try(w, &third, 1);
    world_later(w, 362 * DAY);
    branch_try(w, &third, 1);
    world_later(w, 2 * DAY);
    third.expected = ARTICLE_NONE;
    branch_do(w, &third);
    w->state.bylaws.sponsor_limit = 1;
    const struct trial fourth = {"bylaws that allow one", busy, "key.sponsor",
                                 sponsoring(w, h.quay.first + 4, &device[4]), ARTICLE_KEY_SPONSOR};
    branch_try(w, &fourth, 1);
    world_done(w);
}

static void sponsored_by_two(struct hall *h, size_t lost, const struct device *fresh)
{
    for (size_t i = 6; i < 8; i++)
        WANT(&h->w,
             world_act(&h->w, h->quay.first + i, "key.sponsor", "%s",
                       sponsoring(&h->w, lost, fresh)),
             ARTICLE_NONE, "sponsored");
}

static void test_objection(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "objection");
    size_t lost = h.quay.first + 5, *steward = h.quay.steward;
    struct device old = held(w, lost), fresh = device_new(w), younger = device_new(w);
    sponsored_by_two(&h, lost, &fresh);
    WANT(w, add(w, lost, &old, &younger), ARTICLE_NONE, "a younger device");
    const struct trial before[] = {
        {"an end, not an objection", lost, "key.revoke", named(w, &fresh), ARTICLE_KEY_STATE},
        {"to a key nobody sponsored", lost, "key.object", named(w, &younger), ARTICLE_KEY_STATE},
        {"to a device nobody knows", h.quay.first, "key.object", named(w, &fresh),
         ARTICLE_KEY_STATE},
        {"nothing to settle yet", steward[0], "key.settle", settling(w, lost, &fresh, "false"),
         ARTICLE_KEY_STATE},
        {"the older key", lost, "key.object", named(w, &fresh), ARTICLE_NONE},
    };
    branch_try(w, before, COUNT(before));
    hold(w, lost, &younger);
    const struct trial by_younger = {"a younger key", lost, "key.object", named(w, &fresh),
                                     ARTICLE_KEY_OLDER};
    branch_try(w, &by_younger, 1);
    hold(w, lost, &old);
    branch_do(w, &before[4]);
    CHECK(is(w, lost, &fresh, KEY_DISPUTED), "disputed");
    WANT(w, world_act(w, lost, "key.object", "%s", named(w, &fresh)), ARTICLE_KEY_STATE, "once");
    world_later(w, 30 * DAY);
    CHECK(is(w, lost, &fresh, KEY_DISPUTED), "and time does not settle it");
    hold(w, lost, &fresh);
    WANT(w, world_act(w, lost, "key.revoke", "%s", named(w, &old)), ARTICLE_KEY_STATE,
         "a disputed key signs nothing");
    const struct trial settle[] = {
        {"another unit's steward", h.yard.steward[0], "key.settle",
         settling(w, lost, &fresh, "true"), ARTICLE_KEY_SETTLE},
        {"a member", h.quay.first + 8, "key.settle", settling(w, lost, &fresh, "true"),
         ARTICLE_KEY_SETTLE},
        {"nobody's key", steward[0], "key.settle", settling(w, lost, &younger, "true"),
         ARTICLE_KEY_STATE},
        {"a steward", steward[0], "key.settle", settling(w, lost, &fresh, "true"), ARTICLE_NONE},
    };
    branch_try(w, settle, COUNT(settle));
    branch_do(w, &settle[3]);
    CHECK(is(w, lost, &fresh, KEY_DISPUTED), "one steward settles nothing");
    WANT(w, world_act(w, steward[0], "key.settle", "%s", settling(w, lost, &fresh, "true")),
         ARTICLE_KEY_SETTLE, "twice");
    WANT(w, world_act(w, steward[0], "key.settle", "%s", settling(w, lost, &fresh, "false")),
         ARTICLE_NONE, "who thinks again");
    WANT(w, world_act(w, steward[1], "key.settle", "%s", settling(w, lost, &fresh, "true")),
         ARTICLE_NONE, "second");
    CHECK(is(w, lost, &fresh, KEY_DISPUTED), "is not counted on both sides");
    WANT(w, world_act(w, steward[2], "key.settle", "%s", settling(w, lost, &fresh, "true")),
         ARTICLE_NONE, "third");
    CHECK(is(w, lost, &fresh, KEY_CONFIRMED), "allowed by two");
    CHECK(is(w, lost, &old, KEY_REVOKED) && is(w, lost, &younger, KEY_REVOKED),
          "the thief has nothing left");
    WANT(w, world_act(w, lost, "key.revoke", "%s", named(w, &fresh)), ARTICLE_NONE,
         "the recovered key signs");
    world_done(w);
}

/* Two sponsors took a key in the name of somebody who looks late. */
static void test_late_objection(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "late");
    size_t owner = h.quay.first + 5, *steward = h.quay.steward;
    struct device old = held(w, owner), rogue = device_new(w), second = device_new(w);
    sponsored_by_two(&h, owner, &rogue);
    world_later(w, 15 * DAY);
    CHECK(is(w, owner, &rogue, KEY_CONFIRMED), "in force");
    WANT(w, add(w, owner, &rogue, &second), ARTICLE_NONE, "it brings another");
    WANT(w, world_act(w, owner, "key.revoke", "%s", named(w, &rogue)), ARTICLE_KEY_SETTLE,
         "the unit decides, not a key");
    WANT(w, world_act(w, owner, "key.object", "%s", named(w, &rogue)), ARTICLE_NONE, "objection");
    CHECK(is(w, owner, &rogue, KEY_DISPUTED), "out of force at once");
    WANT(w, world_act(w, owner, "key.revoke", "%s", named(w, &second)), ARTICLE_NONE,
         "what it brought goes too");
    uint32_t seat = branch_seat(w, h.quay.office, 0, h.quay.first + 6);
    const struct trial sponsor = {"a sponsor who is steward", h.quay.first + 6, "key.settle",
                                  settling(w, owner, &rogue, "true"), ARTICLE_KEY_SETTLE};
    branch_try(w, &sponsor, 1);
    state_seat(&w->state, seat)->ended = 1;
    (void)branch_seat(w, h.quay.office, 0, owner);
    const struct trial self = {"the member concerned", owner, "key.settle",
                               settling(w, owner, &rogue, "false"), ARTICLE_KEY_SETTLE};
    branch_try(w, &self, 1);
    for (size_t i = 0; i < 2; i++)
        WANT(w, world_act(w, steward[i], "key.settle", "%s", settling(w, owner, &rogue, "false")),
             ARTICLE_NONE, "no");
    CHECK(is(w, owner, &rogue, KEY_REVOKED) && is(w, owner, &old, KEY_CONFIRMED),
          "the owner's key stays");
    world_done(w);
}

/* "new keys join no ballot that is already open" */
static void test_no_new_key_in_open_ballot(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "open ballot");
    w->state.bylaws.call_lead = 60 * DAY; /* time for a ballot of three weeks */
    size_t a = h.quay.first + 5, b = h.quay.first + 8;
    struct contest c = contest_plan(w, contest_council(w, world_text(w, "\"%s\"", h.quay.id), 1),
                                    "open", "plurality");
    c.nominate_until += 20 * DAY, c.opens = c.nominate_until + 2 * DAY,
                                  c.closes = c.opens + 20 * DAY;
    c.objections_until = c.closes + HOUR;
    WANT(w, contest_freeze(w, 0, &c), ARTICLE_NONE, "frozen");
    WANT(w, contest_call(w, 0, &c), ARTICLE_NONE, "called");
    for (size_t i = 0; i < 2; i++)
        WANT(w, contest_nominate(w, &c, h.quay.first + i, 1, h.quay.first + i), ARTICLE_NONE,
             "stands");
    struct device early = device_new(w), late = device_new(w), child = device_new(w),
                  tablet = device_new(w);
    contest_until(w, c.opens - 14 * DAY -
                         1); /* two acts later the fourteen days end as the ballot opens */
    sponsored_by_two(&h, a, &early);
    struct device old_a = held(w, a), old_b = held(w, b);
    contest_until(w, c.opens);
    WANT(w, world_act(w, h.teller[0], "key.sponsor", "%s", sponsoring(w, b, &late)), ARTICLE_NONE,
         "sponsored late");
    WANT(w, world_act(w, h.teller[1], "key.sponsor", "%s", sponsoring(w, b, &late)), ARTICLE_NONE,
         "by two");
    hold(w, a, &early);
    CHECK(key_of(w, a, &early)->confirmed == c.opens + 1, "sponsored one second too late: %lld",
          (long long)key_of(w, a, &early)->confirmed - (long long)c.opens);
    WANT(w, contest_vote(w, &c, a, 1, "1"), ARTICLE_KEY_STATE, "a second after the opening");
    state_key(&w->state, state_key_of(&w->state, branch_member(w, a), &early.id))->trusted =
        c.opens;
    WANT(w, contest_vote(w, &c, a, 1, "1"), ARTICLE_NONE, "as it opens");
    hold(w, a, &old_a);
    WANT(w, contest_vote(w, &c, a, 1, "2"), ARTICLE_NONE, "the older key");

    WANT(w, contest_vote(w, &c, b, 1, "1"), ARTICLE_NONE, "the owner votes");
    WANT(w, add(w, b, &old_b, &tablet), ARTICLE_NONE, "and buys a tablet");
    hold(w, b, &tablet);
    WANT(w, contest_vote(w, &c, b, 1, "2"), ARTICLE_NONE, "certified by the older key, it votes");
    world_later(w, 15 * DAY);
    CHECK(is(w, b, &late, KEY_CONFIRMED), "recovered while the ballot is open");
    hold(w, b, &late);
    WANT(w, contest_vote(w, &c, b, 1, "1"), ARTICLE_KEY_STATE, "sponsors replace no vote");
    WANT(w, add(w, b, &late, &child), ARTICLE_NONE, "it certifies");
    hold(w, b, &child);
    WANT(w, contest_vote(w, &c, b, 1, "1"), ARTICLE_KEY_STATE, "nor through another key");
    world_done(w);
}

/* The same of a key that two tellers confirmed at the door. */
static void test_no_door_key_in_open_ballot(void)
{
    struct hall h;
    struct world *w = &h.w;
    hall_make(&h, "door");
    size_t who = h.quay.first + 5, keyless = h.keyless;
    struct contest c = contest_plan(w, contest_council(w, world_text(w, "\"%s\"", h.quay.id), 1),
                                    "open", "plurality");
    struct device in_time = provisional(w, keyless);
    WANT(w, world_attested(w, keyless, h.teller, "key.confirm", "%s", named(w, &in_time)),
         ARTICLE_NONE, "at the door");
    struct device lost = held(w, who), code = device_new(w), phone = device_new(w);
    WANT(w, contest_freeze(w, 0, &c), ARTICLE_NONE, "frozen");
    WANT(w, contest_call(w, h.quay.first, &c), ARTICLE_NONE, "called");
    for (size_t i = 0; i < 2; i++)
        WANT(w, contest_nominate(w, &c, h.quay.first + i, 1, h.quay.first + i), ARTICLE_NONE,
             "stands");
    contest_until(w, c.opens);
    WANT(w, contest_vote(w, &c, keyless, 1, "1"), ARTICLE_NONE,
         "confirmed by tellers before the opening");
    WANT(w, world_act(w, who, "key.revoke", "%s", named(w, &lost)), ARTICLE_NONE,
         "the device goes");
    WANT(w, world_act(w, 0, "code.issue", "%s", codes(w, who, &code.key)), ARTICLE_NONE,
         "a new letter");
    WANT(w, enrol(w, who, &code.key, &phone), ARTICLE_NONE, "a new key");
    WANT(w, world_attested(w, who, h.teller, "key.confirm", "%s", named(w, &phone)), ARTICLE_NONE,
         "at the door");
    hold(w, who, &phone);
    WANT(w, contest_vote(w, &c, who, 1, "1"), ARTICLE_KEY_STATE, "too late for this ballot");
    world_done(w);
}

int main(void)
{
    test_founding();
    test_founding_guards();
    test_code_form();
    test_code_registrar();
    test_second_channel();
    test_tellers();
    test_devices();
    test_younger_over_older();
    test_older_ends_a_threatened_key();
    test_sponsors();
    test_sponsor_limit();
    test_objection();
    test_late_objection();
    test_no_new_key_in_open_ballot();
    test_no_door_key_in_open_ballot();
    return check_done();
}
