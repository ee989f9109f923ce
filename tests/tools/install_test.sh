#!/bin/bash
# An install has everything that is promised, in its place and for everybody to
# read; it touches nothing that is not its own; and it can be removed again.
set -u
install=$PWD/$1 news=$2
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
umask 077

prefix=$TMPDIR/usr manifest=$TMPDIR/usr/share/barco/manifest
unset PKG_CONFIG_PATH

run() { # COMMAND...: its words to out, its exit status to $status
    "$@" >"$TMPDIR/out" 2>&1
    status=$?
}
says() {
    grep -q -- "$1" "$TMPDIR/out" || { cat "$TMPDIR/out" && false; }
}
refuses() { # WORDS ARGUMENT...
    local words=$1
    shift
    run "$install" "$@"
    [[ $status -eq 125 ]] && says "cause:.*$words" && says 'fix:  '
}
tree() { # everything below the prefix, as it looks
    find "$prefix" -mindepth 1 -printf '%P %y %m %n %s %l\n' | sort
}
empty() { # DIR
    [[ -z $(ls -A "$1") ]] || { find "$1" && false; }
}

# ---- What is there --------------------------------------------------------------

run "$install" --prefix "$prefix"
check 'it is installed' test "$status" = 0
cat "$TMPDIR/out" # for the log
check 'the program runs' "$prefix/bin/barco" --help >/dev/null
for file in bin/barco include/barco/process.h lib/libbarco.a \
    lib/pkgconfig/barco.pc share/man/man1/barco.1 share/barco/root/bin/sh; do
    check "$file is there" test -s "$prefix/$file"
done
check 'an empty directory of the root is there' test -d "$prefix/share/barco/root/proc"
check 'busybox takes up space only once' test "$(du -sm "$prefix" | cut -f1)" -lt 20

wrong_modes() {
    find "$prefix" -mindepth 1 -type d ! -perm 755
    find "$prefix" -type f ! -perm 644 ! -path "$prefix/bin/*" \
        ! -path "$prefix/share/barco/root/*"
    find "$prefix/share/barco/root/etc" -type f ! -perm 644
    find "$prefix/bin" "$prefix/share/barco/root/bin" -type f ! -perm 755
    find "$prefix" ! -type d ! -type f
}
check 'modes do not depend on the umask' test -z "$(wrong_modes)"
check 'the manifest lists all of it' diff "$manifest" <(
    find "$prefix" -mindepth 1 \( -type d -printf '%P/\n' -o -printf '%P\n' \) |
        LC_ALL=C sort
)

# ---- The version is one -----------------------------------------------------------

version=$(sed -n 's/^#define BARCO_VERSION "\(.*\)"/\1/p' "$prefix/include/barco/version.h")
page=$prefix/share/man/man1/barco.1
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
check 'there is a version' test "$version"
check '--version prints it' \
    test "$("$prefix/bin/barco" --version)" = "barco $version (barco)"
check 'barco.pc has it' test "$(pkg-config --modversion barco)" = "$version"
check 'barco(1) has it' grep -qxF ".Os barco $version" "$page"
check 'NEWS begins with it' \
    test "$(sed -n 's/^\([0-9][0-9.]*\) (.*)$/\1/p' "$news" | head -n 1)" = "$version"

# ---- Manual pages -----------------------------------------------------------------

check 'mandoc is there (tools/setup)' command -v mandoc >/dev/null
check 'barco(1) has no mistake' mandoc -Tlint -Wwarning "$page"
mandoc -Tutf8 "$page" | sed "s/.\x08//g" >"$TMPDIR/barco.1"
shows() {
    grep -qF -- "$1" "$TMPDIR/barco.1" || { echo "not in barco(1): $1" && false; }
}
options=$("$prefix/bin/barco" --help | grep -oE '^ {2,6}-.*' | grep -oE -- '--[a-z-]+[^ ]*')
check 'options were found' test "$(wc -l <<<"$options")" -gt 20
for option in $options; do
    check "barco(1) shows $option" shows "$option"
