/**
 * @file
 * @brief hostfile: a secret of the host is read.
 *
 * As long as the container looks up paths in the host's file system, a file's
 * permissions are all that protects it, and root passes those.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(hostfile)
{
    return show("/secret");
}
