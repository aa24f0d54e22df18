/* idmap.h - a hash table from fixed-size random ids (16 or 32 bytes) to row numbers. Derived data:
 * rebuilt on load. Ids are random or hashes, but an attacker may choose some: a host with a source
 * of randomness sets `seed` before the first put. No answer depends on it. */
#ifndef PLENARY_BASE_IDMAP_H
#define PLENARY_BASE_IDMAP_H
#include "base/arena.h"

#define IDMAP_NONE UINT32_MAX

struct idmap {
    struct alloc alloc;
    uint32_t *slots; /* row + 1, 0 = empty */
    uint32_t count, room;
    /* How to read the key of a row back: rows live in the caller's table. */
    const void *(*key_of)(const void *owner, uint32_t row);
    const void *owner;
    uint32_t key_size; /* bytes, >= 8 */
    uint64_t seed;
};

void idmap_init(struct idmap *map, struct alloc alloc, uint32_t key_size,
                const void *(*key_of)(const void *owner, uint32_t row), const void *owner);
void idmap_done(struct idmap *map);
/* Row stored for `key`, or IDMAP_NONE. */
uint32_t idmap_get(const struct idmap *map, const void *key);
/* Adds `row` under the key that key_of gives for it; the key must be new. CODE_NO_MEMORY on
 * failure, map unchanged. */
enum code idmap_put(struct idmap *map, uint32_t row) MUST_CHECK;
/* Makes room for `count` rows in all. */
enum code idmap_reserve(struct idmap *map, uint32_t count) MUST_CHECK;
#endif
