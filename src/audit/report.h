/* report.h - an audit's numbers as text for people and as JSON for programs. */
#ifndef PLENARY_AUDIT_REPORT_H
#define PLENARY_AUDIT_REPORT_H
#include "audit/audit.h"

/* Lines for a terminal. Ends by what the result was compared with. */
void report_text(const struct audit *audit, struct buf *out);
/* One JSON document:
 * {"ok":true,"verdict":"replayed"|"structure
 * only","origin","size","root","words":[…],"key","key_given","words_given",
 *  "words_size"?,"first_at","last_at","tiles","blobs","openings","ahead","acts","ticks","withheld","replayed","signatures",
 *  "kinds":{kind:n},"members","units","bodies","confirmed_at"?,"state","results":[{"election","body","cell",
 *  "constituency","state","evidence","seats","elected","candidates","ballots","sheet"}],"not_rederived":{kind:n}}
 */
void report_json(const struct audit *audit, struct buf *out);
/* {"ok":false,"reason","message"} */
void report_json_failure(const struct fail *fail, enum code code, struct buf *out);
#endif
