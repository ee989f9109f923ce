# shellcheck shell=dash
# What barco leaves behind.
# shellcheck disable=SC2009,SC2010 # busybox has no pgrep, and the names are ours
groups=/sys/fs/cgroup

left() {
    ps -o pid,comm | grep -c -E ' (09_barco|init|barco-.*|seccomp-log|sleep)$'
    grep -c . /proc/mounts
    find $groups -type d | grep -c barco-
    ls -A /tmp "/tmp/$(id -un)" | grep -v -E '^(out|err)$'
}

# `before` is what was there when nothing had been started. The last of a
# container may take a moment, and a minute on a busy machine.
nothing_is_left() {
    local now end
    end=$(($(seconds) + 60))
    while now=$(left) && [ "$now" != "$before" ]; do
        [ "$(seconds)" -lt "$end" ] || {
            printf 'before: %s\nnow: %s\n' "$before" "$now"
            return 1
        }
        usleep 50000
    done
}

seconds() {
    cut -d. -f1 /proc/uptime
}
