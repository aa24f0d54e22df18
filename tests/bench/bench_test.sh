#!/bin/sh
# bench_test.sh SOURCE BUILD - every benchmark runs in small, answers in its JSON, leaves nothing.
set -u
source_root=$1
program=$2/plenary
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

check()
{
    title=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "bench: $title"
    fi
}

# has FILE PATTERN: each of the patterns stands in the file.
has()
{
    file=$1
    shift
    for pattern in "$@"; do
        grep -q -e "$pattern" "$file" || { echo "no $pattern in:"; cat "$file"; return 1; }
    done
}

export TMPDIR="$work"
shape='^\[{"name":"[a-z]*","figures":{.*},"peer":.*,"ratio":.*,"machine":".*cores","commit":".*"}\]$'

"$program" bench accept --acts 250 --json >"$work/accept" 2>&1
check "accept" [ $? -eq 0 ]
check "accept's figures" has "$work/accept" "$shape" '"acts":250,' '"acts_per_second":[1-9]' '"peer":{"name":"'
"$program" bench replay --acts 700 --json >"$work/replay" 2>&1
check "replay" [ $? -eq 0 ]
check "replay's figures" has "$work/replay" "$shape" '"entries":[1-9]' '"signatures":[1-9]' '"seconds":'
"$program" bench import --acts 300 --json >"$work/import" 2>&1
check "import" [ $? -eq 0 ]
check "import's figures" has "$work/import" "$shape" '"members":300,' '"units":31,' '"peer":null'
"$program" bench count --wards "$source_root/tests/data/stv" --json >"$work/count" 2>&1
check "count" [ $? -eq 0 ]
check "count's figures" has "$work/count" "$shape" '"elections":4,' '"ballots":8612,' '"rounds":18,'
PLENARY_DATA="$work/absent" "$program" bench count >"$work/skipped" 2>&1
check "elections not at hand" [ $? -eq 0 ]
check "are skipped, and it says so" has "$work/skipped" 'skipped: no elections at hand'
"$program" bench throughput >"$work/unknown" 2>&1
check "an unknown name is a usage error" [ $? -eq 2 ]
check "and the known ones are told" has "$work/unknown" 'throughput: expected accept, replay, import or count'
"$program" bench count --wards "$work/absent" >"$work/absent-wards" 2>&1
check "a folder that is not there is an error" [ $? -eq 2 ]
rm -f "$work"/[a-z]*
left=$(ls "$work")
check "nothing is left: $left" [ -z "$left" ]

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
