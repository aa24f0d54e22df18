/* roll_codes.c - plenary roll codes: membership codes for members without a key, drawn, published
 * as enrolment keys, and written on letters. The codes themselves exist on the letters and, if
 * asked for, in one sealed file of the registrar; never in the organisation's folder. */
#include "base/civil.h"
#include "base/json.h"
#include "base/sort.h"
#include "cli/client.h"
#include "cli/letters.h"
#include "cli/outfile.h"
#include "cli/passphrase.h"
#include "cli/people.h"
#include "cli/roll.h"
#include "core/institutions/key.h"
#include "core/institutions/unit.h"
#include "core/record/membercode.h"
#include "sign/sealed.h"

enum {
    CODES_AT_ONCE = 400,
    SECRETS_MAX = 128 << 20,
    SNAPSHOT_FROM = 10000 /* codes: later commands would feel their replay */
};

struct drawn {
    uint32_t member_row, place; /* place: in the order of letters */
    mid16 mid;
    struct membercode code;
};

struct codes {
    struct client *c;
    struct drawn *drawn; /* by unit, as the lists stand; then ascending by mid; then as before */
    uint32_t count, nameless;
    struct outfile letters, secrets;
    struct buf passphrase;
};

/* ---- who gets one ---- */

static bool wants_code(const struct client *c, uint32_t row)
{
    static const key32 none;
    const struct member_row *member = state_member(c->state, row);
    if (!state_is_active(c->state, row) || key_any_confirmed(c->state, row)) return false;
    bool waiting = !key32_eq(&member->enrol_key, &none) && !member->code_used;
    bool typed = cli_option(c->cli, "member") != NULL;
    return !waiting || typed || cli_switch(c->cli, "again");
}

static void draw_one(struct codes *k, uint32_t row)
{
    struct people *people = client_people(k->c);
    const struct person *person = people ? people_at(people, row) : NULL;
    if (!person || !person->name.len) {
        k->nameless++;
        return;
    }
    struct drawn *drawn = &k->drawn[k->count];
    *drawn = (struct drawn){
        .member_row = row, .place = k->count, .mid = state_member(k->c->state, row)->mid};
    k->count++;
    if (k->c->is_rehearsal)
        rehearsal_code(&k->c->rehearsal, &drawn->mid, &drawn->code);
    else
        sign_random(drawn->code.bytes, sizeof drawn->code.bytes);
}

static void draw_unit(struct codes *k, uint32_t unit_row)
{
    uint32_t row = state_unit(k->c->state, unit_row)->first_member;
    for (; row != ROW_NONE; row = state_member(k->c->state, row)->next_in_unit)
        if (wants_code(k->c, row)) draw_one(k, row);
}

static int draw_members(struct codes *k)
{
    const char *typed;
    for (uint32_t n = 0; (typed = cli_option_at(k->c->cli, "member", n)); n++) {
        uint32_t row = client_member(k->c, typed);
        if (row == ROW_NONE) return EXIT_STATUS_USAGE;
        if (!wants_code(k->c, row))
            return cli_usage(k->c->cli, "%s has a key already and needs no code", typed);
        draw_one(k, row);
    }
    return EXIT_STATUS_OK;
}

static int draw(struct codes *k)
{
    const char *unit = cli_option(k->c->cli, "unit");
    uint32_t unit_row = unit ? client_unit(k->c, unit) : ROW_NONE;
    if (unit && unit_row == ROW_NONE) return EXIT_STATUS_USAGE;
    k->drawn = ARENA_ARRAY(&k->c->arena, (size_t)k->c->state->member.count + COMMAND_ARGS_MAX,
                           struct drawn);
    if (!k->drawn) return cli_complain(k->c->cli, NULL, CODE_NO_MEMORY, &(struct fail){0});
    if (cli_option(k->c->cli, "member")) return draw_members(k);
    for (uint32_t row = 0; row < k->c->state->unit.count; row++)
        if (unit_is_open(k->c->state, row) &&
            (!unit || state_unit_under(k->c->state, row, unit_row)))
            draw_unit(k, row);
    return EXIT_STATUS_OK;
}

/* ---- the acts ---- */

static int by_mid(const void *a, const void *b, const void *context)
{
    (void)context;
    return mid16_cmp(&((const struct drawn *)a)->mid, &((const struct drawn *)b)->mid);
}

static int by_place(const void *a, const void *b, const void *context)
{
    (void)context;
    uint32_t one = ((const struct drawn *)a)->place, two = ((const struct drawn *)b)->place;
    return (one > two) - (one < two);
}

static key32 enrolment_key(const struct membercode *code, str origin)
{
    uint8_t seed[32];
    struct secret_key secret;
    membercode_enrol_seed(code, origin, seed);
    secret_key_from_seed(&secret, seed);
    key32 key = secret_key_public(&secret);
    secret_key_done(&secret);
    sign_wipe(seed, sizeof seed);
    return key;
}

