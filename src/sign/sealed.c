#include "sign/sealed.h"

#include "base/reader.h"

#include <sodium.h>

#define MAGIC STR("plenary.sealed/v1\n")
enum { SALT = 16, NONCE = 24, TAG = 16, KEY = 32, OPS_MAX = 64, MEMORY_MAX = 1 << 30 };
_Static_assert(SALT == crypto_pwhash_SALTBYTES && NONCE == crypto_secretbox_NONCEBYTES,
               "sizes of the file");
_Static_assert(TAG == crypto_secretbox_MACBYTES && KEY == crypto_secretbox_KEYBYTES,
               "sizes of the file");

struct limits {
    uint64_t ops, memory;
};

static enum code derive(str passphrase, const uint8_t salt[SALT], struct limits limits,
                        uint8_t ret[KEY], struct fail *fail)
{
    if (crypto_pwhash(ret, KEY, passphrase.at, passphrase.len, salt, limits.ops,
                      (size_t)limits.memory, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return CODE_OK;
    return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory to stretch the passphrase");
}

enum code sealed_write(str passphrase, str secret, enum sealed_cost cost, struct buf *ret,
                       struct fail *fail)
{
    uint8_t salt[SALT], nonce[NONCE], key[KEY];
    struct limits limits = {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
    if (cost == SEALED_LEAST)
        limits = (struct limits){crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    TRY(derive(passphrase, salt, limits, key, fail));
    buf_add(ret, MAGIC);
    buf_add_bytes(ret, salt, sizeof salt);
    buf_add_be64(ret, limits.ops);
    buf_add_be64(ret, limits.memory);
    buf_add_bytes(ret, nonce, sizeof nonce);
    uint8_t *box = buf_extend(ret, secret.len + TAG);
    if (box) (void)crypto_secretbox_easy(box, (const uint8_t *)secret.at, secret.len, nonce, key);
    sodium_memzero(key, sizeof key);
    return box ? buf_check(ret) : fail_set(fail, CODE_NO_MEMORY, "memory", "no memory to seal");
}

static bool limits_fit(const struct limits *limits)
{
    return limits->ops >= crypto_pwhash_OPSLIMIT_MIN && limits->ops <= OPS_MAX &&
           limits->memory >= crypto_pwhash_MEMLIMIT_MIN && limits->memory <= MEMORY_MAX &&
           limits->memory % 1024 == 0; /* Argon2id counts in KiB: one spelling per value */
}

enum code sealed_open(str passphrase, str sealed, struct buf *ret, struct fail *fail)
{
    struct reader r = reader_from(sealed);
    read_expect(&r, MAGIC);
    str salt = read_str(&r, SALT);
    struct limits limits = {0};
    limits.ops = read_be64(&r);
    limits.memory = read_be64(&r);
    str nonce = read_str(&r, NONCE);
    if (r.bad || reader_left(&r) < TAG || !limits_fit(&limits))
        return fail_set(fail, CODE_MALFORMED, "sealed", "expected a file sealed by plenary");
    str box = read_str(&r, reader_left(&r));
    uint8_t key[KEY];
    TRY(derive(passphrase, (const uint8_t *)salt.at, limits, key, fail));
    size_t before = ret->len;
    uint8_t *open = buf_extend(ret, box.len - TAG);
    bool good = open && crypto_secretbox_open_easy(open, (const uint8_t *)box.at, box.len,
                                                   (const uint8_t *)nonce.at, key) == 0;
    sodium_memzero(key, sizeof key);
    if (good) return CODE_OK;
    ret->len = before;
    if (!open && box.len > TAG)
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory to open");
    return fail_set(fail, CODE_NOT_YOURS, "passphrase",
                    "the passphrase is wrong, or the file was changed");
}
