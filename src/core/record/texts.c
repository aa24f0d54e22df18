#include "core/record/texts.h"

#include "core/record/keyname.h"

enum code text_open(str text, str type, struct arena *arena, const struct json **ret,
                    struct fail *fail)
{
    if (text.len > type.len + 1 + JSON_LINE_MAX + 1)
        return fail_set(fail, CODE_TOO_BIG, "size", "expected a second line of at most %d bytes",
                        JSON_LINE_MAX);
    str rest = text;
    str first = str_cut(&rest, '\n');
    if (!str_eq(first, type))
        return fail_set(fail, CODE_MALFORMED, "type", "expected the first line \"%.*s\"",
                        STR_ARG(type));
    str second = str_cut(&rest, '\n');
    bool two_lines = rest.len == 0 && text.at[text.len - 1] == '\n';
    if (!two_lines || second.len == 0)
        return fail_set(fail, CODE_MALFORMED, "layout",
                        "expected exactly two lines, each with its newline");
    return json_parse(second, JSON_LINE_MAX, arena, ret, fail);
}

static const str TICK_TYPE = {"plenary.tick/v1", 15};
static const str REFUSAL_TYPE = {"plenary.refusal/v1", 18};
static const str LOGIN_TYPE = {"plenary.login/v1", 16};

static void begin(struct buf *out, str type, struct json_writer *w)
{
    buf_add(out, type);
    buf_add_byte(out, '\n');
    json_writer_init(w, out);
    json_object(w);
}

static void finish(struct buf *out, struct json_writer *w)
{
    json_object_end(w);
    buf_add_byte(out, '\n');
}

static enum code wrong_origin(struct fail *fail, str origin)
{
    return fail_set(fail, CODE_MALFORMED, "origin", "expected the origin %.*s", STR_ARG(origin));
}

bool tick_is(str text)
{
    return str_starts(text, STR("plenary.tick/"));
}

void tick_write(struct buf *out, str origin, uint64_t index, str body)
{
    struct json_writer w;
    begin(out, TICK_TYPE, &w);
    json_key(&w, STR("body"));
    json_raw(&w, body);
    json_kv_u64(&w, STR("index"), index);
    json_kv_str(&w, STR("origin"), origin);
    finish(out, &w);
}

enum code tick_decode(str text, str origin, struct arena *arena, struct tick *ret,
                      struct fail *fail)
{
    const struct json *object = NULL;
    TRY(text_open(text, TICK_TYPE, arena, &object, fail));
    struct fields f = fields_of(object);
    struct tick tick;
    tick.body = fields_object(&f, STR("body"));
    tick.index = fields_u64(&f, STR("index"));
    tick.origin = fields_str(&f, STR("origin"), ORIGIN_MAX);
    TRY(fields_end(&f, fail));
    if (!str_eq(tick.origin, origin)) return wrong_origin(fail, origin);
    *ret = tick;
    return CODE_OK;
}

void refusal_write(struct buf *out, const struct refusal *refusal)
{
    struct json_writer w;
    begin(out, REFUSAL_TYPE, &w);
    json_kv_hex(&w, STR("act"), refusal->act.bytes, sizeof refusal->act.bytes);
    json_kv_str(&w, STR("article"), refusal->article);
    json_kv_u64(&w, STR("at"), (uint64_t)refusal->at);
    json_kv_str(&w, STR("origin"), refusal->origin);
    json_kv_base64(&w, STR("root"), refusal->root.bytes, sizeof refusal->root.bytes);
    json_kv_u64(&w, STR("size"), refusal->size);
    finish(out, &w);
}

/* Opens a note of ours that carries exactly one Ed25519 line, by a key of `role`. */
static enum code open_single(str note, str origin, enum key_role role, struct note *ret,
                             struct fail *fail)
{
    TRY(note_open(note, ret, fail));
    TRY(note_check_order(ret, fail));
    TRY(note_check_ed25519(ret, fail));
    struct key_name name;
    if (ret->line_count != 1 || !key_name_parse(ret->line[0].name, origin, &name) ||
        name.role != role)
        return fail_set(fail, CODE_MALFORMED, "signers",
                        "expected exactly one signature line, by a key of the right role");
    return CODE_OK;
}

enum code refusal_decode(str note, str origin, struct arena *arena, struct refusal *ret,
                         struct note *ret_note, struct fail *fail)
{
    struct note opened;
    TRY(open_single(note, origin, KEY_REFUSAL, &opened, fail));
    const struct json *object = NULL;
    TRY(text_open(opened.text, REFUSAL_TYPE, arena, &object, fail));
    struct fields f = fields_of(object);
    struct refusal refusal;
    fields_hex(&f, STR("act"), refusal.act.bytes, sizeof refusal.act.bytes);
    refusal.article = fields_str(&f, STR("article"), ARTICLE_MAX);
    refusal.at = (unix_s)fields_u64(&f, STR("at"));
    refusal.origin = fields_str(&f, STR("origin"), ORIGIN_MAX);
    fields_base64(&f, STR("root"), refusal.root.bytes, sizeof refusal.root.bytes);
    refusal.size = fields_u64(&f, STR("size"));
    TRY(fields_end(&f, fail));
    if (!str_eq(refusal.origin, origin)) return wrong_origin(fail, origin);
    *ret = refusal;
    *ret_note = opened;
    return CODE_OK;
}

void login_write(struct buf *out, const struct login *login)
{
    struct json_writer w;
    begin(out, LOGIN_TYPE, &w);
    json_kv_u64(&w, STR("expires"), (uint64_t)login->expires);
    json_kv_hex(&w, STR("nonce"), login->nonce.bytes, sizeof login->nonce.bytes);
    json_kv_str(&w, STR("origin"), login->origin);
    finish(out, &w);
}

enum code login_decode(str note, str origin, struct arena *arena, struct login *ret,
                       struct note *ret_note, struct fail *fail)
{
    struct note opened;
    TRY(open_single(note, origin, KEY_DEVICE, &opened, fail));
    const struct json *object = NULL;
    TRY(text_open(opened.text, LOGIN_TYPE, arena, &object, fail));
    struct fields f = fields_of(object);
    struct login login;
    login.expires = (unix_s)fields_u64(&f, STR("expires"));
    fields_hex(&f, STR("nonce"), login.nonce.bytes, sizeof login.nonce.bytes);
    login.origin = fields_str(&f, STR("origin"), ORIGIN_MAX);
    TRY(fields_end(&f, fail));
    if (!str_eq(login.origin, origin)) return wrong_origin(fail, origin);
    *ret = login;
    *ret_note = opened;
    return CODE_OK;
}
