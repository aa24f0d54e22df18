# cli_lib.sh - what shell tests of the command line share. Sourced after `plenary`, `work` and `title` are set; a fresh
# $work is the current folder, $PLENARY_DIR the organisation's.
# shellcheck shell=sh disable=SC2034,SC2154
passed=0 failed=0

ok() # NAME CONDITION…
{
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$title: $name"
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

says() { ok "says $1" grep -qF -- "$1" "$work/out"; } # TEXT of the last run
complains() { ok "complains $1" grep -qF -- "$1" "$work/err"; }

# Size and root of the record, and of everything replayed from it.
record() { "$plenary" status --json | sed 's/.*\("size":[0-9]*\).*\("root":"[^"]*"\).*\("state":"[^"]*"\).*/\1\2\3/'; }

wrong() # STATUS TEXT ARGUMENTS…: that exit status, that text among the complaints, and the record as it was
{
    status=$1 text=$2 before=$(record)
    shift 2
    run "$@"
    ok "exit $status: $*" [ $? -eq "$status" ]
    ok "says \"$text\": $*" grep -qF -- "$text" "$work/err"
    ok "changes nothing: $*" [ "$(record)" = "$before" ]
}

finish()
{
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
