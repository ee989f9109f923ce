#!/bin/bash
# The lab keeps its promises: what a program prints, how it ends and what it is
# given pass through, each user finds what is his, and nothing stays behind.
set -u
lab=$1 busybox=$2
passed=0 failed=0
check() { # SENTENCE COMMAND...
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
    fi
}
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -r "$TMPDIR"' EXIT

# ---- What passes through, in one boot for both users ------------------------

# shellcheck disable=SC2016 # expanded in the lab
"$lab" --user root --user learner "$busybox" sh -c '
    me=$(id -un)
    echo "$me args: $1|$2|$3"
    echo "$me complains" >&2
    echo "$me mark: $(ls /run/barco-lab)"
    echo "$me uptime: $(cat /proc/uptime)"
    cgroup=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)
    echo "$me cgroup: $cgroup"
    echo "$me controllers: $(cat "${cgroup%/*}/cgroup.controllers")"
    mkdir "${cgroup%/*}/new" && rmdir "${cgroup%/*}/new" && echo "$me delegated"
    echo "$me caps: $(grep CapEff /proc/self/status | cut -f2)"
    echo "$me helper: $(stat -c %a:%u /usr/bin/newuidmap)"
    exit 7' sh 'a  b' "it's" '' </dev/null >"$TMPDIR/out" 2>"$TMPDIR/err"
status=$?
cat "$TMPDIR/out" # for the log

says() {
    grep -qx "$1" "$TMPDIR/out"
}

check 'the exit status is the program'\''s' test "$status" = 7
for user in root learner; do
    check "$user's arguments come as they are" says "$user args: a  b|it's|"
    check "$user's errors go where errors go" \
        grep -qx "$user complains" "$TMPDIR/err"
    check 'a program can see that it is in the lab' \
        says "$user mark: /run/barco-lab"
    check "$user works in a cgroup of his own" \
        says "$user cgroup: /sys/fs/cgroup/$user.*"
    check "$user has the controllers" \
        says "$user controllers: .*cpu .*io memory .*pids.*"
    check "$user can make a cgroup beside his own" says "$user delegated"
    check 'newuidmap is setuid root' says "$user helper: 4755:0"
done
check 'root is root' says 'root caps: 000001ffffffffff'
check 'learner has no capability' says 'learner caps: 0000000000000000'

# ---- Nothing stays behind ---------------------------------------------------

machine() { # the QEMU of this test's labs, by its disk; [] is not grep itself
    grep -qsa "[f]ile=$TMPDIR/" /proc/[0-9]*/cmdline
}

eventually() {
    for _ in {1..200}; do
        "$@" && return
        sleep 0.1
    done
    return 1
}

is_gone() {
    ! machine
}

no_files() {
    [[ ! -e $TMPDIR/barco-lab-$UID ]]
}

check 'no machine is left after a run' is_gone
check 'no file is left after a run' no_files

# Ctrl-C and the end of a terminal reach the lab as signals. Job control, so
# that a background job does not ignore SIGINT.
set -m
for signal in INT HUP TERM KILL; do
    "$lab" "$busybox" sleep 1000 </dev/null >/dev/null 2>&1 &
    job=$!
    check "the lab boots (SIG$signal)" eventually machine
    kill -"$signal" "$job"
    wait "$job"
    check "no machine is left after SIG$signal" eventually is_gone
    [[ $signal = KILL ]] ||
        check "no file is left after SIG$signal" no_files
done
set +m

# ---- What is missing is named -----------------------------------------------

explains() { # WORDS VARIABLE=VALUE
    local out status
    out=$(env "$2" "$BASH" "$lab" "$busybox" true 2>&1)
    status=$?
    [[ $status -eq 125 && $out = *"$1"* && $out = *"fix:   tools/setup"* ]] ||
        { echo "$out" && false; }
}

mkdir "$TMPDIR/bin"
for program in bash env cat readlink dirname mkdir rm ssh ssh-keygen socat; do
    ln -s "$(command -v "$program")" "$TMPDIR/bin/"
done
check 'a missing kernel is named' explains 'there is no kernel' \
    BARCO_LAB_KERNEL="$TMPDIR/none"
check 'a missing QEMU is named' explains 'qemu-system-x86_64 is not installed' \
    PATH="$TMPDIR/bin"
check 'after a killed lab, its files are swept' "$lab" "$busybox" true </dev/null
check 'and none is left' no_files

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
