/* words_table.h - data/words.txt as a table; its C file is made from the list by words_table.sh. */
#ifndef PLENARY_CORE_RECORD_WORDS_TABLE_H
#define PLENARY_CORE_RECORD_WORDS_TABLE_H
#include "core/record/words.h"

extern const char words_table[WORDS_LIST][9]; /* ascending, at most 8 letters */
#endif
