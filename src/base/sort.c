#include "base/sort.h"

#include <string.h>

struct sorting {
    size_t size; /* of an item, bytes */
    sort_order *order;
    const void *context;
};

/* Merges the sorted runs [from, middle) and [middle, end) of `in` into `out` at the same place. */
static void merge(const struct sorting *sorting, const char *in, char *out, const size_t bounds[3])
{
    size_t size = sorting->size, left = bounds[0], right = bounds[1], at = bounds[0];
    if (bounds[1] == bounds[2] ||
        sorting->order(in + (bounds[1] - 1) * size, in + bounds[1] * size, sorting->context) <= 0) {
        memcpy(out + at * size, in + at * size, (bounds[2] - at) * size);
        return;
    }
    while (left < bounds[1] && right < bounds[2]) {
        /* Equal items keep their order: the left one goes first. */
        bool take_left = sorting->order(in + left * size, in + right * size, sorting->context) <= 0;
        size_t from = take_left ? left++ : right++;
        memcpy(out + at++ * size, in + from * size, size);
    }
    memcpy(out + at * size, in + left * size, (bounds[1] - left) * size);
    at += bounds[1] - left;
    memcpy(out + at * size, in + right * size, (bounds[2] - right) * size);
}

enum code sort_stable(void *items, size_t count, size_t size, sort_order *order,
                      const void *context, struct alloc alloc)
{
    if (count < 2 || size == 0) return CODE_OK;
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return CODE_NO_MEMORY;
    char *spare = alloc.take(alloc.self, bytes);
    if (!spare) return CODE_NO_MEMORY;
    struct sorting sorting = {size, order, context};
    char *in = items, *out = spare;
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t from = 0; from < count; from += 2 * run) {
            size_t middle = run < count - from ? from + run : count;
            size_t end = run < count - middle ? middle + run : count;
            merge(&sorting, in, out, (size_t[3]){from, middle, end});
        }
        char *sorted = out;
        out = in;
        in = sorted;
    }
    if (in != (char *)items) memcpy(items, in, bytes);
    alloc.give(alloc.self, spare);
    return CODE_OK;
}
