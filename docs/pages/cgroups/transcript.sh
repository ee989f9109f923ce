# The files of a cgroup, from the host and from the container in it.
# varies: ^\d+$
# varies: ^(memory|pids)\.(current|peak):.*

# [where]
09_barco --memory 64M --pids 20 --cpus 0.5 sh
> sleep 60 &
cat /proc/$(pidof sleep)/cgroup
> cat /proc/self/cgroup
> cat /sys/fs/cgroup/cgroup.procs
cat /sys/fs/cgroup/learner/barco-*/cgroup.procs
> cat /sys/fs/cgroup/cgroup.controllers
cat /sys/fs/cgroup/learner/barco-*/cgroup.controllers
> exit

# [values]
09_barco --memory 64M --pids 20 --cpus 0.5 sh
> cd /sys/fs/cgroup
cd /sys/fs/cgroup/learner/barco-*
> grep . memory.max memory.swap.max pids.max cpu.max cpu.weight
grep . memory.max memory.swap.max pids.max cpu.max cpu.weight
> grep . memory.current pids.current cgroup.events
grep . memory.current pids.current cgroup.events
grep . ../memory.max ../pids.max ../cpu.max ../cpu.weight
> echo max >pids.max
echo 30 >pids.max
> cat pids.max
> exit
ls -d /sys/fs/cgroup/learner/barco-*
