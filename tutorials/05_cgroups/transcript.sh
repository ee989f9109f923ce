# Numbers that the kernel counts.
# varies: refused \d+ times?
# varies: peak memory [\d.]+M, processor time [\d.]+ s, throttled in \d+ periods for [\d.]+ s

# [problem]
04_user sh -c 'for i in $(seq 600); do sleep 60 & done; ps | grep -c " sleep 60$"'

# [demo]
05_cgroups --pids 20 --demo

# [memory]
05_cgroups --memory 64M sh -c 'tail /dev/zero; echo "tail: $?"; echo still here'

# [outside]
05_cgroups --memory 64M sleep 5 &
sleep 1
cat /sys/fs/cgroup/learner/barco-*/memory.max
wait

# [break]
05_cgroups sh -c 'mount -o remount,rw,bind /sys/fs/cgroup; echo max > /sys/fs/cgroup/pids.max'

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
05_cgroups --explain=json true
