/* Durable appends per second, single and in batches, beside what the disk itself gives: the same
 * bytes appended to a plain file with one fdatasync a commit. Then reading the log back.
 *     store_bench [DIR]        DIR on the disk to be measured; default: the working directory */
#include "base/text.h"
#include "store/store.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ACT_BYTES = 700, LEAF_BYTES = 160, BATCH_MAX = 1000 };

static double now_s(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static char bytes[ACT_BYTES + BATCH_MAX];

/* Acts that differ; their contents do not matter here. */
static void fill(struct store_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        entries[i] =
            (struct store_entry){.leaf = {bytes + i, LEAF_BYTES}, .act = {bytes + i, ACT_BYTES}};
}

static bool append(struct store *store, uint64_t *size, size_t batch)
{
    struct store_entry entries[BATCH_MAX];
    struct store_batch one = {*size, entries, batch, NULL, 0};
    struct fail fail = {0};
    fill(entries, batch);
    *size += batch;
    if (store_append(store, &one, &fail) == CODE_OK) return true;
    fprintf(stderr, "append: %s\n", fail.message);
    return false;
}

static double plain_rate(int fd, size_t batch, double seconds)
{
    static char block[(ACT_BYTES + LEAF_BYTES) * BATCH_MAX];
    size_t len = (ACT_BYTES + LEAF_BYTES) * batch, entries = 0;
    double start = now_s(), end = start;
    while (end - start < seconds) {
        if (write(fd, block, len) != (ssize_t)len || fdatasync(fd) < 0) return 0;
        entries += batch;
        end = now_s();
    }
    return (double)entries / (end - start);
}

static double store_rate(struct store *store, uint64_t *size, size_t batch, double seconds)
{
    uint64_t before = *size;
    double start = now_s(), end = start;
    while (end - start < seconds) {
        if (!append(store, size, batch)) return 0;
        end = now_s();
    }
    return (double)(*size - before) / (end - start);
}

static enum code hash_leaf(void *context, uint64_t index, const struct store_entry *entry)
{
    struct sha256 *sha = context;
    (void)index;
    sha256_add(sha, entry->leaf.at, 1);
    sha256_add(sha, entry->act.at, 1);
    return CODE_OK;
}

static bool bench_reading(struct store *store, uint64_t *size)
{
    struct sha256 sha;
    sha256_init(&sha);
    while (*size < 200000)
        if (!append(store, size, BATCH_MAX)) return false;
    double start = now_s();
    if (store_read(store, 0, *size, hash_leaf, &sha, NULL) != CODE_OK) return false;
    double took = now_s() - start;
    printf("%-34s %10.0f entries/s  (%llu in %.2f s)\n", "read", (double)*size / took,
           (unsigned long long)*size, took);
    return true;
}

static bool bench(const char *dir, int plain)
{
    static const size_t batches[] = {1, 10, 100, 1000};
    struct store *store = NULL;
    struct fail fail = {0};
    struct store_options options = {.mode = STORE_CREATE};
    uint64_t size = 0;
    if (store_open_sqlite(dir, &options, &store, &fail) != CODE_OK) {
        fprintf(stderr, "%s\n", fail.message);
        return false;
    }
    for (size_t i = 0; i < COUNT(batches); i++) {
        double floor = plain_rate(plain, batches[i], 1),
               ours = store_rate(store, &size, batches[i], 2);
        printf("append durably, %4zu a commit        %10.0f entries/s  plain file %10.0f  ratio "
               "%.2f\n",
               batches[i], ours, floor, floor > 0 ? ours / floor : 0);
    }
    bool good = bench_reading(store, &size);
    store_close(store);
    return good;
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"plenary.db", "writer.lock", "plain"};
    char *dir = NULL, *path = NULL;
    struct stream stream;
    stream_init(&stream, STR("bench"));
    stream_bytes(&stream, bytes, sizeof bytes);
    if (asprintf(&dir, "%s/store-bench-XXXXXX", argc > 1 ? argv[1] : ".") < 0) return 1;
    if (mkdtemp(dir) == NULL || asprintf(&path, "%s/plain", dir) < 0) return 1;
    int plain = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool good = plain >= 0 && bench(dir, plain);
    for (size_t i = 0; i < COUNT(files); i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", dir, files[i]);
        unlink(name);
    }
    rmdir(dir);
    free(path);
    free(dir);
    return good ? 0 : 1;
}
