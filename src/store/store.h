/* store.h - where an organisation's record is kept: the log, blobs, openings of commitments, a few
 * settings.
 *
 * The log is the only truth; all else the node knows is its replay. A back end therefore has to
 * append batches durably, read ranges and keep bytes by name: memory (tests, rehearsals without a
 * folder) and SQLite (WAL, synchronous=FULL) do; tests/conformance/store_test.c holds for both.
 *
 * Order of a commit, kept by the caller (node/submit):
 *  1. store_append: the only commit point, after it the acts are part of the record;
 *  2. signer_sign: advances the checkpoint lock, durably, then signs; so the lock is never ahead of
 *     the log unless an older copy of the log was restored;
 *  3. store_checkpoint_put, export_extend; then replies leave.
 * When store_append fails it is unknown whether it happened: abort the process, replay at the next
 * start finds out. There is no undo.
 *
 * A store is used by one thread at a time. Views given to callbacks live until the callback
 * returns. CODE_IO: the disk or the database refused. CODE_CORRUPT: what is stored is not what was
 * written. */
#ifndef PLENARY_STORE_STORE_H
#define PLENARY_STORE_STORE_H
#include "base/buf.h"
#include "base/sha256.h"

enum {
    STORE_LEAF_MAX = 512,           /* bytes of a leaf text */
    STORE_ACT_MAX = 1 << 17,        /* bytes of a signed act with its signature lines */
    STORE_BATCH_MAX = 1 << 16,      /* entries in one batch */
    STORE_CHECKPOINT_MAX = 1 << 14, /* bytes of a signed checkpoint */
    STORE_OPENING_MAX = 1 << 20,    /* bytes of one opening (salt and text) */
    STORE_AUDIENCE_MAX = 200,       /* bytes of an audience tag */
    STORE_META_KEY_MAX = 64,        /* bytes */
    STORE_META_MAX = 1 << 16,       /* bytes of one setting */
    STORE_BLOB_MAX = 256 << 20      /* bytes of one blob */
};

/* One leaf of the log and what it stands for. */
struct store_entry {
    str leaf;  /* the exact two lines of plenary.leaf/v1 */
    str act;   /* the exact bytes of the act or tick; empty where the record keeps only its hash */
    hash32 id; /* act id, or the hash the leaf states */
    const hash32
        *blobs; /* blobs the act names; each must be held already. Not filled in when reading. */
    size_t blob_count;
};

/* The text and salt behind a commitment. */
struct store_disclosure {
    hash32 commitment;
    str opening;  /* 16-byte salt and text */
    str audience; /* who may read it, in the node's words: "unit:<id>", "registrar" */
};

struct store_batch {
    uint64_t from; /* index of entries[0]: must be the size of the log, else CODE_INTERNAL */
    const struct store_entry *entries;
    size_t entry_count;                         /* 1..STORE_BATCH_MAX */
    const struct store_disclosure *disclosures; /* openings that the acts of this batch commit to */
    size_t disclosure_count;
};

struct store;

/* All in memory, lost at close. */
enum code store_open_memory(struct alloc alloc, struct store **ret) MUST_CHECK;

enum store_mode {
    STORE_READ,  /* beside a running writer; every change is CODE_INTERNAL */
    STORE_WRITE, /* the one writer: holds DIR/writer.lock, CODE_BUSY with the holder's pid otherwise
                  */
    STORE_CREATE /* as STORE_WRITE; makes the folder if need be; CODE_BUSY "exists" if a log is
                    there */
};
struct store_options {
    enum store_mode mode;
    const char *vfs;    /* SQLite VFS by name; NULL for the system's. Tests give one that fails. */
    struct alloc alloc; /* zeroed means alloc_libc */
};
/* Opens DIR/plenary.db. CODE_NOT_FOUND when there is none, CODE_CORRUPT when it is not ours. */
enum code store_open_sqlite(const char *dir, const struct store_options *options,
                            struct store **ret, struct fail *fail) MUST_CHECK;
/* Accepts NULL. */
void store_close(struct store *store);

