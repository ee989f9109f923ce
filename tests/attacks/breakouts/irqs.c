/**
 * @file
 * @brief irqs: who types how fast, from files other than the masked one.
 *
 * /proc/interrupts is covered because it counts every key and every packet of
 * the host (unmask is about it). /proc/softirqs counts the same work one step
 * later, and /sys/kernel/irq has the counts of each interrupt in a file of its
 * own. What can be read in several places has to be covered in all of them.
 */
#include <stdio.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(irqs)
{
    char path[64];

    for (int irq = 0; irq < 64; irq++) {
        snprintf(path, sizeof(path), "/sys/kernel/irq/%d/per_cpu_count", irq);
        if (readable(path))
            return linger();
    }
    return readable("/proc/softirqs") ? linger() : stopped("/proc/softirqs");
}
