/* sort.h - a stable, allocation-free-on-the-caller's-behalf merge sort with context; same result on
 * every machine (libc's qsort is neither stable nor told anything). */
#ifndef PLENARY_BASE_SORT_H
#define PLENARY_BASE_SORT_H
#include "base/arena.h"

typedef int sort_order(const void *a, const void *b, const void *context);
/* Sorts `count` items of `size` bytes; needs count*size bytes from `alloc` while it runs. */
enum code sort_stable(void *items, size_t count, size_t size, sort_order *order,
                      const void *context, struct alloc alloc) MUST_CHECK;
#endif
