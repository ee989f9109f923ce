/**
 * @file
 * @brief kill: a process of the host dies.
 *
 * A process may signal every process of the same user that it can name, and
 * without a PID namespace it can name them all. In one, the numbers of the
 * host mean nothing: ESRCH.
 */
#include <signal.h>
#include <stdlib.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(kill)
{
    return kill(atoi(words[0]), SIGKILL) < 0 ? stopped("kill") : 0;
}
