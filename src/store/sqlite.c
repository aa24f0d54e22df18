/* The back end on disk: one SQLite database, DIR/plenary.db, in WAL mode with synchronous=FULL.
 *
 * secure_delete=ON overwrites what is deleted, but the page splits of a growing table leave copies
 * of rows that moved in the unused part of pages. Erasing therefore rebuilds the table of openings
 * and drops the old one, whose pages are zeroed whole, then empties the write-ahead log. */
#include "io/file.h"
#include "store/backend.h"
#include "store/writer_lock.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUSY_WAIT_MS = 1000,
    SCHEMA_VERSION = 1,
    PATH_ROOM = 4096,
    APPLICATION_ID = 0x504c4e59 /* "PLNY" */
};

#define DISCLOSURE_COLUMNS                                                                         \
    "(commitment BLOB PRIMARY KEY NOT NULL, audience BLOB NOT NULL, opening BLOB NOT NULL) STRICT"

static const char schema[] =
    "CREATE TABLE entry(position INTEGER PRIMARY KEY, leaf BLOB NOT NULL, act BLOB NOT NULL,"
    " id BLOB NOT NULL) STRICT;"
    "CREATE TABLE blob(name BLOB PRIMARY KEY NOT NULL, first_entry INTEGER, bytes BLOB NOT NULL)"
    " STRICT;"
    "CREATE INDEX blob_first ON blob(first_entry, name);"
    "CREATE TABLE disclosure" DISCLOSURE_COLUMNS ";"
    "CREATE TABLE setting(name BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT;"
    "CREATE TABLE signed(one INTEGER PRIMARY KEY CHECK (one = 1), note BLOB NOT NULL) STRICT;"
    "PRAGMA application_id = 1347178073;"
    "PRAGMA user_version = 1;";
_Static_assert(APPLICATION_ID == 1347178073 && SCHEMA_VERSION == 1, "as in the schema");

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    SIZE,
    ENTRY_ADD,
    ENTRY_RANGE,
    BLOB_PUT,
    BLOB_GET,
    BLOB_NAME,
    BLOB_LIST,
    BLOB_COLLECT,
    DISCLOSURE_PUT,
    DISCLOSURE_GET,
    DISCLOSURE_LIST,
    DISCLOSURE_DROP,
    SETTING_PUT,
    SETTING_DROP,
    SETTING_GET,
    SIGNED_PUT,
    SIGNED_GET,
    STATEMENT_COUNT
};

static const char *const statement_text[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SIZE] = "SELECT coalesce(max(position) + 1, 0) FROM entry",
    [ENTRY_ADD] = "INSERT INTO entry(position, leaf, act, id) VALUES(?1, ?2, ?3, ?4)",
    [ENTRY_RANGE] = "SELECT position, leaf, act, id FROM entry WHERE position >= ?1 AND"
                    " position < ?2 ORDER BY position",
    [BLOB_PUT] = "INSERT INTO blob(name, bytes) VALUES(?1, ?2) ON CONFLICT(name) DO NOTHING",
    [BLOB_GET] = "SELECT bytes FROM blob WHERE name = ?1",
    [BLOB_NAME] = "UPDATE blob SET first_entry = coalesce(first_entry, ?2) WHERE name = ?1",
    [BLOB_LIST] = "SELECT name, first_entry, length(bytes) FROM blob WHERE first_entry >= ?1"
                  " ORDER BY first_entry, name",
    [BLOB_COLLECT] = "DELETE FROM blob WHERE first_entry IS NULL",
    [DISCLOSURE_PUT] = "INSERT OR REPLACE INTO disclosure(commitment, audience, opening)"
                       " VALUES(?1, ?2, ?3)",
    [DISCLOSURE_GET] = "SELECT opening, audience FROM disclosure WHERE commitment = ?1",
    [DISCLOSURE_LIST] = "SELECT opening, audience, commitment FROM disclosure ORDER BY commitment",
    [DISCLOSURE_DROP] = "DELETE FROM disclosure WHERE commitment = ?1",
    [SETTING_PUT] = "INSERT OR REPLACE INTO setting(name, value) VALUES(?1, ?2)",
    [SETTING_DROP] = "DELETE FROM setting WHERE name = ?1",
    [SETTING_GET] = "SELECT value FROM setting WHERE name = ?1",
    [SIGNED_PUT] = "INSERT OR REPLACE INTO signed(one, note) VALUES(1, ?1)",
    [SIGNED_GET] = "SELECT note FROM signed",
};

