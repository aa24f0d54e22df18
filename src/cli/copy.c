/* copy.c - plenary export, plenary mirror: whole copies of a record, verified before they are
 * kept. */
#include "cli/copy.h"

#include "audit/audit.h"
#include "core/record/export.h"
#include "io/file.h"
#include "io/source.h"
#include "io/tar.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { ATTEMPTS = 5 /* while a writer keeps changing the source */, FILE_MAX = 256 << 20 };

struct copying {
    struct cli *cli;
    const char *from, *to;
    bool is_public, is_tar, wants_openings;
    bool ran_rules;      /* and so knows which blobs are named */
    struct audit *audit; /* of the source, as it was verified */
    struct export_source *source;
    struct buf bytes, leaves, path;
    struct tar_writer tar;
    int tar_fd, dir_fd, parent_fd;
    uint64_t files;
    struct fail *fail;
};

/* ---- what belongs into the copy ---- */

static uint64_t size_of(const struct copying *c)
{
    return audit_report(c->audit)->head.size;
}

/* Only what the checkpoint covers, each tile once at its present width. Openings that lie in the
 * source stay behind: they are personal data and not part of the record. */
static bool is_wanted(const struct copying *c, const struct export_path *path)
{
    switch (path->kind) {
    case EXPORT_CHECKPOINT: return true;
    case EXPORT_TILE: return path->tile.width == tile_width_at(&path->tile, size_of(c));
    case EXPORT_BLOB:
        if (c->is_public) return audit_blob_is_public(c->audit, &path->hash);
        return !c->ran_rules || audit_blob_is_named(c->audit, &path->hash);
    case EXPORT_DISCLOSURE:
    case EXPORT_SLIP: break;
    }
    return false;
}

/* Acts that only members may read become runs of length 0; their leaves stay. */
static enum code withhold(struct copying *c, const struct tile *tile)
{
    struct tile entries = *tile;
    struct arena arena;
    entries.kind = TILE_ENTRIES;
    buf_clear(&c->path);
    buf_clear(&c->leaves);
    tile_write_path(&c->path, &entries);
    TRY(source_read(c->source, buf_str(&c->path), &c->leaves, c->fail));
    str leaves = buf_str(&c->leaves), acts = buf_str(&c->bytes), leaf_text, act;
    struct buf shown;
    buf_init(&shown, alloc_libc, FILE_MAX);
    arena_init(&arena, alloc_libc, 1 << 20);
    enum code code = CODE_OK;
    while (code == CODE_OK && bundle_next(&leaves, TILE_ENTRIES, &leaf_text) &&
           bundle_next(&acts, TILE_ACTS, &act)) {
        struct leaf leaf;
        arena_clear(&arena);
        code = leaf_decode(leaf_text, &arena, &leaf, c->fail);
        if (code == CODE_OK) bundle_add(&shown, TILE_ACTS, leaf.vis == LEAF_PUBLIC ? act : STR(""));
    }
    buf_clear(&c->bytes);
    buf_add(&c->bytes, buf_str(&shown));
    if (code == CODE_OK) code = buf_check(&shown);
    buf_done(&shown);
    arena_done(&arena);
    return code;
}

static enum code put(struct copying *c, str path)
{
    TRY(buf_check(&c->bytes));
    c->files++;
    if (c->is_tar) return tar_add(&c->tar, path, buf_str(&c->bytes), c->fail);
    struct io_place place = {c->dir_fd, c->parent_fd, "plenary-copy.tmp"};
    return io_write_below(&place, path, buf_str(&c->bytes), c->fail);
}

static enum code copy_opening(void *context, const struct store_disclosure *disclosure)
{
    struct copying *c = context;
    struct export_path path = {.kind = EXPORT_DISCLOSURE, .hash = disclosure->commitment};
    buf_clear(&c->bytes);
    buf_clear(&c->path);
    buf_add(&c->bytes, disclosure->opening);
    export_write_path(&c->path, &path);
    TRY(buf_check(&c->path));
    return put(c, buf_str(&c->path));
}

