/* The 600-entry log of a second implementation, made again byte for byte: acts re-signed, leaves,
 * tree, every tile, bundles, checkpoints, words, proofs; and its cases of what a reader must
 * refuse. */
#include "base/text.h"
#include "check.h"
#include "core/record/export.h"
#include "core/record/leaf.h"
#include "core/record/proof.h"
#include "core/record/texts.h"
#include "core/record/words.h"
#include "sign/verify.h"
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 20, ENTRIES = 600 };

struct fixture {
    struct vec *vectors;
    str origin;
    struct arena arena;
    struct merkle tree;
    struct vkey log, refusal;
    char *room;
    char *bundle[3];
    size_t bundle_len[3];
};

static char *read_export(const char *path, size_t *ret_len)
{
    char name[200];
    (void)snprintf(name, sizeof name, "record/log/%s", path);
    return check_read_file(data_path(name).at, ret_len);
}

/* The vectors' entry for a member's key name: an enrolment key or a device. */
static const struct vec *find_entry(const struct fixture *f, str name)
{
    const struct vec *member, *key;
    for (size_t i = 0; (member = vec_at(vec_get(f->vectors, "members"), i)); i++) {
        if (str_eq(vec_str(vec_get(member, "enrol"), "name"), name))
            return vec_get(member, "enrol");
        for (size_t k = 0; (key = vec_at(vec_get(member, "devices"), k)); k++)
            if (str_eq(vec_str(key, "name"), name)) return key;
    }
    return NULL;
}

static bool secret_of(const struct vec *entry, struct secret_key *ret)
{
    uint8_t seed[32];
    if (vec_hex(entry, "seed", seed, sizeof seed) != sizeof seed) return false;
    secret_key_from_seed(ret, seed);
    return true;
}

static bool hash_is(const hash32 *hash, str base64)
{
    hash32 other;
    return base64_decode(base64, other.bytes, sizeof other.bytes) && hash32_eq(hash, &other);
}

/* Signs the text of `act` again with the vectors' seeds and compares the note. */
static bool signs_again(const struct fixture *f, const struct act *act)
{
    struct secret_key keys[ACT_LINES_MAX];
    struct signer signers[ACT_LINES_MAX];
    struct buf note;
    buf_init(&note, alloc_libc, ROOM);
    bool good = true;
    for (uint32_t i = 0; i < act->line_count; i++) {
        good = good && secret_of(find_entry(f, act->line[i].name), &keys[i]);
        signers[i] = (struct signer){act->line[i].name, &keys[i]};
        key32 key = secret_key_public(&keys[i]);
        good = good && act_verify_line(act, i, &key, NULL) == CODE_OK;
    }
    note_sign(&note, act->text, signers, act->line_count);
    good = good && str_eq(buf_str(&note), act->note);
    buf_done(&note);
    return good;
}

static void check_stored(struct fixture *f, str stored, const struct vec *entry, uint64_t index)
{
    struct fail fail = {0};
    str kind = vec_str(entry, "kind");
    uint8_t id[32];
    hash32 got = sha256_of(stored);
    arena_clear(&f->arena);
    if (tick_is(stored)) {
        struct tick tick;
        struct buf again;
        CHECK(tick_decode(stored, f->origin, &f->arena, &tick, &fail) == CODE_OK, "tick: %s",
              fail.reason);
        CHECK(tick.index == index, "a tick names its own index");
        buf_init(&again, alloc_libc, ROOM);
        tick_write(&again, tick.origin, tick.index, tick.body->raw);
        CHECK(str_eq(buf_str(&again), stored), "the tick is written as it was read");
        CHECK(tick_decode(stored, STR("other.example/x"), &f->arena, &tick, &fail) != CODE_OK &&
                  reason_is(&fail, STR("origin")),
              "a tick of another log");
        buf_done(&again);
    } else if (!str_eq(kind, STR("ballot.cast"))) {
        struct act act;
        if (!CHECK(act_decode(stored, f->origin, &f->arena, &act, &fail) == CODE_OK,
                   "entry %zu: %s", (size_t)index, fail.message))
            return;
        CHECK(str_eq(act.kind, kind), "entry %zu has kind %.*s", (size_t)index, STR_ARG(kind));
        CHECK(signs_again(f, &act), "entry %zu signed again", (size_t)index);
        got = act.id;
    }
    CHECK(vec_hex(entry, "id", id, sizeof id) == 32 && memcmp(id, got.bytes, 32) == 0, "id of %zu",
          (size_t)index);
}

