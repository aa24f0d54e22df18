/* export.h - the paths of an export and the tar that carries it: a clone is a backup.
 *     checkpoint   tile/…   blob/<sha256>   disclosure/<hex of commitment>   slip/<uuid>
 * The tar is ustar, sorted by bytes, mode 0644, uid = gid = 0, mtime = `at` of the last leaf.
 * Walking files is the shell's business; the format is here. */
#ifndef PLENARY_CORE_RECORD_EXPORT_H
#define PLENARY_CORE_RECORD_EXPORT_H
#include "core/record/tile.h"

enum { EXPORT_PATH_MAX = 100, TAR_BLOCK = 512, EXPORT_UUID_MIN = 14, EXPORT_UUID_MAX = 22 };
enum export_kind { EXPORT_CHECKPOINT, EXPORT_TILE, EXPORT_BLOB, EXPORT_DISCLOSURE, EXPORT_SLIP };

struct export_path {
    enum export_kind kind;
    struct tile tile; /* EXPORT_TILE */
    hash32 hash;      /* EXPORT_BLOB, EXPORT_DISCLOSURE */
    str uuid;         /* EXPORT_SLIP: 14-22 letters of base58, a view */
};
void export_write_path(struct buf *out, const struct export_path *path);
/* Exactly what export_write_path writes; nothing else may stand in an export. */
bool export_parse_path(str path, struct export_path *ret) MUST_CHECK;

struct tar_entry {
    str path;      /* at most EXPORT_PATH_MAX bytes */
    uint64_t size; /* bytes of the file */
    unix_s mtime;  /* >= 0, < 2^33 */
};
/* One header block. The file's bytes follow, padded with zeros to TAR_BLOCK; two zero blocks end
 * the tar. */
void tar_write_header(const struct tar_entry *entry, uint8_t ret[TAR_BLOCK]);
/* Reads a header block: a regular file in ustar exactly as tar_write_header writes it. `ret->path`
 * views `block`. An all-zero block gives CODE_NOT_FOUND: the end. CODE_MALFORMED "tar" otherwise.
 */
enum code tar_read_header(const uint8_t block[TAR_BLOCK], struct tar_entry *ret,
                          struct fail *fail) MUST_CHECK;
/* Zero bytes behind a file of `size` bytes. */
size_t tar_padding(uint64_t size);
#endif
