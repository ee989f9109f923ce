/**
 * @file
 * @brief sysfs: a device of the host is tuned.
 *
 * /sys is full of knobs for the hardware. A fresh sysfs is writable whatever
 * the container's /sys is; ours changes how far the disk reads ahead.
 */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

static int tune(const char *sys)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/class/block/%s/queue/read_ahead_kb", sys,
             disk_of_host());
    return put(path, "64");
}

BREAKOUT(sysfs)
{
    mkdir("/tmp/sys", 0755);
    if (mount("sysfs", "/tmp/sys", "sysfs", 0, NULL) < 0 &&
        mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
        return stopped("mount(\"sysfs\")");
    return tune("/tmp/sys") < 0 && tune("/sys") < 0 ? stopped("read_ahead_kb")
                                                    : 0;
}
