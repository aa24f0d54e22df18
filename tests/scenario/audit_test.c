/* The auditor's engine on a true record: what it reports, from a folder and from a tar, with and
 * without something to compare; public exports; evidence; memory that fails. */
#include "folder.h"
#include "story.h"

#include "audit/audit.h"
#include "audit/evidence.h"
#include "audit/report.h"
#include "base/text.h"
#include "core/record/commit.h"
#include "core/record/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct audit *run(const struct archive *archive, const struct audit_options *options,
                         enum code expected, const char *reason)
{
    char path[64];
    struct fail fail = {0};
    struct audit *audit = NULL;
    int fd = archive_tar(archive, path);
    enum code code = audit_run(path, options, alloc_libc, &audit, &fail);
    close(fd);
    CHECK(code == expected, "%s %s: %s", code_name(code), fail.reason, fail.message);
    if (expected != CODE_OK)
        CHECK(strcmp(fail.reason, reason) == 0, "%s, not %s", fail.reason, reason);
    return code == CODE_OK ? audit : NULL;
}

static void test_true(struct story *story, const struct archive *archive)
{
    struct audit_options none = {0};
    struct audit *audit = run(archive, &none, CODE_OK, "");
    if (!audit) return;
    const struct audit_report *report = audit_report(audit);
    hash32 state = state_digest(&story->w.state);
    CHECK(report->verdict == AUDIT_REPLAYED && report->replayed == story->book.count, "all of it");
    CHECK(hash32_eq(&report->state, &state), "the state that the writer had");
    CHECK(report->head.size == state_size(&story->w.state) && !report->key_given, "size, no key");
    CHECK(report->signatures > story->book.count, "%llu signatures",
          (unsigned long long)report->signatures);
    CHECK(audit_kind_count(audit, STR("ballot.open")) == 40, "ballots by kind");
    CHECK(audit_kind_count(audit, STR("tick")) == report->ticks && report->ticks > 0, "ticks");
    CHECK(report->acts + report->ticks == report->head.size, "acts and ticks are all");
    struct buf text;
    buf_init(&text, alloc_libc, 1 << 20);
    report_text(audit, &text);
    report_json(audit, &text);
    buf_add_byte(&text, '\0');
    CHECK(strstr(text.at, "consistent with itself; compared with nothing you hold"),
          "says what it lacks");
    CHECK(strstr(text.at, "\"verdict\":\"replayed\""), "says what it did");
    CHECK(strstr(text.at, contest_digest(&story->w, &story->open, 1)),
          "names the sheet derived again");
    buf_done(&text);
    audit_close(audit);
}

static void test_compare(struct story *story, const struct archive *archive)
{
    struct buf key, words;
    key32 log = secret_key_public(&story->w.node_key),
          other = secret_key_public(&story->w.member[1].key);
    buf_init(&key, alloc_libc, 512);
    buf_init(&words, alloc_libc, 512);
    vkey_write(&key, story->book.origin, &log);
    struct audit_options options = {.key = buf_str(&key)};
    struct audit *audit = run(archive, &options, CODE_OK, "");
    if (!audit) return;
    words_write(&words, &audit_report(audit)->words);
    audit_close(audit);
    options.words = buf_str(&words);
    audit = run(archive, &options, CODE_OK, "");
    CHECK(audit && audit_report(audit)->words_size == story->book.count,
          "the words of this checkpoint");
    audit_close(audit);
    struct checkpoint old = {story->book.origin, {200, merkle_root(&story->w.state.tree, 200)}};
    buf_clear(&key);
    checkpoint_write(&key, &old);
    struct words earlier = words_of(buf_str(&key));
    buf_clear(&words);
    words_write(&words, &earlier);
    options = (struct audit_options){.words = buf_str(&words)};
    audit = run(archive, &options, CODE_OK, "");
    CHECK(audit && audit_report(audit)->words_size == 200, "words of an older checkpoint");
    audit_close(audit);
    options.words = STR("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo");
    (void)run(archive, &options, CODE_CORRUPT, "words");
    options.words = STR("zoo zoo");
    (void)run(archive, &options, CODE_MALFORMED, "count");
    buf_clear(&key);
    vkey_write(&key, story->book.origin, &other);
    options = (struct audit_options){.key = buf_str(&key)};
    (void)run(archive, &options, CODE_CORRUPT, "key");
    options.key = STR("no key");
    (void)run(archive, &options, CODE_MALFORMED, "vkey");
    buf_done(&key);
    buf_done(&words);
}

