#!/bin/sh
# Usage: kills_test.sh COUNT
#
# SIGKILL, which nobody can prepare for, at random moments between the start of a
# container and its command: COUNT times for barco, COUNT times for its child,
# PID 1. Nothing is left: no process, no mount, no cgroup, no file.
# shellcheck disable=SC2154,SC3028 # left.sh's names; busybox has RANDOM
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
# shellcheck source=tests/hostile/left.sh
. tests/hostile/left.sh

PATH=/barco/stages:$PATH
count=$1
mkdir -p "/tmp/$(id -un)" && cd "/tmp/$(id -un)" || exit 1

milliseconds() {
    awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

# How long a container takes, the second time.
09_barco true
begin=$(milliseconds)
09_barco true
usual=$(($(milliseconds) - begin + 1))

itself() { # PID
    echo "$1"
}

# Its child, but for the cleaner.
pid_1_of() { # PID
    awk -v parent="$1" '$4 == parent && $2 != "(barco-cleaner)" { print $1 }' \
        /proc/[0-9]*/stat 2>/dev/null
}

kill_at_random() { # WHOM; counts in `hits` those that met somebody
    local moment
    moment=$((RANDOM % 1000 * usual / 1000))
    09_barco sleep 60 >/dev/null 2>&1 </dev/null &
    usleep $((moment * 1000))
    # shellcheck disable=SC2046 # none, or one
    if kill -KILL $("$1" $!) 2>/dev/null; then
        hits=$((hits + 1))
    else
        kill -TERM $!
    fi
    wait $! 2>/dev/null
    nothing_is_left && return
    echo "after $moment ms"
    return 1
}

kills() { # WHOM
    local i=0
    hits=0
    while [ $i -lt "$count" ]; do
        kill_at_random "$1" || return
        i=$((i + 1))
    done
    echo "$hits of $count found somebody to kill"
    [ $((hits * 4)) -ge "$count" ]
}

before=$(left)
check "barco, killed at $count random moments, leaves nothing" kills itself
check "PID 1, killed at $count random moments, leaves nothing" kills pid_1_of
result
