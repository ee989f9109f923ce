/**
 * @file
 * @brief settime: the host's clock is set.
 *
 * There is one clock for all (a time namespace shifts only the others).
 * Certificates, logs and one-time passwords depend on it. CAP_SYS_TIME counts
 * in the first user namespace alone.
 */
#include <time.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(settime)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += 1000000;
    return clock_settime(CLOCK_REALTIME, &now) < 0 ? stopped("clock_settime")
                                                   : 0;
}
