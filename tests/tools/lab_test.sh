#!/bin/bash
# The lab keeps its promises: what a program prints, how it ends and what it is
# given pass through, each user finds what is theirs, and nothing stays behind.
set -u
lab=$1 busybox=$2
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
TMPDIR=$(mktemp -d)
export TMPDIR
unset XDG_RUNTIME_DIR
trap 'rm -r "$TMPDIR"' EXIT

# ---- What passes through, in one boot for both users ------------------------

# shellcheck disable=SC2016 # expanded in the lab
"$lab" --user root --user learner "$busybox" sh -c '
    me=$(id -un)
    echo "$me args: $1|$2|$3"
    echo "$me complains" >&2
    echo "$me mark: $(ls /run/barco-lab)"
    echo "$me uptime: $(cat /proc/uptime)"
    echo "$me clock: $(date +%s)"
    echo "$me random: $(head -c 16 /dev/urandom | xxd -p)"
    df -m / | awk -v me="$me" "NR == 2 { print me \" free: \" \$4 }"
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
    check "$user's errors go to standard error" \
        grep -qx "$user complains" "$TMPDIR/err"
    check 'a program can see that it is in the lab' \
        says "$user mark: /run/barco-lab"
    check "$user works in a cgroup of their own" \
        says "$user cgroup: /sys/fs/cgroup/$user.*"
    check "$user has the controllers" \
        says "$user controllers: .*cpu .*io memory .*pids.*"
    check "$user can make a cgroup beside their own" says "$user delegated"
    check 'newuidmap is setuid root' says "$user helper: 4755:0"
done
# What a saved machine could bring along from the time when it was saved.
random() { # FILE
    sed -n 's/^root random: //p' "$1"
}
clock_is_right() {
    local now clock
    now=$(date +%s)
    clock=$(sed -n 's/^root clock: //p' "$TMPDIR/out")
    [[ $((now - clock)) -ge 0 && $((now - clock)) -lt 600 ]]
}
# shellcheck disable=SC2016 # expanded in the lab
"$lab" "$busybox" sh -c 'echo "root random: $(head -c 16 /dev/urandom | xxd -p)"' \
    </dev/null >"$TMPDIR/other" 2>&1
other_numbers() {
    [[ $(random "$TMPDIR/out") && $(random "$TMPDIR/other") &&
        $(random "$TMPDIR/out") != "$(random "$TMPDIR/other")" ]]
}
check 'the clock is the host'\''s' clock_is_right
check 'two labs have random numbers of their own' other_numbers
enough_room() {
    [[ $(sed -n 's/^root free: //p' "$TMPDIR/out") -ge 1000 ]]
}
check 'there is a gigabyte to write to' enough_room

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
    ! compgen -G "$TMPDIR/barco-lab-*" >/dev/null
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

# ---- Booted, when there is nothing to continue from --------------------------

boots() {
    [[ $(BARCO_LAB_BOOT=1 "$lab" "$busybox" echo booted </dev/null) = booted ]]
}
check 'a lab can be booted as well' boots

# ---- A directory of the host's ------------------------------------------------

mkdir "$TMPDIR/shared" "$TMPDIR/private"
echo 'from the host' >"$TMPDIR/shared/file"
"$lab" --share "$TMPDIR/shared" "$busybox" sh -c '
    cat /share/shared/file
    echo "from the lab" >/share/shared/answer
    ls /share/shared/../private /share/shared/../../private 2>/dev/null' \
    </dev/null >"$TMPDIR/out" 2>"$TMPDIR/err"
check 'a shared directory is in the lab' says 'from the host'
check 'and the lab can write to it' \
    grep -qx 'from the lab' "$TMPDIR/shared/answer"
"$lab" --share "$TMPDIR/shared:ro" "$busybox" sh -c '
    cat /share/shared/file
    : >/share/shared/forbidden' </dev/null >"$TMPDIR/out" 2>"$TMPDIR/err"
check 'one shared with :ro is there too' says 'from the host'
check 'and cannot be written' test ! -e "$TMPDIR/shared/forbidden"

share_is_refused() { # DIR WORDS
    local out status
    out=$("$lab" --share "$1" "$busybox" true </dev/null 2>&1)
    status=$?
    [[ $status -eq 125 && $out = *"$2"* && $out = *'fix:'* ]] ||
        { echo "$out" && false; }
}
mkdir "$TMPDIR/a b"
check 'a directory that is not there is named' \
    share_is_refused "$TMPDIR/none" 'no such directory'
check 'a name that the lab does not take is refused' \
    share_is_refused "$TMPDIR/a b" 'letters, digits'

# ---- Nothing to watch -----------------------------------------------------------

finds_nothing() {
    local out
    out=$("$lab" watch </dev/null 2>&1)
    [[ $? -eq 125 && $out = *'no lab is running'*'fix:   bazel run //tools:lab -- shell' ]]
}
check 'without a lab, watch says how to start one' finds_nothing

# ---- A shell of a lab that runs -----------------------------------------------

"$lab" "$busybox" sleep 1000 </dev/null >/dev/null 2>&1 &
job=$!
lab_runs() {
    "$lab" list | grep -q 'busybox sleep 1000'
}
check 'a lab that runs is listed, with what it runs' eventually lab_runs
# ---- A page that draws what is in it ---------------------------------------------