struct sqlite_store {
    struct store base;
    sqlite3 *db;
    int writer_fd; /* the writer's lock; -1 when reading */
    sqlite3_stmt *statement[STATEMENT_COUNT];
};

static struct sqlite_store *self_of(struct store *store)
{
    return (struct sqlite_store *)store;
}

/* ---- the border to SQLite ---- */

/* Our word for the error the database reports now. */
static enum code db_failed(struct sqlite_store *self, const char *doing, struct fail *fail)
{
    int error = sqlite3_errcode(self->db) & 0xff;
    enum code code = CODE_IO;
    if (error == SQLITE_NOMEM || error == SQLITE_TOOBIG) code = CODE_NO_MEMORY;
    if (error == SQLITE_BUSY || error == SQLITE_LOCKED) code = CODE_BUSY;
    if (error == SQLITE_CORRUPT || error == SQLITE_NOTADB) code = CODE_CORRUPT;
    if (error == SQLITE_CONSTRAINT || error == SQLITE_MISUSE) code = CODE_INTERNAL;
    const char *reason = error == SQLITE_FULL ? "full" : "database";
    return fail_set(fail, code, reason, "%s: %.150s", doing, sqlite3_errmsg(self->db));
}

static enum code prepared(struct sqlite_store *self, enum statement which, sqlite3_stmt **ret,
                          struct fail *fail)
{
    sqlite3_stmt **slot = &self->statement[which];
    if (*slot == NULL && sqlite3_prepare_v3(self->db, statement_text[which], -1,
                                            SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK)
        return db_failed(self, "cannot read the database", fail);
    *ret = *slot;
    return CODE_OK;
}

/* An empty run of bytes is an empty blob, not NULL. */
static void bind(sqlite3_stmt *statement, int at, str bytes)
{
    sqlite3_bind_blob64(statement, at, bytes.len > 0 ? bytes.at : "", bytes.len, SQLITE_STATIC);
}

static void bind_hash(sqlite3_stmt *statement, int at, const hash32 *hash)
{
    sqlite3_bind_blob64(statement, at, hash->bytes, sizeof hash->bytes, SQLITE_STATIC);
}

/* One statement that writes. Binding copies nothing (SQLITE_STATIC), so only the step can fail.
 * After a failed write or sync the system may have dropped what it held for us: nothing more is
 * written. */
static enum code run_bound(struct sqlite_store *self, sqlite3_stmt *statement, struct fail *fail)
{
    enum code code = CODE_OK;
    if (sqlite3_step(statement) != SQLITE_DONE)
        code = db_failed(self, "cannot write to the database", fail);
    if (code == CODE_IO || code == CODE_CORRUPT) self->base.broken = true;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code;
}

static enum code run(struct sqlite_store *self, enum statement which, struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, which, &statement, fail));
    return run_bound(self, statement, fail);
}

static enum code run_text(struct sqlite_store *self, const char *sql, struct fail *fail)
{
    if (sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK) return CODE_OK;
    return db_failed(self, "cannot prepare the database", fail);
}

/* The blob in a column as a view that lives until the next step. */
static enum code column(struct sqlite_store *self, sqlite3_stmt *statement, int at, str *ret,
                        struct fail *fail)
{
    const void *bytes = sqlite3_column_blob(statement, at);
    int len = sqlite3_column_bytes(statement, at);
    if (bytes == NULL && (len > 0 || sqlite3_errcode(self->db) == SQLITE_NOMEM))
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    *ret = (str){bytes, (size_t)len};
    return CODE_OK;
}

