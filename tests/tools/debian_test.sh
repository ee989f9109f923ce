#!/bin/sh
# The lab's Debian root is complete: its programs find what they need in it.
# Runs in the lab.
[ -e /run/barco-lab ] || exit 1
mount --bind /dev /debian/dev
passed=0 failed=0
check() { # SENTENCE COMMAND
    if chroot /debian /bin/bash -c "$2"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
    fi
}

check 'Python runs a thread' 'python3 -c "
import ctypes, json, threading
thread = threading.Thread(target=print, args=(\"a thread\",))
thread.start()
thread.join()"'
check 'gcc compiles a program that runs' 'cd /tmp &&
    echo "#include <stdio.h>
    int main(void) { return puts(\"a program\") < 0; }" >a.c && cc a.c && ./a.out'
check 'Perl has its modules' "perl -MPOSIX -e 'print qq(perl\n)'"
check 'awk is there, which belongs to no package' "awk 'BEGIN { print \"awk\" }'"
check 'apt sees all dependencies met' 'apt-get check'
check 'dpkg knows its packages' '! dpkg --audit 2>&1 | grep .'
check 'what was setuid root is' '[ -u /bin/su -a -O /bin/su ]'
check '/tmp is for everybody' '[ -k /tmp ]'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
