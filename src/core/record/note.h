/* note.h - signed notes (c2sp.org/signed-note): a text, an empty line, signature lines.
 *
 *     <text: one or more lines, each with its newline>
 *     <empty line>
 *     — <key name> <base64(key id || signature)>
 *
 * Only the form is read here; whether a signature is true is sign/verify.h's business. The
 * signature covers the exact bytes of the text including its final newline. */
#ifndef PLENARY_CORE_RECORD_NOTE_H
#define PLENARY_CORE_RECORD_NOTE_H
#include "base/buf.h"
#include "core/record/ids.h"

enum {
    NOTE_LINES_MAX = 32,      /* signature lines of one note */
    NOTE_NAME_MAX = 256,      /* bytes of a key name */
    NOTE_SIGNATURE_MAX = 256, /* bytes of a signature we do not know (witness lines carry 72) */
    NOTE_SIZE_MAX = 1 << 18   /* bytes of a whole note */
};

struct note_line {
    str line; /* the whole line without its newline, as it stands in the note */
    str name; /* key name */
    keyid4 key_id;
    size_t signature_len; /* bytes behind the key id; 64 is an Ed25519 signature */
    sig64 signature;      /* meaningful only when signature_len is 64 */
};

struct note {
    str text;  /* signed bytes including the final newline; a view into the input */
    str lines; /* all signature lines */
    uint32_t line_count;
    struct note_line line[NOTE_LINES_MAX];
};

/* Splits a note at its first empty line. CODE_MALFORMED with reason
 *   newline  does not end in a newline, or is empty
 *   utf8, control  ill-formed UTF-8, or a control character other than newline
 *   layout   no empty line, no text before it, or no signature line behind it
 *   sigline  a line that is not "— name base64", or a key id without a signature
 *   base64   not canonical padded base64;
 * CODE_TOO_BIG "size" or "siglines". Order and duplicates are left to note_check_order. */
enum code note_open(str note, struct note *ret, struct fail *fail) MUST_CHECK;
/* Notes of ours carry their lines strictly ascending as bytes: reason sigtwice or sigorder. */
enum code note_check_order(const struct note *note, struct fail *fail) MUST_CHECK;
/* Notes of ours carry 64-byte Ed25519 signatures only: reason sigline. */
enum code note_check_ed25519(const struct note *note, struct fail *fail) MUST_CHECK;
/* Index of the only line of key (name, id), IDs compared too; -1 when absent, -2 when more than
 * one. */
int note_find(const struct note *note, str name, keyid4 id);

/* The key id of an Ed25519 key under `name`. */
keyid4 key_id_of(str name, const key32 *key);
/* Appends "— name base64(id || signature)\n". */
void note_add_line(struct buf *out, str name, keyid4 id, const sig64 *signature);

/* One signature to be put under a text. */
struct note_signature {
    str name;
    key32 key;
    sig64 signature;
};
/* Appends text, empty line and the lines, sorted ascending as bytes. `text` ends with a newline.
 * At most NOTE_LINES_MAX signatures. */
void note_write(struct buf *out, str text, const struct note_signature *signatures, size_t count);

/* Verifier key "name+<8 hex key id>+base64(0x01 || public key)", C2SP's vkey. */
struct vkey {
    str name; /* view into the parsed text */
    keyid4 id;
    key32 key;
};
/* CODE_MALFORMED with reason vkey, base64 or keyid (the id does not belong to name and key). */
enum code vkey_parse(str text, struct vkey *ret, struct fail *fail) MUST_CHECK;
void vkey_write(struct buf *out, str name, const key32 *key);
#endif
