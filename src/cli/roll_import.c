/* roll_import.c - plenary roll import: a membership list becomes one list of changes for each unit,
 * all or none. */
#include "base/json.h"
#include "cli/disclose.h"
#include "cli/people.h"
#include "cli/roll.h"
#include "cli/roll_input.h"
#include "core/institutions/org.h"
#include "core/institutions/roll.h"
#include "core/institutions/unit.h"

enum {
    REPORT_LINES = 40,
    REPORT_MAX = 256 << 20,
    SNAPSHOT_FROM = 10000 /* changes: later commands would feel their replay */
};

struct import {
    struct client c;
    struct roll_input in;
    bool dry;
    uint32_t *unit_row; /* of each unit of the diff; ROW_NONE: not founded */
    uint32_t unknown_units, founded_units, acts, left; /* left: moved without having asked */
    uint64_t done;                                     /* changes, for the progress bar */
    struct buf list, document, outcome;                /* outcome: JSON, one object for each act */
};

/* ---- what the file says ---- */

static const struct roll_row *row_of(const struct import *im, const struct roll_change *change)
{
    return &im->in.table.rows[change->row];
}

static uint32_t find_unit(const struct state *s, str name, uint32_t *ret_count)
{
    uint32_t found = ROW_NONE;
    *ret_count = 0;
    for (uint32_t row = 0; row < s->unit.count; row++) {
        if (!unit_is_open(s, row) || !str_eq(state_text(s, state_unit(s, row)->name), name))
            continue;
        if ((*ret_count)++ == 0) found = row;
    }
    return found;
}

static bool unit_gains(const struct roll_unit_diff *unit)
{
    return unit->by_kind[ROLL_NEW] || unit->by_kind[ROLL_MOVED];
}

static int find_units(struct import *im)
{
    const struct roll_diff *diff = &im->in.diff;
    im->unit_row = ARENA_ARRAY(&im->in.arena, diff->unit_count + 1, uint32_t);
    if (!im->unit_row) return cli_complain(im->c.cli, NULL, CODE_NO_MEMORY, &(struct fail){0});
    for (uint32_t u = 0; u < diff->unit_count; u++) {
        uint32_t count;
        im->unit_row[u] = find_unit(im->c.state, diff->units[u].unit, &count);
        if (count > 1 && unit_gains(&diff->units[u])) {
            struct fail fail = {0};
            (void)fail_set(&fail, CODE_MALFORMED, "unit",
                           "%u open units are called \"%.*s\": import each from its own "
                           "file after renaming, or by roll propose",
                           count, STR_ARG(diff->units[u].unit));
            return cli_complain(im->c.cli, im->in.path, CODE_MALFORMED, &fail);
        }
        if (im->unit_row[u] == ROW_NONE && unit_gains(&diff->units[u])) im->unknown_units++;
    }
    return EXIT_STATUS_OK;
}

static int complain_unknown_units(const struct import *im)
{
    const struct roll_diff *diff = &im->in.diff;
    FILE *err = im->c.cli->err;
    for (uint32_t u = 0; u < diff->unit_count; u++) {
        const struct roll_unit_diff *unit = &diff->units[u];
        if (im->unit_row[u] != ROW_NONE || !unit_gains(unit)) continue;
        fprintf(err, "%s:%u: no unit is called \"%.*s\" (%u members)\n", im->in.path,
                row_of(im, &diff->changes[unit->first])->line, STR_ARG(unit->unit),
                unit->by_kind[ROLL_NEW] + unit->by_kind[ROLL_MOVED]);
    }
    fprintf(err, "%s: nothing was changed; found the units first, or give --found-units\n",
            im->in.path);
    return EXIT_STATUS_MALFORMED;
}

/* One person, one vote: the rules of this version know no other weight, so say where the file does.
 */
