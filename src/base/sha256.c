#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include <string.h>

#ifdef PLENARY_PORTABLE_SHA256

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotr(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

/* FIPS 180-4, 6.2.2 step 1. */
static void schedule(uint32_t w[64], const uint8_t *block)
{
    for (size_t t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (size_t t = 16; t < 64; t++) {
        uint32_t a = w[t - 15], b = w[t - 2];
        uint32_t s0 = rotr(a, 7) ^ rotr(a, 18) ^ a >> 3;
        uint32_t s1 = rotr(b, 17) ^ rotr(b, 19) ^ b >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

/* Step 3 for one t. The names move instead of the values: eight rounds bring each back to its
 * place. */
static inline __attribute__((always_inline)) void turn(uint32_t v[8], unsigned t, uint32_t word)
{
    uint32_t a = v[(8 - t) % 8], b = v[(9 - t) % 8], c = v[(10 - t) % 8];
    uint32_t e = v[(12 - t) % 8], f = v[(13 - t) % 8], g = v[(14 - t) % 8];
    uint32_t s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25),
             s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    uint32_t choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    uint32_t t1 = v[(15 - t) % 8] + s1 + choice + word;
    v[(11 - t) % 8] += t1;
    v[(15 - t) % 8] = t1 + s0 + majority;
}

/* Steps 2 to 4: a..h of the standard start as v[0]..v[7]. */
static void compress(uint32_t state[8], const uint8_t *block)
{
    uint32_t w[64], v[8];
    schedule(w, block);
    memcpy(v, state, sizeof v);
    for (size_t t = 0; t < 64; t += 8) {
        turn(v, 0, round_constants[t] + w[t]);
        turn(v, 1, round_constants[t + 1] + w[t + 1]);
        turn(v, 2, round_constants[t + 2] + w[t + 2]);
        turn(v, 3, round_constants[t + 3] + w[t + 3]);
        turn(v, 4, round_constants[t + 4] + w[t + 4]);
        turn(v, 5, round_constants[t + 5] + w[t + 5]);
        turn(v, 6, round_constants[t + 6] + w[t + 6]);
        turn(v, 7, round_constants[t + 7] + w[t + 7]);
    }
    for (size_t i = 0; i < 8; i++) state[i] += v[i];
}

static void compress_blocks(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) compress(state, blocks + 64 * i);
}

#else
#include <openssl/sha.h>

/* OpenSSL's own layout lives only here: its state goes in and out, so ours can be copied and
 * compared. */
static void compress_blocks(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    SHA256_CTX ctx;
    memcpy(ctx.h, state, sizeof ctx.h);
    ctx.Nl = ctx.Nh = 0;
    ctx.num = 0;
    (void)SHA256_Update(&ctx, blocks, 64 * count);
    memcpy(state, ctx.h, sizeof ctx.h);
}
#endif

void sha256_init(struct sha256 *sha)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(sha->state, start, sizeof sha->state);
    sha->length = 0;
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t len)
{
    if (len == 0) return;
    const uint8_t *at = bytes;
    size_t held = sha->length % 64;
    sha->length += len;
    if (held) {
        size_t part = len < 64 - held ? len : 64 - held;
        memcpy(sha->block + held, at, part);
        if (held + part < 64) return;
        compress_blocks(sha->state, sha->block, 1);
        at += part;
        len -= part;
    }
    if (len >= 64) compress_blocks(sha->state, at, len / 64);
    memcpy(sha->block, at + len / 64 * 64, len % 64);
}

void sha256_add_str(struct sha256 *sha, str s)
{
    sha256_add(sha, s.at, s.len);
}

hash32 sha256_done(struct sha256 *sha)
{
    /* FIPS 180-4, 5.1.1: a one bit, zeros, the length in bits as 64 bits. */
    uint8_t tail[128] = {0};
    size_t held = sha->length % 64, size = held < 56 ? 64 : 128;
    uint64_t bits = sha->length * 8;
    memcpy(tail, sha->block, held);
    tail[held] = 0x80;
    for (size_t i = 0; i < 8; i++) tail[size - 1 - i] = (uint8_t)(bits >> (8 * i));
    compress_blocks(sha->state, tail, size / 64);
    hash32 hash;
    for (size_t i = 0; i < 32; i++)
        hash.bytes[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
    return hash;
}

hash32 sha256_of(str bytes)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, bytes);
    return sha256_done(&sha);
}

