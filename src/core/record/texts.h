/* texts.h - the small texts beside the act: tick, refusal, login. Each is a type line and one
 * canonical JSON line. */
#ifndef PLENARY_CORE_RECORD_TEXTS_H
#define PLENARY_CORE_RECORD_TEXTS_H
#include "base/json.h"
#include "core/record/note.h"

/* Splits "plenary.x/v1\n{…}\n" and parses line 2. `type` without newline. CODE_MALFORMED with
 * reason newline (no final newline), type, layout (not two lines) or one of json_parse;
 * CODE_TOO_BIG "size"; CODE_NO_MEMORY. */
enum code text_open(str text, str type, struct arena *arena, const struct json **ret,
                    struct fail *fail) MUST_CHECK;

/* plenary.tick/v1 {"body":…,"index":N,"origin":"…"}: logged unsigned when a deadline passes
 * without an act. Its id and its leaf's hash are SHA-256 of the text. body is {} or {"boxes":[…]}
 * where ballot boxes close. */
struct tick {
    uint64_t index; /* its own position in the log */
    str origin;
    const struct json *body; /* reading */
};
/* `body` is a canonical JSON object; "{}" when no box closes. */
void tick_write(struct buf *out, str origin, uint64_t index, str body);
/* True when the bytes begin like a tick; everything else in the log of acts is an act. */
bool tick_is(str text);
enum code tick_decode(str text, str origin, struct arena *arena, struct tick *ret,
                      struct fail *fail) MUST_CHECK;

/* plenary.refusal/v1: only a decided act gets one. Signed by <origin>/r; portable evidence when
 * replay to `size` and deciding the act at `at` does not give `article`. */
enum { ARTICLE_MAX = 100 };
struct refusal {
    hash32 act; /* act or ballot id */
    str article;
    unix_s at;
    str origin;
    hash32 root;
    uint64_t size;
};
void refusal_write(struct buf *out, const struct refusal *refusal);
/* Reads a whole note with exactly one line, of <origin>/r: reasons of note_open, text_open, and
 * origin, signers. The line is ret_line (may be NULL); check it with sign/verify.h. */
enum code refusal_decode(str note, str origin, struct arena *arena, struct refusal *ret,
                         struct note *ret_note, struct fail *fail) MUST_CHECK;

/* plenary.login/v1 {expires,nonce,origin}: the client draws the nonce; at most 5 minutes ahead;
 * never accepted twice. */
struct login {
    unix_s expires;
    nonce16 nonce;
    str origin;
};
void login_write(struct buf *out, const struct login *login);
/* A whole note with exactly one line, of a device of `origin`. */
enum code login_decode(str note, str origin, struct arena *arena, struct login *ret,
                       struct note *ret_note, struct fail *fail) MUST_CHECK;
#endif
