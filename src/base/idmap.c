#include "base/idmap.h"

#include <string.h>

enum { ROOM_MIN = 16 };
#define ROOM_MAX (UINT32_C(1) << 31)

void idmap_init(struct idmap *map, struct alloc alloc, uint32_t key_size,
                const void *(*key_of)(const void *owner, uint32_t row), const void *owner)
{
    *map = (struct idmap){.alloc = alloc, .key_of = key_of, .owner = owner, .key_size = key_size};
}

void idmap_done(struct idmap *map)
{
    if (map->slots) map->alloc.give(map->alloc.self, map->slots);
    map->slots = NULL;
    map->count = map->room = 0;
}

static uint64_t load_word(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

/* Mixes both ends of the key with the seed (the finishing steps of MurmurHash3 and SplitMix64). */
static uint32_t slot_of(const struct idmap *map, const void *key)
{
    const uint8_t *bytes = key;
    uint64_t hash = load_word(bytes) ^ map->seed;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    hash += load_word(bytes + map->key_size - 8);
    hash ^= map->seed << 32 | map->seed >> 32;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    hash ^= hash >> 29;
    hash *= UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(hash >> 32) & (map->room - 1);
}

uint32_t idmap_get(const struct idmap *map, const void *key)
{
    if (map->count == 0) return IDMAP_NONE;
    for (uint32_t at = slot_of(map, key);; at = (at + 1) & (map->room - 1)) {
        uint32_t entry = map->slots[at];
        if (entry == 0) return IDMAP_NONE;
        if (memcmp(map->key_of(map->owner, entry - 1), key, map->key_size) == 0) return entry - 1;
    }
}

static void place(struct idmap *map, uint32_t entry)
{
    uint32_t at = slot_of(map, map->key_of(map->owner, entry - 1));
    while (map->slots[at]) at = (at + 1) & (map->room - 1);
    map->slots[at] = entry;
}

enum code idmap_reserve(struct idmap *map, uint32_t count)
{
    /* At most two of three slots are taken, so probes stay short and always end. */
    uint64_t room = map->room ? map->room : ROOM_MIN;
    while ((uint64_t)count * 3 > room * 2) room *= 2;
    if (room == map->room) return CODE_OK;
    if (room > ROOM_MAX) return CODE_NO_MEMORY;
    size_t size = (size_t)room * sizeof *map->slots;
    uint32_t *slots = map->alloc.take(map->alloc.self, size);
    if (!slots) return CODE_NO_MEMORY;
    memset(slots, 0, size);
    uint32_t *old = map->slots, old_room = map->room;
    map->slots = slots;
    map->room = (uint32_t)room;
    for (uint32_t i = 0; i < old_room; i++)
        if (old[i]) place(map, old[i]);
    if (old) map->alloc.give(map->alloc.self, old);
    return CODE_OK;
}

enum code idmap_put(struct idmap *map, uint32_t row)
{
    if (row == IDMAP_NONE) return CODE_NO_MEMORY;
    TRY(idmap_reserve(map, map->count + 1));
    place(map, row + 1);
    map->count++;
    return CODE_OK;
}
