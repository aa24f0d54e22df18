/* The back end without a disk. Everything is a row of named bytes in one of four tables. */
#include "base/sort.h"
#include "store/backend.h"

struct row {
    hash32 name;          /* act id, blob or commitment; of settings the hash of the key */
    uint64_t first_entry; /* blobs: STORE_UNNAMED until an entry names it */
    size_t head_len, len; /* bytes: leaf then act; audience then opening; nothing then blob */
    char *bytes;
};

struct table {
    struct row *rows;
    size_t count, room;
};

struct memory_store {
    struct store base;
    struct table entries;                      /* by index */
    struct table blobs, disclosures, settings; /* ascending by name */
    char *checkpoint;
    size_t checkpoint_len;
};

static struct memory_store *self_of(struct store *store)
{
    return (struct memory_store *)store;
}

static enum code no_memory(struct fail *fail)
{
    return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
}

static str row_head(const struct row *row)
{
    return (str){row->bytes, row->head_len};
}

static str row_tail(const struct row *row)
{
    return (str){row->bytes + row->head_len, row->len - row->head_len};
}

/* Copies both parts into fresh bytes (at least one, so that NULL means failure). */
static bool row_fill(const struct alloc *alloc, struct row *row, str head, str tail)
{
    row->bytes = alloc->take(alloc->self, head.len + tail.len + 1);
    if (row->bytes == NULL) return false;
    row->head_len = head.len;
    row->len = head.len + tail.len;
    if (head.len > 0) memcpy(row->bytes, head.at, head.len);
    if (tail.len > 0) memcpy(row->bytes + head.len, tail.at, tail.len);
    return true;
}

/* Openings are erased by dropping their row, so the bytes are wiped first. */
static void row_drop(const struct alloc *alloc, struct row *row)
{
    if (row->bytes != NULL) explicit_bzero(row->bytes, row->len);
    alloc->give(alloc->self, row->bytes);
}

static bool table_reserve(const struct alloc *alloc, struct table *table, size_t more)
{
    if (table->room - table->count >= more) return true;
    size_t room = table->room > 0 ? table->room * 2 : 16;
    if (room < table->count + more) room = table->count + more;
    size_t size = sizeof *table->rows;
    void *grown = alloc->grow(alloc->self, table->rows, table->room * size, room * size);
    if (grown == NULL) return false;
    table->rows = grown;
    table->room = room;
    return true;
}

static void table_done(const struct alloc *alloc, struct table *table)
{
    for (size_t i = 0; i < table->count; i++) row_drop(alloc, &table->rows[i]);
    alloc->give(alloc->self, table->rows);
}

