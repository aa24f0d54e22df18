/* evidence.h - portable proof that a log or its node was dishonest, judged offline.
 *
 * A file of evidence is two or more signed notes one behind the other, as they were received:
 *     two checkpoints                of one size and two roots: two histories were signed
 *     a checkpoint                   that the export given beside it contradicts: the same
 *     a refusal and the act refused  beside an export: replaying to the refusal's size and deciding
 *                                    the act at its time does not give the article it names */
#ifndef PLENARY_AUDIT_EVIDENCE_H
#define PLENARY_AUDIT_EVIDENCE_H
#include "audit/audit.h"

enum { EVIDENCE_NOTES_MAX = 16, EVIDENCE_MAX = 1 << 20 /* bytes of a file */ };

struct evidence_finding {
    bool stands;
    char text[300]; /* what is proved, or why nothing is; one line */
};

/* `path` is an export or NULL; `options->key` the log's verifier key, empty to take it from the
 * export. CODE_MALFORMED: the file is no evidence of these forms, with the place; CODE_NOT_YOURS: a
 * signature is false, so that it proves nothing; otherwise as audit_run. */
enum code evidence_judge(str file, const char *path, const struct audit_options *options,
                         struct evidence_finding *ret, struct fail *fail) MUST_CHECK;
#endif
