/* election_paper.c - paper ballots: key, reveal, adjudicate, complete. */
#include "base/json.h"
#include "base/text.h"
#include "cli/election.h"
#include "cli/election_view.h"
#include "cli/keying.h"

enum { DIFFERENCES_SHOWN = 40, DOCUMENT_MAX = 64 << 20 };

struct teller {
    uint32_t row;
    struct keyfile key;
    const char *file; /* NULL: none given */
};
struct tellers {
    struct teller at[2];
    uint32_t count;
};
struct pile_spot {
    struct election_spot spot;
    uint32_t number, recorded;
};

/* ---- who and where ---- */

/* --tellers A,B, or the one who acts. */
static int find_tellers(struct client *c, struct tellers *ret)
{
    struct fail fail = {0};
    const char *both = cli_option(c->cli, "tellers");
    uint32_t rows[2] = {ROW_NONE, ROW_NONE};
    *ret = (struct tellers){.count = 1};
    if (!both) {
        ELECTION_STEPS(election_actor(c, &ret->at[0].row));
        ret->at[0].key = c->actor;
        return EXIT_STATUS_OK;
    }
    ELECTION_STEPS(election_members(c, both, rows, 2, &ret->count));
    if (ret->count != 2 || rows[0] == rows[1])
        return cli_usage(c->cli, "--tellers: expected two different members");
    for (int i = 0; i < 2; i++) {
        ret->at[i].row = rows[i];
        enum code code = client_key_of(c, rows[i], &ret->at[i].key, &fail);
        if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    }
    return EXIT_STATUS_OK;
}

static void forget_keys(struct tellers *tellers)
{
    for (uint32_t i = 0; i < tellers->count; i++) secret_key_done(&tellers->at[i].key.secret);
}

/* Paper is handled once the ballot has closed, in elections on paper. */
static int find_pile_spot(struct client *c, uint32_t teller_row, struct pile_spot *ret)
{
    uint64_t number;
    ELECTION_STEPS(election_spot(c, teller_row, &ret->spot));
    if (!cli_number(c->cli, "pile", 1, UINT32_MAX, &number)) return EXIT_STATUS_USAGE;
    ret->number = (uint32_t)number;
    const struct election_row *election = state_election(c->state, ret->spot.election_row);
    const struct cell_row *cell = state_cell(c->state, ret->spot.cell_row);
    if (election->mode != MODE_PAPER)
        return election_refused(c, ARTICLE_CHANNEL, "this election is not on paper");
    if (cell->state == CELL_KEYING) return EXIT_STATUS_OK;
    return election_refused(
        c, ARTICLE_ELECTION_PHASE,
        client_text(c, "the ballot closes %s, papers are keyed until %s; the cell is %s",
                    client_time(c, election->closes), client_time(c, election->keyed_until),
                    election_cell_state_name((enum cell_state)cell->state)));
}

static const struct pile_row *find_pile(const struct state *s, const struct pile_spot *where)
{
    const struct cell_row *cell = state_cell(s, where->spot.cell_row);
    for (uint32_t row = cell->first_pile; row != ROW_NONE; row = state_pile(s, row)->next_of_cell) {
        const struct pile_row *pile = state_pile(s, row);
        if (pile->number == where->number && pile->round == cell->recounts) return pile;
    }
    return NULL;
}

/* ---- seal, reveal ---- */

static int seal(struct client *c, const struct pile_spot *where, const struct teller *teller)
{
    struct keying keying = {0};
    char base64[48];
    if (!teller->file)
        return cli_usage(c->cli, "pile %u is to be keyed: give the file of its papers",
                         where->number);
    ELECTION_STEPS(keying_read(c, where->spot.cell_row, teller->file, &keying));
    hash32 sealed = paper_seal(&keying.salt, &keying.name, keying.sheet);
    base64_encode(sealed.bytes, sizeof sealed, base64);
    const char *body = client_text(
        c, "{\"cell\":%u,\"election\":\"%s\",\"pile\":%u,\"seal\":\"%s\"}", where->spot.number,
        election_hex(c, where->spot.election_row), where->number, base64);
    ELECTION_STEPS(client_act_as(c, &teller->key, "paper.seal", str_from(body)));
    struct keying_place place = {where->spot.cell_row, where->number, teller->row};
    ELECTION_STEPS(keying_keep(c, &place, &keying));
    if (!c->cli->json)
        fprintf(c->cli->out, "%.*s sealed pile %u: %.*s\n", STR_ARG(client_name_of(c, teller->row)),
                where->number, STR_ARG(keying.sheet));
    return EXIT_STATUS_OK;
}

