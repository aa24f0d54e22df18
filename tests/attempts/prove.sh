#!/bin/sh
# prove.sh BUILD - plenary prove as people run it, its evidence under the auditor's program, and the same attempts where
# a guard is cleared: one that succeeds is printed as such. The released program has no switch.
set -u
export LC_ALL=C

build=$1
plenary=$build/plenary verify=$build/plenary-verify unguarded=$build/tests/unguarded
passed=0 failed=0
work=$(mktemp -d -p /dev/shm 2>/dev/null) || work=$(mktemp -d) || exit 1 # how fast a disk syncs is not the matter
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

ok() # NAME CONDITION…
{
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "prove: $name"
        sed 's/^/    /' "$work/out" "$work/err"
    fi
}

run() { "$@" >"$work/out" 2>"$work/err"; }
exits() { want=$1; shift; run "$@"; ok "exit $want: $*" [ $? -eq "$want" ]; }
says() { ok "says \"$1\"" grep -qF -- "$1" "$work/out"; }
complains() { ok "complains \"$1\"" grep -qF -- "$1" "$work/err"; }

# ---- all of them ----
exits 0 "$plenary" prove --keep "$work/kept"
cp "$work/out" "$work/all"
tried=$(grep -cE '^  (REFUSED|DETECTED|SURVIVED) ' "$work/all")
ok "at least 48 attempts" [ "$tried" -ge 48 ]
says "takeover attempts: $tried tried, 0 succeeded"
says "not covered by any attempt"

# ---- evidence, under a program that holds no database ----
run "$verify" "$work/kept/founded" --json
key=$(sed 's/.*"key":"\([^"]*\)".*/\1/' "$work/out")
detected=0
for name in $(awk '$1 == "DETECTED" { print $2 }' "$work/all"); do
    detected=$((detected + 1))
    organisation="$work/kept/$name/organisation"
    if [ -e "$organisation/evidence" ]; then
        exits 0 "$verify" --evidence "$organisation/evidence" --key "$key"
        says "the evidence stands"
    else
        exits 5 "$verify" "$organisation/export" --key "$key"
        complains "NOT a true record"
    fi
done
ok "four are detected" [ "$detected" -ge 4 ]

# ---- refusals are what the rules give: nobody can say that the node made them up ----
refusals=0
for file in "$work"/kept/*/refusal; do
    refusals=$((refusals + 1))
    run "$verify" --evidence "$file" "$(dirname "$file")/organisation" --key "$key"
    # An act that was refused may refer to what no export holds.
    ok "$file" grep -qE "replay gives the article that the refusal names|is not in this export" "$work/out"
done
ok "signed refusals are kept" [ "$refusals" -ge 25 ]

# ---- some of them, for programs, and what is not one of them ----
exits 0 "$plenary" prove roll-packing postpone-election --json
says '"succeeded":0,"tried":2,"unclear":0'
says '"guard":"election.due"'
ok "one line" [ "$(wc -l <"$work/out")" -eq 1 ]
exits 0 "$plenary" prove postpone-election
says "guard  election.due: Nobody inside lengthens a term"
exits 2 "$plenary" prove steal-the-moon
complains "no such attempt"
exits 2 "$plenary" prove --keep "$work/kept"
ok "nothing is left behind" [ -z "$(ls "$TMPDIR")" ]

# ---- one that succeeds is printed as such ----
exits 1 "$unguarded" prove --clear election.due postpone-election roll-packing
says "SUCCEEDED postpone-election"
says "REFUSED   roll-packing"
says "takeover attempts: 2 tried, 1 succeeded"
exits 1 "$unguarded" prove --clear record.signature --clear record.lock --json \
    write-as-another-member silent-roll-edit rewrite-history roll-packing
says '"succeeded":3,"tried":4,"unclear":0'

# ---- no switch in what is released ----
exits 2 "$plenary" prove --clear election.due postpone-election
complains "no such option"
for word in "this build alone" "no such guard"; do
    ok "the tests' build has \"$word\"" grep -qF "$word" "$unguarded"
    ok "the program has not \"$word\"" [ "$(grep -cF "$word" "$plenary")" -eq 0 ]
done
ok "the tests' build has the symbol" [ "$(nm "$unguarded" | grep -c ' signer_forget$')" -eq 1 ]
ok "the program has no such symbol" [ "$(nm "$plenary" | grep -c ' signer_forget$')" -eq 0 ]

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
