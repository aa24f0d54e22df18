/* files.c - pass 1, second half: every file of the export is what its path says, and none is
 * missing or strange. */
#include "audit/internal.h"
#include "core/record/commit.h"

static enum code bad_file(struct audit *audit, const char *reason, str path, const char *what)
{
    return audit_false(audit, CODE_CORRUPT, reason, "%.*s: %s", STR_ARG(path), what);
}

static enum code read_file(struct audit *audit, const char *reason, str path)
{
    struct fail why = {0};
    buf_clear(&audit->file);
    enum code code = source_read(audit->source, path, &audit->file, &why);
    if (code == CODE_OK) return CODE_OK;
    return audit_false(audit, code, reason, "%.*s: %s", STR_ARG(path), why.message);
}

/* Place of the first byte that differs; a shorter text differs where it ends. */
static size_t first_difference(str a, str b)
{
    size_t at = 0;
    while (at < a.len && at < b.len && a.at[at] == b.at[at]) at++;
    return at;
}

static enum code compare(struct audit *audit, str path, str expected)
{
    str found = buf_str(&audit->file);
    if (str_eq(found, expected)) return CODE_OK;
    return audit_false(audit, CODE_CORRUPT, "tree",
                       "%.*s: byte %zu is not that of the tree made from the entries",
                       STR_ARG(path), first_difference(found, expected) + 1);
}

static enum code check_hashes(struct audit *audit, str path, const struct tile *tile)
{
    buf_clear(&audit->leaves);
    TRY(tile_write_hashes(&audit->tree, tile, &audit->leaves));
    return compare(audit, path, buf_str(&audit->leaves));
}

/* A bundle narrower than the present one was left behind by a writer: it must be its beginning. */
static enum code check_narrow(struct audit *audit, str path, const struct tile *tile)
{
    struct buf *whole = tile->kind == TILE_ENTRIES ? &audit->leaves : &audit->acts;
    TRY(audit_read_tile(audit, tile->kind, tile->index, whole));
    str rest = buf_str(whole), element;
    for (uint32_t i = 0; i < tile->width; i++)
        if (!bundle_next(&rest, tile->kind, &element))
            return bad_file(audit, "tile", path, "cut short");
    return compare(audit, path, str_sub(buf_str(whole), 0, whole->len - rest.len));
}

static enum code check_tile(struct audit *audit, str path, const struct tile *tile)
{
    uint32_t present = tile_width_at(tile, audit_size(audit));
    if (tile->width > present && source_is_live(audit->source)) {
        audit->report.ahead++;
        return CODE_OK;
    }
    if (tile->width > present)
        return bad_file(audit, "foreign", path,
                        "it reaches beyond the entries that the checkpoint covers");
    audit->report.tiles++;
    /* Bundles of the present width were read entry by entry. */
    if (tile->kind != TILE_HASHES && tile->width == present) return CODE_OK;
    TRY(read_file(audit, "tile", path));
    return tile->kind == TILE_HASHES ? check_hashes(audit, path, tile)
                                     : check_narrow(audit, path, tile);
}

static enum code keep_blob(struct audit *audit, const hash32 *name)
{
    if (audit->blob_count == audit->blob_room) {
        size_t room = audit->blob_room ? audit->blob_room * 2 : 64, one = sizeof *audit->blobs;
        void *grown =
            audit->alloc.grow(audit->alloc.self, audit->blobs, audit->blob_room * one, room * one);
        if (!grown) return CODE_NO_MEMORY;
        audit->blobs = grown;
        audit->blob_room = room;
    }
    audit->blobs[audit->blob_count++] = (struct audit_blob){.name = *name};
    return CODE_OK;
}

static enum code check_blob(struct audit *audit, str path, const hash32 *name)
{
    TRY(read_file(audit, "blob", path));
    hash32 found = sha256_of(buf_str(&audit->file));
    if (!hash32_eq(&found, name))
        return bad_file(audit, "blob", path, "its bytes do not have this SHA-256");
    audit->report.blobs++;
    return keep_blob(audit, name); /* paths come sorted, and so do names in hexadecimal */
}

static enum code check_opening(struct audit *audit, str path, const hash32 *commitment)
{
    str text;
    TRY(read_file(audit, "opening", path));
    if (!commit_opens(commitment, buf_str(&audit->file), &text))
        return bad_file(audit, "opening", path, "it does not open the commitment in its name");
    audit->report.openings++;
    return CODE_OK;
}

static enum code check_file(void *context, str path, uint64_t size)
{
    struct audit *audit = context;
    struct export_path parsed;
    (void)size;
    if (!export_parse_path(path, &parsed))
        return bad_file(audit, "foreign", path, "no export holds such a file");
    switch (parsed.kind) {
    case EXPORT_CHECKPOINT: return CODE_OK;
    case EXPORT_TILE: return check_tile(audit, path, &parsed.tile);
    case EXPORT_BLOB: return check_blob(audit, path, &parsed.hash);
    case EXPORT_DISCLOSURE: return check_opening(audit, path, &parsed.hash);
    case EXPORT_SLIP: break;
    }
    return bad_file(audit, "foreign", path, "no act of this record stands behind it");
}

static enum code check_complete(struct audit *audit)
{
    struct tile_walk walk = tile_walk(0, audit_size(audit));
    for (struct tile tile; tile_walk_next(&walk, &tile);) {
        buf_clear(&audit->path);
        tile_write_path(&audit->path, &tile);
        TRY(buf_check(&audit->path));
        if (!source_has(audit->source, buf_str(&audit->path)))
            return bad_file(audit, "tile", buf_str(&audit->path), "it is missing");
    }
    return CODE_OK;
}

enum code audit_files(struct audit *audit)
{
    struct fail why = {0};
    enum code code = source_list(audit->source, check_file, audit, &why);
    if (why.reason[0]) /* the listing's own complaint: a link, a device, a strange name */
        return audit_false(audit, code, "foreign", "%s", why.message);
    TRY(code);
    return check_complete(audit);
}
