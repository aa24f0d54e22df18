#include "audit/command.h"

#include "audit/audit.h"
#include "audit/evidence.h"
#include "audit/report.h"
#include "io/file.h"

#include <fcntl.h>

enum { REPORT_MAX = 64 << 20, BAR_WIDTH = 30, ATTEMPTS = 5 /* while a writer is at work */ };

static void draw(void *context, const char *what, uint64_t done, uint64_t total)
{
    const struct audit_request *request = context;
    char bar[BAR_WIDTH + 1];
    if (total == 0) return;
    uint64_t filled = done * BAR_WIDTH / total;
    for (uint64_t i = 0; i < BAR_WIDTH; i++) bar[i] = i < filled ? '#' : '-';
    bar[BAR_WIDTH] = '\0';
    fprintf(request->err, "\r  %-12s [%s] %3llu %%%s", what, bar,
            (unsigned long long)(done * 100 / total), done >= total ? "\n" : "");
    fflush(request->err);
}

static struct audit_options options_of(const struct audit_request *request)
{
    struct audit_options options = {.key = str_trim(str_from(request->key)),
                                    .words = str_from(request->words)};
    if (!request->progress) return options;
    options.progress = draw;
    options.progress_context = (void *)(uintptr_t)request;
    return options;
}

static int status_of(enum code code)
{
    switch (code) {
    case CODE_OK: return AUDIT_STATUS_OK;
    case CODE_CORRUPT: return AUDIT_STATUS_FALSE;
    case CODE_MALFORMED:
    case CODE_TOO_BIG:
    case CODE_NOT_FOUND: return AUDIT_STATUS_MALFORMED;
    case CODE_NOT_YOURS: return AUDIT_STATUS_FALSE;
    case CODE_NO_MEMORY:
    case CODE_IO:
    case CODE_BUSY:
    case CODE_INTERNAL: break;
    }
    return AUDIT_STATUS_FAILED;
}

static const char *verdict_on_failure(int status)
{
    if (status == AUDIT_STATUS_FALSE) return "NOT a true record: ";
    return "";
}

static int complain(const struct audit_request *request, const char *about, enum code code,
                    const struct fail *fail)
{
    int status = status_of(code);
    struct buf text;
    buf_init(&text, alloc_libc, 4096);
    if (request->json) {
        report_json_failure(fail, code, &text);
        fprintf(request->out, "%.*s", STR_ARG(buf_str(&text)));
    }
    buf_done(&text);
    fprintf(request->err, "%s: %s: %s%s\n", request->program, about, verdict_on_failure(status),
            fail->message[0] ? fail->message : code_name(code));
    return status;
}

static int print(const struct audit_request *request, const struct buf *text)
{
    bool whole = buf_check(text) == CODE_OK &&
                 fwrite(text->at, 1, text->len, request->out) == text->len &&
                 fflush(request->out) == 0;
    if (whole) return AUDIT_STATUS_OK;
    fprintf(request->err, "%s: the report could not be written\n", request->program);
    return AUDIT_STATUS_FAILED;
}

static int verify(const struct audit_request *request)
{
    struct audit *audit = NULL;
    struct audit_options options = options_of(request);
    struct fail fail = {0};
    enum code code = CODE_BUSY;
    for (int attempt = 0; code == CODE_BUSY && attempt < ATTEMPTS; attempt++)
        code = audit_run(request->path, &options, alloc_libc, &audit, &fail);
    if (code != CODE_OK) return complain(request, request->path, code, &fail);
    struct buf text;
    buf_init(&text, alloc_libc, REPORT_MAX);
    if (request->json)
        report_json(audit, &text);
    else
        report_text(audit, &text);
    int status = print(request, &text);
    buf_done(&text);
    audit_close(audit);
    return status;
}

static void write_finding(const struct audit_request *request,
                          const struct evidence_finding *finding, struct buf *text)
{
    if (!request->json) {
        buf_printf(text, "%s: %s\n",
                   finding->stands ? "the evidence stands" : "the evidence does not stand",
                   finding->text);
        return;
    }
    struct json_writer w;
    json_writer_init_free(&w, text);
    json_object(&w);
    json_kv_bool(&w, STR("stands"), finding->stands);
    json_kv_str(&w, STR("finding"), str_from(finding->text));
    json_object_end(&w);
    buf_add_byte(text, '\n');
}

static int judge(const struct audit_request *request)
{
    struct buf file;
    struct fail fail = {0};
    struct evidence_finding finding = {0};
    struct audit_options options = options_of(request);
    buf_init(&file, alloc_libc, EVIDENCE_MAX);
    enum code code = io_read_file(AT_FDCWD, request->evidence, &file, &fail);
    if (code == CODE_OK)
        code = evidence_judge(buf_str(&file), request->path, &options, &finding, &fail);
    buf_done(&file);
    if (code != CODE_OK) return complain(request, request->evidence, code, &fail);
    struct buf text;
    buf_init(&text, alloc_libc, 4096);
    write_finding(request, &finding, &text);
    int status = print(request, &text);
    buf_done(&text);
    if (status != AUDIT_STATUS_OK || finding.stands) return status;
    return AUDIT_STATUS_FALSE;
}

int audit_command(const struct audit_request *request)
{
    return request->evidence ? judge(request) : verify(request);
}
