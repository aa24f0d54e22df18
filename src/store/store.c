#include "store/store.h"
#include "store/backend.h"

void store_close(struct store *store)
{
    if (store != NULL) store->call->close(store);
}

static enum code may_write(const struct store *store, struct fail *fail)
{
    if (store->read_only)
        return fail_set(fail, CODE_INTERNAL, "readonly", "the store was opened for reading");
    if (store->broken)
        return fail_set(fail, CODE_IO, "broken", "an earlier write failed; start again and replay");
    return CODE_OK;
}

static enum code check_limit(size_t len, size_t max, const char *what, struct fail *fail)
{
    if (len <= max) return CODE_OK;
    return fail_set(fail, CODE_INTERNAL, "size", "%s of %zu bytes, limit %zu", what, len, max);
}

static enum code check_disclosure(const struct store_disclosure *disclosure, struct fail *fail)
{
    TRY(check_limit(disclosure->opening.len, STORE_OPENING_MAX, "an opening", fail));
    return check_limit(disclosure->audience.len, STORE_AUDIENCE_MAX, "an audience", fail);
}

enum code store_size(struct store *store, uint64_t *ret, struct fail *fail)
{
    return store->call->size(store, ret, fail);
}

enum code store_append(struct store *store, const struct store_batch *batch, struct fail *fail)
{
    TRY(may_write(store, fail));
    if (batch->entry_count == 0 || batch->entry_count > STORE_BATCH_MAX)
        return fail_set(fail, CODE_INTERNAL, "size", "a batch of %zu entries", batch->entry_count);
    for (size_t i = 0; i < batch->entry_count; i++) {
        const struct store_entry *entry = &batch->entries[i];
        if (entry->leaf.len == 0)
            return fail_set(fail, CODE_INTERNAL, "leaf", "an entry without its leaf");
        TRY(check_limit(entry->leaf.len, STORE_LEAF_MAX, "a leaf", fail));
        TRY(check_limit(entry->act.len, STORE_ACT_MAX, "an act", fail));
    }
    for (size_t i = 0; i < batch->disclosure_count; i++)
        TRY(check_disclosure(&batch->disclosures[i], fail));
    return store->call->append(store, batch, fail);
}

enum code store_read(struct store *store, uint64_t from, uint64_t to, store_each_entry *each,
                     void *context, struct fail *fail)
{
    uint64_t size;
    TRY(store_size(store, &size, fail));
    if (to > size || from > to)
        return fail_set(fail, CODE_NOT_FOUND, "range", "entries %llu to %llu of a log of %llu",
                        (unsigned long long)from, (unsigned long long)to, (unsigned long long)size);
    return from == to ? CODE_OK : store->call->read(store, from, to, each, context, fail);
}

enum code store_checkpoint_get(struct store *store, struct buf *ret, struct fail *fail)
{
    return store->call->checkpoint_get(store, ret, fail);
}

enum code store_checkpoint_put(struct store *store, str note, struct fail *fail)
{
    TRY(may_write(store, fail));
    TRY(check_limit(note.len, STORE_CHECKPOINT_MAX, "a checkpoint", fail));
    return store->call->checkpoint_put(store, note, fail);
}

enum code store_blob_put(struct store *store, str bytes, hash32 *ret_name, struct fail *fail)
{
    TRY(may_write(store, fail));
    TRY(check_limit(bytes.len, STORE_BLOB_MAX, "a blob", fail));
    hash32 name = sha256_of(bytes);
    TRY(store->call->blob_put(store, &name, bytes, fail));
    *ret_name = name;
    return CODE_OK;
}

enum code store_blob_get(struct store *store, const hash32 *name, struct buf *ret,
                         struct fail *fail)
{
    size_t before = ret->len;
    TRY(store->call->blob_get(store, name, ret, fail));
    hash32 found = sha256_of((str){ret->at + before, ret->len - before});
    if (hash32_eq(&found, name)) return CODE_OK;
    ret->len = before;
    return fail_set(fail, CODE_CORRUPT, "blob", "a blob's bytes do not have its hash");
}

enum code store_blob_list(struct store *store, uint64_t from, store_each_blob *each, void *context,
                          struct fail *fail)
{
    return store->call->blob_list(store, from, each, context, fail);
}

enum code store_blob_collect(struct store *store, uint64_t *ret_dropped, struct fail *fail)
{
    TRY(may_write(store, fail));
    return store->call->blob_collect(store, ret_dropped, fail);
}

enum code store_disclosure_put(struct store *store, const struct store_disclosure *disclosure,
                               struct fail *fail)
{
    TRY(may_write(store, fail));
    TRY(check_disclosure(disclosure, fail));
    return store->call->disclosure_put(store, disclosure, fail);
}

enum code store_disclosure_get(struct store *store, const hash32 *commitment, struct buf *ret,
                               struct buf *ret_audience, struct fail *fail)
{
    return store->call->disclosure_get(store, commitment, ret, ret_audience, fail);
}

enum code store_disclosure_list(struct store *store, store_each_disclosure *each, void *context,
                                struct fail *fail)
{
    return store->call->disclosure_list(store, each, context, fail);
}

enum code store_disclosure_erase(struct store *store, const hash32 *commitments, size_t count,
                                 struct fail *fail)
{
    TRY(may_write(store, fail));
    return store->call->disclosure_erase(store, commitments, count, fail);
}

static enum code check_key(str key, struct fail *fail)
{
    if (key.len > 0 && key.len <= STORE_META_KEY_MAX) return CODE_OK;
    return fail_set(fail, CODE_INTERNAL, "key", "a setting's name has 1 to %d bytes",
                    (int)STORE_META_KEY_MAX);
}

enum code store_meta_put(struct store *store, str key, str value, struct fail *fail)
{
    TRY(may_write(store, fail));
    TRY(check_key(key, fail));
    TRY(check_limit(value.len, STORE_META_MAX, "a setting", fail));
    return store->call->meta_put(store, key, value, fail);
}

enum code store_meta_get(struct store *store, str key, struct buf *ret, struct fail *fail)
{
    TRY(check_key(key, fail));
    return store->call->meta_get(store, key, ret, fail);
}
