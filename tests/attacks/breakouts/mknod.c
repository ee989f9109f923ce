/**
 * @file
 * @brief mknod: the host's disk is read raw.
 *
 * A device node is a name for a driver, and root makes it wherever it can make
 * a file. No mount, no path and no permission of the host's files counts then.
 * CAP_MKNOD must be held in the first user namespace, whatever is mounted.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(mknod)
{
    unsigned major, minor;
    char path[64];
    FILE *dev;

    snprintf(path, sizeof(path), "/sys/class/block/%s/dev", disk_of_host());
    dev = fopen(path, "re");
    if (!dev || fscanf(dev, "%u:%u", &major, &minor) != 2)
        return stopped(path);
    fclose(dev);
    unlink("/dev/its-disk");
    if (mknod("/dev/its-disk", S_IFBLK | 0600, makedev(major, minor)) < 0)
        return stopped("mknod");
    return show("/dev/its-disk");
}
