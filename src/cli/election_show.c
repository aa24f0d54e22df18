/* election_show.c - elections at a glance: list, show. */
#include "cli/election.h"
#include "cli/election_view.h"

enum { DOCUMENT_MAX = 1 << 30 };

static int list_json(struct client *c)
{
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, DOCUMENT_MAX);
    json_writer_init_free(&w, &out);
    json_array(&w);
    for (uint32_t row = 0; row < c->state->election.count; row++) {
        json_object(&w);
        election_write_head(c, row, &w);
        json_kv_u64(&w, STR("cells"), state_election(c->state, row)->cell_count);
        json_kv_u64(&w, STR("cells_final"), state_election(c->state, row)->final_cells);
        json_object_end(&w);
    }
    json_array_end(&w);
    buf_add_byte(&out, '\n');
    return election_print(c, &out);
}

/* What comes next, and when. */
static const char *next_step(struct client *c, const struct election_row *election)
{
    switch ((enum election_state)election->state) {
    case ELECTION_NOMINATING:
        return client_text(c, "nominations until %s", client_time(c, election->nominate_until));
    case ELECTION_READY: return client_text(c, "ballot opens %s", client_time(c, election->opens));
    case ELECTION_OPEN: return client_text(c, "ballot closes %s", client_time(c, election->closes));
    case ELECTION_CLOSED:
        return client_text(c, "objections until %s", client_time(c, election->objections_until));
    case ELECTION_DONE:
        return client_text(c, "%u of %u cells final", election->final_cells, election->cell_count);
    }
    return "";
}

int election_run_list(struct client *c)
{
    if (c->cli->json) return list_json(c);
    if (c->state->election.count == 0) fprintf(c->cli->out, "no election was called yet\n");
    for (uint32_t row = 0; row < c->state->election.count; row++) {
        const struct election_row *election = state_election(c->state, row);
        fprintf(c->cli->out, "%.8s  %-24.*s %-10s %-8.*s %s\n", election_hex(c, row),
                STR_ARG(state_text(c->state, state_body(c->state, election->body_row)->name)),
                election_phase_name((enum election_state)election->state),
                STR_ARG(election_mode_name((enum election_mode)election->mode)),
                next_step(c, election));
    }
    return EXIT_STATUS_OK;
}

/* ---- show ---- */

static void show_candidates(struct client *c, const struct cell_row *cell)
{
    for (uint32_t row = cell->first_candidate; row != ROW_NONE;
         row = state_candidate(c->state, row)->next_in_cell) {
        const struct candidate_row *candidate = state_candidate(c->state, row);
        const char *number = candidate->number ? client_text(c, "%u", candidate->number) : "-";
        const char *standing = candidate->withdrawn   ? ", withdrawn"
                               : candidate->consented ? ""
                                                      : ", has not consented";
        fprintf(c->cli->out, "  %3s %.*s%s\n", number,
                STR_ARG(client_name_of(c, candidate->member_row)), standing);
        str statement = election_text_of(c, &candidate->statement);
        if (statement.len) fprintf(c->cli->out, "      %.*s\n", STR_ARG(statement));
    }
}

static void show_piles(struct client *c, const struct cell_row *cell)
{
    for (uint32_t number = 1; number <= cell->pile_count; number++)
        for (uint32_t row = cell->first_pile; row != ROW_NONE;
             row = state_pile(c->state, row)->next_of_cell) {
            const struct pile_row *pile = state_pile(c->state, row);
            if (pile->number != number || pile->round != cell->recounts) continue;
            fprintf(c->cli->out, "  pile %u: %s\n", number,
                    election_pile_state_name((enum pile_state)pile->state));
        }
}

static void show_objections(struct client *c, const struct cell_row *cell)
{
    for (uint32_t row = cell->first_objection; row != ROW_NONE;
         row = state_objection(c->state, row)->next_of_cell) {
        const struct objection_row *objection = state_objection(c->state, row);
        str ground = election_text_of(c, &objection->ground);
        fprintf(c->cli->out, "  objection %.8s by %.*s, %s: %.*s\n",
                client_hex(c, objection->id.bytes, sizeof objection->id),
                STR_ARG(client_name_of(c, objection->member_row)),
                election_objection_state_name((enum objection_state)objection->state),
                STR_ARG(ground));
    }
}

static void show_cell(struct client *c, uint32_t cell_row)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    fprintf(c->cli->out, "\n%u %.*s: %s, %u seat%s, %u electors\n",
            election_cell_number(c->state, cell_row),
            STR_ARG(election_cell_name(c->state, cell_row)),
            election_cell_state_name((enum cell_state)cell->state), cell->seats,
            cell->seats == 1 ? "" : "s", cell->elector_count);
    show_candidates(c, cell);
    show_piles(c, cell);
    show_objections(c, cell);
}

int election_run_show(struct client *c)
{
    uint32_t row = client_election(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    if (c->cli->json) return election_run_result(c);
    FILE *out = c->cli->out;
    const struct election_row *election = state_election(c->state, row);
    fprintf(out, "election of %.*s: %s\n",
            STR_ARG(state_text(c->state, state_body(c->state, election->body_row)->name)),
            election_phase_name((enum election_state)election->state));
    fprintf(out, "  id                %s\n", election_hex(c, row));
    fprintf(
        out, "  called            %s by %.*s\n", client_time(c, election->called),
        STR_ARG(election->by_clock ? STR("the clock") : client_name_of(c, election->caller_row)));
    fprintf(out, "  nominations until %s\n", client_time(c, election->nominate_until));
    fprintf(out, "  ballot            %s to %s\n", client_time(c, election->opens),
            client_time(c, election->closes));
    if (election->mode != MODE_OPEN)
        fprintf(out, "  counted until     %s\n", client_time(c, election->keyed_until));
    fprintf(out, "  objections until  %s\n", client_time(c, election->objections_until));
    for (uint32_t i = 0; i < election->cell_count; i++) show_cell(c, election->first_cell + i);
    return EXIT_STATUS_OK;
}
