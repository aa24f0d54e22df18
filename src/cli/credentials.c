#include "cli/credentials.h"

#include "cli/election_tools.h"
#include "core/institutions/credentials.h"

enum { DOCUMENT_MAX = 1 << 28 };

static const char *voters_per_seat(struct client *c, const struct credentials_constituency *of)
{
    if (of->held == 0) return "-";
    return client_text(c, "%u.%u", of->electors / of->held,
                       (uint32_t)((uint64_t)(of->electors % of->held) * 10 / of->held));
}

static void print_constituency(struct client *c, const struct credentials_constituency *of)
{
    FILE *out = c->cli->out;
    str name = election_constituency(c->state, of->constituency_row);
    str evidence = of->evidence ? election_mode_name(of->evidence) : STR("-");
    fprintf(out,
            "%4u %-28.*s %u of %u seats, %u electors, %u ballots, %s voters per seat, %.*s%s%s\n",
            of->number, STR_ARG(name), of->held, of->seats, of->electors, of->ballots,
            voters_per_seat(c, of), STR_ARG(evidence), of->unopposed ? ", unopposed" : "",
            of->contested_cell != ROW_NONE ? ", contested" : "");
    for (uint32_t i = 0; i < of->held; i++) {
        const struct credentials_seat *seat = &of->seat[i];
        fprintf(out, "       %u %.*s, election %.8s%s\n",
                state_seat(c->state, seat->seat_row)->number,
                STR_ARG(client_name_of(c, seat->member_row)), election_hex(c, seat->election_row),
                seat->by_reserve ? ", after a vacancy" : "");
    }
}

static int show(struct client *c)
{
    struct credentials report;
    struct fail fail = {0};
    uint32_t body = client_body(c, c->cli->args[0]);
    if (body == ROW_NONE) return EXIT_STATUS_USAGE;
    enum code code = credentials_of(c->state, body, &c->arena, &report);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    if (c->cli->json) {
        struct buf out;
        buf_init(&out, alloc_libc, DOCUMENT_MAX);
        credentials_json(c->state, &report, &out);
        buf_add_byte(&out, '\n');
        return election_print(c, &out);
    }
    fprintf(c->cli->out, "credentials of %.*s\n",
            STR_ARG(state_text(c->state, state_body(c->state, body)->name)));
    fprintf(c->cli->out,
            "  %u of %u seats held, elected by %u electors in %u constituencies; %u unopposed, %u "
            "contested\n\n",
            report.held, report.seats, report.entitled, report.constituency_count, report.unopposed,
            report.contested);
    for (uint32_t i = 0; i < report.constituency_count; i++)
        print_constituency(c, &report.constituency[i]);
    return EXIT_STATUS_OK;
}

static int run_credentials(struct cli *cli)
{
    return election_with(cli, NODE_READ, show);
}

const struct command credentials_commands[] = {
    {.noun = "council",
     .verb = "credentials",
     .args = "BODY",
     .args_min = 1,
     .args_max = 1,
     .summary =
         "entitled, elected, contested, voters per seat, and how each election was evidenced",
     .example = "plenary council credentials Congress --json",
     .run = run_credentials},
};
const size_t credentials_command_count = COUNT(credentials_commands);
