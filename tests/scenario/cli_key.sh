#!/bin/sh
# cli_key.sh SOURCE PLENARY - from the letter to a key that counts, and what happens to keys afterwards: wrong codes, wrong
# PINs, a second device, a stolen one, all devices lost. Codes never reach the organisation's folder.
set -u
export LC_ALL=C
unset PLENARY_KEY

source_root=$1 plenary=$2 title=cli_key
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export PLENARY_DIR="$work"/org
cd "$work" || exit 1
# shellcheck source=tests/scenario/cli_lib.sh
. "$source_root/tests/scenario/cli_lib.sh"

code_of() { grep -F "\"$1\"" "$2" | grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){6}' | head -n 1; }
device() { "$plenary" key list "$1" --json | grep -oE '"device":"[0-9a-f]{8}"[^}]*"state":"'"$2" | cut -c11-18 | head -n 1; }
in_folder() { grep -rqF -- "$1" "$PLENARY_DIR"; }

# ---- letters ----
printf 'Nr.;Name;Unit;E-Mail\n0001;Ada Berg;Harbour;ada@members.example\n0002;Bo Carl;Harbour;\n0003;Cy Dee;Harbour;c@members.example\n' >list.csv
does "founding" init org
does "import" roll import list.csv --found-units
echo "correct horse battery" >pass
wrong 2 "expected --out" roll codes
wrong 2 "have no place" roll codes --out org/letters.html
wrong 2 "have no place" roll codes --out letters.html --secrets org/../org/export/codes.sealed
wrong 2 "expected html or csv" roll codes --out letters.pdf --form pdf
wrong 4 "expected an https:// address" roll codes --out letters.html --url ftp://union.example
ok "nothing is left of it" [ "$(find . -name 'letters*')" = "" ]
echo short >short
wrong 2 "at least 8 letters" roll codes --out letters.html --secrets codes.sealed --passphrase-file short
does "codes" roll codes --out letters.csv --form csv --secrets codes.sealed --passphrase-file pass
says "3 codes"
ok "letters are private" [ "$(stat -c %a letters.csv codes.sealed | sort -u)" = 600 ]
code=$(code_of 0001 letters.csv) other=$(code_of 0002 letters.csv)
ok "a code has seven groups" [ ${#code} -eq 34 ]
ok "the sealed file hides it" [ "$(grep -cF "$code" codes.sealed)" = 0 ]
ok "no code in the organisation's folder" [ "$(in_folder "$code" && echo yes)" = "" ]
does "nobody twice" roll codes --out again.csv --form csv
says "nothing was issued"
ok "and no file" [ ! -e again.csv ]
does "pages to print" roll codes --out pages.html --member 0003
ok "with QR codes" grep -q "<svg" pages.html
wrong 1 "exists already" roll codes --out pages.html --again

# ---- enrolment ----
wrong 4 "expected 28 letters" key enrol --member 0001 --code ABC
wrong 4 "checksum" key enrol --member 0001 --code 0000-0000-0000-0000-0000-0000-0000
wrong 1 "not the code in force" key enrol --member 0001 --code "$other"
wrong 2 "expected --member" key enrol --code "$code"
wrong 2 "no such member" key enrol --member 4711 --code "$code"
does "enrolment" key enrol --member 0001 --code "$(echo "$code" | tr 'A-Z-' 'a-z ')" --out ada.key
says "provisional"
ok "the key is private" [ "$(stat -c %a ada.key)" = 600 ]
wrong 3 "code.once" key enrol --member 0001 --code "$code" --out ada2.key
ok "no second key is left" [ ! -e ada2.key ]
wrong 3 "key.state" roll contact --email x@members.example --key ada.key
printf '%s\n' "$other" >typed
"$plenary" key enrol --member 0002 --code - <typed >out 2>err
ok "the code from standard input" [ $? -eq 0 ]

# ---- the second channel ----
wrong 1 "no PIN was sent" key confirm --member 0001 --pin 123456 --key ada.key
does "a PIN" key pin --member 0001
pin=$(grep -oE '[0-9]{6}' out)
# Longer runs of digits and hexadecimal ones hold any six sooner or later.
ok "the folder holds its hash alone" [ "$(grep -raoE "(^|[^0-9a-f])$pin([^0-9a-f]|\$)" org)" = "" ]
wrong=$((1000000 + (1$pin + 1) % 1000000))
wrong=${wrong#1}
wrong 1 "4 tries left" key confirm --member 0001 --pin "$wrong" --key ada.key
for try in 3 2 1 0; do wrong 1 "$try tries left" key confirm --member 0001 --pin "$wrong" --key ada.key; done
wrong 1 "tried 5 times" key confirm --member 0001 --pin "$pin" --key ada.key
does "a new PIN" key pin --member 0001 --json
pin=$(grep -oE '[0-9]{6}' out)
wrong 1 "not on this machine" key confirm --member 0001 --pin "$pin" --key "$(find org/keys/people -type f | head -n 1)"
does "confirmed" key confirm --member 0001 --pin "$pin" --key ada.key
wrong 2 "no key of that member waits" key confirm --member 0001 --pin "$pin" --key ada.key
does "it acts" roll contact --email x@members.example --key ada.key

# ---- more devices ----
first=$(device 0001 confirmed)
does "a second device" key add --key ada.key --out phone.key
second=$("$plenary" key list 0001 | tail -n 1 | awk '{print $1}')
wrong 2 "exists already" key add --key ada.key --out phone.key
wrong 2 "8 hexadecimal digits" key revoke xyz --key ada.key
wrong 3 "key.state" key revoke 00000000 --key ada.key
does "the younger asks for the end of the older" key revoke "$first" --key phone.key
says "unless an older key keeps it"
does "it shows" key list 0001
says "ends"
wrong 3 "key.state" key keep "$second" --key phone.key
does "the older keeps itself" key keep "$first" --key ada.key
does "the older ends the younger at once" key revoke "$second" --key ada.key
wrong 3 "key.state" roll contact --email y@members.example --key phone.key
does "listed" key list 0001 --json
says '"state":"revoked"'
does "one more" key add --key ada.key --out tablet.key
does "asks for the end of the oldest" key revoke "$first" --key tablet.key
does "before the time is over it still acts" roll contact --email z@members.example --key ada.key
does "four days later" clock set "$(date -u -d '+4 days' +%Y-%m-%dT%H:%M:%SZ)"
wrong 3 "key.state" roll contact --email y@members.example --key ada.key
wrong 4 "broken.key" key add --key "$(printf '{' >broken.key && echo broken.key)"

does "the record verifies" verify

# ---- a real organisation: the PIN goes to the contact, codes are random ----
PLENARY_DIR=$work/real
does "a real one" init real --origin union.example/north
does "its roll" roll import list.csv --found-units
wrong 2 "expected --url" roll codes --out real.csv --form csv
does "its codes" roll codes --out real.csv --form csv --url https://union.example/enrol
complains "without --secrets"
code=$(code_of 0001 real.csv)
does "enrolment there" key enrol --member 0001 --code "$code" --out real.key
does "the PIN" key pin --member 0001
says "to be sent to the contact"
ok "the PIN is not shown" [ "$(grep -cE '(^|[^0-9a-f])[0-9]{6}([^0-9a-f]|$)' out)" = 0 ]
ok "one message" [ "$(find real/outbox -type f | wc -l)" = 1 ]
ok "it is private" [ "$(stat -c %a real/outbox/*)" = 600 ]
ok "to the contact" grep -q "^To: ada@members.example" real/outbox/*
pin=$(grep -oE 'PIN is [0-9]{6}' real/outbox/* | grep -oE '[0-9]{6}')
does "confirmed there" key confirm --member 0001 --pin "$pin" --key real.key
ok "the message is gone" [ "$(find real/outbox -type f | wc -l)" = 0 ]
does "enrolment without contact" key enrol --member 0002 --code "$(code_of 0002 real.csv)" --out bo.key
wrong 1 "two tellers" key pin --member 0002
does "without --out" key enrol --member 0003 --code "$(code_of 0003 real.csv)"
ok "the key lies here" [ "$(find . -maxdepth 1 -name '????????.key' | wc -l)" = 1 ]
ok "not on the node" [ "$(find real/keys/people -type f | wc -l)" = 1 ]

# ---- by two tellers; all devices lost ----
PLENARY_DIR=$work/demo
"$plenary" demo --members 120 --units 3 --dir demo --seed keys >out 2>err
ok "the rehearsal" [ $? -eq 0 ]
holders() { "$plenary" office show "$1" | sed -n "/^  $2: /,/^\$/s/^ .*(\([0-9]*\)).*/\1/p"; }
unit=$("$plenary" office show Stewards | sed -n 's/^  \([A-Z].*\): .*/\1/p' | head -n 1)
holders Stewards "$unit" >stewards
holders Tellers "$unit" >tellers
one=$(sed -n 1p stewards) two=$(sed -n 2p stewards)
teller_one=$(sed -n 1p tellers) teller_two=$(sed -n 2p tellers)
does "somebody asks to join" roll request "$unit" --name "Kim Low" --out kim.key
id=$("$plenary" roll requests --json | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
mid=$("$plenary" roll requests --json | sed 's/.*"mid":"\([0-9a-f]*\)".*/\1/')
does "one steward" roll answer "$id" --admit --as "$one"
does "another" roll answer "$id" --admit --as "$two"
wrong 3 "via" key confirm --member "$mid" --tellers "$one,$two"
wrong 2 "expected two" key confirm --member "$mid" --tellers "$teller_one,$teller_two,$one"
does "two tellers at the door" key confirm --member "$mid" --tellers "$teller_one,$teller_two"
does "it says so" key list "$mid" --json
says '"attested":true'

"$plenary" roll show --unit "$unit" | sed -n 's/^  \([0-9]\{6\}\) .*/\1/p' | grep -v -F -f stewards | grep -v -F -f tellers >plain
lost=$(sed -n 1p plain) friend=$(sed -n 2p plain) neighbour=$(sed -n 3p plain)
does "a new key" key make --member "$lost" --out new.key --json
device=$(sed 's/.*"device":"\([0-9a-f]*\)".*/\1/' out) public=$(sed 's/.*"public":"\([0-9a-f]*\)".*/\1/' out)
wrong 2 "64 hexadecimal digits" key sponsor --member "$lost" --device "$device" --public 12 --as "$friend"
does "one sponsor" key sponsor --member "$lost" --device "$device" --public "$public" --as "$friend"
wrong 3 "key.sponsor" key sponsor --member "$lost" --device "$device" --public "$public" --as "$friend"
does "the second" key sponsor --member "$lost" --device "$device" --public "$public" --as "$neighbour"
does "it waits" key list
says "sponsored"
does "the old key objects" key object "$device" --as "$lost"
does "it is disputed" key list
says "disputed"
wrong 3 "key.settle" key settle --member "$lost" --device "$device" --refuse --as "$friend"
does "one steward refuses" key settle --member "$lost" --device "$device" --refuse --as "$one"
wrong 3 "key.settle" key settle --member "$lost" --device "$device" --refuse --as "$one"
does "both" key settle --member "$lost" --device "$device" --refuse --as "$two"
does "it never counted" key list "$lost" --json
says '"state":"revoked"'
wrong 3 "key.state" roll contact --email thief@members.example --key new.key

does "the record verifies" verify
finish
