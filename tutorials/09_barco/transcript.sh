# The last chapter: one container, told twice.
# varies: setting cgroup.procs to \d+
# varies: ^\d+$

# [left]
cp -a /barco/tools/rootfs/busybox /tmp/shared
echo 'echo hello' >/tmp/shared/bin/shared; chmod 755 /tmp/shared/bin/shared
08_inherited --mnt /tmp/shared shared
08_inherited --mnt /tmp/shared --volume /barco/tests/attacks:/mnt:ro /mnt/breakout poison
08_inherited --mnt /tmp/shared shared

# [questions]
08_inherited --plan
09_barco --plan | grep -A7 'In PID 2'

# [same]
for stage in 08_inherited 09_barco; do $stage --explain true 2>&1 | grep '^> ' | sort >/tmp/$stage; done
wc -l /tmp/08_inherited /tmp/09_barco
diff /tmp/08_inherited /tmp/09_barco && echo 'the same sentences'

# [demo]
09_barco --demo

# [original] as root
printf 'hostname\necho "i am a container"\nexit\n' | 09_barco -u 0 -m / -c /bin/sh -a . -v

# [why]
why

# [message]
09_barco no-such-program; echo "status $?"
09_barco --mnt /proc true; echo "status $?"

# [two] in any order
two

# [inside]
09_barco sh -c 'id -u; echo $$; cat /proc/self/cgroup; readlink /proc/self/ns/uts'
09_barco grep -E '^(Uid|NSpid|CapEff|NoNewPrivs|Seccomp):' /proc/self/status

# [outside]
09_barco sleep 2009 &
sleep 2; pid=$(pgrep -f '^sleep 2009$'); echo $pid; cat /proc/$pid/cgroup; readlink /proc/self/ns/uts /proc/$pid/ns/uts
grep -E '^(Uid|NSpid|CapEff|NoNewPrivs|Seccomp):' /proc/$pid/status
kill %1; wait; ls -d /sys/fs/cgroup/learner/barco-*

# [layers]
09_barco unshare -U id -u
without_layer --without seccomp -- unshare -U id -u

# [break]
09_barco --mnt /tmp/shared --read-only --volume /barco/tests/attacks:/mnt:ro /mnt/breakout poison
09_barco --mnt /tmp/shared --read-only shared
09_barco --mnt /tmp/shared --read-only --volume /barco/tests/attacks:/mnt:ro /mnt/breakout diskfill

# [wrong]
09_barco --cap-add sys_admin --seccomp off --memory 64 true; echo "status $?"