/* A reader who may not see members' acts gets their leaves alone. */
static void test_public(struct story *story)
{
    struct logbook *book = logbook_copy(&story->book);
    struct archive archive;
    struct audit_options none = {0};
    uint64_t withheld = 0;
    for (size_t i = 0; i < book->count; i++) {
        struct leaf leaf = logbook_read_leaf(book, i);
        if (leaf.vis == LEAF_PUBLIC) continue;
        book->entry[i].stored = STR("");
        withheld++;
    }
    logbook_publish(book, &archive);
    struct audit *audit = run(&archive, &none, CODE_OK, "");
    if (audit) {
        const struct audit_report *report = audit_report(audit);
        struct buf text;
        buf_init(&text, alloc_libc, 1 << 20);
        report_text(audit, &text);
        report_json(audit, &text);
        buf_add_byte(&text, '\0');
        CHECK(report->verdict == AUDIT_STRUCTURE && report->withheld == withheld, "structure only");
        CHECK(report->replayed < report->head.size, "not all was run");
        CHECK(strstr(text.at, "no decision is verified") && !strstr(text.at, "derived again"),
              "claims no result");
        CHECK(strstr(text.at, "\"not_rederived\":{") && strstr(text.at, "\"ballot.open\":40"),
              "lists what is not derived");
        buf_done(&text);
        audit_close(audit);
    }
    archive_done(&archive);
    logbook_done(book);
    free(book);
}

static void test_no_export(void)
{
    struct audit_options none = {0};
    struct audit *audit = NULL;
    struct fail fail = {0};
    CHECK(audit_run("/nowhere/at/all", &none, alloc_libc, &audit, &fail) == CODE_NOT_FOUND,
          "no such path");
    CHECK(audit_run("/dev/null", &none, alloc_libc, &audit, &fail) == CODE_MALFORMED, "no tar");
    CHECK(audit_run("/proc/self/fd", &none, alloc_libc, &audit, &fail) == CODE_NOT_FOUND,
          "no checkpoint");
}

/* ---- folders, and writers at work ---- */

struct growth {
    const struct archive *grown;
    const char *dir;
    str gone; /* a tile that the writer removes */
    bool done;
};

static void grow(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct growth *growth = context;
    if (growth->done || strcmp(what, "structure") != 0 || done < total) return;
    char path[400];
    archive_write(growth->grown, growth->dir);
    (void)snprintf(path, sizeof path, "%s/%.*s", growth->dir, STR_ARG(growth->gone));
    CHECK(unlink(path) == 0, "%s", path);
    growth->done = true;
}

static void test_growing(struct story *story)
{
    struct logbook *book = logbook_copy(&story->book);
    struct archive before, after;
    struct audit *audit = NULL;
    struct fail fail = {0};
    char *dir = folder_make();
    logbook_publish(book, &after);
    book->count = 260;
    logbook_publish(book, &before);
    archive_write(&before, dir);
    struct growth growth = {&after, dir, STR("tile/acts/001.p/4"), false};
    struct audit_options options = {.progress = grow, .progress_context = &growth};
    enum code code = audit_run(dir, &options, alloc_libc, &audit, &fail);
    CHECK(code == CODE_BUSY && strcmp(fail.reason, "moved") == 0, "%s %s", code_name(code),
          fail.message);
    code = audit_run(dir, &options, alloc_libc, &audit, &fail);
    CHECK(code == CODE_OK, "narrower tiles of before are beginnings: %s", fail.message);
    audit_close(audit);
    char path[400];
    (void)snprintf(path, sizeof path, "%s/tile/entries/001.p/4", dir);
    CHECK(truncate(path, 100) == 0, "cut");
    code = audit_run(dir, &options, alloc_libc, &audit, &fail);
    CHECK(code == CODE_CORRUPT, "no beginning: %s", fail.message);
    archive_done(&before);
    archive_done(&after);
    folder_remove(dir);
    logbook_done(book);
    free(book);
}

