#include "core/record/commit.h"

hash32 commit_of(const uint8_t salt[COMMIT_SALT], str text)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, STR("plenary.commit/v1|"));
    sha256_add(&sha, salt, COMMIT_SALT);
    sha256_add_str(&sha, text);
    return sha256_done(&sha);
}

bool commit_opens(const hash32 *commitment, str opening, str *ret_text)
{
    if (opening.len < COMMIT_SALT) return false;
    str text = {opening.at + COMMIT_SALT, opening.len - COMMIT_SALT};
    hash32 hash = commit_of((const uint8_t *)opening.at, text);
    if (!hash32_eq(&hash, commitment)) return false;
    *ret_text = text;
    return true;
}
