/* backend.h - what a place of storage does for store.c; nobody else includes it.
 * store.c has checked limits and modes before it calls. */
#ifndef PLENARY_STORE_BACKEND_H
#define PLENARY_STORE_BACKEND_H
#include "store/store.h"

/* Stands for "no entry names it yet" in store_each_blob's order: after all indices. */
#define STORE_UNNAMED UINT64_MAX

struct store_functions {
    void (*close)(struct store *store);
    enum code (*size)(struct store *store, uint64_t *ret, struct fail *fail);
    enum code (*append)(struct store *store, const struct store_batch *batch, struct fail *fail);
    enum code (*read)(struct store *store, uint64_t from, uint64_t to, store_each_entry *each,
                      void *context, struct fail *fail);
    enum code (*checkpoint_get)(struct store *store, struct buf *ret, struct fail *fail);
    enum code (*checkpoint_put)(struct store *store, str note, struct fail *fail);
    enum code (*blob_put)(struct store *store, const hash32 *name, str bytes, struct fail *fail);
    enum code (*blob_get)(struct store *store, const hash32 *name, struct buf *ret,
                          struct fail *fail);
    enum code (*blob_list)(struct store *store, uint64_t from, store_each_blob *each, void *context,
                           struct fail *fail);
    enum code (*blob_collect)(struct store *store, uint64_t *ret_dropped, struct fail *fail);
    enum code (*disclosure_put)(struct store *store, const struct store_disclosure *disclosure,
                                struct fail *fail);
    enum code (*disclosure_get)(struct store *store, const hash32 *commitment, struct buf *ret,
                                struct buf *ret_audience, struct fail *fail);
    enum code (*disclosure_list)(struct store *store, store_each_disclosure *each, void *context,
                                 struct fail *fail);
    enum code (*disclosure_erase)(struct store *store, const hash32 *commitments, size_t count,
                                  struct fail *fail);
    enum code (*meta_put)(struct store *store, str key, str value, struct fail *fail);
    enum code (*meta_get)(struct store *store, str key, struct buf *ret, struct fail *fail);
};

/* First member of every back end's own structure. */
struct store {
    const struct store_functions *call;
    struct alloc alloc;
    bool read_only;
    /* After a commit of unknown outcome nothing more may be written: the process has to start anew.
     */
    bool broken;
};
#endif
