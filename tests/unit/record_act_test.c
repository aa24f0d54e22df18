/* Acts against the vectors of a second implementation, and every way to damage one. */
#include "base/text.h"
#include "check.h"
#include "sign/verify.h"
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 18 };

struct fixture {
    struct vec *vectors;
    str origin;
    struct arena arena;
    char *room;
};

/* The vectors' entry for a key name, or NULL. */
static const struct vec *find_entry(const struct fixture *f, str name)
{
    const struct vec *member, *key;
    for (size_t i = 0; (member = vec_at(vec_get(f->vectors, "members"), i)); i++)
        for (size_t k = 0; (key = vec_at(vec_get(member, "keys"), k)); k++)
            if (str_eq(vec_str(key, "name"), name)) return key;
    return NULL;
}

static bool find_key(const struct fixture *f, str name, key32 *ret)
{
    return vec_hex(find_entry(f, name), "public", ret->bytes, sizeof ret->bytes) == sizeof *ret;
}

static bool find_secret(const struct fixture *f, str name, struct secret_key *ret)
{
    uint8_t seed[32];
    if (vec_hex(find_entry(f, name), "seed", seed, sizeof seed) != sizeof seed) return false;
    secret_key_from_seed(ret, seed);
    return true;
}

/* Decode and check every signature, as a node would. */
static enum code take(struct fixture *f, str note, struct act *ret, struct fail *fail)
{
    arena_clear(&f->arena);
    TRY(act_decode(note, f->origin, &f->arena, ret, fail));
    for (uint32_t i = 0; i < ret->line_count; i++) {
        key32 key;
        if (!find_key(f, ret->line[i].name, &key))
            return fail_set(fail, CODE_NOT_YOURS, "unbound", "no such key");
        TRY(act_verify_line(ret, i, &key, fail));
    }
    return CODE_OK;
}

static struct act_draft draft_of(const struct act *act, str body)
{
    struct act_draft draft = {.at = act->at,
                              .body = body,
                              .by = act->by,
                              .kind = act->kind,
                              .nonce = act->nonce,
                              .origin = act->origin,
                              .prev_count = act->line_count,
                              .seen = act->seen,
                              .attested = act->attested,
                              .via = {act->via[0], act->via[1]}};
    for (uint32_t i = 0; i < act->line_count; i++) {
        draft.prev[i].genesis = act->line[i].genesis;
        draft.prev[i].id = act->line[i].prev;
    }
    return draft;
}

/* Writing what was read and signing it again with the same keys gives the same bytes. */
static void check_written_again(struct fixture *f, const struct act *act, str what)
{
    struct act_draft draft = draft_of(act, act->body->raw);
    struct buf text, note;
    struct secret_key keys[ACT_LINES_MAX];
    struct signer signers[ACT_LINES_MAX];
    buf_init(&text, alloc_libc, ROOM);
    buf_init(&note, alloc_libc, ROOM);
    act_write_text(&text, &draft);
    CHECK(str_eq(buf_str(&text), act->text), "%.*s: the text is written as it was read",
          STR_ARG(what));
    for (uint32_t i = 0; i < act->line_count; i++) {
        uint32_t from = act->line_count - 1 - i; /* given in the wrong order, sorted by note_sign */
        CHECK(find_secret(f, act->line[from].name, &keys[i]), "the vectors hold the seed");
        signers[i] = (struct signer){act->line[from].name, &keys[i]};
    }
    note_sign(&note, buf_str(&text), signers, act->line_count);
    CHECK(str_eq(buf_str(&note), act->note), "%.*s: signing again gives the same note",
          STR_ARG(what));
    buf_done(&text);
    buf_done(&note);
}

