/* What an operator may try with a record, at least a hundred of each kind from a seed: every one is
 * noticed. First changes to the files of someone without keys; then logs rebuilt and signed with
 * the true log key, so that tiles, root and checkpoint are right and only the rules can tell. */
#include "story.h"

#include "audit/audit.h"
#include "base/text.h"
#include "core/record/export.h"
#include "core/record/leaf.h"
#include "core/record/tile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAMPERINGS = 100, TRIES = 40 * TAMPERINGS };

struct court {
    struct story story;
    struct archive archive; /* of the true record */
    struct stream chance;
    struct fail fail; /* of the last judgement */
};

static size_t below(struct court *court, size_t bound)
{
    return (size_t)stream_below(&court->chance, bound);
}

static void flip_bit(struct court *court, char *bytes, size_t len)
{
    size_t bit = below(court, 8 * len);
    bytes[bit / 8] ^= (char)(1u << bit % 8);
}

static enum code judge(struct court *court, const struct archive *archive,
                       enum audit_verdict *ret_verdict)
{
    char path[64];
    struct audit *audit = NULL;
    struct audit_options options = {0};
    int fd = archive_tar(archive, path);
    court->fail = (struct fail){0};
    enum code code = audit_run(path, &options, alloc_libc, &audit, &court->fail);
    close(fd);
    if (code == CODE_OK && ret_verdict) *ret_verdict = audit_report(audit)->verdict;
    audit_close(audit);
    return code;
}

/* False is what the record is, not what could not be found out. */
static bool is_refusal(enum code code)
{
    return code == CODE_CORRUPT || code == CODE_MALFORMED || code == CODE_NOT_FOUND;
}

/* ---- files ---- */

/* Changes a copy of the export; false when that could not be done there. */
typedef bool tamper(struct court *court, struct archive *archive);

static struct archive_file *some_file(struct court *court, struct archive *archive, str prefix)
{
    size_t found[ARCHIVE_MAX], count = 0;
    for (size_t i = 0; i < archive->count; i++)
        if (str_starts(archive->file[i].path, prefix)) found[count++] = i;
    return count ? &archive->file[found[below(court, count)]] : NULL;
}

static bool flip(struct court *court, struct archive *archive, str prefix)
{
    struct archive_file *file = some_file(court, archive, prefix);
    if (!file || file->len == 0) return false;
    flip_bit(court, file->at, file->len);
    return true;
}

static bool flip_checkpoint(struct court *court, struct archive *archive)
{
    return flip(court, archive, STR("checkpoint"));
}

static bool flip_hashes(struct court *court, struct archive *archive)
{
    return flip(court, archive, STR("tile/0/"));
}

static bool flip_upper(struct court *court, struct archive *archive)
{
    return flip(court, archive, STR("tile/1/"));
}

static bool flip_entries(struct court *court, struct archive *archive)
{
    return flip(court, archive, STR("tile/entries/"));
}

static bool flip_acts(struct court *court, struct archive *archive)
{
    return flip(court, archive, STR("tile/acts/"));
}

static bool flip_blob(struct court *court, struct archive *archive)
{
    return flip(court, archive, STR("blob/"));
}

static bool cut_short(struct court *court, struct archive *archive)
{
    struct archive_file *file = some_file(court, archive, STR(""));
    if (file->len == 0) return false;
    file->len = below(court, file->len);
    return true;
}

static bool append(struct court *court, struct archive *archive)
{
    struct archive_file *file = some_file(court, archive, STR(""));
    size_t more = 1 + below(court, 40), len = file->len;
    char *longer = arena_take(&archive->arena, len + more, 1);
    if (!longer) return false;
    memcpy(longer, file->at, len);
    if (below(court, 2)) stream_bytes(&court->chance, longer + len, more);
    file->at = longer;
    file->len = len + more;
    return true;
}

static bool leave_out(struct court *court, struct archive *archive)
{
    archive_drop(archive, below(court, archive->count));
    return true;
}

static bool exchange_files(struct court *court, struct archive *archive)
{
    struct archive_file *a = some_file(court, archive, STR("")),
                        *b = some_file(court, archive, STR(""));
    if (a->len == b->len && memcmp(a->at, b->at, a->len) == 0) return false;
    struct archive_file kept = *a;
    a->at = b->at, a->len = b->len;
    b->at = kept.at, b->len = kept.len;
    return true;
}

