#include "ledger.h"
#include <stdio.h>

enum { BATCH_MOST = 9, ACT_BYTES = 1500 };

static uint64_t batch_entries(uint64_t batch)
{
    return 1 + batch * 5 % BATCH_MOST;
}

uint64_t ledger_size(uint64_t batches)
{
    uint64_t size = 0;
    for (uint64_t i = 0; i < batches; i++) size += batch_entries(i);
    return size;
}

hash32 ledger_commitment(uint64_t batch)
{
    char text[40];
    snprintf(text, sizeof text, "commitment %llu", (unsigned long long)batch);
    return sha256_of(str_from(text));
}

/* The one entry that belongs at `index`; `leaf` and `act` are room for its bytes. */
static struct store_entry entry_at(uint64_t index, char leaf[64], char act[ACT_BYTES])
{
    struct stream stream;
    int len = snprintf(leaf, 64, "plenary.leaf/v1 of entry %llu\n", (unsigned long long)index);
    str text = {leaf, (size_t)len};
    stream_init(&stream, text);
    size_t act_len = (size_t)stream_below(&stream, ACT_BYTES);
    stream_bytes(&stream, act, act_len);
    return (struct store_entry){.leaf = text, .act = {act, act_len}, .id = sha256_of(text)};
}

enum code ledger_append(struct store *store, uint64_t batch, struct fail *fail)
{
    char leaf[BATCH_MOST][64], act[BATCH_MOST][ACT_BYTES];
    struct store_entry entries[BATCH_MOST];
    uint64_t from = ledger_size(batch), count = batch_entries(batch);
    for (uint64_t i = 0; i < count; i++) entries[i] = entry_at(from + i, leaf[i], act[i]);
    hash32 commitment = ledger_commitment(batch);
    struct store_disclosure opening = {
        commitment, {(const char *)commitment.bytes, sizeof commitment.bytes}, STR("unit")};
    struct store_batch one = {from, entries, (size_t)count, &opening, 1};
    return store_append(store, &one, fail);
}

static enum code compare(void *context, uint64_t index, const struct store_entry *entry)
{
    (void)context;
    char leaf[64], act[ACT_BYTES];
    struct store_entry want = entry_at(index, leaf, act);
    if (str_eq(want.leaf, entry->leaf) && str_eq(want.act, entry->act) &&
        hash32_eq(&want.id, &entry->id))
        return CODE_OK;
    printf("entry %llu is not what was appended\n", (unsigned long long)index);
    return CODE_CORRUPT;
}

static bool opening_as_expected(struct store *store, uint64_t batch, bool erased)
{
    hash32 commitment = ledger_commitment(batch);
    struct buf opening;
    buf_init(&opening, alloc_libc, 64);
    enum code code = store_disclosure_get(store, &commitment, &opening, NULL, NULL);
    bool right = erased ? code == CODE_NOT_FOUND
                        : code == CODE_OK && opening.len == sizeof commitment.bytes &&
                              memcmp(opening.at, commitment.bytes, opening.len) == 0;
    buf_done(&opening);
    if (!right) printf("opening of batch %llu: %s\n", (unsigned long long)batch, code_name(code));
    return right;
}

uint64_t ledger_check(struct store *store, uint64_t erased)
{
    uint64_t size, batches = 0, reached = 0;
    struct fail fail = {0};
    if (store_size(store, &size, &fail) != CODE_OK ||
        store_read(store, 0, size, compare, NULL, &fail) != CODE_OK) {
        printf("unreadable: %s\n", fail.message);
        return UINT64_MAX;
    }
    while (reached < size) reached += batch_entries(batches++);
    if (reached != size) {
        printf("batch %llu is torn\n", (unsigned long long)batches);
        return UINT64_MAX;
    }
    for (uint64_t i = 0; i < batches; i++)
        if (!opening_as_expected(store, i, i < erased)) return UINT64_MAX;
    return batches;
}