static void check_ids(const struct act *act, const struct vec *vector)
{
    str what = vec_str(vector, "what");
    uint8_t id[32];
    char hash[45];
    CHECK(vec_hex(vector, "act_id", id, sizeof id) == 32, "the vector has an id");
    CHECK(memcmp(id, act->id.bytes, 32) == 0, "%.*s: act id", STR_ARG(what));
    base64_encode(act->hash.bytes, 32, hash);
    CHECK(str_eq(str_from(hash), vec_str(vector, "note_sha256_b64")), "%.*s: hash", STR_ARG(what));
    CHECK(str_eq(act->text, vec_str(vector, "signed_text")), "%.*s: text", STR_ARG(what));
    const struct vec *line;
    size_t i;
    for (i = 0; (line = vec_at(vec_get(vector, "signatures"), i)); i++) {
        uint8_t bytes[64];
        CHECK(i < act->line_count && str_eq(act->line[i].name, vec_str(line, "key_name")),
              "key name");
        CHECK(vec_hex(line, "key_id", bytes, 64) == 4 &&
                  memcmp(bytes, act->line[i].key_id.bytes, 4) == 0,
              "key id");
        CHECK(vec_hex(line, "signature", bytes, 64) == 64 &&
                  memcmp(bytes, act->line[i].signature.bytes, 64) == 0,
              "signature");
    }
    CHECK(i == act->line_count, "as many lines as signatures");
}

/* Every prefix and some extensions are refused. */
static void check_cut(struct fixture *f, str note, str what)
{
    struct act act;
    for (size_t len = 0; len < note.len; len++)
        CHECK(take(f, str_sub(note, 0, len), &act, NULL) != CODE_OK, "%.*s: cut at %zu",
              STR_ARG(what), len);
    char *longer = malloc(note.len + 2);
    static const char extra[] = {'\n', ' ', 'x', '\0', '='};
    for (size_t i = 0; longer && i < sizeof extra; i++) {
        memcpy(longer, note.at, note.len);
        longer[note.len] = extra[i];
        longer[note.len + 1] = '\n';
        CHECK(take(f, (str){longer, note.len + 1}, &act, NULL) != CODE_OK, "one byte more");
        CHECK(take(f, (str){longer, note.len + 2}, &act, NULL) != CODE_OK, "two bytes more");
    }
    free(longer);
}

