#!/bin/bash
# lab - run a program in a throwaway virtual machine
#
# The machine is QEMU with Debian's kernel, the disk of make-disk, and a second
# disk that is nothing but a tar archive of what is to run. The way in is ssh
# over a virtio port, because it brings terminals, window sizes, signals, exit
# statuses and a second session, and all of that is well kept by others.
#
#     here                              in the lab
#     ssh -- socat -- unix socket -- virtio port -- dropbear -- the command
set -euo pipefail

usage() {
    cat <<'EOF'
Usage: lab [--user USER]... PROGRAM [ARG...]
                                            run a program of this machine
       lab [--user USER] shell              a shell in the lab that runs already,
                                            else in a new one
       lab list                             the labs that run

Runs in a virtual machine that is thrown away at the end. USER is root or
learner, an ordinary user with a cgroup of his own; with several, the program
runs once as each of them, and all have to succeed.
BARCO_LAB_ACCEL=kvm or tcg overrides what tools/setup found out.
The exit status is the program's; 125 when the lab could not run it.
EOF
}

fail() {
    printf 'lab: cannot %s\n  cause: %s\n  fix:   %s\n' "$@" >&2
    exit 125
}

kernel=${BARCO_LAB_KERNEL:-/var/cache/barco/lab}
labs=${TMPDIR:-/tmp}/barco-lab-$UID
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
if [[ -d ${RUNFILES_DIR:-$0.runfiles}/barco/tools/lab ]]; then
    here=${RUNFILES_DIR:-$0.runfiles}/barco/tools/lab
fi

need() {
    local program
    for program in qemu-system-x86_64 ssh ssh-keygen socat setpriv; do
        command -v "$program" >/dev/null ||
            fail 'start' "$program is not installed" 'tools/setup'
    done
    [[ -r $kernel/vmlinuz && -r $kernel/modules.cpio ]] ||
        fail 'start' "there is no kernel in $kernel" 'tools/setup'
}

# ---- What is to run: the program and its runfiles, as a tar archive ---------

# Everything keeps its place below Bazel's output directory, because stages
# look for the bundled root beside themselves. A test has the runfiles of all.
# Runfiles are symbolic links, so -h follows them; hard links stay hard links.
pack() { # PROGRAM
    local program=$1 runfiles=${TEST_SRCDIR:-$1.runfiles} at libraries
    local archive=(--owner=0 --group=0 --mode=a+rX -hf "$dir/payload.tar")
    tar -c "${archive[@]}" --files-from=/dev/null
    [[ -d $runfiles/barco ]] &&
        tar -r "${archive[@]}" -C "$runfiles/barco" --exclude=./tools/lab .
    at=$(inside "$program")
    tar -r "${archive[@]}" --transform="s|.*|$at|" -C / "${program#/}"
    # A program that is not static brings its libraries along.
    libraries=$(ldd "$program" 2>/dev/null | grep -o '/[^ ]*') || return 0
    # shellcheck disable=SC2086 # a list of words
    tar -r "${archive[@]}" -P --transform='s|.*/|lib/|' $libraries
}

# The place of a program in the lab, below /barco.
inside() {
    case $1 in
    */bin/*) printf '%s' "${1##*/bin/}" ;;
    *) printf '%s' "run/${1##*/}" ;;
    esac
}

# ---- The machine ------------------------------------------------------------

accel() {
    local found=tcg
    [[ -r $kernel/accel && -w /dev/kvm ]] && found=$(<"$kernel/accel")
    printf '%s' "${BARCO_LAB_ACCEL:-$found}"
}

alive() { # PID...
    local pid
    for pid; do
        kill -0 "$pid" 2>/dev/null || return 1
    done
}

qemu="" master="" notice="" dir="" disk=""

# Nothing is left behind: no QEMU, no ssh, no file.
clean_up() {
    local status=$?
    set +e
    trap '' HUP INT TERM
    [[ -n $notice ]] && kill "$notice" 2>/dev/null
    [[ -n $master ]] && kill "$master" 2>/dev/null
    [[ -n $qemu ]] && kill -KILL "$qemu" 2>/dev/null
    wait 2>/dev/null
    [[ -n $dir ]] && rm -rf "$dir"
    rmdir "$labs" 2>/dev/null
    exit "$status"
}

# A lab that was killed could not remove its files; its successor does.
sweep() {
    local lab
    for lab in "$labs"/*; do
        [[ -d $lab ]] && ! alive "${lab##*/}" && rm -rf "$lab"
    done
    true
}