/* Who gives a file again means the same papers: what was sealed cannot be exchanged. */
static int same_as_sealed(struct client *c, const struct pile_spot *where,
                          const struct teller *teller, const struct keying *sealed)
{
    struct keying again = {0};
    if (!teller->file) return EXIT_STATUS_OK;
    ELECTION_STEPS(keying_read(c, where->spot.cell_row, teller->file, &again));
    if (hash32_eq(&again.name, &sealed->name)) return EXIT_STATUS_OK;
    struct fail fail = {0};
    (void)snprintf(
        fail.message, sizeof fail.message,
        "not the papers this teller sealed for pile %u; without a file what was sealed is revealed",
        where->number);
    return cli_complain(c->cli, teller->file, CODE_MALFORMED, &fail);
}

static int keying_act(struct client *c, const struct pile_spot *where, const struct teller *teller,
                      const char *kind, const struct keying *keying)
{
    struct fail fail = {0};
    hash32 name;
    bool reveals = strcmp(kind, "paper.reveal") == 0;
    const char *salt =
        client_text(c, ",\"salt\":\"%s\"", client_hex(c, keying->salt.bytes, sizeof keying->salt));
    enum code code = node_blob_put(c->node, keying->papers, &name, &fail);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    const char *body = client_text(
        c, "{\"cell\":%u,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":%u%s,\"sheet\":%.*s}",
        where->spot.number, election_hex(c, where->spot.election_row),
        client_hex(c, name.bytes, sizeof name), where->number, reveals ? salt : "",
        STR_ARG(keying->sheet));
    return client_act_as(c, &teller->key, kind, str_from(body));
}

static int reveal(struct client *c, const struct pile_spot *where, const struct teller *teller)
{
    struct keying keying = {0};
    struct keying_place place = {where->spot.cell_row, where->number, teller->row};
    ELECTION_STEPS(keying_kept(c, &place, &keying));
    ELECTION_STEPS(same_as_sealed(c, where, teller, &keying));
    ELECTION_STEPS(keying_act(c, where, teller, "paper.reveal", &keying));
    if (!c->cli->json)
        fprintf(c->cli->out, "%.*s revealed pile %u\n", STR_ARG(client_name_of(c, teller->row)),
                where->number);
    return EXIT_STATUS_OK;
}

/* 2: neither of the two. */
static int slot_of(const struct pile_row *pile, uint32_t teller_row)
{
    return pile->teller_row[0] == teller_row ? 0 : pile->teller_row[1] == teller_row ? 1 : 2;
}

static bool has_revealed(const struct pile_row *pile, int slot)
{
    const hash32 none = {{0}};
    return slot < 2 && !hash32_eq(&pile->papers[slot], &none);
}

/* What this teller has to do next with the pile; nothing when it is the other's turn. */
static int next_step(struct client *c, const struct pile_spot *where, const struct teller *teller)
{
    const struct pile_row *pile = find_pile(c->state, where);
    if (!pile) return seal(c, where, teller);
    int slot = slot_of(pile, teller->row);
    switch ((enum pile_state)pile->state) {
    case PILE_SEALED_ONCE: return slot == 0 ? EXIT_STATUS_OK : seal(c, where, teller);
    case PILE_SEALED:
    case PILE_REVEALED_ONCE:
        if (slot == 2)
            return election_refused(c, ARTICLE_PAPER_PILE,
                                    "two other tellers have sealed this pile already");
        return has_revealed(pile, slot) ? EXIT_STATUS_OK : reveal(c, where, teller);
    case PILE_DIFFERS:
    case PILE_AGREED: break;
    }
    return EXIT_STATUS_OK;
}

/* ---- how the pile stands ---- */

