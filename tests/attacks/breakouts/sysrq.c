/**
 * @file
 * @brief sysrq: keys for the kernel, pressed by a container.
 *
 * A letter written to /proc/sysrq-trigger is obeyed by the kernel: b reboots,
 * c crashes, h prints a help text to the kernel's log, which is all we do.
 * Like core_pattern: read-only until it is remounted, and closed by the user
 * namespace, because the file is the host's root's.
 */
#include <sys/mount.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(sysrq)
{
    mount(NULL, "/proc/sysrq-trigger", NULL, MS_REMOUNT | MS_BIND, NULL);
    return put("/proc/sysrq-trigger", "h") < 0 ? stopped("sysrq-trigger") : 0;
}
