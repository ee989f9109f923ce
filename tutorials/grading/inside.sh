#!/bin/sh
# inside.sh SECONDS PATIENCE EXERCISE...: checks programs of one student, in the lab,
# as root. What it prints is read by machine.py: for each exercise `begin NAME`, a
# line of JSON for each test, `error WORDS` if it could not be checked, and `end NAME
# STATUS`. No program of a student can write there.
#
# The programs run as learner, who may execute the checks, because a check is also a
# command for the program (this_check() in check.h), but not read them, and cannot
# know the seed: it is in no command line that is there while they run.
keep=/run/grading

one() { # PATIENCE EXERCISE: becomes its check
    read -r seed <$keep/private/seed
    exec $keep/checks --json --seed "$seed" --patience "$1" "$2" "$keep/programs/$2"
}

# What a program leaves is not for the next one. `checks` kills what runs; if it was
# stopped itself, this does.
clean() {
    for cgroup in /sys/fs/cgroup/check-*; do
        [ -d "$cgroup" ] || continue
        echo 1 >"$cgroup/cgroup.kill"
        until grep -q 'populated 0' "$cgroup/cgroup.events"; do usleep 20000; done
        find "$cgroup" -depth -type d -exec rmdir {} \;
    done
    find /tmp /dev/shm /dev/mqueue /home/learner -mindepth 1 -delete
}

if [ "$1" = one ]; then
    one "$2" "$3"
fi
umask 022
chmod 700 /barco
mkdir $keep && mkdir -m 700 $keep/private || exit
mv /barco/grading/seed $keep/private/
mv /barco/grading/checks /barco/grading/programs $keep/
chmod 711 $keep $keep/checks $keep/programs
echo 1 >/proc/sys/kernel/shm_rmid_forced

seconds=$1 patience=$2
shift 2
for name; do
    echo "begin $name"
    timeout -s KILL "$seconds" sh "$0" one "$patience" "$name" 2>$keep/private/errors
    status=$?
    clean 2>/dev/null
    [ $status -lt 2 ] || sed 's/^/error /' $keep/private/errors | head -c 4096
    echo "end $name $status"
done
echo 'done'
