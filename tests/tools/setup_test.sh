#!/bin/bash
# tools/setup names a bogus option, shows a line for each step, keeps what apt
# says for whoever needs it, and brings npm's packages without npm. apt and the
# kernel are played by scripts: nothing is installed.
# shellcheck disable=SC2016 # what a script that plays has to expand
set -u
setup=$1 progress=$2 fetch_npm=$3
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -r "$TMPDIR"' EXIT

# ---- A machine on which nothing is installed ----------------------------------

tree=$TMPDIR/tree bin=$TMPDIR/bin
mkdir -p "$tree/tools/lab" "$bin"
cp "$setup" "$progress" "$tree/tools/"
play() { # FILE LINE...: a script
    printf '%s\n' '#!/bin/sh' "${@:2}" >"$1"
    chmod +x "$1"
}
play "$tree/tools/lab/fetch-kernel" \
    '[ "$1" != --check ] || [ -e "$TMPDIR/kernel" ] || exit 1' \
    'echo kernel >"$TMPDIR/kernel"'
play "$bin/dpkg-query" '[ ! -e "$TMPDIR/installed" ] || printf installed'
play "$bin/sudo" 'exec "$@"'
play "$bin/apt-get" \
    'for word; do [ "$word" = update ] && exit 0; done' \
    'echo "$*" >"$TMPDIR/apt"' \
    'i=0; while [ $i -lt 1500 ]; do i=$((i + 1)); echo "Setting up $i"; done' \
    'echo "Fetched 1,234 kB in 3s (4 kB/s)"; echo "Fetched 20.5 MB in 3s (6 MB/s)"' \
    '[ ! -e "$TMPDIR/broken" ] || { echo "E: no space left"; exit 100; }' \
    'touch "$TMPDIR/installed"'

run() { # [OPTION...]
    PATH=$bin:$PATH "$tree/tools/setup" "$@" </dev/null >"$TMPDIR/out" 2>&1
    status=$?
}

says() {
    grep -qE -- "$1" "$TMPDIR/out" || { cat "$TMPDIR/out" && false; }
}

no_log() {
    ! compgen -G "$TMPDIR/barco-setup.*" >/dev/null
}

# ---- Options ------------------------------------------------------------------

for bogus in --doc --docs=all docs; do
    run "$bogus"
    check "$bogus is refused" test "$status" = 1
    check "$bogus gets the nearest option as a hint" \
        says "^setup: unknown option $bogus; did you mean --docs\?$"
done
run --frob
check 'an option that is like no other is named' says '^setup: unknown option --frob$'
run --dry-run
check 'a dry run changes nothing' test ! -e "$TMPDIR/apt"
check 'it says what it would run' says '^would run: .*apt-get.* install git '
check 'and does not say that everything is there' test "$(grep -c 'everything is there' "$TMPDIR/out")" = 0
run --docs --dry-run
check 'the book does not bring npm' test "$(grep -cE 'install.* npm( |$)' "$TMPDIR/out")" = 0

check 'nor a cluster' test "$(grep -c 'slurm' "$TMPDIR/out")" = 0
run --slurm --dry-run
check 'which has an option' says '^would run: .*apt-get.* install .* slurmctld '

# ---- A run --------------------------------------------------------------------

touch "$TMPDIR/broken"
run
check 'setup stops when apt fails' test "$status" = 100
check 'and what apt said last is shown' says '^ +E: no space left$'
check 'but not all of it' test "$(wc -l <"$TMPDIR/out")" -lt 40
log=$(sed -n 's/.*the end of \(.*\):$/\1/p' "$TMPDIR/out")
check 'which is in the log' grep -qx 'Setting up 1' "$log"
rm "$TMPDIR/broken" "$log"

run
check 'setup succeeds' test "$status" = 0
check 'a step prints a line when it ends' says '^ok +[0-9]+ packages, and what they need \('
check 'and the output of apt is not shown' test "$(wc -l <"$TMPDIR/out")" -lt 10
check 'packages come without recommendations' \
    grep -q -- '--no-install-recommends install .*bazel-bootstrap' "$TMPDIR/apt"
check 'the kernel is fetched' test -e "$TMPDIR/kernel"
check 'what was downloaded is added up' says '^setup: downloaded 21 MB$'
check 'a good run leaves no log' no_log
run
check 'the second run does nothing' test "$(cat "$TMPDIR/out")" = 'setup: everything is there'

# An ordinary user, a sudo that asks for a password once, and a slow typist.
play "$bin/id" 'echo 1000'
play "$bin/sudo" \
    '[ "$1" != -n ] || { test -e "$TMPDIR/password"; exit; }' \
    '[ -e "$TMPDIR/password" ] || { printf "password: "; sleep 1.2; echo typed; } >/dev/tty' \
    'touch "$TMPDIR/password"' \
    '[ "$1" = -v ] || exec "$@"'
rm "$TMPDIR/installed" "$TMPDIR/kernel"
script -qec "env PATH=$bin:$PATH $tree/tools/setup" "$TMPDIR/typescript" \
    </dev/null >/dev/null
check 'no line of progress covers the question for a password' \
    grep -q '^password: typed' "$TMPDIR/typescript"
check 'and setup succeeds' grep -q 'everything is there' "$TMPDIR/typescript"

# On a terminal, the steps are one line, written again and again.
script -qec "env PATH=$bin:$PATH sh -c '
    log=$TMPDIR/log; . $tree/tools/progress
    step sentence sh -c \"echo early; sleep 1.2; echo late\"'" \
    "$TMPDIR/typescript" </dev/null >/dev/null
check 'a terminal shows the newest line of output' \
    grep -qP '\r\e\[K0:0\d +sentence: early' "$TMPDIR/typescript"

# ---- npm's packages -----------------------------------------------------------

# A registry in a folder: apt's downloader reads file: as it reads https:.
registry=$TMPDIR/registry
mkdir -p "$registry/@some/thing/-" "$TMPDIR/package"
echo 'module.exports = 1' >"$TMPDIR/package/index.js"
archive=$registry/@some/thing/-/thing-1.0.0.tgz
tar -C "$TMPDIR" -czf "$archive" package
sha512() {
    python3 -c 'import base64, hashlib, sys
print(base64.b64encode(hashlib.sha512(sys.stdin.buffer.read()).digest()).decode())'
}
lock() { # DIGEST
    cat >"$TMPDIR/package-lock.json" <<END
{ "packages": { "": {}, "node_modules/@some/thing": {
    "version": "1.0.0", "integrity": "sha512-$1" } } }
END
}
fetch() {
    "$fetch_npm" "$TMPDIR/package-lock.json" "$TMPDIR/docs" "file:$registry/" \
        >"$TMPDIR/out" 2>&1
}
lock "$(sha512 <"$archive")"
check "a package of npm's is fetched" fetch
check 'and is where the book looks for it' \
    test -s "$TMPDIR/docs/node_modules/@some/thing/index.js"
check 'and the lock says so' \
    cmp -s "$TMPDIR/docs/package-lock.json" "$TMPDIR/package-lock.json"
lock "$(sha512 <<<another)"
refused() {
    ! fetch && grep -q 'fetch-npm: node_modules/@some/thing: ' "$TMPDIR/out"
}
check 'a package that is not what the lock says is refused' refused
check 'and what was there before stays' \
    test -s "$TMPDIR/docs/node_modules/@some/thing/index.js"

result
