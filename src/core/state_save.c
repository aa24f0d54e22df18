/* state_save.c - the trusted local copy: tables as they stand in memory, then the tree. */
#include "core/state.h"

#include <string.h>

/* Changes whenever a row changes its shape: a copy of another layout is not read but replayed.
 * Whoever gives a field another meaning without another shape raises the number here. */
static hash32 layout_of(const struct state *s)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.snapshot/v3|"));
    uint32_t order_of_bytes = 0x01020304;
    sha256_add(&sha, &order_of_bytes, sizeof order_of_bytes);
    uint64_t sizes[] = {sizeof(struct org), sizeof(struct bylaws), RULES_VERSION};
    sha256_add(&sha, sizes, sizeof sizes);
#define LAYOUT_OF(name, type, shape) sha256_add_str(&sha, STR(#name "|" shape "|"));
    STATE_TABLES(LAYOUT_OF)
#undef LAYOUT_OF
    (void)s;
    return sha256_done(&sha);
}

struct save {
    state_emit *emit;
    void *context;
};

static enum code save_table(const struct save *save, const struct table *table)
{
    TRY(save->emit(save->context, &table->count, sizeof table->count));
    return save->emit(save->context, table->rows, (size_t)table->count * table->row_size);
}

/* All levels, so that loading hashes nothing. */
static enum code save_tree(const struct save *save, const struct merkle *tree)
{
    TRY(save->emit(save->context, &tree->size, sizeof tree->size));
    for (size_t i = 0; i < MERKLE_LEVELS; i++)
        if (tree->level[i].count)
            TRY(save->emit(save->context, tree->level[i].at,
                           tree->level[i].count * sizeof(hash32)));
    return CODE_OK;
}

enum code state_save(const struct state *s, state_emit *emit, void *context)
{
    struct save save = {emit, context};
    hash32 layout = layout_of(s);
    TRY(emit(context, layout.bytes, sizeof layout));
    TRY(emit(context, &s->org, sizeof s->org));
    TRY(emit(context, &s->bylaws, sizeof s->bylaws));
#define SAVE_TABLE(name, type, shape) TRY(save_table(&save, &s->name));
    STATE_TABLES(SAVE_TABLE)
#undef SAVE_TABLE
    TRY(save_table(&save, &s->pool));
    return save_tree(&save, &s->tree);
}

static bool take(str *rest, void *ret, size_t len)
{
    if (rest->len < len) return false;
    if (len) memcpy(ret, rest->at, len);
    *rest = (str){rest->at + len, rest->len - len};
    return true;
}

static enum code load_table(str *rest, struct table *table)
{
    uint32_t count;
    if (!take(rest, &count, sizeof count)) return CODE_CORRUPT;
    if ((uint64_t)count * table->row_size > rest->len) return CODE_CORRUPT;
    if (count == 0) return CODE_OK;
    void *rows = table_add_many(table, count);
    if (!rows) return CODE_NO_MEMORY;
    return take(rest, rows, (size_t)count * table->row_size) ? CODE_OK : CODE_CORRUPT;
}

static enum code load_level(str *rest, struct alloc alloc, size_t count, struct merkle_level *level)
{
    size_t bytes = count * sizeof(hash32);
    if (rest->len < bytes) return CODE_CORRUPT;
    level->at = alloc.take(alloc.self, bytes);
    if (!level->at) return CODE_NO_MEMORY;
    level->count = level->room = count;
    return take(rest, level->at, bytes) ? CODE_OK : CODE_CORRUPT;
}

static enum code load_tree(str *rest, struct merkle *tree)
{
    uint64_t size;
    if (!take(rest, &size, sizeof size) || size > rest->len / sizeof(hash32)) return CODE_CORRUPT;
    tree->size = size;
    for (size_t i = 0; i < MERKLE_LEVELS && size >> i; i++)
        TRY(load_level(rest, tree->alloc, (size_t)(size >> i), &tree->level[i]));
    return rest->len ? CODE_CORRUPT : CODE_OK;
}

static enum code fill_map(struct idmap *map, const struct table *table)
{
    TRY(idmap_reserve(map, table->count));
    for (uint32_t row = 0; row < table->count; row++) TRY(idmap_put(map, row));
    return CODE_OK;
}

enum code state_load(struct state *s, str bytes)
{
    hash32 layout, expected = layout_of(s);
    if (!take(&bytes, layout.bytes, sizeof layout) || !hash32_eq(&layout, &expected))
        return CODE_CORRUPT;
    if (!take(&bytes, &s->org, sizeof s->org)) return CODE_CORRUPT;
    if (!take(&bytes, &s->bylaws, sizeof s->bylaws)) return CODE_CORRUPT;
#define LOAD_TABLE(name, type, shape) TRY(load_table(&bytes, &s->name));
    STATE_TABLES(LOAD_TABLE)
#undef LOAD_TABLE
    TRY(load_table(&bytes, &s->pool));
    TRY(load_tree(&bytes, &s->tree));
    TRY(fill_map(&s->members, &s->member));
    TRY(fill_map(&s->acts, &s->act));
    TRY(fill_map(&s->units, &s->unit));
    TRY(fill_map(&s->bodies, &s->body));
    TRY(fill_map(&s->freezes, &s->freeze));
    TRY(fill_map(&s->elections, &s->election));
    TRY(fill_map(&s->proposals, &s->proposal));
    TRY(fill_map(&s->requests, &s->request));
    return fill_map(&s->objections, &s->objection);
}
