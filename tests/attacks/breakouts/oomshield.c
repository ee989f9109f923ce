/**
 * @file
 * @brief oomshield: like oomscore, without a word: it is inherited.
 *
 * Services that must not die are started with an oom_score_adj of -900, and so
 * is whatever they start: a container of such a service outlives the rest of
 * the host when memory runs out. We only stay. What a process inherits has to
 * be set, not hoped for.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(oomshield)
{
    return linger();
}
