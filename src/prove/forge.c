#include "prove/forge.h"

#include "base/text.h"
#include "core/record/leaf.h"
#include "io/file.h"
#include "store/export.h"
#include "store/lock.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>

/* ---- the database ---- */

struct forge_row {
    str leaf, act;
    hash32 id;
};

static void bind_row(sqlite3_stmt *statement, const struct forge_row *row)
{
    (void)sqlite3_bind_blob64(statement, 2, row->leaf.at, row->leaf.len, SQLITE_STATIC);
    (void)sqlite3_bind_blob64(statement, 3, row->act.at, row->act.len, SQLITE_STATIC);
    (void)sqlite3_bind_blob64(statement, 4, row->id.bytes, sizeof row->id, SQLITE_STATIC);
}

static bool run_statement(sqlite3 *db, const char *sql, uint64_t index, const struct forge_row *row)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) return false;
    if (sqlite3_bind_parameter_count(statement) > 0)
        (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)index);
    if (row) bind_row(statement, row);
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    return sqlite3_finalize(statement) == SQLITE_OK && done;
}

static bool edit(struct scratch *s, const char *const *sql, size_t count, uint64_t index,
                 const struct forge_row *row)
{
    char path[SCRATCH_PATH_MAX + 16];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/plenary.db", s->dir);
    bool done = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
    for (size_t i = 0; i < count && done; i++) done = run_statement(db, sql[i], index, row);
    return sqlite3_close(db) == SQLITE_OK && done;
}

bool forge_entry(struct scratch *s, uint64_t index, str note, unix_s at)
{
    static const char *const sql[] = {
        "INSERT OR REPLACE INTO entry(position, leaf, act, id) VALUES(?1, ?2, ?3, ?4)"};
    struct act act;
    struct buf leaf_text;
    if (act_decode(note, STR(SCRATCH_ORIGIN), &s->arena, &act, &s->fail) != CODE_OK) return false;
    struct leaf leaf = {.at = at, .hash = act.hash, .kind = act.kind, .vis = leaf_vis_of(act.kind)};
    buf_init(&leaf_text, alloc_libc, LEAF_MAX);
    leaf_write(&leaf_text, &leaf);
    struct forge_row row = {buf_str(&leaf_text), note, act.id};
    bool done = buf_check(&leaf_text) == CODE_OK && edit(s, sql, COUNT(sql), index, &row);
    buf_done(&leaf_text);
    return done;
}

bool forge_drop(struct scratch *s, uint64_t index)
{
    static const char *const sql[] = {
        "DELETE FROM entry WHERE position = ?1",
        "UPDATE entry SET position = -(position - 1) WHERE position > ?1",
        "UPDATE entry SET position = -position WHERE position < 0"};
    return edit(s, sql, COUNT(sql), index, NULL);
}

/* ---- the seal ---- */

static enum code add_leaf(void *context, uint64_t index, const struct store_entry *entry)
{
    hash32 hash = merkle_leaf_hash(entry->leaf);
    (void)index;
    return merkle_add(context, &hash);
}

static enum code read_seed(const char *dir, uint8_t ret[32])
{
    char path[SCRATCH_PATH_MAX + 16];
    struct buf text;
    (void)snprintf(path, sizeof path, "%s/keys/log", dir);
    buf_init(&text, alloc_libc, 128);
    enum code code = io_read_file(AT_FDCWD, path, &text, NULL);
    if (code == CODE_OK && !hex_decode(str_trim(buf_str(&text)), ret, 32)) code = CODE_CORRUPT;
    buf_done(&text);
    return code;
}

/* A new lock, as if nothing had been signed yet; the key signs whatever is there. */
static enum code sign_anew(struct scratch *s, const struct merkle_head *head, struct buf *ret)
{
    uint8_t seed[32];
    struct log_signer *signer = NULL;
    struct merkle_proof none = {0};
    TRY(read_seed(s->dir, seed));
    TRY(lock_create(s->dir, STR(SCRATCH_ORIGIN), &s->fail));
    TRY(signer_open(s->dir, STR(SCRATCH_ORIGIN), seed, &signer, &s->fail));
    enum code code = signer_sign(signer, head, &none, ret, &s->fail);
    signer_close(signer);
    return code;
}

static enum code seal(struct scratch *s, struct store *store, struct merkle *tree,
                      struct buf *checkpoint)
{
    uint64_t size = 0;
    struct export *export = NULL;
    TRY(store_size(store, &size, &s->fail));
    TRY(store_read(store, 0, size, add_leaf, tree, &s->fail));
    struct merkle_head head = {size, merkle_root(tree, size)};
    TRY(sign_anew(s, &head, checkpoint));
    TRY(store_checkpoint_put(store, buf_str(checkpoint), &s->fail));
    TRY(export_open(s->dir, store, alloc_libc, &export, &s->fail));
    enum code code = export_extend(export, tree, buf_str(checkpoint), &s->fail);
    export_close(export);
    return code;
}

bool forge_seal(struct scratch *s)
{
    static const char *const old[] = {"lock", "export", "export.mark"};
    struct store_options how = {.mode = STORE_WRITE};
    struct store *store = NULL;
    struct merkle tree;
    struct buf checkpoint;
    for (size_t i = 0; i < COUNT(old); i++)
        scratch_remove(scratch_text(s, "%s/%s", s->dir, old[i]));
    s->code = store_open_sqlite(s->dir, &how, &store, &s->fail);
    if (s->code != CODE_OK) return false;
    merkle_init(&tree, alloc_libc);
    buf_init(&checkpoint, alloc_libc, STORE_CHECKPOINT_MAX);
    s->code = seal(s, store, &tree, &checkpoint);
    buf_done(&checkpoint);
    merkle_done(&tree);
    store_close(store);
    return s->code == CODE_OK;
}
