#include "core/record/act.h"

#include "base/text.h"
#include "core/record/texts.h"

#include <string.h>

static const str ACT_TYPE = {"plenary.act/v1", 14};

enum act_signers act_signers_of(str kind)
{
    if (str_eq(kind, STR("key.enrol"))) return ACT_BY_ENROLMENT;
    if (str_eq(kind, STR("key.confirm")) || str_eq(kind, STR("org.epoch"))) return ACT_BY_NODE;
    if (str_eq(kind, STR("key.add"))) return ACT_BY_TWO_DEVICES;
    return ACT_BY_DEVICE;
}

/* The values whose form the schema reader cannot judge, still as JSON. */
struct envelope {
    const struct json *prev, *seen, *via;
};

/* A member that has two possible types: takes it whichever it is. */
static void skip_string_or_array(struct fields *f, const struct json *object, str key)
{
    const struct json *value = json_get(object, key);
    if (value && value->type == JSON_ARRAY)
        (void)fields_array(f, key, JSON_LINE_MAX);
    else
        (void)fields_str(f, key, JSON_LINE_MAX);
}

static enum code read_envelope(const struct json *object, struct act *act, struct envelope *rest,
                               struct fail *fail)
{
    struct fields f = fields_of(object);
    act->at = (unix_s)fields_u64(&f, STR("at"));
    act->body = fields_object(&f, STR("body"));
    fields_hex(&f, STR("by"), act->by.bytes, sizeof act->by.bytes);
    act->kind = fields_str(&f, STR("kind"), KIND_MAX);
    if (!kind_valid(act->kind)) fields_fail(&f, "expected a kind like motion.table");
    fields_hex(&f, STR("nonce"), act->nonce.bytes, sizeof act->nonce.bytes);
    act->origin = fields_str(&f, STR("origin"), ORIGIN_MAX);
    if (!origin_valid(act->origin)) fields_fail(&f, "expected an origin like host.example/branch");
    skip_string_or_array(&f, object, STR("prev"));
    rest->prev = json_get(object, STR("prev"));
    rest->seen = fields_object(&f, STR("seen"));
    act->attested = fields_has(&f, STR("via"));
    rest->via = act->attested ? fields_array(&f, STR("via"), JSON_LINE_MAX) : NULL;
    return fields_end(&f, fail);
}

static enum code read_seen(const struct json *object, struct act_seen *ret, struct fail *fail)
{
    struct fields f = fields_of(object);
    fields_base64(&f, STR("root"), ret->root.bytes, sizeof ret->root.bytes);
    ret->size = fields_u64(&f, STR("size"));
    return fields_end(&f, fail);
}

static bool read_hex_string(const struct json *value, void *ret, size_t len)
{
    return value && value->type == JSON_STRING && hex_decode(value->text, ret, len);
}

/* "via = exactly two different teller mids, ascending, `by` not among them" */
static enum code read_via(const struct json *via, struct act *act, struct fail *fail)
{
    const struct json *first = json_first(via);
    const struct json *second = first ? json_next(via, first) : NULL;
    bool good = via->count == 2 &&
                read_hex_string(first, act->via[0].bytes, sizeof act->via[0].bytes) &&
                read_hex_string(second, act->via[1].bytes, sizeof act->via[1].bytes) &&
                mid16_cmp(&act->via[0], &act->via[1]) < 0 && !mid16_eq(&act->via[0], &act->by) &&
                !mid16_eq(&act->via[1], &act->by);
    if (good) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "via",
                    "expected two different tellers, ascending, other than the member");
}

static bool is_device_of(const struct act_line *line, const mid16 *member)
{
    return line->signer.role == KEY_DEVICE && mid16_eq(&line->signer.mid, member);
}

static bool is_enrolment_of(const struct act_line *line, const mid16 *member)
{
    return line->signer.role == KEY_ENROLMENT && mid16_eq(&line->signer.mid, member);
}

/* Lines stand ascending: "/e/" before "/m/" before "/n", tellers as in `via`. */
static bool signers_fit(const struct act *act)
{
    const struct act_line *a = &act->line[0], *b = &act->line[1];
    bool two = act->line_count == 2;
    if (act->attested) return two && is_device_of(a, &act->via[0]) && is_device_of(b, &act->via[1]);
    switch (act_signers_of(act->kind)) {
    case ACT_BY_DEVICE: return act->line_count == 1 && is_device_of(a, &act->by);
    case ACT_BY_ENROLMENT: return two && is_enrolment_of(a, &act->by) && is_device_of(b, &act->by);
    case ACT_BY_NODE: return two && is_device_of(a, &act->by) && b->signer.role == KEY_NODE;
    case ACT_BY_TWO_DEVICES:
        return two && is_device_of(a, &act->by) && is_device_of(b, &act->by) &&
               !device4_eq(&a->signer.device, &b->signer.device);
    }
    return false;
}

static const char *signers_wanted(const struct act *act)
{
    if (act->attested) return "one device of each teller";
    switch (act_signers_of(act->kind)) {
    case ACT_BY_DEVICE: return "one device of the member";
    case ACT_BY_ENROLMENT: return "the member's enrolment key and a device";
    case ACT_BY_NODE: return "a device of the member and the node's key";
    case ACT_BY_TWO_DEVICES: return "two different devices of the member";
    }
    return "";
}

