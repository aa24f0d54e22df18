#include "world.h"

#include "base/text.h"
#include "core/record/commit.h"
#include "sign/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool blob_get(void *self, const hash32 *name, str *ret)
{
    const struct world *w = self;
    for (size_t i = 0; i < w->blob_count; i++) {
        if (!hash32_eq(&w->blob[i].name, name)) continue;
        *ret = (str){w->blob[i].bytes, w->blob[i].len};
        return true;
    }
    return false;
}

static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

static size_t new_person(struct world *w)
{
    struct world_member *member = &w->member[w->member_count];
    uint8_t seed[32];
    stream_bytes(&w->stream, member->mid.bytes, sizeof member->mid);
    stream_bytes(&w->stream, member->device.bytes, sizeof member->device);
    stream_bytes(&w->stream, seed, sizeof seed);
    secret_key_from_seed(&member->key, seed);
    return w->member_count++;
}

void world_init(struct world *w, const char *seed)
{
    *w = (struct world){.now = WORLD_START};
    if (sign_start() != CODE_OK) abort();
    stream_init(&w->stream, str_from(seed));
    arena_init(&w->arena, alloc_libc, (size_t)1 << 30);
    buf_init(&w->note, alloc_libc, ACT_NOTE_MAX);
    w->member = must(calloc(WORLD_MEMBERS_MAX, sizeof *w->member));
    w->blob = must(calloc(WORLD_BLOBS_MAX, sizeof *w->blob));
    if (state_init(&w->state, alloc_libc) != CODE_OK) abort();
    struct blobs blobs = {blob_get, w};
    fold_init(&w->fold, &w->state, blobs, judge_now());
    uint8_t node_seed[32];
    stream_bytes(&w->stream, node_seed, sizeof node_seed);
    secret_key_from_seed(&w->node_key, node_seed);
    (void)new_person(w);
}

void world_done(struct world *w)
{
    fold_done(&w->fold);
    state_done(&w->state);
    arena_done(&w->arena);
    buf_done(&w->note);
    for (size_t i = 0; i < w->blob_count; i++) free(w->blob[i].bytes);
    free(w->blob);
    free(w->member);
}

