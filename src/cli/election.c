/* election.c - the verbs of plenary election, and those of them that are one act. */
#include "cli/election.h"

#include "cli/election_tools.h"
#include "cli/input.h"
#include "core/institutions/result.h"

enum { TEXT_MAX = 65536 /* bytes of a statement or of grounds */ };

/* ---- one act each ---- */

static int demand(struct client *c)
{
    uint32_t body = client_body(c, c->cli->args[0]);
    if (body == ROW_NONE) return EXIT_STATUS_USAGE;
    const char *id = client_hex(c, state_body(c->state, body)->id.bytes, sizeof(hash32));
    ELECTION_STEPS(election_act(c, "election.demand", str_from(client_text(c, "{\"body\":\"%s\"}", id))));
    return client_finish(c);
}

/* Where the actor acts: the election and the cell. */
static int spot_of_actor(struct client *c, struct election_spot *spot)
{
    uint32_t row;
    ELECTION_STEPS(election_actor(c, &row));
    return election_spot(c, row, spot);
}

static int nominate(struct client *c)
{
    struct election_spot spot;
    const char *typed = cli_option(c->cli, "member");
    uint32_t member;
    ELECTION_STEPS(election_actor(c, &member));
    ELECTION_STEPS(election_spot(c, member, &spot));
    if (typed) member = client_member(c, typed);
    if (member == ROW_NONE) return EXIT_STATUS_USAGE;
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"member\":\"%s\"}", spot.number,
                                   election_hex(c, spot.election_row),
                                   client_hex(c, state_member(c->state, member)->mid.bytes, sizeof(mid16)));
    ELECTION_STEPS(election_act(c, "election.nominate", str_from(body)));
    return client_finish(c);
}

static int plain_act(struct client *c, const char *kind)
{
    struct election_spot spot;
    ELECTION_STEPS(spot_of_actor(c, &spot));
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\"}", spot.number, election_hex(c, spot.election_row));
    ELECTION_STEPS(election_act(c, kind, str_from(body)));
    return client_finish(c);
}

static int consent(struct client *c)
{
    return plain_act(c, "election.consent");
}

static int withdraw(struct client *c)
{
    return plain_act(c, "election.withdraw");
}

static int statement(struct client *c)
{
    struct election_spot spot;
    struct buf text;
    struct fail fail = {0};
    const char *commitment, *file = c->cli->args[1];
    ELECTION_STEPS(spot_of_actor(c, &spot));
    enum code code = input_read(file, TEXT_MAX, &text, &fail);
    int status = code == CODE_OK ? election_commit_text(c, str_trim(buf_str(&text)), &commitment)
                                 : cli_complain(c->cli, file, code, &fail);
    buf_done(&text);
    if (status != EXIT_STATUS_OK) return status;
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"statement\":\"%s\"}", spot.number,
                                   election_hex(c, spot.election_row), commitment);
    ELECTION_STEPS(election_act(c, "election.statement", str_from(body)));
    return client_finish(c);
}

/* "3,1,Ada Berg" into candidate numbers with commas; every wrong one named with its column. */
static int read_ranks(struct client *c, uint32_t cell_row, struct buf *out)
{
    const char *typed = cli_option(c->cli, "ranks");
    if (!typed && !cli_switch(c->cli, "blank")) return cli_usage(c->cli, "expected --ranks 3,1,2, or --blank");
    str all = str_from(typed), rest = all;
    while (rest.len) {
        size_t column = (size_t)(rest.at - all.at) + 1;
        str item = str_trim(str_cut(&rest, ','));
        uint32_t number = election_candidate_meant(c, cell_row, item);
        if (number == 0)
            return election_malformed(c, "--ranks", column, "\"%.*s\" is no candidate: expected 1 to %u, or a name",
                                      STR_ARG(item), state_cell(c->state, cell_row)->candidate_count);
        buf_printf(out, out->len ? ",%u" : "%u", number);
    }
    return EXIT_STATUS_OK;
}

static int ballot(struct client *c)
{
    struct election_spot spot;
    struct buf ranks;
    ELECTION_STEPS(spot_of_actor(c, &spot));
    if (state_election(c->state, spot.election_row)->state < ELECTION_READY)
        return election_refused(c, ARTICLE_ELECTION_PHASE, "candidates have their numbers when nominations have closed");
    buf_init(&ranks, alloc_libc, 1 << 16);
    int status = read_ranks(c, spot.cell_row, &ranks);
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"ranks\":[%.*s]}", spot.number,
                                   election_hex(c, spot.election_row), STR_ARG(buf_str(&ranks)));
    buf_done(&ranks);
    if (status == EXIT_STATUS_OK) status = election_act(c, "ballot.open", str_from(body));
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

/* ---- the table ---- */

#define RUN(verb, mode, function)                                                                  \
    static int run_##verb(struct cli *cli)                                                         \
    {                                                                                              \
        return election_with(cli, mode, function);                                                 \
    }
