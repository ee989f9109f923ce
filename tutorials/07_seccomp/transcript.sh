# How long a call takes.
# varies: \d+ ns

# [problem]
06_capabilities sh -c 'grep CapEff /proc/self/status; mount -t tmpfs x /mnt'
06_capabilities --uid 7 unshare -Urm sh -c 'grep CapEff /proc/self/status; mount -t tmpfs x /mnt && echo mounted'

# [clone3]
06_capabilities --volume /barco/tests/attacks:/mnt:ro /mnt/breakout clone3 &
sleep 3; grep CapEff /proc/$(pidof escaped)/status
wait

# [keyctl]
host key a-secret-of-the-host 06_capabilities --volume /barco/tests/attacks:/mnt:ro /mnt/breakout keyctl

# [demo]
07_seccomp --demo

# [explain]
07_seccomp --explain true 2>&1 | grep -E 'no_new_privs|NO_NEW_PRIVS|SET_MODE_FILTER|execvp'

# [answers]
echo '{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28 } ] }' >/tmp/full.json
07_seccomp --seccomp /tmp/full.json unshare -U true; echo "status $?"
sed 's/28/38/' /tmp/full.json >/tmp/absent.json
07_seccomp --seccomp /tmp/absent.json unshare -U true; echo "status $?"
sed 's/ERRNO/KILL_PROCESS/' /tmp/full.json >/tmp/kill.json
07_seccomp --seccomp /tmp/kill.json unshare -U true; echo "status $?"

# [threads]
sed 's/unshare/clone3/; s/28/1/' /tmp/full.json >/tmp/eperm.json
07_seccomp --seccomp /tmp/eperm.json --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin clone3 pthread_create
07_seccomp --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin clone3 pthread_create

# [typed]
host pty /tmp/typed 06_capabilities --volume /barco/tests/attacks:/mnt:ro /mnt/breakout tiocsti
grep owned /tmp/typed || echo nothing was typed
host pty /tmp/typed 07_seccomp --volume /barco/tests/attacks:/mnt:ro /mnt/breakout tiocsti64
grep owned /tmp/typed || echo nothing was typed

# [architectures]
# not in the page: the machine in the page has 32 bits, and no second set of calls
07_seccomp --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin int80; echo "status $?"
07_seccomp --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin x32; echo "status $?"

# [log]
07_seccomp --seccomp-log sh -c 'unshare -U true; mount -t tmpfs x /mnt; chown 5 /proc/version'

# [cost]
07_seccomp --seccomp off --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin --time getpid TIOCGWINSZ keyctl
07_seccomp --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin --time getpid TIOCGWINSZ keyctl
07_seccomp --seccomp-log --volume /barco/tests/lib:/mnt:ro /mnt/calls.bin --time keyctl 2>/dev/null

# [both]
07_seccomp sh
> grep Seccomp /proc/self/status
> grep Seccomp /proc/1/status
> sleep 60 &
grep Seccomp /proc/$(pidof sleep)/status
> exit

# [break]
07_seccomp unshare -Urm true
07_seccomp --volume /barco/tests/attacks:/mnt:ro /mnt/breakout clone3
07_seccomp --volume /barco/tests/attacks:/mnt:ro /mnt/breakout clone
# not in the page: there a program of 32 bits makes all its calls like this
07_seccomp --volume /barco/tests/attacks:/mnt:ro /mnt/breakout int80; echo "status $?"
host key a-secret-of-the-host 07_seccomp --volume /barco/tests/attacks:/mnt:ro /mnt/breakout keyctl

# [wrong]
sed 's/ERRNO/REFUSE/' /tmp/full.json >/tmp/wrong.json
07_seccomp --seccomp /tmp/wrong.json true; echo "status $?"

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
07_seccomp --explain=json true
