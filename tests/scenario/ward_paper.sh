#!/bin/sh
# ward_paper.sh SOURCE PLENARY PLENARY-VERIFY - a real ward's papers through the whole chain: an organisation is
# founded, its roll imported, tellers elected, ten candidates named, 2,925 papers keyed twice, counted, objected to by
# nobody, seats filled, the record verified. The ward is Dunoon in Argyll and Bute, 2017; electorate, poll and every stage are as
# the council declared them.
set -u
export LC_ALL=C
unset PLENARY_KEY

source_root=$1 plenary=$2
ward=$source_root/tests/data/stv/argyll_bute_2017_ward7.csv
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export PLENARY_DIR="$work/org"
cd "$work" || exit 1

ok() # NAME CONDITION…
{
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "ward_paper: $name"
        sed 's/^/    /' "$work/out" "$work/err"
    fi
}

does() # NAME ARGUMENTS…
{
    what=$1
    shift
    "$plenary" "$@" >"$work/out" 2>"$work/err"
    ok "$what" [ $? -eq 0 ]
}

says() { ok "says $1" grep -qF -- "$1" "$work/out"; }
field() { "$plenary" election show "$1" --json | sed "s/.*\"$2\":\([0-9]*\).*/\1/"; }
clock_to() { "$plenary" clock set "$(date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null; }

# ---- founded, with as many members as the ward has electors ----

does "an organisation" init org --preset branch --name Dunoon
does "its unit" unit found Dunoon --kind ward
{
    echo 'number,name'
    sed -n 's/^"Candidate \([0-9]*\)","\([^"]*\)".*/\1,\2/p' "$ward"
    seq 11 5644 | sed 's/.*/&,Elector &/'
} >members.csv
does "its roll" roll import members.csv --unit Dunoon
does "as many as in the ward" roll show --unit Dunoon
says 5644
does "codes for three of them" roll codes --form csv --out codes.csv --member 11 --member 12 --member 13 --as founder
for teller in 11 12 13; do
    code=$(grep -F "Elector $teller" codes.csv | grep -oE '([0-9A-Z]{4}-){6}[0-9A-Z]{4}' | head -n 1)
    does "a key for $teller" key enrol --member $teller --code "$code"
    does "a PIN" key pin --member $teller --json
    does "confirmed" key confirm --member $teller --pin "$(sed 's/.*"pin":"\([0-9]*\)".*/\1/' out)"
done

# ---- tellers, elected without a ballot ----

does "the office" office found Tellers Dunoon --role teller --seats-each 3 --term 200d --as founder
does "its election" election call Tellers --as founder
for teller in 11 12 13; do does "$teller stands" election nominate Tellers --as $teller; done
clock_to "$(field Tellers closes)"
clock_to "$(field Tellers objections_until)"
does "tellers are seated" office show Tellers
says '3 of 3 seats held'

# ---- the election of the council, on paper; candidates without a device sign through two tellers ----

does "the council" council found Council Dunoon --seats-each 3 --term 300d --as founder
does "its election" election call Council --mode paper --rule scottish-stv --as founder
for candidate in 1 2 3 4 5 6 7 8 9 10; do
    does "$candidate stands" election nominate Council --as $candidate --via 11,12
done
clock_to "$(field Council closes)"
does "no result before the papers are keyed" election result Council
says 'no result yet'
does "the first keying" election paper Council --paper "$ward" --as 11 --sheet issued=2997,blank=72
does "the second keying" election paper Council --paper "$ward" --as 13 --sheet issued=2997,blank=72
says 'sealed by both tellers'
ok "names as on the ballot paper" [ ! -s err ]
does "the first reveals" election paper Council --as 11
does "the second reveals" election paper Council --as 13
says 'pile 1: agreed'
does "that was all, says one" election complete Council --as 11
does "and another" election complete Council --as 13
says 'counted'

# ---- the result as the council declared it ----

does "the count" election tally Council --json
cp out counted
"$plenary" count --rule scottish-stv "$ward" --json >declared
ok "is that of the file" cmp -s counted declared
says '"quota":"732.00000","winners":[4,3,2]'
while read -r stage; do
    says "\"votes\":[\"$(echo "$stage" | sed 's/ /.00000","/g').00000\"]"
done <<'STAGES'
216 313 575 534 121 411 154 142 264 195
237 339 580 539 0 421 164 150 275 203
256 353 593 557 0 423 195 0 286 216
305 391 600 584 0 437 0 0 306 227
330 412 616 602 0 455 0 0 372 0
0 542 638 643 0 467 0 0 406 0
0 658 670 732 0 487 0 0 0 0
0 687 1064 732 0 0 0 0 0 0
STAGES
does "the result" election result Council
says '5644 electors, 2997 papers in 1 pile keyed twice: 2925 valid, 72 rejected'
says 'elected      4 Bobby Good (4), 3 Audrey E Forrest (3), 2 Jim Anderson (2)'
says 'provisional'
does "the ballots for everybody" election export Council council.blt
does "count to the same" count --rule scottish-stv council.blt --json
ok "as declared" cmp -s out declared

# ---- seats ----

does "nobody is seated yet" council show Council
says '0 of 3 seats held'
clock_to "$(field Council objections_until)"
does "the seats are filled" council show Council --json
says '"held":3'
for name in 'Jim Anderson' 'Audrey E Forrest' 'Bobby Good'; do says "\"name\":\"$name ("; done
says '"evidence":"paper"'
does "it verifies" verify org
[ -x "$3" ] && "$3" org >out 2>err
ok "for the auditor's program too" [ $? -eq 0 ]

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
