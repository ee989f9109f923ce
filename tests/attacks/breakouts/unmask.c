/**
 * @file
 * @brief unmask: what was covered is uncovered.
 *
 * The masks over /proc are mounts, and umount(2) takes them away. We look at
 * /proc/interrupts, which tells who types how fast. A mask protects only as
 * long as nobody may unmount it.
 */
#include <sys/mount.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(unmask)
{
    umount2("/proc/interrupts", MNT_DETACH);
    return readable("/proc/interrupts") ? linger() : stopped("umount");
}
