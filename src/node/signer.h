/* signer.h - the holder of the log key. It signs checkpoints and nothing else, each extending its
 * last one.
 *
 * It alone owns the checkpoint lock: it checks that the new tree is consistent with the one it
 * signed last, makes the lock durable, then signs. Whoever breaks into everything else cannot make
 * it sign two histories, short of taking key and lock together. */
#ifndef PLENARY_NODE_SIGNER_H
#define PLENARY_NODE_SIGNER_H
#include "base/buf.h"
#include "sign/ed25519.h"
#include "store/lock.h"

struct log_signer;

/* `dir` is the organisation's folder, which must hold a lock for `origin` (lock_create); `seed` the
 * log key's secret seed, copied, wiped at close. */
enum code signer_open(const char *dir, str origin, const uint8_t seed[32], struct log_signer **ret,
                      struct fail *fail) MUST_CHECK;
/* Wipes the key. Accepts NULL. */
void signer_close(struct log_signer *signer);
/* Size and root signed last; size 0 before the first. The consistency proof starts there. */
struct merkle_head signer_last(const struct log_signer *signer);
/* Public part of the log key. */
key32 signer_key(const struct log_signer *signer);
/* Appends the signed checkpoint of `head` to `ret`; `proof` is the consistency proof from the last
 * size to head->size. CODE_CORRUPT "lock-ahead" when head->size is below the last (an older copy of
 * the log was restored: see `plenary recover`), "fork" when the proof does not connect the two
 * trees. CODE_IO when the lock cannot be made durable: nothing is signed then. Asked again for its
 * last head it gives the same bytes. */
enum code signer_sign(struct log_signer *signer, const struct merkle_head *head,
                      const struct merkle_proof *proof, struct buf *ret,
                      struct fail *fail) MUST_CHECK;
#ifdef PLENARY_TAKEOVER_SWITCHES
/* The test build without its lock: signs as if it had signed nothing yet, and remembers nothing. */
void signer_forget(struct log_signer *signer);
#endif
#endif
