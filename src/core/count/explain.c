/* explain.c - a count told round by round in plain words. */
#include "core/count/report.h"

static void write_who(const struct count_result *result, uint32_t candidate, struct buf *out)
{
    str name = result->profile->names[candidate];
    if (name.len)
        buf_add(out, name);
    else
        buf_printf(out, "candidate %u", candidate + 1);
}

static void write_who_list(const struct count_result *result, const struct count_list *list,
                           struct buf *out)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (i) buf_add_cstr(out, i + 1 == list->count ? " and " : ", ");
        write_who(result, list->at[i], out);
    }
}

static void write_exclusion(const struct count_result *result, const struct count_round *round,
                            struct buf *out)
{
    if (round->subject == COUNT_NOBODY) {
        write_who_list(result, &round->excluded, out);
        buf_add_cstr(out, " cannot be elected any more and are excluded together, ");
    } else {
        write_who(result, round->subject, out);
        buf_add_cstr(out, " has the fewest votes, ");
    }
    count_votes_write(round->moved, result->places, out);
    buf_add_cstr(out, round->subject == COUNT_NOBODY ? " votes" : ", and is excluded");
    buf_add_cstr(out, "; the ballots go to their next preferences");
}

static void write_event(const struct count_result *result, const struct count_round *round,
                        struct buf *out)
{
    switch (round->event) {
    case COUNT_EVENT_FIRST:
        buf_add_cstr(out, result->rule == COUNT_APPROVAL
                              ? "every candidate named on a ballot gets one vote"
                              : "each ballot goes to its first preference who stands");
        break;
    case COUNT_EVENT_SURPLUS:
        buf_add_cstr(out, "the surplus of ");
        write_who(result, round->subject, out);
        buf_add_cstr(out, ", ");
        count_votes_write(round->moved, result->places, out);
        buf_add_cstr(out, " above the quota, goes to the next preferences on those ballots");
        break;
    case COUNT_EVENT_ITERATION:
        buf_add_cstr(out,
                     "each elected candidate keeps the part of its votes that makes the quota of ");
        count_votes_write(round->quota, result->places, out);
        buf_add_cstr(
            out, " and hands on the rest, until surpluses are negligible or somebody reaches it");
        break;
    case COUNT_EVENT_PAIRWISE:
        buf_add_cstr(
            out,
            "each candidate is compared with each other one on all ballots; the number is how many "
            "others stand below");
        break;
    case COUNT_EVENT_EXCLUSION: write_exclusion(result, round, out); break;
    }
}

static bool in_list(const struct count_list *list, uint32_t candidate)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->at[i] == candidate) return true;
    return false;
}

static void write_change(const struct count_result *result, uint64_t before, uint64_t after,
                         struct buf *out)
{
    if (before == after) return;
    buf_add_cstr(out, after > before ? "  (+" : "  (-");
    count_votes_write(after > before ? after - before : before - after, result->places, out);
    buf_add_byte(out, ')');
}

/* Why this candidate was elected in this round. */
static void write_reason(const struct count_result *result, const struct count_round *round,
                         uint64_t votes, struct buf *out)
{
    if (result->rule == COUNT_PLURALITY || result->rule == COUNT_APPROVAL)
        buf_add_cstr(out, "  elected: among the highest");
    else if (result->lists)
        buf_add_cstr(out, "  elected: a seat of the list");
    else if (result->pairwise)
        buf_add_cstr(out, "  elected: nobody left stands above");
    else if (!result->has_quota)
        buf_add_cstr(out, "  elected: more than half of the votes still with candidates");
    else if (votes >= round->quota)
        buf_add_cstr(out, "  elected: reached the quota");
    else
        buf_add_cstr(out, "  elected: as many candidates are left as seats");
}

static void write_votes(const struct count_result *result, uint32_t at, struct buf *out)
{
    const struct count_round *round = &result->rounds[at];
    const uint64_t *before = at ? result->rounds[at - 1].votes : NULL;
    for (uint32_t i = 0; i < result->candidates; i++) {
        if (result->profile->withdrawn[i]) continue;
        if (round->votes[i] == 0 && (!before || before[i] == 0) && at) continue;
        buf_add_cstr(out, "  ");
        write_who(result, i, out);
        buf_add_cstr(out, ": ");
        count_votes_write(round->votes[i], result->places, out);
        if (before) write_change(result, before[i], round->votes[i], out);
        if (in_list(&round->elected, i)) write_reason(result, round, round->votes[i], out);
        buf_add_byte(out, '\n');
    }
    if (round->nontransferable == 0) return;
    buf_add_cstr(out, "  not transferable: ");
    count_votes_write(round->nontransferable, result->places, out);
    buf_add_byte(out, '\n');
}

static void write_dropped(const struct count_result *result, const struct count_list *dropped,
                          struct buf *out)
{
    if (dropped->count == 0) return;
    buf_add_cstr(out, "  Dropped, not enough ballots prefer them to none of these: ");
    write_who_list(result, dropped, out);
    buf_add_byte(out, '\n');
}

