#include "core/record/checkpoint.h"

#include "base/text.h"

void checkpoint_write(struct buf *out, const struct checkpoint *checkpoint)
{
    buf_add(out, checkpoint->origin);
    buf_add_byte(out, '\n');
    buf_add_u64(out, checkpoint->head.size);
    buf_add_byte(out, '\n');
    buf_add_base64(out, checkpoint->head.root.bytes, sizeof checkpoint->head.root.bytes);
    buf_add_byte(out, '\n');
}

/* Is this canonical base64 of something, whatever its length? Tells a wrong spelling from a wrong
 * size. */
static bool is_base64(str text)
{
    uint8_t bytes[96];
    if (text.len == 0 || text.len % 4 != 0 || text.len > 128) return false;
    size_t len = text.len / 4 * 3;
    if (text.at[text.len - 1] == '=') len--;
    if (text.at[text.len - 2] == '=') len--;
    return base64_decode(text, bytes, len);
}

static enum code read_root(str text, hash32 *ret, struct fail *fail)
{
    if (base64_decode(text, ret->bytes, sizeof ret->bytes)) return CODE_OK;
    if (is_base64(text))
        return fail_set(fail, CODE_MALFORMED, "root", "expected a root of 32 bytes");
    return fail_set(fail, CODE_MALFORMED, "base64", "expected the root in canonical base64");
}

enum code checkpoint_parse(str text, struct checkpoint *ret, struct fail *fail)
{
    if (text.len == 0 || text.at[text.len - 1] != '\n')
        return fail_set(fail, CODE_MALFORMED, "newline", "expected a final newline");
    struct checkpoint checkpoint;
    str rest = text;
    checkpoint.origin = str_cut(&rest, '\n');
    str size = str_cut(&rest, '\n');
    str root = str_cut(&rest, '\n');
    if (root.len == 0)
        return fail_set(fail, CODE_MALFORMED, "layout", "expected origin, size and root");
    if (!origin_valid(checkpoint.origin))
        return fail_set(fail, CODE_MALFORMED, "origin",
                        "expected an origin like host.example/branch");
    if (!str_to_u64(size, &checkpoint.head.size))
        return fail_set(fail, CODE_MALFORMED, "number", "expected a size in plain decimal digits");
    TRY(read_root(root, &checkpoint.head.root, fail));
    if (rest.len > 0)
        return fail_set(fail, CODE_MALFORMED, "extension", "expected no line behind the root");
    *ret = checkpoint;
    return CODE_OK;
}

static enum code find_log_line(const struct note *note, const struct vkey *log, uint32_t *ret,
                               struct fail *fail)
{
    int at = note_find(note, log->name, log->id);
    if (at == -2)
        return fail_set(fail, CODE_MALFORMED, "sigtwice",
                        "expected one line of the log key, not two");
    if (at < 0)
        return fail_set(fail, CODE_MALFORMED, "signers",
                        "expected a signature line of the log key");
    if (note->line[at].signature_len != sizeof note->line[at].signature.bytes)
        return fail_set(fail, CODE_MALFORMED, "sigline", "expected 64 bytes of signature");
    *ret = (uint32_t)at;
    return CODE_OK;
}

enum code checkpoint_decode(str note, const struct vkey *log, struct checkpoint *ret,
                            struct note *ret_note, uint32_t *ret_line, struct fail *fail)
{
    struct note opened;
    struct checkpoint checkpoint;
    TRY(note_open(note, &opened, fail));
    TRY(checkpoint_parse(opened.text, &checkpoint, fail));
    if (!str_eq(checkpoint.origin, log->name))
        return fail_set(fail, CODE_MALFORMED, "origin", "expected the origin %.*s",
                        STR_ARG(log->name));
    TRY(find_log_line(&opened, log, ret_line, fail));
    *ret = checkpoint;
    *ret_note = opened;
    return CODE_OK;
}
