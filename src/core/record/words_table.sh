#!/bin/sh
# words_table.sh - prints the C table of a word list: 2048 words of 3 to 8 letters, one a line, ascending.
set -eu
LC_ALL=C awk '
    !/^[a-z][a-z][a-z][a-z]?[a-z]?[a-z]?[a-z]?[a-z]?$/ || $0 <= last { print "words: line " NR ": " $0 > "/dev/stderr"; bad = 1; exit }
    NR == 1 { print "#include \"core/record/words_table.h\"\n\nconst char words_table[WORDS_LIST][9] = {" }
    { printf "    \"%s\",\n", $0; last = $0 }
    END { if (bad || NR != 2048) { print "words: expected 2048 words" > "/dev/stderr"; exit 1 } print "};" }
' "$1"
