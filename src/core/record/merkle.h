/* merkle.h - the append-only tree of RFC 6962 section 2.1 over leaf hashes, kept by levels in
 * memory. 64 bytes a leaf. Roots, inclusion and consistency proofs for any size up to the present
 * one. */
#ifndef PLENARY_CORE_RECORD_MERKLE_H
#define PLENARY_CORE_RECORD_MERKLE_H
#include "base/arena.h"
#include "base/sha256.h"

enum { MERKLE_LEVELS = 54, MERKLE_PROOF_MAX = 64 }; /* sizes up to 2^53-1 */

struct merkle_level {
    hash32 *at;
    size_t count, room;
};
/* level[k].at[i] is the root of the complete subtree over leaves [i << k, (i+1) << k). */
struct merkle {
    struct alloc alloc;
    uint64_t size;
    struct merkle_level level[MERKLE_LEVELS];
};

struct merkle_proof {
    uint32_t count;
    hash32 at[MERKLE_PROOF_MAX];
};

/* SHA-256(0x00 || leaf); SHA-256(0x01 || left || right); SHA-256(""). */
hash32 merkle_leaf_hash(str leaf);
hash32 merkle_node_hash(const hash32 *left, const hash32 *right);
hash32 merkle_empty_root(void);

void merkle_init(struct merkle *tree, struct alloc alloc);
void merkle_done(struct merkle *tree);
/* Appends one leaf hash. CODE_NO_MEMORY: the tree is as before. */
enum code merkle_add(struct merkle *tree, const hash32 *leaf_hash) MUST_CHECK;
/* Root of the first `size` leaves; size <= tree->size. */
hash32 merkle_root(const struct merkle *tree, uint64_t size);
/* PATH(index, D[0:size]), RFC 6962 2.1.1; index < size <= tree->size, else CODE_NOT_FOUND. */
enum code merkle_inclusion(const struct merkle *tree, uint64_t index, uint64_t size,
                           struct merkle_proof *ret) MUST_CHECK;
/* PROOF(old, D[0:size]), RFC 6962 2.1.2; old <= size <= tree->size, else CODE_NOT_FOUND. Empty for
 * old = 0 and old = size. */
enum code merkle_consistency(const struct merkle *tree, uint64_t old_size, uint64_t size,
                             struct merkle_proof *ret) MUST_CHECK;

struct merkle_head { /* a size and its root */
    uint64_t size;
    hash32 root;
};
bool merkle_verify_inclusion(const struct merkle_head *head, uint64_t index,
                             const hash32 *leaf_hash, const struct merkle_proof *proof) MUST_CHECK;
bool merkle_verify_consistency(const struct merkle_head *old, const struct merkle_head *head,
                               const struct merkle_proof *proof) MUST_CHECK;
#endif
