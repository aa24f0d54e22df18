/* paper.h - paper ballots keyed twice: neither teller sees the other's keying before both are
 * sealed.
 *
 *     paper.seal (teller A), paper.seal (teller B), paper.reveal (A), paper.reveal (B)
 *         equal:   the pile is agreed
 *         differs: paper.adjudicate by two tellers who sign the same, one of whom did not key it
 *     paper.complete by two tellers: these are all piles, and all are agreed: the cell is counted
 *
 * At keyed_until the cell is counted if one teller has said that these are all, else it is
 * annulled. A pile that only one teller ever sealed does not exist.
 *
 * Papers blob: {"papers":[{"n":<number on the paper>,"ranks":[<candidate number>, ...]}, ...]}, n
 * ascending; only valid papers. The sheet says what became of every paper that was issued for the
 * pile. */
#ifndef PLENARY_CORE_INSTITUTIONS_PAPER_H
#define PLENARY_CORE_INSTITUTIONS_PAPER_H
#include "core/count/ballots.h"
#include "core/step.h"

extern const struct act_kind paper_kinds[];
extern const size_t paper_kind_count;

enum { PAPERS_BLOB_MAX = 4 << 20 /* bytes */, PAPER_SHEET_MAX = 256 /* bytes */ };

struct paper_sheet {
    uint32_t issued, not_returned, blank, other, unclear, unused, valid;
};
/* {"issued":…,"not_returned":…,"rejected":{"blank":…,"other":…,"unclear":…},"unused":…,"valid":…}
 */
void paper_sheet_write(const struct paper_sheet *sheet, struct buf *out);
enum code paper_sheet_read(const struct json *object, struct paper_sheet *ret,
                           struct fail *fail) MUST_CHECK;
/* issued = valid + blank + other + unclear + unused + not_returned, without overflow. */
bool paper_sheet_adds_up(const struct paper_sheet *sheet);

/* SHA-256("plenary.pile/v1|" salt | SHA-256 of the papers blob | the sheet as paper_sheet_write
 * gives it). */
hash32 paper_seal(const nonce16 *salt, const hash32 *papers, str sheet);

/* What a papers blob holds. */
struct papers_blob {
    uint32_t count;   /* papers */
    uint32_t highest; /* candidate number, 0 when nobody is named */
    uint32_t longest; /* ranks on one paper */
    const struct json *papers;
};
/* CODE_MALFORMED names the place: canonical form, ascending numbers, nobody named twice on one
 * paper. */
enum code papers_read(str blob, struct arena *arena, struct papers_blob *ret,
                      struct fail *fail) MUST_CHECK;

/* Are the piles of this round, `piles` of them, all agreed, with no more papers than electors? */
bool paper_ready(const struct state *state, uint32_t cell_row, uint32_t piles);
/* A recount: the piles of the old round and their ballots count no more. */
void paper_new_round(struct state *state, uint32_t cell_row);
#endif
