/* What an auditor is given: a tar that claims to be an export, or a file that claims to be
 * evidence. The first byte chooses. Nothing but a clean answer may come of either. */
#include "audit/audit.h"
#include "audit/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_export(str bytes)
{
    char path[64];
    struct audit *audit = NULL;
    struct audit_options options = {.threads = 1};
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len) abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum code code = audit_run(path, &options, alloc_libc, &audit, NULL);
    if (code == CODE_INTERNAL || (code == CODE_OK) != (audit != NULL)) abort();
    audit_close(audit);
    close(fd);
}

static void try_evidence(str bytes)
{
    struct evidence_finding finding = {0};
    struct audit_options options = {.key = STR("rehearsal.invalid/vectors+da48acd8+"
                                               "Adfsu4rWYd/qH6K7YMYTYhkkpxuCZz/ka8Cej0yyYe7/")};
    enum code code = evidence_judge(bytes, NULL, &options, &finding, NULL);
    if (code == CODE_INTERNAL) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    str bytes = {(const char *)data + 1, size - 1};
    if (data[0] == 'e')
        try_evidence(bytes);
    else
        try_export(bytes);
    return 0;
}
