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
    int ready[2];
    char byte;

    if (pipe(ready) < 0)
        return stopped("pipe");
    if (fork() != 0) {
        close(ready[1]);
        return read(ready[0], &byte, 1) == 1 ? 0 : stopped("read");
    }
    setsid();
    if (fork() != 0)
        _exit(0);
    prctl(PR_SET_NAME, "survivor");
    prctl(PR_SET_PDEATHSIG, 0);
    if (write(ready[1], "", 1) != 1)
        return stopped("write");
    for (int fd = 0; fd < 16; fd++)
        close(fd);
    sleep(60);
    return 0;
}
