/* election.c - the verbs of plenary election that are one act each, and which verb is which. */
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
    ELECTION_STEPS(
        election_act(c, "election.demand", str_from(client_text(c, "{\"body\":\"%s\"}", id))));
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
    const char *body =
        client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"member\":\"%s\"}", spot.number,
                    election_hex(c, spot.election_row),
                    client_hex(c, state_member(c->state, member)->mid.bytes, sizeof(mid16)));
    ELECTION_STEPS(election_act(c, "election.nominate", str_from(body)));
    return client_finish(c);
}

static int plain_act(struct client *c, const char *kind)
{
    struct election_spot spot;
    ELECTION_STEPS(spot_of_actor(c, &spot));
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\"}", spot.number,
                                   election_hex(c, spot.election_row));
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
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"statement\":\"%s\"}",
                                   spot.number, election_hex(c, spot.election_row), commitment);
    ELECTION_STEPS(election_act(c, "election.statement", str_from(body)));
    return client_finish(c);
}

/* "3,1,Ada Berg" into candidate numbers with commas; every wrong one named with its column. */
static int read_ranks(struct client *c, uint32_t cell_row, struct buf *out)
{
    const char *typed = cli_option(c->cli, "ranks");
    if (!typed && !cli_switch(c->cli, "blank"))
        return cli_usage(c->cli, "expected --ranks 3,1,2, or --blank");
    str all = str_from(typed), rest = all;
    while (rest.len) {
        size_t column = (size_t)(rest.at - all.at) + 1;
        str item = str_trim(str_cut(&rest, ','));
        uint32_t number = election_candidate_meant(c, cell_row, item);
        if (number == 0)
            return election_malformed(
                c, "--ranks", column, "\"%.*s\" is no candidate: expected 1 to %u, or a name",
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
        return election_refused(c, ARTICLE_ELECTION_PHASE,
                                "candidates have their numbers when nominations have closed");
    buf_init(&ranks, alloc_libc, 1 << 16);
    int status = read_ranks(c, spot.cell_row, &ranks);
    const char *body =
        client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"ranks\":[%.*s]}", spot.number,
                    election_hex(c, spot.election_row), STR_ARG(buf_str(&ranks)));
    buf_done(&ranks);
    if (status == EXIT_STATUS_OK) status = election_act(c, "ballot.open", str_from(body));
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

/* ---- which verb is which ---- */

static const struct {
    const char *verb;
    enum node_mode mode;
    int (*run)(struct client *c);
} verbs[] = {
    {"adjudicate", NODE_WRITE, election_run_adjudicate},
    {"annul", NODE_WRITE, election_run_annul},
    {"attest", NODE_WRITE, election_run_attest},
    {"ballot", NODE_WRITE, ballot},
    {"call", NODE_WRITE, election_run_call},
    {"complete", NODE_WRITE, election_run_complete},
    {"consent", NODE_WRITE, consent},
    {"correct", NODE_WRITE, election_run_correct},
    {"declare", NODE_WRITE, election_run_declare},
    {"demand", NODE_WRITE, demand},
    {"export", NODE_READ, election_run_export},
    {"list", NODE_READ, election_run_list},
    {"nominate", NODE_WRITE, nominate},
    {"object", NODE_WRITE, election_run_object},
    {"paper", NODE_WRITE, election_run_paper},
    {"recount", NODE_WRITE, election_run_recount},
    {"result", NODE_READ, election_run_result},
    {"settle", NODE_WRITE, election_run_settle},
    {"show", NODE_READ, election_run_show},
    {"statement", NODE_WRITE, statement},
    {"tally", NODE_READ, election_run_tally},
    {"withdraw", NODE_WRITE, withdraw},
};

int election_run(struct cli *cli)
{
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (strcmp(verbs[i].verb, cli->command->verb) == 0)
            return election_with(cli, verbs[i].mode, verbs[i].run);
    return EXIT_STATUS_USAGE;
}
