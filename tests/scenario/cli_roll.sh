#!/bin/sh
# cli_roll.sh SOURCE PLENARY - a newcomer's path from an empty folder to a roll: dry run, import, export, proposals,
# requests; what is said to bad files (exit 4, the place named) and that nothing is half done.
set -u
export LC_ALL=C
unset PLENARY_KEY

source_root=$1 plenary=$2 title=cli_roll
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export PLENARY_DIR="$work"/org
cd "$work" || exit 1
# shellcheck source=tests/scenario/cli_lib.sh
. "$source_root/tests/scenario/cli_lib.sh"

does "founding" init org --name "Tenants North"
says "founded"
ok "a root is told" [ -n "$(record | grep root)" ]

# ---- the dry run changes nothing and says everything ----
cat >list.csv <<'CSV'
Members of the tenants' union;;;;
Nr.;Name;Branch;E-Mail;Phone
0001;Berg, Ada;Harbour;ada@members.example;
0002;Bo Carl;Harbour;;+49 30 12345
0003;Cy Dee;Mill Road;cy@members.example;
0004;Di Eff;Mill Road;;
CSV
wrong 4 'list.csv:3: no unit is called "Harbour"' roll import list.csv --dry-run
does "units" unit found Harbour "Mill Road"
before=$(record)
does "dry run" roll import list.csv --dry-run
says "Mill Road"
says "e-mail"
ok "a dry run changes nothing" [ "$(record)" = "$before" ]
does "dry run as JSON" roll import list.csv --dry-run --json
says '"new":4'
says '"acts":[]'

# ---- import ----
does "import" roll import list.csv
says "4 new, 0 moved, 0 changed"
before=$(record)
does "again" roll import list.csv
says "nothing to change"
ok "importing twice changes nothing" [ "$(record)" = "$before" ]
does "units fill" roll show --json
says '"members":2'
does "names" roll show --unit Harbour
says "Ada Berg"
does "check" roll check Harbour --json
says '"members":2'

# ---- the export comes back without a change ----
does "export" roll export out.csv
ok "export is private" [ "$(stat -c %a out.csv)" = 600 ]
does "its import" roll import out.csv
says "nothing to change"
ok "the round trip changes nothing" [ "$(record)" = "$before" ]
wrong 1 "exists already" roll export out.csv

# ---- changes: contact, name, move, absent, back again ----
cat >next.csv <<'CSV'
Nr.;Name;Branch;E-Mail;Phone
0001;Ada Berg;Harbour;ada@elsewhere.example;
0002;Bo Karl;Mill Road;;+49 30 12345
0003;Cy Dee;Mill Road;cy@members.example;+49 30 999
CSV
does "changes" roll import next.csv
says "0 new, 1 moved, 2 changed, 0 as they were, 1 absent"
does "names after it" roll show --names --json
says '"name":"Bo Karl"'
says 'ada@elsewhere.example'
says '"phone":"+49 30 999"'
says '"number":"0004"'
does "the same again" roll import next.csv
says "nothing to change"

# ---- a mapping given, remembered, and left alone where it does not fit ----
printf 'a|b|c\n77|Eva Fir|Harbour\n' >odd.csv
wrong 4 "odd.csv" roll import odd.csv
does "mapped" roll import odd.csv --map 'number=a,name=b,unit=c'
says "1 new"
printf 'a|b|c\n78|Fay Gum|Harbour\n' >odd2.csv
does "remembered" roll import odd2.csv
says "1 new"
does "another file by its own headings" roll import next.csv
says "nothing to change"
printf '{"number":"a"' >broken.json
wrong 4 "broken.json:1:" roll import odd.csv --mapping broken.json
wrong 4 "no such key" roll import odd.csv --map 'shoe=a'

# ---- bad files: each with its place, nothing changed ----
for report in "$source_root"/tests/data/roll/*.json; do
    grep -q '"importable":false' "$report" || continue
    file=$(basename "$report" .json).csv
    cp "${report%.json}.csv" "$file"
    wrong 4 "$file:" roll import "$file" --found-units
done
ok "there were such files" [ -e 08-duplicates.csv ]
wrong 1 "absent.csv" roll import absent.csv
printf 'Nr.;Name;Branch;Weight\n90;Gus Hop;Harbour;3\n' >weight.csv
wrong 4 "weight.csv:2:" roll import weight.csv
head -c 3000 /dev/urandom >noise.csv
wrong 4 "noise.csv" roll import noise.csv
wrong 2 "no such option" roll import list.csv --frobnicate
wrong 2 "expected FILE" roll import

# ---- everything or nothing: one refused unit among many undoes the rest ----
cat >two.csv <<'CSV'
Nr.;Name;Branch
0201;Hal Ivy;Harbour
0202;Ivo Jay;New Branch
CSV
wrong 4 'two.csv:3: no unit is called "New Branch"' roll import two.csv
does "founded on the way" roll import two.csv --found-units
says "1 units founded"
printf 'Nr.;Name;Branch\n0203;Jan Kit;Harbour\n' >three.csv
wrong 1 "no key of that member" roll import three.csv --as 0201

# Killed at ten instants of a larger import: all units and members are there, or none.
PLENARY_DIR=$work/killed
does "another organisation" init killed
{ echo 'Number,Name,Unit' && seq 10001 14000 | sed 's/.*\(.\)$/&,Name& Family,Unit \1/'; } >many.csv
members() { "$plenary" status --json | sed 's/.*"members":\([0-9]*\).*/\1/'; }
whole=$(grep -c Family many.csv) halves=0 killed=0
for wait in 02 04 06 08 10 13 16 20 25 30; do
    timeout -s KILL "0.$wait" "$plenary" roll import many.csv --found-units >"$work/out" 2>&1 || killed=$((killed + 1))
    case $(members) in 0 | "$whole") ;; *) halves=$((halves + 1)) ;; esac
