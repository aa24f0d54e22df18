/* node.h - the one writer of an organisation's record, and its readers.
 *
 * A commit in order: decide and apply in memory -> store_append (the only commit point) -> lock and
 * signature of the checkpoint -> export -> only now replies leave. A failure after the first step
 * leaves memory ahead of the record: the node then answers nothing more (CODE_INTERNAL "broken")
 * and the process ends; the next start replays. */
#ifndef PLENARY_NODE_NODE_H
#define PLENARY_NODE_NODE_H
#include "core/fold.h"
#include "node/signer.h"
#include "store/store.h"

struct node;

enum node_mode { NODE_READ, NODE_WRITE };
/* Called now and then while a long replay runs: `done` of `total` entries. */
typedef void node_progress(void *context, uint64_t done, uint64_t total);
struct node_options {
    enum node_mode mode;
    bool no_snapshot; /* replay from the first entry */
    bool new_epoch; /* writer only: the lock is ahead and nothing can refill the log; see node_lost
                     */
    bool
        check_signatures; /* while replaying what the store holds; off: the local copy is trusted */
    uint32_t wait_seconds; /* how long to wait for another writer to finish, 0 = not at all */
    node_progress *progress;
    void *progress_context;
#ifdef PLENARY_TAKEOVER_SWITCHES
    const uint8_t *cleared; /* GUARD_COUNT switches of the test build */
#endif
};

/* Seeds of the three keys that live on the node; each file of DIR/keys holds one. */
struct node_seeds {
    uint8_t log[32], node[32], refusal[32];
};
/* Makes DIR with its keys, lock and empty log. The founding act is then submitted like any other.
 * CODE_BUSY "exists" when something is there. */
enum code node_create(const char *dir, str origin, const struct node_seeds *seeds,
                      struct fail *fail) MUST_CHECK;
/* Opens an organisation's folder: snapshot if there is one, then the rest of the log.
 * CODE_NOT_FOUND "organisation"; CODE_CORRUPT when the log does not replay or is not the one that
 * was signed; CODE_BUSY "writer". */
enum code node_open(const char *dir, const struct node_options *options, struct node **ret,
                    struct fail *fail) MUST_CHECK;
/* Without committing what is pending: call node_commit first. Writes a snapshot when the last one
 * has become old. Accepts NULL. */
void node_close(struct node *node);

const struct state *node_state(const struct node *node);
struct store *node_store(struct node *node);
str node_origin(const struct node *node);
const char *node_dir(const struct node *node);
/* The public halves of the three keys, as founding names them. */
enum node_key { NODE_KEY_LOG, NODE_KEY_NODE, NODE_KEY_REFUSAL };
key32 node_public_key(const struct node *node, enum node_key which);
/* The node's own signature: the second channel of a first key. Writer only. */
const struct secret_key *node_second_channel(const struct node *node);

/* The time new leaves get: the system's clock, or in a rehearsal the declared one; never before the
 * last leaf. */
unix_s node_now(const struct node *node);
/* Rehearsals only: declares the time. CODE_NOT_YOURS "clock" elsewhere, CODE_MALFORMED "clock"
 * before the last leaf. */
enum code node_clock_set(struct node *node, unix_s at, struct fail *fail) MUST_CHECK;

/* Holds machine data for acts to come; durable at once. */
enum code node_blob_put(struct node *node, str bytes, hash32 *ret, struct fail *fail) MUST_CHECK;
/* An opening that goes into the store with the next commit. */
enum code node_disclose(struct node *node, const hash32 *commitment, str opening, str audience,
                        struct fail *fail) MUST_CHECK;

/* Opened with new_epoch: what had been signed and is lost. The first act is org.epoch, which names
 * it; its commit moves the lock back, sets the old export aside as export.lost-<size>, and signs.
 * False when that was done already or by a commit that a crash interrupted, which opening has
 * finished. */
bool node_lost(const struct node *node, struct merkle_head *ret);

struct node_reply {
    enum article article; /* ARTICLE_NONE: recorded at `index` once node_commit has returned */
    bool is_known;        /* recorded before */
    uint64_t index;
    hash32 id;
    str refusal; /* signed plenary.refusal/v1 when refused; lives until the next submission */
};
/* Ticks if something is due, decides, applies. CODE_MALFORMED, CODE_TOO_BIG, CODE_NOT_YOURS: a
 * plain error, nothing changed. Commits by itself when a batch is full. */
enum code node_submit(struct node *node, str note, struct node_reply *ret,
                      struct fail *fail) MUST_CHECK;
/* Records a tick if a deadline has passed; *ret says whether. */
enum code node_tick(struct node *node, bool *ret, struct fail *fail) MUST_CHECK;
/* From now on node_submit commits nothing by itself: all that follows stands or falls with the next
 * node_commit, or with the process. CODE_TOO_BIG "batch" when more entries wait than one batch can
 * hold. */
void node_hold(struct node *node);
/* Makes everything submitted durable and signed. Nothing pending: nothing happens. */
enum code node_commit(struct node *node, struct fail *fail) MUST_CHECK;
/* The last signed checkpoint, a view; empty before the first commit. */
str node_checkpoint(const struct node *node);

/* Writes DIR/cache/state now, after committing what is pending. */
enum code node_snapshot(struct node *node, struct fail *fail) MUST_CHECK;
/* How many entries the snapshot spared this node_open. */
uint64_t node_snapshot_size(const struct node *node);
#endif
