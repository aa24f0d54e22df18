/* The tree against the recursion of RFC 6962 written down naively, and proofs against every damage.
 */
#include "check.h"
#include "core/record/merkle.h"
#include "core/record/tile.h"

#include <stdio.h>
#include <string.h>

enum { SMALL = 70, LARGE = 1 << 20 };

static hash32 leaf_at(size_t i)
{
    char text[24];
    int len = snprintf(text, sizeof text, "leaf %zu", i);
    return merkle_leaf_hash((str){text, (size_t)len});
}

/* RFC 6962 2.1: "MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))" */
static hash32 naive_root(const hash32 *leaves, size_t n)
{
    if (n == 0) return sha256_of(STR(""));
    if (n == 1) return leaves[0];
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    hash32 left = naive_root(leaves, k), right = naive_root(leaves + k, n - k);
    return merkle_node_hash(&left, &right);
}

/* PATH(m, D[n]) */
static void naive_path(const hash32 *leaves, size_t m, size_t n, struct merkle_proof *ret)
{
    if (n == 1) return;
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    hash32 other;
    if (m < k) {
        naive_path(leaves, m, k, ret);
        other = naive_root(leaves + k, n - k);
    } else {
        naive_path(leaves + k, m - k, n - k, ret);
        other = naive_root(leaves, k);
    }
    ret->at[ret->count++] = other;
}

/* SUBPROOF(m, D[n], b) */
static void naive_subproof(const hash32 *leaves, size_t m, size_t n, bool b,
                           struct merkle_proof *ret)
{
    if (m == n) {
        if (!b) ret->at[ret->count++] = naive_root(leaves, n);
        return;
    }
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    hash32 other;
    if (m <= k) {
        naive_subproof(leaves, m, k, b, ret);
        other = naive_root(leaves + k, n - k);
    } else {
        naive_subproof(leaves + k, m - k, n - k, false, ret);
        other = naive_root(leaves, k);
    }
    ret->at[ret->count++] = other;
}

static bool same_proof(const struct merkle_proof *a, const struct merkle_proof *b)
{
    return a->count == b->count && memcmp(a->at, b->at, a->count * sizeof a->at[0]) == 0;
}

/* A proof with one hash changed, dropped, doubled or exchanged no longer holds. */
static size_t damaged_accepted(const struct merkle_proof *proof,
                               bool (*holds)(const void *, const struct merkle_proof *),
                               const void *context)
{
    size_t accepted = 0;
    for (uint32_t i = 0; i < proof->count; i++) {
        struct merkle_proof bad = *proof;
        bad.at[i].bytes[i % 32] ^= 0x10;
        accepted += holds(context, &bad);
        bad = *proof;
        memmove(&bad.at[i], &bad.at[i + 1], (proof->count - i - 1) * sizeof bad.at[0]);
        bad.count--;
        accepted += holds(context, &bad);
        bad = *proof;
        memmove(&bad.at[i + 1], &bad.at[i], (proof->count - i) * sizeof bad.at[0]);
        bad.count++;
        accepted += holds(context, &bad);
        if (i == 0) continue;
        bad = *proof;
        bad.at[i] = proof->at[i - 1];
        bad.at[i - 1] = proof->at[i];
        accepted += holds(context, &bad);
    }
    return accepted;
}

struct inclusion_case {
    struct merkle_head head;
    uint64_t index;
    hash32 leaf;
};
static bool inclusion_holds(const void *context, const struct merkle_proof *proof)
{
    const struct inclusion_case *c = context;
    return merkle_verify_inclusion(&c->head, c->index, &c->leaf, proof);
}

static void test_inclusion(const struct merkle *tree, const hash32 *leaves)
{
    size_t wrong = 0, forged = 0, moved = 0;
    for (uint64_t n = 1; n <= SMALL; n++) {
        for (uint64_t m = 0; m < n; m++) {
            struct merkle_proof proof, naive = {0};
            struct inclusion_case c = {{n, merkle_root(tree, n)}, m, leaves[m]};
            naive_path(leaves, m, n, &naive);
            wrong += merkle_inclusion(tree, m, n, &proof) != CODE_OK ||
                     !same_proof(&proof, &naive) || !inclusion_holds(&c, &proof);
            forged += damaged_accepted(&proof, inclusion_holds, &c);
            struct inclusion_case elsewhere = c;
            elsewhere.index = (m + 1) % n;
            moved += n > 1 && inclusion_holds(&elsewhere, &proof);
            elsewhere = c;
            elsewhere.leaf.bytes[7] ^= 1;
            moved += inclusion_holds(&elsewhere, &proof);
            elsewhere = c;
            elsewhere.index = m + n;
            moved += inclusion_holds(&elsewhere, &proof);
        }
        struct merkle_proof proof;
        CHECK(merkle_inclusion(tree, n, n, &proof) == CODE_NOT_FOUND, "index behind the end");
    }
    CHECK(wrong == 0, "%zu inclusion proofs differ from the RFC's recursion", wrong);
    CHECK(forged == 0, "%zu damaged inclusion proofs hold", forged);
    CHECK(moved == 0, "%zu inclusion proofs hold elsewhere", moved);
}

struct growth_case {
    struct merkle_head old, head;
};
static bool growth_holds(const void *context, const struct merkle_proof *proof)
{
    const struct growth_case *c = context;
    return merkle_verify_consistency(&c->old, &c->head, proof);
}

