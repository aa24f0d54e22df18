#!/bin/sh
# foreign.sh SOURCE - builds the Go verifier from Debian's packages, lets it read a log made by a second
# implementation, and tells it lies about that log, a hundred of each class.
set -u
here=$1/tests/foreign
data=${PLENARY_DATA:-$1/../shared/data}/record
passed=0 failed=0

skip()
{
    echo "skipped: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

check() # NAME STATUS WANTED
{
    if [ "$2" -eq "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "foreign: $1: exit $2, expected $3"
    fi
}

command -v go >/dev/null || skip "go is not here"
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ] || skip "golang-golang-x-mod-dev is not here"
[ -f "$data/log.vkey" ] || skip "$data is not here"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE="${GOCACHE:-$work/cache}"

(cd "$here" && go build -o "$work/verify" .)
check "builds" $? 0

"$work/verify" -keyfile "$data/log.vkey" -keys "$data/members.vkeys" -proof "$data/entry-300.tlog-proof" \
    -old "$data/log/checkpoint" "$data/log" >"$work/report" 2>&1
check "the log" $? 0
grep -q '^size        600$' "$work/report" && grep -q '^signatures  624 true' "$work/report"
check "its report" $? 0

"$work/verify" -json "$data/log" >"$work/report" 2>&1
check "the log by the key it names itself" $? 0
grep -q '"signatures":624.*"key_given":false' "$work/report"
check "its report says so" $? 0

"$work/verify" -keyfile "$data/refusal.vkey" "$data/log" >"$work/report" 2>&1
check "under another key" $? 1

sed 's/^index 300/index 301/' "$data/entry-300.tlog-proof" >"$work/moved"
"$work/verify" -keyfile "$data/log.vkey" -proof "$work/moved" "$data/log" >"$work/report" 2>&1
check "a proof for another entry" $? 1

cp -r "$data/log" "$work/public" && chmod -R u+w "$work/public" && cp -r "$data/log-public/." "$work/public/"
"$work/verify" -keyfile "$data/log.vkey" -keys "$data/members.vkeys" "$work/public" >"$work/report" 2>&1
check "the public export" $? 0
grep -q ' [1-9][0-9]* not for this reader' "$work/report"
check "which withholds acts" $? 0

"$work/verify" -keyfile "$data/log.vkey" -lies "${LIES:-100}" "$data/log" >"$work/lies" 2>&1
check "every lie is noticed" $? 0
grep -v ' passed, ' "$work/lies"
passed=$((passed + $(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$work/lies")))
failed=$((failed + $(sed -n 's/.* passed, \([0-9]*\) failed$/\1/p' "$work/lies")))

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
