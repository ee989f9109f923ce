# What README.md, "How to use this book", "Set up" and "A root of your own" say
# to type, where it is a stage.
# varies: peak memory [\d.]+M, processor time [\d.]+ s
# varies: setting cgroup.procs to \d+
# varies: \d+ root     ps
# varies: kill pid \d+
# varies: [A-Z][a-z]{2} +\d+ \d\d:\d\d

# [lab] as root
05_cgroups --pids 20 sh
> cat /sys/fs/cgroup/pids.max
cat /sys/fs/cgroup/root/barco-*/pids.max
> exit

# [own] as both
04_user id -u

# [explain] in any order
04_user --explain ls /

# [sudo] as root
03_mount ls /

# [limits] as root in any order
09_barco --memory 64M --pids 20 -v

# [second-stage] as root
02_pid

# [ids] as root
09_barco --ids 10000:2000 cat /proc/self/uid_map
