/* kinds.h - where the organs meet: the closed list of act kinds and whose deadline is whose.
 * A new organ adds one line to each of the two tables in kinds.c; see docs/adding-an-act.md. */
#ifndef PLENARY_CORE_KINDS_H
#define PLENARY_CORE_KINDS_H
#include "core/step.h"

/* Runs one deadline that has been taken from the queue. */
enum code kinds_deadline(struct state *state, const struct deadline_row *deadline,
                         const struct blobs *blobs, struct arena *arena) MUST_CHECK;
#endif
