/* roll_open.c - plenary roll proposals, requests: what waits for a second or an answer, with names.
 */
#include "base/json.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/people.h"
#include "cli/roll.h"
#include "core/institutions/roll.h"

enum { PREFIX_MIN = 6, ALL_MAX = 256 << 20 };

static bool id_begins(const hash32 *id, const char *typed)
{
    char text[65];
    size_t len = strlen(typed);
    hex_encode(id->bytes, sizeof *id, text);
    return len >= PREFIX_MIN && len <= 64 && memcmp(text, typed, len) == 0;
}

static uint32_t only_one(struct client *c, uint32_t row, uint32_t count, const char *what,
                         const char *typed)
{
    if (count == 1) return row;
    (void)cli_usage(
        c->cli, count ? "\"%s\": more than one %s has an id that begins so" : "\"%s\": no such %s",
        typed, what);
    return ROW_NONE;
}

uint32_t roll_proposal(struct client *c, const char *typed)
{
    uint32_t found = ROW_NONE, count = 0;
    for (uint32_t row = 0; row < c->state->proposal.count; row++)
        if (id_begins(&state_proposal(c->state, row)->id, typed)) found = row, count++;
    return only_one(c, found, count, "proposal", typed);
}

uint32_t roll_request(struct client *c, const char *typed)
{
    uint32_t found = ROW_NONE, count = 0;
    for (uint32_t row = 0; row < c->state->request.count; row++)
        if (id_begins(&state_request(c->state, row)->id, typed)) found = row, count++;
    return only_one(c, found, count, "request", typed);
}

/* ---- proposals ---- */

static const char *proposal_word(enum proposal_state state)
{
    switch (state) {
    case PROPOSAL_OPEN: return "open";
    case PROPOSAL_DONE: return "done";
    case PROPOSAL_LAPSED: return "lapsed";
    }
    return "";
}

static const char *do_word(enum roll_do what)
{
    switch (what) {
    case ROLL_ADMIT: return "admit";
    case ROLL_LAPSE: return "lapse";
    case ROLL_TRANSFER: return "transfer";
    case ROLL_UPDATE: return "update";
    }
    return "";
}

/* The list of a proposal; false when this machine does not hold it. */
static bool read_list(struct client *c, const struct proposal_row *proposal, struct roll_list *ret)
{
    struct buf blob;
    buf_init(&blob, alloc_libc, ROLL_LIST_MAX);
    bool good = store_blob_get(node_store(c->node), &proposal->list, &blob, NULL) == CODE_OK &&
                roll_list_read(buf_str(&blob), &c->arena, ret, NULL) == CODE_OK;
    buf_done(&blob);
    return good;
}

/* The person as after the change. */
static struct person person_after(struct client *c, const struct roll_entry *entry)
{
    struct person person = {0};
    struct people *people = client_people(c);
    uint32_t row = state_member_by_mid(c->state, &entry->mid);
    if (!people) return person;
    people_read(people, &entry->data, &entry->contact, &person);
    if (row == ROW_NONE) return person;
    const struct person *now = people_at(people, row);
    if (!entry->has_data) {
        person.number = now->number;
        person.name = now->name;
    }
    return person;
}

static void write_entry(struct client *c, struct json_writer *w, const struct roll_entry *entry)
{
    struct person person = person_after(c, entry);
    json_object(w);
    json_kv_str(w, STR("do"), str_from(do_word((enum roll_do)entry->what)));
    json_kv_hex(w, STR("mid"), entry->mid.bytes, sizeof entry->mid);
    json_kv_str(w, STR("number"), person.number);
    json_kv_str(w, STR("name"), person.name);
    json_kv_bool(w, STR("contact"), entry->has_contact);
    json_object_end(w);
}

static void print_entry(struct client *c, const struct roll_entry *entry)
{
    struct person person = person_after(c, entry);
    fprintf(c->cli->out, "    %-9s %-12.*s %.*s%s\n", do_word((enum roll_do)entry->what),
            STR_ARG(person.number),
            STR_ARG(person.name.len ? person.name : STR("(no name on this machine)")),
            entry->what == ROLL_UPDATE && entry->has_contact ? "  another contact" : "");
}

static void write_proposal(struct client *c, struct json_writer *w, uint32_t row)
{
    const struct proposal_row *proposal = state_proposal(c->state, row);
    struct roll_list list = {0};
    bool held = read_list(c, proposal, &list);
    json_object(w);
    json_kv_hex(w, STR("id"), proposal->id.bytes, sizeof proposal->id);
    json_kv_str(w, STR("unit"),
                state_text(c->state, state_unit(c->state, proposal->unit_row)->name));
    json_kv_hex(w, STR("by"), state_member(c->state, proposal->by_row)->mid.bytes, sizeof(mid16));
    json_kv_str(w, STR("state"), str_from(proposal_word((enum proposal_state)proposal->state)));
    json_kv_u64(w, STR("at"), proposal->at);
    json_kv_u64(w, STR("until"), proposal->until);
    json_kv_bool(w, STR("held"), held);
    json_key(w, STR("changes"));
    json_array(w);
    for (uint32_t i = 0; i < list.count; i++) write_entry(c, w, &list.entries[i]);
    json_array_end(w);
    json_object_end(w);
}