/* Two elements of one bundle change places: leaves swapped, acts in another order. */
static bool exchange_elements(struct court *court, struct archive *archive, enum tile_kind kind)
{
    str prefix = kind == TILE_ENTRIES ? STR("tile/entries/") : STR("tile/acts/"),
        element[TILE_WIDTH];
    struct archive_file *file = some_file(court, archive, prefix);
    str rest = {file->at, file->len};
    size_t count = 0;
    while (count < TILE_WIDTH && bundle_next(&rest, kind, &element[count])) count++;
    size_t a = below(court, count), b = below(court, count);
    if (str_eq(element[a], element[b])) return false;
    str kept = element[a];
    element[a] = element[b];
    element[b] = kept;
    struct buf bytes;
    buf_init(&bytes, alloc_libc, (size_t)1 << 26);
    for (size_t i = 0; i < count; i++) bundle_add(&bytes, kind, element[i]);
    archive_put(archive, file->path, buf_str(&bytes));
    buf_done(&bytes);
    return true;
}

static bool exchange_leaves(struct court *court, struct archive *archive)
{
    return exchange_elements(court, archive, TILE_ENTRIES);
}

static bool exchange_acts(struct court *court, struct archive *archive)
{
    return exchange_elements(court, archive, TILE_ACTS);
}

static bool exchange_hashes(struct court *court, struct archive *archive)
{
    struct archive_file *file = some_file(court, archive, STR("tile/0/"));
    size_t a = 32 * below(court, file->len / 32), b = 32 * below(court, file->len / 32);
    char kept[32];
    if (a == b) return false;
    memcpy(kept, file->at + a, 32);
    memcpy(file->at + a, file->at + b, 32);
    memcpy(file->at + b, kept, 32);
    return true;
}

static bool strange_file(struct court *court, struct archive *archive)
{
    static const struct {
        const char *prefix;
        int digits;
    } names[] = {{"tile/0/x001/", 3},     {"tile/entries/", 3}, {"tile/acts/001.p/", 1},
                 {"tile/2/", 3},          {"notes", 1},         {"blob/", 64},
                 {"disclosure/", 64},     {"tile/1/000.p/", 1}, {"tile/acts/", 3},
                 {"slip/222222222222", 1}};
    char path[100];
    size_t name = below(court, COUNT(names));
    (void)snprintf(path, sizeof path, "%s%0*zu", names[name].prefix, names[name].digits,
                   100 + below(court, 155));
    if (archive_find(archive, str_from(path))) return false;
    archive_put(archive, str_from(path), STR("what is this"));
    return true;
}

/* Another owner's key under the same name: everything else is consistent. */
static bool other_key(struct court *court, struct archive *archive)
{
    struct logbook *book = logbook_copy(&court->story.book);
    book->log_key = court->story.w.member[1 + below(court, 20)].key;
    book->count = 1 + below(court, book->count);
    archive_done(archive);
    logbook_publish(book, archive);
    logbook_done(book);
    free(book);
    return true;
}

static void try_files(struct court *court, const char *name, tamper *change)
{
    int done = 0;
    for (int tries = 0; done < TAMPERINGS && tries < TRIES; tries++) {
        struct archive copy;
        archive_copy(&copy, &court->archive);
        if (change(court, &copy)) {
            enum code code = judge(court, &copy, NULL);
            CHECK(is_refusal(code), "%s, no. %d: %s %s", name, done, code_name(code),
                  court->fail.message);
            done++;
        }
        archive_done(&copy);
    }
    CHECK(done == TAMPERINGS, "%s: only %d", name, done);
    printf("%6d %s; the last: %s\n", done, name, court->fail.message);
}

/* The bytes of the tar itself, headers and padding included. */
static void try_tar(struct court *court)
{
    for (int i = 0; i < TAMPERINGS; i++) {
        char path[64];
        struct audit *audit = NULL;
        struct audit_options options = {0};
        int fd = archive_tar(&court->archive, path);
        off_t size = lseek(fd, 0, SEEK_END), at = (off_t)below(court, (size_t)size);
        char byte = 0;
        bool cut = i % 4 == 0;
        if (cut && ftruncate(fd, at) != 0) abort();
        if (!cut && pread(fd, &byte, 1, at) != 1) abort();
        flip_bit(court, &byte, 1);
        if (!cut && pwrite(fd, &byte, 1, at) != 1) abort();
        enum code code = audit_run(path, &options, alloc_libc, &audit, &court->fail);
        CHECK(is_refusal(code), "tar, %s at byte %lld: %s", cut ? "cut" : "flipped", (long long)at,
              code_name(code));
        audit_close(audit);
        close(fd);
    }
    printf("%6d bytes of the tar flipped or cut\n", TAMPERINGS);
}

