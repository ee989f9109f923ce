/**
 * @file
 * @brief realtime: before every process of the host.
 *
 * A process with SCHED_FIFO runs until it sleeps, whatever the others want.
 * CAP_SYS_NICE counts in the first user namespace alone.
 */
#include <sched.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(realtime)
{
    return sched_setscheduler(0, SCHED_FIFO,
                              &(struct sched_param){ .sched_priority = 1 }) < 0
               ? stopped("sched_setscheduler")
               : linger();
}
