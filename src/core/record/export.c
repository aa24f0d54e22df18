#include "core/record/export.h"

#include "base/text.h"

#include <string.h>

void export_write_path(struct buf *out, const struct export_path *path)
{
    switch (path->kind) {
    case EXPORT_CHECKPOINT: buf_add(out, STR("checkpoint")); break;
    case EXPORT_TILE: tile_write_path(out, &path->tile); break;
    case EXPORT_BLOB:
        buf_add(out, STR("blob/"));
        buf_add_hex(out, path->hash.bytes, sizeof path->hash.bytes);
        break;
    case EXPORT_DISCLOSURE:
        buf_add(out, STR("disclosure/"));
        buf_add_hex(out, path->hash.bytes, sizeof path->hash.bytes);
        break;
    case EXPORT_SLIP:
        buf_add(out, STR("slip/"));
        buf_add(out, path->uuid);
        break;
    }
}

static bool is_base58(char c)
{
    str letters = STR("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
    return str_find(letters, c) < letters.len;
}

static bool uuid_valid(str uuid)
{
    if (uuid.len < EXPORT_UUID_MIN || uuid.len > EXPORT_UUID_MAX) return false;
    for (size_t i = 0; i < uuid.len; i++)
        if (!is_base58(uuid.at[i])) return false;
    return true;
}

static bool parse_hash(str path, str folder, hash32 *ret)
{
    return str_starts(path, folder) &&
           hex_decode(str_sub(path, folder.len, path.len), ret->bytes, sizeof ret->bytes);
}

bool export_parse_path(str path, struct export_path *ret)
{
    struct export_path parsed = {.kind = EXPORT_CHECKPOINT};
    if (str_eq(path, STR("checkpoint"))) {
        parsed.kind = EXPORT_CHECKPOINT;
    } else if (tile_parse_path(path, &parsed.tile)) {
        parsed.kind = EXPORT_TILE;
    } else if (parse_hash(path, STR("blob/"), &parsed.hash)) {
        parsed.kind = EXPORT_BLOB;
    } else if (parse_hash(path, STR("disclosure/"), &parsed.hash)) {
        parsed.kind = EXPORT_DISCLOSURE;
    } else if (str_starts(path, STR("slip/")) && uuid_valid(str_sub(path, 5, path.len))) {
        parsed.kind = EXPORT_SLIP;
        parsed.uuid = str_sub(path, 5, path.len);
    } else {
        return false;
    }
    *ret = parsed;
    return true;
}

/* POSIX ustar: name 100, mode 8, uid 8, gid 8, size 12, mtime 12, chksum 8, typeflag 1, linkname
 * 100, magic 6, version 2, uname 32, gname 32, devmajor 8, devminor 8, prefix 155. */
enum {
    TAR_MODE = 100,
    TAR_UID = 108,
    TAR_GID = 116,
    TAR_SIZE = 124,
    TAR_MTIME = 136,
    TAR_SUM = 148,
    TAR_TYPE = 156,
    TAR_MAGIC = 257,
    TAR_DEVICES = 329
};

/* `digits` octal digits, zero-filled, and a NUL. */
static void put_octal(uint8_t *at, uint64_t value, size_t digits)
{
    for (size_t i = digits; i > 0; i--) {
        at[i - 1] = (uint8_t)('0' + (value & 7));
        value >>= 3;
    }
    at[digits] = '\0';
}

static uint64_t get_octal(const uint8_t *at, size_t digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits; i++) value = value << 3 | (at[i] & 7u);
    return value;
}

void tar_write_header(const struct tar_entry *entry, uint8_t ret[TAR_BLOCK])
{
    memset(ret, 0, TAR_BLOCK);
    size_t len = entry->path.len < EXPORT_PATH_MAX ? entry->path.len : EXPORT_PATH_MAX;
    if (len > 0) memcpy(ret, entry->path.at, len);
    put_octal(ret + TAR_MODE, 0644, 7);
    put_octal(ret + TAR_UID, 0, 7);
    put_octal(ret + TAR_GID, 0, 7);
    put_octal(ret + TAR_SIZE, entry->size, 11);
    put_octal(ret + TAR_MTIME, (uint64_t)entry->mtime, 11);
    ret[TAR_TYPE] = '0';
    memcpy(ret + TAR_MAGIC, "ustar\00000", 8);
    put_octal(ret + TAR_DEVICES, 0, 7);
    put_octal(ret + TAR_DEVICES + 8, 0, 7);
    /* "the checksum field shall be treated as if it contained all spaces" */
    memset(ret + TAR_SUM, ' ', 8);
    uint64_t sum = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) sum += ret[i];
    put_octal(ret + TAR_SUM, sum, 6);
}

static bool all_zero(const uint8_t block[TAR_BLOCK])
{
    for (size_t i = 0; i < TAR_BLOCK; i++)
        if (block[i]) return false;
    return true;
}

/* Accepts a header exactly when writing what was read gives the same bytes: one spelling, nothing
 * hidden. */
enum code tar_read_header(const uint8_t block[TAR_BLOCK], struct tar_entry *ret, struct fail *fail)
{
    if (all_zero(block)) return CODE_NOT_FOUND;
    struct tar_entry entry = {
        .path = {(const char *)block, strnlen((const char *)block, EXPORT_PATH_MAX)},
        .size = get_octal(block + TAR_SIZE, 11),
        .mtime = (unix_s)get_octal(block + TAR_MTIME, 11),
    };
    uint8_t again[TAR_BLOCK];
    tar_write_header(&entry, again);
    if (memcmp(again, block, TAR_BLOCK) != 0)
        return fail_set(fail, CODE_MALFORMED, "tar",
                        "expected a ustar header of a plain file, mode 0644, owner 0");
    *ret = entry;
    return CODE_OK;
}

size_t tar_padding(uint64_t size)
{
    return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}
