/* audit.h - is this export a true record, and does everything in it follow from the rules?
 *
 * Two passes over an export (a folder, an organisation's folder, or a tar), tile by tile:
 *  1. structure: the checkpoint's signature, every leaf, the tree rebuilt from the leaves, every
 *     hash tile byte for byte, each leaf's hash against the stored bytes, blobs and openings
 *     against their names, and no file that does not belong;
 *  2. rules: every entry through the same fold as the node, every signature, every count.
 * Nothing reaches the fold that the log key has not signed. Memory: the replayed state, a tree of
 * 64 bytes an entry, and two lots of entries whose signatures are being judged. */
#ifndef PLENARY_AUDIT_AUDIT_H
#define PLENARY_AUDIT_AUDIT_H
#include "core/fold.h"
#include "core/record/checkpoint.h"
#include "core/record/words.h"

struct audit;

/* `what` is "structure" or "rules"; done == total ends it. */
typedef void audit_progress(void *context, const char *what, uint64_t done, uint64_t total);

struct audit_options {
    str key;          /* the log's verifier key as the auditor holds it; empty: the one that the
                       * record itself names, which proves consistency with itself only */
    str words;        /* twelve words or numbers the auditor holds; empty: none */
    unsigned threads; /* for judging signatures; 0 = one a processor */
    bool stop_at;     /* replay only the first `stop_size` entries */
    uint64_t stop_size;
    audit_progress *progress; /* may be NULL */
    void *progress_context;
#ifdef PLENARY_TAKEOVER_SWITCHES
    const uint8_t *cleared; /* GUARD_COUNT switches of the test build, or NULL */
#endif
};

enum audit_verdict {
    AUDIT_REPLAYED, /* all acts are held: every rule and every count was run again */
    AUDIT_STRUCTURE /* a public export: nothing was altered or moved, but the rules could not be run
                       beyond the first act that is withheld */
};

/* Numbers of what was checked. Views live as long as the audit. */
struct audit_report {
    enum audit_verdict verdict;
    str origin;
    struct merkle_head head;
    struct words words;
    str key; /* verifier key of the log */
    bool key_given, words_given;
    uint64_t words_size; /* size of the checkpoint whose words were given */
    uint64_t tiles;      /* files, every kind */
    uint64_t blobs, openings;
    uint64_t ahead; /* files of a node's own folder beyond its checkpoint, left by a writer at
                       work or interrupted: not part of what was checked */
    uint64_t acts, ticks, withheld;
    uint64_t replayed;   /* entries run through the fold */
    uint64_t signatures; /* judged true */
    unix_s first_at, last_at;
    hash32 state; /* digest of the replayed state */
};

/* Opens and verifies. CODE_NOT_FOUND: no such path, or no checkpoint in it; CODE_MALFORMED: not an
 * export, or `key`, `words` not well-formed; CODE_CORRUPT: the record is false, and the message
 * says at which entry or file; its reasons are those of fold_replay and
 *   checkpoint  missing, malformed or not signed by that key
 *   words       no checkpoint of this record has these words
 *   key         the record was founded under another log key than the one given
 *   tile        an entries or acts tile is missing, cut short or has bytes too many
 *   leaf        malformed, out of time, or of another visibility than its kind demands
 *   hash        the stored bytes are not those the leaf commits to
 *   withheld    a public act is missing
 *   root        the leaves do not make the root that was signed
 *   tree        a hash tile differs from the tree
 *   blob        a blob's bytes do not have its name, or one that acts name is missing
 *   opening     a disclosure does not open its commitment
 *   foreign     a file that belongs to no export of this record; beyond the checkpoint files may
 *               lie only in a node's own folder (see `ahead`).
 * CODE_BUSY "moved": a writer added to the record meanwhile, try again. CODE_NO_MEMORY, CODE_IO:
 * could not be done. */
enum code audit_run(const char *path, const struct audit_options *options, struct alloc alloc,
                    struct audit **ret, struct fail *fail) MUST_CHECK;
/* Accepts NULL. */
void audit_close(struct audit *audit);

const struct audit_report *audit_report(const struct audit *audit);
/* The state after the last replayed entry. */
const struct state *audit_state(const struct audit *audit);
/* Entries of that kind; `kind` one of step_kind_at or "tick". */
uint64_t audit_kind_count(const struct audit *audit, str kind);
/* The same among the entries that were replayed. */
uint64_t audit_replayed_count(const struct audit *audit, str kind);
/* Is that blob named by an act, or by one of public visibility, among those replayed? */
bool audit_blob_is_named(struct audit *audit, const hash32 *name);
bool audit_blob_is_public(struct audit *audit, const hash32 *name);
/* Root of the first `size` <= head.size entries. */
hash32 audit_root(const struct audit *audit, uint64_t size);
/* The signed checkpoint as it stands in the export, and its log key. */
str audit_checkpoint(const struct audit *audit);
const struct vkey *audit_key(const struct audit *audit);
/* Decides an act at `at` on the state as it stands (see stop_at): evidence. The audit is of no
 * other use afterwards. */
enum code audit_decide(struct audit *audit, str note, unix_s at, enum article *ret, hash32 *ret_id,
                       struct fail *fail) MUST_CHECK;
#endif
