# What a container inherits, in stage 07 and in stage 08.
# varies: (net|user):\[\d+\]
# varies: ^ *\d+ +\d+ +\d+ 
# varies: [A-Z][a-z][a-z] +\d+ \d\d:\d\d
# varies: socket:\[\d+\]

# [network]
echo a-secret-of-the-host >secret
httpd -f -p 127.0.0.1:8042 -h /tmp &
07_seccomp wget -q -O - http://127.0.0.1:8042/secret
kill $(pidof httpd)

# [abstract]
host serve /tmp/service /tmp/secret
07_seccomp --volume /barco/tests/attacks:/mnt:ro /mnt/breakout abstract
kill $(pidof host)

# [descriptor]
07_seccomp cat /proc/self/fd/9/tmp/secret 9</
07_seccomp sh -c 'echo mine >/proc/self/fd/9/tmp/from-inside' 9</
ls -l /tmp/from-inside

# [environment]
TOKEN=hunter2 07_seccomp env | grep TOKEN

# [terminal]
stty size <&1
07_seccomp stty cols 40 <&1
stty size <&1
stty cols 80 <&1
setsid sh -c '07_seccomp sh -c "kill -9 0"; echo "still here"'

# [key]
host key a-secret-of-the-host 07_seccomp --seccomp off --volume /barco/tests/attacks:/mnt:ro /mnt/breakout keyctl
host key a-secret-of-the-host 08_inherited --seccomp off --volume /barco/tests/attacks:/mnt:ro /mnt/breakout keyctl

# [habits] as root
echo 'echo "umask $(umask), nice $(cut -d\  -f19 /proc/self/stat), oom $(cat /proc/self/oom_score_adj), files $(ulimit -Hn), $(uname -m)"' >habits
sh -c "$(cat habits)"
(umask 0; ulimit -n 8192; echo -900 >/proc/self/oom_score_adj; host nice linux32 07_seccomp sh -c "$(cat habits)")
(umask 0; ulimit -n 8192; echo -900 >/proc/self/oom_score_adj; host nice linux32 08_inherited sh -c "$(cat habits)")

# [demo]
08_inherited --demo

# [passed]
TOKEN=hunter2 08_inherited -e TOKEN -e COLOR=red -w /usr sh -c 'env | sort; pwd'

# [both]
08_inherited sh
> readlink /proc/self/ns/net
> cat /proc/self/oom_score_adj
readlink /proc/self/ns/net
cat /proc/self/oom_score_adj
> exit

# [outside] as root
08_inherited sleep 100 <&1 &
sleep 2; stage=$! init=$(cut -d' ' -f4 /proc/$(pidof sleep)/stat)
ps -o pid,pgid,sid,tty,comm | grep -E "PID|^ *($stage|$init|$(pidof sleep)) "
for pid in $stage $init $(pidof sleep); do echo; cat /proc/$pid/comm; ls -l /proc/$pid/fd | grep -o '[0-9]* -> .*'; done
kill $stage

# [inside]
08_inherited ls -l /proc/self/fd
08_inherited ls /proc/1/fd
08_inherited ls | sort

# [lo]
unshare -rn ip link

# [break]
httpd -f -p 127.0.0.1:8042 -h /tmp &
08_inherited wget -q -O - http://127.0.0.1:8042/secret
host serve /tmp/again /tmp/secret
08_inherited --volume /barco/tests/attacks:/mnt:ro /mnt/breakout abstract
kill $(pidof host)
08_inherited cat /proc/self/fd/9/tmp/secret 9</
TOKEN=hunter2 08_inherited env | grep TOKEN
08_inherited stty cols 40 <&1
stty size <&1
setsid sh -c '08_inherited sh -c "kill -9 0"; echo "still here"'

# [order]
08_inherited head -n 1 </etc/passwd; echo "status $?"
08_inherited -w /proc/self/fd/9 ls 9</; echo "status $?"
08_inherited ls </; echo "status $?"

# Source lines of the stepper's data, as text has them.

# [stepper] in any order
08_inherited --explain=json true