static void print_proposal(struct client *c, uint32_t row, bool entries)
{
    const struct proposal_row *proposal = state_proposal(c->state, row);
    struct roll_list list = {0};
    bool held = read_list(c, proposal, &list);
    fprintf(c->cli->out, "  %.8s  %-28.*s by %.*s, %s until %s: %s\n",
            client_hex(c, proposal->id.bytes, 32),
            STR_ARG(state_text(c->state, state_unit(c->state, proposal->unit_row)->name)),
            STR_ARG(client_name_of(c, proposal->by_row)),
            proposal_word((enum proposal_state)proposal->state), client_time(c, proposal->until),
            held ? client_text(c, "%u changes", list.count)
                 : "the list is not held on this machine");
    for (uint32_t i = 0; entries && i < list.count; i++) print_entry(c, &list.entries[i]);
}

static int proposals(struct client *c)
{
    bool one = c->cli->arg_count > 0, all = cli_switch(c->cli, "all");
    uint32_t only = one ? roll_proposal(c, c->cli->args[0]) : ROW_NONE, shown = 0;
    if (one && only == ROW_NONE) return EXIT_STATUS_USAGE;
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, ALL_MAX);
    json_writer_init_free(&w, &out);
    json_array(&w);
    for (uint32_t row = 0; row < c->state->proposal.count; row++) {
        if (one ? row != only : !all && state_proposal(c->state, row)->state != PROPOSAL_OPEN)
            continue;
        shown++;
        if (c->cli->json)
            write_proposal(c, &w, row);
        else
            print_proposal(c, row, one);
    }
    json_array_end(&w);
    if (c->cli->json) fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    if (!c->cli->json && !shown) fprintf(c->cli->out, "nothing waits for a second\n");
    buf_done(&out);
    return EXIT_STATUS_OK;
}

int roll_run_proposals(struct cli *cli)
{
    return client_run(cli, NODE_READ, proposals);
}

/* ---- requests to join ---- */

static const char *request_word(enum request_state state)
{
    switch (state) {
    case REQUEST_OPEN: return "open";
    case REQUEST_ADMITTED: return "admitted";
    case REQUEST_REFUSED: return "refused";
    case REQUEST_BY_SILENCE: return "refused by silence";
    }
    return "";
}

static void show_request(struct client *c, struct json_writer *w, uint32_t row)
{
    static const hash32 none;
    const struct request_row *request = state_request(c->state, row);
    struct people *people = client_people(c);
    struct person person = {0};
    if (people) people_read(people, &request->data, &none, &person);
    str unit = state_text(c->state, state_unit(c->state, request->unit_row)->name);
    const char *word = request_word((enum request_state)request->state);
    if (!c->cli->json) {
        fprintf(c->cli->out, "  %.8s  %-28.*s %s until %s  %.*s\n",
                client_hex(c, request->id.bytes, 32), STR_ARG(unit), word,
                client_time(c, request->until), STR_ARG(person.name));
        return;
    }
    json_object(w);
    json_kv_hex(w, STR("id"), request->id.bytes, sizeof request->id);
    json_kv_hex(w, STR("mid"), request->mid.bytes, sizeof request->mid);
    json_kv_str(w, STR("name"), person.name);
    json_kv_str(w, STR("unit"), unit);
    json_kv_str(w, STR("state"), str_from(word));
    json_kv_u64(w, STR("at"), request->at);
    json_kv_u64(w, STR("until"), request->until);
    json_object_end(w);
}

static int requests(struct client *c)
{
    struct buf out;
    struct json_writer w;
    uint32_t shown = 0;
    buf_init(&out, alloc_libc, ALL_MAX);
    json_writer_init_free(&w, &out);
    json_array(&w);
    for (uint32_t row = 0; row < c->state->request.count; row++) {
        if (!cli_switch(c->cli, "all") && state_request(c->state, row)->state != REQUEST_OPEN)
            continue;
        show_request(c, &w, row);
        shown++;
    }
    json_array_end(&w);
    if (c->cli->json) fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    if (!c->cli->json && !shown) fprintf(c->cli->out, "nobody waits for an answer\n");
    buf_done(&out);
    return EXIT_STATUS_OK;
}

int roll_run_requests(struct cli *cli)
{
    return client_run(cli, NODE_READ, requests);
}
