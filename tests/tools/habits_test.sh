#!/bin/bash
# Other programs understand what they read of this repository: make, an editor,
# a debugger, a code host, and tools/try-fresh, which reads README.md.
set -u
stage=$1
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

# ---- make ---------------------------------------------------------------------

makes() { # TARGETS COMMANDS
    local made
    # shellcheck disable=SC2086 # a list of words
    made=$(make -n $1 | tr -s ' \n' ' ;')
    [[ $made = "$2;" ]] || { echo "make $1: $made" && false; }
}

check 'make formats, lints and builds' \
    makes '' 'bazel run //tools:format;bazel run //tools:lint;bazel build //...'
check 'make debug=1 builds with symbols' makes 'debug=1 build' 'bazel build --config=debug //...'
check 'make setup' makes setup 'tools/setup'
check 'make test' makes test 'bazel test //...'
check 'make check' makes check 'bazel test --config=valgrind //tests/tools:valgrind_test'
check 'make format' makes format 'bazel run //tools:format'
check 'make lint' makes lint 'bazel run //tools:lint'
check 'make clean' makes clean 'bazel clean'
check 'the tools that make runs are executable' test -x tools/setup

# ---- Files of editors and code hosts -----------------------------------------

readable() { # FILE
    case $1 in
    *.json) python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1" ;;
    *.yml) python3 -c 'import yaml, sys; assert yaml.safe_load(open(sys.argv[1]))' "$1" ;;
    esac
}
found=0
for file in .devcontainer/*.json .github/*.yml .github/*/*.yml .vscode/*.json; do
    check "$file can be read" readable "$file"
    found=$((found + 1))
done
check 'all of these files were looked at' test "$found" -ge 5

lists_all_stages() { # FILE
    diff <(grep -oE '"[0-9]{2}_[a-z]+"' "$1" | sort -u) \
        <(grep -oE '\("[0-9]{2}_[a-z]+"' syllabus.bzl | tr -d '(' | sort -u)
}
check 'an editor offers all stages to run' lists_all_stages .vscode/tasks.json
check 'and all of them to debug' lists_all_stages .vscode/launch.json

# The entries of launch.json, as gdb sees them.
debug() { # ENTRY
    python3 -c '
import json, subprocess, sys
entries = json.load(open(".vscode/launch.json"))["configurations"]
entry = next(e for e in entries if sys.argv[1] in e["name"])
commands = ["-gdb-set confirm off"] + [c["text"] for c in entry["setupCommands"]]
commands += ["-exec-arguments " + " ".join(entry["args"]), "-exec-run"]
gdb = subprocess.Popen(["gdb", "-q", "-nx", "-i=mi", sys.argv[2]], text=True,
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(*commands, sep="\n", file=gdb.stdin, flush=True)
for line in gdb.stdout:
    print(line, end="")
    if line.startswith(("*stopped", "^error")):
        break
gdb.kill()' "$1" "$stage"
}
stops_in_the_child() {
    debug 'the child' | grep -q '^\*stopped,reason="breakpoint-hit".*func="run_child"'
}
runs_in_the_parent() {
    debug 'the parent' | grep -q '^\*stopped,reason="exited-normally"'
}
check "the debugger's entry for the child stops in the child" stops_in_the_child
check 'the entry for the parent stays with the parent' runs_in_the_parent

# ---- try-fresh ----------------------------------------------------------------

refuses() { # WORDS ARGUMENT...
    local words=$1 out status
    shift
    out=$(tools/try-fresh "$@" 2>&1)
    status=$?
    [[ $status -eq 125 && $out = *"$words"* ]] || { echo "$out" && false; }
}
check 'try-fresh says what it does' \
    grep -q 'bookworm|trixie' <(tools/try-fresh --help)
check 'try-fresh refuses what is not a Debian' refuses 'sid is neither' sid
check 'try-fresh asks for the name of a Debian' refuses Usage
readme_commands() {
    [[ $(sed -n 's/^ \{4\}\(tools\/setup && .*\)/\1/p' README.md | wc -l) -eq 2 ]]
}
check 'README.md has the two commands that try-fresh runs' readme_commands

result
