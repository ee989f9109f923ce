#!/bin/sh
# What the plots of this chapter show: runs in the lab as learner, and reads the
# container's cgroup from outside while it uses memory or a processor. Prints a
# table for each plot, which docs/plots.py keeps as NAME.csv; lines with a # are
# the commands that are shown below it.
PATH=/barco/stages:$PATH
tree=/sys/fs/cgroup/learner

# By the shell's own read: a program for each sample would take too long.
now() {
    read -r up _ </proc/uptime
}

number() { # FILE KEY: the number behind KEY, or 0
    value=0
    while read -r key count; do
        if [ "$key" = "$2" ]; then value=$count; fi
    done <"$1"
}

start() { # COMMAND: goes into the background; its cgroup
    echo "# $1"
    eval "$1" >/dev/null 2>&1 &
    cgroup=
    until read -r _ <"$cgroup/cgroup.procs"; do
        for cgroup in "$tree"/barco-* "$tree"/*/barco-*; do
            [ -e "$cgroup" ] && break
        done
    done 2>/dev/null
}

memory() {
    start "05_cgroups --memory 64M sh -c \
'while head -c 1048576 /dev/zero; do sleep 0.05; done | tail; sleep 1'"
    echo "uptime,memory.current,oom_kill"
    while read -r current <"$cgroup/memory.current"; do
        number "$cgroup/memory.events" oom_kill
        now
        echo "$up,$current,$value"
        sleep 0.05
    done 2>/dev/null
}

# With a period of a second, because samples are too far apart to see what
# happens in a tenth of one.
throttling() {
    start "05_cgroups --cpus 0.4 sh -c 'sleep 1; timeout 4 yes >/dev/null'"
    echo "# echo 400000 1000000 > ${cgroup%/*}/barco-*/cpu.max"
    echo 400000 1000000 >"$cgroup/cpu.max"
    echo "uptime,usage_usec,throttled_usec"
    while number "$cgroup/cpu.stat" usage_usec; do
        usage=$value
        number "$cgroup/cpu.stat" throttled_usec
        now
        echo "$up,$usage,$value"
        sleep 0.03
    done 2>/dev/null
}

for plot in memory throttling; do
    echo "== $plot"
    $plot
    wait
done
