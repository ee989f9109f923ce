#!/bin/sh
# A machine, a caller or a root directory that gives barco a hard time. Either
# the container runs as if nothing were, or barco ends with 125 and says why;
# and nothing is left: no process, no mount, no cgroup, no file.
# shellcheck disable=SC2016,SC2154 # what the inner shell expands; left.sh's names
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
# shellcheck source=tests/hostile/left.sh
. tests/hostile/left.sh

PATH=/barco/stages:$PATH
user=$(id -un)
cd /tmp || exit 1
mkdir -p "/tmp/$user" && cd "/tmp/$user" || exit 1
status=0

# Runs a script; barco is `barco` in it.
run() { # SCRIPT
    sh -c "barco() { 09_barco \"\$@\"; }; $1" >out 2>err </dev/null
    status=$?
}

ended() { # STATUS; else what it was, and what was said
    [ $status -eq "$1" ] || {
        echo "status $status"
        head -n 6 err
        return 1
    }
}

works() { # SENTENCE SCRIPT
    run "$2"
    check "$1" ended 0
    check "$1: nothing is left" nothing_is_left
}

fails() { # SENTENCE SCRIPT PATTERN
    run "$2"
    check "$1" ended 125
    check "$1: it says why" grep -q -E -- "$3" err
    check "$1: nothing is left" nothing_is_left
}

# 0 as ever, or 125 with a message: which of them depends on the machine.
holds() { # SENTENCE SCRIPT
    run "$2"
    case $status in
    0) check "$1" true ;;
    125) check "$1: it says why" grep -q 'call:' err ;;
    *) check "$1" ended 0 ;;
    esac
    check "$1: nothing is left" nothing_is_left
}

before=$(left)

# ---- The caller ---------------------------------------------------------------

holds 'room for 16 descriptors' 'ulimit -n 16; barco true'
fails 'room for 8 descriptors' 'ulimit -n 8; barco true' 'EMFILE'
works 'closed standard input' 'barco true <&-'
works 'closed standard output' 'barco true >&-'
works 'closed standard streams' 'barco true <&- >&- 2>&-'
works '10,000 arguments' \
    '[ "$(barco sh -c '"'"'echo $#'"'"' x $(seq 10000))" = 10000 ]'
# The kernel takes 128 KiB for one, and with these all of a megabyte.
works 'a megabyte of arguments' '
    a=$(head -c 100000 /dev/zero | tr "\0" a)
    [ "$(barco sh -c '"'"'echo ${#1}${#9}'"'"' x $a $a $a $a $a $a $a $a $a)" \
        = 100000100000 ]'
works 'an argument with control characters' '
    a=$(printf "\033[2J\001\377")
    [ "$(barco printf %s "$a")" = "$a" ]'
works 'a value with control characters is shown' '
    ! barco --mnt "$(printf "/\033[2J")" true 2>err.2
    ! grep -q "$(printf "\033")" err.2; s=$?; rm err.2; exit $s'

# ---- The machine --------------------------------------------------------------

works '200 at once' '
    for i in $(seq 200); do barco true || echo $i >>failed & done; wait
    [ ! -e failed ] || { cat failed; rm failed; exit 1; }'
works 'a full disk for what it says' 'barco -v true 2>/dev/full'
if [ "$user" = root ]; then
    works '/proc with hidepid=2' \
        'unshare -m sh -c "mount -o remount,hidepid=2 /proc; 09_barco true"'
    fails 'another device as /dev/tty' \
        'unshare -m sh -c "mount --bind /dev/null /dev/tty; 09_barco true"' \
        'not device 5:0'
    fails 'no /dev/tty' 'unshare -m sh -c "
        mount -t tmpfs dev /dev
        mknod /dev/null c 1 3; mknod /dev/zero c 1 5; mknod /dev/full c 1 7
        mknod /dev/random c 1 8; mknod /dev/urandom c 1 9
        09_barco true"' '"/dev/tty"'
    small=$groups/small
    mkdir $small
    echo 2M >$small/memory.max
    # The kernel may kill any of its processes there; then nobody can say why.
    run "echo \$\$ >$small/cgroup.procs; barco true"
    case $status in
    0 | 125 | 137) check 'the runtime has 2 MB: it runs, says why not, or is killed' true ;;
    *) check 'the runtime has 2 MB: it runs, says why not, or is killed' ended 0 ;;
    esac
    check 'the runtime has 2 MB: nothing is left' nothing_is_left
    rmdir $small
fi

# ---- The root directory -------------------------------------------------------

root=$(printf '/tmp/%s/r\377\001' "$user")
mkdir "$root" "$root/bin" "$root/dev" "$root/proc" "$root/sys"
cp /bin/busybox "$root/bin/sh"
before=$(left)
barco_in="barco --mnt '$root'"
works 'a name that is not UTF-8' "$barco_in sh -c :"
for dir in proc sys dev; do
    rmdir "$root/$dir"
    ln -s /tmp "$root/$dir"
    before=$(left)
    fails "/$dir is a link" "$barco_in sh -c :" "/$dir"
    rm "$root/$dir"
    mkfifo "$root/$dir"
    fails "/$dir is a pipe" "$barco_in sh -c :" "/$dir"
    rm "$root/$dir"
    mkdir "$root/$dir"
done
before=$(left)
ln -s /proc/1/root/etc "$root/etc"
works '/etc is a link to that of PID 1' "$barco_in sh -c :"
mkdir "$root/many"
(cd "$root/many" && seq 100000 | xargs touch)
works '100,000 files in a directory' "$barco_in sh -c :"
works '100,000 files, read-only' "$barco_in --read-only sh -c :"
rm -r "$root"

rm -f out err
result