static enum code read_signers(const struct note *note, struct act *act, struct fail *fail)
{
    bool good = note->line_count <= ACT_LINES_MAX;
    for (uint32_t i = 0; good && i < note->line_count; i++) {
        struct act_line *line = &act->line[i];
        line->name = note->line[i].name;
        line->key_id = note->line[i].key_id;
        line->signature = note->line[i].signature;
        good = key_name_parse(line->name, act->origin, &line->signer);
    }
    act->line_count = note->line_count;
    if (good && signers_fit(act)) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "signers", "expected signatures by exactly %s",
                    signers_wanted(act));
}

static bool read_one_prev(const struct json *value, struct act_line *line)
{
    if (value && value->type == JSON_STRING && str_eq(value->text, STR("genesis"))) {
        line->genesis = true;
        return true;
    }
    return read_hex_string(value, line->prev.bytes, sizeof line->prev.bytes);
}

/* "with one signature line the id of the last logged act that key signed, or `genesis`; with
 * several an array, one per line in their order" */
static enum code read_prev(const struct json *prev, struct act *act, struct fail *fail)
{
    bool good = false;
    if (act->line_count == 1) {
        good = read_one_prev(prev, &act->line[0]);
    } else if (prev->type == JSON_ARRAY && prev->count == act->line_count) {
        const struct json *value = json_first(prev);
        good = true;
        for (uint32_t i = 0; good && i < act->line_count; i++) {
            good = read_one_prev(value, &act->line[i]);
            value = json_next(prev, value);
        }
    }
    if (good) return CODE_OK;
    return fail_set(fail, CODE_MALFORMED, "prev",
                    "expected \"genesis\" or an act id for each signature line, in a list when "
                    "there are several");
}

static enum code read_text(str text, str origin, struct arena *arena, struct act *act,
                           struct envelope *rest, struct fail *fail)
{
    const struct json *object = NULL;
    TRY(text_open(text, ACT_TYPE, arena, &object, fail));
    TRY(read_envelope(object, act, rest, fail));
    TRY(read_seen(rest->seen, &act->seen, fail));
    if (origin.len > 0 && !str_eq(act->origin, origin))
        return fail_set(fail, CODE_MALFORMED, "origin", "expected the origin %.*s",
                        STR_ARG(origin));
    return CODE_OK;
}

enum code act_decode(str note, str origin, struct arena *arena, struct act *ret, struct fail *fail)
{
    if (note.len > ACT_NOTE_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "expected an act of at most %d bytes",
                        ACT_NOTE_MAX);
    struct note opened;
    TRY(note_open(note, &opened, fail));
    TRY(note_check_order(&opened, fail));
    TRY(note_check_ed25519(&opened, fail));

    struct act act = {.note = note, .text = opened.text};
    struct envelope rest;
    TRY(read_text(opened.text, origin, arena, &act, &rest, fail));
    if (act.attested) TRY(read_via(rest.via, &act, fail));
    TRY(read_signers(&opened, &act, fail));
    TRY(read_prev(rest.prev, &act, fail));
    act.id = sha256_of(act.text);
    act.hash = sha256_of(note);
    *ret = act;
    return CODE_OK;
}

static void write_prev(struct json_writer *w, const struct act_draft *draft)
{
    bool several = draft->prev_count > 1;
    json_key(w, STR("prev"));
    if (several) json_array(w);
    for (uint32_t i = 0; i < draft->prev_count && i < ACT_LINES_MAX; i++) {
        if (draft->prev[i].genesis)
            json_str(w, STR("genesis"));
        else
            json_hex(w, draft->prev[i].id.bytes, sizeof draft->prev[i].id.bytes);
    }
    if (several) json_array_end(w);
}

static void write_seen(struct json_writer *w, const struct act_seen *seen)
{
    json_key(w, STR("seen"));
    json_object(w);
    json_kv_base64(w, STR("root"), seen->root.bytes, sizeof seen->root.bytes);
    json_kv_u64(w, STR("size"), seen->size);
    json_object_end(w);
}

static void write_via(struct json_writer *w, const mid16 via[2])
{
    json_key(w, STR("via"));
    json_array(w);
    json_hex(w, via[0].bytes, sizeof via[0].bytes);
    json_hex(w, via[1].bytes, sizeof via[1].bytes);
    json_array_end(w);
}

void act_write_text(struct buf *out, const struct act_draft *draft)
{
    struct json_writer w;
    buf_add(out, ACT_TYPE);
    buf_add_byte(out, '\n');
    json_writer_init(&w, out);
    json_object(&w);
    json_kv_u64(&w, STR("at"), (uint64_t)draft->at);
    json_key(&w, STR("body"));
    json_raw(&w, draft->body);
    json_kv_hex(&w, STR("by"), draft->by.bytes, sizeof draft->by.bytes);
    json_kv_str(&w, STR("kind"), draft->kind);
    json_kv_hex(&w, STR("nonce"), draft->nonce.bytes, sizeof draft->nonce.bytes);
    json_kv_str(&w, STR("origin"), draft->origin);
    write_prev(&w, draft);
    write_seen(&w, &draft->seen);
    if (draft->attested) write_via(&w, draft->via);
    json_object_end(&w);
    buf_add_byte(out, '\n');
}

/* Names hold no byte below the space that follows them, so the order of names is the order of
 * lines. */
bool act_line_before(str name_a, str name_b)
{
    return str_cmp(name_a, name_b) < 0;
}
