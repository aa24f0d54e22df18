/* election.h - plenary election …: from the call to the seats. */
#ifndef PLENARY_CLI_ELECTION_H
#define PLENARY_CLI_ELECTION_H
#include "cli/client.h"

extern const struct command election_commands[];
extern const size_t election_command_count;

/* Runs the verb of cli->command. */
int election_run(struct cli *cli);
/* One verb each; election_call.c, election_paper.c, … have them. */
int election_run_call(struct client *c);
int election_run_paper(struct client *c);
int election_run_adjudicate(struct client *c);
int election_run_complete(struct client *c);
int election_run_attest(struct client *c);
int election_run_correct(struct client *c);
int election_run_object(struct client *c);
int election_run_settle(struct client *c);
int election_run_recount(struct client *c);
int election_run_annul(struct client *c);
int election_run_result(struct client *c);
int election_run_tally(struct client *c);
int election_run_export(struct client *c);
int election_run_declare(struct client *c);
int election_run_list(struct client *c);
int election_run_show(struct client *c);
#endif
