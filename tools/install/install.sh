#!/bin/bash
# install - put barco, its library and its manual pages under a prefix
#
# Everything is laid out in a temporary tree first, and then copied. What was
# copied is listed in PREFIX/share/barco/manifest, one path a line, directories
# with a slash at the end; of directories only those that were made for it. So
# whatever is in the list is ours, and nothing else is ever replaced or removed.
#
# Nothing that is installed knows the prefix: barco finds its root, and
# pkg-config the headers, by where they are themselves.
set -euo pipefail
umask 022

usage() {
    cat <<'END'
Usage: bazel run //tools:install -- [--prefix DIR] [--destdir DIR] [--uninstall]

Installs barco, its bundled root file system, its library and manual pages.

  --prefix DIR    where to: an absolute path; default: /usr/local
  --destdir DIR   put DIR before the prefix, as for making a package
  --uninstall     remove what an install with the same options wrote

Where root has to write: bazel run --config=sudo //tools:install
END
}

fail() { # WHAT CAUSE FIX
    printf 'install: cannot %s\n  cause: %s\n  fix:   %s\n' "$@" >&2
    exit 125
}

# ---- The tree, as it is to be ---------------------------------------------------

# Where Bazel has put what is installed.
built=${RUNFILES_DIR:-$(readlink -f "$(dirname "$0")")/${0##*/}.runfiles}/barco

lay_out() { # TREE
    [ -d "$built" ] || fail 'install' 'Bazel has not built what is to be installed' \
        'bazel run //tools:install'
    mkdir -p "$1/bin" "$1/lib/pkgconfig" "$1/include/barco" "$1/share/barco" \
        "$1/share/man/man1"
    cp "$built/stages/09_barco" "$1/bin/barco"
    cp "$built/tools/install/libbarco.a" "$1/lib/"
    cp "$built/tools/install/barco.pc" "$1/lib/pkgconfig/"
    cp "$built"/include/barco/*.h "$1/include/barco/"
    cp "$built/docs/barco.1" "$1/share/man/man1/"
    if command -v doxygen >/dev/null; then
        mkdir "$1/share/man/man3"
        (cd "$built" && PYTHONDONTWRITEBYTECODE=1 \
            python3 docs/man3.py "$1/share/man/man3")
    fi
    # Hard links stay links: busybox is one file with hundreds of names.
    cp -R --preserve=links "$built/tools/rootfs/busybox/." "$1/share/barco/root"
    # Bazel has made every file executable.
    find "$1" -type d -exec chmod 755 {} +
    find "$1" -type f -exec chmod 644 {} +
    find "$1/bin" "$1/share/barco/root" -type f ! -path '*/etc/*' \
        -exec chmod 755 {} +
}

contents() { # TREE
    find "$1" -mindepth 1 \( -type d -printf '%P/\n' -o -printf '%P\n' \)
    echo $manifest
}

# ---- What is there --------------------------------------------------------------

manifest=share/barco/manifest

# What an earlier install wrote.
ours() {
    [ -e "$target/$manifest" ] || return 0
    ! grep -E '^/|(^|/)\.\.(/|$)' "$target/$manifest" >&2 ||
        fail "read $target/$manifest" 'it names files outside the prefix' \
            'an install does not write that: remove the file, and what it lists, by hand'
    LC_ALL=C sort -u "$target/$manifest"
}

# The first directory of a path that is there already decides.
check_writable() { # DIR
    local dir=$1
    until [ -e "$dir" ] || [ -L "$dir" ]; do dir=$(dirname "$dir"); done
    [ -d "$dir" ] || fail "$doing $target" "$dir is not a directory" \
        'name another --prefix'
    [ -w "$dir" ] || fail "$doing $target" "you may not write to $dir" \
        "bazel run --config=sudo //tools:install, or a prefix of your own: --prefix \"\$HOME/.local\""
}

# What no install has listed.
check_absent() { # PATH
    ! { [ -e "$target/$1" ] || [ -L "$target/$1" ]; } ||
        fail "install into $target" "$target/$1 is there, and no install of barco wrote it" \
            'move it away, or name another --prefix'
}

# A directory of ours that has become a link leads to what is not ours.
check_no_link() { # DIR/
    [ ! -L "$target/${1%/}" ] ||
        fail "$doing $target" "$target/${1%/} was a directory, and is a link now" \
            'remove the link, and see who made it'
}

# ---- Changes --------------------------------------------------------------------

remove() { # LIST: files first, then directories from the inside out
    local path
    while read -r path; do
        case $path in
        */ | "$manifest") ;;
        *) rm -f -- "$target/$path" ;;
        esac
    done <"$1"
    ! grep -qx $manifest "$1" || rm -f -- "$target/$manifest"
    LC_ALL=C sort -r "$1" | while read -r path; do
        case $path in
        */)
            [ ! -d "$target/$path" ] || rmdir -- "$target/$path" 2>/dev/null ||
                echo "install: left $target/$path, which holds what is not barco's"
            ;;
        esac
    done
}

