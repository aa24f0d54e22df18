# shellcheck shell=sh
# long.sh - what ./dev test --all adds. Read by ./dev, whose functions say, must, configure, compile,
# run_tests and fuzz_one it uses; adds to the same totals.

# base and core on a big-endian machine under qemu.
long_s390x()
{
    must tests/cross/fetch_s390x || return 0
    must configure build-s390x gcc --cross-file tests/cross/s390x.ini -Dpure_only=true || return 0
    must compile build-s390x || return 0
    run_tests build-s390x "s390x, big-endian, under qemu" --no-suite long --timeout-multiplier 10
}

# Without fortification: valgrind takes glibc's __memmove_chk for its alias __memcpy_chk. Faults are
# left out where time is slow: they kill programs at work.
quiet_suites="--suite unit --suite scenario --suite conformance --no-suite long --no-suite plain"
long_valgrind()
{
    must configure build-valgrind gcc --buildtype=debugoptimized -Dhardened=false || return 0
    must compile build-valgrind || return 0
    wrapper="valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99"
    # shellcheck disable=SC2086
    run_tests build-valgrind "valgrind" $quiet_suites --timeout-multiplier 30
    wrapper=
}

# Threads judge signatures side by side.
long_threads()
{
    must configure build-tsan clang -Db_sanitize=thread -Db_lundef=false -Dhardened=false \
        -Doptimization=1 -Ddebug=true || return 0
    must compile build-tsan || return 0
    # shellcheck disable=SC2086
    run_tests build-tsan "clang, ThreadSanitizer" $quiet_suites --timeout-multiplier 10
}

# The same tests where letters, decimal points and clocks differ: nothing may depend on them.
long_places()
{
    for place in "tr_TR Pacific/Auckland" "de_DE America/St_Johns" "C UTC"; do
        locale=${place% *}
        if [ "$locale" != C ]; then
            mkdir -p build/locales
            must localedef -i "$locale" -f UTF-8 "build/locales/$locale.UTF-8" || continue
            locale=$locale.UTF-8
        fi
        LOCPATH=$root/build/locales LC_ALL=$locale TZ=${place#* }
        export LOCPATH LC_ALL TZ
        # shellcheck disable=SC2086
        run_tests build "locale $locale, time zone $TZ" $quiet_suites
        unset LOCPATH LC_ALL TZ
    done
}

# Once more where writing takes time and syncing means something.
long_disk()
{
    TMPDIR=$disk_temporary
    export TMPDIR
    run_tests build "faults on the disk" --suite fault --timeout-multiplier 4
}

long_fuzz()
{
    must build_fuzz || return 0
    for target in $(fuzz_targets); do
        if must fuzz_one "$target" 60; then passed=$((passed + 1)); fi
    done
}

long_tests()
{
    named=true # a build without a long test is no failure
    long_s390x
    long_valgrind
    long_threads
    long_places
    run_tests build "long tests" --suite long # some compare the builds that stand now
    long_fuzz
    long_disk
}
