/**
 * @file
 * @brief env: secrets of the host's environment.
 *
 * A child gets a copy of its parent's environment, with the tokens and paths
 * that somebody put there, unless exec is given another one.
 */
#include <stdio.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(env)
{
    for (char **variable = environ; *variable; variable++)
        puts(*variable);
    return 0;
}
