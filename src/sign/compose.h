/* compose.h - making an act: the client's side of the envelope. Fills `prev` and `seen` from a
 * replayed state, signs with one or two keys. Used by the command line, the demonstration, the
 * takeover attempts and the tests. */
#ifndef PLENARY_SIGN_COMPOSE_H
#define PLENARY_SIGN_COMPOSE_H
#include "core/state.h"
#include "sign/verify.h"

struct compose_key {
    struct key_name name;
    const struct secret_key *secret;
};

struct compose {
    str kind, body; /* canonical JSON object */
    str origin;     /* empty: that of the state; needed for founding alone */
    mid16 by;
    unix_s at;
    nonce16 nonce;
    uint32_t key_count; /* 1 or 2, in any order */
    struct compose_key key[ACT_LINES_MAX];
    uint64_t unseen; /* so many of the last leaves the client has not seen yet */
    bool attested;   /* the two keys are of two tellers; by is the member they sign for */
};

/* Appends the whole note to `out`. `prev` of each key is the last act it signed in `state`, `seen`
 * the state's size and root, or those before the last `unseen` leaves. CODE_NO_MEMORY when `out` is
 * full. */
enum code compose_act(const struct state *state, const struct compose *compose,
                      struct buf *out) MUST_CHECK;
#endif