/* Leaf text, leaf hash, tree, and the bundles as they grow. */
static void build(struct fixture *f, struct buf *entries, struct buf acts[3])
{
    const struct vec *entry;
    for (size_t i = 0; (entry = vec_at(vec_get(f->vectors, "entries"), i)); i++) {
        size_t tile = i / TILE_WIDTH;
        str rest = {f->bundle[tile], f->bundle_len[tile]}, stored = {"", 0};
        for (size_t k = 0; k <= i % TILE_WIDTH; k++)
            if (!bundle_next(&rest, TILE_ACTS, &stored)) break;
        CHECK(stored.len == vec_u64(entry, "stored_length"), "entry %zu is there", i);
        check_stored(f, stored, entry, i);
        str text = vec_str(entry, "leaf");
        struct leaf leaf;
        struct fail fail = {0};
        arena_clear(&f->arena);
        CHECK(leaf_decode(text, &f->arena, &leaf, &fail) == CODE_OK, "leaf %zu: %s", i,
              fail.message);
        struct buf again;
        buf_init(&again, alloc_libc, LEAF_MAX);
        leaf_write(&again, &leaf);
        CHECK(str_eq(buf_str(&again), text), "leaf %zu written again", i);
        hash32 hash = sha256_of(stored);
        CHECK(hash32_eq(&hash, &leaf.hash), "leaf %zu commits to what is stored", i);
        hash32 leaf_hash = merkle_leaf_hash(text);
        CHECK(hash_is(&leaf_hash, vec_str(entry, "leaf_hash")), "leaf hash %zu", i);
        CHECK(merkle_add(&f->tree, &leaf_hash) == CODE_OK, "added");
        bundle_add(&entries[tile], TILE_ENTRIES, buf_str(&again));
        bundle_add(&acts[tile], TILE_ACTS, stored);
        buf_done(&again);
    }
    CHECK(f->tree.size == ENTRIES, "six hundred entries");
}

/* Every file of the export under tile/ is made again; the walk names exactly those. */
static void test_export(struct fixture *f)
{
    struct buf entries[3], acts[3], path, bytes;
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, i < 2 ? "tile/acts/%03zu" : "tile/acts/%03zu.p/88", i);
        f->bundle[i] = read_export(name, &f->bundle_len[i]);
        if (!CHECK(f->bundle[i] != NULL, "%s", name)) return;
        buf_init(&entries[i], alloc_libc, ROOM);
        buf_init(&acts[i], alloc_libc, ROOM);
    }
    buf_init(&path, alloc_libc, EXPORT_PATH_MAX);
    buf_init(&bytes, alloc_libc, ROOM);
    build(f, entries, acts);
    struct tile_walk walk = tile_walk(0, f->tree.size);
    struct tile tile;
    size_t files = 0;
    while (tile_walk_next(&walk, &tile)) {
        buf_clear(&path);
        buf_clear(&bytes);
        tile_write_path(&path, &tile);
        buf_add_byte(&path, '\0');
        size_t len = 0;
        char *file = read_export(path.at, &len);
        if (tile.kind == TILE_HASHES)
            CHECK(tile_write_hashes(&f->tree, &tile, &bytes) == CODE_OK, "made");
        if (tile.kind == TILE_ENTRIES) buf_add(&bytes, buf_str(&entries[tile.index]));
        if (tile.kind == TILE_ACTS) buf_add(&bytes, buf_str(&acts[tile.index]));
        CHECK(file && str_eq(buf_str(&bytes), (str){file, len}), "%s is made again byte for byte",
              path.at);
        free(file);
        files++;
    }
    CHECK(files == 3 + 1 + 3 + 3, "%zu files", files);
    for (size_t i = 0; i < 3; i++) {
        buf_done(&entries[i]);
        buf_done(&acts[i]);
        free(f->bundle[i]);
    }
    buf_done(&path);
    buf_done(&bytes);
}

static void read_proof(const struct vec *list, struct merkle_proof *ret)
{
    const struct vec *hash;
    ret->count = 0;
    for (size_t i = 0; (hash = vec_at(list, i)); i++)
        if (base64_decode(vec_text(hash), ret->at[i].bytes, 32)) ret->count++;
}