static int issue_some(struct codes *k, uint32_t first, uint32_t count)
{
    struct json_writer w;
    struct buf body;
    buf_init(&body, alloc_libc, JSON_LINE_MAX);
    json_writer_init(&w, &body);
    json_object(&w);
    json_key(&w, STR("codes"));
    json_array(&w);
    for (uint32_t i = first; i < first + count; i++) {
        key32 key = enrolment_key(&k->drawn[i].code, node_origin(k->c->node));
        json_object(&w);
        json_kv_hex(&w, STR("key"), key.bytes, sizeof key);
        json_kv_hex(&w, STR("mid"), k->drawn[i].mid.bytes, sizeof(mid16));
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    int status = client_act(k->c, "code.issue", buf_str(&body));
    buf_done(&body);
    return status;
}

static int issue(struct codes *k)
{
    int status = EXIT_STATUS_OK;
    node_hold(k->c->node);
    if (sort_stable(k->drawn, k->count, sizeof *k->drawn, by_mid, NULL, alloc_libc) != CODE_OK)
        return EXIT_STATUS_FAILED;
    for (uint32_t i = 0; i < k->count && status == EXIT_STATUS_OK; i += CODES_AT_ONCE) {
        uint32_t left = k->count - i;
        status = issue_some(k, i, left < CODES_AT_ONCE ? left : CODES_AT_ONCE);
        cli_progress(k->c->cli, "codes", i, k->count);
    }
    cli_progress(k->c->cli, "codes", 1, 1);
    if (sort_stable(k->drawn, k->count, sizeof *k->drawn, by_place, NULL, alloc_libc) != CODE_OK)
        return EXIT_STATUS_FAILED;
    return status;
}

/* ---- what is written ---- */

static enum code write_letter(struct codes *k, struct letters *letters, const struct drawn *drawn,
                              struct fail *fail)
{
    struct people *people = client_people(k->c);
    if (!people) return CODE_IO;
    const struct person *person = people_at(people, drawn->member_row);
    uint32_t unit_row = state_member(k->c->state, drawn->member_row)->unit_row;
    char text[MEMBERCODE_TEXT];
    str lines[LETTER_ADDRESS_MAX], rest = person->address;
    size_t count = 0;
    for (; rest.len && count < LETTER_ADDRESS_MAX; count++)
        lines[count] = str_trim(str_cut(&rest, ','));
    membercode_write(&drawn->code, text);
    struct letter letter = {.name = person->name,
                            .number = person->number,
                            .address = lines,
                            .address_count = count,
                            .code = {text, MEMBERCODE_TEXT - 1}};
    if (unit_row != ROW_NONE)
        letter.unit = state_text(k->c->state, state_unit(k->c->state, unit_row)->name);
    enum code code = letters_add(letters, &letter, fail);
    sign_wipe(text, sizeof text);
    return code;
}

static enum code write_letters(struct codes *k, struct fail *fail)
{
    const char *form = cli_option(k->c->cli, "form"), *url = cli_option(k->c->cli, "url");
    char dated[CIVIL_DATE_SIZE];
    struct letters letters;
    civil_format_date(node_now(k->c->node), 0, dated);
    struct letters_sheet sheet = {.organisation = state_text(k->c->state, k->c->state->org.name),
                                  .dated = str_from(dated),
                                  .url = url ? str_from(url) : STR("http://localhost/enrol"),
                                  .rehearsal = k->c->is_rehearsal};
    bool csv = form && strcmp(form, "csv") == 0;
    TRY(letters_begin(&letters, k->letters.to, csv ? LETTERS_CSV : LETTERS_HTML, &sheet, fail));
    for (uint32_t i = 0; i < k->count; i++) {
        TRY(write_letter(k, &letters, &k->drawn[i], fail));
        if (k->count > 1000 && i % 512 == 0) cli_progress(k->c->cli, "letters", i, k->count);
    }
    if (k->count > 1000) cli_progress(k->c->cli, "letters", 1, 1);
    return letters_end(&letters, fail);
}

/* {"codes":[{"code":…,"mid":…},…],"origin":…}, sealed. */
static enum code write_secrets(struct codes *k, struct fail *fail)
{
    struct buf text, sealed;
    struct json_writer w;
    buf_init(&text, alloc_libc, SECRETS_MAX);
    buf_init(&sealed, alloc_libc, SECRETS_MAX + 1024);
    json_writer_init(&w, &text);
    json_object(&w);
    json_key(&w, STR("codes"));
    json_array(&w);
    for (uint32_t i = 0; i < k->count; i++) {
        char code[MEMBERCODE_TEXT];
        membercode_write(&k->drawn[i].code, code);
        json_object(&w);
        json_kv_str(&w, STR("code"), str_from(code));
        json_kv_hex(&w, STR("mid"), k->drawn[i].mid.bytes, sizeof(mid16));
        json_object_end(&w);
        sign_wipe(code, sizeof code);
    }
    json_array_end(&w);
    json_kv_str(&w, STR("origin"), node_origin(k->c->node));
    json_object_end(&w);
    enum code code = buf_check(&text);
    if (code == CODE_OK)
        code = sealed_write(buf_str(&k->passphrase), buf_str(&text), SEALED_USUAL, &sealed, fail);
    if (code == CODE_OK && fwrite(sealed.at, 1, sealed.len, k->secrets.to) != sealed.len)
        code = fail_set(fail, CODE_IO, "write", "cannot be written");
    passphrase_done(&text);
    buf_done(&sealed);
    return code;
}

/* ---- the command ---- */

static int check_place(const struct codes *k, const char *path)
{
    if (!outfile_is_inside(path, k->c->cli->dir)) return EXIT_STATUS_OK;
    return cli_usage(k->c->cli, "%s lies in the organisation's folder, where codes have no place",
                     path);
}

static int open_files(struct codes *k)
{
    const char *out = cli_option(k->c->cli, "out"), *secrets = cli_option(k->c->cli, "secrets");
    struct fail fail = {0};
    int status = check_place(k, out);
    if (status == EXIT_STATUS_OK && secrets) status = check_place(k, secrets);
    if (status == EXIT_STATUS_OK && secrets)
        status = passphrase_read(k->c->cli, true, &k->passphrase);
    if (status != EXIT_STATUS_OK) return status;
    enum code code = outfile_open(&k->letters, out, k->c->cli->out, &fail);
    if (code != CODE_OK) return cli_complain(k->c->cli, out, code, &fail);
    if (secrets) code = outfile_open(&k->secrets, secrets, k->c->cli->out, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(k->c->cli, secrets, code, &fail);
}

/* Letters are whole on the disk before their codes count: a code that nobody holds would lock its
 * member out. */
static int write_and_commit(struct codes *k)
{
    const char *secrets = cli_option(k->c->cli, "secrets");
    struct fail fail = {0};
    enum code code = write_letters(k, &fail);
    if (code == CODE_OK && secrets) code = write_secrets(k, &fail);
    if (code == CODE_OK && secrets) code = outfile_keep(&k->secrets, &fail);
    if (code == CODE_OK) code = outfile_keep(&k->letters, &fail);
    if (code != CODE_OK) return cli_complain(k->c->cli, cli_option(k->c->cli, "out"), code, &fail);
    int status = client_commit(k->c);
    if (status != EXIT_STATUS_OK)
        fprintf(k->c->cli->err, "the letters in %s are void\n", cli_option(k->c->cli, "out"));
    if (status == EXIT_STATUS_OK && k->count >= SNAPSHOT_FROM)
        code = node_snapshot(k->c->node, &fail);
    return code == CODE_OK ? status : cli_complain(k->c->cli, NULL, code, &fail);
}

static int answer(struct codes *k)
{
    struct cli *cli = k->c->cli;
    const char *out = cli_option(cli, "out");
    if (k->nameless)
        fprintf(cli->err, "note: %u members get none: their names are not held on this machine\n",
                k->nameless);
    if (cli->json)
        fprintf(cli->out, "{\"acts\":%llu,\"codes\":%u,\"without_name\":%u}\n",
                (unsigned long long)k->c->recorded, k->count, k->nameless);
    else if (k->count)
        fprintf(cli->out,
                "%u codes in %s; print it, then delete it: each is its member's voting secret\n",
                k->count, out);
    else
        fprintf(cli->out, "everybody has a key or a code: nothing was issued\n");
    if (k->count && !cli_option(cli, "secrets") && !k->c->is_rehearsal)
        fprintf(cli->err, "note: without --secrets the codes exist on these letters alone\n");
    return EXIT_STATUS_OK;
}

static int check_options(const struct client *c)
{
    const char *form = cli_option(c->cli, "form"), *out = cli_option(c->cli, "out");
    if (!out || strcmp(out, "-") == 0)
        return cli_usage(c->cli, "expected --out FILE for the letters");
    if (form && strcmp(form, "html") != 0 && strcmp(form, "csv") != 0)
        return cli_usage(c->cli, "--form %s: expected html or csv", form);
    if (!cli_option(c->cli, "url") && !c->is_rehearsal)
        return cli_usage(c->cli, "expected --url, the https:// address where members enrol");
    return EXIT_STATUS_OK;
}

static int hand_out(struct codes *k)
{
    int status = open_files(k);
    if (status == EXIT_STATUS_OK) status = issue(k);
    return status == EXIT_STATUS_OK ? write_and_commit(k) : status;
}

static int codes(struct client *c)
{
    struct codes k = {.c = c};
    int status = check_options(c);
    if (status != EXIT_STATUS_OK) return status;
    buf_init(&k.passphrase, alloc_libc, PASSPHRASE_MAX);
    status = draw(&k);
    if (status == EXIT_STATUS_OK && k.count) status = hand_out(&k);
    if (status == EXIT_STATUS_OK) status = answer(&k);
    outfile_drop(&k.letters);
    outfile_drop(&k.secrets);
    passphrase_done(&k.passphrase);
    if (k.drawn) sign_wipe(k.drawn, k.count * sizeof *k.drawn);
    return status;
}

int roll_run_codes(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, codes);
}
