/* structure.c - pass 1: leaves, stored bytes, tree. Knows the form of the record and no rule. */
#include "audit/internal.h"

/* One entry of the export, as two bundles hold it. */
struct entry {
    uint64_t index;
    str leaf_text, stored; /* stored: empty when withheld */
    struct leaf leaf;
};

static enum code bad_entry(struct audit *audit, const struct entry *entry, const char *reason,
                           const char *what)
{
    return audit_false(audit, CODE_CORRUPT, reason, "entry %llu: %s",
                       (unsigned long long)entry->index, what);
}

static enum code count_kind(struct audit *audit, const struct entry *entry)
{
    if (str_eq(entry->leaf.kind, STR("tick"))) {
        audit->report.ticks++;
        return CODE_OK;
    }
    size_t number = audit_kind_number(entry->leaf.kind);
    if (number == AUDIT_KINDS_MAX)
        return bad_entry(audit, entry, "leaf", "a kind of act that this program does not know");
    audit->kinds[number]++;
    audit->report.acts++;
    return CODE_OK;
}

static enum code check_stored(struct audit *audit, const struct entry *entry)
{
    if (entry->stored.len == 0) {
        if (entry->leaf.vis == LEAF_PUBLIC)
            return bad_entry(audit, entry, "withheld", "a public act is withheld");
        audit->report.withheld++;
        return CODE_OK;
    }
    hash32 hash = sha256_of(entry->stored);
    if (hash32_eq(&hash, &entry->leaf.hash)) return CODE_OK;
    return bad_entry(audit, entry, "hash", "the stored bytes are not those its leaf commits to");
}

static enum code check_entry(struct audit *audit, struct entry *entry)
{
    struct fail why = {0};
    arena_clear(&audit->step);
    enum code code = leaf_decode(entry->leaf_text, &audit->step, &entry->leaf, &why);
    if (code != CODE_OK)
        return audit_false(audit, code, "leaf", "entry %llu: its leaf: %s",
                           (unsigned long long)entry->index, why.message);
    if (entry->leaf.vis != leaf_vis_of(entry->leaf.kind))
        return bad_entry(audit, entry, "leaf", "its leaf has not the visibility of its kind");
    if (entry->index == 0) audit->report.first_at = entry->leaf.at;
    if (entry->leaf.at < audit->report.last_at && audit_guards(audit, ARTICLE_TIME))
        return bad_entry(audit, entry, "leaf", "its leaf is earlier than the one before");
    audit->report.last_at = entry->leaf.at;
    TRY(check_stored(audit, entry));
    TRY(count_kind(audit, entry));
    hash32 hash = merkle_leaf_hash(entry->leaf_text);
    return merkle_add(&audit->tree, &hash);
}

static enum code bad_bundle(struct audit *audit, const char *kind, uint64_t tile, uint32_t width)
{
    return audit_false(audit, CODE_CORRUPT, "tile",
                       "tile/%s, tile %llu: expected exactly %u entries", kind,
                       (unsigned long long)tile, width);
}

static enum code check_tile(struct audit *audit, uint64_t index)
{
    TRY(audit_read_tile(audit, TILE_ENTRIES, index, &audit->leaves));
    TRY(audit_read_tile(audit, TILE_ACTS, index, &audit->acts));
    str leaves = buf_str(&audit->leaves), acts = buf_str(&audit->acts);
    struct tile tile = {.kind = TILE_ENTRIES, .index = index};
    uint32_t width = tile_width_at(&tile, audit_size(audit));
    for (uint32_t i = 0; i < width; i++) {
        struct entry entry = {.index = tile_first(&tile) + i};
        if (!bundle_next(&leaves, TILE_ENTRIES, &entry.leaf_text))
            return bad_bundle(audit, "entries", index, width);
        if (!bundle_next(&acts, TILE_ACTS, &entry.stored))
            return bad_bundle(audit, "acts", index, width);
        TRY(check_entry(audit, &entry));
    }
    if (leaves.len > 0) return bad_bundle(audit, "entries", index, width);
    return acts.len > 0 ? bad_bundle(audit, "acts", index, width) : CODE_OK;
}

enum code audit_structure(struct audit *audit)
{
    uint64_t size = audit_size(audit);
    for (uint64_t tile = 0; tile <= (size - 1) / TILE_WIDTH; tile++) {
        TRY(check_tile(audit, tile));
        if (tile % 16 == 0) audit_show_progress(audit, "structure", tile * TILE_WIDTH);
    }
    audit_show_progress(audit, "structure", size);
    hash32 root = merkle_root(&audit->tree, size);
    if (hash32_eq(&root, &audit->checkpoint.head.root)) return CODE_OK;
    return audit_false(audit, CODE_CORRUPT, "root",
                       "the %llu entries do not make the root that was signed",
                       (unsigned long long)size);
}
