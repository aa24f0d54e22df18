#include "cli/roll_input.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/sort.h"
#include "cli/input.h"
#include "cli/people.h"

enum {
    PROBLEMS_KEPT = 1000, /* of each severity */
    MAPPING_MAX = 4096,   /* bytes */
    MAP_PAIRS_MAX = 32
};
#define MAPPING_KEY STR("roll_mapping")

/* ---- the mapping ---- */

struct map_pair {
    str key, value;
};

static bool says_yes(str value)
{
    return str_eq(value, STR("yes")) || str_eq(value, STR("true"));
}

static bool says_no(str value)
{
    return str_eq(value, STR("no")) || str_eq(value, STR("false"));
}

static void write_pair(struct json_writer *w, const struct map_pair *pair)
{
    uint64_t number;
    bool flag = str_eq(pair->key, STR("header")) || str_eq(pair->key, STR("unit_fills_down"));
    if (flag && (says_yes(pair->value) || says_no(pair->value)))
        json_kv_bool(w, pair->key, says_yes(pair->value));
    else if (str_to_u64(pair->value, &number))
        json_kv_u64(w, pair->key, number);
    else
        json_kv_str(w, pair->key, pair->value);
}

static int by_key(const void *a, const void *b, const void *context)
{
    (void)context;
    return str_cmp(((const struct map_pair *)a)->key, ((const struct map_pair *)b)->key);
}

/* "number=Nr.,name=Name" as the JSON that roll_mapping_decode reads. */
static enum code pairs_to_json(struct cli *cli, struct buf *ret, struct fail *fail)
{
    struct map_pair pairs[MAP_PAIRS_MAX];
    size_t count = 0;
    const char *option;
    for (uint32_t n = 0; (option = cli_option_at(cli, "map", n)); n++) {
        str rest = str_from(option);
        while (rest.len) {
            str value = str_cut(&rest, ','), key = str_cut(&value, '=');
            if (!key.len || !value.len || count == MAP_PAIRS_MAX)
                return fail_set(fail, CODE_MALFORMED, "mapping",
                                "--map %s: expected FIELD=HEADING,…", option);
            pairs[count++] = (struct map_pair){str_trim(key), str_trim(value)};
        }
    }
    TRY(sort_stable(pairs, count, sizeof *pairs, by_key, NULL, alloc_libc));
    struct json_writer w;
    json_writer_init_free(&w, ret);
    json_object(&w);
    for (size_t i = 0; i < count; i++) write_pair(&w, &pairs[i]);
    json_object_end(&w);
    return buf_check(ret);
}

/* The mapping the command line asks for, or the one remembered; `*ret_asked` tells which. Empty:
 * none. */
static enum code mapping_text(struct roll_input *in, struct buf *ret, bool *ret_asked,
                              struct fail *fail)
{
    struct cli *cli = in->client->cli;
    const char *file = cli_option(cli, "mapping");
    *ret_asked = file || cli_option(cli, "map");
    if (file) {
        buf_done(ret);
        return input_read(file, MAPPING_MAX, ret, fail);
    }
    if (*ret_asked) return pairs_to_json(cli, ret, fail);
    enum code code = store_meta_get(node_store(in->client->node), MAPPING_KEY, ret, fail);
    return code == CODE_NOT_FOUND ? CODE_OK : code;
}

enum code roll_input_remember(struct roll_input *in, struct fail *fail)
{
    struct buf text;
    buf_init(&text, alloc_libc, MAPPING_MAX);
    roll_mapping_encode(&in->table.mapping, &text);
    enum code code = buf_check(&text);
    if (code == CODE_OK)
        code = store_meta_put(node_store(in->client->node), MAPPING_KEY, buf_str(&text), fail);
    buf_done(&text);
    return code;
}

/* ---- the roll as it stands ---- */

static int by_number(const void *a, const void *b, const void *context)
{
    (void)context;
    return str_cmp(((const struct roll_former *)a)->number,
                   ((const struct roll_former *)b)->number);
}

