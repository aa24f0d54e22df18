/* source.h - an export as someone received it: a folder or a tar of it, read by path.
 *
 * An export holds `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/…`, `tile/acts/…`,
 * `blob/<sha256>` and, for entitled readers, `disclosure/<hex>`, `slip/<uuid>`
 * (docs/record-format.md). Nothing of it is trusted: paths are io_path_valid, only regular files
 * count, no link is followed, every read has a limit. The contents stay on the disk; a tar's list
 * of files is held in memory. */
#ifndef PLENARY_IO_SOURCE_H
#define PLENARY_IO_SOURCE_H
#include "base/buf.h"

enum { SOURCE_FILES_MAX = 4 << 20 }; /* files in one tar */

struct export_source;

/* A folder or an uncompressed ustar file. CODE_NOT_FOUND; CODE_MALFORMED with the byte offset in
 * the message when the tar is not exactly as exports are made (tar.h). An organisation's folder is
 * read through its `export/`. */
enum code source_open(const char *path, struct alloc alloc, struct export_source **ret,
                      struct fail *fail) MUST_CHECK;
/* Is it the folder in which an organisation's own node keeps its export, so that a writer may be at
 * work in it, or have been interrupted? */
bool source_is_live(const struct export_source *source);
/* Accepts NULL. */
void source_close(struct export_source *source);
/* Appends the file to `ret`: CODE_NOT_FOUND, CODE_TOO_BIG over ret->max, CODE_MALFORMED for a bad
 * path. */
enum code source_read(struct export_source *source, str path, struct buf *ret,
                      struct fail *fail) MUST_CHECK;
bool source_has(struct export_source *source, str path);

typedef enum code source_each(void *context, str path, uint64_t size);
/* Every file, sorted by the bytes of its path. CODE_MALFORMED when a folder holds anything but
 * regular files and folders with valid names. */
enum code source_list(struct export_source *source, source_each *each, void *context,
                      struct fail *fail) MUST_CHECK;
#endif
