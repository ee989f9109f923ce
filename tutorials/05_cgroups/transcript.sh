# Numbers that the kernel counts.
# varies: refused \d+ times?
# varies: processes: \d+ more refused
# varies: peak memory [\d.]+M, processor time [\d.]+ s, throttled in \d+ periods for [\d.]+ s

# [problem]
04_user sh -c 'for i in $(seq 600); do sleep 60 & done; ps | grep -c " sleep 60$"'

# [demo]
05_cgroups --pids 20 --demo

# [memory]
05_cgroups --memory 64M sh -c 'tail /dev/zero; echo "tail: $?"; echo still here'

# [both]
05_cgroups --memory 64M --pids 20 sh
> cat /proc/self/cgroup
> cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max
> sleep 60 &
cat /proc/self/cgroup
cat /proc/$(pidof sleep)/cgroup
cd /sys/fs/cgroup/learner/barco-*
for pid in $(cat cgroup.procs); do grep NSpid /proc/$pid/status; done
cat memory.max pids.max pids.current
echo 1 >cgroup.freeze; sleep 1
cat cgroup.events
echo 0 >cgroup.freeze; cd /tmp
> exit

# [bomb]
05_cgroups --pids 20 sh -c 'exec 2>/dev/null; b() { b | b & }; b; sleep 1'

# [limit]
05_cgroups --pids 20 sh
> echo max >/sys/fs/cgroup/pids.max
> mount -o remount,rw,bind /sys/fs/cgroup
> echo max >/sys/fs/cgroup/pids.max
stat -c '%U %A' /sys/fs/cgroup/learner/barco-*/pids.max
cat /sys/fs/cgroup/learner/barco-*/pids.max
> exit

# [unlimit]
05_cgroups --pids 20 --volume /barco/tests/attacks:/mnt:ro sh
> /mnt/breakout unlimit
cat /sys/fs/cgroup/learner/barco-*/pids.max
> exit

# [beside]
05_cgroups sh
> grep -o '/[^ ]* /sys/fs/cgroup ' /proc/self/mountinfo
> umount /sys/fs/cgroup
> mount -o remount,rw,bind /sys/fs/cgroup
> mkdir /sys/fs/cgroup/learner/beside
ls -1 -d /sys/fs/cgroup/learner/*/
> exit
ls -1 -d /sys/fs/cgroup/learner/*/
rmdir /sys/fs/cgroup/learner/beside

# [held]
06_capabilities --volume /barco/tests/attacks:/mnt:ro /mnt/breakout unlimit
06_capabilities umount /sys/fs/cgroup

# [pile]
mkdir /tmp/pile
05_cgroups --memory 64M --volume /tmp/pile:/mnt dd if=/dev/zero of=/mnt/file bs=1M count=100; echo "dd: $?"
rm -r /tmp/pile

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
05_cgroups --explain=json true