static int refuse_weights(const struct import *im)
{
    for (uint32_t i = 0; i < im->in.table.row_count; i++) {
        const struct roll_row *row = &im->in.table.rows[i];
        if (row->weight == 1) continue;
        struct fail fail = {0};
        (void)fail_at(&fail, CODE_MALFORMED, "weight", row->line, 0,
                      "weight %u: expected 1, these bylaws know one vote "
                      "a member; leave the column out of the mapping to read the list without it",
                      row->weight);
        return cli_complain(im->c.cli, im->in.path, CODE_MALFORMED, &fail);
    }
    return EXIT_STATUS_OK;
}

/* ---- lists of changes ---- */

static struct person person_of(struct import *im, const struct roll_change *change)
{
    const struct roll_row *row = row_of(im, change);
    struct person person = {.number = row->number,
                            .name = row->name,
                            .given = row->given,
                            .family = row->family,
                            .born = row->born,
                            .email = row->email,
                            .phone = row->phone};
    if (change->known == ROLL_NONE) return person;
    /* What the file leaves out, the roll keeps. */
    const struct person *before = people_at(client_people(&im->c), im->in.known_row[change->known]);
    person.address = before->address;
    if (!person.born.len) person.born = before->born;
    if (!person.email.len) person.email = before->email;
    if (!person.phone.len) person.phone = before->phone;
    if (!person.given.len && !person.family.len && !change->name_differs) {
        person.given = before->given;
        person.family = before->family;
    }
    return person;
}

typedef void person_write(const struct person *person, struct buf *out);

static enum code add_commitment(struct import *im, struct json_writer *w, str key,
                                person_write *write, const struct person *person,
                                const char *audience)
{
    hash32 commitment;
    buf_clear(&im->document);
    write(person, &im->document);
    TRY(buf_check(&im->document));
    TRY(client_disclose(&im->c, buf_str(&im->document), audience, &commitment, NULL));
    json_kv_commitment(w, key, &commitment);
    return CODE_OK;
}

static void mid_of(const struct import *im, const struct roll_change *change, uint8_t ret[16])
{
    if (change->known != ROLL_NONE) {
        memcpy(ret, im->in.known[change->known].mid, 16);
        return;
    }
    uint32_t former = roll_input_former(&im->in, row_of(im, change)->number);
    if (former != ROW_NONE)
        memcpy(ret, state_member(im->c.state, former)->mid.bytes, 16); /* somebody comes back */
    else
        sign_random(ret, 16);
}

/* admit, transfer, or an update of what differs. */
static enum code add_change(struct import *im, struct json_writer *w,
                            const struct roll_change *change, enum roll_do what,
                            const char *audience)
{
    static const char *const words[] = {[ROLL_ADMIT] = "admit",
                                        [ROLL_TRANSFER] = "transfer",
                                        [ROLL_UPDATE] = "update",
                                        [ROLL_LAPSE] = "lapse"};
    struct person person = person_of(im, change);
    bool reachable = person.email.len || person.phone.len || person.address.len;
    uint8_t mid[16];
    mid_of(im, change, mid);
    json_object(w);
    if ((what == ROLL_ADMIT && reachable) || (what == ROLL_UPDATE && change->contact_differs))
        TRY(add_commitment(im, w, STR("contact"), person_contact_write, &person, audience));
    if (what == ROLL_ADMIT || (what == ROLL_UPDATE && change->name_differs))
        TRY(add_commitment(im, w, STR("data"), person_data_write, &person, audience));
    json_kv_str(w, STR("do"), str_from(words[what]));
    json_kv_hex(w, STR("mid"), mid, sizeof mid);
    json_object_end(w);
    return CODE_OK;
}

enum pass {
    PASS_MAIN,      /* who comes, moves or changes */
    PASS_AFTERWARDS /* what else changes of those who have just moved: a list names each member once
                     */
};

static bool may_transfer(const struct import *im, const struct roll_change *change,
                         uint32_t unit_row)
{
    const struct state *s = im->c.state;
    const struct member_row *member = state_member(s, im->in.known_row[change->known]);
    if (member->move_to == unit_row) return true;
    bool founder = org_is_founding(s, state_member_by_mid(s, &im->c.actor.mid));
    return founder && !unit_is_confirmed(s, member->unit_row) && !unit_is_confirmed(s, unit_row);
}

