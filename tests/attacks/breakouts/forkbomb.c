/**
 * @file
 * @brief forkbomb: processes until the host has none left.
 *
 * Every process costs memory and a number, and both belong to the whole
 * machine. We stop at 300. RLIMIT_NPROC counts a user's processes everywhere;
 * pids.max of a cgroup counts a container's.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(forkbomb)
{
    int processes;

    prctl(PR_SET_NAME, "escaped");
    for (processes = 0; processes < 300; processes++) {
        pid_t pid = fork();

        if (pid < 0)
            break;
        if (pid == 0) {
            sleep(60);
            _exit(0);
        }
    }
    printf("%d processes\n", processes);
    return processes < 300 ? stopped("fork") : linger();
}
