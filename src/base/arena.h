/* arena.h - memory by lifetime: many allocations, one release, a limit in bytes. */
#ifndef PLENARY_BASE_ARENA_H
#define PLENARY_BASE_ARENA_H
#include "base/base.h"

/* Where memory comes from. Tests pass one that fails on the n-th call. `take` with size > 0 returns
 * NULL on failure; `give` accepts NULL. */
struct alloc {
    void *(*take)(void *self, size_t size);
    /* As realloc; `old` stays on NULL. */
    void *(*grow)(void *self, void *old, size_t old_size, size_t size);
    void (*give)(void *self, void *memory);
    void *self;
};
extern const struct alloc alloc_libc;

struct arena_chunk;
struct arena {
    struct alloc alloc;
    struct arena_chunk *chunk;
    size_t used, limit; /* bytes */
    bool failed;        /* something was refused since it was made or cleared */
};

void arena_init(struct arena *arena, struct alloc alloc, size_t limit_bytes);
/* Gives everything back; the arena may be used again. Accepts a zeroed arena. */
void arena_done(struct arena *arena);
/* Forgets everything taken but keeps one chunk for reuse. */
void arena_clear(struct arena *arena);
/* Zeroed room for `count` objects of `size` bytes, aligned for any object.
 * NULL when out of memory, over the arena's limit, or when count*size overflows. */
void *arena_take(struct arena *arena, size_t count, size_t size) MUST_CHECK;
/* `old`, taken from this arena with `old_size` bytes, now with `size` bytes, new ones zero: in
 * place when it was the last thing taken and fits, otherwise (only when growing) moved. `old` NULL
 * is arena_take. On NULL `old` stays as it was. */
void *arena_resize(struct arena *arena, void *old, size_t old_size, size_t size) MUST_CHECK;
#define ARENA_NEW(arena, type) ((type *)arena_take((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_take((arena), (count), sizeof(type)))
/* A copy of `s` in the arena, NUL-terminated behind its end for the libc border.
 * On failure `ret->at` is NULL and the result false. */
bool arena_copy(struct arena *arena, str s, str *ret) MUST_CHECK;
/* printf into the arena; `{NULL, 0}` when out of memory. */
str arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
#endif
