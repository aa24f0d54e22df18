#include "core/record/words.h"

#include "core/record/words_table.h"

#include <string.h>

enum { WORD_BITS = 11 };

struct words words_of(str checkpoint_text)
{
    hash32 hash = sha256_of(checkpoint_text);
    struct words words;
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        uint32_t value = 0;
        for (size_t bit = i * WORD_BITS; bit < (i + 1) * WORD_BITS; bit++)
            value = value << 1 | (hash.bytes[bit / 8] >> (7 - bit % 8) & 1u);
        words.index[i] = (uint16_t)value;
    }
    return words;
}

str words_text(uint16_t index)
{
    if (index >= WORDS_LIST) return STR("");
    return str_from(words_table[index]);
}

void words_write(struct buf *out, const struct words *words)
{
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        if (i > 0) buf_add_byte(out, ' ');
        buf_add(out, words_text(words->index[i]));
    }
}

bool words_eq(const struct words *a, const struct words *b)
{
    return memcmp(a->index, b->index, sizeof a->index) == 0;
}

static bool is_separator(char c)
{
    return str_find(STR(" \t\r\n,.;-"), c) < 8;
}

static int compare_folded(str typed, str word)
{
    for (size_t i = 0; i < typed.len && i < word.len; i++) {
        char c = typed.at[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != word.at[i]) return (uint8_t)c < (uint8_t)word.at[i] ? -1 : 1;
    }
    return (typed.len > word.len) - (typed.len < word.len);
}

/* A word of the list (which is sorted) or a number. */
static bool find_word(str typed, uint16_t *ret)
{
    uint64_t number = 0;
    if (str_to_u64(typed, &number)) {
        if (number >= WORDS_LIST) return false;
        *ret = (uint16_t)number;
        return true;
    }
    uint16_t low = 0, high = WORDS_LIST;
    while (low < high) {
        uint16_t middle = (uint16_t)((low + high) / 2);
        int order = compare_folded(typed, words_text(middle));
        if (order == 0) {
            *ret = middle;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = (uint16_t)(middle + 1);
    }
    return false;
}

enum code words_parse(str text, struct words *ret, struct fail *fail)
{
    struct words words;
    size_t count = 0;
    for (size_t at = 0; at < text.len;) {
        if (is_separator(text.at[at])) {
            at++;
            continue;
        }
        size_t end = at;
        while (end < text.len && !is_separator(text.at[end])) end++;
        uint16_t index = 0;
        if (!find_word(str_sub(text, at, end - at), &index))
            return fail_at(fail, CODE_MALFORMED, "word", 0, at + 1,
                           "this is neither a word of the list nor a number below %d", WORDS_LIST);
        if (count < WORDS_COUNT) words.index[count] = index;
        count++;
        at = end;
    }
    if (count != WORDS_COUNT)
        return fail_set(fail, CODE_MALFORMED, "count", "expected %d words, found %zu", WORDS_COUNT,
                        count);
    *ret = words;
    return CODE_OK;
}
