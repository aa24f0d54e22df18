#include "core/import/fold.h"

#include "base/text.h"

/* Plain letters of U+00C0..U+017F, one per code point; '.' = not a letter, '1' = two letters, see
 * below. */
static const char latin_plain[] =
    "aaaaaa1ceeeeiiiidnooooo.ouuuuy11aaaaaa1ceeeeiiiidnooooo.ouuuuy1y"  /* 00C0-00FF */
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii11jjkkklllllll"  /* 0100-013F */
    "lllnnnnnnnnnoooooo11rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"; /* 0140-017F */

static const char *two_letters(uint32_t point)
{
    switch (point) {
    case 0xc6:
    case 0xe6: return "ae";
    case 0xde:
    case 0xfe: return "th";
    case 0xdf: return "ss";
    case 0x132:
    case 0x133: return "ij";
    case 0x152:
    case 0x153: return "oe";
    default: return "";
    }
}

static size_t fold_ascii(char c, char ret[4])
{
    bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return 0;
    ret[0] = upper ? (char)(c + 32) : c;
    return 1;
}

/* U+00C0..U+017F */
static size_t fold_latin(uint32_t point, char ret[4])
{
    const char *plain = &latin_plain[point - 0xc0];
    if (*plain == '.') return 0;
    str letters = *plain == '1' ? str_from(two_letters(point)) : (str){plain, 1};
    memcpy(ret, letters.at, letters.len);
    return letters.len;
}

static bool is_between(uint32_t point, uint32_t first, uint32_t last)
{
    return point >= first && point <= last;
}

/* Combining accents, punctuation and spaces outside Latin-1. */
static bool is_silent(uint32_t point)
{
    return is_between(point, 0x300, 0x36f) || is_between(point, 0x2000, 0x206f) ||
           point == 0x3000 || point == 0xfeff;
}

/* The folded form of one code point; empty when it is no letter or digit. */
static size_t fold_point(uint32_t point, char ret[4])
{
    if (point < 0x80) return fold_ascii((char)point, ret);
    if (point < 0xc0 || is_silent(point)) return 0;
    if (point <= 0x17f) return fold_latin(point, ret);
    if (is_between(point, 0x218, 0x21b)) { /* Romanian s and t with comma below */
        ret[0] = point < 0x21a ? 's' : 't';
        return 1;
    }
    /* Greek and Cyrillic capitals lie 32 below their small letters. */
    if (is_between(point, 0x391, 0x3a9) || is_between(point, 0x410, 0x42f)) point += 32;
    return utf8_encode(point, ret);
}

/* Marks that belong inside a word and vanish without parting it: apostrophes and combining accents.
 */
static bool joins(uint32_t point)
{
    return point == '\'' || point == 0x2019 || point == '.' || (point >= 0x300 && point < 0x370);
}

size_t fold_text(str text, bool words, char *ret, size_t room)
{
    size_t used = 0, valid = utf8_check(text);
    str sound = str_sub(text, 0, valid);
    bool gap = false;
    for (size_t at = 0; at < sound.len;) {
        uint32_t point = utf8_next(sound, &at);
        char plain[4];
        size_t len = fold_point(point, plain);
        if (len == 0) {
            gap = gap || (words && used && !joins(point));
            continue;
        }
        if (used + len + gap > room) break;
        if (gap) ret[used++] = ' ';
        gap = false;
        memcpy(ret + used, plain, len);
        used += len;
    }
    return used;
}

str fold_take(struct arena *arena, str text, bool words)
{
    char folded[512];
    str copy;
    size_t len = fold_text(text, words, folded, sizeof folded);
    if (!arena_copy(arena, (str){folded, len}, &copy)) return (str){NULL, 0};
    return copy;
}

enum { WORDS_MAX = 16 };

str fold_sorted(struct arena *arena, str text)
{
    char folded[512], joined[512];
    str rest = {folded, fold_text(text, true, folded, sizeof folded)}, words[WORDS_MAX];
    size_t count = 0, used = 0;
    while (rest.len && count < WORDS_MAX) {
        str word = count + 1 < WORDS_MAX ? str_cut(&rest, ' ') : rest;
        if (count + 1 == WORDS_MAX) rest.len = 0;
        size_t at = count++;
        for (; at > 0 && str_cmp(word, words[at - 1]) < 0; at--) words[at] = words[at - 1];
        words[at] = word;
    }
    for (size_t i = 0; i < count; i++) {
        if (i) joined[used++] = ' ';
        memcpy(joined + used, words[i].at, words[i].len);
        used += words[i].len;
    }
    str copy;
    if (!arena_copy(arena, (str){joined, used}, &copy)) return (str){NULL, 0};
    return copy;
}

bool fold_within_one(str a, str b)
{
    if (a.len > b.len) return fold_within_one(b, a);
    if (b.len - a.len > 1) return false;
    size_t same = 0;
    while (same < a.len && a.at[same] == b.at[same]) same++;
    if (same == a.len) return true;
    str a_rest = str_sub(a, same + 1, a.len), b_rest = str_sub(b, same + 1, b.len);
    if (a.len < b.len) return str_eq(str_sub(a, same, a.len), b_rest);
    if (str_eq(a_rest, b_rest)) return true;
    return a_rest.len && a.at[same] == b_rest.at[0] && b.at[same] == a_rest.at[0] &&
           str_eq(str_sub(a_rest, 1, a_rest.len), str_sub(b_rest, 1, b_rest.len));
}
