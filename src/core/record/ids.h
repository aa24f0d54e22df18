/* ids.h - the fixed-size values of the record, each its own type so that two of them cannot be
 * swapped. */
#ifndef PLENARY_CORE_RECORD_IDS_H
#define PLENARY_CORE_RECORD_IDS_H
#include "base/sha256.h"

typedef struct key32 { /* Ed25519 public key, RFC 8032 encoding */
    uint8_t bytes[32];
} key32;
typedef struct sig64 { /* Ed25519 signature R || S */
    uint8_t bytes[64];
} sig64;
typedef struct keyid4 { /* first 4 bytes of SHA-256(name || 0x0A || 0x01 || public key) */
    uint8_t bytes[4];
} keyid4;
typedef struct mid16 { /* member id: 128 random bits, never derived from a name */
    uint8_t bytes[16];
} mid16;
typedef struct device4 { /* device id: random, never used twice by one member */
    uint8_t bytes[4];
} device4;
typedef struct nonce16 {
    uint8_t bytes[16];
} nonce16;

bool key32_eq(const key32 *a, const key32 *b);
bool keyid4_eq(const keyid4 *a, const keyid4 *b);
bool mid16_eq(const mid16 *a, const mid16 *b);
/* memcmp order. */
int mid16_cmp(const mid16 *a, const mid16 *b);
bool device4_eq(const device4 *a, const device4 *b);

/* "host.example/branch": [a-z0-9]([a-z0-9.-]*[a-z0-9])?/[a-z0-9]([a-z0-9-]*[a-z0-9])?, at most 100
 * bytes. */
enum { ORIGIN_MAX = 100 };
bool origin_valid(str origin);
/* True for rehearsal.invalid/<org>: declared clock, seeded randomness and printed codes exist only
 * there. */
bool origin_is_rehearsal(str origin);
/* "motion.table": [a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*, at most 100 bytes. */
enum { KIND_MAX = 100 };
bool kind_valid(str kind);
#endif