/* What a change of the diff asks of the unit's list, 0: nothing. */
static uint32_t change_does(const struct import *im, const struct roll_change *change,
                            enum pass pass, uint32_t unit_row)
{
    switch (change->kind) {
    case ROLL_NEW: return pass == PASS_MAIN ? ROLL_ADMIT : 0;
    case ROLL_CHANGED: return pass == PASS_MAIN ? ROLL_UPDATE : 0;
    case ROLL_MOVED:
        if (pass == PASS_MAIN) return may_transfer(im, change, unit_row) ? ROLL_TRANSFER : 0;
        /* Takes effect only where the move has: for the founder. Others bring it with the next
         * list. */
        return state_member(im->c.state, im->in.known_row[change->known])->unit_row == unit_row &&
                       (change->name_differs || change->contact_differs)
                   ? ROLL_UPDATE
                   : 0;
    case ROLL_SAME:
    case ROLL_ABSENT:
    case ROLL_CHANGE_KINDS: break;
    }
    return 0;
}

static enum code make_list(struct import *im, uint32_t u, enum pass pass, uint32_t *ret_changes)
{
    const struct roll_unit_diff *unit = &im->in.diff.units[u];
    char audience[AUDIENCE_SIZE];
    struct json_writer w;
    *ret_changes = 0;
    audience_unit(&state_unit(im->c.state, im->unit_row[u])->id, audience);
    buf_clear(&im->list);
    json_writer_init(&w, &im->list);
    json_object(&w);
    json_key(&w, STR("changes"));
    json_array(&w);
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct roll_change *change = &im->in.diff.changes[unit->first + i];
        uint32_t what = change_does(im, change, pass, im->unit_row[u]);
        if (pass == PASS_MAIN && change->kind == ROLL_MOVED && !what) im->left++;
        if (!what) continue;
        TRY(add_change(im, &w, change, (enum roll_do)what, audience));
        (*ret_changes)++;
        if (++im->done % 1024 == 0)
            cli_progress(im->c.cli, "import", im->done, im->in.table.row_count + 1);
    }
    json_array_end(&w);
    json_object_end(&w);
    return buf_check(&im->list);
}

/* ---- acts ---- */

static void note_act(struct import *im, const char *kind, str unit, uint32_t changes)
{
    struct json_writer w;
    bool waits = state_proposal_by_id(im->c.state, &im->c.last.id) != ROW_NONE;
    if (im->acts++) buf_add_byte(&im->outcome, ',');
    json_writer_init_free(&w, &im->outcome);
    json_object(&w);
    json_kv_hex(&w, STR("act"), im->c.last.id.bytes, sizeof im->c.last.id);
    json_kv_u64(&w, STR("changes"), changes);
    json_kv_u64(&w, STR("index"), im->c.last.index);
    json_kv_str(&w, STR("kind"), str_from(kind));
    json_kv_str(&w, STR("unit"), unit);
    json_kv_bool(&w, STR("waits_for_second"), waits);
    json_object_end(&w);
}

static int propose(struct import *im, uint32_t u, enum pass pass)
{
    struct fail fail = {0};
    hash32 name;
    uint32_t changes;
    const struct roll_unit_diff *unit = &im->in.diff.units[u];
    enum code code = make_list(im, u, pass, &changes);
    if (code == CODE_OK && changes == 0) return EXIT_STATUS_OK;
    if (code == CODE_OK) code = node_blob_put(im->c.node, buf_str(&im->list), &name, &fail);
    if (code != CODE_OK) return cli_complain(im->c.cli, NULL, code, &fail);
    const char *body =
        client_text(&im->c, "{\"list\":\"%s\",\"unit\":\"%s\"}", client_hex(&im->c, name.bytes, 32),
                    client_hex(&im->c, state_unit(im->c.state, im->unit_row[u])->id.bytes, 32));
    int status = client_act(&im->c, "roll.propose", str_from(body));
    if (status == EXIT_STATUS_OK) note_act(im, "roll.propose", unit->unit, changes);
    if (status == EXIT_STATUS_REFUSED)
        fprintf(im->c.cli->err, "  in the list of \"%.*s\"; nothing was changed\n",
                STR_ARG(unit->unit));
    return status;
}

