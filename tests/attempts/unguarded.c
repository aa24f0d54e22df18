/* unguarded.c - plenary prove in the build with switches, for the tests alone: `--clear GUARD`
 * shows what happens without that guard. It is never installed. */
#include "cli/prove.h"

int main(int argc, char **argv)
{
    const struct command_family families[] = {{prove_commands, &prove_command_count}};
    return cli_main(argc, argv, families, COUNT(families));
}
