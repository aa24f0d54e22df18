#!/bin/sh
# same.sh ROOT - one seed, one record, one state: the demonstration is founded by both compilers' builds
# and in other places, and replayed by each build and on a big-endian machine, where that build is there.
set -u
root=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# same WHAT WANTED GOT
same()
{
    if [ -n "$2" ] && [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'same: %s:\n  wanted %s\n  got    %s\n' "$1" "$2" "$3"
    fi
}

# found PROGRAM NAME: the checkpoint of a small demonstration, in one line.
found()
{
    "$1" demo --members 600 --units 12 --no-serve --fresh --dir "$work/$2" >"$work/$2.log" 2>&1 ||
        cat "$work/$2.log"
    tr '\n' ' ' <"$work/$2/export/checkpoint"
}

digest() { "$@" "$work/first/export" 2>&1; }

first=$(found "$root/build/plenary" first)
again=$(found "$root/build/plenary" again)
same "the same program twice" "$first" "$again"
state=$(digest "$root/build/tests/replay_digest")
echo "$state"

if [ -x "$root/build-asan/plenary" ]; then
    same "clang founds" "$first" "$(found "$root/build-asan/plenary" clang)"
    same "clang replays" "$state" "$(digest "$root/build-asan/tests/replay_digest")"
else
    skipped=$((skipped + 1))
    echo "skipped: no build with clang"
fi

for place in "tr_TR.UTF-8 Pacific/Auckland" "de_DE.UTF-8 America/St_Johns" "C Etc/GMT-14"; do
    locale=${place% *} zone=${place#* }
    there=$(LOCPATH=$root/build/locales LC_ALL=$locale TZ=$zone found "$root/build/plenary" there)
    same "founded in $locale, $zone" "$first" "$there"
    there=$(LOCPATH=$root/build/locales LC_ALL=$locale TZ=$zone digest "$root/build/tests/replay_digest")
    same "replayed in $locale, $zone" "$state" "$there"
done

if [ -x "$root/build-s390x/tests/replay_digest" ]; then
    there=$(digest qemu-s390x -L /usr/s390x-linux-gnu "$root/build-s390x/tests/replay_digest")
    same "replayed on s390x" "$state" "$there"
else
    skipped=$((skipped + 1))
    echo "skipped: no build for s390x"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