static bool same_proof(const struct merkle_proof *a, const struct merkle_proof *b)
{
    return a->count == b->count && memcmp(a->at, b->at, a->count * sizeof a->at[0]) == 0;
}

static void test_proofs(struct fixture *f)
{
    const struct vec *c;
    size_t i;
    for (i = 0; (c = vec_at(vec_get(f->vectors, "roots"), i)); i++) {
        hash32 root = merkle_root(&f->tree, vec_u64(c, "size"));
        CHECK(hash_is(&root, vec_str(c, "root")), "root of %zu", (size_t)vec_u64(c, "size"));
    }
    CHECK(i == 27, "the roots are there");
    struct merkle_proof given, made;
    for (i = 0; (c = vec_at(vec_get(f->vectors, "inclusion"), i)); i++) {
        struct merkle_head head = {vec_u64(c, "size"), merkle_root(&f->tree, vec_u64(c, "size"))};
        hash32 leaf = {{0}};
        CHECK(base64_decode(vec_str(c, "leaf_hash"), leaf.bytes, 32), "leaf");
        read_proof(vec_get(c, "proof"), &given);
        CHECK(merkle_inclusion(&f->tree, vec_u64(c, "index"), head.size, &made) == CODE_OK, "made");
        CHECK(same_proof(&given, &made) &&
                  merkle_verify_inclusion(&head, vec_u64(c, "index"), &leaf, &given),
              "inclusion %zu", i);
    }
    CHECK(i == 12, "the inclusion proofs are there");
    for (i = 0; (c = vec_at(vec_get(f->vectors, "consistency"), i)); i++) {
        struct merkle_head old = {vec_u64(c, "old"), {{0}}}, head = {vec_u64(c, "new"), {{0}}};
        CHECK(base64_decode(vec_str(c, "old_root"), old.root.bytes, 32) &&
                  base64_decode(vec_str(c, "new_root"), head.root.bytes, 32),
              "roots");
        read_proof(vec_get(c, "proof"), &given);
        CHECK(merkle_consistency(&f->tree, old.size, head.size, &made) == CODE_OK, "made");
        CHECK(same_proof(&given, &made) && merkle_verify_consistency(&old, &head, &given),
              "consistency %zu", i);
    }
    CHECK(i == 12, "the consistency proofs are there");
}

static void check_checkpoint(struct fixture *f, const struct vec *c, const struct secret_key *key)
{
    str note = vec_str(c, "note"), text = vec_str(c, "signed_text");
    struct checkpoint checkpoint;
    struct fail fail = {0};
    CHECK(checkpoint_verify(note, &f->log, &checkpoint, &fail) == CODE_OK, "%s", fail.reason);
    hash32 root = merkle_root(&f->tree, checkpoint.head.size);
    CHECK(hash32_eq(&root, &checkpoint.head.root), "its root is ours");
    struct buf made, signed_note;
    buf_init(&made, alloc_libc, ROOM);
    buf_init(&signed_note, alloc_libc, ROOM);
    checkpoint_write(&made, &(struct checkpoint){f->origin, {vec_u64(c, "size"), root}});
    CHECK(str_eq(buf_str(&made), text), "the text is made again");
    struct signer signer = {f->log.name, key};
    note_sign(&signed_note, buf_str(&made), &signer, 1);
    CHECK(str_eq(buf_str(&signed_note), note), "and its note");
    struct words words = words_of(text);
    const struct vec *list = vec_get(c, "words");
    CHECK(vec_count(list) == WORDS_COUNT, "twelve");
    struct buf numbers;
    struct words parsed;
    buf_init(&numbers, alloc_libc, 100);
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        buf_add_u64(&numbers, vec_number(vec_at(list, i)));
        buf_add_byte(&numbers, ' ');
    }
    CHECK(words_parse(buf_str(&numbers), &parsed, NULL) == CODE_OK && words_eq(&parsed, &words),
          "twelve words");
    buf_done(&numbers);
    buf_done(&made);
    buf_done(&signed_note);
}

