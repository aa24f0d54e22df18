#include "base/idmap.h"
#include "base/sha256.h"
#include "base/sort.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* ---- idmap ---- */

enum { ROWS = 20000 };

struct rows {
    uint32_t key_size;
    uint8_t keys[ROWS][32];
};

static const void *key_of(const void *owner, uint32_t row)
{
    const struct rows *rows = owner;
    return rows->keys[row];
}

static void fill_random(struct rows *rows)
{
    struct stream stream;
    stream_init(&stream, STR("ids"));
    stream_bytes(&stream, rows->keys, sizeof rows->keys);
}

/* What somebody who chooses ids may send: all alike but for one place. */
static void fill_alike(struct rows *rows, size_t at)
{
    memset(rows->keys, 0, sizeof rows->keys);
    for (uint32_t i = 0; i < ROWS; i++) {
        rows->keys[i][at] = (uint8_t)i;
        rows->keys[i][at + 1] = (uint8_t)(i >> 8);
    }
}

static void check_map(const struct rows *rows, uint64_t seed)
{
    struct idmap map;
    uint8_t absent[32];
    idmap_init(&map, alloc_libc, rows->key_size, key_of, rows);
    map.seed = seed;
    CHECK(idmap_get(&map, rows->keys[0]) == IDMAP_NONE, "empty");
    for (uint32_t i = 0; i < ROWS; i++) {
        if (idmap_get(&map, rows->keys[i]) != IDMAP_NONE)
            CHECK(false, "row %u before it was put", i);
        if (idmap_put(&map, i) != CODE_OK) CHECK(false, "put %u", i);
        if (map.count * 3 > map.room * 2) CHECK(false, "%u of %u slots", map.count, map.room);
    }
    CHECK(map.count == ROWS, "count %u", map.count);
    for (uint32_t i = 0; i < ROWS; i++) {
        if (idmap_get(&map, rows->keys[i]) != i) CHECK(false, "row %u", i);
        memcpy(absent, rows->keys[i], sizeof absent);
        absent[rows->key_size / 2] ^=
            0x55; /* a place that random keys do not share and alike ones leave zero */
        if (idmap_get(&map, absent) != IDMAP_NONE) CHECK(false, "found what is not there, %u", i);
    }
    CHECK(idmap_put(&map, IDMAP_NONE) != CODE_OK && map.count == ROWS, "no row of that number");
    idmap_done(&map);
    CHECK(idmap_get(&map, rows->keys[0]) == IDMAP_NONE, "after done");
}

static void test_idmap(struct rows *rows)
{
    static const uint32_t sizes[] = {16, 32};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        rows->key_size = sizes[i];
        fill_random(rows);
        check_map(rows, 0);
        check_map(rows, UINT64_MAX);
        fill_alike(rows, 0);
        check_map(rows, 0);
        fill_alike(rows, 4);
        check_map(rows, 1);
        fill_alike(rows, sizes[i] - 2);
        check_map(rows, 0);
    }
}

static void test_idmap_reserve(const struct rows *rows)
{
    struct failing failing = {.fail_at = SIZE_MAX};
    struct idmap map;
    idmap_init(&map, failing_alloc(&failing), rows->key_size, key_of, rows);
    CHECK(idmap_reserve(&map, 5000) == CODE_OK && failing.calls == 1, "reserve");
    for (uint32_t i = 0; i < 5000; i++)
        if (idmap_put(&map, i) != CODE_OK) CHECK(false, "put");
    CHECK(failing.calls == 1, "%zu calls: what was reserved is enough", failing.calls);
    CHECK(idmap_reserve(&map, UINT32_MAX) == CODE_NO_MEMORY && map.count == 5000,
          "more than can be");
    CHECK(idmap_get(&map, rows->keys[4999]) == 4999, "still there");
    idmap_done(&map);
    CHECK(failing.live == 0, "leaks");
}