static enum code column_hash(struct sqlite_store *self, sqlite3_stmt *statement, int at,
                             hash32 *ret, struct fail *fail)
{
    str bytes;
    TRY(column(self, statement, at, &bytes, fail));
    if (bytes.len != sizeof ret->bytes)
        return fail_set(fail, CODE_CORRUPT, "database", "a hash of %zu bytes", bytes.len);
    memcpy(ret->bytes, bytes.at, sizeof ret->bytes);
    return CODE_OK;
}

static enum code append_to(struct buf *ret, str bytes, struct fail *fail)
{
    if (bytes.len > ret->max - ret->len)
        return fail_set(fail, CODE_TOO_BIG, "size", "larger than the %zu bytes expected",
                        ret->max - ret->len);
    size_t before = ret->len;
    buf_add(ret, bytes);
    if (buf_check(ret) == CODE_OK) return CODE_OK;
    ret->len = before;
    return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
}

/* Steps to the next row; *ret_more is false behind the last. */
static enum code next_row(struct sqlite_store *self, sqlite3_stmt *statement, bool *ret_more,
                          struct fail *fail)
{
    int step = sqlite3_step(statement);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return db_failed(self, "cannot read the database", fail);
    *ret_more = step == SQLITE_ROW;
    return CODE_OK;
}

/* The one row of a statement that asks for one thing. The caller finishes it. */
static enum code one_row(struct sqlite_store *self, sqlite3_stmt *statement, const char *what,
                         struct fail *fail)
{
    bool found = false;
    TRY(next_row(self, statement, &found, fail));
    if (found) return CODE_OK;
    return fail_set(fail, CODE_NOT_FOUND, what, "no such %s is held", what);
}

static void finish(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* Appends column 0 of the one row to `ret`. */
static enum code get_bytes(struct sqlite_store *self, sqlite3_stmt *statement, const char *what,
                           struct buf *ret, struct fail *fail)
{
    str bytes;
    enum code code = one_row(self, statement, what, fail);
    if (code == CODE_OK) code = column(self, statement, 0, &bytes, fail);
    if (code == CODE_OK) code = append_to(ret, bytes, fail);
    finish(statement);
    return code;
}

/* Ends a transaction: commits when `code` is CODE_OK, else rolls back. When the outcome of the
 * commit or rollback is open, the store is broken from then on. */
static enum code conclude(struct sqlite_store *self, enum code code, struct fail *fail)
{
    if (code == CODE_OK) code = run(self, COMMIT, fail);
    if (code == CODE_OK) return CODE_OK;
    if (code != CODE_INTERNAL && code != CODE_BUSY) self->base.broken = true;
    if (!sqlite3_get_autocommit(self->db) && run(self, ROLLBACK, NULL) != CODE_OK)
        self->base.broken = true;
    return code;
}

/* ---- the log ---- */

static enum code sqlite_size(struct store *store, uint64_t *ret, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, SIZE, &statement, fail));
    enum code code = one_row(self, statement, "size", fail);
    if (code == CODE_OK) *ret = (uint64_t)sqlite3_column_int64(statement, 0);
    finish(statement);
    return code;
}

static enum code name_blobs(struct sqlite_store *self, const struct store_entry *entry,
                            uint64_t index, struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, BLOB_NAME, &statement, fail));
    for (size_t i = 0; i < entry->blob_count; i++) {
        bind_hash(statement, 1, &entry->blobs[i]);
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)index);
        TRY(run_bound(self, statement, fail));
        if (sqlite3_changes(self->db) != 1)
            return fail_set(fail, CODE_INTERNAL, "blob", "an act names a blob not held");
    }
    return CODE_OK;
}