install_tree() {
    local path
    lay_out "$work/tree"
    contents "$work/tree" | LC_ALL=C sort >"$work/new"
    ours >"$work/old"
    grep '/$' "$work/old" >"$work/made" || :
    grep '/$' "$work/new" >"$work/directories"
    grep -v '/$' "$work/new" >"$work/files"
    while read -r path; do check_no_link "$path"; done <"$work/made"
    while read -r path; do check_writable "$target/$path"; done <"$work/directories"
    while read -r path; do check_absent "$path"; done < <(
        LC_ALL=C comm -23 "$work/files" "$work/old"
    )

    # Listed before it is there, so that it can be removed however this ends.
    mkdir -p "$target"
    while read -r path; do
        [ -d "$target/$path" ] || echo "$path"
    done <"$work/directories" >>"$work/made"
    while read -r path; do mkdir -p "$target/$path"; done <"$work/directories"
    LC_ALL=C sort -u "$work/old" "$work/files" "$work/made" >"$work/tree/$manifest"
    cp --remove-destination "$work/tree/$manifest" "$target/$manifest"

    # What barco no longer has is removed; the rest is put in place.
    LC_ALL=C comm -23 "$work/old" "$work/new" >"$work/stale"
    remove "$work/stale"
    LC_ALL=C sort -u "$work/files" "$work/made" |
        LC_ALL=C comm -12 - "$work/new" >"$work/tree/$manifest"
    tar -C "$work/tree" -cf - -T "$work/files" |
        tar -C "$target" -xpf - --no-same-owner ||
        fail "install into $target" 'tar could not write all of it, and says why above' \
            'mend that and install again; --uninstall removes what is there by now'
}

uninstall() {
    local path
    [ -e "$target/$manifest" ] ||
        fail "uninstall from $target" "there is no $manifest, so barco is not installed there" \
            'name the --prefix and the --destdir of the install'
    ours >"$work/old"
    while read -r path; do
        case $path in
        */) check_no_link "$path" ;;
        esac
        check_writable "$(dirname "$target/$path")"
    done <"$work/old"
    remove "$work/old"
    echo "install: removed barco from $target"
}

# ---- The command line -----------------------------------------------------------

absolute() { # OPTION DIR
    case $2 in
    /*) ;;
    *) fail 'install' "$1 is \"$2\", which is not an absolute path" \
        "$1 \"\$PWD/DIR\"" ;;
    esac
}

prefix=/usr/local destdir='' doing='install into'
while [ $# -gt 0 ]; do
    case $1 in
    --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    esac
    case $1 in
    --prefix | --destdir)
        absolute "$1" "${2-}"
        case $1 in
        --prefix) prefix=$2 ;;
        --destdir) destdir=$2 ;;
        esac
        shift 2
        ;;
    --uninstall) doing='uninstall from' && shift ;;
    --help) usage && exit 0 ;;
    *) echo "install: unknown option $1" >&2 && usage >&2 && exit 125 ;;
    esac
done
target=$destdir$prefix

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
if [ "$doing" = 'uninstall from' ]; then
    uninstall
else
    install_tree
    echo "install: barco $("$target/bin/barco" --version | cut -d' ' -f2) is in $target"
    [ -d "$work/tree/share/man/man3" ] ||
        echo 'install: the manual pages of the library (section 3) are left out: they need Doxygen, which tools/setup --docs brings'
fi
