#!/bin/bash
# The drawing of ARCHITECTURE.md is the one that the build makes, and the program
# that makes it refuses a use that goes the wrong way.
set -u
new=$1 uses=$2 core=$3 syllabus=$4
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

same() {
    diff docs/pages/architecture.svg "$new" >"$TEST_TMPDIR/diff" && return
    cat "$TEST_TMPDIR/diff"
    echo 'bazel run //docs:draw puts the new one there'
    false
}

refuses() { # LINE WORDS
    local said
    said=$(python3 -B tests/syllabus/draw.py <(cat "$uses" - <<<"$1") \
        "$core" "$syllabus" 2>&1 >/dev/null) && return 1
    [[ $said = *"$2"* ]] || { echo "$said" && false; }
}

check 'the drawing is the one that the build makes' same
check 'the page shows it' grep -q '](docs/pages/architecture.svg)' ARCHITECTURE.md
check 'a core that uses a module is refused' \
    refuses '"//common:core" -> "//common:caps"' 'core core uses modules caps, which stands above it'
check 'so is a module that knows the command line' \
    refuses '"//common:caps" -> "//stages/options:cli"' 'modules caps uses options cli'
check 'so is an option group that uses a stage' \
    refuses '"//stages/options:caps" -> "//stages:01_clone"' 'options caps uses stages 01_clone'
check 'so is anything other than a test that uses a test' \
    refuses '"//tools/lab:lab" -> "//tests/lib:lib"' 'tools lab uses tests/lib'

result
