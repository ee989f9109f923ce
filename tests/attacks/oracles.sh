# shellcheck shell=dash disable=SC2034,SC2154 # run-matrix's variables
# How run-matrix knows that a break-out got through: by looking at the host.
#
# For a break-out NAME
#
#   NAME_before  puts on the host what there is to lose, and says what the run
#                needs:  words     of the break-out
#                        launch    a command before the container's
#                        service   the same, by root, before an ordinary user
#                                  starts it: what a service manager would do
#                        memory, cpus, uid, volume   options of the container
#                        bundled   the root directory of barco, see columns.sh
#                        during    look while it runs, not when it has ended;
#                                  once: as soon as it is there, and then be done
#                        refusal   what a runtime that refuses to start it may say
#   NAME_seen    succeeds if the break-out got through; if there is none, that
#                is when the secret was printed
#   NAME_shows   says in words what NAME_seen looks for
#   NAME_after   repairs the host

# ---- Helpers for oracles -----------------------------------------------------

alive() { # PID; a zombie is dead
    [ -e "/proc/$1/exe" ]
}

told() { # TEXT; the break-out has printed it, perhaps among other bytes
    tr '\0' '\n' <"$out" | grep -qF -e "$1"
}

kernel_says() {
    dmesg | grep -qF -e "$1"
}

proved() { # NAME; a program that the host's root ran was here
    [ -e "/run/proof/$1" ]
}

