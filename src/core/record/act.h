/* act.h - the envelope of an act: what everyone can check from the bytes alone.
 * docs/record-format.md "Acts".
 *
 *     plenary.act/v1
 *     {"at":…,"body":{…},"by":"<mid>","kind":"…","nonce":"…","origin":"…","prev":…,"seen":{…},"via":[…]}
 *
 *     — <origin>/m/<mid>/<device> <base64(key id || signature)>
 *
 * Pure: same bytes, same verdict. What the body means, whether the keys are bound, whether prev
 * and seen fit the log and whether the signatures are true is decided by later stages. */
#ifndef PLENARY_CORE_RECORD_ACT_H
#define PLENARY_CORE_RECORD_ACT_H
#include "base/json.h"
#include "core/record/keyname.h"
#include "core/record/note.h"

enum {
    ACT_LINES_MAX = 2, /* no act needs more than two signatures */
    /* "plenary.act/v1\n" + line 2 + "\n" + "\n" + signature lines */
    ACT_NOTE_MAX = 15 + JSON_LINE_MAX + 2 + ACT_LINES_MAX * (5 + KEY_NAME_MAX + 92)
};

/* Who signs an act that carries no `via`. An act with `via` is always signed by one device of each
 * teller. */
enum act_signers {
    ACT_BY_DEVICE,      /* one device of `by`: every kind not named below */
    ACT_BY_ENROLMENT,   /* key.enrol: the enrolment key of `by` and the new device of `by` */
    ACT_BY_NODE,        /* key.confirm, org.epoch: the node key and a device of `by` */
    ACT_BY_TWO_DEVICES, /* key.add: two devices of `by`, an older one certifies the new one */
};
enum act_signers act_signers_of(str kind);

struct act_line {
    str name;               /* key name, a view into the note */
    struct key_name signer; /* the name read as a key of the act's origin */
    keyid4 key_id;
    sig64 signature;
    bool genesis; /* prev of this line: this key's first act ... */
    hash32 prev;  /* ... or the id of the last logged act it signed; zero if genesis */
};

struct act_seen {
    hash32 root;
    uint64_t size;
};

struct act {
    hash32 id;   /* SHA-256(text) */
    hash32 hash; /* SHA-256(note): what the leaf holds */
    str note;    /* the whole stored bytes */
    str text;    /* the signed bytes: type line and JSON line with their newlines */
    unix_s at;   /* the signer's clock */
    mid16 by;
    nonce16 nonce;
    str kind, origin;
    const struct json *body; /* an object */
    struct act_seen seen;
    bool attested;
    mid16 via[2]; /* attested: the two tellers, ascending, neither is `by`; else zero */
    uint32_t line_count;
    struct act_line line[ACT_LINES_MAX]; /* ascending as bytes */
};

/* Decodes a whole note. `origin` is the log's; the empty string takes any well-formed one
 * (founding). Views point into `note` and `arena`. CODE_MALFORMED with the reasons of note_open,
 * note_check_order and json_parse, and
 *   type     the first line is not "plenary.act/v1"
 *   layout   the text is not exactly two lines
 *   missing unknown field   the envelope's keys and their values
 *   origin   not the log's
 *   via      not exactly two different tellers, ascending, other than `by`
 *   signers  the key names are not exactly those the kind (or `via`) demands
 *   prev     not "genesis" or an act id per line, a list exactly when there are several lines;
 * CODE_TOO_BIG "size"; CODE_NO_MEMORY. Not checked: key ids and signatures (sign/verify.h, reasons
 * keyid, signature). */
enum code act_decode(str note, str origin, struct arena *arena, struct act *ret,
                     struct fail *fail) MUST_CHECK;

/* What a client fills in to make an act. */
struct act_draft {
    unix_s at;
    str body; /* canonical JSON object, "{}" when there is nothing to say */
    mid16 by;
    str kind;
    nonce16 nonce;
    str origin;
    uint32_t prev_count; /* number of signature lines to come */
    struct {
        bool genesis;
        hash32 id;
    } prev[ACT_LINES_MAX]; /* in the order of the sorted lines: act_line_before */
    struct act_seen seen;
    bool attested;
    mid16 via[2];
};
/* Appends the signed text (two lines). Does not validate: act_decode what comes out. */
void act_write_text(struct buf *out, const struct act_draft *draft);
/* Signature lines sort by their bytes, that is by key name: true when `a` comes before `b`. Tells
 * a client with two signers which `prev` comes first. */
bool act_line_before(str name_a, str name_b);
#endif
