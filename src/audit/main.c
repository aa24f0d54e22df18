/* main.c - plenary-verify: the auditor's program. It holds no database and no network. */
#include "audit/command.h"

#include <unistd.h>

static const char usage[] =
    "usage: plenary-verify DIR|FILE [--key VKEY] [--words 'TWELVE WORDS'] [--json]\n"
    "       plenary-verify --evidence FILE [DIR|FILE] [--key VKEY] [--json]\n";

static const char help[] =
    "Checks an organisation's record: every byte, every signature, every rule, every count.\n"
    "\n"
    "%s"
    "\n"
    "  DIR|FILE           an export: a folder, an organisation's folder, or a tar of an export\n"
    "  --key VKEY         the log's verifier key as you hold it, from a letter or minutes\n"
    "  --words 'WORDS'    twelve words (or numbers) of a checkpoint, from a letter or minutes; "
    "they\n"
    "                     may be older than the export\n"
    "  --evidence FILE    judges evidence instead: signed checkpoints, one behind the other, or a\n"
    "                     refusal and the act it refused (with an export)\n"
    "  --json             one JSON document on standard output\n"
    "  --help, --version, --man\n"
    "\n"
    "It says \"replayed\" when it held every act and ran every rule and count again, and\n"
    "\"structure only\" when acts are withheld from this export: then no decision is verified.\n"
    "Without --key and --words the record is consistent with itself; compared with nothing you\n"
    "hold.\n"
    "\n"
    "exit status: 0 a true record, or the evidence stands; 1 could not be done; 2 usage;\n"
    "4 not an export or not evidence; 5 not a true record, or the evidence does not stand\n"
    "\n"
    "example\n"
    "  plenary-verify north --words 'divert riot spot grant dog text face question biology opinion "
    "buzz motor'\n";

static void print_man(FILE *to)
{
    fprintf(to,
            ".TH PLENARY-VERIFY 1 \"\" \"plenary\"\n.SH NAME\nplenary\\-verify \\- checks an "
            "organisation's record by running all of it again\n.SH SYNOPSIS\n.nf\n%s.fi\n.SH "
            "DESCRIPTION\n.nf\n",
            usage);
    fprintf(to, help, usage);
    fprintf(to, ".fi\n.SH SEE ALSO\n.BR plenary (1)\n");
}

static int answer(const char *option)
{
    if (strcmp(option, "--version") == 0)
        printf("plenary-verify %s\n", PLENARY_VERSION);
    else if (strcmp(option, "--man") == 0)
        print_man(stdout);
    else
        printf(help, usage);
    return AUDIT_STATUS_OK;
}

static int complain(const char *what)
{
    fprintf(stderr, "plenary-verify: %s\n%s", what, usage);
    return AUDIT_STATUS_USAGE;
}

static const char **value_of(struct audit_request *request, const char *option)
{
    if (strcmp(option, "--key") == 0) return &request->key;
    if (strcmp(option, "--words") == 0) return &request->words;
    return strcmp(option, "--evidence") == 0 ? &request->evidence : NULL;
}

/* The option at argv[*at] with the value behind it. */
static int read_option(struct audit_request *request, int argc, char **argv, int *at)
{
    const char **value = value_of(request, argv[*at]);
    if (strcmp(argv[*at], "--json") == 0) {
        request->json = true;
        return AUDIT_STATUS_OK;
    }
    if (!value) return complain("no such option");
    if (*value) return complain("an option is given twice");
    if (++*at == argc) return complain("an option lacks its value");
    *value = argv[*at];
    return AUDIT_STATUS_OK;
}

static bool is_question(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
           strcmp(word, "--version") == 0 || strcmp(word, "--man") == 0;
}

int main(int argc, char **argv)
{
    struct audit_request request = {.program = "plenary-verify", .out = stdout, .err = stderr};
    request.progress = isatty(STDERR_FILENO) == 1;
    bool only_paths = false;
    for (int i = 1; i < argc; i++) {
        if (!only_paths && is_question(argv[i])) return answer(argv[i]);
        if (!only_paths && strcmp(argv[i], "--") == 0) {
            only_paths = true;
        } else if (!only_paths && argv[i][0] == '-') {
            int status = read_option(&request, argc, argv, &i);
            if (status != AUDIT_STATUS_OK) return status;
        } else if (request.path) {
            return complain("one export at a time");
        } else {
            request.path = argv[i];
        }
    }
    if (!request.path && !request.evidence) return complain("expected an export");
    return audit_command(&request);
}