static void print_keyed(struct client *c, const struct pile_row *pile,
                        const struct keying_difference *difference)
{
    fprintf(c->cli->out, "  paper %llu:", (unsigned long long)difference->paper);
    for (int i = 0; i < 2; i++)
        fprintf(c->cli->out, "%s %.*s keyed %.*s", i ? ";" : "",
                STR_ARG(client_name_of(c, pile->teller_row[i])),
                STR_ARG(difference->keyed[i].len ? difference->keyed[i] : STR("no such paper")));
    fputc('\n', c->cli->out);
}

static int print_differences(struct client *c, const struct pile_row *pile)
{
    struct keying_differences all;
    ELECTION_STEPS(keying_compare(c, pile, &all));
    for (uint32_t i = 0; i < all.count && i < DIFFERENCES_SHOWN; i++)
        print_keyed(c, pile, &all.at[i]);
    if (all.count > DIFFERENCES_SHOWN)
        fprintf(c->cli->out, "  and %u papers more\n", all.count - DIFFERENCES_SHOWN);
    if (all.count == 0) fprintf(c->cli->out, "  the papers are the same, the sheets are not\n");
    fprintf(c->cli->out,
            "next: look at these papers; two tellers, one of whom did not key the pile, sign what "
            "they say:\n"
            "  plenary election adjudicate ELECTION --pile %u --papers FILE\n",
            pile->number);
    return EXIT_STATUS_OK;
}

static int print_pile(struct client *c, const struct pile_spot *where)
{
    const struct pile_row *pile = find_pile(c->state, where);
    if (!pile) return EXIT_STATUS_OK;
    fprintf(c->cli->out, "pile %u: %s\n", where->number,
            election_pile_state_name((enum pile_state)pile->state));
    switch ((enum pile_state)pile->state) {
    case PILE_SEALED_ONCE:
        fprintf(c->cli->out,
                "next: another teller keys the same papers, without seeing this keying\n");
        return EXIT_STATUS_OK;
    case PILE_SEALED:
    case PILE_REVEALED_ONCE:
        fprintf(c->cli->out, "next: each teller gives the same command once more and so reveals\n");
        return EXIT_STATUS_OK;
    case PILE_DIFFERS: break;
    case PILE_AGREED:
        fprintf(c->cli->out, "next: the other piles; then two tellers say that these are all: "
                             "plenary election complete\n");
        return EXIT_STATUS_OK;
    }
    if (pile->adjudicator_row[0] == ROW_NONE) return print_differences(c, pile);
    fprintf(c->cli->out, "  adjudicated by %.*s; a second teller signs the same\n",
            STR_ARG(client_name_of(c, pile->adjudicator_row[0])));
    return EXIT_STATUS_OK;
}

static void write_ranks(struct json_writer *w, str ranks)
{
    if (ranks.len)
        json_raw(w, ranks);
    else
        json_null(w);
}

