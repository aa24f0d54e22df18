#include "cli/counting.h"

#include "cli/count.h"

/* Both read their own arguments; argv[0] is the verb. */
static int run_count(struct cli *cli)
{
    return cli_count(cli->argc + 1, cli->argv - 1);
}

static int run_apportion(struct cli *cli)
{
    return cli_apportion(cli->argc + 1, cli->argv - 1);
}

const struct command counting_commands[] = {
    {.noun = "count",
     .args = "BALLOTS",
     .summary = "count a file of ballots by a rule, round by round",
     .example = "plenary count --rule scottish-stv ward.csv --json",
     .raw = true,
     .run = run_count,
     .options = {{"rule", "R",
                  "plurality, approval, irv, schulze, scottish-stv, …: docs/counting.md", false},
                 {"seats", "N", "seats to fill, where the file does not say", false},
                 {"lot", "3,1,2", "order of a lot drawn before the count", false},
                 {"threshold", "PERCENT", "lists below it get no seat", false},
                 {"satisfaction", "S", "cost or cardinality: what a project is worth", false},
                 {"completion", "C", "none, add1 or greedy, of equal shares", false},
                 {"none", "N", "schulze, ranked-pairs: candidate N is none of these", false},
                 {"quorum", "R", "ballots that must prefer a candidate to none of these", false},
                 {"tabulator", NULL, "minneapolis-stv as cities' program runs it", false}}},
    {.noun = "apportion",
     .args = "UNITS.csv",
     .summary = "share out seats among units by their members",
     .example = "plenary apportion --method sainte-lague --seats 1200 units.csv --json",
     .raw = true,
     .run = run_apportion,
     .options = {{"method", "M",
                  "ratio-up, ratio-nearest, bands, dhondt, sainte-lague, hare-lr, droop-lr", false},
                 {"seats", "N", "seats in all", false}}},
};
const size_t counting_command_count = COUNT(counting_commands);
