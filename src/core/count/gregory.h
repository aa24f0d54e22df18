/* gregory.h - single transferable vote by the weighted inclusive Gregory method: every paper of an
 * elected candidate moves on at a part of its value. What rules of this family have in common, and
 * where they differ. */
#ifndef PLENARY_CORE_COUNT_GREGORY_H
#define PLENARY_CORE_COUNT_GREGORY_H
#include "core/count/papers.h"

struct gregory_rule {
    uint32_t places;
    uint64_t one;                                      /* 10^places */
    uint64_t (*quota)(const struct count_result *ret); /* scaled */
    enum papers_rounding rounding;
    bool zero_surplus_moves; /* a surplus of zero is a stage of its own */
    /* Whether the count is complete is looked at before those who have reached the quota are
     * declared elected, so that one more surplus moves after the last seat is filled. */
    bool completes_late;
    bool undeclared_first; /* undeclared write-ins leave together before anyone else */
};
enum code gregory_count(struct count_job *job, const struct gregory_rule *rule) MUST_CHECK;
#endif
