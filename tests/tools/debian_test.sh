#!/bin/sh
# The lab's Debian root is complete: its programs find what they need in it.
# Runs in the lab.
[ -e /run/barco-lab ] || exit 1
mount --bind /dev /debian/dev
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
in_debian() { # SCRIPT
    chroot /debian /bin/bash -c "$1"
}

check 'Python runs a thread' in_debian 'python3 -c "
import ctypes, json, threading
thread = threading.Thread(target=print, args=(\"a thread\",))
thread.start()
thread.join()"'
check 'gcc compiles a program that runs' in_debian 'cd /tmp &&
    echo "#include <stdio.h>
    int main(void) { return puts(\"a program\") < 0; }" >a.c && cc a.c && ./a.out'
check 'Perl has its modules' in_debian "perl -MPOSIX -e 'print qq(perl\n)'"
check 'awk, a link that no package owns, is there' in_debian "awk 'BEGIN { print \"awk\" }'"
check 'apt sees all dependencies met' in_debian 'apt-get check'
check 'dpkg knows its packages' in_debian '! dpkg --audit 2>&1 | grep .'
check 'su is still set-user-ID root' in_debian '[ -u /bin/su -a -O /bin/su ]'
check 'everybody can write to /tmp' in_debian '[ -k /tmp ]'

result
