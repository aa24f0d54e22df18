/* judge.h - judges a whole archive of an election: every byte, hash, key, proof and ballot, the
 * tally recomputed, the result decrypted anew. Reads it from front to back, and each counted ballot
 * once more for the tally. */
#ifndef PLENARY_CORE_BALLOT_JUDGE_H
#define PLENARY_CORE_BALLOT_JUDGE_H
#include "core/ballot/bel.h"

enum { JUDGE_CHECKS_MAX = 12, JUDGE_SPOILED_MAX = 1000 };

struct judge_check {
    const char
        *name; /* election trustees credentials ballots tally shuffles decryptions result archive */
    bool ok;
    char detail[256]; /* what was found, or what is wrong */
};
struct judge_spoiled {           /* a ranked ballot that no voter's program makes */
    uint32_t question, position; /* from 0 */
};
struct judge_report {
    bool ok; /* every check passed, and the archive is complete */
    struct judge_check checks[JUDGE_CHECKS_MAX];
    uint32_t check_count;
    uint64_t cast, counted; /* ballots in the archive; those that were not replaced */
    str result;             /* the array of the result, as JSON; empty unless it was verified */
    bool certified; /* it carries a certificate of credentials, which the specification does not
                       tell how to judge */
    struct judge_spoiled spoiled[JUDGE_SPOILED_MAX];
    uint32_t spoiled_count; /* may be more than are listed */
    struct arena arena;     /* of `result` */
};

/* CODE_OK with the verdict in `ret`, to be freed with judge_report_done; the first check that fails
 * is the last in the list. CODE_MALFORMED "archive" when it is no archive at all, CODE_IO,
 * CODE_NO_MEMORY. */
enum code judge_archive(struct bel_source source, struct alloc alloc, struct judge_report *ret,
                        struct fail *fail) MUST_CHECK;
void judge_report_done(struct judge_report *report);
#endif
