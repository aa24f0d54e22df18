/* An older copy of a record is refilled from an export of the newer one; what is not that record is
 * refused, and nothing is written then. */
#include "check.h"
#include "core/record/leaf.h"
#include "core/record/tile.h"
#include "folder.h"
#include "node/signer.h"
#include "sign/verify.h"
#include "store/export.h"
#include "store/recover.h"
#include <fcntl.h>
#include <unistd.h>

#define ORIGIN STR("a.example/b")
enum { WHOLE = 700, OLDER = 300 };
static const uint8_t seed[32] = {9};

static hash32 blob_name(void)
{
    return sha256_of(STR("a pile of papers"));
}

static void add_entry(struct store *store, struct merkle *tree, const char *act)
{
    struct buf leaf;
    str text = str_from(act);
    buf_init(&leaf, alloc_libc, LEAF_MAX);
    struct leaf parts = {1790000000 + (unix_s)tree->size, sha256_of(text), STR("motion.table"),
                         LEAF_MEMBERS};
    leaf_write(&leaf, &parts);
    hash32 blob = blob_name(), hash = merkle_leaf_hash(buf_str(&leaf));
    struct store_entry entry = {.leaf = buf_str(&leaf),
                                .act = text,
                                .id = sha256_of(text),
                                .blobs = &blob,
                                .blob_count = tree->size == 350};
    struct store_batch batch = {tree->size, &entry, 1, NULL, 0};
    CHECK(store_append(store, &batch, NULL) == CODE_OK, "append");
    CHECK(merkle_add(tree, &hash) == CODE_OK, "add");
    buf_done(&leaf);
}

static void fill(struct store *store, struct merkle *tree, uint64_t size, const char *word)
{
    hash32 name;
    merkle_init(tree, alloc_libc);
    if (size > 350)
        CHECK(store_blob_put(store, STR("a pile of papers"), &name, NULL) == CODE_OK, "blob");
    while (tree->size < size) {
        char act[64];
        snprintf(act, sizeof act, "%s %llu", word, (unsigned long long)tree->size);
        add_entry(store, tree, act);
    }
}

static struct store *new_store(void)
{
    struct store *store = NULL;
    CHECK(store_open_memory(alloc_libc, &store) == CODE_OK, "open");
    return store;
}

/* The whole record with its export in DIR/export and its lock in DIR/lock. */
static struct merkle_head make_record(const char *dir)
{
    struct store *store = new_store();
    struct merkle tree;
    struct buf note;
    struct log_signer *signer = NULL;
    struct export *export = NULL;
    struct merkle_proof proof = {0};
    fill(store, &tree, WHOLE, "act");
    struct merkle_head head = {WHOLE, merkle_root(&tree, WHOLE)};
    buf_init(&note, alloc_libc, 2000);
    CHECK(lock_create(dir, ORIGIN, NULL) == CODE_OK, "lock");
    CHECK(signer_open(dir, ORIGIN, seed, &signer, NULL) == CODE_OK, "signer");
    CHECK(signer_sign(signer, &head, &proof, &note, NULL) == CODE_OK, "sign");
    CHECK(export_open(dir, store, alloc_libc, &export, NULL) == CODE_OK, "export");
    CHECK(export_extend(export, &tree, buf_str(&note), NULL) == CODE_OK, "extend");
    export_close(export);
    signer_close(signer);
    buf_done(&note);
    merkle_done(&tree);
    store_close(store);
    return head;
}

static enum code blobs_of(void *context, const struct store_entry *entry, const hash32 **ret,
                          size_t *ret_count)
{
    if (!str_eq(entry->act, STR("act 350"))) return CODE_OK;
    *ret = context;
    *ret_count = 1;
    return CODE_OK;
}

struct trial {
    const char *dir;
    const uint8_t *seed; /* of the key the log is said to have */
    struct merkle_head lock;
};

static enum code refill(const struct trial *trial, struct store *store, struct recover_report *ret,
                        struct fail *fail)
{
    struct export_source *source = NULL;
    struct secret_key key;
    struct vkey vkey;
    struct buf text;
    hash32 blob = blob_name();
    secret_key_from_seed(&key, trial->seed);
    key32 public = secret_key_public(&key);
    buf_init(&text, alloc_libc, 1000);
    vkey_write(&text, ORIGIN, &public);
    CHECK(vkey_parse(buf_str(&text), &vkey, NULL) == CODE_OK, "vkey");
    CHECK(source_open(trial->dir, alloc_libc, &source, NULL) == CODE_OK, "source");
    struct recover_options options = {store,    source, &vkey,     trial->lock,
                                      blobs_of, &blob,  alloc_libc};
    enum code code = recover_refill(&options, ret, fail);
    source_close(source);
    buf_done(&text);
    return code;
}

