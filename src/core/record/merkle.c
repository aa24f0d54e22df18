#include "core/record/merkle.h"

#include <string.h>

hash32 merkle_leaf_hash(str leaf)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, "\x00", 1);
    sha256_add_str(&sha, leaf);
    return sha256_done(&sha);
}

hash32 merkle_node_hash(const hash32 *left, const hash32 *right)
{
    uint8_t bytes[1 + 32 + 32] = {0x01};
    memcpy(bytes + 1, left->bytes, 32);
    memcpy(bytes + 33, right->bytes, 32);
    return sha256_of((str){(const char *)bytes, sizeof bytes});
}

hash32 merkle_empty_root(void)
{
    return sha256_of(STR(""));
}

void merkle_init(struct merkle *tree, struct alloc alloc)
{
    memset(tree, 0, sizeof *tree);
    tree->alloc = alloc;
}

void merkle_done(struct merkle *tree)
{
    if (!tree) return;
    for (size_t i = 0; i < MERKLE_LEVELS; i++)
        if (tree->level[i].at) tree->alloc.give(tree->alloc.self, tree->level[i].at);
    memset(tree->level, 0, sizeof tree->level);
    tree->size = 0;
}

static bool make_room(struct merkle *tree, struct merkle_level *level)
{
    if (level->count < level->room) return true;
    size_t room = level->room ? level->room + level->room / 2 + 1 : 4;
    if (room > SIZE_MAX / sizeof *level->at) return false;
    hash32 *at = tree->alloc.grow(tree->alloc.self, level->at, level->room * sizeof *level->at,
                                  room * sizeof *level->at);
    if (!at) return false;
    level->at = at;
    level->room = room;
    return true;
}

/* Levels that gain a node when leaf number `size` (0-based) is added: 1 + its trailing one bits. */
static uint32_t levels_gained(uint64_t size)
{
    uint32_t levels = 1;
    for (; size & 1; size >>= 1) levels++;
    return levels;
}

enum code merkle_add(struct merkle *tree, const hash32 *leaf_hash)
{
    uint32_t gained = levels_gained(tree->size);
    if (gained > MERKLE_LEVELS) return CODE_TOO_BIG;
    for (uint32_t k = 0; k < gained; k++)
        if (!make_room(tree, &tree->level[k])) return CODE_NO_MEMORY;
    hash32 hash = *leaf_hash;
    for (uint32_t k = 0; k < gained; k++) {
        struct merkle_level *level = &tree->level[k];
        level->at[level->count++] = hash;
        if (k + 1 < gained) hash = merkle_node_hash(&level->at[level->count - 2], &hash);
    }
    tree->size++;
    return CODE_OK;
}

/* Largest k with 2^k < size, for size > 1: the split of RFC 6962, "k be the largest power of two
 * smaller than n". */
static uint32_t split_level(uint64_t size)
{
    return 63u - (uint32_t)__builtin_clzll(size - 1);
}

/* MTH(D[first:first+size]) for a range as the RFC's recursion makes it: `first` a multiple of the
 * smallest power of two >= size. Read from the right: complete subtrees are stored, the ragged
 * edge is hashed together. */
static hash32 range_root(const struct merkle *tree, uint64_t first, uint64_t size)
{
    hash32 hash = {{0}};
    bool have = false;
    for (uint64_t end = first + size; size > 0;) {
        uint32_t k =
            (uint32_t)__builtin_ctzll(size); /* the smallest complete subtree is rightmost */
        const hash32 *node = &tree->level[k].at[(end >> k) - 1];
        hash = have ? merkle_node_hash(node, &hash) : *node;
        have = true;
        size -= UINT64_C(1) << k;
        end -= UINT64_C(1) << k;
    }
    return hash;
}

hash32 merkle_root(const struct merkle *tree, uint64_t size)
{
    if (size == 0 || size > tree->size) return merkle_empty_root();
    return range_root(tree, 0, size);
}

/* The RFC lists a proof from the leaf upwards; walking down from the root meets it backwards. */
static void reverse(struct merkle_proof *proof)
{
    for (uint32_t i = 0; i + 1 < proof->count - i; i++) {
        hash32 swap = proof->at[i];
        proof->at[i] = proof->at[proof->count - 1 - i];
        proof->at[proof->count - 1 - i] = swap;
    }
}

