/* The signer signs what extends its last checkpoint and nothing else, and never before its lock is
 * durable. */
#include "check.h"
#include "core/record/checkpoint.h"
#include "folder.h"
#include "node/signer.h"
#include "sign/verify.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORIGIN STR("a.example/b")
static const uint8_t seed[32] = {7};

static struct merkle_head head_of(const struct merkle *tree, uint64_t size)
{
    return (struct merkle_head){size, merkle_root(tree, size)};
}

static void grow(struct merkle *tree, uint64_t size, const char *kind)
{
    while (tree->size < size) {
        char leaf[40];
        int len = snprintf(leaf, sizeof leaf, "%s %llu", kind, (unsigned long long)tree->size);
        hash32 hash = merkle_leaf_hash((str){leaf, (size_t)len});
        CHECK(merkle_add(tree, &hash) == CODE_OK, "add");
    }
}

/* Asks for a signature over the first `size` leaves, with an honest proof from the signer's last.
 */
static enum code ask(struct log_signer *signer, const struct merkle *tree, uint64_t size,
                     struct buf *ret, struct fail *fail)
{
    struct merkle_proof proof = {0};
    struct merkle_head head = head_of(tree, size), last = signer_last(signer);
    if (last.size <= size)
        CHECK(merkle_consistency(tree, last.size, size, &proof) == CODE_OK, "proof");
    return signer_sign(signer, &head, &proof, ret, fail);
}

static void check_note(const struct log_signer *signer, str note, const struct merkle_head *want)
{
    struct buf text;
    struct vkey vkey;
    struct checkpoint checkpoint;
    struct fail fail = {0};
    key32 key = signer_key(signer);
    buf_init(&text, alloc_libc, 1000);
    vkey_write(&text, ORIGIN, &key);
    CHECK(vkey_parse(buf_str(&text), &vkey, NULL) == CODE_OK, "vkey");
    enum code code = checkpoint_verify(note, &vkey, &checkpoint, &fail);
    CHECK(code == CODE_OK, "%s", fail.message);
    CHECK(checkpoint.head.size == want->size && hash32_eq(&checkpoint.head.root, &want->root),
          "what was asked for");
    buf_done(&text);
}

static struct log_signer *open_signer(const char *dir)
{
    struct log_signer *signer = NULL;
    struct fail fail = {0};
    enum code code = signer_open(dir, ORIGIN, seed, &signer, &fail);
    CHECK(code == CODE_OK, "%s", fail.message);
    return signer;
}

static void test_signing(const char *dir, const struct merkle *tree)
{
    struct buf one, two;
    struct merkle_head head;
    buf_init(&one, alloc_libc, 2000);
    buf_init(&two, alloc_libc, 2000);
    struct log_signer *signer = open_signer(dir);
    for (uint64_t size = 0; size <= 20; size += size % 5 + 1) {
        head = head_of(tree, size);
        buf_clear(&one);
        CHECK(ask(signer, tree, size, &one, NULL) == CODE_OK, "size %llu",
              (unsigned long long)size);
        check_note(signer, buf_str(&one), &head);
        CHECK(signer_last(signer).size == size, "the last");
    }
    CHECK(ask(signer, tree, 20, &two, NULL) == CODE_OK, "again");
    CHECK(signer_last(signer).size == 20 && two.len > 0, "again");
    signer_close(signer);
    signer = open_signer(dir);
    head = signer_last(signer);
    CHECK(head.size == 20, "the lock outlives the process: %llu", (unsigned long long)head.size);
    buf_clear(&one);
    CHECK(ask(signer, tree, 20, &one, NULL) == CODE_OK, "again");
    CHECK(str_eq(buf_str(&one), buf_str(&two)), "the same bytes");
    signer_close(signer);
    buf_done(&one);
    buf_done(&two);
}

static void expect(const char *dir, const struct merkle *tree, uint64_t size, const char *reason)
{
    struct fail fail = {0};
    struct buf out;
    struct merkle_head before, after;
    buf_init(&out, alloc_libc, 2000);
    struct log_signer *signer = open_signer(dir);
    CHECK(lock_read(dir, ORIGIN, &before, NULL) == CODE_OK, "lock");
    struct merkle_proof proof = {0};
    struct merkle_head head = head_of(tree, size);
    if (size >= before.size)
        CHECK(merkle_consistency(tree, before.size, size, &proof) == CODE_OK, "proof");
    CHECK(signer_sign(signer, &head, &proof, &out, &fail) == CODE_CORRUPT, "%s", reason);
    CHECK(strcmp(fail.reason, reason) == 0, "%s, not %s", fail.reason, reason);
    CHECK(lock_read(dir, ORIGIN, &after, NULL) == CODE_OK, "lock");
    CHECK(out.len == 0 && after.size == before.size && hash32_eq(&after.root, &before.root),
          "nothing signed, lock untouched");
    signer_close(signer);
    buf_done(&out);
}

static void test_refusals(const char *dir, const struct merkle *tree)
{
    struct merkle other;
    merkle_init(&other, alloc_libc);
    grow(&other, 30, "other");
    expect(dir, tree, 19, "lock-ahead");
    expect(dir, tree, 0, "lock-ahead");
    expect(dir, &other, 20, "fork");
    expect(dir, &other, 21, "fork");
    expect(dir, &other, 30, "fork");
    struct merkle_head back = head_of(tree, 5), fork = head_of(&other, 20);
    CHECK(lock_advance(dir, ORIGIN, &back, NULL) == CODE_INTERNAL, "a lock never goes back");
    CHECK(lock_advance(dir, ORIGIN, &fork, NULL) == CODE_INTERNAL, "nor aside");
    merkle_done(&other);
}

