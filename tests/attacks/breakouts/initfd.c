/**
 * @file
 * @brief initfd: the descriptors of PID 1.
 *
 * The command's descriptors may be closed, but PID 1 is still the runtime and
 * may hold some of the host: an inherited directory, a socket to its parent.
 * /proc/1/fd opens them anew, for a process that may trace it.
 */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(initfd)
{
    char dir[64], path[512];
    const struct dirent *entry;
    DIR *fds;

    snprintf(dir, sizeof(dir), "/proc/%d/fd", parent());
    if (!(fds = opendir(dir)))
        return stopped(dir);
    while ((entry = readdir(fds))) {
        snprintf(path, sizeof(path), "%s/%s/secret", dir, entry->d_name);
        if (access(path, R_OK) == 0)
            return show(path);
    }
    return stopped(dir);
}
