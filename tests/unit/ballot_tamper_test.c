/* Archives rebuilt with one lie each: names, hashes and parents are set right again, so that only
 * the check in question can find it. Besides: every byte counts, every end is an end, and memory
 * may run out anywhere. */
#include "core/ballot/curve.h"
#include "core/ballot/judge.h"
#include "count_data.h"

#include <stdlib.h>

enum { BLOCK = 512 };

struct held {
    char *bytes;
    size_t len;
};

static enum code read_held(void *self, uint64_t at, void *ret, size_t len)
{
    const struct held *held = self;
    if (at > held->len || len > held->len - at) return CODE_IO;
    memcpy(ret, held->bytes + at, len);
    return CODE_OK;
}

/* "<check>: <detail>" of the last check, "" when accepted. */
static void verdict(const struct held *held, char ret[400])
{
    static struct judge_report report;
    struct held copy = *held;
    struct bel_source source = {read_held, &copy, held->len};
    struct fail fail = {0};
    enum code code = judge_archive(source, alloc_libc, &report, &fail);
    snprintf(ret, 400, "%s: %s", code_name(code), fail.message);
    if (code != CODE_OK) return;
    const struct judge_check *last = &report.checks[report.check_count - 1];
    snprintf(ret, 400, "%s%s%s", report.ok ? "" : last->name, report.ok ? "" : ": ",
             report.ok ? "" : last->detail);
    judge_report_done(&report);
}

/* ---- rebuilding ---- */

static size_t size_at(const char *header)
{
    size_t size = 0;
    for (int i = 124; i < 135; i++) size = size * 8 + (size_t)(header[i] - '0');
    return size;
}

static size_t padded(size_t size)
{
    return (size + BLOCK - 1) / BLOCK * BLOCK;
}

/* `header` with another name and size. */
static void write_header(char header[BLOCK], const hash32 *hash, size_t size)
{
    char name[65], digits[25];
    unsigned sum = 0;
    for (int i = 0; i < 32; i++) snprintf(name + 2 * i, 3, "%02x", hash->bytes[i]);
    memcpy(header, name, 64);
    snprintf(digits, sizeof digits, "%011zo", size);
    memcpy(header + 124, digits, 11);
    memset(header + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++) sum += (unsigned char)header[i];
    snprintf(digits, sizeof digits, "%06o", sum);
    memcpy(header + 148, digits, 7);
}

/* One change: in the n-th member (from 1) that holds `find`, the text behind it. */
struct edit {
    const char *find;
    int member;
    /* Changes the text of the member, at the place behind `find`; may make it longer by up to 64
     * bytes. */
    void (*change)(char *text, size_t at, size_t *len);
};

static size_t find_text(const char *text, size_t len, const char *what)
{
    const char *found = memmem(text, len, what, strlen(what));
    return found ? (size_t)(found - text) + strlen(what) : 0;
}

enum { MEMBERS_MAX = 256 };

/* The archive with one edit, everything that names a changed member following. False when there was
 * nothing to edit. */
static bool rebuild(const struct held *from, const struct edit *edit, struct held *ret)
{
    static char before[MEMBERS_MAX][64], after[MEMBERS_MAX][64];
    int seen = 0, members = 0;
    ret->bytes = malloc(from->len + 64 * BLOCK);
    ret->len = 2 * BLOCK;
    if (!ret->bytes) return false;
    memcpy(ret->bytes, from->bytes, ret->len);
    for (size_t at = 2 * BLOCK; at < from->len && members < MEMBERS_MAX; members++) {
        char header[BLOCK];
        size_t len = size_at(from->bytes + at), step = BLOCK + padded(len);
        char *text = ret->bytes + ret->len + BLOCK;
        memcpy(header, from->bytes + at, BLOCK);
        memset(text, 0, padded(len + 64));
        memcpy(text, from->bytes + at + BLOCK, len);
        for (int i = 0; i < members; i++)
            for (char *old = text; (old = memmem(old, len - (size_t)(old - text), before[i], 64));)
                old = (char *)memcpy(old, after[i], 64) + 64;
        size_t place = find_text(text, len, edit->find);
        if (place && ++seen == edit->member) edit->change(text, place, &len);
        memcpy(before[members], header, 64);
        hash32 hash = sha256_of((str){text, len});
        write_header(header, &hash, len);
        memcpy(after[members], header, 64);
        memcpy(ret->bytes + ret->len, header, BLOCK);
        ret->len += BLOCK + padded(len);
        at += step;
    }
    return seen >= edit->member;
}

