/* verify.h - signatures under notes: making lines, judging lines. */
#ifndef PLENARY_SIGN_VERIFY_H
#define PLENARY_SIGN_VERIFY_H
#include "core/record/act.h"
#include "core/record/checkpoint.h"
#include "sign/ed25519.h"

/* Is this line a true signature by `key` of `text`? CODE_NOT_YOURS with reason keyid (the id is
 * not that of this name and key) or signature. */
enum code note_verify_line(str text, const struct note_line *line, const key32 *key,
                           struct fail *fail) MUST_CHECK;
/* The same for line `i` of a decoded act. */
enum code act_verify_line(const struct act *act, uint32_t i, const key32 *key,
                          struct fail *fail) MUST_CHECK;
/* checkpoint_decode and the log key's signature. */
enum code checkpoint_verify(str note, const struct vkey *log, struct checkpoint *ret,
                            struct fail *fail) MUST_CHECK;

/* A signer: who, with which key. */
struct signer {
    str name;
    const struct secret_key *key;
};
/* Appends the whole note: text, empty line, sorted lines. At most NOTE_LINES_MAX signers. */
void note_sign(struct buf *out, str text, const struct signer *signers, size_t count);
#endif
