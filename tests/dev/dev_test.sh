#!/bin/sh
# dev_test.sh SOURCE - ./dev itself: what it installs and when it asks, what it adds up and what it
# calls a failure. Package manager, build system and programs are stand-ins in a folder of their own.
set -u
export LC_ALL=C
unset CI

source_root=$1
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
project=$work/project bin=$work/bin
mkdir -p "$project/tests" "$bin" "$work/tests"
cp "$source_root/dev" "$project/dev"
cp "$source_root/tests/run-one" "$project/tests/run-one"

# Only these commands exist for ./dev, besides the stand-ins.
for tool in awk basename cat chmod cut df dirname env find grep head mkdir printf rm sh sort tail tr; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
done

stand_in() { cat >"$bin/$1" && chmod +x "$bin/$1"; }

stand_in nproc <<'SH'
#!/bin/sh
echo 2
SH
stand_in id <<'SH'
#!/bin/sh
echo "${FAKE_UID:-0}"
SH
stand_in dpkg <<'SH'
#!/bin/sh
grep -qx "$2" "$FAKE/installed" && echo "Status: install ok installed"
SH
stand_in apt-get <<'SH'
#!/bin/sh
echo "$*" >>"$FAKE/apt"
case " $* " in
*" update "*) : >"$FAKE/index" ;;
*" --print-uris "*)
    [ -e "$FAKE/index" ] || exit 100
    for word in "$@"; do
        case $word in -* | install) ;; *) echo "'http://host/$word.deb' $word.deb 1500000 MD5:0" ;; esac
    done ;;
*" install "*)
    for word in "$@"; do
        case $word in -* | install) ;; *) echo "$word" >>"$FAKE/installed" ;; esac
    done ;;
esac
SH
stand_in meson <<'SH'
#!/bin/sh
echo "$*" >>"$FAKE/meson"
if [ "$1" = setup ]; then
    [ "$2" != --reconfigure ] || shift
    mkdir -p "$2" && : >"$2/build.ninja"
    exit
