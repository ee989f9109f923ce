# What root in a container has, before and after.
# varies: user:\[\d+\]

# [problem]
mkdir data
echo original >data/file
05_cgroups --volume data:/mnt:ro sh -c 'echo mine >/mnt/file'
05_cgroups --volume data:/mnt:ro sh -c 'mount -o remount,rw,bind /mnt; echo mine >/mnt/file'
cat data/file

# [full]
05_cgroups grep Cap /proc/self/status

# [demo]
06_capabilities --demo

# [steps]
06_capabilities --explain true 2>&1 | grep -A 12 'limit the cap'
06_capabilities --explain true 2>&1 | grep -A 7 'drop cap'
06_capabilities --uid 1000 --cap-add chown --explain true 2>&1 | grep -A 12 'become the user'

# [root]
06_capabilities sh -c 'grep Cap /proc/$$/status; grep Cap /proc/self/status'

# [user]
06_capabilities --uid 1000 grep Cap /proc/self/status
06_capabilities --uid 1000 --cap-add chown grep Cap /proc/self/status
06_capabilities --uid 1000 --cap-add chown sh -c 'touch /tmp/f; chown 5 /tmp/f; stat -c %u /tmp/f'

# [suid]
mkdir -p root/bin root/etc root/proc root/dev root/sys root/tmp
cp $(readlink -f /bin/busybox) root/bin/busybox
echo 'root::0:0::/:/bin/sh' >root/etc/passwd
ln -s busybox root/bin/sh
ln -s busybox root/bin/su
chmod u+s root/bin/busybox
05_cgroups --mnt root --uid 1000 busybox su -c 'busybox id -u; busybox grep CapEff /proc/self/status'
06_capabilities --mnt root --uid 1000 busybox su -c id
06_capabilities --mnt root --uid 1000 busybox grep -E '^(Uid|Cap|NoNew)' /proc/self/status
06_capabilities --mnt root --uid 1000 --cap-add chown busybox grep -E '^(Uid|Cap|NoNew)' /proc/self/status
06_capabilities --mnt root --uid 1000 --cap-add chown /bin/su -c id

# [outside]
06_capabilities sh -c 'sleep 3 & grep -E "^(Name|Pid|Uid|Cap|NoNew)" /proc/$!/status; readlink /proc/self/ns/user; wait' &
sleep 1
grep -E '^(Name|Pid|Uid|Cap|NoNew)' /proc/$(pgrep -f '^sleep 3')/status
readlink /proc/self/ns/user /proc/$(pgrep -f '^sleep 3')/ns/user
cat /proc/$(pgrep -f '^sleep 3')/uid_map
wait

# [init]
06_capabilities --cap-drop ALL grep Cap /proc/1/status /proc/self/status

# [can]
06_capabilities sh -c 'touch /tmp/f; chown 5 /tmp/f; chmod 600 /tmp/f; cat /tmp/f; ls -ln /tmp/f'
06_capabilities sh -c 'sleep 9 & chroot / true; kill $!; echo fine'
06_capabilities date -s 12:00
06_capabilities mknod /tmp/null c 1 3
06_capabilities hostname other
06_capabilities nc -l -p 80
06_capabilities nice -n -5 true

# [break]
06_capabilities --volume data:/mnt:ro sh -c 'mount -o remount,rw,bind /mnt; echo mine >/mnt/file'
cat data/file
06_capabilities unshare -r grep CapEff /proc/self/status
06_capabilities unshare --user --map-root-user --mount sh -c 'grep CapEff /proc/self/status; mount -t tmpfs t /mnt && echo mounted'
cat /proc/sys/kernel/cap_last_cap