/* ---- logs signed with the true key ---- */

typedef bool retell(struct court *court, struct logbook *book);

static void try_logs(struct court *court, const char *name, retell *change)
{
    int done = 0;
    for (int tries = 0; done < TAMPERINGS && tries < TRIES; tries++) {
        struct logbook *book = logbook_copy(&court->story.book);
        if (change(court, book)) {
            struct archive archive;
            logbook_publish(book, &archive);
            enum code code = judge(court, &archive, NULL);
            CHECK(code == CODE_CORRUPT, "%s, no. %d: %s %s", name, done, code_name(code),
                  court->fail.message);
            archive_done(&archive);
            done++;
        }
        logbook_done(book);
        free(book);
    }
    CHECK(done == TAMPERINGS, "%s: only %d", name, done);
    printf("%6d %s; the last: %s\n", done, name, court->fail.message);
}

/* Cuts the log at the forgery and puts it there, with the blobs that the acts before it name. */
static void put_forgery(struct logbook *book, const struct forgery *forgery)
{
    book->count = forgery->after;
    logbook_add(book, forgery->leaf, forgery->stored);
}

/* Seeded choice among the forgeries of one class; each must fail by its own article. */
static void try_forgeries(struct court *court, const char *name, enum forgery_class class)
{
    const struct story *story = &court->story;
    int done = 0;
    bool seen[ARTICLE_COUNT] = {false};
    unsigned articles = 0;
    while (done < TAMPERINGS) {
        const struct forgery *forgery = &story->forgery[below(court, story->forgery_count)];
        if (forgery->class != class) continue;
        struct logbook *book = logbook_copy(&story->book);
        struct archive archive;
        put_forgery(book, forgery);
        logbook_publish(book, &archive);
        enum code code = judge(court, &archive, NULL);
        str article = article_name(forgery->article);
        bool named =
            forgery->article == ARTICLE_NONE || (strcmp(court->fail.reason, "refused") == 0 &&
                                                 str_ends(str_from(court->fail.message), article));
        CHECK(code == CODE_CORRUPT && named, "%s: expected %.*s: %s %s", name, STR_ARG(article),
              code_name(code), court->fail.message);
        if (!seen[forgery->article]) articles++;
        seen[forgery->article] = true;
        archive_done(&archive);
        logbook_done(book);
        free(book);
        done++;
    }
    printf("%6d %s, by %u articles; the last: %s\n", done, name, articles, court->fail.message);
    CHECK(class != FORGED_ACT || articles >= 8, "%u articles", articles);
}

static void set_at(struct logbook *book, size_t index, unix_s at)
{
    struct leaf leaf = logbook_read_leaf(book, index);
    book->entry[index].leaf = logbook_leaf(book, book->entry[index].stored, leaf.kind, at);
}

static bool act_left_out(struct court *court, struct logbook *book)
{
    size_t at = below(court, book->count - 1);
    book->count--;
    for (size_t i = at; i < book->count; i++) book->entry[i] = book->entry[i + 1];
    return true;
}

static bool acts_in_other_order(struct court *court, struct logbook *book)
{
    size_t at = below(court, book->count - 1);
    struct leaf first = logbook_read_leaf(book, at), second = logbook_read_leaf(book, at + 1);
    struct logbook_entry kept = book->entry[at];
    book->entry[at] = book->entry[at + 1];
    book->entry[at + 1] = kept;
    set_at(book, at, first.at);
    set_at(book, at + 1, second.at);
    return true;
}

static bool act_twice(struct court *court, struct logbook *book)
{
    size_t at = below(court, book->count);
    logbook_add(book, book->entry[at].leaf, book->entry[at].stored);
    set_at(book, book->count - 1, logbook_read_leaf(book, book->count - 2).at);
    return true;
}

/* From one act on, everything happened some days later. (A tick may come late: clocks stop.) */
static bool time_moved(struct court *court, struct logbook *book)
{
    size_t from = below(court, book->count);
    if (str_eq(logbook_read_leaf(book, from).kind, STR("tick"))) return false;
    unix_s moved = logbook_read_leaf(book, from).at + 2 * 86400 + (unix_s)below(court, 90 * 86400);
    for (size_t i = from; i < book->count; i++)
        if (logbook_read_leaf(book, i).at < moved) set_at(book, i, moved);
    return true;
}

static bool time_back(struct court *court, struct logbook *book)
{
    size_t at = 1 + below(court, book->count - 1);
    set_at(book, at, logbook_read_leaf(book, at - 1).at - 1 - (unix_s)below(court, 1000));
    return true;
}

