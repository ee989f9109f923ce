/**
 * @file
 * @brief ptyhog: no terminal is left for other containers.
 *
 * There can be 4,096 pseudoterminals (kernel.pty.max), and whoever opens
 * /dev/ptmx has one. A devpts of one's own has names of its own, but counts
 * together with all others; the host has 1,024 in reserve, other containers
 * have none. With the option max=N a devpts has N, and no more.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(ptyhog)
{
    int terminals = 0;

    while (terminals < 300 && open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0)
        terminals++;
    printf("%d terminals\n", terminals);
    return terminals < 300 ? stopped("/dev/ptmx") : linger();
}
