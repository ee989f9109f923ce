/**
 * @file
 * @brief cpuhog: a whole processor.
 *
 * A process that never sleeps takes what there is. cpu.weight gives others
 * their share when they want it; cpu.max takes it away even when nobody does.
 */
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "tests/attacks/breakouts/breakout.h"

/* Long enough to be looked at, even if the machine itself is busy. */
BREAKOUT(cpuhog)
{
    time_t end = time(NULL) + atoi(words[0]);

    prctl(PR_SET_NAME, "escaped");
    while (time(NULL) < end)
        ;
    return 0;
}