/* The owner's own copy may hold the openings too: they lie in the database, beside the record. */
static enum code copy_openings(struct copying *c)
{
    struct store *store = NULL;
    struct store_options options = {.mode = STORE_READ};
    if (!c->wants_openings) return CODE_OK;
    c->wants_openings = false;
    TRY(store_open_sqlite(c->from, &options, &store, c->fail));
    enum code code = store_disclosure_list(store, copy_opening, c, c->fail);
    store_close(store);
    return code;
}

static enum code copy_file(void *context, str path, uint64_t size)
{
    struct copying *c = context;
    struct export_path parsed;
    (void)size;
    /* A tar is sorted: openings stand before the first path that sorts behind them. */
    if (str_cmp(path, STR("disclosure/")) > 0) TRY(copy_openings(c));
    if (!export_parse_path(path, &parsed) || !is_wanted(c, &parsed)) return CODE_OK;
    buf_clear(&c->bytes);
    if (parsed.kind == EXPORT_CHECKPOINT) {
        if (!c->is_tar) return CODE_OK; /* last, so that it always has its tiles */
        buf_add(&c->bytes, audit_checkpoint(c->audit));
        return put(c, path);
    }
    TRY(source_read(c->source, path, &c->bytes, c->fail));
    if (c->is_public && parsed.kind == EXPORT_TILE && parsed.tile.kind == TILE_ACTS)
        TRY(withhold(c, &parsed.tile));
    return put(c, path);
}

/* ---- into a folder, which may hold an earlier copy ---- */

/* Both checkpoints, as plenary-verify --evidence judges them; c->bytes holds the earlier one. */
static enum code keep_evidence(struct copying *c)
{
    char name[PATH_MAX];
    (void)snprintf(name, sizeof name, "%.*s.evidence", (int)sizeof name - 16, c->to);
    buf_add(&c->bytes, audit_checkpoint(c->audit));
    TRY(buf_check(&c->bytes));
    CLEANUP(io_close_fd) int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return fail_set(c->fail, CODE_IO, "file", "%.100s: %s", name, strerror(errno));
    TRY(io_write_all(fd, buf_str(&c->bytes), c->fail));
    return fail_set(c->fail, CODE_CORRUPT, "fork",
                    "the source is not the record that %.60s holds: two histories. Keep both; the "
                    "evidence is in %.60s, for plenary-verify --evidence",
                    c->to, name);
}

/* A mirror grows; it never takes another history instead of the one it holds. */
static enum code check_earlier(struct copying *c)
{
    struct note note;
    struct checkpoint earlier;
    buf_clear(&c->bytes);
    enum code code = io_read_file(c->dir_fd, "checkpoint", &c->bytes, c->fail);
    if (code == CODE_NOT_FOUND) return CODE_OK;
    TRY(code);
    TRY(note_open(buf_str(&c->bytes), &note, c->fail));
    TRY(checkpoint_parse(note.text, &earlier, c->fail));
    if (earlier.head.size > size_of(c))
        return fail_set(c->fail, CODE_CORRUPT, "older",
                        "%.80s holds %llu entries, the source only %llu", c->to,
                        (unsigned long long)earlier.head.size, (unsigned long long)size_of(c));
    hash32 root = audit_root(c->audit, earlier.head.size);
    if (hash32_eq(&root, &earlier.head.root)) return CODE_OK;
    return keep_evidence(c);
}

static enum code drop_narrow(void *context, str path, uint64_t size)
{
    struct copying *c = context;
    struct export_path parsed;
    char name[EXPORT_PATH_MAX + 1];
    (void)size;
    if (!export_parse_path(path, &parsed) || parsed.kind != EXPORT_TILE || is_wanted(c, &parsed))
        return CODE_OK;
    memcpy(name, path.at, path.len);
    name[path.len] = '\0';
    if (unlinkat(c->dir_fd, name, 0) == 0) return CODE_OK;
    return fail_set(c->fail, CODE_IO, "file", "%s could not be removed", name);
}