/* ---- the log ---- */
/* Number of entries committed. Readers see the writer's commits. */
enum code store_size(struct store *store, uint64_t *ret, struct fail *fail) MUST_CHECK;
/* Commits all of the batch or nothing of it; durable when it returns CODE_OK. A batch over a limit,
 * or naming a blob that is not held (reason "blob"), is CODE_INTERNAL and changes nothing. */
enum code store_append(struct store *store, const struct store_batch *batch,
                       struct fail *fail) MUST_CHECK;
/* Called for each entry in order; any other code than CODE_OK ends the reading and is returned. */
typedef enum code store_each_entry(void *context, uint64_t index, const struct store_entry *entry);
/* Entries [from, to). CODE_NOT_FOUND when to > size; CODE_CORRUPT at a gap. `each` must not write.
 */
enum code store_read(struct store *store, uint64_t from, uint64_t to, store_each_entry *each,
                     void *context, struct fail *fail) MUST_CHECK;

/* The last signed checkpoint kept, appended to `ret`; CODE_NOT_FOUND when none was. It may be older
 * than the log: a crash may lose it (not the entries), and then it is signed again, the same bytes.
 */
enum code store_checkpoint_get(struct store *store, struct buf *ret, struct fail *fail) MUST_CHECK;
/* Not durable by itself; never blocks on the disk. */
enum code store_checkpoint_put(struct store *store, str note, struct fail *fail) MUST_CHECK;

/* ---- blobs: machine data by SHA-256 ---- */
/* Durable. Held before the act that names it is decided; putting it again changes nothing. */
enum code store_blob_put(struct store *store, str bytes, hash32 *ret_name,
                         struct fail *fail) MUST_CHECK;
/* Appended to `ret` (whose maximum counts). CODE_NOT_FOUND; CODE_CORRUPT when the bytes have
 * another hash. */
enum code store_blob_get(struct store *store, const hash32 *name, struct buf *ret,
                         struct fail *fail) MUST_CHECK;
typedef enum code store_each_blob(void *context, const hash32 *name, uint64_t first_entry,
                                  uint64_t size);
/* Blobs whose first entry naming them is at index >= from, in order of (that index, name). */
enum code store_blob_list(struct store *store, uint64_t from, store_each_blob *each, void *context,
                          struct fail *fail) MUST_CHECK;
/* Drops blobs that no entry names. At start only: later one may be held for an act under way. */
enum code store_blob_collect(struct store *store, uint64_t *ret_dropped,
                             struct fail *fail) MUST_CHECK;

/* ---- disclosures: openings of commitments, erasable ---- */
/* Durable. Replaces an opening already held for that commitment. */
enum code store_disclosure_put(struct store *store, const struct store_disclosure *disclosure,
                               struct fail *fail) MUST_CHECK;
/* Appends the opening to `ret`, the audience to `ret_audience` (each may be NULL). CODE_NOT_FOUND.
 */
enum code store_disclosure_get(struct store *store, const hash32 *commitment, struct buf *ret,
                               struct buf *ret_audience, struct fail *fail) MUST_CHECK;
typedef enum code store_each_disclosure(void *context, const struct store_disclosure *disclosure);
/* All, in order of commitment. */
enum code store_disclosure_list(struct store *store, store_each_disclosure *each, void *context,
                                struct fail *fail) MUST_CHECK;
/* Erases these openings (absent ones are skipped): afterwards their bytes are nowhere in the
 * database, its write-ahead log or its free pages. CODE_BUSY "reader" when a long reader kept the
 * write-ahead log from being emptied: the openings are gone from the record's view, call again
 * (with count 0 too) to finish. */
enum code store_disclosure_erase(struct store *store, const hash32 *commitments, size_t count,
                                 struct fail *fail) MUST_CHECK;

/* ---- settings of the folder: origin, language, … ; nothing the rules read ---- */
/* Durable. An empty value removes the key. */
enum code store_meta_put(struct store *store, str key, str value, struct fail *fail) MUST_CHECK;
/* Appended to `ret`; CODE_NOT_FOUND. */
enum code store_meta_get(struct store *store, str key, struct buf *ret,
                         struct fail *fail) MUST_CHECK;
#endif
