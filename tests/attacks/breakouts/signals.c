/**
 * @file
 * @brief signals: the queue for signals is full, for the host's user too.
 *
 * A signal with a value, or from a timer, waits in a queue, and the number that
 * a user may have waiting is limited (RLIMIT_SIGPENDING). As with inotify, a
 * user namespace counts its own and counts them once more for the user who made
 * it, and who then cannot start a timer on the host. A quarter of the limit for
 * the container leaves enough.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(signals)
{
    sigset_t all;
    int waiting = 0;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    while (waiting < 100000 &&
           sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) == 0)
        waiting++;
    printf("%d signals wait\n", waiting);
    return waiting < atoi(words[0]) ? stopped("sigqueue") : linger();
}
