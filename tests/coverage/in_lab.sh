#!/bin/sh
# in_lab SHARE SUITE...: runs suites, and leaves their counters in SHARE.
share=$1
shift
user=$(id -un)
counters=/run/coverage/$user
# Root runs first, and makes the place where both may write.
if [ "$user" = root ]; then mkdir -m 1777 /run/coverage "$share/root" "$share/learner"; fi
mkdir "$counters"
# One file for each program; %c: mapped, while it runs.
export LLVM_PROFILE_FILE="$counters/%m%c.profraw"
status=0
for suite; do
    case $user:$suite in
    learner:*/02_pid_test | learner:*/03_mount_test) continue ;; # need root
    esac
    if said=$("./$suite" 2>&1); then
        echo "$suite: $(echo "$said" | tail -n 1)"
    else
        status=1
        echo "$suite: failed as $user"
        echo "$said" | grep -A 5 -E 'FAILED|^ +[0-9]+\.'
    fi
done
cp "$counters"/* "$share/$user/"
exit $status
