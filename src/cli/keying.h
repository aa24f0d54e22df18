/* keying.h - one teller's keying of one pile: from a file of ballots to what is sealed, kept and
 * revealed. Between seal and reveal it lies in DIR/keys/piles, readable by its owner alone: the
 * record has nothing but the seal. */
#ifndef PLENARY_CLI_KEYING_H
#define PLENARY_CLI_KEYING_H
#include "cli/election_tools.h"
#include "core/institutions/paper.h"

struct keying {
    str papers;  /* the papers blob */
    hash32 name; /* its SHA-256 */
    str sheet;   /* canonical JSON */
    nonce16 salt;
};

/* Everything in the client's arena. Reads BLT or CSV: candidate i of the file is candidate i of the
 * cell; names that differ are warned about. Papers that name nobody are blank. The sheet is --sheet
 * issued=…,unused=…,not_returned=…, blank=…,other=…,unclear=…; what it does not say is zero,
 * `issued` the sum of the rest. A fresh salt. */
int keying_read(struct client *c, uint32_t cell_row, const char *path, struct keying *ret);

struct keying_place {
    uint32_t cell_row, pile, teller_row;
};
int keying_keep(struct client *c, const struct keying_place *place, const struct keying *keying);
/* False when this machine has none; complains when it has one that cannot be read. */
int keying_kept(struct client *c, const struct keying_place *place, struct keying *ret);
void keying_forget(struct client *c, const struct keying_place *place);

/* Where two keyings of a pile differ, paper by paper. */
struct keying_difference {
    uint64_t paper;
    str keyed[2]; /* ranks as canonical JSON; empty: this teller keyed no such paper */
};
struct keying_differences {
    struct keying_difference *at;
    uint32_t count;
};
int keying_compare(struct client *c, const struct pile_row *pile, struct keying_differences *ret);
#endif
