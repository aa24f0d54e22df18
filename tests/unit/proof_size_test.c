/* The receipt of an act among a million - index, inclusion proof, signed checkpoint, in one text -
 * stays under 3 KB wherever the act stands, and proves it. */
#include "check.h"
#include "core/record/proof.h"
#include "sign/verify.h"

#include <stdio.h>

enum { LEAVES = 1000000, RECEIPT_MAX = 3 * 1024 };

static hash32 leaf_of(uint32_t index)
{
    return merkle_leaf_hash((str){(const char *)&index, sizeof index});
}

static void sign_checkpoint(const struct merkle *tree, str origin, struct buf *note)
{
    static const uint8_t seed[32] = {1};
    struct secret_key key;
    struct buf text;
    struct checkpoint checkpoint = {origin, {tree->size, merkle_root(tree, tree->size)}};
    buf_init(&text, alloc_libc, CHECKPOINT_TEXT_MAX);
    secret_key_from_seed(&key, seed);
    checkpoint_write(&text, &checkpoint);
    struct signer signer = {origin, &key};
    note_sign(note, buf_str(&text), &signer, 1);
    CHECK(buf_check(&text) == CODE_OK && buf_check(note) == CODE_OK, "memory");
    secret_key_done(&key);
    buf_done(&text);
}

/* Bytes of the receipt of leaf `index`; 0 when it does not prove it. */
static size_t receipt_size(const struct merkle *tree, str checkpoint, uint32_t index)
{
    struct log_proof proof = {.index = index, .checkpoint = checkpoint}, read;
    struct buf text;
    buf_init(&text, alloc_libc, 1 << 16);
    enum code code = merkle_inclusion(tree, index, tree->size, &proof.proof);
    log_proof_write(&text, &proof);
    if (code == CODE_OK) code = buf_check(&text);
    if (code == CODE_OK) code = log_proof_decode(buf_str(&text), &read, NULL);
    struct merkle_head head = {tree->size, merkle_root(tree, tree->size)};
    hash32 leaf = leaf_of(index);
    bool proves = code == CODE_OK && merkle_verify_inclusion(&head, index, &leaf, &read.proof);
    size_t size = proves ? text.len : 0;
    buf_done(&text);
    return size;
}

int main(void)
{
    struct merkle tree;
    struct buf note;
    size_t largest = 0;
    static const char longest[] =
        "an-organisation-whose-name-on-the-network-is-as-long-as-any-may-be.example/"
        "with-a-long-name-after-it";
    str origin = {longest, sizeof longest - 1};
    merkle_init(&tree, alloc_libc);
    buf_init(&note, alloc_libc, 4096);
    CHECK(sign_start() == CODE_OK && origin.len == ORIGIN_MAX, "%zu bytes of origin", origin.len);
    for (uint32_t i = 0; i < LEAVES; i++) {
        hash32 leaf = leaf_of(i);
        if (merkle_add(&tree, &leaf) != CODE_OK) return 1;
    }
    sign_checkpoint(&tree, origin, &note);
    for (uint32_t i = 0; i < LEAVES; i = i < LEAVES - 4444 ? i + 3333 : i + 1) {
        size_t size = receipt_size(&tree, buf_str(&note), i);
        CHECK(size > 0 && size < RECEIPT_MAX, "leaf %u: %zu bytes", i, size);
        if (size > largest) largest = size;
    }
    printf("largest receipt: %zu bytes\n", largest);
    merkle_done(&tree);
    buf_done(&note);
    return check_done();
}