# The break-out's process, if it lingers, as the host sees it.
escaped() {
    for pid in $(grep -lsx escaped /proc/[0-9]*/comm); do
        pid=${pid%/comm}
        pid=${pid#/proc/}
        alive "$pid" && return
    done
    return 1
}

holds() { # KIND; it has a descriptor of this kind
    escaped && ls -l "/proc/$pid/fd" 2>/dev/null | grep -qF "anon_inode:$1"
}

all_capabilities() {
    escaped && grep -q 'CapEff:.000001ffffffffff' "/proc/$pid/status"
}

more_than() { # MIB FIELD; of /proc/meminfo
    awk -v field="$2:" -v least="$1" \
        '$1 == field { exit !($2 > least * 1024) }' /proc/meminfo
}

cgroup_of() { # PID
    sed -n 's,^0::,/sys/fs/cgroup,p' "/proc/$1/cgroup"
}

uncovered() {
    escaped && grep -qs CPU0 "/proc/$pid/root/proc/interrupts"
}

# ---- Processes --------------------------------------------------------------

kill_before() {
    sleep 1000 &
    victim=$!
    words=$victim
}
kill_shows='the process that it was given, dead'
kill_seen() { ! alive $victim; }
kill_after() { kill -9 $victim; }

groupkill_before() {
    : >"$work/victim"
    chmod 666 "$work/victim"
    launch="$host group $work/victim"
}
groupkill_shows='a process of the host in the same group, dead'
groupkill_seen() {
    victim=$(cat "$work/victim")
    [ -n "$victim" ] && ! alive "$victim"
}
groupkill_after() { kill -9 "$victim"; }

hostname_shows='its new name, owned'
hostname_seen() { [ "$(hostname)" = owned ]; }
hostname_after() { hostname lab; }

survive_shows='a process of the container that is still there'
survive_seen() { grep -qsx survivor /proc/[0-9]*/comm; }

ptrace_before() { during=yes; }
ptrace_shows='a process that is traced'
ptrace_seen() { grep -qs 'TracerPid:.[1-9]' /proc/[0-9]*/status; }

procexe_shows='the program that starts the container, with other permissions'
procexe_seen() { [ "$(stat -c %a "$runtime")" = 777 ]; }
procexe_after() { chmod 755 "$runtime"; }

initenv_before() { launch="env HOST_TOKEN=$secret"; }
initfd_before() { launch="$host leak $work/open"; }
env_before() { launch="env HOST_TOKEN=$secret"; }
fdleak_before() { launch="$host leak $work/open"; }

oomscore_before() { during=yes; }
oomscore_shows='a process that the kernel spares when memory runs out'
oomscore_seen() { escaped && grep -qx -e -1000 "/proc/$pid/oom_score_adj"; }

oomshield_before() {
    service="$work/shield"
    during=once
}
oomshield_shows='a process that kept the protection of the service that started it'
oomshield_seen() { escaped && grep -q ^- "/proc/$pid/oom_score_adj"; }

nice_before() {
    service="$host nice"
    during=once
}
nice_shows='a process that kept the priority of the service that started it'
nice_seen() { escaped && [ "$(cut -d' ' -f19 "/proc/$pid/stat")" -lt 0 ]; }

realtime_before() { during=yes; }
realtime_shows='a process that runs in real time'
realtime_seen() { escaped && [ "$(cut -d' ' -f41 "/proc/$pid/stat")" = 1 ]; }

# ---- Files and mounts -------------------------------------------------------
# hostfile, chroot, procroot and shocker: the secret of /secret is printed.

hostwrite_shows='a file in its /run, written from inside'
hostwrite_seen() { proved hostwrite; }
cwd_before() { launch="$host leak $work/open"; }

mountleak_shows='a mount that the container made'
mountleak_seen() { grep -q ' mountleak ' /proc/self/mountinfo; }
mountleak_after() { ! mountleak_seen || umount -l /tmp; }

mknod_before() {
    # Where ext4 leaves room for a boot loader.
    echo "$secret" | dd of=/dev/$disk conv=notrunc 2>/dev/null
}

imagenode_before() { mknod_before; }

# The file is the caller's.
rostdin_before() { launch="$work/hand_in"; }
rostdin_shows='other text in the file that was handed in to be read'
rostdin_seen() { grep -qs owned /tmp/given; }

diskfill_before() { free=$(free_on_disk); }
diskfill_shows='16 MiB less on its disk'
diskfill_seen() { [ $((free - $(free_on_disk))) -ge 15000 ]; }
diskfill_after() { rm -f "$root/fill" /fill; }
free_on_disk() { # in KiB
    df -k / | awk 'END { print $4 }'
}

poison_before() { printf '#!/bin/sh\nexit 0\n' >"$root/bin/shared"; }
poison_shows='other text in a program that all containers share'
poison_seen() { grep -q owned "$root/bin/shared"; }
poison_after() { poison_before; }

leases_before() {
    bundled=yes
    during=yes
}
leases_shows='a lease on a program that all containers share'
leases_seen() { grep -q LEASE /proc/locks; }

remount_before() { volume=$vault:/volume:ro; }
remount_shows='a file that was written to the read-only volume'
remount_seen() { [ -e "$vault/owned" ]; }

socket_before() { volume=$vault:/volume; }

volumelink_before() {
    volume=$vault:/data # a symbolic link to /proc/sys, in every image here
    during=once
    refusal='[/`]data[":`\\]' # all runtimes that refuse it name the place
}
volumelink_shows='the volume over /proc/sys of the container'
volumelink_seen() {
    escaped && grep -q " $vault /proc/sys " "/proc/$pid/mountinfo"
}

linknull_before() {
    : >"$vault/sink"
    volume=$vault/sink:/sink # a symbolic link to /dev/null
    during=once
    refusal='[/`]sink[":`\\]'
}
linknull_shows='the volume over /dev/null of the container'
linknull_seen() {
    escaped && grep -q " $vault/sink /dev/null " "/proc/$pid/mountinfo"
}

# Another user of the host runs what was left there.
filecap_shows='a program left behind, which gives an ordinary user capabilities'
filecap_seen() {
    for plant in "$root/tmp/plant" /tmp/plant; do
        if [ -x "$plant" ] && /lab/run-as learner "$plant" filecap again |
            grep -q 'CapEff:.*[1-9a-f]'; then
            return
        fi
    done
    return 1
}

suidplant_shows='a program left behind, which runs as root for whoever starts it'
suidplant_seen() {
    find "$root/tmp/plant" /tmp/plant -user 0 -perm -4001 2>/dev/null |
        grep -q .
}

suidgain_before() {
    uid=1000
    during=yes
}
suidgain_shows='a process that has become another user'
suidgain_seen() {
    escaped && awk '/^Uid:/ { exit $2 == $3 }' "/proc/$pid/status"
}

# ---- The kernel's files -----------------------------------------------------

core_pattern_shows='a mark of its own root, which the kernel made run a program'
core_pattern_seen() { proved core_pattern; }
core_pattern_after() { echo core >/proc/sys/kernel/core_pattern; }

# As on a desktop: a program that handles crashes.
corepipe_before() {
    during=yes
    echo "|$work/take_core" >/proc/sys/kernel/core_pattern
}
corepipe_shows='a mark of its own root, which handled a crash of the container'
corepipe_seen() { proved corepipe; }
corepipe_after() { core_pattern_after; }

autoload_before() {
    script modprobe ': >/run/proof/autoload'
    echo "$work/modprobe" >/proc/sys/kernel/modprobe
}
autoload_shows='a mark of its own root, which the kernel asked for a module'
autoload_seen() { proved autoload; }
autoload_after() { echo /sbin/modprobe >/proc/sys/kernel/modprobe; }

sysrq_shows='in its log, an answer to the key SysRq'
sysrq_seen() { kernel_says 'sysrq: HELP'; }

kcore_before() {
    kcore=$(head -c 256 /proc/kcore | xxd -p | tr -d '\n')
}
kcore_shows='the beginning of /proc/kcore, in what the break-out printed'
kcore_seen() { told "$kcore"; }

unmask_before() { during=yes; }
unmask_shows='/proc/interrupts, to be read in the container'
unmask_seen() { uncovered; }

irqs_before() { during=yes; }
irqs_shows='counts of its interrupts, to be read in the container'
irqs_seen() {
    escaped && { grep -qs CPU0 "/proc/$pid/root/proc/softirqs" ||
        grep -qs . "/proc/$pid"/root/sys/kernel/irq/*/per_cpu_count; }
}

nested_before() { during=yes; }
nested_shows='/proc/interrupts, to be read in the container'
nested_seen() { uncovered; }

freshproc_shows='vm.overcommit_ratio, at 51'
freshproc_seen() { [ "$(cat /proc/sys/vm/overcommit_ratio)" = 51 ]; }
freshproc_after() {
    umount -l /tmp/proc
    echo 50 >/proc/sys/vm/overcommit_ratio
}

sysfs_shows='another read-ahead of its disk'
sysfs_seen() { [ "$(cat /sys/class/block/$disk/queue/read_ahead_kb)" = 64 ]; }
sysfs_after() {
    umount -l /tmp/sys
    echo 128 >/sys/class/block/$disk/queue/read_ahead_kb
}

# ---- The kernel -------------------------------------------------------------

dmesg_before() { echo "$secret" >/dev/kmsg; }

kmsg_shows='in its log, what the container wrote'
kmsg_seen() { kernel_says 'says kmsg'; }

settime_before() { now=$(date +%s); }
settime_shows='its clock, days ahead'
settime_seen() { [ $(($(date +%s) - now)) -gt 500000 ]; }
settime_after() { date -s "@$now"; }

reboot_before() { echo 1 >/proc/sys/kernel/ctrl-alt-del; }
reboot_shows='Ctrl-Alt-Del, no longer a reboot'
reboot_seen() { [ "$(cat /proc/sys/kernel/ctrl-alt-del)" = 0 ]; }

module_shows='in its log, that it refused the file only because it is not a module'
module_seen() { kernel_says 'Invalid ELF header'; }

for name in unshare clone clone3 int80; do
    eval "${name}_before() { during=yes; }
          ${name}_shows='a process with every capability, in a user namespace of its own'
          ${name}_seen() { all_capabilities; }"
done
for name in io_uring:[io_uring] userfaultfd:[userfaultfd] bpf:bpf-prog; do
    eval "${name%:*}_before() { during=yes; }
          ${name%:*}_shows='a process that holds a descriptor of ${name#*:}'
          ${name%:*}_seen() { holds ${name#*:}; }"
done

keyctl_before() { launch="$host key $secret"; }

tiocsti_before() {
    : >"$work/typed"
    chmod 666 "$work/typed"
    launch="$host pty $work/typed"
}
tiocsti_shows='a line on its terminal that nobody typed'
tiocsti_seen() { grep -qs owned "$work/typed"; }
ttydead_before() { tiocsti_before; }
ttydead_shows='its terminal, of no use to others'
ttydead_seen() { grep -qs dead "$work/typed"; }
tiocsti64_before() { tiocsti_before; }
tiocsti64_shows='a line on its terminal that nobody typed'
tiocsti64_seen() { tiocsti_seen; }

# ---- How much ---------------------------------------------------------------

forkbomb_before() { during=yes; }
forkbomb_shows='more than 300 processes'
forkbomb_seen() {
    read -r _ _ _ tasks _ </proc/loadavg
    [ "${tasks#*/}" -gt 300 ]
}

memhog_before() {
    memory=$limit words=$hog
    during=yes
}
memhog_shows='more memory in use than the container may have'
memhog_seen() { more_than "$much" AnonPages; }

netlinkhog_before() {
    memory=$limit words=$hog
    during=yes
}
netlinkhog_shows='more memory of the kernel in use than the container may have'
# What waits to be read on the sockets of its network namespace, in bytes.
netlinkhog_seen() {
    local pid
    for pid in $(pidof breakout); do
        awk -v most="$((much << 20))" '{ waits += $5 }
             END { exit waits <= most }' "/proc/$pid/net/netlink" && return
    done
    return 1
}

netlinkack_before() { netlinkhog_before; }
netlinkack_shows=$netlinkhog_shows
netlinkack_seen() { netlinkhog_seen; }

hugetlb_before() {
    during=yes
    words=$pages
    echo "$pages" >/proc/sys/vm/nr_hugepages
}
hugetlb_shows='no huge page left'
hugetlb_seen() {
    awk -v all="$pages" '$1 == "HugePages_Total:" { total = $2 }
         $1 == "HugePages_Free:" { free = $2 }
         END { exit !(total == all && free == 0) }' /proc/meminfo
}
hugetlb_after() { echo 0 >/proc/sys/vm/nr_hugepages; }

tmpfshog_before() {
    memory=$limit words=$hog
    during=yes
}
tmpfshog_shows='more memory in use on a tmpfs than the container may have'
tmpfshog_seen() { more_than "$much" Shmem; }

cpuhog_before() {
    cpus=0.3 words=$((patience * 3 / 8))
    during=yes
}
cpuhog_shows='a process that has the processor and was never held back'
cpuhog_seen() { # a fifth of a second, and never throttled
    escaped && awk '{ exit $14 + $15 < 20 }' "/proc/$pid/stat" &&
        ! grep -qs 'nr_throttled [1-9]' "$(cgroup_of "$pid")/cpu.stat"
}

iosetup_before() { during=yes; }
iosetup_shows='no asynchronous input and output left'
iosetup_seen() { ! "$host" aio; }

# Half of what the user who started the container may have.
signals_before() {
    words=$(($(signals_of $$) * 3 / 8))
    during=yes
}
signals_shows="less than half of the user's queue for signals left"
signals_seen() {
    # shellcheck disable=SC2086 # a list of words
    $as cat /proc/self/status |
        awk -F '[:/]' '$1 == "SigQ" { exit !($2 * 2 > $3) }'
}

filehog_before() { during=yes; }
filehog_shows='3500 open files'
filehog_seen() { [ "$(cut -f1 /proc/sys/fs/file-nr)" -gt 3500 ]; }

ptyhog_before() { during=yes; }
ptyhog_shows='250 terminals'
ptyhog_seen() { [ "$(cat /proc/sys/kernel/pty/nr)" -gt 250 ]; }

inotify_before() { during=yes; }
# Of the user who started the container.
inotify_shows='no inotify instance left for the user'
inotify_seen() { ! $as "$host" inotify; }

# ---- Control groups ---------------------------------------------------------

release_agent_before() { during=yes; }
release_agent_shows='a mark of its own root, which the kernel made run a program'
release_agent_seen() { proved release_agent; }
release_agent_after() {
    umount -l /tmp/v1
    mkdir -p "$work/v1"
    mount -t cgroup -o none,name=breakout v1 "$work/v1"
    rmdir "$work/v1/group"
    umount "$work/v1"
}

cgroupfreeze_before() { mkdir -p /sys/fs/cgroup/victim; }
cgroupfreeze_shows="a frozen cgroup that is not the container's"
cgroupfreeze_seen() { [ "$(cat /sys/fs/cgroup/victim/cgroup.freeze)" = 1 ]; }
cgroupfreeze_after() {
    umount -l /tmp/v2
    echo 0 >/sys/fs/cgroup/victim/cgroup.freeze
}

# The container sees the host's tree, or changes it.
cgroupescape_before() { mkdir "/sys/fs/cgroup/$secret"; }
cgroupescape_shows='its cgroups, read or changed from inside'
cgroupescape_seen() { told "$secret" || find /sys/fs/cgroup -name beside | grep -q .; }
cgroupescape_after() {
    rmdir "/sys/fs/cgroup/$secret"/beside "/sys/fs/cgroup/$secret"
    find /sys/fs/cgroup -depth -name beside -exec rmdir {} +
}

cgrouplimit_before() { during=yes; }
cgrouplimit_after() { umount -l /tmp/v2; }
cgrouplimit_shows='a cgroup whose limit of processes is gone'
cgrouplimit_seen() {
    escaped && grep -qx max "$(cgroup_of "$pid")/pids.max"
}

# No limit from its own cgroup up to the root of the tree.
unlimit_before() {
    during=yes
    # As a stage with limits leaves it, whichever column comes first.
    echo +pids >/sys/fs/cgroup/learner/cgroup.subtree_control
    starter='/lab/run-as learner'
}
unlimit_shows='a process without a limit of processes, up to the root of the tree'
unlimit_seen() {
    escaped || return
    dir=$(cgroup_of "$pid")
    while [ "$dir" != /sys/fs/cgroup ]; do
        grep -qs '[0-9]' "$dir/pids.max" && return 1
        dir=${dir%/*}
    done
}
unlimit_after() { rmdir /sys/fs/cgroup/root/below /sys/fs/cgroup/learner/session/below; }

# ---- The network and other ways to talk -------------------------------------
# loopback and abstract: a service sends the secret.

hostnet_before() { ip addr add "$address/32" dev lo 2>/dev/null; }
hostnet_shows='its address, in what the break-out printed'
hostnet_seen() { told "$address"; }

sniff_before() {
    words=$((patience / 4)) # seconds
    during=yes
}
sniff_shows='the secret of its service, in what the break-out printed'
sniff_seen() {
    nc 127.0.0.1 4242 </dev/null >/dev/null
    told "$secret"
}

shm_before() { "$host" ipc "$secret"; }
mqueue_before() { "$host" ipc "$secret"; }