/* Where `name` stands or would stand in a table ascending by name. */
static size_t table_find(const struct table *table, const hash32 *name, bool *ret_found)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hash32_cmp(&table->rows[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_found = low < table->count && hash32_eq(&table->rows[low].name, name);
    return low;
}

static const struct row *table_get(const struct table *table, const hash32 *name)
{
    bool found;
    size_t at = table_find(table, name, &found);
    return found ? &table->rows[at] : NULL;
}

/* Room must have been reserved. */
static void table_put(const struct alloc *alloc, struct table *table, const struct row *row)
{
    bool found;
    size_t at = table_find(table, &row->name, &found);
    if (found) {
        row_drop(alloc, &table->rows[at]);
    } else {
        memmove(&table->rows[at + 1], &table->rows[at], (table->count - at) * sizeof *row);
        table->count++;
    }
    table->rows[at] = *row;
}

static void table_remove(const struct alloc *alloc, struct table *table, const hash32 *name)
{
    bool found;
    size_t at = table_find(table, name, &found);
    if (!found) return;
    row_drop(alloc, &table->rows[at]);
    table->count--;
    memmove(&table->rows[at], &table->rows[at + 1], (table->count - at) * sizeof table->rows[0]);
}

static enum code append_to(struct buf *ret, str bytes, struct fail *fail)
{
    if (ret == NULL) return CODE_OK;
    if (bytes.len > ret->max - ret->len)
        return fail_set(fail, CODE_TOO_BIG, "size", "larger than the %zu bytes expected",
                        ret->max - ret->len);
    size_t before = ret->len;
    buf_add(ret, bytes);
    if (buf_check(ret) == CODE_OK) return CODE_OK;
    ret->len = before;
    return no_memory(fail);
}

static void memory_close(struct store *store)
{
    struct memory_store *self = self_of(store);
    struct alloc alloc = store->alloc;
    table_done(&alloc, &self->entries);
    table_done(&alloc, &self->blobs);
    table_done(&alloc, &self->disclosures);
    table_done(&alloc, &self->settings);
    alloc.give(alloc.self, self->checkpoint);
    alloc.give(alloc.self, self);
}

static enum code memory_size(struct store *store, uint64_t *ret, struct fail *fail)
{
    (void)fail;
    *ret = self_of(store)->entries.count;
    return CODE_OK;
}

static enum code check_batch(const struct memory_store *self, const struct store_batch *batch,
                             struct fail *fail)
{
    if (batch->from != self->entries.count)
        return fail_set(fail, CODE_INTERNAL, "order", "a batch for %llu, the log has %zu entries",
                        (unsigned long long)batch->from, self->entries.count);
    for (size_t i = 0; i < batch->entry_count; i++)
        for (size_t j = 0; j < batch->entries[i].blob_count; j++)
            if (table_get(&self->blobs, &batch->entries[i].blobs[j]) == NULL)
                return fail_set(fail, CODE_INTERNAL, "blob", "an act names a blob not held");
    return CODE_OK;
}

/* Copies of all rows the batch adds, entries first; false and nothing held when memory runs out. */
static bool copy_batch(const struct alloc *alloc, const struct store_batch *batch, struct row *rows)
{
    size_t total = batch->entry_count + batch->disclosure_count;
    for (size_t i = 0; i < total; i++) {
        bool is_entry = i < batch->entry_count;
        const struct store_entry *entry = is_entry ? &batch->entries[i] : NULL;
        const struct store_disclosure *opening =
            is_entry ? NULL : &batch->disclosures[i - batch->entry_count];
        rows[i] = (struct row){.name = is_entry ? entry->id : opening->commitment};
        if (row_fill(alloc, &rows[i], is_entry ? entry->leaf : opening->audience,
                     is_entry ? entry->act : opening->opening))
            continue;
        while (i-- > 0) row_drop(alloc, &rows[i]);
        return false;
    }
    return true;
}

static void name_blobs(struct memory_store *self, const struct store_batch *batch)
{
    for (size_t i = 0; i < batch->entry_count; i++)
        for (size_t j = 0; j < batch->entries[i].blob_count; j++) {
            bool found;
            size_t at = table_find(&self->blobs, &batch->entries[i].blobs[j], &found);
            struct row *blob = &self->blobs.rows[at];
            if (blob->first_entry == STORE_UNNAMED) blob->first_entry = batch->from + i;
        }
}

static enum code memory_append(struct store *store, const struct store_batch *batch,
                               struct fail *fail)
{
    struct memory_store *self = self_of(store);
    const struct alloc *alloc = &store->alloc;
    TRY(check_batch(self, batch, fail));
    size_t total = batch->entry_count + batch->disclosure_count;
    if (!table_reserve(alloc, &self->entries, batch->entry_count) ||
        !table_reserve(alloc, &self->disclosures, batch->disclosure_count))
        return no_memory(fail);
    struct row *rows = alloc->take(alloc->self, total * sizeof *rows);
    if (rows == NULL) return no_memory(fail);
    if (!copy_batch(alloc, batch, rows)) {
        alloc->give(alloc->self, rows);
        return no_memory(fail);
    }
    memcpy(&self->entries.rows[self->entries.count], rows, batch->entry_count * sizeof *rows);
    self->entries.count += batch->entry_count;
    for (size_t i = batch->entry_count; i < total; i++)
        table_put(alloc, &self->disclosures, &rows[i]);
    name_blobs(self, batch);
    alloc->give(alloc->self, rows);
    return CODE_OK;
}

static enum code memory_read(struct store *store, uint64_t from, uint64_t to,
                             store_each_entry *each, void *context, struct fail *fail)
{
    (void)fail;
    const struct memory_store *self = self_of(store);
    for (uint64_t i = from; i < to; i++) {
        const struct row *row = &self->entries.rows[i];
        struct store_entry entry = {.leaf = row_head(row), .act = row_tail(row), .id = row->name};
        TRY(each(context, i, &entry));
    }
    return CODE_OK;
}

static enum code memory_checkpoint_get(struct store *store, struct buf *ret, struct fail *fail)
{
    const struct memory_store *self = self_of(store);
    if (self->checkpoint == NULL)
        return fail_set(fail, CODE_NOT_FOUND, "checkpoint", "no checkpoint is kept");
    return append_to(ret, (str){self->checkpoint, self->checkpoint_len}, fail);
}

static enum code memory_checkpoint_put(struct store *store, str note, struct fail *fail)
{
    struct memory_store *self = self_of(store);
    char *copy = store->alloc.take(store->alloc.self, note.len + 1);
    if (copy == NULL) return no_memory(fail);
    if (note.len > 0) memcpy(copy, note.at, note.len);
    store->alloc.give(store->alloc.self, self->checkpoint);
    self->checkpoint = copy;
    self->checkpoint_len = note.len;
    return CODE_OK;
}

static enum code put_row(struct store *store, struct table *table, struct row row, str head,
                         str tail, struct fail *fail)
{
    if (!table_reserve(&store->alloc, table, 1) || !row_fill(&store->alloc, &row, head, tail))
        return no_memory(fail);
    table_put(&store->alloc, table, &row);
    return CODE_OK;
}

static enum code memory_blob_put(struct store *store, const hash32 *name, str bytes,
                                 struct fail *fail)
{
    struct memory_store *self = self_of(store);
    if (table_get(&self->blobs, name) != NULL) return CODE_OK;
    struct row row = {.name = *name, .first_entry = STORE_UNNAMED};
    return put_row(store, &self->blobs, row, STR(""), bytes, fail);
}

static enum code memory_blob_get(struct store *store, const hash32 *name, struct buf *ret,
                                 struct fail *fail)
{
    const struct row *row = table_get(&self_of(store)->blobs, name);
    if (row == NULL) return fail_set(fail, CODE_NOT_FOUND, "blob", "no such blob");
    return append_to(ret, row_tail(row), fail);
}

static int by_first_entry(const void *a, const void *b, const void *context)
{
    (void)context;
    const struct row *const *left = a, *const *right = b;
    uint64_t x = (*left)->first_entry, y = (*right)->first_entry;
    return x < y ? -1 : x > y;
}

static enum code memory_blob_list(struct store *store, uint64_t from, store_each_blob *each,
                                  void *context, struct fail *fail)
{
    const struct table *blobs = &self_of(store)->blobs;
    const struct alloc *alloc = &store->alloc;
    const struct row **named = alloc->take(alloc->self, (blobs->count + 1) * sizeof(void *));
    if (named == NULL) return no_memory(fail);
    size_t count = 0;
    for (size_t i = 0; i < blobs->count; i++) {
        uint64_t first = blobs->rows[i].first_entry;
        if (first != STORE_UNNAMED && first >= from) named[count++] = &blobs->rows[i];
    }
    /* Stable: blobs first named by one entry stay in order of their names. */
    enum code code = sort_stable(named, count, sizeof *named, by_first_entry, NULL, *alloc);
    if (code != CODE_OK) (void)no_memory(fail);
    for (size_t i = 0; code == CODE_OK && i < count; i++)
        code = each(context, &named[i]->name, named[i]->first_entry, named[i]->len);
    alloc->give(alloc->self, named);
    return code;
}

static enum code memory_blob_collect(struct store *store, uint64_t *ret_dropped, struct fail *fail)
{
    (void)fail;
    struct table *blobs = &self_of(store)->blobs;
    size_t kept = 0;
    for (size_t i = 0; i < blobs->count; i++) {
        if (blobs->rows[i].first_entry == STORE_UNNAMED)
            row_drop(&store->alloc, &blobs->rows[i]);
        else
            blobs->rows[kept++] = blobs->rows[i];
    }
    *ret_dropped = blobs->count - kept;
    blobs->count = kept;
    return CODE_OK;
}

static enum code memory_disclosure_put(struct store *store,
                                       const struct store_disclosure *disclosure, struct fail *fail)
{
    struct row row = {.name = disclosure->commitment};
    return put_row(store, &self_of(store)->disclosures, row, disclosure->audience,
                   disclosure->opening, fail);
}

static enum code memory_disclosure_get(struct store *store, const hash32 *commitment,
                                       struct buf *ret, struct buf *ret_audience, struct fail *fail)
{
    const struct row *row = table_get(&self_of(store)->disclosures, commitment);
    if (row == NULL) return fail_set(fail, CODE_NOT_FOUND, "disclosure", "no opening is held");
    size_t before = ret != NULL ? ret->len : 0;
    TRY(append_to(ret, row_tail(row), fail));
    enum code code = append_to(ret_audience, row_head(row), fail);
    if (code != CODE_OK && ret != NULL) ret->len = before;
    return code;
}

static enum code memory_disclosure_list(struct store *store, store_each_disclosure *each,
                                        void *context, struct fail *fail)
{
    (void)fail;
    const struct table *table = &self_of(store)->disclosures;
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        struct store_disclosure one = {row->name, row_tail(row), row_head(row)};
        TRY(each(context, &one));
    }
    return CODE_OK;
}

