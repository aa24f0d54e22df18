/* election_meeting.c - counts of meetings, attested by two tellers; and the correction of tellers'
 * slips. */
#include "cli/election.h"
#include "cli/election_tools.h"
#include "cli/input.h"

enum { MINUTES_MAX = 64 << 20 /* bytes */ };

/* "12,5,3": one number for each candidate in order of their numbers. */
static int read_counts(struct client *c, uint32_t cell_row, struct buf *out)
{
    uint32_t wanted = state_cell(c->state, cell_row)->candidate_count, count = 0;
    const char *typed = cli_option(c->cli, "counts");
    if (!typed)
        return cli_usage(c->cli, "expected --counts with %u numbers, one for each candidate",
                         wanted);
    str all = str_from(typed), rest = all;
    while (rest.len) {
        uint64_t votes;
        size_t column = (size_t)(rest.at - all.at) + 1;
        if (!str_to_u64(str_trim(str_cut(&rest, ',')), &votes) || votes > UINT32_MAX)
            return election_malformed(c, "--counts", column, "expected a number of votes");
        buf_printf(out, count++ ? ",%u" : "%u", (uint32_t)votes);
    }
    if (count != wanted)
        return election_malformed(c, "--counts", 1, "%u numbers, but %u candidates stand", count,
                                  wanted);
    return EXIT_STATUS_OK;
}

/* The minutes stay with those who keep them; the record has their hash. */
static int hash_minutes(struct client *c, hash32 *ret)
{
    struct fail fail = {0};
    struct buf text;
    const char *file = cli_option(c->cli, "minutes");
    if (!file) return cli_usage(c->cli, "expected --minutes FILE, the minutes of the meeting");
    enum code code = input_read(file, MINUTES_MAX, &text, &fail);
    if (code == CODE_OK) *ret = sha256_of(buf_str(&text));
    buf_done(&text);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(c->cli, file, code, &fail);
}

static int attest(struct client *c, const char *tellers, uint32_t for_row,
                  const struct election_spot *spot)
{
    struct buf counts;
    hash32 minutes;
    uint64_t present;
    if (!cli_option(c->cli, "present"))
        return cli_usage(c->cli, "expected --present N, how many electors were there");
    if (!cli_number(c->cli, "present", 0, UINT32_MAX, &present)) return EXIT_STATUS_USAGE;
    ELECTION_STEPS(hash_minutes(c, &minutes));
    buf_init(&counts, alloc_libc, 1 << 16);
    int status = read_counts(c, spot->cell_row, &counts);
    const char *body = client_text(
        c, "{\"cell\":%u,\"counts\":[%.*s],\"election\":\"%s\",\"minutes\":\"%s\",\"present\":%u}",
        spot->number, STR_ARG(buf_str(&counts)), election_hex(c, spot->election_row),
        client_hex(c, minutes.bytes, sizeof minutes), (uint32_t)present);
    buf_done(&counts);
    if (status == EXIT_STATUS_OK)
        status = election_act_via(c, tellers, for_row, "election.attest", str_from(body));
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

int election_run_attest(struct client *c)
{
    struct election_spot spot;
    const char *tellers = cli_option(c->cli, "tellers");
    if (!tellers)
        return cli_usage(c->cli,
                         "expected --tellers A,B: two tellers attest what a meeting counted");
    if (!c->cli->as)
        return cli_usage(
            c->cli, "expected --as WHO: the elector for whom the tellers sign, such as the chair");
    uint32_t row = client_member(c, c->cli->as);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    ELECTION_STEPS(election_spot(c, row, &spot));
    return attest(c, tellers, row, &spot);
}

/* A slip is put right by another act, never edited: papers by adjudication, a meeting's count by a
 * later one. Once a result stands, only a recount opens the way again. */
int election_run_correct(struct client *c)
{
    uint32_t row = client_election(c, c->cli->args[0]);
    if (row == ROW_NONE) return EXIT_STATUS_USAGE;
    switch ((enum election_mode)state_election(c->state, row)->mode) {
    case MODE_PAPER: return election_run_adjudicate(c);
    case MODE_ATTESTED: return election_run_attest(c);
    case MODE_OPEN: break;
    }
    return election_refused(c, ARTICLE_CHANNEL,
                            "open ballots are the electors' own: no teller corrects them");
}