static void test_refill(const struct trial *trial, uint64_t from)
{
    struct store *store = new_store();
    struct merkle tree;
    struct recover_report report = {0};
    struct fail fail = {0};
    struct buf blob;
    uint64_t size = 0;
    hash32 name = blob_name();
    fill(store, &tree, from, "act");
    enum code code = refill(trial, store, &report, &fail);
    CHECK(code == CODE_OK, "from %llu: %s", (unsigned long long)from, fail.message);
    CHECK(store_size(store, &size, NULL) == CODE_OK && size == WHOLE, "all is back");
    CHECK(report.entries == WHOLE - from && report.head.size == WHOLE, "the report says so");
    buf_init(&blob, alloc_libc, 100);
    CHECK(store_blob_get(store, &name, &blob, NULL) == CODE_OK, "the blob too");
    CHECK(store_blob_collect(store, &size, NULL) == CODE_OK && size == 0, "and it is named");
    buf_done(&blob);
    merkle_done(&tree);
    store_close(store);
}

static void expect(const struct trial *trial, const char *word, enum code want, const char *reason)
{
    struct store *store = new_store();
    struct merkle tree;
    struct recover_report report = {0};
    struct fail fail = {0};
    uint64_t size = 0;
    fill(store, &tree, OLDER, word);
    enum code code = refill(trial, store, &report, &fail);
    CHECK(code == want && strcmp(fail.reason, reason) == 0, "%s %s, not %s %s: %s", code_name(code),
          fail.reason, code_name(want), reason, fail.message);
    CHECK(store_size(store, &size, NULL) == CODE_OK && size == OLDER, "nothing was written");
    CHECK(report.entries == 0, "nothing is reported");
    merkle_done(&tree);
    store_close(store);
}

/* Flips one bit of a file of the export while `expect` runs. */
static void expect_with_flip(const struct trial *trial, const char *name, off_t at)
{
    char path[300], byte;
    struct store *store = new_store();
    struct merkle tree;
    struct recover_report report = {0};
    uint64_t size = 0;
    snprintf(path, sizeof path, "%s/export/%s", trial->dir, name);
    int fd = open(path, O_RDWR);
    if (!CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1, "%s", path)) return;
    char other = (char)(byte ^ 4);
    CHECK(pwrite(fd, &other, 1, at) == 1, "write");
    fill(store, &tree, OLDER, "act");
    CHECK(refill(trial, store, &report, NULL) != CODE_OK, "%s, byte %lld", name, (long long)at);
    CHECK(store_size(store, &size, NULL) == CODE_OK && size == OLDER, "nothing was written");
    CHECK(pwrite(fd, &byte, 1, at) == 1, "write");
    close(fd);
    merkle_done(&tree);
    store_close(store);
}

static void test_judge(const struct merkle_head *lock)
{
    struct store *store = new_store();
    struct merkle tree, other;
    fill(store, &tree, WHOLE, "act");
    store_close(store);
    store = new_store();
    fill(store, &other, WHOLE, "other");
    store_close(store);
    struct merkle_head earlier = {OLDER, merkle_root(&tree, OLDER)};
    struct merkle_head later = {WHOLE + 1, lock->root};
    CHECK(recover_judge(&tree, lock) == RECOVER_SOUND, "as signed");
    CHECK(recover_judge(&tree, &earlier) == RECOVER_UNSIGNED, "longer than signed");
    CHECK(recover_judge(&tree, &later) == RECOVER_MISSING, "shorter than signed");
    CHECK(recover_judge(&other, lock) == RECOVER_FORKED, "another record");
    CHECK(recover_judge(&other, &earlier) == RECOVER_FORKED, "another record");
    merkle_done(&tree);
    merkle_done(&other);
}

int main(void)
{
    char *dir = folder_make();
    static const uint8_t other_seed[32] = {10};
    CHECK(sign_start() == CODE_OK, "start");
    struct trial trial = {dir, seed, make_record(dir)};
    test_judge(&trial.lock);
    test_refill(&trial, OLDER);
    test_refill(&trial, 0);
    test_refill(&trial, 256);
    test_refill(&trial, WHOLE);
    struct trial other_key = trial, too_old = trial, other_lock = trial;
    other_key.seed = other_seed;
    too_old.lock.size = WHOLE + 1;
    other_lock.lock.size = 400;
    expect(&trial, "other", CODE_CORRUPT, "fork");
    expect(&too_old, "act", CODE_NOT_FOUND, "too-old");
    expect(&other_lock, "act", CODE_CORRUPT, "fork");
    expect(&other_key, "act", CODE_MALFORMED, "signers");
    expect_with_flip(&trial, "checkpoint", 20);
    expect_with_flip(&trial, "tile/entries/001", 0);
    expect_with_flip(&trial, "tile/entries/001", 20000);
    expect_with_flip(&trial, "tile/entries/002.p/188", 100);
    expect_with_flip(&trial, "tile/acts/001", 2000);
    expect_with_flip(&trial, "tile/acts/002.p/188", 3);
    expect_with_flip(&trial, "tile/acts/002.p/188", 1000);
    folder_remove(dir);
    return check_done();
}
