#include "cli/demo.h"

#include "cli/demo_play.h"
#include "cli/init.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEMBERS = 12000, UNITS = 300 };

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat, (void)type, (void)ftw;
    return remove(path);
}

/* Only what is an organisation, and a rehearsal, is ever removed. */
static int make_room(struct cli *cli, const char *dir)
{
    struct stat stat_;
    struct rehearsal rehearsal;
    if (stat(dir, &stat_) != 0 && errno == ENOENT) return EXIT_STATUS_OK;
    if (!cli_switch(cli, "fresh"))
        return cli_usage(cli, "%s is there already: --fresh founds it anew, --dir DIR elsewhere",
                         dir);
    if (rehearsal_read(dir, &rehearsal, NULL) != CODE_OK)
        return cli_usage(cli, "%s is not a rehearsal, so it is not removed", dir);
    if (nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return cli_usage(cli, "%s cannot be removed", dir);
    return EXIT_STATUS_OK;
}

static uint32_t seats_held(const struct state *s, const hash32 *body_id)
{
    uint32_t body = state_body_by_id(s, body_id), held = 0;
    for (uint32_t i = 0; i < s->seat.count; i++)
        held += state_seat(s, i)->body_row == body && !state_seat(s, i)->ended;
    return held;
}

static void print_counts(struct demo *d, double seconds)
{
    const struct state *s = d->c.state;
    FILE *out = d->c.cli->out;
    fprintf(out, "\nThe demonstration stands: a rehearsal, invented names, every act signed by its "
                 "member's own key.\n\n");
    fprintf(out, "  members         %u in %u units, founding %s\n", d->members, d->units,
            s->org.confirmed ? "confirmed by every unit" : "not confirmed");
    fprintf(out, "  congress        %u delegates, each elected in a unit\n",
            seats_held(s, &d->congress));
    fprintf(out, "  executive       %u, elected by the congress by STV\n",
            seats_held(s, &d->board));
    fprintf(out, "  offices         %u stewards, %u tellers\n", seats_held(s, &d->stewards),
            seats_held(s, &d->tellers));
    fprintf(out, "  record          %llu entries in %.1f s, %.0f acts a second\n",
            (unsigned long long)state_size(s), seconds,
            (double)d->steps / (seconds > 0 ? seconds : 1));
    init_print_words(&d->c);
}

/* In the words in which the program was called, so that lines can be copied from the screen. */
static void print_next(struct demo *d)
{
    static const char *const look[] = {"status -C %s", "council show Congress -C %s",
                                       "council show Executive -C %s --json",
                                       "election result Executive -C %s"};
    const struct cli *cli = d->c.cli;
    fprintf(cli->out, "\nlook around\n");
    for (size_t i = 0; i < COUNT(look); i++) {
        str line = str_from(look[i]), before = str_cut(&line, '%');
        fprintf(cli->out, "  %s %.*s%s%.*s\n", cli->program, STR_ARG(before), cli->dir,
                STR_ARG(str_sub(line, 1, line.len)));
    }
    fprintf(cli->out,
            "verify, with the organisation's program and with the auditor's\n"
            "  %s verify %s\n  %s-verify %s\n",
            cli->program, cli->dir, cli->program, cli->dir);
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int run(struct cli *cli, struct demo *d)
{
    uint64_t members, units;
    if (!cli_number(cli, "members", MEMBERS, DEMO_MEMBERS_MAX, &members)) return EXIT_STATUS_USAGE;
    if (!cli_number(cli, "units", UNITS, DEMO_UNITS_MAX, &units)) return EXIT_STATUS_USAGE;
    if (units < 2 || members < units * 10)
        return cli_usage(cli, "expected at least 2 units and 10 members in each");
    if (!demo_cast(d, (uint32_t)members, (uint32_t)units)) return EXIT_STATUS_FAILED;
    const char *seed = cli_option(cli, "seed");
    double start = now_s();
    int status = demo_play(d, seed ? seed : "the demonstration");
    if (status != EXIT_STATUS_OK) return status;
    print_counts(d, now_s() - start);
    print_next(d);
    return EXIT_STATUS_OK;
}

static int run_demo(struct cli *cli)
{
    const char *dir = cli_option(cli, "dir");
    struct demo *d = calloc(1, sizeof *d);
    cli->dir = dir ? dir : "demo";
    int status = make_room(cli, cli->dir);
    if (!d || status != EXIT_STATUS_OK) {
        free(d);
        return status;
    }
    d->c.cli = cli;
    status = run(cli, d);
    demo_end(d);
    free(d);
    return status;
}

const struct command demo_commands[] = {
    {.noun = "demo",
     .args = "",
     .summary = "found the demonstration: thousands of members, a congress, an executive",
     .example = "plenary demo --dir demo --fresh",
     .options = {{"members", "N", "members, 12,000 without it", false},
                 {"units", "N", "units, 300 without it", false},
                 {"dir", "DIR", "where; \"demo\" without it", false},
                 {"fresh", NULL, "remove a demonstration that stands there", false},
                 {"no-serve", NULL, "found it only (there are no pages to serve yet)", false},
                 {"seed", "TEXT", "another seed, another cast; the same seed, the same record",
                  false}},
     .run = run_demo},
};
const size_t demo_command_count = COUNT(demo_commands);
