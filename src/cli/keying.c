#include "cli/keying.h"

#include "base/json.h"
#include "cli/input.h"
#include "core/count/format.h"
#include "io/file.h"
#include "store/store.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { KEPT_MAX = PAPERS_BLOB_MAX + 4096 /* bytes */ };

/* ---- the sheet ---- */

static uint32_t *sheet_field(struct paper_sheet *sheet, str name)
{
    const struct {
        str name;
        uint32_t *at;
    } fields[] = {{STR("issued"), &sheet->issued},
                  {STR("unused"), &sheet->unused},
                  {STR("not_returned"), &sheet->not_returned},
                  {STR("blank"), &sheet->blank},
                  {STR("other"), &sheet->other},
                  {STR("unclear"), &sheet->unclear},
                  {STR("valid"), &sheet->valid}};
    for (size_t i = 0; i < COUNT(fields); i++)
        if (str_eq(fields[i].name, name)) return fields[i].at;
    return NULL;
}

static int read_sheet_text(struct client *c, struct paper_sheet *sheet)
{
    str all = str_from(cli_option(c->cli, "sheet")), rest = all;
    while (rest.len) {
        size_t column = (size_t)(rest.at - all.at) + 1;
        str value = str_cut(&rest, ','), name = str_cut(&value, '=');
        uint32_t *field = sheet_field(sheet, name);
        uint64_t number;
        if (!field)
            return election_malformed(
                c, "--sheet", column,
                "expected issued, unused, not_returned, blank, other, unclear or valid");
        if (!str_to_u64(value, &number) || number > UINT32_MAX)
            return election_malformed(c, "--sheet", column + name.len + 1,
                                      "expected a number of papers");
        *field = (uint32_t)number;
    }
    return EXIT_STATUS_OK;
}

/* What became of every paper: the file's papers, and what --sheet says of the others. */
static int make_sheet(struct client *c, uint32_t valid, uint32_t blank, struct paper_sheet *ret)
{
    struct paper_sheet sheet = {.issued = UINT32_MAX, .valid = valid, .blank = blank};
    ELECTION_STEPS(read_sheet_text(c, &sheet));
    uint64_t sum = (uint64_t)sheet.valid + sheet.blank + sheet.other + sheet.unclear +
                   sheet.unused + sheet.not_returned;
    if (sheet.issued == UINT32_MAX && sum < UINT32_MAX) sheet.issued = (uint32_t)sum;
    if (sheet.valid != valid)
        return election_malformed(c, "--sheet", 1, "%u valid papers, but the file has %u",
                                  sheet.valid, valid);
    if (sheet.blank < blank)
        return election_malformed(
            c, "--sheet", 1, "%u blank papers, but %u of the file name nobody", sheet.blank, blank);
    if (!paper_sheet_adds_up(&sheet))
        return election_malformed(
            c, "--sheet", 1, "%u issued papers, but %llu valid, rejected, unused and not returned",
            sheet.issued, (unsigned long long)sum);
    *ret = sheet;
    return EXIT_STATUS_OK;
}

/* ---- the papers ---- */

static int fits_cell(struct client *c, uint32_t cell_row, const char *path,
                     const struct profile *profile)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    struct fail fail = {.line = 1, .column = 1};
    (void)snprintf(fail.message, sizeof fail.message, "%u candidates here, %u in the cell",
                   profile->candidates, cell->candidate_count);
    if (profile->candidates != cell->candidate_count)
        return cli_complain(c->cli, path, CODE_MALFORMED, &fail);
    fail.line = fail.column = 0;
    (void)snprintf(fail.message, sizeof fail.message,
                   "candidates on one rank: a paper for this count has no equal ranks");
    for (size_t i = 0; i < profile->preference_count; i++)
        if (profile->preferences[i] & PREFERENCE_EQUAL)
            return cli_complain(c->cli, path, CODE_MALFORMED, &fail);
    return EXIT_STATUS_OK;
}

/* Numbers decide; a name that is another's in the cell is a slip to be looked at. */
static void compare_names(struct client *c, uint32_t cell_row, const char *path,
                          const struct profile *profile)
{
    const struct cell_row *cell = state_cell(c->state, cell_row);
    for (uint32_t row = cell->first_candidate; row != ROW_NONE;
         row = state_candidate(c->state, row)->next_in_cell) {
        const struct candidate_row *candidate = state_candidate(c->state, row);
        if (candidate->number == 0) continue;
        str in_file = profile->names[candidate->number - 1];
        if (in_file.len == 0 || election_candidate_meant(c, cell_row, in_file) == candidate->number)
            continue;
        fprintf(c->cli->err,
                "%s: warning: candidate %u is \"%.*s\" here and \"%.*s\" on the ballot paper\n",
                path, candidate->number, STR_ARG(in_file),
                STR_ARG(client_name_of(c, candidate->member_row)));
    }
}