/* What stands in a folder beside the files is noticed as well. */
static void test_folder(const struct archive *archive)
{
    static const char *const strange[] = {".hidden", "tile/0/link", "Read me", "fifo"};
    for (size_t i = 0; i < COUNT(strange); i++) {
        char path[400];
        struct audit *audit = NULL;
        struct audit_options none = {0};
        struct fail fail = {0};
        char *dir = folder_make();
        archive_write(archive, dir);
        (void)snprintf(path, sizeof path, "%s/%s", dir, strange[i]);
        int made = i == 1 ? symlink("000", path) : i == 3 ? mkfifo(path, 0600) : mkdir(path, 0700);
        CHECK(made == 0, "%s", path);
        enum code code = audit_run(dir, &none, alloc_libc, &audit, &fail);
        CHECK(code == CODE_CORRUPT && strcmp(fail.reason, "foreign") == 0, "%s: %s %s", strange[i],
              code_name(code), fail.message);
        audit_close(audit);
        folder_remove(dir);
    }
}

static void test_openings(const struct archive *archive)
{
    struct archive copy;
    struct audit_options none = {0};
    char opening[] = "sixteen-bytes-ofAda Berg, Dock 4", path[100] = "disclosure/";
    hash32 commitment = commit_of((const uint8_t *)opening, STR("Ada Berg, Dock 4"));
    hex_encode(commitment.bytes, 32, path + 11);
    archive_copy(&copy, archive);
    archive_put(&copy, str_from(path), str_from(opening));
    struct audit *audit = run(&copy, &none, CODE_OK, "");
    CHECK(audit && audit_report(audit)->openings == 1, "opens its commitment");
    audit_close(audit);
    archive_put(&copy, str_from(path), STR("sixteen-bytes-ofAda Berg, Dock 5"));
    (void)run(&copy, &none, CODE_CORRUPT, "opening");
    archive_put(&copy, str_from(path), STR("short"));
    (void)run(&copy, &none, CODE_CORRUPT, "opening");
    archive_done(&copy);
}

/* Every allocation fails once: an error, nothing lost, nothing believed. */
static void test_memory(const struct story *story)
{
    struct logbook *book = logbook_copy(&story->book);
    struct archive archive;
    book->count = 3;
    book->blob_count = 1;
    logbook_publish(book, &archive);
    char path[64];
    int fd = archive_tar(&archive, path);
    struct audit_options options = {.threads = 1};
    uint64_t calls = 0;
    for (size_t at = 0;; at++) {
        struct failing failing = {.fail_at = at};
        struct audit *audit = NULL;
        struct fail fail = {0};
        enum code code = audit_run(path, &options, failing_alloc(&failing), &audit, &fail);
        audit_close(audit);
        CHECK(failing.live == 0, "call %zu: %lld left", at, (long long)failing.live);
        if (code == CODE_OK) break;
        if (!CHECK(code == CODE_NO_MEMORY, "call %zu: %s %s", at, code_name(code), fail.message))
            break;
        calls++;
    }
    CHECK(calls > 20, "%llu allocations", (unsigned long long)calls);
    close(fd);
    archive_done(&archive);
    logbook_done(book);
    free(book);
}

/* ---- evidence ---- */

static void judge(const char *file, size_t len, const char *path,
                  const struct audit_options *options, enum code expected, bool stands)
{
    struct evidence_finding finding = {0};
    struct fail fail = {0};
    enum code code = evidence_judge((str){file, len}, path, options, &finding, &fail);
    CHECK(code == expected, "%s %s: %s", code_name(code), fail.reason, fail.message);
    CHECK(finding.stands == stands, "%s", finding.text);
}

static void add_checkpoint(struct buf *out, const struct story *story, uint64_t size, hash32 root)
{
    struct buf text;
    struct checkpoint checkpoint = {story->book.origin, {size, root}};
    struct signer signer = {story->book.origin, &story->w.node_key};
    buf_init(&text, alloc_libc, 1024);
    checkpoint_write(&text, &checkpoint);
    note_sign(out, buf_str(&text), &signer, 1);
    buf_done(&text);
}

