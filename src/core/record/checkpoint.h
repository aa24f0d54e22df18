/* checkpoint.h - c2sp.org/tlog-checkpoint: the log's signature under a size and a root.
 *     <origin>
 *     <size, decimal>
 *     <root, base64>                                                                    */
#ifndef PLENARY_CORE_RECORD_CHECKPOINT_H
#define PLENARY_CORE_RECORD_CHECKPOINT_H
#include "core/record/merkle.h"
#include "core/record/note.h"

enum { CHECKPOINT_TEXT_MAX = ORIGIN_MAX + 1 + 16 + 1 + 44 + 1 };

struct checkpoint {
    str origin;
    struct merkle_head head;
};

/* Appends the signed text. */
void checkpoint_write(struct buf *out, const struct checkpoint *checkpoint);
/* Parses the signed text alone. CODE_MALFORMED with reason newline, layout, origin (ill-formed),
 * number, base64, root (not 32 bytes), extension (a fourth line: C2SP allows them, our log never
 * writes one). */
enum code checkpoint_parse(str text, struct checkpoint *ret, struct fail *fail) MUST_CHECK;
/* Reads a whole note as C2SP says: lines of unknown (name, key id) are ignored, exactly one line
 * of the log key `log` must be there. Reasons of note_open and checkpoint_parse, and origin (not
 * log's name), signers (no line of the log key), sigtwice. The line to verify is
 * ret_note->line[*ret_line]; sign/verify.h: checkpoint_verify does it all. */
enum code checkpoint_decode(str note, const struct vkey *log, struct checkpoint *ret,
                            struct note *ret_note, uint32_t *ret_line,
                            struct fail *fail) MUST_CHECK;
#endif