enum { BLOCK = 4096 };

static void write_lock(const char *dir, const char *bytes, size_t len)
{
    char path[300];
    snprintf(path, sizeof path, "%s/lock/checkpoint", dir);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
    CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len, "write");
    close(fd);
}

/* The lock as it is found when those bytes stand there: its size, UINT64_MAX when it is damaged. */
static uint64_t lock_of(const char *dir, const char *bytes, size_t len)
{
    struct merkle_head head;
    write_lock(dir, bytes, len);
    enum code code = lock_read(dir, ORIGIN, &head, NULL);
    CHECK(code == CODE_OK || code == CODE_CORRUPT, "%s", code_name(code));
    return code == CODE_OK ? head.size : UINT64_MAX;
}

/* A crash while one block is written leaves any part of it new: the lock stands at the old size,
 * or, written whole, at the new one. */
static void test_torn(const char *dir, const char *good, unsigned newer, uint64_t before)
{
    char torn[2 * BLOCK];
    for (size_t cut = 0; cut < BLOCK; cut++) {
        memcpy(torn, good, sizeof torn);
        for (size_t i = cut; i < BLOCK; i++) torn[newer * BLOCK + i] ^= 1;
        CHECK(lock_of(dir, torn, sizeof torn) == before, "torn at %zu", cut);
        torn[(1 - newer) * BLOCK + cut] ^= 0x20;
        CHECK(lock_of(dir, torn, sizeof torn) == UINT64_MAX, "both damaged, %zu", cut);
    }
}

static void test_lock_file(const char *dir, const struct merkle *tree)
{
    size_t len = 0;
    char path[300], longer[2 * BLOCK + 1];
    struct merkle_head head, next = head_of(tree, 21);
    struct log_signer *signer = NULL;
    snprintf(path, sizeof path, "%s/lock/checkpoint", dir);
    CHECK(lock_advance(dir, ORIGIN, &next, NULL) == CODE_OK, "21 behind 20");
    char *good = check_read_file(path, &len);
    if (!CHECK(good && len == 2 * BLOCK, "two blocks")) return;
    unsigned newer = memcmp(good, good + BLOCK, BLOCK) < 0;
    CHECK(lock_of(dir, good, len) == 21, "the greater counts");
    test_torn(dir, good, newer, 20);
    for (size_t cut = 0; cut < len; cut += 7)
        CHECK(lock_of(dir, good, cut) == UINT64_MAX, "cut at %zu", cut);
    memcpy(longer, good, len);
    longer[len] = '\n';
    CHECK(lock_of(dir, longer, sizeof longer) == UINT64_MAX, "a line more");
    CHECK(lock_of(dir, good, len) == 21, "as it was");
    CHECK(lock_read(dir, STR("c.example/d"), &head, NULL) == CODE_CORRUPT, "another's lock");
    CHECK(lock_create(dir, ORIGIN, NULL) == CODE_BUSY, "never made twice");
    free(good);
    unlink(path);
    CHECK(signer_open(dir, ORIGIN, seed, &signer, NULL) == CODE_NOT_FOUND, "never without a lock");
}

/* A disk that takes nothing: no lock, so no signature. */
static int sign_on_full_disk(const char *dir, const struct merkle *tree)
{
    struct rlimit limit = {0, 0};
    struct buf out;
    struct log_signer *signer = NULL;
    buf_init(&out, alloc_libc, 2000);
    signal(SIGXFSZ, SIG_IGN);
    if (signer_open(dir, ORIGIN, seed, &signer, NULL) != CODE_OK) return 1;
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0) return 2;
    struct merkle_proof proof = {0};
    struct merkle_head head = head_of(tree, 25), last = signer_last(signer);
    if (merkle_consistency(tree, last.size, 25, &proof) != CODE_OK) return 3;
    if (signer_sign(signer, &head, &proof, &out, NULL) != CODE_IO) return 4;
    if (out.len != 0 || signer_last(signer).size != last.size) return 5;
    return 0;
}

static void test_full_disk(const char *dir, const struct merkle *tree)
{
    int status = 0;
    struct merkle_head head;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(sign_on_full_disk(dir, tree));
    CHECK(waitpid(child, &status, 0) == child && status == 0, "status %d", WEXITSTATUS(status));
    CHECK(lock_read(dir, ORIGIN, &head, NULL) == CODE_OK && head.size == 20, "the lock stands");
}

int main(void)
{
    struct merkle tree;
    char *dir = folder_make();
    struct log_signer *signer = NULL;
    merkle_init(&tree, alloc_libc);
    grow(&tree, 30, "leaf");
    CHECK(sign_start() == CODE_OK, "start");
    CHECK(signer_open(dir, ORIGIN, seed, &signer, NULL) == CODE_NOT_FOUND, "no lock yet");
    CHECK(lock_create(dir, ORIGIN, NULL) == CODE_OK, "founding");
    test_signing(dir, &tree);
    test_refusals(dir, &tree);
    test_full_disk(dir, &tree);
    test_lock_file(dir, &tree);
    merkle_done(&tree);
    folder_remove(dir);
    return check_done();
}
