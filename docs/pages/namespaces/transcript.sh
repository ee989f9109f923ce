# Each namespace, from the host and from a container.
# varies: \[\d{10}\]
# varies: ^NSpid:.*
# varies: ^\d+$

# [links]
09_barco sh
> ls -l /proc/self/ns | grep -o '[a-z_]* -> .*'
ls -l /proc/self/ns | grep -o '[a-z_]* -> .*'
> exit

# [status]
09_barco sh
> sleep 60 &
> cd /proc/$!
cd /proc/$(pidof sleep)
> grep -E '^(Uid|NSpid|Cap|NoNew|Seccomp:)' status
grep -E '^(Uid|NSpid|Cap|NoNew|Seccomp:)' status
grep -E '^(Uid|NSpid|Cap|NoNew|Seccomp:)' /proc/$$/status
> exit

# [mounts]
09_barco sh
> cut -d' ' -f4,5 /proc/self/mountinfo | head -n 5
cut -d' ' -f4,5 /proc/self/mountinfo | head -n 5
> grep -c . /proc/self/mountinfo
grep -c . /proc/self/mountinfo
> exit

# [answers]
09_barco sh
> hostname
hostname
> ps -o pid,args | head -n 3
ps -o pid,args | head -n 3
> id -u; cat /proc/self/uid_map
id -u; cat /proc/self/uid_map
> cat /proc/self/cgroup
cat /proc/self/cgroup
> tail -n +3 /proc/net/dev | cut -d: -f1
tail -n +3 /proc/net/dev | cut -d: -f1
> exit