const char *world_text(struct world *w, const char *format, ...)
{
    char small[1];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(small, 0, format, args);
    char *text = must(arena_take(&w->arena, (size_t)len + 1, 1));
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

const char *world_hex(struct world *w, const void *bytes, size_t len)
{
    char *text = must(arena_take(&w->arena, 2 * len + 1, 1));
    hex_encode(bytes, len, text);
    return text;
}

const char *world_blob(struct world *w, str bytes)
{
    hash32 name = sha256_of(bytes);
    str held;
    if (!blob_get(w, &name, &held)) {
        if (w->blob_count == WORLD_BLOBS_MAX) abort();
        struct world_blob *blob = &w->blob[w->blob_count++];
        *blob = (struct world_blob){
            .name = name, .bytes = must(malloc(bytes.len + 1)), .len = bytes.len};
        memcpy(blob->bytes, bytes.at, bytes.len);
    }
    return world_hex(w, name.bytes, sizeof name);
}

static void tick_if_due(struct world *w)
{
    struct fold_outcome outcome;
    while (step_due(&w->state, w->now)) {
        w->code = fold_tick(&w->fold, w->now, &outcome);
        if (!CHECK(w->code == CODE_OK && outcome.article == ARTICLE_NONE, "tick: %s, %.*s",
                   code_name(w->code), STR_ARG(article_name(outcome.article))))
            return;
        if (w->recorded) w->recorded(w->recorder, &outcome);
    }
}

/* A refusal can be checked: deciding again where the record stands gives the same article. */
static void check_again(struct world *w, str note, enum article article)
{
    enum article again = ARTICLE_NONE;
    enum code code = fold_try(&w->fold, note, w->now, &again, NULL);
    if (code != CODE_OK || again != article)
        (void)CHECK(false, "refused by \"%.*s\", decided again \"%.*s\"",
                    STR_ARG(article_name(article)), STR_ARG(article_name(again)));
}

enum article world_note(struct world *w, str note)
{
    struct fold_outcome outcome;
    tick_if_due(w);
    w->fail = (struct fail){0};
    w->code = fold_submit(&w->fold, note, w->now, &outcome, &w->fail);
    if (w->code != CODE_OK) return ARTICLE_COUNT;
    if (outcome.article == ARTICLE_NONE) w->last_id = outcome.id;
    enum article article = outcome.article;
    if (article != ARTICLE_NONE) check_again(w, note, article);
    if (w->recorded && article == ARTICLE_NONE && !outcome.is_known)
        w->recorded(w->recorder, &outcome);
    return article;
}

enum article world_submit(struct world *w, struct compose *compose)
{
    static const nonce16 none;
    tick_if_due(w);
    if (memcmp(&compose->nonce, &none, sizeof none) == 0)
        stream_bytes(&w->stream, compose->nonce.bytes, sizeof compose->nonce);
    if (compose->at == 0) compose->at = w->now;
    buf_clear(&w->note);
    if (compose_act(&w->state, compose, &w->note) != CODE_OK) abort();
    return world_note(w, buf_str(&w->note));
}

static struct compose_key device_of(const struct world *w, size_t who)
{
    const struct world_member *member = &w->member[who];
    return (struct compose_key){{KEY_DEVICE, member->mid, member->device}, &member->key};
}

PRINTF_LIKE(2, 0)
static str body_text(struct world *w, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    char small[1];
    int len = vsnprintf(small, 0, format, again);
    va_end(again);
    char *text = must(arena_take(&w->arena, (size_t)len + 1, 1));
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    return (str){text, (size_t)len};
}

enum article world_act(struct world *w, size_t who, const char *kind, const char *body, ...)
{
    va_list args;
    va_start(args, body);
    str text = body_text(w, body, args);
    va_end(args);
    w->now++;
    struct compose compose = {.kind = str_from(kind),
                              .body = text,
                              .by = w->member[who].mid,
                              .key_count = 1,
                              .key = {device_of(w, who)}};
    return world_submit(w, &compose);
}

enum article world_attested(struct world *w, size_t member, const size_t tellers[2],
                            const char *kind, const char *body, ...)
{
    va_list args;
    va_start(args, body);
    str text = body_text(w, body, args);
    va_end(args);
    w->now++;
    struct compose compose = {.kind = str_from(kind),
                              .body = text,
                              .by = w->member[member].mid,
                              .key_count = 2,
                              .key = {device_of(w, tellers[0]), device_of(w, tellers[1])},
                              .attested = true};
    return world_submit(w, &compose);
}

void world_later(struct world *w, uint64_t seconds)
{
    w->now += (unix_s)seconds;
    tick_if_due(w);
}

static const char *vkey_of(struct world *w, const char *name, const key32 *key)
{
    struct buf text;
    buf_init(&text, alloc_libc, 512);
    vkey_write(&text, str_from(name), key);
    const char *kept = world_text(w, "%.*s", STR_ARG(buf_str(&text)));
    buf_done(&text);
    return kept;
}

#define ORIGIN "rehearsal.invalid/world"

void world_found(struct world *w, const char *parameters)
{
    const char *normal =
        "{\"ballot_seconds\":3600,\"call_electors\":1,\"call_lead_seconds\":86400,"
        "\"keying_seconds\":3600,\"nominate_seconds\":3600,\"objection_seconds\":3600,"
        "\"prepare_seconds\":0,\"term_seconds\":2592000}";
    const char *bylaws =
        world_text(w, "{\"name\":\"World\",\"parameters\":%s,\"preset\":\"branch\",\"version\":1}",
                   parameters ? parameters : normal);
    const char *document = world_blob(w, str_from(bylaws));
    key32 founder = secret_key_public(&w->member[0].key), node = secret_key_public(&w->node_key);
    const char *body = world_text(w,
                                  "{\"bylaws\":\"%s\",\"device\":\"%s\",\"key\":\"%s\",\"log_key\":"
                                  "\"%s\",\"node_key\":\"%s\","
                                  "\"refusal_key\":\"%s\",\"rules\":1}",
                                  document, world_hex(w, w->member[0].device.bytes, 4),
                                  world_hex(w, founder.bytes, 32), vkey_of(w, ORIGIN, &node),
                                  vkey_of(w, ORIGIN "/n", &node), vkey_of(w, ORIGIN "/r", &node));
    struct compose compose = {.kind = STR("org.found"),
                              .body = str_from(body),
                              .by = w->member[0].mid,
                              .origin = STR(ORIGIN),
                              .key_count = 1,
                              .key = {device_of(w, 0)}};
    enum article article = world_submit(w, &compose);
    CHECK(article == ARTICLE_NONE, "founding: %.*s %s %s", STR_ARG(article_name(article)),
          code_name(w->code), w->fail.message);
}

static bool accepted(struct world *w, enum article article, const char *what)
{
    str name = article == ARTICLE_COUNT ? str_from(w->fail.message) : article_name(article);
    return CHECK(article == ARTICLE_NONE, "%s: %.*s", what, STR_ARG(name));
}

const char *world_unit(struct world *w, const char *name)
{
    accepted(w, world_act(w, 0, "unit.found", "{\"kind\":\"branch\",\"name\":\"%s\"}", name),
             "unit.found");
    return world_hex(w, w->last_id.bytes, sizeof w->last_id);
}

size_t world_join_keyless(struct world *w, const char *unit_id, size_t n)
{
    struct buf list;
    buf_init(&list, alloc_libc, (size_t)64 << 20);
    size_t first = w->member_count;
    buf_add_cstr(&list, "{\"changes\":[");
    for (size_t i = 0; i < n; i++) {
        size_t who = new_person(w);
        hash32 data = commit_of(w->member[who].mid.bytes, STR("a name"));
        char text[64];
        base64_encode(data.bytes, sizeof data, text);
        buf_printf(&list, "%s{\"data\":\"%s\",\"do\":\"admit\",\"mid\":\"%s\"}", i ? "," : "", text,
                   world_hex(w, w->member[who].mid.bytes, 16));
    }
    buf_add_cstr(&list, "]}");
    const char *name = world_blob(w, buf_str(&list));
    buf_done(&list);
    accepted(w, world_act(w, 0, "roll.propose", "{\"list\":\"%s\",\"unit\":\"%s\"}", name, unit_id),
             "roll.propose");
    return first;
}

void world_enrol(struct world *w, size_t by, size_t who)
{
    struct world_member *member = &w->member[who];
    uint8_t seed[32];
    struct secret_key enrol;
    stream_bytes(&w->stream, seed, sizeof seed);
    secret_key_from_seed(&enrol, seed);
    key32 code = secret_key_public(&enrol), device = secret_key_public(&member->key);
    accepted(w,
             world_act(w, by, "code.issue", "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"}]}",
                       world_hex(w, code.bytes, 32), world_hex(w, member->mid.bytes, 16)),
             "code.issue");
    const char *body =
        world_text(w, "{\"device\":\"%s\",\"key\":\"%s\"}", world_hex(w, member->device.bytes, 4),
                   world_hex(w, device.bytes, 32));
    struct compose compose = {
        .kind = STR("key.enrol"),
        .body = str_from(body),
        .by = member->mid,
        .key_count = 2,
        .key = {{{KEY_ENROLMENT, member->mid, {{0}}}, &enrol}, device_of(w, who)}};
    accepted(w, world_submit(w, &compose), "key.enrol");
    body = world_text(w, "{\"device\":\"%s\"}", world_hex(w, member->device.bytes, 4));
    struct compose confirm = {.kind = STR("key.confirm"),
                              .body = str_from(body),
                              .by = member->mid,
                              .key_count = 2,
                              .key = {{{.role = KEY_NODE}, &w->node_key}, device_of(w, who)}};
    accepted(w, world_submit(w, &confirm), "key.confirm");
}

size_t world_join(struct world *w, const char *unit_id, size_t n)
{
    size_t first = world_join_keyless(w, unit_id, n);
    for (size_t i = 0; i < n; i++) world_enrol(w, 0, first + i);
    return first;
}
