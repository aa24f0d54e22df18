#include "sign/verify.h"

static enum code verify(str text, str name, keyid4 claimed, const key32 *key,
                        const sig64 *signature, struct fail *fail)
{
    keyid4 id = key_id_of(name, key);
    if (!keyid4_eq(&id, &claimed))
        return fail_set(fail, CODE_NOT_YOURS, "keyid", "the key id is not that of the key of %.*s",
                        STR_ARG(name));
    if (!sign_verify(key, text, signature))
        return fail_set(fail, CODE_NOT_YOURS, "signature", "the signature of %.*s is false",
                        STR_ARG(name));
    return CODE_OK;
}

enum code note_verify_line(str text, const struct note_line *line, const key32 *key,
                           struct fail *fail)
{
    if (line->signature_len != sizeof line->signature.bytes)
        return fail_set(fail, CODE_NOT_YOURS, "signature", "expected 64 bytes of signature");
    return verify(text, line->name, line->key_id, key, &line->signature, fail);
}

enum code act_verify_line(const struct act *act, uint32_t i, const key32 *key, struct fail *fail)
{
    const struct act_line *line = &act->line[i];
    return verify(act->text, line->name, line->key_id, key, &line->signature, fail);
}

enum code checkpoint_verify(str note, const struct vkey *log, struct checkpoint *ret,
                            struct fail *fail)
{
    struct checkpoint checkpoint;
    struct note opened;
    uint32_t line = 0;
    TRY(checkpoint_decode(note, log, &checkpoint, &opened, &line, fail));
    TRY(note_verify_line(opened.text, &opened.line[line], &log->key, fail));
    *ret = checkpoint;
    return CODE_OK;
}

void note_sign(struct buf *out, str text, const struct signer *signers, size_t count)
{
    struct note_signature signatures[NOTE_LINES_MAX];
    if (count > NOTE_LINES_MAX) count = NOTE_LINES_MAX;
    for (size_t i = 0; i < count; i++) {
        signatures[i].name = signers[i].name;
        signatures[i].key = secret_key_public(signers[i].key);
        signatures[i].signature = sign_message(signers[i].key, text);
    }
    note_write(out, text, signatures, count);
}
