/* record_example_test.c - the example that ends docs/record-format.md says what the program does.
 */
#include "base/text.h"
#include "check.h"
#include "core/record/act.h"
#include "core/record/leaf.h"
#include "core/record/membercode.h"
#include "core/record/merkle.h"
#include "core/record/words.h"
#include "sign/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static str document;

static str origin(void)
{
    return STR("rehearsal.invalid/vectors");
}

/* The lines of the block behind "<!-- example: name -->"; empty when there is none. */
static str example(const char *name)
{
    char marker[64];
    (void)snprintf(marker, sizeof marker, "<!-- example: %s -->\n```\n", name);
    const char *begin = strstr(document.at, marker);
    const char *end = begin ? strstr(begin + strlen(marker), "```") : NULL;
    CHECK(end != NULL, "no example \"%s\"", name);
    if (!end) return STR("");
    begin += strlen(marker);
    return (str){begin, (size_t)(end - begin)};
}

/* The document states this value between backquotes. */
static void check_stated(const char *what, str value)
{
    char quoted[512];
    (void)snprintf(quoted, sizeof quoted, "`%.*s`", STR_ARG(value));
    CHECK(strstr(document.at, quoted) != NULL, "%s is %s", what, quoted);
}

static void check_hex(const char *what, const void *bytes, size_t len)
{
    char digits[2 * 32 + 1];
    hex_encode(bytes, len, digits);
    check_stated(what, str_from(digits));
}

static void check_leaf(const struct act *act, struct arena *arena)
{
    struct leaf leaf;
    struct fail fail = {0};
    str text = example("leaf");
    if (!CHECK(leaf_decode(text, arena, &leaf, &fail) == CODE_OK, "leaf: %s", fail.message)) return;
    CHECK(hash32_eq(&leaf.hash, &act->hash), "the leaf holds another hash than the note's");
    CHECK(str_eq(leaf.kind, act->kind), "the leaf has another kind");
    hash32 hash = merkle_leaf_hash(text);
    char base64[45];
    base64_encode(hash.bytes, sizeof hash.bytes, base64);
    check_stated("the leaf hash", str_from(base64));
}

static void check_act(struct arena *arena)
{
    struct act act;
    struct fail fail = {0};
    enum code code = act_decode(example("note"), origin(), arena, &act, &fail);
    if (!CHECK(code == CODE_OK, "act: %s", fail.message)) return;
    check_hex("the act id", act.id.bytes, sizeof act.id.bytes);
    check_hex("the key id", act.line[0].key_id.bytes, sizeof act.line[0].key_id.bytes);

    uint8_t seed[32];
    bool ok = hex_decode(STR("5e8ce2fd2f3685baf08ade7388e57359db67ed0b502ccd9e6a4bc8a6efd3c194"),
                         seed, 32);
    CHECK(ok, "the seed is no hexadecimal");
    check_hex("the seed", seed, sizeof seed);
    struct secret_key secret;
    secret_key_from_seed(&secret, seed);
    key32 key = secret_key_public(&secret);
    check_hex("the public key", key.bytes, sizeof key.bytes);
    CHECK(act_verify_line(&act, 0, &key, &fail) == CODE_OK, "signature: %s", fail.message);
    sig64 again = sign_message(&secret, act.text);
    CHECK(memcmp(&again, &act.line[0].signature, sizeof again) == 0, "signing again differs");
    secret_key_done(&secret);
    check_leaf(&act, arena);
}

static void check_checkpoint(void)
{
    struct vkey log;
    struct fail fail = {0};
    str vkey =
        STR("rehearsal.invalid/vectors+da48acd8+Adfsu4rWYd/qH6K7YMYTYhkkpxuCZz/ka8Cej0yyYe7/");
    CHECK(vkey_parse(vkey, &log, &fail) == CODE_OK, "verifier key: %s", fail.message);
    check_stated("the verifier key", vkey);
    struct checkpoint checkpoint;
    str note = example("checkpoint");
    enum code code = checkpoint_verify(note, &log, &checkpoint, &fail);
    CHECK(code == CODE_OK, "checkpoint: %s", fail.message);

    struct buf text;
    buf_init(&text, alloc_libc, 4096);
    checkpoint_write(&text, &checkpoint);
    struct words words = words_of(buf_str(&text));
    buf_clear(&text);
    words_write(&text, &words);
    check_stated("the twelve words", buf_str(&text));
    buf_clear(&text);
    for (size_t i = 0; i < WORDS_COUNT; i++) buf_printf(&text, i ? " %u" : "%u", words.index[i]);
    check_stated("the twelve numbers", buf_str(&text));
    buf_done(&text);
}

static void check_code(void)
{
    struct membercode code;
    struct fail fail = {0};
    str typed = STR("JZXG-6MRZ-2W76-R5JT-DPEG-2NH5-PR87");
    CHECK(membercode_parse(typed, &code, &fail) == CODE_OK, "code: %s", fail.message);
    check_stated("the code", typed);
    check_hex("s", code.bytes, sizeof code.bytes);
    uint8_t seed[32];
    membercode_enrol_seed(&code, origin(), seed);
    check_hex("the seed of the enrolment key", seed, sizeof seed);
}

int main(void)
{
    char path[4096];
    const char *root = getenv("PLENARY_ROOT");
    (void)snprintf(path, sizeof path, "%s/docs/record-format.md", root ? root : ".");
    char *bytes = check_read_file(path, &document.len);
    document.at = bytes;
    if (!CHECK(bytes != NULL, "cannot read %s", path)) return check_done();
    CHECK(sign_start() == CODE_OK, "the library does not start");
    struct arena arena;
    arena_init(&arena, alloc_libc, 1 << 20);
    check_act(&arena);
    check_checkpoint();
    check_code();
    arena_done(&arena);
    free(bytes);
    return check_done();
}
