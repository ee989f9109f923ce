#!/bin/sh
# What a snapshot says of a container, against what the kernel says. Runs in the
# lab, as root.
[ -e /run/barco-lab ] || exit 1
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
snapshot=tools/watch/snapshot

eventually() {
    for _ in $(seq 200); do
        "$@" && return
        usleep 50000
    done
    return 1
}

# Each process and each cgroup on a line of its own, and one of these.
take() {
    "$snapshot" | sed 's/{"pid":[0-9]*,"name"/\n&/g; s/{"path":/\n&/g'
}
process() { # PID WORDS
    take | grep "^{\"pid\":$1," | grep -qF "$2" || { take && false; }
}
cgroup() { # PATH WORDS
    take | grep "^{\"path\":\"$1\"" | grep -qF "$2" || { take && false; }
}
lacks() { # WORDS
    ! take | grep -F "$1"
}

status() { # PID NAME: the line of /proc/PID/status
    sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}
init_outside() { # the container's PID 1, as the host counts
    grep -lE '^NSpid:[[:space:]]+[0-9]+[[:space:]]+1$' /proc/[0-9]*/status 2>/dev/null |
        cut -d / -f 3
}

# ---- A container that runs ----------------------------------------------------

mkfifo /tmp/typed
stages/05_cgroups --pids 20 --memory 64M --cpus 0.5 sh </tmp/typed >/dev/null 2>&1 &
stage=$!
exec 3>/tmp/typed
runs() {
    init=$(init_outside)
    child=$(cut -d ' ' -f 1 "/proc/$init/task/$init/children" 2>/dev/null)
    [ "$child" ] && grep -qx sh "/proc/$child/comm"
}
check 'a container starts' eventually runs
uid=$(status "$init" Uid | cut -f 2)
path=$(cut -d : -f 3 "/proc/$init/cgroup")

check 'the first process is the host'\''s PID 1' process 1 '"nspid":[1]'
check 'init has pid 1 inside, and another outside' \
    process "$init" "\"nspid\":[$init,1]"
check 'its user is not root outside' test "$uid" -ne 0
check 'it is root inside' process "$init" "\"uid\":$uid,\"uid_inside\":0,"
check 'and has the capabilities that the kernel says' \
    process "$init" "\"capabilities\":\"$(status "$init" CapEff)\""
for kind in pid mnt user net uts ipc cgroup time; do
    inode=$(readlink "/proc/$init/ns/$kind" | tr -dc 0-9)
    check "its $kind namespace is that of the kernel" \
        process "$init" "\"$kind\":$inode"
done
inode=$(readlink "/proc/$init/ns/uts" | tr -dc 0-9)
knows_hostname() {
    "$snapshot" | grep -qF "\"hostnames\":{\"$inode\":\"$(
        nsenter -u -t "$init" hostname)\"}"
}
check 'the host name of its UTS namespace is known' knows_hostname
check 'its parent is on the host' process "$init" "\"ppid\":$(status "$init" PPid),"
check 'its cgroup is named' process "$init" "\"cgroup\":\"$path\""
check 'with its limit of processes' cgroup "$path" '"pids_max":20,'
check 'of memory' cgroup "$path" '"memory_max":67108864,'
check 'and of processor time' cgroup "$path" '"cpu_max":50000,'
check 'a cgroup without limits has none' lacks '"path":"/learner","pids":0,"pids_max"'
check 'kernel threads are left out' lacks '"name":"kthreadd"'
check 'all of them' lacks '"ppid":2,'
check 'and the snapshot itself' lacks '"name":"snapshot"'

# ---- What happens in it ---------------------------------------------------------

# shellcheck disable=SC2016 # for the container's shell
echo '(for i in $(seq 30); do sleep 1000 & done)' >&3
refuses() {
    [ "$(sed -n 's/^max //p' "/sys/fs/cgroup$path/pids.events")" -gt 0 ]
}
check 'a limit is hit' eventually refuses
check 'the snapshot says how often' cgroup "$path" "\"pids_refused\":$(
    sed -n 's/^max //p' "/sys/fs/cgroup$path/pids.events"),"
check 'and how many processes there are' cgroup "$path" "\"pids\":$(
    cat "/sys/fs/cgroup$path/pids.current"),"

kill -STOP "$init"
check 'a process that is stopped is' eventually process "$init" '"state":"T"'
kill -CONT "$init"
echo 1 >"/sys/fs/cgroup$path/cgroup.freeze"
check 'a cgroup that is frozen is' eventually cgroup "$path" '"frozen":1'
echo 0 >"/sys/fs/cgroup$path/cgroup.freeze"

# Anybody may choose a name, even one that would end a string.
# shellcheck disable=SC2016 # for that shell
sh -c 'printf "a\") {" >/proc/$$/comm; while :; do usleep 50000; done' &
named=$!
check 'a strange name is a name' eventually process "$named" '"name":"a\") {","state":"S"'
kill "$named"

# ---- One after another ---------------------------------------------------------

"$snapshot" --follow 20 </dev/null >/tmp/lines &
follower=$!
# shellcheck disable=SC2317
second_line() {
    mkdir -p "/sys/fs/cgroup/new" && [ "$(wc -l </tmp/lines)" -ge 2 ] &&
        tail -n 1 /tmp/lines | grep -qF '"path":"/new"'
}
check 'a change is another line' eventually second_line
comes_home() {
    tail -n 1 /tmp/lines | grep -q '^{"hostname":"lab"'
}
check 'it comes home from the container, whose host name it has asked' comes_home
kill "$follower"
rmdir /sys/fs/cgroup/new

# ---- Its end ----------------------------------------------------------------------

exec 3>&-
kill -KILL "$init"
wait "$stage"
check 'a container that ended is gone' lacks "\"pid\":$init,"
check 'and so is its cgroup' lacks "\"path\":\"$path\""

# ---- When nobody reads it --------------------------------------------------------

"$snapshot" --follow 20 </dev/null | head -n 1 >/dev/null
nobody() {
    ! pidof snapshot
}
check 'it ends when nobody reads it any more' eventually nobody
true | "$snapshot" --follow 20 >/tmp/lines
check 'and when its input is closed' eventually nobody
misused() {
    ! "$snapshot" --follow 0 2>/dev/null && ! "$snapshot" more 2>/dev/null
}
check 'it refuses what it does not know' misused

result