static bool public_withheld(struct court *court, struct logbook *book)
{
    size_t at = below(court, book->count);
    if (logbook_read_leaf(book, at).vis != LEAF_PUBLIC) return false;
    book->entry[at].stored = STR("");
    return true;
}

/* A leaf that says another kind, or another visibility, than its bytes. */
static bool leaf_lies(struct court *court, struct logbook *book)
{
    static const char *const kinds[] = {"ballot.open",   "key.enrol", "unit.found",
                                        "election.call", "tick",      "no.such"};
    size_t at = below(court, book->count);
    struct leaf leaf = logbook_read_leaf(book, at);
    const char *kind = kinds[below(court, COUNT(kinds))];
    if (str_eq(leaf.kind, str_from(kind))) return false;
    book->entry[at].leaf = logbook_leaf(book, book->entry[at].stored, str_from(kind), leaf.at);
    return true;
}

static str replaced(struct logbook *book, str text, str from, str to)
{
    for (size_t i = 0; i + from.len <= text.len; i++) {
        if (memcmp(text.at + i, from.at, from.len) != 0) continue;
        struct buf out;
        buf_init(&out, alloc_libc, (size_t)1 << 27);
        buf_add(&out, str_sub(text, 0, i));
        buf_add(&out, to);
        buf_add(&out, str_sub(text, i + from.len, text.len));
        str kept = logbook_keep(book, buf_str(&out));
        buf_done(&out);
        return kept;
    }
    return (str){NULL, 0};
}

static void rewrite(struct logbook *book, size_t index, str stored)
{
    struct leaf leaf = logbook_read_leaf(book, index);
    book->entry[index].stored = stored;
    book->entry[index].leaf = logbook_leaf(book, stored, leaf.kind, leaf.at);
}

/* Signs the act's text anew with the key of the member who had signed it. */
static str signed_again(struct court *court, struct logbook *book, str note)
{
    struct act act;
    if (act_decode(note, book->origin, &book->arena, &act, NULL) != CODE_OK || act.line_count != 1)
        return note;
    for (size_t i = 0; i < court->story.w.member_count; i++) {
        const struct world_member *member = &court->story.w.member[i];
        if (!mid16_eq(&member->mid, &act.line[0].signer.mid)) continue;
        struct buf out;
        struct signer signer = {act.line[0].name, &member->key};
        buf_init(&out, alloc_libc, ACT_NOTE_MAX);
        note_sign(&out, act.text, &signer, 1);
        str kept = logbook_keep(book, buf_str(&out));
        buf_done(&out);
        return kept;
    }
    return note;
}

/* The electorate: a list of members, or the papers of a ballot, with some digits or bytes changed,
 * the act that names it following, in half of the cases signed again by the member. */
static bool electorate_changed(struct court *court, struct logbook *book)
{
    size_t which = below(court, book->blob_count);
    char old_name[65], new_name[65];
    hash32 before, after;
    str blob = book->blob[which].stored;
    char *changed = arena_take(&book->arena, blob.len + 1, 1);
    if (!changed) abort();
    memcpy(changed, blob.at, blob.len);
    size_t at = below(court, blob.len);
    for (; at < blob.len && !(changed[at] >= '1' && changed[at] <= '8'); at++) {}
    if (at >= blob.len) return false;
    changed[at]++;
    before = sha256_of(blob);
    after = sha256_of((str){changed, blob.len});
    hex_encode(before.bytes, 32, old_name);
    hex_encode(after.bytes, 32, new_name);
    book->blob[which] = (struct logbook_entry){
        logbook_keep(book, (str){(const char *)after.bytes, 32}), {changed, blob.len}};
    bool found = false;
    for (size_t i = 0; i < book->count; i++) {
        str stored = replaced(book, book->entry[i].stored, str_from(old_name), str_from(new_name));
        if (!stored.at) continue;
        rewrite(book, i, below(court, 2) ? signed_again(court, book, stored) : stored);
        found = true;
    }
    return found;
}

/* The blob alone, under its old name or not at all. */
static bool blob_exchanged(struct court *court, struct logbook *book)
{
    size_t a = below(court, book->blob_count), b = below(court, book->blob_count);
    if (a == b) {
        book->blob[a] = book->blob[--book->blob_count];
        return true;
    }
    str kept = book->blob[a].stored;
    book->blob[a].stored = book->blob[b].stored;
    book->blob[b].stored = kept;
    return true;
}

