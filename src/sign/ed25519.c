#include "sign/ed25519.h"

#include <sodium.h>
#include <string.h>

_Static_assert(crypto_sign_SECRETKEYBYTES == sizeof(struct secret_key), "seed || public key");
_Static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(key32), "public key");
_Static_assert(crypto_sign_BYTES == sizeof(sig64), "R || S");

enum code sign_start(void)
{
    return sodium_init() < 0 ? CODE_INTERNAL : CODE_OK;
}

void sign_random(void *ret, size_t len)
{
    randombytes_buf(ret, len);
}

void sign_wipe(void *secret, size_t len)
{
    sodium_memzero(secret, len);
}

void secret_key_from_seed(struct secret_key *ret, const uint8_t seed[32])
{
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    (void)crypto_sign_seed_keypair(public_key, ret->bytes, seed);
}

void secret_key_random(struct secret_key *ret)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    sign_random(seed, sizeof seed);
    secret_key_from_seed(ret, seed);
    sign_wipe(seed, sizeof seed);
}

void secret_key_done(struct secret_key *key)
{
    if (key) sign_wipe(key->bytes, sizeof key->bytes);
}

key32 secret_key_public(const struct secret_key *key)
{
    key32 public_key;
    memcpy(public_key.bytes, key->bytes + crypto_sign_SEEDBYTES, sizeof public_key.bytes);
    return public_key;
}

void secret_key_seed(const struct secret_key *key, uint8_t ret[32])
{
    memcpy(ret, key->bytes, crypto_sign_SEEDBYTES);
}

sig64 sign_message(const struct secret_key *key, str message)
{
    sig64 signature;
    (void)crypto_sign_detached(signature.bytes, NULL, (const uint8_t *)message.at, message.len,
                               key->bytes);
    return signature;
}

bool sign_verify(const key32 *key, str message, const sig64 *signature)
{
    return crypto_sign_verify_detached(signature->bytes, (const uint8_t *)message.at, message.len,
                                       key->bytes) == 0;
}

bool sign_key_valid(const key32 *key)
{
    return crypto_core_ed25519_is_valid_point(key->bytes) == 1;
}
