#include "core/record/proof.h"

#include "base/text.h"

static const str PROOF_TYPE = {"c2sp.org/tlog-proof@v1", 22};

void log_proof_write(struct buf *out, const struct log_proof *proof)
{
    buf_add(out, PROOF_TYPE);
    buf_add(out, STR("\nindex "));
    buf_add_u64(out, proof->index);
    buf_add_byte(out, '\n');
    for (uint32_t i = 0; i < proof->proof.count; i++) {
        buf_add_base64(out, proof->proof.at[i].bytes, sizeof proof->proof.at[i].bytes);
        buf_add_byte(out, '\n');
    }
    buf_add_byte(out, '\n');
    buf_add(out, proof->checkpoint);
}

static enum code read_index(str line, uint64_t *ret, struct fail *fail)
{
    if (str_starts(line, STR("extra ")))
        return fail_set(fail, CODE_MALFORMED, "extra", "expected no extra data");
    if (!str_starts(line, STR("index ")) || !str_to_u64(str_sub(line, 6, line.len), ret))
        return fail_set(fail, CODE_MALFORMED, "number", "expected \"index\" and a decimal number");
    return CODE_OK;
}

static enum code read_hashes(str *rest, struct merkle_proof *ret, struct fail *fail)
{
    for (;;) {
        if (rest->len == 0)
            return fail_set(fail, CODE_MALFORMED, "layout",
                            "expected an empty line behind the proof");
        str line = str_cut(rest, '\n');
        if (line.len == 0) return CODE_OK;
        if (ret->count == MERKLE_PROOF_MAX)
            return fail_set(fail, CODE_TOO_BIG, "size", "expected at most %d hashes",
                            MERKLE_PROOF_MAX);
        if (!base64_decode(line, ret->at[ret->count].bytes, sizeof ret->at[0].bytes))
            return fail_set(fail, CODE_MALFORMED, "base64",
                            "expected 32 bytes in canonical base64");
        ret->count++;
    }
}

enum code log_proof_decode(str text, struct log_proof *ret, struct fail *fail)
{
    str rest = text;
    str type = str_cut(&rest, '\n');
    if (!str_eq(type, PROOF_TYPE))
        return fail_set(fail, CODE_MALFORMED, "type", "expected the first line \"%.*s\"",
                        STR_ARG(PROOF_TYPE));
    struct log_proof proof = {.index = 0};
    TRY(read_index(str_cut(&rest, '\n'), &proof.index, fail));
    TRY(read_hashes(&rest, &proof.proof, fail));
    if (rest.len == 0 || rest.at[rest.len - 1] != '\n')
        return fail_set(fail, CODE_MALFORMED, "layout", "expected a checkpoint at the end");
    proof.checkpoint = rest;
    *ret = proof;
    return CODE_OK;
}
