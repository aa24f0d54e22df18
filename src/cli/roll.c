#include "cli/roll.h"

const struct command roll_commands[] = {
    {.noun = "roll", .verb = "import", .args = "FILE", .summary = "bring a membership list onto the roll, all of it or nothing",
     .example = "plenary roll import members.csv --dry-run -C north", .args_min = 1, .args_max = 1,
     .options = {{"dry-run", NULL, "show what would change and every problem with its place; change nothing", false},
                 {"unit", "NAME", "the unit of all rows, where the file has no such column", false},
                 {"mapping", "FILE", "which column is what, as JSON (docs/roll-files.md)", false},
                 {"map", "FIELD=HEADING,…", "the same in brief: number=Nr.,name=Name,unit=3", true},
                 {"found-units", NULL, "found the units that the file names and nobody knows", false},
                 {"unit-kind", "KIND", "what such units are: branch, workplace, … (branch)", false}},
     .run = roll_run_import},
};
const size_t roll_command_count = COUNT(roll_commands);