/* Copies: acts of this command add texts to the state, and its pool of texts may move. */
static enum code copy_unit_names(struct roll_input *in)
{
    const struct state *s = in->client->state;
    in->unit_names = ARENA_ARRAY(&in->arena, (size_t)s->unit.count + 1, str);
    if (!in->unit_names) return CODE_NO_MEMORY;
    for (uint32_t row = 0; row < s->unit.count; row++)
        if (!arena_copy(&in->arena, state_text(s, state_unit(s, row)->name), &in->unit_names[row]))
            return CODE_NO_MEMORY;
    return CODE_OK;
}

static struct roll_known known_of(const struct roll_input *in, uint32_t row,
                                  const struct person *person)
{
    const struct member_row *member = state_member(in->client->state, row);
    struct roll_known known = {.number = person->number,
                               .name = person->name,
                               .phone = person->phone,
                               .contact = person->email.len ? person->email : person->phone};
    if (member->unit_row != ROW_NONE) known.unit = in->unit_names[member->unit_row];
    if (!known.phone.at) known.phone = STR("");
    memcpy(known.mid, member->mid.bytes, sizeof known.mid);
    return known;
}

/* The diff matches by number, so that no two members may bear one. */
static enum code refuse_shared_numbers(struct roll_input *in, struct fail *fail)
{
    struct roll_former *all = ARENA_ARRAY(&in->arena, in->known_count + 1, struct roll_former);
    if (!all) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < in->known_count; i++)
        all[i] = (struct roll_former){in->known[i].number, i};
    TRY(sort_stable(all, in->known_count, sizeof *all, by_number, NULL, alloc_libc));
    for (uint32_t i = 1; i < in->known_count; i++)
        if (str_eq(all[i - 1].number, all[i].number))
            return fail_set(fail, CODE_CORRUPT, "number",
                            "two members of the roll bear the number %.*s: which one is "
                            "meant cannot be told",
                            STR_ARG(all[i].number));
    return CODE_OK;
}

static void take_member(struct roll_input *in, uint32_t row, const struct person *person)
{
    const struct state *s = in->client->state;
    bool active = state_is_active(s, row), numbered = person->number.len > 0;
    if (!active && numbered)
        in->former[in->former_count++] = (struct roll_former){person->number, row};
    if (active && !numbered && row != s->org.founder_row) in->nameless++;
    if (!active || !numbered) return;
    in->known[in->known_count] = known_of(in, row, person);
    in->known_row[in->known_count++] = row;
}

static enum code load_roll(struct roll_input *in, struct fail *fail)
{
    uint32_t count = in->client->state->member.count;
    struct people *people = client_people(in->client);
    in->known = ARENA_ARRAY(&in->arena, (size_t)count + 1, struct roll_known);
    in->known_row = ARENA_ARRAY(&in->arena, (size_t)count + 1, uint32_t);
    in->former = ARENA_ARRAY(&in->arena, (size_t)count + 1, struct roll_former);
    if (!people || !in->known || !in->known_row || !in->former) return CODE_NO_MEMORY;
    TRY(copy_unit_names(in));
    for (uint32_t row = 0; row < count; row++) {
        take_member(in, row, people_at(people, row));
        if (count > 20000 && row % 4096 == 0) cli_progress(in->client->cli, "roll", row, count);
    }
    if (count > 20000) cli_progress(in->client->cli, "roll", count, count);
    TRY(sort_stable(in->former, in->former_count, sizeof *in->former, by_number, NULL, alloc_libc));
    return refuse_shared_numbers(in, fail);
}

uint32_t roll_input_former(const struct roll_input *in, str number)
{
    uint32_t low = 0, high = in->former_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_cmp(in->former[middle].number, number) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < in->former_count && str_eq(in->former[low].number, number)
               ? in->former[low].member_row
               : ROW_NONE;
}

/* ---- reading ---- */

bool roll_input_has_errors(const struct roll_input *in)
{
    return in->problems.total[PROBLEM_ERROR] > 0;
}

