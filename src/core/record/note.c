#include "core/record/note.h"

#include "base/text.h"

#include <string.h>

/* c2sp.org/signed-note: "an em dash (U+2014), a space, ..." */
static const char DASH[] = "\xe2\x80\x94 ";
enum { DASH_LEN = 4, ALGORITHM_ED25519 = 0x01, ED25519_LINE = 4 + 64 };

/* A C1 control character is C2 80 .. C2 9F in UTF-8. */
static bool is_control(str s, size_t i)
{
    uint8_t byte = (uint8_t)s.at[i];
    if (byte < 0x20) return byte != '\n';
    if (byte == 0x7f) return true;
    return byte == 0xc2 && i + 1 < s.len && (uint8_t)s.at[i + 1] < 0xa0;
}

static enum code check_bytes(str note, struct fail *fail)
{
    if (note.len > NOTE_SIZE_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "expected at most %d bytes", NOTE_SIZE_MAX);
    if (note.len == 0 || note.at[note.len - 1] != '\n')
        return fail_set(fail, CODE_MALFORMED, "newline", "expected a note that ends in a newline");
    size_t good = utf8_check(note);
    if (good < note.len)
        return fail_set(fail, CODE_MALFORMED, "utf8", "byte %zu is not well-formed UTF-8",
                        good + 1);
    for (size_t i = 0; i < note.len; i++)
        if (is_control(note, i))
            return fail_set(fail, CODE_MALFORMED, "control",
                            "byte %zu is a control character; only newlines may stand in a note",
                            i + 1);
    return CODE_OK;
}

/* Canonical base64 of any length up to `room` bytes. */
static bool decode_any(str encoded, uint8_t *ret, size_t room, size_t *ret_len)
{
    if (encoded.len < 4 || encoded.len % 4 != 0) return false;
    size_t len = encoded.len / 4 * 3;
    if (encoded.at[encoded.len - 1] == '=') len--;
    if (encoded.at[encoded.len - 2] == '=') len--;
    if (len > room || !base64_decode(encoded, ret, len)) return false;
    *ret_len = len;
    return true;
}

static enum code bad_line(struct fail *fail, size_t number)
{
    return fail_set(
        fail, CODE_MALFORMED, "sigline",
        "signature line %zu: expected an em dash, a space, a key name, a space and base64", number);
}

static enum code read_line_signature(struct note_line *line, str encoded, size_t number,
                                     struct fail *fail)
{
    uint8_t bytes[4 + NOTE_SIGNATURE_MAX];
    size_t len = 0;
    if (!decode_any(encoded, bytes, sizeof bytes, &len))
        return fail_set(fail, CODE_MALFORMED, "base64",
                        "signature line %zu: expected canonical padded base64", number);
    if (len <= sizeof line->key_id.bytes) return bad_line(fail, number);
    memcpy(line->key_id.bytes, bytes, sizeof line->key_id.bytes);
    line->signature_len = len - sizeof line->key_id.bytes;
    if (line->signature_len == sizeof line->signature.bytes)
        memcpy(line->signature.bytes, bytes + sizeof line->key_id.bytes,
               sizeof line->signature.bytes);
    return CODE_OK;
}

/* Unicode's White_Space beyond the control characters, which no note holds. */
static bool is_space(uint32_t point)
{
    return point == ' ' || point == 0xa0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
           point == 0x202f || point == 0x205f || point == 0x3000;
}

/* "MUST be non-empty, well-formed UTF-8 containing neither Unicode spaces nor plus (U+002B)" */
static bool name_valid(str name)
{
    if (name.len == 0 || name.len > NOTE_NAME_MAX || utf8_check(name) < name.len) return false;
    for (size_t at = 0; at < name.len;) {
        if (is_control(name, at) || name.at[at] == '\n') return false;
        uint32_t point = utf8_next(name, &at);
        if (point == '+' || is_space(point)) return false;
    }
    return true;
}

/* "an em dash (U+2014), a space, the key name, a space, and the base64 encoding of the key ID and
 * signature" */
static enum code read_line_of(str text, size_t number, struct note_line *ret, struct fail *fail)
{
    if (!str_starts(text, (str){DASH, DASH_LEN})) return bad_line(fail, number);
    str rest = str_sub(text, DASH_LEN, text.len);
    struct note_line line = {.line = text, .name = str_cut(&rest, ' ')};
    if (!name_valid(line.name) || rest.len == 0 || str_find(rest, ' ') < rest.len)
        return bad_line(fail, number);
    TRY(read_line_signature(&line, rest, number, fail));
    *ret = line;
    return CODE_OK;
}

static enum code read_lines(struct note *note, struct fail *fail)
{
    str rest = note->lines;
    while (rest.len > 0) {
        if (note->line_count == NOTE_LINES_MAX)
            return fail_set(fail, CODE_TOO_BIG, "siglines", "expected at most %d signature lines",
                            NOTE_LINES_MAX);
        str line = str_cut(&rest, '\n');
        struct note_line *ret = &note->line[note->line_count];
        TRY(read_line_of(line, (size_t)note->line_count + 1, ret, fail));
        note->line_count++;
    }
    return CODE_OK;
}

/* Offset of the newline that makes the first empty line, or note.len. */
static size_t find_empty_line(str note)
{
    for (size_t i = 1; i < note.len; i++)
        if (note.at[i] == '\n' && note.at[i - 1] == '\n') return i;
    return note.len;
}