done
for status in 125 126 127 '128 \+ N'; do
    check "barco(1) shows exit status $status" grep -qxE " +$status( .*)?" "$TMPDIR/barco.1"
done

# Section 3 needs Doxygen, and has a test of its own.
mkdir "$TMPDIR/bin"
for program in bash basename cat chmod comm cp cut dirname find grep id mkdir mktemp \
    readlink rm rmdir sed sort tar; do
    ln -s "$(command -v "$program")" "$TMPDIR/bin/"
done
run env PATH="$TMPDIR/bin" "$install" --prefix "$TMPDIR/without"
check 'it is installed without Doxygen' test "$status" = 0
check 'and says what is left out, and how to get it' says 'section 3.*tools/setup --docs'
check 'and has only barco(1)' test "$(ls "$TMPDIR/without/share/man")" = man1

# A tar that fails at the end of its work.
rm "$TMPDIR/bin/tar"
printf '#!/bin/sh\n"%s" "$@"\nexit 1\n' "$(command -v tar)" >"$TMPDIR/bin/tar"
ln -s "$(command -v sh)" "$TMPDIR/bin/"
chmod +x "$TMPDIR/bin/tar"
run env PATH="$TMPDIR/bin" "$install" --prefix "$TMPDIR/partly"
check 'an install that fails on the way says so' test "$status" = 125
run "$install" --uninstall --prefix "$TMPDIR/partly"
check 'and what it has written can be removed' empty "$TMPDIR/partly"

# ---- The library ------------------------------------------------------------------

cat >"$TMPDIR/program.c" <<'END'
#include <stdio.h>
int main(void)
{
    const char *problem = barco_hostname_problem("a b");
    printf("%s: %s\n", BARCO_VERSION, problem ? problem : "no problem");
    return 0;
}
END
for header in "$prefix"/include/barco/*.h; do
    echo "#include <barco/${header##*/}>"
done | cat - "$TMPDIR/program.c" >"$TMPDIR/user.c"

builds() { # [--static]
    local flags
    flags=$(pkg-config "$@" --cflags --libs barco) || return
    # shellcheck disable=SC2086 # a list of words
    gcc -Wall -Wextra -Werror ${1:+-static} -o "$TMPDIR/user" "$TMPDIR/user.c" $flags &&
        "$TMPDIR/user" | grep -q "^$version: .*space"
}
check 'a static program is built with the library' builds --static
check 'so is a dynamic one' builds
mv "$prefix" "$TMPDIR/moved"
PKG_CONFIG_PATH=$TMPDIR/moved/lib/pkgconfig
check 'a tree that was moved still builds programs' builds --static
mv "$TMPDIR/moved" "$prefix"
check 'the library defines no name but its own' test -z \
    "$(nm -g --defined-only "$prefix/lib/libbarco.a" | grep -E ' [A-Z] ' | grep -v ' barco_')"

# ---- Again, and over what was there before ------------------------------------------

tree >"$TMPDIR/before"
echo include/barco/old.h >>"$manifest"
touch "$prefix/include/barco/old.h" "$prefix/include/barco/mine.h"
chmod 600 "$prefix/include/barco/log.h"
run "$install" --prefix "$prefix"
check 'it is installed again' test "$status" = 0
check 'what is not ours stays' test -e "$prefix/include/barco/mine.h"
rm "$prefix/include/barco/mine.h"
tree >"$TMPDIR/after"
check 'and everything is as before, without what barco no longer has' \
    diff "$TMPDIR/before" "$TMPDIR/after"

mkdir -p "$TMPDIR/foreign/bin" "$TMPDIR/foreign/real"
echo mine >"$TMPDIR/foreign/bin/barco"
check 'a program of the same name is not replaced' \
    refuses 'no install of barco wrote it' --prefix "$TMPDIR/foreign"
