/* election_dispute.c - objections to a provisional result, and their settlement: dismissal,
 * recount, annulment. */
#include "base/text.h"
#include "cli/election.h"
#include "cli/election_view.h"
#include "cli/input.h"

enum { GROUND_MAX = 65536 /* bytes */, PREFIX_MIN = 6 };

/* --ground TEXT, or --ground-file FILE. */
static int commit_ground(struct client *c, const char **ret)
{
    struct fail fail = {0};
    struct buf text;
    const char *typed = cli_option(c->cli, "ground"), *file = cli_option(c->cli, "ground-file");
    if (!typed == !file) return cli_usage(c->cli, "expected --ground TEXT or --ground-file FILE");
    if (typed) return election_commit_text(c, str_from(typed), ret);
    enum code code = input_read(file, GROUND_MAX, &text, &fail);
    int status = code == CODE_OK ? election_commit_text(c, str_trim(buf_str(&text)), ret)
                                 : cli_complain(c->cli, file, code, &fail);
    buf_done(&text);
    return status;
}

int election_run_object(struct client *c)
{
    struct election_spot spot;
    uint32_t actor;
    const char *ground;
    ELECTION_STEPS(election_actor(c, &actor));
    ELECTION_STEPS(election_spot(c, actor, &spot));
    ELECTION_STEPS(commit_ground(c, &ground));
    const char *body = client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"ground\":\"%s\"}",
                                   spot.number, election_hex(c, spot.election_row), ground);
    ELECTION_STEPS(election_act(c, "election.object", str_from(body)));
    if (!c->cli->json)
        fprintf(c->cli->out, "objection %.8s\n",
                client_hex(c, c->last.id.bytes, sizeof c->last.id));
    return client_finish(c);
}

/* By the first digits of its id, or by its election when that has one open objection. */
static int find_objection(struct client *c, uint32_t *ret)
{
    const char *typed = c->cli->args[0];
    uint32_t found = 0, row = ROW_NONE;
    for (uint32_t i = 0; i < c->state->objection.count; i++) {
        const struct objection_row *objection = state_objection(c->state, i);
        const char *id = client_hex(c, objection->id.bytes, sizeof objection->id);
        if (strlen(typed) < PREFIX_MIN || strncmp(id, typed, strlen(typed)) != 0) continue;
        row = i;
        found++;
    }
    *ret = row;
    if (found == 1) return EXIT_STATUS_OK;
    if (found > 1) return cli_usage(c->cli, "\"%s\": more than one objection begins so", typed);
    uint32_t election = client_election(c, typed);
    if (election == ROW_NONE) return EXIT_STATUS_USAGE;
    for (uint32_t i = 0; i < c->state->objection.count; i++) {
        const struct objection_row *objection = state_objection(c->state, i);
        bool fits = objection->state == OBJECTION_OPEN &&
                    state_cell(c->state, objection->cell_row)->election_row == election;
        if (!fits) continue;
        *ret = i;
        found++;
    }
    if (found == 1) return EXIT_STATUS_OK;
    return cli_usage(c->cli,
                     found ? "\"%s\": several objections are open: which? plenary election show"
                           : "\"%s\": no open objection",
                     typed);
}

static int settle(struct client *c, const char *outcome)
{
    uint32_t row;
    ELECTION_STEPS(find_objection(c, &row));
    const char *id = client_hex(c, state_objection(c->state, row)->id.bytes, sizeof(hash32));
    const char *body = client_text(c, "{\"objection\":\"%s\",\"outcome\":\"%s\"}", id, outcome);
    ELECTION_STEPS(client_act(c, "election.settle", str_from(body)));
    const struct objection_row *objection = state_objection(c->state, row);
    const struct cell_row *cell = state_cell(c->state, objection->cell_row);
    if (!c->cli->json && objection->state == OBJECTION_OPEN)
        fprintf(c->cli->out,
                "it takes effect when a second person entitled to settle signs the same\n");
    else if (!c->cli->json)
        fprintf(c->cli->out, "settled: %s; the cell is %s\n",
                election_objection_state_name((enum objection_state)objection->state),
                election_cell_state_name((enum cell_state)cell->state));
    return client_finish(c);
}

int election_run_settle(struct client *c)
{
    const char *outcome = cli_option(c->cli, "outcome");
    if (!outcome) return cli_usage(c->cli, "expected --outcome dismiss, recount or annul");
    bool known = strcmp(outcome, "dismiss") == 0 || strcmp(outcome, "recount") == 0 ||
                 strcmp(outcome, "annul") == 0;
    return known ? settle(c, outcome)
                 : election_malformed(c, "--outcome", 1, "expected dismiss, recount or annul");
}

int election_run_recount(struct client *c)
{
    return settle(c, "recount");
}

int election_run_annul(struct client *c)
{
    return settle(c, "annul");
}
