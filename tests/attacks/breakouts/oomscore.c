/**
 * @file
 * @brief oomscore: when memory runs out, others die.
 *
 * The OOM killer picks the process with the highest score; with -1000 it picks
 * another one. Lowering the score takes CAP_SYS_RESOURCE in the first user
 * namespace.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(oomscore)
{
    return put("/proc/self/oom_score_adj", "-1000") < 0
               ? stopped("oom_score_adj")
               : linger();
}
