/**
 * @file
 * @brief poison: a program in a shared root directory is changed.
 *
 * Two containers with the same directory for a root share its files, and a
 * container that may write them decides what the other one runs: its shell, its
 * libraries. That is what was asked for; no layer can tell one container's
 * files from another's. So give each its own directory, or --read-only.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(poison)
{
    return put("/bin/shared", "#!/bin/sh\necho owned\n") < 0 ? stopped("open")
                                                             : 0;
}