/* Every single bit flipped is refused: by the form or by the signature. */
static void check_flips(struct fixture *f, str note, str what)
{
    struct act act;
    char *bytes = malloc(note.len);
    if (!bytes) return;
    memcpy(bytes, note.at, note.len);
    size_t accepted = 0;
    for (size_t bit = 0; bit < note.len * 8; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        accepted += take(f, (str){bytes, note.len}, &act, NULL) == CODE_OK;
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    CHECK(accepted == 0, "%.*s: %zu flipped bits were accepted", STR_ARG(what), accepted);
    free(bytes);
}

static void test_good(struct fixture *f)
{
    const struct vec *vector;
    size_t i;
    for (i = 0; (vector = vec_at(vec_get(f->vectors, "good"), i)); i++) {
        struct fail fail = {0};
        struct act act;
        str note = vec_base64(vector, "note_b64", f->room, ROOM), what = vec_str(vector, "what");
        if (!CHECK(take(f, note, &act, &fail) == CODE_OK, "%.*s: %s %s", STR_ARG(what), fail.reason,
                   fail.message))
            continue;
        check_ids(&act, vector);
        check_written_again(f, &act, what);
        check_cut(f, note, what);
        if (i % 5 == 2) check_flips(f, note, what);
    }
    CHECK(i == 11, "eleven good acts");
}

static void test_malformed(struct fixture *f)
{
    const struct vec *vector;
    size_t i;
    for (i = 0; (vector = vec_at(vec_get(f->vectors, "malformed"), i)); i++) {
        struct fail fail = {0};
        struct act act;
        str note = vec_base64(vector, "note_b64", f->room, ROOM), what = vec_str(vector, "what");
        enum code code = take(f, note, &act, &fail);
        str reason = vec_str(vector, "reason");
        CHECK(code != CODE_OK && reason_is(&fail, reason), "%.*s: expected %.*s, got %s (%s)",
              STR_ARG(what), STR_ARG(reason), code_name(code), fail.reason);
        CHECK(fail.message[0] != '\0', "a refusal says what was expected");
    }
    CHECK(i == 69, "sixty-nine malformed acts");
}

/* Line 2 of exactly 65,536 bytes passes, one more does not. */
static void test_limits(struct fixture *f)
{
    const struct vec *vector;
    size_t i;
    for (i = 0; (vector = vec_at(vec_get(f->vectors, "limits"), i)); i++) {
        char *object = vec_dump(vec_get(vector, "object_without_filler"));
        size_t count = (size_t)vec_u64(vector, "filler_count");
        str text = str_from(object), line = vec_str(vector, "signature_line");
        const char *gap = object ? strstr(object, "\"x\":\"") : NULL;
        if (!CHECK(gap != NULL, "the vector has its gap")) continue;
        size_t head = (size_t)(gap - object) + 5;
        struct buf note;
        buf_init(&note, alloc_libc, ROOM);
        buf_add(&note, STR("plenary.act/v1\n"));
        buf_add(&note, str_sub(text, 0, head));
        for (size_t k = 0; k < count; k++) buf_add(&note, vec_str(vector, "filler_key"));
        buf_add(&note, str_sub(text, head, text.len));
        buf_add(&note, STR("\n\n"));
        buf_add(&note, line);
        buf_add_byte(&note, '\n');
        struct act act;
        struct fail fail = {0};
        enum code code = take(f, buf_str(&note), &act, &fail);
        bool accepted = vec_true(vector, "accepted");
        CHECK((code == CODE_OK) == accepted, "line 2 of %d bytes: %s %s",
              (int)vec_u64(vector, "line2_bytes"), code_name(code), fail.reason);
        if (!accepted) CHECK(code == CODE_TOO_BIG, "over the limit is said to be too big");
        buf_done(&note);
        free(object);
    }
}

/* Each allocation fails once; the answer is CODE_NO_MEMORY and nothing leaks. */
static void test_no_memory(struct fixture *f)
{
    const struct vec *vector = vec_at(vec_get(f->vectors, "good"), 4);
    str note = vec_base64(vector, "note_b64", f->room, ROOM);
    enum code code = CODE_NO_MEMORY;
    for (size_t n = 0; code == CODE_NO_MEMORY && n < 100; n++) {
        struct failing failing = {.fail_at = n};
        struct arena arena;
        struct act act = {.at = 77};
        arena_init(&arena, failing_alloc(&failing), 1 << 20);
        code = act_decode(note, f->origin, &arena, &act, NULL);
        if (code != CODE_OK) CHECK(act.at == 77, "the output is untouched on failure");
        arena_done(&arena);
        CHECK(failing.live == 0, "nothing leaks when allocation %zu fails", n);
    }
    CHECK(code == CODE_OK, "with enough memory it succeeds");
}

/* Who must sign which kind, and nobody else. */
static void test_signers(void)
{
    static const struct {
        const char *kind;
        enum act_signers signers;
    } cases[] = {{"motion.table", ACT_BY_DEVICE}, {"key.enrol", ACT_BY_ENROLMENT},
                 {"key.confirm", ACT_BY_NODE},    {"key.add", ACT_BY_TWO_DEVICES},
                 {"key.revoke", ACT_BY_DEVICE},   {"org.found", ACT_BY_DEVICE}};
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK(act_signers_of(str_from(cases[i].kind)) == cases[i].signers, "%s", cases[i].kind);
}

int main(void)
{
    if (!CHECK(sign_start() == CODE_OK, "libsodium starts")) return check_done();
    test_signers();
    struct fixture f = {.vectors = vec_load("record/acts.json"), .room = malloc(ROOM)};
    if (f.vectors && f.room) {
        arena_init(&f.arena, alloc_libc, 1 << 24);
        f.origin = vec_str(f.vectors, "origin");
        test_good(&f);
        test_malformed(&f);
        test_limits(&f);
        test_no_memory(&f);
        arena_done(&f.arena);
    }
    vec_done(f.vectors);
    free(f.room);
    return check_done();
}
