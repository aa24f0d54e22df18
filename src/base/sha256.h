/* sha256.h - SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869). OpenSSL's SHA-256 natively; a
 * portable one (-DPLENARY_PORTABLE_SHA256) for WebAssembly, compared in the tests. */
#ifndef PLENARY_BASE_SHA256_H
#define PLENARY_BASE_SHA256_H
#include "base/base.h"

typedef struct hash32 {
    uint8_t bytes[32];
} hash32;

struct sha256 { /* running state; no ownership, may be copied */
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t len);
void sha256_add_str(struct sha256 *sha, str s);
hash32 sha256_done(struct sha256 *sha);
hash32 sha256_of(str bytes);
bool hash32_eq(const hash32 *a, const hash32 *b);
/* memcmp order. */
int hash32_cmp(const hash32 *a, const hash32 *b);
hash32 hmac_sha256(str key, str message);
/* HKDF-SHA256 extract and expand; out_len <= 255*32. */
void hkdf_sha256(str key_material, str salt, str info, uint8_t *ret, size_t out_len);

/* A deterministic stream for rehearsals, tests and lots: block i = SHA-256("plenary.stream/v1|" s
 * "|" i) with s = the 32 bytes SHA-256(seed) and i = 0, 1, ... as 8 bytes, big-endian. Never a
 * source of secrets outside rehearsals. */
struct stream {
    hash32 seed;
    uint64_t next;
    uint8_t block[32];
    size_t used;
};
void stream_init(struct stream *stream, str seed);
void stream_bytes(struct stream *stream, void *ret, size_t len);
/* Uniform in [0, bound), bound > 0: 8 bytes big-endian x, drawn again while x >= the largest
 * multiple of bound that is <= 2^64; then x mod bound. */
uint64_t stream_below(struct stream *stream, uint64_t bound);
#endif
