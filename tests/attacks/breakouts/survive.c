/**
 * @file
 * @brief survive: a daemon outlives its container.
 *
 * A process that forks twice and starts a session of its own has no parent
 * that would end it. In a PID namespace the kernel kills everybody when PID 1
 * ends; without one the daemon stays, and nobody knows where it came from.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(survive)
{
    if (fork() != 0)
        return 0;
    setsid();
    if (fork() != 0)
        _exit(0);
    prctl(PR_SET_NAME, "survivor");
    prctl(PR_SET_PDEATHSIG, 0);
    for (int fd = 0; fd < 16; fd++)
        close(fd);
    sleep(60);
    return 0;
}
