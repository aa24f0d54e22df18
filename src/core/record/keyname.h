/* keyname.h - the names of keys: what a key may do stands in its name.
 *     <origin>                     the log key            <origin>/n   the node key
 *     <origin>/m/<mid>/<device>    a member's device      <origin>/r   the refusal key
 *     <origin>/e/<mid>             a member's enrolment key                                      */
#ifndef PLENARY_CORE_RECORD_KEYNAME_H
#define PLENARY_CORE_RECORD_KEYNAME_H
#include "base/buf.h"
#include "core/record/ids.h"

enum key_role { KEY_LOG, KEY_DEVICE, KEY_ENROLMENT, KEY_NODE, KEY_REFUSAL };

struct key_name {
    enum key_role role;
    mid16 mid;      /* KEY_DEVICE and KEY_ENROLMENT, else zero */
    device4 device; /* KEY_DEVICE, else zero */
};

/* Longest name: origin, "/m/", 32 digits, "/", 8 digits. */
enum { KEY_NAME_MAX = ORIGIN_MAX + 3 + 32 + 1 + 8 };

/* Reads `name` as a key of `origin`; false when it is none of the five forms, exactly spelt. */
bool key_name_parse(str name, str origin, struct key_name *ret) MUST_CHECK;
/* Appends the name. */
void key_name_write(struct buf *out, str origin, const struct key_name *name);
/* The same into a caller's array, NUL-terminated; the view is its contents. `origin` is valid. */
str key_name_text(str origin, const struct key_name *name, char ret[KEY_NAME_MAX + 1]);
#endif
