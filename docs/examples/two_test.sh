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
[ "$(wc -l <docs/examples/two.c)" -le 30 ] || {
    echo 'two.c has more than 30 lines'
    exit 1
}
echo '1 passed, 0 failed'
