/* poll.h - what an archive's election says (specification, 4.10 and 4.11), and how elements, proofs
 * and ciphertexts are read from its JSON. */
#ifndef PLENARY_CORE_BALLOT_POLL_H
#define PLENARY_CORE_BALLOT_POLL_H
#include "core/ballot/bjson.h"
#include "core/ballot/group.h"

enum { QUESTIONS_MAX = 256, CHOICES_MAX = 4096 };

struct proof {
    union exponent challenge, response;
};
struct cipher {
    union element alpha, beta;
};

enum question_kind { QUESTION_HOMOMORPHIC, QUESTION_RANKED, QUESTION_LISTS };
struct question {
    enum question_kind kind;
    uint32_t answers; /* named; of lists: the number of lists */
    uint32_t *list;   /* of lists: how many entries each has, its own name included; else NULL */
    bool blank; /* homomorphic: an empty vote is allowed and has a ciphertext of its own, the first
                 */
    uint32_t min, max;
    uint32_t ciphers; /* in one answer */
};
struct poll {
    struct group group;
    union element key;    /* y */
    char fingerprint[44]; /* phi: base64 of the hash of the election, without padding */
    str uuid;
    struct question *questions;
    uint32_t question_count;
    uint32_t cipher_count; /* of one ballot */
    uint32_t ranked_count; /* questions of that kind */
};

/* Reads an election; memory from `arena`, views of it and of `text`. CODE_MALFORMED "election",
 * "group", "key", "question"; CODE_NO_MEMORY. */
enum code poll_read(str text, struct arena *arena, struct poll *ret, struct fail *fail) MUST_CHECK;

/* Parts of messages; the cursor is refused where one is not in order. */
void read_element(struct bjson *json, const struct group *group, union element *ret);
void read_exponent(struct bjson *json, const struct group *group, union exponent *ret);
void read_proof(struct bjson *json, const struct group *group, struct proof *ret);
void read_cipher(struct bjson *json, const struct group *group, struct cipher *ret);
/* Hexadecimal, 64 digits. */
hash32 read_hash(struct bjson *json);
#endif
