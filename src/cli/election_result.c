/* election_result.c - results as everyone derives them: result, tally, export, declare. */
#include "cli/election.h"
#include "cli/election_view.h"
#include "core/count/format.h"
#include "io/file.h"

#include <fcntl.h>

enum { DOCUMENT_MAX = 1 << 30 };

/* ---- text ---- */

static void print_names(struct client *c, const struct cell_row *cell, bool elected)
{
    bool first = true;
    for (uint32_t i = 0; i < cell->winner_count; i++) {
        const struct winner_row *winner = state_winner(c->state, cell->first_winner + i);
        if ((winner->elected != 0) != elected) continue;
        const struct candidate_row *candidate = state_candidate(c->state, winner->candidate_row);
        if (first) fprintf(c->cli->out, "  %-12s ", elected ? "elected" : "reserve");
        fprintf(c->cli->out, "%s%u %.*s", first ? "" : ", ", candidate->number,
                STR_ARG(client_name_of(c, candidate->member_row)));
        first = false;
    }
    if (!first) fputc('\n', c->cli->out);
}

static void print_seats(struct client *c, uint32_t cell_row)
{
    for (uint32_t row = 0; row < c->state->seat.count; row++) {
        const struct seat_row *seat = state_seat(c->state, row);
        if (seat->cell_row != cell_row) continue;
        fprintf(c->cli->out, "  seat %-7u %.*s, until %s%s%s\n", seat->number,
                STR_ARG(client_name_of(c, seat->member_row)), client_time(c, seat->until),
                seat->countback ? ", after a vacancy" : "", seat->ended ? ", ended" : "");
    }
}

static void print_state(struct client *c, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    const struct election_row *election = state_election(c->state, cell->election_row);
    FILE *out = c->cli->out;
    switch ((enum cell_state)cell->state) {
    case CELL_RUNNING:
        fprintf(out, "  no result yet: the ballot closes %s\n", client_time(c, election->closes));
        return;
    case CELL_KEYING:
        fprintf(out, "  no result yet: to be counted until %s\n",
                client_time(c, cell->keyed_until));
        return;
    case CELL_PROVISIONAL:
        fprintf(out, "  provisional since %s, objections until %s (%u open)\n",
                client_time(c, cell->result_at), client_time(c, cell->objections_until),
                cell->open_objections);
        return;
    case CELL_FINAL:
        fprintf(out, "  final, objections were possible until %s\n",
                client_time(c, cell->objections_until));
        return;
    case CELL_ANNULLED:
        fprintf(out, "  annulled %s: it may be called again\n", client_time(c, cell->result_at));
        return;
    case CELL_EMPTY: fprintf(out, "  nobody stood: it may be called again\n"); return;
    }
}

static void print_evidence(struct client *c, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    FILE *out = c->cli->out;
    if (cell->unopposed) {
        fprintf(out, "  elected without a ballot: no more candidates than seats (%u electors)\n",
                cell->elector_count);
    } else if (cell->evidence == MODE_PAPER) {
        struct election_papers papers = election_papers(c->state, cell_row);
        fprintf(out, "  %u electors, %u papers in %u pile%s keyed twice: %u valid, %u rejected\n",
                cell->elector_count, papers.valid + papers.rejected, papers.agreed,
                papers.agreed == 1 ? "" : "s", papers.valid, papers.rejected);
    } else {
        fprintf(out, "  %u electors, %u ballots, %s\n", cell->elector_count, cell->ballots_cast,
                cell->evidence == MODE_OPEN ? "each signed by its elector"
                                            : "counted in a meeting, attested by two tellers");
    }
    fprintf(out, "  digest       %s\n", client_hex(c, cell->sheet.bytes, sizeof cell->sheet));
}

