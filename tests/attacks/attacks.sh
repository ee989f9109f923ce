#!/bin/bash
# attacks - run break-outs in the lab, and report what happens
set -euo pipefail

usage() {
    cat <<'END'
Usage: bazel run //tests/attacks -- [--stage COLUMN] BREAKOUT...
       bazel run //tests/attacks -- --table matrix.md|layers.md
       bazel run //tests/attacks -- --prove COLUMN...
       bazel run //tests/attacks -- --list

Runs break-outs in the lab and reports what the host shows of them. COLUMN is a
stage (05, or 05_cgroups), rootless, bwrap, crun, runc, a layer to leave out of
the last stage (seccomp; see without_layer.c), or host, the default: no
container at all. --table runs a whole table and prints it; --prove says whether
columns have the layers that their names say, and no others; --list says which
break-outs there are.
END
}

runfiles=${RUNFILES_DIR:-$0.runfiles}
here=$runfiles/barco/tests/attacks

list() {
    sed -n 's/^ \* @brief \([a-z_0-9]*: .*\)/\1/p' "$here"/breakouts/*.c
}

# The comment at the top of a break-out.
story() { # BREAKOUT
    sed -n '/^ \*\//q; s/^ \* @brief //p; /^ \* @\|^\/\*/d; s/^ \* \{0,1\}//p' \
        "$here/breakouts/$1.c"
    echo
}

column=host
run=()
case ${1-} in
'' | --help)
    usage
    exit
    ;;
--list)
    list
    exit
    ;;
--table) run=("$2") ;;
--prove) run=("$@") ;;
--stage)
    column=$2
    # 05_cgroups is 05.
    [[ $column != [0-9]* ]] || column=${column:0:2}
    shift 2
    ;;
esac
if [[ ${#run[@]} -eq 0 ]]; then
    for breakout; do
        [[ -e $here/breakouts/$breakout.c ]] || {
            echo "attacks: there is no break-out $breakout; try --list" >&2
            exit 1
        }
        story "$breakout"
    done
    run=(--column "$column" "$@")
fi
export TEST_SRCDIR=$runfiles RUNFILES_DIR=$runfiles
exec "$runfiles/barco/tools/lab/lab" "$here/run-matrix" "${run[@]}"
