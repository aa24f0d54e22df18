#!/bin/sh
# layers.sh SOURCE BUILD - holds the architecture: who may include whom, what pure code may call,
# that it keeps no variables, that headers stand alone, that functions stay short.
# Each check prints one line per violation; each is first shown to find planted ones.
set -u
export LC_ALL=C

source_root=$1
build_root=$2
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# none NAME LINES: the real tree must give no line.
none()
{
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + $(printf '%s\n' "$2" | wc -l)))
        printf 'layers: %s:\n%s\n' "$1" "$2" | sed '2,$s/^/    /'
    fi
}

# some NAME COUNT LINES: the planted tree must give exactly COUNT lines.
some()
{
    count=$(printf '%s' "$3" | grep -c '')
    if [ "$count" -eq "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'layers: %s: %s planted, %s found:\n%s\n' "$1" "$2" "$count" "$3"
    fi
}

sources() { find "$1/src" -name '*.[ch]' | sort; }

# ---- includes: each layer names itself and those below it; pure layers few system headers -------

includes()
{
    (cd "$1" && find src -name '*.[ch]' | sort | xargs awk '
    BEGIN {
        below["base"] = " base "
        below["core"] = below["base"] "core "
        below["sign"] = below["core"] "sign "
        below["io"] = below["sign"] "io "
        below["audit"] = below["io"] "audit "
        below["store"] = below["io"] "store "
        below["node"] = below["store"] "node "
        below["web"] = below["node"] "web "
        below["prove"] = below["node"] "audit prove "
        below["cli"] = below["web"] "audit prove cli "
        split("assert errno gmp inttypes limits stdalign stdarg stdbool stddef stdint stdio stdlib " \
              "string time openssl/sha", names, " ")
        for (i in names) harmless["<" names[i] ".h>"] = 1
    }
    /^[ \t]*#[ \t]*include/ {
        split(FILENAME, part, "/")
        layer = part[2]
        what = $0
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", what)
        sub(/[ \t]*(\/\*.*)?$/, "", what)
        if (!(layer in below)) bad("a layer nobody declared")
        else if (what ~ /^"/) own(substr(what, 2, length(what) - 2))
        else if ((layer == "base" || layer == "core") && !(what in harmless))
            bad(layer " must stay pure")
    }
    function own(path,    at) {
        if (path == "plenary/plenary.h") return
        at = index(path, "/")
        if (!at) bad("write the path from src/")
        else if (!index(below[layer], " " substr(path, 1, at - 1) " "))
            bad(layer " lies below")
    }
    function bad(why) { print FILENAME ":" FNR ": " what " (" why ")" }')
}

# <time.h> may stand in banned.h alone, which poisons what it declares.
clocks()
{
    (cd "$1" && grep -nE '^[ 	]*#[ 	]*include[ 	]*<time\.h>' -r src/base src/core | grep -v '^src/base/banned\.h:')
}

# ---- text of the pure layers, comments removed ---------------------------------------------------

stripped() { gcc -fpreprocessed -dD -E -P "$1" 2>/dev/null; }

floats()
{
    find "$1/src/base" "$1/src/core" -name '*.[ch]' | sort | while read -r file; do
        stripped "$file" | sed 's/"[^"]*"//g' | grep -wE 'float|double' | sed "s|^|${file#"$1"/}: |"
    done
}

# ---- objects ------------------------------------------------------------------------------------

archives() { find "$1/src/base" "$1/src/core" -name '*.a' 2>/dev/null | sort; }

# Undefined symbols of the pure archives that are neither theirs nor on the list.
undefined()
{
    archives "$1" | xargs nm 2>/dev/null | awk '
    BEGIN {
        allowed = "^(mem(cpy|move|set|cmp|chr|rchr)|__mem(cpy|move|set)_chk|str(n?len|n?cmp|chr)" \
            "|(__)?explicit_bzero(_chk)?|v?snprintf|__v?snprintf_chk|abort|__assert_fail|__stack_chk_fail" \
            "|__gmp[nzq]?_.*|SHA256(_Init|_Update|_Final|_Transform)?|OPENSSL_cleanse" \
            "|_GLOBAL_OFFSET_TABLE_|__(u?div|u?mod|mul|ashl|lshr|ashr)[dt]i3|__u?divmod[dt]i4)$"
        allocator = "^(malloc|calloc|realloc|free)$" # alloc_libc in arena.c is made of them
    }
    /:$/ { object = $0; sub(/:$/, "", object) }
    $1 == "U" { if ($2 !~ allowed && !($2 ~ allocator && object ~ /(^|[/_])arena\.c\.o$/)) where[$2] = object }
    NF == 3 { defined[$3] = 1 }
    END { for (name in where) if (!(name in defined)) print where[name] ": " name }' | sort
}

# Bytes in writable sections; .data.rel.ro holds constant tables of pointers and is read-only.
writable()
{
    archives "$1" | xargs size -A 2>/dev/null | awk '
    / :$|\(ex .*\)/ { object = $1 }
    /^\.(data|bss|tdata|tbss)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 { print object ": " $1 " " $2 " bytes" }'
}

# The auditor's program is base, core, sign, io and audit: it must not carry a database or a network library.
auditor()
{
    [ -e "$1/plenary-verify" ] || return 0
    readelf -d "$1/plenary-verify" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
        grep -vE '^lib(c|m|sodium|crypto|gmp)\.so' | sed 's/^/plenary-verify needs /'
    nm "$1/plenary-verify" | awk '$3 ~ /^(store|node|web|sqlite3)_/ { print "plenary-verify holds " $3 }'
}

# Programs are position-independent, with read-only relocations and a stack that is no code.
hardening()
{
    for program in plenary plenary-verify; do
        [ -e "$1/$program" ] || continue
        readelf -hldW "$1/$program" | awk -v name="$program" '
        /Type: +DYN/ { pie = 1 }
        /GNU_RELRO/ { relro = 1 }
        /BIND_NOW/ { now = 1 }
        /GNU_STACK/ && $7 == "RW" { stack = 1 }
        END {
            if (!pie) print name ": not position-independent"
            if (!relro || !now) print name ": relocations stay writable"
            if (!stack) print name ": executable stack"
        }'
    done
}

# ---- headers, functions, words ------------------------------------------------------------------

headers()
{
    find "$1/src" "$1/include" -name '*.h' 2>/dev/null | sort | while read -r header; do
        gcc -std=gnu17 -fsyntax-only -D_GNU_SOURCE -Wall -Wextra -Wno-unused-function -Werror \
            -I "$1/src" -I "$1/include" -include "$source_root/src/base/banned.h" -x c "$header" \
            >"$work/header" 2>&1 || { echo "${header#"$1"/}: does not compile alone"; }
    done
}

# pmccabe: complexity counting a switch once, counting each case, statements, line, lines, place. It takes
# a macro call that stands alone on its line for a function's head, so those lines are emptied first.
functions()
{
    rm -rf "$work/plain"
    (cd "$1" && find src bench -name '*.c' 2>/dev/null | sort) | while read -r file; do
        mkdir -p "$work/plain/${file%/*}"
        sed 's/^[A-Z][A-Z0-9_]*(.*)$//' "$1/$file" >"$work/plain/$file"
    done
    (cd "$work/plain" && find src bench -name '*.c' 2>/dev/null | sort | xargs pmccabe | awk -F'\t' '
    $1 > 15 { print $6 ": complexity " $1 }
    $5 > 70 { print $6 ": " $5 " lines" }')
}

words()
{
    first='\b(TO''DO|FIX''ME|XX''X|HA''CK)\b'
    second='not imple''mented|/wor''k/|/tmp/te''am'
    (cd "$1" && find . \( -name '.git' -o -name 'build*' -o -name node_modules \) -prune -o \
        -type f -exec grep -nIE "$first|$second" {} + | sed 's|^\./||' | cut -c1-120)
}

# Links of the documents to files of ours that do not exist.
links()
{
    (cd "$1" && find . \( -name '.git' -o -name 'build*' \) -prune -o -name '*.md' -print | while read -r page; do
        sed 's/`[^`]*`//g' "$page" | grep -oE '\]\([^)# ]+' | sed 's/^](//' | grep -vE '^[a-z]+:' | while read -r target; do
            [ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
        done
    done)
}

# ---- planted violations --------------------------------------------------------------------------

plant()
{
    mkdir -p "$work/tree/src/base" "$work/tree/src/core" "$work/tree/src/cli" "$work/out/src/base" "$work/out/src/core"
    cat >"$work/tree/src/base/low.c" <<'C'
#include "core/high.h"
#include <unistd.h>
#include <time.h>
/* double in a comment is fine */
int low(int n);
C
    cat >"$work/tree/src/core/high.h" <<'C'
#include "high.h"
double high(struct nowhere value, undeclared_t other);
C
    echo '#include "base/low.h" /* allowed */' >"$work/tree/src/cli/top.c"
    {
        echo '#include <stdio.h>'
        echo 'int counter; static int hidden = 3; extern int puts(const char *);'
        echo 'static const char *const table[] = {"one", "two"};'
        echo 'int act(int n) { hidden += n; return counter++ + hidden + puts(table[n]); }'
    } >"$work/act.c"
    gcc -fPIC -fno-common -O0 -c "$work/act.c" -o "$work/act.o" &&
        ar rc "$work/out/src/core/libcore.a" "$work/act.o"
    {
        echo 'int branchy(int n);'
        echo 'int branchy(int n) {'
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo "if (n == $i) return $i;"; done
        echo 'return 0; }'
        echo 'int lengthy(int n) {'
        awk 'BEGIN { for (i = 0; i < 80; i++) print "n++;" }'
        echo 'return n; }'
    } >"$work/tree/src/core/shape.c"
    echo "/* TO""DO: later */" >"$work/tree/src/cli/later.c"
    echo "[a](page.md) [b](missing.md#part) [c](https://host/missing.md)" >"$work/tree/page.md"
    echo "int main(void) { return 0; }" >"$work/main.c"
    gcc -no-pie -Wl,-z,norelro -Wl,-z,execstack "$work/main.c" -o "$work/out/plenary"
}

plant
some "includes" 3 "$(includes "$work/tree")"
some "clocks" 1 "$(clocks "$work/tree")"
some "floats" 1 "$(floats "$work/tree")"
some "undefined symbols" 1 "$(undefined "$work/out")"
some "writable sections" 2 "$(writable "$work/out")"
some "headers" 1 "$(headers "$work/tree")"
some "functions" 2 "$(functions "$work/tree")"
some "words" 1 "$(words "$work/tree")"
some "links" 1 "$(links "$work/tree")"
some "hardening" 3 "$(hardening "$work/out")"

none "includes" "$(includes "$source_root")"
none "clocks" "$(clocks "$source_root")"
none "floating point" "$(floats "$source_root")"
if [ -z "$(archives "$build_root")" ]; then
    failed=$((failed + 1))
    echo "layers: no archives of base and core in $build_root"
fi
none "undefined symbols of base and core" "$(undefined "$build_root")"
none "variables in base and core" "$(writable "$build_root")"
none "plenary-verify" "$(auditor "$build_root")"
none "headers" "$(headers "$source_root")"
none "functions" "$(functions "$source_root")"
none "words" "$(words "$source_root")"
none "links" "$(links "$source_root")"
none "hardening" "$(hardening "$build_root")"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