static int print_cell(struct client *c, uint32_t cell_row, bool with_rounds)
{
    struct election_outcome outcome;
    const struct cell_row *cell = state_cell(c->state, cell_row);
    ELECTION_STEPS(election_outcome(c, cell_row, &outcome));
    fprintf(c->cli->out, "%u %.*s: %u seat%s\n", election_cell_number(c->state, cell_row),
            STR_ARG(election_cell_name(c->state, cell_row)), cell->seats,
            cell->seats == 1 ? "" : "s");
    print_state(c, cell_row);
    if (!outcome.has_result) return EXIT_STATUS_OK;
    print_evidence(c, cell_row);
    print_names(c, cell, true);
    print_names(c, cell, false);
    print_seats(c, cell_row);
    if (!with_rounds || !outcome.has_count) return EXIT_STATUS_OK;
    struct buf text;
    buf_init(&text, alloc_libc, DOCUMENT_MAX);
    buf_add_byte(&text, '\n');
    count_explain_text(&outcome.count, &text);
    return election_print(c, &text);
}

/* ---- result ---- */

/* The cells asked for: one, or all of them. */
static int cells_of(struct client *c, uint32_t *election_row, uint32_t *first, uint32_t *count)
{
    *election_row = client_election(c, c->cli->args[0]);
    if (*election_row == ROW_NONE) return EXIT_STATUS_USAGE;
    *first = state_election(c->state, *election_row)->first_cell;
    *count = state_election(c->state, *election_row)->cell_count;
    if (!cli_option(c->cli, "cell")) return EXIT_STATUS_OK;
    struct election_spot spot;
    ELECTION_STEPS(election_spot(c, ROW_NONE, &spot));
    *first = spot.cell_row;
    *count = 1;
    return EXIT_STATUS_OK;
}

static int result_json(struct client *c, uint32_t election_row, uint32_t first, uint32_t count)
{
    struct buf out;
    struct json_writer w;
    int status = EXIT_STATUS_OK;
    buf_init(&out, alloc_libc, DOCUMENT_MAX);
    json_writer_init_free(&w, &out);
    json_object(&w);
    election_write_head(c, election_row, &w);
    json_key(&w, STR("cells"));
    json_array(&w);
    for (uint32_t i = 0; i < count && status == EXIT_STATUS_OK; i++)
        status = election_write_cell(c, first + i, &w);
    json_array_end(&w);
    json_object_end(&w);
    buf_add_byte(&out, '\n');
    if (status == EXIT_STATUS_OK) return election_print(c, &out);
    buf_done(&out);
    return status;
}

int election_run_result(struct client *c)
{
    uint32_t election_row, first, count;
    ELECTION_STEPS(cells_of(c, &election_row, &first, &count));
    if (c->cli->json) return result_json(c, election_row, first, count);
    const struct election_row *election = state_election(c->state, election_row);
    fprintf(c->cli->out, "%.*s: %s, %.*s ballots\n",
            STR_ARG(state_text(c->state, state_body(c->state, election->body_row)->name)),
            count_rule_name((enum count_rule)election->rule),
            STR_ARG(election_mode_name((enum election_mode)election->mode)));
    for (uint32_t i = 0; i < count; i++) ELECTION_STEPS(print_cell(c, first + i, count == 1));
    if (count > 1)
        fprintf(c->cli->out, "\n--cell N shows the count of one of them round by round\n");
    return EXIT_STATUS_OK;
}

/* ---- tally ---- */

/* The sheet, derived again, must be the one of which the record has the digest. */
static int check_digest(struct client *c, uint32_t cell_row)
{
    struct fail fail = {0};
    struct buf sheet;
    buf_init(&sheet, alloc_libc, RESULT_SHEET_MAX);
    enum code code = result_sheet(c->state, cell_row, &c->arena, &sheet);
    hash32 digest = sha256_of(buf_str(&sheet));
    buf_done(&sheet);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    if (hash32_eq(&digest, &state_cell(c->state, cell_row)->sheet)) return EXIT_STATUS_OK;
    fprintf(c->cli->err, "the result in the record is not the one these ballots give: digest %s\n",
            client_hex(c, digest.bytes, sizeof digest));
    return EXIT_STATUS_VERIFY;
}

/* A cell that was decided by counting. Nobody learns anything before: not from open ballots, not
 * from piles. */
static int counted(struct client *c, struct election_spot *spot, struct election_outcome *outcome)
{
    ELECTION_STEPS(election_spot(c, ROW_NONE, spot));
    ELECTION_STEPS(election_outcome(c, spot->cell_row, outcome));
    if (!outcome->has_result)
        return election_refused(
            c, ARTICLE_ELECTION_PHASE,
            "there is no result before the ballot has closed and all is counted");
    if (outcome->has_count) return EXIT_STATUS_OK;
    return cli_usage(c->cli, "nothing was counted here: no more candidates than seats");
}

