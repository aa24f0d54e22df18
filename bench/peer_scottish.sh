#!/bin/sh
# peer_scottish.sh DROOP [WARDS] - counts the same Scottish elections with this program and with
# Droop, an independent one in Python, one after the other, and prints both times and the ratio.
#     DROOP   the folder of github.com/jklundell/droop, which is no part of this project
#     WARDS   a folder of elections as CSV; without it those of $PLENARY_DATA
# Build first: ./dev build
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
export PLENARY_ROOT="$root"
export PLENARY_DATA="${PLENARY_DATA:-$root/../shared/data}"
if [ ! -d "${1:-}/droop" ]; then
    echo "skipped: no Droop in \"${1:-}\"; get it: git clone https://github.com/jklundell/droop"
    exit 0
fi
if ! command -v python3 >/dev/null 2>&1; then
    echo "skipped: Droop needs python3"
    exit 0
fi
set -- --peer "$1" ${2:+--wards "$2"}
exec "${PLENARY_BUILD:-$root/build}/plenary" bench count "$@"
