/* lock.h - the checkpoint lock DIR/lock/checkpoint: the last size and root for which a signature
 * was made.
 *
 * It lies outside the database so that restoring an older database shows: a lock ahead of the log
 * means that checkpoints were signed which this log no longer holds. Two blocks of 4096 bytes, each
 * a text of five lines filled up with line feeds; the greater size counts:
 *     plenary.lock/v1
 *     <origin>
 *     <size>
 *     <base64 root>
 *     <SHA-256 of the four lines before, in hex>
 * The older block is overwritten in place and synced: one write of one block a commit, nothing
 * else. If a crash tears it the other stands, and nothing had been signed yet for the torn one. */
#ifndef PLENARY_STORE_LOCK_H
#define PLENARY_STORE_LOCK_H
#include "core/record/merkle.h"

/* Founding: makes the lock at size 0. CODE_BUSY "exists" when there is one. `dir` is the
 * organisation's folder. */
enum code lock_create(const char *dir, str origin, struct fail *fail) MUST_CHECK;
/* CODE_NOT_FOUND "lock" when absent: never a reason to start afresh. CODE_CORRUPT when
 * neither block is well-formed and of this origin. */
enum code lock_read(const char *dir, str origin, struct merkle_head *ret,
                    struct fail *fail) MUST_CHECK;
/* Moves the lock, durably. CODE_INTERNAL when `to` is smaller than the lock, or as large with
 * another root: a lock never goes back. */
enum code lock_advance(const char *dir, str origin, const struct merkle_head *to,
                       struct fail *fail) MUST_CHECK;
/* A new epoch, which the record names: the one case in which the lock goes back. It must stand at
 * `lost` (CODE_INTERNAL "lock" otherwise); afterwards it stands at `to`. */
enum code lock_restart(const char *dir, str origin, const struct merkle_head *lost,
                       const struct merkle_head *to, struct fail *fail) MUST_CHECK;
#endif
