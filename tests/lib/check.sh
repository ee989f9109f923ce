# shellcheck shell=bash
# What the tests that are scripts share: source this, check, and end with `result`.

passed=0 failed=0

check() { # SENTENCE COMMAND...
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
    fi
}

result() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
