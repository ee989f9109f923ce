# What root in a container has, before and after.

# [problem]
mkdir papers; echo original >papers/file
05_cgroups --volume papers:/mnt:ro sh
> (echo mine >/mnt/file)
> mount -o remount,rw,bind /mnt
> echo mine >/mnt/file
cat papers/file
> exit

# [full]
05_cgroups grep Cap /proc/self/status

# [demo]
06_capabilities --demo

# [user]
06_capabilities --uid 1000 grep Cap /proc/self/status
06_capabilities --uid 1000 --cap-add chown grep Cap /proc/self/status
06_capabilities --uid 1000 --cap-add chown sh -c 'touch /tmp/f; chown 5 /tmp/f; stat -c %u /tmp/f'

# [suid]
mkdir -m 700 vault; mkdir vault/root; cd vault/root
mkdir bin etc proc dev sys tmp; cp /bin/busybox bin; ln -s busybox bin/sh
echo 'root::0:0::/:/bin/sh' >etc/passwd
chmod u+s bin/busybox
05_cgroups --mnt . --uid 1000 busybox su -c 'busybox id -u; busybox grep CapEff /proc/self/status'
06_capabilities --mnt . --uid 1000 busybox su -c 'busybox id -u'
06_capabilities --mnt . --uid 1000 --cap-add chown busybox grep -E '^(Uid|Cap|NoNew)' /proc/self/status
cd /tmp

# [both]
06_capabilities sh
> sleep 60 &
> grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs)' /proc/$!/status
grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs)' /proc/$(pidof sleep)/status
> readlink /proc/$!/ns/user
readlink /proc/$(pidof sleep)/ns/user; readlink /proc/self/ns/user
> exit

# [init]
06_capabilities --cap-drop ALL grep -E 'Cap(Prm|Bnd)' /proc/1/status /proc/self/status

# [can]
06_capabilities sh -c 'touch /tmp/f; chown 5 /tmp/f; chmod 600 /tmp/f; ls -ln /tmp/f'
06_capabilities sh -c 'touch /tmp/f; chown 70000 /tmp/f'
06_capabilities chroot / echo fine
06_capabilities hostname other
06_capabilities nc -l -p 80

# [break]
echo original >papers/file
06_capabilities --volume papers:/mnt:ro sh
> (mount -o remount,rw,bind /mnt)
> (echo mine >/mnt/file)
cat papers/file
> exit

# [again]
06_capabilities --uid 1000 --volume papers:/mnt:ro unshare -r -m sh -c 'grep CapEff /proc/self/status; mount -t tmpfs none /tmp && echo mounted; mount -o remount,rw,bind /mnt'

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
06_capabilities --explain=json true