static void write_paper(struct json_writer *w, uint64_t number, const struct profile *profile,
                        const struct ballot_group *group)
{
    json_object(w);
    json_kv_u64(w, STR("n"), number);
    json_key(w, STR("ranks"));
    json_array(w);
    for (uint32_t i = 0; i < group->length; i++)
        json_u64(w, (uint64_t)preference_candidate(profile->preferences[group->first + i]) + 1);
    json_array_end(w);
    json_object_end(w);
}

/* Papers are numbered as they stand in the file. */
static void write_papers(const struct profile *profile, struct buf *out, uint32_t *ret_valid,
                         uint32_t *ret_blank)
{
    struct json_writer w;
    uint64_t number = 0;
    *ret_valid = *ret_blank = 0;
    json_writer_init(&w, out);
    json_object(&w);
    json_key(&w, STR("papers"));
    json_array(&w);
    for (size_t i = 0; i < profile->group_count && !out->failed; i++)
        for (uint64_t k = 0; k < profile->groups[i].weight && !out->failed; k++) {
            number++;
            if (profile->groups[i].length) write_paper(&w, number, profile, &profile->groups[i]);
            *(profile->groups[i].length ? ret_valid : ret_blank) += 1;
        }
    json_array_end(&w);
    json_object_end(&w);
}

/* Texts of the keying into the client's arena. */
static int settle_keying(struct client *c, const struct profile *profile, const char *path,
                         struct keying *ret)
{
    struct fail fail = {.message = "too many papers for one pile: key it as several piles"};
    struct paper_sheet sheet;
    struct buf papers, sheet_text;
    uint32_t valid, blank;
    buf_init(&papers, alloc_libc, PAPERS_BLOB_MAX);
    write_papers(profile, &papers, &valid, &blank);
    int status = buf_check(&papers) == CODE_OK ? make_sheet(c, valid, blank, &sheet)
                                               : cli_complain(c->cli, path, CODE_TOO_BIG, &fail);
    buf_init(&sheet_text, alloc_libc, PAPER_SHEET_MAX);
    if (status == EXIT_STATUS_OK) paper_sheet_write(&sheet, &sheet_text);
    bool kept = arena_copy(&c->arena, buf_str(&papers), &ret->papers) &&
                arena_copy(&c->arena, buf_str(&sheet_text), &ret->sheet);
    buf_done(&papers);
    buf_done(&sheet_text);
    if (status == EXIT_STATUS_OK && !kept) status = EXIT_STATUS_FAILED;
    return status;
}

int keying_read(struct client *c, uint32_t cell_row, const char *path, struct keying *ret)
{
    struct fail fail = {0};
    struct buf text;
    struct profile profile;
    enum count_format format;
    enum code code = input_read(path, COUNT_FILE_MAX, &text, &fail);
    if (!count_format_by_name(str_from(path), &format)) format = count_format_guess(buf_str(&text));
    if (code == CODE_OK)
        code = count_format_read(format, buf_str(&text), &c->arena, &profile, &fail);
    int status = code == CODE_OK ? fits_cell(c, cell_row, path, &profile)
                                 : cli_complain(c->cli, path, code, &fail);
    if (status == EXIT_STATUS_OK) compare_names(c, cell_row, path, &profile);
    if (status == EXIT_STATUS_OK) status = settle_keying(c, &profile, path, ret);
    buf_done(&text);
    ret->name = sha256_of(ret->papers);
    sign_random(ret->salt.bytes, sizeof ret->salt);
    return status;
}

/* ---- kept between seal and reveal ---- */

/* "<election>-<cell>-<pile>-<round>-<teller>" */
static const char *kept_name(struct client *c, const struct keying_place *place)
{
    const struct cell_row *cell = state_cell(c->state, place->cell_row);
    return client_text(
        c, "%.16s-%u-%u-%u-%s", election_hex(c, cell->election_row),
        election_cell_number(c->state, place->cell_row), place->pile, cell->recounts,
        client_hex(c, state_member(c->state, place->teller_row)->mid.bytes, sizeof(mid16)));
}

static enum code open_piles(struct client *c, bool make, int *ret, struct fail *fail)
{
    const char *keys = client_text(c, "%s/keys", c->cli->dir);
    CLEANUP(io_close_fd) int keys_fd = -1;
    TRY(io_open_dir(AT_FDCWD, keys, false, 0700, &keys_fd, fail));
    return io_open_dir(keys_fd, "piles", make, 0700, ret, fail);
}

int keying_keep(struct client *c, const struct keying_place *place, const struct keying *keying)
{
    struct fail fail = {0};
    struct buf text;
    struct json_writer w;
    CLEANUP(io_close_fd) int folder = -1;
    buf_init(&text, alloc_libc, KEPT_MAX);
    json_writer_init(&w, &text);
    json_object(&w);
    json_key(&w, STR("papers"));
    json_raw(&w, keying->papers);
    json_kv_hex(&w, STR("salt"), keying->salt.bytes, sizeof keying->salt);
    json_key(&w, STR("sheet"));
    json_raw(&w, keying->sheet);
    json_object_end(&w);
    enum code code = buf_check(&text);
    if (code == CODE_OK) code = open_piles(c, true, &folder, &fail);
    if (code == CODE_OK)
        code =
            io_write_atomic(folder, kept_name(c, place), buf_str(&text), 0600, IO_DURABLE, &fail);
    buf_done(&text);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, "keys/piles", code, &fail);
}