boot() { # [PROGRAM]
    local file debian=()
    need
    (umask 077 && mkdir -p "$labs")
    sweep
    dir=$labs/$$
    mkdir -m 700 "$dir"
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM

    if [[ -t 2 ]]; then
        (sleep 2 && printf 'booting the lab...\r' >&2) &
        notice=$!
    fi
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$dir/key"
    cat "$here/init.cpio" "$kernel/modules.cpio" >"$dir/initrd"
    if [[ $# -gt 0 ]]; then
        pack "$1"
    else
        tar -cf "$dir/payload.tar" --files-from=/dev/null
    fi

    disk=$(readlink -f "$here/disk.ext4")
    # Some tests bring a Debian root along; it has to be the third disk.
    if [[ -e $here/debian.ext4 ]]; then
        file=$(readlink -f "$here/debian.ext4")
        debian=(
            -drive "id=debian,if=none,format=raw,snapshot=on,file=$file"
            -device "virtio-blk-pci,drive=debian"
        )
    fi
    # pc: microvm is a second faster, but has no clock to measure the TSC with,
    # and one boot in four hangs. Nehalem has nothing that is slow to emulate.
    # setpriv: a lab that is killed takes its machine along.
    setpriv --pdeathsig KILL qemu-system-x86_64 \
        -M pc -accel "$(accel)" -cpu Nehalem -m 1024 \
        -nodefaults -nographic -no-reboot \
        -kernel "$kernel/vmlinuz" -initrd "$dir/initrd" \
        -append "console=ttyS0 quiet panic=-1 cryptomgr.notests barco.key=$(cut -d' ' -f2 "$dir/key.pub")" \
        -drive "id=disk,if=none,format=raw,snapshot=on,file=$disk" \
        -device virtio-blk-pci,drive=disk \
        -drive "id=payload,if=none,format=raw,readonly=on,file=$dir/payload.tar" \
        -device virtio-blk-pci,drive=payload \
        "${debian[@]}" \
        -device virtio-rng-pci -device virtio-serial-pci \
        -chardev "socket,id=ssh,path=$dir/port,server=on,wait=off" \
        -device virtserialport,chardev=ssh,name=ssh \
        -serial "file:$dir/console" </dev/null >"$dir/qemu" 2>&1 &
    qemu=$!
    while [[ ! -S $dir/port ]]; do
        alive "$qemu" ||
            fail 'start' "QEMU ended: $(<"$dir/qemu")" 'see its message'
        sleep 0.02
    done

    lab_ssh -o ControlMaster=yes -o ControlPath="$dir/ctl" -i "$dir/key" \
        -o "ProxyCommand=socat - UNIX-CONNECT:$dir/port" -N root@lab \
        </dev/null >"$dir/ssh" 2>&1 &
    master=$!
    while [[ ! -S $dir/ctl ]]; do
        alive "$master" "$qemu" ||
            fail 'reach the lab' "$(tail -n 20 "$dir/ssh" "$dir/console")" \
                'bazel run //tools:doctor'
        sleep 0.02
    done
    if [[ -n $notice ]]; then
        kill "$notice" 2>/dev/null || true
        wait "$notice" 2>/dev/null || true
        notice=""
        printf '\r\033[K' >&2
    fi
}

lab_ssh() {
    ssh -F none -o LogLevel=ERROR -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes \
        -o ConnectTimeout=60 "$@"
}

# Runs a command in a lab, with each argument as it is.
session() { # DIR COMMAND...
    local lab=$1 terminal=-T
    shift
    [[ -t 0 ]] && terminal=-t
    # In the background, because bash acts on a signal only when what runs in
    # the foreground has ended, and ssh need not end when a terminal hangs up.
    lab_ssh "$terminal" -o ControlPath="$lab/ctl" root@lab \
        "cd /barco && exec /lab/as ${*@Q}" <&0 &
    wait $!
}

running() {
    local lab
    for lab in "$labs"/*; do
        [[ -S $lab/ctl ]] && kill -0 "${lab##*/}" 2>/dev/null && echo "$lab"
    done
    true
}

users=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --user) users+=("$2") && shift 2 ;;
    -h | --help) usage && exit 0 ;;
    --) shift && break ;;
    *) break ;;
    esac
done

[[ ${#users[@]} -gt 0 ]] || users=(root)

case ${1-} in
'')
    usage >&2
    exit 125
    ;;
list)
    running
    ;;
shell)
    found=$(running | tail -n 1)
    if [[ -z $found ]]; then
        boot
        found=$dir
    fi
    session "$found" "${users[0]}" /bin/sh -l || exit
    ;;
*)
    [[ -x $1 ]] ||
        fail "run $1" 'there is no such program here' 'lab --help'
    program=$(readlink -f "$1")
    shift
    boot "$program"
    status=0
    for user in "${users[@]}"; do
        [[ ${#users[@]} -gt 1 ]] && printf '\n==== as %s ====\n' "$user"
        session "$dir" "$user" "/barco/$(inside "$program")" "$@" || status=$?
    done
    exit "$status"
    ;;
esac