static enum code add_entries(struct sqlite_store *self, const struct store_batch *batch,
                             struct fail *fail)
{
    uint64_t size;
    sqlite3_stmt *statement = NULL;
    TRY(sqlite_size(&self->base, &size, fail));
    if (batch->from != size)
        return fail_set(fail, CODE_INTERNAL, "order", "a batch for %llu, the log has %llu entries",
                        (unsigned long long)batch->from, (unsigned long long)size);
    TRY(prepared(self, ENTRY_ADD, &statement, fail));
    for (size_t i = 0; i < batch->entry_count; i++) {
        const struct store_entry *entry = &batch->entries[i];
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)(size + i));
        bind(statement, 2, entry->leaf);
        bind(statement, 3, entry->act);
        bind_hash(statement, 4, &entry->id);
        TRY(run_bound(self, statement, fail));
        if (entry->blob_count > 0) TRY(name_blobs(self, entry, size + i, fail));
    }
    return CODE_OK;
}

static enum code put_disclosure(struct sqlite_store *self, const struct store_disclosure *one,
                                struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, DISCLOSURE_PUT, &statement, fail));
    bind_hash(statement, 1, &one->commitment);
    bind(statement, 2, one->audience);
    bind(statement, 3, one->opening);
    return run_bound(self, statement, fail);
}

static enum code sqlite_append(struct store *store, const struct store_batch *batch,
                               struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    TRY(run(self, BEGIN, fail));
    enum code code = add_entries(self, batch, fail);
    for (size_t i = 0; code == CODE_OK && i < batch->disclosure_count; i++)
        code = put_disclosure(self, &batch->disclosures[i], fail);
    return conclude(self, code, fail);
}

static enum code give_entry(struct sqlite_store *self, sqlite3_stmt *statement, uint64_t index,
                            struct store_entry *ret, struct fail *fail)
{
    *ret = (struct store_entry){0};
    if ((uint64_t)sqlite3_column_int64(statement, 0) != index)
        return fail_set(fail, CODE_CORRUPT, "gap", "entry %llu is missing",
                        (unsigned long long)index);
    TRY(column(self, statement, 1, &ret->leaf, fail));
    TRY(column(self, statement, 2, &ret->act, fail));
    return column_hash(self, statement, 3, &ret->id, fail);
}

static enum code sqlite_read(struct store *store, uint64_t from, uint64_t to,
                             store_each_entry *each, void *context, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, ENTRY_RANGE, &statement, fail));
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)from);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)to);
    enum code code = CODE_OK;
    for (uint64_t i = from; code == CODE_OK && i < to; i++) {
        struct store_entry entry;
        bool found = false;
        code = next_row(self, statement, &found, fail);
        if (code == CODE_OK && !found)
            code =
                fail_set(fail, CODE_CORRUPT, "gap", "entry %llu is missing", (unsigned long long)i);
        if (code == CODE_OK) code = give_entry(self, statement, i, &entry, fail);
        if (code == CODE_OK) code = each(context, i, &entry);
    }
    finish(statement);
    return code;
}

static enum code sqlite_checkpoint_get(struct store *store, struct buf *ret, struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self_of(store), SIGNED_GET, &statement, fail));
    return get_bytes(self_of(store), statement, "checkpoint", ret, fail);
}

static enum code sqlite_checkpoint_put(struct store *store, str note, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, SIGNED_PUT, &statement, fail));
    /* In WAL mode NORMAL leaves syncing the log to the next full commit. */
    TRY(run_text(self, "PRAGMA synchronous = NORMAL", fail));
    bind(statement, 1, note);
    enum code code = run_bound(self, statement, fail);
    enum code restored = run_text(self, "PRAGMA synchronous = FULL", fail);
    if (restored != CODE_OK) self->base.broken = true;
    return code != CODE_OK ? code : restored;
}

/* ---- blobs ---- */

