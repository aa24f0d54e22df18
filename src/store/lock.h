/* lock.h - the checkpoint lock DIR/lock/checkpoint: the last size and root for which a signature
 * was made.
 *
 * It lies outside the database so that restoring an older database shows: a lock ahead of the log
 * means that checkpoints were signed which this log no longer holds. Text of four lines:
 *     plenary.lock/v1
 *     <origin>
 *     <size>
 *     <base64 root>
 * Written to a temporary file, synced, renamed, the folder synced. */
#ifndef PLENARY_STORE_LOCK_H
#define PLENARY_STORE_LOCK_H
#include "core/record/merkle.h"

/* Founding: makes the lock at size 0. CODE_BUSY "exists" when there is one. `dir` is the
 * organisation's folder. */
enum code lock_create(const char *dir, str origin, struct fail *fail) MUST_CHECK;
/* CODE_NOT_FOUND "lock" when absent: never a reason to start afresh. CODE_CORRUPT when it is
 * another origin's or not well-formed. */
enum code lock_read(const char *dir, str origin, struct merkle_head *ret,
                    struct fail *fail) MUST_CHECK;
/* Replaces the lock, durably. CODE_INTERNAL when `to` is smaller than the lock, or as large with
 * another root: a lock never goes back. */
enum code lock_advance(const char *dir, str origin, const struct merkle_head *to,
                       struct fail *fail) MUST_CHECK;
#endif
