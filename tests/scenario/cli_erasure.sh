#!/bin/sh
# cli_erasure.sh SOURCE PLENARY - fifty planted names, in every version that lists, acts and messages ever held, are
# nowhere after erasure: not in the database, its write-ahead log or free pages, the export, snapshots, settings,
# messages or any answer; and everything still verifies. That they were there before is checked first.
set -u
export LC_ALL=C
unset PLENARY_KEY

source_root=$1 plenary=$2 title=cli_erasure
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export PLENARY_DIR="$work"/org
cd "$work" || exit 1
# shellcheck source=tests/scenario/cli_lib.sh
. "$source_root/tests/scenario/cli_lib.sh"

numbers=$(seq 1001 1050)
kept=$(seq 2001 2020)

# Two versions of everybody: name, e-mail and telephone change once. Who is kept shows that not everything went.
rows() # VERSION
{
    echo 'Number,Name,Unit,E-mail,Phone'
    for n in $numbers; do echo "$n,Marker${n}given$1 Marker${n}family$1,Harbour,marker$n.$1@members.example,+49 30 ${n}77$1"; done
    for n in $kept; do echo "$n,Kept${n}given$1 Kept${n}family,Mill Road,kept$n.$1@members.example,"; done
}
rows 1 >one.csv
rows 2 >two.csv
does "founding" init org
does "units" unit found Harbour "Mill Road"
does "first versions" roll import one.csv
does "second versions" roll import two.csv

# Own acts: a contact changed by its owner, a request to join, a PIN that waits in the outbox.
does "codes" roll codes --out letters.csv --form csv --member 1001
code=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){6}' letters.csv | head -n 1)
does "enrolment" key enrol --member 1001 --code "$code" --out 1001.key
does "PIN" key pin --member 1001
does "confirmation" key confirm --member 1001 --pin "$(grep -oE '[0-9]{6}' out)" --key 1001.key
does "own contact" roll contact --email marker1001.3@members.example --address "Marker1001street 3" --key 1001.key
does "request" roll request Harbour --name "Marker1051given1" --out 1051.key
id=$("$plenary" roll requests --json | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
does "answer" roll answer "$id" --refuse
does "statement of the record" verify
data=$("$plenary" roll requests --all --json)

everywhere() # DIRECTORY…: which planted texts are found, each once; whatever the file, whatever the letter's case
{
    find "$@" -type f -exec grep -aioE 'marker[0-9]{4}|\+49 30 [0-9]{4}77[12]' {} + | sed 's/.*://' |
        tr '[:upper:]' '[:lower:]' | sort -u
}
ok "all fifty names stand there before" [ "$(everywhere org | grep -c '^marker10[0-5]')" -ge 50 ]
ok "and both telephone numbers of each" [ "$(everywhere org | grep -c '^+49')" -eq 100 ]
for version in 1 2; do
    ok "version $version is there" grep -aqr "Marker1007given$version" org
done

before=$(record)
wrong 2 "say --yes" roll erase 1001
for n in $numbers; do
    run roll erase "$n" --yes || ok "erase $n" false
    grep -q "openings erased" out || ok "erasing $n says so" false
done
ok "erasing is no act" [ "$(record)" = "$before" ]

# Somebody who was never a member: by the commitment that the request holds.
list_commitment() { find org/export -type f -path '*acts*' -exec cat {} + | tr '\0' '\n' | grep -ao '"data":"[^"]*","device"' | cut -d'"' -f4; }
commitment=$(list_commitment | head -n 1 | base64 -d | od -An -v -tx1 | tr -d ' \n')
does "erase by commitment" roll erase "$commitment" --yes
says "1 openings erased"

# Every answer the program can give about people, and its complaints.
mkdir answers
for ask in "roll show" "roll show --names" "roll show --names --json" "roll show --unit Harbour" "roll check Harbour" \
    "roll proposals --all --json" "roll requests --all" "roll requests --all --json" "key list --all" "key list --all --json" \
    "unit show Harbour" "unit list --json" "status --json" "roll export -" "verify --json"; do
    # shellcheck disable=SC2086
    "$plenary" $ask >"answers/$(echo "$ask" | tr ' /' '__')" 2>&1
done
"$plenary" roll import one.csv --dry-run >/dev/null 2>answers/import
"$plenary" roll erase 1001 --yes >answers/again 2>&1
ok "answers name nobody erased" [ "$(everywhere answers)" = "" ]
ok "but those who were kept" grep -q "Kept2001given2" "answers/roll_show_--names"
left=$(everywhere org)
ok "nothing is left in the folder: $left" [ "$left" = "" ]
ok "the kept are still there" grep -aqr "Kept2020given2" org
ok "the request had a name" [ -n "$data" ]

does "the record verifies" verify
says "replayed"
run status --json
ok "with the same root" [ "$(record)" = "$before" ]
rm -rf org/cache
does "and replays from its first entry" status
"${plenary}-verify" org >out 2>err
ok "the auditor's program agrees" [ $? -eq 0 ]
does "life goes on" roll import two.csv --dry-run
finish
