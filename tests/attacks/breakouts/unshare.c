/**
 * @file
 * @brief unshare: all capabilities come back.
 *
 * Whoever makes a user namespace has every capability in it, and with them a
 * way to thousands of lines of kernel code that trust root: CVE-2022-0185,
 * CVE-2023-32233 and many others began here. Dropped capabilities and
 * no_new_privs do not matter; only a filter on the call does.
 */
#include <sched.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(unshare)
{
    return unshare(CLONE_NEWUSER) < 0 ? stopped("unshare") : linger();
}