done
ok "some were killed" [ "$killed" -gt 0 ]
ok "no half import" [ "$halves" -eq 0 ]
does "the rest" roll import many.csv --found-units
ok "all of it" [ "$(members)" = "$whole" ]
does "it verifies" verify
PLENARY_DIR=$work/org

# ---- single acts ----
does "an admission" roll propose Harbour --number 0301 --name 'Jo "Q" Key' --email jo@members.example
wrong 4 "--name: expected one line" roll propose Harbour --number 0302 --name "$(printf 'two\nlines')"
wrong 4 "--name: expected one line" roll propose Harbour --number 0302 --name "$(printf 'x\377')"
wrong 4 "--name: expected one line" roll propose Harbour --number 0302 --name "$(printf '%0300d' 7)"
wrong 4 "--email: expected one line" roll contact --email "$(printf 'a\tb')"
does "a lapse" roll propose Harbour --lapse 0301
does "back under the same number" roll import list.csv
wrong 2 "no such member" roll propose Harbour --lapse 9999
wrong 3 "roll.list" roll propose Harbour --lapse 0003
does "a request to join" roll request Harbour --name "Kim Low" --out kim.key
wrong 2 "exists already" roll request Harbour --name "Kim Low" --out kim.key
ok "its key is private" [ "$(stat -c %a kim.key)" = 600 ]
does "requests" roll requests
says "Kim Low"
id=$("$plenary" roll requests --json | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
wrong 2 "expected --admit or --refuse" roll answer "$id"
does "an answer" roll answer "$id" --admit
does "requests afterwards" roll requests --all --json
says '"state":"admitted"'
wrong 2 "no such request" roll answer 00000000 --admit
wrong 2 "no such proposal" roll second 00000000
does "no proposals" roll proposals
says "nothing waits"
does "a council" council found Congress Harbour "Mill Road" --seats-each 1
does "freeze" roll freeze Congress
says "electors frozen"
wrong 2 "no such unit" roll show --unit Nowhere

does "the record verifies" verify

# ---- after the founding: two stewards, and only where they were elected ----
PLENARY_DIR=$work/demo
"$plenary" demo --members 120 --units 3 --dir demo --seed roll >"$work/out" 2>"$work/err"
ok "the rehearsal" [ $? -eq 0 ]
"$plenary" office show Stewards | sed -n 's/^  \([A-Z].*\): .*/unit \1/p; s/^ .*(\([0-9]*\)).*/\1/p' >stewards
unit=$(sed -n '1s/^unit //p' stewards) other_unit=$(sed -n '4s/^unit //p' stewards)
one=$(sed -n 2p stewards) two=$(sed -n 3p stewards) stranger=$(sed -n 5p stewards)
printf 'Nr.;Name;Unit\n900001;Lea Moor;%s\n' "$unit" >here.csv
printf 'Nr.;Name;Unit\n900001;Lea Moor;%s\n900002;Max Nox;%s\n' "$unit" "$other_unit" >both.csv
wrong 3 "roll.unit" roll import both.csv --as "$one"
complains "in the list of"
wrong 3 "roll.unit" roll import here.csv --as "$stranger"
does "a steward proposes" roll import here.csv --as "$one"
says "waits for the second of another steward"
does "it is seen" roll proposals
says "1 changes"
id=$("$plenary" roll proposals --json | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
does "with names" roll proposals "$id"
says "Lea Moor"
wrong 3 "roll.second" roll second "$id" --as "$one"
wrong 3 "roll.unit" roll second "$id" --as "$stranger"
does "nobody new yet" roll show --unit "$unit" --json
says '"members":40'
does "the second" roll second "$id" --as "$two"
does "one more" roll show --unit "$unit" --json
says '"members":41'
wrong 3 "roll.open" roll second "$id" --as "$two"

# ---- who moves has asked ----
printf 'Nr.;Name;Unit\n900001;Lea Moor;%s\n' "$unit" >keep.csv
"$plenary" roll export all.csv >"$work/out" 2>"$work/err"
mover=$(grep -F ",$other_unit," all.csv | cut -d, -f1 | grep -v -F -f stewards | head -n 1)
grep -F "$mover," all.csv | sed "s/,$other_unit,/,$unit,/" | cat - >moved.row
{ head -n 1 all.csv && cat moved.row; } >move.csv
before=$(record)
does "moves without asking stay" roll import move.csv --as "$one"
says "stay where they are"
ok "and nothing is recorded" [ "$(record)" = "$before" ]
does "asking" roll move "$unit" --as "$mover"
does "then it is proposed" roll import move.csv --as "$one"
id=$("$plenary" roll proposals --json | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
does "and seconded" roll second "$id" --as "$two"
does "the mover arrived" roll show --unit "$unit" --json
says "\"number\":\"$mover\""

# ---- what members do themselves ----
does "a contact" roll contact --email new@members.example --as "$mover"
does "it shows" roll show --unit "$unit" --json
says "new@members.example"
wrong 2 "say --yes" roll resign --as "$mover"
does "leaving" roll resign --yes --as "$mover"
wrong 3 "member.active" roll contact --email late@members.example --as "$mover"
does "gone" roll show --unit "$unit" --json
says '"members":41'

does "the record verifies" verify
finish