static enum code decode_kept(struct client *c, str text, struct keying *ret, struct fail *fail)
{
    const struct json *object;
    TRY(json_parse(text, KEPT_MAX, &c->arena, &object, fail));
    struct fields f = fields_of(object);
    const struct json *papers = fields_object(&f, STR("papers"));
    fields_hex(&f, STR("salt"), ret->salt.bytes, sizeof ret->salt);
    const struct json *sheet = fields_object(&f, STR("sheet"));
    TRY(fields_end(&f, fail));
    if (!arena_copy(&c->arena, papers->raw, &ret->papers)) return CODE_NO_MEMORY;
    if (!arena_copy(&c->arena, sheet->raw, &ret->sheet)) return CODE_NO_MEMORY;
    ret->name = sha256_of(ret->papers);
    return CODE_OK;
}

int keying_kept(struct client *c, const struct keying_place *place, struct keying *ret)
{
    struct fail fail = {0};
    struct buf text;
    CLEANUP(io_close_fd) int folder = -1;
    buf_init(&text, alloc_libc, KEPT_MAX);
    enum code code = open_piles(c, false, &folder, &fail);
    if (code == CODE_OK) code = io_read_file(folder, kept_name(c, place), &text, &fail);
    if (code == CODE_OK) code = decode_kept(c, buf_str(&text), ret, &fail);
    buf_done(&text);
    if (code == CODE_OK) return EXIT_STATUS_OK;
    if (code == CODE_NOT_FOUND)
        (void)snprintf(
            fail.message, sizeof fail.message,
            "this teller's keying of pile %u is not on this machine: reveal where it was sealed",
            place->pile);
    return cli_complain(c->cli, NULL, code, &fail);
}

void keying_forget(struct client *c, const struct keying_place *place)
{
    CLEANUP(io_close_fd) int folder = -1;
    if (open_piles(c, false, &folder, NULL) == CODE_OK)
        (void)unlinkat(folder, kept_name(c, place), 0);
}

/* ---- differences ---- */

static enum code read_blob(struct client *c, const hash32 *name, struct papers_blob *ret,
                           struct fail *fail)
{
    struct buf text;
    str kept;
    buf_init(&text, alloc_libc, PAPERS_BLOB_MAX);
    enum code code = store_blob_get(node_store(c->node), name, &text, fail);
    if (code == CODE_OK && !arena_copy(&c->arena, buf_str(&text), &kept)) code = CODE_NO_MEMORY;
    buf_done(&text);
    return code == CODE_OK ? papers_read(kept, &c->arena, ret, fail) : code;
}

static uint64_t paper_number(const struct json *paper)
{
    const struct json *number = json_get(paper, STR("n"));
    return number ? number->integer : UINT64_MAX;
}

static str paper_ranks(const struct json *paper)
{
    const struct json *ranks = json_get(paper, STR("ranks"));
    return ranks ? ranks->raw : (str){"", 0};
}

/* Both lists ascend by number: one walk over the two. */
static void walk(const struct papers_blob blob[2], struct keying_differences *ret)
{
    const struct json *at[2] = {json_first(blob[0].papers), json_first(blob[1].papers)};
    while (at[0] || at[1]) {
        uint64_t number[2], least;
        struct keying_difference difference = {0};
        for (int i = 0; i < 2; i++) number[i] = at[i] ? paper_number(at[i]) : UINT64_MAX;
        least = number[0] < number[1] ? number[0] : number[1];
        for (int i = 0; i < 2; i++) {
            if (!at[i] || number[i] != least) continue;
            difference.keyed[i] = paper_ranks(at[i]);
            at[i] = json_next(blob[i].papers, at[i]);
        }
        difference.paper = least;
        if (!str_eq(difference.keyed[0], difference.keyed[1])) ret->at[ret->count++] = difference;
    }
}

int keying_compare(struct client *c, const struct pile_row *pile, struct keying_differences *ret)
{
    struct fail fail = {0};
    struct papers_blob blob[2];
    enum code code = read_blob(c, &pile->papers[0], &blob[0], &fail);
    if (code == CODE_OK) code = read_blob(c, &pile->papers[1], &blob[1], &fail);
    *ret = (struct keying_differences){0};
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    ret->at =
        ARENA_ARRAY(&c->arena, (size_t)blob[0].count + blob[1].count + 1, struct keying_difference);
    if (!ret->at) return EXIT_STATUS_FAILED;
    walk(blob, ret);
    return EXIT_STATUS_OK;
}
