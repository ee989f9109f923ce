#!/bin/sh
# The bench, in the lab.
export RUNFILES_DIR="$0.runfiles" TEST_SRCDIR="$0.runfiles"
here=$RUNFILES_DIR/barco
exec "$here/tools/lab/lab" --user root "$here/tests/bench/bench.sh" "$@"