int election_run_tally(struct client *c)
{
    struct election_spot spot;
    struct election_outcome outcome;
    struct buf text;
    ELECTION_STEPS(counted(c, &spot, &outcome));
    ELECTION_STEPS(check_digest(c, spot.cell_row));
    buf_init(&text, alloc_libc, DOCUMENT_MAX);
    if (c->cli->json)
        count_result_json(&outcome.count, &text);
    else
        count_explain_text(&outcome.count, &text);
    if (c->cli->json) buf_add_byte(&text, '\n');
    return election_print(c, &text);
}

/* ---- export ---- */

/* Ties were broken by a lot drawn before anybody voted: whoever counts the file needs it too. */
static int print_exported(struct client *c, const char *path, const struct result_job *job)
{
    struct buf lot, out;
    struct json_writer w;
    buf_init(&lot, alloc_libc, DOCUMENT_MAX);
    for (uint32_t i = 0; i < job->profile->candidates; i++)
        buf_printf(&lot, i ? ",%u" : "%u", job->options.lot[i] + 1);
    buf_init(&out, alloc_libc, DOCUMENT_MAX);
    if (c->cli->json) {
        json_writer_init_free(&w, &out);
        json_object(&w);
        json_kv_str(&w, STR("file"), str_from(path));
        json_kv_u64(&w, STR("ballots"), job->profile->ballots);
        json_kv_str(&w, STR("rule"), str_from(count_rule_name(job->rule)));
        json_kv_u64(&w, STR("seats"), job->options.seats);
        json_kv_str(&w, STR("lot"), buf_str(&lot));
        json_object_end(&w);
    } else {
        buf_printf(&out,
                   "%s: %llu ballots; count them yourself: plenary count --rule %s --lot %.*s %s",
                   path, (unsigned long long)job->profile->ballots, count_rule_name(job->rule),
                   STR_ARG(buf_str(&lot)), path);
    }
    buf_add_byte(&out, '\n');
    buf_done(&lot);
    return election_print(c, &out);
}

int election_run_export(struct client *c)
{
    struct election_spot spot;
    struct election_outcome outcome;
    struct fail fail = {0};
    struct buf text;
    const char *path = c->cli->args[1];
    CLEANUP(io_close_fd) int folder = -1;
    ELECTION_STEPS(counted(c, &spot, &outcome));
    outcome.job.profile->seats = outcome.job.options.seats;
    buf_init(&text, alloc_libc, DOCUMENT_MAX);
    format_blt_write(outcome.job.profile, !cli_switch(c->cli, "names"), &text);
    if (strcmp(path, "-") == 0) return election_print(c, &text);
    const char *slash = strrchr(path, '/');
    const char *dir = slash == path ? "/"
                      : slash       ? client_text(c, "%.*s", (int)(slash - path), path)
                                    : ".";
    enum code code = buf_check(&text);
    if (code == CODE_OK) code = io_open_dir(AT_FDCWD, dir, false, 0755, &folder, &fail);
    if (code == CODE_OK)
        code = io_write_atomic(folder, slash ? slash + 1 : path, buf_str(&text), 0644, IO_VISIBLE,
                               &fail);
    buf_done(&text);
    if (code != CODE_OK) return cli_complain(c->cli, path, code, &fail);
    return print_exported(c, path, &outcome.job);
}

/* ---- declare ---- */

int election_run_declare(struct client *c)
{
    struct election_spot spot;
    uint32_t actor;
    ELECTION_STEPS(election_actor(c, &actor));
    ELECTION_STEPS(election_spot(c, actor, &spot));
    const struct cell_row *cell = state_cell(c->state, spot.cell_row);
    const char *given = cli_option(c->cli, "digest");
    const char *digest = given ? given : client_hex(c, cell->sheet.bytes, sizeof cell->sheet);
    const char *body = client_text(c, "{\"cell\":%u,\"digest\":\"%s\",\"election\":\"%s\"}",
                                   spot.number, digest, election_hex(c, spot.election_row));
    ELECTION_STEPS(election_act(c, "election.declare", str_from(body)));
    return client_finish(c);
}
