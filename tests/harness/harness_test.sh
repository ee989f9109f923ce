#!/bin/bash
# A suite that fails says so, in its count and in its exit status.
set -u
out=$("$1")
status=$?
if [[ $status -ne 0 && $out = *$'\n1 passed, 1 failed' ]]; then
    echo '1 passed, 0 failed'
else
    printf '%s\nexit status %s\n0 passed, 1 failed\n' "$out" "$status"
    exit 1
fi
