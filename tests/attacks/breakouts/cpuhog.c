/**
 * @file
 * @brief cpuhog: a whole processor.
 *
 * A process that never sleeps takes what there is. cpu.weight gives others
 * their share when they want it; cpu.max takes it away even when nobody does.
 */
#include <sys/prctl.h>
#include <time.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(cpuhog)
{
    prctl(PR_SET_NAME, "escaped");
    while (clock() < CLOCKS_PER_SEC / 2)
        ;
    return 0;
}
