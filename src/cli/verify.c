/* verify.c - plenary verify: the same code as plenary-verify. */
#include "cli/verify.h"

#include "audit/command.h"

static int run_verify(struct cli *cli)
{
    struct audit_request request = {.program = "plenary verify",
                                    .path = cli->arg_count ? cli->args[0] : NULL,
                                    .key = cli->key,
                                    .words = cli_option(cli, "words"),
                                    .evidence = cli_option(cli, "evidence"),
                                    .json = cli->json,
                                    .progress = cli->progress,
                                    .out = cli->out,
                                    .err = cli->err};
    if (!request.path && !request.evidence) request.path = cli->dir;
    if (request.path && strstr(request.path, "://"))
        return cli_usage(
            cli, "%s: only folders and files can be read yet; any web client can fetch an export",
            request.path);
    return audit_command(&request);
}

const struct command verify_commands[] = {
    {.noun = "verify",
     .args = "[DIR|FILE]",
     .summary =
         "check a record: every byte, signature, rule and count (--key is the log's verifier key)",
     .example = "plenary verify north --words 'divert riot spot grant dog text face question "
                "biology opinion buzz motor'",
     .args_max = 1,
     .options = {{"words", "WORDS", "twelve words or numbers of a checkpoint that you hold", false},
                 {"evidence", "FILE",
                  "judge evidence: signed checkpoints, or a refusal and its act", false}},
     .run = run_verify},
};
const size_t verify_command_count = COUNT(verify_commands);
