#!/bin/sh
# The floor makes the container that stage 09 makes: seen from inside, both are
# the same, line by line. Numbers that are new for each container are left out.
here=/barco/tests/bench
root=/barco/tools/rootfs/busybox

# In a container, after what the host calls its namespaces: all that can be seen.
look=$(
    cat <<'END'
for name in cgroup ipc mnt net pid time user uts; do
    case " $* " in
    *" $(readlink /proc/self/ns/$name) "*) echo "$name: the host's" ;;
    *) echo "$name: its own" ;;
    esac
done
env | sort
hostname && pwd && umask
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Cpus_allowed)' /proc/self/status
cat /proc/self/limits /proc/self/uid_map /proc/self/gid_map
cat /proc/self/oom_score_adj /proc/self/personality /proc/self/cgroup 2>/dev/null
cat /proc/1/comm && tr '\0' ' ' </proc/1/cmdline
grep -E '^(Cap|NoNewPrivs|Seccomp)' /proc/1/status
cut -d ' ' -f 4- /proc/self/mountinfo
ls -lRA /dev | sed 's/ [A-Z][a-z][a-z] [ 0-9]* *[0-9:]* / /'
ls /proc/self/fd | wc -l
grep -r . /proc/sys/user
grep . /sys/fs/cgroup/*.max /sys/fs/cgroup/cpu.weight
ip -o addr
unshare -U true 2>&1 || echo "status $?"
ps -o pid,user,args | head -n 3
END
)

if [ "$(id -u)" = 0 ]; then
    set -- -g /sys/fs/cgroup
else
    set -- -g "/sys/fs/cgroup/$(id -un)" -s 100000:65536
fi
namespaces=$(for name in /proc/self/ns/*; do readlink "$name"; done)
seen=$(mktemp -d)
trap 'rm -r "$seen"' EXIT
plain() {
    sed -E 's/[0-9]{10}/ID/g; s/ *[^ ]*(floor|09_barco)[^ ]* .*/ COMMAND/'
}
# shellcheck disable=SC2086 # a list of words
{
    # The stage goes first, and enables the controllers.
    /barco/stages/09_barco -- /bin/sh -c "$look" sh $namespaces 2>&1 | plain >"$seen"/09
    "$here/floor" -l "$@" "$root" /bin/sh -c "$look" sh $namespaces 2>&1 | plain >"$seen"/floor
    "$here/floor" -c -l "$@" "$root" /bin/sh -c "$look" sh $namespaces 2>&1 | plain >"$seen"/cleaned
}

lines=$(wc -l <"$seen"/09)
for name in floor cleaned; do
    if [ "$lines" -lt 120 ] || ! diff "$seen"/09 "$seen/$name"; then
        echo "FAILED: the same container as the $name, by $lines lines" && exit 1
    fi
done

# With its cleaner, the floor can be killed and leaves nothing, as barco does.
"$here/floor" -c "$@" "$root" /bin/sleep 60 &
floor=$!
cgroup="$2/floor-$floor"
until grep -qs . "$cgroup/cgroup.procs"; do sleep 0.1; done
kill -KILL "$floor"
wait "$floor" 2>/dev/null
for _ in $(seq 100); do
    [ -e "$cgroup" ] && sleep 0.1
done
if [ -e "$cgroup" ]; then
    echo "FAILED: $cgroup is left" && exit 1
fi
echo '3 passed, 0 failed'