/* Founded under rules this program does not know, signed by the founder; or texts of another
 * version. */
static bool other_version(struct court *court, struct logbook *book)
{
    static const char *const pairs[][2] = {
        {"\"rules\":1}", "\"rules\":2}"},     {"\"rules\":1}", "\"rules\":0}"},
        {"\"rules\":1}", "\"rules\":999}"},   {"plenary.act/v1", "plenary.act/v2"},
        {"plenary.act/v1", "plenary.act/v0"}, {"plenary.tick/v1", "plenary.tick/v2"}};
    size_t pair = below(court, COUNT(pairs)), at = pair < 3 ? 0 : below(court, book->count);
    str stored =
        replaced(book, book->entry[at].stored, str_from(pairs[pair][0]), str_from(pairs[pair][1]));
    if (!stored.at) return false;
    rewrite(book, at, pair < 3 ? signed_again(court, book, stored) : stored);
    if (pair < 3) book->count = 1 + below(court, book->count);
    return true;
}

static bool leaf_version(struct court *court, struct logbook *book)
{
    size_t at = below(court, book->count);
    book->entry[at].leaf =
        replaced(book, book->entry[at].leaf, STR("plenary.leaf/v1"),
                 below(court, 2) ? STR("plenary.leaf/v2") : STR("plenary.leef/v1"));
    return true;
}

/* One bit of a signature or of the signed text, hashed and signed into the log as it stands. */
static bool act_rewritten(struct court *court, struct logbook *book)
{
    size_t at = below(court, book->count);
    str stored = logbook_keep(book, book->entry[at].stored);
    char *byte = arena_take(&book->arena, stored.len, 1);
    if (!byte) abort();
    memcpy(byte, stored.at, stored.len);
    flip_bit(court, byte, stored.len);
    rewrite(book, at, (str){byte, stored.len});
    return true;
}

/* ---- all of it ---- */

static void all_files(struct court *court)
{
    try_files(court, "bits flipped in checkpoints", flip_checkpoint);
    try_files(court, "bits flipped in hash tiles", flip_hashes);
    try_files(court, "bits flipped in upper hash tiles", flip_upper);
    try_files(court, "bits flipped in entries", flip_entries);
    try_files(court, "bits flipped in acts", flip_acts);
    try_files(court, "bits flipped in blobs", flip_blob);
    try_files(court, "files cut short", cut_short);
    try_files(court, "files with bytes too many", append);
    try_files(court, "files left out", leave_out);
    try_files(court, "files exchanged", exchange_files);
    try_files(court, "leaves exchanged", exchange_leaves);
    try_files(court, "acts exchanged", exchange_acts);
    try_files(court, "hashes exchanged", exchange_hashes);
    try_files(court, "strange files", strange_file);
    try_files(court, "records signed with another key", other_key);
    try_tar(court);
}

static void all_logs(struct court *court)
{
    try_logs(court, "signed logs with an act left out", act_left_out);
    try_logs(court, "signed logs with acts in another order", acts_in_other_order);
    try_logs(court, "signed logs with an act twice", act_twice);
    try_logs(court, "signed logs with time moved on", time_moved);
    try_logs(court, "signed logs with time moved back", time_back);
    try_logs(court, "signed logs withholding a public act", public_withheld);
    try_logs(court, "signed logs whose leaf lies", leaf_lies);
    try_logs(court, "signed logs with an act rewritten", act_rewritten);
    try_logs(court, "signed logs with a changed electorate", electorate_changed);
    try_logs(court, "signed logs with blobs exchanged", blob_exchanged);
    try_logs(court, "signed logs of another version", other_version);
    try_logs(court, "signed logs with leaves of another version", leaf_version);
    try_forgeries(court, "signed logs holding an illegal act", FORGED_ACT);
    try_forgeries(court, "signed logs with a wrong result", FORGED_RESULT);
    try_forgeries(court, "signed logs adopting other rules", FORGED_RULES);
}

int main(void)
{
    struct court *court = malloc(sizeof *court);
    enum audit_verdict verdict = AUDIT_STRUCTURE;
    if (!court) return 1;
    story_tell(&court->story);
    stream_init(&court->chance, STR("court"));
    logbook_publish(&court->story.book, &court->archive);
    CHECK(judge(court, &court->archive, &verdict) == CODE_OK && verdict == AUDIT_REPLAYED,
          "the true record: %s", court->fail.message);
    all_files(court);
    all_logs(court);
    archive_done(&court->archive);
    story_done(&court->story);
    free(court);
    return check_done();
}
