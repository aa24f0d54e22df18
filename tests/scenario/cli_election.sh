#!/bin/sh
# cli_election.sh SOURCE PLENARY - the election commands against a rehearsal: what they do, what they say to bad input
# (exit 4, the place named), what the rules refuse (exit 3, the article named), and that neither changes anything.
set -u
export LC_ALL=C
unset PLENARY_KEY

plenary=$2
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
        echo "cli_election: $name"
        sed 's/^/    /' "$work/out" "$work/err"
    fi
}

run() { "$plenary" "$@" >"$work/out" 2>"$work/err"; }

does() # NAME ARGUMENTS…: exit 0
{
    what=$1
    shift
    run "$@"
    ok "$what" [ $? -eq 0 ]
}

size() { "$plenary" status --json | sed 's/.*"size":\([0-9]*\).*/\1/'; }

wrong() # STATUS TEXT ARGUMENTS…: that exit status, that text among the complaints, and nothing recorded
{
    status=$1 text=$2 before=$(size)
    shift 2
    run "$@"
    ok "exit $status: $*" [ $? -eq "$status" ]
    ok "says \"$text\": $*" grep -qF -- "$text" "$work/err"
    ok "changes nothing: $*" [ "$(size)" = "$before" ]
}

says() { ok "says $1" grep -qF -- "$1" "$work/out"; } # TEXT of the last run