static void test_idmap_allocation_fails(const struct rows *rows)
{
    size_t n = 0;
    for (bool good = false; !good; n++) {
        struct failing failing = {.fail_at = n};
        struct idmap map;
        uint32_t put = 0;
        idmap_init(&map, failing_alloc(&failing), rows->key_size, key_of, rows);
        while (put < 1000 && idmap_put(&map, put) == CODE_OK) put++;
        good = put == 1000;
        CHECK(map.count == put, "unchanged at %u", put);
        for (uint32_t i = 0; i < 1000; i++)
            if (idmap_get(&map, rows->keys[i]) != (i < put ? i : IDMAP_NONE))
                CHECK(false, "row %u of %u", i, put);
        for (; put < 1000; put++)
            if (idmap_put(&map, put) != CODE_OK) CHECK(false, "goes on after a failure, %u", put);
        CHECK(idmap_get(&map, rows->keys[999]) == 999, "the last");
        idmap_done(&map);
        CHECK(failing.live == 0, "leaks");
    }
    CHECK(n > 5, "%zu allocations", n);
}

/* ---- sort ---- */

struct item {
    uint32_t key, place;
    char more[5]; /* a size that is no power of two */
};

static int by_key(const void *a, const void *b, const void *context)
{
    const struct item *x = a, *y = b;
    const uint32_t *modulus = context;
    return (x->key % *modulus > y->key % *modulus) - (x->key % *modulus < y->key % *modulus);
}

static void check_sort(struct stream *stream, size_t count, uint32_t modulus)
{
    struct item *items = calloc(count + 2, sizeof *items);
    if (!items) abort();
    items[0].key = items[count + 1].key = UINT32_MAX; /* nothing beside the items is touched */
    for (size_t i = 1; i <= count; i++)
        items[i] = (struct item){(uint32_t)stream_below(stream, 1000), (uint32_t)i, "abcd"};
    CHECK(sort_stable(items + 1, count, sizeof *items, by_key, &modulus, alloc_libc) == CODE_OK,
          "%zu items", count);
    uint64_t places = 0;
    for (size_t i = 1; i <= count; i++) {
        places += items[i].place;
        if (items[i].more[3] != 'd') CHECK(false, "torn item %zu", i);
        if (i == count) break;
        int order = by_key(items + i, items + i + 1, &modulus);
        if (order > 0) CHECK(false, "%zu items: %zu out of order", count, i);
        if (order == 0 && items[i].place >= items[i + 1].place)
            CHECK(false, "%zu items: %zu not stable", count, i);
    }
    CHECK(places == (uint64_t)count * (count + 1) / 2, "%zu items: each once", count);
    CHECK(items[0].key == UINT32_MAX && items[count + 1].key == UINT32_MAX, "%zu items: neighbours",
          count);
    free(items);
}

static void test_sort(void)
{
    struct stream stream;
    stream_init(&stream, STR("sort"));
    for (size_t count = 0; count < 200; count++) {
        check_sort(&stream, count, 1000);
        check_sort(&stream, count, 5);
        check_sort(&stream, count, 1);
    }
    check_sort(&stream, 50000, 300);
    uint32_t modulus = 1000;
    struct item two[2] = {{2, 1, ""}, {1, 2, ""}};
    struct failing failing = {.fail_at = 0};
    CHECK(sort_stable(two, 2, sizeof *two, by_key, &modulus, failing_alloc(&failing)) ==
              CODE_NO_MEMORY,
          "no memory");
    CHECK(two[0].key == 2, "untouched");
    CHECK(sort_stable(two, SIZE_MAX, sizeof *two, by_key, &modulus, alloc_libc) == CODE_NO_MEMORY,
          "overflow");
    failing = (struct failing){.fail_at = 1};
    CHECK(sort_stable(two, 2, sizeof *two, by_key, &modulus, failing_alloc(&failing)) == CODE_OK,
          "one allocation");
    CHECK(two[0].key == 1 && failing.live == 0, "sorted");
}

int main(void)
{
    struct rows *rows = malloc(sizeof *rows);
    if (!rows) abort();
    test_idmap(rows);
    fill_random(rows);
    test_idmap_reserve(rows);
    test_idmap_allocation_fails(rows);
    free(rows);
    test_sort();
    return check_done();
}
