#!/bin/sh
# What plays the host's part also works where a reader types it: an interactive
# shell makes each command the leader of a process group, as setsid does.
host=/barco/tests/attacks/host
file=$(mktemp)
trap 'rm -f "$file"' EXIT

setsid "$host" pty "$file" true
status=$?
[ "$status" = 0 ] || { echo "FAILED: host pty: status $status" && exit 1; }
echo '1 passed, 0 failed'
