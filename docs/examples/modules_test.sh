#!/bin/sh
# The program of each module prints what its page of the reference promises. Runs in
# the lab, as root and as an ordinary user.
[ -e /run/barco-lab ] || exit 1
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
examples=docs/examples
user=$(id -u)

prints() { # MODULE OUTPUT; a line of OUTPUT is a pattern of the shell
    out=$("$examples/$1" 2>&1 </dev/null)
    status=$?
    # shellcheck disable=SC2254
    case $out in
        $2) return 0 ;;
    esac
    printf '%s printed:\n%s\n' "$1" "$out"
    return 1
}

refused() { # MODULE OUTPUT
    prints "$1" "$2" && [ "$status" -eq 1 ]
}

core_example() {
    prints core "host      read()
host        a program for Linux begins with 0x7f and ELF
*call:  open(\"/no/such/file\") = ENOENT*first_byte()
0x7f
-2"
}
process_example() { prints process '7
143'; }
init_example() { prints init 'the command is 2, below 1
it ended with 3'; }
hostname_example() {
    before=$(hostname)
    prints hostname 'my boat *
my-boat' && [ "$(hostname)" = "$before" ]
}
mount_example() {
    prints mount '*tmpfs /tmp tmpfs ro,*size=64k*' &&
        ! grep -q size=64k /proc/self/mounts
}
dev_example() { prints dev 'fd
full
mqueue
null
ptmx
pts
random
shm
stderr
stdin
stdout
tty
urandom
zero'; }
volume_example() { prints volume '*/mnt/passwd*Read-only file system'; }
rootfs_example() { prints rootfs '0
*/new*Read-only file system'; }
handshake_example() { prints handshake 'Name:	handshake'; }
userns_example() {
    # Root gets 65536 ids that are used by nothing else.
    if [ "$user" -eq 0 ]; then
        prints userns '0
 *0 *2????????? *65536'
    else
        prints userns "0
 *0 *$user *1*"
    fi
}
cgroup_example() {
    prints cgroup "*can't fork*Resource temporarily unavailable*" &&
        [ -z "$(find /sys/fs/cgroup -name 'barco-*')" ]
}
caps_example() { prints caps 'CapInh:	0000000000000020
CapPrm:	0000000000000020
CapEff:	0000000000000020
CapBnd:	0000000000000020
CapAmb:	0000000000000020
NoNewPrivs:	1'; }
seccomp_example() { prints seccomp 'mkdir: Operation not permitted'; }
network_example() { prints network '*127.0.0.1*'; }
keyring_example() { prints keyring 'the key is there
no such key'; }
limits_example() { prints limits '64
500
0077'; }
environment_example() { prints environment '*SHIP=boat*ls: *fd/9: No such file*'; }
console_example() {
    # The second terminal of the host has another number than the container's first.
    out=$(tests/lib/on_terminal tests/lib/on_terminal "$examples/console")
    case $out in *pts/0*) ;; *) printf 'console printed:\n%s\n' "$out" && return 1 ;; esac
}
spec_example() { prints spec '*call:  spec(hostname: *) = EINVAL*
-22
0'; }
container_example() { prints container '0
2
boat'; }

for source in "$examples"/*.c; do
    module=$(basename "$source" .c)
    # Those are shown elsewhere, and tested there.
    case $module in mountlog | two | why) continue ;; esac
    check "$module.c has 10 to 30 lines" \
        test "$(wc -l <"$source")" -ge 10 -a "$(wc -l <"$source")" -le 30
    if [ "$user" -ne 0 ] && grep -q 'Needs root' "$source"; then
        check "$module.c is refused" refused "$module" '*= EPERM *'
    else
        check "$module.c does what it says" "${module}_example"
    fi
done

# Where there may be no more user namespaces.
if [ "$user" -eq 0 ]; then
    most=/proc/sys/user/max_user_namespaces
    before=$(cat $most)
    echo 0 >$most
    for source in "$examples"/*.c; do
        grep -q CLONE_NEWUSER "$source" || continue
        module=$(basename "$source" .c)
        check "$module.c is refused" refused "$module" '*= ENOSPC *'
    done
    echo "$before" >$most
fi
result
