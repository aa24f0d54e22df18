#include "base/arena.h"
#include "base/buf.h"
#include "base/reader.h"
#include "base/text.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arena ---- */

static bool all_zero(const void *memory, size_t size)
{
    const uint8_t *bytes = memory;
    for (size_t i = 0; i < size; i++)
        if (bytes[i]) return false;
    return true;
}

static void test_arena_gives_zeroed_aligned_room(void)
{
    struct failing failing = {.fail_at = SIZE_MAX};
    struct arena arena;
    arena_init(&arena, failing_alloc(&failing), SIZE_MAX);
    for (size_t round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size++) {
            uint8_t *memory = arena_take(&arena, 1, size);
            if (!CHECK(memory && (uintptr_t)memory % _Alignof(max_align_t) == 0, "size %zu", size))
                return;
            if (!all_zero(memory, size)) CHECK(false, "size %zu is not zeroed", size);
            memset(memory, 0xff, size);
        }
        arena_clear(&arena);
        CHECK(arena.used == 0 && failing.live == 1, "one chunk stays, %d", (int)failing.live);
    }
    CHECK(failing.calls < 30, "%zu calls for 13 MB: chunks grow", failing.calls);
    arena_done(&arena);
    CHECK(failing.live == 0, "leaks");
    arena_done(&arena);
    CHECK(arena_take(&arena, 1, 1), "an arena may be used again");
    arena_done(&arena);
    struct arena nothing = {0};
    arena_done(&nothing);
    arena_clear(&nothing);
}

static void test_arena_limits(void)
{
    struct arena arena;
    arena_init(&arena, alloc_libc, 64);
    CHECK(!arena_take(&arena, SIZE_MAX, 2), "count*size overflows");
    CHECK(!arena_take(&arena, 1, SIZE_MAX), "rounding overflows");
    CHECK(!arena_take(&arena, 1, SIZE_MAX - 64), "header overflows");
    CHECK(!arena_take(&arena, 1, 65), "over the limit");
    CHECK(arena.used == 0, "used %zu", arena.used);
    CHECK(arena_take(&arena, 1, 64), "exactly the limit");
    CHECK(!arena_take(&arena, 1, 1), "full");
    CHECK(arena_take(&arena, 0, 8), "nothing always fits");
    arena_clear(&arena);
    CHECK(arena_take(&arena, 2, 32), "room again");
    arena_done(&arena);
    arena_init(&arena, alloc_libc, SIZE_MAX);
    CHECK(!arena_take(&arena, 1, SIZE_MAX - 32), "no chunk of that size can be");
    arena_done(&arena);
}

static void test_arena_resize(void)
{
    struct arena arena;
    arena_init(&arena, alloc_libc, 1 << 20);
    char *a = arena_resize(&arena, NULL, 0, 10);
    if (!CHECK(a, "from nothing")) return;
    memcpy(a, "0123456789", 10);
    size_t used = arena.used;
    CHECK(arena_resize(&arena, a, 10, 100) == a && memcmp(a, "0123456789", 10) == 0,
          "grows in place");
    CHECK(all_zero(a + 10, 90), "the new part is zero");
    memset(a + 10, 'x', 90);
    CHECK(arena_resize(&arena, a, 100, 10) == a && arena.used == used, "gives back");
    CHECK(arena_resize(&arena, a, 10, 100) == a && all_zero(a + 10, 90), "zero once more");
    char *b = arena_take(&arena, 1, 8);
    CHECK(b && arena_resize(&arena, a, 100, 50) == a, "shrinks where it is");
    char *moved = arena_resize(&arena, a, 100, 200);
    CHECK(moved && moved != a && memcmp(moved, a, 100) == 0 && all_zero(moved + 100, 100), "moves");
    char *far = arena_resize(&arena, moved, 200, 300000);
    CHECK(far && memcmp(far, a, 100) == 0 && all_zero(far + 100, 299900), "moves to a new chunk");
    CHECK(!arena_resize(&arena, far, 300000, 1 << 21), "over the limit");
    CHECK(far && memcmp(far, a, 100) == 0, "the old stays");
    arena_done(&arena);
}

