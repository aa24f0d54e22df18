#include "core/record/tile.h"

#include <string.h>

enum { LEVEL_BITS = 8 };

/* "the index is encoded in 3-digit path elements, all but the last begin with an x" */
static void write_index(struct buf *out, uint64_t index)
{
    uint32_t groups[8];
    uint32_t count = 0;
    do {
        groups[count++] = (uint32_t)(index % 1000);
        index /= 1000;
    } while (index > 0);
    while (count > 0) {
        count--;
        buf_printf(out, count > 0 ? "x%03u/" : "%03u", groups[count]);
    }
}

void tile_write_path(struct buf *out, const struct tile *tile)
{
    switch (tile->kind) {
    case TILE_HASHES: buf_printf(out, "tile/%u/", tile->level); break;
    case TILE_ENTRIES: buf_add(out, STR("tile/entries/")); break;
    case TILE_ACTS: buf_add(out, STR("tile/acts/")); break;
    }
    write_index(out, tile->index);
    if (tile->width < TILE_WIDTH) buf_printf(out, ".p/%u", tile->width);
}

static bool parse_kind(str *path, struct tile *tile)
{
    if (!str_starts(*path, STR("tile/"))) return false;
    *path = str_sub(*path, 5, path->len);
    str kind = str_cut(path, '/');
    uint64_t level = 0;
    if (str_eq(kind, STR("entries"))) {
        tile->kind = TILE_ENTRIES;
    } else if (str_eq(kind, STR("acts"))) {
        tile->kind = TILE_ACTS;
    } else {
        tile->kind = TILE_HASHES;
        if (!str_to_u64(kind, &level) || level > TILE_LEVEL_MAX) return false;
    }
    tile->level = (uint32_t)level;
    return true;
}

static bool add_group(str digits, uint64_t *index)
{
    if (digits.len != 3) return false;
    uint64_t group = 0;
    for (size_t i = 0; i < 3; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9') return false;
        group = group * 10 + (uint64_t)(digits.at[i] - '0');
    }
    if (*index > (RECORD_INT_MAX - group) / 1000) return false;
    *index = *index * 1000 + group;
    return true;
}

/* One spelling: the first of several groups is not x000. */
static bool parse_index(str *path, struct tile *tile)
{
    bool first = true;
    while (path->len > 0 && path->at[0] == 'x') {
        str group = str_cut(path, '/');
        if (!add_group(str_sub(group, 1, group.len), &tile->index)) return false;
        if (first && tile->index == 0) return false;
        first = false;
    }
    str last = str_sub(*path, 0, 3);
    *path = str_sub(*path, 3, path->len);
    return add_group(last, &tile->index);
}

bool tile_parse_path(str path, struct tile *ret)
{
    struct tile tile = {.width = TILE_WIDTH};
    if (path.len > TILE_PATH_MAX || !parse_kind(&path, &tile) || !parse_index(&path, &tile))
        return false;
    if (path.len > 0) {
        uint64_t width = 0;
        if (!str_starts(path, STR(".p/")) || !str_to_u64(str_sub(path, 3, path.len), &width))
            return false;
        if (width == 0 || width >= TILE_WIDTH) return false;
        tile.width = (uint32_t)width;
    }
    *ret = tile;
    return true;
}

/* Elements that the row of a tile holds: complete subtrees of 256^level leaves, or leaves. */
static uint64_t row_length(const struct tile *tile, uint64_t size)
{
    uint32_t shift = tile->kind == TILE_HASHES ? tile->level * LEVEL_BITS : 0;
    return shift < 64 ? size >> shift : 0;
}

uint32_t tile_width_at(const struct tile *tile, uint64_t size)
{
    uint64_t row = row_length(tile, size);
    if (tile->index > row / TILE_WIDTH) return 0;
    uint64_t left = row - tile->index * TILE_WIDTH;
    return left < TILE_WIDTH ? (uint32_t)left : TILE_WIDTH;
}

uint64_t tile_first(const struct tile *tile)
{
    return tile->index * TILE_WIDTH;
}

enum code tile_write_hashes(const struct merkle *tree, const struct tile *tile, struct buf *out)
{
    if (tile->kind != TILE_HASHES || tile->width == 0 ||
        tile_width_at(tile, tree->size) < tile->width)
        return CODE_NOT_FOUND;
    const struct merkle_level *level = &tree->level[tile->level * LEVEL_BITS];
    const hash32 *first = level->at + tile->index * TILE_WIDTH;
    buf_add_bytes(out, first, tile->width * sizeof *first);
    return buf_check(out);
}

struct tile_walk tile_walk(uint64_t old_size, uint64_t size)
{
    struct tile_walk walk = {.old_size = old_size, .size = size, .done = old_size >= size};
    walk.next.index = row_length(&walk.next, old_size) / TILE_WIDTH;
    return walk;
}

/* The next row: hash levels upwards while they gain elements, then entries, then acts. */
static void next_row(struct tile_walk *walk)
{
    struct tile *tile = &walk->next;
    if (tile->kind == TILE_ACTS) {
        walk->done = true;
        return;
    }
    if (tile->kind == TILE_HASHES) {
        tile->level++;
        if (row_length(tile, walk->size) == 0) *tile = (struct tile){.kind = TILE_ENTRIES};
    } else {
        *tile = (struct tile){.kind = TILE_ACTS};
    }
    tile->index = row_length(tile, walk->old_size) / TILE_WIDTH;
}

bool tile_walk_next(struct tile_walk *walk, struct tile *ret)
{
    while (!walk->done) {
        struct tile *tile = &walk->next;
        uint32_t width = tile_width_at(tile, walk->size);
        if (width == 0) {
            next_row(walk);
            continue;
        }
        /* Only the first tile of a row can be there already with this width. */
        uint32_t had = tile_width_at(tile, walk->old_size);
        tile->width = width;
        *ret = *tile;
        tile->index++;
        if (width > had) return true;
    }
    return false;
}

static size_t length_size(enum tile_kind kind)
{
    switch (kind) {
    case TILE_ENTRIES: return 2;
    case TILE_ACTS: return 4;
    case TILE_HASHES: break;
    }
    return 0;
}

void bundle_add(struct buf *out, enum tile_kind kind, str bytes)
{
    size_t prefix = length_size(kind);
    if (prefix == 0 || bytes.len > (prefix == 2 ? (size_t)ENTRY_MAX : (size_t)UINT32_MAX)) {
        out->failed = true;
        return;
    }
    for (size_t shift = 8 * prefix; shift > 0; shift -= 8)
        buf_add_byte(out, (uint8_t)(bytes.len >> (shift - 8)));
    buf_add(out, bytes);
}

bool bundle_next(str *rest, enum tile_kind kind, str *ret)
{
    size_t prefix = length_size(kind);
    if (prefix == 0 || rest->len < prefix) return false;
    size_t len = 0;
    for (size_t i = 0; i < prefix; i++) len = len << 8 | (uint8_t)rest->at[i];
    if (len > rest->len - prefix) return false;
    *ret = (str){rest->at + prefix, len};
    *rest = (str){rest->at + prefix + len, rest->len - prefix - len};
    return true;
}