bool hash32_eq(const hash32 *a, const hash32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

int hash32_cmp(const hash32 *a, const hash32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

/* RFC 2104 with block size 64: the inner hash is begun, the outer key kept for hmac_done. */
struct hmac {
    struct sha256 inner;
    uint8_t outer_key[64];
};

static void hmac_init(struct hmac *hmac, str key)
{
    uint8_t pad[64] = {0};
    if (key.len > sizeof pad) {
        hash32 hashed = sha256_of(key);
        memcpy(pad, hashed.bytes, sizeof hashed.bytes);
    } else if (key.len) {
        memcpy(pad, key.at, key.len);
    }
    for (size_t i = 0; i < sizeof pad; i++) hmac->outer_key[i] = pad[i] ^ 0x5c;
    for (size_t i = 0; i < sizeof pad; i++) pad[i] ^= 0x36;
    sha256_init(&hmac->inner);
    sha256_add(&hmac->inner, pad, sizeof pad);
    explicit_bzero(pad, sizeof pad);
}

static hash32 hmac_done(struct hmac *hmac)
{
    hash32 inner = sha256_done(&hmac->inner);
    struct sha256 outer;
    sha256_init(&outer);
    sha256_add(&outer, hmac->outer_key, sizeof hmac->outer_key);
    sha256_add(&outer, inner.bytes, sizeof inner.bytes);
    explicit_bzero(hmac, sizeof *hmac);
    return sha256_done(&outer);
}

hash32 hmac_sha256(str key, str message)
{
    struct hmac hmac;
    hmac_init(&hmac, key);
    sha256_add_str(&hmac.inner, message);
    return hmac_done(&hmac);
}

void hkdf_sha256(str key_material, str salt, str info, uint8_t *ret, size_t out_len)
{
    hash32 key = hmac_sha256(salt, key_material);
    hash32 block;
    for (size_t done = 0, i = 1; done < out_len; i++) {
        struct hmac hmac;
        uint8_t counter = (uint8_t)i;
        size_t part = out_len - done < sizeof block.bytes ? out_len - done : sizeof block.bytes;
        hmac_init(&hmac, (str){(const char *)key.bytes, sizeof key.bytes});
        if (i > 1) sha256_add(&hmac.inner, block.bytes, sizeof block.bytes);
        sha256_add_str(&hmac.inner, info);
        sha256_add(&hmac.inner, &counter, 1);
        block = hmac_done(&hmac);
        memcpy(ret + done, block.bytes, part);
        done += part;
    }
    explicit_bzero(&key, sizeof key);
    explicit_bzero(&block, sizeof block);
}

void stream_init(struct stream *stream, str seed)
{
    *stream = (struct stream){.seed = sha256_of(seed), .used = sizeof stream->block};
}

static void stream_refill(struct stream *stream)
{
    uint8_t index[8];
    for (size_t i = 0; i < sizeof index; i++) index[i] = (uint8_t)(stream->next >> (56 - 8 * i));
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.stream/v1|"));
    sha256_add(&sha, stream->seed.bytes, sizeof stream->seed.bytes);
    sha256_add_str(&sha, STR("|"));
    sha256_add(&sha, index, sizeof index);
    hash32 block = sha256_done(&sha);
    memcpy(stream->block, block.bytes, sizeof stream->block);
    stream->next++;
    stream->used = 0;
}

void stream_bytes(struct stream *stream, void *ret, size_t len)
{
    uint8_t *to = ret;
    while (len > 0) {
        if (stream->used == sizeof stream->block) stream_refill(stream);
        size_t left = sizeof stream->block - stream->used, part = len < left ? len : left;
        memcpy(to, stream->block + stream->used, part);
        stream->used += part;
        to += part;
        len -= part;
    }
}

uint64_t stream_below(struct stream *stream, uint64_t bound)
{
    uint64_t excess = (UINT64_MAX % bound + 1) % bound; /* 2^64 mod bound */
    for (;;) {
        uint8_t bytes[8];
        uint64_t x = 0;
        stream_bytes(stream, bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++) x = x << 8 | bytes[i];
        if (x <= UINT64_MAX - excess) return x % bound;
    }
}
