/**
 * @file
 * @brief nice: before the host's processes, by inheritance.
 *
 * A niceness below zero takes CAP_SYS_NICE to ask for, and nothing to inherit:
 * started by a service with a high priority, a container has it too, and goes
 * before everybody else of the same cgroup. We only stay.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(nice)
{
    return linger();
}