set -m
"$lab" watch >"$TMPDIR/watch" 2>&1 </dev/null &
watch=$!
set +m
has_address() {
    grep -q 'http://127.0.0.1:[0-9]*/' "$TMPDIR/watch"
}
check 'watch says where its page is' eventually has_address
address=$(grep -o 'http://127.0.0.1:[0-9]*/' "$TMPDIR/watch")
fetch() { # FILE [HOST]: at most a second of it
    python3 - "$address$1" "${2-}" <<'END'
import sys, urllib.request
request = urllib.request.Request(sys.argv[1])
if sys.argv[2]:
    request.add_header("Host", sys.argv[2])
with urllib.request.urlopen(request, timeout=60) as answer:
    for _ in range(60):
        print(answer.readline().decode().rstrip())
END
}
serves() { # FILE WORDS
    fetch "$1" 2>/dev/null | grep -q "$2"
}
sees() { # WORDS
    python3 - "$address" "$1" <<'END'
import re, sys, urllib.request
with urllib.request.urlopen(sys.argv[1] + "events", timeout=60) as answer:
    for _ in range(200):
        if re.search(sys.argv[2], answer.readline().decode()):
            sys.exit(0)
sys.exit(1)
END
}
check 'the page has the script of the book' serves see.js 'const See'
check 'and its style' serves see.css '^.see {'
check 'and is a page' serves '' '<title>'
is_forbidden() {
    fetch '' elsewhere.example 2>&1 | grep -q '403'
}
check 'under another name it is not served' is_forbidden
check 'it sees the host name of the lab' sees '"hostname":"lab"'
echo 'unshare -fp sleep 10' |
    "$lab" shell >/dev/null 2>&1 &
check 'and a container: init, pid 1 inside' sees '"nspid":\[[0-9]+,1\]'
wait $!
kill -INT -- "-$watch"
wait "$watch"
status=$?
check 'Ctrl-C ends it' test "$status" = 130
of_watch() {
    ! pgrep -u "$UID" -f "$TMPDIR/barco-lab.*snapshot --follow"
}
check 'and its session in the lab' eventually of_watch
check 'but not the lab' lab_runs

echo 'command -v 02_pid; nsenter --version; pwd; exit 3' |
    "$lab" shell >"$TMPDIR/out" 2>"$TMPDIR/err"
status=$?
ends_as_said() {
    [[ $status -eq 3 ]] || { echo "$status" && cat "$TMPDIR/err" && false; }
}
check 'a shell ends as its user says' ends_as_said
check 'a shell says which lab it joins' \
    grep -q 'joining the lab that runs busybox sleep 1000' "$TMPDIR/err"
check 'a shell finds the stages' says '/barco/stages/02_pid'
check 'and starts where everybody may write' says '/tmp'
check 'and nsenter of util-linux' says 'nsenter from util-linux .*'
(sleep 2 && kill "$job") &
echo 'sleep 100' | "$lab" shell >/dev/null 2>"$TMPDIR/err"
check 'a lab that ends says so to its shells' \
    grep -q 'the lab has ended' "$TMPDIR/err"
wait

# The first one is still starting when the second one comes.
sleep 5 | "$lab" shell >/dev/null 2>&1 &
job=$!
starts() {
    grep -q 'a shell' "$TMPDIR"/barco-lab-*/what
}
eventually starts
"$lab" shell </dev/null >/dev/null 2>"$TMPDIR/err"
check 'a shell joins the lab of one that is still starting' \
    grep -q 'joining the lab that runs a shell' "$TMPDIR/err"
wait "$job"

"$lab" "$busybox" sleep 1001 </dev/null >/dev/null 2>&1 &
job=$!
other_runs() {
    "$lab" list | grep -q 'busybox sleep 1001'
}
eventually other_runs
machine_of() { # PID: the QEMU that it has started
    local pid
    # shellcheck disable=SC2013 # words, not lines
    for pid in $(cat "/proc/$1/task/$1/children"); do
        [[ $(readlink "/proc/$pid/exe") != *qemu* ]] || echo "$pid"
    done
}
kill -KILL "$(machine_of "$job")"
ends() {
    ! kill -0 "$job" 2>/dev/null
}
check 'a lab whose machine is killed ends' eventually ends
kill "$job" 2>/dev/null
wait

# ---- What somebody else has prepared is left alone ----------------------------

mkdir "$TMPDIR/victim"
echo 2147483647 >"$TMPDIR/victim/pid"
ln -s "$TMPDIR/victim" "$TMPDIR/barco-lab-$UID.linked"
"$lab" "$busybox" true </dev/null >/dev/null 2>&1
check 'a link is not followed when files are swept' test -e "$TMPDIR/victim/pid"
rm "$TMPDIR/barco-lab-$UID.linked"

# ---- What is missing is named -----------------------------------------------

explains() { # WORDS VARIABLE=VALUE
    local out status
    out=$(env "$2" "$BASH" "$lab" "$busybox" true 2>&1)
    status=$?
    [[ $status -eq 125 && $out = *"$1"* && $out = *"fix:   tools/setup"* ]] ||
        { echo "$out" && false; }
}

mkdir "$TMPDIR/bin"
for program in bash env cat readlink dirname mkdir mktemp rm ssh ssh-keygen \
    socat stat tail tr; do
    ln -s "$(command -v "$program")" "$TMPDIR/bin/"
done
check 'a missing kernel is named' explains 'there is no kernel' \
    BARCO_LAB_KERNEL="$TMPDIR/none"
check 'a missing QEMU is named' explains 'qemu-system-x86_64 is not installed' \
    PATH="$TMPDIR/bin"
check 'after a killed lab, its files are swept' "$lab" "$busybox" true </dev/null
check 'and none is left' no_files

result
