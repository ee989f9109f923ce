#!/bin/sh
# Installs what barco needs from the packages beside this file, without a network.
# apt is told of these packages alone; the machine's own sources stay as they are.
set -eu

fail() { # WHAT FIX
    printf 'install: %s\n  fix: %s\n' "$@" >&2
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
suite=$(cat "$here/suite")
[ "$(id -u)" = 0 ] || fail 'it installs packages' "sudo $0"
# shellcheck source=/dev/null
found=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
[ "$found" = "$suite" ] ||
    fail "these are packages of Debian $suite, and this is ${found:-no Debian}" \
        'ask your teacher for those of your system, or use the book in site/index.html'

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
mkdir "$state/lists" "$state/parts"
# A path may have spaces in it, an address may not.
ln -s "$here/packages" "$state/packages"
echo "deb [trusted=yes] file:$state/packages ./" >"$state/sources.list"
cat >"$state/apt.conf" <<END
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "$state/parts";
Dir::State::lists "$state/lists";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
END
APT_CONFIG=$state/apt.conf "$here/../tools/setup"