static enum code memory_disclosure_erase(struct store *store, const hash32 *commitments,
                                         size_t count, struct fail *fail)
{
    (void)fail;
    for (size_t i = 0; i < count; i++)
        table_remove(&store->alloc, &self_of(store)->disclosures, &commitments[i]);
    return CODE_OK;
}

static enum code memory_meta_put(struct store *store, str key, str value, struct fail *fail)
{
    struct table *settings = &self_of(store)->settings;
    struct row row = {.name = sha256_of(key)};
    if (value.len > 0) return put_row(store, settings, row, key, value, fail);
    table_remove(&store->alloc, settings, &row.name);
    return CODE_OK;
}

static enum code memory_meta_get(struct store *store, str key, struct buf *ret, struct fail *fail)
{
    hash32 name = sha256_of(key);
    const struct row *row = table_get(&self_of(store)->settings, &name);
    if (row == NULL)
        return fail_set(fail, CODE_NOT_FOUND, "setting", "no setting %.*s", STR_ARG(key));
    return append_to(ret, row_tail(row), fail);
}

static const struct store_functions memory_functions = {
    .close = memory_close,
    .size = memory_size,
    .append = memory_append,
    .read = memory_read,
    .checkpoint_get = memory_checkpoint_get,
    .checkpoint_put = memory_checkpoint_put,
    .blob_put = memory_blob_put,
    .blob_get = memory_blob_get,
    .blob_list = memory_blob_list,
    .blob_collect = memory_blob_collect,
    .disclosure_put = memory_disclosure_put,
    .disclosure_get = memory_disclosure_get,
    .disclosure_list = memory_disclosure_list,
    .disclosure_erase = memory_disclosure_erase,
    .meta_put = memory_meta_put,
    .meta_get = memory_meta_get,
};

enum code store_open_memory(struct alloc alloc, struct store **ret)
{
    struct memory_store *self = alloc.take(alloc.self, sizeof *self);
    if (self == NULL) return CODE_NO_MEMORY;
    *self = (struct memory_store){.base = {.call = &memory_functions, .alloc = alloc}};
    *ret = &self->base;
    return CODE_OK;
}
