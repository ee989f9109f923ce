# Process ids, how many processes there are, the name of the host.
# varies: process \d+, a child of \d+
# varies: ^\d+$
# varies: pid \d+

# [naive]
printf '"$@"\nexit 0\n' >/tmp/runtime
sh /tmp/runtime false; echo "status $?"
sh /tmp/runtime sleep 1000 & runtime=$!
sleep 1; read command </proc/$runtime/task/$runtime/children; kill $runtime
sleep 1; kill $command && echo "the command had run on"

# [hello] as both
01_clone echo "hello from a container"

# [demo]
01_clone --demo

# [status] as both
01_clone sh -c 'exit 7'; echo "status $?"
01_clone sh -c 'kill -KILL $$'; echo "status $?"
01_clone no-such-program; echo "status $?"

# [signals]
01_clone sh -c 'trap "echo SIGTERM came; exit 3" TERM; while :; do sleep 1; done' & stage=$!
sleep 1; kill $stage; wait $stage; echo "status $?"
01_clone sleep 1000 & stage=$!
sleep 1; read command </proc/$stage/task/$stage/children
kill -KILL $stage; sleep 1; wait $stage; echo "status $?"
sleep 1; kill $command

# [both]
01_clone sh
> echo "I am process $$, a child of $PPID"; hostname
pidof 01_clone; hostname
> readlink /proc/self/ns/pid
stage=$(pidof 01_clone); readlink /proc/$stage/ns/pid
for fd in /proc/$stage/fd/*; do readlink $fd; done | grep pidfd
grep SigBlk /proc/$stage/status
> exit

# [break]
sleep 1000 & victim=$!
01_clone kill $victim; wait $victim; echo "the victim ended with status $?"

# [predict]
01_clone sh -c 'kill -9 $$'; echo $?
01_clone sleep 1000 & stage=$!
sleep 1; kill -9 $stage; sleep 1; wait $stage; echo $?

# [prose] as both
01_clone -v ls 2>&1 | true

# [stepper] in any order
01_clone --explain=json true
