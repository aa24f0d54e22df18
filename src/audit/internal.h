/* internal.h - what the two passes of an audit share; nobody outside src/audit includes it. */
#ifndef PLENARY_AUDIT_INTERNAL_H
#define PLENARY_AUDIT_INTERNAL_H
#include "audit/audit.h"
#include "core/record/export.h"
#include "io/source.h"

enum {
    AUDIT_BLOB_MAX = 256 << 20,    /* bytes of one blob */
    AUDIT_KINDS_MAX = 256,         /* kinds of acts this program may know */
    AUDIT_CHECKPOINT_MAX = 1 << 14 /* bytes of a signed checkpoint */
};

struct audit_blob {
    hash32 name;
    bool named, is_public; /* by an act; by an act of public visibility */
};

struct audit {
    struct alloc alloc;
    struct audit_options options;
    struct export_source *source;
    struct arena texts; /* views of the report */
    struct arena step;  /* one leaf or act while it is looked at */
    struct buf checkpoint_note, path, leaves, acts, file;
    struct checkpoint checkpoint;
    struct vkey log;
    struct merkle tree; /* over the leaves of the export */
    struct state state;
    struct fold fold;
    bool has_state;
    struct audit_blob *blobs; /* ascending by name */
    size_t blob_count, blob_room;
    uint64_t kinds[AUDIT_KINDS_MAX], replayed_kinds[AUDIT_KINDS_MAX]; /* as step_kind_at counts */
    enum code blob_code; /* why a blob could not be had, where that is no fault of the record */
    struct audit_report report;
    struct fail *fail;
};

/* As guards() of core/step.h, before there is a state: always true but in the test build with
 * switches. */
static inline bool audit_guards(const struct audit *audit, unsigned guard)
{
#ifdef PLENARY_TAKEOVER_SWITCHES
    return !(audit->options.cleared && audit->options.cleared[guard]);
#else
    (void)audit;
    (void)guard;
    return true;
#endif
}

/* "false" by the record's own fault: CODE_CORRUPT, or the code itself where it says nothing about
 * the record (memory, disk). Puts `where` before the message. */
enum code audit_false(struct audit *audit, enum code code, const char *reason, const char *format,
                      ...) PRINTF_LIKE(4, 5);
/* The code with which a failed `code` of reading a part of the export is reported. */
enum code audit_code(enum code code);

/* Reads the tile of `kind` at `index`, at the width it has in a log of the checkpoint's size. */
enum code audit_read_tile(struct audit *audit, enum tile_kind kind, uint64_t index,
                          struct buf *ret) MUST_CHECK;
void audit_show_progress(const struct audit *audit, const char *what, uint64_t done);
/* Entries under the checkpoint. */
uint64_t audit_size(const struct audit *audit);
/* Number of the kind as step_kind_at counts; AUDIT_KINDS_MAX when this program does not know it. */
size_t audit_kind_number(str kind);
/* The blob of that name among those in the export, or NULL. */
struct audit_blob *audit_find_blob(struct audit *audit, const hash32 *name);

/* Pass 1 (structure.c, files.c), pass 2 (rules.c). */
enum code audit_structure(struct audit *audit) MUST_CHECK;
enum code audit_files(struct audit *audit) MUST_CHECK;
enum code audit_rules(struct audit *audit) MUST_CHECK;
#endif
