/* roll_show.c - plenary roll show, export, check: the roll as it stands, with names where this
 * machine holds them. */
#include "base/json.h"
#include "cli/client.h"
#include "cli/outfile.h"
#include "cli/people.h"
#include "cli/roll.h"
#include "core/institutions/unit.h"

#define JSON_OUT_MAX ((size_t)1 << 30)

static const char *status_word(enum member_status status)
{
    switch (status) {
    case MEMBER_ACTIVE: return "member";
    case MEMBER_LAPSED: return "lapsed";
    case MEMBER_RESIGNED: return "resigned";
    }
    return "";
}

struct key_counts {
    uint32_t confirmed, provisional;
};

static struct key_counts count_keys(const struct state *s, uint32_t member_row)
{
    struct key_counts counts = {0};
    uint32_t row = state_member(s, member_row)->first_key_row;
    for (; row != ROW_NONE; row = state_key(s, row)->next_of_member) {
        counts.confirmed += state_key(s, row)->state == KEY_CONFIRMED;
        counts.provisional += state_key(s, row)->state == KEY_PROVISIONAL;
    }
    return counts;
}

static bool has_code(const struct member_row *member)
{
    static const key32 none;
    return !key32_eq(&member->enrol_key, &none) && !member->code_used;
}

static const char *access_word(const struct state *s, uint32_t row)
{
    struct key_counts keys = count_keys(s, row);
    if (keys.confirmed) return "key";
    if (keys.provisional) return "provisional key";
    return has_code(state_member(s, row)) ? "code issued" : "no code yet";
}

static const struct person *person_of(struct client *c, uint32_t row)
{
    static const struct person nobody;
    struct people *people = client_people(c);
    return people ? people_at(people, row) : &nobody;
}

static void write_member(struct client *c, struct json_writer *w, uint32_t row)
{
    const struct member_row *member = state_member(c->state, row);
    const struct person *person = person_of(c, row);
    struct key_counts keys = count_keys(c->state, row);
    json_object(w);
    json_kv_hex(w, STR("mid"), member->mid.bytes, sizeof member->mid);
    json_kv_str(w, STR("number"), person->number);
    json_kv_str(w, STR("name"), person->name);
    json_kv_str(w, STR("email"), person->email);
    json_kv_str(w, STR("phone"), person->phone);
    json_kv_str(w, STR("status"), str_from(status_word((enum member_status)member->status)));
    json_kv_u64(w, STR("since"), member->since);
    json_kv_u64(w, STR("keys"), keys.confirmed);
    json_kv_u64(w, STR("provisional_keys"), keys.provisional);
    json_kv_bool(w, STR("code_issued"), has_code(member));
    json_object_end(w);
}

static void print_member(struct client *c, uint32_t row)
{
    const struct person *person = person_of(c, row);
    const char *mid = client_hex(c, state_member(c->state, row)->mid.bytes, 16);
    bool named = person->name.len > 0;
    fprintf(c->cli->out, "  %-12.*s  %.8s  %-16s %.*s\n", STR_ARG(person->number), mid,
            access_word(c->state, row),
            STR_ARG(named ? person->name : STR("(no name on this machine)")));
}

static str unit_name(const struct state *s, uint32_t row)
{
    return row == ROW_NONE ? STR("") : state_text(s, state_unit(s, row)->name);
}

static void open_unit(struct client *c, struct json_writer *w, uint32_t unit_row)
{
    const struct unit_row *unit = state_unit(c->state, unit_row);
    json_object(w);
    json_kv_str(w, STR("unit"), unit_name(c->state, unit_row));
    json_kv_hex(w, STR("id"), unit->id.bytes, sizeof unit->id);
    json_kv_u64(w, STR("members"), unit->member_count);
}

static void show_unit(struct client *c, struct json_writer *w, uint32_t unit_row)
{
    const struct unit_row *unit = state_unit(c->state, unit_row);
    if (c->cli->json) {
        open_unit(c, w, unit_row);
        json_key(w, STR("list"));
        json_array(w);
    } else {
        fprintf(c->cli->out, "%.*s: %u members\n", STR_ARG(unit_name(c->state, unit_row)),
                unit->member_count);
    }
    for (uint32_t row = unit->first_member; row != ROW_NONE;
         row = state_member(c->state, row)->next_in_unit) {
        if (c->cli->json)
            write_member(c, w, row);
        else
            print_member(c, row);
    }
    if (!c->cli->json) return;
    json_array_end(w);
    json_object_end(w);
}

/* Without names: how far each unit has come. */
static void sum_unit(struct client *c, struct json_writer *w, uint32_t unit_row)
{
    const struct unit_row *unit = state_unit(c->state, unit_row);
    uint32_t keyed = 0, coded = 0;
    for (uint32_t row = unit->first_member; row != ROW_NONE;
         row = state_member(c->state, row)->next_in_unit) {
        keyed += count_keys(c->state, row).confirmed > 0;
        coded += has_code(state_member(c->state, row));
    }
    if (!c->cli->json) {
        fprintf(c->cli->out, "  %7u %7u %7u  %.*s\n", unit->member_count, coded, keyed,
                STR_ARG(unit_name(c->state, unit_row)));
        return;
    }
    open_unit(c, w, unit_row);
    json_kv_u64(w, STR("codes_out"), coded);
    json_kv_u64(w, STR("with_key"), keyed);
    json_object_end(w);
}

static void show_all(struct client *c, struct json_writer *w, bool names)
{
    if (!c->cli->json && !names) fprintf(c->cli->out, "  members   codes    keys  unit\n");
    if (c->cli->json) json_array(w);
    for (uint32_t row = 0; row < c->state->unit.count; row++) {
        if (!unit_is_open(c->state, row)) continue;
        if (names)
            show_unit(c, w, row);
        else
            sum_unit(c, w, row);
    }
    if (c->cli->json) json_array_end(w);
}