static int found_unit(struct import *im, uint32_t u)
{
    const char *kind = cli_option(im->c.cli, "unit-kind");
    struct json_writer w;
    struct buf body;
    buf_init(&body, alloc_libc, JSON_LINE_MAX);
    json_writer_init(&w, &body);
    json_object(&w);
    json_kv_str(&w, STR("kind"), str_from(kind ? kind : "branch"));
    json_kv_str(&w, STR("name"), im->in.diff.units[u].unit);
    json_object_end(&w);
    int status = client_act(&im->c, "unit.found", buf_str(&body));
    buf_done(&body);
    if (status != EXIT_STATUS_OK) return status;
    im->unit_row[u] = im->c.state->unit.count - 1;
    im->founded_units++;
    note_act(im, "unit.found", im->in.diff.units[u].unit, 0);
    return EXIT_STATUS_OK;
}

static int found_units(struct import *im)
{
    const struct roll_diff *diff = &im->in.diff;
    for (uint32_t u = 0; u < diff->unit_count; u++) {
        if (im->unit_row[u] != ROW_NONE || !unit_gains(&diff->units[u])) continue;
        int status = found_unit(im, u);
        if (status != EXIT_STATUS_OK) return status;
    }
    return EXIT_STATUS_OK;
}

static int propose_all(struct import *im, enum pass pass)
{
    for (uint32_t u = 0; u < im->in.diff.unit_count; u++) {
        int status = im->unit_row[u] == ROW_NONE ? EXIT_STATUS_OK : propose(im, u, pass);
        if (status != EXIT_STATUS_OK) return status;
    }
    return EXIT_STATUS_OK;
}

