/* fold.h - words compared as people do: without case, accents and punctuation. For recognising
 * headings and for suggestions only; nothing is ever decided by it. */
#ifndef PLENARY_CORE_IMPORT_FOLD_H
#define PLENARY_CORE_IMPORT_FOLD_H
#include "base/arena.h"

/* Appends to ret[0..room) what remains of `text`: a-z, 0-9, and other letters than Latin as they
 * are; Latin letters without accents (U+00C0..U+024F as their plain letters, ss for sharp s, ae for
 * the ligature). With `words`, runs of anything else become one space between words; without, they
 * vanish. Returns the length, cut at `room`. */
size_t fold_text(str text, bool words, char *ret, size_t room);
/* The same in the arena; {NULL, 0} when out of memory. */
str fold_take(struct arena *arena, str text, bool words);
/* The words of the folded text in ascending order, so that "Family, Given" meets "Given Family". */
str fold_sorted(struct arena *arena, str text);
/* At most one letter added, left out, changed, or two neighbours exchanged. */
bool fold_within_one(str a, str b);
#endif
