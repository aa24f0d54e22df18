/* keyfile.h - a person's key on this machine: DIR/keys/people/<mid>-<device>, mode 0600. In a
 * rehearsal every member's key follows from one published seed, DIR/keys/rehearsal, so that one
 * person can play all parts. */
#ifndef PLENARY_CLI_KEYFILE_H
#define PLENARY_CLI_KEYFILE_H
#include "core/record/ids.h"
#include "sign/ed25519.h"

struct keyfile {
    mid16 mid;
    device4 device;
    struct secret_key secret;
};

/* {"device":…,"mid":…,"origin":…,"seed":…}, canonical, one line. */
enum code keyfile_write(const char *path, str origin, const struct keyfile *key,
                        struct fail *fail) MUST_CHECK;
/* CODE_NOT_FOUND; CODE_MALFORMED when it is not such a file or of another origin (empty: any). */
enum code keyfile_read(const char *path, str origin, struct keyfile *ret,
                       struct fail *fail) MUST_CHECK;
/* Path of a new key file of that person in `dir`; a string of at most PATH_MAX bytes into `ret`. */
bool keyfile_path(const char *dir, const struct keyfile *key, char *ret, size_t size);
/* A fresh key: random device, random secret. */
void keyfile_random(struct keyfile *ret, const mid16 *mid);

struct rehearsal {
    char seed[65]; /* 64 hexadecimal digits */
};
enum code rehearsal_write(const char *dir, str seed, struct fail *fail) MUST_CHECK;
/* CODE_NOT_FOUND when this folder is no rehearsal. */
enum code rehearsal_read(const char *dir, struct rehearsal *ret, struct fail *fail) MUST_CHECK;
/* The n-th device (from 0) of that member. */
void rehearsal_key(const struct rehearsal *rehearsal, const mid16 *mid, uint32_t n,
                   struct keyfile *ret);
/* The membership code of that member. */
struct membercode;
void rehearsal_code(const struct rehearsal *rehearsal, const mid16 *mid, struct membercode *ret);
#endif