static void test_checkpoints(struct fixture *f)
{
    struct secret_key key;
    const struct vec *c;
    size_t i;
    CHECK(secret_of(vec_get(vec_get(f->vectors, "keys"), "log"), &key), "the log's key");
    for (i = 0; (c = vec_at(vec_get(f->vectors, "checkpoints"), i)); i++)
        check_checkpoint(f, c, &key);
    CHECK(i == 3, "three checkpoints");
    for (i = 0; (c = vec_at(vec_get(f->vectors, "checkpoint_cases"), i)); i++) {
        struct checkpoint checkpoint;
        struct fail fail = {0};
        enum code code = checkpoint_verify(vec_str(c, "note"), &f->log, &checkpoint, &fail);
        str what = vec_str(c, "what");
        bool accepted = vec_true(c, "accepted");
        CHECK((code == CODE_OK) == accepted, "%.*s: %s", STR_ARG(what), fail.reason);
        if (!accepted)
            CHECK(reason_is(&fail, vec_str(c, "reason")), "%.*s: got %s", STR_ARG(what),
                  fail.reason);
    }
    CHECK(i == 16, "sixteen cases");
    /* Every prefix and every flipped bit of a served checkpoint. */
    str note = vec_str(vec_at(vec_get(f->vectors, "checkpoint_cases"), 0), "note");
    struct checkpoint checkpoint;
    size_t accepted = 0;
    for (size_t len = 0; len < note.len; len++)
        accepted += checkpoint_verify(str_sub(note, 0, len), &f->log, &checkpoint, NULL) == CODE_OK;
    memcpy(f->room, note.at, note.len);
    for (size_t bit = 0; bit < 8 * note.len; bit++) {
        f->room[bit / 8] = (char)(f->room[bit / 8] ^ (1 << bit % 8));
        accepted +=
            checkpoint_verify((str){f->room, note.len}, &f->log, &checkpoint, NULL) == CODE_OK;
        f->room[bit / 8] = (char)(f->room[bit / 8] ^ (1 << bit % 8));
    }
    CHECK(accepted == 0, "%zu damaged checkpoints accepted", accepted);
}

static void test_leaf_cases(struct fixture *f)
{
    const struct vec *c;
    size_t i;
    for (i = 0; (c = vec_at(vec_get(f->vectors, "leaf_cases"), i)); i++) {
        struct leaf leaf;
        struct fail fail = {0};
        str text = vec_str(c, "leaf"), what = vec_str(c, "what");
        bool accepted = vec_true(c, "accepted");
        arena_clear(&f->arena);
        enum code code = leaf_decode(text, &f->arena, &leaf, &fail);
        CHECK((code == CODE_OK) == accepted, "%.*s: %s", STR_ARG(what), fail.reason);
        if (!accepted)
            CHECK(reason_is(&fail, vec_str(c, "reason")), "%.*s: got %s", STR_ARG(what),
                  fail.reason);
        for (size_t len = 0; accepted && len < text.len; len++)
            CHECK(leaf_decode(str_sub(text, 0, len), &f->arena, &leaf, NULL) != CODE_OK,
                  "cut at %zu", len);
    }
    CHECK(i == 10, "ten leaf cases");
}

static void test_paths(struct fixture *f)
{
    const struct vec *c;
    size_t i;
    for (i = 0; (c = vec_at(vec_get(f->vectors, "paths"), i)); i++) {
        struct tile tile;
        str path = vec_str(c, "path"), level = vec_str(c, "level");
        CHECK(tile_parse_path(path, &tile), "%.*s", STR_ARG(path));
        uint64_t number = 0;
        enum tile_kind kind = str_eq(level, STR("entries")) ? TILE_ENTRIES
                              : str_eq(level, STR("acts"))  ? TILE_ACTS
                                                            : TILE_HASHES;
        CHECK(tile.kind == kind && (!str_to_u64(level, &number) || number == tile.level),
              "its level");
        CHECK(tile.index == vec_u64(c, "n") && tile.width == vec_u64(c, "width"), "its place");
        struct buf again;
        buf_init(&again, alloc_libc, TILE_PATH_MAX);
        tile_write_path(&again, &tile);
        CHECK(str_eq(buf_str(&again), path), "%.*s written again", STR_ARG(path));
        buf_done(&again);
    }
    CHECK(i == 10, "ten paths");
}

