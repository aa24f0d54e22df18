/* export.h - keeps DIR/export, the folder that mirrors, auditors and web servers read, in step with
 * the log.
 *
 * Layout as in record-format: checkpoint, tile/…, tile/entries/…, tile/acts/…, blob/<sha256>. New
 * tiles are written first, each by rename; the checkpoint after them, by rename; partial tiles it
 * no longer needs go last. So at any instant the checkpoint that stands there has its tiles.
 * Nothing is synced file by file, because all of it can be made again from the log: DIR/export.mark
 * says up to which size the files are known to be on the disk, and opening writes everything from
 * there anew. */
#ifndef PLENARY_STORE_EXPORT_H
#define PLENARY_STORE_EXPORT_H
#include "core/record/merkle.h"
#include "store/store.h"

struct export;

/* Opens DIR/export (made if absent) after the state of `store`, which must outlive it. Writes
 * nothing yet. */
enum code export_open(const char *dir, struct store *store, struct alloc alloc, struct export **ret,
                      struct fail *fail) MUST_CHECK;
/* Writes what the log has added up to tree->size, then the signed `checkpoint` of that size. The
 * first call after export_open repairs whatever a crash left. `tree` is over the leaves of the
 * store, which holds at least as many. CODE_IO leaves the older checkpoint with its tiles standing;
 * the next call tries again. */
enum code export_extend(struct export *export, const struct merkle *tree, str checkpoint,
                        struct fail *fail) MUST_CHECK;
/* Entries under the checkpoint that stands in the folder. */
uint64_t export_size(const struct export *export);
/* Makes everything written durable and moves the mark. export_extend does it every 65,536 entries.
 */
enum code export_sync(struct export *export, struct fail *fail) MUST_CHECK;
/* Syncs, best effort, and closes. Accepts NULL. */
void export_close(struct export *export);
#endif
