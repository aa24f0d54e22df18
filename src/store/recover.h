/* recover.h - after an older copy of the database was restored: what the lock says about the log,
 * and refilling the log from an export or mirror that kept the rest.
 *
 * Nothing is taken on trust: the checkpoint of the source must carry the log key's signature and be
 * no older than the lock, and the leaves here plus those in the source must have its root and, at
 * the lock's size, the lock's. */
#ifndef PLENARY_STORE_RECOVER_H
#define PLENARY_STORE_RECOVER_H
#include "core/record/merkle.h"
#include "core/record/note.h"
#include "io/source.h"
#include "store/store.h"

enum recover_finding {
    RECOVER_SOUND,    /* all that was signed is here, and no more */
    RECOVER_UNSIGNED, /* the log is longer: a crash before signing, nothing to worry about */
    RECOVER_MISSING,  /* entries that were signed are not here: an older copy was restored */
    RECOVER_FORKED    /* as many entries as were signed, but others */
};
enum recover_finding recover_judge(const struct merkle *tree, const struct merkle_head *lock);

/* Which blobs an act names, for those who can read bodies: *ret views something that lives until
 * the next call. */
typedef enum code recover_blobs_of(void *context, const struct store_entry *entry,
                                   const hash32 **ret, size_t *ret_count);
struct recover_options {
    struct store *store;
    struct export_source *source;
    const struct vkey *log;     /* the log's verification key */
    struct merkle_head lock;    /* as read from DIR/lock/checkpoint */
    recover_blobs_of *blobs_of; /* NULL: no act names any */
    void *context;
    struct alloc alloc;
};
struct recover_report {
    uint64_t entries, blobs; /* added */
    struct merkle_head head; /* of the log now */
};
/* Appends to the log what the source has beyond it. Everything is checked before the first entry is
 * written. CODE_MALFORMED "signers" or CODE_NOT_YOURS: not signed by this log. CODE_NOT_FOUND
 * "too-old": the source holds less than the lock; "acts": an export for readers who may not see
 * every act. CODE_CORRUPT "fork": not the record that was signed here. CODE_MALFORMED: tiles,
 * leaves or acts not as they must be. When it fails half way through writing, running it again
 * continues. */
enum code recover_refill(const struct recover_options *options, struct recover_report *ret,
                         struct fail *fail) MUST_CHECK;
#endif
