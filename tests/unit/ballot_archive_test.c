/* Archives made by the reference tool (data/belenios): all are accepted with their result, and
 * whatever was done to them is refused by the check that it touches. */
#include "core/ballot/judge.h"
#include "count_data.h"

#include <dirent.h>

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

static const struct judge_check *last_check(const struct judge_report *report)
{
    return &report->checks[report->check_count - 1];
}

/* What was done, and which check must find it; check NULL: an archive alone cannot show it. */
static const struct {
    const char *done, *check;
} tampered[] = {
    {"all-shuffles-dropped", "archive"},
    {"altered-election", "ballots"}, /* valid by itself, but ballots name the hash of another */
    {"altered-encrypted-tally", "tally"},
    {"altered-result", "result"},
    {"bad-decryption-proof", "decryptions"},
    {"bad-proof-rehashed", "ballots"},
    {"bad-proof-unsigned", "ballots"},
    {"bad-trustee-pok", "trustees"},
    {"ballot-after-endballots", "archive"},
    {"credential-swapped", "ballots"},
    {"decryption-wrong-owner", "decryptions"},
    {"dropped-ballot-chain-rebuilt", "tally"},
    {"dropped-ballot-data-only", "archive"},
    {"dropped-ballot-raw", "archive"},
    {"duplicate-decryption", "decryptions"},
    {"duplicate-public-credential", "credentials"},
    {"e2e-dropped-ballots-redone-UNDETECTABLE", NULL},
    {"e2e-endballots-in-middle", "archive"},
    {"e2e-six-forged-ballots-counted", "ballots"},
    {"endballots-in-middle-tally-kept", "archive"},
    {"last-shuffle-ciphertext-duplicated", "shuffles"},
    {"missing-decryption", "decryptions"},
    {"no-endballots", "archive"},
    {"no-result", "archive"},
    {"no-signature", "ballots"},
    {"noncanonical-field-order", "ballots"},
    {"noncanonical-whitespace", "ballots"},
    {"replayed-ballot", "ballots"},
    {"shuffle-bad-response", "shuffles"},
    {"shuffle-ciphertexts-swapped", "shuffles"},
    {"shuffle-dropped-first", "shuffles"},
    {"shuffles-swapped", "shuffles"},
    {"trailing-bytes", "archive"},
    {"truncated-file", "archive"},
    {"truncated-result", "result"},
    {"two-results", "archive"},
    {"two-results-first-wrong", "result"},
    {"unlisted-credential", "ballots"},
    {"wrong-num-tallied", "tally"},
    {"wrong-signature", "ballots"},
    {"wrong-signature-hash", "ballots"},
    {"wrong-total-weight", "tally"},
};

static const struct {
    const char *name, *uuid;
    uint64_t cast, counted;
    /* The ballot that was dropped from its chain had been replaced by its voter, so that no count
     * changes. */
    bool dropped_unseen;
} archives[] = {
    {"a", "ej6jNNqYz1Uqjg", 21, 18, true},
    {"b", "DmV5ZKFk4LSndG", 15, 15, false},
    {"c", "anNmBffnmR61F9", 25, 25, false},
    {"d", "DC2waCLetrbRxM", 12, 12, false},
    {"e-belenios2048", "vXcZ7uvkETkUFo", 9, 8, true},
};

static void test_genuine(const char *folder, size_t which)
{
    char path[2 * DATA_PATH_MAX];
    struct judge_report report;
    struct held held;
    size_t len = 0;
    snprintf(path, sizeof path, "%s/%s/result.json", folder, archives[which].name);
    char *expected = check_read_file(path, &len);
    snprintf(path, sizeof path, "%s/%s/%s.bel", folder, archives[which].name, archives[which].uuid);
    held.bytes = check_read_file(path, &held.len);
    struct bel_source source = {read_held, &held, held.len};
    if (CHECK(expected && held.bytes, "%s", path) &&
        CHECK(judge_archive(source, alloc_libc, &report, NULL) == CODE_OK, "%s", path)) {
        CHECK(report.ok, "%s: %s", path, last_check(&report)->detail);
        CHECK(report.cast == archives[which].cast && report.counted == archives[which].counted,
              "%s: ballots", path);
        CHECK(report.spoiled_count == 0 && !report.certified, "%s", path);
        str is = report.result, wanted = str_trim((str){expected, len});
        CHECK(wanted.len == is.len + 11 && str_eq(str_sub(wanted, 10, is.len), is), "%s: %.*s",
              path, STR_ARG(is));
        judge_report_done(&report);
    }
    free(expected);
    free(held.bytes);
}

static void test_tampered(const char *path, const char *done, bool dropped_unseen)
{
    struct judge_report report;
    struct held held;
    const char *check = "?";
    for (size_t i = 0; i < COUNT(tampered); i++)
        if (strcmp(tampered[i].done, done) == 0) check = tampered[i].check;
    if (dropped_unseen && strcmp(done, "dropped-ballot-chain-rebuilt") == 0) check = NULL;
    held.bytes = check_read_file(path, &held.len);
    if (!CHECK(held.bytes && (!check || *check != '?'), "%s is a case we know", path)) return;
    struct bel_source source = {read_held, &held, held.len};
    if (CHECK(judge_archive(source, alloc_libc, &report, NULL) == CODE_OK, "%s", path)) {
        const struct judge_check *last = last_check(&report);
        CHECK(report.ok == !check && last->ok == !check, "%s: %s %s", path, last->name,
              last->detail);
        CHECK(!check || strcmp(last->name, check) == 0, "%s: found by %s: %s", path, last->name,
              last->detail);
        CHECK(!check || report.result.len == 0, "%s: no result of what was refused", path);
        judge_report_done(&report);
    }
    free(held.bytes);
}

static void test_folder(const char *folder, size_t which)
{
    char path[2 * DATA_PATH_MAX], file[4 * DATA_PATH_MAX], done[256];
    size_t found = 0;
    snprintf(path, sizeof path, "%s/%s/tampered", folder, archives[which].name);
    DIR *dir = opendir(path);
    if (!CHECK(dir, "%s", path)) return;
    for (const struct dirent *entry; (entry = readdir(dir));) {
        const char *cut = strstr(entry->d_name, "__"), *end = strstr(entry->d_name, ".bel");
        if (!cut || !end) continue;
        snprintf(done, sizeof done, "%.*s", (int)(end - cut - 2), cut + 2);
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        test_tampered(file, done, archives[which].dropped_unseen);
        found++;
    }
    closedir(dir);
    CHECK(found > 30, "%s: only %zu", path, found);
}

int main(void)
{
    for (size_t i = 0; i < COUNT(archives); i++) {
        char unpacked[DATA_PATH_MAX], name[64];
        snprintf(name, sizeof name, "belenios/%s.tar.xz", archives[i].name);
        if (!data_unpack(name, unpacked)) {
            check_skip("%s is absent", name);
            continue;
        }
        test_genuine(unpacked, i);
        test_folder(unpacked, i);
        data_remove(unpacked);
    }
    return check_done();
}
