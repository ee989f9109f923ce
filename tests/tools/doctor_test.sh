#!/bin/bash
# doctor: a verdict on each line, no colour in a file, an honest exit status.
set -u
doctor=$1
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
empty=$(mktemp -d)
trap 'rm -r "$empty"' EXIT

out=$("$doctor")
status=$?
no_lab=$("$doctor" --no-lab)
without=$(BARCO_LAB_KERNEL=$empty "$doctor")
each_line_has_a_verdict() {
    ! sed '/^$/,$d' <<<"$out" | grep -vE '^(ok|not ok|note) +'
}

check 'every stage can run where the tests run' test "$status" = 0
check 'each line has a verdict' each_line_has_a_verdict
check 'no colour goes into a file' test "${out//$'\033'/}" = "$out"
check 'it says how long the lab took' \
    grep -q '^ok      lab: first command after [0-9.]* s' <<<"$out"
says_nothing_of_a_start() {
    ! grep -q 'first command' <<<"$no_lab"
}
check 'with --no-lab it starts no lab' says_nothing_of_a_start
check 'a missing kernel is reported' grep -q 'not ok  lab: kernel' <<<"$without"
check 'and the way to get it is named' grep -q 'kernel .*tools/setup' <<<"$without"
line=$("$doctor" --preflight 2>/dev/null)
check 'preflight is one line, with the system and the start of the lab' \
    grep -qE "^barco preflight: ready; $(uname -n): .*, Linux $(uname -r) .*; processors: [0-9]+; memory: [0-9.]+ GB; free disk: [0-9]+ GB; lab: first command after [0-9.]+ s$" <<<"$line"
check 'and no more' test "$(wc -l <<<"$line")" = 1
line=$(BARCO_LAB_KERNEL=$empty "$doctor" --preflight 2>/dev/null)
check 'what is missing is in the line' \
    grep -q '^barco preflight: not ready; .*; lab: not started; missing: .*lab: kernel' <<<"$line"
result