/* Narrower tiles of the earlier copy that the new checkpoint does not need. */
static enum code prune(struct copying *c)
{
    struct export_source *own = NULL;
    TRY(source_open(c->to, alloc_libc, &own, c->fail));
    enum code code = source_list(own, drop_narrow, c, c->fail);
    source_close(own);
    return code;
}

static enum code into_folder(struct copying *c)
{
    char parent[PATH_MAX];
    (void)snprintf(parent, sizeof parent, "%.*s/..", (int)sizeof parent - 8, c->to);
    TRY(io_open_dir(AT_FDCWD, c->to, true, 0755, &c->dir_fd, c->fail));
    TRY(io_open_dir(AT_FDCWD, parent, false, 0755, &c->parent_fd, c->fail));
    TRY(check_earlier(c));
    TRY(source_list(c->source, copy_file, c, c->fail));
    if (syncfs(c->dir_fd) != 0)
        return fail_set(c->fail, CODE_IO, "file", "%.100s could not be synced", c->to);
    buf_clear(&c->bytes);
    buf_add(&c->bytes, audit_checkpoint(c->audit));
    TRY(put(c, STR("checkpoint")));
    return prune(c);
}

/* ---- into one file ---- */

static enum code write_tar(struct copying *c, const char *name)
{
    c->tar_fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (c->tar_fd < 0)
        return fail_set(c->fail, CODE_IO, "file", "%.100s: %s", name, strerror(errno));
    tar_writer_init(&c->tar, c->tar_fd, audit_report(c->audit)->last_at);
    TRY(source_list(c->source, copy_file, c, c->fail));
    TRY(tar_end(&c->tar, c->fail));
    if (fsync(c->tar_fd) == 0 && rename(name, c->to) == 0) return CODE_OK;
    return fail_set(c->fail, CODE_IO, "file", "%.100s: %s", c->to, strerror(errno));
}

static enum code into_tar(struct copying *c)
{
    char name[PATH_MAX];
    (void)snprintf(name, sizeof name, "%.*s.new", (int)sizeof name - 8, c->to);
    enum code code = write_tar(c, name);
    if (code != CODE_OK && c->tar_fd >= 0) (void)unlink(name);
    return code;
}

/* ---- the whole ---- */

static void draw(void *context, const char *what, uint64_t done, uint64_t total)
{
    if (total > 20000) cli_progress(context, what, done, total);
}

static enum code verify_source(struct copying *c, bool run_rules)
{
    struct audit_options options = {
        .stop_at = !run_rules, .progress = draw, .progress_context = c->cli};
    c->ran_rules = run_rules;
    return audit_run(c->from, &options, alloc_libc, &c->audit, c->fail);
}

static enum code copy_once(struct copying *c, bool run_rules)
{
    c->files = 0;
    c->wants_openings = cli_switch(c->cli, "openings");
    TRY(verify_source(c, run_rules));
    if (audit_report(c->audit)->ahead > 0 && !run_rules) {
        /* Some blobs may be of acts to come: only the rules tell which. */
        audit_close(c->audit);
        c->audit = NULL;
        TRY(verify_source(c, true));
    }
    c->ran_rules = c->ran_rules && audit_report(c->audit)->verdict == AUDIT_REPLAYED;
    TRY(source_open(c->from, alloc_libc, &c->source, c->fail));
    return c->is_tar ? into_tar(c) : into_folder(c);
}

static void copy_done(struct copying *c)
{
    audit_close(c->audit);
    source_close(c->source);
    io_close_fd(&c->tar_fd);
    io_close_fd(&c->dir_fd);
    io_close_fd(&c->parent_fd);
    c->audit = NULL;
    c->source = NULL;
}