check 'but stays' grep -qx mine "$TMPDIR/foreign/bin/barco"
check 'and nothing is made beside it' test ! -e "$TMPDIR/foreign/share"
rm -r "$TMPDIR/foreign/bin"
ln -s real "$TMPDIR/foreign/lib"
chmod 711 "$TMPDIR/foreign/real"
run "$install" --prefix="$TMPDIR/foreign"
check 'it is installed into directories that are there' test "$status" = 0
check 'which may be links' test -e "$TMPDIR/foreign/real/libbarco.a"
run "$install" --prefix "$TMPDIR/foreign" --uninstall
check 'and removed from them' test "$(ls -A "$TMPDIR/foreign")" = $'lib\nreal'
check 'and they are as they were' test "$(stat -c %a "$TMPDIR/foreign/real")" = 711
check 'without anything in them' empty "$TMPDIR/foreign/real"

run "$install" --prefix /opt/barco --destdir "$TMPDIR/dest"
check 'the destination comes before the prefix' \
    test -x "$TMPDIR/dest/opt/barco/bin/barco"
check 'and is named nowhere' test -z "$(grep -rl "$TMPDIR" "$TMPDIR/dest")"

# ---- What is refused ----------------------------------------------------------------

# Root may write everywhere, unless it gives that up.
without_override() { # COMMAND...
    if [ "$(id -u)" = 0 ]; then
        setpriv --bounding-set=-dac_override "$@"
    else
        "$@"
    fi
}
mkdir "$TMPDIR/closed"
chmod 500 "$TMPDIR/closed"
run without_override "$install" --prefix "$TMPDIR/closed/usr"
check 'a prefix that cannot be written to is refused' test "$status" = 125
check 'with its cause' says "cause: you may not write to $TMPDIR/closed$"
check 'and its fix' says 'fix: .*--config=sudo.*--prefix'
check 'before anything is made' empty "$TMPDIR/closed"
check 'a file cannot be the prefix' refuses 'is not a directory' --prefix "$manifest"
check 'nor can a relative path' refuses 'not an absolute path' --prefix usr
run "$install" --prefx /usr
check 'an unknown option is named' says 'unknown option --prefx'
run "$install" --help
check '--help lists the options' says '--uninstall'

# ---- Removed again --------------------------------------------------------------------

check 'where nothing is installed, nothing can be removed' \
    refuses 'barco is not installed there' --uninstall --prefix "$TMPDIR"
cp "$manifest" "$TMPDIR/manifest"
touch "$TMPDIR/victim"
echo ../victim >>"$manifest"
check 'a manifest that leads out of the prefix is refused' \
    refuses 'outside the prefix' --uninstall --prefix "$prefix"
check 'and nothing out there is removed' test -e "$TMPDIR/victim"
cp "$TMPDIR/manifest" "$manifest"
mkdir "$TMPDIR/etc"
mv "$prefix/share/barco/root/etc" "$TMPDIR/real_etc"
touch "$TMPDIR/etc/passwd"
ln -s "$TMPDIR/etc" "$prefix/share/barco/root/etc"
check 'a directory that has become a link is refused' \
    refuses 'is a link now' --uninstall --prefix "$prefix"
check 'and nothing is removed where it leads' test -e "$TMPDIR/etc/passwd"
rm "$prefix/share/barco/root/etc"
mv "$TMPDIR/real_etc" "$prefix/share/barco/root/etc"

touch "$prefix/share/barco/root/var/mine"
run "$install" --uninstall --prefix "$prefix"
check 'it is removed' test "$status" = 0
check 'except for what is not ours' \
    test "$(find "$prefix" -type f)" = "$prefix/share/barco/root/var/mine"
check 'and that is named' says "left $prefix/share/barco/root/var/"
run "$install" --uninstall --prefix /opt/barco --destdir "$TMPDIR/dest"
check 'it is removed from where everything is ours' test "$status" = 0
check 'and nothing is left there' empty "$TMPDIR/dest/opt/barco"

result
