/* replay_export.h - an export's acts run by the rules once more. Signatures are taken as given
 * (plenary-verify does not), so that base and core suffice and it runs where no other library is at
 * hand. */
#ifndef PLENARY_TESTS_SAME_REPLAY_EXPORT_H
#define PLENARY_TESTS_SAME_REPLAY_EXPORT_H
#include "core/record/ids.h"

struct replayed {
    uint64_t size;
    hash32 root, digest; /* of the tree; of the state */
};
/* False, and the reason on stderr, when the export does not replay to the head of its own
 * checkpoint. */
bool replay_export(const char *folder, struct replayed *ret) MUST_CHECK;
#endif