static void test_refusal(struct fixture *f)
{
    const struct vec *v = vec_get(f->vectors, "refusal"), *object = vec_get(v, "object");
    str note = vec_base64(v, "note_b64", f->room, ROOM);
    struct refusal refusal;
    struct note opened;
    struct fail fail = {0};
    arena_clear(&f->arena);
    CHECK(refusal_decode(note, f->origin, &f->arena, &refusal, &opened, &fail) == CODE_OK, "%s",
          fail.message);
    CHECK(note_verify_line(opened.text, &opened.line[0], &f->refusal.key, NULL) == CODE_OK,
          "its signature");
    CHECK(str_eq(refusal.article, vec_str(object, "article")) &&
              refusal.size == vec_u64(object, "size") &&
              refusal.at == (unix_s)vec_u64(object, "at") &&
              hash_is(&refusal.root, vec_str(object, "root")),
          "fields");
    struct buf again;
    buf_init(&again, alloc_libc, ROOM);
    refusal_write(&again, &refusal);
    CHECK(str_eq(buf_str(&again), vec_str(v, "signed_text")), "written again");
    buf_done(&again);
    for (size_t len = 0; len < note.len; len++)
        CHECK(refusal_decode(str_sub(note, 0, len), f->origin, &f->arena, &refusal, &opened,
                             NULL) != CODE_OK,
              "cut");
    str login = vec_base64(vec_get(f->vectors, "login"), "note_b64", f->room, ROOM);
    CHECK(refusal_decode(login, f->origin, &f->arena, &refusal, &opened, &fail) != CODE_OK &&
              reason_is(&fail, STR("signers")),
          "a login is no refusal");
}

static void test_login(struct fixture *f)
{
    const struct vec *v = vec_get(f->vectors, "login"), *object = vec_get(v, "object");
    str note = vec_base64(v, "note_b64", f->room, ROOM);
    struct login login;
    struct note opened;
    struct fail fail = {0};
    key32 key = {{0}};
    arena_clear(&f->arena);
    CHECK(login_decode(note, f->origin, &f->arena, &login, &opened, &fail) == CODE_OK, "%s",
          fail.message);
    CHECK(vec_hex(find_entry(f, opened.line[0].name), "public", key.bytes, 32) == 32, "its key");
    CHECK(note_verify_line(opened.text, &opened.line[0], &key, NULL) == CODE_OK, "its signature");
    CHECK(login.expires == (unix_s)vec_u64(object, "expires"), "expires");
    struct buf again;
    buf_init(&again, alloc_libc, ROOM);
    login_write(&again, &login);
    CHECK(str_eq(buf_str(&again), vec_str(v, "signed_text")), "written again");
    buf_done(&again);
    CHECK(login_decode(note, STR("other.example/x"), &f->arena, &login, &opened, NULL) != CODE_OK,
          "another origin");
}

/* "RFC 6962 root, leaves = the whole slip notes" */
static void test_slips(struct fixture *f)
{
    const struct vec *slips = vec_get(f->vectors, "slips"), *slip;
    struct merkle tree;
    merkle_init(&tree, alloc_libc);
    for (size_t i = 0; (slip = vec_at(vec_get(slips, "slips"), i)); i++) {
        hash32 hash = merkle_leaf_hash(vec_base64(slip, "note_b64", f->room, ROOM));
        CHECK(merkle_add(&tree, &hash) == CODE_OK, "slip");
    }
    hash32 root = merkle_root(&tree, tree.size);
    CHECK(hash_is(&root, vec_str(slips, "root")), "root of the box");
    merkle_done(&tree);
}

static void test_receipt(struct fixture *f)
{
    size_t len = 0;
    char *text = check_read_file(data_path("record/entry-300.tlog-proof").at, &len);
    if (!CHECK(text != NULL, "the receipt is there")) return;
    struct log_proof proof, cut;
    struct fail fail = {0};
    struct checkpoint checkpoint = {.origin = {"", 0}};
    CHECK(log_proof_decode((str){text, len}, &proof, &fail) == CODE_OK, "%s", fail.message);
    CHECK(checkpoint_verify(proof.checkpoint, &f->log, &checkpoint, &fail) == CODE_OK, "%s",
          fail.message);
    hash32 leaf = merkle_leaf_hash(vec_str(vec_at(vec_get(f->vectors, "entries"), 300), "leaf"));
    CHECK(proof.index == 300 && merkle_verify_inclusion(&checkpoint.head, 300, &leaf, &proof.proof),
          "it holds");
    struct buf again;
    buf_init(&again, alloc_libc, ROOM);
    log_proof_write(&again, &proof);
    CHECK(str_eq(buf_str(&again), (str){text, len}), "written again");
    buf_done(&again);
    size_t accepted = 0;
    for (size_t n = 0; n < len; n++)
        accepted += log_proof_decode(str_sub((str){text, len}, 0, n), &cut, NULL) == CODE_OK &&
                    checkpoint_verify(cut.checkpoint, &f->log, &checkpoint, NULL) == CODE_OK;
    CHECK(accepted == 0, "%zu cut receipts accepted", accepted);
    free(text);
}

