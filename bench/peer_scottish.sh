#!/bin/sh
# peer_scottish.sh [--wards WARDS] [--js PACKAGE] DROOP - counts the same Scottish elections with this
# program and with others, one after the other, and prints the times and how many times faster ours is.
#     DROOP    the folder of github.com/jklundell/droop (Python, GPL)
#     PACKAGE  the npm package stv (MIT), its TypeScript translated:
#                  npm install --ignore-scripts stv typescript &&
#                  npx tsc --outDir built --target es2020 --module commonjs node_modules/stv/src/*.ts
#     WARDS    elections as CSV; without it those of $PLENARY_DATA
# Neither is part of this project. Build first: ./dev build
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
export PLENARY_ROOT="$root"
wards='' package=''
while [ $# -gt 1 ]; do
    case $1 in
    --wards) wards=$2 ;;
    --js) package=$2 ;;
    *) echo "usage: peer_scottish.sh [--wards WARDS] [--js PACKAGE] DROOP" >&2; exit 2 ;;
    esac
    shift 2
done
droop=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "$wards" ]; then
    archive=${PLENARY_DATA:-$root/../shared/data}/stv-scotland/ballots.tar.xz
    [ -r "$archive" ] || { echo "skipped: no elections at hand, no $archive"; exit 0; }
    tar -xJf "$archive" -C "$work"
    wards=$work/ballots
fi
set -- --wards "$wards"
if [ ! -d "$droop/droop" ]; then
    echo "skipped: no Droop in \"$droop\"; get it: git clone https://github.com/jklundell/droop"
elif ! command -v python3 >/dev/null 2>&1; then
    echo "skipped: Droop needs python3"
else
    set -- "$@" --peer "$droop"
fi
"${PLENARY_BUILD:-$root/build}/plenary" bench count "$@" | tee "$work/ours"

[ -n "$package" ] || exit 0
command -v node >/dev/null 2>&1 || { echo "skipped: stv needs node"; exit 0; }
# shellcheck disable=SC2046 # two numbers
set -- $(node "$root/bench/peer_stv.js" "$package" "$wards")
echo "beside: the npm package stv (JavaScript), the same files"
awk -v elections="$1" -v theirs="$2" '/cpu_seconds/ && !seen++ { ours = $2 }
    END {
        printf "  %-30s %14d\n  %-30s %14.3f\n", "elections", elections, "cpu_seconds", theirs / 1000
        if (ours > 0) printf "  our speed : the peer'"'"'s                  %8.2f\n", theirs / 1000 / ours
    }' "$work/ours"