field() { "$plenary" election show "$1" --json | sed "s/.*\"$2\":\([0-9]*\).*/\1/"; }
clock_to() { "$plenary" clock set "$(date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null; }
holders() { "$plenary" office show "$1" | sed -n "/ $2:/,/^\$/s/.*(\([0-9]*\)).*/\1/p"; }

"$plenary" demo --members 120 --units 3 --dir org --seed elections >"$work/out" 2>"$work/err"
ok "the rehearsal" [ $? -eq 0 ]
unit=$("$plenary" office show Tellers | sed -n 's/^  \([^:]*\): .*electors.*/\1/p' | sed -n 2p)
# shellcheck disable=SC2046
set -- $(holders Tellers "$unit")
teller=$1 teller2=$2
# Members of the second unit are 41 to 80; five who hold no office and no seat.
set --
for number in $(seq 41 80); do
    member=$(printf '%06d' "$number")
    for body in Tellers Stewards; do "$plenary" office show $body; done >"$work/held"
    for body in Congress Executive; do "$plenary" council show $body; done >>"$work/held"
    grep -qF "($member)" "$work/held" || set -- "$@" "$member"
    [ $# -eq 7 ] && break
done
ok "seven plain members" [ $# -eq 7 ]
a=$1 b=$2 c=$3 d=$4 e=$5 elector=$6 judge=$7
stranger=000001

# ---- the call ----

wrong 2 'no such council' election call Nowhere --as "$elector"
does "a council" council found Works "$unit" --seats-each 2 --term 200d --as "$elector"
wrong 4 '--mode:1:1: expected open, paper or attested' election call Works --mode letter --as "$elector"
wrong 4 '--rule:1:1: expected a counting rule' election call Works --rule guess --as "$elector"
wrong 4 '--closes:1:1: expected a time' election call Works --closes tomorrow --as "$elector"
wrong 4 '--offset:1:1:' election call Works --offset east --as "$elector"
wrong 4 '--cells:1:3: expected numbers of constituencies' election call Works --cells 1,7 --as "$elector"
wrong 2 'who acts?' election call Works
wrong 3 'refused by article election.times' election call Works --closes 1h --as "$elector"
wrong 3 'refused by article election.elector' election call Works --as "$stranger"
does "a call on paper" election call Works --mode paper --closes 6d --offset +02:00 --zone Europe/Berlin --as "$elector"
says '(Europe/Berlin)'
says '2 in 1 constituency, 40 electors'
wrong 3 'refused by article roll.freeze' election call Works --as "$elector"

# ---- candidates ----

wrong 2 'no such election' election nominate Play --as "$a"
wrong 2 'no such constituency' election nominate Works --cell 9 --as "$a"
wrong 3 'refused by article election.elector' election nominate Works --cell 1 --as "$stranger"
does "one stands" election nominate Works --as "$a"
wrong 3 'refused by article election.candidate' election nominate Works --as "$a"
for member in "$b" "$c"; do does "$member stands" election nominate Works --as "$member"; done
does "another is named" election nominate Works --member "$d" --as "$elector"
does "and consents" election consent Works --as "$d"
does "one more" election nominate Works --cell "$unit" --as "$e"
does "withdraws" election withdraw Works --as "$e"
wrong 3 'refused by article election.candidate' election consent Works --as "$elector"
wrong 1 'nothing.txt' election statement Works nothing.txt --as "$a"
echo 'Bread for all.' >"$work/statement"
does "a statement" election statement Works statement --as "$a"
clock_to "$(field Works nominate_until)"
wrong 3 'refused by article election.phase' election nominate Works --as "$elector"
does "candidates are shown" election show Works
says 'Bread for all.'
says ', withdrawn'
wrong 3 'refused by article election.channel' election ballot Works --ranks 1,2 --as "$elector"

# ---- paper ----

cat >"$work/pile.csv" <<'CSV'
4,2,
3,1,2,
2,2,
5,3,4,1,
1,4,
"Candidate 1","",""
"Candidate 2","",""
"Candidate 3","",""
"Candidate 4","",""
"Pile 1"
CSV
sed 's/^2,2,$/1,2,\n1,2,3,/' pile.csv >slip.csv
wrong 3 'refused by article election.phase' election paper Works pile.csv --as "$teller"
wrong 3 'refused by article election.phase' election tally Works
run election tally Works --json
ok "for programs too" [ $? -eq 3 ]
says '{"refused":"election.phase","rule":"'
wrong 3 'refused by article election.phase' election export Works out.blt
clock_to "$(field Works closes)"
sed 's/^2,2,$/2,x,/' pile.csv >bad.csv
wrong 4 'bad.csv:3:3:' election paper Works bad.csv --as "$teller"
sed 's/^2,2,$/2,9,/' pile.csv >bad.csv
wrong 4 'bad.csv:3:3:' election paper Works bad.csv --as "$teller"
printf '3,2,\n1,1,\n"Candidate 1","",""\n"Candidate 2","",""\n"Candidate 3","",""\n"Pile"\n' >few.csv
wrong 4 'few.csv:1:1: 3 candidates here, 4 in the cell' election paper Works few.csv --as "$teller"
printf '4 2\n1 1=2 0\n0\n"A"\n"B"\n"C"\n"D"\n"Pile"\n' >equal.blt
wrong 4 'equal.blt: candidates on one rank' election paper Works equal.blt --as "$teller"
wrong 4 '--sheet:1:10: expected issued' election paper Works pile.csv --sheet issued=5,lost=3 --as "$teller"
wrong 4 '--sheet:1:8: expected a number' election paper Works pile.csv --sheet issued=many --as "$teller"
wrong 4 '--sheet:1:1: 12 issued papers, but 11' election paper Works pile.csv --sheet issued=12 --as "$teller"
sed 's/^1,4,$/4000000,4,/' pile.csv >bad.csv
wrong 4 'bad.csv: too many papers for one pile' election paper Works bad.csv --as "$teller"
wrong 2 'pile 1 is to be keyed: give the file' election paper Works --as "$teller"
wrong 1 'missing.csv' election paper Works missing.csv --as "$teller"
wrong 3 'refused by article office.role' election paper Works pile.csv --as "$elector"
wrong 3 'refused by article office.role' election paper Works pile.csv --tellers "$teller,$elector"
wrong 3 'refused by article paper.pile' election paper Works pile.csv --pile 3 --as "$teller"
sheet=issued=30,not_returned=17,unused=1,blank=1
does "the first teller seals" election paper Works pile.csv --sheet $sheet --as "$teller"
says 'sealed by one teller'
ok "the keying is the teller's alone" [ "$(find org/keys/piles -type f -perm 600 | wc -l)" -eq 1 ]
ok "and not in the store" [ "$(strings -a org/plenary.db | grep -c '"ranks":\[3,4,1\]')" -eq 0 ]
does "sealing again changes nothing" election paper Works pile.csv --as "$teller"
does "the second teller seals other papers" election paper Works slip.csv --sheet $sheet --as "$teller2"
says 'sealed by both tellers'
wrong 4 'not the papers this teller sealed' election paper Works slip.csv --as "$teller"
does "the first reveals" election paper Works --as "$teller"
says 'revealed by one teller'
does "the second reveals" election paper Works --as "$teller2" --json
says '"state":"differs"'
says '"differences":[{"paper":5,"keyed":[[2],[2,3]]}]'
does "the difference is shown to people" election paper Works --as "$teller"
says 'paper 5:'
ok "nothing lies about any more" [ "$(find org/keys/piles -type f | wc -l)" -eq 0 ]
wrong 3 'refused by article paper.differ' \
    election adjudicate Works --papers pile.csv --sheet $sheet --tellers "$teller,$teller2"
wrong 3 'refused by article paper.pile' election complete Works --tellers "$teller,$teller2"

# ---- an office for all units, so that a third teller can look ----

clock_to "$(field Works keyed_until)"
does "without agreement there is no result" election result Works
says 'annulled'
# shellcheck disable=SC2046
set -- $("$plenary" council show Congress | sed -n 's/.*(\([0-9]*\)).*/\1/p')
does "an office" office found Scrutiny Congress --role teller --seats-each 3 --term 300d --as "$1"
does "its election" election call Scrutiny --mode open --rule plurality --as "$1"
named=0
for member in $(seq 81 120); do
    number=$(printf '%06d' "$member")
    [ $named -eq 4 ] && break
    run election nominate Scrutiny --member "$number" --as "$1" || continue
    run election consent Scrutiny --cell 1 --as "$number" && named=$((named + 1))
done
ok "four stand for it" [ $named -eq 4 ]
clock_to "$(field Scrutiny opens)"
wrong 4 '--ranks:1:1: "9" is no candidate' election ballot Scrutiny --ranks 9 --as "$1"
wrong 4 '--ranks:1:3: "Nobody" is no candidate' election ballot Scrutiny --ranks 1,Nobody --as "$1"
wrong 3 'refused by article election.ballot' election ballot Scrutiny --ranks 1,2 --as "$1"
wrong 2 'expected --ranks' election ballot Scrutiny --as "$1"
choice=1
for delegate in "$@"; do
    does "delegate $delegate votes" election ballot Scrutiny --ranks $choice --as "$delegate"
    choice=$((choice % 3 + 1))
done
does "a delegate votes again" election ballot Scrutiny --ranks 1 --as "$1"
does "or for nobody" election ballot Scrutiny --blank --as "$2"
wrong 3 'refused by article election.phase' election tally Scrutiny
does "before the close there is no result" election result Scrutiny --json
ok "none at all" sh -c "! grep -q '\"count\"' '$work/out'"
clock_to "$(field Scrutiny closes)"
does "a result" election result Scrutiny --json
says '"state":"provisional"'
does "counted here and now" election tally Scrutiny --json
says '"winners":['
does "its ballots without electors" election export Scrutiny out.blt --json
run count --rule plurality --lot "$(sed 's/.*"lot":"\([0-9,]*\)".*/\1/' out)" out.blt --json
cp out again
run election tally Scrutiny --json
ok "count to the same" [ "$(cat again)" = "$(cat out)" ]
wrong 1 'nowhere/out.blt' election export Scrutiny nowhere/out.blt
clock_to "$(field Scrutiny objections_until)"
third=$(holders Scrutiny Congress | head -n 1)

# ---- paper again: adjudicated, objected to, counted anew, final ----

does "called again" election call Works --mode paper --as "$elector"
for member in "$a" "$b" "$c" "$d"; do does "$member stands again" election nominate Works --as "$member"; done
clock_to "$(field Works closes)"
does "both tellers at once" election paper Works pile.csv slip.csv --sheet $sheet --tellers "$teller,$teller2"
says 'the two keyings differ'
does "one who keyed" election adjudicate Works --papers pile.csv --sheet $sheet --as "$teller"
does "and one who did not" election correct Works --papers pile.csv --sheet $sheet --as "$third"
says 'pile 1: agreed'
wrong 3 'refused by article paper.pile' election complete Works --piles 2 --tellers "$teller,$teller2"
does "all piles" election complete Works --as "$teller"
wrong 3 'refused by article once' election complete Works --as "$teller"
wrong 3 'refused by article election.phase' election tally Works
does "counted" election complete Works --as "$third"
says 'counted'
does "the result" election result Works
says '11 valid, 1 rejected'
says 'Round 1:'
wrong 2 'expected --ground' election object Works --as "$elector"
wrong 3 'refused by article election.objection' election object Works --cell 1 --ground No --as "$stranger"
does "an objection" election object Works --ground 'Pile 1 lay open overnight.' --as "$elector"
objection=$(sed -n 's/^objection //p' out)
does "is shown" election show Works
says 'Pile 1 lay open overnight.'
wrong 2 'no such election' election settle ffffffffff --outcome dismiss --as "$judge"
wrong 4 '--outcome:1:1:' election settle "$objection" --outcome maybe --as "$judge"
wrong 3 'refused by article election.settle' election annul "$objection" --as "$judge"
settlers=0
for delegate in "$@"; do # two delegates who are neither candidates nor tellers
    [ $settlers -lt 2 ] && run election recount "$objection" --as "$delegate" && settlers=$((settlers + 1))
done
ok "two delegates order a recount" [ $settlers -eq 2 ]
says 'settled: recount'
does "keyed anew" election paper Works --paper pile.csv --sheet $sheet --tellers "$teller,$third"
does "counted anew" election complete Works --tellers "$teller2,$third"
wrong 3 'refused by article election.result' election declare Works --as "$elector" \
    --digest 0000000000000000000000000000000000000000000000000000000000000000
does "declared" election declare Works --as "$elector"
clock_to "$(field Works objections_until)"
until=$("$plenary" election result Works --json | sed 's/.*"result_at":[0-9]*,"objections_until":\([0-9]*\).*/\1/')
clock_to "$until"
does "final" election result Works --json
says '"state":"final"'
says '"seated":[{"seat":1'
does "the seats are held" council credentials Works --json
says '"seated":2'
says '"evidence":"paper"'
says '"voters_per_seat":[20,1]'
does "and shown to people" council credentials Works
says '20.0 voters per seat, paper'

# ---- a meeting ----

does "a committee" council found Committee "$unit" --seats-each 1 --term 100d --as "$elector"
does "elected by a meeting" election call Committee --mode attested --as "$elector"
says 'plurality, attested ballots'
for member in "$a" "$b"; do does "$member stands there" election nominate Committee --as "$member"; done
wrong 2 'expected two tellers' election nominate Committee --as "$c" --via "$teller"
wrong 2 'for whom do the tellers sign' election nominate Committee --via "$teller,$teller2"
wrong 3 'refused by article via' election nominate Committee --as "$c" --via "$teller,$judge"
does "two tellers sign for one who stands" election nominate Committee --as "$c" --via "$teller,$teller2"
does "and for the same who withdraws" election withdraw Committee --as "$c" --via "$teller,$teller2"
wrong 3 'refused by article election.call' election demand Committee --as "$stranger"
does "a demand" election demand Committee --as "$elector"
wrong 3 'refused by article once' election demand Committee --as "$elector"
clock_to "$(field Committee closes)"
echo 'The meeting of May' >minutes
attest="election attest Committee --present 30 --minutes minutes --as $elector"
# shellcheck disable=SC2086
{
    wrong 2 'expected --tellers' $attest --counts 17,9
    wrong 4 '--counts:1:4: expected a number' $attest --counts 17,few --tellers "$teller,$teller2"
    wrong 4 '--counts:1:1: 1 numbers, but 2 candidates stand' $attest --counts 17 --tellers "$teller,$teller2"
    wrong 3 'refused by article paper.sheet' $attest --counts 17,19 --tellers "$teller,$teller2"
    wrong 3 'refused by article via' $attest --counts 17,9 --tellers "$teller,$judge"
    does "a slip" $attest --counts 9,17 --tellers "$teller,$teller2"
    does "corrected" election correct Committee --counts 17,9 --present 30 --minutes minutes --as "$elector" \
        --tellers "$teller,$teller2"
}
clock_to "$(field Committee keyed_until)"
does "its result" election result Committee --json
says '"elected":[1]'
says '"evidence":"attested"'
does "an objection from a file" election object Committee --ground-file minutes --as "$elector"
wrong 3 'refused by article once' election object Committee --ground Again --as "$elector"
settlers=0
for delegate in "$@"; do # the election's name will do: one objection is open
    [ $settlers -lt 2 ] && run election annul Committee --as "$delegate" && settlers=$((settlers + 1))
done
ok "two delegates annul" [ $settlers -eq 2 ]
says 'settled: annulled; the cell is annulled'
does "it is annulled" election result Committee
says 'it may be called again'
wrong 2 'no open objection' election settle Committee --outcome dismiss --as "$1"
does "the list" election list
says 'Committee'
does "the list for programs" election list --json

for verb in call demand nominate consent withdraw statement ballot paper adjudicate complete attest correct result \
    tally declare export object settle recount annul list show; do
    does "help of $verb" election $verb --help
    says "plenary election $verb"
done
does "all of it verifies" verify org

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
