/* ballot.c - plenary ballot verify: judges a Belenios archive, ours or anybody's. */
#include "cli/ballot.h"

#include "core/ballot/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an archive alone cannot show; said of every one that is accepted. */
static const char *const notes[] = {"Partial decryptions are proven as Belenios specifies, without "
                                    "a proof bound to each ciphertext: where ballots are "
                                    "ranked, a dishonest last trustee could have forged some.",
                                    "Ballots left out by everybody together before the tally "
                                    "cannot be seen in an archive: compare it with the tracking "
                                    "numbers that voters keep."};

static enum code read_file(void *self, uint64_t at, void *ret, size_t len)
{
    const int *file = self;
    char *to = ret;
    while (len > 0) {
        ssize_t got = pread(*file, to, len, (off_t)at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return CODE_IO;
        to += got;
        at += (uint64_t)got;
        len -= (size_t)got;
    }
    return CODE_OK;
}

static void print_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', out);
        fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
    }
    fputc('"', out);
}

static void print_json(FILE *out, const struct judge_report *report)
{
    fprintf(out, "{\"ok\":%s,\"checks\":[", report->ok ? "true" : "false");
    for (uint32_t i = 0; i < report->check_count; i++) {
        fprintf(out, "%s{\"name\":\"%s\",\"ok\":%s,\"detail\":", i ? "," : "",
                report->checks[i].name, report->checks[i].ok ? "true" : "false");
        print_string(out, report->checks[i].detail);
        fputc('}', out);
    }
    fprintf(out, "],\"ballots\":%llu,\"result\":", (unsigned long long)report->counted);
    fprintf(out, "%.*s", report->result.len ? (int)report->result.len : 4,
            report->result.len ? report->result.at : "null");
    fprintf(out, ",\"spoiled\":[");
    for (uint32_t i = 0; i < report->spoiled_count && i < JUDGE_SPOILED_MAX; i++)
        fprintf(out,
                "%s{\"question\":%u,\"ballot\":%u,\"reason\":\"no voter's program encodes these "
                "ranks so\"}",
                i ? "," : "", report->spoiled[i].question + 1, report->spoiled[i].position + 1);
    fprintf(out, "],\"notes\":[");
    for (size_t i = 0; i < COUNT(notes); i++) {
        if (i > 0) fputc(',', out);
        print_string(out, notes[i]);
    }
    if (report->certified) {
        fputc(',', out);
        print_string(out, "The certificate of the credentials is not judged.");
    }
    fprintf(out, "]}\n");
}

static void print_text(FILE *out, const char *path, const struct judge_report *report)
{
    for (uint32_t i = 0; i < report->check_count; i++)
        fprintf(out, "%-8s%-13s%s\n", report->checks[i].ok ? "passed" : "FAILED",
                report->checks[i].name, report->checks[i].detail);
    if (!report->ok) {
        fprintf(out, "%s: not accepted\n", path);
        return;
    }
    for (uint32_t i = 0; i < report->spoiled_count && i < JUDGE_SPOILED_MAX; i++)
        fprintf(out, "spoiled: question %u, ballot %u: no voter's program encodes these ranks so\n",
                report->spoiled[i].question + 1, report->spoiled[i].position + 1);
    fprintf(out, "result  %.*s\n", STR_ARG(report->result));
    for (size_t i = 0; i < COUNT(notes); i++) fprintf(out, "note    %s\n", notes[i]);
    if (report->certified)
        fprintf(out, "note    The certificate of the credentials is not judged.\n");
    fprintf(out, "%s: accepted, %llu ballots\n", path, (unsigned long long)report->counted);
}

static int run_verify(struct cli *cli)
{
    struct judge_report report;
    struct fail fail = {0};
    struct stat about;
    const char *path = cli->args[0];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        if (file >= 0) close(file);
        (void)fail_set(&fail, CODE_NOT_FOUND, "file", "no such archive");
        return cli_complain(cli, path, CODE_NOT_FOUND, &fail);
    }
    struct bel_source source = {.read = read_file, .self = &file, .size = (uint64_t)about.st_size};
    enum code code = judge_archive(source, alloc_libc, &report, &fail);
    close(file);
    if (code != CODE_OK) return cli_complain(cli, path, code, &fail);
    if (cli->json)
        print_json(cli->out, &report);
    else
        print_text(cli->out, path, &report);
    bool ok = report.ok;
    judge_report_done(&report);
    return ok ? EXIT_STATUS_OK : EXIT_STATUS_VERIFY;
}

const struct command ballot_commands[] = {
    {.noun = "ballot",
     .verb = "verify",
     .args = "ARCHIVE.bel",
     .summary = "check an election with secret ballots: every key, ballot and proof, the tally and "
                "the result",
     .example = "plenary ballot verify ej6jNNqYz1Uqjg.bel --json",
     .args_min = 1,
     .args_max = 1,
     .run = run_verify},
};
const size_t ballot_command_count = COUNT(ballot_commands);
