#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *libc_take(void *self, size_t size)
{
    (void)self;
    return malloc(size);
}

static void *libc_grow(void *self, void *old, size_t old_size, size_t size)
{
    (void)self;
    (void)old_size;
    return realloc(old, size);
}

static void libc_give(void *self, void *memory)
{
    (void)self;
    free(memory);
}

const struct alloc alloc_libc = {libc_take, libc_grow, libc_give, NULL};

enum { CHUNK_MIN = 65536, CHUNK_MAX = 1048576, CHUNK_ALIGN = _Alignof(max_align_t) };

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, room; /* bytes of data */
    max_align_t data[];
};

void arena_init(struct arena *arena, struct alloc alloc, size_t limit_bytes)
{
    *arena = (struct arena){.alloc = alloc, .limit = limit_bytes};
}

static void chunks_give(const struct arena *arena, struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        arena->alloc.give(arena->alloc.self, chunk);
        chunk = older;
    }
}

void arena_done(struct arena *arena)
{
    chunks_give(arena, arena->chunk);
    arena->chunk = NULL;
    arena->used = 0;
    arena->failed = false;
}

void arena_clear(struct arena *arena)
{
    arena->used = 0;
    arena->failed = false;
    if (!arena->chunk) return;
    chunks_give(arena, arena->chunk->older);
    arena->chunk->older = NULL;
    arena->chunk->used = 0;
}

/* Chunks double from CHUNK_MIN to CHUNK_MAX, so small arenas stay small and large ones call rarely.
 */
static struct arena_chunk *chunk_add(struct arena *arena, size_t need)
{
    size_t room = arena->chunk ? arena->chunk->room : CHUNK_MIN / 2;
    room = room >= CHUNK_MAX / 2 ? CHUNK_MAX : room * 2;
    if (room < need) room = need;
    size_t size;
    if (__builtin_add_overflow(room, sizeof(struct arena_chunk), &size)) return NULL;
    struct arena_chunk *chunk = arena->alloc.take(arena->alloc.self, size);
    if (!chunk) return NULL;
    *chunk = (struct arena_chunk){.older = arena->chunk, .room = room};
    arena->chunk = chunk;
    return chunk;
}

/* `size` rounded up to the alignment; false on overflow. */
static bool round_up(size_t size, size_t *ret)
{
    size_t padded;
    if (__builtin_add_overflow(size, CHUNK_ALIGN - 1, &padded)) return false;
    *ret = padded & ~(size_t)(CHUNK_ALIGN - 1);
    return true;
}

static void *refused(struct arena *arena)
{
    arena->failed = true;
    return NULL;
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    size_t bytes, need;
    if (__builtin_mul_overflow(count, size, &bytes) || !round_up(bytes, &need))
        return refused(arena);
    if (need > arena->limit - arena->used) return refused(arena);
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk || need > chunk->room - chunk->used) chunk = chunk_add(arena, need);
    if (!chunk) return refused(arena);
    void *memory = (char *)chunk->data + chunk->used;
    chunk->used += need;
    arena->used += need;
    return memset(memory, 0, need);
}

void *arena_resize(struct arena *arena, void *old, size_t old_size, size_t size)
{
    size_t held, need;
    if (!old) return arena_take(arena, 1, size);
    if (!round_up(old_size, &held) || !round_up(size, &need)) return refused(arena);
    struct arena_chunk *chunk = arena->chunk;
    size_t before = chunk->used - held;
    bool is_last = chunk->used >= held && (char *)chunk->data + before == (char *)old;
    if (!is_last || need > chunk->room - before) {
        if (size <= old_size) return old;
        void *moved = arena_take(arena, 1, size);
        return moved ? memcpy(moved, old, old_size) : NULL;
    }
    if (need > held && need - held > arena->limit - arena->used) return refused(arena);
    if (size > old_size) memset((char *)old + old_size, 0, need - old_size);
    chunk->used = before + need;
    arena->used = arena->used - held + need;
    return old;
}

bool arena_copy(struct arena *arena, str s, str *ret)
{
    size_t size;
    char *copy = NULL;
    if (!__builtin_add_overflow(s.len, (size_t)1, &size)) copy = arena_take(arena, size, 1);
    if (!copy) {
        *ret = (str){NULL, 0};
        return false;
    }
    if (s.len) memcpy(copy, s.at, s.len);
    *ret = (str){copy, s.len};
    return true;
}

str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len < 0 ? NULL : arena_take(arena, (size_t)len + 1, 1);
    if (text) (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text ? (str){text, (size_t)len} : (str){NULL, 0};
}