enum text_kind { TEXT_LEAF, TEXT_TICK, TEXT_REFUSAL, TEXT_LOGIN, TEXT_KINDS };

static enum code decode_any(enum text_kind kind, str text, str origin, struct arena *arena)
{
    struct leaf leaf;
    struct tick tick;
    struct refusal refusal;
    struct login login;
    struct note note;
    switch (kind) {
    case TEXT_LEAF: return leaf_decode(text, arena, &leaf, NULL);
    case TEXT_TICK: return tick_decode(text, origin, arena, &tick, NULL);
    case TEXT_REFUSAL: return refusal_decode(text, origin, arena, &refusal, &note, NULL);
    case TEXT_LOGIN: return login_decode(text, origin, arena, &login, &note, NULL);
    case TEXT_KINDS: break;
    }
    return CODE_INTERNAL;
}

/* Each allocation fails once: CODE_NO_MEMORY, nothing leaks, and with enough memory it succeeds. */
static void test_no_memory(struct fixture *f)
{
    char refusal[2048], login[2048];
    struct buf tick;
    buf_init(&tick, alloc_libc, 1024);
    tick_write(&tick, f->origin, 7, STR("{\"boxes\":[]}"));
    str texts[TEXT_KINDS] = {
        [TEXT_LEAF] = vec_str(vec_at(vec_get(f->vectors, "leaf_cases"), 0), "leaf"),
        [TEXT_TICK] = buf_str(&tick),
        [TEXT_REFUSAL] =
            vec_base64(vec_get(f->vectors, "refusal"), "note_b64", refusal, sizeof refusal),
        [TEXT_LOGIN] = vec_base64(vec_get(f->vectors, "login"), "note_b64", login, sizeof login),
    };
    for (int kind = 0; kind < TEXT_KINDS; kind++) {
        enum code code = CODE_NO_MEMORY;
        size_t n = 0;
        for (; code == CODE_NO_MEMORY && n < 100; n++) {
            struct failing failing = {.fail_at = n};
            struct arena arena;
            arena_init(&arena, failing_alloc(&failing), 1 << 20);
            code = decode_any((enum text_kind)kind, texts[kind], f->origin, &arena);
            arena_done(&arena);
            CHECK(failing.live == 0, "text %d: nothing leaks", kind);
        }
        CHECK(code == CODE_OK && n > 1, "text %d: %s after %zu", kind, code_name(code), n);
    }
    buf_done(&tick);
}

int main(void)
{
    struct fixture f = {.vectors = vec_load("record/log.json"), .room = malloc(ROOM)};
    if (!CHECK(sign_start() == CODE_OK, "libsodium starts")) return check_done();
    if (f.vectors && f.room) {
        const struct vec *keys = vec_get(f.vectors, "keys");
        f.origin = vec_str(f.vectors, "origin");
        arena_init(&f.arena, alloc_libc, 1 << 24);
        merkle_init(&f.tree, alloc_libc);
        CHECK(vkey_parse(vec_str(vec_get(keys, "log"), "vkey"), &f.log, NULL) == CODE_OK,
              "log.vkey");
        CHECK(vkey_parse(vec_str(vec_get(keys, "refusal"), "vkey"), &f.refusal, NULL) == CODE_OK,
              "refusal.vkey");
        test_export(&f);
        test_proofs(&f);
        test_checkpoints(&f);
        test_leaf_cases(&f);
        test_paths(&f);
        test_refusal(&f);
        test_login(&f);
        test_slips(&f);
        test_receipt(&f);
        test_no_memory(&f);
        merkle_done(&f.tree);
        arena_done(&f.arena);
    }
    vec_done(f.vectors);
    free(f.room);
    return check_done();
}