static enum code sqlite_blob_put(struct store *store, const hash32 *name, str bytes,
                                 struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self_of(store), BLOB_PUT, &statement, fail));
    bind_hash(statement, 1, name);
    bind(statement, 2, bytes);
    return run_bound(self_of(store), statement, fail);
}

static enum code sqlite_blob_get(struct store *store, const hash32 *name, struct buf *ret,
                                 struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self_of(store), BLOB_GET, &statement, fail));
    bind_hash(statement, 1, name);
    return get_bytes(self_of(store), statement, "blob", ret, fail);
}

static enum code sqlite_blob_list(struct store *store, uint64_t from, store_each_blob *each,
                                  void *context, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, BLOB_LIST, &statement, fail));
    sqlite3_bind_int64(statement, 1, from > INT64_MAX ? INT64_MAX : (sqlite3_int64)from);
    bool more = false;
    enum code code;
    while ((code = next_row(self, statement, &more, fail)) == CODE_OK && more) {
        hash32 name;
        code = column_hash(self, statement, 0, &name, fail);
        if (code == CODE_OK)
            code = each(context, &name, (uint64_t)sqlite3_column_int64(statement, 1),
                        (uint64_t)sqlite3_column_int64(statement, 2));
        if (code != CODE_OK) break;
    }
    finish(statement);
    return code;
}

static enum code sqlite_blob_collect(struct store *store, uint64_t *ret_dropped, struct fail *fail)
{
    TRY(run(self_of(store), BLOB_COLLECT, fail));
    *ret_dropped = (uint64_t)sqlite3_changes64(self_of(store)->db);
    return CODE_OK;
}

/* ---- disclosures ---- */

static enum code sqlite_disclosure_put(struct store *store,
                                       const struct store_disclosure *disclosure, struct fail *fail)
{
    return put_disclosure(self_of(store), disclosure, fail);
}

static enum code sqlite_disclosure_get(struct store *store, const hash32 *commitment,
                                       struct buf *ret, struct buf *ret_audience, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    sqlite3_stmt *statement = NULL;
    str opening, audience;
    size_t before = ret != NULL ? ret->len : 0;
    TRY(prepared(self, DISCLOSURE_GET, &statement, fail));
    bind_hash(statement, 1, commitment);
    enum code code = one_row(self, statement, "disclosure", fail);
    if (code == CODE_OK) code = column(self, statement, 0, &opening, fail);
    if (code == CODE_OK) code = column(self, statement, 1, &audience, fail);
    if (code == CODE_OK && ret != NULL) code = append_to(ret, opening, fail);
    if (code == CODE_OK && ret_audience != NULL) {
        code = append_to(ret_audience, audience, fail);
        if (code != CODE_OK && ret != NULL) ret->len = before;
    }
    finish(statement);
    return code;
}

static enum code give_disclosure(struct sqlite_store *self, sqlite3_stmt *statement,
                                 struct store_disclosure *ret, struct fail *fail)
{
    TRY(column(self, statement, 0, &ret->opening, fail));
    TRY(column(self, statement, 1, &ret->audience, fail));
    return column_hash(self, statement, 2, &ret->commitment, fail);
}

static enum code sqlite_disclosure_list(struct store *store, store_each_disclosure *each,
                                        void *context, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, DISCLOSURE_LIST, &statement, fail));
    bool more = false;
    enum code code;
    while ((code = next_row(self, statement, &more, fail)) == CODE_OK && more) {
        struct store_disclosure one;
        code = give_disclosure(self, statement, &one, fail);
        if (code == CODE_OK) code = each(context, &one);
        if (code != CODE_OK) break;
    }
    finish(statement);
    return code;
}

static enum code drop_disclosures(struct sqlite_store *self, const hash32 *commitments,
                                  size_t count, struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self, DISCLOSURE_DROP, &statement, fail));
    for (size_t i = 0; i < count; i++) {
        bind_hash(statement, 1, &commitments[i]);
        TRY(run_bound(self, statement, fail));
    }
    return run_text(self,
                    "CREATE TABLE fresh" DISCLOSURE_COLUMNS ";"
                    "INSERT INTO fresh SELECT commitment, audience, opening FROM disclosure;"
                    "DROP TABLE disclosure;"
                    "ALTER TABLE fresh RENAME TO disclosure;",
                    fail);
}

