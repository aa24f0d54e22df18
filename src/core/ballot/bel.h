/* bel.h - Belenios archives (specification, 4.4): an old-style tar without end blocks, of
 * `BELENIOS`, then data and events, each named by its hash. Every byte is what a writer would have
 * written; nothing is left over. */
#ifndef PLENARY_CORE_BALLOT_BEL_H
#define PLENARY_CORE_BALLOT_BEL_H
#include "base/buf.h"
#include "base/sha256.h"

enum { BEL_BLOCK = 512, BEL_MEMBER_MAX = 64 << 20 };

/* Where the bytes come from. `read` gives exactly `len` bytes from `at` on, or a code. */
struct bel_source {
    enum code (*read)(void *self, uint64_t at, void *ret, size_t len);
    void *self;
    uint64_t size; /* bytes */
};
struct bel {
    struct bel_source source;
    uint64_t at;        /* of the next member */
    uint64_t timestamp; /* of every member */
};
struct bel_member {
    hash32 hash; /* of its contents, and its name */
    bool event;  /* or data */
    uint64_t at; /* where the contents lie */
    str bytes;
};

/* Reads the first member. CODE_MALFORMED "archive" when this is none, CODE_TOO_BIG, CODE_IO,
 * CODE_NO_MEMORY. */
enum code bel_open(struct bel *bel, struct bel_source source, struct fail *fail) MUST_CHECK;
/* The next member, its contents in `room` until the next call; `ret_end` when there is none.
 * CODE_MALFORMED with reason header, name, truncated, padding. */
enum code bel_next(struct bel *bel, struct buf *room, struct bel_member *ret, bool *ret_end,
                   struct fail *fail) MUST_CHECK;
/* `len` bytes of contents once more. */
enum code bel_read(const struct bel *bel, uint64_t at, size_t len, struct buf *room,
                   str *ret) MUST_CHECK;
#endif