RUN(demand, NODE_WRITE, demand)
RUN(nominate, NODE_WRITE, nominate)
RUN(consent, NODE_WRITE, consent)
RUN(withdraw, NODE_WRITE, withdraw)
RUN(statement, NODE_WRITE, statement)
RUN(ballot, NODE_WRITE, ballot)
RUN(call, NODE_WRITE, election_run_call)
RUN(declare, NODE_WRITE, election_run_declare)
RUN(result, NODE_READ, election_run_result)
RUN(tally, NODE_READ, election_run_tally)
RUN(export, NODE_READ, election_run_export)
RUN(list, NODE_READ, election_run_list)
RUN(show, NODE_READ, election_run_show)
#undef RUN

const struct command election_commands[] = {
    {.noun = "election", .verb = "call", .args = "BODY", .args_min = 1, .args_max = 1,
     .summary = "call the election of a council, executive or office: freeze, apportion, set the timetable",
     .example = "plenary election call Council --rule scottish-stv --mode paper --closes 2026-10-01T18:00 --offset +02:00",
     .options = {{"rule", "R", "how it is counted; the bylaws' rule without it", false},
                 {"mode", "open|paper|attested", "how votes arrive", false},
                 {"nominate-until", "T", "a time, or a duration from now; the bylaws' shortest without it", false},
                 {"opens", "T", "when the ballot opens", false},
                 {"closes", "T", "when it closes", false},
                 {"keyed-until", "T", "paper and meetings: when the count must be in", false},
                 {"objections-until", "T", "how long the result is provisional", false},
                 {"zone", "NAME", "the civil time people were told, such as Europe/Berlin", false},
                 {"offset", "+01:00", "its offset from UTC on that day", false},
                 {"cells", "1,2", "only these constituencies, whose seats are vacant", false},
                 {"fresh", NULL, "freeze the roll again although an unused freeze is there", false}},
     .run = run_call},
    {.noun = "election", .verb = "demand", .args = "BODY", .args_min = 1, .args_max = 1,
     .summary = "demand, as an elector, that a body be elected before its term is over",
     .example = "plenary election demand Council --as 1017", .options = {ELECTION_OPTION_VIA}, .run = run_demand},
    {.noun = "election", .verb = "nominate", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "name a candidate; naming oneself is consent too",
     .example = "plenary election nominate Council --member 'Ada Berg' --as 1017",
     .options = {ELECTION_OPTION_CELL, {"member", "WHO", "who is named; oneself without it", false}, ELECTION_OPTION_VIA},
     .run = run_nominate},
    {.noun = "election", .verb = "consent", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "consent to having been named", .example = "plenary election consent Council --as 1042",
     .options = {ELECTION_OPTION_CELL, ELECTION_OPTION_VIA}, .run = run_consent},
    {.noun = "election", .verb = "withdraw", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "stand no longer, until the ballot opens", .example = "plenary election withdraw Council --as 1042",
     .options = {ELECTION_OPTION_CELL, ELECTION_OPTION_VIA}, .run = run_withdraw},
    {.noun = "election", .verb = "statement", .args = "ELECTION FILE", .args_min = 2, .args_max = 2,
     .summary = "put one's statement beside one's candidacy; - reads standard input",
     .example = "plenary election statement Council why.txt --as 1042",
     .options = {ELECTION_OPTION_CELL, ELECTION_OPTION_VIA}, .run = run_statement},
    {.noun = "election", .verb = "ballot", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "cast an open, signed ballot; the last one counts",
     .example = "plenary election ballot Council --ranks 3,1,2 --as 1017",
     .options = {ELECTION_OPTION_CELL, {"ranks", "3,1,2", "candidates by number or name, the first preferred", false},
                 {"blank", NULL, "name nobody", false}, ELECTION_OPTION_VIA},
     .run = run_ballot},
    {.noun = "election", .verb = "result", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "the result as derived from the ballots, who is seated, round by round",
     .example = "plenary election result Council --cell 1 --json", .options = {ELECTION_OPTION_CELL}, .run = run_result},
    {.noun = "election", .verb = "tally", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "count one cell again here and now; never before it has closed",
     .example = "plenary election tally Council --cell 1", .options = {ELECTION_OPTION_CELL}, .run = run_tally},
    {.noun = "election", .verb = "declare", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "put the digest of the derived result on record",
     .example = "plenary election declare Council --cell 1 --as 1017",
     .options = {ELECTION_OPTION_CELL, {"digest", "HEX", "as derived elsewhere; this machine's without it", false},
                 ELECTION_OPTION_VIA},
     .run = run_declare},
    {.noun = "election", .verb = "export", .args = "ELECTION OUT.blt", .args_min = 2, .args_max = 2,
     .summary = "write the ballots of a counted cell, without electors; - writes standard output",
     .example = "plenary election export Council --cell 1 council.blt",
     .options = {ELECTION_OPTION_CELL, {"names", NULL, "with the candidates' names", false}}, .run = run_export},
    {.noun = "election", .verb = "list", .args = "", .summary = "all elections, the oldest first",
     .example = "plenary election list", .run = run_list},
    {.noun = "election", .verb = "show", .args = "ELECTION", .args_min = 1, .args_max = 1,
     .summary = "timetable, candidates, piles and objections", .example = "plenary election show Council --json",
     .run = run_show},
};
const size_t election_command_count = COUNT(election_commands);
