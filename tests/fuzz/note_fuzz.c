/* Notes, verifier keys, key names: what is accepted is written back the same. */
#include "core/record/keyname.h"
#include "core/record/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good) abort();
}

static void notes(str text)
{
    struct note note;
    if (note_open(text, &note, NULL) != CODE_OK) return;
    struct buf again;
    buf_init(&again, alloc_libc, NOTE_SIZE_MAX + 1);
    buf_add(&again, note.text);
    buf_add_byte(&again, '\n');
    bool ed25519 = note_check_ed25519(&note, NULL) == CODE_OK;
    for (uint32_t i = 0; i < note.line_count; i++) {
        const struct note_line *line = &note.line[i];
        if (ed25519) {
            note_add_line(&again, line->name, line->key_id, &line->signature);
        } else {
            buf_add(&again, line->line);
            buf_add_byte(&again, '\n');
        }
        int found = note_find(&note, line->name, line->key_id);
        expect(found == -2 || found == (int)i);
    }
    expect(buf_check(&again) == CODE_OK && str_eq(buf_str(&again), text));
    buf_done(&again);
}

static void names(str text)
{
    struct vkey vkey;
    struct buf again;
    buf_init(&again, alloc_libc, 4096);
    if (vkey_parse(text, &vkey, NULL) == CODE_OK) {
        vkey_write(&again, vkey.name, &vkey.key);
        expect(str_eq(buf_str(&again), text));
    }
    struct key_name name;
    buf_clear(&again);
    if (key_name_parse(text, STR("h/o"), &name)) {
        key_name_write(&again, STR("h/o"), &name);
        expect(str_eq(buf_str(&again), text));
    }
    (void)origin_valid(text);
    (void)kind_valid(text);
    buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    notes(text);
    names(text);
    return 0;
}
