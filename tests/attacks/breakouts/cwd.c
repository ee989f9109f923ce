/**
 * @file
 * @brief cwd: the working directory is a directory of the host.
 *
 * It is a descriptor that needs no number, and close_range does not close it.
 * If the runtime's directory survives the change of root, its files are at
 * hand, and ".." leads to the host's root from there. CVE-2024-21626 (runc,
 * "Leaky Vessels").
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(cwd)
{
    return show("secret");
}
