# The last chapter: one container, told twice.
# varies: setting cgroup.procs to \d+
# varies: ^\d+$
# varies: barco-\d+\.[0-9a-f]+
# varies: peak memory [\d.]+M, processor time [\d.]+ s

# [left]
cp -r /barco/tools/rootfs/busybox /tmp/shared; chmod -R u+w /tmp/shared
echo 'echo hello' >/tmp/shared/bin/shared; chmod +x /tmp/shared/bin/shared
08_inherited --mnt /tmp/shared shared
08_inherited --mnt /tmp/shared --volume /barco/tests/attacks:/mnt:ro /mnt/breakout poison
08_inherited --mnt /tmp/shared shared

# [questions]
08_inherited --plan
09_barco --plan | head -n 10

# [same]
for stage in 08_inherited 09_barco; do $stage --explain true 2>&1 | grep -o '> .*' | sort >/tmp/$stage; done
wc -l /tmp/08_inherited /tmp/09_barco
diff /tmp/08_inherited /tmp/09_barco && echo 'the same sentences'

# [demo]
09_barco --demo

# [original] as root in any order
printf 'hostname\necho "i am a container"\nexit\n' | 09_barco -u 0 -m / -c /bin/sh -a . -v

# [why]
why

# [message]
09_barco no-such-program; echo "status $?"
09_barco --mnt /proc true; echo "status $?"

# [two] in any order
two

# [both]
09_barco sh
> echo $$; cat /proc/self/cgroup
pid=$(sort -n /sys/fs/cgroup/learner/barco-*/cgroup.procs | tail -n 1); echo $pid
cat /proc/$pid/cgroup
> readlink /proc/self/ns/uts
readlink /proc/self/ns/uts; readlink /proc/$pid/ns/uts
> grep -E '^(Uid|NSpid|CapEff|NoNewPrivs|Seccomp):' /proc/$$/status
grep -E '^(Uid|NSpid|CapEff|NoNewPrivs|Seccomp):' /proc/$pid/status
> exit
ls -d /sys/fs/cgroup/learner/barco-*

# [break]
09_barco --mnt /tmp/shared --read-only --volume /barco/tests/attacks:/mnt:ro /mnt/breakout poison
09_barco --mnt /tmp/shared --read-only --volume /barco/tests/attacks:/mnt:ro /mnt/breakout diskfill

# [layers]
09_barco -u 7 unshare -Ur grep CapEff /proc/self/status
without_layer --without seccomp --mnt /barco/tools/rootfs/busybox -u 7 -- unshare -Ur grep CapEff /proc/self/status

# [exercises]
09_barco true

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
09_barco --explain=json true
