# Root's range of ids, and the kernel's numbers for namespaces; pids on the host.
# varies: \b\d{10}\b
# varies: ^NSpid:\s+\d+
# varies: ^\d+ \d+ \d+:\d+
# Which of the two helpers fails first.
# varies: ^(new[ug]idmap: .*\n)+barco: .*\n(  .*\n){3}  code: .*(\nnew[ug]idmap: .*)*

# [problem] as root
03_mount awk '$5 == "/" { print $4 }' /proc/self/mountinfo
root=/barco/tools/rootfs/busybox
echo "|$root/bin/cp /proc/self/status /tmp/handler" >pattern
03_mount sh -c 'umount /proc/sys; cat >/proc/sys/kernel/core_pattern' <pattern
03_mount sh -c 'kill -SEGV $$'
sleep 1; grep -E '^(Name|Uid|CapEff)' /tmp/handler
echo core >/proc/sys/kernel/core_pattern

# [demo]
04_user --demo

# [map-root] as root
04_user cat /proc/self/uid_map /proc/self/setgroups

# [map-range]
id -u; cat /etc/subuid
04_user cat /proc/self/uid_map /proc/self/setgroups

# [map-single] as root
other='/usr/bin/setpriv --reuid 1001 --regid 1001 --clear-groups'
$other 04_user cat /proc/self/uid_map /proc/self/setgroups

# [unmapped]
/usr/bin/unshare --user sh -c 'id -u; grep ^CapEff /proc/self/status'

# [both] as root
04_user sh
> sleep 60 &
> cd /proc/$!
cd /proc/$(pidof sleep)
> cat uid_map
cat uid_map
> grep -E '^(Uid|NSpid|CapEff)' status
grep -E '^(Uid|NSpid|CapEff)' status
> readlink ns/user
readlink ns/user; readlink /proc/1/ns/user
lsns -p $(pidof sleep) -o TYPE,NS,ONS,USER
> exit

# [powers]
04_user sh -c 'hostname hi && hostname'
04_user sh -c 'mount -t tmpfs none /mnt && grep -c /mnt /proc/mounts'
04_user mknod /tmp/disk b 254 0
04_user date -s 12:00 >/dev/null
04_user ping -c 1 127.0.0.1 >/dev/null

# [idmap] as root
mkdir -m 700 /root/data; echo hello >/root/data/old
run='04_user --volume /root/data:/mnt'
$run sh -c 'touch /mnt/new; stat -c "%u %n" /mnt/old /mnt/new /etc/passwd'
$run grep ' /mnt ' /proc/self/mountinfo
stat -c '%u %n' /root/data/old /root/data/new
rm -r /root/data

# [break] as root
root=/barco/tools/rootfs/busybox
echo "|$root/bin/cp /proc/self/status /tmp/handler" >pattern
04_user sh -c 'umount /proc/sys; cat >/proc/sys/kernel/core_pattern' <pattern
04_user stat -c '%A %u' /proc/sys/kernel/core_pattern
cat /proc/sys/kernel/core_pattern

# [strace]
strace -f -o /dev/null 04_user true

# [strace-root] as root
strace -u learner -f -o /dev/null 04_user true; echo "status $?"

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
04_user --explain=json true
