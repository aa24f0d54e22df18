/* Checkpoints, receipts, export paths, tar headers, bundles, words and codes. */
#include "core/record/checkpoint.h"
#include "core/record/export.h"
#include "core/record/membercode.h"
#include "core/record/proof.h"
#include "core/record/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good) abort();
}

static void texts(str text, struct buf *again)
{
    struct checkpoint checkpoint;
    struct log_proof proof;
    struct export_path path;
    buf_clear(again);
    if (checkpoint_parse(text, &checkpoint, NULL) == CODE_OK)
        checkpoint_write(again, &checkpoint);
    else if (log_proof_decode(text, &proof, NULL) == CODE_OK)
        log_proof_write(again, &proof);
    else if (export_parse_path(text, &path))
        export_write_path(again, &path);
    else
        return;
    expect(buf_check(again) == CODE_OK && str_eq(buf_str(again), text));
}

/* A signed checkpoint under the key whose line stands first. */
static void signed_checkpoint(str text)
{
    struct note note;
    struct checkpoint checkpoint;
    uint32_t line = 0;
    if (note_open(text, &note, NULL) != CODE_OK) return;
    struct vkey log = {.name = note.line[0].name, .id = note.line[0].key_id};
    if (checkpoint_decode(text, &log, &checkpoint, &note, &line, NULL) != CODE_OK) return;
    expect(line < note.line_count && str_eq(checkpoint.origin, log.name));
}

static void bundles(str text, enum tile_kind kind, struct buf *again)
{
    str rest = text, one;
    buf_clear(again);
    while (bundle_next(&rest, kind, &one)) bundle_add(again, kind, one);
    expect(str_eq(buf_str(again), str_sub(text, 0, text.len - rest.len)));
}

static void people(str text, struct buf *again)
{
    struct words words, same;
    struct membercode code, back;
    char written[MEMBERCODE_TEXT];
    if (words_parse(text, &words, NULL) == CODE_OK) {
        buf_clear(again);
        words_write(again, &words);
        expect(words_parse(buf_str(again), &same, NULL) == CODE_OK && words_eq(&words, &same));
    }
    if (membercode_parse(text, &code, NULL) == CODE_OK) {
        membercode_write(&code, written);
        expect(membercode_parse(str_from(written), &back, NULL) == CODE_OK &&
               memcmp(&code, &back, sizeof code) == 0);
    }
}

static void tar(str text)
{
    struct tar_entry entry;
    uint8_t again[TAR_BLOCK];
    if (text.len < TAR_BLOCK || tar_read_header((const uint8_t *)text.at, &entry, NULL) != CODE_OK)
        return;
    tar_write_header(&entry, again);
    expect(memcmp(again, text.at, TAR_BLOCK) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    struct buf again;
    buf_init(&again, alloc_libc, 1 << 20);
    texts(text, &again);
    signed_checkpoint(text);
    bundles(text, TILE_ENTRIES, &again);
    bundles(text, TILE_ACTS, &again);
    people(text, &again);
    tar(text);
    buf_done(&again);
    return 0;
}
