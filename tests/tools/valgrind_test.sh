#!/bin/bash
# valgrind reports nothing about what it can run. It knows neither clone3 nor
# pidfd_open, so no container starts under it: what is left are the suites of
# modules without a child, and what a stage does before it has a child.
#
# Needs a dynamically linked build: make check.
set -u
invalid=$1 core=$2 spec=$3 stage=$4
suppressions=$(dirname "$0")/valgrind.supp
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

command -v valgrind >/dev/null || { echo 'valgrind is missing: tools/setup' && exit 1; }
if ! ldd "$stage" >/dev/null 2>&1; then
    echo 'this build is static, and hides malloc from valgrind: make check'
    exit 1
fi

# PROGRAM [ARG...]: 99 if valgrind finds something, and otherwise the program's
# status.
under() {
    valgrind --quiet --error-exitcode=99 --leak-check=full \
        --suppressions="$suppressions" "$@" </dev/null
}

finds() {
    under "$@" 2>/dev/null
    [[ $? -eq 99 ]]
}

clean() { # STATUS PROGRAM [ARG...]
    local wanted=$1 out status
    shift
    out=$(under "$@" 2>&1)
    status=$?
    [[ $status -eq $wanted ]] ||
        { printf '%s\n(status %s, not %s)\n' "$out" "$status" "$wanted" && false; }
}

check 'valgrind finds the mistake in a wrong program' finds "$invalid"
check 'valgrind finds nothing in core' clean 0 "$core"
check 'nor in spec' clean 0 "$spec"
check 'nor in a stage that prints its --help' clean 0 "$stage" --help
check 'nor in one that reads each of its options' clean 125 "$stage" \
    --memory 64M --pids 20 --cpus 0.5 --volume /etc:/mnt:ro --env A=1 \
    --cap-drop ALL --cap-add chown --uid 7:8 --explain --verbose -- true
check 'nor in one with a wrong value' clean 125 "$stage" --memory much true
check 'nor in one with an unknown option' clean 125 "$stage" --nonesuch true

result
