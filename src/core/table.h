/* table.h - rows of one fixed shape: the only place replayed facts live.
 * A row holds fixed-width integers and byte arrays without padding, never a pointer, so that a
 * table can be hashed the same on every machine, written to disk and read back as it stands. */
#ifndef PLENARY_CORE_TABLE_H
#define PLENARY_CORE_TABLE_H
#include "base/arena.h"
#include "base/sha256.h"

#define ROW_NONE UINT32_MAX

struct table {
    struct alloc alloc;
    uint8_t *rows;
    uint32_t count, room, row_size; /* row_size in bytes */
    /* Widths of the fields in order: "8 4 4 b16 b32" = u64 u32 u32 bytes[16] bytes[32]; sums to
     * row_size. */
    const char *shape;
};

void table_init(struct table *table, struct alloc alloc, uint32_t row_size, const char *shape);
void table_done(struct table *table);
/* A zeroed row at the end; NULL when out of memory. Moves the other rows: hold numbers, not
 * pointers. */
void *table_add(struct table *table) MUST_CHECK;
/* `count` zeroed rows at the end; NULL when out of memory. */
void *table_add_many(struct table *table, uint32_t count) MUST_CHECK;
/* Row `row`; asserts row < count. */
void *table_at(const struct table *table, uint32_t row);
/* Adds the little-endian form of every field of every row, and the count, to the hash. */
void table_digest(const struct table *table, struct sha256 *sha);
/* The same field by field, whatever the order of bytes in memory: what table_digest does on
 * machines whose order is another one. */
void table_digest_fields(const struct table *table, struct sha256 *sha);
/* Sum of the widths in `shape`. */
uint32_t table_shape_size(const char *shape);
#endif
