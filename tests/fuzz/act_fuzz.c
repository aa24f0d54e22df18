/* Acts, leaves, ticks, refusals, logins: what is accepted is written back the same. */
#include "core/record/act.h"
#include "core/record/leaf.h"
#include "core/record/texts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const str ORIGIN = {"rehearsal.invalid/vectors", 25};

static void expect(bool good)
{
    if (!good) abort();
}

static void acts(str text, struct arena *arena, struct buf *again)
{
    struct act act;
    if (act_decode(text, (str){"", 0}, arena, &act, NULL) != CODE_OK) return;
    struct act_draft draft = {.at = act.at,
                              .body = act.body->raw,
                              .by = act.by,
                              .kind = act.kind,
                              .nonce = act.nonce,
                              .origin = act.origin,
                              .prev_count = act.line_count,
                              .seen = act.seen,
                              .attested = act.attested,
                              .via = {act.via[0], act.via[1]}};
    for (uint32_t i = 0; i < act.line_count; i++) {
        draft.prev[i].genesis = act.line[i].genesis;
        draft.prev[i].id = act.line[i].prev;
    }
    act_write_text(again, &draft);
    buf_add_byte(again, '\n');
    for (uint32_t i = 0; i < act.line_count; i++)
        note_add_line(again, act.line[i].name, act.line[i].key_id, &act.line[i].signature);
    expect(buf_check(again) == CODE_OK && str_eq(buf_str(again), text));
}

static void small_texts(str text, struct arena *arena, struct buf *again)
{
    struct leaf leaf;
    struct tick tick;
    struct refusal refusal;
    struct login login;
    struct note note = {.text = text};
    buf_clear(again);
    if (leaf_decode(text, arena, &leaf, NULL) == CODE_OK)
        leaf_write(again, &leaf);
    else if (tick_decode(text, ORIGIN, arena, &tick, NULL) == CODE_OK)
        tick_write(again, tick.origin, tick.index, tick.body->raw);
    else if (refusal_decode(text, ORIGIN, arena, &refusal, &note, NULL) == CODE_OK)
        refusal_write(again, &refusal);
    else if (login_decode(text, ORIGIN, arena, &login, &note, NULL) == CODE_OK)
        login_write(again, &login);
    else
        return;
    expect(buf_check(again) == CODE_OK && str_eq(buf_str(again), note.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    struct arena arena;
    struct buf again;
    arena_init(&arena, alloc_libc, 1 << 23);
    buf_init(&again, alloc_libc, 1 << 18);
    acts(text, &arena, &again);
    small_texts(text, &arena, &again);
    buf_done(&again);
    arena_done(&arena);
    return 0;
}