enum code note_open(str note, struct note *ret, struct fail *fail)
{
    TRY(check_bytes(note, fail));
    size_t empty = find_empty_line(note);
    if (empty + 1 >= note.len || empty < 2)
        return fail_set(fail, CODE_MALFORMED, "layout",
                        "expected a text, an empty line and at least one signature line");
    ret->text = str_sub(note, 0, empty);
    ret->lines = str_sub(note, empty + 1, note.len);
    ret->line_count = 0;
    return read_lines(ret, fail);
}

enum code note_check_order(const struct note *note, struct fail *fail)
{
    for (uint32_t i = 1; i < note->line_count; i++) {
        int order = str_cmp(note->line[i - 1].line, note->line[i].line);
        if (order == 0)
            return fail_set(fail, CODE_MALFORMED, "sigtwice", "signature line %u stands twice", i);
        if (order > 0)
            return fail_set(fail, CODE_MALFORMED, "sigorder",
                            "expected signature lines ascending by their bytes");
    }
    return CODE_OK;
}

enum code note_check_ed25519(const struct note *note, struct fail *fail)
{
    for (uint32_t i = 0; i < note->line_count; i++)
        if (note->line[i].signature_len != sizeof note->line[i].signature.bytes)
            return fail_set(fail, CODE_MALFORMED, "sigline",
                            "signature line %u: expected a key id and 64 bytes of signature",
                            i + 1);
    return CODE_OK;
}

int note_find(const struct note *note, str name, keyid4 id)
{
    int found = -1;
    for (uint32_t i = 0; i < note->line_count; i++) {
        const struct note_line *line = &note->line[i];
        if (!str_eq(line->name, name) || !keyid4_eq(&line->key_id, &id)) continue;
        if (found >= 0) return -2;
        found = (int)i;
    }
    return found;
}

keyid4 key_id_of(str name, const key32 *key)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, name);
    sha256_add(&sha, "\n\x01", 2);
    sha256_add(&sha, key->bytes, sizeof key->bytes);
    hash32 hash = sha256_done(&sha);
    keyid4 id;
    memcpy(id.bytes, hash.bytes, sizeof id.bytes);
    return id;
}

void note_add_line(struct buf *out, str name, keyid4 id, const sig64 *signature)
{
    uint8_t bytes[ED25519_LINE];
    memcpy(bytes, id.bytes, sizeof id.bytes);
    memcpy(bytes + sizeof id.bytes, signature->bytes, sizeof signature->bytes);
    buf_add(out, (str){DASH, DASH_LEN});
    buf_add(out, name);
    buf_add_byte(out, ' ');
    buf_add_base64(out, bytes, sizeof bytes);
    buf_add_byte(out, '\n');
}

/* Lines compare as names first: a name never holds a byte that sorts before the space behind a
 * shorter one, and equal names compare by the base64 of the key ids. */
static int signature_order(const struct note_signature *a, const struct note_signature *b)
{
    char text[2][100];
    const struct note_signature *both[2] = {a, b};
    int order = str_cmp(a->name, b->name);
    if (order) return order;
    for (int i = 0; i < 2; i++) {
        uint8_t bytes[ED25519_LINE];
        keyid4 id = key_id_of(both[i]->name, &both[i]->key);
        memcpy(bytes, id.bytes, sizeof id.bytes);
        memcpy(bytes + sizeof id.bytes, both[i]->signature.bytes, sizeof both[i]->signature.bytes);
        base64_encode(bytes, sizeof bytes, text[i]);
    }
    return strcmp(text[0], text[1]);
}

void note_write(struct buf *out, str text, const struct note_signature *signatures, size_t count)
{
    const struct note_signature *sorted[NOTE_LINES_MAX];
    if (count > NOTE_LINES_MAX) count = NOTE_LINES_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && signature_order(&signatures[i], sorted[at - 1]) < 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = &signatures[i];
    }
    buf_add(out, text);
    buf_add_byte(out, '\n');
    for (size_t i = 0; i < count; i++)
        note_add_line(out, sorted[i]->name, key_id_of(sorted[i]->name, &sorted[i]->key),
                      &sorted[i]->signature);
}

enum code vkey_parse(str text, struct vkey *ret, struct fail *fail)
{
    str rest = text;
    struct vkey key = {.name = str_cut(&rest, '+')};
    str digits = str_cut(&rest, '+');
    uint8_t bytes[1 + sizeof key.key.bytes];
    if (!name_valid(key.name) || !hex_decode(digits, key.id.bytes, sizeof key.id.bytes))
        return fail_set(fail, CODE_MALFORMED, "vkey", "expected name+8 hex digits+base64");
    if (!base64_decode(rest, bytes, sizeof bytes) || bytes[0] != ALGORITHM_ED25519)
        return fail_set(fail, CODE_MALFORMED, "base64",
                        "expected base64 of the byte 1 and an Ed25519 public key");
    memcpy(key.key.bytes, bytes + 1, sizeof key.key.bytes);
    keyid4 id = key_id_of(key.name, &key.key);
    if (!keyid4_eq(&id, &key.id))
        return fail_set(fail, CODE_MALFORMED, "keyid",
                        "the key id does not belong to this name and key");
    *ret = key;
    return CODE_OK;
}

void vkey_write(struct buf *out, str name, const key32 *key)
{
    uint8_t bytes[1 + sizeof key->bytes] = {ALGORITHM_ED25519};
    memcpy(bytes + 1, key->bytes, sizeof key->bytes);
    keyid4 id = key_id_of(name, key);
    buf_add(out, name);
    buf_add_byte(out, '+');
    buf_add_hex(out, id.bytes, sizeof id.bytes);
    buf_add_byte(out, '+');
    buf_add_base64(out, bytes, sizeof bytes);
}
