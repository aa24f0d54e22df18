/* countback.h - who takes a seat that falls vacant: the ballots that elected the leaver decide, no
 * new election. After the Electoral Act 1992 (Australian Capital Territory), schedule 4, part 4.3,
 * as in Hare-Clark elections since Tasmania's: the papers that made up the leaver's votes at the
 * end of the election, each at the value it had there (for papers whose surplus moved on, what
 * stayed behind), go to the highest preference for a candidate who contests the vacancy; the one
 * with the fewest votes is excluded until one has more than half. Members who sit are not touched,
 * and the group of electors that lost its member chooses again. */
#ifndef PLENARY_CORE_COUNT_COUNTBACK_H
#define PLENARY_CORE_COUNT_COUNTBACK_H
#include "core/count/count.h"

enum { COUNTBACK_VACANCIES_MAX = 256 };

struct countback_vacancy {
    uint32_t vacating;
    const bool *contesting; /* one per candidate, who consents to serve; NULL = everyone who was not
                               elected */
};

/* Vacancies of one election in the order in which they arose. Those who sit, have left before, or
 * withdrew from the election never contest. */
struct countback_history {
    const struct countback_vacancy *vacancies;
    uint32_t count; /* 1..COUNTBACK_VACANCIES_MAX */
};

/* Decides the last vacancy of `history`, re-running the election and every countback before it.
 * `ret` has one seat; its winners are empty when no one contests or no ballot of the leaver names
 * anyone who does. As count_run, and CODE_MALFORMED "vacating" when that candidate does not sit,
 * "rule" when the rule moves no papers (use its reserve list), "vacancies" for none or too many. */
enum code countback_run(enum count_rule rule, const struct profile *profile,
                        const struct count_options *options,
                        const struct countback_history *history, struct arena *arena,
                        struct count_result *ret, struct fail *fail) MUST_CHECK;
#endif
