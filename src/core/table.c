#include "core/table.h"

#include <assert.h>
#include <string.h>

uint32_t table_shape_size(const char *shape)
{
    uint32_t total = 0;
    for (const char *at = shape; *at;) {
        if (*at == 'b' || *at == ' ') {
            at++;
            continue;
        }
        uint32_t width = 0;
        while (*at >= '0' && *at <= '9') width = width * 10 + (uint32_t)(*at++ - '0');
        total += width;
    }
    return total;
}

void table_init(struct table *table, struct alloc alloc, uint32_t row_size, const char *shape)
{
    assert(table_shape_size(shape) == row_size);
    *table = (struct table){.alloc = alloc, .row_size = row_size, .shape = shape};
}

void table_done(struct table *table)
{
    if (!table->row_size) return;
    table->alloc.give(table->alloc.self, table->rows);
    table->rows = NULL;
    table->count = table->room = 0;
}

static bool table_grow(struct table *table, uint32_t need)
{
    uint64_t room = table->room ? (uint64_t)table->room + table->room / 2 : 16;
    if (room < need) room = need;
    if (room > UINT32_MAX - 1) return false;
    size_t old_size = (size_t)table->room * table->row_size;
    void *rows =
        table->alloc.grow(table->alloc.self, table->rows, old_size, (size_t)room * table->row_size);
    if (!rows) return false;
    table->rows = rows;
    table->room = (uint32_t)room;
    return true;
}

void *table_add_many(struct table *table, uint32_t count)
{
    uint32_t need;
    if (__builtin_add_overflow(table->count, count, &need)) return NULL;
    if (need > table->room && !table_grow(table, need)) return NULL;
    if (!table->rows) return NULL;
    uint8_t *row = table->rows + (size_t)table->count * table->row_size;
    table->count = need;
    return memset(row, 0, (size_t)count * table->row_size);
}

void *table_add(struct table *table)
{
    return table_add_many(table, 1);
}

void *table_at(const struct table *table, uint32_t row)
{
    assert(row < table->count);
    return table->rows + (size_t)row * table->row_size;
}

static void digest_integer(struct sha256 *sha, const uint8_t *field, uint32_t width)
{
    uint64_t value = 0;
    uint16_t two;
    uint32_t four;
    switch (width) {
    case 1: value = *field; break;
    case 2: memcpy(&two, field, 2), value = two; break;
    case 4: memcpy(&four, field, 4), value = four; break;
    case 8: memcpy(&value, field, 8); break;
    default: assert(false && "a width the shapes do not use");
    }
    uint8_t out[8];
    for (uint32_t i = 0; i < width; i++) out[i] = (uint8_t)(value >> (8 * i));
    sha256_add(sha, out, width);
}

static void digest_row(const uint8_t *row, const char *shape, struct sha256 *sha)
{
    while (*shape) {
        if (*shape == ' ') {
            shape++;
            continue;
        }
        bool bytes = *shape == 'b';
        if (bytes) shape++;
        uint32_t width = 0;
        while (*shape >= '0' && *shape <= '9') width = width * 10 + (uint32_t)(*shape++ - '0');
        if (bytes)
            sha256_add(sha, row, width);
        else
            digest_integer(sha, row, width);
        row += width;
    }
}

static void digest_count(const struct table *table, struct sha256 *sha)
{
    uint8_t count[4];
    for (int i = 0; i < 4; i++) count[i] = (uint8_t)(table->count >> (8 * i));
    sha256_add(sha, count, sizeof count);
}

void table_digest_fields(const struct table *table, struct sha256 *sha)
{
    digest_count(table, sha);
    for (uint32_t row = 0; row < table->count; row++)
        digest_row(table->rows + (size_t)row * table->row_size, table->shape, sha);
}

void table_digest(const struct table *table, struct sha256 *sha)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    digest_count(table, sha);
    sha256_add(sha, table->rows,
               (size_t)table->count * table->row_size); /* rows are in the form that is hashed */
#else
    table_digest_fields(table, sha);
#endif
}