static int keep(struct import *im)
{
    struct fail fail = {0};
    int status = client_commit(&im->c);
    if (status != EXIT_STATUS_OK) return status;
    enum code code = roll_input_remember(&im->in, &fail);
    if (code == CODE_OK && im->done >= SNAPSHOT_FROM) code = node_snapshot(im->c.node, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(im->c.cli, NULL, code, &fail);
}

/* All acts in memory first; one commit makes all of them part of the record. */
static int carry_out(struct import *im)
{
    int status = client_actor(&im->c);
    node_hold(im->c.node);
    if (status == EXIT_STATUS_OK) status = found_units(im);
    if (status == EXIT_STATUS_OK) status = propose_all(im, PASS_MAIN);
    if (status == EXIT_STATUS_OK) status = propose_all(im, PASS_AFTERWARDS);
    if (im->done) cli_progress(im->c.cli, "import", 1, 1);
    return status == EXIT_STATUS_OK ? keep(im) : status;
}

/* ---- answers ---- */

static struct roll_report report_of(struct import *im)
{
    return (struct roll_report){.table = &im->in.table,
                                .problems = &im->in.problems,
                                .known = im->in.known,
                                .diff = roll_input_has_errors(&im->in) ? NULL : &im->in.diff,
                                .lines_max = im->c.cli->json ? UINT32_MAX : REPORT_LINES};
}

static void print_json(struct import *im, str report)
{
    FILE *out = im->c.cli->out;
    fprintf(out, "{\"acts\":[%.*s],\"dry_run\":%s,\"left_where_they_are\":%u,\"report\":%.*s}\n",
            STR_ARG(buf_str(&im->outcome)), im->dry ? "true" : "false", im->left,
            STR_ARG(str_trim(report)));
}

static void print_done(const struct import *im)
{
    const uint32_t *n = im->in.diff.by_kind;
    FILE *out = im->c.cli->out;
    const struct state *s = im->c.state;
    bool waits = im->acts && state_proposal_by_id(s, &im->c.last.id) != ROW_NONE;
    fprintf(out,
            "%u new, %u moved, %u changed, %u as they were, %u absent from the file and left on "
            "the roll\n",
            n[ROLL_NEW], n[ROLL_MOVED] - im->left, n[ROLL_CHANGED], n[ROLL_SAME], n[ROLL_ABSENT]);
    if (im->founded_units) fprintf(out, "%u units founded\n", im->founded_units);
    if (im->left)
        fprintf(out,
                "%u stand in another unit of the file and stay where they are: they have not asked "
                "to move "
                "(plenary roll move)\n",
                im->left);
    if (!im->acts)
        fprintf(out, "nothing to change\n");
    else if (im->acts == 1)
        fprintf(out, "recorded as no. %llu\n", (unsigned long long)im->c.last.index);
    else
        fprintf(out, "recorded as nos. %llu to %llu\n", (unsigned long long)im->c.first_index,
                (unsigned long long)im->c.last.index);
    if (waits)
        fprintf(out, "each waits for the second of another steward: plenary roll proposals, "
                     "plenary roll second ID\n");
}

static int print_report(struct import *im, bool to_read)
{
    struct buf text;
    struct roll_report report = report_of(im);
    buf_init(&text, alloc_libc, REPORT_MAX);
    enum code code =
        im->c.cli->json ? roll_report_json(&report, &text) : roll_report_text(&report, &text);
    if (code == CODE_OK) code = buf_check(&text);
    if (code == CODE_OK && im->c.cli->json)
        print_json(im, buf_str(&text));
    else if (code == CODE_OK && to_read)
        fwrite(text.at, 1, text.len, im->c.cli->out);
    buf_done(&text);
    return code == CODE_OK ? EXIT_STATUS_OK
                           : cli_complain(im->c.cli, NULL, code, &(struct fail){0});
}

static void warn(const struct import *im)
{
    uint32_t warnings = im->in.problems.total[PROBLEM_WARNING];
    if (warnings && !im->dry && !im->c.cli->json)
        fprintf(im->c.cli->err, "note: %u warnings about the file; --dry-run shows them\n",
                warnings);
    if (!im->in.nameless) return;
    fprintf(
        im->c.cli->err,
        "note: the numbers of %u members are not held on this machine; a row of theirs counts as "
        "somebody new\n",
        im->in.nameless);
}

static int after_reading(struct import *im)
{
    struct cli *cli = im->c.cli;
    if (roll_input_has_errors(&im->in)) {
        (void)print_report(im, true);
        fflush(cli->out);
        roll_input_complain(&im->in);
        return EXIT_STATUS_MALFORMED;
    }
    warn(im);
    int status = refuse_weights(im);
    if (status == EXIT_STATUS_OK) status = find_units(im);
    bool refused = im->unknown_units && !cli_switch(cli, "found-units");
    if (status == EXIT_STATUS_OK && !im->dry && !refused) status = carry_out(im);
    if (status == EXIT_STATUS_OK) status = print_report(im, im->dry || refused);
    if (status == EXIT_STATUS_OK && !cli->json && !im->dry && !refused) print_done(im);
    if (status == EXIT_STATUS_OK && refused) {
        fflush(cli->out);
        return complain_unknown_units(im);
    }
    return status;
}

int roll_run_import(struct cli *cli)
{
    struct import im = {.dry = cli_switch(cli, "dry-run")};
    buf_init(&im.list, alloc_libc, ROLL_LIST_MAX);
    buf_init(&im.document, alloc_libc, JSON_LINE_MAX);
    buf_init(&im.outcome, alloc_libc, REPORT_MAX);
    int status = client_open(&im.c, cli, im.dry ? NODE_READ : NODE_WRITE);
    if (status == EXIT_STATUS_OK) status = roll_input_read(&im.in, &im.c, cli->args[0]);
    if (status == EXIT_STATUS_OK) status = after_reading(&im);
    roll_input_done(&im.in);
    client_close(&im.c);
    buf_done(&im.list);
    buf_done(&im.document);
    buf_done(&im.outcome);
    return status;
}