static int show(struct client *c)
{
    const char *typed = cli_option(c->cli, "unit");
    uint32_t unit_row = typed ? client_unit(c, typed) : ROW_NONE;
    if (typed && unit_row == ROW_NONE) return EXIT_STATUS_USAGE;
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, JSON_OUT_MAX);
    json_writer_init_free(&w, &out);
    if (typed)
        show_unit(c, &w, unit_row);
    else
        show_all(c, &w, cli_switch(c->cli, "names"));
    if (c->cli->json) fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    buf_done(&out);
    return EXIT_STATUS_OK;
}

int roll_run_show(struct cli *cli)
{
    return client_run(cli, NODE_READ, show);
}

/* ---- export ---- */

/* RFC 4180: quotes where a cell needs them. */
static void put_cell(FILE *out, str cell, char after)
{
    bool plain = true;
    for (size_t i = 0; i < cell.len; i++)
        if (strchr(",;\t|\"\r\n", cell.at[i])) plain = false;
    if (!plain) fputc('"', out);
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"') fputc('"', out);
        fputc(cell.at[i], out);
    }
    if (!plain) fputc('"', out);
    fputc(after, out);
}

static void put_person(FILE *out, const struct person *person, str unit)
{
    put_cell(out, person->number, ',');
    put_cell(out, person->name, ',');
    put_cell(out, person->given, ',');
    put_cell(out, person->family, ',');
    put_cell(out, unit, ',');
    put_cell(out, person->email, ',');
    put_cell(out, person->phone, ',');
    put_cell(out, person->born, '\n');
}

struct exported {
    uint32_t written, nameless;
};

static struct exported put_roll(struct client *c, FILE *out, uint32_t only_unit)
{
    const struct state *s = c->state;
    struct people *people = client_people(c);
    struct exported count = {0};
    fprintf(out,
            "\xef\xbb\xbfNumber,Name,Given name,Family name,Unit,E-mail,Phone,Date of birth\n");
    for (uint32_t row = 0; people && row < s->member.count; row++) {
        const struct member_row *member = state_member(s, row);
        if (!state_is_active(s, row) || member->unit_row == ROW_NONE) continue;
        if (only_unit != ROW_NONE && member->unit_row != only_unit) continue;
        if (s->member.count > 20000 && row % 4096 == 0)
            cli_progress(c->cli, "export", row, s->member.count);
        const struct person *person = people_at(people, row);
        if (!person->number.len || !person->name.len) {
            count.nameless++;
            continue;
        }
        put_person(out, person, unit_name(s, member->unit_row));
        count.written++;
    }
    if (s->member.count > 20000) cli_progress(c->cli, "export", 1, 1);
    return count;
}

static int export(struct client *c)
{
    struct fail fail = {0};
    struct outfile file;
    const char *typed = cli_option(c->cli, "unit");
    uint32_t unit_row = typed ? client_unit(c, typed) : ROW_NONE;
    if (typed && unit_row == ROW_NONE) return EXIT_STATUS_USAGE;
    enum code code = outfile_open(&file, c->cli->args[0], c->cli->out, &fail);
    struct exported count = {0};
    if (code == CODE_OK) count = put_roll(c, file.to, unit_row);
    if (code == CODE_OK) code = outfile_keep(&file, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, c->cli->args[0], code, &fail);
    if (count.nameless)
        fprintf(c->cli->err,
                "note: %u members are left out: their names are not held on this machine\n",
                count.nameless);
    if (strcmp(c->cli->args[0], "-") == 0) return EXIT_STATUS_OK;
    if (c->cli->json)
        fprintf(c->cli->out, "{\"left_out\":%u,\"members\":%u}\n", count.nameless, count.written);
    else
        fprintf(c->cli->out, "%u members in %s, for your eyes only\n", count.written,
                c->cli->args[0]);
    return EXIT_STATUS_OK;
}

int roll_run_export(struct cli *cli)
{
    return client_run(cli, NODE_READ, export);
}

/* ---- "is my unit's list right?" ---- */

static int check(struct client *c)
{
    uint32_t row = client_unit(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    const struct unit_row *unit = state_unit(c->state, row);
    hash32 digest = unit_digest(c->state, row);
    const char *hex = client_hex(c, digest.bytes, sizeof digest);
    if (c->cli->json) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, alloc_libc, JSON_OUT_MAX);
        json_writer_init_free(&w, &out);
        open_unit(c, &w, row);
        json_kv_str(&w, STR("digest"), str_from(hex));
        json_kv_u64(&w, STR("confirmed"), unit->confirmed);
        json_object_end(&w);
        fprintf(c->cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
        buf_done(&out);
        return EXIT_STATUS_OK;
    }
    for (uint32_t m = unit->first_member; m != ROW_NONE;
         m = state_member(c->state, m)->next_in_unit)
        print_member(c, m);
    fprintf(c->cli->out, "\n%.*s has %u members; digest of the list %s\n",
            STR_ARG(unit_name(c->state, row)), unit->member_count, hex);
    if (unit->confirmed)
        fprintf(c->cli->out, "confirmed by two stewards at %s\n", client_time(c, unit->confirmed));
    else
        fprintf(c->cli->out,
                "Is this everyone, and nobody else? Two stewards confirm it, each with\n"
                "  plenary unit confirm '%.*s' --as NUMBER\n",
                STR_ARG(unit_name(c->state, row)));
    return EXIT_STATUS_OK;
}

int roll_run_check(struct cli *cli)
{
    return client_run(cli, NODE_READ, check);
}
