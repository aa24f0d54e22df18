/* commit.h - prose and personal data stay outside acts: an act holds SHA-256("plenary.commit/v1|"
 * || salt || text), the opening (salt || text) is a disclosure, readable by those entitled,
 * erasable, never read by the fold. */
#ifndef PLENARY_CORE_RECORD_COMMIT_H
#define PLENARY_CORE_RECORD_COMMIT_H
#include "base/sha256.h"

enum { COMMIT_SALT = 16 };
hash32 commit_of(const uint8_t salt[COMMIT_SALT], str text);
/* Opening = salt || text. False when it is shorter than a salt or does not open `commitment`. */
bool commit_opens(const hash32 *commitment, str opening, str *ret_text) MUST_CHECK;
#endif
