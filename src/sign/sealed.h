/* sealed.h - bytes under a passphrase: Argon2id and XSalsa20-Poly1305 as libsodium makes them. For
 * files that people keep offline: the registrar's secrets, recovery files.
 *
 *     "plenary.sealed/v1\n" | salt 16 | ops limit be64 | memory limit in bytes be64 | nonce 24 |
 * box */
#ifndef PLENARY_SIGN_SEALED_H
#define PLENARY_SIGN_SEALED_H
#include "base/buf.h"

/* How hard each trial of a passphrase is made. */
enum sealed_cost {
    SEALED_USUAL, /* about a second and 256 MiB */
    SEALED_LEAST  /* as little as the method allows: tests */
};
/* Appends the sealed bytes. CODE_NO_MEMORY, also when there is none for the derivation. */
enum code sealed_write(str passphrase, str secret, enum sealed_cost cost, struct buf *ret,
                       struct fail *fail) MUST_CHECK;
/* Appends what was sealed. CODE_MALFORMED "sealed" (not such a file, or limits beyond 1 GiB),
 * CODE_NOT_YOURS "passphrase" (wrong, or the bytes were changed). */
enum code sealed_open(str passphrase, str sealed, struct buf *ret, struct fail *fail) MUST_CHECK;
#endif
