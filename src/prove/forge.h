/* forge.h - an operator's hand on the files of a node that does not run: the database edited, the
 * lock taken away, the checkpoint signed anew with the log key that lies there. Nothing of it goes
 * through the program's rules. */
#ifndef PLENARY_PROVE_FORGE_H
#define PLENARY_PROVE_FORGE_H
#include "prove/scratch.h"

/* The bytes of entry `index` become `note`, its leaf what these bytes make at `at`; at the size of
 * the log it is one more entry. */
bool forge_entry(struct scratch *scratch, uint64_t index, str note, unix_s at) MUST_CHECK;
/* Entry `index` is gone, those behind it move up. */
bool forge_drop(struct scratch *scratch, uint64_t index) MUST_CHECK;
/* Lock, checkpoint and export made anew over whatever the database holds. */
bool forge_seal(struct scratch *scratch) MUST_CHECK;
#endif
