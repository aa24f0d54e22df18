/* names.h - invented people and places for rehearsals and demonstrations. Names are put together
 * from invented syllables in the manner of several languages; addresses lie under domains of RFC
 * 2606 that no one can own. Deterministic: the same seed gives the same names on every machine. Any
 * row can be asked for, in any order. */
#ifndef PLENARY_CLI_NAMES_H
#define PLENARY_CLI_NAMES_H
#include "base/sha256.h"

enum {
    NAMES_PERSONS_MAX = 200000, /* no two of them have the same given and family name */
    NAMES_UNITS_MAX = 2000,     /* no two have the same name */
    NAMES_ROUNDS = 4,
    NAMES_HALF = 1024,
    NAMES_TEXT_SIZE = 64
};

struct names { /* keys of the permutations that scatter rows over the possible names */
    uint16_t persons[NAMES_ROUNDS][NAMES_HALF], units[NAMES_ROUNDS][NAMES_HALF];
};

struct names_person { /* NUL-terminated UTF-8 */
    char given[NAMES_TEXT_SIZE], family[NAMES_TEXT_SIZE];
    char number[16];                                      /* six digits, zeros kept: "004217" */
    char email[2 * NAMES_TEXT_SIZE + 32];                 /* unique, ASCII, "@members.invalid" */
    char street[NAMES_TEXT_SIZE], place[NAMES_TEXT_SIZE]; /* "14 Ostvarn Row", "0417 Brellim" */
};

/* Draws the keys from `stream`. */
void names_init(struct names *names, struct stream *stream);
/* Person number `row` < NAMES_PERSONS_MAX. */
void names_person(const struct names *names, uint32_t row, struct names_person *ret);
/* A workplace or branch, `row` < NAMES_UNITS_MAX: "Kelmor Depot". */
void names_unit(const struct names *names, uint32_t row, char ret[NAMES_TEXT_SIZE]);
#endif
