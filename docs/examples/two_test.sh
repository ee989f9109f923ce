#!/bin/sh
# The program of the book runs, as it stands there.
set -u
out=$(docs/examples/two) || exit 1
[ "$(printf '%s\n' "$out" | sort)" = "0
2 in boat
2 in ship" ] || {
    printf 'two printed:\n%s\n' "$out"
    echo '0 passed, 1 failed'
    exit 1
}
# As long as there may be no more user namespaces.
[ "$(id -u)" -ne 0 ] || {
    most=/proc/sys/user/max_user_namespaces
    before=$(cat $most)
    echo 0 >$most
    docs/examples/two 2>/dev/null
    status=$?
    echo "$before" >$most
    [ "$status" -eq 1 ] || {
        echo "two could not start, and ended with $status"
        exit 1
    }
}
[ "$(wc -l <docs/examples/two.c)" -le 30 ] || {
    echo 'two.c has more than 30 lines'
    exit 1
}
echo '1 passed, 0 failed'
