# shellcheck shell=bash disable=SC2034 # variables of the scripts that source this
# The lab's virtual machine, for lab.sh, which runs it, and for save, which
# saves it while barco is built.
#
# Both have to describe the same machine to QEMU, device by device, or a saved
# one cannot continue. So whatever a lab may lack (a payload, a Debian root, a
# directory to share) is replaced by an empty device of the same size.

kernel=${BARCO_LAB_KERNEL:-/var/cache/barco/lab}

payload_size=1G  # of the payload's device; the archive may be shorter
debian_size=512M # of the disk of make-debian

fail() {
    printf 'lab: cannot %s\n  cause: %s\n  fix:   %s\n' "$@" >&2
    exit 125
}

need() {
    local program
    for program in qemu-system-x86_64 ssh ssh-keygen socat setpriv; do
        command -v "$program" >/dev/null ||
            fail 'start' "$program is not installed" 'tools/setup'
    done
    [[ -r $kernel/vmlinuz && -r $kernel/modules.cpio ]] ||
        fail 'start' "there is no kernel in $kernel" 'tools/setup'
}

# What a saved machine was made with; with anything else it is useless.
made_with() {
    stat -Lc '%s %Y' "$(command -v qemu-system-x86_64)"
    cat "$kernel/version"
}

alive() { # PID...
    local pid
    for pid; do
        kill -0 "$pid" 2>/dev/null || return 1
    done
}

# Starts QEMU in the background, with its files in DIR, and sets `qemu`. The
# payload and the Debian root are files, or empty for none.
#
# pc: microvm is a second faster, but has no clock to measure the TSC with, and
# one boot in four hangs. Nehalem has no feature that is slow to emulate.
# no_timer_check: on a busy machine the timer's interrupts come late, and the
# kernel would take it for broken and panic.
# setpriv: when a lab is killed, its machine dies too.
launch() { # DIR ACCEL DISK INITRAMFS PAYLOAD DEBIAN [QEMU OPTION...]
    local dir=$1 accel=$2 disk=$3 initramfs=$4 payload=$5 debian=$6
    local nothing=driver=null-co,read-zeroes=on
    shift 6
    payload=${payload:+format=raw,file=$payload}
    debian=${debian:+format=raw,file=$debian}
    cat "$initramfs" "$kernel/modules.cpio" >"$dir/initrd"
    setpriv --pdeathsig KILL qemu-system-x86_64 \
        -M pc -accel "$accel" -cpu Nehalem -m 1024 \
        -nodefaults -nographic -no-reboot \
        -kernel "$kernel/vmlinuz" -initrd "$dir/initrd" \
        -append 'console=ttyS0 quiet panic=-1 cryptomgr.notests no_timer_check barco.lab' \
        -drive "id=disk,if=none,format=raw,snapshot=on,file=$disk" \
        -device virtio-blk-pci,drive=disk \
        -drive "id=payload,if=none,readonly=on,${payload:-$nothing,size=$payload_size}" \
        -device virtio-blk-pci,drive=payload \
        -drive "id=debian,if=none,snapshot=on,${debian:-$nothing,size=$debian_size}" \
        -device virtio-blk-pci,drive=debian \
        -device virtio-rng-pci -device virtio-serial-pci \
        -chardev "socket,id=ssh,path=$dir/port,server=on,wait=off" \
        -device virtserialport,chardev=ssh,name=ssh \
        -chardev "socket,id=share,path=$dir/share,server=on,wait=off" \
        -device virtserialport,chardev=share,name=share \
        -serial "file:$dir/console" "$@" </dev/null >"$dir/qemu" 2>&1 &
    qemu=$!
}