fi
while [ "$1" != --wrapper ]; do shift; done
for program in "$FAKE"/tests/*; do $2 "$program"; done
SH
stand_in ninja <<'SH'
#!/bin/sh
exit "${FAKE_NINJA:-0}"
SH

# dev ARGUMENT…: runs ./dev with no package missing unless `missing` says so; answers come from stdin.
FAKE=$work
export FAKE
dev() { (cd "$project" && PATH=$bin "$bin/sh" ./dev "$@" >"$work/out" 2>"$work/err"); }

everything="meson ninja-build pkg-config gcc libc6-dev libsodium-dev libssl-dev libgmp-dev
    libsqlite3-dev libqrencode-dev clang llvm libclang-rt-dev binutils libjansson-dev pmccabe openssl
    golang-go golang-golang-x-mod-dev"
fresh()
{
    rm -rf "$project"/build* "$work/apt" "$work/meson" "$work"/tests/*
    # shellcheck disable=SC2086
    printf '%s\n' $everything | grep -vxE "${1:-nothing}" >"$work/installed"
    : >"$work/index"
    : >"$work/apt"
    : >"$work/meson"
}

ok()
{
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'dev: %s\n  out: %s\n  err: %s\n  apt: %s\n' "$what" "$(tail -n 2 "$work/out")" \
            "$(tail -n 4 "$work/err")" "$(cat "$work/apt")"
    fi
}
no() { ! "$@"; }
installs() { grep -c -- 'install --yes' "$work/apt" | grep -qx "$1"; }
updates() { grep -c -- 'update' "$work/apt" | grep -qx "$1"; }
err_says() { grep -qF -- "$1" "$work/err"; }
questions() { grep -cF '[y/N]' "$work/err" | grep -qx "$1"; }
last_line() { [ "$(tail -n 1 "$work/out")" = "$1" ] && [ "$(grep -c '' "$work/out")" -eq 1 ]; }

fresh
ok "nothing missing: builds" dev build </dev/null
ok "nothing missing: apt-get untouched" [ ! -s "$work/apt" ]

configured() { grep -c -- "$1" "$work/meson" | grep -qx "$2"; }
fresh
dev build </dev/null
ok "build: without what only tests need" configured tests=false 1
dev test </dev/null
ok "test after build: configured for them" configured tests=true 1
dev build </dev/null
ok "build after test: stays so" configured tests=false 1

fresh 'gcc|libgmp-dev'
echo n | no dev build
ok "answer no: ends in failure" [ $? -eq 0 ]
ok "answer no: names them" err_says "Missing packages: gcc libgmp-dev"
ok "answer no: says megabytes" err_says "4 MB"
ok "answer no: installs nothing" installs 0

fresh 'gcc|libgmp-dev'
ok "no answer: ends in failure" no dev build </dev/null
ok "no answer: installs nothing" installs 0

fresh 'gcc|libgmp-dev'
echo y | dev build
ok "answer yes: builds" [ $? -eq 0 ]
ok "answer yes: installs once" installs 1
ok "answer yes: one question" questions 1
ok "answer yes: one update" updates 1
dev build </dev/null
ok "second run: installs nothing more" installs 1
ok "second run: no update" updates 1

fresh 'gcc'
ok "--yes: builds" dev build --yes </dev/null
ok "--yes: no question" questions 0
ok "--yes: installs" installs 1

fresh 'gcc'
(CI=true && export CI && dev build </dev/null)
ok "CI: builds" [ $? -eq 0 ]
ok "CI: no question" questions 0
ok "CI: installs" installs 1

fresh 'gcc'
rm "$work/index"
ok "no package index: builds" dev build --yes </dev/null
ok "no package index: size all the same" err_says "2 MB"
ok "no package index: one update" updates 1

fresh 'gcc'
(FAKE_UID=1000 && export FAKE_UID && dev build --yes </dev/null)
ok "not root, no sudo: fails" [ $? -ne 0 ]
ok "not root, no sudo: says so" err_says "not root"

fresh
mv "$bin/dpkg" "$work/dpkg.away"
ok "not Debian: fails" no dev build </dev/null
ok "not Debian: names packages" err_says "libsqlite3-dev libqrencode-dev"
mv "$work/dpkg.away" "$bin/dpkg"

program() { cat >"$work/tests/$1" && chmod +x "$work/tests/$1"; }
good_tests()
{
    fresh
    printf '#!/bin/sh\necho noise\necho "12 passed, 0 failed"\n' | program good
    printf '#!/bin/sh\necho "skipped: no data"\necho "1 passed, 0 failed, 2 skipped"\n' | program skips
}

good_tests
ok "all pass: success" dev test </dev/null
ok "all pass: both builds added up" last_line "26 passed, 0 failed, 4 skipped"

good_tests
rm "$work/tests/skips"
ok "no skips: success" dev test </dev/null
ok "no skips: short last line" last_line "24 passed, 0 failed"

good_tests
printf '#!/bin/sh\necho "skipped: all"\necho "0 passed, 0 failed, 3 skipped"\nexit 77\n' | program nothing
ok "a program that skips everything: success" dev test </dev/null
ok "a program that skips everything: counted" last_line "26 passed, 0 failed, 10 skipped"

# fails_as NAME TOTAL SCRIPT: one more program, run in two builds.
fails_as()
{
    good_tests
    printf '#!/bin/sh\n%s\n' "$3" | program bad
    ok "$1: fails" no dev test </dev/null
    ok "$1: counted" last_line "$2"
    ok "$1: output shown" err_says "trace of the failure"
}
fails_as "a failed check" "30 passed, 2 failed, 4 skipped" \
    'echo trace of the failure; echo "2 passed, 1 failed"; exit 1'
fails_as "a crash" "26 passed, 2 failed, 4 skipped" 'echo trace of the failure; kill -SEGV $$'
fails_as "no last line" "26 passed, 2 failed, 4 skipped" 'echo trace of the failure'
fails_as "nothing checked" "26 passed, 2 failed, 4 skipped" \
    'echo trace of the failure; echo "0 passed, 0 failed"'
fails_as "bad exit status after good news" "28 passed, 2 failed, 4 skipped" \
    'echo trace of the failure; echo "1 passed, 0 failed"; exit 3'
fails_as "exit status 77 without a skip" "28 passed, 2 failed, 4 skipped" \
    'echo trace of the failure; echo "1 passed, 0 failed"; exit 77'
# The wrapper itself dies, as when the build system stops a test that takes too long.
fails_as "stopped from outside" "26 passed, 2 failed, 4 skipped" \
    'echo trace of the failure; kill -KILL $PPID'

good_tests
(FAKE_NINJA=1 && export FAKE_NINJA && dev test </dev/null)
ok "builds fail: fails" [ $? -ne 0 ]
ok "builds fail: counted" last_line "0 passed, 2 failed"

fresh
ok "no tests at all: fails" no dev test </dev/null

fresh
mkdir -p "$project/build"
printf '#!/bin/sh\necho "$#:$*"\n' >"$project/build/plenary"
chmod +x "$project/build/plenary"
printf '%s\n' "--buildtype=debugoptimized -Dtests=true" >"$project/build/dev-options"
: >"$project/build/build.ninja"
ok "demo: runs" dev demo --fresh --yes --dir "a b" --no-serve </dev/null
ok "demo: passes options on, --yes is ours" last_line "5:demo --fresh --dir a b --no-serve"

ok "no verb: usage" no dev </dev/null
ok "no verb: says what there is" err_says "usage: ./dev"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