/* ---- changes ---- */

/* The point (0, -1) of order 2 is added to an element: it stays on the curve, and every other proof
 * would hold. */
static void add_torsion(char *text, size_t at, size_t *len)
{
    struct point point, torsion = {field_zero, field_zero, field_one, field_zero};
    uint8_t bytes[32];
    char digits[65];
    (void)len;
    for (int i = 0; i < 32; i++) {
        unsigned value = 0;
        memcpy(digits, text + at + 2 * i, 2);
        digits[2] = 0;
        sscanf(digits, "%2x", &value);
        bytes[31 - i] = (uint8_t)value;
    }
    field_neg(&torsion.y, &field_one);
    if (!CHECK(point_decode(&point, bytes), "an element")) return;
    point_add(&point, &point, &torsion);
    point_encode(bytes, &point);
    for (int i = 0; i < 32; i++) snprintf(digits + 2 * i, 3, "%02x", bytes[31 - i]);
    memcpy(text + at, digits, 64);
}

static void insert(char *text, size_t at, size_t *len, const char *what)
{
    size_t more = strlen(what);
    memmove(text + at + more, text + at, *len - at);
    memcpy(text + at, what, more);
    *len += more;
}

static void add_zero(char *text, size_t at, size_t *len)
{
    insert(text, at, len, "0");
}

static void add_space(char *text, size_t at, size_t *len)
{
    insert(text, at, len, " ");
}

static void add_field(char *text, size_t at, size_t *len)
{
    insert(text, at, len, "\"more\":1,");
}

/* The digit there becomes another. */
static void other_digit(char *text, size_t at, size_t *len)
{
    (void)len;
    text[at] = text[at] == '9' ? '8' : '9';
}

/* The number stays below the order. */
static void later_digit(char *text, size_t at, size_t *len)
{
    other_digit(text, at + 9, len);
}

static void less(char *text, size_t at, size_t *len)
{
    (void)len;
    text[at]--;
}

