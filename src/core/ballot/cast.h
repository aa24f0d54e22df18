/* cast.h - one ballot: its form, its signature and every proof of it (specification, 4.12
 * and 4.18). */
#ifndef PLENARY_CORE_BALLOT_CAST_H
#define PLENARY_CORE_BALLOT_CAST_H
#include "core/ballot/poll.h"

/* Reads a ballot: its credential (a view) and its ciphertexts, poll->cipher_count of them, from
 * `arena`. With `judge`, its signature and proofs are judged too. CODE_MALFORMED with reason
 * ballot, election, credential, choices, proof, signature; CODE_NO_MEMORY. That its credential may
 * vote is not looked at. */
enum code cast_read(const struct poll *poll, str text, bool judge, struct arena *arena,
                    str *ret_credential, struct cipher **ret_ciphers, struct fail *fail) MUST_CHECK;
#endif
