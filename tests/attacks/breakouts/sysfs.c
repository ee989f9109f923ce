/**
 * @file
 * @brief sysfs: a device of the host is tuned.
 *
 * /sys is full of knobs for the hardware. A fresh sysfs is writable whatever
 * the container's /sys is; ours changes how far the disk reads ahead.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(sysfs)
{
    mkdir("/tmp/sys", 0755);
    if (mount("sysfs", "/tmp/sys", "sysfs", 0, NULL) < 0 &&
        mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
        return stopped("mount(\"sysfs\")");
    return put("/tmp/sys/class/block/vda/queue/read_ahead_kb", "64") < 0 &&
                   put("/sys/class/block/vda/queue/read_ahead_kb", "64") < 0
               ? stopped("read_ahead_kb")
               : 0;
}
