/**
 * @file
 * @brief suidgain: an ordinary user becomes root by a setuid file.
 *
 * A program that is set-uid root runs as root, whoever starts it: su, mount,
 * and whatever a careless image holds (CVE-2021-4034, pkexec). With
 * no_new_privs it is a program like any other.
 */
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(suidgain)
{
    if (words[0] && strcmp(words[0], "again") == 0)
        return geteuid() == 0 ? linger() : 1;
    if (getuid() == 0 && setresuid(1000, 1000, 1000) < 0)
        return stopped("setresuid");
    execl("/bin/breakout-suid", "breakout-suid", "suidgain", "again", NULL);
    return stopped("/bin/breakout-suid");
}
