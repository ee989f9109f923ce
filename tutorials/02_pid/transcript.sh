# Process ids.
# varies: pid \d+

# [problem] as root
sleep 1000 & victim=$!
01_clone kill -9 $victim; wait $victim; echo "the victim ended with status $?"

# [unshare] as root
unshare -p sh -c 'echo "I am $$"; sh -c "echo I am \$\$"; ls; echo done'

# [demo] as root
02_pid --demo

# [explain] as root in any order
02_pid --explain true

# [no-init-term] as root
02_pid --no-init sleep 1000 & stage=$!
sleep 1; kill $stage
sleep 1; kill -0 $stage && echo "SIGTERM did nothing"
kill -KILL $stage

# [init-term] as root
02_pid sleep 1000 & stage=$!
sleep 1; kill $stage; wait $stage; echo "status $?"

# [no-init-kill] as root
02_pid --no-init sh -c 'kill -9 $$; echo "I am $$, and still here"'
02_pid sh -c 'kill -9 1; echo "I am $$, and PID 1 is still here"'
02_pid sh -c 'kill -9 $$; echo "I am $$, and still here"'; echo "status $?"

# [no-init-zombie] as root
02_pid --no-init sh -c '(sleep 1 &); exec sleep 4' & stage=$!
sleep 2; ps -o pid,ppid,stat,args | grep '[ ]Z '
wait $stage

# [init-zombie] as root
02_pid sh -c '(sleep 1 &); exec sleep 4' & stage=$!
sleep 2; ps -o pid,ppid,stat,args | grep '[ ]Z ' || echo "no zombie"
wait $stage

# [grandchild] as root
child() { cat /proc/$1/task/$1/children; }
01_clone sh -c 'sleep 1000 & wait' & stage=$!
sleep 1; grandchild=$(child $(child $stage)); kill -KILL $stage
sleep 1; kill $grandchild && echo "the grandchild lived on"
02_pid sh -c 'sleep 1000 & wait' & stage=$!
sleep 1; grandchild=$(child $(child $(child $stage))); kill -KILL $stage
sleep 1; kill $grandchild

# [cleared] as root
child() { cat /proc/$1/task/$1/children; }
01_clone su learner -c 'exec sleep 1000' & stage=$!
sleep 1; command=$(child $stage); kill -KILL $stage
sleep 1; kill $command && echo "the command lived on"
02_pid su learner -c 'exec sleep 1000' & stage=$!
sleep 1; command=$(child $(child $stage)); kill -KILL $stage
sleep 1; kill $command
02_pid --no-init su learner -c 'exec sleep 1000' & stage=$!
sleep 1; command=$(child $stage); kill -KILL $stage
sleep 1; kill -KILL $command && echo "the command lived on"

# [both] as root
02_pid sh
> echo "PID $$, child of $PPID"; hostname
stage=$(pidof 02_pid | tr ' ' '\n' | sort -n | head -n 1); hostname
read pid_1 </proc/$stage/task/$stage/children
read pid_2 </proc/$pid_1/task/$pid_1/children
grep NSpid /proc/$stage/status /proc/$pid_1/status /proc/$pid_2/status
> readlink /proc/self/ns/pid
for p in $stage $pid_1 $pid_2; do readlink /proc/$p/ns/pid; done
> hostname mine; hostname
hostname
> exit

# [ps] as root
02_pid sh -c 'echo "I am PID $$"; ps -o pid,args | head -n 3'

# [ipc] as root
readlink /proc/self/ns/ipc
01_clone readlink /proc/self/ns/ipc
02_pid readlink /proc/self/ns/ipc

# [break] as root
sleep 1000 & victim=$!
02_pid kill -9 $victim
kill -0 $victim && echo "the victim is alive"
02_pid sh -c 'kill -9 -1'; kill -0 $victim && echo "still alive"
kill $victim

# [not-root]
02_pid true

# [exercises] as root
cat /proc/sys/kernel/domainname; 02_pid cat /proc/sys/kernel/domainname
02_pid sh -c '(sleep 1 &); sleep 3; echo done'
02_pid sh -c 'kill 1; sleep 2; echo "still here"'; echo "status $?"

# Source lines of the stepper's data, as text has them.

# [stepper] as root in any order
02_pid --explain=json true