static const struct {
    const char *archive;
    struct edit edit;
    const char *found; /* how the verdict begins */
} lies[] = {
    {"c", {"\"public_key\":\"", 1, add_torsion}, "election: election: not in order"},
    {"c", {"\"public_key\":\"", 2, add_torsion}, "trustees: trustees: form not in order"},
    {"c", {"[\"2f03af", 1, other_digit}, "credentials: credential 1 is not in order"},
    {"c", {"\"extra\":{", 1, add_space}, "election: election: not in order"},
    {"c", {"\"version\":", 1, other_digit}, "election: election: not in order"},
    {"c", {"\"choices\":{\"alpha\":\"", 3, add_torsion}, "ballots: ballot 3: a ballot's form"},
    {"c", {"\"challenge\":\"", 3, add_zero}, "ballots: ballot 2: a ballot's"},
    {"c", {"{\"election_uuid\":", 1, add_space}, "ballots: ballot 1: a ballot's"},
    {"c", {"{\"ciphertexts\":[[{\"alpha\":\"", 1, add_torsion}, "shuffles: shuffle: not in order"},
    {"c", {"\"proofs\":[[[\"", 2, add_torsion}, "shuffles: shuffle: not in order"},
    {"c", {"[[{\"alpha\":\"", 1, add_torsion}, "tally: the encrypted tally is not"},
    {"c",
     {"\"decryption_factors\":[[\"", 1, add_torsion},
     "decryptions: a partial decryption is not in order"},
    {"c",
     {"\"decryption_factors\":[[\"", 3, add_torsion},
     "decryptions: a partial decryption is not in order"},
    {"c", {"{\"owner\":", 1, other_digit}, "shuffles: whose it is"},
    {"c", {"{\"owner\":", 4, other_digit}, "decryptions: whose it is"},
    {"c", {"\"total_weight\":", 1, other_digit}, "tally: number of ballots"},
    {"c", {"{\"height\":", 1, other_digit}, "archive: event 0"},
    {"c", {"{\"height\":0,", 1, add_field}, "archive: event 0"},
    {"c", {"{\"result\":[[[", 1, other_digit}, "result: the result is not what"},
    {"c", {"{\"result\":[[[", 1, add_space}, "result: the result is not in order"},
    {"a", {"{\"result\":[[", 1, less}, "result: the result is not what"},
    {"a", {"\"max\":", 1, other_digit}, "election: election: not in order"},
    {"a", {"\"min\":", 1, other_digit}, "election: election: not in order"},
    {"a", {"\"choices\":[{\"alpha\":\"", 1, add_torsion}, "ballots: ballot 1: a ballot's form"},
    {"a", {"[[{\"challenge\":\"", 1, later_digit}, "ballots: ballot 1: a ballot's proof"},
    {"a",
     {"\"overall_proof\":[{\"challenge\":\"", 1, later_digit},
     "ballots: ballot 1: a ballot's proof"},
    {"a",
     {"\"blank_proof\":[{\"challenge\":\"", 1, later_digit},
     "ballots: ballot 1: a ballot's proof"},
    {"b",
     {"[\"Pedersen\",{\"threshold\":", 1, less},
     "trustees: trustees: certificate not in order"},
    {"b",
     {"\\\"verification\\\":\\\"", 1, add_torsion},
     "trustees: trustees: certificate not in order"},
    {"b", {"\\\"size\\\":", 1, less}, "trustees: trustees: certificate not in order"},
    {"b",
     {"{\\\"coefexps\\\":[\\\"", 1, add_torsion},
     "trustees: trustees: coefficients not in order"},
    {"b",
     {"\"signatures\":[{\"challenge\":\"", 1, later_digit},
     "trustees: trustees: signature not in order"},
    {"b",
     {"\"verification_keys\":[{\"pok\":{\"challenge\":\"", 1, later_digit},
     "trustees: trustees: proof not in order"},
    {"d",
     {"\"overall_proof\":{\"challenge\":\"", 1, later_digit},
     "ballots: ballot 1: a ballot's proof"},
    {"d",
     {"\"list_proofs\":[[{\"challenge\":\"", 1, later_digit},
     "ballots: ballot 1: a ballot's proof"},
    {"d", {"\"commitment\":\"", 1, add_torsion}, "ballots: ballot 1: a ballot's form"},
    {"d",
     {"\"nonzero_proof\":{\"commitment\":\"", 2, other_digit},
     "ballots: ballot 2: a ballot's"},
};

static void test_lies(const char *name, const struct held *held)
{
    for (size_t i = 0; i < COUNT(lies); i++) {
        struct held changed = {0};
        char is[400] = "";
        if (strcmp(lies[i].archive, name) != 0) continue;
        if (CHECK(rebuild(held, &lies[i].edit, &changed), "%s: %s", name, lies[i].edit.find)) {
            verdict(&changed, is);
            CHECK(strncmp(is, lies[i].found, strlen(lies[i].found)) == 0, "%s %s %d: %s", name,
                  lies[i].edit.find, lies[i].edit.member, is);
        }
        free(changed.bytes);
    }
    /* Rebuilding itself changes nothing. */
    struct held same = {0};
    struct edit nothing = {"{\"owner\":", 1000, NULL};
    char is[400];
    CHECK(!rebuild(held, &nothing, &same) && same.len == held->len &&
              memcmp(same.bytes, held->bytes, same.len) == 0,
          "%s rebuilt", name);
    verdict(held, is);
    CHECK(!*is, "%s: %s", name, is);
    free(same.bytes);
}