/* The comparisons of each winner with everyone who was not elected before it. */
static void write_pairs(const struct count_result *result, struct buf *out)
{
    uint32_t n = result->candidates;
    for (uint32_t w = 0; w < result->winners.count; w++) {
        uint32_t winner = result->winners.at[w];
        struct count_list before = {result->winners.at, w + 1};
        for (uint32_t i = 0; i < n; i++) {
            if (in_list(&before, i) || result->profile->withdrawn[i]) continue;
            buf_add_cstr(out, "  ");
            write_who(result, winner, out);
            buf_printf(out, ": %llu ballots to %llu against ",
                       (unsigned long long)result->pairwise[(size_t)winner * n + i],
                       (unsigned long long)result->pairwise[(size_t)i * n + winner]);
            write_who(result, i, out);
            if (result->strengths)
                buf_printf(out, "; strongest paths %llu and %llu",
                           (unsigned long long)result->strengths[(size_t)winner * n + i],
                           (unsigned long long)result->strengths[(size_t)i * n + winner]);
            buf_add_byte(out, '\n');
        }
    }
}

static void write_lists(const struct count_result *result, struct buf *out)
{
    buf_add_cstr(out, "\nSeats:\n");
    for (uint32_t i = 0; i < result->list_count; i++) {
        const struct count_party *party = &result->lists[i];
        buf_add_cstr(out, "  ");
        if (party->name.len)
            buf_add(out, party->name);
        else
            buf_printf(out, "list %u", party->first + 1);
        buf_printf(out, ": %llu votes, %u seat%s", (unsigned long long)party->votes, party->seats,
                   party->seats == 1 ? "" : "s");
        if (party->seats)
            buf_printf(out, ", %llu.%02llu votes a seat",
                       (unsigned long long)(party->votes / party->seats),
                       (unsigned long long)(party->votes % party->seats * 100 / party->seats));
        buf_add_cstr(out, party->barred ? ", below the threshold\n" : "\n");
    }
}

static void write_tie(const struct count_result *result, const struct count_tie *tie,
                      struct buf *out)
{
    buf_add_cstr(out, "  Equal votes: ");
    write_who_list(result, &tie->candidates, out);
    switch (tie->by) {
    case COUNT_TIE_BY_ROUND:
        buf_printf(out, "; their votes in round %u decide: ", tie->decided_in + 1);
        break;
    case COUNT_TIE_BY_LOT:
        buf_add_cstr(out, result->round_count > 1
                              ? "; equal in every earlier round too, so the lot decides: "
                              : "; the lot decides: ");
        break;
    case COUNT_TIE_BY_RULE: buf_add_cstr(out, "; the lower cost decides, then the votes: "); break;
    }
    write_who(result, tie->chosen, out);
    switch (tie->what) {
    case COUNT_TIE_ELECTION: buf_add_cstr(out, " is elected.\n"); break;
    case COUNT_TIE_SURPLUS: buf_add_cstr(out, " is transferred first.\n"); break;
    case COUNT_TIE_EXCLUSION: buf_add_cstr(out, " is excluded.\n"); break;
    }
}

static void write_head(const struct count_result *result, struct buf *out)
{
    if (result->profile->title.len) {
        buf_add(out, result->profile->title);
        buf_add_byte(out, '\n');
    }
    if (result->vacated != COUNT_NOBODY) {
        buf_add_cstr(out, "Countback of the ballots that elected ");
        write_who(result, result->vacated, out);
        buf_add_byte(out, '\n');
    }
    buf_printf(out, "%s (version %u), %u seat%s, %llu valid ballots", count_rule_name(result->rule),
               result->version, result->seats, result->seats == 1 ? "" : "s",
               (unsigned long long)result->valid);
    if (result->has_quota) {
        buf_add_cstr(out, ", quota ");
        count_votes_write(result->quota, result->places, out);
    }
    buf_add_byte(out, '\n');
}

void count_explain_text(const struct count_result *result, struct buf *out)
{
    if (result->projects && result->profile->costs) {
        count_explain_budget(result, out);
        return;
    }
    write_head(result, out);
    for (uint32_t i = 0; i < result->round_count; i++) {
        buf_printf(out, "\nRound %u: ", i + 1);
        write_event(result, &result->rounds[i], out);
        buf_add_cstr(out, ".\n");
        for (uint32_t k = 0; k < result->tie_count; k++)
            if (result->ties[k].round == i) write_tie(result, &result->ties[k], out);
        write_votes(result, i, out);
        if (result->rounds[i].event != COUNT_EVENT_PAIRWISE) continue;
        write_dropped(result, &result->rounds[i].excluded, out);
        write_pairs(result, out);
    }
    if (result->lists) write_lists(result, out);
    buf_add_cstr(out, "\nElected: ");
    write_who_list(result, &result->winners, out);
    buf_add_byte(out, '\n');
    if (result->winners.count < result->seats)
        buf_printf(out, "%u of %u seats stay empty: nobody else stands or is named.\n",
                   result->seats - result->winners.count, result->seats);
    if (result->reserve.count == 0) return;
    buf_add_cstr(out, "Reserve, in this order: ");
    write_who_list(result, &result->reserve, out);
    buf_add_byte(out, '\n');
}
