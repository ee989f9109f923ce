/**
 * @file
 * @brief procroot: the root directory of somebody else, by /proc.
 *
 * /proc/PID/root is the root directory of that process, not a path but a door.
 * We try every process that we see. With a PID namespace and a /proc of our own
 * we see nobody else's.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(procroot)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    char path[512];

    while (proc && (entry = readdir(proc))) {
        snprintf(path, sizeof(path), "/proc/%s/root/secret", entry->d_name);
        if (access(path, R_OK) == 0)
            return show(path);
    }
    return stopped("/proc/*/root");
}
