/**
 * @file
 * @brief hostname: the host has a new name.
 *
 * The host name belongs to the UTS namespace. Root of a container that shares
 * it renames the host, and logs, prompts and licences believe it.
 */
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(hostname)
{
    return sethostname("owned", 5) < 0 ? stopped("sethostname") : 0;
}
