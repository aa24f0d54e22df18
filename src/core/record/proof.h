/* proof.h - c2sp.org/tlog-proof@v1: index, inclusion proof and checkpoint in one text, the receipt
 * of an act.
 *     c2sp.org/tlog-proof@v1
 *     [extra <base64>]
 *     index <decimal>
 *     <hash, base64>          (as many as the proof has)
 *     <empty line>
 *     <checkpoint, a signed note> */
#ifndef PLENARY_CORE_RECORD_PROOF_H
#define PLENARY_CORE_RECORD_PROOF_H
#include "base/buf.h"
#include "core/record/merkle.h"

struct log_proof {
    uint64_t index;
    struct merkle_proof proof;
    str checkpoint; /* the whole note, a view; read it with checkpoint_decode */
};

void log_proof_write(struct buf *out, const struct log_proof *proof);
/* CODE_MALFORMED with reason type, number, base64, layout, extra (ours carry none). The checkpoint
 * is not opened. */
enum code log_proof_decode(str text, struct log_proof *ret, struct fail *fail) MUST_CHECK;
#endif
