#include "prove/scratch.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint32_t scratch_at(uint32_t unit, uint32_t place)
{
    return 1 + unit * SCRATCH_EACH + place;
}

uint32_t scratch_person(struct scratch *s)
{
    if (s->people == SCRATCH_PEOPLE_MAX) return 0;
    struct scratch_person *person = &s->person[s->people];
    uint8_t seed[32];
    stream_bytes(&s->chance, person->mid.bytes, sizeof person->mid);
    stream_bytes(&s->chance, person->device.bytes, sizeof person->device);
    stream_bytes(&s->chance, seed, sizeof seed);
    secret_key_from_seed(&person->key, seed);
    return s->people++;
}

uint32_t scratch_row(const struct scratch *s, uint32_t who)
{
    return state_member_by_mid(s->state, &s->person[who].mid);
}

/* ---- texts ---- */

const char *scratch_hex(struct scratch *s, const void *bytes, size_t len)
{
    char *text = arena_take(&s->arena, 2 * len + 1, 1);
    if (!text) return "";
    hex_encode(bytes, len, text);
    return text;
}

const char *scratch_id(struct scratch *s, const hash32 *id)
{
    return scratch_hex(s, id->bytes, sizeof *id);
}

PRINTF_LIKE(2, 0)
static const char *text_of(struct scratch *s, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = len < 0 ? NULL : arena_take(&s->arena, (size_t)len + 1, 1);
    if (!text) return "";
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

const char *scratch_text(struct scratch *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = text_of(s, format, args);
    va_end(args);
    return text;
}

const char *scratch_blob(struct scratch *s, const char *text)
{
    hash32 name = {{0}};
    (void)scratch_must(s, node_blob_put(s->node, str_from(text), &name, &s->fail) == CODE_OK,
                       "holding a list");
    return scratch_id(s, &name);
}

/* ---- running ---- */

bool scratch_must(struct scratch *s, bool done, const char *what)
{
    if (done || s->broken[0]) return done && !s->broken[0];
    str article = article_name(s->article);
    (void)snprintf(s->broken, sizeof s->broken, "%s: %.*s%s%.100s", what, STR_ARG(article),
                   article.len ? " " : "", s->fail.message);
    return false;
}

bool scratch_start(struct scratch *s, enum node_mode mode)
{
    struct node_options how = {
        .mode = mode, .no_snapshot = true, .check_signatures = true, .wait_seconds = 5};
#ifdef PLENARY_TAKEOVER_SWITCHES
    how.cleared = s->cleared;
#endif
    scratch_stop(s);
    s->fail = (struct fail){0};
    s->code = node_open(s->dir, &how, &s->node, &s->fail);
    s->state = s->code == CODE_OK ? node_state(s->node) : NULL;
    return s->code == CODE_OK;
}

void scratch_stop(struct scratch *s)
{
    audit_close(s->audit);
    s->audit = NULL;
    node_close(s->node);
    s->node = NULL;
    s->state = NULL;
}

bool scratch_commit(struct scratch *s)
{
    s->code = node_commit(s->node, &s->fail);
    return s->code == CODE_OK;
}

uint64_t scratch_now(const struct scratch *s)
{
    return (uint64_t)node_now(s->node);
}

/* The clock has done its part: prev and seen are those of the moment. */
static bool tick(struct scratch *s)
{
    bool ticked = true;
    while (ticked && s->code == CODE_OK) s->code = node_tick(s->node, &ticked, &s->fail);
    return s->code == CODE_OK;
}

bool scratch_wait(struct scratch *s, uint64_t seconds)
{
    s->code = node_clock_set(s->node, node_now(s->node) + (unix_s)seconds, &s->fail);
    return tick(s);
}

bool scratch_until(struct scratch *s, uint64_t at)
{
    uint64_t now = scratch_now(s);
    return scratch_wait(s, at > now ? at - now : 0);
}

/* ---- acts ---- */

struct compose_key scratch_key(const struct scratch *s, uint32_t who)
{
    const struct scratch_person *person = &s->person[who];
    return (struct compose_key){{KEY_DEVICE, person->mid, person->device}, &person->key};
}

bool scratch_compose(struct scratch *s, struct compose *compose)
{
    static const nonce16 none;
    s->article = ARTICLE_NONE;
    s->code = CODE_OK;
    s->fail = (struct fail){0};
    if (!tick(s)) return false;
    if (memcmp(&compose->nonce, &none, sizeof none) == 0)
        stream_bytes(&s->chance, compose->nonce.bytes, sizeof compose->nonce);
    if (!compose->at) compose->at = node_now(s->node);
    buf_clear(&s->note);
    s->code = compose_act(s->state, compose, &s->note);
    return s->code == CODE_OK;
}

bool scratch_note(struct scratch *s, str note)
{
    struct node_reply reply = {0};
    s->article = ARTICLE_NONE;
    s->fail = (struct fail){0};
    if (note.at != s->note.at) {
        buf_clear(&s->note);
        buf_add(&s->note, note);
    }
    s->code = node_submit(s->node, note, &reply, &s->fail);
    if (s->code != CODE_OK) return false;
    s->article = reply.article;
    if (reply.article == ARTICLE_NONE)
        s->last = reply.id;
    else if (!arena_copy(&s->arena, reply.refusal, &s->refusal))
        s->refusal = STR("");
    return reply.article == ARTICLE_NONE;
}

bool scratch_submit(struct scratch *s, struct compose *compose)
{
    return !s->broken[0] && scratch_compose(s, compose) && scratch_note(s, buf_str(&s->note));
}

bool scratch_act(struct scratch *s, uint32_t who, const char *kind, const char *body, ...)
{
    va_list args;
    va_start(args, body);
    const char *text = text_of(s, body, args);
    va_end(args);
    struct compose compose = {.kind = str_from(kind),
                              .body = str_from(text),
                              .by = s->person[who].mid,
                              .key_count = 1,
                              .key = {scratch_key(s, who)}};
    return scratch_submit(s, &compose);
}
