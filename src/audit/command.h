/* command.h - one request to verify, as plenary-verify and `plenary verify` make it. */
#ifndef PLENARY_AUDIT_COMMAND_H
#define PLENARY_AUDIT_COMMAND_H
#include "base/base.h"

#include <stdio.h>

enum audit_status {
    AUDIT_STATUS_OK = 0,     /* a true record; the evidence stands */
    AUDIT_STATUS_FAILED = 1, /* could not be done: memory, disk */
    AUDIT_STATUS_USAGE = 2,
    AUDIT_STATUS_MALFORMED = 4, /* not an export, not evidence */
    AUDIT_STATUS_FALSE = 5      /* not a true record; the evidence does not stand */
};

struct audit_request {
    const char *program;                /* begins complaints */
    const char *path;                   /* an export; NULL with evidence that needs none */
    const char *key, *words, *evidence; /* NULL when not given; evidence: a file */
    bool json, progress;                /* progress: draw bars on err */
    FILE *out, *err;
};
/* Answers on out, complains on err; returns an enum audit_status. */
int audit_command(const struct audit_request *request);
#endif
