#!/bin/sh
# verify.sh SOURCE BUILD - the programs themselves on an organisation's folder: plenary-verify and
# `plenary verify` agree with each other and with the Go verifier; copies; an older copy restored.
set -u
source_root=$1
build_root=$2
plenary=$build_root/plenary
verify=$build_root/plenary-verify
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# expect NAME STATUS COMMAND…: runs it; its output stands in $work/said.
expect()
{
    name=$1 wanted=$2
    shift 2
    "$@" >"$work/said" 2>&1
    status=$?
    if [ "$status" -eq "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "verify: $name: exit $status, expected $wanted"
        head -5 "$work/said"
    fi
}

# says NAME PATTERN: the last command said so.
says()
{
    if grep -q "$2" "$work/said"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "verify: $1: nothing like \"$2\" in:"
        head -5 "$work/said"
    fi
}

field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$2"; }

same() # NAME ONE OTHER
{
    if [ "$2" = "$3" ] && [ -n "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "verify: $1: \"$2\" is not \"$3\""
    fi
}

damage() # FILE: flips the low bit of one byte in its middle
{
    at=$(($(wc -c <"$1") / 2))
    byte=$(dd if="$1" bs=1 skip=$at count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of="$1" bs=1 seek=$at conv=notrunc 2>/dev/null
}

expect "an organisation" 0 "$plenary" demo --members 80 --units 4 --no-serve --dir org
expect "plenary verify" 0 "$plenary" verify org
says "plenary verify" '^replayed'
expect "plenary-verify" 0 "$verify" org
says "plenary-verify" 'compared with nothing you hold'
expect "as JSON" 0 "$verify" org --json
cp said ours.json
expect "plenary verify as JSON" 0 "$plenary" verify org/export --json
same "both programs" "$(cat ours.json)" "$(cat said)"
words=$("$verify" org | sed -n 's/^  words  *//p')
key=$(field key ours.json)
expect "with key and words" 0 "$verify" org --key "$key" --words "$words"
says "with key and words" 'the words of this checkpoint'
expect "with other words" 5 "$verify" org --words "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo"
expect "with words that are none" 4 "$verify" org --words "twelve words"
expect "with a key that is none" 4 "$verify" org --key nonsense
expect "no such folder" 4 "$verify" nowhere
expect "no export" 4 "$verify" .
expect "no argument" 2 "$verify"
expect "no such option" 2 "$verify" org --trust-me
expect "its help" 0 "$verify" --help
says "its help" 'exit status'
expect "its man page" 0 "$verify" --man
says "its man page" '^\.TH PLENARY-VERIFY 1'

# ---- a writer was interrupted: files lie beyond the checkpoint ----
cp -r org halfway
partial=$(find halfway/export/tile/entries -name '[0-9]*' -path '*.p/*')
cp "$partial" "$(dirname "$partial")/255"
expect "a writer was interrupted" 0 "$verify" halfway
says "a writer was interrupted" 'ahead  *1 files'
expect "its copy is whole" 0 "$plenary" export halfway whole.tar
expect "and holds no more" 0 "$plenary" export org org.tar
expect "than the record" 0 cmp org.tar whole.tar
expect "in a copy they are foreign" 5 "$verify" halfway/export

# ---- copies ----
expect "export as a tar" 0 "$plenary" export org copy.tar
expect "export as a folder" 0 "$plenary" export org copy
expect "mirror of the tar" 0 "$plenary" mirror copy.tar mirror
expect "tar, folder and mirror hold the same" 0 diff -r copy mirror
for copy in copy.tar copy mirror; do
    expect "$copy verifies" 0 "$verify" "$copy" --json
    same "$copy" "$(cat said)" "$(cat ours.json)"
done
expect "the export of an export" 0 "$plenary" export mirror again.tar
expect "is the same bytes" 0 cmp copy.tar again.tar
expect "a public export" 0 "$plenary" export org public --public
expect "verifies" 0 "$verify" public
says "a public export" '^structure only'
expect "a public tar" 0 "$plenary" export org public.tar --public
expect "an owner's copy with openings" 0 "$plenary" export org owned.tar --openings
expect "verifies" 0 "$verify" owned.tar
says "openings" ', [1-9][0-9]* openings'
expect "the same as a folder" 0 "$plenary" export org owned --openings
opening=$(find owned/disclosure -type f | sort | head -1)
damage "$opening"
expect "a false opening" 5 "$verify" owned
says "a false opening" 'does not open the commitment'
rm -r owned/disclosure
expect "without openings all the same" 0 "$verify" owned
expect "a URL" 2 "$plenary" mirror https://host.example/record there
cp -r copy damaged
damage "$(find damaged/tile/entries -type f | sort | head -1)"
expect "a damaged copy" 5 "$verify" damaged
says "a damaged copy" 'NOT a true record: entry [0-9]*'
expect "is not mirrored" 5 "$plenary" mirror damaged mirror2
ln -s /etc/passwd copy/link
expect "a link in a copy" 5 "$verify" copy
rm copy/link

# ---- an older copy of the database is restored beside its lock ----
cp -r org older
mid=$("$plenary" roll show --unit "$("$plenary" roll show -C org --json | sed 's/.*"unit":"\([^"]*\)".*/\1/')" \
    -C org --json | sed 's/.*"mid":"\([0-9a-f]*\)".*/\1/')
expect "one act more" 0 "$plenary" roll resign --yes --as "$mid" -C org
expect "the mirror grows" 0 "$plenary" mirror org mirror
expect "and verifies" 0 "$verify" mirror
expect "a mirror never goes back" 5 "$plenary" mirror older mirror
expect "nothing to recover" 0 "$plenary" recover -C org --from mirror
rm -rf org/plenary.db* org/cache
cp older/plenary.db* org/
expect "recover says what is wrong" 5 "$plenary" recover -C org
says "recover says what is wrong" 'an older copy was restored'
expect "nothing is signed meanwhile" 1 "$plenary" roll resign --yes --as "$mid" -C org
expect "too old a source" 1 "$plenary" recover -C org --from older
expect "recovered" 0 "$plenary" recover -C org --from mirror
says "recovered" 'recovered 1 entries'
expect "the record goes on" 0 "$verify" org
says "the record goes on" "^  entries     $(($(field size ours.json) + 1)),"

# ---- nobody has the missing entries: a new epoch, marked for everybody ----
rm -rf lost && cp -r org lost
cp -r lost before
delegate=$("$plenary" council show Congress --json -C org | sed 's/.*"member":"\([0-9a-f]*\)".*/\1/')
expect "an act that will be lost" 0 "$plenary" council resign Congress --as "$delegate" -C lost
cp lost/export/checkpoint signed
expect "no epoch without a loss" 1 "$plenary" recover --new-epoch --as "$delegate" -C lost
rm -rf lost/plenary.db* lost/cache && cp before/plenary.db* lost/
expect "an epoch by nobody" 2 "$plenary" recover --new-epoch -C lost
expect "the lock still holds" 5 "$plenary" recover -C lost
expect "a new epoch" 0 "$plenary" recover --new-epoch --as "$delegate" -C lost
says "a new epoch" '1 of them are lost'
expect "nothing more to recover" 0 "$plenary" recover -C lost
expect "the record goes on" 0 "$plenary" council resign Congress --as "$delegate" -C lost
expect "it verifies" 0 "$verify" lost
says "it verifies" 'new epoch .* 1 of them are lost'
expect "the lost export is kept" 0 test -f "$(ls -d lost/export.lost-*)/checkpoint"
cat signed lost/export/checkpoint >both
expect "who held the older checkpoint has evidence" 0 "$verify" --evidence both lost

# ---- evidence ----
expect "another founding" 0 "$plenary" init other --name Demo --origin rehearsal.invalid/demo
expect "is not taken for the mirrored one" 5 "$plenary" mirror other mirror
cat older/export/checkpoint mirror/checkpoint >both
expect "two checkpoints of one history" 5 "$verify" --evidence both mirror
says "two checkpoints of one history" 'one history'
expect "evidence that is none" 4 "$verify" --evidence ours.json mirror

# ---- a program that shares no code ----
if command -v go >/dev/null && [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]; then
    export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE="${GOCACHE:-$work/cache}"
    (cd "$source_root/tests/foreign" && go build -o "$work/foreign" .)
    expect "the Go verifier" 0 "$work/foreign" -json older/export
    cp said theirs.json
    for name in size root signatures; do
        same "$name" "$(field $name theirs.json)" "$(field $name ours.json)"
    done
    expect "the Go verifier on a record with an epoch" 0 "$work/foreign" lost/export
    expect "the Go verifier on a damaged copy" 1 "$work/foreign" damaged
    expect "the Go verifier on lies about it" 0 "$work/foreign" -key "$key" -lies "${LIES:-100}" older/export
    tail -1 said
else
    echo "skipped: go is not here"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