static void test_arena_text(void)
{
    struct arena arena;
    str copy;
    arena_init(&arena, alloc_libc, 64);
    CHECK(arena_copy(&arena, STR("abc"), &copy) && str_eq(copy, STR("abc")) && copy.at[3] == '\0',
          "copy");
    CHECK(arena_copy(&arena, (str){NULL, 0}, &copy) && copy.len == 0 && copy.at[0] == '\0',
          "empty");
    str text = arena_printf(&arena, "%d-%s", 42, "x");
    CHECK(str_eq(text, STR("42-x")) && text.at[4] == '\0', "printf");
    text = arena_printf(&arena, "%100d", 1);
    CHECK(!text.at && text.len == 0, "too long");
    CHECK(!arena_copy(&arena, (str){"", SIZE_MAX}, &copy) && copy.at == NULL, "overflow");
    arena_done(&arena);
}

static bool arena_job(struct alloc alloc)
{
    struct arena arena;
    bool good = true;
    arena_init(&arena, alloc, SIZE_MAX);
    for (size_t i = 0; good && i < 40; i++) {
        uint8_t *memory = arena_take(&arena, 1 + i, 9000);
        good = memory != NULL;
        if (good) memory[(1 + i) * 9000 - 1] = 1;
    }
    arena_done(&arena);
    return good;
}

static bool buf_job(struct alloc alloc)
{
    struct buf buf;
    buf_init(&buf, alloc, SIZE_MAX);
    for (size_t i = 0; i < 3000; i++) buf_add_u64(&buf, i);
    buf_printf(&buf, "%1000d", 1);
    bool good = buf_check(&buf) == CODE_OK;
    if (good)
        CHECK(buf_str(&buf).len == 10 + 180 + 2700 + 8000 + 1000, "%zu bytes", buf_str(&buf).len);
    buf_done(&buf);
    return good;
}

static void test_every_allocation_may_fail(bool (*job)(struct alloc), size_t least)
{
    size_t n = 0;
    for (bool good = false; !good; n++) {
        struct failing failing = {.fail_at = n};
        good = job(failing_alloc(&failing));
        CHECK(failing.live == 0, "allocation %zu leaks", n);
        CHECK(good == (failing.calls <= n), "allocation %zu: %s", n,
              good ? "unnoticed" : "failed without cause");
    }
    CHECK(n > least, "%zu allocations", n);
}

/* ---- buf ---- */

static void test_buf_writes(void)
{
    struct buf buf;
    buf_init(&buf, alloc_libc, 1 << 20);
    CHECK(buf_str(&buf).len == 0 && buf_str(&buf).at, "empty");
    buf_add(&buf, STR("a"));
    buf_add(&buf, (str){NULL, 0});
    buf_add_cstr(&buf, "bc");
    buf_add_cstr(&buf, NULL);
    buf_add_byte(&buf, '\n');
    buf_add_u64(&buf, 0);
    buf_add_byte(&buf, ' ');
    buf_add_u64(&buf, UINT64_MAX);
    buf_printf(&buf, " %s %d", "x", -1);
    CHECK(str_eq(buf_str(&buf), STR("abc\n0 18446744073709551615 x -1")), "%.*s",
          STR_ARG(buf_str(&buf)));
    buf_clear(&buf);
    buf_add_be32(&buf, 0x01020304);
    buf_add_be64(&buf, 0x05060708090a0b0c);
    CHECK(str_eq(buf_str(&buf), STR("\1\2\3\4\5\6\7\10\11\12\13\14")), "big-endian");
    buf_done(&buf);
    CHECK(buf_str(&buf).len == 0, "after done");
    struct buf nothing = {0};
    buf_done(&nothing);
}

/* The pieces that hex and base64 are written in must not show at any length. */
static void test_buf_codings(void)
{
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        char hex[601], base64[401];
        struct buf buf;
        buf_init(&buf, alloc_libc, 4096);
        hex_encode(bytes, len, hex);
        buf_add_hex(&buf, bytes, len);
        CHECK(str_eq(buf_str(&buf), str_from(hex)), "hex of %zu", len);
        buf_clear(&buf);
        base64_encode(bytes, len, base64);
        buf_add_base64(&buf, bytes, len);
        CHECK(str_eq(buf_str(&buf), str_from(base64)), "base64 of %zu", len);
        buf_done(&buf);
    }
}