/* Moves the write-ahead log into the database and cuts it to nothing. */
static enum code empty_wal(struct sqlite_store *self, struct fail *fail)
{
    int left = 0, moved = 0;
    int result =
        sqlite3_wal_checkpoint_v2(self->db, "main", SQLITE_CHECKPOINT_TRUNCATE, &left, &moved);
    if (result == SQLITE_OK) return CODE_OK;
    if ((result & 0xff) == SQLITE_BUSY)
        return fail_set(fail, CODE_BUSY, "reader", "a reader keeps old pages; call again later");
    return db_failed(self, "cannot empty the write-ahead log", fail);
}

static enum code sqlite_disclosure_erase(struct store *store, const hash32 *commitments,
                                         size_t count, struct fail *fail)
{
    struct sqlite_store *self = self_of(store);
    if (count > 0) {
        TRY(run(self, BEGIN, fail));
        TRY(conclude(self, drop_disclosures(self, commitments, count, fail), fail));
    }
    return empty_wal(self, fail);
}

/* ---- settings ---- */

static enum code sqlite_meta_put(struct store *store, str key, str value, struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self_of(store), value.len > 0 ? SETTING_PUT : SETTING_DROP, &statement, fail));
    bind(statement, 1, key);
    if (value.len > 0) bind(statement, 2, value);
    return run_bound(self_of(store), statement, fail);
}

static enum code sqlite_meta_get(struct store *store, str key, struct buf *ret, struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    TRY(prepared(self_of(store), SETTING_GET, &statement, fail));
    bind(statement, 1, key);
    return get_bytes(self_of(store), statement, "setting", ret, fail);
}

/* ---- opening and closing ---- */

static void sqlite_close(struct store *store)
{
    struct sqlite_store *self = self_of(store);
    for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(self->statement[i]);
    sqlite3_close(self->db);
    io_close_fd(&self->writer_fd);
    store->alloc.give(store->alloc.self, self);
}

static const struct store_functions sqlite_functions = {
    .close = sqlite_close,
    .size = sqlite_size,
    .append = sqlite_append,
    .read = sqlite_read,
    .checkpoint_get = sqlite_checkpoint_get,
    .checkpoint_put = sqlite_checkpoint_put,
    .blob_put = sqlite_blob_put,
    .blob_get = sqlite_blob_get,
    .blob_list = sqlite_blob_list,
    .blob_collect = sqlite_blob_collect,
    .disclosure_put = sqlite_disclosure_put,
    .disclosure_get = sqlite_disclosure_get,
    .disclosure_list = sqlite_disclosure_list,
    .disclosure_erase = sqlite_disclosure_erase,
    .meta_put = sqlite_meta_put,
    .meta_get = sqlite_meta_get,
};

static enum code read_number(struct sqlite_store *self, const char *sql, int64_t *ret,
                             struct fail *fail)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return db_failed(self, "cannot read the database", fail);
    enum code code = one_row(self, statement, "number", fail);
    if (code == CODE_OK) *ret = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code;
}

/* Makes the schema in an empty database; a process that dies within leaves it empty. */
static enum code create_schema(struct sqlite_store *self, struct fail *fail)
{
    int64_t tables;
    TRY(read_number(self, "SELECT count(*) FROM sqlite_schema", &tables, fail));
    if (tables > 0) return fail_set(fail, CODE_BUSY, "exists", "there is a record here already");
    TRY(run(self, BEGIN, fail));
    return conclude(self, run_text(self, schema, fail), fail);
}

