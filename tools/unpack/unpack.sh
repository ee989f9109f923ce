#!/bin/sh
# unpack - make a root file system from a tar archive, and delete it again
#
# A root file system has many owners: root, _apt, nobody. In an ordinary user's
# container these are ids from that user's range in /etc/subuid. The files have
# to belong to those ids, so tar has to run where they are root, _apt and nobody:
# in the user namespace that barco itself makes. That is stage 04, with the host's
# own root directory.
set -eu

usage() {
    cat <<'END'
Usage: unpack TAR DIR        make DIR, and unpack TAR in it
       unpack --remove DIR   delete it again

DIR is for barco's --mnt, run by root if root unpacked it, and otherwise by the
user who did. TAR is an archive of a whole root file system; - means standard
input.
END
}

fail() { # WHAT CAUSE FIX
    printf 'unpack: cannot %s\n  cause: %s\n  fix:   %s\n' "$@" >&2
    exit 125
}

# In Bazel's runfiles, in the lab, and in the source tree.
here=$(dirname "$(readlink -f "$0")")
for stage in "${RUNFILES_DIR:-$0.runfiles}/barco/stages/04_user" \
    "$here/../../stages/04_user" "$here/../../bazel-bin/stages/04_user"; do
    [ -x "$stage" ] && break
done

# Runs a command in stage 04, where the owners exist.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        "$stage" --mnt / -- "$@"
    fi
}

need_ids() {
    [ "$(id -u)" = 0 ] && return
    [ -x "$stage" ] ||
        fail "$1" 'stage 04 has not been built' 'bazel run //tools:unpack'
    # shellcheck disable=SC2016 # words of awk
    as_root awk '{ ids += $3 } END { exit ids < 65536 }' /proc/self/uid_map ||
        fail "$1" 'a root file system has the ids 0 to 65535, and you have fewer' \
            "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un), as root; and Debian's package uidmap"
}

unpack() { # TAR DIR
    need_ids "unpack $1"
    [ "$1" = - ] || [ -r "$1" ] ||
        fail "unpack $1" 'there is no such file, or you may not read it' \
            'name an archive, or - for standard input'
    mkdir -m 755 "$2" ||
        fail "unpack into $2" 'that directory cannot be made' \
            'name a directory that is not there yet, in one of your own'
    made=$2 # in a trap, $2 is that of whichever function was left
    trap 'as_root rm -rf "$made"' EXIT
    trap 'exit 1' HUP INT TERM
    # Devices are not for containers, which get a /dev from barco.
    as_root tar --numeric-owner --anchored --exclude 'dev/*' \
        --exclude './dev/*' -xpf "$1" -C "$2"
    # Mountpoints for barco.
    as_root mkdir -p "$2/proc" "$2/sys" "$2/dev"
    trap - EXIT
    printf 'unpack: made %s; this starts a shell in it:\n' "$2"
    printf '  bazel run //stages:09_barco -- --mnt %s\n' "$2"
}

# It may no longer look like a root: rm may have been here before.
remove() { # DIR
    [ -d "$1" ] || fail "remove $1" 'it is not a directory' 'name another one'
    inside=$(readlink -f "$1" | sed 's,/*$,/,')
    ! cut -d' ' -f5 /proc/self/mountinfo | grep -qF "$inside" ||
        fail "remove $1" 'something is mounted in it' \
            'umount that first; and see whether you meant another directory'
    case $(readlink -f "${HOME:-/}")/ in
    "$inside"*)
        fail "remove $1" 'your home is in it' 'name the directory of the root'
        ;;
    esac
    need_ids "remove $1"
    as_root rm -rf "$1"
}

# Stage 04 starts commands in the root directory.
absolute() {
    case $1 in
    /* | -) printf '%s' "$1" ;;
    *) printf '%s' "$PWD/$1" ;;
    esac
}

cd "${BUILD_WORKING_DIRECTORY:-.}"
case $#:${1-} in
2:--remove) remove "$(absolute "$2")" ;;
2:-?*) usage >&2 && exit 125 ;;
2:*) unpack "$(absolute "$1")" "$(absolute "$2")" ;;
1:--help) usage ;;
*) usage >&2 && exit 125 ;;
esac
