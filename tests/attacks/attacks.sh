#!/bin/bash
# attacks - run one break-out in the lab, and tell what happens
set -euo pipefail

usage() {
    cat <<'END'
Usage: bazel run //tests/attacks -- [--stage STAGE] BREAKOUT...
       bazel run //tests/attacks -- --table matrix.md
       bazel run //tests/attacks -- --list

STAGE is 01 to 08, as in the table, or `host`: without a container.
END
}

runfiles=${RUNFILES_DIR:-$0.runfiles}
here=$runfiles/barco/tests/attacks
stage=host
case ${1-} in
--stage) stage=${2:0:2} && [[ $2 = [0-9]* ]] || stage=$2; shift 2 ;;
esac
export TEST_SRCDIR=$runfiles RUNFILES_DIR=$runfiles
exec "$runfiles/barco/tools/lab/lab" "$here/judge" --column "$stage" "$@"