static enum code check_schema(struct sqlite_store *self, struct fail *fail)
{
    int64_t application, version;
    TRY(read_number(self, "PRAGMA application_id", &application, fail));
    TRY(read_number(self, "PRAGMA user_version", &version, fail));
    if (application != APPLICATION_ID)
        return fail_set(fail, CODE_CORRUPT, "database", "plenary.db is not a record of Plenary");
    if (version == SCHEMA_VERSION) return CODE_OK;
    return fail_set(fail, CODE_CORRUPT, "version",
                    "plenary.db has format %lld, this program reads %d", (long long)version,
                    (int)SCHEMA_VERSION);
}

static enum code set_up(struct sqlite_store *self, enum store_mode mode, struct fail *fail)
{
    sqlite3_busy_timeout(self->db, BUSY_WAIT_MS);
    sqlite3_extended_result_codes(self->db, 1);
    TRY(run_text(self, "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY", fail));
    if (mode == STORE_READ) return check_schema(self, fail);
    TRY(run_text(self,
                 "PRAGMA secure_delete = ON;"
                 "PRAGMA journal_mode = WAL;"
                 "PRAGMA synchronous = FULL;"
                 "PRAGMA wal_autocheckpoint = 4000",
                 fail));
    if (mode == STORE_CREATE) TRY(create_schema(self, fail));
    TRY(check_schema(self, fail));
    /* An erasure that was interrupted before it emptied the write-ahead log is finished here. */
    enum code code = empty_wal(self, fail);
    return code == CODE_BUSY ? CODE_OK : code;
}

/* Makes the database file readable by its owner alone; SQLite's own files take over its mode. */
static enum code make_file(int dir_fd, struct fail *fail)
{
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    int fd CLEANUP(io_close_fd) = openat(dir_fd, "plenary.db", flags, 0600);
    if (fd < 0) return fail_set(fail, CODE_IO, "file", "cannot create plenary.db");
    if (fsync(fd) < 0 || fsync(dir_fd) < 0)
        return fail_set(fail, CODE_IO, "file", "cannot sync the new plenary.db");
    return CODE_OK;
}

static enum code open_db(struct sqlite_store *self, const char *dir,
                         const struct store_options *options, struct fail *fail)
{
    char path[PATH_ROOM];
    int dir_fd CLEANUP(io_close_fd) = -1;
    bool reading = options->mode == STORE_READ, creating = options->mode == STORE_CREATE;
    int len = snprintf(path, sizeof path, "%s/plenary.db", dir);
    if (len < 0 || (size_t)len >= sizeof path)
        return fail_set(fail, CODE_TOO_BIG, "path", "the folder's name is too long");
    TRY(io_open_dir(AT_FDCWD, dir, creating, 0700, &dir_fd, fail));
    if (!reading) TRY(writer_lock_take(dir_fd, &self->writer_fd, fail));
    if (creating) TRY(make_file(dir_fd, fail));
    struct stat about;
    if (fstatat(dir_fd, "plenary.db", &about, 0) < 0)
        return fail_set(fail, CODE_NOT_FOUND, "record", "there is no record in %.150s", dir);
    int flags = reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(path, &self->db, flags, options->vfs) != SQLITE_OK)
        return self->db != NULL ? db_failed(self, "cannot open plenary.db", fail)
                                : fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    return set_up(self, options->mode, fail);
}

enum code store_open_sqlite(const char *dir, const struct store_options *options,
                            struct store **ret, struct fail *fail)
{
    struct alloc alloc = options->alloc.take != NULL ? options->alloc : alloc_libc;
    struct sqlite_store *self = alloc.take(alloc.self, sizeof *self);
    if (self == NULL) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    *self = (struct sqlite_store){
        .base = {.call = &sqlite_functions,
                 .alloc = alloc,
                 .read_only = options->mode == STORE_READ},
        .writer_fd = -1,
    };
    enum code code = open_db(self, dir, options, fail);
    if (code != CODE_OK) {
        sqlite_close(&self->base);
        return code;
    }
    *ret = &self->base;
    return CODE_OK;
}
