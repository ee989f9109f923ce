/**
 * @file
 * @brief nested: like unmask, with capabilities of a nested user namespace.
 *
 * A new user namespace gives CAP_SYS_ADMIN back, over a new mount namespace
 * with a copy of all mounts. Can the masks in the copy be unmounted too? No:
 * mounts that come from a more privileged namespace are locked together
 * (MNT_LOCKED). So this works only where there is no mask at all.
 */
#include <sched.h>
#include <sys/mount.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(nested)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return stopped("unshare");
    umount2("/proc/interrupts", MNT_DETACH);
    return readable("/proc/interrupts") ? linger() : stopped("umount");
}
