#!/bin/sh
# What an install has written is complete: barco runs from there, with the root
# that came along, and does what the examples of barco(1) say. Runs in the lab.
[ -e /run/barco-lab ] || exit 1
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

work=$HOME/installed_test
mkdir "$work" && tar -xf /barco/tools/install/installed.tar -C "$work" || exit 1
prefix=$work/usr/local
PATH=$prefix/bin:$PATH
cd "$work" || exit 1

# The bundled root that Bazel builds is in the lab too, but lacks this file.
touch "$prefix/share/barco/root/etc/installed"
check 'the bundled root is the one beside the program' barco ls /etc/installed

# An example is a line with a prompt, and the lines that it prints; the page
# leaves out a long output.
example() { # COMMAND OUTPUT
    sh -c "$1" >out 2>&1 </dev/null
    status=$?
    if [ $status -ge 125 ] || { [ -n "$2" ] && [ "$(cat out)" != "$2" ]; }; then
        cat out && echo "exit status $status" && false
    fi
}
run_example() {
    [ -z "$command" ] || check "barco(1): $command" example "$command" "$output"
    command='' output=''
}
examples=0
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$prefix/share/man/man1/barco.1" >page
while IFS= read -r line; do
    case $line in
    '$ '*)
        run_example
        command=${line#??}
        examples=$((examples + 1))
        ;;
    .Ed) run_example ;;
    *) [ -z "$command" ] || output="${output:+$output
}$line" ;;
    esac
done <page
check 'barco(1) has examples' test "$examples" -ge 5

cd / && rm -r "$work"
result
