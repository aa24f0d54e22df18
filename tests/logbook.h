/* logbook.h - a whole log in memory, so that tests may alter it and publish it again under a true
 * signature; and an export in memory, so that they may alter its files. */
#ifndef PLENARY_TESTS_LOGBOOK_H
#define PLENARY_TESTS_LOGBOOK_H
#include "sign/verify.h"
#include "world.h"

enum { LOGBOOK_MAX = 4096, ARCHIVE_MAX = 128, LOGBOOK_BLOBS_MAX = 256 };

struct logbook_entry {
    str leaf, stored; /* in the arena of whoever made them */
};
struct logbook {
    struct arena arena;
    struct logbook_entry entry[LOGBOOK_MAX];
    size_t count;
    struct logbook_entry blob[LOGBOOK_BLOBS_MAX]; /* leaf: the name's 32 bytes, stored: the bytes */
    size_t blob_count;
    str origin;
    struct secret_key log_key;
};
/* An empty one. */
void logbook_init(struct logbook *book, str origin, const struct secret_key *log_key);
void logbook_done(struct logbook *book);
/* A copy that shares the bytes; count and blobs may be changed freely. The arena stays with the
 * first. */
struct logbook *logbook_copy(const struct logbook *book);
void logbook_add(struct logbook *book, str leaf, str stored);
void logbook_add_blob(struct logbook *book, str bytes);
str logbook_keep(struct logbook *book, str bytes); /* a copy in its arena */
/* The leaf for stored bytes: as the node writes it. */
str logbook_leaf(struct logbook *book, str stored, str kind, unix_s at);
/* What the leaf says. */
struct leaf logbook_read_leaf(struct logbook *book, size_t index);

/* Files of an export, sorted by path. */
struct archive_file {
    str path;
    char *at;
    size_t len;
};
struct archive {
    struct arena arena;
    struct archive_file file[ARCHIVE_MAX];
    size_t count;
};
void archive_init(struct archive *archive);
void archive_done(struct archive *archive);
void archive_copy(struct archive *copy, const struct archive *archive);
/* Replaces or adds. */
void archive_put(struct archive *archive, str path, str bytes);
void archive_drop(struct archive *archive, size_t number);
/* NULL when absent. */
struct archive_file *archive_find(struct archive *archive, str path);
/* Every tile, blob and the signed checkpoint of the log as it stands. */
void logbook_publish(const struct logbook *book, struct archive *ret);
/* As a tar without a name; the path under which it opens is written to `path`. Close the
 * descriptor. */
int archive_tar(const struct archive *archive, char path[64]);
/* As files in the folder. */
void archive_write(const struct archive *archive, const char *dir);
#endif
