/**
 * @file
 * @brief groupkill: a signal for the process group, which reaches the host.
 *
 * kill(0) signals the caller's process group. Groups are inherited, and the
 * kernel does not ask in which PID namespace a member is. So the shell script
 * that started the container dies with it, if the user is the same. A session
 * of its own (setsid) is a group of its own.
 */
#include <signal.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(groupkill)
{
    return kill(0, SIGKILL) < 0 ? stopped("kill") : 0;
}
