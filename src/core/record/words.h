/* words.h - a checkpoint in twelve words, to be compared by telephone, on paper or in a hall. The
 * first 132 bits of SHA-256 of the checkpoint's signed text, 11 bits each, most significant first,
 * are indices into data/words.txt (the English list of BIP-39). */
#ifndef PLENARY_CORE_RECORD_WORDS_H
#define PLENARY_CORE_RECORD_WORDS_H
#include "base/buf.h"
#include "base/sha256.h"

enum { WORDS_COUNT = 12, WORDS_LIST = 2048 };
struct words {
    uint16_t index[WORDS_COUNT]; /* 0..2047 */
};

struct words words_of(str checkpoint_text);
/* The word at `index` (< WORDS_LIST). */
str words_text(uint16_t index);
/* Appends "word word … word". */
void words_write(struct buf *out, const struct words *words);
/* Twelve words or twelve numbers (0-2047), mixed as one likes, any case, separated by white space,
 * commas, full stops, semicolons or hyphens. CODE_MALFORMED with reason word (column = the word's
 * place) or count. */
enum code words_parse(str text, struct words *ret, struct fail *fail) MUST_CHECK;
bool words_eq(const struct words *a, const struct words *b);
#endif
