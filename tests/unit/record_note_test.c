/* Names, notes, verifier keys, tile paths, export paths, tar headers, words and commitments:
 * tables. */
#include "base/text.h"
#include "check.h"
#include "core/record/checkpoint.h"
#include "core/record/commit.h"
#include "core/record/export.h"
#include "core/record/keyname.h"
#include "core/record/leaf.h"
#include "core/record/note.h"
#include "core/record/proof.h"
#include "core/record/texts.h"
#include "core/record/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_origins(void)
{
    static const struct {
        const char *origin;
        bool valid;
    } cases[] = {
        {"host.example/branch", true},
        {"a/b", true},
        {"rehearsal.invalid/x-1", true},
        {"a..b/c", true},
        {"", false},
        {"host.example", false},
        {"/branch", false},
        {"host/", false},
        {"host/a/b", false},
        {"Host/a", false},
        {".host/a", false},
        {"host./a", false},
        {"host/-a", false},
        {"host/a-", false},
        {"host/a.b", false},
        {"host/a_b", false},
        {"ho st/a", false},
        {"h\xc3\xb6st/a", false},
        {"host/a\n", false},
        {"-host/a", false},
        {"host-/a", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK(origin_valid(str_from(cases[i].origin)) == cases[i].valid, "%s", cases[i].origin);
    char longest[ORIGIN_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[3] = '/';
    CHECK(origin_valid((str){longest, ORIGIN_MAX}), "a hundred bytes");
    CHECK(!origin_valid((str){longest, ORIGIN_MAX + 1}), "a hundred and one");
    CHECK(origin_is_rehearsal(STR("rehearsal.invalid/x")), "a rehearsal");
    CHECK(!origin_is_rehearsal(STR("rehearsal.invalid/")), "a rehearsal of nothing");
    CHECK(!origin_is_rehearsal(STR("xrehearsal.invalid/x")), "another host");
}

static void test_kinds(void)
{
    static const struct {
        const char *kind;
        bool valid;
    } cases[] = {{"motion.table", true}, {"tick", true},  {"a.b.c", true},
                 {"roll_2.x_y", true},   {"", false},     {".a", false},
                 {"a.", false},          {"a..b", false}, {"A", false},
                 {"a b", false},         {"1a", false},   {"a.1", false},
                 {"a._b", false},        {"a-b", false}};
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK(kind_valid(str_from(cases[i].kind)) == cases[i].valid, "%s", cases[i].kind);
    CHECK(leaf_vis_of(STR("roll.freeze")) == LEAF_PUBLIC &&
              leaf_vis_of(STR("roll.admit")) == LEAF_MEMBERS,
          "roll");
    CHECK(leaf_vis_of(STR("council.form")) == LEAF_PUBLIC &&
              leaf_vis_of(STR("councils")) == LEAF_MEMBERS,
          "council");
}

static void test_key_names(void)
{
    static const struct {
        const char *name;
        int role; /* -1 = refused */
    } cases[] = {
        {"h/o", KEY_LOG},
        {"h/o/n", KEY_NODE},
        {"h/o/r", KEY_REFUSAL},
        {"h/o/e/000102030405060708090a0b0c0d0e0f", KEY_ENROLMENT},
        {"h/o/m/000102030405060708090a0b0c0d0e0f/deadbeef", KEY_DEVICE},
        {"", -1},
        {"h/o/", -1},
        {"h/on", -1},
        {"h/o/x", -1},
        {"h/o/nn", -1},
        {"h/o/e/000102030405060708090a0b0c0d0e0", -1},
        {"h/o/e/000102030405060708090A0b0c0d0e0f", -1},
        {"h/o/e/000102030405060708090a0b0c0d0e0f/deadbeef", -1},
        {"h/o/m/000102030405060708090a0b0c0d0e0f", -1},
        {"h/o/m/000102030405060708090a0b0c0d0e0f/", -1},
        {"h/o/m/000102030405060708090a0b0c0d0e0f/deadbee", -1},
        {"h/o/m/000102030405060708090a0b0c0d0e0f/deadbeef0", -1},
        {"h/o/m/000102030405060708090a0b0c0d0e0f:deadbeef", -1},
        {"g/o/n", -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct key_name name;
        char text[KEY_NAME_MAX + 1];
        bool good = key_name_parse(str_from(cases[i].name), STR("h/o"), &name);
        if (!CHECK(good == (cases[i].role >= 0), "%s", cases[i].name) || !good) continue;
        CHECK((int)name.role == cases[i].role, "%s has role %d", cases[i].name, (int)name.role);
        CHECK(str_eq(key_name_text(STR("h/o"), &name, text), str_from(cases[i].name)),
              "written again");
    }
}

#define SIG68                                                                                      \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define DASH "\xe2\x80\x94 "

static void test_note_form(void)
{
    static const struct {
        const char *note, *reason; /* NULL = accepted */
    } cases[] = {
        {"text\n\n" DASH "name " SIG68 "\n", NULL},
        {"one\ntwo\n\n" DASH "name " SIG68 "\n", NULL},
        {"text\n\n" DASH "n\xc3\xa4me AAAAAAE=\n", NULL},
        {"", "newline"},
        {"text\n\n" DASH "name " SIG68, "newline"},
        {"text\n", "layout"},
        {"text\n\n", "layout"},
        {"\n\n" DASH "name " SIG68 "\n", "layout"},
        {"text\n" DASH "name " SIG68 "\n", "layout"},
        {"text\n\n\n" DASH "name " SIG68 "\n", "sigline"},
        {"text\n\n" DASH "name " SIG68 "\n\n", "sigline"},
        {"text\n\n- name " SIG68 "\n", "sigline"},
        {"text\n\n" DASH " name " SIG68 "\n", "sigline"},
        {"text\n\n" DASH "na+me " SIG68 "\n", "sigline"},
        {"text\n\n" DASH "na\xc2\xa0me " SIG68 "\n", "sigline"},
        {"text\n\n" DASH "na\xe2\x80\x83me " SIG68 "\n", "sigline"},
        {"text\n\n" DASH "name\n", "sigline"},
        {"text\n\n" DASH "name AAAAAA==\n", "sigline"},
        {"text\n\n" DASH "name AAAAAAF=\n", "base64"},
        {"text\n\n" DASH "name AAA\n", "base64"},
        {"te\txt\n\n" DASH "name " SIG68 "\n", "control"},
        {"te\x7fxt\n\n" DASH "name " SIG68 "\n", "control"},
        {"te\xc2\x85xt\n\n" DASH "name " SIG68 "\n", "control"},
        {"te\xffxt\n\n" DASH "name " SIG68 "\n", "utf8"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct note note;
        struct fail fail = {0};
        enum code code = note_open(str_from(cases[i].note), &note, &fail);
        bool as_expected = cases[i].reason
                               ? code == CODE_MALFORMED && strcmp(fail.reason, cases[i].reason) == 0
                               : code == CODE_OK;
        CHECK(as_expected, "case %zu: %s %s", i, fail.reason, fail.message);
    }
}

static void test_note_many_lines(void)
{
    struct buf buf;
    buf_init(&buf, alloc_libc, NOTE_SIZE_MAX);
    buf_add(&buf, STR("text\n\n"));
    struct note note;
    struct fail fail = {0};
    for (size_t i = 1; i <= NOTE_LINES_MAX + 1; i++) {
        buf_printf(&buf, DASH "name%02zu " SIG68 "\n", i);
        enum code code = note_open(buf_str(&buf), &note, &fail);
        CHECK((code == CODE_OK) == (i <= NOTE_LINES_MAX), "%zu lines", i);
        if (code == CODE_OK)
            CHECK(note.line_count == i && note_check_order(&note, NULL) == CODE_OK, "in order");
    }
    CHECK(strcmp(fail.reason, "siglines") == 0, "too many lines");
    buf_done(&buf);
}

/* The key id and line of a note written by hand, as C2SP's signed-note defines them. */
static void test_note_write(void)
{
    struct note_signature two[2] = {{.name = STR("b")}, {.name = STR("a")}};
    two[0].key.bytes[0] = 1;
    two[1].signature.bytes[63] = 7;
    struct buf buf;
    buf_init(&buf, alloc_libc, 1024);
    note_write(&buf, STR("text\n"), two, 2);
    struct note note;
    CHECK(note_open(buf_str(&buf), &note, NULL) == CODE_OK && note.line_count == 2, "two lines");
    CHECK(note_check_order(&note, NULL) == CODE_OK && note_check_ed25519(&note, NULL) == CODE_OK,
          "sorted");
    CHECK(str_eq(note.line[0].name, STR("a")) && note.line[0].signature.bytes[63] == 7, "a first");
    keyid4 id = key_id_of(STR("b"), &two[0].key);
    CHECK(note_find(&note, STR("b"), id) == 1, "found by name and id");
    CHECK(note_find(&note, STR("a"), id) == -1, "not by the id alone");
    buf_clear(&buf);
    two[1] = two[0];
    note_write(&buf, STR("text\n"), two, 2);
    CHECK(note_open(buf_str(&buf), &note, NULL) == CODE_OK && note_find(&note, STR("b"), id) == -2,
          "twice");
    buf_done(&buf);
}

static void test_vkey(void)
{
    key32 key = {{9, 8, 7}};
    struct buf buf;
    struct vkey vkey;
    struct fail fail = {0};
    buf_init(&buf, alloc_libc, 1024);
    vkey_write(&buf, STR("h/o"), &key);
    str text = buf_str(&buf);
    CHECK(vkey_parse(text, &vkey, &fail) == CODE_OK && key32_eq(&vkey.key, &key), "%s",
          fail.reason);
    for (size_t len = 0; len < text.len; len++)
        CHECK(vkey_parse(str_sub(text, 0, len), &vkey, NULL) == CODE_MALFORMED, "cut at %zu", len);
    size_t accepted = 0;
    for (size_t bit = 0; bit < 8 * text.len; bit++) {
        buf.at[bit / 8] = (char)(buf.at[bit / 8] ^ (1 << bit % 8));
        accepted += vkey_parse(text, &vkey, NULL) == CODE_OK;
        buf.at[bit / 8] = (char)(buf.at[bit / 8] ^ (1 << bit % 8));
    }
    CHECK(accepted == 0, "%zu flipped bits accepted", accepted);
    buf_done(&buf);
}

static void test_export_paths(void)
{
    static const struct {
        const char *path;
        bool valid;
    } cases[] = {
        {"checkpoint", true},
        {"tile/0/000", true},
        {"tile/63/000.p/1", true},
        {"tile/entries/x001/x000/000.p/255", true},
        {"tile/acts/x001/001", true},
        {"slip/VydF2SsYyKZr8hrDRg5ba1", true},
        {"blob/e11d83404194c3b40b2a0311608ee91cb529a29378cb021ba516e6d4cbdcd8ab", true},
        {"disclosure/e11d83404194c3b40b2a0311608ee91cb529a29378cb021ba516e6d4cbdcd8ab", true},
        {"/checkpoint", false},
        {"checkpoint/", false},
        {"tile/00/000", false},
        {"tile/64/000", false},
        {"tile/-1/000", false},
        {"tile/0/0", false},
        {"tile/0/x000/001", false},
        {"tile/0/1000", false},
        {"tile/0/001/002", false},
        {"tile/0/x001", false},
        {"tile/0/x001/", false},
        {"tile/0/000.p/0", false},
        {"tile/0/000.p/256", false},
        {"tile/0/000.p/01", false},
        {"tile/0/000.p/", false},
        {"tile/0/000.p", false},
        {"tile/data/000", false},
        {"tile/entries/0000", false},
        {"blob/E11d83404194c3b40b2a0311608ee91cb529a29378cb021ba516e6d4cbdcd8ab", false},
        {"blob/../../etc/passwd", false},
        {"slip/../checkpoint", false},
        {"slip/short", false},
        {"slip/VydF2SsYyKZr8hrDRg5ba0", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct export_path path;
        bool good = export_parse_path(str_from(cases[i].path), &path);
        if (!CHECK(good == cases[i].valid, "%s", cases[i].path) || !good) continue;
        struct buf buf;
        buf_init(&buf, alloc_libc, EXPORT_PATH_MAX);
        export_write_path(&buf, &path);
        CHECK(str_eq(buf_str(&buf), str_from(cases[i].path)), "%s written again", cases[i].path);
        buf_done(&buf);
    }
}

/* Extending an export from any size to any other names exactly the tiles whose width changed. */
static void test_tile_walk(void)
{
    static const uint64_t sizes[] = {0,   1,   2,     255,   256,   257,    511,
                                     512, 600, 65535, 65536, 65537, 131072, 200000};
    for (size_t a = 0; a < COUNT(sizes); a++) {
        for (size_t b = a; b < COUNT(sizes); b++) {
            uint64_t wanted = 0, got = 0, wrong = 0;
            for (uint32_t row = 0; row < 5; row++) {
                struct tile tile = {.kind = row < 3    ? TILE_HASHES
                                            : row == 3 ? TILE_ENTRIES
                                                       : TILE_ACTS,
                                    .level = row < 3 ? row : 0};
                for (; tile_width_at(&tile, sizes[b]) > 0; tile.index++)
                    wanted += tile_width_at(&tile, sizes[b]) != tile_width_at(&tile, sizes[a]);
            }
            struct tile_walk walk = tile_walk(sizes[a], sizes[b]);
            struct tile tile;
            while (tile_walk_next(&walk, &tile)) {
                got++;
                wrong += tile.width != tile_width_at(&tile, sizes[b]) ||
                         tile.width <= tile_width_at(&tile, sizes[a]);
            }
            CHECK(got == wanted && wrong == 0, "from %zu to %zu: %zu of %zu tiles",
                  (size_t)sizes[a], (size_t)sizes[b], (size_t)got, (size_t)wanted);
        }
    }
}

static void test_bundles(void)
{
    struct buf buf;
    buf_init(&buf, alloc_libc, 1 << 18);
    bundle_add(&buf, TILE_ENTRIES, STR("abc"));
    bundle_add(&buf, TILE_ENTRIES, STR(""));
    CHECK(str_eq(buf_str(&buf), STR("\0\3abc\0\0")), "big-endian u16");
    str rest = str_sub(buf_str(&buf), 0, 4), one;
    CHECK(!bundle_next(&rest, TILE_ENTRIES, &one) && rest.len == 4,
          "a short bundle is not the end");
    buf_clear(&buf);
    bundle_add(&buf, TILE_ACTS, STR("abc"));
    CHECK(str_eq(buf_str(&buf), STR("\0\0\0\3abc")), "big-endian u32");
    rest = buf_str(&buf);
    CHECK(bundle_next(&rest, TILE_ACTS, &one) && str_eq(one, STR("abc")) && rest.len == 0,
          "read back");
    CHECK(!bundle_next(&rest, TILE_ACTS, &one) && rest.len == 0, "the end");
    char *large = calloc(1, ENTRY_MAX + 1);
    buf_clear(&buf);
    bundle_add(&buf, TILE_ENTRIES, (str){large, ENTRY_MAX});
    CHECK(buf_check(&buf) == CODE_OK, "65,535 bytes fit an entry");
    bundle_add(&buf, TILE_ENTRIES, (str){large, ENTRY_MAX + 1});
    CHECK(buf_check(&buf) == CODE_NO_MEMORY, "65,536 do not");
    free(large);
    buf_done(&buf);
}

static void test_tar(void)
{
    struct tar_entry entry = {STR("tile/0/000"), 8192, 1790000000}, back;
    uint8_t block[TAR_BLOCK], zero[TAR_BLOCK] = {0};
    tar_write_header(&entry, block);
    CHECK(tar_read_header(block, &back, NULL) == CODE_OK && str_eq(back.path, entry.path) &&
              back.size == entry.size && back.mtime == entry.mtime,
          "read back");
    CHECK(tar_read_header(zero, &back, NULL) == CODE_NOT_FOUND, "the end");
    size_t accepted = 0;
    for (size_t bit = 0; bit < 8 * (size_t)TAR_BLOCK; bit++) {
        block[bit / 8] = (uint8_t)(block[bit / 8] ^ (1 << bit % 8));
        accepted += tar_read_header(block, &back, NULL) == CODE_OK;
        block[bit / 8] = (uint8_t)(block[bit / 8] ^ (1 << bit % 8));
    }
    CHECK(accepted == 0, "%zu flipped bits accepted", accepted);
    CHECK(tar_padding(0) == 0 && tar_padding(1) == 511 && tar_padding(512) == 0, "padding");
}

/* What tar(1) says of ours. */
static void test_tar_program(void)
{
    struct tar_entry entry = {STR("tile/0/000"), 5, 1790000000};
    uint8_t tar[TAR_BLOCK * 4] = {0};
    char name[] = "/tmp/plenary-tar-XXXXXX", command[100], line[200] = "";
    tar_write_header(&entry, tar);
    memcpy(tar + TAR_BLOCK, "hello", 5);
    int fd = mkstemp(name);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!CHECK(file != NULL, "a temporary file")) return;
    size_t written = fwrite(tar, 1, sizeof tar, file);
    CHECK(fclose(file) == 0 && written == sizeof tar, "written");
    (void)snprintf(command, sizeof command, "TZ=UTC tar --numeric-owner -tvf %s", name);
    FILE *pipe = popen(command, "r");
    if (pipe && fgets(line, sizeof line, pipe))
        CHECK(strstr(line, "-rw-r--r-- 0/0") && strstr(line, " 5 2026-09-21") &&
                  strstr(line, " tile/0/000\n"),
              "tar says: %s", line);
    else
        check_skip("tar is not here");
    if (pipe) (void)pclose(pipe);
    (void)remove(name);
}

static void test_words(void)
{
    struct words words, back;
    struct buf buf;
    buf_init(&buf, alloc_libc, 1024);
    words = words_of(STR("any text\n"));
    words_write(&buf, &words);
    CHECK(words_parse(buf_str(&buf), &back, NULL) == CODE_OK && words_eq(&words, &back),
          "read back");
    for (uint16_t i = 0; i < WORDS_LIST; i++)
        CHECK(words_text(i).len >= 3 &&
                  (i == 0 || str_cmp(words_text((uint16_t)(i - 1)), words_text(i)) < 0),
              "word %d", i);
    struct fail fail = {0};
    CHECK(words_parse(STR("Abandon ZOO, 0 2047; abandon. abandon-abandon abandon\tabandon\nabandon "
                          "abandon zoo"),
                      &back, &fail) == CODE_OK,
          "%s", fail.reason);
    CHECK(back.index[0] == 0 && back.index[1] == 2047 && back.index[2] == 0 &&
              back.index[3] == 2047,
          "mixed");
    CHECK(words_parse(STR("abandon abandonn"), &back, &fail) == CODE_MALFORMED && fail.column == 9,
          "its place");
    CHECK(words_parse(STR("2048"), &back, &fail) == CODE_MALFORMED &&
              strcmp(fail.reason, "word") == 0,
          "2048");
    CHECK(words_parse(STR("zoo"), &back, &fail) == CODE_MALFORMED &&
              strcmp(fail.reason, "count") == 0,
          "one");
    CHECK(words_parse(STR(""), &back, &fail) == CODE_MALFORMED && strcmp(fail.reason, "count") == 0,
          "none");
    buf_done(&buf);
}

static void test_commitments(void)
{
    uint8_t opening[COMMIT_SALT + 4] = {1, 2, 3};
    memcpy(opening + COMMIT_SALT, "text", 4);
    hash32 hash = commit_of(opening, STR("text"));
    hash32 plain =
        sha256_of((str){"plenary.commit/v1|\1\2\3\0\0\0\0\0\0\0\0\0\0\0\0\0text", 18 + 16 + 4});
    CHECK(hash32_eq(&hash, &plain), "the commitment's definition");
    str text;
    CHECK(commit_opens(&hash, (str){(char *)opening, sizeof opening}, &text) &&
              str_eq(text, STR("text")),
          "opens");
    for (size_t len = 0; len < sizeof opening; len++)
        CHECK(!commit_opens(&hash, (str){(char *)opening, len}, &text), "cut at %zu", len);
    opening[0] ^= 1;
    CHECK(!commit_opens(&hash, (str){(char *)opening, sizeof opening}, &text), "another salt");
}

static void test_proof_text(void)
{
    static const char hash[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    struct buf buf;
    struct log_proof proof;
    struct fail fail = {0};
    buf_init(&buf, alloc_libc, 1 << 14);
    buf_add(&buf, STR("c2sp.org/tlog-proof@v1\nindex 5\n"));
    for (size_t i = 0; i < MERKLE_PROOF_MAX; i++) buf_add_cstr(&buf, hash);
    size_t full = buf.len;
    buf_add(&buf, STR("\nx\n"));
    CHECK(log_proof_decode(buf_str(&buf), &proof, &fail) == CODE_OK && proof.index == 5 &&
              proof.proof.count == MERKLE_PROOF_MAX && str_eq(proof.checkpoint, STR("x\n")),
          "%s", fail.reason);
    buf.len = full;
    buf_add_cstr(&buf, hash);
    buf_add(&buf, STR("\nx\n"));
    CHECK(log_proof_decode(buf_str(&buf), &proof, &fail) == CODE_TOO_BIG, "a hash too many");
    CHECK(log_proof_decode(STR("c2sp.org/tlog-proof@v1\nextra AA==\nindex 5\n\nx\n"), &proof,
                           &fail) != CODE_OK &&
              strcmp(fail.reason, "extra") == 0,
          "extra data");
    CHECK(log_proof_decode(STR("c2sp.org/tlog-proof@v1\nindex 05\n\nx\n"), &proof, &fail) !=
                  CODE_OK &&
              strcmp(fail.reason, "number") == 0,
          "leading zero");
    CHECK(log_proof_decode(STR("c2sp.org/tlog-proof@v2\nindex 5\n\nx\n"), &proof, &fail) !=
                  CODE_OK &&
              strcmp(fail.reason, "type") == 0,
          "another version");
    buf_done(&buf);
}

int main(void)
{
    test_origins();
    test_kinds();
    test_key_names();
    test_note_form();
    test_note_many_lines();
    test_note_write();
    test_vkey();
    test_export_paths();
    test_tile_walk();
    test_bundles();
    test_tar();
    test_tar_program();
    test_words();
    test_commitments();
    test_proof_text();
    return check_done();
}