static enum code read_by(struct roll_input *in, const struct roll_mapping *mapping,
                         struct fail *fail)
{
    const char *unit = cli_option(in->client->cli, "unit");
    struct roll_options options = {.mapping = mapping,
                                   .unit = str_from(unit),
                                   .known = in->known,
                                   .known_count = in->known_count,
                                   .year = civil_from_unix(node_now(in->client->node), 0).year};
    problems_init(&in->problems, &in->arena, PROBLEMS_KEPT);
    return roll_read(buf_str(&in->file), &options, &in->problems, &in->table, fail);
}

/* Do the errors say that columns were not found? Then a remembered mapping belongs to another kind
 * of file. */
static bool columns_unknown(const struct roll_input *in)
{
    for (uint32_t i = 0; i < problems_kept(&in->problems, PROBLEM_ERROR); i++) {
        const char *reason = in->problems.kept[PROBLEM_ERROR][i].reason;
        if (strcmp(reason, "column") == 0 || strcmp(reason, "header") == 0) return true;
    }
    return false;
}

static enum code read_rows(struct roll_input *in, str text, bool asked, const char **ret_where,
                           struct fail *fail)
{
    struct roll_mapping mapping;
    if (text.len) {
        *ret_where = cli_option(in->client->cli, "mapping");
        TRY(roll_mapping_decode(text, &in->arena, &mapping, fail));
        *ret_where = in->path;
    }
    TRY(read_by(in, text.len ? &mapping : NULL, fail));
    return text.len && !asked && columns_unknown(in) ? read_by(in, NULL, fail) : CODE_OK;
}

/* `*ret_where`: the file that a failure is about, NULL when it is none of the user's. */
static enum code read_all(struct roll_input *in, struct buf *mapping, const char **ret_where,
                          struct fail *fail)
{
    bool asked = false;
    str text;
    *ret_where = in->path;
    TRY(input_read(in->path, CSV_BYTES_MAX, &in->file, fail));
    *ret_where = NULL;
    TRY(load_roll(in, fail));
    *ret_where = cli_option(in->client->cli, "mapping");
    TRY(mapping_text(in, mapping, &asked, fail));
    if (!arena_copy(&in->arena, str_trim(buf_str(mapping)), &text)) return CODE_NO_MEMORY;
    *ret_where = in->path;
    TRY(read_rows(in, text, asked, ret_where, fail));
    if (roll_input_has_errors(in)) return CODE_OK;
    return roll_diff_make(&in->table, in->known, in->known_count, &in->arena, &in->diff);
}

int roll_input_read(struct roll_input *in, struct client *c, const char *path)
{
    struct fail fail = {0};
    struct buf mapping;
    const char *where;
    *in = (struct roll_input){.client = c, .path = path};
    arena_init(&in->arena, alloc_libc, (size_t)4 << 30);
    buf_init(&mapping, alloc_libc, MAPPING_MAX);
    enum code code = read_all(in, &mapping, &where, &fail);
    buf_done(&mapping);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, where, code, &fail);
}

void roll_input_done(struct roll_input *in)
{
    buf_done(&in->file);
    arena_done(&in->arena);
}

void roll_input_complain(const struct roll_input *in)
{
    FILE *err = in->client->cli->err;
    const struct problems *problems = &in->problems;
    for (uint32_t i = 0; i < problems_kept(problems, PROBLEM_ERROR); i++) {
        const struct problem *problem = &problems->kept[PROBLEM_ERROR][i];
        fprintf(err, "%s:", in->path);
        if (problem->place.line) fprintf(err, "%u:", problem->place.line);
        if (problem->place.column) fprintf(err, "%u:", problem->place.column);
        fprintf(err, " %.*s%s%.*s\n", STR_ARG(problem->message), problem->advice.len ? "; " : "",
                STR_ARG(problem->advice));
    }
    if (problems->total[PROBLEM_ERROR] > problems_kept(problems, PROBLEM_ERROR))
        fprintf(err, "%s: and %u more\n", in->path,
                problems->total[PROBLEM_ERROR] - problems_kept(problems, PROBLEM_ERROR));
    fprintf(err, "%s: nothing was changed\n", in->path);
}
