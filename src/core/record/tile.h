/* tile.h - how the log is served and exported: c2sp.org/tlog-tiles.
 *     tile/<L>/<N>[.p/<W>]        256 hashes of level 8L, each over 256^L leaves
 *     tile/entries/<N>[.p/<W>]    256 leaves, each behind its length as big-endian u16
 *     tile/acts/<N>[.p/<W>]       the bytes behind the leaves, each behind its length as big-endian
 *                                 u32, same positions; length 0 = not for this reader
 * <N> is written in groups of three digits, all but the last behind an x: 1234067 ->
 * x001/x234/067. */
#ifndef PLENARY_CORE_RECORD_TILE_H
#define PLENARY_CORE_RECORD_TILE_H
#include "base/buf.h"
#include "core/record/merkle.h"

enum { TILE_WIDTH = 256, TILE_LEVEL_MAX = 63, TILE_PATH_MAX = 64, ENTRY_MAX = 65535 };
enum tile_kind { TILE_HASHES, TILE_ENTRIES, TILE_ACTS };

struct tile {
    enum tile_kind kind;
    uint32_t level; /* 0..TILE_LEVEL_MAX for TILE_HASHES, else 0 */
    uint64_t index;
    uint32_t width; /* 1..256; 256 = full, written without .p */
};

/* Appends the path without leading slash. */
void tile_write_path(struct buf *out, const struct tile *tile);
/* Exactly what tile_write_path writes; false otherwise. */
bool tile_parse_path(str path, struct tile *ret) MUST_CHECK;
/* Hashes, leaves or acts that a tile (its `width` disregarded) holds in a log of `size`: 0 = does
 * not exist yet. */
uint32_t tile_width_at(const struct tile *tile, uint64_t size);
/* First leaf covered by an entries or acts tile, or by a level 0 tile. */
uint64_t tile_first(const struct tile *tile);
/* Appends the bytes of a hash tile. CODE_NOT_FOUND when the tree is too small. */
enum code tile_write_hashes(const struct merkle *tree, const struct tile *tile,
                            struct buf *out) MUST_CHECK;

/* Walks, ascending, every tile of every kind whose contents differ between a log of `old_size` and
 * one of `size` (old_size 0: all): what an export must add. Full tiles come full, the last of each
 * row with its present width. */
struct tile_walk {
    uint64_t old_size, size;
    struct tile next;
    bool done;
};
struct tile_walk tile_walk(uint64_t old_size, uint64_t size);
bool tile_walk_next(struct tile_walk *walk, struct tile *ret);

/* Bundles. An entry over 65,535 bytes or an act of 4 GiB fails the buffer. */
void bundle_add(struct buf *out, enum tile_kind kind, str bytes);
/* Reads the next element of a bundle of TILE_ENTRIES or TILE_ACTS from `*rest`: false at the end
 * or when malformed; then `rest->len` is 0 at the end only. */
bool bundle_next(str *rest, enum tile_kind kind, str *ret) MUST_CHECK;
#endif