static void add_weight_here(char *text, size_t at, size_t *len)
{
    insert(text, at, len, ",2");
}

/* Ranked ballots weigh 1: a weight is put behind the credential of the first ballot. */
static void test_ranked_weight(const struct held *held)
{
    struct held changed = {0};
    char find[80], is[400] = "";
    size_t at = find_text(held->bytes, held->len, "\"credential\":\"");
    snprintf(find, sizeof find, "\"%.64s", held->bytes + at);
    struct edit edit = {find, 1, add_weight_here}; /* the list stands before every ballot */
    if (CHECK(at > 0 && rebuild(held, &edit, &changed), "%s in the list", find)) {
        verdict(&changed, is);
        CHECK(strcmp(is, "tally: a ranked ballot has another weight than 1") == 0, "%s", is);
    }
    free(changed.bytes);
}

/* Any bit changed, any end cut off, anything added: refused. */
static void test_bytes(const char *name, struct held *held)
{
    char is[400];
    struct stream chance;
    stream_init(&chance, str_from(name));
    for (int i = 0; i < 24; i++) {
        size_t at = stream_below(&chance, held->len), bit = stream_below(&chance, 8);
        if (i < 8) at = (size_t)i * 67 % (2 * BLOCK); /* the first header */
        held->bytes[at] = (char)(held->bytes[at] ^ (1 << bit));
        verdict(held, is);
        CHECK(*is, "%s: byte %zu", name, at);
        held->bytes[at] = (char)(held->bytes[at] ^ (1 << bit));
    }
    for (int i = 0; i < 12; i++) {
        struct held cut = {held->bytes, stream_below(&chance, held->len)};
        if (i % 2) cut.len = cut.len / BLOCK * BLOCK;
        if (i < 4) cut.len = (size_t)i * 400;
        verdict(&cut, is);
        CHECK(*is, "%s: cut at %zu", name, cut.len);
    }
}

/* Memory runs out at the n-th call: the answer is that, never another verdict, and nothing is left
 * behind. */
static void test_memory(struct held *held)
{
    static struct judge_report report;
    struct bel_source source = {read_held, held, held->len};
    for (size_t n = 0; n < 10000; n++) {
        struct failing failing = {.fail_at = n, .sticky = true};
        enum code code = judge_archive(source, failing_alloc(&failing), &report, NULL);
        if (code == CODE_OK) {
            CHECK(report.ok, "call %zu: %s", n, report.checks[report.check_count - 1].detail);
            judge_report_done(&report);
        } else {
            CHECK(code == CODE_NO_MEMORY, "call %zu: %s", n, code_name(code));
        }
        CHECK(failing.live == 0, "call %zu: %lld left", n, (long long)failing.live);
        if (failing.calls <= n) return;
    }
    CHECK(false, "it never ends");
}

int main(void)
{
    static const struct {
        const char *name, *uuid;
    } archives[] = {{"a", "ej6jNNqYz1Uqjg"},
                    {"b", "DmV5ZKFk4LSndG"},
                    {"c", "anNmBffnmR61F9"},
                    {"d", "DC2waCLetrbRxM"}};
    for (size_t i = 0; i < COUNT(archives); i++) {
        char unpacked[DATA_PATH_MAX], name[2 * DATA_PATH_MAX];
        struct held held;
        snprintf(name, sizeof name, "belenios/%s.tar.xz", archives[i].name);
        if (!data_unpack(name, unpacked)) {
            check_skip("%s is absent", name);
            continue;
        }
        snprintf(name, sizeof name, "%s/%s/%s.bel", unpacked, archives[i].name, archives[i].uuid);
        held.bytes = check_read_file(name, &held.len);
        data_remove(unpacked);
        if (!CHECK(held.bytes, "%s", name)) continue;
        test_lies(archives[i].name, &held);
        if (i == 2) test_ranked_weight(&held);
        if (i == 2) test_bytes(archives[i].name, &held);
        if (i == 2) test_memory(&held);
        free(held.bytes);
    }
    return check_done();
}
