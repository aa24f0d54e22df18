#!/bin/sh
# demo.sh SOURCE BUILD - the demonstration as a newcomer meets it: founded within its time, the same record every time,
# verified by the auditor's program and by the Go program that we keep apart, and what README shows of it is true.
set -u
export LC_ALL=C
unset PLENARY_KEY PLENARY_DIR

source=$1 build=$2
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

ok() # NAME CONDITION…
{
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "demo: $name"
        tail -n 20 "$work/out" "$work/err" | sed 's/^/    /'
    fi
}

run() { "$@" >"$work/out" 2>"$work/err"; }
json() { python3 -c "import json,sys; d=json.load(open('$work/out')); print($1)"; }

# ---- small: the same seed, the same record; another seed, another ----
run "$build/plenary" demo --dir one --members 200 --units 5 --no-serve
ok "a small demonstration" [ $? -eq 0 ]
run "$build/plenary" demo --dir two --members 200 --units 5
run "$build/plenary" demo --dir three --members 200 --units 5 --seed other
root() { run "$build/plenary" status -C "$1" --json; json 'd["root"]'; }
first=$(root one)
ok "the same seed gives the same record" [ "$(root two)" = "$first" ]
ok "another seed gives another" [ "$(root three)" != "$first" ]
run "$build/plenary" demo --dir one --members 200 --units 5
ok "what stands there is not overwritten" [ $? -eq 2 ]
mkdir real && echo kept >real/file
run "$build/plenary" demo --dir real --fresh
ok "nothing but a rehearsal is removed" [ "$(cat real/file)" = kept ]

# ---- whole ----
run "$build/plenary" demo --dir demo --fresh
ok "the demonstration" [ $? -eq 0 ]
cp "$work/out" "$work/demo.txt"
words=$(sed -n 's/^  checkpoint  *no\. [0-9]*: //p' "$work/demo.txt")
ok "its checkpoint has twelve words" [ "$(echo "$words" | wc -w)" -eq 12 ]

run "$build/plenary" council show Congress --json -C demo
ok "1,200 delegates, each with the act that elected them" \
    [ "$(json 'len([x for x in d["delegates"] if len(x["elected_by"])==64 and len(x["result_sheet"])==64]), len(set(x["member"] for x in d["delegates"]))')" = "1200 1200" ]
run "$build/plenary" council show Executive --json -C demo
ok "an executive of 110" [ "$(json 'len(d["delegates"]), d["entitled"]')" = "110 1200" ]
run "$build/plenary" status --json -C demo
ok "confirmed by its units" [ "$(json 'd["confirmed"] > d["founded"]')" = True ]

run "$build/plenary" verify demo
ok "plenary verify" [ $? -eq 0 ]
ok "says replayed" grep -q '^replayed' "$work/out"
run "$build/plenary-verify" demo --words "$words"
ok "plenary-verify with the words" [ $? -eq 0 ]
cp "$work/out" "$work/verify.txt"
run "$build/plenary-verify" demo --words "abandon $words"
ok "other words are refused" [ $? -ne 0 ]
run "$build/plenary-verify" demo --json
ours="$(json 'd["size"], d["root"], d["signatures"]')"
key="$(json 'd["key"]')"

# ---- what it says to run next runs ----
grep "^  $build/plenary" "$work/demo.txt" >"$work/next"
ok "it names commands to look around and to verify" [ "$(wc -l <"$work/next")" -ge 5 ]
while read -r command; do
    # shellcheck disable=SC2086 # a line of words
    run $command
    ok "$command" [ $? -eq 0 ]
done <"$work/next"

# ---- the foreign verifier agrees on size, root and every signature ----
if command -v go >/dev/null 2>&1; then
    (cd "$source/tests/foreign" && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/gocache" \
        go build -o "$work/foreign" .) >"$work/out" 2>&1
    ok "the foreign verifier builds" [ $? -eq 0 ]
    run "$work/foreign" -json -key "$key" demo/export
    ok "the foreign verifier accepts" [ $? -eq 0 ]
    ok "and agrees" [ "$(json 'd["size"], d["root"], d["signatures"]')" = "$ours" ]
else
    echo "demo: skipped: no Go here"
fi

# ---- README shows what happens ----
sed -n '/^\$ /,/^```/p' "$source/README.md" | grep -v '^\$\|^```\|…' >"$work/shown"
ok "README shows a transcript" [ "$(wc -l <"$work/shown")" -ge 8 ]
cat "$work/demo.txt" "$work/verify.txt" >"$work/out"
missing=$(sed 's/ in [0-9.]* s, [0-9]* acts a second//' "$work/shown" | while read -r line; do
    sed 's/ in [0-9.]* s, [0-9]* acts a second//' "$work/out" | grep -qF -- "$line" || echo "$line"
done)
[ -z "$missing" ] || echo "demo: README shows what did not happen: $missing"
ok "README's transcript is true" [ -z "$missing" ]

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
