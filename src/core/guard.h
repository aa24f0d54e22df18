/* guard.h - what stands between an attempt and its goal: the articles, and the checks of the record
 * that are no article because they do not judge one act by the rules. Every guard has a number;
 * only the one test build whose attempts clear guards one at a time (PLENARY_TAKEOVER_SWITCHES) has
 * a switch for it. */
#ifndef PLENARY_CORE_GUARD_H
#define PLENARY_CORE_GUARD_H
#include "core/article.h"

/* X(constant, name, sentence). */
#define RECORD_GUARDS(X)                                                                           \
    X(GUARD_SIGNATURE, "record.signature",                                                         \
      "Every act carries a true signature of the key it names.")                                   \
    X(GUARD_LOCK, "record.lock",                                                                   \
      "The log key signs only what continues the last thing it signed.")                           \
    X(GUARD_CONSISTENCY, "record.consistency",                                                     \
      "Whoever holds a checkpoint accepts only a record that continues it.")                       \
    X(GUARD_CLOCK, "clock.calls",                                                                  \
      "An election that is due is called by the clock, without any officer.")

enum guard {
    GUARD_LAST_ARTICLE = ARTICLE_COUNT - 1, /* below: enum article */
#define GUARD_CONSTANT(constant, name, sentence) constant,
    RECORD_GUARDS(GUARD_CONSTANT)
#undef GUARD_CONSTANT
        GUARD_COUNT
};
#endif
