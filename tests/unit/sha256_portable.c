/* The portable SHA-256 under other names, to stand beside the native one. */
#define PLENARY_PORTABLE_SHA256
#define sha256_init portable_init
#define sha256_add portable_add
#define sha256_add_str portable_add_str
#define sha256_done portable_done
#define sha256_of portable_of
#define hash32_eq portable_hash32_eq
#define hash32_cmp portable_hash32_cmp
#define hmac_sha256 portable_hmac
#define hkdf_sha256 portable_hkdf
#define stream_init portable_stream_init
#define stream_bytes portable_stream_bytes
#define stream_below portable_stream_below
#include "../../src/base/sha256.c"
