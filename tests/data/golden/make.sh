#!/bin/sh
# make.sh PLENARY N - makes the golden record tests/data/golden/N with that program: a small demonstration, as an auditor
# gets it, without the openings of personal data. Then prints what tests/unit/golden_test.c says of it.
# Once a release has gone out its record stays as it is for ever: a new one gets the next number.
set -eu
plenary=$(realpath "$1") number=$2
here=$(cd "$(dirname "$0")" && pwd)
replay=$(dirname "$plenary")/tests/replay_digest
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$plenary" demo --members 60 --units 3 --no-serve --fresh --dir "$work/demo" >"$work/log"
rm -rf "${here:?}/$number"
mkdir "$here/$number"
cp "$work/demo/export/checkpoint" "$here/$number/"
for part in blob tile/acts tile/entries; do
    mkdir -p "$here/$number/$(dirname "$part")"
    cp -R "$work/demo/export/$part" "$here/$number/$part"
done
find "$here/$number" -type f -exec chmod 644 {} +
"$replay" "$here/$number"
