#!/bin/bash
# coverage MODULE,... SUITE... - measures which lines of common/ all suites reach
#
# Clang counts, in a file that each process maps (.bazelrc): so whatever runs in
# a container is counted up to its exec, although it has left the file behind. The
# suites run in one lab, as root and as an ordinary user.
set -euo pipefail

runfiles=${RUNFILES_DIR:-$0.runfiles}
cd "$runfiles/barco"
modules=$1
shift

grep -q __llvm_prf_cnts "$1" || {
    echo 'coverage: bazel run --config=coverage //tests/coverage' >&2
    exit 1
}

found=$(mktemp -d "${TMPDIR:-/tmp}/barco-coverage.XXXXXX")
trap 'rm -rf "$found"' EXIT

# What a suite links is in its own map, and what stages run is in theirs. Copies,
# because another build may replace them meanwhile.
mkdir "$found/programs"
cp -L tests/common/core_test "$@" stages/??_* "$found/programs/"

# The core's suite needs no privileges, but much of a whole Debian.
mkdir "$found/host"
LLVM_PROFILE_FILE=$found/host/%m%c.profraw tests/common/core_test | tail -n 1

RUNFILES_DIR=$runfiles tools/lab/lab.sh --user root --user learner \
    --share "$found" tests/coverage/in_lab.sh "/share/${found##*/}" "$@" ||
    echo 'coverage: not all suites have passed; see above' >&2

objects=()
for program in "$found"/programs/*; do
    objects+=(-object "$program")
done
llvm-profdata merge -o "$found/all" "$found"/*/*.profraw
llvm-cov export -summary-only -instr-profile "$found/all" \
    "${objects[@]:1}" >"$found/summary.json"
python3 tests/coverage/table.py "$modules" <"$found/summary.json"