/* PATH(m, D[n]) = PATH(m, D[0:k]) : MTH(D[k:n]) for m < k
 *               = PATH(m - k, D[k:n]) : MTH(D[0:k]) for m >= k */
enum code merkle_inclusion(const struct merkle *tree, uint64_t index, uint64_t size,
                           struct merkle_proof *ret)
{
    if (size > tree->size || index >= size) return CODE_NOT_FOUND;
    uint64_t first = 0;
    ret->count = 0;
    while (size > 1) {
        uint64_t half = UINT64_C(1) << split_level(size);
        bool left = index < half;
        ret->at[ret->count++] =
            left ? range_root(tree, first + half, size - half) : range_root(tree, first, half);
        if (!left) {
            first += half;
            index -= half;
        }
        size = left ? half : size - half;
    }
    reverse(ret);
    return CODE_OK;
}

/* SUBPROOF(m, D[n], b) of RFC 6962 2.1.2; `whole` is the RFC's b: the old root is known to the
 * asker. */
enum code merkle_consistency(const struct merkle *tree, uint64_t old_size, uint64_t size,
                             struct merkle_proof *ret)
{
    if (size > tree->size || old_size > size) return CODE_NOT_FOUND;
    uint64_t first = 0;
    bool whole = true;
    ret->count = 0;
    if (old_size == 0) return CODE_OK;
    while (old_size < size) {
        uint64_t half = UINT64_C(1) << split_level(size);
        bool left = old_size <= half;
        ret->at[ret->count++] =
            left ? range_root(tree, first + half, size - half) : range_root(tree, first, half);
        if (!left) {
            first += half;
            old_size -= half;
            whole = false;
        }
        size = left ? half : size - half;
    }
    if (!whole) ret->at[ret->count++] = range_root(tree, first, size);
    reverse(ret);
    return CODE_OK;
}

bool merkle_verify_inclusion(const struct merkle_head *head, uint64_t index,
                             const hash32 *leaf_hash, const struct merkle_proof *proof)
{
    if (index >= head->size || proof->count > MERKLE_PROOF_MAX) return false;
    uint64_t node = index, last = head->size - 1; /* RFC 9162 2.1.3.2: fn and sn */
    hash32 hash = *leaf_hash;
    for (uint32_t i = 0; i < proof->count; i++) {
        if (last == 0) return false;
        if ((node & 1) || node == last) {
            hash = merkle_node_hash(&proof->at[i], &hash);
            for (; !(node & 1) && node != 0; node >>= 1) last >>= 1;
        } else {
            hash = merkle_node_hash(&hash, &proof->at[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash32_eq(&hash, &head->root);
}

/* RFC 9162 2.1.4.2, steps 3-7, behind the trivial cases. */
static bool verify_growth(const struct merkle_head *old, const struct merkle_head *head,
                          const struct merkle_proof *proof)
{
    uint64_t node = old->size - 1, last = head->size - 1;
    for (; node & 1; node >>= 1) last >>= 1;
    /* "If first is an exact power of 2, prepend first_hash to the path": node is then 0. */
    uint32_t i = 0;
    hash32 old_hash = node == 0 ? old->root : proof->at[i++];
    hash32 hash = old_hash;
    for (; i < proof->count; i++) {
        if (last == 0) return false;
        if ((node & 1) || node == last) {
            old_hash = merkle_node_hash(&proof->at[i], &old_hash);
            hash = merkle_node_hash(&proof->at[i], &hash);
            for (; !(node & 1) && node != 0; node >>= 1) last >>= 1;
        } else {
            hash = merkle_node_hash(&hash, &proof->at[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash32_eq(&old_hash, &old->root) && hash32_eq(&hash, &head->root);
}

bool merkle_verify_consistency(const struct merkle_head *old, const struct merkle_head *head,
                               const struct merkle_proof *proof)
{
    if (old->size > head->size || proof->count > MERKLE_PROOF_MAX) return false;
    if (old->size == 0) {
        hash32 empty = merkle_empty_root();
        bool empty_head = head->size > 0 || hash32_eq(&head->root, &empty);
        return proof->count == 0 && empty_head && hash32_eq(&old->root, &empty);
    }
    if (old->size == head->size) return proof->count == 0 && hash32_eq(&old->root, &head->root);
    return proof->count > 0 && verify_growth(old, head, proof);
}
