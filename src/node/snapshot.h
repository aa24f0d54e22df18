/* snapshot.h - DIR/cache/state: the replayed state as it stood, so that a command need not replay
 * years of acts. A cache of this machine and this build, never evidence: it is read only if its
 * digest fits, and what it says is then held against the signed checkpoint. Deleting it costs time
 * and nothing else. */
#ifndef PLENARY_NODE_SNAPSHOT_H
#define PLENARY_NODE_SNAPSHOT_H
#include "core/state.h"

/* Replaces the snapshot, atomically. CODE_IO. */
enum code snapshot_save(const char *dir, const struct state *state, struct fail *fail) MUST_CHECK;
/* Fills an empty state. Any other code than CODE_OK: replay instead, with a new state. */
enum code snapshot_load(const char *dir, struct state *state) MUST_CHECK;
#endif
