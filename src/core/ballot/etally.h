/* etally.h - the encrypted tally of a poll, its decryption and its result
 * (specification, 4.19, 4.21, 4.22). */
#ifndef PLENARY_CORE_BALLOT_ETALLY_H
#define PLENARY_CORE_BALLOT_ETALLY_H
#include "base/buf.h"
#include "core/ballot/judge.h"
#include "core/ballot/shuffle.h"
#include "core/ballot/trustees.h"

/* The ciphertexts to be decrypted, question after question: of a ranked one a ciphertext per
 * ballot, of the others one per choice. */
struct tally {
    const struct poll *poll;
    struct cipher **columns; /* per question */
    uint32_t *lengths;       /* of the columns */
    uint32_t ballots, room;  /* ballots counted so far, of at most `room` */
};
/* Room for `ballots` ballots, from `arena`. */
enum code etally_init(struct tally *tally, const struct poll *poll, uint32_t ballots,
                      struct arena *arena) MUST_CHECK;
/* Counts one ballot's ciphertexts `weight` times. False when ranked ballots have another weight
 * than 1. */
bool etally_add(struct tally *tally, const struct cipher *ciphers, uint64_t weight) MUST_CHECK;
/* Ranked ciphertexts in the order in which they stand in an archive. */
enum code etally_sort(struct tally *tally, struct alloc alloc) MUST_CHECK;
/* The JSON of all of it. */
void etally_write(const struct tally *tally, struct buf *ret);
/* The ranked columns, and their replacement after a shuffle. */
enum code etally_ranked(const struct tally *tally, struct arena *arena,
                        struct shuffled *ret) MUST_CHECK;
void etally_replace(struct tally *tally, const struct shuffled *shuffled);

uint32_t etally_cells(const struct tally *tally);
/* Reads a partial decryption and judges every proof with the trustee's key; its factors,
 * etally_cells() of them, from `arena`. CODE_MALFORMED "decryption" (form), "proof";
 * CODE_NO_MEMORY. */
enum code etally_read_decryption(const struct tally *tally, const union element *key, str text,
                                 struct arena *arena, union element **ret,
                                 struct fail *fail) MUST_CHECK;
/* Do these shares, one place for each trustee, NULL where none came, decrypt? CODE_MALFORMED
 * "shares". */
enum code etally_shares_suffice(const struct trustees *trustees, union element *const *shares,
                                struct fail *fail) MUST_CHECK;
/* Decrypts with shares that suffice and judges the stated result. The array of the result in
 * `ret_result`, a view of `text`; spoiled ballots are added to `report`. CODE_MALFORMED "result";
 * CODE_NO_MEMORY. */
enum code etally_read_result(const struct tally *tally, const struct trustees *trustees,
                             union element *const *shares, uint64_t total_weight, str text,
                             struct arena *arena, struct judge_report *report, str *ret_result,
                             struct fail *fail) MUST_CHECK;
#endif
