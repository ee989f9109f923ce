/**
 * @file
 * @brief kmsg: a lie in the log of the host's kernel.
 *
 * /dev/kmsg is not a disk, but what is written there stands in the kernel's log
 * as if the kernel had said it. A device node again: mknod, 1:11.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(kmsg)
{
    unlink("/dev/its-kmsg");
    if (mknod("/dev/its-kmsg", S_IFCHR | 0600, makedev(1, 11)) < 0)
        return stopped("mknod");
    return put("/dev/its-kmsg", "all is well, says kmsg\n") < 0
               ? stopped("kmsg")
               : 0;
}
