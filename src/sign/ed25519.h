/* ed25519.h - Ed25519 (RFC 8032) as libsodium judges it: cofactorless, canonical S, no small order.
 * A faster path may only ever accept what this accepts. */
#ifndef PLENARY_SIGN_ED25519_H
#define PLENARY_SIGN_ED25519_H
#include "core/record/ids.h"

/* A private key. Never copied around, always wiped: secret_key_done. */
struct secret_key {
    uint8_t bytes[64]; /* seed || public key */
};

/* Once per process before anything else here; CODE_INTERNAL if the library cannot start.
 * Thread-safe, repeatable. */
enum code sign_start(void) MUST_CHECK;
void sign_random(void *ret, size_t len); /* from the operating system */
void sign_wipe(void *secret, size_t len);

void secret_key_from_seed(struct secret_key *ret, const uint8_t seed[32]);
void secret_key_random(struct secret_key *ret);
void secret_key_done(struct secret_key *key);
key32 secret_key_public(const struct secret_key *key);
void secret_key_seed(const struct secret_key *key, uint8_t ret[32]);

sig64 sign_message(const struct secret_key *key, str message);
bool sign_verify(const key32 *key, str message, const sig64 *signature) MUST_CHECK;
/* May this public key be admitted? Canonical encoding of a point of prime order. Checked once,
 * when a key enters. */
bool sign_key_valid(const key32 *key) MUST_CHECK;
#endif
