#!/bin/bash
# A suite tells what it is: failed, ended too early, or not run as a whole.
set -u
cd tests/harness || exit 1
# shellcheck source=tests/lib/check.sh
. ../lib/check.sh

ends() { # STATUS SUITE LAST-LINE...: in any order, but the last is the last
    local wanted=$1 suite=$2 out status line
    shift 2
    out=$("./$suite")
    status=$?
    for line; do
        [[ $'\n'$out$'\n' = *$'\n'"$line"$'\n'* ]] || status=none
    done
    [[ $status = "$wanted" && ${out##*$'\n'} = "$line" ]] ||
        { printf '%s\n(status %s)\n' "$out" "$status" && false; }
}

us=learner others=root
[[ $(id -u) -ne 0 ]] || { us=root others=learner; }

check 'a suite that fails says so' ends 1 failing '1 passed, 1 failed'
check 'exit(0) in the middle is a failure, except in a child' ends 1 leaving \
    'FAILED: the suite ended in "the suite exits"' '1 passed, 1 failed'
check 'a test for another user is named and counted' ends 0 users_root_learner \
    "not run, for $others: for $others" '1 not run, for another user' '2 passed, 0 failed'
check 'a test for nobody fails where the others do not run' ends 1 "users_$us" \
    "FAILED: \"for $others\" is for $others, but the build does not run this suite as $others" \
    '2 passed, 1 failed'
check 'and where they do' ends 1 "users_$others" \
    "FAILED: \"for $us\" is for $us, but the build does not run this suite as $us" \
    '2 passed, 1 failed'
result