static int pile_json(struct client *c, const struct pile_spot *where)
{
    const struct pile_row *pile = find_pile(c->state, where);
    struct keying_differences all = {0};
    struct buf out;
    struct json_writer w;
    if (pile && pile->state == PILE_DIFFERS && pile->adjudicator_row[0] == ROW_NONE)
        ELECTION_STEPS(keying_compare(c, pile, &all));
    buf_init(&out, alloc_libc, DOCUMENT_MAX);
    json_writer_init_free(&w, &out);
    json_object(&w);
    json_kv_u64(&w, STR("cell"), where->spot.number);
    json_kv_u64(&w, STR("pile"), where->number);
    json_kv_str(&w, STR("state"),
                pile ? str_from(election_pile_state_word((enum pile_state)pile->state)) : STR(""));
    json_kv_u64(&w, STR("recorded"), c->recorded);
    json_key(&w, STR("differences"));
    json_array(&w);
    for (uint32_t i = 0; i < all.count; i++) {
        json_object(&w);
        json_kv_u64(&w, STR("paper"), all.at[i].paper);
        json_key(&w, STR("keyed"));
        json_array(&w);
        for (int k = 0; k < 2; k++) write_ranks(&w, all.at[i].keyed[k]);
        json_array_end(&w);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_add_byte(&out, '\n');
    return election_print(c, &out);
}

/* ---- paper ---- */

/* FILE [FILE2] behind the election, or --paper FILE: the second teller's own keying, or the same
 * file. */
static void give_files(struct client *c, struct tellers *tellers)
{
    const char *first = cli_option(c->cli, "paper");
    if (!first && c->cli->arg_count > 1) first = c->cli->args[1];
    tellers->at[0].file = first;
    tellers->at[1].file = c->cli->arg_count > 2 ? c->cli->args[2] : first;
}

/* What is in the record need not lie about. */
static void forget_revealed(struct client *c, const struct pile_spot *where,
                            const struct tellers *tellers)
{
    const struct pile_row *pile = find_pile(c->state, where);
    for (uint32_t i = 0; pile && i < tellers->count; i++) {
        struct keying_place place = {where->spot.cell_row, where->number, tellers->at[i].row};
        if (has_revealed(pile, slot_of(pile, place.teller_row))) keying_forget(c, &place);
    }
}

static int key_pile(struct client *c, struct tellers *tellers)
{
    struct pile_spot where;
    give_files(c, tellers);
    ELECTION_STEPS(find_pile_spot(c, tellers->at[0].row, &where));
    uint32_t rounds = tellers->count == 2 ? 2 : 1; /* both seal, then both reveal */
    for (uint32_t round = 0; round < rounds; round++)
        for (uint32_t i = 0; i < tellers->count; i++)
            ELECTION_STEPS(next_step(c, &where, &tellers->at[i]));
    ELECTION_STEPS(client_commit(c));
    forget_revealed(c, &where, tellers);
    return c->cli->json ? pile_json(c, &where) : print_pile(c, &where);
}

int election_run_paper(struct client *c)
{
    struct tellers tellers;
    int status = find_tellers(c, &tellers);
    if (status == EXIT_STATUS_OK) status = key_pile(c, &tellers);
    forget_keys(&tellers);
    return status;
}

/* ---- adjudicate ---- */

static int adjudicate(struct client *c, struct tellers *tellers)
{
    struct pile_spot where;
    struct keying keying = {0};
    const char *file = cli_option(c->cli, "papers");
    if (!file)
        return cli_usage(c->cli, "expected --papers FILE, the whole pile as it was found to be");
    ELECTION_STEPS(find_pile_spot(c, tellers->at[0].row, &where));
    ELECTION_STEPS(keying_read(c, where.spot.cell_row, file, &keying));
    for (uint32_t i = 0; i < tellers->count; i++)
        ELECTION_STEPS(keying_act(c, &where, &tellers->at[i], "paper.adjudicate", &keying));
    ELECTION_STEPS(client_commit(c));
    return c->cli->json ? pile_json(c, &where) : print_pile(c, &where);
}

int election_run_adjudicate(struct client *c)
{
    struct tellers tellers;
    int status = find_tellers(c, &tellers);
    if (status == EXIT_STATUS_OK) status = adjudicate(c, &tellers);
    forget_keys(&tellers);
    return status;
}

/* ---- complete ---- */

static int complete(struct client *c, struct tellers *tellers)
{
    struct election_spot spot;
    uint64_t piles;
    ELECTION_STEPS(election_spot(c, tellers->at[0].row, &spot));
    uint64_t agreed = election_papers(c->state, spot.cell_row).agreed;
    if (!cli_number(c->cli, "piles", agreed, UINT32_MAX, &piles)) return EXIT_STATUS_USAGE;
    const char *body =
        client_text(c, "{\"cell\":%u,\"election\":\"%s\",\"piles\":%llu}", spot.number,
                    election_hex(c, spot.election_row), (unsigned long long)piles);
    for (uint32_t i = 0; i < tellers->count; i++)
        ELECTION_STEPS(client_act_as(c, &tellers->at[i].key, "paper.complete", str_from(body)));
    const struct cell_row *cell = state_cell(c->state, spot.cell_row);
    if (!c->cli->json && cell->state == CELL_PROVISIONAL)
        fprintf(c->cli->out,
                "counted; the result is provisional until %s: plenary election result\n",
                client_time(c, cell->objections_until));
    else if (!c->cli->json)
        fprintf(c->cli->out,
                "%llu piles are all, says one teller; it is counted when another says the same\n",
                (unsigned long long)piles);
    return client_finish(c);
}

int election_run_complete(struct client *c)
{
    struct tellers tellers;
    int status = find_tellers(c, &tellers);
    if (status == EXIT_STATUS_OK) status = complete(c, &tellers);
    forget_keys(&tellers);
    return status;
}