static void test_consistency(const struct merkle *tree, const hash32 *leaves)
{
    size_t wrong = 0, forged = 0, forked = 0;
    for (uint64_t n = 1; n <= SMALL; n++) {
        for (uint64_t m = 1; m <= n; m++) {
            struct merkle_proof proof, naive = {0};
            struct growth_case c = {{m, merkle_root(tree, m)}, {n, merkle_root(tree, n)}};
            naive_subproof(leaves, m, n, true, &naive);
            wrong += merkle_consistency(tree, m, n, &proof) != CODE_OK ||
                     !same_proof(&proof, &naive) || !growth_holds(&c, &proof);
            forged += damaged_accepted(&proof, growth_holds, &c);
            struct growth_case fork = c;
            fork.old.root.bytes[0] ^= 1;
            forked += growth_holds(&fork, &proof);
            fork = c;
            fork.head.root.bytes[31] ^= 0x80;
            forked += growth_holds(&fork, &proof);
            fork = c;
            fork.old.size = n + 1;
            forked += growth_holds(&fork, &proof);
        }
    }
    CHECK(wrong == 0, "%zu consistency proofs differ from the RFC's recursion", wrong);
    CHECK(forged == 0, "%zu damaged consistency proofs hold", forged);
    CHECK(forked == 0, "%zu forks were accepted", forked);
    struct merkle_proof none = {0};
    struct growth_case from_empty = {{0, merkle_empty_root()}, {5, merkle_root(tree, 5)}};
    CHECK(growth_holds(&from_empty, &none), "everything extends the empty tree");
    from_empty.old.root.bytes[0] ^= 1;
    CHECK(!growth_holds(&from_empty, &none), "the empty tree has one root");
}

static void test_small(void)
{
    struct merkle tree;
    hash32 leaves[SMALL];
    merkle_init(&tree, alloc_libc);
    for (size_t i = 0; i < SMALL; i++) {
        leaves[i] = leaf_at(i);
        CHECK(merkle_add(&tree, &leaves[i]) == CODE_OK, "leaf %zu", i);
    }
    for (size_t n = 0; n <= SMALL; n++) {
        hash32 root = merkle_root(&tree, n), naive = naive_root(leaves, n);
        CHECK(hash32_eq(&root, &naive), "root of %zu", n);
    }
    test_inclusion(&tree, leaves);
    test_consistency(&tree, leaves);
    merkle_done(&tree);
    merkle_done(&tree); /* twice does no harm */
}

/* A million leaves: proofs stay short and hold; tiles are the levels. */
static void test_large(void)
{
    struct merkle tree;
    merkle_init(&tree, alloc_libc);
    size_t failed = 0;
    for (size_t i = 0; i < LARGE + 7; i++) {
        hash32 leaf = leaf_at(i);
        failed += merkle_add(&tree, &leaf) != CODE_OK;
    }
    CHECK(failed == 0, "a million leaves fit");
    for (uint64_t index = 3; index < tree.size; index = index * 7 + 1) {
        struct merkle_proof proof;
        struct inclusion_case c = {
            {tree.size, merkle_root(&tree, tree.size)}, index, leaf_at(index)};
        CHECK(merkle_inclusion(&tree, index, tree.size, &proof) == CODE_OK, "proof of %zu",
              (size_t)index);
        CHECK(proof.count <= 21 && inclusion_holds(&c, &proof), "it is short and holds");
        struct growth_case g = {{index, merkle_root(&tree, index)}, c.head};
        CHECK(merkle_consistency(&tree, index, tree.size, &proof) == CODE_OK &&
                  growth_holds(&g, &proof),
              "growth");
    }
    struct tile tile = {.kind = TILE_HASHES, .level = 2, .index = 0, .width = 16};
    struct buf bytes;
    buf_init(&bytes, alloc_libc, 1 << 14);
    CHECK(tile_width_at(&tile, tree.size) == 16, "2^20 leaves give 16 hashes on level 2");
    CHECK(tile_write_hashes(&tree, &tile, &bytes) == CODE_OK && bytes.len == 16 * 32, "512 bytes");
    hash32 first = merkle_root(&tree, 1 << 16);
    CHECK(memcmp(bytes.at, first.bytes, 32) == 0, "each over 65,536 leaves");
    tile.width = 17;
    CHECK(tile_write_hashes(&tree, &tile, &bytes) == CODE_NOT_FOUND, "a tile wider than the tree");
    buf_done(&bytes);
    merkle_done(&tree);
}

/* A failed allocation leaves the tree as it was. */
static void test_no_memory(void)
{
    struct failing failing = {.fail_at = SIZE_MAX};
    struct merkle tree;
    merkle_init(&tree, failing_alloc(&failing));
    for (size_t i = 0; i < 40; i++) {
        hash32 leaf = leaf_at(i), before = merkle_root(&tree, tree.size);
        enum code code = CODE_NO_MEMORY;
        for (size_t n = 0; code == CODE_NO_MEMORY; n++) {
            failing.fail_at = failing.calls + n;
            code = merkle_add(&tree, &leaf);
            hash32 after = merkle_root(&tree, tree.size);
            if (code != CODE_OK)
                CHECK(tree.size == i && hash32_eq(&before, &after), "unchanged at %zu", i);
        }
    }
    hash32 leaves[40], root = merkle_root(&tree, 40);
    for (size_t i = 0; i < 40; i++) leaves[i] = leaf_at(i);
    hash32 naive = naive_root(leaves, 40);
    CHECK(hash32_eq(&root, &naive), "the root is right after all the failures");
    merkle_done(&tree);
    CHECK(failing.live == 0, "everything given back");
}

int main(void)
{
    test_small();
    test_large();
    test_no_memory();
    return check_done();
}