static void test_buf_maximum(void)
{
    for (size_t max = 0; max < 400; max++) {
        struct buf buf;
        buf_init(&buf, alloc_libc, max);
        buf_printf(&buf, "%*d", (int)max + 1, 7);
        CHECK(buf_check(&buf) == CODE_NO_MEMORY && buf.len == 0, "max %zu takes one more", max);
        buf_clear(&buf);
        if (max) buf_printf(&buf, "%*d", (int)max, 7);
        CHECK(buf_check(&buf) == CODE_OK && buf.len == max, "max %zu", max);
        buf_add(&buf, STR(""));
        CHECK(buf_extend(&buf, 0) && buf_check(&buf) == CODE_OK, "nothing fits");
        buf_add_byte(&buf, 'x');
        CHECK(buf_check(&buf) == CODE_NO_MEMORY && buf.len == max, "sticky");
        buf_add(&buf, STR(""));
        CHECK(!buf_extend(&buf, 0) && buf_check(&buf) == CODE_NO_MEMORY, "still failed");
        buf_clear(&buf);
        CHECK(buf_check(&buf) == CODE_OK && buf.len == 0, "forgotten");
        CHECK(!buf_extend(&buf, SIZE_MAX), "overflow");
        buf_done(&buf);
    }
}

/* ---- reader ---- */

static bool read_all(str bytes)
{
    struct reader r = reader_from(bytes);
    uint8_t one = read_u8(&r);
    uint32_t four = read_be32(&r);
    uint64_t eight = read_be64(&r);
    read_expect(&r, STR("tag"));
    str line = read_line(&r), tail = read_str(&r, 2);
    bool good = read_end(&r) == CODE_OK;
    if (good) {
        CHECK(one == 1 && four == 0x02030405 && eight == 0x060708090a0b0c0d, "numbers");
        CHECK(str_eq(line, STR("line")) && str_eq(tail, STR("xy")), "views");
        CHECK(reader_offset(&r) == bytes.len && reader_left(&r) == 0, "at the end");
    }
    return good;
}

static void test_reader(void)
{
    str whole = STR("\1\2\3\4\5\6\7\10\11\12\13\14\15"
                    "tagline\nxyz");
    for (size_t len = 0; len <= whole.len; len++)
        CHECK(read_all(str_sub(whole, 0, len)) == (len == whole.len - 1), "%zu bytes", len);
    CHECK(!read_all(STR("\1\2\3\4\5\6\7\10\11\12\13\14\15"
                        "taGline\nxy")),
          "not the tag");

    struct reader r = reader_from(STR("ab"));
    read_expect(&r, STR("b"));
    CHECK(r.bad && reader_offset(&r) == 0 && reader_left(&r) == 0, "bad stays where it was");
    CHECK(read_u8(&r) == 0 && read_be64(&r) == 0 && read_str(&r, 0).len == 0 &&
              read_line(&r).len == 0,
          "zeros");
    CHECK(read_end(&r) == CODE_MALFORMED, "bad");
    r = reader_from((str){NULL, 0});
    CHECK(read_str(&r, 0).at && read_end(&r) == CODE_OK, "nothing of nothing");
    (void)read_str(&r, SIZE_MAX);
    CHECK(r.bad, "length overflow");
    r = reader_from(STR("no newline"));
    CHECK(read_line(&r).len == 0 && r.bad, "a line needs its end");
    r = reader_from(STR("\n\n"));
    CHECK(read_line(&r).len == 0 && !r.bad && reader_left(&r) == 1, "an empty line");
}

int main(void)
{
    test_arena_gives_zeroed_aligned_room();
    test_arena_limits();
    test_arena_resize();
    test_arena_text();
    test_every_allocation_may_fail(arena_job, 5);
    test_buf_writes();
    test_buf_codings();
    test_buf_maximum();
    test_every_allocation_may_fail(buf_job, 5);
    test_reader();
    return check_done();
}