/* Has the source's checkpoint moved since it was verified? Then a writer was at work. */
static bool source_moved(struct copying *c)
{
    struct export_source *again = NULL;
    if (!c->audit) return false;
    buf_clear(&c->bytes);
    if (source_open(c->from, alloc_libc, &again, NULL) != CODE_OK) return false;
    bool read = source_read(again, STR("checkpoint"), &c->bytes, NULL) == CODE_OK;
    source_close(again);
    return read && !str_eq(buf_str(&c->bytes), audit_checkpoint(c->audit));
}

static int report(struct copying *c)
{
    const struct audit_report *r = audit_report(c->audit);
    struct buf text;
    struct json_writer w;
    buf_init(&text, alloc_libc, 4096);
    if (c->cli->json) {
        json_writer_init_free(&w, &text);
        json_object(&w);
        json_kv_str(&w, STR("origin"), r->origin);
        json_kv_u64(&w, STR("size"), r->head.size);
        json_kv_base64(&w, STR("root"), r->head.root.bytes, sizeof r->head.root);
        json_kv_u64(&w, STR("files"), c->files);
        json_kv_bool(&w, STR("public"), c->is_public);
        json_object_end(&w);
    } else {
        buf_printf(&text, "%llu entries of %.*s in %llu files: %s\nwords: ",
                   (unsigned long long)r->head.size, STR_ARG(r->origin),
                   (unsigned long long)c->files, c->to);
        words_write(&text, &r->words);
    }
    fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&text)));
    buf_done(&text);
    return EXIT_STATUS_OK;
}

static int copy(struct cli *cli, bool run_rules)
{
    struct fail fail = {0};
    struct copying c = {.cli = cli,
                        .from = cli->args[0],
                        .to = cli->args[1],
                        .is_public = cli_switch(cli, "public"),
                        .tar_fd = -1,
                        .dir_fd = -1,
                        .parent_fd = -1,
                        .fail = &fail};
    if (strstr(c.from, "://"))
        return cli_usage(
            cli, "%s: only folders and files can be read yet; any web client can fetch an export",
            c.from);
    c.is_tar = str_ends(str_from(c.to), STR(".tar"));
    buf_init(&c.bytes, alloc_libc, FILE_MAX);
    buf_init(&c.leaves, alloc_libc, FILE_MAX);
    buf_init(&c.path, alloc_libc, EXPORT_PATH_MAX);
    enum code code = CODE_INTERNAL;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        copy_done(&c);
        fail = (struct fail){0};
        code = copy_once(&c, run_rules || c.is_public);
        if (code == CODE_OK || (code != CODE_BUSY && !source_moved(&c))) break;
    }
    int status = code == CODE_OK ? report(&c) : cli_complain(cli, NULL, code, &fail);
    copy_done(&c);
    buf_done(&c.bytes);
    buf_done(&c.leaves);
    buf_done(&c.path);
    return code == CODE_CORRUPT ? EXIT_STATUS_VERIFY : status;
}

static int run_export(struct cli *cli)
{
    return copy(cli, false);
}

static int run_mirror(struct cli *cli)
{
    return copy(cli, true);
}

const struct command copy_commands[] = {
    {.noun = "export",
     .args = "DIR OUT",
     .summary = "copy a record into a folder or one .tar file: a clone is a backup",
     .example = "plenary export north /mnt/backup/north.tar",
     .args_min = 2,
     .args_max = 2,
     .options = {{"public", NULL,
                  "leave out what only members may read; decisions cannot be verified from it",
                  false},
                 {"openings", NULL,
                  "with names, contacts and other personal data: an owner's backup", false}},
     .run = run_export},
    {.noun = "mirror",
     .args = "DIR|FILE OUT",
     .summary = "verify a record and keep a copy that only ever grows; local sources for now",
     .example = "plenary mirror /mnt/north/export mirror-of-north",
     .args_min = 2,
     .args_max = 2,
     .options = {{"public", NULL, "leave out what only members may read", false}},
     .run = run_mirror},
};
const size_t copy_command_count = COUNT(copy_commands);
