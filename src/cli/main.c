/* main.c - the families of commands; everything else about the command line is in frame.c and
 * help.c. */
#include "cli/ballot.h"
#include "cli/bench.h"
#include "cli/bylaws.h"
#include "cli/command.h"
#include "cli/copy.h"
#include "cli/council.h"
#include "cli/counting.h"
#include "cli/credentials.h"
#include "cli/demo.h"
#include "cli/election.h"
#include "cli/init.h"
#include "cli/key.h"
#include "cli/organisation.h"
#include "cli/prove.h"
#include "cli/recover.h"
#include "cli/roll.h"
#include "cli/unit.h"
#include "cli/verify.h"

int main(int argc, char **argv)
{
    const struct command_family families[] = {
        {demo_commands, &demo_command_count},
        {init_commands, &init_command_count},
        {organisation_commands, &organisation_command_count},
        {bylaws_commands, &bylaws_command_count},
        {unit_commands, &unit_command_count},
        {council_commands, &council_command_count},
        {roll_commands, &roll_command_count},
        {key_commands, &key_command_count},
        {counting_commands, &counting_command_count},
        {credentials_commands, &credentials_command_count},
        {election_commands, &election_command_count},
        {ballot_commands, &ballot_command_count},
        {verify_commands, &verify_command_count},
        {copy_commands, &copy_command_count},
        {recover_commands, &recover_command_count},
        {prove_commands, &prove_command_count},
        {bench_commands, &bench_command_count},
    };
    return cli_main(argc, argv, families, COUNT(families));
}
