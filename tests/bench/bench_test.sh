#!/bin/sh
# The bench measures what there is, and says what there is not.
# shellcheck source=tests/lib/check.sh
. /barco/tests/lib/check.sh

out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
bench() { # FILE ARG...
    local file="$out/$1"
    shift
    /barco/tests/bench/bench.sh --rounds 2 "$@" >"$file" 2>&1 || { cat "$file" && false; }
}
has() { # FILE PATTERN...
    local file="$out/$1" pattern
    shift
    for pattern; do
        grep -qE "$pattern" "$file" || { cat "$file" && return 1; }
    done
}
row=' +[0-9.]+ +[0-9.]+ +[0-9.]+ +\([0-9.]+ to [0-9.]+\) +[0-9.]+ +[0-9]+ +[0-9]+ +[0-9]+$'

check 'root starts what is here' bench root
check 'each stage has a row, and so have the floors' has root \
    "^(fork and exec$row)" "^the namespaces$row" "^the full floor$row" \
    "^with a cleaner$row" \
    "^01_clone$row" "^05_cgroups$row" "^09_barco$row" "^unshare$row"
check 'a ratio is compared with what is wanted' \
    has root '^(reached|NOT REACHED): 09_barco / the full floor = '
check 'a program that is not installed is named' has root \
    '^missing: bwrap is not installed$' '^missing: runc is not installed$'
mv /barco/stages/04_user /barco/stages/04_user.kept
printf '#!/bin/sh\necho I am broken >&2; exit 3\n' >/barco/stages/04_user
chmod +x /barco/stages/04_user
check 'an ordinary user starts them' \
    bench user --user learner --only 04_user,09_barco --alive 3
check 'and only what was asked for' has user 'started by an ordinary user' "^09_barco$row"
check 'a stage that fails is left out, and why is said' has user \
    '^missing: 04_user does not run here: exit status 3, I am broken$'
check 'containers at once are counted' has user '^3 at once: .* [0-9.]+ KiB each$'
check 'nothing is left' \
    test -z "$(ls -d /tmp/barco-bench-* /sys/fs/cgroup/bench-* 2>/dev/null)"
result
