/* leaf.h - one entry of the log: when it was accepted, what it commits to, who may read it.
 *     plenary.leaf/v1
 *     {"at":<node's time>,"hash":"<base64 SHA-256>","kind":"motion.table","vis":"members"}
 */
#ifndef PLENARY_CORE_RECORD_LEAF_H
#define PLENARY_CORE_RECORD_LEAF_H
#include "base/json.h"
#include "core/record/ids.h"

enum leaf_vis { LEAF_MEMBERS, LEAF_PUBLIC };
enum { LEAF_MAX = 400 }; /* bytes of a leaf, both lines */

struct leaf {
    unix_s at;   /* the only clock the rules know: UTC seconds, never backwards */
    hash32 hash; /* SHA-256 of the whole note; of the text for unsigned entries (ticks) */
    str kind;    /* "motion.table", "tick" */
    enum leaf_vis vis;
};

/* Who may read entries of `kind`: public for org.* bylaws.* unit.* council.* trustee.* office.*
 * decision.* roll.freeze book.publish election.call session.convene tick; members otherwise. */
enum leaf_vis leaf_vis_of(str kind);
str leaf_vis_name(enum leaf_vis vis);
void leaf_write(struct buf *out, const struct leaf *leaf);
/* Views point into `text`. CODE_MALFORMED with reason newline, type, layout, field, missing,
 * unknown or one of json_parse. */
enum code leaf_decode(str text, struct arena *arena, struct leaf *ret,
                      struct fail *fail) MUST_CHECK;
#endif
