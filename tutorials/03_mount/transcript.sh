# A secret of the host, a jail that does not hold, and mounts. What differs:
# the numbers of mounts, the dates of files, how many keys there are.
# varies: ^\d+ \d+ \d+:\d+
# varies: [A-Z][a-z]{2} +\d+ \d\d:\d\d
# varies: ^ *\d+ /tmp/keys

# [problem] as root
echo "the host's password" >/secret
02_pid cat /secret

# [chroot] as root
mkdir -p jail/bin jail/proc jail/tmp
cp /bin/busybox $(which breakout) jail/bin
mount -t proc proc jail/proc
chroot jail /bin/busybox cat /secret
02_pid chroot jail /bin/breakout chroot
umount jail/proc

# [shared] as root
mkdir -p /mnt
grep ' / / ' /proc/self/mountinfo
unshare -m --propagation shared grep ' / / ' /proc/self/mountinfo
unshare -m --propagation shared mount -t tmpfs leak /mnt
grep leak /proc/mounts
umount /mnt
unshare -m --propagation private mount -t tmpfs leak /mnt
grep leak /proc/mounts || echo no leak

# [log] as root
mountlog

# [demo] as root
03_mount --demo

# [debian] as root
# not in the page: a Debian would be too much to download
03_mount --mnt /debian su nobody -s /bin/sh -c id
03_mount --mnt /debian apt-get check | cat
mkdir -p hello/DEBIAN hello/usr/bin
printf '#!/bin/sh\necho hello from a package\n' >hello/usr/bin/hello
chmod 755 hello/usr/bin/hello
cd hello/DEBIAN
printf '%s\n' 'Package: hello' 'Version: 1' 'Architecture: all' >control
printf '%s\n' 'Maintainer: learner' 'Description: hello' >>control
run='03_mount --mnt /debian --volume /tmp:/mnt'
$run dpkg-deb --build /mnt/hello
$run apt-get install -y /mnt/hello.deb 2>/dev/null | grep -E '^(Unp|Set)'
03_mount --mnt /debian hello
ls -l /debian/usr/bin/hello

# [outside] as root
03_mount sh
> sleep 60 &
> cd /proc/$!
cd /proc/$(pidof sleep)
> readlink ns/mnt
readlink ns/mnt; readlink /proc/1/ns/mnt
> cut -d' ' -f4,5 mountinfo | head -n 5
cut -d' ' -f4,5 mountinfo | head -n 5
> ls -d /secret
ls -d /secret root/secret
> exit

# [masks] as root
03_mount wc -c /proc/keys /proc/interrupts
03_mount ls -l /proc/kcore /dev/null
03_mount ls /sys/firmware /proc/irq
03_mount sh -c 'echo h >/proc/sysrq-trigger'

# [volume] as root
mkdir data
echo "shared" >data/file
03_mount --volume /tmp/data:/mnt:ro sh -c 'cat /mnt/file; touch /mnt/new'

# [held] as root
03_mount cat /secret
03_mount --volume /barco/tests/attacks:/mnt:ro /mnt/breakout chroot
rm /secret

# [break] as root
03_mount sh -c 'umount /proc/kcore; head -c 4 /proc/kcore | hexdump -C'

# [fresh] as root
03_mount sh -c 'wc -l /proc/keys; mount -t proc proc /tmp && wc -l /tmp/keys'

# [exercises] as root
mounts() { grep -c . /proc/mounts; }
before=$(mounts); 03_mount true; [ "$(mounts)" = "$before" ] && echo "as many as before"

# Source lines of the stepper's data, as text has them.

# [stepper] as root in any order
03_mount --explain=json true