static void test_histories(struct story *story, const char *path)
{
    struct buf file, key;
    const struct merkle *tree = &story->w.state.tree;
    key32 log = secret_key_public(&story->w.node_key);
    hash32 other = sha256_of(STR("another history"));
    struct audit_options none = {0}, options = {0};
    buf_init(&file, alloc_libc, 1 << 16);
    buf_init(&key, alloc_libc, 512);
    vkey_write(&key, story->book.origin, &log);
    options.key = buf_str(&key);
    add_checkpoint(&file, story, 100, merkle_root(tree, 100));
    size_t honest = file.len;
    judge(file.at, file.len, path, &none, CODE_OK, false);
    judge(file.at, file.len, NULL, &options, CODE_OK, false);
    judge(file.at, file.len, NULL, &none, CODE_MALFORMED, false);
    add_checkpoint(&file, story, 100, other);
    judge(file.at, file.len, NULL, &options, CODE_OK, true);
    judge(file.at + honest, file.len - honest, path, &none, CODE_OK, true);
    for (size_t cut = 0; cut < file.len; cut += 7)
        if (cut != honest) judge(file.at, cut, NULL, &options, CODE_MALFORMED, false);
    file.at[file.len - 10] = file.at[file.len - 10] == 'A' ? 'B' : 'A';
    judge(file.at, file.len, NULL, &options, CODE_NOT_YOURS, false);
    buf_clear(&file);
    add_checkpoint(&file, story, 100000, other);
    judge(file.at, file.len, path, &none, CODE_OK, false);
    buf_done(&file);
    buf_done(&key);
}

static void add_refusal(struct buf *out, const struct story *story, enum article article)
{
    struct buf text;
    const struct refusal_sample *sample = &story->refused;
    struct act act;
    struct arena arena;
    arena_init(&arena, alloc_libc, 1 << 20);
    CHECK(act_decode(sample->stored, story->book.origin, &arena, &act, NULL) == CODE_OK, "an act");
    struct refusal refusal = {.act = act.id,
                              .article = article_name(article),
                              .at = sample->at,
                              .origin = story->book.origin,
                              .root = sample->root,
                              .size = sample->size};
    struct signer signer = {STR("rehearsal.invalid/world/r"), &story->w.node_key};
    buf_init(&text, alloc_libc, 4096);
    refusal_write(&text, &refusal);
    note_sign(out, buf_str(&text), &signer, 1);
    buf_add(out, sample->stored);
    buf_done(&text);
    arena_done(&arena);
}

static void test_refusal(struct story *story, const char *path)
{
    struct buf file;
    struct audit_options none = {0};
    buf_init(&file, alloc_libc, 1 << 18);
    if (!CHECK(story->refused.taken, "an act was refused")) return;
    add_refusal(&file, story, story->refused.article);
    judge(file.at, file.len, path, &none, CODE_OK, false);
    buf_clear(&file);
    add_refusal(&file, story,
                story->refused.article == ARTICLE_ELECTOR ? ARTICLE_PREV : ARTICLE_ELECTOR);
    judge(file.at, file.len, path, &none, CODE_OK, true);
    judge(file.at, file.len, NULL, &none, CODE_MALFORMED, false);
    struct secret_key kept = story->w.node_key;
    story->w.node_key = story->w.member[2].key;
    buf_clear(&file);
    add_refusal(&file, story, ARTICLE_ELECTOR);
    judge(file.at, file.len, path, &none, CODE_NOT_YOURS, false);
    story->w.node_key = kept;
    buf_done(&file);
}

int main(void)
{
    struct story *story = malloc(sizeof *story);
    struct archive archive;
    char path[64];
    if (!story) return 1;
    story_tell(story);
    logbook_publish(&story->book, &archive);
    printf("%zu entries, %zu files, %zu blobs, %zu forgeries\n", story->book.count, archive.count,
           story->book.blob_count, story->forgery_count);
    test_true(story, &archive);
    test_compare(story, &archive);
    test_public(story);
    test_no_export();
    test_growing(story);
    test_folder(&archive);
    test_openings(&archive);
    test_memory(story);
    int fd = archive_tar(&archive, path);
    test_histories(story, path);
    test_refusal(story, path);
    close(fd);
    archive_done(&archive);
    story_done(story);
    free(story);
    return check_done();
}
